/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maps at fault: what is told, where, and what to do. Each case is a good map with one thing wrong. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "formats_helper.h"

/* JSON with ' for ". The file that these maps are bound to: */
static const char wide_file[] = "id,group,age,pre,post,when1,when2,q1,q2\nA,T,30,10,5,2024-01-01,2024-02-01,1,2\n";
static const char long_file[] = "id,who,time,phq,age\nA,P,1,10,30\nA,P,2,5,30\n";

#define PHQ  "'phq-9': {'use': 'phq-9@1', 'rater': 'client', 'scales': {'total': 'phq'}}"
#define WIDE "{'name': 'x', 'layout': 'wide', 'client': 'id', "
#define LONG "{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': 'time', "
#define TWO  "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1}, {'columns': {'phq': 'post'}, 'occasion': 2}], "

typedef struct wrong {
    const char *map, *message, *remedy;
} wrong;

static void refuse_all(run *r, const char *file, const wrong *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (read_mapped(r, file, cases[i].map))
            fail_msg("accepted: %s", cases[i].map);
        assert_has(r->error.message, cases[i].message);
        assert_has(r->error.remedy, cases[i].remedy);
        assert_string_equal(r->error.file, "map.json");
        assert_true(r->error.code != RP_OK && r->error.code != RP_E_MEMORY);
        assert_int_equal(rp_record_inputs(r->record), 0); /* no row was read */
    }
}
#define REFUSE_ALL(r, file, cases) refuse_all(r, file, cases, sizeof(cases) / sizeof(cases)[0])

static void the_maps_are_good_without_the_fault(void **state) {
    run *r = *state;
    must_read(r, wide_file, WIDE TWO "'instruments': {" PHQ "}}");
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    must_read(r, long_file, LONG "'instruments': {" PHQ "}}");
    assert_int_equal(rows_of(r, RP_SCORES), 2);
}

static void top_members(void **state) {
    static const wrong cases[] = {
        {"[]", "the map must be an object", "docs/map.md"},
        {"{'layout': 'wide', " TWO "'instruments': {" PHQ "}}", "\"name\" is missing in the map", "\"name\""},
        {"{'name': 1, 'layout': 'wide', " TWO "'instruments': {" PHQ "}}", "\"name\" in the map must be a text",
         "text"},
        {"{'name': 'x', " TWO "'instruments': {" PHQ "}}", "\"layout\" is missing", "\"layout\""},
        {"{'name': 'x', 'layout': 'tall', " TWO "'instruments': {" PHQ "}}", "\"tall\"", "\"wide\""},
        {WIDE TWO "'instrumnets': {}, 'instruments': {" PHQ "}}", "\"instrumnets\" in the map", "\"instruments\""},
        {WIDE TWO "'missing': 'NA', 'instruments': {" PHQ "}}", "\"missing\" in the map must be an array", "array"},
        {WIDE TWO "'missing': ['NA', -9], 'instruments': {" PHQ "}}", "Entry 2 of \"missing\"", "quotes"},
        {"{'name': 'x', 'layout': 'wide', 'client': 7, " TWO "'instruments': {" PHQ "}}",
         "\"client\" in the map must be a text", "text"},
    };
    REFUSE_ALL(*state, wide_file, cases);
}

