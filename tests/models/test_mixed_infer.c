/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Likelihood-ratio tests, variance explained, predictions and conditional modes, against lme4 1.1-31 (R 4.2.2;
 * optimizer = "nloptwrap", xtol_abs = ftol_abs = 1e-12) and, for binomial models, glmmTMB 1.1.5. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "support/shared.h"

static void near(double ours, double theirs, double relative) {
    if (!(fabs(ours - theirs) <= relative * fabs(theirs)))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", sheet_numbers(&s, "Days"), true);
    model_factor(m, "Subject", subject, levels);
}

/* 0: (1 | Subject), 1: (Days || Subject), 2: (Days | Subject) */
static rp_mixed_fit *sleep_fit(model *m, int kind, bool reml, rp_arena *arena) {
    sleepstudy(m, arena);
    model_term(m, 0, kind == 2 ? 2 : 1, (size_t[]){0, 1});
    if (kind == 1)
        model_term(m, 0, 1, (size_t[]){1});
    m->spec.reml = reml;
    return model_fit(m);
}

static void ratio_tests(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m[3], no_days, reml[2];
    rp_error error;
    rp_mixed_fit *fit[3];
    for (int kind = 0; kind < 3; kind++)
        fit[kind] = sleep_fit(&m[kind], kind, false, arena);
    rp_mixed_ratio_test test;
    assert_true(rp_mixed_compare(fit[0], fit[1], &test, &error));
    near(test.chi2, 42.0753878653, 1e-7);  /* anova(m0, m1) */
    near(test.p, 8.78215848529e-11, 1e-5); /* the same */
    near(test.mixture, test.p / 2, 1e-15); /* one variance alone */
    assert_true(test.df == 1);             /* the same */
    assert_true(rp_mixed_compare(fit[1], fit[2], &test, &error));
    near(test.chi2, 0.0639106766848, 1e-5); /* anova(m1, m2) */
    near(test.p, 0.800418431977, 1e-5);     /* the same */
    assert_true(isnan(test.mixture));       /* a correlation of 0 is no boundary */
    assert_true(rp_mixed_compare(fit[0], fit[2], &test, &error));
    near(test.chi2, 42.139298542, 1e-7);   /* anova(m0, m2) */
    near(test.p, 7.07241254719e-10, 1e-5); /* the same */
    assert_true(test.df == 2 && isnan(test.mixture));
    sleepstudy(&no_days, arena);
    no_days.spec.n_fixed = 1;
    model_term(&no_days, 0, 2, (size_t[]){0, 1});
    rp_mixed_fit *without = model_fit(&no_days);
    assert_true(rp_mixed_compare(without, fit[2], &test, &error));
    near(test.chi2, 23.5365374979, 1e-7);  /* anova(Reaction ~ 1 + (Days | Subject), m2) */
    near(test.p, 1.22563995719e-06, 1e-5); /* the same */
    rp_mixed_fit *by_reml = sleep_fit(&reml[0], 0, true, arena), *with_slope = sleep_fit(&reml[1], 1, true, arena);
    assert_true(rp_mixed_compare(by_reml, with_slope, &test, &error));
    near(test.chi2, 42.7957918136, 1e-7);                          /* anova(refit = FALSE), both by REML */
    assert_false(rp_mixed_compare(fit[1], fit[0], &test, &error)); /* the wrong way about */
    assert_false(rp_mixed_compare(by_reml, fit[1], &test, &error));
    assert_non_null(strstr(error.message, "REML"));
    no_days.spec.reml = true;
    without = model_fit(&no_days);
    reml[1].spec.n_terms = 0;
    model_term(&reml[1], 0, 2, (size_t[]){0, 1});
    assert_false(rp_mixed_compare(without, model_fit(&reml[1]), &test, &error));
    assert_non_null(strstr(error.message, "different fixed effects"));
    m[0].rows.n -= 10;
    assert_false(rp_mixed_compare(model_fit(&m[0]), fit[1], &test, &error));
    assert_non_null(strstr(error.message, "same rows"));
    rp_arena_free(arena);
}

static void explained_and_predicted(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    rp_mixed_fit *fit = sleep_fit(&m, 2, true, arena);
    rp_mixed_explained r2 = rp_mixed_variance_explained(fit);
    /* R: vf <- var(X %*% fixef(m)); vr <- mean(diag(X %*% VarCorr(m)$Subject %*% t(X))); s2 <- sigma(m)^2 */
    near(r2.marginal, 0.27865203352, 1e-6);     /* vf / (vf + vr + s2) */
    near(r2.conditional, 0.799218905909, 1e-6); /* (vf + vr) / (vf + vr + s2) */
    const double day_5[] = {1, 5};
    rp_interval i;
    assert_true(rp_mixed_predict(fit, day_5, false, 0.95, &i, &m.error));
    near(i.estimate, 303.741534646, 1e-8); /* x <- c(1, 5); sum(x * fixef(m)) */
    near(i.lower, 284.96264544, 1e-7);     /* less qnorm(.975) * sqrt(x %*% vcov(m) %*% x) */
    near(i.upper, 322.520423853, 1e-7);    /* more of it */
    assert_true(rp_mixed_predict(fit, day_5, true, 0.95, &i, &m.error));
    near(i.lower, 209.100111389, 1e-6); /* with x %*% VarCorr(m)$Subject %*% x + s2 under the root */
    near(i.upper, 398.382957904, 1e-6); /* the same */
    rp_arena_free(arena);
}

