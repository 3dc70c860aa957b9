/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cumulative incidence: a case worked by hand, identities, and R's survival 3.5 (survfit with several ends). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/models.h"

enum { TIMES = 6, ENDS = 3, LEFT = 1, AGREED = 2, DIED = 4 };

/* 20 people; ends are left, agreed, died. One is censored between 3 and 4, one between 5 and 6. In R:
 *   t <- c(1,1,1,1, 2,2,2, 3,3,3,3, 4,4,4, 5,5, 6,6, 3.5,5.5)
 *   e <- factor(c("left","left","agreed","left", "left","agreed","died", "agreed","left","agreed","agreed",
 *     "left","agreed","agreed", "agreed","left", "agreed","agreed", "c","c"), levels=c("c","left","agreed","died"))
 *   summary(survfit(Surv(t,e)~1, conf.type="log-log"), times=1:6) */
static const int64_t at_risk[TIMES] = {20, 16, 13, 8, 5, 2};
static const int64_t ended[TIMES * ENDS] = {3, 1, 0, 1, 1, 1, 1, 3, 0, 1, 2, 0, 1, 1, 0, 0, 2, 0};
static const rp_incidence_counts twenty = {TIMES, ENDS, at_risk, ended};

static void near(double is, double expected) {
    if (!(fabs(is - expected) <= 1e-12 * fmax(1, fabs(expected))))
        fail_msg("%.15g, expected %.15g", is, expected);
}

static void by_hand(void **state) {
    (void)state;
    rp_interval left[TIMES];
    rp_incidence_infer(&twenty, LEFT, 0.95, left);
    near(left[0].estimate, 3 / 20.);
    near(left[1].estimate, 4 / 20.); /* nobody is censored so far: a plain share */
    near(left[2].estimate, 5 / 20.);
    /* 9 of 20 are left; of 8 that are still looked at, 1 leaves: 9/20 * 1/8 more */
    near(left[3].estimate, 5 / 20. + 9 / 20. / 8);
    /* 5 of those 8 stay: 9/20 * 5/8, of whom 1 in 5 leaves */
    near(left[4].estimate, 5 / 20. + 9 / 20. / 8 + 9 / 20. * 5 / 8 / 5);
    near(left[5].estimate, left[4].estimate);
}

static void as_in_r(void **state) {
    (void)state;
    static const struct {
        uint64_t ends;
        size_t time;
        double estimate, lower, upper;
    } r[] = {
        {LEFT, 0, 0.15, 0.0373307919365696, 0.334664426490054},
        {LEFT, 3, 0.30625, 0.124562287570781, 0.510543129634074},
        {LEFT, 5, 0.3625, 0.161593922865598, 0.568400446385223},
        {AGREED, 2, 0.25, 0.0909938830028173, 0.448534535752678},
        {AGREED, 5, 0.5875, 0.340693153576718, 0.768953254543042},
        {DIED, 1, 0.05, 0.00345401608468275, 0.205299294570396},
        {DIED, 5, 0.05, 0.00345401608468275, 0.205299294570396},
    };
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        rp_interval out[TIMES];
        rp_incidence_infer(&twenty, r[i].ends, 0.95, out);
        near(out[r[i].time].estimate, r[i].estimate);
        near(out[r[i].time].lower, r[i].lower);
        near(out[r[i].time].upper, r[i].upper);
    }
}

/* The ends of each time and those who stay are everyone; ends taken together are their sum. */
static void shares_add_up(void **state) {
    (void)state;
    rp_interval one[3][TIMES], two[TIMES], all[TIMES];
    for (unsigned j = 0; j < ENDS; j++)
        rp_incidence_infer(&twenty, 1u << j, 0.95, one[j]);
    rp_incidence_infer(&twenty, LEFT | DIED, 0.95, two);
    rp_incidence_infer(&twenty, LEFT | AGREED | DIED, 0.95, all);
    for (size_t k = 0; k < TIMES; k++) {
        near(two[k].estimate, one[0][k].estimate + one[2][k].estimate);
        near(all[k].estimate, one[0][k].estimate + one[1][k].estimate + one[2][k].estimate);
    }
    near(all[TIMES - 1].estimate, 1); /* all who are at risk at last end then */
    assert_true(isnan(all[TIMES - 1].lower) && isnan(all[TIMES - 1].upper));
}

/* With nobody censored it is a share of everyone, with a binomial's variance. */
static void without_censoring_it_is_a_share(void **state) {
    (void)state;
    static const int64_t n[] = {40, 30, 25}, d[] = {8, 2, 3, 2, 5, 0};
    const rp_incidence_counts c = {3, 2, n, d};
    rp_interval out[3];
    rp_incidence_infer(&c, 1, 0.95, out);
    double F = 16 / 40., se = sqrt(F * (1 - F) / 40), width = 1.959963984540054 * se / fabs(F * log(F));
    near(out[2].estimate, F);
    near(out[2].lower, pow(F, exp(width)));
    near(out[2].upper, pow(F, exp(-width)));
}

/* One end alone: one less Kaplan and Meier's curve, with Greenwood's variance. */
static void one_end_alone_is_kaplan_and_meiers(void **state) {
    (void)state;
    static const int64_t n[] = {20, 16, 10}, d[] = {2, 3, 1};
    const rp_incidence_counts c = {3, 1, n, d};
    rp_interval out[3];
    rp_incidence_infer(&c, 1, 0.9, out);
    double S = 1, sum = 0;
    for (size_t k = 0; k < 3; k++) {
        S *= 1 - (double)d[k] / (double)n[k];
        sum += (double)d[k] / (double)(n[k] * (n[k] - d[k]));
    }
    double F = 1 - S, width = 1.6448536269514722 * S * sqrt(sum) / fabs(F * log(F));
    near(out[2].estimate, F);
    near(out[2].lower, pow(F, exp(width)));
    near(out[2].upper, pow(F, exp(-width)));
}

static void where_nobody_is_looked_at_nothing_is_known(void **state) {
    (void)state;
    static const int64_t n[] = {4, 0, 3}, d[] = {0, 0, 1};
    const rp_incidence_counts c = {3, 1, n, d};
    rp_interval out[3];
    rp_incidence_infer(&c, 1, 0.95, out);
    near(out[0].estimate, 0);
    assert_true(isnan(out[0].lower) && isnan(out[0].upper));
    assert_true(isnan(out[1].estimate) && isnan(out[2].estimate) && isnan(out[2].upper));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(as_in_r),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(without_censoring_it_is_a_share),
        cmocka_unit_test(one_end_alone_is_kaplan_and_meiers),
        cmocka_unit_test(where_nobody_is_looked_at_nothing_is_known),
    };
    return cmocka_run_group_tests_name("models: cumulative incidence", tests, NULL, NULL);
}
