/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and moments: exactness where it is known, merging as adding, then published numbers. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "rapport/maths.h"

/* Relative, and 1e-300 near zero. */
static void assert_near(double value, double expected, double tolerance, const char *what, double at) {
    if (value == expected)
        return;
    double apart = fabs(value - expected) / fmax(fabs(expected), 1e-300);
    if (!(apart <= tolerance)) /* a NaN is not near */
        fail_msg("%s at %.17g: %.17g, expected %.17g, apart by %.3g", what, at, value, expected, apart);
}

/* A small generator, so that the test is the same each time (Marsaglia 2003, xorshift64). In (-1, 1). */
static double next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) * 0x1p-52 - 1;
}

static void small_terms_survive_large_ones(void **state) {
    (void)state;
    static const double terms[] = {1, 1e100, 1, -1e100}; /* Neumaier's case: the sum is 2, Kahan's gives 0 */
    rp_sum sum = {0};
    for (int i = 0; i < 4; i++)
        rp_sum_add(&sum, terms[i]);
    assert_true(rp_sum_value(&sum) == 2);
}

static void the_error_does_not_grow(void **state) {
    (void)state;
    rp_sum sum = {0};
    double plain = 0;
    for (int i = 0; i < 10000000; i++) {
        rp_sum_add(&sum, 0.1);
        plain += 0.1;
    }
    /* ten million times the double nearest 0.1, which is 0.1 + 5.55e-18, rounds to 1000000 */
    assert_true(rp_sum_value(&sum) == 1000000);
    assert_true(plain != 1000000);
}

static void merged_sums_are_the_sum(void **state) {
    (void)state;
    uint64_t seed = 4101842887655102017u;
    enum { BLOCKS = 37 };
    rp_sum whole = {0}, parts[BLOCKS] = {{0}}, merged = {0};
    for (int i = 0; i < 100000; i++) {
        double x = next(&seed) * pow(10, 12 * next(&seed));
        rp_sum_add(&whole, x);
        rp_sum_add(&parts[i % BLOCKS], x);
    }
    for (int i = 0; i < BLOCKS; i++)
        rp_sum_merge(&merged, &parts[i]);
    assert_near(rp_sum_value(&merged), rp_sum_value(&whole), 1e-15, "merged sum", 0);
    rp_sum empty = {0}, before = whole;
    rp_sum_merge(&whole, &empty);
    assert_true(whole.sum == before.sum && whole.carry == before.carry);
    rp_sum_merge(&whole, &whole);
    assert_near(rp_sum_value(&whole), 2 * rp_sum_value(&before), 1e-15, "doubled sum", 0);
}

static void infinite_sums_are_infinite(void **state) {
    (void)state;
    rp_sum sum = {0};
    rp_sum_add(&sum, 1);
    rp_sum_add(&sum, HUGE_VAL);
    rp_sum_add(&sum, 1);
    assert_true(rp_sum_value(&sum) == HUGE_VAL);
    rp_sum_add(&sum, -HUGE_VAL);
    assert_true(isnan(rp_sum_value(&sum)));
}

static void the_empty_and_the_single(void **state) {
    (void)state;
    rp_moments m = {0}, other = {0};
    assert_true(isnan(rp_moments_sd(&m)));
    rp_moments_merge(&m, &other);
    assert_int_equal(m.n, 0);
    rp_moments_add(&m, -7);
    assert_true(m.n == 1 && m.mean == -7 && m.m2 == 0 && m.lowest == -7 && m.highest == -7);
    assert_true(isnan(rp_moments_sd(&m)));
    rp_moments_merge(&other, &m); /* the empty one is the identity, on either side */
    assert_memory_equal(&other, &m, sizeof m);
    rp_moments_merge(&m, &(rp_moments){0});
    assert_memory_equal(&other, &m, sizeof m);
    rp_moments_add(&m, -7);
    assert_true(rp_moments_sd(&m) == 0);
}

static void merged_moments_are_the_moments(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252u;
    enum { BLOCKS = 11 };
    rp_moments whole = {0}, parts[BLOCKS] = {{0}}, merged = {0};
    for (int i = 0; i < 20000; i++) {
        double x = 1e6 + next(&seed);
        rp_moments_add(&whole, x);
        rp_moments_add(&parts[i * i % BLOCKS], x); /* uneven, and some stay empty */
    }
    assert_int_equal(parts[2].n, 0);
    for (int i = 0; i < BLOCKS; i++)
        rp_moments_merge(&merged, &parts[i]);
    assert_int_equal(merged.n, whole.n);
    /* 20000 roundings of half a unit in the last place walk about sqrt(20000) 1.1e-16 = 1.6e-14. */
    assert_near(merged.mean, whole.mean, 1.6e-14, "mean", 0);
    assert_near(merged.m2, whole.m2, 1e-9, "m2", 0); /* the data carry ten digits after the shift */
    assert_true(merged.lowest == whole.lowest && merged.highest == whole.highest);
}

