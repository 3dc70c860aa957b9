/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of two-level structural equation models: rows in clusters, the same every time, and their statistics. */
#ifndef RAPPORT_TEST_SEM_LEVELS_DATA_H
#define RAPPORT_TEST_SEM_LEVELS_DATA_H

#include <math.h>

#include "models/sem/sem_parts.h"

enum { DRAWN_MOST = 12 };

/* n rows of p variables. Variable i of a row is  base + a_i B + b_i + c_i W + e_i:  B and b_i of the cluster, W and e_i
 * of the row, all of them sums of twelve uniform numbers less 6. */
typedef struct drawn {
    size_t n, p;
    double *values[DRAWN_MOST];
    uint64_t *cluster;
    const double *columns[DRAWN_MOST];
    const char *names[DRAWN_MOST];
} drawn;

static inline double drawn_normal(rp_draws *draws) {
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += rp_draw(draws);
    return sum;
}

/* Clusters of 1 to `largest` rows; `names`: p of them. between: how much of b_i and B there is. */
static inline drawn drawn_rows(const char *const *names, size_t p, size_t clusters, uint32_t largest, double between,
                               uint64_t seed, rp_arena *arena) {
    drawn d = {.p = p};
    d.cluster = rp_arena_take(arena, clusters * largest, sizeof *d.cluster);
    for (size_t i = 0; i < p; i++) {
        d.names[i] = names[i];
        d.columns[i] = d.values[i] = rp_arena_take(arena, clusters * largest, sizeof(double));
    }
    for (size_t c = 0; c < clusters; c++) {
        rp_draws draws = rp_draws_of(seed, c, 0);
        uint32_t size = 1 + rp_draw_below(&draws, largest);
        double common = drawn_normal(&draws), own[DRAWN_MOST];
        for (size_t i = 0; i < p; i++)
            own[i] = drawn_normal(&draws);
        for (uint32_t r = 0; r < size; r++, d.n++) {
            double row = drawn_normal(&draws);
            d.cluster[d.n] = 7919 * (c + 1);
            for (size_t i = 0; i < p; i++) {
                double x = (double)i, loads = 0.6 + 0.1 * x;
                double mean = between * (loads * common + (0.35 + 0.05 * x) * own[i]);
                d.values[i][d.n] = 3 + x + mean + (1 - 0.05 * x) * row + 0.8 * drawn_normal(&draws);
            }
        }
    }
    return d;
}

static inline rp_sem_rows drawn_block(const drawn *d, size_t from, size_t n, const double **columns) {
    for (size_t i = 0; i < d->p; i++)
        columns[i] = d->values[i] + from;
    return (rp_sem_rows){.n = n, .columns = columns, .cluster = d->cluster + from};
}

#endif
