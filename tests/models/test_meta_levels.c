/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of studies and effects, and errors by cluster, against R 4.2.2 with metafor 3.8-1 and clubSandwich 0.5.8. The
 * optimiser of rma.mv(yi, V, random = ~ 1 | study/effect) ends some 1e-7 from the summit. So the numbers are those of
 * rma.mv(..., sigma2 = s), s being where the score is 0: P is made from that fit's M and X, Z from its Z.S, and
 * Newton's steps by -1/2 [tr P ZZ' - y'P ZZ'P y] (ML: V^-1 in the trace) go on until they are below 1e-14 of s. CR1:
 * robust(m, cluster); CR2: coef_test(m, vcov = vcovCR(m, cluster, type = "CR2"), test = "Satterthwaite"). */
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
    same(fit->tau2, e->effect);
    same(fit->tau2_study, e->study);
    same(fit->log_lik, e->log_lik);
    same(fit->q, e->q);
    assert_true(fit->max_gradient < 1e-6);
}

static rp_meta_robust robust_by(meta_case *c, const char *column, const rp_meta_fit *fit, rp_meta_robust_kind kind) {
    rp_meta_robust out;
    rp_error error = {0};
    uint32_t levels;
    uint32_t *cluster = sheet_groups(&c->sheet, column, &levels);
    if (!rp_meta_robust_errors(fit, kind, cluster, c->arena, &out, &error))
        fail_msg("%s", error.message);
    assert_int_equal(out.clusters, levels);
    return out;
}

/* What errors by cluster are to be: the error by CR1, by CR2, and Satterthwaite's degrees of freedom. */
typedef struct wanted_errors {
    double cr1, cr2, df;
} wanted_errors;

static void has_errors(meta_case *c, const char *column, const rp_meta_fit *fit, const wanted_errors *e) {
    rp_meta_robust one = robust_by(c, column, fit, RP_META_CR1), two = robust_by(c, column, fit, RP_META_CR2);
    for (size_t j = 0; j < fit->p; j++) {
        same(one.beta[j].se, e[j].cr1);
        same(two.beta[j].se, e[j].cr2);
        same(two.beta[j].df, e[j].df);
    }
}

/* escalc("ZCOR", ri = r, ni = n), random = ~ 1 | id/es; by ML; V = vcalc(vi, cluster = id, obs = es, rho = .6); the
 * same with random = ~ 1 | id */
static void positive_regard(void **state) {
    (void)state;
    meta_case *c = meta_correlations("data/mac_positive_regard_effects.csv", RP_META_ZCOR, "r", "n");
    meta_studies(c, "id");
    rp_meta_fit *fit = meta_fit(c);
    assert_int_equal(fit->studies, 15);
    fits(fit, &(wanted){.2754573871374482, .05970312722901522, .00788254297189196, .03609177006647218,
                        41.24077880223881, 267.9522507361824});
    near(fit->bic, -68.6361960539536, 1e-9);      /* BIC(rma.mv()), its variances counted */
    same(fit->tau2_study_se, .01939996747941049); /* of Fisher's information there */
    same(fit->tau2_se, .002322147538892328);
    near(tanh(fit->beta[0].estimate), .26870, 5e-6); /* as the data's description has it */
    has_errors(c, "id", fit, (wanted_errors[]){{.05947554286535058, .05945786032493922, 12.5608076079954}});
    c->spec.method = RP_META_ML;
    fits(meta_fit(c), &(wanted){.2722704927800978, .05666984990494889, .007887908673102685, .0313386804022044,
                                40.85392556207005, 267.9522507361824});
    c->spec.method = RP_META_REML;
    c->spec.correlation = .6;
    fit = meta_fit(c);
    fits(fit, &(wanted){.2399608209668172, .05274950586747793, .0129649848855548, .01664489649087393, 42.33415601106872,
                        483.4446638360807});
    has_errors(c, "id", fit, (wanted_errors[]){{.05219569341238899, .05266901880881769, 10.6247888087507}});
    c->spec.effect = false;
    fits(meta_fit(c), &(wanted){.2477529232274977, .05480713874011905, 0, .02299840372417935, -67.70877418829923,
                                483.4446638360807});
    rp_arena_free(c->arena);
}

