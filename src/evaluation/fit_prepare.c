/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a fit into the model's statistics, block by block: each block in any thread, merged in order. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_parts.h"

typedef struct block_work {
    rp_arena *arena; /* of the statistics */
    rp_mixed_stats *stats;
    double *lowest, *highest, response_lowest, response_highest;
    int64_t trials, successes, without_trial;
    bool done;
    rp_error error;
} block_work;

typedef struct all_work {
    const fit_making *m;
    block_work *blocks;
} all_work;

/* ---- outcomes and weights ---- */

static bool fail_row(const fit_making *m, size_t block, size_t i, rp_error *error, const char *what,
                     const char *remedy) {
    rp_formula_fail(error, RP_E_RULE, 0, "Row %lld of the data has %s.",
                    (long long)rp_design_row(m->out->design, block, i), what);
    return rp_fail_remedy(error, "%s", remedy);
}

static bool check_weights(const fit_making *m, size_t block, const rp_design_rows *rows, rp_error *error) {
    for (size_t i = 0; rows->weights && i < rows->n; i++)
        if (!(rows->weights[i] > 0))
            return fail_row(m, block, i, error, "a weight of 0 or less", "Weights are above 0; leave such rows out.");
    return true;
}

static bool whole(double x) {
    return x == floor(x);
}

/* Successes and trials of each row, in the arena. */
static bool count_trials(const fit_making *m, size_t block, const rp_design_rows *rows, rp_arena *arena, double **yes,
                         double **trials, rp_error *error) {
    double *y = rp_arena_take_unset(arena, rows->n, sizeof *y), *n = rp_arena_take_unset(arena, rows->n, sizeof *n);
    if (!y || !n)
        return rp_fail_memory(error);
    for (size_t i = 0; i < rows->n; i++) {
        y[i] = rows->response[i];
        n[i] = rows->failures ? y[i] + rows->failures[i] : rows->weights ? rows->weights[i] : 1;
        if (rows->weights && !rows->failures)
            y[i] = fabs(y[i] * n[i] - round(y[i] * n[i])) < 1e-9 * n[i] ? round(y[i] * n[i]) : y[i] * n[i];
        if (rows->failures && (rows->failures[i] < 0 || y[i] < 0 || !whole(y[i]) || !whole(n[i])))
            return fail_row(m, block, i, error, "counts that are not whole numbers from 0 on",
                            "cbind(yes, no) takes how many succeeded and how many did not.");
        if (rows->weights && !rows->failures && (!whole(n[i]) || n[i] < 0 || !whole(y[i]) || y[i] < 0 || y[i] > n[i]))
            return fail_row(m, block, i, error, "an outcome that is no share of its weight",
                            "With --weights the outcome is a share from 0 to 1, and the weight how many trials.");
        if (!rows->failures && !rows->weights && y[i] != 0 && y[i] != 1)
            return fail_row(
                m, block, i, error, "an outcome other than 0 and 1",
                "A binomial outcome is 0 or 1, or a text of which --success says which counts, or cbind(yes, "
                "no).");
    }
    *yes = y;
    *trials = n;
    return true;
}

/* Rows without a trial tell nothing: they are taken out of all arrays. */
static bool drop_rows(rp_mixed_rows *rows, const rp_mixed_spec *spec, const double *trials, rp_arena *arena) {
    size_t *kept = rp_arena_take_unset(arena, rows->n, sizeof *kept), n = 0;
    const double **columns = rp_arena_take(arena, spec->n_columns, sizeof *columns);
    const uint32_t **groups = rp_arena_take(arena, spec->n_factors, sizeof *groups);
    if (!kept || !columns || !groups)
        return false;
    for (size_t i = 0; i < rows->n; i++)
        if (trials[i] > 0)
            kept[n++] = i;
    const double *more[] = {rows->y, rows->weights, rows->offset};
    for (size_t c = 0; c < spec->n_columns + 3; c++) {
        const double *from = c < spec->n_columns ? rows->columns[c] : more[c - spec->n_columns];
        double *to = from ? rp_arena_take_unset(arena, n, sizeof *to) : NULL;
        if (from && !to)
            return false;
        for (size_t i = 0; from && i < n; i++)
            to[i] = from[kept[i]];
        *(c < spec->n_columns ? &columns[c] : &more[c - spec->n_columns]) = to;
    }
    for (size_t f = 0; f < spec->n_factors; f++) {
        uint32_t *to = rp_arena_take_unset(arena, n, sizeof *to);
        for (size_t i = 0; to && i < n; i++)
            to[i] = rows->groups[f][kept[i]];
        if (!(groups[f] = to))
            return false;
    }
    *rows = (rp_mixed_rows){
        .n = n, .columns = columns, .groups = groups, .y = more[0], .weights = more[1], .offset = more[2]};
    return true;
}

