/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows into cells. Rows of one cell mostly stand together: runs of them are found first, the runs are put in order, and
 * each cell's Gram is summed over its rows in their order. y is taken from its mean, so that its squares keep their
 * digits; the cells say from where (y_origin), and merging moves them to a common place. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

size_t mixed_intercept(const rp_mixed_spec *spec) {
    for (size_t i = 0; i < spec->n_fixed; i++)
        if (strcmp(spec->column_names[spec->fixed[i]], "(Intercept)") == 0)
            return spec->fixed[i];
    return SIZE_MAX;
}

/* Runs of rows with one key: where they begin, and their keys. */
typedef struct runs {
    size_t n;
    uint32_t *starts; /* n + 1 */
    uint32_t *keys, *order;
} runs;

static bool same_key(const rp_mixed_rows *rows, size_t n_factors, size_t i) {
    for (size_t f = 0; f < n_factors; f++)
        if (rows->groups[f][i] != rows->groups[f][i - 1])
            return false;
    return true;
}

static bool find_runs(const rp_mixed_spec *spec, const rp_mixed_rows *rows, runs *r, rp_arena *scratch) {
    size_t k = spec->n_factors;
    r->n = 0;
    for (size_t i = 0; i < rows->n; i++)
        r->n += i == 0 || !same_key(rows, k, i);
    r->starts = rp_arena_take_unset(scratch, r->n + 1, sizeof *r->starts);
    r->keys = rp_arena_take_unset(scratch, r->n * k, sizeof *r->keys);
    r->order = rp_arena_take_unset(scratch, r->n, sizeof *r->order);
    if (!r->starts || !r->keys || !r->order)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (i == 0 || !same_key(rows, k, i)) {
            r->starts[at] = (uint32_t)i;
            for (size_t f = 0; f < k; f++) {
                assert(rows->groups[f][i] < spec->levels[f]);
                r->keys[at * k + f] = rows->groups[f][i];
            }
            at++;
        }
    r->starts[at] = (uint32_t)rows->n;
    return mixed_order(r->keys, r->n, k, r->order, scratch);
}

/* Adds a row's outer product to a packed Gram. */
static void add_row(const rp_mixed_rows *rows, size_t m, double origin, size_t i, double *row, double *gram) {
    for (size_t c = 0; c + 1 < m; c++) {
        row[c] = rows->columns[c] ? rows->columns[c][i] : 1;
        assert(!isnan(row[c]));
    }
    row[m - 1] = rows->y[i] - (rows->offset ? rows->offset[i] : 0) - origin;
    assert(!isnan(row[m - 1]));
    for (size_t a = 0; a < m; a++) {
        double weighted = rows->weights ? rows->weights[i] * row[a] : row[a];
        for (size_t b = 0; b <= a; b++)
            *gram++ += weighted * row[b];
    }
}

static size_t count_cells(const uint32_t *keys, const uint32_t *order, size_t n, size_t n_factors) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += i == 0 || mixed_key_compare(keys + order[i - 1] * n_factors, keys + order[i] * n_factors, n_factors);
    return count;
}

static bool take_cells(rp_mixed_stats *stats, size_t n, rp_arena *arena) {
    size_t m = stats->spec->n_columns + 1;
    stats->cells = (mixed_cells){.n = n, .m = m};
    stats->cells.keys = rp_arena_take_unset(arena, n * stats->spec->n_factors, sizeof *stats->cells.keys);
    stats->cells.grams = rp_arena_take(arena, n * mixed_packed(m), sizeof *stats->cells.grams);
    stats->cells.rows = rp_arena_take(arena, n, sizeof *stats->cells.rows);
    return stats->cells.keys && stats->cells.grams && stats->cells.rows;
}

static void fill_cells(rp_mixed_stats *stats, const rp_mixed_rows *rows, const runs *r, double *row) {
    mixed_cells *cells = &stats->cells;
    size_t k = stats->spec->n_factors, room = mixed_packed(cells->m), at = 0;
    for (size_t i = 0; i < r->n; i++) {
        size_t run = r->order[i];
        const uint32_t *key = r->keys + run * k;
        if (i > 0 && mixed_key_compare(r->keys + r->order[i - 1] * k, key, k))
            at++;
        if (k) /* memcpy takes no NULL */
            memcpy(cells->keys + at * k, key, k * sizeof *key);
        cells->rows[at] += r->starts[run + 1] - r->starts[run];
        for (size_t j = r->starts[run]; j < r->starts[run + 1]; j++)
            add_row(rows, cells->m, stats->y_origin, j, row, cells->grams + at * room);
    }
}

