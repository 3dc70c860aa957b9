/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in clusters become cross products within them, and means by size of cluster: all that a two-level likelihood of
 * complete rows asks (McDonald & Goldstein, Br J Math Stat Psychol 42, 1989; Muthen, UCLA Statistics Series 62, 1990).
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "models/sem/sem_parts.h"

typedef struct gatherer {
    const rp_sem_layout *layout;
    const rp_sem_rows *rows;
    size_t p;
    uint32_t *row; /* complete ones: n of them */
    uint32_t *of;  /* of each of these: its cluster */
    size_t n;
    size_t n_clusters;
    uint32_t *count; /* of each cluster: rows */
    double *mean;    /* of each cluster: p */
    double *shift;   /* p: the first row, taken off, so that a large mean costs no digits */
} gatherer;

/* ---- complete rows ----------------------------------------------------------------------------------------- */

static bool find_complete(gatherer *g, int64_t *left_out, rp_arena *scratch, rp_error *error) {
    size_t n = g->rows->n;
    bool *misses = rp_arena_take(scratch, n, sizeof *misses);
    g->row = rp_arena_take_unset(scratch, n, sizeof *g->row);
    if (misses == NULL || g->row == NULL)
        return rp_fail_memory(error);
    for (size_t j = 0; j < g->p; j++) {
        const double *column = g->rows->columns[j];
        for (size_t i = 0; i < n; i++) {
            if (isinf(column[i])) {
                rp_fail(error, RP_E_RULE, "The variable %s has a value that is not finite, in row %zu.",
                        g->layout->observed[j], i + 1);
                return rp_fail_remedy(error, "Leave the value empty where it is not known.");
            }
            misses[i] |= isnan(column[i]);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (!misses[i])
            g->row[g->n++] = (uint32_t)i;
    *left_out = (int64_t)(n - g->n);
    return true;
}

/* ---- clusters ------------------------------------------------------------------------------------------------ */

/* Numbers clusters in order of their first complete row, by a table of twice as many places as rows. */
static bool number_clusters(gatherer *g, rp_arena *scratch) {
    size_t size = 2;
    while (size < 2 * g->n)
        size *= 2;
    uint32_t *table = rp_arena_take(scratch, size, sizeof *table); /* a cluster + 1; 0: free */
    uint64_t *name = rp_arena_take_unset(scratch, g->n, sizeof *name);
    g->of = rp_arena_take_unset(scratch, g->n, sizeof *g->of);
    g->count = rp_arena_take(scratch, g->n, sizeof *g->count);
    if (table == NULL || name == NULL || g->of == NULL || g->count == NULL)
        return false;
    for (size_t i = 0; i < g->n; i++) {
        uint64_t cluster = g->rows->cluster[g->row[i]];
        size_t at = XXH3_64bits(&cluster, sizeof cluster) & (size - 1);
        while (table[at] && name[table[at] - 1] != cluster)
            at = (at + 1) & (size - 1);
        if (table[at] == 0) {
            name[g->n_clusters] = cluster;
            table[at] = (uint32_t)++g->n_clusters;
        }
        g->of[i] = table[at] - 1;
        g->count[g->of[i]]++;
    }
    return true;
}

static bool fill_means(gatherer *g, rp_arena *scratch) {
    size_t p = g->p;
    g->shift = rp_arena_take(scratch, p, sizeof *g->shift);
    g->mean = g->n_clusters <= SIZE_MAX / p ? rp_arena_take(scratch, g->n_clusters * p, sizeof *g->mean) : NULL;
    if (g->shift == NULL || g->mean == NULL)
        return false;
    for (size_t j = 0; j < p; j++) {
        const double *column = g->rows->columns[j];
        g->shift[j] = column[g->row[0]];
        for (size_t i = 0; i < g->n; i++)
            g->mean[g->of[i] * p + j] += column[g->row[i]] - g->shift[j];
    }
    for (size_t c = 0; c < g->n_clusters; c++)
        for (size_t j = 0; j < p; j++)
            g->mean[c * p + j] /= g->count[c];
    return true;
}

/* ---- patterns ------------------------------------------------------------------------------------------------- */

static void add_square(double *restrict cross, const double *deviation, size_t p) {
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b <= a; b++)
            cross[a * p + b] += deviation[a] * deviation[b];
}

static void mirror(double *cross, size_t p) {
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < a; b++)
            cross[b * p + a] = cross[a * p + b];
}

static void fill_within(const gatherer *g, sem_pattern *within, double *deviation) {
    size_t p = g->p;
    within->n = (int64_t)(g->n - g->n_clusters);
    for (size_t i = 0; i < g->n; i++) {
        const double *mean = g->mean + g->of[i] * p;
        for (size_t j = 0; j < p; j++)
            deviation[j] = g->rows->columns[j][g->row[i]] - g->shift[j] - mean[j];
        add_square(within->cross, deviation, p);
    }
    mirror(within->cross, p);
}

