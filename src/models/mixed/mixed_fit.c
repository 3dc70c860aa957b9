/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fit of a Gaussian mixed model: BFGS over theta, each element times the scale of its column, so that a slope a day
 * is as easy as one a year. Theta is free to be of either sign, since the objective does not change with the signs of
 * Lambda's columns; its signs are set right at the end. Elements of the diagonal that might as well be 0 are set to 0
 * (Bates et al. 2015, section 3; the threshold is that of MixedModels.jl), and the rest is fitted once more. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

static const double DECREMENT = 1e-12, FARTHEST = 1e7, NO_RESIDUAL = 1e5;
static const double SMALL_DIAGONAL = 1e-3, SMALL_RISE = 1e-5;
enum { MOST_EVALUATIONS = 2000 };

typedef struct fitting {
    const rp_mixed_stats *stats;
    const rp_mixed_spec *spec;
    const mixed_solver *solver;
    mixed_plan *plan;
    size_t n, n_free;
    double *theta, *scale, *slope; /* n; slope: the gradient */
    size_t *free;                  /* the elements that may move */
    double *x, *gradient;          /* n_free: theta times scale */
    int evaluations, most;
    bool converged;
    rp_arena *arena;
} fitting;

static double value(void *context, const double *x, double *gradient) {
    fitting *f = context;
    for (size_t i = 0; i < f->n_free; i++) {
        if (!(fabs(x[i]) < FARTHEST))
            return INFINITY;
        f->theta[f->free[i]] = x[i] / f->scale[f->free[i]];
    }
    mixed_point point = {.gradient = gradient ? f->slope : NULL};
    f->evaluations++;
    if (!f->solver->evaluate(f->plan, f->theta, &point))
        return INFINITY;
    for (size_t i = 0; gradient && i < f->n_free; i++)
        gradient[i] = f->slope[f->free[i]] / f->scale[f->free[i]];
    return point.objective;
}

/* ---- start ------------------------------------------------------------------------------------------ */

/* The scale of an element is the root mean square of its row's column. */
static void set_scales(fitting *f, const double *total) {
    size_t at = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++) {
        const rp_mixed_term *term = &f->spec->terms[t];
        for (size_t j = 0; j < term->n_columns; j++)
            for (size_t i = j; i < term->n_columns; i++)
                f->scale[at++] = sqrt(total[mixed_packed(term->columns[i] + 1) - 1] / (double)f->stats->rows);
    }
    for (; at < f->n; at++)
        f->scale[at] = 1;
}

static void set_start(fitting *f, const double *start, double diagonal) {
    if (start) {
        memcpy(f->theta, start, f->n * sizeof *start);
        return;
    }
    size_t at = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++)
        for (size_t j = 0; j < f->spec->terms[t].n_columns; j++)
            for (size_t i = j; i < f->spec->terms[t].n_columns; i++, at++)
                f->theta[at] = i == j ? diagonal / f->scale[at] : 0;
    for (; at < f->n; at++)
        f->theta[at] = 0;
}

static void set_free(fitting *f) {
    f->n_free = 0;
    for (size_t i = 0; i < f->n; i++)
        f->free[f->n_free++] = i;
}

/* ---- search ------------------------------------------------------------------------------------------ */

static void load_x(fitting *f) {
    for (size_t i = 0; i < f->n_free; i++)
        f->x[i] = f->theta[f->free[i]] * f->scale[f->free[i]];
}

/* A step by the Hessian itself, where BFGS stopped short: true where that is the minimum. */
static bool polish(fitting *f, const rp_function *function, double *objective, bool *memory) {
    size_t n = f->n_free;
    double *hessian = rp_arena_take(f->arena, n * n + 2 * n, sizeof *hessian);
    *memory = hessian != NULL;
    if (hessian == NULL || !rp_gradient_hessian(function, f->x, hessian, f->arena) || !rp_cholesky(hessian, n)) {
        value(f, f->x, NULL); /* theta as it was */
        return false;
    }
    double *step = hessian + n * n, *new_x = step + n, decrement = 0;
    memcpy(step, f->gradient, n * sizeof *step);
    rp_lower_solve(hessian, n, step);
    for (size_t i = 0; i < n; i++)
        decrement += step[i] * step[i] / 2;
    rp_upper_solve(hessian, n, step);
    for (size_t i = 0; i < n; i++)
        new_x[i] = f->x[i] - step[i];
    double found = value(f, new_x, f->gradient), rounding = 1e-13 * fabs(*objective);
    if (!(found <= *objective + rounding)) {
        value(f, f->x, f->gradient);
        return false;
    }
    memcpy(f->x, new_x, n * sizeof *new_x);
    *objective = found;
    return decrement <= 1e-6; /* by quadratic convergence, the next would be about its square */
}

/* From theta to the nearest minimum. False: no memory. */
static bool search(fitting *f, double *objective) {
    rp_function function = {f->n_free, value, f};
    rp_minimum minimum;
    load_x(f);
    if (!rp_bfgs(&function, DECREMENT, f->most - f->evaluations, f->x, f->gradient, f->arena, &minimum))
        return false;
    *objective = minimum.value;
    f->converged = minimum.converged;
    bool memory = true;
    for (int i = 0; i < 3 && !f->converged && isfinite(*objective) && memory && f->evaluations < f->most; i++)
        f->converged = polish(f, &function, objective, &memory);
    value(f, f->x, f->gradient); /* theta and slope as found */
    f->evaluations--;
    return memory;
}

/* ---- edge -------------------------------------------------------------------------------------------- */

/* The same Lambda Lambda' with a diagonal of at least 0, and, below a 0 of the diagonal, zeros: the semidefinite
 * Cholesky factor of what theta gives. */
