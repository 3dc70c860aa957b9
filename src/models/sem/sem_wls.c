/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagonally weighted least squares of polychoric correlations: the sum over groups of (n - 1) (r - rho)' W (r - rho),
 * W = diag(gamma)^-1, by Gauss and Newton's steps, damped as Marquardt (1963) has it. Thresholds are as observed: with
 * diagonal weights nothing else moves them. lavaan's estimator = "WLSMV" has the same minimum. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"

static const double DECREMENT = 1e-16; /* of the minimum, beside 1 or it: estimates within 1e-8 standard errors */
static const double SETTLED = 1e-10;   /* the same where rounding ends the search before */
static const double LEAST_DAMPING = 1e-12, FIRST_DAMPING = 1e-3, MOST_DAMPING = 1e12;
enum { STARTS = 6, MOST_STEPS = 2000, MOST_MOMENTS = 8192 }; /* gamma of so many: half a gigabyte */

/* ---- the model without thresholds ---------------------------------------------------------------------------------
 */

static bool strip_lines(sem_wls *w, size_t *number) {
    const rp_sem_spec *whole = w->whole;
    rp_sem_line *lines = rp_arena_take(w->arena, whole->n_lines + 1, sizeof *lines);
    if (lines == NULL)
        return false;
    for (size_t i = 0; i < whole->n_parameters; i++)
        number[i] = SIZE_MAX;
    for (size_t i = 0; i < whole->n_lines; i++) {
        if (whole->lines[i].op == RP_SEM_THRESHOLD)
            continue;
        rp_sem_line *line = &lines[w->spec.n_lines++];
        *line = whole->lines[i];
        if (line->parameter == SIZE_MAX)
            continue;
        size_t *at = &number[line->parameter];
        if (*at == SIZE_MAX) {
            w->of[w->spec.n_parameters] = line->parameter;
            *at = w->spec.n_parameters++;
        }
        line->parameter = *at;
    }
    w->spec.lines = lines;
    return true;
}

static bool strip_constraints(sem_wls *w) {
    const rp_sem_spec *whole = w->whole;
    rp_sem_constraint *constraints = rp_arena_take(w->arena, whole->n_constraints + 1, sizeof *constraints);
    for (size_t c = 0; constraints && c < whole->n_constraints; c++) {
        double *weights = rp_arena_take(w->arena, w->spec.n_parameters + 1, sizeof *weights);
        if (weights == NULL)
            return false;
        for (size_t i = 0; i < w->spec.n_parameters; i++)
            weights[i] = whole->constraints[c].weights[w->of[i]];
        constraints[c] = (rp_sem_constraint){weights, whole->constraints[c].constant};
    }
    w->spec.constraints = constraints;
    return constraints != NULL;
}

static bool strip(sem_wls *w) {
    size_t n = w->whole->n_parameters;
    size_t *number = rp_arena_take(w->arena, n + 1, sizeof *number);
    w->of = rp_arena_take(w->arena, n + 1, sizeof *w->of);
    w->spec = *w->whole;
    w->spec.n_lines = w->spec.n_parameters = 0;
    w->spec.defined = NULL;
    w->spec.n_defined = 0;
    return number && w->of && strip_lines(w, number) && strip_constraints(w);
}

static bool wls_make(sem_wls *w, rp_sem_fit *fit, rp_arena *arena) {
    *w = (sem_wls){.whole = fit->spec, .moments = fit->moments, .arena = arena};
    if (!strip(w) || !sem_space_make(&w->spec, &w->space, arena))
        return false;
    size_t n = w->spec.n_parameters, m = w->space.m, p = w->spec.layout->n_observed, v = p + w->spec.n_latent;
    w->theta = rp_arena_take(arena, n + 1, sizeof *w->theta);
    w->jacobian = rp_arena_take(arena, p * (p + 1) / 2 * n + 1, sizeof *w->jacobian);
    w->scratch = rp_arena_take(arena, 2 * v * v + 2 * v, sizeof *w->scratch);
    w->hessian = rp_arena_take(arena, m * m + m + 1, sizeof *w->hessian);
    w->ram = rp_arena_take(arena, w->spec.layout->n_groups, sizeof *w->ram);
    if (!w->theta || !w->jacobian || !w->scratch || !w->hessian || !w->ram)
        return false;
    w->by_eta = w->hessian + m * m;
    for (size_t g = 0; g < w->spec.layout->n_groups; g++)
        if (!sem_ram_make(&w->spec, g, &w->ram[g], arena))
            return false;
    return true;
}

