/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for theta: BFGS along directions that are told apart well (mixed_directions.c), so that a slope a day
 * is as easy as one a year, and one by the calendar as one from the first year. Theta is free to be of either sign,
 * since the objective does not change with the signs of Lambda's columns; its signs are set right at the end. Elements
 * of the diagonal that might as well be 0 are set to 0 (Bates et al. 2015, section 3; the threshold is that of
 * MixedModels.jl), and the rest is fitted once more. */
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_search.h"

static const double DECREMENT = 1e-12, FARTHEST = 1e7, NO_RESIDUAL = 1e5;
static const double SMALL_DIAGONAL = 1e-3, SMALL_RISE = 1e-5;
/* Where rounding ends a search, it is at the minimum if the objective's slope is below this for a theta that changes by
 * 1 or by all of itself. */
static const double FLAT = 1e-3;
/* AR(1): atanh(rho) moves, up to here; beyond EDGE_RHO it goes to 1 or -1. */
static const double FARTHEST_RHO = 5, EDGE_RHO = 0.999;
enum { FEW_CELLS = 2000 };

/* Of `unit` numbers along the directions, or of theta itself. */
static void set_theta(mixed_search *f, const double *x) {
    for (size_t i = 0; i < f->n_free; i++)
        f->theta[f->free[i]] = 0;
    for (size_t i = 0; i < f->n_free; i++) {
        size_t e = f->free[i];
        if (f->spec->ar1 && e + 1 == f->n)
            f->theta[e] = tanh(x[i]);
        else if (f->plain)
            f->theta[e] = x[i] / f->unit[e];
        else
            mixed_directions_move(&f->directions, e, x[i] / f->unit[e], f->theta);
    }
}

static bool near_enough(const mixed_search *f, const double *x) {
    for (size_t i = 0; i < f->n_free; i++) {
        bool rho = f->spec->ar1 && f->free[i] + 1 == f->n;
        if (!(rho ? fabs(x[i]) < FARTHEST_RHO : fabs(f->theta[f->free[i]]) * f->scale[f->free[i]] < FARTHEST))
            return false;
    }
    return true;
}

static double value(void *context, const double *x, double *gradient) {
    mixed_search *f = context;
    set_theta(f, x);
    if (!near_enough(f, x))
        return INFINITY;
    mixed_point point = {.gradient = gradient ? f->slope : NULL};
    f->evaluations++;
    if (!f->solver->evaluate(f->plan, f->theta, &point))
        return INFINITY;
    for (size_t i = 0; gradient && i < f->n_free; i++) {
        size_t e = f->free[i];
        if (f->spec->ar1 && e + 1 == f->n)
            gradient[i] = f->slope[e] * (1 - f->theta[e] * f->theta[e]);
        else
            gradient[i] = (f->plain ? f->slope[e] : mixed_directions_slope(&f->directions, e, f->slope)) / f->unit[e];
    }
    return point.objective;
}

/* ---- start ------------------------------------------------------------------------------------------ */

static size_t groups_of(const mixed_chain *chain, size_t factor) {
    for (size_t l = 0; l < chain->n; l++)
        if (chain->factors[l] == factor)
            return chain->groups[l];
    return 1;
}

/* The scale of an element is the root mean square of its row's column. The information on it grows with the number of
 * groups, which lets all elements be searched alike. */
void mixed_search_scale(mixed_search *f, const double *total, const mixed_chain *chain) {
    size_t at = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++) {
        const rp_mixed_term *term = &f->spec->terms[t];
        for (size_t j = 0; j < term->n_columns; j++)
            for (size_t i = j; i < term->n_columns; i++, at++) {
                f->sure[at] = sqrt((double)groups_of(chain, term->factor));
                f->scale[at] = sqrt(total[mixed_packed(term->columns[i] + 1) - 1] / (double)f->stats->rows);
            }
    }
    for (; at < f->n; at++)
        f->scale[at] = f->sure[at] = 1;
}

static void set_start(mixed_search *f, const double *start, double diagonal, double rho) {
    if (start) {
        memcpy(f->theta, start, f->n * sizeof *start);
        return;
    }
    size_t at = 0;
    memset(f->theta, 0, f->n * sizeof *f->theta);
    for (size_t t = 0; t < f->spec->n_terms; t++)
        for (size_t j = 0, q = f->spec->terms[t].n_columns; j < q; at += q - j, j++)
            mixed_directions_move(&f->directions, at, diagonal, f->theta);
    for (; at < f->n; at++)
        f->theta[at] = rho;
}

static void set_free(mixed_search *f) {
    f->n_free = 0;
    for (size_t i = 0; i < f->n; i++)
        f->free[f->n_free++] = i;
}

/* ---- search ------------------------------------------------------------------------------------------ */

static void load_x(mixed_search *f) {
    if (f->plain)
        memcpy(f->numbers, f->theta, f->n * sizeof *f->theta);
    else
        mixed_directions_numbers(&f->directions, f->theta, f->numbers);
    for (size_t i = 0; i < f->n_free; i++) {
        size_t e = f->free[i];
        bool rho = f->spec->ar1 && e + 1 == f->n;
        f->x[i] =
            rho ? fmin(fmax(atanh(f->theta[e]), -0.9 * FARTHEST_RHO), 0.9 * FARTHEST_RHO) : f->numbers[e] * f->unit[e];
    }
}

/* Whether the slope at x is as good as none. */
static bool flat(const mixed_search *f) {
    for (size_t i = 0; i < f->n_free; i++)
        if (!(fabs(f->gradient[i]) * fmax(1, fabs(f->x[i])) <= FLAT))
            return false;
    return true;
}

