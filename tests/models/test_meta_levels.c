/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of studies and effects, and errors by cluster, against R 4.2.2 with metafor 3.8-1 and clubSandwich 0.5.8:
 * rma.mv(yi, V, random = ~ 1 | study/effect). Its optimiser ends some 1e-7 from the summit, so that the numbers
 * recorded are those of the same log-likelihood after six Newton steps from there with derivatives by numDeriv 2016.8:
 * those derivatives leave the variances some 1e-8 unsure. robust() is that of rma.mv(..., sigma2 = <the variances
 * found>). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/meta_case.h"

typedef struct wanted {
    double beta, se, effect, study, log_lik, q;
} wanted;

/* Of the first coefficient. */
static void fits(const rp_meta_fit *fit, const wanted *e) {
    assert_int_equal(fit->status, RP_META_CONVERGED);
    same(fit->beta[0].estimate, e->beta);
    same(fit->beta[0].se, e->se);
    near(fit->tau2, e->effect, 5e-8 * e->effect);
    near(fit->tau2_study, e->study, 5e-8 * e->study);
    near(fit->log_lik, e->log_lik, 1e-11 * fabs(e->log_lik));
    same(fit->q, e->q);
    assert_true(fit->max_gradient < 1e-6);
}

/* escalc("ZCOR", ri = r, ni = n), random = ~ 1 | id/es; V = vi, then vcalc(vi, cluster = id, obs = es, rho = .6) */
static void positive_regard(void **state) {
    (void)state;
    meta_case *c = meta_correlations("data/mac_positive_regard_effects.csv", RP_META_ZCOR, "r", "n");
    meta_studies(c, "id");
    rp_meta_fit *fit = meta_fit(c);
    assert_int_equal(fit->studies, 15);
    fits(fit, &(wanted){.275457387157239, .0597031272488295, .00788254297143371, .03609177009868431, 41.2407788022388,
                        267.9522507361824});
    near(fit->bic, -68.6361960539536, 1e-9);
    near(tanh(fit->beta[0].estimate), .26870, 5e-6); /* as the data's description has it */
    c->spec.correlation = .6;
    fits(meta_fit(c), &(wanted){.23996082095395, .0527495058597225, .0129649848846318, .0166448964816127,
                                42.3341560110686, 483.4446638360807});
    c->spec.effect = false; /* random = ~ 1 | id */
    fit = meta_fit(c);
    near(fit->log_lik, -67.7087741882992, 1e-9);
    near(fit->tau2_study, .0229984043888474, 1e-6);
    rp_arena_free(c->arena);
}

static meta_case *delinquency(void) {
    meta_case *c = meta_file("data/metadat_assink2016.csv", "yi", "vi", NULL);
    meta_studies(c, "study");
    return c;
}

/* Whole numbers of studies, as they stand in the data. */
static rp_meta_robust robust(meta_case *c, const rp_meta_fit *fit, rp_meta_robust_kind kind) {
    rp_meta_robust out;
    rp_error error = {0};
    uint32_t levels;
    uint32_t *cluster = sheet_groups(&c->sheet, "study", &levels);
    if (!rp_meta_robust_errors(fit, kind, cluster, c->arena, &out, &error))
        fail_msg("%s", error.message);
    assert_int_equal(out.clusters, 17);
    return out;
}

/* yi, vi, random = ~ 1 | study/esid; robust(m, cluster = study), clubSandwich = TRUE; method = "ML" */
static void assink(void **state) {
    (void)state;
    meta_case *c = delinquency();
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.426799357047872, .118429195102481, .111991999189289, .187870254408396, -73.632705440299,
                        809.4611281562985});
    rp_meta_robust one = robust(c, fit, RP_META_CR1), two = robust(c, fit, RP_META_CR2);
    same(one.beta[0].se, .11830453153958084);
    same(one.beta[0].lower, .17600495371522623);
    same(one.beta[0].upper, .67759376038051733);
    same(one.beta[0].p, .00236083348920862);
    assert_true(one.beta[0].df == 16);
    same(two.beta[0].se, .11864960020165091);
    same(two.beta[0].df, 15.44761581702743669);
    same(two.beta[0].p, .00253426916123508);
    same(two.beta[0].lower, .17454047409739021);
    same(two.beta[0].upper, .67905823999835335);
    assert_true(isnan(two.qm));
    c->spec.method = RP_META_ML;
    fits(meta_fit(c), &(wanted){.426647112944503, .114922968892946, .111572322600875, .17454514891912,
                                -74.7055994434951, 809.4611281562985});
    rp_arena_free(c->arena);
}

/* mods = ~ pubstatus + year */
static void moderators(void **state) {
    (void)state;
    meta_case *c = delinquency();
    meta_column(c, "pubstatus", sheet_numbers(&c->sheet, "pubstatus"));
    meta_column(c, "year", sheet_numbers(&c->sheet, "year"));
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.7671533263174912, .2624265187281296, .113523676764765, .121195084861117, -68.2589935344166,
                        542.1606844432633});
    same(fit->beta[1].estimate, -.3976773160327038);
    same(fit->beta[2].se, .0174435725657949);
    near(fit->qm, 7.934113490839893, 1e-5); /* of rma.mv() itself */
    rp_meta_robust one = robust(c, fit, RP_META_CR1), two = robust(c, fit, RP_META_CR2);
    static const double se1[] = {.2276296074488782, .2650506069425492, .02554902241822},
                        se2[] = {.3236179995225595, .3517591226124699, .0271481291920138},
                        df[] = {1.0132494432585477, 1.3802814142417708, 6.4027126340311797};
    for (size_t j = 0; j < 3; j++) {
        same(one.beta[j].se, se1[j]);
        same(two.beta[j].se, se2[j]);
        same(two.beta[j].df, df[j]);
    }
    same(one.qm, 4.2507813149076261);
    same(one.qm_p, .0360917131804294);
    rp_arena_free(c->arena);
}

