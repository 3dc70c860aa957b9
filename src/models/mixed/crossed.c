/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crossed solver: the profiled objective with its gradient, and conditional modes. */
#include <math.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

/* A mixed_plan is whatever its solver makes of it. */
static mixed_plan *plan_crossed(const rp_mixed_stats *stats, rp_arena *arena, rp_error *error) {
    if (stats->spec->ar1) {
        rp_fail(error, RP_E_RULE,
                "Residuals that follow one another (ar1) need grouping factors that lie one in another.");
        rp_fail_remedy(error, "Leave ar1 out, or the factors that cross.");
        return NULL;
    }
    return (mixed_plan *)crossed_plan_make(stats, CROSSED_ANY, arena, error);
}

static bool is_at(const crossed_plan *plan, const double *theta) {
    return plan->swept && memcmp(theta, plan->theta, plan->n_theta * sizeof *theta) == 0;
}

/* The sweep of this theta, unless it is there already. */
static bool sweep(crossed_plan *plan, const double *theta, bool with_factor) {
    return (is_at(plan, theta) && (plan->factored || !with_factor)) || crossed_sweep(plan, theta);
}

static double residual_df(const crossed_plan *plan) {
    return (double)plan->stats->rows - (plan->stats->spec->reml ? (double)plan->p : 0);
}

/* beta, y still from its origin: L_x' beta = c, the last row of the Cholesky factor being (c', r). */
static void solve_beta(const crossed_plan *plan, double *beta) {
    size_t p = plan->p, d = plan->d;
    for (size_t i = p; i-- > 0;) {
        beta[i] = plan->top[p * d + i];
        for (size_t k = i + 1; k < p; k++)
            beta[i] -= plan->top[k * d + i] * beta[k];
        beta[i] /= plan->top[i * d + i];
    }
}

/* L_x'^-1, p by p by columns, d apart: columns of coefficients whose variance is the identity. */
static void coefficients_of_x(const crossed_plan *plan, double *out) {
    size_t p = plan->p, d = plan->d;
    memset(out, 0, p * d * sizeof *out);
    for (size_t c = 0; c < p; c++) {
        double *column = out + c * d;
        column[c] = 1 / plan->top[c * d + c];
        for (size_t i = c; i-- > 0;) {
            for (size_t k = i + 1; k <= c; k++)
                column[i] -= plan->top[k * d + i] * column[k];
            column[i] /= plan->top[i * d + i];
        }
    }
}

static void coefficients_of_residual(crossed_plan *plan, double scale) {
    solve_beta(plan, plan->coefficients);
    for (size_t i = 0; i < plan->p; i++)
        plan->coefficients[i] *= -scale;
    plan->coefficients[plan->p] = scale;
}

static void make_gradient(crossed_plan *plan) {
    double r2 = plan->top[plan->d * plan->d - 1] * plan->top[plan->d * plan->d - 1];
    coefficients_of_residual(plan, sqrt(residual_df(plan) / r2));
    bool reml = plan->stats->spec->reml;
    if (reml)
        coefficients_of_x(plan, plan->coefficients + plan->d);
    crossed_solve(plan, 1 + (reml ? plan->p : 0));
    crossed_inverse(plan, true);
    crossed_own_d(plan);
    for (size_t i = 0; i < plan->n_theta; i++) {
        const crossed_place *at = &plan->place[i];
        size_t q = plan->f[at->factor].q;
        plan->gradient[i] = 2 * (crossed_sums_value(&plan->d_sum[at->factor], at->column * q + at->row) -
                                 crossed_sums_value(&plan->u_sum[at->factor], at->row * q + at->column));
    }
    plan->sloped = true;
}

static void fill_beta(const crossed_plan *plan, double *beta) {
    size_t intercept = mixed_intercept(plan->stats->spec);
    solve_beta(plan, beta);
    for (size_t i = 0; i < plan->p; i++)
        beta[i] += plan->x_columns[i] == intercept ? plan->stats->y_origin : 0;
}

static void fill_unscaled(crossed_plan *plan, double *unscaled) {
    size_t p = plan->p, d = plan->d;
    coefficients_of_x(plan, plan->coefficients);
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++) {
            double sum = 0;
            for (size_t c = a > b ? a : b; c < p; c++)
                sum += plan->coefficients[c * d + a] * plan->coefficients[c * d + b];
            unscaled[a * p + b] = sum;
        }
}

