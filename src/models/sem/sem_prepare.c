/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows become means and cross products of those that have the same variables observed. What a row has observed is a
 * mask of bits, as many words as it takes; masks are found by hashing, so that thousands of them cost no more than one.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "models/sem/sem_ordered.h"

static const uint32_t LEFT_OUT = UINT32_MAX;

/* A row's key: its group, then the mask; variable j is bit j % 64 of word j / 64. */
typedef struct sorter {
    const rp_sem_layout *layout;
    const rp_sem_rows *rows;
    size_t stride;   /* words of a key */
    uint64_t *keys;  /* of each row */
    uint32_t *of;    /* of each row: its pattern, or LEFT_OUT */
    uint32_t *order; /* rows by pattern, in their own order within one */
    size_t n;        /* patterns */
    size_t size;     /* of the table, a power of 2 above twice the patterns */
    uint32_t *table; /* number of a pattern + 1; 0: free */
    size_t room;     /* of the next two */
    uint32_t *first; /* of each pattern: a row that has it */
    uint32_t *count; /* of each pattern */
} sorter;

/* ---- masks --------------------------------------------------------------------------------------------- */

static bool fill_keys(sorter *s, rp_error *error) {
    for (size_t i = 0; i < s->rows->n; i++) {
        uint32_t group = s->rows->group ? s->rows->group[i] : 0;
        assert(group < s->layout->n_groups);
        s->keys[i * s->stride] = group;
    }
    for (size_t j = 0; j < s->layout->n_observed; j++) {
        const double *column = s->rows->columns[j];
        uint64_t *word = s->keys + 1 + j / 64, bit = (uint64_t)1 << (j % 64);
        for (size_t i = 0; i < s->rows->n; i++) {
            if (isinf(column[i])) {
                rp_fail(error, RP_E_RULE, "The variable %s has a value that is not finite, in row %zu.",
                        s->layout->observed[j], i + 1);
                return rp_fail_remedy(error, "Leave the value empty where it is not known.");
            }
            word[i * s->stride] |= isnan(column[i]) ? 0 : bit;
        }
    }
    return true;
}

static size_t bits_of(const sorter *s, const uint64_t *key) {
    size_t bits = 0;
    for (size_t w = 1; w < s->stride; w++)
        bits += (size_t)__builtin_popcountll(key[w]);
    return bits;
}

static bool has(const uint64_t *key, size_t variable) {
    return key[1 + variable / 64] >> (variable % 64) & 1;
}

/* ---- patterns of rows ------------------------------------------------------------------------------------- */

static size_t place(const sorter *s, const uint64_t *key) {
    size_t bytes = s->stride * sizeof *key, at = XXH3_64bits(key, bytes) & (s->size - 1);
    while (s->table[at] && memcmp(s->keys + s->first[s->table[at] - 1] * s->stride, key, bytes) != 0)
        at = (at + 1) & (s->size - 1);
    return at;
}

/* Twice the room for patterns; the arena keeps the old, which is as much again at most. */
static bool grow(sorter *s, rp_arena *scratch) {
    size_t room = s->room ? 2 * s->room : 64;
    uint32_t *first = rp_arena_take(scratch, room, sizeof *first);
    uint32_t *count = rp_arena_take(scratch, room, sizeof *count);
    s->table = rp_arena_take(scratch, 4 * room, sizeof *s->table);
    if (!first || !count || !s->table)
        return false;
    for (size_t i = 0; i < s->n; i++) {
        first[i] = s->first[i];
        count[i] = s->count[i];
    }
    s->first = first;
    s->count = count;
    s->room = room;
    s->size = 4 * room;
    for (size_t i = 0; i < s->n; i++)
        s->table[place(s, s->keys + first[i] * s->stride)] = (uint32_t)i + 1;
    return true;
}

static bool find_patterns(sorter *s, int64_t *left_out, rp_arena *scratch) {
    size_t least = s->layout->missing == RP_SEM_LISTWISE ? s->layout->n_observed : 1;
    for (size_t i = 0; i < s->rows->n; i++) {
        const uint64_t *key = s->keys + i * s->stride;
        if (bits_of(s, key) < least) {
            s->of[i] = LEFT_OUT;
            ++*left_out;
            continue;
        }
        if (s->n == s->room && !grow(s, scratch))
            return false;
        size_t at = place(s, key);
        if (s->table[at] == 0) {
            s->first[s->n] = (uint32_t)i;
            s->table[at] = (uint32_t)++s->n;
        }
        s->of[i] = s->table[at] - 1;
        s->count[s->of[i]]++;
    }
    return true;
}

/* A counting sort. starts[i]: where in s->order pattern i begins, and ends at starts[i + 1]. */
static size_t *sort_rows(sorter *s, rp_arena *scratch) {
    size_t *starts = rp_arena_take(scratch, s->n + 2, sizeof *starts);
    if (starts == NULL)
        return NULL;
    for (size_t i = 0; i < s->n; i++)
        starts[i + 2] = starts[i + 1] + s->count[i];
    for (size_t i = 0; i < s->rows->n; i++)
        if (s->of[i] != LEFT_OUT)
            s->order[starts[s->of[i] + 1]++] = (uint32_t)i;
    return starts;
}

/* ---- means and cross products ----------------------------------------------------------------------------- */

