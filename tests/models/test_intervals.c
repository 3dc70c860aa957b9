/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals of shares, means and paired change. Expected numbers: R 4.2.2 and metafor 3.8-1, 17 digits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/models.h"

static void near(double ours, double theirs, double relative) {
    if (!(fabs(ours - theirs) <= relative * fmax(1, fabs(theirs))))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void share_solves_wilsons_equation(void **state) {
    (void)state;
    /* Definition: at each limit p the score |x/n - p| equals z sqrt(p (1 - p) / n) (Wilson 1927, p. 212). */
    double z = rp_normal_quantile(0.975);
    for (int64_t n = 1; n <= 60; n += 7)
        for (int64_t x = 0; x <= n; x++) {
            rp_interval i = rp_rate_interval(x, n, 0.95);
            double p = (double)x / (double)n;
            if (x > 0)
                near(p - i.lower, z * sqrt(i.lower * (1 - i.lower) / (double)n), 1e-12);
            if (x < n)
                near(i.upper - p, z * sqrt(i.upper * (1 - i.upper) / (double)n), 1e-12);
            assert_true(i.lower <= p && p <= i.upper && i.lower >= 0 && i.upper <= 1);
        }
}

static void share_numbers(void **state) {
    (void)state;
    rp_interval i = rp_rate_interval(27, 57, 0.95);
    near(i.lower, 0.34987167981125289, 1e-13); /* prop.test(27, 57, correct=FALSE) */
    near(i.upper, 0.60081983781258819, 1e-13); /* the same */
    i = rp_rate_interval(0, 20, 0.95);
    assert_true(i.lower == 0);
    near(i.upper, 0.1611251580528193, 1e-13); /* prop.test(0, 20, correct=FALSE) */
    i = rp_rate_interval(20, 20, 0.95);
    near(i.lower, 0.83887484194718065, 1e-13); /* prop.test(20, 20, correct=FALSE) */
    assert_true(i.upper == 1);
    i = rp_rate_interval(0, 0, 0.95);
    assert_true(isnan(i.estimate) && isnan(i.lower) && isnan(i.upper));
}

/* Newcombe 1998, table II, method 10: four decimals. */
static void difference_of_shares_is_newcombes(void **state) {
    (void)state;
    static const struct {
        int64_t x1, n1, x2, n2;
        double lower, upper;
    } cases[] = {
        {56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},  {6, 7, 2, 7, 0.0582, 0.8062},
        {5, 56, 0, 29, -0.0381, 0.1926},  {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
        {10, 10, 0, 20, 0.6791, 1},       {10, 10, 0, 10, 0.6075, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_interval d = rp_rate_difference(cases[i].x1, cases[i].n1, cases[i].x2, cases[i].n2, 0.95);
        assert_true(fabs(d.lower - cases[i].lower) <= 0.00005 && fabs(d.upper - cases[i].upper) <= 0.00005);
        rp_interval back = rp_rate_difference(cases[i].x2, cases[i].n2, cases[i].x1, cases[i].n1, 0.95);
        assert_true(back.estimate == -d.estimate && back.lower == -d.upper && back.upper == -d.lower);
    }
    assert_true(isnan(rp_rate_difference(0, 0, 1, 2, 0.95).estimate));
}

static rp_moments moments_of(const double *values, size_t n) {
    rp_moments m = {0};
    for (size_t i = 0; i < n; i++)
        rp_moments_add(&m, values[i]);
    return m;
}

static void weights_of_both_signs_are_welchs_interval(void **state) {
    (void)state;
    /* R's data set sleep (Cushny & Peebles 1905), t.test(extra ~ group): as printed in R's documentation. */
    static const double one[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
    static const double two[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    rp_moments groups[] = {moments_of(one, 10), moments_of(two, 10)};
    rp_interval d = rp_weighted_means((double[]){1, -1}, groups, 2, 0.95);
    near(d.estimate, 0.75 - 2.33, 1e-12);
    assert_true(fabs(d.lower - -3.3654832) < 5e-8 && fabs(d.upper - 0.2054832) < 5e-8);
}

/* By hand: shares 1/4 of weight .4 and 3/6 of weight .6: .4; variance .16 x .25 x .75 / 3 + .36 x .25 / 5 = .028. */
static void standardised_share_by_hand(void **state) {
    (void)state;
    rp_moments groups[] = {moments_of((double[]){1, 0, 0, 0}, 4), moments_of((double[]){1, 1, 1, 0, 0, 0}, 6)};
    rp_interval i = rp_weighted_means((double[]){0.4, 0.6}, groups, 2, 0.95);
    near(i.estimate, 0.4, 1e-14);
    double df = 0.028 * 0.028 / (0.01 * 0.01 / 3 + 0.018 * 0.018 / 5);
    near(i.upper - i.estimate, rp_t_quantile(0.975, df) * sqrt(0.028), 1e-13);
    near(i.estimate - i.lower, i.upper - i.estimate, 1e-13);
    groups[0] = moments_of((double[]){1}, 1);
    i = rp_weighted_means((double[]){0.4, 0.6}, groups, 2, 0.95);
    assert_true(!isnan(i.estimate) && isnan(i.lower) && isnan(i.upper));
    groups[0] = (rp_moments){0};
    assert_true(isnan(rp_weighted_means((double[]){0.4, 0.6}, groups, 2, 0.95).estimate));
    assert_true(isnan(rp_weighted_means(NULL, NULL, 0, 0.95).estimate));
}

static void bounds_hold_every_share_that_they_allow(void **state) {
    (void)state;
    /* Definition: the lowest and the highest of all, found here by trying all. */
    for (int64_t x0 = 0; x0 <= 6; x0 += 2)
        for (int64_t n0 = 0; n0 <= 12; n0 += 3) {
            double low = 1, high = 0, lower = 1, upper = 0;
            for (int64_t x = x0; x <= x0 + 4; x++)
                for (int64_t n = n0; n <= n0 + 4; n++) {
                    if (x > n || n == 0)
                        continue;
                    rp_interval i = rp_rate_interval(x, n, 0.95);
                    low = fmin(low, i.estimate), high = fmax(high, i.estimate);
                    lower = fmin(lower, i.lower), upper = fmax(upper, i.upper);
                }
            if (x0 > n0 + 4)
                continue;
            rp_bounded_rate b = rp_rate_bounds(x0, x0 + 4, n0, n0 + 4, 0.95);
            near(b.low, low, 1e-15);
            near(b.high, high, 1e-15);
            near(b.lower, lower, 1e-15);
            near(b.upper, upper, 1e-15);
        }
    rp_bounded_rate exact = rp_rate_bounds(27, 27, 57, 57, 0.95);
    assert_true(exact.low == exact.high && exact.low == 27. / 57);
    assert_true(exact.lower == rp_rate_interval(27, 57, 0.95).lower);
    assert_true(isnan(rp_rate_bounds(0, 0, 0, 0, 0.95).low));
}

static const double before[] = {29, 32, 25, 21, 26, 7, 17, 20};
static const double after[] = {2, 16, 20, 17, 23, 0, 7, 20};

static rp_pair_moments pairs_of(const double *x, const double *y, size_t n) {
    rp_pair_moments m = {0};
    for (size_t i = 0; i < n; i++)
        rp_pair_moments_add(&m, x[i], y[i]);
    return m;
}

static void mean_numbers(void **state) {
    (void)state;
    rp_moments m = {0};
    for (size_t i = 0; i < 8; i++)
        rp_moments_add(&m, before[i]);
    rp_interval i = rp_mean_interval(&m, 0.95);
    near(i.lower, 15.581147654378887, 1e-13); /* t.test(b) */
    near(i.upper, 28.668852345621112, 1e-13); /* the same */
    rp_moments one = {0};
    assert_true(isnan(rp_mean_interval(&one, 0.95).estimate));
    rp_moments_add(&one, 3);
    assert_true(rp_mean_interval(&one, 0.95).estimate == 3 && isnan(rp_mean_interval(&one, 0.95).lower));
}

static void paired_numbers(void **state) {
    (void)state;
    rp_pair_moments m = pairs_of(before, after, 8);
    rp_paired p = rp_paired_infer(&m, true, 0.95);
    assert_int_equal(p.n, 8);
    near(p.change.estimate, -9, 1e-14);                 /* mean(a - b) */
    near(p.change.lower, -16.3156095931116383, 1e-13);  /* t.test(a, b, paired=TRUE) */
    near(p.change.upper, -1.6843904068883599, 1e-13);   /* the same */
    near(p.correlation, 0.45524425295300625, 1e-13);    /* cor(a, b) */
    near(p.sd_before, 7.8273786891179062, 1e-13);       /* sd(b) */
    near(p.sd_after, 8.8549824554153851, 1e-13);        /* sd(a) */
    near(p.effect.estimate, 1.0212647792508442, 1e-12); /* metafor escalc("SMCR") yi */
    near(p.effect.lower, 0.14173370677214592, 1e-12);   /* yi - qnorm(.975) sqrt(vi) */
    near(p.effect.upper, 1.90079585172954246, 1e-12);   /* yi + qnorm(.975) sqrt(vi) */
}

static void paired_identities(void **state) {
    (void)state;
    rp_pair_moments m = pairs_of(before, after, 8), mirrored = {0};
    for (size_t i = 0; i < 8; i++)
        rp_pair_moments_add(&mirrored, -before[i], -after[i]);
    rp_paired p = rp_paired_infer(&m, true, 0.95), q = rp_paired_infer(&mirrored, false, 0.95);
    near(p.effect.estimate, q.effect.estimate, 1e-14); /* definition: turning the scale round changes nothing */
    near(p.effect.lower, q.effect.lower, 1e-14);
    near(p.change.estimate, -q.change.estimate, 1e-14);
    rp_pair_moments same = pairs_of(before, before, 8);
    rp_paired none = rp_paired_infer(&same, true, 0.95);
    assert_true(none.change.estimate == 0 && none.effect.estimate == 0); /* definition: no change, no effect */
}

static void paired_too_few(void **state) {
    (void)state;
    rp_pair_moments m = {0};
    rp_paired p = rp_paired_infer(&m, true, 0.95);
    assert_true(p.n == 0 && isnan(p.change.estimate) && isnan(p.effect.estimate));
    rp_pair_moments_add(&m, 10, 5);
    p = rp_paired_infer(&m, true, 0.95);
    assert_true(p.change.estimate == -5 && isnan(p.change.lower) && isnan(p.effect.estimate));
    rp_pair_moments_add(&m, 10, 7);
    rp_pair_moments_add(&m, 10, 9);
    p = rp_paired_infer(&m, true, 0.95);
    assert_true(isfinite(p.change.lower) && isnan(p.effect.estimate)); /* no spread before */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_solves_wilsons_equation),
        cmocka_unit_test(share_numbers),
        cmocka_unit_test(difference_of_shares_is_newcombes),
        cmocka_unit_test(weights_of_both_signs_are_welchs_interval),
        cmocka_unit_test(standardised_share_by_hand),
        cmocka_unit_test(bounds_hold_every_share_that_they_allow),
        cmocka_unit_test(mean_numbers),
        cmocka_unit_test(paired_numbers),
        cmocka_unit_test(paired_identities),
        cmocka_unit_test(paired_too_few),
    };
    return cmocka_run_group_tests_name("models: intervals", tests, NULL, NULL);
}
