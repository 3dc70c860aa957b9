/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bivariate normal distribution: by what defines it, and against integrals of 30 digits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/maths.h"

static void near(double ours, double theirs, double absolute) {
    if (!(fabs(ours - theirs) <= absolute))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static const double PLACES[] = {-4.1, -1.3, -0.2, 0, 0.7, 1.9, 3.3},
                    CORRELATIONS[] = {-0.9999, -0.95, -0.925, -0.8,  -0.4,  -0.1, 0.05,   0.299,
                                      0.301,   0.749, 0.751,  0.924, 0.926, 0.99, 0.99999};
enum { PLACE = sizeof PLACES / sizeof *PLACES, CORRELATION = sizeof CORRELATIONS / sizeof *CORRELATIONS };

static void known_correlations(void **state) {
    (void)state;
    for (size_t i = 0; i < PLACE; i++)
        for (size_t j = 0; j < PLACE; j++) {
            double h = PLACES[i], k = PLACES[j], below = rp_normal_cdf(h), left = rp_normal_cdf(k);
            near(rp_bivariate_normal_cdf(h, k, 0), below * left, 1e-16);
            near(rp_bivariate_normal_cdf(h, k, 1), fmin(below, left), 1e-16);          /* Y is X */
            near(rp_bivariate_normal_cdf(h, k, -1), fmax(below + left - 1, 0), 3e-16); /* Y is -X */
        }
    double far = rp_normal_cdf(-8) - rp_normal_cdf(-8.1); /* far out on either side, with its own digits */
    near(rp_bivariate_normal_cdf(-8, 8.1, -1), far, 1e-14 * far);
    near(rp_bivariate_normal_cdf(8.1, -8, -1), far, 1e-14 * far);
    for (size_t r = 0; r < CORRELATION; r++) /* Sheppard (1899): a quadrant */
        near(rp_bivariate_normal_cdf(0, 0, CORRELATIONS[r]), 0.25 + asin(CORRELATIONS[r]) / (2 * M_PI), 1e-15);
}

static void symmetries(void **state) {
    (void)state;
    for (size_t r = 0; r < CORRELATION; r++)
        for (size_t i = 0; i < PLACE; i++)
            for (size_t j = 0; j < PLACE; j++) {
                double h = PLACES[i], k = PLACES[j], rho = CORRELATIONS[r], p = rp_bivariate_normal_cdf(h, k, rho);
                near(rp_bivariate_normal_cdf(k, h, rho), p, 1e-15);
                near(p + rp_bivariate_normal_cdf(h, -k, -rho), rp_normal_cdf(h), 2e-15); /* below k or above it */
                near(rp_bivariate_normal_cdf(-h, -k, rho), p + 1 - rp_normal_cdf(h) - rp_normal_cdf(k), 2e-15);
                assert_true(p >= 0 && p <= fmin(rp_normal_cdf(h), rp_normal_cdf(k)) + 1e-15);
            }
}

/* Plackett's identity: the density is the slope by rho; central differences of step 1e-4 err by about 1e-8. */
static void slope(void **state) {
    (void)state;
    for (size_t i = 0; i < PLACE; i++)
        for (double rho = -0.9; rho < 0.95; rho += 0.15) {
            double h = PLACES[i], k = 0.4, e = 1e-4;
            double up = rp_bivariate_normal_cdf(h, k, rho + e), down = rp_bivariate_normal_cdf(h, k, rho - e);
            near((up - down) / (2 * e), rp_bivariate_normal_density(h, k, rho), 2e-6);
        }
    near(rp_bivariate_normal_density(0.3, -0.8, 0), exp(-(0.09 + 0.64) / 2) / (2 * M_PI), 1e-16);
    near(rp_bivariate_normal_density(1, 1, 0.6), exp(-1 / 1.6) / (2 * M_PI * 0.8), 1e-16); /* h = k: h^2 / (1 + rho) */
}

/* Phi(h) Phi(k) + the integral of Plackett's identity over asin(rho), by mpmath 1.3.0 with 30 digits, each number of
 * the first three the double nearest to it; also pbivnorm 0.6.0 and mvtnorm (R) where they were asked. */
static void numbers(void **state) {
    (void)state;
    static const struct {
        double h, k, rho, p;
    } known[] = {
        {0, 0, 0.5, 0.33333333333333333},           {0.3, -1.2, 0.1, 0.07837007209466374},
        {-0.7, 0.4, -0.29, 0.12361320721585064},    {1.5, -0.5, 0.3, 0.29984266424007524},
        {1, 2, 0.6, 0.83441738989198166},           {-2, -1, -0.74, 9.2303590035456644e-7},
        {0.2, 0.1, 0.75, 0.44482213755344912},      {-1, 1.3, 0.9, 0.15865524948798664},
        {0.5, 0.6, 0.92, 0.65194448739338359},      {0.5, 0.6, 0.925, 0.65365021605840016},
        {-1, -1.1, 0.95, 0.11673291662427134},      {-0.3, 1.7, -0.95, 0.3375231907166612},
        {0.8, -0.79, -0.99, 0.017909637071708642},  {2.5, 2.4, 0.999, 0.99179855745124843},
        {-2, 1.9, -0.9999, 8.8274229742304943e-17}, {0, 0, -0.97, 0.039082965965478144},
        {-3, -3.2, 0.5, 5.1041583511192429e-5},     {-5, -4, 0.8, 1.7035604298031327e-7},
        {6, -0.1, 0.4, 0.46017216272037993},        {1.25, 1.25, 0.99999, 0.89402435784786141},
        {1.1, 0.9, 0.74, 0.76792911712827728},      {1.2, 1.0, 0.9, 0.82049944933531715},
        {-0.5, -0.6, 0.29, 0.12043093477911788},    {2, 2.1, 0.299, 0.96106252190985751},
        {2.5, 2.5, 0.9, 0.99079890446129557},       {-2.4, 2.2, -0.9, 0.0025741557264970428},
        {-3, 2.6, -0.7, 0.00089131696432481682},    {3.1, 3, 0.74, 0.99791024236896611},
        {-2.8, 2.7, -0.29, 0.0024775444453790175},  {0.1, -0.2, 0.924, 0.4008198012508961},
        {-3.5, -3.4, 0.92, 0.00012437993079970114}, {3, 2.2, 0.45, 0.98503172559766926},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        near(rp_bivariate_normal_cdf(known[i].h, known[i].k, known[i].rho), known[i].p, 1e-15);
    near(rp_bivariate_normal_cdf(1, 2, .6), 0.83441738989198166, 1e-15);       /* pbivnorm(1, 2, .6) */
    near(rp_bivariate_normal_cdf(2.5, 2.4, .999), 0.99179855745124845, 1e-15); /* pbivnorm(2.5, 2.4, .999) */
    near(rp_bivariate_normal_cdf(-1, 1.3, .9), 0.15865524948798664, 1e-15);    /* pmvnorm(upper = c(-1, 1.3), corr) */
}

static void ends(void **state) {
    (void)state;
    for (size_t r = 0; r < CORRELATION; r++) {
        double rho = CORRELATIONS[r];
        assert_true(rp_bivariate_normal_cdf(INFINITY, 0.3, rho) == rp_normal_cdf(0.3));
        assert_true(rp_bivariate_normal_cdf(0.3, INFINITY, rho) == rp_normal_cdf(0.3));
        assert_true(rp_bivariate_normal_cdf(-INFINITY, INFINITY, rho) == 0);
        assert_true(rp_bivariate_normal_cdf(0.3, -INFINITY, rho) == 0);
        assert_true(rp_bivariate_normal_cdf(INFINITY, INFINITY, rho) == 1);
        assert_true(rp_bivariate_normal_density(INFINITY, 0, rho) == 0);
    }
    assert_true(rp_bivariate_normal_cdf(INFINITY, 0.3, -1) == rp_normal_cdf(0.3));
    assert_true(isnan(rp_bivariate_normal_cdf(0, 0, 1.01)) && isnan(rp_bivariate_normal_cdf(NAN, 0, 0)));
    assert_true(isnan(rp_bivariate_normal_cdf(0, 0, NAN)) && isnan(rp_bivariate_normal_density(0, 0, 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_correlations),
        cmocka_unit_test(symmetries),
        cmocka_unit_test(slope),
        cmocka_unit_test(numbers),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests_name("maths: the bivariate normal distribution", tests, NULL, NULL);
}
