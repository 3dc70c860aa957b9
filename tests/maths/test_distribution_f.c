/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantile of F: against R 4.2.2 qf(), and by what defines it. */
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
    near(rp_f_quantile(0.975, 9, 9), 4.0259941582829777, 1e-13);     /* qf(.975, 9, 9) */
    near(rp_f_quantile(0.975, 35, 3.7), 9.5488771074062235, 1e-13);  /* qf(.975, 35, 3.7) */
    near(rp_f_quantile(0.5, 1, 5), 0.52807376895262048, 1e-13);      /* qf(.5, 1, 5) */
    near(rp_f_quantile(0.05, 12, 2.5), 0.27340199465775816, 1e-13);  /* qf(.05, 12, 2.5) */
    near(rp_f_quantile(0.995, 1.2, 400), 7.1586602735249647, 1e-13); /* qf(.995, 1.2, 400) */
}

static void definition(void **state) {
    (void)state;
    const double freedom[] = {0.7, 1, 2.3, 8, 56, 3000}, chance[] = {1e-8, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++)
            for (size_t c = 0; c < 7; c++) {
                double d1 = freedom[i], d2 = freedom[j], f = rp_f_quantile(chance[c], d1, d2);
                assert_true(f > 0 && isfinite(f));
                /* P(F < f) = I_x(d1/2, d2/2) (Abramowitz & Stegun 26.6.2); each from the side that keeps its digits */
                double lower = rp_beta_inc(1 / (1 + d2 / (d1 * f)), d1 / 2, d2 / 2);
                double upper = rp_beta_inc(1 / (1 + d1 * f / d2), d2 / 2, d1 / 2);
                near(chance[c] < 0.5 ? lower : upper, chance[c] < 0.5 ? chance[c] : 1 - chance[c], 1e-9);
            }
    for (size_t c = 0; c < 7; c++) { /* F with 1 and d degrees of freedom is t squared */
        double t = rp_t_quantile(0.5 + chance[c] / 2, 11);
        near(rp_f_quantile(chance[c], 1, 11), t * t, 1e-7); /* 0.5 + 5e-9 keeps eight digits of the rest */
    }
}

static void what_is_no_quantile(void **state) {
    (void)state;
    assert_true(isnan(rp_f_quantile(0, 3, 3)) && isnan(rp_f_quantile(1, 3, 3)) && isnan(rp_f_quantile(NAN, 3, 3)));
    assert_true(isnan(rp_f_quantile(0.5, 0, 3)) && isnan(rp_f_quantile(0.5, 3, NAN)));
    assert_true(isnan(rp_f_quantile(0.5, INFINITY, 3)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(definition),
        cmocka_unit_test(what_is_no_quantile),
    };
    return cmocka_run_group_tests_name("maths: the quantile of F", tests, NULL, NULL);
}
