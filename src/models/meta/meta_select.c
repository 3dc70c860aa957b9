/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection by one step. With mu = x'beta, s^2 = v + tau2, c = z(1 - alpha) sqrt(v), eta = (c - mu) / s:
 *
 *   l = sum of log phi((y - mu) / s) / s + [y < c] log delta - log A,   A = 1 - (1 - delta) Phi(eta)
 *
 * (Vevea & Hedges, Psychometrika 60, 1995). Searched over gamma, log of tau and log delta, so that nothing has ends; a
 * tau2 that runs to 0 is set there, and the others are searched again. */
#include <assert.h>
#include <string.h>

#include "models/meta/meta_parts.h"

typedef struct select_work {
    const rp_meta_data *data;
    double sign; /* -1: p of effects below 0 */
    double z;    /* of 1 - alpha */
    bool zero;   /* tau2 is 0 */
    size_t n;    /* parameters: p, then log tau unless zero, then log delta */
} select_work;

static double normal_density(double x) {
    return exp(-x * x / 2) / sqrt(2 * M_PI);
}

static double tau2_of(const select_work *w, const double *x) {
    return w->zero ? 0 : exp(2 * x[w->data->p]);
}

typedef struct term {
    double log_lik;
    double by_mu, by_variance, by_log_delta;
} term;

static term term_of(const select_work *w, size_t i, double mu, double tau2, double delta) {
    double v = w->data->v[i], s2 = v + tau2, s = sqrt(s2), y = w->sign * w->data->y[i], c = w->z * sqrt(v);
    double e = y - mu, eta = (c - mu) / s, below = rp_normal_cdf(eta);
    double a = rp_normal_cdf(-eta) + delta * below, bend = (delta - 1) * normal_density(eta) / a;
    bool beyond = y < c;
    return (term){.log_lik = -0.5 * (log(2 * M_PI * s2) + e * e / s2) + (beyond ? log(delta) : 0) - log(a),
                  .by_mu = e / s2 + bend / s,
                  .by_variance = 0.5 * (e * e / s2 - 1) / s2 + bend * eta / (2 * s2),
                  .by_log_delta = (beyond ? 1 : 0) - delta * below / a};
}

/* Minus the log-likelihood. */
static double value(void *context, const double *x, double *gradient) {
    const select_work *w = context;
    size_t p = w->data->p;
    double tau2 = tau2_of(w, x), delta = exp(x[w->n - 1]);
    rp_sum sum = {0};
    if (gradient)
        memset(gradient, 0, w->n * sizeof *gradient);
    for (size_t i = 0; i < w->data->k; i++) {
        const double *q = w->data->q + i * p;
        double mu = 0;
        for (size_t j = 0; j < p; j++)
            mu += q[j] * x[j];
        term t = term_of(w, i, mu, tau2, delta);
        rp_sum_add(&sum, -t.log_lik);
        for (size_t j = 0; gradient && j < p; j++)
            gradient[j] -= t.by_mu * q[j];
        if (gradient && !w->zero)
            gradient[p] -= t.by_variance * 2 * tau2;
        if (gradient)
            gradient[w->n - 1] -= t.by_log_delta;
    }
    return rp_sum_value(&sum);
}

/* Slope of the log-likelihood by tau2 where it is 0. */
static double slope_at_zero(const select_work *w, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < w->data->k; i++) {
        double mu = 0;
        for (size_t j = 0; j < w->data->p; j++)
            mu += w->data->q[i * w->data->p + j] * x[j];
        sum += term_of(w, i, mu, 0, exp(x[w->n - 1])).by_variance;
    }
    return sum;
}

/* ---- the search ---- */

