/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear mixed models on real and simulated data, against lme4 and MixedModels.jl. Tolerances: objectives
 * within 1e-4 or 1e-10 of their size, coefficients within 1e-4 standard errors, theta within 1e-5, standard errors
 * within 1e-6 of themselves. Where no other source stands beside them, numbers are those of R 4.2.2, lme4 1.1-31, with
 *   lmerControl(calc.derivs = FALSE, optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-10, xtol_rel = 1e-12,
 *                                                   ftol_rel = 1e-14, maxeval = 10000)) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_expected.h"
#include "support/shared.h"

/* ---- sleepstudy -------------------------------------------------------------------------------------- */

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", sheet_numbers(&s, "Days"), true);
    model_factor(m, "Subject", subject, levels);
}

/* lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE) and by REML */
static void sleepstudy_with_slopes(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    converges_to(&m, &(expected){1751.93934446321,
                                 {0.9292248851997, 0.01816585756449, 0.2226453714227},
                                 {251.4051048485, 10.4672859596},
                                 {6.632274162869, 1.502236653551},
                                 25.59181700064});
    rp_mixed_fit *fit = model_fit(&m);
    /* MixedModels.jl, test/pls.jl @0222b4c7 */
    near(fit->objective, 1751.9393444647, 1e-4);
    near(sqrt(fit->variance[0].covariance[0]), 23.7804681, 1e-4);
    near(sqrt(fit->variance[0].covariance[3]), 5.716827903, 1e-4);
    near(fit->variance[0].covariance[1], fit->variance[0].covariance[2], 0);
    near(fit->aic, fit->objective + 12, 1e-9); /* six parameters */
    near(fit->bic, fit->objective + 6 * log(180), 1e-9);
    m.spec.reml = true;
    converges_to(&m, &(expected){1743.62827195849,
                                 {0.9667328935905, 0.01516906754605, 0.2309095920181},
                                 {251.4051048485, 10.4672859596},
                                 {6.824556261553, 1.545788892888},
                                 25.59181573863});
    rp_arena_free(arena);
}

/* (Days || Subject), (0 + Days | Subject), and weights 0.5 + ((7 i) mod 11) / 10 for row i = 1, 2, ... */
static void sleepstudy_in_other_ways(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 0, 1, (size_t[]){1});
    converges_to(&m, &(expected){1752.00325513988,
                                 {0.9458106928096, 0.2269282349487},
                                 {251.4051048485, 10.4672859596},
                                 {6.707673760241, 1.519314486591},
                                 25.55613467788});
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){1});
    converges_to(&m, &(expected){1774.08031528052,
                                 {0.2435398567085},
                                 {251.4051048485, 10.4672859596},
                                 {4.007544243455, 1.822350589391},
                                 28.9280475396});
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    double weights[180];
    for (size_t i = 0; i < 180; i++)
        weights[i] = 0.5 + (double)((i + 1) * 7 % 11) / 10;
    m.rows.weights = weights;
    converges_to(&m, &(expected){1735.92777905326,
                                 {1.095506051374, 0.003455767888476, 0.2524953976126},
                                 {251.697750077, 10.52056219348},
                                 {7.055074783716, 1.56125628767},
                                 24.02191426932});
    rp_arena_free(arena);
}

/* lmer(Yield ~ 1 + (1 | Batch), Dyestuff) */
static void dyestuff(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("data/Dyestuff.csv"), arena);
    uint32_t levels, *batch = sheet_groups(&s, "Batch", &levels);
    model m;
    model_begin(&m, arena, s.n, sheet_numbers(&s, "Yield"));
    model_factor(&m, "Batch", batch, levels);
    model_term(&m, 0, 1, (size_t[]){0});
    /* also MixedModels.jl test/pls.jl: 327.3270598811, AIC 333.32706, BIC 337.53065 */
    converges_to(&m, &(expected){327.327059881135, {0.7525806920351}, {1527.5}, {17.69455345811}, 49.51009998247});
    rp_mixed_fit *fit = model_fit(&m);
    near(fit->aic, 333.32706, 1e-5);
    near(fit->bic, 337.53065, 1e-5);
    m.spec.reml = true;
    converges_to(&m, &(expected){319.654276842257, {0.8483238274074}, {1527.5}, {19.38341283262}, 49.51009961769});
    rp_arena_free(arena);
}

/* ---- Beat the Blues, months 2, 3, 5 and 8 as HSAUR3 has them ---------------------------------------------- */

