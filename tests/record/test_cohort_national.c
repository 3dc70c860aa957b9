/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national rule, case by case, worked out by hand. Source of the rule: NHS England, IAPT v2.0 monthly metadata
 * (February 2022) M279 to M281, annual metadata 2024-25; of which measure counts: M196 to M205. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rows.h"

/* Figures as a rule holds them; NaN: none. */
static rp_change_rule figures(double cutoff, double reliable_change) {
    rp_change_rule rule = rp_change_rule_none();
    if (!isnan(cutoff))
        rule.cutoff_kind = RP_CUTOFF_NUMBER;
    rule.cutoff = cutoff;
    rule.reliable_change = reliable_change;
    return rule;
}

#define Y RP_YES
#define N RP_NO
#define U RP_NOT_KNOWN

/* PHQ-9: 10 and 6; GAD-7: 8 and 4 (M279 to M281; BMC Psychiatry s12888-018-1987-1, table 1). U: not known. */
static const struct {
    double phq9_first, phq9_last, anxiety_first, anxiety_last;
    rp_known start, end, recovered, improved, deteriorated, reliably_recovered;
    rp_national_why start_why, end_why;
} cases[] = {
    /* Both cases at first, both below at last, both fall enough. */
    {15, 5, 12, 3, Y, N, Y, Y, N, Y, 0, 0},
    /* At the cut-off is a case: 10, and 8. */
    {10, 9, 7, 7, Y, N, Y, N, N, N, 0, 0},
    {9, 9, 8, 7, Y, N, Y, N, N, N, 0, 0},
    {9, 9, 7, 7, N, N, N, N, N, N, 0, 0},
    /* One still a case at the end is no recovery, whichever it is. */
    {15, 10, 12, 3, Y, Y, N, Y, N, N, 0, 0},
    {15, 3, 12, 8, Y, Y, N, Y, N, N, 0, 0},
    /* The threshold itself is reliable: 6, and 4; one less is not. */
    {16, 10, 7, 7, Y, Y, N, Y, N, N, 0, 0},
    {16, 11, 7, 7, Y, Y, N, N, N, N, 0, 0},
    {5, 5, 12, 8, Y, Y, N, Y, N, N, 0, 0},
    {5, 5, 12, 9, Y, Y, N, N, N, N, 0, 0},
    /* Better on one, worse on the other: neither improved nor deteriorated. */
    {16, 4, 3, 7, Y, N, Y, N, N, N, 0, 0},
    {4, 10, 12, 8, Y, Y, N, N, N, N, 0, 0},
    /* Worse on one, the same on the other. */
    {4, 10, 5, 5, N, Y, N, N, Y, N, 0, 0},
    {5, 5, 5, 9, N, Y, N, N, Y, N, 0, 0},
    /* What is missing, first by first; a case at the start on the PHQ-9 does not make up for no anxiety score. */
    {NAN, NAN, 12, 3, U, U, U, U, U, U, RP_NATIONAL_NO_PHQ9, RP_NATIONAL_NO_PHQ9},
    {15, 5, NAN, NAN, U, U, U, U, U, U, RP_NATIONAL_NO_ANXIETY, RP_NATIONAL_NO_ANXIETY},
    {15, NAN, 12, 3, Y, U, U, U, U, U, 0, RP_NATIONAL_ONE_PHQ9},
    {15, 5, 12, NAN, Y, U, U, U, U, U, 0, RP_NATIONAL_ONE_ANXIETY},
    {15, NAN, 12, NAN, Y, U, U, U, U, U, 0, RP_NATIONAL_ONE_PHQ9},
    /* Not a case at the start: cannot recover, whatever came after. */
    {5, NAN, 3, NAN, N, U, N, U, U, N, 0, RP_NATIONAL_ONE_PHQ9},
};

static void flag_is(size_t i, const char *name, rp_national_flag flag, rp_known is, rp_national_why why) {
    if (flag.is != is || (is == RP_NOT_KNOWN ? flag.why != why : flag.why != RP_NATIONAL_KNOWN))
        fail_msg("case %d, %s: %d because '%s'", (int)i, name, flag.is, rp_national_why_words(flag.why));
}

