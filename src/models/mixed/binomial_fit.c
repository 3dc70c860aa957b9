/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood over (theta, beta) together. beta is measured from the fit without random effects, in its own
 * standard errors, and theta in about its own: so BFGS meets a rather round valley. The random effects' columns are
 * turned (binomial_turn.c), and theta is here along those directions, except in the fit that comes out. Standard errors
 * are those of the inverse Hessian of the whole objective, theta included (as glmmTMB has them, and glmer but for its
 * differences of values); a theta that ends at zero is held there. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

static const double DECREMENT = 1e-13; /* of -2 log L: within 1e-6 standard errors, so that the Hessian is the end's */
static const double NEAR_ZERO = 1e-3, NO_WORSE = 1e-5; /* a theta that may as well be 0, and by what it is judged */
static const double TIGHT = 1e-12;
static const double NEAR = 1e-6; /* of -2 log L: by quadratic convergence, the next step's gain is about its square */
enum { ENOUGH = 1000 };

typedef struct search {
    binomial_plan *plan;
    mixed_directions directions;
    size_t p, n_theta, n_free; /* n_free: of theta */
    size_t *free_theta;        /* their numbers */
    double *theta, *beta;      /* at the point last looked at */
    double *origin, *root;     /* of beta: beta = origin + root'^-1 gamma, root root' the information there */
    double *theta_origin, *scale;
    double *gradient;    /* of log L by theta, then by beta */
    double *at, *slopes; /* free theta in its scale, then gamma; the objective's gradient there */
    double log_choose;
    int evaluations;
} search;

static void place(search *s, const double *at) {
    for (size_t t = 0; t < s->n_free; t++)
        s->theta[s->free_theta[t]] = s->theta_origin[s->free_theta[t]] + at[t] * s->scale[s->free_theta[t]];
    memcpy(s->beta, at + s->n_free, s->p * sizeof *s->beta);
    rp_upper_solve(s->root, s->p, s->beta);
    for (size_t j = 0; j < s->p; j++)
        s->beta[j] += s->origin[j];
}

/* -2 log L. */
static double value(void *context, const double *at, double *gradient) {
    search *s = context;
    place(s, at);
    s->evaluations++;
    double log_lik = binomial_log_lik(s->plan, s->theta, s->beta, gradient != NULL ? s->gradient : NULL);
    if (gradient != NULL) {
        for (size_t t = 0; t < s->n_free; t++)
            gradient[t] = -2 * s->gradient[s->free_theta[t]] * s->scale[s->free_theta[t]];
        for (size_t j = 0; j < s->p; j++)
            gradient[s->n_free + j] = -2 * s->gradient[s->n_theta + j];
        rp_lower_solve(s->root, s->p, gradient + s->n_free);
    }
    return -2 * (log_lik + s->log_choose);
}

static rp_function function_of(search *s) {
    return (rp_function){s->n_free + s->p, value, s};
}

/* Measures from the point that the search stands at: at = 0 there. */
static void settle(search *s) {
    memcpy(s->origin, s->beta, s->p * sizeof *s->beta);
    memcpy(s->theta_origin, s->theta, s->n_theta * sizeof *s->theta);
    memset(s->at, 0, (s->n_free + s->p) * sizeof *s->at);
}

static bool new_search(search *s, binomial_plan *plan, rp_arena *arena) {
    size_t p = plan->p, q = plan->n_theta;
    *s = (search){.plan = plan, .p = p, .n_theta = q, .n_free = q, .log_choose = plan->cells->log_choose};
    s->free_theta = rp_arena_take(arena, q, sizeof *s->free_theta);
    s->theta = rp_arena_take(arena, 5 * (q + p) + 2 * q + p * p, sizeof *s->theta);
    if (s->free_theta == NULL || s->theta == NULL)
        return false;
    s->beta = s->theta + q;
    s->origin = s->beta + p;
    s->theta_origin = s->origin + p;
    s->scale = s->theta_origin + q;
    s->gradient = s->scale + q;
    s->at = s->gradient + q + p;
    s->slopes = s->at + q + p;
    s->root = s->slopes + q + p;
    for (size_t t = 0; t < q; t++)
        s->free_theta[t] = t;
    return true;
}

/* ---- the ends of theta -------------------------------------------------------------------------------- */

static bool diagonal(const search *s, size_t t) {
    return s->plan->theta_row[t] == s->plan->theta_column[t];
}