static void arms_and_covariates(void **state) {
    static const wrong cases[] = {
        {WIDE TWO "'arm': 'group', 'instruments': {" PHQ "}}", "\"arm\" in the map must be an object", "object"},
        {WIDE TWO "'arm': {}, 'instruments': {" PHQ "}}", "\"column\" is missing in arm", "\"column\""},
        {WIDE TWO "'arm': {'column': 'group', 'valeus': {}}, 'instruments': {" PHQ "}}", "\"valeus\" in arm",
         "\"values\""},
        {WIDE TWO "'arm': {'column': 'group', 'values': {'T': 1}}, 'instruments': {" PHQ "}}", "\"T\" in arm.values",
         "text"},
        {WIDE TWO "'arm': {'column': 'group', 'values': {'T': 'usual_care'}, 'comparator': 'usualcare'}, "
                  "'instruments': {" PHQ "}}",
         "comparator \"usualcare\"", "\"usual_care\""},
        {WIDE TWO "'covariates': ['age'], 'instruments': {" PHQ "}}", "\"covariates\" in the map must be an object",
         "object"},
        {WIDE TWO "'covariates': {'age': ''}, 'instruments': {" PHQ "}}", "covariates has an empty text", "take"},
        {WIDE TWO "'covariates': {'source': 'age'}, 'instruments': {" PHQ "}}", "covariate \"source\"",
         "source_as_given"},
        {WIDE TWO "'covariates': {'practitioner_id': 'age'}, 'instruments': {" PHQ "}}",
         "covariate \"practitioner_id\"", "as_given"},
    };
    REFUSE_ALL(*state, wide_file, cases);
}

static void wide_occasions(void **state) {
    static const wrong cases[] = {
        {WIDE "'instruments': {" PHQ "}}", "needs \"occasion\" as a list", "STEM"},
        {WIDE "'occasion': 'time', 'instruments': {" PHQ "}}", "needs \"occasion\" as a list", "STEM"},
        {WIDE "'occasion': [], 'instruments': {" PHQ "}}", "needs \"occasion\" as a list", "STEM"},
        {WIDE "'occasion': [{'occasion': 1}], 'instruments': {" PHQ "}}", "\"columns\" is missing in entry 1", "STEM"},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}}], 'instruments': {" PHQ "}}",
         "\"occasion\" is missing in entry 1", "Number"},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1.5}], 'instruments': {" PHQ "}}",
         "must be a whole number", "whole"},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1000001}], 'instruments': {" PHQ "}}", "is past",
         ""},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1}, {'columns': {'phq': 'post'}, 'occasion': 1}], "
              "'instruments': {" PHQ "}}",
         "Occasion 1 stands twice", "number of its own"},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1, 'month': 2}], 'instruments': {" PHQ "}}",
         "\"month\" in entry 1", "\"months\""},
        {WIDE "'occasion': [{'columns': {'phq': 'pre', 'pqh': 'post'}, 'occasion': 1}], 'instruments': {" PHQ "}}",
         "\"pqh\" in \"columns\" in entry 1", "\"phq\""},
        {WIDE "'occasion': [{'columns': {'phq': 'pre'}, 'occasion': 1}, {'columns': {'phq': 'pre'}, 'occasion': 2}], "
              "'instruments': {" PHQ "}}",
         "Entries 1 and 2 of \"occasion\" both take column \"pre\"", "columns of its own"},
        {WIDE TWO "'instruments': {'phq-9': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}, "
                  "'items': {'1': 'q'}}}}",
         "No occasion has a column for \"q\"", "\"q\": COLUMN"},
    };
    REFUSE_ALL(*state, wide_file, cases);
}

static void long_occasions(void **state) {
    static const wrong cases[] = {
        {"{'name': 'x', 'layout': 'long', 'occasion': 'time', 'instruments': {" PHQ "}}", "no \"client\"", "client"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', 'instruments': {" PHQ "}}",
         "neither \"occasion\" nor \"date\"", "column"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', " TWO "'instruments': {" PHQ "}}", "the layout is long",
         "wide"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': {'values': {}}, 'instruments': {" PHQ "}}",
         "\"column\" is missing in occasion", "column"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': {'column': 'time', 'values': {}}, 'instruments': "
         "{" PHQ "}}",
         "occasion.values is empty", "leave"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': {'column': 'time', 'values': {'1': {'occasion': "
         "1}, '2': {'occasion': 1}}}, 'instruments': {" PHQ "}}",
         "Occasion 1 stands twice", "its own"},
        {"{'name': 'x', 'layout': 'long', 'client': 'id', 'occasion': {'column': 'time', 'values': {'1': {'label': "
         "'a'}}}, 'instruments': {" PHQ "}}",
         "\"occasion\" is missing in occasion.values.1", "Number"},
    };
    REFUSE_ALL(*state, long_file, cases);
}

