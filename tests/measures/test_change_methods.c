/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change, method by method: what each is by definition, what must hold for any numbers, and what is refused. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

/* Seven people: means 20 and 14, sums of squares 28 and 112, of products 28, so S1 = sqrt(28/6) and so on. */
static const double before[] = {17, 18, 19, 20, 21, 22, 23}, after[] = {12, 8, 18, 14, 10, 20, 16};
enum { N = 7 };

static rp_change_data data_of(const double *x, const double *y, size_t n) {
    rp_change_data data = {0};
    for (size_t i = 0; i < n; i++) {
        rp_pair_moments_add(&data.pairs, x[i], y[i]);
        rp_moments_add(&data.baseline_all, x[i]);
    }
    return data;
}

static rp_change_rule rule_of(double reliability) {
    rp_change_rule rule = rp_change_rule_none();
    rule.reliability = reliability;
    return rule;
}

static rp_change_scale prepared(const rp_change_rule *rule, bool higher_is_worse, rp_change_method method,
                                const rp_change_data *data) {
    rp_change_scale scale;
    rp_error error;
    if (!rp_change_prepare(rule, higher_is_worse, method, data, &scale, &error))
        fail_msg("%s", error.message);
    return scale;
}

/* ---- definitions: S = 5 and r = .8 give S_E = sqrt(5), S_diff = sqrt(10), S sqrt(1 - r^2) = 3 by hand ---- */

static rp_change_rule hand_rule(void) {
    rp_change_rule rule = rule_of(0.8);
    rule.sd_kind = RP_SD_NUMBER;
    rule.sd = 5;
    return rule;
}

static void jt_is_change_over_s_diff(void **state) {
    (void)state;
    rp_change_rule rule = hand_rule();
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &(rp_change_data){0}); /* needs nobody's scores */
    assert_near(s.standard_error, sqrt(5), 1e-15);                                 /* by hand: 5 sqrt(1 - .8) */
    assert_near(s.s_diff, sqrt(10), 1e-15);                                        /* by hand: sqrt(2) sqrt(5) */
    assert_near(s.reliable_change, 1.96 * sqrt(10), 1e-14);                        /* by hand */
    assert_near(rp_change_index(&s, 20, 12), -8 / sqrt(10), 1e-15);                /* by hand: (12 - 20) / sqrt(10) */
    assert_int_equal(rp_change_reliable(&s, 20, 12), RP_RELIABLY_IMPROVED);        /* 2.53 > 1.96 */
    assert_int_equal(rp_change_reliable(&s, 12, 20), RP_RELIABLY_DETERIORATED);    /* 2.53 > 1.96 */
    assert_int_equal(rp_change_reliable(&s, 20, 14), RP_NOT_RELIABLY_CHANGED);     /* 1.90 < 1.96 */
    assert_true(isnan(s.cutoff) && !s.has_cutoff && !s.fixed_threshold);
    assert_true(isnan(rp_change_cutoff_index(&s, 12)));
}

static void regressing_methods_by_hand(void **state) {
    (void)state;
    rp_change_rule rule = hand_rule();
    rp_change_data data = data_of(before, after, N);
    /* Before 25 regresses to 20 + .8 * 5 = 24; after 15. */
    rp_change_scale en = prepared(&rule, true, RP_CHANGE_EN, &data);
    assert_near(rp_change_index(&en, 25, 15), -9 / sqrt(5), 1e-14); /* by hand: (15 - 24) / sqrt(5) */
    rp_change_scale gln = prepared(&rule, true, RP_CHANGE_GLN, &data);
    assert_near(rp_change_index(&gln, 25, 15), -3, 1e-14); /* by hand: (15 - 24) / (5 sqrt(1 - .64)) */
    rp_change_scale hll = prepared(&rule, true, RP_CHANGE_HLL, &data);
    assert_near(rp_change_index(&hll, 25, 15), -1, 1e-14); /* by hand: ((15 - 14) - .8 * 5) / 3 */
    rule.reliability_post = 0.5;
    rp_change_scale nk = prepared(&rule, true, RP_CHANGE_NK, &data);
    assert_near(nk.s_diff, sqrt(15.7), 1e-14);                         /* by hand: sqrt(.64 * 25 * .2 + 25 * .5) */
    assert_near(rp_change_index(&nk, 25, 15), -9 / sqrt(15.7), 1e-14); /* by hand */
    rule.reliability_post = NAN;
    nk = prepared(&rule, true, RP_CHANGE_NK, &data);
    assert_near(nk.s_diff, sqrt(8.2), 1e-14); /* by hand: sqrt(3.2 + 25 * .2), reliability after as before */
}

