/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a structural equation model into its statistics, block by block: each block in any thread, merged in order.
 */
#include <string.h>

#include "evaluation/fit_sem_parts.h"

typedef struct block_work {
    rp_arena *arena; /* of the statistics */
    rp_sem_stats *stats;
    int64_t without_group;
    rp_error error;
} block_work;

typedef struct all_work {
    const fit_sem_making *m;
    block_work *blocks;
} all_work;

/* Rows without a group or cluster are taken out of all arrays, in place. */
static void keep(const fit_sem_making *m, double *const *columns, uint32_t *codes, rp_sem_rows *rows) {
    size_t kept = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (codes[i] == RP_NO_ID)
            continue;
        for (size_t j = 0; j < m->layout->n_observed; j++)
            columns[j][kept] = columns[j][i];
        codes[kept++] = codes[i];
    }
    rows->n = kept;
}

static bool put_groups(const fit_sem_making *m, size_t block, double *const *columns, rp_sem_rows *rows,
                       rp_arena *arena, block_work *w) {
    if (!m->group_of)
        return true;
    uint32_t *codes = rp_arena_take_unset(arena, rows->n, sizeof *codes);
    if (!codes)
        return rp_fail_memory(&w->error);
    rp_columns_codes(m->reading.columns, m->group_at, block, codes);
    size_t all = rows->n;
    keep(m, columns, codes, rows);
    w->without_group = (int64_t)(all - rows->n);
    for (size_t i = 0; i < rows->n; i++)
        codes[i] = m->group_of[codes[i]];
    rows->group = codes;
    return true;
}

static bool block_rows(const fit_sem_making *m, size_t block, rp_arena *arena, rp_sem_rows *rows, block_work *w) {
    size_t p = m->layout->n_observed;
    double **columns = rp_arena_take(arena, p, sizeof *columns);
    *rows = (rp_sem_rows){.n = rp_columns_block_rows(m->reading.columns, block)};
    if (!columns)
        return rp_fail_memory(&w->error);
    for (size_t j = 0; j < p; j++) {
        columns[j] = rp_arena_take_unset(arena, rows->n, sizeof **columns);
        if (!columns[j])
            return rp_fail_memory(&w->error);
        rp_columns_numbers(m->reading.columns, j, block, columns[j]);
        if (m->layout->categories)
            fit_sem_number_categories(m, j, columns[j], rows->n);
    }
    rows->columns = (const double *const *)columns;
    return put_groups(m, block, columns, rows, arena, w);
}

static void prepare_block(void *context, size_t block) {
    const all_work *all = context;
    block_work *w = &all->blocks[block];
    rp_arena *scratch = rp_arena_new(0);
    rp_sem_rows rows;
    w->arena = rp_arena_new(0);
    if (!scratch || !w->arena)
        rp_fail_memory(&w->error);
    else if (block_rows(all->m, block, scratch, &rows, w))
        w->stats = rp_sem_prepare(all->m->layout, &rows, w->arena, &w->error);
    rp_arena_free(scratch);
}

static bool merge(fit_sem_making *m, const block_work *blocks, size_t n) {
    rp_sem_stats **parts = rp_arena_take(m->arena, n, sizeof *parts);
    if (!parts)
        return rp_fail_memory(m->error);
    for (size_t b = 0; b < n; b++) {
        if (!blocks[b].stats) {
            *m->error = blocks[b].error;
            return false;
        }
        parts[b] = blocks[b].stats;
        m->without_group += blocks[b].without_group;
    }
    m->stats = rp_sem_merge(parts, n, m->arena, m->error);
    return m->stats != NULL;
}

static bool prepare_blocks(fit_sem_making *m, size_t n) {
    block_work *blocks = rp_arena_take(m->arena, n, sizeof *blocks);
    if (!blocks)
        return rp_fail_memory(m->error);
    all_work all = {m, blocks};
    rp_pool_run(m->options->common.threads, n, prepare_block, &all);
    bool fine = merge(m, blocks, n);
    for (size_t b = 0; b < n; b++)
        rp_arena_free(blocks[b].arena);
    return fine;
}

/* ---- two levels: rows of a cluster may be anywhere, so that all rows are one block ---- */

static bool gather(const fit_sem_making *m, rp_arena *arena, double **columns, uint32_t *codes) {
    const rp_columns *from = m->reading.columns;
    size_t p = m->layout->n_observed, n = (size_t)from->rows;
    for (size_t j = 0; j < p; j++)
        if (!(columns[j] = rp_arena_take_unset(arena, n, sizeof **columns)))
            return false;
    for (size_t b = 0, at = 0; b < from->n_blocks; at += rp_columns_block_rows(from, b++)) {
        for (size_t j = 0; j < p; j++)
            rp_columns_numbers(from, j, b, columns[j] + at);
        rp_columns_codes(from, m->cluster_at, b, codes + at);
    }
    return true;
}

static bool prepare_clusters(fit_sem_making *m) {
    size_t n = (size_t)m->reading.columns->rows;
    rp_arena *arena = rp_arena_new(0);
    double **columns = arena ? rp_arena_take(arena, m->layout->n_observed, sizeof *columns) : NULL;
    uint32_t *codes = columns ? rp_arena_take_unset(arena, n, sizeof *codes) : NULL;
    uint64_t *cluster = codes ? rp_arena_take_unset(arena, n, sizeof *cluster) : NULL;
    bool fine = cluster && gather(m, arena, columns, codes);
    if (fine) {
        rp_sem_rows rows = {.n = n, .columns = (const double *const *)columns, .cluster = cluster};
        keep(m, columns, codes, &rows);
        for (size_t i = 0; i < rows.n; i++)
            cluster[i] = codes[i];
        m->without_group = (int64_t)(n - rows.n);
        m->stats = rp_sem_prepare(m->layout, &rows, m->arena, m->error);
    } else {
        rp_fail_memory(m->error);
    }
    rp_arena_free(arena);
    return fine && m->stats;
}

bool fit_sem_prepare(fit_sem_making *m) {
    size_t n = m->reading.columns->n_blocks;
    if (n == 0) {
        rp_fail(m->error, RP_E_RULE, "%s has no rows.", rp_path_name(m->options->common.input));
        return rp_fail_remedy(m->error, "A model needs more rows than it has variables.");
    }
    bool fine = m->layout->levels ? prepare_clusters(m) : prepare_blocks(m, n);
    if (!m->options->scores) {
        rp_arena_free(m->reading.data_arena);
        m->reading.data_arena = NULL;
        m->reading.columns = NULL;
    }
    return fine;
}
