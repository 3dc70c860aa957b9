/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The incomplete beta function: closed forms, symmetry and recurrence, then R's values; and Hedges's J. */
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

static void closed_forms(void **state) {
    (void)state;
    for (double x = 0.001; x < 1; x += 0.0173)
        for (double a = 0.05; a < 2000; a *= 2.3) {
            assert_near(rp_beta_inc(x, a, 1), pow(x, a), 1e-12, "I_x(a, 1)", x);
            assert_near(rp_beta_inc(x, 1, a), -expm1(a * log1p(-x)), 1e-13, "I_x(1, b)", x);
        }
    for (double x = 0.001; x < 1; x += 0.0173) /* the arcsine law */
        assert_near(rp_beta_inc(x, 0.5, 0.5), 2 / M_PI * asin(sqrt(x)), 1e-14, "I_x(1/2, 1/2)", x);
}

static void both_sides_make_one(void **state) {
    (void)state;
    for (double a = 0.02; a < 1e6; a *= 3.1)
        for (double b = 0.02; b < 1e6; b *= 2.7)
            for (double x = 0.015625; x < 1; x += 0.015625) { /* 1 - x is exact */
                double here = rp_beta_inc(x, a, b), there = rp_beta_inc(1 - x, b, a);
                assert_true(here >= 0 && here <= 1);
                assert_near(here + there, 1, 1e-13, "sum of both sides", x);
            }
}

/* Abramowitz & Stegun 26.5.16: I_x(a, b) = I_x(a + 1, b) + x^a (1 - x)^b / (a B(a, b)) */
static void the_recurrence_holds(void **state) {
    (void)state;
    for (double a = 0.3; a < 60; a *= 1.7)
        for (double b = 0.3; b < 60; b *= 1.7)
            for (double x = 0.05; x < 1; x += 0.1) {
                double step = pow(x, a) * pow(1 - x, b) * tgamma(a + b) / (tgamma(a + 1) * tgamma(b));
                if (step > 1e-3) /* a smaller step drowns in the rounding of the two values */
                    assert_near(rp_beta_inc(x, a, b) - rp_beta_inc(x, a + 1, b), step, 1e-11, "recurrence", x);
            }
}

/* For whole a and b, I_x(a, b) is the chance of at least a successes in a + b - 1 trials (A&S 26.5.24). */
static void binomial_sums(void **state) {
    (void)state;
    for (int n = 1; n <= 40; n += 3)
        for (int a = 1; a <= n; a++)
            for (double x = 0.1; x < 0.95; x += 0.2) {
                double chance = pow(x, n), sum = 0;
                for (int k = n; k >= a; k--) { /* from P(K = n) down */
                    sum += chance;
                    chance *= (double)k / (n - k + 1) * (1 - x) / x;
                }
                assert_near(rp_beta_inc(x, a, n - a + 1), sum, 1e-13, "binomial sum", x);
            }
}

static void ends(void **state) {
    (void)state;
    assert_true(rp_beta_inc(0, 2, 3) == 0 && rp_beta_inc(1, 2, 3) == 1);
    assert_true(isnan(rp_beta_inc(-0.1, 2, 3)) && isnan(rp_beta_inc(1.1, 2, 3)) && isnan(rp_beta_inc(NAN, 2, 3)));
    assert_true(isnan(rp_beta_inc(0.5, 0, 3)) && isnan(rp_beta_inc(0.5, 2, -1)) && isnan(rp_beta_inc(0.5, NAN, 1)));
    assert_true(isnan(rp_beta_inc(0.5, HUGE_VAL, 3)));
}

