/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Residuals that follow AR(1): corr(e_s, e_t) = rho^|s - t| within a group of the first factor. The inverse is that of
 * a Markov chain: each row less rho^h of the row h steps before it, over 1 - rho^2h. So, with r = rho^h, D'R^-1D = D'D
 * + sum over h of (r^2 B_h - r L_h) / (1 - r^2),   log|R| = sum over h of n_h log(1 - r^2), where h is how far a row
 * lies behind the one before it, n_h how many do, B_h the sum of dd' over both rows of each such pair, and L_h that of
 * their products with one another, both ways round. Gaps in time are exact: a group with gaps has several h. Rows are
 * scaled by the roots of their weights. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

static bool refuse(const rp_mixed_spec *spec, rp_error *error) {
    rp_fail(error, RP_E_RULE, "Residuals can follow AR(1) only where all rows of each %s belong together.",
            spec->factor_names[0]);
    return rp_fail_remedy(error,
                          "Let the groups of the other factors hold whole groups of %s, and prepare these whole.",
                          spec->factor_names[0]);
}

/* Whether each group of the first factor is one cell. */
static bool one_cell_each(const rp_mixed_stats *stats, bool *good) {
    const mixed_cells *cells = &stats->cells;
    rp_arena *scratch = rp_arena_new(0);
    uint32_t *seen = scratch ? rp_arena_take(scratch, stats->spec->levels[0], sizeof *seen) : NULL;
    *good = seen != NULL;
    bool once = *good;
    for (size_t c = 0; seen && c < cells->n; c++)
        once = !seen[cells->keys[c * stats->spec->n_factors]]++ && once;
    rp_arena_free(scratch);
    return once;
}

/* ---- prepare ------------------------------------------------------------------------------------------ */

typedef struct lags_work {
    const rp_mixed_rows *rows;
    size_t m, room;
    double origin;
    RP_VEC(mixed_lag) list; /* with one record of `grams` each: B, then L */
    RP_VEC(double) grams;
    double *before, *now;
    rp_arena *scratch;
} lags_work;

static void load_row(const lags_work *w, size_t i, double *row) {
    const rp_mixed_rows *rows = w->rows;
    double root = rows->weights ? sqrt(rows->weights[i]) : 1;
    for (size_t c = 0; c + 1 < w->m; c++)
        row[c] = root * (rows->columns[c] ? rows->columns[c][i] : 1);
    row[w->m - 1] = root * (rows->y[i] - (rows->offset ? rows->offset[i] : 0) - w->origin);
}

/* The cell's record of a lag, from place `first` on; a new one where there is none. NULL: no memory. */
static double *lag_record(lags_work *w, size_t first, uint32_t cell, uint32_t lag) {
    size_t at = first;
    while (at < w->list.n && w->list.at[at].lag != lag)
        at++;
    if (at == w->list.n) {
        mixed_lag *new_lag = rp_vec_push(w->scratch, &w->list);
        for (size_t i = 0; new_lag && i < 2 * w->room; i++)
            if (rp_vec_push(w->scratch, &w->grams) == NULL)
                return NULL;
        if (new_lag == NULL)
            return NULL;
        *new_lag = (mixed_lag){.cell = cell, .lag = lag};
    }
    w->list.at[at].pairs++;
    return w->grams.at + at * 2 * w->room;
}

static void add_pair(const lags_work *w, double *record) {
    const double *a = w->before, *b = w->now;
    for (size_t i = 0; i < w->m; i++)
        for (size_t j = 0; j <= i; j++, record++) {
            record[0] += a[i] * a[j] + b[i] * b[j];
            record[w->room] += a[i] * b[j] + b[i] * a[j];
        }
}

typedef struct moment {
    double time;
    uint32_t row;
} moment;

static int by_time(const void *a, const void *b) {
    double s = ((const moment *)a)->time, t = ((const moment *)b)->time;
    return (s > t) - (s < t);
}

static bool add_cell(lags_work *w, uint32_t cell, const uint32_t *order, size_t n, moment *moments) {
    size_t first = w->list.n;
    for (size_t i = 0; i < n; i++)
        moments[i] = (moment){w->rows->time[order[i]], order[i]};
    qsort(moments, n, sizeof *moments, by_time);
    for (size_t i = 0; i < n; i++) {
        load_row(w, moments[i].row, w->now);
        if (i > 0) {
            double apart = moments[i].time - moments[i - 1].time;
            assert(apart >= 1 && apart < UINT32_MAX && apart == floor(apart));
            double *record = lag_record(w, first, cell, (uint32_t)apart);
            if (record == NULL)
                return false;
            add_pair(w, record);
        }
        double *turned = w->before;
        w->before = w->now;
        w->now = turned;
    }
    return true;
}