#define ONE(rest) LONG "'instruments': {'a': {" rest "}}}"

static void instruments(void **state) {
    static const wrong cases[] = {
        {LONG "'comment': 'none'}", "names no instruments", "instruments"},
        {LONG "'instruments': {}}", "names no instruments", "instruments"},
        {LONG "'instruments': {'a': 'phq-9'}}", "instruments.a must be an object", ""},
        {ONE("'rater': 'client', 'scales': {'total': 'phq'}"), "instruments.a must have one of", "define"},
        {ONE("'use': 'phq-9', 'define': {}, 'rater': 'client', 'scales': {'total': 'phq'}"), "has both", "define"},
        {ONE("'use': 'phq-9', 'scales': {'total': 'phq'}"), "\"rater\" is missing in instruments.a", "\"client\""},
        {ONE("'use': 'phq-9', 'rater': 'therapist', 'scales': {'total': 'phq'}"), "\"therapist\"", "\"practitioner\""},
        {ONE("'use': 'phq-9', 'rater': 'client'"), "neither items nor scales", "scales"},
        {ONE("'use': 'phq-9', 'rater': 'client', 'scales': {}"), "neither items nor scales", "scales"},
        {ONE("'use': 'phq-9', 'rater': 'client', 'scale': {'total': 'phq'}"), "\"scale\" in instruments.a",
         "\"scales\""},
        {ONE("'use': 'phq9', 'rater': 'client', 'scales': {'total': 'phq'}"), "\"phq9\" in instruments.a.use",
         "\"phq-9@1\""},
        {ONE("'use': 'phq-9@77', 'rater': 'client', 'scales': {'total': 'phq'}"), "\"phq-9@77\"", "\"phq-9@1\""},
        {ONE("'use': 'qqqqqqqqqqqqq', 'rater': 'client', 'scales': {'total': 'phq'}"), "no questionnaire that is known",
         "rapport measures"},
        {ONE("'use': 'phq-9', 'rater': 'client', 'scales': {'totl': 'phq'}"), "\"totl\" in instruments.a.scales",
         "\"total\""},
        {ONE("'use': 'phq-9', 'rater': 'client', 'items': {'12': 'phq'}"), "\"12\" in instruments.a.items is no item",
         ""},
        {LONG "'instruments': {'a/b': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}}}}", "\"a/b\"",
         "without \"/\""},
        {LONG "'instruments': {" PHQ ", 'b': {'use': 'PHQ-9', 'rater': 'client', 'scales': {'total': 'phq'}}}}",
         "same questionnaire by the same rater", "one name"},
        {LONG "'instruments': {" PHQ ", 'b': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}, 'change': "
              "{'cutoff': 9}}}}",
         "same questionnaire by the same rater", "one name"},
        {LONG "'instruments': {'a': {'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}, 'change': "
              "{'cutoff': 9}}, 'b': {'use': 'phq-9', 'rater': 'relative', 'scales': {'total': 'phq'}, 'change': "
              "{'cutoff': 8}}}}",
         "both have \"change\"", "once"},
        {ONE("'use': 'phq-9', 'rater': 'client', 'scales': {'total': 'phq'}, 'change': {'reliability': 2}"),
         "\"reliability\"", ""},
        {ONE("'define': {'kind': 'outcome'}, 'rater': 'client', 'scales': {'total': 'phq'}"), "no scales", "scales"},
    };
    REFUSE_ALL(*state, long_file, cases);
}

static void a_column_that_is_not_there_names_the_nearest(void **state) {
    run *r = *state;
    assert_false(read_mapped(r, long_file,
                             "{'name': 'x', 'layout': 'long', 'client': 'idd', 'occasion': 'time', 'instruments': {" PHQ
                             "}}"));
    assert_has(r->error.message, "a column that data.csv does not have: \"idd\" (client; nearest: \"id\")");
    assert_has(r->error.remedy, "\"id\", \"who\", \"time\", \"phq\", \"age\"");
    assert_string_equal(r->error.file, "map.json");
}

