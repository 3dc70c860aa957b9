/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a binomial fit, before there are any: not known. */
#include <math.h>

#include "models/mixed/binomial_parts.h"

void binomial_blank(rp_mixed_fit *fit) {
    size_t p = fit->p;
    fit->objective = fit->log_lik = fit->aic = fit->bic = fit->max_gradient = NAN;
    for (size_t i = 0; i < p * p; i++)
        fit->vcov[i] = fit->beta[i / p] = fit->se[i / p] = NAN;
    for (size_t i = 0; i < fit->n_theta; i++)
        fit->theta[i] = NAN;
    for (size_t t = 0; t < fit->spec->n_terms; t++)
        for (size_t i = 0; i < fit->variance[t].q * fit->variance[t].q; i++)
            fit->variance[t].covariance[i] = NAN;
}

bool binomial_take_room(rp_mixed_fit *fit, rp_arena *arena) {
    const rp_mixed_spec *spec = fit->spec;
    size_t p = fit->p = spec->n_fixed;
    fit->n_theta = mixed_theta_count(spec);
    fit->beta = rp_arena_take(arena, p, sizeof *fit->beta);
    fit->se = rp_arena_take(arena, p, sizeof *fit->se);
    fit->vcov = rp_arena_take(arena, p * p, sizeof *fit->vcov);
    fit->theta = rp_arena_take(arena, fit->n_theta, sizeof *fit->theta);
    fit->variance = rp_arena_take(arena, spec->n_terms, sizeof *fit->variance);
    if (fit->beta == NULL || fit->se == NULL || fit->vcov == NULL || fit->theta == NULL || fit->variance == NULL)
        return false;
    for (size_t t = 0; t < spec->n_terms; t++) {
        size_t q = fit->variance[t].q = spec->terms[t].n_columns;
        fit->variance[t].covariance = rp_arena_take(arena, q * q, sizeof *fit->variance[t].covariance);
        if (fit->variance[t].covariance == NULL)
            return false;
    }
    binomial_blank(fit);
    return true;
}