static void hageman_arrindell_by_hand(void **state) {
    (void)state;
    /* Variances 28/6 and 112/6, covariance 28/6; r = .5 gives an error variance of 14/6. By hand: reliabilities .5 and
     * 98/112 = .875; variance of change (28 + 112 - 56)/6 = 84/6; its true part (14 + 98 - 56)/6 = 56/6; r_DD = 2/3. */
    rp_change_rule rule = rule_of(0.5);
    rule.cutoff_kind = RP_CUTOFF_NUMBER;
    rule.cutoff = 16;
    rp_change_data data = data_of(before, after, N);
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_HA, &data);
    assert_near(s.critical, 1.65, 0); /* Hageman & Arrindell 1999: one-sided 5 % */
    assert_near(s.reliability_post, 0.875, 1e-14);
    assert_near(s.r_dd, 2.0 / 3, 1e-14);
    assert_near(s.s_diff, sqrt(28.0 / 9), 1e-14);                         /* by hand: sqrt(2/3 * 2 * 14/6) */
    assert_near(rp_change_index(&s, 20, 14), -6 / sqrt(28.0 / 9), 1e-13); /* by hand: -6 * 2/3 - 6 * 1/3 */
    assert_near(rp_change_cutoff_index(&s, 6), (14 - 7 - 16) / sqrt(0.875 * 14 / 6), 1e-13); /* by hand: true score 7 */
    assert_int_equal(rp_change_classify(&s, 20, 6), RP_RECOVERED);                           /* index -6.30 */
    assert_int_equal(rp_change_classify(&s, 20, 14), RP_IMPROVED); /* below 16, but by 1.4 errors only */
    assert_int_equal(rp_change_classify(&s, 15, 6), RP_IMPROVED);  /* was no case */
    assert_int_equal(rp_change_classify(&s, 15, 30), RP_HARMED);
    assert_int_equal(rp_change_classify(&s, 20, 30), RP_DETERIORATED);
}

static void hageman_arrindell_cutoffs_are_of_true_scores(void **state) {
    (void)state;
    rp_change_data data = data_of(before, after, N);
    rp_change_rule rule = rule_of(0.5);
    rule.functional_mean = 10;
    rule.functional_sd = sqrt(23.0 / 6); /* less the error variance 14/6: 9/6 */
    double true_before = sqrt(14.0 / 6), true_functional = sqrt(9.0 / 6);
    rule.cutoff_kind = RP_CUTOFF_A;
    assert_near(prepared(&rule, true, RP_CHANGE_HA, &data).cutoff, 20 - 2 * true_before, 1e-13); /* by hand */
    rule.cutoff_kind = RP_CUTOFF_B;
    assert_near(prepared(&rule, true, RP_CHANGE_HA, &data).cutoff, 10 + 2 * true_functional, 1e-13); /* by hand */
    rule.cutoff_kind = RP_CUTOFF_C;
    double c = (true_before * 10 + true_functional * 20) / (true_before + true_functional);
    assert_near(prepared(&rule, true, RP_CHANGE_HA, &data).cutoff, c, 1e-13); /* by hand */
}

static void cutoffs_by_hand(void **state) {
    (void)state;
    /* Jacobson & Truax 1991, their example as the package's tests have it: clinical 40 and 7.5, functional 60 and 7.5.
     */
    double x[] = {40 - 7.5, 40, 40 + 7.5};
    rp_change_data data = data_of(x, x, 3);
    rp_change_rule rule = rule_of(0.8);
    rule.functional_mean = 60;
    rule.functional_sd = 7.5;
    static const rp_cutoff_kind kinds[] = {RP_CUTOFF_A, RP_CUTOFF_B, RP_CUTOFF_C};
    static const double wanted[] = {55, 45, 50}; /* by hand: 40 + 15, 60 - 15, half way */
    for (size_t i = 0; i < 3; i++) {
        rule.cutoff_kind = kinds[i];
        rp_change_scale s = prepared(&rule, false, RP_CHANGE_JT, &data);
        assert_near(s.cutoff, wanted[i], 1e-13);
        assert_true(rp_change_is_case(&s, wanted[i]));       /* at it: a case */
        assert_true(rp_change_is_case(&s, wanted[i] - 0.1)); /* past it towards worse */
        assert_false(rp_change_is_case(&s, wanted[i] + 0.1));
    }
}

/* ---- thresholds ---- */