static void the_rule_goes_by_both_measures(void **state) {
    (void)state;
    rp_change_rule phq9 = figures(10, 6), gad7 = figures(8, 4);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_national_scores a = {&phq9, true, cases[i].phq9_first, cases[i].phq9_last};
        rp_national_scores b = {&gad7, true, cases[i].anxiety_first, cases[i].anxiety_last};
        rp_national_flags f = rp_national_judge(&a, &b);
        rp_national_why lack = cases[i].start == RP_NOT_KNOWN ? cases[i].start_why : cases[i].end_why;
        flag_is(i, "case at the start", f.case_at_start, cases[i].start, cases[i].start_why);
        flag_is(i, "case at the end", f.case_at_end, cases[i].end, cases[i].end_why);
        flag_is(i, "recovered", f.recovered, cases[i].recovered, lack);
        flag_is(i, "improved", f.improved, cases[i].improved, cases[i].end_why);
        flag_is(i, "deteriorated", f.deteriorated, cases[i].deteriorated, cases[i].end_why);
        flag_is(i, "reliably recovered", f.reliably_recovered, cases[i].reliably_recovered, lack);
    }
}

static void figures_that_are_not_known_leave_it_not_known(void **state) {
    (void)state;
    rp_change_rule phq9 = figures(10, 6), none = figures(NAN, NAN), no_threshold = figures(10, NAN);
    rp_national_scores a = {&phq9, true, 15, 5}, b = {&none, true, 30, 10};
    rp_national_flags f = rp_national_judge(&a, &b); /* as BIQ and CFQ-11: no figure */
    flag_is(0, "case", f.case_at_start, RP_NOT_KNOWN, RP_NATIONAL_NO_CUTOFF);
    flag_is(0, "recovered", f.recovered, RP_NOT_KNOWN, RP_NATIONAL_NO_CUTOFF);
    flag_is(0, "improved", f.improved, RP_NOT_KNOWN, RP_NATIONAL_NO_THRESHOLD);
    b.rule = &no_threshold; /* as PHQ-15: a cut-off of 10 (M279), no threshold */
    b.last = 9;
    f = rp_national_judge(&a, &b);
    flag_is(1, "recovered", f.recovered, RP_YES, 0);
    flag_is(1, "reliably recovered", f.reliably_recovered, RP_NOT_KNOWN, RP_NATIONAL_NO_THRESHOLD);
    rp_change_rule by_sample = figures(10, 6);
    by_sample.cutoff_kind = RP_CUTOFF_C; /* a cut-off that hangs on the people measured is no national one */
    b.rule = &by_sample;
    flag_is(2, "case", rp_national_judge(&a, &b).case_at_start, RP_NOT_KNOWN, RP_NATIONAL_NO_CUTOFF);
    b = (rp_national_scores){NULL, false, NAN, NAN}; /* the record has no such measure */
    flag_is(3, "case", rp_national_judge(&a, &b).case_at_start, RP_NOT_KNOWN, RP_NATIONAL_NO_ANXIETY);
}

static void every_reason_has_words(void **state) {
    (void)state;
    assert_string_equal(rp_national_why_words(RP_NATIONAL_KNOWN), "");
    for (int w = RP_NATIONAL_KNOWN + 1; w < RP_NATIONAL_WHYS; w++)
        assert_true(strlen(rp_national_why_words((rp_national_why)w)) > 10);
}

static void the_problem_decides_which_measure_counts(void **state) {
    (void)state;
    /* NHS England, IAPT metadata M196 to M205. */
    static const char *const map[][2] = {
        {"F400", "mi-alone"},    {"F40.0", "mi-alone"}, {"f40.01", "mi-alone"},
        {"F401", "spin"},        {"F41.0", "pdss"},     {"F42", "oci"},
        {"F42.9", "oci"},        {"F431", "pcl-5"},     {"F452", "hai"},
        {"G93.3", "cfq-11"},     {"K58.9", "ibs-sss"},  {"83482000", "biq"},
        {"723916001", "phq-15"}, {"F32", "gad-7"},      {"F402", "gad-7"},
        {"F411", "gad-7"},       {"F43", "gad-7"},      {"834820001", "gad-7"},
        {"", "gad-7"},           {"-3", "gad-7"},       {"a very long text that is no code at all, F431", "gad-7"},
    };
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        assert_string_equal(rp_national_instrument(map[i][0], RP_NO_DATE), map[i][1]);
    assert_string_equal(rp_national_instrument(NULL, RP_NO_DATE), "gad-7");
}