static void beat_the_blues(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("data/btheb.csv"), arena);
    enum { MOST = 400 };
    double *c[6]; /* y, pre, time, treatment, drug, length */
    double *product = rp_arena_take(arena, MOST, sizeof *product);
    for (size_t i = 0; i < 6; i++)
        c[i] = rp_arena_take(arena, MOST, sizeof *c[i]);
    uint32_t *subject = rp_arena_take(arena, MOST, sizeof *subject);
    const char *occasions[] = {"bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"};
    const double months[] = {2, 3, 5, 8}, *pre = sheet_numbers(&s, "bdi.pre");
    size_t n = 0;
    for (size_t o = 0; o < 4; o++) {
        const double *bdi = sheet_numbers(&s, occasions[o]);
        for (size_t i = 0; i < s.n; i++) {
            if (isnan(bdi[i]))
                continue;
            c[0][n] = bdi[i];
            c[1][n] = pre[i];
            c[2][n] = months[o];
            c[3][n] = strcmp(sheet_text(&s, i, "treatment"), "BtheB") == 0;
            c[4][n] = strcmp(sheet_text(&s, i, "drug"), "Yes") == 0;
            c[5][n] = strcmp(sheet_text(&s, i, "length"), ">6m") == 0;
            product[n] = c[1][n] * c[3][n];
            subject[n++] = (uint32_t)i;
        }
    }
    assert_int_equal(n, 280);
    const char *names[] = {"bdi.pre", "time", "treatment", "drug", "length"};
    for (int slope = 0; slope < 2; slope++) {
        model m;
        model_begin(&m, arena, n, c[0]);
        for (size_t i = 0; i < 5; i++)
            model_column(&m, names[i], c[i + 1], true);
        model_factor(&m, "subject", subject, 100);
        model_term(&m, 0, slope ? 2 : 1, (size_t[]){0, 2});
        /* lmer(bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject), REML = FALSE), then (time | subject)
         */
        if (slope)
            converges_to(&m, &(expected){1871.03779859573,
                                         {1.454092290842, -0.01594237015676, 0.08620232876155},
                                         {5.613907376329, 0.6418467517807, -0.7021343153739, -2.37599155907,
                                          -2.869440860763, 0.1403880704662},
                                         {2.24540520663, 0.07784305655993, 0.1540681273772, 1.671289461546,
                                          1.727658155986, 1.638531854647},
                                         4.898414004343});
        else
            converges_to(&m, &(expected){1871.49196308792,
                                         {1.392922168548},
                                         {5.592393390129, 0.6396762085471, -0.7047648316063, -2.329082640791,
                                          -2.824952396235, 0.197079477717},
                                         {2.242439628804, 0.07789134478785, 0.1463915027066, 1.67035609593,
                                          1.726835135513, 1.638317762954},
                                         5.013978019452});
        if (slope)
            continue;
        model_column(&m, "bdi.pre:treatment", product, true);
        rp_mixed_fit *fit = model_fit(&m);
        near(fit->objective, 1870.43337334468, 1e-4);
        near(fit->beta[6], -0.1566779282766, 1e-4 * 0.1515972257696);
        near(fit->se[6], 0.1515972257696, 1e-6 * 0.1515972257696);
    }
    rp_arena_free(arena);
}

/* ---- many ---------------------------------------------------------------------------------------------- */

static void sessions(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("bench/data/sessions_20k.csv"), arena);
    uint32_t patients, therapists, *patient = sheet_groups(&s, "patient", &patients),
                                   *therapist = sheet_groups(&s, "therapist", &therapists);
    model_begin(m, arena, s.n, sheet_numbers(&s, "y"));
    model_column(m, "session", sheet_numbers(&s, "session"), true);
    model_factor(m, "patient", patient, patients);
    model_factor(m, "therapist", therapist, therapists);
    model_term(m, 0, 2, (size_t[]){0, 1});
    model_term(m, 1, 1, (size_t[]){0});
}

static void sessions_of_20000_patients(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sessions(&m, arena);
    rp_mixed_fit *fit = model_fit(&m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    /* lme4 1.1-31, lmer(y ~ session + (session | patient) + (1 | therapist), REML = FALSE), tight tolerances */
    near(fit->objective, 2 * 313761.544913498, 1e-4);
    near(fit->theta[0], 1.5906988, 1e-5);
    near(fit->theta[1], -0.0853189, 1e-5);
    near(fit->theta[2], 0.2183504, 1e-5);
    near(fit->theta[3], 0.4963603, 1e-5);
    near(fit->beta[0], 13.989838, 1e-6 + 1e-4 * fit->se[0]);
    near(fit->beta[1], -1.095099, 1e-6 + 1e-4 * fit->se[1]);
    near(fit->sigma, 2.4982976, 1e-6);
    m.spec.reml = true;
    fit = model_fit(&m);
    near(fit->objective, 2 * 313767.529591702, 1e-4); /* not above lme4's 2 * 313767.529598725 */
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleepstudy_with_slopes),
        cmocka_unit_test(sleepstudy_in_other_ways),
        cmocka_unit_test(dyestuff),
        cmocka_unit_test(beat_the_blues),
        cmocka_unit_test(sessions_of_20000_patients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
