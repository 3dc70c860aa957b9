/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The normal distribution: its definition and symmetries, then R's values. */
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

static void the_derivative_is_the_density(void **state) {
    (void)state;
    const double h = 1e-4;
    for (double z = -6; z <= 6; z += 0.173) {
        double slope = (rp_normal_cdf(z - 2 * h) - 8 * rp_normal_cdf(z - h) + 8 * rp_normal_cdf(z + h) -
                        rp_normal_cdf(z + 2 * h)) /
                       (12 * h);
        double density = exp(-z * z / 2) / sqrt(2 * M_PI);
        assert_true(fabs(slope - density) < 1e-11);
    }
}

static void both_sides_make_one(void **state) {
    (void)state;
    for (double z = 0; z < 9; z += 0.01)
        assert_near(rp_normal_cdf(z) + rp_normal_cdf(-z), 1, 4e-16, "sum of both sides", z);
    assert_true(rp_normal_cdf(0) == 0.5);
}

static void it_never_falls(void **state) {
    (void)state;
    double before = 0;
    for (double z = -38; z < 9; z += 0.001) {
        double here = rp_normal_cdf(z);
        assert_true(here >= before && here <= 1);
        before = here;
    }
}

static void ends(void **state) {
    (void)state;
    assert_true(rp_normal_cdf(-HUGE_VAL) == 0 && rp_normal_cdf(HUGE_VAL) == 1);
    assert_true(rp_normal_cdf(-1e308) == 0 && rp_normal_cdf(1e308) == 1);
    assert_true(isnan(rp_normal_cdf(NAN)));
    assert_true(rp_normal_quantile(0) == -HUGE_VAL && rp_normal_quantile(1) == HUGE_VAL);
    assert_true(isnan(rp_normal_quantile(-0.1)) && isnan(rp_normal_quantile(1.1)) && isnan(rp_normal_quantile(NAN)));
    assert_true(rp_normal_quantile(0.5) == 0);
}

static void the_quantile_undoes_the_cdf(void **state) {
    (void)state;
    for (double z = -37; z <= 2; z += 0.0371) /* further up a double near 1 cannot hold z */
        if (fabs(z) > 1e-3)
            assert_near(rp_normal_quantile(rp_normal_cdf(z)), z, z < -0.5 ? 1e-15 : 2e-13, "quantile of cdf", z);
}

static void cdf_as_in_r(void **state) {
    (void)state;
    static const struct {
        double z, p;
    } cases[] = {
        {-37, 5.7255712225245771e-300},           /* R 4.2: pnorm(-37) */
        {-20, 2.7536241186062337e-89},            /* R 4.2: pnorm(-20) */
        {-8, 6.2209605742717849e-16},             /* R 4.2: pnorm(-8) */
        {-5, 2.8665157187919391e-07},             /* R 4.2: pnorm(-5) */
        {-3, 0.0013498980316300946},              /* R 4.2: pnorm(-3) */
        {-1.96, 0.024997895148220428},            /* R 4.2: pnorm(-1.96) */
        {-1, 0.15865525393145705},                /* R 4.2: pnorm(-1) */
        {-0.5, 0.30853753872598694},              /* R 4.2: pnorm(-0.5) */
        {-1e-10, 0.49999999996010575},            /* R 4.2: pnorm(-1e-10) */
        {0, 0.5},                                 /* R 4.2: pnorm(0) */
        {0.1, 0.53982783727702899},               /* R 4.2: pnorm(0.1) */
        {0.5, 0.69146246127401301},               /* R 4.2: pnorm(0.5) */
        {1, 0.84134474606854293},                 /* R 4.2: pnorm(1) */
        {1.959963984540054, 0.97499999999999998}, /* R 4.2: pnorm(1.959963984540054) */
        {3, 0.9986501019683699},                  /* R 4.2: pnorm(3) */
        {5, 0.99999971334842808},                 /* R 4.2: pnorm(5) */
        {8, 0.99999999999999933},                 /* R 4.2: pnorm(8) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_normal_cdf(cases[i].z), cases[i].p, cases[i].z < -6 ? 1e-12 : 1e-13, "cdf", cases[i].z);
}

static void quantile_as_in_r(void **state) {
    (void)state;
    static const struct {
        double p, z;
    } cases[] = {
        {1e-300, -37.047096299361201},  /* R 4.2: qnorm(1e-300) */
        {1e-100, -21.273453560965319},  /* R 4.2: qnorm(1e-100) */
        {1e-20, -9.2623400897984052},   /* R 4.2: qnorm(1e-20) */
        {1e-10, -6.3613409024040557},   /* R 4.2: qnorm(1e-10) */
        {1e-06, -4.7534243088228987},   /* R 4.2: qnorm(1e-06) */
        {0.001, -3.0902323061678132},   /* R 4.2: qnorm(0.001) */
        {0.025, -1.9599639845400538},   /* R 4.2: qnorm(0.025) */
        {0.05, -1.6448536269514726},    /* R 4.2: qnorm(0.05) */
        {0.0749, -1.4402382675279632},  /* R 4.2: qnorm(0.0749) */
        {0.075, -1.4395314709384557},   /* R 4.2: qnorm(0.075) */
        {0.0751, -1.4388253927525398},  /* R 4.2: qnorm(0.0751) */
        {0.25, -0.67448975019608171},   /* R 4.2: qnorm(0.25) */
        {0.4, -0.25334710313579978},    /* R 4.2: qnorm(0.4) */
        {0.5, 0},                       /* R 4.2: qnorm(0.5) */
        {0.6, 0.25334710313579978},     /* R 4.2: qnorm(0.6) */
        {0.75, 0.67448975019608171},    /* R 4.2: qnorm(0.75) */
        {0.925, 1.4395314709384559},    /* R 4.2: qnorm(0.925) */
        {0.95, 1.6448536269514715},     /* R 4.2: qnorm(0.95) */
        {0.975, 1.9599639845400536},    /* R 4.2: qnorm(0.975) */
        {0.999, 3.0902323061678132},    /* R 4.2: qnorm(0.999) */
        {0.999999, 4.7534243088170891}, /* R 4.2: qnorm(0.999999) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_normal_quantile(cases[i].p), cases[i].z, 1e-13, "quantile", cases[i].p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_derivative_is_the_density),
        cmocka_unit_test(both_sides_make_one),
        cmocka_unit_test(it_never_falls),
        cmocka_unit_test(ends),
        cmocka_unit_test(the_quantile_undoes_the_cdf),
        cmocka_unit_test(cdf_as_in_r),
        cmocka_unit_test(quantile_as_in_r),
    };
    return cmocka_run_group_tests_name("maths: normal distribution", tests, NULL, NULL);
}
