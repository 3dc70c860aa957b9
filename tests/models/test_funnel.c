/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Funnel limits with over-dispersion. By hand from the equations, which stand on the lines, and by R. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/models.h"

static void near(double ours, double theirs) {
    if (!(fabs(ours - theirs) <= 1e-12 * fmax(1, fabs(theirs))))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void units_that_are_all_alike_leave_chance_alone(void **state) {
    (void)state;
    const double x[] = {50, 50, 50, 50}, n[] = {100, 100, 100, 100};
    double z[4];
    rp_funnel f = rp_funnel_infer(x, n, 4, 0.1, z);
    assert_int_equal(f.n, 4);
    near(f.target, 0.5);
    near(f.phi, 0);
    near(f.tau2, 0); /* 4 * 0 - 3 < 0 */
    /* sin^2(pi/4 + a) = (1 + sin 2a) / 2 with a = 2 s = 2 / (2 sqrt(100)) = 0.1 */
    near(rp_funnel_limit(&f, 100, 2), (1 + sin(0.2)) / 2);
    near(rp_funnel_limit(&f, 100, -2), (1 - sin(0.2)) / 2);
}

/* Half of the units at z = 3, half at z = -3, n = 100 each: s = 0.05, so y = pi/4 -/+ 0.15 and
 * x = 100 sin^2(y) = 50 (1 -/+ sin 0.3). */
static void over_dispersion_by_hand(void **state) {
    (void)state;
    double x[10], n[10], z[10];
    for (size_t i = 0; i < 10; i++) {
        n[i] = 100;
        x[i] = 50 * (1 + (i % 2 ? 1 : -1) * sin(0.3));
    }
    rp_funnel f = rp_funnel_infer(x, n, 10, 0.1, z);
    near(f.phi, 9); /* mean of 3^2, winsorised or not */
    /* tau^2 = (I phi - (I - 1)) / (sum w - sum w^2 / sum w), w = 4 n = 400: (90 - 9) / (4000 - 400) */
    near(f.tau2, 81. / 3600);
    /* theta_0 + z_p sqrt(s^2 + tau^2) = pi/4 + 2 sqrt(0.0025 + 0.0225) */
    near(rp_funnel_limit(&f, 100, 2), (1 + sin(4 * sqrt(0.025))) / 2);
}

static void an_outlier_is_set_to_its_neighbour(void **state) {
    (void)state;
    double x[10], n[10], z[10];
    for (size_t i = 0; i < 10; i++)
        n[i] = 100, x[i] = 50;
    x[9] = 100;
    rp_funnel f = rp_funnel_infer(x, n, 10, 0.1, z);
    double theta_0 = asin(sqrt(0.55)), z_most = (asin(sqrt(0.5)) - theta_0) * 20; /* z = (y - theta_0) / s */
    near(f.phi, z_most * z_most);                                                 /* of all ten, the tenth set to it */
    double z_out = (asin(1) - theta_0) * 20;
    near(rp_funnel_infer(x, n, 10, 0, z).phi, (9 * z_most * z_most + z_out * z_out) / 10);
}

static void unequal_sizes_by_r(void **state) {
    (void)state;
    const double x[] = {30, 45, 210, 80, 500, 12, 95, 260, 33, 71, 140, 18};
    const double n[] = {50, 100, 400, 200, 900, 40, 150, 520, 60, 130, 300, 25};
    double z[12];
    rp_funnel f = rp_funnel_infer(x, n, 12, 0.1, z);
    /* R 4.2.2: y <- asin(sqrt(x/n)); t0 <- sum(x)/sum(n); z <- sort((y-asin(sqrt(t0)))*2*sqrt(n)); z[1] <- z[2];
     * z[12] <- z[11]; w <- 4*n; phi <- mean(z^2); tau2 <- (12*phi-11)/(sum(w)-sum(w^2)/sum(w)) */
    near(f.target, 0.51965217391304352);
    near(f.phi, 3.1666774827102224);
    near(f.tau2, 0.0028382220531445218);
    near(rp_funnel_limit(&f, 250, rp_normal_quantile(0.999)),
         0.70489105604723945); /* sin(asin(sqrt(t0))+qnorm(.999)*sqrt(1/1000+tau2))^2 */
}

static void what_is_not_defined_is_not_a_number(void **state) {
    (void)state;
    const double x[] = {0, 0, 3}, n[] = {10, 0, 5};
    double z[3];
    rp_funnel one = rp_funnel_infer(x + 2, n + 2, 1, 0.1, z);
    assert_true(one.n == 1 && one.target == 0.6 && isnan(one.phi) && isnan(one.tau2));
    rp_funnel none = rp_funnel_infer(x, n, 2, 0.1, z);
    assert_true(none.n == 1 && none.target == 0 && isnan(none.tau2) && isnan(rp_funnel_limit(&none, 10, 2)));
    rp_funnel empty = rp_funnel_infer(x, n, 0, 0.1, z);
    assert_true(empty.n == 0 && isnan(empty.target));
    rp_funnel two = rp_funnel_infer(x, n, 3, 0.1, z); /* a unit without people is no unit */
    assert_int_equal(two.n, 2);
    assert_true(rp_funnel_limit(&two, 1, 5) == 1 && rp_funnel_limit(&two, 1, -5) == 0); /* never past the ends */
}

/* By hand: equal sizes, so that weights do not matter: y are 0.5 +- d (half each), Q(t) = I d^2 / (1 / (4 n + 2) + t),
 * and Q = I - 1 at t = d^2 I / (I - 1) - 1 / (4 n + 2). */
static void a_spread_beyond_chance_by_hand(void **state) {
    (void)state;
    double x[10], n[10];
    const double d = 0.1;
    for (int i = 0; i < 10; i++) {
        n[i] = 100;
        x[i] = 100.75 * pow(sin(0.5 + (i % 2 ? d : -d)), 2) - 0.375;
    }
    rp_interval s = rp_share_spread(x, n, 10, 0.95);
    near(s.estimate, sqrt(d * d * 10 / 9 - 1. / 402));
    /* Limits are where chi-square with 9 degrees of freedom has upper and lower tails of 0.025: R qchisq(c(.975, .025),
     * 9)
     */
    near(s.lower, sqrt(10 * d * d / 19.022767798641635 - 1. / 402));
    near(s.upper, sqrt(10 * d * d / 2.7003894999803584 - 1. / 402));
}

/* R 4.2.2: Q <- function(t) {w <- 1/(1/(4*n+2)+t); sum(w*(y-sum(w*y)/sum(w))^2)}; uniroot(function(t) Q(t)-5, c(0,2.4),
 * tol=1e-14), the same with qchisq(.975, 5) and qchisq(.025, 5); y <- asin(sqrt((x+3/8)/(n+3/4))) */
static void a_spread_of_unequal_sizes_by_r(void **state) {
    (void)state;
    const double x[] = {5, 9, 14, 20, 3, 18}, n[] = {20, 25, 30, 30, 25, 40};
    rp_interval s = rp_share_spread(x, n, 6, 0.95);
    assert_true(fabs(s.estimate - 0.17486417518) < 1e-9 && fabs(s.lower - 0.07952038766) < 1e-9 &&
                fabs(s.upper - 0.47958240796) < 1e-9);
    const double near_chance[] = {5, 8, 6, 11, 9, 5, 8, 7}, of[] = {14, 18, 15, 16, 19, 13, 17, 15};
    s = rp_share_spread(near_chance, of, 8, 0.95);
    assert_true(s.estimate == 0 && s.lower == 0 && fabs(s.upper - 0.1562108033) < 1e-9);
}

static void less_than_chance_has_no_interval(void **state) {
    (void)state;
    const double x[] = {5, 8, 6, 7, 9, 5, 8, 7}, n[] = {12, 18, 14, 16, 20, 12, 18, 16};
    rp_interval s = rp_share_spread(x, n, 8, 0.95); /* all near 0.44 */
    assert_true(s.estimate == 0 && isnan(s.lower) && isnan(s.upper));
    assert_true(isnan(rp_share_spread(x, n, 1, 0.95).estimate));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_that_are_all_alike_leave_chance_alone),
        cmocka_unit_test(over_dispersion_by_hand),
        cmocka_unit_test(an_outlier_is_set_to_its_neighbour),
        cmocka_unit_test(unequal_sizes_by_r),
        cmocka_unit_test(what_is_not_defined_is_not_a_number),
        cmocka_unit_test(a_spread_beyond_chance_by_hand),
        cmocka_unit_test(a_spread_of_unequal_sizes_by_r),
        cmocka_unit_test(less_than_chance_has_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