/* Nobody should have to mend a map one name at a time. */
static void all_columns_that_are_not_there_are_told_at_once(void **state) {
    run *r = *state;
    assert_false(read_mapped(
        r, wide_file,
        "{'name': 'x', 'layout': 'wide', 'client': 'idd', 'practitioner': 'who', 'arm': {'column': 'grp'}, 'occasion': "
        "[{'columns': {'phq': 'pree'}, 'occasion': 1}, {'columns': {'phq': 'psot'}, 'occasion': 2}], 'covariates': "
        "{'years': 'agee'}, 'instruments': {" PHQ "}}"));
    static const char *const parts[] = {"\"idd\" (client",     "\"who\" (practitioner",
                                        "\"grp\" (arm.column", "\"agee\" (covariates.years",
                                        "\"pree\" (entry 1",   "\"psot\" (entry 2"};
    for (size_t i = 0; i < 6; i++)
        assert_has(r->error.message, parts[i]);
}

static void the_rest_of_many_columns_that_are_not_there_are_counted(void **state) {
    run *r = *state;
    char map[4096] = LONG "'covariates': {";
    for (int i = 0; i < 30; i++)
        snprintf(map + strlen(map), sizeof map - strlen(map), "%s'c%d': 'zzzzzz%d'", i ? ", " : "", i, i);
    snprintf(map + strlen(map), sizeof map - strlen(map), "}, 'instruments': {" PHQ "}}");
    assert_false(read_mapped(r, long_file, map));
    assert_has(r->error.message, "\"zzzzzz0\" (covariates.c0)");
    assert_has(r->error.message, "\"zzzzzz9\"");
    assert_has(r->error.message, " and 20 more.");
}

/* An editor's remarks are no faults. */
static void remarks_are_let_pass(void **state) {
    run *r = *state;
    must_read(r, long_file,
              LONG "'$schema': 'map.schema.json', 'comment': 'x', '_by': 'me', 'instruments': {" PHQ "}}");
    assert_int_equal(rp_faults_total(r->faults), 0);
}

static void limits_hold(void **state) {
    run *r = *state;
    json_t *map = json_of(LONG "'instruments': {" PHQ "}}");
    json_t *covariates = json_object();
    for (int i = 0; i < 1001; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        json_object_set_new(covariates, name, json_string("age"));
    }
    json_object_set_new(map, "covariates", covariates);
    char path[512];
    write_file(r, "data.csv", long_file);
    path_in(r, "data.csv", path);
    assert_false(rp_mapped_read(path, map, "map.json", true, r->record, &r->error));
    assert_int_equal(r->error.code, RP_E_LIMIT);
    assert_has(r->error.message, "covariates has 1001 members");
    json_decref(map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_maps_are_good_without_the_fault, run_start, run_end),
        cmocka_unit_test_setup_teardown(top_members, run_start, run_end),
        cmocka_unit_test_setup_teardown(arms_and_covariates, run_start, run_end),
        cmocka_unit_test_setup_teardown(wide_occasions, run_start, run_end),
        cmocka_unit_test_setup_teardown(long_occasions, run_start, run_end),
        cmocka_unit_test_setup_teardown(instruments, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_column_that_is_not_there_names_the_nearest, run_start, run_end),
        cmocka_unit_test_setup_teardown(all_columns_that_are_not_there_are_told_at_once, run_start, run_end),
        cmocka_unit_test_setup_teardown(the_rest_of_many_columns_that_are_not_there_are_counted, run_start, run_end),
        cmocka_unit_test_setup_teardown(remarks_are_let_pass, run_start, run_end),
        cmocka_unit_test_setup_teardown(limits_hold, run_start, run_end),
    };
    return cmocka_run_group_tests_name("formats: maps at fault", tests, NULL, NULL);
}