static bool keep(rp_mixed_stats *stats, const mixed_lag *list, const double *grams, size_t n, rp_arena *arena) {
    size_t room = 2 * mixed_packed(stats->cells.m);
    stats->lags.n = n;
    stats->lags.at = rp_arena_take(arena, n, sizeof *stats->lags.at);
    stats->lags.grams = rp_arena_take(arena, n * room, sizeof *stats->lags.grams);
    if (!stats->lags.at || !stats->lags.grams)
        return false;
    if (n) {
        memcpy(stats->lags.at, list, n * sizeof *list);
        memcpy(stats->lags.grams, grams, n * room * sizeof *grams);
    }
    return true;
}

static bool all_cells(rp_mixed_stats *stats, lags_work *w, const uint32_t *order, const uint32_t *starts) {
    size_t most = 0;
    for (size_t c = 0; c < stats->cells.n; c++)
        most = starts[c + 1] - starts[c] > most ? starts[c + 1] - starts[c] : most;
    moment *moments = rp_arena_take(w->scratch, most, sizeof *moments);
    w->before = rp_arena_take(w->scratch, w->m, sizeof *w->before);
    w->now = rp_arena_take(w->scratch, w->m, sizeof *w->now);
    if (!moments || !w->before || !w->now)
        return false;
    for (size_t c = 0; c < stats->cells.n; c++)
        if (!add_cell(w, (uint32_t)c, order + starts[c], starts[c + 1] - starts[c], moments))
            return false;
    return true;
}

bool mixed_lags_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, const uint32_t *order, const uint32_t *starts,
                        rp_arena *arena, rp_error *error) {
    bool memory;
    if (!one_cell_each(stats, &memory))
        return memory ? refuse(stats->spec, error) : rp_fail_memory(error);
    lags_work w = {.rows = rows, .m = stats->cells.m, .origin = stats->y_origin, .scratch = rp_arena_new(0)};
    w.room = mixed_packed(w.m);
    bool good = w.scratch && all_cells(stats, &w, order, starts) && keep(stats, w.list.at, w.grams.at, w.list.n, arena);
    rp_arena_free(w.scratch);
    return good || rp_fail_memory(error);
}

/* ---- merging -------------------------------------------------------------------------------------------- */

bool mixed_lags_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n_parts, const uint32_t *part,
                      const uint32_t *cell, size_t n_cells, rp_arena *arena, rp_error *error) {
    size_t n = 0, room = mixed_packed(into->cells.m), intercept = mixed_intercept(into->spec), at = 0;
    bool memory;
    if (n_cells != into->cells.n || !one_cell_each(into, &memory))
        return n_cells != into->cells.n || memory ? refuse(into->spec, error) : rp_fail_memory(error);
    for (size_t p = 0; p < n_parts; p++)
        n += parts[p]->lags.n;
    into->lags.n = n;
    into->lags.at = rp_arena_take(arena, n, sizeof *into->lags.at);
    into->lags.grams = rp_arena_take(arena, n * 2 * room, sizeof *into->lags.grams);
    rp_arena *scratch = rp_arena_new(0);
    size_t *next = scratch ? rp_arena_take(scratch, n_parts, sizeof *next) : NULL;
    bool good = into->lags.at && into->lags.grams && next;
    for (size_t c = 0; good && c < into->cells.n; c++) {
        const rp_mixed_stats *from = parts[part[c]];
        for (size_t *i = &next[part[c]]; *i < from->lags.n && from->lags.at[*i].cell == cell[c]; (*i)++, at++) {
            double *grams = into->lags.grams + at * 2 * room;
            into->lags.at[at] = from->lags.at[*i];
            into->lags.at[at].cell = (uint32_t)c;
            memcpy(grams, from->lags.grams + *i * 2 * room, 2 * room * sizeof *grams);
            for (size_t half = 0; half < 2 && intercept != SIZE_MAX; half++)
                mixed_move_origin(grams + half * room, into->cells.m, intercept, into->y_origin - from->y_origin);
        }
    }
    rp_arena_free(scratch);
    return good || rp_fail_memory(error);
}

/* ---- R ---------------------------------------------------------------------------------------------------- */

mixed_lag_weights mixed_lag_weigh(double rho, uint32_t lag) {
    double h = lag, r = pow(rho, h), slope = h * pow(rho, h - 1), left = 1 - r * r;
    return (mixed_lag_weights){.both = r * r / left,
                               .cross = -r / left,
                               .both_slope = slope * 2 * r / (left * left),
                               .cross_slope = -slope * (1 + r * r) / (left * left),
                               .logdet = log(left),
                               .logdet_slope = -2 * r * slope / left};
}