static bool newton(const rp_function *f, double *x, double *hessian, double *room, rp_arena *scratch) {
    size_t n = f->n;
    for (int turn = 0; turn < 4; turn++) {
        double before = f->value(f->context, x, room), *to = room + n;
        if (!rp_gradient_hessian(f, x, hessian, scratch))
            return false;
        if (!rp_cholesky(hessian, n))
            return true;
        rp_lower_solve(hessian, n, room);
        rp_upper_solve(hessian, n, room);
        for (size_t j = 0; j < n; j++)
            to[j] = x[j] - room[j];
        if (!(f->value(f->context, to, NULL) <= before + 1e-10 * fabs(before)))
            return true;
        memcpy(x, to, n * sizeof *x);
    }
    return true;
}

static bool search(select_work *w, double *x, rp_minimum *minimum, double *gradient, double *hessian,
                   rp_arena *scratch) {
    const rp_function f = {.n = w->n, .value = value, .context = w};
    double *room = rp_arena_take(scratch, 2 * w->n, sizeof *room);
    if (!room || !rp_bfgs(&f, 1e-12, 2000, x, gradient, scratch, minimum) || !newton(&f, x, hessian, room, scratch))
        return false;
    minimum->value = value(w, x, gradient);
    return rp_gradient_hessian(&f, x, hessian, scratch);
}

/* Where log tau runs away downwards the rest is searched at tau2 = 0. */
static bool search_both(select_work *w, double *x, rp_minimum *minimum, double *gradient, double *hessian,
                        rp_arena *scratch) {
    size_t p = w->data->p;
    double typical = 0, delta = x[p + 1];
    for (size_t i = 0; i < w->data->k; i++)
        typical += w->data->v[i] / (double)w->data->k;
    if (!w->zero && !search(w, x, minimum, gradient, hessian, scratch))
        return false;
    if (!w->zero && tau2_of(w, x) > 1e-7 * typical)
        return true;
    if (!w->zero)
        delta = x[p + 1];
    w->zero = true;
    w->n = p + 1;
    x[p] = delta;
    if (!search(w, x, minimum, gradient, hessian, scratch))
        return false;
    minimum->converged = minimum->converged && slope_at_zero(w, x) <= 1e-6;
    return true;
}

/* ---- what came out ---- */

static bool put_result(const select_work *w, const rp_meta_fit *fit, const double *x, double *hessian,
                       rp_meta_selection *out, rp_arena *scratch) {
    size_t n = w->n, p = w->data->p;
    double *inverse = rp_arena_take(scratch, n * n, sizeof *inverse), *beta = rp_arena_take(scratch, p, sizeof *beta);
    double *part = rp_arena_take(scratch, p * p, sizeof *part), *vcov = rp_arena_take(scratch, p * p, sizeof *vcov);
    double *gamma = rp_arena_take(scratch, p, sizeof *gamma);
    if (!inverse || !beta || !part || !vcov || !gamma)
        return false;
    bool bends = rp_cholesky(hessian, n);
    if (bends)
        rp_cholesky_inverse(hessian, n, inverse);
    for (size_t i = 0; i < n * n && !bends; i++)
        inverse[i] = NAN;
    for (size_t i = 0; i < p; i++) {
        gamma[i] = w->sign * x[i];
        for (size_t j = 0; j < p; j++)
            part[i * p + j] = inverse[i * n + j];
    }
    const meta_work as = {.data = w->data, .gamma = gamma, .inverse = part};
    if (!meta_estimates(&as, 1, beta, vcov, scratch))
        return false;
    for (size_t j = 0; j < p; j++)
        out->beta[j] = meta_coefficient(beta[j], sqrt(vcov[j * p + j]), INFINITY, fit->spec->level);
    out->tau2 = tau2_of(w, x);
    out->delta = exp(x[n - 1]);
    out->delta_se = out->delta * sqrt(inverse[n * n - 1]);
    out->tau2_se = w->zero ? NAN : 2 * out->tau2 * sqrt(inverse[p * n + p]);
    return true;
}