static void moments_by_nist(void **state) {
    (void)state;
    rp_moments one = {0}, three = {0}, four = {0};
    for (int i = 0; i < 3; i++)
        rp_moments_add(&one, (double[]){10000001, 10000003, 10000002}[i]);
    for (int i = 0; i < 1001; i++) {
        rp_moments_add(&three, i == 0 ? 1000000.2 : i % 2 ? 1000000.1 : 1000000.3);
        rp_moments_add(&four, i == 0 ? 10000000.2 : i % 2 ? 10000000.1 : 10000000.3);
    }
    assert_true(one.mean == 10000002);                              /* NIST StRD NumAcc1 */
    assert_true(rp_moments_sd(&one) == 1);                          /* NIST StRD NumAcc1 */
    assert_near(three.mean, 1000000.2, 1e-15, "NumAcc3 mean", 0);   /* NIST StRD NumAcc3 */
    assert_near(rp_moments_sd(&three), 0.1, 1e-9, "NumAcc3 sd", 0); /* NIST StRD NumAcc3 */
    assert_near(four.mean, 10000000.2, 1e-15, "NumAcc4 mean", 0);   /* NIST StRD NumAcc4 */
    assert_near(rp_moments_sd(&four), 0.1, 1e-8, "NumAcc4 sd", 0);  /* NIST StRD NumAcc4 */
    assert_true(four.lowest == 10000000.1 && four.highest == 10000000.3);
}

/* Anscombe (1973), American Statistician 27, set 1. */
static const double anscombe[11][2] = {{10, 8.04}, {8, 6.95}, {13, 7.58},  {9, 8.81}, {11, 8.33}, {14, 9.96},
                                       {6, 7.24},  {4, 4.26}, {12, 10.84}, {7, 4.82}, {5, 5.68}};

static void correlation(void **state) {
    (void)state;
    rp_pair_moments m = {0};
    assert_true(isnan(rp_pair_moments_correlation(&m)));
    for (int i = 0; i < 11; i++)
        rp_pair_moments_add(&m, anscombe[i][0], anscombe[i][1]);
    assert_int_equal(m.n, 11);
    double r = rp_pair_moments_correlation(&m);
    assert_near(m.mean_x, 9, 1e-15, "mean of x", 0);                      /* R 4.2: mean(anscombe$x1) */
    assert_near(m.mean_y, 7.5009090909090909, 1e-14, "mean of y", 0);     /* R 4.2: mean(anscombe$y1) */
    assert_near(m.m_xx, 110, 1e-14, "sum of squares of x", 0);            /* R 4.2: 10 * var(anscombe$x1) */
    assert_near(r, 0.81642051634483992, 1e-14, "correlation", 0);         /* R 4.2: cor(anscombe$x1, anscombe$y1) */
    assert_near(m.m_xy / m.m_xx, 0.50009090909090914, 1e-14, "slope", 0); /* R 4.2: coef(lm(y1 ~ x1, anscombe))[2] */
}

static void correlation_has_its_bounds(void **state) {
    (void)state;
    uint64_t seed = 4101842887655102017u;
    for (int round = 0; round < 1000; round++) {
        rp_pair_moments up = {0}, down = {0}, flat = {0};
        for (int i = 0; i < 5; i++) {
            double x = next(&seed);
            rp_pair_moments_add(&up, x, 3 * x);
            rp_pair_moments_add(&down, x, -x / 7);
            rp_pair_moments_add(&flat, x, 4);
        }
        double r = rp_pair_moments_correlation(&up), s = rp_pair_moments_correlation(&down);
        assert_true(r <= 1 && r > 1 - 1e-14 && s >= -1 && s < -1 + 1e-14);
        assert_true(isnan(rp_pair_moments_correlation(&flat))); /* one of them does not vary */
    }
}

static void merged_pairs_are_the_pairs(void **state) {
    (void)state;
    for (int cut = 0; cut <= 11; cut++) {
        rp_pair_moments whole = {0}, left = {0}, right = {0};
        for (int i = 0; i < 11; i++) {
            rp_pair_moments_add(&whole, anscombe[i][0], anscombe[i][1]);
            rp_pair_moments_add(i < cut ? &left : &right, anscombe[i][0], anscombe[i][1]);
        }
        rp_pair_moments_merge(&left, &right);
        assert_int_equal(left.n, 11);
        assert_near(left.mean_x, whole.mean_x, 1e-14, "mean of x", cut);
        assert_near(left.mean_y, whole.mean_y, 1e-14, "mean of y", cut);
        assert_near(left.m_xx, whole.m_xx, 1e-14, "xx", cut);
        assert_near(left.m_yy, whole.m_yy, 1e-14, "yy", cut);
        assert_near(left.m_xy, whole.m_xy, 1e-14, "xy", cut);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_terms_survive_large_ones),
        cmocka_unit_test(the_error_does_not_grow),
        cmocka_unit_test(merged_sums_are_the_sum),
        cmocka_unit_test(infinite_sums_are_infinite),
        cmocka_unit_test(the_empty_and_the_single),
        cmocka_unit_test(merged_moments_are_the_moments),
        cmocka_unit_test(moments_by_nist),
        cmocka_unit_test(correlation),
        cmocka_unit_test(correlation_has_its_bounds),
        cmocka_unit_test(merged_pairs_are_the_pairs),
    };
    return cmocka_run_group_tests_name("maths: moments", tests, NULL, NULL);
}
