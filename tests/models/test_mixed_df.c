/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Degrees of freedom after Satterthwaite and after Kenward and Roger: against the formulas on dense matrices, against
 * what is known of balanced designs, and against lmerTest 3.1-3 and pbkrtest 0.5.2 (R 4.2.2, lme4 1.1-31). lmer was run
 * with optimizer = "nloptwrap", xtol_abs = ftol_abs = 1e-12; numbers are coef(summary(lmer(...), ddf = ...)). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/dense_mixed.h"
#include "support/shared.h"

static void near(double ours, double theirs, double relative) {
    if (!(fabs(ours - theirs) <= relative * fabs(theirs)))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

typedef struct known_df {
    double se, df; /* Satterthwaite */
    double kr_se, kr_df;
} known_df;

static rp_mixed_effect effect(const rp_mixed_fit *fit, size_t i, rp_mixed_df df, rp_arena *arena) {
    double *contrast = rp_arena_take(arena, fit->p, sizeof *contrast);
    contrast[i] = 1;
    rp_mixed_effect out;
    rp_error error;
    if (!rp_mixed_contrast(fit, contrast, df, 0.95, arena, &out, &error))
        fail_msg("%s", error.message);
    return out;
}

/* Standard errors within 1e-6, df within 1e-4 of themselves. lmerTest differs numerically and is right to about 1e-6.
 */
static void hold_against(const rp_mixed_fit *fit, const known_df *known, rp_arena *arena) {
    for (size_t i = 0; i < fit->p; i++) {
        rp_mixed_effect s = effect(fit, i, RP_MIXED_DF_SATTERTHWAITE, arena);
        rp_mixed_effect k = effect(fit, i, RP_MIXED_DF_KENWARD_ROGER, arena);
        near(s.estimate, fit->beta[i], 1e-14);
        near(s.se, known[i].se, 1e-6);
        near(s.df, known[i].df, 1e-4);
        near(k.se, known[i].kr_se, 1e-6);
        near(k.df, known[i].kr_df, 1e-4);
        near(k.p, 2 * rp_t_cdf(-fabs(k.estimate / k.se), k.df), 1e-14);
        near(k.upper - k.lower, 2 * k.se * rp_t_quantile(0.975, k.df), 1e-12);
    }
}

static rp_mixed_fit *reml(model *m) {
    m->spec.reml = true;
    return model_fit(m);
}

/* ---- real data ------------------------------------------------------------------------------------ */

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", sheet_numbers(&s, "Days"), true);
    model_factor(m, "Subject", subject, levels);
}

static void sleepstudy_has_17(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    /* lmer(Reaction ~ Days + (Days | Subject)); balanced: 18 subjects, 17 df, no correction of the standard error */
    static const known_df known[] = {{6.82455626155, 17, 6.82455626155, 17}, {1.54578889289, 17, 1.54578889289, 17}};
    rp_mixed_fit *fit = reml(&m);
    hold_against(fit, known, arena);
    rp_mixed_effect after_5;
    const double five[] = {1, 5};
    assert_true(rp_mixed_contrast(fit, five, RP_MIXED_DF_SATTERTHWAITE, 0.95, arena, &after_5, &m.error));
    near(after_5.estimate, 303.741534646466, 1e-8);  /* lmerTest::contest1D(fit, c(1, 5)) */
    near(after_5.se, 9.58124197920895, 1e-6);        /* the same */
    near(after_5.df, 17, 1e-6);                      /* the same: 17.000000394 */
    near(after_5.statistic, 31.7016870365635, 1e-6); /* the same */
    assert_true(rp_mixed_contrast(fit, five, RP_MIXED_DF_NONE, 0.95, arena, &after_5, &m.error));
    assert_true(isinf(after_5.df));
    near(after_5.upper - after_5.estimate, 1.9599639845400545 * after_5.se, 1e-12); /* qnorm(.975) */
    rp_arena_free(arena);
}