/* IAPT metadata, notes to M185: BIQ, CFQ-11, IBS-SSS and PHQ-15 count since April 2022. */
static void four_measures_count_since_april_2022(void **state) {
    (void)state;
    static const char *const since[][2] = {
        {"83482000", "biq"}, {"G93.3", "cfq-11"}, {"K58", "ibs-sss"}, {"723916001", "phq-15"}};
    rp_date before = 0, after = 0;
    assert_true(rp_date_parse(rp_text_of("2022-03-31"), &before) && rp_date_parse(rp_text_of("2022-04-01"), &after));
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(rp_national_instrument(since[i][0], before), "gad-7");
        assert_string_equal(rp_national_instrument(since[i][0], after), since[i][1]);
        assert_string_equal(rp_national_instrument(since[i][0], RP_NO_DATE), since[i][1]); /* not ended: as it is now */
        assert_int_equal(rp_national_threshold_on(since[i][1], before), -1);
        assert_true(rp_national_threshold_on(since[i][1], after) >= 0);
    }
    assert_string_equal(rp_national_instrument("F431", before), "pcl-5"); /* the other six at any time */
    assert_int_equal(rp_national_threshold_on("no-such", after), -1);
}

static bool same(double a, double b) {
    return isnan(a) ? isnan(b) : a == b;
}

/* The rows and the questionnaires' own figures are kept in two places: neither may drift from the other. */
static void the_rows_are_those_of_the_questionnaires(void **state) {
    (void)state;
    world w = begin();
    assert_null(rp_national_threshold_at(RP_NATIONAL_THRESHOLDS));
    assert_null(rp_national_descriptor_at(RP_NATIONAL_DESCRIPTORS));
    for (size_t i = 0; i < RP_NATIONAL_THRESHOLDS; i++) {
        const rp_national_threshold *row = rp_national_threshold_at(i);
        const rp_instrument *instrument =
            rp_instruments_find(rp_record_instruments(w.record), rp_text_of(row->instrument));
        assert_non_null(instrument);
        const rp_change_rule *rule = &instrument->scales[rp_instrument_scale(instrument, "total")].change;
        assert_true(same(row->caseness, rule->cutoff));
        assert_true(same(row->reliable_change, rule->reliable_change));
        assert_true(isnan(row->caseness) == (*row->caseness_source == '\0'));
        assert_true(isnan(row->reliable_change) == (*row->change_source == '\0'));
        assert_true(row->caseness_confirmed <= rule->cutoff_source.confirmed);
        assert_true(row->change_confirmed <= rule->reliable_change_source.confirmed);
    }
    for (size_t i = 0; i < RP_NATIONAL_DESCRIPTORS; i++)
        assert_true(rp_national_threshold_on(rp_national_descriptor_at(i)->instrument, RP_NO_DATE) >= 0);
    end(&w);
}

static void problem(world *w, const char *id, const char *code, const char *rank, const char *date) {
    char a[80], b[80], c[80], d[80];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "problem=%s", code);
    snprintf(c, sizeof c, "rank=%s", rank);
    snprintf(d, sizeof d, "date=%s", date);
    assert_int_equal(put_row(w->record, RP_PROBLEMS, a, b, c, d, NULL), RP_PUT_KEPT);
}

/* Twice each: first and last. */
static void twice(world *w, const char *id, const char *instrument, double first, double last) {
    score(w, id, instrument, "2024-01-08", first);
    score(w, id, instrument, "2024-03-08", last);
}

static const char *anxiety_of(const rp_cohort *cohort, const rp_episode *e) {
    return e->national.anxiety < 0 ? "none" : rp_cohort_measure(cohort, (size_t)e->national.anxiety)->instrument->name;
}

