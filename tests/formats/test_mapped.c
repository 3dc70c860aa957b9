/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files through maps: what becomes of each row and value. Layouts, occasions, people, faults with their places. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "formats_helper.h"

#define PHQ  "'instruments': {'phq': {'use': 'phq-9@1', 'rater': 'client', 'scales': {'total': 'phq'}}}}"
#define LONG "{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': 't', "
#define WIDE                                                                                                           \
    "{'name': 'x', 'layout': 'wide', 'client': 'id', 'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1, "         \
    "'label': 'before', 'months': 0}, {'columns': {'phq': 'post'}, 'occasion': 3, 'months': 2.5}], "

/* ---- layouts ---- */

static void wide_rows_are_people(void **state) {
    run *r = *state;
    must_read(r, "id,group,sex,pre,post\nb,T,f,10,5\na,C,m,12,\n",
              WIDE "'arm': {'column': 'group', 'values': {'T': 'therapy', 'C': 'usual_care'}, 'comparator': "
                   "'usual_care'}, 'covariates': {'gender': 'sex'}, " PHQ);
    assert_int_equal(rows_of(r, RP_CLIENTS), 2);
    assert_int_equal(rows_of(r, RP_REFERRALS), 2);
    assert_int_equal(rows_of(r, RP_CONTACTS), 0);        /* record.md: a research file has no contacts */
    assert_int_equal(rows_of(r, RP_ADMINISTRATIONS), 3); /* the empty cell gives none */
    assert_true(score_of(r, "b/1/phq", "total") == 10 && score_of(r, "b/3/phq", "total") == 5);
    assert_true(score_of(r, "a/1/phq", "total") == 12);
    assert_string_equal(referral_text(r, "b", "arm"), "therapy");
    assert_string_equal(referral_text(r, "a", "arm"), "usual_care");
    assert_string_equal(referral_text(r, "a", "gender"), "m"); /* as given, not the clients' code */
    assert_int_equal(rp_record_code(r->record, RP_CLIENTS, column_of(r, RP_CLIENTS, "gender"), 0), -1);
    assert_int_equal(rp_faults_total(r->faults) + rp_faults_count(r->faults, RP_FAULT_NOTE), 0);
}

static void the_record_is_described(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,10,5\n", WIDE "'licence': 'CC0', 'citation': 'Me (2024)', " PHQ);
    const rp_about *about = rp_record_about(r->record);
    assert_string_equal(about->name, "x");
    assert_string_equal(about->licence, "CC0");
    assert_string_equal(about->citation, "Me (2024)");
    assert_true(about->research && !about->comparator);
    assert_int_equal(about->n_occasions, 2);
    assert_int_equal(about->occasions[0].occasion, 1);
    assert_string_equal(about->occasions[0].label, "before");
    assert_string_equal(about->occasions[1].label, "occasion 3");
    assert_true(about->occasions[0].months == 0 && about->occasions[1].months == 2.5);
    assert_int_equal(about->n_notes, 0);
}

static void administrations_say_what_by_whom_and_when(void **state) {
    run *r = *state;
    must_read(r, "id,t,th,phq\na,4,T1,10\n", LONG "'practitioner': 'th', " PHQ);
    size_t row = row_of(r, RP_ADMINISTRATIONS, "administration_id", "a/4/phq");
    rp_record *rec = r->record;
#define COLUMN(name) RP_ADMINISTRATIONS, column_of(r, RP_ADMINISTRATIONS, name), row
    assert_string_equal(rp_record_id_text(rec, COLUMN("instrument")), "phq-9");
    assert_string_equal(rp_record_id_text(rec, COLUMN("version")), "1");
    assert_string_equal(rp_record_code_text(rec, COLUMN("rater")), "client");
    assert_string_equal(rp_record_code_text(rec, COLUMN("way")), "imported");
    assert_string_equal(rp_record_text(rec, COLUMN("practitioner_id")), "T1");
    assert_int_equal(rp_record_int(rec, COLUMN("occasion")), 4);
    assert_int_equal(rp_record_date(rec, COLUMN("date")), RP_NO_DATE);
    assert_int_equal(rp_record_origin(rec, RP_ADMINISTRATIONS, row).line, 2);
    assert_string_equal(referral_text(r, "a", "practitioner_id"), "T1");
    assert_string_equal(rp_record_id_text(rec, RP_PRACTITIONERS, 0, 0), "T1");
}