/* The mean in two steps, from the first row and from what that gave, so that a large mean costs no digits. */
static void fill_mean(const sorter *s, const uint32_t *rows, sem_pattern *p, double *sum) {
    double n = (double)p->n;
    for (size_t a = 0; a < p->k; a++)
        p->mean[a] = s->rows->columns[p->observed[a]][rows[0]];
    for (int step = 0; step < 2; step++) {
        memset(sum, 0, p->k * sizeof *sum);
        for (int64_t i = 0; i < p->n; i++)
            for (size_t a = 0; a < p->k; a++)
                sum[a] += s->rows->columns[p->observed[a]][rows[i]] - p->mean[a];
        for (size_t a = 0; a < p->k; a++)
            p->mean[a] += sum[a] / n;
    }
}

static void fill_cross(const sorter *s, const uint32_t *rows, sem_pattern *p, double *deviation) {
    for (int64_t i = 0; i < p->n; i++) {
        for (size_t a = 0; a < p->k; a++)
            deviation[a] = s->rows->columns[p->observed[a]][rows[i]] - p->mean[a];
        for (size_t a = 0; a < p->k; a++)
            for (size_t b = 0; b <= a; b++)
                p->cross[a * p->k + b] += deviation[a] * deviation[b];
    }
    for (size_t a = 0; a < p->k; a++)
        for (size_t b = 0; b < a; b++)
            p->cross[b * p->k + a] = p->cross[a * p->k + b];
}

static bool keep_rows(const sorter *s, const uint32_t *rows, sem_pattern *p, rp_arena *arena) {
    p->rows = rp_arena_take_unset(arena, (size_t)p->n * p->k, sizeof *p->rows);
    for (size_t i = 0; p->rows && i < (size_t)p->n; i++)
        for (size_t a = 0; a < p->k; a++)
            p->rows[i * p->k + a] = s->rows->columns[p->observed[a]][rows[i]];
    return p->rows != NULL;
}

static bool fill_pattern(const sorter *s, const uint32_t *rows, size_t n, sem_pattern *p, double *room,
                         rp_arena *arena) {
    const uint64_t *key = s->keys + rows[0] * s->stride;
    uint32_t *observed = rp_arena_take(arena, bits_of(s, key), sizeof *observed);
    if (!observed || !sem_pattern_make(p, (uint32_t)key[0], bits_of(s, key), arena))
        return false;
    for (size_t j = 0, a = 0; j < s->layout->n_observed; j++)
        if (has(key, j))
            observed[a++] = (uint32_t)j;
    p->observed = observed;
    p->n = (int64_t)n;
    fill_mean(s, rows, p, room);
    fill_cross(s, rows, p, room);
    return !s->layout->casewise || keep_rows(s, rows, p, arena);
}

static bool make_sorter(sorter *s, rp_arena *scratch) {
    s->stride = 1 + (s->layout->n_observed + 63) / 64;
    s->keys =
        s->rows->n <= SIZE_MAX / s->stride ? rp_arena_take(scratch, s->rows->n * s->stride, sizeof *s->keys) : NULL;
    s->of = rp_arena_take_unset(scratch, s->rows->n, sizeof *s->of);
    s->order = rp_arena_take_unset(scratch, s->rows->n, sizeof *s->order);
    return s->keys && s->of && s->order;
}

static bool fill(rp_sem_stats *stats, sorter *s, rp_arena *arena, rp_arena *scratch, rp_error *error) {
    if (!make_sorter(s, scratch))
        return rp_fail_memory(error);
    if (!fill_keys(s, error))
        return false;
    if (!find_patterns(s, &stats->left_out, scratch))
        return rp_fail_memory(error);
    const size_t *starts = sort_rows(s, scratch);
    double *room = rp_arena_take_unset(scratch, s->layout->n_observed, sizeof *room);
    stats->patterns = rp_arena_take(arena, s->n, sizeof *stats->patterns);
    if (!starts || !room || !stats->patterns)
        return rp_fail_memory(error);
    for (size_t i = 0; i < s->n; i++)
        if (!fill_pattern(s, s->order + starts[i], starts[i + 1] - starts[i], &stats->patterns[i], room, arena))
            return rp_fail_memory(error);
    stats->n_patterns = s->n;
    qsort(stats->patterns, s->n, sizeof *stats->patterns, sem_pattern_order);
    return true;
}

rp_sem_stats *rp_sem_prepare(const rp_sem_layout *layout, const rp_sem_rows *rows, rp_arena *arena, rp_error *error) {
    assert(layout && layout->n_observed > 0 && layout->n_groups > 0 && rows && arena && error);
    if (rows->n >= UINT32_MAX) {
        rp_fail(error, RP_E_LIMIT, "A block has %zu rows, and can have 4 thousand million.", rows->n);
        return NULL;
    }
    rp_sem_stats *stats = rp_arena_take(arena, 1, sizeof *stats);
    rp_arena *scratch = rp_arena_new(0);
    bool good = stats && scratch;
    if (good) {
        stats->layout = layout;
        if (layout->levels)
            good = sem_levels_fill(stats, rows, arena, scratch, error);
        else
            good = layout->categories ? sem_ordered_prepare(rows, stats, arena, error)
                                      : fill(stats, &(sorter){.layout = layout, .rows = rows}, arena, scratch, error);
    } else
        rp_fail_memory(error);
    rp_arena_free(scratch);
    return good ? stats : NULL;
}
