/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What incomplete rows tell of a group's means and covariances: minus the second derivatives of their log-likelihood,
 * or what these are expected to be. Of a pattern of n rows, with W = Sigma^-1 of what it has, d = mean - mu, and
 * M = 2 W (cross / n + d d') W - W, or W where expected; along D1 and D2, each of one covariance:
 *   means: n W;   means by D: n W D W d, expected 0;   D1 by D2: n/2 tr(D1 W D2 M). */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

size_t sem_moment_count(const rp_sem_spec *spec) {
    size_t p = spec->layout->n_observed;
    return (spec->means ? p : 0) + p * (p + 1) / 2;
}

/* Where the covariance of i and j is among the moments: the lower triangle by columns. */
size_t sem_moment_place(size_t first, size_t p, size_t i, size_t j) {
    size_t row = i > j ? i : j, column = i > j ? j : i;
    return first + column * p - column * (column + 1) / 2 + row;
}

typedef struct work {
    size_t p, q, first; /* moments, and the first covariance among them */
    bool observed;
    const double *mu, *sigma;
    double *out;
    double *inverse, *second, *product, *apart, *solved; /* W, M, room; d, W d */
    size_t *place;                                       /* k by k: of each covariance of the pattern */
} work;

/* By rows. */
static void multiply(const double *a, const double *b, size_t k, double *out) {
    memset(out, 0, k * k * sizeof *out);
    for (size_t i = 0; i < k; i++)
        for (size_t h = 0; h < k; h++)
            for (size_t j = 0; j < k; j++)
                out[i * k + j] += a[i * k + h] * b[h * k + j];
}

/* W, W d and M. False: Sigma is not positive definite. */
static bool set_pattern(work *w, const sem_pattern *s) {
    size_t k = s->k;
    for (size_t i = 0; i < k; i++) {
        w->apart[i] = w->first ? s->mean[i] - w->mu[s->observed[i]] : 0;
        for (size_t j = 0; j < k; j++) {
            w->inverse[i * k + j] = w->sigma[s->observed[i] * w->p + s->observed[j]];
            w->place[i * k + j] = sem_moment_place(w->first, w->p, s->observed[i], s->observed[j]);
        }
    }
    if (!rp_dense_cholesky(w->inverse, k))
        return false;
    rp_dense_inverse(w->inverse, k);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            w->inverse[i * k + j] = w->inverse[j * k + i];
    memcpy(w->second, w->inverse, k * k * sizeof *w->second);
    for (size_t i = 0; i < k; i++) {
        w->solved[i] = 0;
        for (size_t j = 0; j < k; j++)
            w->solved[i] += w->inverse[i * k + j] * w->apart[j];
    }
    if (!w->observed)
        return true;
    multiply(w->inverse, s->cross, k, w->product);
    multiply(w->product, w->inverse, k, w->second);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            w->second[i * k + j] =
                2 * (w->second[i * k + j] / (double)s->n + w->solved[i] * w->solved[j]) - w->inverse[i * k + j];
    return true;
}

static void add_means(work *w, const sem_pattern *s) {
    size_t k = s->k;
    double n = (double)s->n;
    for (size_t a = 0; a < k; a++) {
        double *row = w->out + s->observed[a] * w->q;
        const double *inverse = w->inverse + a * k;
        for (size_t b = 0; b < k; b++)
            row[s->observed[b]] += n * inverse[b];
        for (size_t i = 0; w->observed && i < k; i++)
            for (size_t j = 0; j <= i; j++)
                row[w->place[i * k + j]] += i == j ? n * inverse[i] * w->solved[i]
                                                   : n * (inverse[i] * w->solved[j] + inverse[j] * w->solved[i]);
    }
}

/* Rows of the upper triangle of `out`: the places of a pattern ascend as those of all do. */
static void add_covariances(work *w, const sem_pattern *s) {
    size_t k = s->k;
    const double *v = w->inverse, *m = w->second;
    for (size_t j = 0; j < k; j++)
        for (size_t i = j; i < k; i++) {
            double *row = w->out + w->place[i * k + j] * w->q, scale = (double)s->n / (i == j ? 4 : 2);
            for (size_t l = j; l < k; l++)
                for (size_t h = l == j ? i : l; h < k; h++) {
                    double trace = v[j * k + h] * m[l * k + i] + v[j * k + l] * m[h * k + i] +
                                   v[i * k + h] * m[l * k + j] + v[i * k + l] * m[h * k + j];
                    row[w->place[h * k + l]] += (h == l ? scale / 2 : scale) * trace;
                }
        }
}

static bool make_room(work *w, rp_arena *arena) {
    size_t p = w->p;
    double *room = rp_arena_take(arena, 3 * p * p + 2 * p, sizeof *room);
    w->place = rp_arena_take(arena, p * p, sizeof *w->place);
    if (room == NULL || w->place == NULL)
        return false;
    w->inverse = room;
    w->second = room + p * p;
    w->product = room + 2 * p * p;
    w->apart = room + 3 * p * p;
    w->solved = w->apart + p;
    return true;
}

bool sem_moment_information(const rp_sem_spec *spec, const rp_sem_stats *stats, size_t group, const double *mu,
                            const double *sigma, bool observed, double *out, bool *defined, rp_arena *arena) {
    size_t p = spec->layout->n_observed, q = sem_moment_count(spec);
    work w = {.p = p, .q = q, .first = spec->means ? p : 0, .observed = observed, .mu = mu, .sigma = sigma, .out = out};
    if (!make_room(&w, arena))
        return false;
    memset(out, 0, q * q * sizeof *out);
    *defined = true;
    for (size_t i = 0; *defined && i < stats->n_patterns; i++) {
        const sem_pattern *s = &stats->patterns[i];
        if (s->group != group)
            continue;
        *defined = set_pattern(&w, s);
        if (*defined && spec->means)
            add_means(&w, s);
        if (*defined)
            add_covariances(&w, s);
    }
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < i; j++)
            out[i * q + j] = out[j * q + i];
    return true;
}