/* ---- the function and its derivatives ------------------------------------------------------------------------------
 */

static double weight(const sem_moments *m, size_t pair) {
    size_t at = m->n_cuts + pair;
    return 1 / m->gamma[at * (m->n_cuts + m->n_pairs) + at];
}

static double residual(const sem_moments *m, const sem_ram *ram, size_t pair) {
    const sem_pair *at = &m->pairs[pair];
    return at->found.correlation - ram->sigma[at->row * ram->p + at->column];
}

/* Infinite where there are no correlations. */
static double value_at(sem_wls *w, const double *theta) {
    double value = 0;
    for (size_t g = 0; g < w->spec.layout->n_groups; g++) {
        const sem_moments *m = &w->moments[g];
        if (!sem_ram_at(&w->ram[g], theta))
            return INFINITY;
        for (size_t k = 0; k < m->n_pairs; k++) {
            double r = residual(m, &w->ram[g], k);
            value += (double)(m->n - 1) * weight(m, k) * r * r;
        }
    }
    return isfinite(value) ? value : INFINITY;
}

bool sem_wls_jacobian(sem_wls *w, size_t group, const double *theta) {
    size_t p = w->spec.layout->n_observed, n = w->spec.n_parameters;
    if (!sem_ram_at(&w->ram[group], theta))
        return false;
    sem_ram_jacobian(&w->ram[group], w->jacobian, w->scratch);
    double *to = w->jacobian, *from = to;
    for (size_t c = 0; c < p; c++) {
        from += n; /* the variance */
        memmove(to, from, (p - 1 - c) * n * sizeof *to);
        to += (p - 1 - c) * n;
        from += (p - 1 - c) * n;
    }
    return true;
}

/* Half the gradient, downwards, and half of Gauss and Newton's Hessian, in theta. */
static bool add_products(sem_wls *w, double *by_theta, double *hessian) {
    size_t n = w->spec.n_parameters;
    for (size_t g = 0; g < w->spec.layout->n_groups; g++) {
        const sem_moments *m = &w->moments[g];
        if (!sem_wls_jacobian(w, g, w->theta))
            return false;
        for (size_t k = 0; k < m->n_pairs; k++) {
            const double *row = w->jacobian + k * n;
            double scale = (double)(m->n - 1) * weight(m, k), pull = scale * residual(m, &w->ram[g], k);
            for (size_t a = 0; a < n; a++) {
                by_theta[a] += pull * row[a];
                for (size_t b = 0; b < n && row[a] != 0; b++)
                    hessian[a * n + b] += scale * row[a] * row[b];
            }
        }
    }
    return true;
}

/* Both in eta. `room`: n + n^2. */
static bool derive(sem_wls *w, double *room) {
    size_t n = w->spec.n_parameters, m = w->space.m;
    memset(room, 0, (n + n * n) * sizeof *room);
    if (!add_products(w, room, room + n))
        return false;
    sem_space_information(&w->space, room + n, w->hessian);
    for (size_t j = 0; j < m; j++) {
        w->by_eta[j] = 0;
        for (size_t i = 0; i < n; i++)
            w->by_eta[j] += w->space.k[i * m + j] * room[i];
    }
    return true;
}

/* ---- the search -----------------------------------------------------------------------------------------------------
 */

/* The step with this damping, in `step`, and by how much a parabola would fall: false where there is none. `l`: m^2. */
static bool solve_step(const sem_wls *w, double damping, double *l, double *step, double *fall) {
    size_t m = w->space.m;
    memcpy(l, w->hessian, m * m * sizeof *l);
    for (size_t j = 0; j < m; j++)
        l[j * m + j] = l[j * m + j] > 0 ? l[j * m + j] * (1 + damping) : 1;
    memcpy(step, w->by_eta, m * sizeof *step);
    if (!rp_cholesky(l, m))
        return false;
    rp_lower_solve(l, m, step);
    rp_upper_solve(l, m, step);
    *fall = 0;
    for (size_t j = 0; j < m; j++)
        *fall += step[j] * w->by_eta[j];
    return isfinite(*fall);
}

