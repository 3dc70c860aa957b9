/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of two raters with several pairs a person; and differences of means of repeated values. Expected numbers:
 * R 4.2.2, base functions; each line names the call. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "rapport/models.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void interval_is(rp_interval ours, double estimate, double lower, double upper) {
    near(ours.estimate, estimate, 1e-12);
    near(ours.lower, lower, 1e-11);
    near(ours.upper, upper, 1e-11);
}

enum { PEOPLE = 6 };
static const size_t pairs[PEOPLE] = {3, 2, 4, 1, 2, 2};
static const double x[] = {40, 44, 47, 30, 35, 50, 52, 49, 55, 41, 38, 36, 45, 48};
static const double y[] = {38, 40, 47, 33, 36, 44, 50, 46, 50, 43, 30, 33, 46, 44};

static void add_people(rp_agreement_sums *sums, size_t from, size_t to) {
    size_t at = 0;
    for (size_t i = 0; i < to; at += pairs[i++])
        if (i >= from)
            rp_agreement_add(sums, x + at, y + at, pairs[i]);
}

static void several_pairs_a_person(void **state) {
    (void)state;
    rp_agreement_sums sums = {0};
    add_people(&sums, 0, PEOPLE);
    rp_agreement a = rp_agreement_infer(&sums, 0.95);
    assert_int_equal(a.people, 6);
    assert_int_equal(a.pairs, 14);
    /* R = mean(x - y); R -/+ qt(.975, 5) sqrt(6/5 sum((S - R n)^2)) / 14, S the sums by person */
    interval_is(a.difference, 2.1428571428571428, -0.61440867607184435, 4.9001229617861295);
    /* anova(lm(d ~ factor(id))): MSB 17.742857, MSW 5.625, m0 = (14^2 - sum(n^2)) / (5 * 14) */
    near(a.sd, 3.3156705032430387, 1e-12);
    /* the same, with ve = 2 MSB^2/(m0^2 5) + (1-1/m0)^2 2 MSW^2/8; -/+ qt(.975, 5) sqrt(se^2 + z^2 ve/(4 v)) */
    interval_is(a.lower_limit, -4.3557376281010072, -9.1813311543230363, 0.46985589812102191);
    interval_is(a.upper_limit, 8.6414519138152937, 3.8158583875932646, 13.467045440037323);
    /* anova(lm(y ~ factor(id) + x)): sqrt(SSx / (SSx + SSE)), atanh -/+ z / sqrt(7 - 1) */
    interval_is(a.within, 0.6998124659714906, 0.066681864951306721, 0.93116522059610807);
    /* cor.test(tapply(x, id, mean), tapply(y, id, mean)) */
    interval_is(a.between, 0.8921599139748797, 0.29206895287935936, 0.98821302338063466);
    /* anova(lm(v ~ person + rater)) of the first pairs; McGraw & Wong's formulas with qf() */
    interval_is(a.icc_consistency, 0.76722817764165374, 0.030242143012785837, 0.96380489010447834);
    interval_is(a.icc_agreement, 0.7725520431765609, 0.11513483133061755, 0.96406426513749199);
}

static void one_pair_a_person_is_bland_and_altman_1986(void **state) {
    (void)state;
    rp_agreement_sums sums = {0};
    for (size_t i = 0, at = 0; i < PEOPLE; at += pairs[i++])
        rp_agreement_add(&sums, x + at, y + at, 1);
    rp_agreement a = rp_agreement_infer(&sums, 0.95);
    /* mean(d) - qnorm(.975) sd(d) over the first pairs */
    near(a.lower_limit.estimate, -7.1568000801814362, 1e-12);
    /* qt(.975, 5) sd(d) sqrt(1/6 + qnorm(.975)^2 / (2 * 5)) */
    near(a.lower_limit.upper - a.lower_limit.estimate, 8.5886421812945741, 1e-11);
    assert_true(isnan(a.within.estimate)); /* nobody is seen twice */
}