static void as_in_r(void **state) {
    (void)state;
    static const struct {
        double x, a, b, p;
    } cases[] = {
        {0.5, 0.5, 0.5, 0.5},                       /* by symmetry; R 4.2 pbeta gives 0.49999999999999956 */
        {0.1, 2, 3, 0.052300000000000027},          /* R 4.2: pbeta(0.1, 2, 3) */
        {0.9, 2, 3, 0.99629999999999996},           /* R 4.2: pbeta(0.9, 2, 3) */
        {0.001, 0.5, 10, 0.11110329087513972},      /* R 4.2: pbeta(0.001, 0.5, 10) */
        {0.3, 1, 1, 0.29999999999999999},           /* R 4.2: pbeta(0.3, 1, 1) */
        {0.25, 0.1, 0.1, 0.45195785367664953},      /* R 4.2: pbeta(0.25, 0.1, 0.1) */
        {0.6, 30, 20, 0.49229980034235171},         /* R 4.2: pbeta(0.6, 30, 20) */
        {0.01, 30, 20, 1.5671643161872713e-47},     /* R 4.2: pbeta(0.01, 30, 20) */
        {0.5, 1000, 1000, 0.5},                     /* R 4.2: pbeta(0.5, 1000, 1000) */
        {0.48, 1000, 1000, 0.036779483278639641},   /* R 4.2: pbeta(0.48, 1000, 1000) */
        {0.4, 1000, 1000, 8.2316113548689061e-20},  /* R 4.2: pbeta(0.4, 1000, 1000) */
        {0.2, 1e5, 4e5, 0.5002820948834541},        /* R 4.2: pbeta(0.2, 1e5, 4e5) */
        {0.199, 1e5, 4e5, 0.038423907418437479},    /* R 4.2: pbeta(0.199, 1e5, 4e5) */
        {1e-5, 0.5, 5e5, 0.99843463599344051},      /* R 4.2: pbeta(1e-5, 0.5, 5e5) */
        {1e-6, 0.01, 1e5, 0.981864644375678},       /* R 4.2: pbeta(1e-6, 0.01, 1e5) */
        {0.999, 5, 0.5, 0.92228199210096684},       /* R 4.2: pbeta(0.999, 5, 0.5) */
        {0.75, 100.5, 0.5, 3.0781503947221378e-14}, /* R 4.2: pbeta(0.75, 100.5, 0.5) */
        {1e-10, 3, 2, 3.9999999997000153e-30},      /* R 4.2: pbeta(1e-10, 3, 2) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_beta_inc(cases[i].x, cases[i].a, cases[i].b), cases[i].p, 1e-13, "I_x(a, b)", cases[i].x);
}

/* ---- Hedges's J ---- */

static void j_by_its_recurrence(void **state) {
    (void)state;
    /* G(z + 1) = z G(z) gives J(m + 2) / J(m) = m / (m - 1) sqrt(m / (m + 2)); it crosses the two ways of computing. */
    for (double m = 1.01; m < 1e6; m *= 1.03)
        assert_near(rp_gamma_ratio_j(m + 2) / rp_gamma_ratio_j(m), m / (m - 1) * sqrt(m / (m + 2)), 1e-14, "J", m);
}

static void j_near_its_approximation(void **state) {
    (void)state;
    for (double m = 50; m < 1e7; m *= 1.7) /* Hedges (1981): J(m) is about 1 - 3 / (4m - 1) */
        assert_true(fabs(rp_gamma_ratio_j(m) - (1 - 3 / (4 * m - 1))) < 1 / (m * m));
    assert_true(rp_gamma_ratio_j(HUGE_VAL) == 1);
    assert_true(isnan(rp_gamma_ratio_j(1)) && isnan(rp_gamma_ratio_j(0)) && isnan(rp_gamma_ratio_j(NAN)));
}

static void j_as_in_r(void **state) {
    (void)state;
    static const struct {
        double m, j;
    } cases[] = {
        {1.5, 0.39027621886917635},  /* R 4.2: gamma(1.5/2) / (sqrt(1.5/2) * gamma((1.5-1)/2)) */
        {2, 0.56418958354775628},    /* R 4.2: gamma(2/2) / (sqrt(2/2) * gamma((2-1)/2)) */
        {5, 0.84074868245968926},    /* R 4.2: gamma(5/2) / (sqrt(5/2) * gamma((5-1)/2)) */
        {10, 0.92274560805308692},   /* R 4.2: gamma(10/2) / (sqrt(10/2) * gamma((10-1)/2)) */
        {30, 0.97475437821439737},   /* R 4.2: gamma(30/2) / (sqrt(30/2) * gamma((30-1)/2)) */
        {39.9, 0.98106450762891551}, /* R 4.2: gamma(39.9/2) / (sqrt(39.9/2) * gamma((39.9-1)/2)) */
        {40, 0.98111219443669806},   /* R 4.2: gamma(40/2) / (sqrt(40/2) * gamma((40-1)/2)) */
        {100, 0.99247805498142183},  /* R 4.2: gamma(100/2) / (sqrt(100/2) * gamma((100-1)/2)) */
        {300, 0.99749756684378643},  /* R 4.2: gamma(300/2) / (sqrt(300/2) * gamma((300-1)/2)) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_gamma_ratio_j(cases[i].m), cases[i].j, 1e-13, "J", cases[i].m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(both_sides_make_one),
        cmocka_unit_test(the_recurrence_holds),
        cmocka_unit_test(binomial_sums),
        cmocka_unit_test(ends),
        cmocka_unit_test(as_in_r),
        cmocka_unit_test(j_by_its_recurrence),
        cmocka_unit_test(j_near_its_approximation),
        cmocka_unit_test(j_as_in_r),
    };
    return cmocka_run_group_tests_name("maths: incomplete beta", tests, NULL, NULL);
}