static void a_wide_row_without_client_is_named_by_its_number(void **state) {
    run *r = *state;
    must_read(r, "pre,post\n10,5\n\"11,1\n12,6\n",
              "{'name': 'x', 'layout': 'wide', 'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1}, {'columns': "
              "{'phq': 'post'}, 'occasion': 2}], " PHQ);
    assert_true(score_of(r, "1/1/phq", "total") == 10);
    assert_true(score_of(r, "3/1/phq", "total") == 12); /* the row that cannot be read keeps its number */
    assert_int_equal(rows_of(r, RP_CLIENTS), 2);
    find_fault(r, "unreadable", 3, 1);
    assert_int_equal(find_fault(r, "client_by_row", 0, 0)->level, RP_FAULT_NOTE);
    assert_int_equal(rp_record_about(r->record)->n_notes, 1);
}

static void stems_may_be_named_by_instrument(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,10,5\n",
              "{'name': 'x', 'layout': 'wide', 'client': 'id', 'occasion': [{'columns': {'p': 'pre'}, 'occasion': 1}, "
              "{'columns': {'q': 'post'}, 'occasion': 2}], 'instruments': {'p': {'use': 'phq-9', 'rater': 'client', "
              "'scales': {'total': 'q'}}}}");
    assert_true(score_of(r, "a/1/p", "total") == 10 && score_of(r, "a/2/p", "total") == 5);
}

static void dates_of_wide_occasions(void **state) {
    run *r = *state;
    must_read(r, "id,pre,d1,post,d2\na,10,2024-01-31,5,2024-13-01\n",
              "{'name': 'x', 'layout': 'wide', 'client': 'id', 'date': 'd', 'occasion': [{'columns': {'phq': 'pre', "
              "'d': 'd1'}, 'occasion': 1}, {'columns': {'phq': 'post', 'd': 'd2'}, 'occasion': 2}], " PHQ);
    int date = column_of(r, RP_ADMINISTRATIONS, "date");
    rp_date wanted;
    assert_true(rp_date_parse(rp_text_of("2024-01-31"), &wanted));
    assert_int_equal(rp_record_date(r->record, RP_ADMINISTRATIONS, date, 0), wanted);
    assert_int_equal(rp_record_date(r->record, RP_ADMINISTRATIONS, date, 1), RP_NO_DATE); /* the score stays */
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    assert_int_equal(find_fault(r, "type", 2, 19)->level, RP_FAULT_VALUE);
}

static void long_rows_by_date_alone(void **state) {
    run *r = *state;
    must_read(r, "id,d,phq\na,2024-01-02,10\na,2024-01-09,8\na,2024-01-02,9\na,,7\n",
              "{'name': 'x', 'layout': 'long', 'client': 'id', 'date': 'd', " PHQ);
    assert_true(score_of(r, "a/2024-01-02/phq", "total") == 10);
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    assert_int_equal(find_fault(r, "key_duplicate", 4, 1)->level, RP_FAULT_ROW);
    find_fault(r, "order_missing", 5, 3);
}

/* ---- occasions of long files ---- */

static void labels_take_the_order_of_first_appearance(void **state) {
    run *r = *state;
    must_read(r, "id,t,phq\na,start,10\na,end,5\nb,end,6\nb,middle,7\nb,start,11\n", LONG PHQ);
    const rp_about *about = rp_record_about(r->record);
    assert_int_equal(about->n_occasions, 3);
    assert_string_equal(about->occasions[0].label, "start");
    assert_string_equal(about->occasions[1].label, "end");
    assert_string_equal(about->occasions[2].label, "middle");
    assert_true(isnan(about->occasions[0].months));
    assert_true(score_of(r, "b/2/phq", "total") == 6 && score_of(r, "b/3/phq", "total") == 7);
    assert_has(find_fault(r, "order_by_appearance", 0, 0)->message, "\"t\"");
}

