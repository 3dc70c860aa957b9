/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects from raw figures: against R 4.2.2 with metafor 3.8-1, whose escalc() call stands beside each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/meta_case.h"

static void gives(rp_meta_measure measure, const double *figures, double y, double v) {
    rp_meta_effect e = rp_meta_effect_of(measure, figures);
    if (e.trouble)
        fail_msg("%s: %s", rp_meta_measure_name(measure), e.trouble);
    near(e.y, y, 1e-13);
    near(e.v, v, 1e-13);
}

/* escalc("COR", ri = .35, ni = 40); ("ZCOR", ri = -.35, ni = 40); ("ZCOR", ri = 2.5 / sqrt(2.5^2 + 48), ni = 50);
 * ("ZCOR", ri = -sqrt(6.1) / sqrt(6.1 + 48), ni = 50) */
static void correlations(void **state) {
    (void)state;
    gives(RP_META_COR, (double[]){.35, 40}, .35, .019743750000000004);
    gives(RP_META_ZCOR, (double[]){-.35, 40}, -.365443754271396193, .027027027027027029);
    gives(RP_META_ZCOR_T, (double[]){2.5, 50}, .353439255470898606, .021276595744680851);
    gives(RP_META_ZCOR_F, (double[]){6.1, 50, -1}, -.349338611693204404, .021276595744680851);
}

/* escalc("MD" and "SMD", m1i = 21.4, sd1i = 8.1, n1i = 30, m2i = 15.2, sd2i = 9.3, n2i = 27); ("SMD", m1i = 4, sd1i =
 * 1.5, n1i = 3, m2i = 2, sd2i = .7, n2i = 2); ("SMD", ti = 2.2, n1i = 30, n2i = 27); ti = -sqrt(3.8), n1i = 12, n2i = 9
 */
static void means(void **state) {
    (void)state;
    const double figures[] = {21.4, 8.1, 30, 15.2, 9.3, 27};
    gives(RP_META_MD, figures, 6.1999999999999993, 5.3903333333333334);
    gives(RP_META_SMD, figures, .703848520383166143, .074716008437436782);
    gives(RP_META_SMD, (double[]){4, 1.5, 3, 2, .7, 2}, 1.1221209258276392, .9592488705513611);
    gives(RP_META_SMD_T, (double[]){2.2, 30, 27}, .575602440523543590, .073276670103148075);
    gives(RP_META_SMD_F, (double[]){3.8, 12, 9, -1}, -.82512594591372945, .21065474984015933);
}

/* escalc("SMCC" and "SMCR", m1i = 21.4, m2i = 15.2, sd1i = 8.1, sd2i = 9.3, ni = 30, ri = .5) */
static void changes(void **state) {
    (void)state;
    const double figures[] = {21.4, 15.2, 8.1, 9.3, 30, .5};
    gives(RP_META_SMCC, figures, .689126783840849466, .041248262070113881);
    gives(RP_META_SMCR, figures, .745435173395024298, .042594559962241166);
}

/* escalc("OR" and "RR", ai = 12, n1i = 40, ci = 20, n2i = 38); ("OR", ai = 0, n1i = 40, ci = 7, n2i = 38); ("RR", ai =
 * 5, n1i = 5, ci = 7, n2i = 38) */
static void event_counts(void **state) {
    (void)state;
    gives(RP_META_OR, (double[]){12, 40, 20, 38}, -.95265837604502968, .22460317460317461);
    gives(RP_META_OR, (double[]){0, 40, 7, 38}, -2.9593646293831157, 2.1897707231040564);
    gives(RP_META_RR, (double[]){12, 40, 20, 38}, -.562118918153541314, .082017543859649128);
    gives(RP_META_RR, (double[]){5, 5, 7, 38}, 1.56164724859775172, .12284382284382286);
}

static void added(void **state) {
    (void)state;
    assert_true(rp_meta_effect_of(RP_META_OR, (double[]){0, 40, 7, 38}).added);
    assert_true(rp_meta_effect_of(RP_META_RR, (double[]){5, 5, 7, 38}).added);
    assert_false(rp_meta_effect_of(RP_META_OR, (double[]){12, 40, 20, 38}).added);
}

