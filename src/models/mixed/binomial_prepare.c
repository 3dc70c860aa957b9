/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows into cells, and cells of several blocks into one set. Both are the same work: gather, sort, put alike ones
 * together. Successes and trials are whole numbers and add without rounding, and the order is that of the values
 * themselves, so cells have the same bits however the rows came. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

typedef struct sorting {
    const rp_mixed_spec *spec;
    const binomial_cells *cells;
    uint32_t *order;
} sorting;

/* An empty set with room for n cells; `columns_of` says which columns and whether an offset are needed. */
static binomial_cells *new_cells(const rp_mixed_spec *spec, size_t n, const bool *has_column, bool has_offset,
                                 rp_arena *arena) {
    binomial_cells *c = rp_arena_take(arena, 1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->n = n;
    c->keys = rp_arena_take(arena, spec->n_factors, sizeof *c->keys);
    c->columns = rp_arena_take(arena, spec->n_columns, sizeof *c->columns);
    c->y = rp_arena_take_unset(arena, n, sizeof *c->y);
    c->trials = rp_arena_take_unset(arena, n, sizeof *c->trials);
    bool ok = c->keys != NULL && c->columns != NULL && c->y != NULL && c->trials != NULL;
    for (size_t f = 0; ok && f < spec->n_factors; f++)
        if (mixed_factor_used(spec, f))
            ok = (c->keys[f] = rp_arena_take_unset(arena, n, sizeof **c->keys)) != NULL;
    for (size_t k = 0; ok && k < spec->n_columns; k++)
        if (has_column[k])
            ok = (c->columns[k] = rp_arena_take_unset(arena, n, sizeof **c->columns)) != NULL;
    if (ok && has_offset)
        ok = (c->offset = rp_arena_take_unset(arena, n, sizeof *c->offset)) != NULL;
    return ok ? c : NULL;
}

/* By counting, from the first factor to the last: each pass keeps the order of the one before. */
static bool sort_by_keys(sorting *s, rp_arena *scratch) {
    size_t n = s->cells->n;
    uint32_t *next = rp_arena_take_unset(scratch, n, sizeof *next);
    if (next == NULL)
        return false;
    for (size_t f = 0; f < s->spec->n_factors; f++) {
        const uint32_t *key = s->cells->keys[f];
        if (key == NULL)
            continue;
        size_t *at = rp_arena_take(scratch, (size_t)s->spec->levels[f] + 1, sizeof *at);
        if (at == NULL)
            return false;
        for (size_t i = 0; i < n; i++)
            at[key[i] + 1]++;
        for (size_t g = 0; g < s->spec->levels[f]; g++)
            at[g + 1] += at[g];
        for (size_t i = 0; i < n; i++)
            next[at[key[s->order[i]]]++] = s->order[i];
        uint32_t *was = s->order;
        s->order = next;
        next = was;
    }
    return true;
}

static bool same_keys(const sorting *s, uint32_t a, uint32_t b) {
    for (size_t f = 0; f < s->spec->n_factors; f++)
        if (s->cells->keys[f] != NULL && s->cells->keys[f][a] != s->cells->keys[f][b])
            return false;
    return true;
}

static int compare(double a, double b) {
    return (a > b) - (a < b);
}

static int compare_covariates(const void *left, const void *right, void *context) {
    const sorting *s = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const binomial_cells *c = s->cells;
    int order = 0;
    for (size_t k = 0; k < s->spec->n_columns && order == 0; k++)
        if (c->columns[k] != NULL)
            order = compare(c->columns[k][a], c->columns[k][b]);
    if (order == 0 && c->offset != NULL)
        order = compare(c->offset[a], c->offset[b]);
    return order;
}

static void sort_covariates(sorting *s) {
    size_t n = s->cells->n;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && same_keys(s, s->order[from], s->order[to]);)
            to++;
        qsort_r(s->order + from, to - from, sizeof *s->order, compare_covariates, s);
    }
}

static void copy_cell(const rp_mixed_spec *spec, const binomial_cells *from, size_t i, binomial_cells *to, size_t at) {
    for (size_t f = 0; f < spec->n_factors; f++)
        if (from->keys[f] != NULL)
            to->keys[f][at] = from->keys[f][i];
    for (size_t k = 0; k < spec->n_columns; k++)
        if (to->columns[k] != NULL)
            to->columns[k][at] = from->columns[k] != NULL ? from->columns[k][i] : 1;
    if (to->offset != NULL)
        to->offset[at] = from->offset != NULL ? from->offset[i] : 0;
    to->y[at] = from->y[i];
    to->trials[at] = from->trials[i];
}

