/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores: computed from answers, prorated, supplied; what is out of range falls alone; what is not known is said once.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>

#include "record_helper.h"

static void administration(world *w, uint32_t line, const char *id, const char *instrument, const char *version) {
    char text[256];
    snprintf(text, sizeof text, "administration_id=%s|referral_id=r|occasion=1|instrument=%s|version=%s|rater=client",
             id, instrument, version);
    kept(w, line, RP_ADMINISTRATIONS, text);
}

/* A record with a referral; administrations come in line 10 and after. */
static world begin_with_referral(void) {
    world w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c");
    return w;
}

/* Answers in order, one a character; '.' missing without a row, '-' with a row that says it was declined. */
static void answers(world *w, uint32_t line, const char *id, const char *values) {
    for (int i = 0; values[i]; i++) {
        char text[96];
        if (values[i] == '.')
            continue;
        if (values[i] == '-')
            snprintf(text, sizeof text, "administration_id=%s|item=%d|value=declined", id, i + 1);
        else
            snprintf(text, sizeof text, "administration_id=%s|item=%d|value=%c", id, i + 1, values[i]);
        kept(w, line, RP_RESPONSES, text);
    }
}

static void supplied(world *w, uint32_t line, const char *id, const char *scale, const char *value) {
    char text[128];
    snprintf(text, sizeof text, "administration_id=%s|scale=%s|value=%s", id, scale, value);
    kept(w, line, RP_SCORES, text);
}

/* The row of scores, -1 where there is none. */
static int find_score(const world *w, const char *id, const char *scale) {
    int found = -1;
    for (size_t i = 0; i < rp_record_rows(w->record, RP_SCORES); i++)
        if (strcmp(rp_record_id_text(w->record, RP_SCORES, 0, i), id) == 0 &&
            strcmp(rp_record_id_text(w->record, RP_SCORES, 1, i), scale) == 0) {
            assert_int_equal(found, -1);
            found = (int)i;
        }
    return found;
}

static void assert_score(const world *w, const char *id, const char *scale, double value, const char *method,
                         int64_t answered) {
    int row = find_score(w, id, scale);
    assert_true(row >= 0);
    double got = rp_record_num(w->record, RP_SCORES, column(RP_SCORES, "value"), (size_t)row);
    if (!(fabs(got - value) < 1e-12))
        fail_msg("%s %s: got %.17g, wanted %.17g", id, scale, got, value);
    assert_string_equal(rp_record_code_text(w->record, RP_SCORES, column(RP_SCORES, "method"), (size_t)row), method);
    assert_int_equal(rp_record_int(w->record, RP_SCORES, column(RP_SCORES, "items_answered"), (size_t)row), answered);
    rp_score_ref ref = rp_record_score_ref(w->record, (size_t)row);
    if (ref.instrument)
        assert_string_equal(ref.instrument->scales[ref.scale].name, scale);
}

/* ---- from answers ---- */

static void scores_come_from_answers(void **state) {
    (void)state;
    world w = begin_with_referral();
    static const char *const sheets[] = {"123", "12.", "1-3", "1..", "---", ""};
    for (uint32_t i = 0; i < 6; i++) {
        char id[8];
        snprintf(id, sizeof id, "a%u", (unsigned)i);
        administration(&w, 10 + i, id, "three", "1");
        answers(&w, 20 + i, id, sheets[i]);
    }
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_score(&w, "a0", "total", 6, "computed", 3);   /* by hand */
    assert_score(&w, "a0", "pair", 3, "computed", 2);    /* by hand */
    assert_score(&w, "a1", "total", 4.5, "prorated", 2); /* by hand: 3 * 3 / 2 */
    assert_score(&w, "a1", "pair", 3, "computed", 2);
    assert_score(&w, "a2", "total", 6, "prorated", 2);  /* by hand: 4 * 3 / 2 */
    assert_int_equal(find_score(&w, "a2", "pair"), -1); /* all of its items are needed */
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 5);
    for (size_t i = 0; i < 5; i++) { /* the origin is the administration's */
        size_t of = (size_t)rp_record_refers(w.record, RP_SCORES, 0, i);
        assert_int_equal(rp_record_origin(w.record, RP_SCORES, i).line, 10 + of);
    }
    rp_rows children = rp_record_children(w.record, RP_SCORES, 0);
    assert_true(children.n == 2 && rp_record_children(w.record, RP_SCORES, 3).n == 0);
    end(&w);
}