static double origin_of(const rp_mixed_spec *spec, const rp_mixed_rows *rows) {
    if (mixed_intercept(spec) == SIZE_MAX || rows->n == 0)
        return 0;
    rp_sum sum = {0};
    for (size_t i = 0; i < rows->n; i++)
        rp_sum_add(&sum, rows->y[i] - (rows->offset ? rows->offset[i] : 0));
    return rp_sum_value(&sum) / (double)rows->n;
}

/* Rows in the order of the cells, and where each cell begins, for what else is made of a cell's rows. */
static bool prepare_lags(rp_mixed_stats *stats, const rp_mixed_rows *rows, const runs *r, rp_arena *scratch,
                         rp_arena *arena, rp_error *error) {
    size_t k = stats->spec->n_factors, at = 0, cell = 0;
    assert(rows->time && k > 0);
    uint32_t *order = rp_arena_take_unset(scratch, rows->n, sizeof *order);
    uint32_t *starts = rp_arena_take(scratch, stats->cells.n + 1, sizeof *starts);
    if (!order || !starts)
        return rp_fail_memory(error);
    for (size_t i = 0; i < r->n; i++) {
        size_t run = r->order[i];
        if (i > 0 && mixed_key_compare(r->keys + r->order[i - 1] * k, r->keys + run * k, k))
            starts[++cell] = (uint32_t)at;
        for (uint32_t row = r->starts[run]; row < r->starts[run + 1]; row++)
            order[at++] = row;
    }
    starts[stats->cells.n] = (uint32_t)at;
    return mixed_lags_prepare(stats, rows, order, starts, arena, error);
}

bool mixed_cells_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, rp_arena *arena, rp_error *error) {
    const rp_mixed_spec *spec = stats->spec;
    if (rows->n >= UINT32_MAX)
        return rp_fail(error, RP_E_LIMIT, "A block of rows for a mixed model can have %u rows at most.",
                       UINT32_MAX - 1);
    rp_arena *scratch = rp_arena_new(0);
    runs r;
    bool good = scratch && find_runs(spec, rows, &r, scratch);
    double *row = good ? rp_arena_take(scratch, spec->n_columns + 1, sizeof *row) : NULL;
    good = row && take_cells(stats, count_cells(r.keys, r.order, r.n, spec->n_factors), arena);
    if (!good)
        rp_fail_memory(error);
    if (good) {
        stats->y_origin = origin_of(spec, rows);
        fill_cells(stats, rows, &r, row);
        rp_sum logs = {0};
        for (size_t i = 0; rows->weights && i < rows->n; i++) {
            assert(rows->weights[i] > 0);
            rp_sum_add(&logs, log(rows->weights[i]));
        }
        stats->log_weights = rp_sum_value(&logs);
        good = !spec->ar1 || prepare_lags(stats, rows, &r, scratch, arena, error);
    }
    rp_arena_free(scratch);
    return good;
}

/* ---- merging -------------------------------------------------------------------------------------- */

void mixed_move_origin(double *gram, size_t m, size_t intercept, double shift) {
    double *last = gram + mixed_packed(m - 1);
    for (size_t c = m; c-- > 0;) { /* y with y first: it needs the others as they were */
        size_t low = c < intercept ? c : intercept, high = c < intercept ? intercept : c;
        if (c == m - 1)
            last[c] += shift * (shift * gram[mixed_packed(intercept) + intercept] - 2 * last[intercept]);
        else
            last[c] -= shift * gram[mixed_packed(high) + low];
    }
}