static void refuses(rp_meta_measure measure, const double *figures, const char *why) {
    rp_meta_effect e = rp_meta_effect_of(measure, figures);
    assert_non_null(e.trouble);
    assert_string_equal(e.trouble, why);
    assert_true(isnan(e.y) && isnan(e.v));
}

static void bad_figures(void **state) {
    (void)state;
    refuses(RP_META_ZCOR, (double[]){1.2, 40}, "a correlation lies between -1 and 1");
    refuses(RP_META_ZCOR, (double[]){1, 40}, "a correlation of 1 or -1 has no Fisher's z");
    refuses(RP_META_COR, (double[]){1, 40}, "a correlation of 1 or -1 has no sampling variance");
    refuses(RP_META_ZCOR, (double[]){.2, 3}, "Fisher's z needs more than 3 people");
    refuses(RP_META_ZCOR, (double[]){.2, NAN}, "a figure is missing");
    refuses(RP_META_ZCOR_F, (double[]){-2, 40, 1}, "F is 0 or more, and its sign 1 or -1");
    refuses(RP_META_SMD_F, (double[]){2, 40, 40, 0}, "F is 0 or more, and its sign 1 or -1");
    refuses(RP_META_SMD, (double[]){2, 0, 20, 1, 0, 20}, "the standard deviation is not above 0");
    refuses(RP_META_SMD, (double[]){2, -3, 20, 1, 3, 20}, "the standard deviation is not above 0");
    refuses(RP_META_SMD, (double[]){2, 3, 1, 1, 3, 1}, "two groups of together more than 3 people are needed");
    refuses(RP_META_MD, (double[]){2, 3, 0, 1, 3, 4}, "a group has nobody");
    refuses(RP_META_SMCC, (double[]){2, 1, 3, 3, 20, 1}, "the standard deviation is not above 0");
    refuses(RP_META_SMCR, (double[]){1, 1, 3, 3, 20, 1}, "its sampling variance is 0");
    refuses(RP_META_SMCR, (double[]){2, 1, 3, 3, 2, .5}, "a standardised change needs more than 2 people");
    refuses(RP_META_OR, (double[]){5, 4, 1, 9}, "events are from 0 to as many as there are people");
}

/* By definition: t of a correlation, and of two means with the pooled variance. */
static void from_tests(void **state) {
    (void)state;
    double r = .35, n = 40, t = r * sqrt((n - 2) / (1 - r * r));
    rp_meta_effect direct = rp_meta_effect_of(RP_META_ZCOR, (double[]){r, n});
    gives(RP_META_ZCOR_T, (double[]){t, n}, direct.y, direct.v);
    gives(RP_META_ZCOR_F, (double[]){t * t, n, -1}, -direct.y, direct.v);
    double s1 = 8.1, s2 = 9.3, n1 = 30, n2 = 27, pooled = sqrt((29 * s1 * s1 + 26 * s2 * s2) / 55);
    double t2 = 6.2 / (pooled * sqrt(1 / n1 + 1 / n2));
    direct = rp_meta_effect_of(RP_META_SMD, (double[]){21.4, s1, n1, 15.2, s2, n2});
    gives(RP_META_SMD_T, (double[]){t2, n1, n2}, direct.y, direct.v);
    gives(RP_META_SMD_F, (double[]){t2 * t2, n1, n2, 1}, direct.y, direct.v);
}

static void names(void **state) {
    (void)state;
    const char *const *figures;
    assert_int_equal(rp_meta_measure_figures(RP_META_SMD_F, &figures), 4);
    assert_string_equal(figures[3], "sign");
    for (int m = 0; m < RP_META_MEASURES; m++) {
        assert_non_null(rp_meta_measure_name((rp_meta_measure)m));
        assert_in_range(rp_meta_measure_figures((rp_meta_measure)m, NULL), 2, RP_META_MOST_FIGURES);
    }
    rp_interval r = rp_meta_z_to_r((rp_interval){.2855, .2621, .3088, .95});
    near(r.estimate, .277987775793, 1e-11); /* tanh(.2855) */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(correlations), cmocka_unit_test(means),
                                       cmocka_unit_test(changes),      cmocka_unit_test(event_counts),
                                       cmocka_unit_test(added),        cmocka_unit_test(bad_figures),
                                       cmocka_unit_test(from_tests),   cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