static void fixed_threshold_counts_from_itself(void **state) {
    (void)state;
    rp_change_rule rule = rp_change_rule_none();
    rule.reliable_change = 6;
    rule.cutoff_kind = RP_CUTOFF_NUMBER;
    rule.cutoff = 10;
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &(rp_change_data){0});
    assert_true(s.fixed_threshold && s.reliable_change == 6);
    assert_true(isnan(rp_change_index(&s, 15, 9)));
    assert_int_equal(rp_change_classify(&s, 15, 9), RP_RECOVERED); /* NHS: 6 or more, below 10 */
    assert_int_equal(rp_change_classify(&s, 16, 10), RP_IMPROVED); /* NHS: 10 is a case still */
    assert_int_equal(rp_change_classify(&s, 14, 9), RP_UNCHANGED); /* 5 is not reliable */
    assert_int_equal(rp_change_classify(&s, 9, 3), RP_IMPROVED);   /* was no case */
    assert_int_equal(rp_change_classify(&s, 4, 10), RP_HARMED);
    assert_int_equal(rp_change_classify(&s, 10, 16), RP_DETERIORATED);
}

static void thresholds_are_met_in_decimals(void **state) {
    (void)state;
    rp_change_rule rule = rp_change_rule_none();
    rule.reliable_change = 0.73; /* 2.30 - 1.57 is a hair less in binary */
    rule.cutoff_kind = RP_CUTOFF_NUMBER;
    rule.cutoff = 2.3;
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &(rp_change_data){0});
    assert_true(2.30 - 1.57 < 0.73);
    assert_int_equal(rp_change_reliable(&s, 2.30, 1.57), RP_RELIABLY_IMPROVED);
    assert_true(rp_change_is_case(&s, 0.1 + 1.1 + 1.1)); /* 2.3000000000000003 */
    assert_true(rp_change_is_case(&s, 2.3 - 4e-16));
    assert_false(rp_change_is_case(&s, 2.29));
}

static void an_index_must_go_past_the_critical_value(void **state) {
    (void)state;
    rp_change_rule rule = hand_rule();
    rp_change_data data = data_of(before, after, N);
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &data);
    s.s_diff = 1; /* so that a change of 1.96 is an index of 1.96 exactly */
    assert_int_equal(rp_change_reliable(&s, 1.96, 0), RP_NOT_RELIABLY_CHANGED);
    assert_int_equal(rp_change_reliable(&s, 1.9600001, 0), RP_RELIABLY_IMPROVED);
}

static void fixed_threshold_is_jacobson_truax_only(void **state) {
    (void)state;
    rp_change_rule rule = hand_rule();
    rule.reliable_change = 1;
    rp_change_data data = data_of(before, after, N);
    for (int m = 0; m < RP_CHANGE_METHODS; m++) {
        rp_change_rule one = rule;
        if (m == RP_CHANGE_HA) {
            one = rule_of(0.5);
            one.reliable_change = 1;
        }
        rp_change_scale s = prepared(&one, true, (rp_change_method)m, &data);
        assert_int_equal(s.fixed_threshold, m == RP_CHANGE_JT);
    }
}

/* ---- identities ---- */

static void no_change_is_unchanged(void **state) {
    (void)state;
    rp_change_rule rule = rule_of(0.8);
    rp_change_data data = data_of(before, after, N);
    for (int higher_is_worse = 0; higher_is_worse < 2; higher_is_worse++) {
        rp_change_scale jt = prepared(&rule, higher_is_worse, RP_CHANGE_JT, &data);
        for (double x = 0; x < 60; x += 0.5)
            assert_int_equal(rp_change_classify(&jt, x, x), RP_UNCHANGED);
        /* The others call a stay at the mean no change; Hsu, Linn & Lord a move from mean to mean. */
        static const rp_change_method to_the_mean[] = {RP_CHANGE_EN, RP_CHANGE_GLN, RP_CHANGE_NK};
        for (size_t i = 0; i < 3; i++) {
            rp_change_scale s = prepared(&rule, higher_is_worse, to_the_mean[i], &data);
            assert_near(rp_change_index(&s, 20, 20), 0, 1e-14);
        }
        rp_change_scale hll = prepared(&rule, higher_is_worse, RP_CHANGE_HLL, &data);
        assert_near(rp_change_index(&hll, 20, 14), 0, 1e-14);
    }
}

static void jt_index_is_antisymmetric(void **state) {
    (void)state;
    rp_change_rule rule = rule_of(0.7);
    rp_change_data data = data_of(before, after, N);
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &data);
    for (double x = 0; x < 20; x += 1.7)
        for (double y = 0; y < 20; y += 2.3)
            assert_near(rp_change_index(&s, x, y), -rp_change_index(&s, y, x), 0);
}

static rp_change_class mirrored(rp_change_class of) {
    static const rp_change_class others[] = {RP_HARMED, RP_DETERIORATED, RP_UNCHANGED, RP_IMPROVED, RP_RECOVERED};
    return others[of];
}

