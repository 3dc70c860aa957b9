/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Omega, total and hierarchical: by its definition, by hand, errors by differences, and against R 4.2.2 with lavaan
 * 0.6-14, whose `:=` gives the same shares, written out in labels, with delta-method errors. The call stands above each
 * test. lavaan's own search ends about 1e-5 from its minimum in the parameters, so that values are held to 1e-5. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"
#include "models/sem_spec.h"

#define M RP_SEM_MEASURES
#define R RP_SEM_REGRESSES
#define V RP_SEM_COVARIES

/* A fit that has parameters and errors but no data. */
static rp_sem_fit made(built_sem *b, double *theta, double *vcov) {
    return (rp_sem_fit){.spec = &b->spec, .theta = theta, .vcov = vcov};
}

static rp_sem_omega omega(const rp_sem_fit *fit, size_t group, size_t general) {
    rp_arena *scratch = rp_arena_new(0);
    rp_sem_omega out;
    assert_non_null(scratch);
    assert_true(rp_sem_omega_of(fit, group, general, &out, scratch));
    rp_arena_free(scratch);
    return out;
}

/* ---- definition ------------------------------------------------------------------------------------------------ */

/* (sum lambda)^2 / ((sum lambda)^2 + sum theta): 2.1^2 / (2.1^2 + 1.4) of loadings .9, .8, .4, residuals .2, .4, .8. */
static void closed_form(void **state) {
    (void)state;
    built_sem b;
    sem_begin(&b, 3, 1, 1, false);
    for (size_t i = 0; i < 3; i++) {
        sem_free(&b, 0, M, 3, i);
        sem_free(&b, 0, V, i, i);
    }
    sem_fixed(&b, 0, V, 3, 3, 1);
    double theta[] = {0.9, 0.2, 0.8, 0.4, 0.4, 0.8}, vcov[36] = {0};
    vcov[0] = 0.04; /* of the first loading alone: its slope is 2 s T / (s^2 + T)^2, s = 2.1, T = 1.4 */
    rp_sem_fit fit = made(&b, theta, vcov);
    rp_sem_omega out = omega(&fit, 0, 0);
    near(out.total, 4.41 / 5.81, 1e-15);
    near(out.hierarchical, out.total, 1e-15); /* one factor is general and all */
    near(out.total_se, 0.2 * 2 * 2.1 * 1.4 / (5.81 * 5.81), 1e-15);
    near(out.hierarchical_se, out.total_se, 1e-15);
    out = omega(&fit, 0, SIZE_MAX);
    near(out.total, 4.41 / 5.81, 1e-15);
    assert_true(isnan(out.hierarchical) && isnan(out.hierarchical_se));
    vcov[0] = (double)NAN;
    assert_true(isnan(omega(&fit, 0, 0).total_se)); /* no error where a parameter has none */
}

/* Four variables, a general factor and two of two variables each; a residual covariance counts as residual. */
static void bifactor_by_hand(void **state) {
    (void)state;
    built_sem b;
    sem_begin(&b, 4, 3, 1, false);
    static const double general[] = {0.7, 0.6, 0.5, 0.8}, own[] = {0.3, 0.4, 0.5, 0.1};
    for (size_t i = 0; i < 4; i++) {
        sem_fixed(&b, 0, M, 4, i, general[i]);
        sem_fixed(&b, 0, M, 5 + i / 2, i, own[i]);
        sem_fixed(&b, 0, V, i, i, 0.5);
    }
    for (size_t i = 4; i < 7; i++)
        sem_fixed(&b, 0, V, i, i, 1);
    sem_fixed(&b, 0, V, 0, 3, 0.1);
    rp_sem_fit fit = made(&b, NULL, NULL);
    rp_sem_omega out = omega(&fit, 0, 0);
    double g = 2.6 * 2.6, specific = 0.7 * 0.7 + 0.6 * 0.6, residual = 4 * 0.5 + 2 * 0.1;
    near(out.total, (g + specific) / (g + specific + residual), 1e-15);
    near(out.hierarchical, g / (g + specific + residual), 1e-15);
    near(omega(&fit, 0, 2).hierarchical, 0.36 / (g + specific + residual), 1e-15);
    assert_true(out.total_se == 0); /* everything is fixed */
}

/* A latent variable above another, correlated ones, an observed one above an observed one, two groups: the error by
 * the delta method is that of differences. */
static void errors_by_differences(void **state) {
    (void)state;
    built_sem b;
    sem_begin(&b, 5, 3, 2, true);
    for (size_t g = 0; g < 2; g++) {
        for (size_t i = 0; i < 4; i++)
            sem_free(&b, g, M, 5 + i / 2, i);
        sem_free(&b, g, M, 7, 5);
        sem_free(&b, g, R, 6, 7);
        sem_free(&b, g, R, 6, 5);
        sem_free(&b, g, R, 4, 0);
        for (size_t i = 0; i < 8; i++)
            sem_free(&b, g, V, i, i);
        sem_free(&b, g, V, 5, 6);
        sem_free(&b, g, V, 1, 2);
    }
    enum { MOST_PARAMETERS = 64 };
    double theta[MOST_PARAMETERS], vcov[MOST_PARAMETERS * MOST_PARAMETERS] = {0};
    size_t n = b.spec.n_parameters;
    assert_true(n <= MOST_PARAMETERS);
    for (size_t i = 0; i < n; i++)
        theta[i] = 0.5 + 0.03 * (double)(i * i % 11);
    rp_sem_fit fit = made(&b, theta, vcov);
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        vcov[i * n + i] = 1; /* the error is the slope's size */
        rp_sem_omega at = omega(&fit, 1, 2);
        vcov[i * n + i] = 0;
        double kept = theta[i], step = 1e-5;
        theta[i] = kept + step;
        rp_sem_omega above = omega(&fit, 1, 2);
        theta[i] = kept - step;
        rp_sem_omega below = omega(&fit, 1, 2);
        theta[i] = kept;
        /* differences: 1e-10 of their own square step, 1e-11 of rounding over it */
        near(at.total_se, fabs(above.total - below.total) / (2 * step), 1e-9);
        near(at.hierarchical_se, fabs(above.hierarchical - below.hierarchical) / (2 * step), 1e-9);
        most = fmax(most, at.hierarchical_se);
        if (i < n / 2)
            assert_true(at.total_se == 0); /* another group's */
    }
    assert_true(most > 0.01);
}