static bool binomial_rows(const fit_making *m, size_t block, const rp_design_rows *made, rp_arena *arena,
                          rp_mixed_rows *rows, block_work *w) {
    double *yes = NULL, *trials = NULL;
    if (!count_trials(m, block, made, arena, &yes, &trials, &w->error))
        return false;
    for (size_t i = 0; i < made->n; i++) {
        w->successes += (int64_t)yes[i];
        w->trials += (int64_t)trials[i];
        w->without_trial += trials[i] == 0;
    }
    rows->y = yes;
    rows->weights = made->failures || made->weights ? trials : NULL;
    return w->without_trial == 0 || drop_rows(rows, m->spec, trials, arena) || rp_fail_memory(&w->error);
}

/* ---- one block ---- */

static bool keep_ranges(const fit_making *m, const rp_design_rows *made, block_work *w) {
    size_t n = m->spec->n_columns;
    w->lowest = rp_arena_take(w->arena, n, sizeof *w->lowest);
    w->highest = rp_arena_take(w->arena, n, sizeof *w->highest);
    if (!w->lowest || !w->highest)
        return rp_fail_memory(&w->error);
    memcpy(w->lowest, made->lowest, n * sizeof *w->lowest);
    memcpy(w->highest, made->highest, n * sizeof *w->highest);
    w->response_lowest = made->response_lowest;
    w->response_highest = made->response_highest;
    return true;
}

/* A block's rows as the model takes them, in `arena`. */
static bool model_rows(const fit_making *m, size_t block, rp_arena *arena, rp_mixed_rows *rows, block_work *w) {
    rp_design_rows made;
    if (!rp_design_block(m->out->design, block, arena, &made, &w->error) || !keep_ranges(m, &made, w))
        return false;
    *rows = (rp_mixed_rows){.n = made.n,
                            .columns = made.columns,
                            .groups = made.groups,
                            .y = made.response,
                            .weights = made.weights,
                            .offset = made.offset,
                            .time = made.time};
    return m->spec->family == RP_MIXED_GAUSSIAN ? check_weights(m, block, &made, &w->error)
                                                : binomial_rows(m, block, &made, arena, rows, w);
}

static void prepare_block(void *context, size_t block) {
    const all_work *all = context;
    block_work *w = &all->blocks[block];
    rp_arena *scratch = rp_arena_new(0);
    w->arena = rp_arena_new(0);
    rp_mixed_rows rows;
    if (!scratch || !w->arena)
        rp_fail_memory(&w->error);
    else if (model_rows(all->m, block, scratch, &rows, w)) {
        w->stats = rows.n ? rp_mixed_prepare(all->m->spec, &rows, w->arena, &w->error) : NULL;
        w->done = w->stats || rows.n == 0;
    }
    rp_arena_free(scratch);
}

/* ---- all rows at once, for residuals that know the rows before them ---- */

static void copy(double *to, size_t at, const double *from, size_t n) {
    for (size_t i = 0; to && i < n; i++)
        to[at + i] = from ? from[i] : 1;
}

typedef struct whole_rows {
    rp_mixed_rows rows;
    double **columns, *y, *weights, *offset, *time;
    uint32_t **groups;
    int64_t *row; /* of the data */
} whole_rows;