/* rma(yi, vi, mods = ~ pubstatus + year, control = list(threshold = 1e-15)): effects apart, errors by study */
static void one_level(void **state) {
    (void)state;
    meta_case *c = delinquency();
    c->spec.study = false;
    c->rows.study = NULL;
    meta_column(c, "pubstatus", sheet_numbers(&c->sheet, "pubstatus"));
    meta_column(c, "year", sheet_numbers(&c->sheet, "year"));
    rp_meta_fit *fit = meta_fit(c);
    rp_meta_robust one = robust(c, fit, RP_META_CR1), two = robust(c, fit, RP_META_CR2);
    same(two.beta[0].se, .2402755893581504);
    same(two.beta[1].se, .3043687653183206);
    same(two.beta[2].se, .0270821854359091);
    same(two.beta[0].df, 1.2563048377698345);
    same(two.beta[2].df, 5.0411716373494624);
    same(one.beta[0].se, .164706209257491);
    same(one.beta[2].se, .0249205157042966);
    same(one.qm, 25.4235303300974);
    same(one.qm_p, 2.1860705889142e-05);
    rp_arena_free(c->arena);
}

/* 587 effects, alone and with mods = ~ x1 + x2; A3's clubSandwich numbers */
static void many(void **state) {
    (void)state;
    meta_case *c = meta_file("bench/data/meta_295.csv", "yi", "vi", NULL);
    meta_studies(c, "study");
    fits(meta_fit(c), &(wanted){.274473510556303, .0094188235603872, .00296126683199161, .01629936306192306,
                                208.5291953865, 1786.994377926076});
    meta_column(c, "x1", sheet_numbers(&c->sheet, "x1"));
    meta_column(c, "x2", sheet_numbers(&c->sheet, "x2"));
    rp_meta_fit *fit = meta_fit(c);
    near(fit->log_lik, 213.393933439068, 1e-9);
    same(fit->beta[1].estimate, .0224164558137879);
    same(fit->beta[2].se, .01252418313064673);
    rp_meta_robust two;
    rp_error error;
    assert_true(rp_meta_robust_errors(fit, RP_META_CR2, c->rows.study, c->arena, &two, &error));
    static const double se[] = {.01050983, .00903742, .01325737}, df[] = {221.4354, 89.4808, 137.3298};
    for (size_t j = 0; j < 3; j++) {
        near(two.beta[j].se, se[j], 1e-8); /* as many digits as are recorded */
        near(two.beta[j].df, df[j], 1e-4);
    }
    rp_arena_free(c->arena);
}

/* By definition: with one effect a study, and errors by effect, CR1 is HC0 times k / (k - p); what a model of one level
 * tells does not change when each effect is called a study. */
static void one_effect_a_study(void **state) {
    (void)state;
    const double y[] = {.2, .5, -.1, .4, .35}, v[] = {.04, .02, .05, .03, .04};
    meta_case *c = meta_new(5, y, v), *d = meta_new(5, y, v);
    const uint32_t study[] = {4, 0, 1, 3, 2};
    d->rows.study = study;
    d->spec.study = true;
    d->spec.effect = false;
    rp_meta_fit *effect = meta_fit(c), *between = meta_fit(d);
    same(effect->tau2, between->tau2_study);
    same(effect->log_lik, between->log_lik);
    rp_meta_robust out;
    rp_error error;
    assert_true(rp_meta_robust_errors(effect, RP_META_CR1, study, c->arena, &out, &error));
    double sum = 0, total = 0;
    for (size_t i = 0; i < 5; i++) {
        double w = 1 / (v[i] + effect->tau2), e = y[i] - effect->beta[0].estimate;
        sum += w * e * w * e;
        total += w;
    }
    near(out.beta[0].se, sqrt(sum * 5 / 4) / total, 1e-12);
    rp_arena_free(c->arena);
    rp_arena_free(d->arena);
}

static void bad_clusters(void **state) {
    (void)state;
    const double y[] = {.2, .5, -.1, .4}, v[] = {.04, .02, .05, .03};
    meta_case *c = meta_new(4, y, v);
    c->rows.study = (const uint32_t[]){0, 0, 1, 1};
    c->spec.correlation = .5;
    rp_meta_fit *fit = meta_fit(c);
    rp_meta_robust out;
    rp_error error = {0};
    assert_false(rp_meta_robust_errors(fit, RP_META_CR2, (const uint32_t[]){0, 1, 2, 2}, c->arena, &out, &error));
    assert_non_null(strstr(error.message, "one study lie in different clusters"));
    assert_false(rp_meta_robust_errors(fit, RP_META_CR2, (const uint32_t[]){7, 7, 7, 7}, c->arena, &out, &error));
    assert_non_null(strstr(error.message, "1 cluster for 1 coefficient"));
    rp_arena_free(c->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(positive_regard),
                                       cmocka_unit_test(assink),
                                       cmocka_unit_test(moderators),
                                       cmocka_unit_test(one_level),
                                       cmocka_unit_test(one_effect_a_study),
                                       cmocka_unit_test(bad_clusters),
                                       cmocka_unit_test(many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
