/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The non-central chi-square distribution: by what defines it, and against R 4.2.2. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/maths.h"

static void near(double ours, double theirs, double relative) {
    if (!(fabs(ours - theirs) <= relative * fabs(theirs)))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* The square of a normal number with mean sqrt(ncp); the difference of two tails is good to 1e-15 absolutely. */
static void definition(void **state) {
    (void)state;
    for (double x = 0.01; x < 400; x *= 1.9)
        for (double ncp = 0.03; ncp < 500; ncp *= 2.1) {
            double p = rp_normal_cdf(sqrt(x) - sqrt(ncp)) - rp_normal_cdf(-sqrt(x) - sqrt(ncp));
            double ours = rp_chi2_noncentral_cdf(x, 1, ncp);
            if (!(fabs(ours - p) <= 1e-12 * p + 1e-15))
                fail_msg("x %g, ncp %g: %.17g is not %.17g", x, ncp, ours, p);
        }
    for (double df = 0.4; df < 100; df *= 2.2) /* none: the central distribution; little: nearly so */
        for (double x = 0.1; x < 400; x *= 2.7) {
            near(rp_chi2_noncentral_cdf(x, df, 0), rp_chi2_cdf(x, df), 0);
            near(rp_chi2_noncentral_cdf(x, df, 1e-14), rp_chi2_cdf(x, df), 1e-12);
        }
}

/* sum(dpois(0:n, ncp / 2) * pchisq(x, df + 2 * (0:n))), n far enough; pchisq(x, df, ncp) itself, by Ding's AS 275 from
 * ncp 80 on, is within 2e-12 of these. */
static void numbers(void **state) {
    (void)state;
    static const struct {
        double x, df, ncp, p;
    } known[] = {
        {1, 1, 1, 0.47724986805182085},         {10, 5, 3, 0.71723684643114316},
        {0.5, 3, 20, 8.7731948038906586e-06},   {40, 24, 10, 0.7556950871655691},
        {120, 54, 80, 0.25692374909601773},     {200, 54, 80, 0.99796332884324312},
        {85.3, 24, 61, 0.52906646084415232},    {30, 2.5, 200, 1.0933993368110498e-18},
        {1200, 1000, 250, 0.18122300309852307}, {5, 4, 400, 2.3994938910819355e-72},
        {3000, 500, 2600, 0.17475672163202849}, {0.001, 2, 1, 0.00030322742326982196},
        {60, 10, 0.01, 0.9999999962800008},     {50000, 1000, 49000, 0.50089353964446359},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        near(rp_chi2_noncentral_cdf(known[i].x, known[i].df, known[i].ncp), known[i].p, 1e-12);
    near(rp_chi2_noncentral_cdf(10, 5, 3), 0.71723684643114338, 1e-12);   /* pchisq(10, 5, 3) */
    near(rp_chi2_noncentral_cdf(40, 24, 10), 0.75569508716556955, 1e-12); /* pchisq(40, 24, 10) */
}

/* The root by ncp of the same sum less p, uniroot(tol = 1e-13); 0 where pchisq(x, df) is at most p. */
static void noncentrality(void **state) {
    (void)state;
    static const struct {
        double x, df, p, ncp;
    } known[] = {
        {85.306, 24, 0.95, 36.847126398980649},
        {85.306, 24, 0.05, 93.354092797553903},
        {30, 24, 0.95, 0},
        {30, 24, 0.05, 24.145966155148756},
        {115.851, 54, 0.95, 34.644490049617374},
        {115.851, 54, 0.05, 96.807144946799951},
        {2500, 300, 0.95, 2044.2508860485555},
        {2500, 300, 0.05, 2363.232533815139},
        {12, 1, 0.05, 26.101423665670993},
        {12, 1, 0.95, 3.309661005080625},
        {5, 1, 0.5, 4.9999565918583651},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        near(rp_chi2_noncentrality(known[i].x, known[i].df, known[i].p), known[i].ncp, 1e-11);
    for (double df = 0.7; df < 3000; df *= 3.1) /* there and back */
        for (double ncp = 0.2; ncp < 20000; ncp *= 3.7)
            for (double z = -2; z <= 2; z++) {
                double x = df + ncp + z * sqrt(2 * (df + 2 * ncp));
                double p = x > 0 ? rp_chi2_noncentral_cdf(x, df, ncp) : 0;
                if (p > 1e-6 && p < 0.999)
                    near(rp_chi2_noncentrality(x, df, p), ncp, 1e-9);
            }
}

static void ends(void **state) {
    (void)state;
    assert_true(rp_chi2_noncentral_cdf(0, 3, 2) == 0 && rp_chi2_noncentral_cdf(-1, 3, 2) == 0);
    assert_true(rp_chi2_noncentral_cdf(INFINITY, 3, 2) == 1 && rp_chi2_noncentral_cdf(1e6, 3, 2) == 1);
    assert_true(rp_chi2_noncentral_cdf(0.01, 3, 1e5) == 0); /* below the smallest number */
    assert_true(isnan(rp_chi2_noncentral_cdf(1, 3, -1)) && isnan(rp_chi2_noncentral_cdf(1, 0, 1)));
    assert_true(isnan(rp_chi2_noncentral_cdf(NAN, 3, 1)) && isnan(rp_chi2_noncentral_cdf(1, 3, INFINITY)));
    assert_true(rp_chi2_noncentrality(0, 3, 0.05) == 0 && rp_chi2_noncentrality(-4, 3, 0.05) == 0);
    assert_true(isnan(rp_chi2_noncentrality(3, 3, 0)) && isnan(rp_chi2_noncentrality(3, 3, 1)));
    near(rp_chi2_noncentrality(1e9, 1e5, 0.5), 1e9 - 1e5, 1e-7); /* so far out the median is about the mean */
    assert_true(isnan(rp_chi2_noncentral_cdf(1, 3, 1e300)) && isnan(rp_chi2_noncentrality(1e10, 3, 0.5)));
    assert_true(isnan(rp_chi2_noncentrality(INFINITY, 3, 0.5)) && isnan(rp_chi2_noncentrality(3, -1, 0.5)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definition),
        cmocka_unit_test(numbers),
        cmocka_unit_test(noncentrality),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests_name("maths: the non-central chi-square distribution", tests, NULL, NULL);
}
