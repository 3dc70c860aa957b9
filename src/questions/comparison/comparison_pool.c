/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One arm against the comparator over several organisations. In two stages: each organisation's own model, then their
 * differences as a meta-analysis of random effects. In one stage: one model of everyone, with an intercept for each
 * organisation and a difference that varies between them (Debray et al., Stat Med 32, 2013; Riley et al. 2020). */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

#include "rapport/meta.h"

/* ---- two stages ---- */

static bool is_usable(const cmp_result *r) {
    return r->state == CMP_FITTED && isfinite(r->effect.estimate) && r->effect.se > 0;
}

static bool fit_each(cmp_work *work, int arm, rp_arena *arena, cmp_pool *out, rp_error *error) {
    out->each = rp_arena_take(arena, work->n_organisations, sizeof *out->each);
    out->weights = rp_arena_take(arena, work->n_organisations, sizeof *out->weights);
    if (out->each == NULL || out->weights == NULL)
        return rp_fail_memory(error);
    for (size_t o = 0; o < work->n_organisations; o++) {
        rp_arena *scratch = rp_arena_new(0);
        bool fine = scratch != NULL ? cmp_model_within(work, arm, (uint32_t)o + 1, scratch, &out->each[o], error)
                                    : rp_fail_memory(error);
        rp_arena_free(scratch);
        if (!fine)
            return false;
        out->weights[o] = NAN;
        out->n += is_usable(&out->each[o]);
    }
    return true;
}

static bool two_stages(const cmp_work *work, rp_arena *arena, cmp_pool *out, rp_error *error) {
    static const char *const names[] = {"(Intercept)"};
    static const double row[] = {1}, *const ones[] = {NULL};
    double *y = rp_arena_take(arena, out->n, sizeof *y), *v = rp_arena_take(arena, out->n, sizeof *v);
    double *weights = rp_arena_take(arena, out->n, sizeof *weights);
    rp_meta_spec *spec = rp_arena_take(arena, 1, sizeof *spec);
    if (y == NULL || v == NULL || weights == NULL || spec == NULL)
        return rp_fail_memory(error);
    *spec = (rp_meta_spec){.method = RP_META_REML,
                           .test = RP_META_KNHA,
                           .effect = true,
                           .level = work->asked->level,
                           .names = names,
                           .p = 1};
    rp_meta_rows rows = {.y = y, .v = v, .x = ones};
    for (size_t o = 0; o < work->n_organisations; o++)
        if (is_usable(&out->each[o])) {
            y[rows.k] = out->each[o].effect.estimate;
            v[rows.k++] = out->each[o].effect.se * out->each[o].effect.se;
        }
    const rp_meta_data *data = rp_meta_prepare(spec, &rows, arena, error);
    const rp_meta_fit *fit = data != NULL ? rp_meta_fit_data(data, arena, error) : NULL;
    if (fit == NULL)
        return false;
    if (fit->status == RP_META_NOT_CONVERGED || fit->status == RP_META_NOT_FITTED)
        return true;
    if (!rp_meta_weights(fit, weights, error))
        return false;
    rp_meta_predict(fit, row, RP_META_PREDICT_T, &out->two_stage, &out->another);
    out->tau = sqrt(fit->tau2);
    out->i2 = fit->i2;
    for (size_t o = 0, k = 0; o < work->n_organisations; o++)
        if (is_usable(&out->each[o]))
            out->weights[o] = weights[k++];
    return true;
}

/* ---- one stage ---- */

typedef struct design {
    rp_mixed_spec spec;
    rp_mixed_rows rows;
    rp_mixed_term terms[2];
    size_t ones, arm; /* columns */
    const char *factor_names[2];
    uint32_t levels[2];
    const uint32_t *groups[2];
} design;

