/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear mixed models on the sessions of IMPLEMENT, a trial, against lme4 and nlme. Tolerances: objectives
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

/* ---- IMPLEMENT: BAI and WAI session by session ---------------------------------------------------------- */

typedef struct implement {
    sheet sheet;
    size_t n;
    double *t0, *occasion, *bai, *wai, *next_bai, *wai_w, *wai_b;
    uint32_t *id, *therapist;
    uint32_t ids, therapists;
} implement;

/* The rows are by client and occasion. */
static implement implement_read(rp_arena *arena) {
    implement d = {.sheet = sheet_read(shared_path("data/implement_wai_bai.csv"), arena)};
    size_t n = d.n = d.sheet.n;
    d.occasion = sheet_numbers(&d.sheet, "occasion");
    d.bai = sheet_numbers(&d.sheet, "bai");
    d.wai = sheet_numbers(&d.sheet, "wai9");
    d.id = sheet_groups(&d.sheet, "id", &d.ids);
    d.therapist = sheet_groups(&d.sheet, "therapist", &d.therapists);
    d.t0 = rp_arena_take(arena, 4 * n, sizeof *d.t0);
    d.next_bai = d.t0 + n;
    d.wai_w = d.next_bai + n;
    d.wai_b = d.wai_w + n;
    double sum[64] = {0}, count[64] = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(d.wai[i])) {
            sum[d.id[i]] += d.wai[i];
            count[d.id[i]]++;
        }
    for (size_t i = 0; i < n; i++) {
        d.t0[i] = d.occasion[i] - 1;
        d.next_bai[i] = i + 1 < n && d.id[i + 1] == d.id[i] ? d.bai[i + 1] : NAN;
        d.wai_w[i] = d.wai[i] - sum[d.id[i]] / count[d.id[i]];
        d.wai_b[i] = sum[d.id[i]] / count[d.id[i]] - 3.9573434; /* the mean of person means, from the data's page */
    }
    return d;
}

/* Rows with y and all of `columns`, the last of them NULL; a column to a name. */
static void implement_model(implement *d, model *m, rp_arena *arena, const double *y, const char *const *names,
                            const double *const *columns) {
    size_t n = 0, k = 0;
    while (columns[k])
        k++;
    double *kept = rp_arena_take(arena, (k + 2) * d->n, sizeof *kept);
    uint32_t *groups = rp_arena_take(arena, 2 * d->n, sizeof *groups);
    for (size_t i = 0; i < d->n; i++) {
        bool whole = !isnan(y[i]);
        for (size_t c = 0; c < k; c++)
            whole = whole && !isnan(columns[c][i]);
        if (!whole)
            continue;
        kept[n] = y[i];
        for (size_t c = 0; c < k; c++)
            kept[(c + 1) * d->n + n] = columns[c][i];
        kept[(k + 1) * d->n + n] = d->occasion[i];
        groups[n] = d->id[i];
        groups[d->n + n++] = d->therapist[i];
    }
    model_begin(m, arena, n, kept);
    for (size_t c = 0; c < k; c++)
        model_column(m, names[c], kept + (c + 1) * d->n, true);
    m->rows.time = kept + (k + 1) * d->n;
    model_factor(m, "id", groups, d->ids);
    model_factor(m, "therapist", groups + d->n, d->therapists);
}

/* lmer(bai ~ t0 + (t0 | id)), by REML and ML; wai9 ~ t0 + (t0 | id), wai9 ~ 1 + (1 | id), bai ~ 1 + (1 | id) by REML */
static void growth_of_anxiety_and_alliance(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL}, *none[] = {NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    assert_int_equal(m.rows.n, 780); /* implement_wai_bai.md */
    model_term(&m, 0, 2, (size_t[]){0, 1});
    converges_to(&m, &(expected){5115.26382129181,
                                 {1.818016852381, -0.07361019665118, 0.06724582172236},
                                 {18.94824960589, -0.7851579333396},
                                 {1.376215737333, 0.08748990548504},
                                 5.484711765473});
    m.spec.reml = true;
    converges_to(&m, &(expected){5116.53505413839,
                                 {1.834995127542, -0.07452718331729, 0.06835182780849},
                                 {18.94430549893, -0.784608755403},
                                 {1.387974302116, 0.08836267613089},
                                 5.484189829767});
    implement_model(&d, &m, arena, d.wai, names, columns);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    converges_to(&m, &(expected){479.959498718922,
                                 {1.851339947586, -0.01753227709427, 0.08430358659559},
                                 {3.704407886247, 0.03856708795529},
                                 {0.07446518515438, 0.004463426002161},
                                 0.2871441261954});
    implement_model(&d, &m, arena, d.wai, names, none);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m,
                 &(expected){652.54108029829, {1.548373050822}, {3.960853818771}, {0.07298282788679}, 0.3476610593971});
    implement_model(&d, &m, arena, d.bai, names, none);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m,
                 &(expected){5387.17125223883, {1.113584484333}, {13.63308743885}, {1.047832746485}, 6.897526067419});
    rp_arena_free(arena);
}