/* A column of Lambda and its negative say the same: the one whose diagonal is not negative is taken. */
static void rectify(search *s) {
    for (size_t t = 0; t < s->n_theta; t++)
        if (diagonal(s, t) && s->theta[t] < 0)
            for (size_t k = 0; k < s->n_theta; k++)
                if (s->plan->theta_column[k] == s->plan->theta_column[t])
                    s->theta[k] = -s->theta[k];
    binomial_forget(s->plan);
}

/* Elements of theta that are all but 0 become 0 where that costs next to nothing, diagonals first; they are free no
 * more. True where any did. */
static bool hold_zeros(search *s, double *objective) {
    bool held = false;
    for (int round = 0; round < 2; round++)
        for (size_t k = 0; k < s->n_free;) {
            size_t t = s->free_theta[k];
            bool wanted = diagonal(s, t) == (round == 0), zero_above = false;
            for (size_t d = 0; d < s->n_theta; d++)
                zero_above |=
                    diagonal(s, d) && s->plan->theta_column[d] == s->plan->theta_column[t] && s->theta[d] == 0;
            double was = s->theta[t];
            if (!wanted || fabs(was) >= NEAR_ZERO || (round == 1 && !zero_above)) {
                k++;
                continue;
            }
            s->theta[t] = 0;
            s->evaluations++;
            double there = -2 * (binomial_log_lik(s->plan, s->theta, s->beta, NULL) + s->log_choose);
            if (!(there <= *objective + NO_WORSE)) {
                s->theta[t] = was;
                k++;
                continue;
            }
            *objective = there;
            held = true;
            memmove(s->free_theta + k, s->free_theta + k + 1, (s->n_free - k - 1) * sizeof *s->free_theta);
            s->n_free--;
        }
    return held;
}

static bool descend(search *s, int most, rp_minimum *minimum, rp_arena *arena) {
    rp_function f = function_of(s);
    settle(s);
    if (s->n_theta == 0) { /* Newton's method was there already */
        double objective = value(s, s->at, s->slopes);
        *minimum = (rp_minimum){.value = objective, .converged = true};
        return true;
    }
    if (!rp_bfgs(&f, DECREMENT, most, s->at, s->slopes, arena, minimum))
        return false;
    place(s, s->at);
    return true;
}

/* ---- what comes out ----------------------------------------------------------------------------------- */

static void take_results(rp_mixed_fit *fit, const search *s) {
    binomial_plan *plan = s->plan;
    for (size_t j = 0; j < s->p; j++)
        fit->se[j] = sqrt(fit->vcov[j * s->p + j]);
    memcpy(fit->beta, s->beta, s->p * sizeof *fit->beta);
    memset(fit->theta, 0, s->n_theta * sizeof *fit->theta);
    for (size_t e = 0; e < s->n_theta; e++)
        mixed_directions_move(&s->directions, e, s->theta[e], fit->theta);
    binomial_set_lambda(plan, fit->theta);
    for (size_t t = 0; t < fit->spec->n_terms; t++) {
        size_t q = fit->variance[t].q, first = plan->term_first[t];
        const double *lambda = plan->lambda + first * plan->q + first;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++) {
                double sum = 0;
                for (size_t k = 0; k < q; k++)
                    sum += lambda[a * plan->q + k] * lambda[b * plan->q + k];
                fit->variance[t].covariance[a * q + b] = sum;
            }
    }
}

/* The covariance of beta, from the inverse of half the objective's Hessian: root'^-1 C root^-1, C the block of gamma.
 */
static void take_covariance(rp_mixed_fit *fit, const search *s, const double *inverse) {
    size_t p = s->p, n = s->n_free + p;
    for (size_t j = 0; j < p; j++) { /* columns of root'^-1 C, standing as rows */
        double *row = fit->vcov + j * p;
        for (size_t i = 0; i < p; i++)
            row[i] = 2 * inverse[(s->n_free + j) * n + s->n_free + i];
        rp_upper_solve(s->root, p, row);
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++) {
            double other = fit->vcov[i * p + j];
            fit->vcov[i * p + j] = fit->vcov[j * p + i];
            fit->vcov[j * p + i] = other;
        }
    for (size_t j = 0; j < p; j++)
        rp_upper_solve(s->root, p, fit->vcov + j * p);
}

/* One step of Newton's method with the Hessian's Cholesky factor, unless it leads up. The search then stands, its
 * gradient known, at the better of both. */