static bool make_start(const rp_meta_fit *fit, double sign, double *x, double *log_lik, rp_arena *scratch,
                       rp_error *error) {
    rp_meta_spec *spec = rp_arena_take(scratch, 1, sizeof *spec);
    if (!spec)
        return rp_fail_memory(error);
    *spec = *fit->spec;
    spec->method = RP_META_ML;
    spec->effect = true;
    spec->test = RP_META_Z;
    rp_meta_data *data = meta_again(fit->data, spec, NULL, NULL, scratch);
    rp_meta_fit *plain = data ? rp_meta_fit_data(data, scratch, error) : NULL;
    if (!plain)
        return rp_fail_memory(error);
    size_t p = fit->p;
    for (size_t i = 0; i < p; i++) { /* gamma = R beta */
        x[i] = 0;
        for (size_t j = i; j < p; j++)
            x[i] += sign * data->r[i * p + j] * plain->beta[j].estimate;
    }
    x[p] = 0.5 * log(fmax(plain->tau2, 0.02 * plain->typical_v));
    x[p + 1] = 0;
    *log_lik = plain->log_lik;
    return true;
}

static bool run(const rp_meta_fit *fit, select_work *w, rp_meta_selection *out, rp_arena *scratch, rp_error *error) {
    size_t most = fit->p + 2;
    double *x = rp_arena_take(scratch, most, sizeof *x), *gradient = rp_arena_take(scratch, most, sizeof *gradient);
    double *hessian = rp_arena_take(scratch, most * most, sizeof *hessian), plain = NAN;
    rp_minimum minimum;
    if (!x || !gradient || !hessian)
        return rp_fail_memory(error);
    if (!make_start(fit, w->sign, x, &plain, scratch, error))
        return false;
    if (!search_both(w, x, &minimum, gradient, hessian, scratch) || !put_result(w, fit, x, hessian, out, scratch))
        return rp_fail_memory(error);
    out->log_lik = -minimum.value;
    out->lrt = fmax(0, 2 * (out->log_lik - plain));
    out->lrt_p = rp_chi2_upper(out->lrt, 1);
    bool steep = false;
    for (size_t j = 0; j < w->n; j++)
        steep = steep || !(fabs(gradient[j]) < 1e-4 * fmax(1, fabs(minimum.value)));
    out->status = steep || isnan(out->beta[0].se) ? RP_META_NOT_CONVERGED
                  : w->zero                       ? RP_META_BOUNDARY
                                                  : RP_META_CONVERGED;
    out->message = out->status == RP_META_NOT_CONVERGED ? "The search did not come to an end: too few effects near the "
                                                          "step, or the model does not suit."
                   : w->zero                            ? "The variance between effects is 0."
                                                        : "The fit converged.";
    return true;
}

bool rp_meta_select(const rp_meta_fit *fit, double alpha, bool greater, rp_arena *arena, rp_meta_selection *out,
                    rp_error *error) {
    assert(meta_is_simple(fit->spec) && alpha > 0 && alpha < 1);
    size_t p = fit->p;
    *out = (rp_meta_selection){.tau2 = NAN,
                               .tau2_se = NAN,
                               .delta = NAN,
                               .delta_se = NAN,
                               .log_lik = NAN,
                               .lrt = NAN,
                               .lrt_p = NAN,
                               .beta = rp_arena_take(arena, p, sizeof *out->beta)};
    if (!out->beta)
        return rp_fail_memory(error);
    for (size_t j = 0; j < p; j++)
        out->beta[j] = meta_no_coefficient();
    select_work w = {.data = fit->data, .sign = greater ? 1 : -1, .z = -rp_normal_quantile(alpha), .n = p + 2};
    for (size_t i = 0; i < fit->k; i++)
        out->below += w.sign * fit->data->y[i] >= w.z * fit->data->root[i];
    out->status = RP_META_NOT_FITTED;
    out->message = fit->status == RP_META_NOT_FITTED ? fit->message
                   : out->below == 0                 ? "No effect has a p below the step: its height cannot be told."
                   : out->below == fit->k            ? "Every effect has a p below the step: its height cannot be told."
                   : fit->k <= p + 2                 ? "There are too few effects."
                                                     : NULL;
    if (out->message)
        return true;
    rp_arena *scratch = rp_arena_new(0);
    bool fine = scratch ? run(fit, &w, out, scratch, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return fine;
}