static void modes(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    rp_mixed_fit *fit = sleep_fit(&m, 2, true, arena);
    double b[18 * 2], v[18 * 4];
    assert_true(rp_mixed_modes(fit, 0, b, v, arena, &m.error));
    near(b[0], 2.2585661716, 1e-4);   /* ranef(m, condVar = TRUE)$Subject["308", ] */
    near(b[1], 9.19897177661, 1e-5);  /* the same */
    near(b[2], -40.3985792786, 1e-5); /* "309" */
    near(b[3], -8.61970282629, 1e-5); /* the same */
    near(v[0], 145.7050974719, 1e-5); /* attr(, "postVar")[, , 1] */
    near(v[1], -21.4444255132, 1e-4); /* the same */
    near(v[3], 5.31227349911, 1e-4);  /* the same */
    assert_true(rp_mixed_modes(fit, 0, b, NULL, arena, &m.error));
    rp_arena_free(arena);
}

static void modes_where_factors_cross(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sheet s = sheet_read(shared_path("data/Penicillin.csv"), arena);
    uint32_t plates, samples, *plate = sheet_groups(&s, "plate", &plates),
                              *sample = sheet_groups(&s, "sample", &samples);
    model_begin(&m, arena, s.n, sheet_numbers(&s, "diameter"));
    model_factor(&m, "plate", plate, plates);
    model_factor(&m, "sample", sample, samples);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    m.spec.reml = true;
    rp_mixed_fit *fit = model_fit(&m);
    double b[24], v[24];
    assert_true(plates == 24 && samples == 6);
    assert_true(rp_mixed_modes(fit, 0, b, v, arena, &m.error));
    near(b[0], 0.804547037323, 1e-5);  /* ranef(m)$plate["a", ] */
    near(v[0], 0.0736359936239, 1e-5); /* its postVar */
    assert_true(rp_mixed_modes(fit, 1, b, v, arena, &m.error));
    near(b[0], 2.18705796644, 1e-5);   /* ranef(m)$sample["A", ] */
    near(v[0], 0.0408730320714, 1e-5); /* its postVar */
    rp_arena_free(arena);
}

static void binomial(void **state) {
    (void)state;
    /* glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), binomial(link)); the rest by the formulas
     * above, with size as weights: */
    static const struct {
        rp_mixed_family family;
        double marginal, conditional, estimate, lower, upper;
    } known[] = {{RP_MIXED_LOGIT, 0.08825566831, 0.1898378363, 0.0838719621, 0.047476814, 0.143950768},
                 {RP_MIXED_CLOGLOG, 0.1345723608, 0.2839937709, 0.0830649933, 0.0479127437, 0.142010887}};
    for (int k = 0; k < 2; k++) {
        rp_arena *arena = rp_arena_new(0);
        model m;
        sheet s = sheet_read(shared_path("data/cbpp.csv"), arena);
        uint32_t herds, *herd = sheet_groups(&s, "herd", &herds);
        model_begin(&m, arena, s.n, sheet_numbers(&s, "incidence"));
        m.rows.weights = sheet_numbers(&s, "size");
        double *period = sheet_numbers(&s, "period");
        static const char *const names[] = {"2", "3", "4"};
        for (int p = 2; p <= 4; p++) {
            double *is = rp_arena_take(arena, s.n, sizeof *is);
            for (size_t i = 0; i < s.n; i++)
                is[i] = period[i] == p;
            model_column(&m, names[p - 2], is, true);
        }
        model_factor(&m, "herd", herd, herds);
        model_term(&m, 0, 1, (size_t[]){0});
        m.spec.family = known[k].family;
        rp_mixed_fit *fit = model_fit(&m);
        rp_mixed_explained r2 = rp_mixed_variance_explained(fit);
        near(r2.marginal, known[k].marginal, 1e-4); /* glmmTMB stops within 1e-4 standard errors or so */
        near(r2.conditional, known[k].conditional, 1e-4);
        const double second[] = {1, 1, 0, 0};
        rp_interval i;
        assert_true(rp_mixed_predict(fit, second, false, 0.95, &i, &m.error));
        near(i.estimate, known[k].estimate, 1e-4);
        near(i.lower, known[k].lower, 1e-4);
        near(i.upper, known[k].upper, 1e-4);
        assert_false(rp_mixed_predict(fit, second, true, 0.95, &i, &m.error));
        rp_arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratio_tests), cmocka_unit_test(explained_and_predicted),
        cmocka_unit_test(modes),       cmocka_unit_test(modes_where_factors_cross),
        cmocka_unit_test(binomial),
    };
    return cmocka_run_group_tests_name("models: what a mixed model tells", tests, NULL, NULL);
}