static void move(const sem_wls *w, const double *step, double *to) {
    size_t m = w->space.m;
    for (size_t i = 0; i < w->space.n; i++) {
        to[i] = w->theta[i];
        for (size_t j = 0; j < m; j++)
            to[i] += w->space.k[i * m + j] * step[j];
    }
}

/* From w->theta to the nearest minimum. */
typedef struct descent {
    double value, fall;
    int evaluations;
    bool converged;
} descent;

/* One step down, with as much damping as it takes. False: no step leads down. */
static bool step_down(sem_wls *w, double *damping, double *l, double *step, double *trial, descent *d) {
    for (; *damping <= MOST_DAMPING; *damping = fmax(10 * *damping, LEAST_DAMPING)) {
        double fall;
        if (!solve_step(w, *damping, l, step, &fall))
            continue;
        move(w, step, trial);
        double value = value_at(w, trial);
        d->evaluations++;
        if (!(value < d->value))
            continue;
        d->value = value;
        memcpy(w->theta, trial, w->space.n * sizeof *trial);
        *damping = fmax(*damping / 10, LEAST_DAMPING);
        return true;
    }
    return false;
}

static bool descend(sem_wls *w, int most, descent *d, rp_arena *arena) {
    size_t n = w->space.n, m = w->space.m;
    double *room = rp_arena_take(arena, n * n + 2 * n + m * m + m + 1, sizeof *room);
    if (room == NULL)
        return false;
    double *l = room + n * n + n, *step = l + m * m, *trial = step + m, damping = FIRST_DAMPING;
    *d = (descent){.value = value_at(w, w->theta), .evaluations = 1};
    for (int i = 0; i < most && isfinite(d->value); i++) {
        d->fall = INFINITY;
        if (!derive(w, room) || !solve_step(w, LEAST_DAMPING, l, step, &d->fall))
            break;
        d->converged = d->fall <= DECREMENT * fmax(1, d->value);
        if (d->converged)
            break;
        if (!step_down(w, &damping, l, step, trial, d)) {
            d->converged = d->fall <= SETTLED * fmax(1, d->value);
            break;
        }
    }
    return true;
}

/* The best of the starts, in w->theta. */
static bool find(sem_wls *w, const sem_saturated *observed, const rp_sem_options *options, descent *best) {
    size_t n = w->spec.n_parameters;
    int starts = options && options->starts > 0 ? options->starts : sem_has_several_summits(&w->spec) ? STARTS : 1;
    int most = options && options->most_evaluations > 0 ? options->most_evaluations : MOST_STEPS, evaluations = 0;
    double *kept = rp_arena_take(w->arena, n + w->space.m + 1, sizeof *kept);
    rp_arena *scratch = rp_arena_new(0);
    bool good = kept && scratch;
    *best = (descent){.value = INFINITY};
    for (int i = 0; good && i < starts; i++) {
        descent d;
        good = sem_start(&w->spec, observed, w->theta, scratch);
        for (size_t a = 0; good && options && options->start && a < n; a++)
            if (isfinite(options->start[w->of[a]]))
                w->theta[a] = options->start[w->of[a]];
        if (good && i > 0)
            sem_start_shake(&w->spec, options ? options->seed : 0, (uint32_t)i, w->theta);
        if (good)
            sem_space_project(&w->space, w->theta, kept + n);
        good = good && descend(w, most, &d, scratch);
        rp_arena_empty(scratch);
        evaluations += good ? d.evaluations : 0;
        if (!good || (i > 0 && !(d.value < best->value - 1e-9 * fmax(1, best->value))))
            continue;
        *best = d;
        memcpy(kept, w->theta, n * sizeof *kept);
    }
    rp_arena_free(scratch);
    if (good)
        memcpy(w->theta, kept, n * sizeof *kept);
    best->evaluations = evaluations;
    return good;
}

/* ---- all
 * ------------------------------------------------------------------------------------------------------------- */

