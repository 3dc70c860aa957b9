/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the crossed solver: rows into cells by the plainest means, and random crossed designs. */
#ifndef RAPPORT_TEST_CROSSED_HELPER_H
#define RAPPORT_TEST_CROSSED_HELPER_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

static inline void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static inline double uniform(uint64_t *seed) { /* xorshift, in (0, 1) */
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(uint64_t *seed) {
    double u = uniform(seed);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1.0) * uniform(seed));
}

typedef struct keyed {
    const uint32_t *key;
    size_t n_factors, row;
} keyed;

static inline int by_key(const void *one, const void *other) {
    const keyed *a = one, *b = other;
    for (size_t f = a->n_factors; f-- > 0;)
        if (a->key[f] != b->key[f])
            return a->key[f] < b->key[f] ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static inline bool same_key(const keyed *a, const keyed *b) {
    return memcmp(a->key, b->key, a->n_factors * sizeof *a->key) == 0;
}

/* Statistics with a cell for each key; y_origin is the mean where the design has an intercept. */
static inline rp_mixed_stats *stats_of(const rp_mixed_spec *spec, const rp_mixed_rows *rows, rp_arena *arena) {
    size_t m = spec->n_columns + 1, k = spec->n_factors;
    rp_mixed_stats *stats = rp_arena_take(arena, 1, sizeof *stats);
    keyed *order = rp_arena_take(arena, rows->n, sizeof *order);
    uint32_t *keys = rp_arena_take(arena, rows->n * k, sizeof *keys);
    double *value = rp_arena_take(arena, m, sizeof *value);
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t f = 0; f < k; f++)
            keys[i * k + f] = rows->groups[f][i];
        order[i] = (keyed){keys + i * k, k, i};
        stats->y_origin += rows->y[i] / (double)rows->n;
        stats->log_weights += rows->weights ? log(rows->weights[i]) : 0;
    }
    if (spec->n_fixed == 0 || strcmp(spec->column_names[spec->fixed[0]], "(Intercept)") != 0)
        stats->y_origin = 0;
    qsort(order, rows->n, sizeof *order, by_key);
    stats->spec = spec;
    stats->rows = (int64_t)rows->n;
    stats->cells.m = m;
    stats->cells.keys = rp_arena_take(arena, rows->n * k, sizeof *keys);
    stats->cells.grams = rp_arena_take(arena, rows->n * m * (m + 1) / 2, sizeof(double));
    for (size_t o = 0; o < rows->n; o++) {
        size_t i = order[o].row;
        if (o == 0 || !same_key(&order[o - 1], &order[o]))
            memcpy(stats->cells.keys + k * stats->cells.n++, order[o].key, k * sizeof *keys);
        for (size_t c = 0; c + 1 < m; c++)
            value[c] = rows->columns[c] ? rows->columns[c][i] : 1;
        value[m - 1] = rows->y[i] - stats->y_origin;
        double *gram = stats->cells.grams + (stats->cells.n - 1) * (m * (m + 1) / 2);
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++)
                *gram++ += (rows->weights ? rows->weights[i] : 1) * value[a] * value[b];
    }
    return stats;
}

static inline mixed_point point_for(size_t p, size_t n_theta, rp_arena *arena) {
    mixed_point point = {.beta = rp_arena_take(arena, p, sizeof(double)),
                         .unscaled = rp_arena_take(arena, p * p, sizeof(double)),
                         .gradient = rp_arena_take(arena, n_theta, sizeof(double))};
    assert_true(point.beta && point.unscaled && point.gradient);
    return point;
}

#endif
