/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an estimate to what is told of it: effects, intervals, variance explained. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_parts.h"

bool fit_has_estimate(const rp_fit *fit) {
    return fit->fit->status != RP_MIXED_NOT_FITTED;
}

/* ---- words ---- */

const char *fit_method(const rp_fit *fit) {
    if (fit->options->family == RP_MIXED_GAUSSIAN)
        return fit->options->ml ? "ML" : "REML";
    return fit->options->quadrature > 1 ? "adaptive Gauss-Hermite quadrature" : "Laplace";
}

const char *fit_status_word(const rp_fit *fit) {
    static const char *const words[] = {[RP_MIXED_CONVERGED] = "converged",
                                        [RP_MIXED_BOUNDARY] = "boundary",
                                        [RP_MIXED_NOT_CONVERGED] = "not_converged",
                                        [RP_MIXED_NOT_FITTED] = "not_fitted"};
    return words[fit->fit->status];
}

const char *fit_df_word(const rp_fit *fit) {
    static const char *const words[] = {[RP_MIXED_DF_NONE] = "none",
                                        [RP_MIXED_DF_SATTERTHWAITE] = "satterthwaite",
                                        [RP_MIXED_DF_KENWARD_ROGER] = "kenward-roger"};
    return words[fit->options->df];
}

const char *fit_interval_word(const rp_fit *fit) {
    static const char *const words[] = {
        [RP_FIT_WALD] = "wald", [RP_FIT_PROFILE] = "profile", [RP_FIT_BOOTSTRAP] = "bootstrap"};
    return words[fit->options->interval];
}

/* ---- numbers of the random effects ---- */

double fit_sd(const rp_fit *fit, size_t term, size_t i) {
    const rp_mixed_variance *v = &fit->fit->variance[term];
    return sqrt(v->covariance[i * v->q + i]);
}

double fit_correlation(const rp_fit *fit, size_t term, size_t i, size_t k) {
    const rp_mixed_variance *v = &fit->fit->variance[term];
    double both = fit_sd(fit, term, i) * fit_sd(fit, term, k);
    return both > 0 ? v->covariance[i * v->q + k] / both : NAN;
}

/* Lower triangle by columns: column k has the rows k to q - 1. */
size_t fit_parameter(const rp_fit *fit, size_t term, size_t i, size_t k) {
    size_t at = 0;
    for (size_t t = 0; t < term; t++)
        at += fit->fit->variance[t].q * (fit->fit->variance[t].q + 1) / 2;
    for (size_t column = 0; column < k; column++)
        at += fit->fit->variance[term].q - column;
    return at + i - k;
}

size_t fit_parameter_sigma(const rp_fit *fit) {
    return fit_parameter(fit, fit->design->n_terms, 0, 0);
}

/* ---- inference ---- */

static bool find_effects(fit_making *m) {
    rp_fit *out = m->out;
    size_t p = out->fit->p;
    double *contrasts = rp_arena_take(m->arena, p * p, sizeof *contrasts);
    out->effects = rp_arena_take(m->arena, p, sizeof *out->effects);
    if (!contrasts || !out->effects)
        return rp_fail_memory(m->error);
    for (size_t j = 0; j < p; j++)
        contrasts[j * p + j] = 1;
    return rp_mixed_contrasts(out->fit, contrasts, p, m->options->df, m->options->common.level, m->arena, out->effects,
                              m->error);
}

/* The intervals of coefficients come last among the parameters. */
static bool find_intervals(fit_making *m) {
    rp_fit *out = m->out;
    if (m->options->interval == RP_FIT_WALD)
        return true;
    size_t n = rp_mixed_parameters(out->fit), p = out->fit->p;
    out->parameters = rp_arena_take(m->arena, n, sizeof *out->parameters);
    if (!out->parameters)
        return rp_fail_memory(m->error);
    bool done = m->options->interval == RP_FIT_PROFILE
                    ? rp_mixed_profile(out->fit, m->options->common.level, m->arena, out->parameters, m->error)
                    : rp_mixed_bootstrap(out->fit, m->options->common.level, m->options->draws, m->options->common.seed,
                                         m->options->common.threads, m->arena, out->parameters, &out->bootstrap_failed,
                                         m->error);
    if (!done)
        return false;
    for (size_t j = 0; j < p; j++) {
        out->effects[j].lower = out->parameters[n - p + j].lower;
        out->effects[j].upper = out->parameters[n - p + j].upper;
    }
    return true;
}

bool fit_infer(fit_making *m) {
    rp_fit *out = m->out;
    if (!fit_has_estimate(out))
        return true;
    out->explained = rp_mixed_variance_explained(out->fit);
    return find_effects(m) && find_intervals(m);
}