static void one_number_makes_the_column_one_of_numbers(void **state) {
    run *r = *state;
    must_read(r, "id,t,phq\na,start,10\na,2,5\na,1.5,6\na, 3 ,4\n", LONG PHQ);
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    assert_true(score_of(r, "a/3/phq", "total") == 4); /* blanks around it are not looked at */
    find_fault(r, "type", 2, 3);
    find_fault(r, "type", 4, 3);
    assert_int_equal(rp_record_about(r->record)->n_occasions, 0);
}

static void listed_occasions(void **state) {
    run *r = *state;
    must_read(r, "id,t,phq\na,post,5\na,pre,10\na,follow-up,6\n,pre,3\na,,2\n",
              "{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': {'column': 't', 'values': {'post': "
              "{'occasion': 2, 'months': 3}, 'pre': {'occasion': 1, 'label': 'before'}}}, " PHQ);
    const rp_about *about = rp_record_about(r->record);
    assert_int_equal(about->n_occasions, 2);
    assert_string_equal(about->occasions[0].label, "before");
    assert_string_equal(about->occasions[1].label, "post");
    assert_true(score_of(r, "a/1/phq", "total") == 10 && score_of(r, "a/2/phq", "total") == 5);
    assert_int_equal(find_fault(r, "code", 4, 3)->level, RP_FAULT_ROW);
    find_fault(r, "key_missing", 5, 1);
    find_fault(r, "order_missing", 6, 3);
    assert_int_equal(rp_record_input_at(r->record, 0)->rejected, 3);
}

static void too_many_labels_are_no_occasions(void **state) {
    run *r = *state;
    rp_buf csv = {0};
    rp_buf_put(&csv, "id,t,phq\n");
    for (int i = 0; i < 1002; i++)
        rp_buf_printf(&csv, "a,t%d,1\n", i);
    assert_false(read_mapped(r, csv.at, LONG PHQ));
    rp_buf_free(&csv);
    assert_has(r->error.message, "\"t\" has more than 1000 different values");
    assert_int_equal(r->error.code, RP_E_LIMIT);
}

/* ---- people ---- */

static void a_second_row_for_a_person_is_rejected(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,10,5\na,11,6\nb,12,7\n", WIDE PHQ);
    assert_true(score_of(r, "a/1/phq", "total") == 10); /* the first stands */
    assert_int_equal(rows_of(r, RP_SCORES), 4);
    assert_int_equal(find_fault(r, "key_duplicate", 3, 1)->level, RP_FAULT_ROW);
    assert_int_equal(rp_record_input_at(r->record, 0)->rejected, 1);
    must_read(r, "id,t,phq,gad\na,1,10,\na,2,5,\na,1,12,3\n",
              LONG "'instruments': {'phq': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}}, 'gad': "
                   "{'use': 'gad-7', 'rater': 'client', 'scales': {'total': 'gad'}}}}");
    assert_true(score_of(r, "a/1/phq", "total") == 10);
    assert_int_equal(rows_of(r, RP_SCORES), 2); /* the whole second row is left out, not what collides alone */
    find_fault(r, "key_duplicate", 4, 1);
    assert_int_equal(rp_faults_total(r->faults), 1);
}

static void rows_of_a_person_must_agree(void **state) {
    run *r = *state;
    must_read(r, "id,t,g,age,phq\na,1,,30,10\na,2,T,30,9\na,3,C,31,8\na,4,T,,7\n",
              LONG "'arm': {'column': 'g'}, 'covariates': {'age': 'age'}, " PHQ);
    assert_int_equal(rows_of(r, RP_SCORES), 4);             /* no row is lost by it */
    assert_string_equal(referral_text(r, "a", "arm"), "T"); /* the first that is told */
    assert_string_equal(referral_text(r, "a", "age"), "30");
    assert_int_equal(count_rule(r, "person_differs"), 2); /* an empty cell differs from nothing */
    assert_int_equal(find_fault(r, "person_differs", 4, 5)->level, RP_FAULT_VALUE);
    assert_has(find_fault(r, "person_differs", 4, 7)->message, "\"31\" here but \"30\" in line 2");
}