static void terms_that_do_not_correlate(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 0, 1, (size_t[]){1});
    static const known_df known[] = {/* lmer(Reaction ~ Days + (Days || Subject)) */
                                     {6.88538131172, 18.15620397, 6.88538131172, 18.18747642},
                                     {1.559565935, 18.15620438, 1.559565935, 18.18747642}};
    hold_against(reml(&m), known, arena);
    rp_arena_free(arena);
}

/* Takes rows out of a model; `keep` says which stay. */
static void keep_rows(model *m, const bool *keep) {
    size_t n = 0;
    for (size_t i = 0; i < m->rows.n; i++) {
        if (!keep[i])
            continue;
        ((double *)m->rows.y)[n] = m->rows.y[i];
        for (size_t c = 0; c < m->spec.n_columns; c++)
            if (m->columns[c])
                ((double *)m->columns[c])[n] = m->columns[c][i];
        for (size_t f = 0; f < m->spec.n_factors; f++)
            ((uint32_t *)m->groups[f])[n] = m->groups[f][i];
        n++;
    }
    m->rows.n = n;
}

static void rows_lost(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    bool keep[180]; /* R: sleepstudy[-c(1:7, 33:39, 60, 95:96), ] */
    for (int i = 1; i <= 180; i++)
        keep[i - 1] = !((i >= 1 && i <= 7) || (i >= 33 && i <= 39) || i == 60 || i == 95 || i == 96);
    keep_rows(&m, keep);
    static const known_df known[] = {/* lmer(Reaction ~ Days + (Days | Subject)) on those */
                                     {7.48723147603, 15.65324202, 7.51062885832, 16.28124195},
                                     {1.56398494224, 15.71123706, 1.56581275633, 16.87475005}};
    hold_against(reml(&m), known, arena);
    rp_arena_free(arena);
}

/* Beat the Blues, a row for each score after treatment: bdi ~ bdi.pre + time + treatment + drug + length. */
static void btheb(model *m, rp_arena *arena) {
    static const char *const after[] = {"bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"};
    sheet s = sheet_read(shared_path("data/btheb.csv"), arena);
    double *column[6], *before = sheet_numbers(&s, "bdi.pre");
    uint32_t *subject = rp_arena_take(arena, 4 * s.n, sizeof *subject);
    for (int c = 0; c < 6; c++)
        column[c] = rp_arena_take(arena, 4 * s.n, sizeof *column[c]);
    size_t n = 0;
    for (size_t o = 0; o < 4; o++) {
        double *score = sheet_numbers(&s, after[o]);
        for (size_t i = 0; i < s.n; i++) {
            if (isnan(score[i]))
                continue;
            column[0][n] = score[i];
            column[1][n] = before[i];
            column[2][n] = 2 * (double)(o + 1);
            column[3][n] = strcmp(sheet_text(&s, i, "treatment"), "BtheB") == 0;
            column[4][n] = strcmp(sheet_text(&s, i, "drug"), "Yes") == 0;
            column[5][n] = strcmp(sheet_text(&s, i, "length"), ">6m") == 0;
            subject[n++] = (uint32_t)i;
        }
    }
    model_begin(m, arena, n, column[0]);
    static const char *const names[] = {"", "bdi.pre", "time", "treatment", "drug", "length"};
    for (int c = 1; c < 6; c++)
        model_column(m, names[c], column[c], true);
    model_factor(m, "subject", subject, (uint32_t)s.n);
}

static void beat_the_blues(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    btheb(&m, arena);
    model_term(&m, 0, 1, (size_t[]){0});
    static const known_df known[] = {/* lmer(bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject)) */
                                     {2.3058563848, 105.6807815, 2.30647144472, 103.8716514},
                                     {0.0796102389271, 98.67522038, 0.0796414622206, 96.91696439},
                                     {0.146636920114, 201.3976159, 0.146829577442, 199.8958768},
                                     {1.70841177362, 92.29380782, 1.70901324503, 90.59050686},
                                     {1.76594474145, 93.27889107, 1.76660305907, 91.56657164},
                                     {1.67537447858, 95.22000154, 1.67602298383, 93.49048276}};
    hold_against(reml(&m), known, arena);
    btheb(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 2});
    static const known_df slopes[] = {/* the same with (time | subject) */
                                      {2.29858846724, 102.0744816, 2.32108038127, 101.0535915},
                                      {0.0792677046726, 96.5332668, 0.080033116224, 95.3259359},
                                      {0.15615545551, 60.47769558, 0.157391833179, 61.10467312},
                                      {1.70777908246, 92.3168666, 1.72917098589, 91.04000911},
                                      {1.76477770053, 93.22516076, 1.78677404407, 91.95331943},
                                      {1.67236346504, 94.6678836, 1.69190497639, 93.41583095}};
    hold_against(reml(&m), slopes, arena);
    rp_arena_free(arena);
}

