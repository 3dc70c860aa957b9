/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fit of a Gaussian mixed model: is one possible, the search for theta, and all numbers that follow from it. */
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_search.h"

enum { MOST_EVALUATIONS = 2000 };

static bool make(mixed_search *f, const mixed_solver *solver, rp_error *error) {
    f->solver = solver;
    f->spec = f->stats->spec;
    f->n = mixed_theta_count(f->spec);
    f->plan = solver->plan(f->stats, f->arena, error);
    if (f->plan == NULL)
        return false;
    f->theta = rp_arena_take(f->arena, 9 * f->n + 1, sizeof *f->theta);
    f->free = rp_arena_take(f->arena, f->n + 1, sizeof *f->free);
    if (!f->theta || !f->free)
        return rp_fail_memory(error);
    f->scale = f->theta + f->n;
    f->slope = f->scale + f->n;
    f->x = f->slope + f->n;
    f->gradient = f->x + f->n;
    f->best = f->gradient + f->n;
    f->unit = f->best + f->n;
    f->sure = f->unit + f->n;
    f->numbers = f->sure + f->n;
    return true;
}

static rp_mixed_fit *new_fit(const rp_mixed_stats *stats, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    size_t p = spec->n_fixed;
    rp_mixed_fit *fit = rp_arena_take(arena, 1, sizeof *fit);
    if (fit == NULL)
        return NULL;
    *fit = (rp_mixed_fit){.stats = stats, .spec = spec, .status = RP_MIXED_NOT_FITTED, .n = stats->rows, .p = p};
    fit->n_theta = mixed_theta_count(spec);
    fit->beta = rp_arena_take(arena, 2 * p + p * p + fit->n_theta, sizeof *fit->beta);
    fit->variance = rp_arena_take(arena, spec->n_terms, sizeof *fit->variance);
    if (!fit->beta || !fit->variance)
        return NULL;
    fit->se = fit->beta + p;
    fit->vcov = fit->se + p;
    fit->theta = fit->vcov + p * p;
    for (size_t i = 0; i < 2 * p + p * p + fit->n_theta; i++)
        fit->beta[i] = NAN;
    for (size_t t = 0; t < spec->n_terms; t++) {
        size_t q = fit->variance[t].q = spec->terms[t].n_columns;
        double *v = fit->variance[t].covariance = rp_arena_take(arena, q * q, sizeof *v);
        for (size_t i = 0; v && i < q * q; i++)
            v[i] = NAN;
        if (v == NULL)
            return NULL;
    }
    fit->sigma = fit->objective = fit->log_lik = fit->aic = fit->bic = fit->max_gradient = NAN;
    return fit;
}

static void set_variances(rp_mixed_fit *fit, double sigma2) {
    const double *theta = fit->theta;
    for (size_t t = 0; t < fit->spec->n_terms; t++) {
        size_t q = fit->variance[t].q;
        double *v = fit->variance[t].covariance;
        memset(v, 0, q * q * sizeof *v);
        for (size_t h = 0; h < q; theta += q - h, h++)
            for (size_t i = h; i < q; i++)
                for (size_t j = h; j < q; j++)
                    v[i * q + j] += sigma2 * (theta[i - h] * theta[j - h]);
    }
}

static bool set_numbers(rp_mixed_fit *fit, mixed_search *f) {
    mixed_point point = {.beta = fit->beta, .unscaled = fit->vcov, .gradient = f->slope};
    memcpy(fit->theta, f->theta, f->n * sizeof *f->theta);
    if (!f->solver->evaluate(f->plan, f->theta, &point))
        return false;
    for (size_t i = 0; i < fit->p * fit->p; i++)
        fit->vcov[i] *= point.sigma2;
    for (size_t i = 0; i < fit->p; i++)
        fit->se[i] = sqrt(fit->vcov[i * fit->p + i]);
    fit->max_gradient = 0;
    for (size_t i = 0; i < f->n_free; i++)
        fit->max_gradient = fmax(fit->max_gradient, fabs(f->slope[f->free[i]]));
    fit->sigma = sqrt(point.sigma2);
    fit->rho = fit->spec->ar1 ? fit->theta[fit->n_theta - 1] : 0;
    fit->objective = point.objective;
    fit->log_lik = -point.objective / 2;
    double parameters = (double)(fit->p + fit->n_theta + 1);
    fit->aic = point.objective + 2 * parameters;
    fit->bic = point.objective + log((double)fit->n) * parameters;
    fit->evaluations = f->evaluations;
    fit->status = f->converged ? RP_MIXED_CONVERGED : RP_MIXED_NOT_CONVERGED;
    set_variances(fit, point.sigma2);
    return true;
}

static bool run(rp_mixed_fit *fit, mixed_search *f, const rp_mixed_options *options, const mixed_solver *solver,
                rp_arena *arena, rp_error *error) {
    mixed_fault found;
    double *total = mixed_total(f->stats, f->arena);
    if (total == NULL || !mixed_check(f->stats, total, &found, f->arena))
        return rp_fail_memory(error);
    fit->message = found.fault ? rp_arena_printf(arena, "%s", found.fault) : NULL;
    if (found.fault)
        return fit->message != NULL || rp_fail_memory(error);
    if (!make(f, solver, error))
        return false;
    f->most = options->most_evaluations > 0 ? options->most_evaluations : MOST_EVALUATIONS;
    if (!mixed_directions_find(f->stats->spec, total, (double)f->stats->rows, &f->directions, f->arena))
        return rp_fail_memory(error);
    mixed_search_scale(f, total, &found.chain);
    if (!mixed_search_run(f, options->start))
        return rp_fail_memory(error);
    if (mixed_search_too_far(f)) {
        fit->message = "Within groups there is no spread left once the random effects are known, so that no variance "
                       "can be estimated. Do all rows of a group have the same outcome? A simpler model is needed.";
        return true;
    }
    if (!set_numbers(fit, f) || !isfinite(fit->objective)) {
        fit->status = RP_MIXED_NOT_FITTED;
        fit->message = "The model could not be evaluated: its numbers are too large or too far apart. Bring the "
                       "columns to scales alike.";
        return true;
    }
    const char *close = found.close ? rp_arena_printf(arena, "%s", found.close) : NULL;
    return ((close || !found.close) && mixed_say(fit, close, arena)) || rp_fail_memory(error);
}

rp_mixed_fit *mixed_fit_gaussian(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                                 rp_error *error) {
    static const rp_mixed_options usual = {0};
    const mixed_solver *solver = mixed_solver_for(stats, error);
    if (solver == NULL)
        return NULL;
    rp_mixed_fit *fit = new_fit(stats, arena);
    rp_arena *scratch = rp_arena_new(0);
    mixed_search f = {.stats = stats, .arena = scratch};
    bool good = fit && scratch;
    if (!good)
        rp_fail_memory(error);
    good = good && run(fit, &f, options ? options : &usual, solver, arena, error);
    rp_arena_free(scratch);
    return good ? fit : NULL;
}
