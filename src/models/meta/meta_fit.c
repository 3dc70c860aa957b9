/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From data to a fit. */
#include "models/meta/meta_parts.h"

static void put_variances(const rp_meta_spec *spec, const meta_found *found, rp_meta_fit *fit) {
    const meta_point *at = &found->at;
    fit->tau2 = at->variance[0];
    fit->tau2_study = at->variance[1];
    fit->tau2_se = fit->tau2_study_se = NAN;
    fit->evaluations = found->evaluations;
    const double *e = at->expected;
    if (spec->method != RP_META_REML && spec->method != RP_META_ML)
        return;
    double det = e[0] * e[2] - e[1] * e[1];
    if (spec->effect)
        fit->tau2_se = sqrt(spec->study ? e[2] / det : 1 / e[0]);
    if (spec->study)
        fit->tau2_study_se = sqrt(spec->effect ? e[0] / det : 1 / e[2]);
    for (int v = 0; v < 2; v++)
        fit->max_gradient = fmax(fit->max_gradient, 2 * sqrt(at->variance[v]) * fabs(at->gradient[v]));
}

/* The errors of the estimates by moments, as metafor has them. `none`: at variances of 0. */
static void put_moment_error(const rp_meta_spec *spec, const meta_point *none, const meta_point *at, rp_meta_fit *fit) {
    double df = fit->q_df, t = fit->tau2;
    if (spec->method == RP_META_DL)
        fit->tau2_se = sqrt(2 * df + 4 * t * none->trace + 2 * t * t * none->trace_pp) / none->trace;
    if (spec->method == RP_META_PM)
        fit->tau2_se = sqrt(2 / df) * (double)fit->k / at->trace_a;
}

static void put_heterogeneity(const meta_point *none, rp_meta_fit *fit) {
    double df = fit->q_df, all = fit->tau2 + fit->tau2_study;
    fit->q = df > 0 ? none->rss : 0;
    fit->q_p = df > 0 ? rp_chi2_upper(fit->q, df) : 1;
    fit->typical_v = df > 0 ? df / none->trace : NAN;
    if (fit->spec->method == RP_META_EE) {
        fit->i2 = df > 0 ? fmax(0, 100 * (fit->q - df) / fit->q) : 0;
        fit->h2 = df > 0 ? fit->q / df : 1;
        fit->i2_study = fit->i2_effect = NAN;
        return;
    }
    fit->i2_study = 100 * fit->tau2_study / (all + fit->typical_v);
    fit->i2_effect = 100 * fit->tau2 / (all + fit->typical_v);
    fit->i2 = 100 * all / (all + fit->typical_v);
    fit->h2 = all / fit->typical_v + 1;
}

static void put_criteria(rp_meta_fit *fit) {
    bool reml = fit->spec->method == RP_META_REML;
    double free = (double)(fit->p + fit->spec->study + fit->spec->effect);
    double n = reml ? (double)(fit->k - fit->p) : (double)fit->k;
    fit->aic = -2 * fit->log_lik + 2 * free;
    fit->bic = -2 * fit->log_lik + log(n) * free;
}

static bool put_coefficients(const meta_work *work, const meta_point *at, rp_meta_fit *fit, rp_arena *arena,
                             rp_arena *scratch) {
    size_t p = fit->p;
    double *beta = rp_arena_take(scratch, p, sizeof *beta);
    if (!beta)
        return false;
    fit->scale = fit->spec->test == RP_META_KNHA ? at->rss / fit->q_df : 1;
    fit->qm_df2 = fit->spec->test == RP_META_Z ? INFINITY : fit->q_df;
    if (!meta_estimates(work, fit->scale, beta, fit->vcov, scratch))
        return false;
    for (size_t j = 0; j < p; j++)
        fit->beta[j] = meta_coefficient(beta[j], sqrt(fit->vcov[j * p + j]), fit->qm_df2, fit->spec->level);
    (void)arena;
    return meta_wald(work->data, beta, fit->vcov, fit->qm_df2, &fit->qm, &fit->qm_df1, &fit->qm_p, scratch);
}

static bool fill(rp_meta_fit *fit, rp_arena *arena, rp_arena *scratch) {
    const rp_meta_data *data = fit->data;
    meta_work work;
    meta_found found;
    meta_point none;
    if (!meta_work_make(&work, data, data->spec->method == RP_META_REML, scratch))
        return false;
    (void)meta_evaluate(&work, (double[2]){0, 0}, &none);
    meta_search(&work, &found);
    put_variances(data->spec, &found, fit);
    fit->log_lik = found.at.log_lik;
    put_heterogeneity(&none, fit);
    put_moment_error(data->spec, &none, &found.at, fit);
    put_criteria(fit);
    return put_coefficients(&work, &found.at, fit, arena, scratch) && meta_say(fit, &found, arena);
}

static void put_nothing(const char *why, rp_meta_fit *fit) {
    fit->status = RP_META_NOT_FITTED;
    fit->message = why;
    double *numbers[] = {
        &fit->tau2, &fit->tau2_study, &fit->tau2_se,   &fit->tau2_study_se, &fit->log_lik,  &fit->aic,  &fit->bic,
        &fit->q,    &fit->q_p,        &fit->qm,        &fit->qm_df1,        &fit->qm_df2,   &fit->qm_p, &fit->i2,
        &fit->h2,   &fit->i2_study,   &fit->i2_effect, &fit->scale,         &fit->typical_v};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = NAN;
    for (size_t j = 0; j < fit->p; j++)
        fit->beta[j] = meta_no_coefficient();
    for (size_t i = 0; i < fit->p * fit->p; i++)
        fit->vcov[i] = NAN;
}

rp_meta_fit *rp_meta_fit_data(const rp_meta_data *data, rp_arena *arena, rp_error *error) {
    rp_meta_fit *fit = rp_arena_take(arena, 1, sizeof *fit);
    rp_arena *scratch = rp_arena_new(0);
    bool fine = fit && scratch;
    if (fine) {
        size_t p = data->p;
        *fit = (rp_meta_fit){.spec = data->spec,
                             .data = data,
                             .k = data->k,
                             .p = p,
                             .studies = data->studies,
                             .q_df = (double)data->k - (double)p,
                             .beta = rp_arena_take(arena, p, sizeof *fit->beta),
                             .vcov = rp_arena_take(arena, p * p, sizeof *fit->vcov)};
        fine = fit->beta && fit->vcov;
    }
    const char *why = fine ? meta_why_not(data, &fine, arena) : NULL;
    if (why)
        put_nothing(why, fit);
    fine = fine && (why || fill(fit, arena, scratch));
    rp_arena_free(scratch);
    if (!fine)
        rp_fail_memory(error);
    return fine ? fit : NULL;
}