/* wai9 or bai by occasion, rows that have it. */
static void implement(model *m, const char *score, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/implement_wai_bai.csv"), arena);
    uint32_t clients, therapists, *client = sheet_groups(&s, "id", &clients),
                                  *therapist = sheet_groups(&s, "therapist", &therapists);
    double *y = sheet_numbers(&s, score), *time = sheet_numbers(&s, "occasion");
    bool *keep = rp_arena_take(arena, s.n, sizeof *keep);
    for (size_t i = 0; i < s.n; i++) {
        time[i] -= 1;
        keep[i] = !isnan(y[i]);
    }
    model_begin(m, arena, s.n, y);
    model_column(m, "t0", time, true);
    model_factor(m, "id", client, clients);
    model_factor(m, "therapist", therapist, therapists);
    keep_rows(m, keep);
}

static void alliance_by_client_and_therapist(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    implement(&m, "wai9", arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    static const known_df known[] = {/* lmer(wai9 ~ t0 + (t0 | id)) */
                                     {0.0744651152492, 56.29015051, 0.0745132315252, 55.50192809},
                                     {0.00446342587922, 43.91844643, 0.00447862071146, 50.34579754}};
    hold_against(reml(&m), known, arena);
    model_term(&m, 1, 1, (size_t[]){0});
    static const known_df nested[] = {/* lmer(wai9 ~ t0 + (t0 | id) + (1 | therapist)) */
                                      {0.0766467006279, 13.45155241, 0.0784113202151, 11.47390831},
                                      {0.00446466067271, 43.94445356, 0.004480863849, 50.34717841}};
    hold_against(reml(&m), nested, arena);
    rp_arena_free(arena);
}

static void a_variance_of_zero(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    implement(&m, "bai", arena);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    rp_mixed_fit *fit = reml(&m);
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->variance[1].covariance[0] < 1e-6);
    /* lmer(bai ~ t0 + (1 | id) + (1 | therapist)); Kenward and Roger count the therapists even so */
    static const known_df known[] = {{1.11304425372, 68.10830093, 1.13918973134, 11.85732909},
                                     {0.0514663654717, 724.0705154, 0.0514718771027, 724.5796923}};
    hold_against(fit, known, arena);
    rp_arena_free(arena);
}

static void crossed_factors(void **state) {
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
    /* lmer(diameter ~ 1 + (1 | plate) + (1 | sample)) */
    static const known_df known[] = {{0.80857335312, 5.487093501, 0.80857335312, 5.487092381}};
    hold_against(reml(&m), known, arena);
    rp_arena_free(arena);
}

/* ---- made-up data: the dense formulas ------------------------------------------------------------------ */