static void episodes_have_flags_by_the_measure_that_counts(void **state) {
    (void)state;
    world w = begin();
    static const char *const who[] = {"a", "b", "c", "d", "e", "f", "g"};
    for (size_t i = 0; i < 7; i++) {
        referral(&w, who[i], "2024-01-01", "2024-06-01", i < 4 ? "problem=F431" : NULL);
        twice(&w, who[i], "phq-9", 15, 5);
    }
    twice(&w, "a", "pcl-5", 40, 20); /* PCL-5: 32 and 10 */
    twice(&w, "a", "gad-7", 12, 12);
    twice(&w, "b", "gad-7", 12, 3); /* its own measure never taken: GAD-7 */
    score(&w, "c", "pcl-5", "2024-01-08", 40);
    twice(&w, "c", "gad-7", 12, 12); /* its own taken once, the GAD-7 twice */
    score(&w, "d", "pcl-5", "2024-01-08", 40);
    score(&w, "d", "gad-7", "2024-01-08", 12);           /* both once: its own */
    problem(&w, "e", "F431", "secondary", "2024-05-01"); /* primary before secondary */
    problem(&w, "e", "F32", "primary", "2024-01-01");
    twice(&w, "e", "pcl-5", 40, 20);
    twice(&w, "e", "gad-7", 12, 12);
    problem(&w, "f", "F431", "primary", "2024-01-01"); /* then the latest */
    problem(&w, "f", "F41.0", "primary", "2024-02-01");
    twice(&w, "f", "pdss", 8, 3); /* PDSS: 8 and 5 */
    twice(&w, "f", "pcl-5", 40, 40);
    problem(&w, "g", "F32", "", "2024-02-01"); /* ranked before unranked */
    problem(&w, "g", "F41.0", "secondary", "");
    twice(&w, "g", "pdss", 8, 8);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    static const char *const measures[] = {"pcl-5", "gad-7", "gad-7", "pcl-5", "gad-7", "pdss", "pdss"};
    static const rp_known recovered[] = {RP_YES, RP_YES, RP_NO, RP_NOT_KNOWN, RP_NO, RP_YES, RP_NO};
    static const char *const problems[] = {"F431", "F431", "F431", "F431", "F32", "F41.0", "F41.0"};
    for (size_t i = 0; i < 7; i++) {
        const rp_episode *e = &block.episodes[i];
        assert_string_equal(anxiety_of(cohort, e), measures[i]);
        assert_string_equal(rp_cohort_problem(cohort, e->row), problems[i]);
        assert_int_equal(e->national.flags.recovered.is, recovered[i]);
        /* e: the primary of two; g: the ranked one. The others by their one descriptor, or the referral's. */
        assert_int_equal(e->national.problem, i == 4 ? RP_PROBLEM_DEPRESSION : RP_PROBLEM_ANXIETY);
        assert_string_equal(rp_cohort_measure(cohort, (size_t)e->national.phq9)->name, "PHQ-9");
    }
    assert_int_equal(block.episodes[3].national.flags.recovered.why, RP_NATIONAL_ONE_ANXIETY);
    end(&w);
}

