/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of blocks become those of all, a pattern at a time, in the order of the blocks: Chan, Golub & LeVeque
 * (1979). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/sem/sem_ordered.h"

int sem_pattern_order(const void *left, const void *right) {
    const sem_pattern *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    for (size_t i = 0; i < a->k && i < b->k; i++)
        if (a->observed[i] != b->observed[i])
            return a->observed[i] < b->observed[i] ? -1 : 1;
    return (b->k > a->k) - (b->k < a->k);
}

bool sem_pattern_make(sem_pattern *pattern, uint32_t group, size_t k, rp_arena *arena) {
    *pattern = (sem_pattern){.group = group, .k = (uint32_t)k};
    pattern->mean = rp_arena_take(arena, k, sizeof *pattern->mean);
    pattern->cross = rp_arena_take(arena, k * k, sizeof *pattern->cross);
    return pattern->mean && pattern->cross;
}

/* A pattern of a part. */
typedef struct piece {
    sem_pattern pattern; /* first: sem_pattern_order reads a piece as one */
    size_t part;
} piece;

static int by_pattern_and_part(const void *left, const void *right) {
    const piece *a = left, *b = right;
    int order = sem_pattern_order(&a->pattern, &b->pattern);
    return order ? order : (a->part > b->part) - (a->part < b->part);
}

static void assert_same_layout(const rp_sem_layout *a, const rp_sem_layout *b) {
    assert(a->n_observed == b->n_observed);
    assert(a->n_groups == b->n_groups);
    assert(a->missing == b->missing);
    assert(a->levels == b->levels);
    assert((a->categories == NULL) == (b->categories == NULL));
    for (size_t i = 0; a->categories && i < a->n_observed; i++)
        assert(a->categories[i] == b->categories[i]);
    assert(a->casewise == b->casewise);
    (void)a;
    (void)b;
}

static piece *sorted_pieces(rp_sem_stats *const *parts, size_t n, size_t *count, rp_arena *scratch) {
    *count = 0;
    for (size_t i = 0; i < n; i++)
        *count += parts[i]->n_patterns;
    piece *pieces = rp_arena_take_unset(scratch, *count, sizeof *pieces), *next = pieces;
    if (pieces == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < parts[i]->n_patterns; j++)
            *next++ = (piece){parts[i]->patterns[j], i};
    qsort(pieces, *count, sizeof *pieces, by_pattern_and_part);
    return pieces;
}

/* A copy of its own: parts may go. */
static bool copy(const sem_pattern *from, sem_pattern *to, rp_arena *arena) {
    uint32_t *observed = rp_arena_take_unset(arena, from->k, sizeof *observed);
    if (!observed || !sem_pattern_make(to, from->group, from->k, arena))
        return false;
    memcpy(observed, from->observed, from->k * sizeof *observed);
    memcpy(to->mean, from->mean, from->k * sizeof *to->mean);
    memcpy(to->cross, from->cross, (size_t)from->k * from->k * sizeof *to->cross);
    to->observed = observed;
    to->n = from->n;
    to->size = from->size;
    return true;
}

/* `apart`: k numbers. */
static void add(sem_pattern *to, const sem_pattern *more, double *apart) {
    size_t k = to->k;
    double n = (double)(to->n + more->n), share = (double)more->n / n;
    for (size_t a = 0; a < k; a++)
        apart[a] = more->mean[a] - to->mean[a];
    for (size_t a = 0; a < k; a++) {
        double weighted = (double)to->n * share * apart[a];
        for (size_t b = 0; b <= a; b++) {
            double cross = to->cross[a * k + b] + more->cross[a * k + b] + weighted * apart[b];
            to->cross[a * k + b] = to->cross[b * k + a] = cross;
        }
    }
    for (size_t a = 0; a < k; a++)
        to->mean[a] += share * apart[a];
    to->n += more->n;
}

/* The rows of a pattern's pieces, one piece after the other; to->n is the number of all. */
static bool join_rows(sem_pattern *to, const piece *pieces, rp_arena *arena) {
    to->rows = rp_arena_take_unset(arena, (size_t)to->n * to->k, sizeof *to->rows);
    double *next = to->rows;
    for (int64_t left = to->n; next && left > 0; left -= pieces->pattern.n, pieces++) {
        size_t count = (size_t)pieces->pattern.n * to->k;
        memcpy(next, pieces->pattern.rows, count * sizeof *next);
        next += count;
    }
    return to->rows != NULL;
}

static bool join_all_rows(rp_sem_stats *into, const piece *pieces, rp_arena *arena) {
    for (size_t i = 0; i < into->n_patterns; i++) {
        if (!join_rows(&into->patterns[i], pieces, arena))
            return false;
        for (int64_t n = into->patterns[i].n; n > 0; pieces++)
            n -= pieces->pattern.n;
    }
    return true;
}

static bool merge_pieces(rp_sem_stats *into, const piece *pieces, size_t count, rp_arena *arena, rp_arena *scratch) {
    double *apart = rp_arena_take_unset(scratch, into->layout->n_observed, sizeof *apart);
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        distinct += i == 0 || sem_pattern_order(&pieces[i - 1], &pieces[i]) != 0;
    into->patterns = rp_arena_take(arena, distinct, sizeof *into->patterns);
    if (!apart || !into->patterns)
        return false;
    for (size_t i = 0; i < count; i++)
        if (i > 0 && sem_pattern_order(&pieces[i - 1], &pieces[i]) == 0)
            add(&into->patterns[into->n_patterns - 1], &pieces[i].pattern, apart);
        else if (!copy(&pieces[i].pattern, &into->patterns[into->n_patterns++], arena))
            return false;
    return !into->layout->casewise || join_all_rows(into, pieces, arena);
}

rp_sem_stats *rp_sem_merge(rp_sem_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) {
    assert(parts && n > 0 && arena && error);
    rp_sem_stats *into = rp_arena_take(arena, 1, sizeof *into);
    rp_arena *scratch = rp_arena_new(0);
    bool good = into && scratch;
    if (good) {
        into->layout = parts[0]->layout;
        for (size_t i = 0; i < n; i++) {
            assert_same_layout(into->layout, parts[i]->layout);
            into->left_out += parts[i]->left_out;
        }
        size_t count;
        const piece *pieces = sorted_pieces(parts, n, &count, scratch);
        good = pieces && merge_pieces(into, pieces, count, arena, scratch) &&
               (into->layout->categories == NULL || sem_ordered_merge(parts, n, into, arena));
    }
    rp_arena_free(scratch);
    if (!good)
        rp_fail_memory(error);
    return good ? into : NULL;
}

int64_t rp_sem_rows_used(const rp_sem_stats *stats, size_t group) {
    int64_t n = stats->ordered ? stats->ordered->groups[group].n : 0;
    for (size_t i = 0; i < stats->n_patterns; i++) {
        const sem_pattern *at = &stats->patterns[i];
        if (stats->layout->levels && group == 0) /* every row is in a cluster */
            n += at->n * at->size;
        else
            n += at->group == group ? at->n : 0;
    }
    return n;
}

int64_t rp_sem_rows_left_out(const rp_sem_stats *stats) {
    return stats->left_out;
}