static bool take_whole(const fit_making *m, size_t n, rp_arena *arena, whole_rows *out) {
    const rp_mixed_spec *spec = m->spec;
    out->columns = rp_arena_take(arena, spec->n_columns, sizeof *out->columns);
    out->groups = rp_arena_take(arena, spec->n_factors, sizeof *out->groups);
    out->y = rp_arena_take_unset(arena, n, sizeof *out->y);
    out->weights = rp_arena_take_unset(arena, n, sizeof *out->weights);
    out->offset = rp_arena_take(arena, n, sizeof *out->offset);
    out->time = rp_arena_take_unset(arena, n, sizeof *out->time);
    out->row = rp_arena_take_unset(arena, n, sizeof *out->row);
    bool fine = out->columns && out->groups && out->y && out->weights && out->offset && out->time && out->row;
    for (size_t c = 0; c < spec->n_columns && fine; c++)
        fine = (out->columns[c] = rp_arena_take_unset(arena, n, sizeof **out->columns)) != NULL;
    for (size_t f = 0; f < spec->n_factors && fine; f++)
        fine = (out->groups[f] = rp_arena_take_unset(arena, n, sizeof **out->groups)) != NULL;
    return fine;
}

static bool gather_block(const fit_making *m, size_t block, whole_rows *all, size_t *at, block_work *w) {
    rp_arena *scratch = rp_arena_new(0);
    rp_mixed_rows rows = {0};
    w->arena = rp_arena_new(0);
    bool fine = scratch && w->arena ? model_rows(m, block, scratch, &rows, w) : rp_fail_memory(&w->error);
    fine = fine && rows.columns && rows.groups;
    for (size_t c = 0; fine && c < m->spec->n_columns; c++)
        copy(all->columns[c], *at, rows.columns[c], rows.n);
    for (size_t f = 0; fine && f < m->spec->n_factors; f++)
        memcpy(all->groups[f] + *at, rows.groups[f], rows.n * sizeof **all->groups);
    if (fine) {
        copy(all->y, *at, rows.y, rows.n);
        copy(all->weights, *at, rows.weights, rows.n);
        copy(all->time, *at, rows.time, rows.n);
        if (rows.offset)
            copy(all->offset, *at, rows.offset, rows.n);
        for (size_t i = 0; i < rows.n; i++)
            all->row[*at + i] = rp_design_row(m->out->design, block, i);
        *at += rows.n;
    }
    rp_arena_free(scratch);
    return fine;
}

static bool prepare_whole(const fit_making *m, block_work *blocks, rp_mixed_stats **out) {
    rp_arena *arena = rp_arena_new(0);
    whole_rows all = {0};
    size_t n = 0;
    bool fine = arena && take_whole(m, (size_t)m->out->design->rows, arena, &all);
    if (!fine)
        rp_fail_memory(m->error);
    for (size_t b = 0; fine && b < m->reading.columns->n_blocks; b++)
        if (!gather_block(m, b, &all, &n, &blocks[b])) {
            *m->error = blocks[b].error;
            fine = false;
        }
    fine = fine && fit_check_times(m, all.groups[0], all.time, all.row, n, arena);
    if (fine) {
        all.rows = (rp_mixed_rows){.n = n,
                                   .columns = (const double *const *)all.columns,
                                   .groups = (const uint32_t *const *)all.groups,
                                   .y = all.y,
                                   .weights = m->options->weights ? all.weights : NULL,
                                   .offset = m->out->formula->n_offsets ? all.offset : NULL,
                                   .time = all.time};
        *out = rp_mixed_prepare(m->spec, &all.rows, m->arena, m->error);
        fine = *out != NULL;
    }
    rp_arena_free(arena);
    return fine;
}

/* ---- what the data cannot tell ---- */

static bool fail_constant(const fit_making *m, size_t column, double value) {
    const char *name = m->spec->column_names[column];
    if (value == 0)
        rp_fail(m->error, RP_E_RULE, "'%.120s' is 0 in each row that is used.", name);
    else
        rp_fail(m->error, RP_E_RULE, "'%.120s' is the same, %g, in each row that is used.", name, value);
    return rp_fail_remedy(m->error, strchr(name, ':') ? "No row has this combination: leave the interaction out."
                                                      : "Leave it out of the formula: it tells nothing apart.");
}

static bool has_ones(const rp_mixed_spec *spec, const size_t *columns, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(spec->column_names[columns[i]], "(Intercept)") == 0)
            return true;
    return false;
}