/* Estimates and thresholds into fit->theta, and the slope that is left. False: no memory. */
static bool set_values(sem_wls *w, rp_sem_fit *fit) {
    size_t n = w->spec.n_parameters;
    double *room = rp_arena_take(w->arena, n + n * n + 1, sizeof *room);
    if (room == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        fit->theta[w->of[i]] = w->theta[i];
    for (size_t i = 0; i < w->whole->n_lines; i++) {
        const rp_sem_line *line = &w->whole->lines[i];
        if (line->op == RP_SEM_THRESHOLD)
            fit->theta[line->parameter] =
                w->moments[line->group].thresholds[sem_threshold_place(w->whole->layout, line)];
    }
    fit->chisq = value_at(w, w->theta);
    fit->max_gradient = derive(w, room) ? 0 : (double)NAN;
    for (size_t j = 0; j < w->space.m; j++)
        fit->max_gradient = fmax(fit->max_gradient, 2 * fabs(w->by_eta[j]));
    return true;
}

/* Parameters of thresholds that are one with another, or infinite, are none. */
static size_t count_cuts(const sem_wls *w) {
    size_t n = 0;
    for (size_t g = 0; g < w->spec.layout->n_groups; g++)
        n += w->moments[g].n_cuts;
    return n;
}

static bool too_many(const sem_moments *moments, size_t n_groups) {
    for (size_t g = 0; g < n_groups; g++)
        if (moments[g].n_pairs + moments[g].n_cuts > MOST_MOMENTS)
            return true;
    return false;
}

/* Why there is nothing to fit, into the message; true where there is something. *ok false: no memory. */
static bool can_fit(rp_sem_fit *fit, bool *ok, rp_arena *arena) {
    const rp_sem_layout *layout = fit->spec->layout;
    size_t p = layout->n_observed;
    if (p * (p - 1) / 2 > MOST_MOMENTS || sem_threshold_count(layout) > MOST_MOMENTS) {
        fit->message = "There are more ordered variables, or more categories, than can be fitted at once.";
        return false;
    }
    fit->moments = sem_moments_make(fit->stats, true, arena);
    *ok = fit->moments != NULL;
    if (*ok && too_many(fit->moments, layout->n_groups))
        fit->message = "There are more ordered variables, or more categories, than can be fitted at once.";
    else if (*ok)
        fit->message = sem_wls_why_not(layout, fit->moments, ok, arena);
    return *ok && fit->message == NULL;
}

static bool run(sem_wls *w, rp_sem_fit *fit, const rp_sem_options *options) {
    size_t n_groups = w->spec.layout->n_groups, p = w->spec.layout->n_observed;
    sem_saturated *observed = rp_arena_take(w->arena, n_groups, sizeof *observed);
    double *null = rp_arena_take(w->arena, fit->spec->n_parameters + 1, sizeof *null);
    descent best;
    bool singular = false;
    if (!observed || !null || !sem_moments_saturated(w->moments, n_groups, observed, w->arena) ||
        !find(w, observed, options, &best))
        return false;
    fit->evaluations = best.evaluations;
    if (!isfinite(best.value)) {
        fit->message = "No start was found from which the model has correlations; give starting values.";
        return true;
    }
    fit->n_free = w->space.m + count_cuts(w);
    fit->df = (double)(n_groups * (p * (p - 1) / 2)) - (double)w->space.m;
    return sem_set_signs(&w->spec, w->theta, w->arena) && set_values(w, fit) &&
           sem_wls_errors(w, fit, null, &singular) && sem_say(fit, best.converged, singular, null, w->arena) &&
           sem_wls_note(w->moments, fit, w->arena);
}

bool sem_wls_fit(rp_sem_fit *fit, const rp_sem_options *options, rp_arena *arena) {
    bool ok = true;
    sem_wls w;
    if (!can_fit(fit, &ok, arena))
        return ok;
    if (!wls_make(&w, fit, arena))
        return false;
    if (w.space.at_odds != SIZE_MAX) {
        fit->message = rp_arena_printf(
            arena, "Constraint %zu contradicts those before it: no parameters keep them all.", w.space.at_odds + 1);
        return fit->message != NULL;
    }
    fit->message = "";
    return run(&w, fit, options);
}