/* A step by the Hessian itself, where BFGS stopped short: true where that is the minimum. */
static bool polish(mixed_search *f, const rp_function *function, double *objective, bool *memory) {
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

static bool descend(mixed_search *f, double *objective) {
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
    f->converged = f->converged || (isfinite(*objective) && flat(f));
    return memory;
}

/* From theta to the nearest minimum: once more in units of what was found, where it was far from where it began, and
 * once more without rho, where that is at its edge. False: no memory. */
static bool search(mixed_search *f, double *objective) {
    f->plain = false;
    memcpy(f->unit, f->sure, f->n * sizeof *f->unit);
    if (!descend(f, objective))
        return false;
    if (f->converged || !isfinite(*objective) || f->evaluations >= f->most)
        return true;
    f->plain = true;
    for (size_t i = 0; i < f->n; i++)
        f->unit[i] = f->sure[i] * (fabs(f->theta[i]) * f->scale[i] > 2 ? 1 / fabs(f->theta[i]) : f->scale[i]);
    if (f->spec->ar1 && fabs(f->theta[f->n - 1]) > EDGE_RHO && f->n_free && f->free[f->n_free - 1] + 1 == f->n)
        f->n_free--;
    return descend(f, objective);
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

static bool all_right(mixed_search *f) {
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

static double objective_at(mixed_search *f, const double *theta) {
    mixed_point point = {0};
    f->evaluations++;
    return f->solver->evaluate(f->plan, theta, &point) ? point.objective : INFINITY;
}

/* Sets elements of the diagonal to 0 that are nearly so at no cost, and keeps them there. *any: there were some. */
static void set_zeros(mixed_search *f, double objective, bool *any) {
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
static void free_the_rest(mixed_search *f) {
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
        if (!(fabs(f->theta[at]) > EDGE_RHO))
            f->free[f->n_free++] = at;
}

/* ---- all of it --------------------------------------------------------------------------------------- */

bool mixed_search_too_far(const mixed_search *f) {
    for (size_t i = 0; i < f->n; i++)
        if (fabs(f->theta[i]) * f->scale[i] > NO_RESIDUAL)
            return true;
    return false;
}

/* Two steps of the EM algorithm for each term's size alone: its variance times tr M / (groups q), where M is the sum
 * over its groups of P + kappa u u', which the gradient tells: tr M = groups q - (sum of theta times gradient) / 2.
 * They lead fast from far away, where BFGS knows nothing of the curvature yet. */
static void approach(mixed_search *f) {
    for (int step = 0; step < 2; step++) {
        mixed_point point = {.gradient = f->slope};
        f->evaluations++;
        if (!f->solver->evaluate(f->plan, f->theta, &point) || !isfinite(point.objective))
            return;
        size_t from = 0, to = 0;
        for (size_t t = 0; t < f->spec->n_terms; t++, from = to) {
            size_t q = f->spec->terms[t].n_columns;
            double turn = 0, effects = f->sure[from] * f->sure[from] * (double)q;
            for (to = from; to < from + mixed_packed(q); to++)
                turn += f->theta[to] * f->slope[to];
            double factor = sqrt(fmin(fmax(1 - turn / (2 * effects), 0.01), 100));
            for (size_t i = from; i < to; i++)
                f->theta[i] *= factor;
        }
    }
}

/* From all starts, or from the first that leads to a minimum where that costs much: *objective and theta of the best.
 */
static bool from_starts(mixed_search *f, const double *start, double *objective) {
    static const double diagonals[] = {1, 0.2, 5}, rhos[] = {0, 0.5, -0.3};
    bool converged = false, once = start || f->stats->cells.n > FEW_CELLS;
    *objective = INFINITY;
    for (size_t i = 0; i < 3 && !(converged && once) && f->evaluations < f->most; i++) {
        double found;
        set_free(f);
        set_start(f, i == 0 ? start : NULL, diagonals[i], rhos[i]);
        if (i == 0 && !start)
            approach(f);
        if (!search(f, &found))
            return false;
        if ((f->converged && !converged) || (f->converged == converged && found < *objective - SMALL_RISE)) {
            memcpy(f->best, f->theta, f->n * sizeof *f->best);
            *objective = found;
            converged = f->converged;
        }
    }
    f->converged = converged;
    if (isfinite(*objective))
        memcpy(f->theta, f->best, f->n * sizeof *f->theta);
    return true;
}

/* At a 0 of the diagonal the slope is 0 whether that is a minimum or not: theta is set to where it is lower, if it is.
 */
static bool wake_zeros(mixed_search *f, double objective) {
    static const double steps[] = {0.02, 0.2};
    size_t at = 0;
    for (size_t t = 0; t < f->spec->n_terms; t++)
        for (size_t j = 0; j < f->spec->terms[t].n_columns; at += f->spec->terms[t].n_columns - j, j++)
            for (size_t i = 0; f->theta[at] == 0 && i < 2; i++) {
                f->theta[at] = steps[i] / f->scale[at];
                if (objective_at(f, f->theta) < objective - SMALL_RISE)
                    return true;
                f->theta[at] = 0;
            }
    return false;
}

bool mixed_search_run(mixed_search *f, const double *start) {
    double objective;
    if (!from_starts(f, start, &objective))
        return false;
    for (int round = 0; round < 3 && f->converged && !mixed_search_too_far(f); round++) {
        bool zeros = false;
        for (int i = 0; i < 2; i++) { /* what was all but 0 below a zero may come onto the diagonal */
            set_zeros(f, objective, &zeros);
            if (!all_right(f))
                return false;
        }
        free_the_rest(f);
        if (!zeros || f->evaluations >= f->most)
            break;
        if (!search(f, &objective) || !all_right(f))
            return false;
        if (round == 2 || !wake_zeros(f, objective))
            break;
        set_free(f);
        if (!search(f, &objective))
            return false;
    }
    return true;
}