/* Unbalanced rows with weights: 14 clients of 4 therapists; `mix` lets some rows see another therapist. */
static void made_up(model *m, bool mix, rp_arena *arena) {
    enum { N = 60 };
    double *y = rp_arena_take(arena, N, sizeof *y), *t = rp_arena_take(arena, N, sizeof *t);
    double *x = rp_arena_take(arena, N, sizeof *x), *w = rp_arena_take(arena, N, sizeof *w);
    uint32_t *client = rp_arena_take(arena, N, sizeof *client), *therapist = rp_arena_take(arena, N, sizeof *client);
    rp_draws draws = rp_draws_of(5, mix, 0);
    double own[14], slope[14], whose[4];
    for (int i = 0; i < 14; i++) {
        own[i] = 2 * rp_normal_quantile(rp_draw(&draws));
        slope[i] = 0.7 * rp_normal_quantile(rp_draw(&draws));
    }
    for (int i = 0; i < 4; i++)
        whose[i] = 1.5 * rp_normal_quantile(rp_draw(&draws));
    for (size_t i = 0; i < N; i++) {
        client[i] = rp_draw_below(&draws, 14);
        therapist[i] = mix && rp_draw(&draws) < 0.3 ? rp_draw_below(&draws, 4) : client[i] % 4;
        t[i] = rp_draw_below(&draws, 5);
        x[i] = rp_draw(&draws);
        w[i] = 1 + rp_draw_below(&draws, 3);
        y[i] = 10 + own[client[i]] + slope[client[i]] * t[i] + whose[therapist[i]] - t[i] + x[i] +
               rp_normal_quantile(rp_draw(&draws)) / sqrt(w[i]);
    }
    model_begin(m, arena, N, y);
    model_column(m, "t", t, true);
    model_column(m, "x", x, true);
    model_factor(m, "client", client, 14);
    model_factor(m, "therapist", therapist, 4);
    model_term(m, 0, 2, (size_t[]){0, 1});
    model_term(m, 1, 1, (size_t[]){0});
    m->rows.weights = w;
}

static void hold_against_dense(bool mix) {
    rp_arena *arena = rp_arena_new(0);
    model m;
    made_up(&m, mix, arena);
    rp_mixed_fit *fit = reml(&m);
    near(dense_objective(&m, fit), fit->objective, 1e-12);
    double df[3], *adjusted = dense_kenward_roger(&m, fit, df);
    for (size_t i = 0; i < 3; i++) {
        rp_mixed_effect k = effect(fit, i, RP_MIXED_DF_KENWARD_ROGER, arena);
        near(k.se * k.se, adjusted[i * 4], 1e-10);
        near(k.df, df[i], 1e-8);
    }
    rp_arena_free(arena);
}

static void as_the_dense_formulas(void **state) {
    (void)state;
    hold_against_dense(false);
}

static void as_the_dense_formulas_where_factors_cross(void **state) {
    (void)state;
    hold_against_dense(true);
}

/* Rows without groups: what everybody knows, n - p. */
static void without_terms(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    rp_mixed_fit *fit = reml(&m);
    /* coef(summary(lm(Reaction ~ Days))), 178 df */
    static const known_df known[] = {{6.61015404428758, 178, 6.61015404428758, 178},
                                     {1.23819529804982, 178, 1.23819529804982, 178}};
    hold_against(fit, known, arena);
    rp_arena_free(arena);
}

static void what_has_no_df(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){0});
    rp_mixed_fit *fit = model_fit(&m); /* by ML */
    rp_mixed_effect out;
    const double contrast[] = {0, 1};
    assert_false(rp_mixed_contrast(fit, contrast, RP_MIXED_DF_SATTERTHWAITE, 0.95, arena, &out, &m.error));
    assert_non_null(strstr(m.error.message, "REML"));
    assert_true(rp_mixed_contrast(fit, contrast, RP_MIXED_DF_NONE, 0.95, arena, &out, &m.error));
    assert_true(isinf(out.df));
    near(out.p, 2 * rp_normal_cdf(-fabs(out.estimate / out.se)), 1e-14);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleepstudy_has_17),
        cmocka_unit_test(terms_that_do_not_correlate),
        cmocka_unit_test(rows_lost),
        cmocka_unit_test(beat_the_blues),
        cmocka_unit_test(alliance_by_client_and_therapist),
        cmocka_unit_test(a_variance_of_zero),
        cmocka_unit_test(crossed_factors),
        cmocka_unit_test(as_the_dense_formulas),
        cmocka_unit_test(as_the_dense_formulas_where_factors_cross),
        cmocka_unit_test(without_terms),
        cmocka_unit_test(what_has_no_df),
    };
    return cmocka_run_group_tests_name("models: degrees of freedom", tests, NULL, NULL);
}