/* Columns: ones, those of the model, one for each organisation. */
static design *lay_out(const cmp_work *work, const cmp_pool *pool, const rp_question_model *model, rp_arena *arena) {
    size_t n = model->n, m = model->n_columns, n_columns = 1 + m + pool->n;
    design *d = rp_arena_take(arena, 1, sizeof *d);
    const double **columns = rp_arena_take(arena, n_columns, sizeof *columns);
    const char **names = rp_arena_take(arena, n_columns, sizeof *names);
    size_t *fixed = rp_arena_take(arena, n_columns, sizeof *fixed);
    double *is = rp_arena_take(arena, n * pool->n, sizeof *is);
    uint32_t *group = rp_arena_take(arena, n, sizeof *group);
    if (d == NULL || columns == NULL || names == NULL || fixed == NULL || is == NULL || group == NULL)
        return NULL;
    uint32_t place[CMP_ORGANISATIONS + 1] = {0}, k = 0;
    for (size_t o = 0; o < work->n_organisations; o++)
        if (is_usable(&pool->each[o]))
            place[o + 1] = k++;
    for (size_t i = 0; i < n; i++) {
        group[i] = place[work->people[work->courses.person[model->person[i]]].organisation];
        is[group[i] * n + i] = 1;
    }
    for (size_t c = 0; c < n_columns; c++) {
        names[c] = c == 0 ? "(Intercept)" : "predictor";
        columns[c] = c == 0 ? NULL : c <= m ? model->columns[c - 1] : is + (c - 1 - m) * n;
        if (c > 0)
            fixed[c - 1] = c;
    }
    *d = (design){.ones = 0, .arm = 1, .factor_names = {"client", "organisation"}, .groups = {model->person, group}};
    d->levels[0] = (uint32_t)work->courses.n_people;
    d->levels[1] = k;
    bool clients = model->n > model->n_people;
    d->terms[0] = (rp_mixed_term){0, &d->ones, 1};
    d->terms[clients] = (rp_mixed_term){clients, &d->arm, 1};
    d->spec = (rp_mixed_spec){.family = RP_MIXED_GAUSSIAN,
                              .reml = true,
                              .column_names = names,
                              .n_columns = n_columns,
                              .fixed = fixed,
                              .n_fixed = n_columns - 1,
                              .factor_names = d->factor_names + !clients,
                              .levels = d->levels + !clients,
                              .n_factors = 1 + (size_t)clients,
                              .terms = d->terms,
                              .n_terms = 1 + (size_t)clients};
    d->rows = (rp_mixed_rows){.n = n, .columns = columns, .groups = d->groups + !clients, .y = model->y};
    return d;
}

static bool one_stage(cmp_work *work, int arm, rp_arena *arena, cmp_pool *out, rp_error *error) {
    bool in[CMP_ORGANISATIONS + 1] = {false};
    for (size_t o = 0; o < work->n_organisations; o++)
        in[o + 1] = is_usable(&out->each[o]);
    rp_question_model model;
    if (!cmp_model_rows(work, arm, in, arena, &model, error))
        return false;
    const design *d = lay_out(work, out, &model, arena);
    if (d == NULL)
        return rp_fail_memory(error);
    const rp_mixed_stats *stats = rp_mixed_prepare(&d->spec, &d->rows, arena, error);
    const rp_mixed_options options = {.quadrature = 1, .threads = 1};
    const rp_mixed_fit *fit = stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, error) : NULL;
    if (fit == NULL)
        return false;
    if (fit->status == RP_MIXED_NOT_CONVERGED || fit->status == RP_MIXED_NOT_FITTED) {
        out->why = rp_answer_text(work->answer, "%s", fit->message);
        return true;
    }
    double *contrast = rp_arena_take(arena, fit->p, sizeof *contrast);
    if (contrast == NULL)
        return rp_fail_memory(error);
    contrast[0] = 1;
    out->one_stage_tau = sqrt(fit->variance[d->spec.n_terms - 1].covariance[0]);
    return rp_mixed_contrast(fit, contrast, RP_MIXED_DF_SATTERTHWAITE, work->asked->level, arena, &out->one_stage,
                             error);
}

bool cmp_pool_make(cmp_work *work, int arm, rp_arena *arena, cmp_pool *out, rp_error *error) {
    const double none = NAN;
    const rp_interval no_interval = {none, none, none, work->asked->level};
    *out = (cmp_pool){.two_stage = no_interval,
                      .another = no_interval,
                      .tau = none,
                      .i2 = none,
                      .one_stage = {none, none, none, none, none, none, none},
                      .one_stage_tau = none};
    return fit_each(work, arm, arena, out, error) &&
           (out->n < CMP_LEAST_POOLED ||
            (two_stages(work, arena, out, error) && one_stage(work, arm, arena, out, error)));
}