static void merging_is_adding(void **state) {
    (void)state;
    rp_agreement_sums whole = {0};
    add_people(&whole, 0, PEOPLE);
    rp_agreement all = rp_agreement_infer(&whole, 0.9);
    for (size_t cut = 0; cut <= PEOPLE; cut++) {
        rp_agreement_sums left = {0}, right = {0};
        add_people(&left, 0, cut);
        add_people(&right, cut, PEOPLE);
        rp_agreement_merge(&left, &right);
        rp_agreement a = rp_agreement_infer(&left, 0.9);
        near(a.difference.lower, all.difference.lower, 1e-12);
        near(a.upper_limit.upper, all.upper_limit.upper, 1e-12);
        near(a.icc_agreement.lower, all.icc_agreement.lower, 1e-12);
        near(a.within.upper, all.within.upper, 1e-12);
        near(a.between.upper, all.between.upper, 1e-12);
    }
}

/* Two raters who always differ by the same: consistent, not in agreement; no spread of differences. */
static void always_the_same_difference(void **state) {
    (void)state;
    rp_agreement_sums sums = {0};
    double shifted[14];
    for (size_t i = 0; i < 14; i++)
        shifted[i] = x[i] - 3;
    for (size_t i = 0, at = 0; i < PEOPLE; at += pairs[i++])
        rp_agreement_add(&sums, x + at, shifted + at, pairs[i]);
    rp_agreement a = rp_agreement_infer(&sums, 0.95);
    near(a.icc_consistency.estimate, 1, 1e-12);
    assert_true(a.icc_agreement.estimate < 0.95);
    near(a.sd, 0, 1e-12);
    near(a.lower_limit.estimate, 3, 1e-12);
    near(a.upper_limit.upper, 3, 1e-6);
    near(a.within.estimate, 1, 1e-12);
}

static void too_few_to_tell(void **state) {
    (void)state;
    rp_agreement_sums sums = {0};
    rp_agreement none = rp_agreement_infer(&sums, 0.95);
    assert_true(none.people == 0 && isnan(none.difference.estimate) && isnan(none.sd));
    rp_agreement_add(&sums, x, y, 3);
    rp_agreement one = rp_agreement_infer(&sums, 0.95);
    near(one.difference.estimate, 2, 1e-14); /* (2 + 4 + 0) / 3 */
    assert_true(isnan(one.difference.lower) && isnan(one.sd) && isnan(one.icc_agreement.estimate));
    assert_true(isnan(one.between.estimate));
    assert_true(isfinite(one.within.estimate) && isnan(one.within.lower)); /* one degree of freedom */
}

/* Five people: values of kind a and their sum, of kind b and their sum. */
static const double kinds[][4] = {{2, 8, 1, 3}, {1, 5, 0, 0}, {0, 0, 2, 5}, {3, 15, 1, 6}, {1, 3, 1, 1}};

static void difference_of_two_means(void **state) {
    (void)state;
    double moments[1 + 4 + 16] = {0};
    for (size_t i = 0; i < 5; i++)
        rp_item_moments_add(moments, 4, kinds[i]);
    /* u = (ya - Ra xa)/sum(xa) - (yb - Rb xb)/sum(xb); Ra - Rb -/+ qt(.975, 4) sqrt(5/4 sum(u^2)) */
    interval_is(rp_ratio_contrast(moments, 4, 0, 1, 5, 0.95), 1.4285714285714288, -0.047583482578605008,
                2.9047263397214627);
    rp_interval other = rp_ratio_contrast(moments, 4, 1, 0, 5, 0.95);
    near(other.lower, -2.9047263397214627, 1e-12); /* turned round */
    /* One kind alone is the mean over people who have it: rows of noughts change nothing. */
    rp_pair_moments people = {0};
    for (size_t i = 0; i < 5; i++)
        if (kinds[i][0] > 0)
            rp_pair_moments_add(&people, kinds[i][0], kinds[i][1]);
    rp_interval same = rp_ratio_interval(&people, 0.95);
    interval_is(rp_ratio_contrast(moments, 4, 0, RP_NO_KIND, 4, 0.95), same.estimate, same.lower, same.upper);
    assert_true(isnan(rp_ratio_contrast(moments, 4, 0, RP_NO_KIND, 1, 0.95).lower));
    double nobody[1 + 4 + 16] = {0};
    assert_true(isnan(rp_ratio_contrast(nobody, 4, 0, 1, 0, 0.95).estimate));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_pairs_a_person), cmocka_unit_test(one_pair_a_person_is_bland_and_altman_1986),
        cmocka_unit_test(merging_is_adding),      cmocka_unit_test(always_the_same_difference),
        cmocka_unit_test(too_few_to_tell),        cmocka_unit_test(difference_of_two_means),
    };
    return cmocka_run_group_tests_name("models: agreement", tests, NULL, NULL);
}