/* lmer(next_bai ~ t0 + wai_w + wai_b + (1 | id)), and with the current bai */
static void alliance_and_the_next_session(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0", "wai_w", "wai_b"}, *more[] = {"t0", "bai", "wai_w", "wai_b"};
    const double *columns[] = {d.t0, d.wai_w, d.wai_b, NULL}, *with_bai[] = {d.t0, d.bai, d.wai_w, d.wai_b, NULL};
    implement_model(&d, &m, arena, d.next_bai, names, columns);
    assert_int_equal(m.rows.n, 575);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m, &(expected){3823.28543549843,
                                 {1.306846303156},
                                 {18.15448836809, -0.7988049071598, -0.2282319596244, 0.7167362060008},
                                 {1.15624906267, 0.07452745424606, 0.8665411656902, 1.933834819966},
                                 5.8879347469});
    implement_model(&d, &m, arena, d.next_bai, more, with_bai);
    assert_int_equal(m.rows.n, 563);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m, &(expected){3633.72919483706,
                                 {0.7160577575404},
                                 {9.713643054894, -0.4372866141243, 0.4513450406831, 0.3768617826013, -0.1374825608328},
                                 {1.004699362215, 0.07672091323977, 0.03551560151863, 0.8339348148266, 1.084190822268},
                                 5.591247212569});
    rp_arena_free(arena);
}

/* lmer(bai ~ t0 + (1 | id) + (1 | therapist)): the therapists' variance is 0; and slopes for both, where their
 * correlation is -1. */
static void therapists_who_do_not_differ(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    m.spec.reml = true;
    rp_mixed_fit *fit = model_fit(&m);
    as_expected(fit, &(expected){5180.30019683807,
                                 {1.310337169084, 0},
                                 {19.09092339155, -0.8054959882958},
                                 {1.113044257795, 0.05146636545577},
                                 5.961229514989});
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->theta[1] == 0);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "The variance of the intercept between the groups of therapist is"));
    implement_model(&d, &m, arena, d.bai, names, columns);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    model_term(&m, 1, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    fit = model_fit(&m);
    near(fit->objective, 5116.53404897347, 1e-4); /* lmer(bai ~ t0 + (t0 | id) + (t0 | therapist)) */
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_non_null(strstr(fit->notes[0], "The correlation of intercept and t0 between the groups of therapist"));
    assert_non_null(strstr(fit->notes[0], " -1, "));
    rp_arena_free(arena);
}

/* nlme 3.1-162: lme(bai ~ t0, random = ~ 1 | id, correlation = corCAR1(form = ~ occasion | id), method = "ML"), and
 * random = ~ t0 | id by REML; tolerances 1e-12. Clients miss sessions: there are gaps. */
static void residuals_follow_one_another(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    m.spec.ar1 = true;
    model_term(&m, 0, 1, (size_t[]){0});
    rp_mixed_fit *fit = model_fit(&m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    near(fit->objective, 5071.619653254, 1e-4);
    near(fit->rho, 0.4287983397622, 1e-5);
    near(fit->theta[1], fit->rho, 0);
    near(fit->beta[0], 19.1072905731208, 1e-4 * fit->se[0]);
    near(fit->beta[1], -0.8004803771891, 1e-4 * fit->se[1]);
    near(sqrt(fit->variance[0].covariance[0]), 7.378978759093, 1e-4);
    near(fit->sigma, 6.317025011965, 1e-4);
    implement_model(&d, &m, arena, d.bai, names, columns);
    m.spec.ar1 = m.spec.reml = true;
    model_term(&m, 0, 2, (size_t[]){0, 1});
    fit = model_fit(&m);
    near(fit->objective, 5056.986035295, 1e-4);
    near(fit->rho, 0.3615696608835, 1e-4); /* nlme searches without a gradient */
    near(fit->sigma, 5.9562720046238, 1e-3);
    near(fit->beta[1], -0.8033257630545, 1e-4 * fit->se[1]);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_of_anxiety_and_alliance),
        cmocka_unit_test(alliance_and_the_next_session),
        cmocka_unit_test(therapists_who_do_not_differ),
        cmocka_unit_test(residuals_follow_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