static void an_arm_that_is_not_listed_leaves_the_person(void **state) {
    run *r = *state;
    must_read(r, "id,g,pre,post\na,T,10,5\nb,X,11,6\nc,,12,7\n",
              WIDE "'arm': {'column': 'g', 'values': {'T': 'therapy', 'C': 'control'}, 'comparator': 'control'}, " PHQ);
    assert_int_equal(rows_of(r, RP_REFERRALS), 3);
    assert_null(referral_text(r, "b", "arm"));
    assert_null(referral_text(r, "c", "arm"));
    assert_int_equal(rows_of(r, RP_SCORES), 6);
    assert_has(find_fault(r, "code", 3, 3)->message, "\"X\"");
    assert_int_equal(rp_faults_total(r->faults), 1);
    assert_has(find_fault(r, "comparator_empty", 0, 0)->message, "\"control\"");
}

static void practitioners_may_change(void **state) {
    run *r = *state;
    must_read(r, "id,t,th,phq\na,1,T1,10\na,2,T2,9\nb,1,T1,8\nb,2,,7\n", LONG "'practitioner': 'th', " PHQ);
    assert_int_equal(rows_of(r, RP_PRACTITIONERS), 2);
    assert_string_equal(referral_text(r, "a", "practitioner_id"), "T1");
    size_t row = row_of(r, RP_ADMINISTRATIONS, "administration_id", "a/2/phq");
    int column = column_of(r, RP_ADMINISTRATIONS, "practitioner_id");
    assert_string_equal(rp_record_text(r->record, RP_ADMINISTRATIONS, column, row), "T2");
    assert_int_equal(rp_faults_total(r->faults), 0);
    assert_has(find_fault(r, "practitioner_changes", 0, 0)->message, "Some people saw more than one practitioner");
}

static void a_long_name_keeps_its_scores(void **state) {
    run *r = *state;
    char csv[256];
    snprintf(csv, sizeof csv, "id,t,phq\n%s,12,10\n",
             "c123456789012345678901234567890123456789012345678901234567890123");
    must_read(r, csv, LONG PHQ); /* 64 bytes: the longest that an id may have */
    assert_true(score_of(r, "line-2/12/phq", "total") == 10);
    assert_int_equal(rp_faults_total(r->faults), 0);
}

/* ---- values ---- */

static void a_value_at_fault_is_rejected_alone(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,1O,5\nb,28,6\nc,-1,7\nd,1e1,0x8\ne,inf,\"nan\"\n", WIDE PHQ);
    assert_int_equal(rows_of(r, RP_REFERRALS), 5);
    assert_int_equal(rows_of(r, RP_SCORES), 4); /* three at the end, and 1e1 */
    assert_true(score_of(r, "d/1/phq", "total") == 10);
    assert_has(find_fault(r, "type", 2, 3)->message, "\"1O\" is not a number");
    assert_has(find_fault(r, "score_range", 3, 3)->message, "PHQ-9, Total is 28");
    find_fault(r, "score_range", 4, 3);
    find_fault(r, "type", 5, 7);
    find_fault(r, "type", 6, 3);
    find_fault(r, "type", 6, 7);
    assert_int_equal(rp_faults_total(r->faults), 6);
    assert_int_equal(rp_faults_count(r->faults, RP_FAULT_VALUE), 6);
    assert_int_equal(rp_record_input_at(r->record, 0)->rejected, 0);
}

static void missing_is_what_the_map_declares(void **state) {
    run *r = *state;
    must_read(r, "id,g,pre,post\n99,NA,99,NA\n1,T, NA ,.\n",
              WIDE "'missing': ['NA', '99'], 'arm': {'column': 'g'}, " PHQ);
    assert_int_equal(rows_of(r, RP_CLIENTS), 2); /* 99 is somebody there, and a missing score here */
    assert_int_equal(rows_of(r, RP_SCORES), 0);
    assert_null(referral_text(r, "99", "arm"));
    assert_int_equal(rp_faults_total(r->faults), 1); /* "." was not declared */
    find_fault(r, "type", 3, 10);
}

static void a_row_without_values_still_tells_of_a_person(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,,\nb,1,2\n", WIDE PHQ);
    assert_int_equal(rows_of(r, RP_REFERRALS), 2);
    assert_int_equal(rows_of(r, RP_ADMINISTRATIONS), 2);
}