static bool newton_step(search *s, const double *factor, double *objective, rp_arena *arena) {
    size_t n = s->n_free + s->p;
    double *step = rp_arena_take(arena, n, sizeof *step), *slopes = rp_arena_take(arena, n, sizeof *slopes);
    if (step == NULL || slopes == NULL)
        return false;
    memcpy(step, s->slopes, n * sizeof *step);
    rp_lower_solve(factor, n, step);
    rp_upper_solve(factor, n, step);
    for (size_t i = 0; i < n; i++)
        step[i] = s->at[i] - step[i];
    double there = value(s, step, slopes);
    if (there <= *objective + 1e-12 * fabs(*objective)) {
        *objective = there;
        memcpy(s->at, step, n * sizeof *step);
    } else {
        value(s, s->at, s->slopes);
    }
    place(s, s->at);
    return true;
}

/* Half of g'H^-1g, by the Hessian's Cholesky factor: how far the objective is from its least. */
static bool newton_decrement(const search *s, const double *factor, double *out, rp_arena *arena) {
    size_t n = s->n_free + s->p;
    double *turned = rp_arena_take(arena, n, sizeof *turned);
    if (turned == NULL)
        return false;
    memcpy(turned, s->slopes, n * sizeof *turned);
    rp_lower_solve(factor, n, turned);
    *out = 0;
    for (size_t i = 0; i < n; i++)
        *out += turned[i] * turned[i] / 2;
    return true;
}

/* The covariance of beta from the Hessian, and a last step with it. *curved: the Hessian was positive definite; else
 * the covariance is not known. *near: and the step was so small that a next one would be none. */
static bool polish(search *s, rp_mixed_fit *fit, double *objective, bool *curved, bool *near, rp_arena *arena) {
    double decrement;
    size_t n = s->n_free + s->p;
    rp_function f = function_of(s);
    double *hessian = rp_arena_take(arena, n * n, sizeof *hessian);
    double *inverse = rp_arena_take(arena, n * n, sizeof *inverse);
    if (hessian == NULL || inverse == NULL)
        return false;
    settle(s);
    s->plan->known = false;
    s->plan->tolerance = TIGHT;
    *objective = value(s, s->at, s->slopes);
    *curved = rp_gradient_hessian(&f, s->at, hessian, arena) && rp_cholesky(hessian, n);
    if (!*curved) {
        value(s, s->at, s->slopes); /* back, with the gradient there */
        return true;
    }
    rp_cholesky_inverse(hessian, n, inverse);
    take_covariance(fit, s, inverse);
    if (!newton_decrement(s, hessian, &decrement, arena))
        return false;
    *near = decrement <= NEAR;
    return newton_step(s, hessian, objective, arena);
}

static bool find_best(search *s, const rp_mixed_options *options, rp_mixed_fit *fit, const char **fault,
                      rp_arena *arena) {
    int most = options != NULL && options->most_evaluations > 0 ? options->most_evaluations : ENOUGH;
    rp_minimum minimum;
    if (!descend(s, most, &minimum, arena))
        return false;
    rectify(s);
    double objective = minimum.value;
    if (isfinite(objective) && hold_zeros(s, &objective) && !descend(s, most, &minimum, arena))
        return false;
    if (!isfinite(objective)) {
        *fault =
            "The likelihood cannot be worked out anywhere near where the search starts. Rescale covariates, or give "
            "another start.";
        return true;
    }
    /* Rounding may end the search where the minimum is, or short of it. */
    bool curved = true, near = false, converged = minimum.converged;
    for (int i = 0; i < (converged ? 1 : 3) && curved && !near; i++)
        if (!polish(s, fit, &objective, &curved, &near, arena))
            return false;
    take_results(fit, s);
    fit->status = !curved || !(converged || near) ? RP_MIXED_NOT_CONVERGED
                  : s->n_free < s->n_theta        ? RP_MIXED_BOUNDARY
                                                  : RP_MIXED_CONVERGED;
    fit->objective = objective;
    fit->max_gradient = 0;
    for (size_t i = 0; i < s->n_theta + s->p; i++)
        fit->max_gradient = fmax(fit->max_gradient, 2 * fabs(s->gradient[i]));
    return true;
}

static void finish(rp_mixed_fit *fit) {
    double k = (double)(fit->p + fit->n_theta);
    fit->log_lik = -fit->objective / 2;
    fit->aic = fit->objective + 2 * k;
    fit->bic = fit->objective + k * log((double)fit->n);
}