/* NHS England, monthly metadata, breakdown V011. */
static void problems_fall_into_the_national_groups(void **state) {
    (void)state;
    static const struct {
        const char *problem;
        rp_problem_group group;
    } expected[] = {
        {"F32", RP_PROBLEM_DEPRESSION},     {"f33.1", RP_PROBLEM_DEPRESSION},
        {"F40.0", RP_PROBLEM_ANXIETY},      {"F41", RP_PROBLEM_ANXIETY},
        {"F42.9", RP_PROBLEM_ANXIETY},      {"F431", RP_PROBLEM_ANXIETY},
        {"F43.2", RP_PROBLEM_ANXIETY},      {"83482000", RP_PROBLEM_ANXIETY},
        {"834820001", RP_PROBLEM_OTHER},    {"F45.2", RP_PROBLEM_ANXIETY},
        {"F45.1", RP_PROBLEM_OTHER_MENTAL}, {"F10", RP_PROBLEM_OTHER_MENTAL},
        {"F31", RP_PROBLEM_OTHER_MENTAL},   {"F50.0", RP_PROBLEM_OTHER_MENTAL},
        {"F99", RP_PROBLEM_OTHER_MENTAL},   {"K58.9", RP_PROBLEM_UNEXPLAINED},
        {"G93.3", RP_PROBLEM_UNEXPLAINED},  {"723916001", RP_PROBLEM_UNEXPLAINED},
        {"Z63", RP_PROBLEM_OTHER},          {"low mood since the summer, and sleepless", RP_PROBLEM_OTHER},
        {"", RP_PROBLEM_NOT_RECORDED},      {NULL, RP_PROBLEM_NOT_RECORDED},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (rp_national_problem_group(expected[i].problem) != expected[i].group)
            fail_msg("%s: %s", expected[i].problem,
                     rp_problem_group_words(rp_national_problem_group(expected[i].problem)));
    for (rp_problem_group g = RP_PROBLEM_NOT_RECORDED; g < RP_PROBLEM_GROUPS; g++)
        for (rp_problem_group h = RP_PROBLEM_NOT_RECORDED; h < g; h++)
            assert_string_not_equal(rp_problem_group_words(g), rp_problem_group_words(h));
}

static void codes_fall_under_what_they_begin_with(void **state) {
    (void)state;
    assert_true(rp_problem_is_under("F43.1", "F431"));
    assert_true(rp_problem_is_under("f43 1", "F43"));
    assert_false(rp_problem_is_under("F43", "F431"));
    assert_true(rp_problem_is_under("723916001", "723916001"));
    assert_false(rp_problem_is_under("7239160012", "723916001")); /* another code of SNOMED CT */
    assert_false(rp_problem_is_under("", "F43"));
    assert_false(rp_problem_is_under(NULL, "F43"));
}

static void only_the_client_s_own_scores_count(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    assert_int_equal(put_row(w.record, RP_ADMINISTRATIONS, "administration_id=x", "referral_id=a", "date=2024-01-08",
                             "instrument=phq-9", "version=1", "rater=practitioner", "status=complete", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(
        put_row(w.record, RP_SCORES, "administration_id=x", "scale=total", "value=15", "method=supplied", NULL),
        RP_PUT_KEPT);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_block block;
    assert_true(rp_cohort_block(cohort_of(&w, &o), 0, w.arena, &block, &w.error));
    const rp_national *n = &block.episodes[0].national;
    assert_true(n->phq9 == -1 && n->anxiety == -1);
    assert_int_equal(n->flags.improved.why, RP_NATIONAL_NO_PHQ9);
    end(&w);
}

/* The same person twice: what counts goes by the end of the referral, not by when the scores were taken. */
static void the_end_of_the_referral_decides_which_rows_hold(void **state) {
    (void)state;
    world w = begin();
    static const char *const ends[][2] = {{"a", "2022-03-31"}, {"b", "2022-04-01"}, {"c", ""}};
    for (size_t i = 0; i < 3; i++) {
        referral(&w, ends[i][0], "2021-10-01", ends[i][1], "problem=K58");
        score(&w, ends[i][0], "phq-9", "2021-11-01", 15);
        score(&w, ends[i][0], "phq-9", "2022-02-01", 5);
        score(&w, ends[i][0], "ibs-sss", "2021-11-01", 300); /* 75 and 50: stays a case, improves */
        score(&w, ends[i][0], "ibs-sss", "2022-02-01", 200);
        score(&w, ends[i][0], "gad-7", "2021-11-01", 12); /* 8 and 4: recovers */
        score(&w, ends[i][0], "gad-7", "2022-02-01", 3);
    }
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    static const char *const counts[] = {"gad-7", "ibs-sss", "ibs-sss"};
    static const rp_known recovered[] = {RP_YES, RP_NO, RP_NO};
    for (size_t i = 0; i < 3; i++) {
        const rp_national *n = &block.episodes[i].national;
        assert_string_equal(anxiety_of(cohort, &block.episodes[i]), counts[i]);
        assert_int_equal(n->flags.recovered.is, recovered[i]);
        assert_int_equal(n->descriptor >= 0, i > 0);
        assert_int_equal(n->own, i > 0 ? n->anxiety : -1);
    }
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_goes_by_both_measures),
        cmocka_unit_test(figures_that_are_not_known_leave_it_not_known),
        cmocka_unit_test(every_reason_has_words),
        cmocka_unit_test(the_problem_decides_which_measure_counts),
        cmocka_unit_test(four_measures_count_since_april_2022),
        cmocka_unit_test(the_rows_are_those_of_the_questionnaires),
        cmocka_unit_test(the_end_of_the_referral_decides_which_rows_hold),
        cmocka_unit_test(episodes_have_flags_by_the_measure_that_counts),
        cmocka_unit_test(problems_fall_into_the_national_groups),
        cmocka_unit_test(codes_fall_under_what_they_begin_with),
        cmocka_unit_test(only_the_client_s_own_scores_count),
    };
    return cmocka_run_group_tests_name("record: the national rule", tests, NULL, NULL);
}