/* Scores turned round (60 - x) on a scale where the other way is worse: the same people, the same classes. */
static void a_turned_scale_gives_the_same_classes(void **state) {
    (void)state;
    double x[N], y[N];
    for (size_t i = 0; i < N; i++) {
        x[i] = 60 - before[i];
        y[i] = 60 - after[i];
    }
    rp_change_data data = data_of(before, after, N), turned_data = data_of(x, y, N);
    static const rp_cutoff_kind kinds[] = {RP_CUTOFF_NONE, RP_CUTOFF_A, RP_CUTOFF_B, RP_CUTOFF_C, RP_CUTOFF_NUMBER};
    size_t seen[RP_CHANGE_CLASSES] = {0};
    for (int m = 0; m < RP_CHANGE_METHODS; m++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            rp_change_rule rule = rule_of(0.6), turned = rule_of(0.6);
            rule.cutoff_kind = turned.cutoff_kind = kinds[k];
            rule.functional_sd = turned.functional_sd = 3;
            rule.functional_mean = 12;
            turned.functional_mean = 48;
            rule.cutoff = 16.25;
            turned.cutoff = 43.75;
            rp_change_scale s = prepared(&rule, true, (rp_change_method)m, &data);
            rp_change_scale t = prepared(&turned, false, (rp_change_method)m, &turned_data);
            for (double b = 0.3; b < 40; b += 1.1)
                for (double a = 0.2; a < 40; a += 1.3) {
                    rp_change_class class = rp_change_classify(&s, b, a);
                    assert_int_equal(class, rp_change_classify(&t, 60 - b, 60 - a));
                    seen[class]++;
                }
        }
    for (size_t i = 0; i < RP_CHANGE_CLASSES; i++)
        assert_true(seen[i] > 0);
}

/* The same numbers read the other way round: better becomes worse. Jacobson-Truax with a number for the cut-off, off
 * the grid, so that nobody is at it. */
static void a_mirrored_scale_gives_mirrored_classes(void **state) {
    (void)state;
    rp_change_rule rule = rule_of(0.8);
    rule.cutoff_kind = RP_CUTOFF_NUMBER;
    rule.cutoff = 16.05;
    rp_change_data data = data_of(before, after, N);
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_JT, &data), m = prepared(&rule, false, RP_CHANGE_JT, &data);
    for (double b = 0; b < 40; b += 0.5)
        for (double a = 0; a < 40; a += 0.5)
            assert_int_equal(rp_change_classify(&m, b, a), mirrored(rp_change_classify(&s, b, a)));
}

static void classes_refine_reliable_change(void **state) {
    (void)state;
    rp_change_rule rule = rule_of(0.6);
    rule.cutoff_kind = RP_CUTOFF_A;
    rp_change_data data = data_of(before, after, N);
    for (int m = 0; m < RP_CHANGE_METHODS; m++) {
        rp_change_scale s = prepared(&rule, true, (rp_change_method)m, &data);
        for (double b = 0; b < 40; b += 0.7)
            for (double a = 0; a < 40; a += 0.7) {
                rp_change_class class = rp_change_classify(&s, b, a);
                rp_reliable reliable = rp_change_reliable(&s, b, a);
                assert_int_equal(class == RP_RECOVERED || class == RP_IMPROVED, reliable == RP_RELIABLY_IMPROVED);
                assert_int_equal(class == RP_UNCHANGED, reliable == RP_NOT_RELIABLY_CHANGED);
                if (class == RP_RECOVERED)
                    assert_true(rp_change_is_case(&s, b));
                if (class == RP_HARMED)
                    assert_false(rp_change_is_case(&s, b));
            }
    }
}

/* ---- whose SD ---- */

static void the_sd_is_of_those_the_rule_names(void **state) {
    (void)state;
    rp_change_data data = data_of(before, after, N);
    rp_moments_add(&data.baseline_all, 40); /* one more person, seen once */
    rp_change_rule rule = rule_of(0.8);
    rp_change_scale paired = prepared(&rule, true, RP_CHANGE_GLN, &data);
    assert_near(paired.sd_pre, sqrt(28.0 / 6), 1e-14); /* by hand */
    assert_near(paired.mean_pre, 20, 1e-14);
    rule.sd_kind = RP_SD_BASELINE_ALL;
    rp_change_scale all = prepared(&rule, true, RP_CHANGE_GLN, &data);
    assert_near(all.sd_pre, sqrt((28 + 7.0 / 8 * 400) / 7), 1e-13); /* by hand: one at 20 from the mean of seven */
    assert_near(all.mean_pre, 22.5, 1e-13);                         /* by hand: 180 / 8 */
    rp_change_scale hll = prepared(&rule, true, RP_CHANGE_HLL, &data);
    assert_near(hll.mean_pre, 20, 1e-14); /* the group's change is that of the pairs */
    assert_near(hll.sd_pre, all.sd_pre, 0);
}