/* No estimate: only the sentence. */
static rp_mixed_fit *not_fitted(rp_mixed_fit *fit, const char *fault) {
    fit->status = RP_MIXED_NOT_FITTED;
    fit->message = fault;
    fit->n_notes = 0;
    binomial_blank(fit);
    return fit;
}

/* About the standard error of each theta: of so many groups, that of a relative standard deviation. */
static void set_scales(search *s) {
    const rp_mixed_spec *spec = s->plan->spec;
    double *diagonal = s->gradient; /* scratch, of each local effect */
    for (size_t t = 0; t < s->n_theta; t++)
        if (s->plan->theta_row[t] == s->plan->theta_column[t])
            diagonal[s->plan->theta_row[t]] = s->theta[t];
    for (size_t t = 0, at = 0; t < spec->n_terms; t++)
        for (size_t k = 0; k < mixed_packed(spec->terms[t].n_columns); k++, at++)
            s->scale[at] = diagonal[s->plan->theta_row[at]] / sqrt(2.0 * spec->levels[spec->terms[t].factor]);
}

/* Where the search starts: the model without random effects, and moments of its residuals. */
static bool start(search *s, const rp_mixed_options *options, const char **fault, rp_arena *arena) {
    if (!binomial_without_random(s->plan, s->beta, s->root, fault, arena))
        return false;
    if (*fault != NULL)
        return true;
    binomial_start(s->plan, s->beta, s->theta);
    set_scales(s);
    if (!binomial_information(s->plan, s->theta, s->beta, s->root, arena))
        return false;
    if (!rp_cholesky(s->root, s->p)) {
        *fault = "The fixed effects cannot be told apart from one another. Leave one of them out of the model.";
        return true;
    }
    if (options != NULL && options->start != NULL) {
        mixed_directions_numbers(&s->directions, options->start, s->theta);
        memcpy(s->beta, options->start + s->n_theta, s->p * sizeof *s->beta);
    }
    return true;
}

/* *fault: why there is no estimate. False: no memory. */
static bool fit_plan(rp_mixed_fit *fit, binomial_plan *plan, const rp_mixed_options *options, const char **fault,
                     rp_arena *arena) {
    search s;
    const char *close = NULL;
    if (!binomial_check(plan, fault, &close, arena))
        return false;
    if (*fault != NULL)
        return true;
    if (!new_search(&s, plan, arena) || !binomial_turn(plan, &s.directions, arena) || !start(&s, options, fault, arena))
        return false;
    if (*fault != NULL)
        return true;
    if (!find_best(&s, options, fit, fault, arena))
        return false;
    if (*fault != NULL)
        return true;
    fit->evaluations = s.evaluations;
    *fault = binomial_endless(fit, s.theta, arena);
    finish(fit);
    return mixed_say(fit, close, arena);
}

rp_mixed_fit *binomial_fit(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                           rp_error *error) {
    const rp_mixed_spec *spec = stats->spec;
    int quadrature = options != NULL && options->quadrature > 1 ? options->quadrature : 1;
    if (quadrature > 1 && (spec->n_terms != 1 || spec->terms[0].n_columns != 1)) {
        rp_fail(error, RP_E_RULE, "Quadrature takes one random effect of one column alone, and this model has %s.",
                spec->n_terms == 0 ? "none" : "more");
        rp_fail_remedy(error, "Without quadrature, or with 1 node, it is the Laplace approximation.");
        return NULL;
    }
    if (quadrature > RP_HERMITE_MOST) {
        rp_fail(error, RP_E_LIMIT, "Quadrature takes up to %d nodes.", RP_HERMITE_MOST);
        return NULL;
    }
    rp_mixed_fit *fit = rp_arena_take(arena, 1, sizeof *fit);
    rp_arena *scratch = rp_arena_new(0);
    binomial_plan *plan = NULL;
    const char *fault = NULL;
    bool ok = false;
    if (fit == NULL || scratch == NULL) {
        rp_fail_memory(error);
    } else {
        plan = binomial_plan_new(stats, quadrature, scratch, error);
    }
    if (plan != NULL) {
        *fit = (rp_mixed_fit){.stats = stats, .spec = spec, .quadrature = quadrature, .n = stats->rows};
        fit->sigma = 1;
        ok = (binomial_take_room(fit, arena) && fit_plan(fit, plan, options, &fault, arena)) || rp_fail_memory(error);
    }
    rp_arena_free(scratch);
    if (!ok)
        return NULL;
    return fault != NULL ? not_fitted(fit, fault) : fit;
}