/* `cells` in order, alike ones together. */
static binomial_cells *settle(const rp_mixed_spec *spec, const binomial_cells *cells, rp_arena *arena) {
    rp_arena *scratch = rp_arena_new(0);
    bool *has_column = scratch != NULL ? rp_arena_take(scratch, spec->n_columns, sizeof *has_column) : NULL;
    sorting s = {spec, cells, scratch != NULL ? rp_arena_take_unset(scratch, cells->n, sizeof *s.order) : NULL};
    binomial_cells *out = NULL;
    if (has_column != NULL && s.order != NULL) {
        for (size_t i = 0; i < cells->n; i++)
            s.order[i] = (uint32_t)i;
        for (size_t k = 0; k < spec->n_columns; k++)
            has_column[k] = cells->columns[k] != NULL;
        size_t distinct = 0;
        if (sort_by_keys(&s, scratch)) {
            sort_covariates(&s);
            for (size_t i = 0; i < cells->n; i++)
                distinct += i == 0 || !same_keys(&s, s.order[i - 1], s.order[i]) ||
                            compare_covariates(&s.order[i - 1], &s.order[i], &s) != 0;
            out = new_cells(spec, distinct, has_column, cells->offset != NULL, arena);
        }
    }
    for (size_t i = 0, at = 0; out != NULL && i < cells->n; i++) {
        uint32_t from = s.order[i];
        if (i > 0 && same_keys(&s, s.order[i - 1], from) && compare_covariates(&s.order[i - 1], &from, &s) == 0) {
            out->y[at - 1] += cells->y[from];
            out->trials[at - 1] += cells->trials[from];
        } else {
            copy_cell(spec, cells, from, out, at++);
        }
    }
    if (out != NULL)
        out->log_choose = cells->log_choose;
    rp_arena_free(scratch);
    return out;
}

static double log_choose(double n, double y) {
    return y == 0 || y == n ? 0 : lgamma(n + 1) - lgamma(y + 1) - lgamma(n - y + 1);
}

/* The block as a set of cells, one a row. */
static binomial_cells *view_of(const rp_mixed_spec *spec, const rp_mixed_rows *rows, rp_arena *scratch) {
    bool *none = rp_arena_take(scratch, spec->n_columns, sizeof *none);
    binomial_cells *view = none != NULL ? new_cells(spec, rows->n, none, false, scratch) : NULL;
    if (view == NULL)
        return NULL;
    rp_sum choose = {0};
    for (size_t f = 0; f < spec->n_factors; f++)
        if (view->keys[f] != NULL)
            memcpy(view->keys[f], rows->groups[f], rows->n * sizeof **view->keys);
    for (size_t k = 0; k < spec->n_columns; k++)
        view->columns[k] = (double *)(uintptr_t)rows->columns[k]; /* only read */
    view->offset = (double *)(uintptr_t)rows->offset;
    for (size_t i = 0; i < rows->n; i++) {
        double trials = rows->weights != NULL ? rows->weights[i] : 1, y = rows->y[i];
        assert(y >= 0 && y <= trials && y == floor(y) && trials == floor(trials) && trials > 0);
        view->y[i] = y;
        view->trials[i] = trials;
        rp_sum_add(&choose, log_choose(trials, y));
    }
    view->log_choose = rp_sum_value(&choose);
    return view;
}

bool binomial_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, rp_arena *arena, rp_error *error) {
    assert(stats->spec->family != RP_MIXED_GAUSSIAN);
    if (rows->n >= UINT32_MAX)
        return rp_fail(error, RP_E_LIMIT, "A block of %zu rows is more than a binomial model takes at once.", rows->n);
    rp_arena *scratch = rp_arena_new(0);
    binomial_cells *view = scratch != NULL ? view_of(stats->spec, rows, scratch) : NULL;
    stats->rows = (int64_t)rows->n;
    stats->binomial = view != NULL ? settle(stats->spec, view, arena) : NULL;
    rp_arena_free(scratch);
    return stats->binomial != NULL || rp_fail_memory(error);
}

/* The parts' cells one behind the other. */
static binomial_cells *gather(const rp_mixed_spec *spec, rp_mixed_stats *const *parts, size_t n_parts,
                              rp_arena *scratch) {
    bool *has_column = rp_arena_take(scratch, spec->n_columns, sizeof *has_column), has_offset = false;
    if (has_column == NULL)
        return NULL;
    size_t n = 0, at = 0;
    rp_sum choose = {0};
    for (size_t i = 0; i < n_parts; i++) {
        const binomial_cells *c = parts[i]->binomial;
        n += c->n;
        has_offset |= c->offset != NULL;
        for (size_t k = 0; k < spec->n_columns; k++)
            has_column[k] |= c->columns[k] != NULL;
        rp_sum_add(&choose, c->log_choose);
    }
    binomial_cells *all = new_cells(spec, n, has_column, has_offset, scratch);
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < n_parts; i++)
        for (size_t j = 0; j < parts[i]->binomial->n; j++)
            copy_cell(spec, parts[i]->binomial, j, all, at++);
    all->log_choose = rp_sum_value(&choose);
    return all;
}

bool binomial_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) {
    assert(n > 0);
    size_t cells = 0;
    into->rows = 0;
    for (size_t i = 0; i < n; i++) {
        into->rows += parts[i]->rows;
        cells += parts[i]->binomial->n;
    }
    if (cells >= UINT32_MAX)
        return rp_fail(error, RP_E_LIMIT, "%zu different rows are more than a binomial model takes.", cells);
    rp_arena *scratch = rp_arena_new(0);
    binomial_cells *all = scratch != NULL ? gather(into->spec, parts, n, scratch) : NULL;
    into->binomial = all != NULL ? settle(into->spec, all, arena) : NULL;
    rp_arena_free(scratch);
    return into->binomial != NULL || rp_fail_memory(error);
}