static void fractions_are_taken_and_said(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,10.5,5\nb,9,6.25\n", WIDE PHQ);
    assert_true(score_of(r, "a/1/phq", "total") == 10.5);
    assert_int_equal(rp_faults_total(r->faults), 0);
    assert_has(rp_record_about(r->record)->notes[0], "Some scores of PHQ-9 total");
}

#define FORM                                                                                                           \
    "{'kind': 'alliance', 'items': {'names': ['t1', 't2', 'b1'], 'lowest': 1, 'highest': 5}, 'scales': {'task': "      \
    "{'score': 'mean', 'items': ['t1', 't2']}, 'total': {'score': 'mean', 'items': ['t1', 't2', 'b1']}}}"

static void items_are_scored(void **state) {
    run *r = *state;
    must_read(r, "id,t,x,y,z\na,1,1,4,5\na,2,2,,3\na,3,1,6,x\n",
              LONG "'instruments': {'own': {'define': " FORM
                   ", 'rater': 'practitioner', 'items': {'t1': 'x', 't2': 'y', "
                   "'b1': 'z'}}}}");
    assert_int_equal(rows_of(r, RP_RESPONSES), 6);
    assert_true(score_of(r, "a/1/own", "task") == 2.5); /* (1 + 4) / 2 */
    assert_true(fabs(score_of(r, "a/1/own", "total") - 10.0 / 3) < 1e-12);
    assert_int_equal(rows_of(r, RP_SCORES), 2); /* no item may be missing: none at 2 and 3 */
    find_fault(r, "response_range", 4, 7);
    find_fault(r, "type", 4, 9);
    const rp_instrument *own = rp_record_instrument(r->record, 0);
    assert_true(own && own->is_inline);
    assert_string_equal(own->version, "map");
}

static void one_questionnaire_by_two_raters(void **state) {
    run *r = *state;
    must_read(r, "id,t,c,p\na,1,40,36\n",
              LONG "'instruments': {'by client': {'use': 'wai-sr', 'rater': 'client', 'scales': {'total': 'c'}}, 'by "
                   "practitioner': {'use': 'wai-sr', 'rater': 'practitioner', 'scales': {'total': 'p'}}}}");
    assert_true(score_of(r, "a/1/by client", "total") == 40);
    assert_true(score_of(r, "a/1/by practitioner", "total") == 36);
    int rater = column_of(r, RP_ADMINISTRATIONS, "rater");
    assert_string_equal(rp_record_code_text(r->record, RP_ADMINISTRATIONS, rater, 0), "client");
    assert_string_equal(rp_record_code_text(r->record, RP_ADMINISTRATIONS, rater, 1), "practitioner");
}

static void a_definition_may_stand_under_use(void **state) {
    run *r = *state;
    must_read(r, "id,t,x,y,z\na,1,1,4,5\n",
              LONG "'instruments': {'own': {'use': " FORM ", 'rater': 'client', 'items': {'t1': 'x', 't2': 'y'}, "
                   "'scales': {'total': 'z'}}}}");
    assert_true(score_of(r, "a/1/own", "task") == 2.5 && score_of(r, "a/1/own", "total") == 5);
}

static void change_figures_are_laid_over(void **state) {
    run *r = *state;
    must_read(r, "id,t,phq,r\na,1,4,5\n",
              LONG "'instruments': {'a': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}, 'change': "
                   "{'cutoff': 12}}, 'b': {'use': 'phq-9', 'rater': 'relative', 'scales': {'total': 'r'}}}}");
    for (size_t row = 0; row < 2; row++) { /* for both raters */
        const rp_change_rule *rule = &rp_record_instrument(r->record, row)->scales[0].change;
        assert_true(rule->cutoff_kind == RP_CUTOFF_NUMBER && rule->cutoff == 12);
        assert_has(rule->cutoff_source.text, "the study's map");
        assert_true(rule->reliable_change == 6); /* phq-9.json: not named in the map, so it stays */
    }
}

/* ---- shapes of files ---- */