static int by_size(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* The sizes that there are, sorted, and how many. NULL: no memory. */
static uint32_t *distinct_sizes(const gatherer *g, size_t *n, rp_arena *scratch) {
    uint32_t *sizes = rp_arena_take_unset(scratch, g->n_clusters, sizeof *sizes);
    *n = 0;
    if (sizes == NULL)
        return NULL;
    memcpy(sizes, g->count, g->n_clusters * sizeof *sizes);
    qsort(sizes, g->n_clusters, sizeof *sizes, by_size);
    for (size_t i = 0; i < g->n_clusters; i++)
        if (i == 0 || sizes[i] != sizes[*n - 1])
            sizes[(*n)++] = sizes[i];
    return sizes;
}

static sem_pattern *of_size(sem_pattern *patterns, const uint32_t *sizes, size_t n, uint32_t size) {
    const uint32_t *found = bsearch(&size, sizes, n, sizeof *sizes, by_size);
    return &patterns[found - sizes];
}

/* Means of means, then their cross products; at the end in the units of a pattern, the root of the size. */
static void fill_between(const gatherer *g, sem_pattern *patterns, const uint32_t *sizes, size_t n, double *deviation) {
    size_t p = g->p;
    for (size_t c = 0; c < g->n_clusters; c++) {
        sem_pattern *at = of_size(patterns, sizes, n, g->count[c]);
        at->n++;
        for (size_t j = 0; j < p; j++)
            at->mean[j] += g->mean[c * p + j];
    }
    for (size_t s = 0; s < n; s++)
        for (size_t j = 0; j < p; j++)
            patterns[s].mean[j] /= (double)patterns[s].n;
    for (size_t c = 0; c < g->n_clusters; c++) {
        sem_pattern *at = of_size(patterns, sizes, n, g->count[c]);
        for (size_t j = 0; j < p; j++)
            deviation[j] = g->mean[c * p + j] - at->mean[j];
        add_square(at->cross, deviation, p);
    }
    for (size_t s = 0; s < n; s++) {
        mirror(patterns[s].cross, p);
        for (size_t i = 0; i < p * p; i++)
            patterns[s].cross[i] *= sizes[s];
        for (size_t j = 0; j < p; j++)
            patterns[s].mean[j] = sqrt(sizes[s]) * (patterns[s].mean[j] + g->shift[j]);
    }
}

static bool fill_patterns(rp_sem_stats *stats, const gatherer *g, rp_arena *arena, rp_arena *scratch) {
    size_t p = g->p, n_sizes, any_within = g->n > g->n_clusters;
    const uint32_t *sizes = distinct_sizes(g, &n_sizes, scratch);
    double *deviation = rp_arena_take(scratch, p, sizeof *deviation);
    uint32_t *observed = rp_arena_take(arena, p, sizeof *observed);
    stats->patterns = rp_arena_take(arena, n_sizes + any_within, sizeof *stats->patterns);
    if (sizes == NULL || deviation == NULL || observed == NULL || stats->patterns == NULL)
        return false;
    for (size_t j = 0; j < p; j++)
        observed[j] = (uint32_t)j;
    stats->n_patterns = n_sizes + any_within;
    for (size_t i = 0; i < stats->n_patterns; i++) {
        bool within = any_within && i == 0;
        if (!sem_pattern_make(&stats->patterns[i], within ? 0 : 1, p, arena))
            return false;
        stats->patterns[i].observed = observed;
        stats->patterns[i].size = within ? 0 : sizes[i - any_within];
    }
    if (any_within)
        fill_within(g, stats->patterns, deviation);
    fill_between(g, stats->patterns + any_within, sizes, n_sizes, deviation);
    return true;
}

bool sem_levels_fill(rp_sem_stats *stats, const rp_sem_rows *rows, rp_arena *arena, rp_arena *scratch,
                     rp_error *error) {
    const rp_sem_layout *layout = stats->layout;
    assert(layout->n_groups == 2 && layout->missing == RP_SEM_LISTWISE && rows->cluster);
    assert(!layout->casewise && !layout->categories);
    gatherer g = {.layout = layout, .rows = rows, .p = layout->n_observed};
    if (!find_complete(&g, &stats->left_out, scratch, error))
        return false;
    if (g.n == 0)
        return true;
    bool filled = number_clusters(&g, scratch) && fill_means(&g, scratch) && fill_patterns(stats, &g, arena, scratch);
    return filled || rp_fail_memory(error);
}