/* ---- refusals ---- */

static void assert_fails(const rp_change_rule *rule, rp_change_method method, const rp_change_data *data,
                         const char *word) {
    rp_change_scale scale;
    rp_error error;
    assert_false(rp_change_prepare(rule, true, method, data, &scale, &error));
    if (!strstr(error.message, word))
        fail_msg("wanted \"%s\" in: %s", word, error.message);
}

static void what_is_lacking_is_said(void **state) {
    (void)state;
    rp_change_data data = data_of(before, after, N), one = data_of(before, after, 1), none = {0};
    double same[] = {5, 5, 5};
    rp_change_data flat = data_of(same, same, 3);
    rp_change_rule nothing = rp_change_rule_none(), rule = rule_of(0.8);
    for (int m = 0; m < RP_CHANGE_METHODS; m++) {
        assert_fails(&nothing, (rp_change_method)m, &data, "reliability");
        assert_fails(&rule, (rp_change_method)m, &one, "there is 1");
        assert_fails(&rule, (rp_change_method)m, &none, "there are 0");
        assert_fails(&rule, (rp_change_method)m, &flat, "the same score before");
    }
    rule.cutoff_kind = RP_CUTOFF_C;
    assert_fails(&rule, RP_CHANGE_JT, &data, "functional");
    rule = rule_of(0.8);
    rule.reliable_change = 6;
    rule.cutoff_kind = RP_CUTOFF_A;
    assert_fails(&rule, RP_CHANGE_JT, &one, "two people");
}

static void error_larger_than_spread_is_said(void **state) {
    (void)state;
    rp_change_data data = data_of(before, after, N);
    rp_change_rule rule = rule_of(0.5);
    rule.sd_kind = RP_SD_NUMBER;
    rule.sd = 10;
    assert_fails(&rule, RP_CHANGE_HA, &data, "scores before");
    double up[N];
    for (size_t i = 0; i < N; i++)
        up[i] = before[i] + 1 + (i == 3); /* all change by nearly the same: nothing but error is left */
    rp_change_data steady = data_of(before, up, N);
    rule = rule_of(0.5);
    assert_fails(&rule, RP_CHANGE_HA, &steady, "change");
    rule = rule_of(0.5);
    rule.functional_mean = 5;
    rule.functional_sd = 0.1;
    rule.cutoff_kind = RP_CUTOFF_C;
    assert_fails(&rule, RP_CHANGE_HA, &data, "functional norm");
}

static void names_are_all_there(void **state) {
    (void)state;
    for (int m = 0; m < RP_CHANGE_METHODS; m++) {
        assert_true(strlen(rp_change_method_name((rp_change_method)m)) > 0);
        assert_true(strlen(rp_change_method_title((rp_change_method)m)) > 0);
    }
    assert_string_equal(rp_change_method_name(RP_CHANGE_JT), "jacobson_truax");
    assert_string_equal(rp_change_method_name(RP_CHANGE_NK), "nunnally_kotsch");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jt_is_change_over_s_diff),
        cmocka_unit_test(regressing_methods_by_hand),
        cmocka_unit_test(hageman_arrindell_by_hand),
        cmocka_unit_test(hageman_arrindell_cutoffs_are_of_true_scores),
        cmocka_unit_test(cutoffs_by_hand),
        cmocka_unit_test(fixed_threshold_counts_from_itself),
        cmocka_unit_test(thresholds_are_met_in_decimals),
        cmocka_unit_test(an_index_must_go_past_the_critical_value),
        cmocka_unit_test(fixed_threshold_is_jacobson_truax_only),
        cmocka_unit_test(no_change_is_unchanged),
        cmocka_unit_test(jt_index_is_antisymmetric),
        cmocka_unit_test(a_turned_scale_gives_the_same_classes),
        cmocka_unit_test(a_mirrored_scale_gives_mirrored_classes),
        cmocka_unit_test(classes_refine_reliable_change),
        cmocka_unit_test(the_sd_is_of_those_the_rule_names),
        cmocka_unit_test(what_is_lacking_is_said),
        cmocka_unit_test(error_larger_than_spread_is_said),
        cmocka_unit_test(names_are_all_there),
    };
    return cmocka_run_group_tests_name("measures: change methods", tests, NULL, NULL);
}