static void common_origin(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n) {
    rp_sum sum = {0}, logs = {0};
    for (size_t p = 0; p < n; p++) {
        into->rows += parts[p]->rows;
        rp_sum_add(&sum, parts[p]->y_origin * (double)parts[p]->rows);
        rp_sum_add(&logs, parts[p]->log_weights);
    }
    into->y_origin = into->rows ? rp_sum_value(&sum) / (double)into->rows : 0;
    into->log_weights = rp_sum_value(&logs);
}

/* All parts' cells in a row: their keys, and where they are. */
typedef struct gathered {
    size_t n;
    uint32_t *keys, *order, *part, *cell;
} gathered;

static bool gather(const rp_mixed_spec *spec, rp_mixed_stats *const *parts, size_t n, gathered *g, rp_arena *scratch) {
    size_t k = spec->n_factors, at = 0;
    for (size_t p = 0; p < n; p++)
        g->n += parts[p]->cells.n;
    g->keys = rp_arena_take_unset(scratch, g->n * k, sizeof *g->keys);
    g->order = rp_arena_take_unset(scratch, g->n, sizeof *g->order);
    g->part = rp_arena_take_unset(scratch, g->n, sizeof *g->part);
    g->cell = rp_arena_take_unset(scratch, g->n, sizeof *g->cell);
    if (!g->keys || !g->order || !g->part || !g->cell)
        return false;
    for (size_t p = 0; p < n; p++)
        for (size_t c = 0; c < parts[p]->cells.n; c++, at++) {
            if (k)
                memcpy(g->keys + at * k, parts[p]->cells.keys + c * k, k * sizeof *g->keys);
            g->part[at] = (uint32_t)p;
            g->cell[at] = (uint32_t)c;
        }
    return mixed_order(g->keys, g->n, k, g->order, scratch);
}

/* Sums over cells of one key in the order of the parts, which is a tree like any other: its shape depends on nothing
 * but the parts. */
static void add_gathered(rp_mixed_stats *into, rp_mixed_stats *const *parts, const gathered *g, double *moved) {
    size_t k = into->spec->n_factors, m = into->cells.m, room = mixed_packed(m), at = 0;
    size_t intercept = mixed_intercept(into->spec);
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t *key = g->keys + g->order[i] * k;
        if (i > 0 && mixed_key_compare(g->keys + g->order[i - 1] * k, key, k))
            at++;
        if (k)
            memcpy(into->cells.keys + at * k, key, k * sizeof *key);
        const rp_mixed_stats *part = parts[g->part[g->order[i]]];
        memcpy(moved, part->cells.grams + g->cell[g->order[i]] * room, room * sizeof *moved);
        if (intercept != SIZE_MAX && into->y_origin != part->y_origin)
            mixed_move_origin(moved, m, intercept, into->y_origin - part->y_origin);
        into->cells.rows[at] += part->cells.rows[g->cell[g->order[i]]];
        for (size_t j = 0; j < room; j++)
            into->cells.grams[at * room + j] += moved[j];
    }
}

static bool merge_lags(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n, const gathered *g,
                       rp_arena *scratch, rp_arena *arena, rp_error *error) {
    uint32_t *part = rp_arena_take_unset(scratch, g->n, sizeof *part);
    uint32_t *cell = rp_arena_take_unset(scratch, g->n, sizeof *cell);
    if (!part || !cell)
        return rp_fail_memory(error);
    for (size_t i = 0; i < g->n; i++) {
        part[i] = g->part[g->order[i]];
        cell[i] = g->cell[g->order[i]];
    }
    return mixed_lags_merge(into, parts, n, part, cell, g->n, arena, error);
}

bool mixed_cells_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) {
    common_origin(into, parts, n);
    rp_arena *scratch = rp_arena_new(0);
    gathered g = {0};
    bool good = scratch && gather(into->spec, parts, n, &g, scratch);
    double *moved = good ? rp_arena_take(scratch, mixed_packed(into->spec->n_columns + 1), sizeof *moved) : NULL;
    good = moved && take_cells(into, count_cells(g.keys, g.order, g.n, into->spec->n_factors), arena);
    if (!good)
        rp_fail_memory(error);
    if (good) {
        add_gathered(into, parts, &g, moved);
        good = !into->spec->ar1 || merge_lags(into, parts, n, &g, scratch, arena, error);
    }
    rp_arena_free(scratch);
    return good;
}