/* ---- against lavaan ------------------------------------------------------------------------------------------------
 */

/* cfa("N =~ a*N1+b*N2+c*N3+d*N4+e*N5; N1~~t1*N1; ...; N5~~t5*N5
 *      omega := (a+b+c+d+e)^2/((a+b+c+d+e)^2+t1+t2+t3+t4+t5)", bfi, std.lv = TRUE, missing = "fiml") */
static void one_factor(void **state) {
    (void)state;
    sem_case c = data("data/bfi.csv");
    c.rules.means = c.rules.std_lv = true;
    c.layout.missing = RP_SEM_FIML;
    rp_sem_fit *fit = fitted(&c, "N =~ N1 + N2 + N3 + N4 + N5");
    rp_sem_omega out = omega(fit, 0, 0);
    near(out.total, 0.8133791693, 1e-6);
    near(out.total_se, 0.0056253522, 1e-6);
    near(out.hierarchical, out.total, 1e-14);
    rp_arena_free(c.arena);
}

/* cfa("visual =~ 1*x1+v2*x2+v3*x3; textual =~ 1*x4+t2*x5+t3*x6; speed =~ 1*x7+s2*x8+s3*x9
 *      g =~ 1*visual+gt*textual+gs*speed; x1~~e1*x1; ...; x9~~e9*x9
 *      g~~pg*g; visual~~pv*visual; textual~~pt*textual; speed~~ps*speed
 *      lv := 1+v2+v3; lt := 1+t2+t3; ls := 1+s2+s3; eg := (lv+gt*lt+gs*ls)^2*pg
 *      lat := eg+lv^2*pv+lt^2*pt+ls^2*ps; all := lat+e1+...+e9; total := lat/all; hier := eg/all",
 *     HolzingerSwineford1939) */
static void second_order(void **state) {
    (void)state;
    sem_case c = data("data/HolzingerSwineford1939.csv");
    rp_sem_fit *fit = fitted(&c, "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9\n"
                                 "g =~ visual + textual + speed");
    assert_string_equal(c.spec->latent[3], "g");
    rp_sem_omega out = omega(fit, 0, 3);
    near(out.total, 0.8453349991, 1e-5);
    near(out.total_se, 0.0135968899, 1e-5);
    near(out.hierarchical, 0.5542955230, 1e-5);
    near(out.hierarchical_se, 0.0428696893, 1e-5);
    rp_arena_free(c.arena);
}

/* cfa("G =~ g1*w1+...+g12*w12; T =~ s1*w1+...+s4*w4; B =~ s5*w5+...; L =~ s9*w9+...; w1~~e1*w1; ...
 *      eg := (g1+...+g12)^2; lat := eg+(s1+...+s4)^2+(s5+...+s8)^2+(s9+...+s12)^2; all := lat+e1+...+e12
 *      total := lat/all; hier := eg/all", wai_miss_1000, missing = "fiml", std.lv = TRUE, orthogonal = TRUE) */
static void bifactor(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = c.rules.std_lv = c.rules.orthogonal = true;
    c.layout.missing = RP_SEM_FIML;
    rp_sem_fit *fit = fitted(&c, "G =~ w1+w2+w3+w4+w5+w6+w7+w8+w9+w10+w11+w12; T =~ w1+w2+w3+w4; B =~ w5+w6+w7+w8\n"
                                 "L =~ w9+w10+w11+w12");
    near(fit->chisq, 46.9750251982, 1e-4);
    rp_sem_omega out = omega(fit, 0, 0);
    near(out.total, 0.8847851496, 1e-5);
    near(out.total_se, 0.0057313183, 1e-5);
    near(out.hierarchical, 0.7134168962, 1e-5);
    near(out.hierarchical_se, 0.0167721845, 1e-5);
    rp_arena_free(c.arena);
}

/* cfa("v =~ c(a1,b1)*x1+c(a2,b2)*x2+c(a3,b3)*x3+c(a4,b4)*x4; x1~~c(e1,f1)*x1; ...; x4~~c(e4,f4)*x4; x1~~c(r,q)*x4
 *      two := (b1+b2+b3+b4)^2/((b1+b2+b3+b4)^2+f1+f2+f3+f4+2*q)",
 *     HolzingerSwineford1939, group = "school", std.lv = TRUE) */
static void second_group(void **state) {
    (void)state;
    sem_case c = data("data/HolzingerSwineford1939.csv");
    c.group = "school";
    c.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    c.layout.n_groups = 2;
    c.rules.std_lv = true;
    rp_sem_fit *fit = fitted(&c, "v =~ x1 + x2 + x3 + x4; x1 ~~ x4");
    rp_sem_omega out = omega(fit, 1, 0);
    near(out.total, 0.6552644477, 1e-5);
    near(out.total_se, 0.0527758302, 1e-5);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_form),  cmocka_unit_test(bifactor_by_hand), cmocka_unit_test(errors_by_differences),
        cmocka_unit_test(one_factor),   cmocka_unit_test(second_order),     cmocka_unit_test(bifactor),
        cmocka_unit_test(second_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
