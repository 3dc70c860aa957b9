/* SPDX-License-Identifier: GPL-3.0-or-later */
/* -2 log-likelihood of a structural equation model: the sum over patterns of what is observed of
 *   n (k log 2 pi + log|Sigma| + tr Sigma^-1 (C + d d')),   d = mean - mu,
 * with the rows and columns of Sigma that the pattern has, and C its covariance (divisor n). Complete data have one
 * pattern a group, so that this is also plain maximum likelihood. */
#include "models/sem/sem_parts.h"

#include <assert.h>
#include <string.h>

struct sem_objective {
    const rp_sem_spec *spec;
    const rp_sem_stats *stats;
    sem_ram *groups;
    double *by_sigma, *by_mu;             /* of one group: p by p, p */
    double *factor, *inverse, *work, *d;  /* of one pattern: k by k, k by k, k by k, k */
    double *scratch;                      /* sem_ram_gradient's */
};

sem_objective *sem_objective_make(const rp_sem_spec *spec, const rp_sem_stats *stats, rp_arena *arena) {
    size_t p = spec->layout->n_observed, v = p + spec->n_latent, n_groups = spec->layout->n_groups;
    assert(spec->means || spec->layout->missing == RP_SEM_LISTWISE);
    sem_objective *o = rp_arena_take(arena, 1, sizeof *o);
    double *room = rp_arena_take(arena, 4 * p * p + 2 * p + 3 * v * v + v, sizeof *room);
    sem_ram *groups = rp_arena_take(arena, n_groups, sizeof *groups);
    if (!o || !room || !groups)
        return NULL;
    for (size_t g = 0; g < n_groups; g++)
        if (!sem_ram_make(spec, g, &groups[g], arena))
            return NULL;
    *o = (sem_objective){.spec = spec, .stats = stats, .groups = groups, .by_sigma = room};
    o->factor = o->by_sigma + p * p;
    o->inverse = o->factor + p * p;
    o->work = o->inverse + p * p;
    o->by_mu = o->work + p * p;
    o->d = o->by_mu + p;
    o->scratch = o->d + p;
    return o;
}

/* The rows and columns of sigma that are observed, and d; L L' = that sigma. */
static bool pattern_begin(sem_objective *o, const sem_ram *ram, const sem_pattern *pattern) {
    size_t k = pattern->k;
    for (size_t i = 0; i < k; i++) {
        const double *row = ram->sigma + pattern->observed[i] * ram->p;
        for (size_t j = 0; j <= i; j++)
            o->factor[i * k + j] = row[pattern->observed[j]];
        o->d[i] = o->spec->means ? pattern->mean[i] - ram->mu[pattern->observed[i]] : 0;
    }
    return rp_cholesky(o->factor, k);
}

static double log_determinant(const double *l, size_t k) {
    double product = 1, sum = 0;
    for (size_t i = 0; i < k; i++) {
        product *= l[i * k + i];
        if (product < 1e-100 || product > 1e100) { /* one logarithm for many factors */
            sum += log(product);
            product = 1;
        }
    }
    return 2 * (sum + log(product));
}

/* tr Sigma^-1 (C + d d') times n; `work` becomes n (C + d d'), its lower triangle. */
static double pattern_trace(sem_objective *o, const sem_pattern *pattern) {
    size_t k = pattern->k;
    double n = (double)pattern->n, trace = 0;
    for (size_t i = 0; i < k; i++) {
        double row = 0;
        for (size_t j = 0; j < i; j++) {
            o->work[i * k + j] = pattern->cross[i * k + j] + n * o->d[i] * o->d[j];
            row += o->inverse[i * k + j] * o->work[i * k + j];
        }
        o->work[i * k + i] = pattern->cross[i * k + i] + n * o->d[i] * o->d[i];
        trace += 2 * row + o->inverse[i * k + i] * o->work[i * k + i];
    }
    return trace;
}

/* Adds G = n Sigma^-1 - Sigma^-1 W Sigma^-1 (W = n (C + d d')) and g = -2 n Sigma^-1 d, in the places of what is
 * observed. `factor` is not needed any more. */
static void pattern_slopes(sem_objective *o, const sem_pattern *pattern, size_t p) {
    size_t k = pattern->k;
    double n = (double)pattern->n, *half = o->factor;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            o->work[j * k + i] = o->work[i * k + j];
    for (size_t i = 0; i < k; i++) { /* half = Sigma^-1 W */
        double *row = half + i * k;
        memset(row, 0, k * sizeof *row);
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < k; j++)
                row[j] += o->inverse[i * k + l] * o->work[l * k + j];
    }
    for (size_t i = 0; i < k; i++) {
        double *out = o->by_sigma + pattern->observed[i] * p, slope = 0;
        for (size_t j = 0; j < k; j++) {
            double x = 0;
            for (size_t l = 0; l < k; l++)
                x += half[i * k + l] * o->inverse[j * k + l];
            out[pattern->observed[j]] += n * o->inverse[i * k + j] - x;
            slope += o->inverse[i * k + j] * o->d[j];
        }
        o->by_mu[pattern->observed[i]] -= 2 * n * slope;
    }
}

static double pattern_value(sem_objective *o, const sem_ram *ram, const sem_pattern *pattern, bool slopes) {
    size_t k = pattern->k;
    if (!pattern_begin(o, ram, pattern))
        return INFINITY;
    double n = (double)pattern->n, log_det = log_determinant(o->factor, k);
    rp_cholesky_inverse(o->factor, k, o->inverse);
    double value = n * ((double)k * log(2 * M_PI) + log_det) + pattern_trace(o, pattern);
    if (slopes)
        pattern_slopes(o, pattern, ram->p);
    return value;
}

double sem_objective_value(sem_objective *o, const double *theta, double *gradient) {
    size_t p = o->spec->layout->n_observed, q = 0;
    rp_sum sum = {0};
    if (gradient)
        memset(gradient, 0, o->spec->n_parameters * sizeof *gradient);
    for (size_t g = 0; g < o->spec->layout->n_groups; g++) {
        sem_ram *ram = &o->groups[g];
        if (!sem_ram_at(ram, theta))
            return INFINITY;
        memset(o->by_sigma, 0, p * p * sizeof *o->by_sigma);
        memset(o->by_mu, 0, p * sizeof *o->by_mu);
        for (; q < o->stats->n_patterns && o->stats->patterns[q].group == g; q++) {
            double value = pattern_value(o, ram, &o->stats->patterns[q], gradient != NULL);
            if (!isfinite(value))
                return INFINITY;
            rp_sum_add(&sum, value);
        }
        if (gradient)
            sem_ram_gradient(ram, o->by_sigma, o->spec->means ? o->by_mu : NULL, gradient, o->scratch);
    }
    return rp_sum_value(&sum);
}
