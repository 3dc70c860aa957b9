/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much the scores of rows vary: the sum over rows of s s', s the derivatives of a row's log-likelihood by means and
 * covariances, u of the means and u u' - W, halved on the diagonal, of the covariances; u = W (x - mu), W = Sigma^-1 of
 * what the row has. Fourth powers of incomplete rows sum up only within a pattern, where they are more numbers than the
 * rows: so the rows are kept. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

enum { ROWS = 256 }; /* of a block of scores */

typedef struct work {
    size_t p, q, first;
    const double *mu, *sigma;
    double *scores; /* ROWS by q, by columns */
    size_t filled;
    double *inverse, *apart, *solved;
    double *out;
} work;

static void flush(work *w) {
    for (size_t j = 0; w->filled < ROWS && j < w->q; j++)
        memset(w->scores + j * ROWS + w->filled, 0, (ROWS - w->filled) * sizeof *w->scores);
    rp_dense_add_gram(1, w->scores, ROWS, w->q, w->out);
    memset(w->scores, 0, ROWS * w->q * sizeof *w->scores);
    w->filled = 0;
}

static void add_row(work *w, const sem_pattern *s, const double *row) {
    size_t k = s->k;
    double *at = w->scores + w->filled++;
    for (size_t i = 0; i < k; i++)
        w->apart[i] = row[i] - w->mu[s->observed[i]];
    for (size_t i = 0; i < k; i++) {
        double sum = 0;
        for (size_t j = 0; j < k; j++)
            sum += w->inverse[i * k + j] * w->apart[j];
        w->solved[i] = sum;
    }
    for (size_t i = 0; w->first && i < k; i++)
        at[s->observed[i] * ROWS] = w->solved[i];
    for (size_t j = 0; j < k; j++) {
        double *column = at + sem_moment_place(w->first, w->p, s->observed[j], s->observed[j]) * ROWS;
        *column = (w->solved[j] * w->solved[j] - w->inverse[j * (k + 1)]) / 2;
        for (size_t i = j + 1; i < k; i++)
            column[(s->observed[i] - s->observed[j]) * ROWS] = w->solved[i] * w->solved[j] - w->inverse[i * k + j];
    }
    if (w->filled == ROWS)
        flush(w);
}

static bool add_pattern(work *w, const sem_pattern *s) {
    size_t k = s->k;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            w->inverse[i * k + j] = w->sigma[s->observed[i] * w->p + s->observed[j]];
    if (!rp_dense_cholesky(w->inverse, k))
        return false;
    rp_dense_inverse(w->inverse, k);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            w->inverse[i * k + j] = w->inverse[j * k + i];
    for (int64_t r = 0; r < s->n; r++)
        add_row(w, s, s->rows + (size_t)r * k);
    return true;
}

bool sem_moment_scatter(const rp_sem_spec *spec, const rp_sem_stats *stats, size_t group, const double *mu,
                        const double *sigma, double *out, bool *defined, rp_arena *arena) {
    size_t p = spec->layout->n_observed, q = sem_moment_count(spec);
    work w = {.p = p, .q = q, .first = spec->means ? p : 0, .mu = mu, .sigma = sigma, .out = out};
    w.scores = rp_arena_take(arena, ROWS * q, sizeof *w.scores);
    w.inverse = rp_arena_take(arena, p * p + 2 * p, sizeof *w.inverse);
    if (w.scores == NULL || w.inverse == NULL)
        return false;
    w.apart = w.inverse + p * p;
    w.solved = w.apart + p;
    memset(out, 0, q * q * sizeof *out);
    *defined = true;
    for (size_t i = 0; *defined && i < stats->n_patterns; i++)
        if (stats->patterns[i].group == group)
            *defined = add_pattern(&w, &stats->patterns[i]);
    if (w.filled)
        flush(&w);
    for (size_t i = 0; i < q; i++) /* by columns the lower triangle: by rows the upper one */
        for (size_t j = 0; j < i; j++)
            out[i * q + j] = out[j * q + i];
    return true;
}
