/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Person-sessions as rows of the models: gathered block by block, each block's statistics prepared apart and merged in
 * the order of blocks, so that a fit is the same for any number of threads. */
#include "questions/common/everyone.h"
#include "questions/dropout/dropout_parts.h"

#include <string.h>

typedef struct part {
    rp_mixed_stats *stats; /* NULL: the block has no row */
    int64_t rows;
} part;

typedef struct gathering {
    const dropout_work *work;
    dropout_fit *fits;
    part *parts;       /* [block][model] */
    rp_arena **arenas; /* one a block, in which its statistics are */
    uint8_t *seen;     /* [block][model][practitioner]: has a row */
    bool *failed;      /* one a block, and why */
    rp_error *errors;
} gathering;

/* ---- one block -----------------------------------------------------------------------------------------------------
 */

typedef struct rows {
    size_t n;
    double *columns[MOST_COLUMNS], *y;
    uint32_t *groups;
} rows;

static bool make_room(rp_arena *arena, const dropout_fit *fit, size_t most, rows *out) {
    *out = (rows){.y = rp_arena_take_unset(arena, most, sizeof(double)),
                  .groups = rp_arena_take_unset(arena, most, sizeof(uint32_t))};
    bool fine = out->y != NULL && out->groups != NULL;
    for (size_t c = 0; c < fit->n_columns && fine; c++)
        fine = (out->columns[c] = rp_arena_take_unset(arena, most, sizeof(double))) != NULL;
    return fine;
}

static double value_of(const dropout_work *work, const dropout_fit *fit, dropout_predictor predictor,
                       const dropout_session *s) {
    size_t situation = dropout_work_situation(s);
    if (predictor == X_UNEMPLOYED || predictor == X_SICK)
        return situation == 1 + (size_t)(predictor - X_UNEMPLOYED);
    if (predictor == X_ANOTHER)
        return situation == WORKS - 1 || (situation > 0 && !fit->works[situation]);
    return s->x[predictor] / dropout_unit(work, predictor);
}

static void put(const dropout_work *work, const dropout_fit *fit, unsigned session, const dropout_session *s,
                rows *to) {
    size_t at = to->n++, c = 0;
    to->y[at] = s->left;
    to->groups[at] = s->practitioner != RP_NO_ID ? work->level_of[s->practitioner] : 0;
    to->columns[c++][at] = 1;
    for (size_t i = 1; i < fit->n_spells; i++)
        to->columns[c++][at] = session >= fit->spells[i].from && session < fit->spells[i].below;
    for (size_t i = 0; i < fit->n_predictors; i++)
        to->columns[c++][at] = value_of(work, fit, fit->predictors[i], s);
}

static bool prepare(const gathering *g, size_t block, size_t model, const rows *from) {
    part *to = &g->parts[block * MODELS + model];
    const dropout_work *work = g->work;
    uint8_t *seen = g->seen + (block * MODELS + model) * work->practitioners;
    to->rows = (int64_t)from->n;
    if (from->n == 0)
        return true;
    for (size_t i = 0; i < from->n && dropout_by_practitioner(work); i++)
        seen[from->groups[i]] = 1;
    const uint32_t *const groups[] = {from->groups};
    rp_mixed_rows given = {
        .n = from->n, .columns = (const double *const *)from->columns, .groups = groups, .y = from->y};
    to->stats = rp_mixed_prepare(&g->fits[model].spec, &given, g->arenas[block], &g->errors[block]);
    return to->stats != NULL;
}

static size_t most_rows(const rp_block *block) {
    size_t n = 0;
    for (size_t e = 0; e < block->n_episodes; e++) {
        int treated = block->episodes[e].treated;
        n += treated < 1 ? 0 : treated < SESSIONS ? (size_t)treated : SESSIONS;
    }
    return n;
}

static bool gather_block(const gathering *g, size_t number, const rp_block *block, rp_arena *scratch) {
    rows of[MODELS];
    size_t most = most_rows(block);
    for (size_t m = 0; m < MODELS; m++)
        if (g->fits[m].not_fitted == NULL && !make_room(scratch, &g->fits[m], most, &of[m]))
            return rp_fail_memory(&g->errors[number]);
    for (size_t e = 0; e < block->n_episodes; e++) {
        if (!dropout_is_drawn(g->work, block->first + e))
            continue;
        dropout_person person = dropout_read(g->work, &block->episodes[e]);
        for (unsigned k = 0; k < person.n; k++)
            for (size_t m = 0; m < MODELS; m++)
                if (g->fits[m].not_fitted == NULL && dropout_is_in(g->work, (dropout_model_id)m, &person.at[k]))
                    put(g->work, &g->fits[m], k + 1, &person.at[k], &of[m]);
    }
    for (size_t m = 0; m < MODELS; m++)
        if (g->fits[m].not_fitted == NULL && !prepare(g, number, m, &of[m]))
            return false;
    return true;
}

