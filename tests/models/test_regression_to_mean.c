/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression to the mean after selection at a cut-off, and numbers needed to treat. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "rapport/models.h"

#define NEAR(found, expected, within) assert_true(fabs((found) - (expected)) <= (within))

/* The definition, by rectangles: x normal and past the cut-off, y given x normal with mean m + r (x - m). */
static void is_what_its_integral_is(void **state) {
    (void)state;
    const double m = 13.5, sd = 5.9, cut = 10, r = 0.7, step = 1e-3;
    double mass = 0, x_sum = 0, y_sum = 0, x_square = 0, back = 0;
    for (double x = cut + step / 2; x < m + 9 * sd; x += step) {
        double weight = exp(-(x - m) * (x - m) / (2 * sd * sd)), y = m + r * (x - m);
        mass += weight;
        x_sum += weight * x;
        x_square += weight * x * x;
        y_sum += weight * y;
        back += weight * rp_normal_cdf((cut - y) / (sd * sqrt(1 - r * r)));
    }
    rp_regression_to_mean found = rp_regression_to_mean_of(m, sd, cut, r, true);
    double mean = x_sum / mass;
    NEAR(found.mean_before, mean, 1e-6);
    NEAR(found.sd_before, sqrt(x_square / mass - mean * mean), 1e-6);
    NEAR(found.improvement, mean - y_sum / mass, 1e-6);
    NEAR(found.back, back / mass, 1e-6);
    NEAR(found.selected, mass * step / (sd * sqrt(2 * M_PI)), 1e-6);
}

/* Issue 7: mean 10, SD 6, cases from 10: retest .89 gives d = .15 and 15% "recovered", .60 gives .53 and 30%. */
static void figures_of_the_issue(void **state) {
    (void)state;
    rp_regression_to_mean high = rp_regression_to_mean_of(10, 6, 10, 0.89, true);
    rp_regression_to_mean low = rp_regression_to_mean_of(10, 6, 10, 0.60, true);
    NEAR(high.effect, 0.15, 0.005);
    NEAR(high.back, 0.15, 0.005);
    NEAR(low.effect, 0.53, 0.005);
    NEAR(low.back, 0.30, 0.005);
    /* at the mean: half are past it, and P(back) = arccos(r) / pi (Sheppard 1899) */
    NEAR(high.selected, 0.5, 1e-15);
    NEAR(high.back, acos(0.89) / M_PI, 1e-12);
    NEAR(low.back, acos(0.60) / M_PI, 1e-12);
}

static void ends(void **state) {
    (void)state;
    rp_regression_to_mean same = rp_regression_to_mean_of(10, 6, 12, 1, true);
    NEAR(same.improvement, 0, 1e-12); /* whoever scores the same again has not changed */
    NEAR(same.back, 0, 1e-12);
    rp_regression_to_mean none = rp_regression_to_mean_of(10, 6, 12, 0, true);
    NEAR(none.improvement, none.mean_before - 10, 1e-12); /* back to the mean of all */
    NEAR(none.back, rp_normal_cdf(2.0 / 6), 1e-12);
    rp_regression_to_mean turned = rp_regression_to_mean_of(-10, 6, -12, 0.6, false);
    rp_regression_to_mean straight = rp_regression_to_mean_of(10, 6, 12, 0.6, true);
    NEAR(turned.improvement, straight.improvement, 1e-12);
    NEAR(turned.mean_before, -straight.mean_before, 1e-12);
    NEAR(turned.back, straight.back, 1e-12);
}

static void needed(void **state) {
    (void)state;
    /* Altman 1998, BMJ 317: a difference of .10 with interval -.05 to .25 is NNT 10, from 4 to benefit over infinity to
     * 20 to harm; by hand, 1 / .25 and 1 / -.05 */
    rp_number_needed through = rp_number_needed_of((rp_interval){0.10, -0.05, 0.25, 0.95});
    NEAR(through.estimate, 10, 1e-12);
    NEAR(through.lower, 4, 1e-12);
    NEAR(through.upper, -20, 1e-12);
    assert_true(through.through_infinity);
    rp_number_needed plain = rp_number_needed_of((rp_interval){0.2, 0.1, 0.5, 0.95});
    NEAR(plain.lower, 2, 1e-12);
    NEAR(plain.upper, 10, 1e-12);
    assert_false(plain.through_infinity);
    assert_true(isnan(rp_number_needed_of((rp_interval){0.2, NAN, NAN, 0.95}).lower));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_its_integral_is),
        cmocka_unit_test(figures_of_the_issue),
        cmocka_unit_test(ends),
        cmocka_unit_test(needed),
    };
    return cmocka_run_group_tests_name("regression to the mean", tests, NULL, NULL);
}