/* The built-in sheet of tests/measures, through the record. */
static void a_built_in_questionnaire(void **state) {
    (void)state;
    world w = begin_with_referral();
    administration(&w, 10, "a", "PHQ-9", "1");
    answers(&w, 11, "a", "321032103");
    seal(&w);
    assert_score(&w, "a", "total", 15, "computed", 9); /* by hand: 3 + 2 + 1 + 0 + 3 + 2 + 1 + 0 + 3 */
    assert_string_equal(rp_record_instrument(w.record, 0)->short_title, "PHQ-9");
    end(&w);
}

static void supplied_scores_are_kept(void **state) {
    (void)state;
    world w = begin_with_referral();
    administration(&w, 10, "a", "three", "1");
    answers(&w, 11, "a", "123");
    kept(&w, 12, RP_SCORES, "administration_id=a|value=5|scale=total|items_answered=3");
    administration(&w, 13, "b", "three", "1");
    answers(&w, 14, "b", "12.");
    supplied(&w, 15, "b", "total", "5"); /* 4.5, rounded: no difference */
    supplied(&w, 16, "b", "pair", "");   /* no score at all */
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_fault(&w, "score_differs", RP_FAULT_NOTE, FIRST_INPUT, 12, 3,
                 "THREE, Total was supplied as 5, and its answers give 6; the supplied score is kept.");
    assert_score(&w, "a", "total", 5, "supplied", 3);
    assert_score(&w, "a", "pair", 3, "computed", 2);
    assert_score(&w, "b", "total", 5, "supplied", INT64_MIN);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 5);
    end(&w);
}

/* A mean given to two decimals is the same mean; to three it would show. */
static void rounding_is_no_difference(void **state) {
    (void)state;
    world w = begin();
    add_instrument(&w, "mean",
                   "{'version': '1', 'kind': 'alliance', 'items': {'count': 3, 'lowest': 1, 'highest': 7},"
                   " 'scales': {'m': {'score': 'mean', 'items': [1, 2, 3]}}}");
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c");
    static const char *const given[] = {"4.33", "4.3", "4", "4.333", "4.34", "4.332", "4.4"};
    for (uint32_t i = 0; i < 7; i++) {
        char id[8];
        snprintf(id, sizeof id, "a%u", (unsigned)i);
        administration(&w, 10 + i, id, "mean", "1");
        answers(&w, 20 + i, id, "445"); /* by hand: 13 / 3 = 4.3333... */
        supplied(&w, 30 + i, id, "m", given[i]);
    }
    seal(&w);
    size_t count = 0, differ = 0;
    rp_fault_level level = RP_FAULT_ROW;
    for (size_t i = 0; i < rp_faults_rules(w.faults); i++)
        if (strcmp(rp_faults_rule(w.faults, i, &level, &count), "score_differs") == 0)
            differ = count;
    assert_int_equal(differ, 3); /* 4.34, 4.332 and 4.4 */
    end(&w);
}

/* ---- what falls alone ---- */

static void out_of_range_falls_alone(void **state) {
    (void)state;
    world w = begin_with_referral();
    administration(&w, 10, "a", "three", "1");
    kept(&w, 11, RP_RESPONSES, "administration_id=a|item=1|value=4");
    kept(&w, 12, RP_RESPONSES, "administration_id=a|item=2|value=1");
    kept(&w, 13, RP_RESPONSES, "administration_id=a|item=3|value=2");
    administration(&w, 14, "b", "three", "1");
    supplied(&w, 15, "b", "total", "9.1");
    supplied(&w, 16, "b", "pair", "6");
    administration(&w, 17, "c", "three", "1");
    kept(&w, 18, RP_RESPONSES, "administration_id=c|item=Q1|value=1");
    kept(&w, 19, RP_RESPONSES, "administration_id=c|item=1|value=-1");
    seal(&w);
    size_t ranges = 0;
    for (size_t i = 0; i < rp_faults_kept(w.faults); i++) {
        const rp_fault *one = rp_faults_at(w.faults, i);
        if (strcmp(one->rule, "response_range") != 0)
            continue;
        ranges++;
        assert_true(one->level == RP_FAULT_VALUE && one->column == 5 && (one->line == 11 || one->line == 19));
    }
    assert_int_equal(ranges, 2);
    assert_fault(&w, "score_range", RP_FAULT_VALUE, FIRST_INPUT, 15, 9,
                 "THREE, Total is 9.1; scores lie between 0 and 9. This score was left out.");
    assert_fault(&w, "item_unknown", RP_FAULT_VALUE, FIRST_INPUT, 18, 3, "THREE has no item 'Q1'");
    assert_int_equal(rp_record_rows(w.record, RP_ADMINISTRATIONS), 3);
    assert_int_equal(rp_record_rows(w.record, RP_RESPONSES), 2);
    assert_score(&w, "a", "total", 4.5, "prorated", 2); /* by hand: 3 * 3 / 2 */
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 2);
    assert_int_equal(rp_record_rejected(w.record, RP_RESPONSES, false), 3);
    assert_int_equal(rp_record_rejected(w.record, RP_SCORES, false), 1);
    end(&w);
}