/* A column that does not vary is the intercept again, or nothing. */
static bool check_constant(const fit_making *m, const double *lowest, const double *highest) {
    const rp_mixed_spec *spec = m->spec;
    for (size_t t = 0; t <= spec->n_terms; t++) {
        const size_t *columns = t ? spec->terms[t - 1].columns : spec->fixed;
        size_t n = t ? spec->terms[t - 1].n_columns : spec->n_fixed;
        bool ones = has_ones(spec, columns, n);
        for (size_t i = 0; i < n; i++) {
            size_t c = columns[i];
            bool same = lowest[c] == highest[c] && strcmp(spec->column_names[c], "(Intercept)") != 0;
            if (same && (ones || lowest[c] == 0))
                return fail_constant(m, c, lowest[c]);
        }
    }
    return true;
}

static bool check_ranges(const fit_making *m, const block_work *blocks) {
    size_t n = m->spec->n_columns;
    double *lowest = rp_arena_take(m->arena, n, sizeof *lowest), *highest = rp_arena_take(m->arena, n, sizeof *highest);
    double low = INFINITY, high = -INFINITY;
    if (!lowest || !highest)
        return rp_fail_memory(m->error);
    for (size_t c = 0; c < n; c++) {
        lowest[c] = INFINITY;
        highest[c] = -INFINITY;
    }
    for (size_t b = 0; b < m->reading.columns->n_blocks; b++) {
        low = fmin(low, blocks[b].response_lowest);
        high = fmax(high, blocks[b].response_highest);
        for (size_t c = 0; c < n; c++) {
            lowest[c] = fmin(lowest[c], blocks[b].lowest[c]);
            highest[c] = fmax(highest[c], blocks[b].highest[c]);
        }
    }
    if (low == high && !m->out->formula->failures) {
        rp_formula_fail(m->error, RP_E_RULE, 0, "The outcome is the same, %g, in each row that is used.", low);
        return rp_fail_remedy(m->error, "There is nothing to explain: is it the right column?");
    }
    return check_constant(m, lowest, highest);
}

static void free_blocks(block_work *blocks, size_t n) {
    for (size_t b = 0; b < n; b++)
        rp_arena_free(blocks[b].arena);
}

static bool merge_blocks(const fit_making *m, block_work *blocks, size_t n, rp_mixed_stats **out) {
    rp_mixed_stats **parts = rp_arena_take(m->arena, n, sizeof *parts);
    if (!parts)
        return rp_fail_memory(m->error);
    size_t some = 0;
    for (size_t b = 0; b < n; b++)
        if (blocks[b].stats)
            parts[some++] = blocks[b].stats;
    if (some == 0) {
        rp_fail(m->error, RP_E_RULE, "No row that is used has a trial.");
        return rp_fail_remedy(m->error, "Look at the counts in the outcome.");
    }
    *out = rp_mixed_merge(parts, some, m->arena, m->error);
    return *out != NULL;
}

bool fit_prepare(fit_making *m) {
    size_t n = m->reading.columns->n_blocks;
    rp_mixed_stats *stats = NULL;
    block_work *blocks = rp_arena_take(m->arena, n, sizeof *blocks);
    if (!blocks)
        return rp_fail_memory(m->error);
    bool fine = true;
    if (m->spec->ar1) {
        fine = prepare_whole(m, blocks, &stats);
    } else {
        all_work all = {m, blocks};
        rp_pool_run(m->options->common.threads, n, prepare_block, &all);
        for (size_t b = 0; b < n && fine; b++)
            if (!blocks[b].done) {
                *m->error = blocks[b].error;
                fine = false;
            }
    }
    fine = fine && check_ranges(m, blocks);
    for (size_t b = 0; fine && b < n; b++) {
        m->out->trials += blocks[b].trials;
        m->out->successes += blocks[b].successes;
        m->without_trial += blocks[b].without_trial;
    }
    rp_arena_free(m->reading.data_arena);
    m->reading.data_arena = NULL;
    m->reading.columns = NULL;
    fine = fine && (m->spec->ar1 || merge_blocks(m, blocks, n, &stats));
    free_blocks(blocks, n);
    m->stats = stats;
    return fine;
}