static bool evaluate_crossed(mixed_plan *opaque, const double *theta, mixed_point *out) {
    crossed_plan *plan = (crossed_plan *)opaque;
    bool slope_wanted = out->gradient != NULL && !(is_at(plan, theta) && plan->sloped);
    if (!sweep(plan, theta, slope_wanted))
        return false;
    size_t d = plan->d;
    double r = plan->top[d * d - 1], df = residual_df(plan);
    out->r2 = r * r;
    out->sigma2 = out->r2 / df;
    out->logdet = plan->logdet;
    out->logdet_x = 0;
    for (size_t i = 0; i < plan->p; i++)
        out->logdet_x += 2 * log(plan->top[i * d + i]);
    out->objective = out->logdet + (plan->stats->spec->reml ? out->logdet_x : 0) +
                     df * (1 + log(2 * acos(-1.0) * out->sigma2)) - plan->stats->log_weights;
    if (out->beta)
        fill_beta(plan, out->beta);
    if (out->unscaled)
        fill_unscaled(plan, out->unscaled);
    if (slope_wanted)
        make_gradient(plan);
    if (out->gradient)
        memcpy(out->gradient, plan->gradient, plan->n_theta * sizeof *out->gradient);
    return true;
}

/* ---- modes ----------------------------------------------------------------------------------------- */

/* A term's part of the covariance of b of a group, over sigma^2: Lambda P Lambda' from P, in place of `p`. */
static void variance_of(const crossed_plan *plan, const crossed_factor *f, double *p, size_t offset, size_t q,
                        double *out) {
    double *turned = plan->small;
    crossed_times(f->lambda, f->q, p, f->q);
    crossed_transpose(p, f->q, f->q, turned);
    crossed_times(f->lambda, f->q, turned, f->q);
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++)
            out[a * q + b] = turned[(offset + a) * f->q + offset + b];
}

/* P_ii = C^-1 + E H E' of an eliminated group, E = C^-1 Lambda'. */
static void own_p(const crossed_plan *plan, size_t i, double *p) {
    size_t q = plan->q;
    const double *l = plan->l + i * q * q, *lambda = plan->f[0].lambda;
    double *turned = plan->small;
    memcpy(turned, plan->h + i * q * q, q * q * sizeof *turned);
    crossed_turned(lambda, q, turned, q);
    crossed_lower(l, q, turned, q);
    crossed_transpose(turned, q, q, p);
    crossed_turned(lambda, q, p, q);
    crossed_lower(l, q, p, q); /* L^-1 Lambda' H Lambda L'^-1, and so P = L'^-1 (I + that) L^-1 */
    for (size_t a = 0; a < q; a++)
        p[a * q + a] += 1;
    crossed_upper(l, q, p, q);
    crossed_transpose(p, q, q, turned);
    crossed_upper(l, q, turned, q);
    memcpy(p, turned, q * q * sizeof *p);
}

static void group_p(const crossed_plan *plan, const crossed_factor *f, uint32_t group, double *p) {
    size_t q = f->q;
    if (group == CROSSED_NONE) {
        for (size_t a = 0; a < q * q; a++)
            p[a] = a % (q + 1) == 0;
    } else if (f == plan->f) {
        own_p(plan, group, p);
    } else {
        for (size_t a = 0; a < q; a++)
            memcpy(p + a * q, plan->rest_p + (f->block[group] * plan->widest + a) * plan->widest, q * sizeof *p);
    }
}

static bool modes_crossed(mixed_plan *opaque, const double *theta, size_t term, double *modes, double *variances) {
    crossed_plan *plan = (crossed_plan *)opaque;
    const rp_mixed_spec *spec = plan->stats->spec;
    const rp_mixed_term *asked = &spec->terms[term];
    const crossed_factor *f = &plan->f[plan->factor_at[asked->factor]];
    size_t q = asked->n_columns, offset = plan->term_offset[term], levels = spec->levels[asked->factor];
    if (!sweep(plan, theta, true))
        return false;
    coefficients_of_residual(plan, 1);
    crossed_solve(plan, 1);
    if (variances)
        crossed_inverse(plan, false);
    double *p = plan->small + 4 * plan->widest * plan->widest;
    for (size_t level = 0; level < levels; level++) {
        uint32_t group = f->group[level];
        const double *b = group == CROSSED_NONE ? NULL
                          : f == plan->f        ? plan->own_b + group * f->q
                                                : plan->rest_b + plan->at[f->block[group]];
        for (size_t a = 0; a < q; a++)
            modes[level * q + a] = b == NULL ? 0 : b[offset + a];
        if (variances) {
            group_p(plan, f, group, p);
            variance_of(plan, f, p, offset, q, variances + level * q * q);
        }
    }
    return true;
}

const mixed_solver mixed_crossed = {plan_crossed, evaluate_crossed, modes_crossed};