static void separators_line_ends_and_empty_ends_of_lines(void **state) {
    run *r = *state;
    must_read(r, "\xef\xbb\xbfid;pre;post;;\r\n\"a\";10;5;;\r\n\r\n\"b;\n2\";11;6;;\r\nc;12;7\r\nd;1;2;3;;\r\n",
              WIDE PHQ);
    assert_true(score_of(r, "a/1/phq", "total") == 10);
    assert_int_equal(rows_of(r, RP_REFERRALS), 1); /* an id with a line end in it is none */
    find_fault(r, "fields", 6, 6);
    find_fault(r, "fields", 7, 10);
    find_fault(r, "type", 4, 1);
}

static void a_row_that_cannot_be_read_costs_no_other(void **state) {
    run *r = *state;
    must_read(r, "id,pre,post\na,10,5\nb,\"1\"1,6\nc,12,\xff\nd,13,8\n", WIDE PHQ);
    assert_int_equal(rows_of(r, RP_REFERRALS), 2);
    find_fault(r, "unreadable", 3, 0);
    find_fault(r, "unreadable", 4, 6);
    assert_int_equal(rp_record_input_at(r->record, 0)->rejected, 2);
}

static void files_that_hold_nothing(void **state) {
    run *r = *state;
    assert_false(read_mapped(r, "", WIDE PHQ));
    assert_has(r->error.message, "empty");
    assert_has(r->error.file, "data.csv");
    assert_false(read_mapped(r, "id,pre,post\n", WIDE PHQ));
    assert_has(r->error.message, "no rows");
    assert_has(r->error.file, "data.csv");
    assert_int_equal(r->error.line, 1);
    must_read(r, "id,pre,post\na,1\n", WIDE PHQ); /* one row, and that at fault: told as faults are */
    assert_int_equal(rows_of(r, RP_REFERRALS), 0);
    assert_int_equal(rp_record_input_at(r->record, 0)->rejected, 1);
}

static void running_out_of_memory_is_told(void **state) {
    run *r = *state;
    bool done = false;
    for (long n = 1; n < 4000 && !done; n++) {
        record_start(r);
        write_file(r, "data.csv", "id,t,th,g,phq\na,x,1,T,10\na,y,2,T,9\nb,x,1,C,x\n");
        char path[512];
        path_in(r, "data.csv", path);
        json_t *map =
            json_of(LONG "'practitioner': 'th', 'arm': {'column': 'g', 'comparator': 'C'}, 'covariates': {'g': "
                         "'g'}, 'missing': ['NA'], " PHQ);
        rp_memory_fail_after(n);
        done = rp_mapped_read(path, map, "map.json", true, r->record, &r->error);
        rp_memory_fail_after(0);
        if (!done)
            assert_int_equal(r->error.code, RP_E_MEMORY);
        json_decref(map);
    }
    assert_true(done);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_start, run_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(wide_rows_are_people),
        TEST(the_record_is_described),
        TEST(administrations_say_what_by_whom_and_when),
        TEST(a_wide_row_without_client_is_named_by_its_number),
        TEST(stems_may_be_named_by_instrument),
        TEST(dates_of_wide_occasions),
        TEST(long_rows_by_date_alone),
        TEST(labels_take_the_order_of_first_appearance),
        TEST(one_number_makes_the_column_one_of_numbers),
        TEST(listed_occasions),
        TEST(too_many_labels_are_no_occasions),
        TEST(a_second_row_for_a_person_is_rejected),
        TEST(rows_of_a_person_must_agree),
        TEST(an_arm_that_is_not_listed_leaves_the_person),
        TEST(practitioners_may_change),
        TEST(a_long_name_keeps_its_scores),
        TEST(a_value_at_fault_is_rejected_alone),
        TEST(missing_is_what_the_map_declares),
        TEST(a_row_without_values_still_tells_of_a_person),
        TEST(fractions_are_taken_and_said),
        TEST(items_are_scored),
        TEST(one_questionnaire_by_two_raters),
        TEST(a_definition_may_stand_under_use),
        TEST(change_figures_are_laid_over),
        TEST(separators_line_ends_and_empty_ends_of_lines),
        TEST(a_row_that_cannot_be_read_costs_no_other),
        TEST(files_that_hold_nothing),
        TEST(running_out_of_memory_is_told),
    };
    return cmocka_run_group_tests_name("formats: files through maps", tests, NULL, NULL);
}
