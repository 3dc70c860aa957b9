/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chi-square distribution: against R 4.2.2 pchisq(), and by what defines it. */
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

static void numbers(void **state) {
    (void)state;
    static const struct {
        double x, df, lower, upper; /* pchisq(x, df), pchisq(x, df, lower.tail = FALSE) */
    } known[] = {
        {0.001, 1, 0.025227120630039609, 0.97477287936996038},
        {0.5, 1, 0.52049987781304652, 0.47950012218695348},
        {3.84, 1, 0.94995647875129474, 0.050043521248705224},
        {10, 1, 0.9984345977419975, 0.0015654022580025519},
        {80, 1, 1, 3.7440973842028994e-19},
        {0.01, 2, 0.0049875208073176872, 0.99501247919268221},
        {3, 2, 0.77686983985157021, 0.22313016014842982},
        {12, 5, 0.96521221949375813, 0.034787780506241851},
        {0.2, 5, 0.00088613878881244263, 0.99911386121118739},
        {30, 30, 0.53434629105599041, 0.46565370894400965},
        {60, 30, 0.99907931760385138, 0.00092068239614866631},
        {5, 30, 6.9153138669928861e-08, 0.99999993084686134},
        {95, 100, 0.37742070812182643, 0.62257929187817362},
        {130, 100, 0.97648760219019137, 0.023512397809808679},
        {990, 1000, 0.41705385364485126, 0.58294614635514874},
        {1100, 1000, 0.98538559187370478, 0.014614408126295201},
        {2.5, 0.7, 0.92822798612796686, 0.07177201387203315},
        {100000, 100000, 0.50059470810479334, 0.49940529189520672},
        {100800, 100000, 0.96291764950465164, 0.037082350495348339},
        {1e-08, 3, 2.6596151946973723e-13, 0.99999999999973399},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        near(rp_chi2_cdf(known[i].x, known[i].df), known[i].lower, 1e-13);
        near(rp_chi2_upper(known[i].x, known[i].df), known[i].upper, 1e-13);
    }
    near(rp_chi2_upper(700, 1), 2.9902269751246203e-154, 1e-12); /* the same; far out in the tail */
}

static void definition(void **state) {
    (void)state;
    for (double x = 0.05; x < 60; x *= 1.7) {
        near(rp_chi2_upper(x, 2), exp(-x / 2), 1e-14);                 /* exponential with mean 2 */
        near(rp_chi2_upper(x, 1), 2 * rp_normal_cdf(-sqrt(x)), 1e-13); /* the square of a normal number */
        near(rp_chi2_upper(x, 4), exp(-x / 2) * (1 + x / 2), 1e-13);   /* A & S 26.4.21 */
        for (double df = 0.3; df < 200; df *= 2.3) {                   /* A & S 26.4.8: from df to df + 2 */
            int sign = 0;
            double step = exp(df / 2 * log(x / 2) - x / 2 - lgamma_r(df / 2 + 1, &sign));
            double more = rp_chi2_upper(x, df + 2), less = rp_chi2_upper(x, df);
            assert_true(fabs(more - less - step) <= 1e-13);
            assert_true(fabs(rp_chi2_cdf(x, df) + less - 1) <= 1e-15);
        }
    }
}

static void ends(void **state) {
    (void)state;
    assert_true(rp_chi2_cdf(0, 3) == 0 && rp_chi2_upper(0, 3) == 1 && rp_chi2_upper(-2, 3) == 1);
    assert_true(rp_chi2_cdf(INFINITY, 3) == 1 && rp_chi2_upper(INFINITY, 3) == 0);
    assert_true(isnan(rp_chi2_cdf(1, 0)) && isnan(rp_chi2_cdf(NAN, 1)) && isnan(rp_chi2_upper(1, INFINITY)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(definition),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests_name("maths: the chi-square distribution", tests, NULL, NULL);
}