/* mods = ~ Perspective: of patients, of researchers, of therapists */
static void perspectives(void **state) {
    (void)state;
    meta_case *c = meta_correlations("data/mac_positive_regard_effects.csv", RP_META_ZCOR, "r", "n");
    double *by[2];
    static const char *const whose[] = {"R", "T"};
    for (size_t j = 0; j < 2; j++) {
        by[j] = rp_arena_take(c->arena, c->sheet.n, sizeof *by[j]);
        for (size_t i = 0; i < c->sheet.n; i++)
            by[j][i] = strcmp(sheet_text(&c->sheet, i, "Perspective"), whose[j]) == 0;
        meta_column(c, whose[j], by[j]);
    }
    meta_studies(c, "id");
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.2730215396450918, .07659702032529817, .007935122135972529, .04231420147916493,
                        41.01049547277609, 255.290691415989});
    same(fit->beta[1].estimate, .03048745642209488);
    same(fit->beta[1].se, .1345023663795827);
    same(fit->beta[2].estimate, -.03498787762423784);
    same(fit->beta[2].se, .1310260856723336);
    same(fit->qm, .144730739711076);
    same(fit->qm_p, .9301909699753379);
    has_errors(c, "id", fit,
               (wanted_errors[]){{.05281414031395765, .04884248101411044, 8.3106916946276},
                                 {.1590446657475427, .1597552411331197, 7.60855769565147},
                                 {.06030009535679205, .07833383968063662, 1.569881203391471}});
    rp_arena_free(c->arena);
}

static meta_case *delinquency(void) {
    meta_case *c = meta_file("data/metadat_assink2016.csv", "yi", "vi", NULL);
    meta_studies(c, "study");
    return c;
}

/* yi, vi, random = ~ 1 | study/esid; robust(m, cluster = study), clubSandwich = TRUE; method = "ML" */
static void assink(void **state) {
    (void)state;
    meta_case *c = delinquency();
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.4267993570486589, .1184291951053537, .1119919991954316, .1878702544179377, -73.63270544029902,
                        809.4611281562985});
    rp_meta_robust one = robust_by(c, "study", fit, RP_META_CR1), two = robust_by(c, "study", fit, RP_META_CR2);
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
    fits(meta_fit(c), &(wanted){.4266471129451938, .1149229688972485, .1115723226057511, .1745451489340474,
                                -74.70559944349509, 809.4611281562985});
    rp_arena_free(c->arena);
}

/* mods = ~ pubstatus + year */
static void moderators(void **state) {
    (void)state;
    meta_case *c = delinquency();
    meta_column(c, "pubstatus", sheet_numbers(&c->sheet, "pubstatus"));
    meta_column(c, "year", sheet_numbers(&c->sheet, "year"));
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.7671533263189287, .2624265187256596, .1135236767689431, .121195084858031, -68.25899353441659,
                        542.1606844432633});
    same(fit->beta[1].estimate, -.3976773160327038);
    same(fit->beta[2].se, .0174435725657949);
    same(fit->beta[1].se, .2841210314386223);
    same(fit->beta[2].estimate, -.04014267988092584);
    same(fit->qm, 7.934111955419354);
    same(fit->qm_p, .01892907881386422);
    rp_meta_robust one = robust_by(c, "study", fit, RP_META_CR1), two = robust_by(c, "study", fit, RP_META_CR2);
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
    rp_meta_robust one = robust_by(c, "study", fit, RP_META_CR1), two = robust_by(c, "study", fit, RP_META_CR2);
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

/* 587 effects, random = ~ 1 | study/es; with mods = ~ x1 + x2 */
static void many(void **state) {
    (void)state;
    meta_case *c = meta_file("bench/data/meta_295.csv", "yi", "vi", NULL);
    meta_studies(c, "study");
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.2744735105543872, .009418823563082613, .002961266836328853, .01629936307364494,
                        208.5291953864986, 1786.994377926077});
    has_errors(c, "study", fit, (wanted_errors[]){{.009417846385971883, .009418747300390809, 277.0396764937859}});
    meta_column(c, "x1", sheet_numbers(&c->sheet, "x1"));
    meta_column(c, "x2", sheet_numbers(&c->sheet, "x2"));
    fit = meta_fit(c);
    fits(fit, &(wanted){.2902605843497758, .01059504967364669, .002795591127421856, .01526814671419509,
                        213.3939334390681, 1700.037533583938});
    same(fit->beta[1].estimate, .0224164558178986);
    same(fit->beta[1].se, .00985149240567393);
    same(fit->beta[2].estimate, -.03544366829403256);
    same(fit->beta[2].se, .01252418313319241);
    same(fit->qm, 13.18317080194201);
    has_errors(c, "study", fit,
               (wanted_errors[]){{.01052424859224167, .01050983361689516, 221.4354181698535},
                                 {.009027195166954409, .009037417485708694, 89.48083614496238},
                                 {.01325726655891705, .01325737150564009, 137.3298401482712}});
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(positive_regard), cmocka_unit_test(perspectives),
                                       cmocka_unit_test(assink),          cmocka_unit_test(moderators),
                                       cmocka_unit_test(one_level),       cmocka_unit_test(one_effect_a_study),
                                       cmocka_unit_test(bad_clusters),    cmocka_unit_test(many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
