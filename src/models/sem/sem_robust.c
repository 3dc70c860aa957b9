/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors and chi-square of a fit that do not rest on normality: the sandwich (Huber 1967; White, Econometrica 50, 1982)
 * and the scaled chi-square of Yuan & Bentler (Sociol Methodol 30, 2000), in the form of Mplus, whose scaling is the
 * difference of two traces, of the unrestricted model and of the fit, over the degrees of freedom. Information is
 * observed; A is that of moments, B the scatter of their scores. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

typedef struct work {
    const rp_sem_fit *fit;
    const sem_saturated *saturated;
    size_t q;
    double *information, *scatter; /* q by q, of the group at hand */
    double trace_saturated, trace_model, trace_baseline;
    rp_arena *arena;
} work;

/* tr(A^-1 B), both q by q; NaN: A is not positive definite. A is spoilt. */
static double trace_of(double *a, const double *b, size_t q) {
    if (!rp_dense_cholesky(a, q))
        return NAN;
    rp_dense_inverse(a, q);
    double sum = 0;
    for (size_t j = 0; j < q; j++) {
        sum += a[j * q + j] * b[j * q + j];
        for (size_t i = j + 1; i < q; i++)
            sum += 2 * a[j * q + i] * b[j * q + i];
    }
    return sum;
}

/* Adds J' B J of a group at the estimate, n by n. */
static bool add_scatter(work *w, size_t group, double *out) {
    const rp_sem_spec *spec = w->fit->spec;
    size_t n = spec->n_parameters, q = w->q;
    sem_ram ram;
    if (!sem_ram_make(spec, group, &ram, w->arena))
        return false;
    double *jacobian = rp_arena_take(w->arena, 2 * q * n + 1, sizeof *jacobian), *product = jacobian + q * n;
    double *scratch = rp_arena_take(w->arena, 2 * ram.v * ram.v + 2 * ram.v, sizeof *scratch);
    if (jacobian == NULL || scratch == NULL)
        return false;
    bool defined = sem_ram_at(&ram, w->fit->theta);
    const double *mu = spec->means ? ram.mu : w->saturated[group].mean;
    if (defined && !sem_moment_scatter(spec, w->fit->stats, group, mu, ram.sigma, w->scatter, &defined, w->arena))
        return false;
    sem_ram_jacobian(&ram, jacobian, scratch);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            for (size_t k = 0; k < n; k++)
                product[i * n + k] += w->scatter[i * q + j] * jacobian[j * n + k];
    for (size_t i = 0; i < q; i++)
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; jacobian[i * n + a] != 0 && b < n; b++)
                out[a * n + b] += jacobian[i * n + a] * product[i * n + b];
    for (size_t i = 0; i < n * n && !defined; i++)
        out[i] = NAN;
    return true;
}

/* vcov becomes V B V, where V was the inverse information; the trace is of V B. */
static bool set_errors(work *w, double *vcov) {
    size_t n = w->fit->spec->n_parameters;
    double *scatter = rp_arena_take(w->arena, 2 * n * n + 1, sizeof *scatter), *product = scatter + n * n;
    if (scatter == NULL)
        return false;
    for (size_t g = 0; g < w->fit->spec->layout->n_groups; g++)
        if (!add_scatter(w, g, scatter))
            return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            w->trace_model += vcov[i * n + j] * scatter[j * n + i];
            for (size_t k = 0; k < n; k++)
                product[i * n + k] += vcov[i * n + j] * scatter[j * n + k];
        }
    double *out = scatter;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += product[i * n + j] * vcov[j * n + k];
            out[i * n + k] = out[k * n + i] = sum;
        }
    memcpy(vcov, out, n * n * sizeof *vcov);
    return true;
}

static bool add_saturated(work *w, size_t group) {
    const sem_saturated *at = &w->saturated[group];
    const rp_sem_spec *spec = w->fit->spec;
    bool defined, varies;
    if (!sem_moment_information(spec, w->fit->stats, group, at->mean, at->cov, true, w->information, &defined,
                                w->arena) ||
        !sem_moment_scatter(spec, w->fit->stats, group, at->mean, at->cov, w->scatter, &varies, w->arena))
        return false;
    w->trace_saturated += defined && varies ? trace_of(w->information, w->scatter, w->q) : NAN;
    return true;
}

/* Means and variances alone: of one variable after the other, since nothing ties them. With u = (x - m) / v the scores
 * are u and (u^2 - 1/v) / 2; at the estimate the observed information of n rows is n/v and n / (2 v^2). */
static double trace_of_variable(const rp_sem_stats *stats, size_t group, size_t variable, bool means) {
    rp_moments sum = sem_variable_moments(stats, group, variable);
    double n = (double)sum.n, v = sum.m2 / n, by_mean = 0, by_variance = 0;
    for (size_t q = 0; q < stats->n_patterns; q++) {
        const sem_pattern *s = &stats->patterns[q];
        size_t a = 0;
        while (a < s->k && s->observed[a] < variable)
            a++;
        if (s->group != group || a == s->k || s->observed[a] != variable)
            continue;
        for (int64_t r = 0; r < s->n; r++) {
            double u = (s->rows[(size_t)r * s->k + a] - sum.mean) / v, second = (u * u - 1 / v) / 2;
            by_mean += u * u;
            by_variance += second * second;
        }
    }
    return (means ? by_mean * v / n : 0) + by_variance * 2 * v * v / n;
}

bool sem_robust(rp_sem_fit *fit, const sem_saturated *saturated, rp_arena *arena) {
    const rp_sem_layout *layout = fit->spec->layout;
    work w = {.fit = fit, .saturated = saturated, .q = sem_moment_count(fit->spec), .arena = arena};
    w.information = rp_arena_take(arena, 2 * w.q * w.q, sizeof *w.information);
    if (w.information == NULL)
        return false;
    w.scatter = w.information + w.q * w.q;
    if (!set_errors(&w, fit->vcov))
        return false;
    for (size_t g = 0; g < layout->n_groups; g++) {
        if (!add_saturated(&w, g))
            return false;
        for (size_t i = 0; i < layout->n_observed; i++)
            w.trace_baseline += trace_of_variable(fit->stats, g, i, fit->spec->means);
    }
    double p = (double)layout->n_observed, baseline_df = (double)layout->n_groups * p * (p - 1) / 2;
    double scaling = (w.trace_saturated - w.trace_model) / fit->df;
    double baseline = (w.trace_saturated - w.trace_baseline) / baseline_df;
    fit->df_scaled = fit->df;
    fit->scaling = fit->df > 0 && scaling > 0 ? scaling : NAN;
    fit->scaling_baseline = baseline_df > 0 && baseline > 0 ? baseline : NAN;
    fit->chisq_scaled = fit->chisq / fit->scaling;
    return true;
}