/* ---- what is said once ---- */

static void fractions_are_noted_once_a_scale(void **state) {
    (void)state;
    world w = begin_with_referral();
    for (uint32_t i = 0; i < 40; i++) {
        char id[8];
        snprintf(id, sizeof id, "a%u", (unsigned)i);
        administration(&w, 10 + i, id, "three", "1");
        supplied(&w, 99 - i, id, "total", i % 4 == 0 ? "4.5" : "4");
    }
    seal(&w);
    assert_fault(&w, "score_fraction", RP_FAULT_NOTE, FIRST_INPUT, 63, 0, /* by hand: 99 - 36 */
                 "Supplied scores of THREE, Total that are not whole numbers, as prorated scores may be: 10.");
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 40);
    assert_int_equal(rp_faults_total(w.faults), 0);
    end(&w);
}

static void unknown_instruments_are_noted_once(void **state) {
    (void)state;
    world w = begin_with_referral();
    for (uint32_t i = 0; i < 10; i++) {
        char id[8];
        snprintf(id, sizeof id, "a%u", (unsigned)i);
        administration(&w, 19 - i, id, i < 6 ? "phq9" : "three", i < 6 ? "1" : "2");
        supplied(&w, 20 + i, id, "total", "1000000.5");
        answers(&w, 40 + i, id, "9");
    }
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_int_equal(rp_faults_count(w.faults, RP_FAULT_NOTE), 2);
    const rp_fault *first = rp_faults_at(w.faults, 0), *second = rp_faults_at(w.faults, 1);
    assert_true(first->line == 10 && strstr(first->message, "'three' version '2' is not known"));
    assert_true(strstr(first->message, "(known: three@1)") && strstr(first->message, "name it: 4."));
    assert_true(second->line == 14 && strstr(second->message, "'phq9'") && strstr(second->message, "known: phq-9@1"));
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 10);
    assert_int_equal(rp_record_rows(w.record, RP_RESPONSES), 10);
    assert_null(rp_record_instrument(w.record, 0));
    rp_score_ref ref = rp_record_score_ref(w.record, 0);
    assert_true(!ref.instrument && ref.scale == -1);
    end(&w);
}

static void unknown_scales_are_noted_once(void **state) {
    (void)state;
    world w = begin_with_referral();
    administration(&w, 10, "a", "three", "1");
    administration(&w, 11, "b", "three", "1");
    supplied(&w, 13, "a", "Total", "77");
    supplied(&w, 12, "b", "Total", "77");
    supplied(&w, 14, "b", "total", "7");
    seal(&w);
    assert_fault(&w, "scale_unknown", RP_FAULT_NOTE, FIRST_INPUT, 12, 3, "Scores that name it: 2.");
    rp_score_ref ref = rp_record_score_ref(w.record, (size_t)find_score(&w, "a", "Total"));
    assert_true(ref.instrument && ref.scale == -1);
    assert_int_equal(rp_record_score_ref(w.record, (size_t)find_score(&w, "b", "total")).scale, 0);
    end(&w);
}

/* An instrument's name with a version in it is not taken apart. */
static void names_are_not_taken_apart(void **state) {
    (void)state;
    world w = begin_with_referral();
    administration(&w, 10, "a", "three@1", "1");
    seal(&w);
    assert_null(rp_record_instrument(w.record, 0));
    end(&w);
}

static void a_record_without_instruments(void **state) {
    (void)state;
    world w = begin();
    w.instruments = NULL;
    assert_true(world_make(&w));
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c");
    administration(&w, 10, "a", "three", "1");
    answers(&w, 11, "a", "123");
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 0);
    assert_int_equal(rp_faults_count(w.faults, RP_FAULT_NOTE), 1);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_come_from_answers),           cmocka_unit_test(a_built_in_questionnaire),
        cmocka_unit_test(supplied_scores_are_kept),           cmocka_unit_test(rounding_is_no_difference),
        cmocka_unit_test(out_of_range_falls_alone),           cmocka_unit_test(fractions_are_noted_once_a_scale),
        cmocka_unit_test(unknown_instruments_are_noted_once), cmocka_unit_test(unknown_scales_are_noted_once),
        cmocka_unit_test(names_are_not_taken_apart),          cmocka_unit_test(a_record_without_instruments),
    };
    return cmocka_run_group_tests_name("record: scores", tests, NULL, NULL);
}