static void set_right(double *theta, size_t q, double *full) {
    bool zero = false;
    double *at = theta;
    memset(full, 0, 2 * q * q * sizeof *full);
    for (size_t j = 0; j < q; j++) {
        double sign = *at < 0 ? -1 : 1;
        zero = zero || *at == 0;
        for (size_t i = j; i < q; i++, at++)
            full[i * q + j] = *at = *at == 0 ? 0 : sign * *at; /* no -0 */
    }
    if (!zero)
        return;
    double *v = full + q * q;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            for (size_t h = 0; h < q; h++)
                v[i * q + j] += full[i * q + h] * full[j * q + h];
    at = theta;
    for (size_t j = 0; j < q; j++) {
        double all = v[j * q + j], left = all;
        for (size_t h = 0; h < j; h++)
            left -= full[j * q + h] * full[j * q + h];
        double pivot = left > 1e-14 * all && all > 0 ? sqrt(left) : 0;
        full[j * q + j] = *at++ = pivot;
        for (size_t i = j + 1; i < q; i++) {
            double x = v[i * q + j];
            for (size_t h = 0; h < j; h++)
                x -= full[i * q + h] * full[j * q + h];
            full[i * q + j] = *at++ = pivot > 0 ? x / pivot : 0;
        }
    }
}

static bool all_right(fitting *f) {
    double *at = f->theta;
    for (size_t t = 0; t < f->spec->n_terms; t++) {
        size_t q = f->spec->terms[t].n_columns;
        double *full = rp_arena_take(f->arena, 2 * q * q, sizeof *full);
        if (full == NULL)
            return false;
        set_right(at, q, full);
        at += mixed_packed(q);
    }
    return true;
}

static double objective_at(fitting *f, const double *theta) {
    mixed_point point = {0};
    f->evaluations++;
    return f->solver->evaluate(f->plan, theta, &point) ? point.objective : INFINITY;
}

/* Sets elements of the diagonal to 0 that are nearly so at no cost, and keeps them there. *any: there were some. */
static void set_zeros(fitting *f, double objective, bool *any) {
    size_t at = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++)
        for (size_t j = 0; j < f->spec->terms[t].n_columns; j++)
            for (size_t i = j; i < f->spec->terms[t].n_columns; i++, at++) {
                double was = f->theta[at];
                bool zero = i == j && fabs(was) * f->scale[at] < SMALL_DIAGONAL;
                if (zero && was != 0) {
                    f->theta[at] = 0;
                    zero = objective_at(f, f->theta) <= objective + SMALL_RISE;
                    f->theta[at] = zero ? 0 : was;
                }
                *any = *any || zero;
            }
}

/* What may move: all but a diagonal of 0 and, below it, zeros that belong to it. */
static void free_the_rest(fitting *f) {
    size_t at = 0;
    f->n_free = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++)
        for (size_t j = 0; j < f->spec->terms[t].n_columns; j++) {
            bool zero = f->theta[at] == 0;
            for (size_t i = j; i < f->spec->terms[t].n_columns; i++, at++)
                if (!zero)
                    f->free[f->n_free++] = at;
        }
    for (; at < f->n; at++)
        f->free[f->n_free++] = at;
}

/* ---- all of it --------------------------------------------------------------------------------------- */

static bool too_far(const fitting *f) {
    for (size_t i = 0; i < f->n; i++)
        if (fabs(f->theta[i]) * f->scale[i] > NO_RESIDUAL)
            return true;
    return false;
}

static bool estimate(fitting *f, const double *start) {
    static const double diagonals[] = {1, 0.2, 5};
    double objective = NAN;
    for (size_t i = 0; i < 3 && !f->converged && f->evaluations < f->most; i++) {
        set_free(f);
        set_start(f, i == 0 ? start : NULL, diagonals[i]);
        if (!search(f, &objective))
            return false;
        if (too_far(f))
            return true;
    }
    bool zeros = false;
    if (f->converged)
        set_zeros(f, objective, &zeros);
    if (!all_right(f))
        return false;
    if (zeros) {
        free_the_rest(f);
        if (!search(f, &objective) || !all_right(f))
            return false;
    }
    return true;
}

static bool make(fitting *f, const mixed_solver *solver, rp_error *error) {
    f->solver = solver;
    f->spec = f->stats->spec;
    f->n = mixed_theta_count(f->spec);
    f->plan = solver->plan(f->stats, f->arena, error);
    if (f->plan == NULL)
        return false;
    f->theta = rp_arena_take(f->arena, 5 * f->n + 1, sizeof *f->theta);
    f->free = rp_arena_take(f->arena, f->n + 1, sizeof *f->free);
    if (!f->theta || !f->free)
        return rp_fail_memory(error);
    f->scale = f->theta + f->n;
    f->slope = f->scale + f->n;
    f->x = f->slope + f->n;
    f->gradient = f->x + f->n;
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
                    v[i * q + j] += sigma2 * theta[i - h] * theta[j - h];
    }
}

static bool set_numbers(rp_mixed_fit *fit, fitting *f) {
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

static bool run(rp_mixed_fit *fit, fitting *f, const rp_mixed_options *options, const mixed_solver *solver,
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
    set_scales(f, total);
    if (!estimate(f, options->start))
        return rp_fail_memory(error);
    if (too_far(f)) {
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
    fitting f = {.stats = stats, .arena = scratch};
    bool good = fit && scratch;
    if (!good)
        rp_fail_memory(error);
    good = good && run(fit, &f, options ? options : &usual, solver, arena, error);
    rp_arena_free(scratch);
    return good ? fit : NULL;
}