static void gather(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const gathering *g = context;
    size_t number = block->first / rp_cohort_chosen(g->work->cohort)->block_size;
    rp_arena *scratch = rp_arena_new(0);
    g->arenas[number] = rp_arena_new(0);
    bool room = scratch != NULL && g->arenas[number] != NULL;
    g->failed[number] = room ? !gather_block(g, number, block, scratch) : !rp_fail_memory(&g->errors[number]);
    rp_arena_free(scratch);
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static void make_spec(const dropout_work *work, dropout_fit *fit) {
    static const char *const factor_names[] = {"practitioner"};
    fit->levels = work->practitioners;
    fit->term = (rp_mixed_term){.factor = 0, .columns = &fit->intercept, .n_columns = 1};
    bool by = dropout_by_practitioner(work);
    fit->spec = (rp_mixed_spec){.family = RP_MIXED_LOGIT,
                                .column_names = fit->names,
                                .n_columns = fit->n_columns,
                                .fixed = fit->fixed,
                                .n_fixed = fit->n_columns,
                                .factor_names = factor_names,
                                .levels = &fit->levels,
                                .n_factors = by,
                                .terms = &fit->term,
                                .n_terms = by};
}

static void count(const gathering *g, size_t n_blocks, size_t model) {
    dropout_fit *fit = &g->fits[model];
    size_t n = g->work->practitioners;
    for (size_t b = 0; b < n_blocks; b++)
        fit->sessions += g->parts[b * MODELS + model].rows;
    for (size_t p = 0; p < n; p++) {
        bool seen = false;
        for (size_t b = 0; b < n_blocks && !seen; b++)
            seen = g->seen[(b * MODELS + model) * n + p] != 0;
        fit->practitioners += seen;
    }
}

static bool fit_one(const gathering *g, size_t n_blocks, size_t model, rp_arena *scratch, rp_error *error) {
    dropout_fit *fit = &g->fits[model];
    rp_mixed_stats **parts = rp_arena_take(scratch, n_blocks, sizeof *parts);
    size_t n = 0;
    if (parts == NULL)
        return rp_fail_memory(error);
    for (size_t b = 0; b < n_blocks; b++)
        if (g->parts[b * MODELS + model].stats != NULL)
            parts[n++] = g->parts[b * MODELS + model].stats;
    count(g, n_blocks, model);
    if (fit->spec.n_factors > 0 && fit->practitioners < LEAST) {
        fit->not_fitted = "too few practitioners";
        return true;
    }
    rp_arena *arena = g->work->answer->arena;
    const rp_mixed_options options = {.quadrature = 1, .threads = g->work->asked->threads};
    rp_mixed_stats *stats = rp_mixed_merge(parts, n, arena, error);
    fit->fit = stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, error) : NULL;
    return fit->fit != NULL;
}

static bool fit_gathered(gathering *g, size_t n_blocks, rp_arena *scratch, rp_error *error) {
    if (!rp_question_read_blocks(g->work->cohort, gather, g, g->work->asked->threads, error))
        return false;
    for (size_t b = 0; b < n_blocks; b++)
        if (g->failed[b]) {
            *error = g->errors[b];
            return false;
        }
    for (size_t m = 0; m < MODELS; m++)
        if (g->fits[m].not_fitted == NULL && !fit_one(g, n_blocks, m, scratch, error))
            return false;
    return true;
}

bool dropout_fit_all(const dropout_work *work, dropout_fit fits[MODELS], rp_error *error) {
    size_t n_blocks = rp_cohort_blocks(work->cohort);
    rp_arena *scratch = rp_arena_new(0);
    if (scratch == NULL)
        return rp_fail_memory(error);
    for (size_t m = 0; m < MODELS; m++) {
        dropout_plan_fit(work, (dropout_model_id)m, &fits[m]);
        make_spec(work, &fits[m]);
    }
    gathering g = {.work = work,
                   .fits = fits,
                   .parts = rp_arena_take(scratch, n_blocks * MODELS, sizeof *g.parts),
                   .arenas = rp_arena_take(scratch, n_blocks, sizeof *g.arenas),
                   .seen = rp_arena_take(scratch, n_blocks * MODELS * work->practitioners + 1, 1),
                   .failed = rp_arena_take(scratch, n_blocks, sizeof *g.failed),
                   .errors = rp_arena_take(scratch, n_blocks, sizeof *g.errors)};
    bool done = g.parts != NULL && g.arenas != NULL && g.seen != NULL && g.failed != NULL && g.errors != NULL
                    ? fit_gathered(&g, n_blocks, scratch, error)
                    : rp_fail_memory(error);
    for (size_t b = 0; g.arenas != NULL && b < n_blocks; b++)
        rp_arena_free(g.arenas[b]);
    rp_arena_free(scratch);
    return done;
}
