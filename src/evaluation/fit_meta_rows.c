/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a meta-analysis: effects, or figures that give them, their variances and groups. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_meta_parts.h"

/* ---- room ---- */

typedef struct gathering {
    fit_meta_making *m;
    double *y, *v, **x;
    uint32_t *study, *cluster;
    rp_names *studies, *clusters, *effects;
    size_t k;
    int64_t no_effect; /* rows whose figures give none */
    int64_t first_without;
    const char *why;
} gathering;

static bool take(gathering *g) {
    fit_meta_making *m = g->m;
    size_t n = (size_t)m->out->design->rows, p = m->spec->p;
    g->y = rp_arena_take(m->arena, n, sizeof *g->y);
    g->v = rp_arena_take(m->arena, n, sizeof *g->v);
    g->x = rp_arena_take(m->arena, p, sizeof *g->x);
    g->study = rp_arena_take(m->arena, n, sizeof *g->study);
    g->cluster = rp_arena_take(m->arena, n, sizeof *g->cluster);
    m->when = rp_arena_take(m->arena, n, sizeof *m->when);
    m->out->effects = rp_arena_take(m->arena, n, sizeof *m->out->effects);
    g->studies = rp_names_new(m->arena);
    g->clusters = rp_names_new(m->arena);
    g->effects = rp_names_new(m->arena);
    bool fine = g->y && g->v && g->x && g->study && g->cluster && m->when && m->out->effects && g->studies &&
                g->clusters && g->effects;
    for (size_t j = 0; fine && j < p; j++)
        fine = (g->x[j] = rp_arena_take(m->arena, n, sizeof **g->x)) != NULL;
    return fine || rp_fail_memory(m->error);
}

/* ---- one block ---- */

/* Values of the columns that the formula does not name, of all rows of a block. */
typedef struct block {
    size_t number;
    int64_t first; /* its first row, from 0 */
    rp_design_rows rows;
    double *variance, *cumulative, *figures[RP_META_MOST_FIGURES];
    uint32_t *label, *study, *effect, *robust;
} block;

static bool numbers(const fit_meta_making *m, size_t column, size_t number, rp_arena *arena, double **out) {
    if (column == SIZE_MAX)
        return true;
    *out = rp_arena_take_unset(arena, rp_columns_block_rows(m->reading.columns, number), sizeof **out);
    if (!*out)
        return rp_fail_memory(m->error);
    rp_columns_numbers(m->reading.columns, column, number, *out);
    return true;
}

static bool codes(const fit_meta_making *m, size_t column, size_t number, rp_arena *arena, uint32_t **out) {
    if (column == SIZE_MAX)
        return true;
    *out = rp_arena_take_unset(arena, rp_columns_block_rows(m->reading.columns, number), sizeof **out);
    if (!*out)
        return rp_fail_memory(m->error);
    rp_columns_codes(m->reading.columns, column, number, *out);
    return true;
}

static bool open_block(const fit_meta_making *m, size_t number, rp_arena *arena, block *b) {
    const fit_meta_columns *at = &m->at;
    for (size_t i = 0; i < number; i++)
        b->first += (int64_t)rp_columns_block_rows(m->reading.columns, i);
    b->number = number;
    for (size_t f = 0; f < m->options->n_figures; f++)
        if (!numbers(m, at->figures[f], number, arena, &b->figures[f]))
            return false;
    return rp_design_block(m->out->design, number, arena, &b->rows, m->error) &&
           numbers(m, at->variance, number, arena, &b->variance) &&
           numbers(m, at->cumulative, number, arena, &b->cumulative) && codes(m, at->label, number, arena, &b->label) &&
           codes(m, at->study, number, arena, &b->study) && codes(m, at->effect, number, arena, &b->effect) &&
           codes(m, at->robust, number, arena, &b->robust);
}

/* ---- one effect ---- */

static bool fail_variance(const fit_meta_making *m, int64_t row, double v) {
    const char *column = m->options->variance ? m->options->variance : m->options->se;
    rp_formula_fail(m->error, RP_E_RULE, 0, "Row %lld of the data has %g in '%.80s': a %s is above 0.", (long long)row,
                    v, column, m->options->variance ? "sampling variance" : "standard error");
    return rp_fail_remedy(m->error, "Leave such rows out, or mend them.");
}

/* False with the error set, or with m->error->code RP_OK: this row has no effect. */
static bool find_effect(gathering *g, const block *b, size_t i, size_t at, int64_t row, double *y, double *v) {
    const fit_meta_making *m = g->m;
    if (!m->options->n_figures) {
        double given = b->variance[at];
        *y = b->rows.response[i];
        *v = m->options->variance ? given : given * given;
        return given > 0 || fail_variance(m, row, given);
    }
    double figures[RP_META_MOST_FIGURES];
    for (size_t f = 0; f < m->options->n_figures; f++)
        figures[f] = b->figures[f][at];
    rp_meta_effect e = rp_meta_effect_of(m->options->measure, figures);
    *y = e.y;
    *v = e.v;
    m->out->added += e.added;
    if (e.trouble && g->no_effect++ == 0) {
        g->first_without = row;
        g->why = e.trouble;
    }
    return !e.trouble;
}

static uint32_t number_of(rp_names *names, uint32_t code) {
    return rp_names_put(names, (rp_text){(const char *)&code, sizeof code});
}

/* An effect of the model is a row: the same one twice would be two. */
static bool new_effect(gathering *g, const block *b, size_t at, int64_t row) {
    const fit_meta_making *m = g->m;
    uint32_t both[] = {b->study[at], b->effect[at]};
    rp_text text = {(const char *)both, sizeof both};
    if (rp_names_find(g->effects, text) == RP_NO_ID)
        return rp_names_put(g->effects, text) != RP_NO_ID || rp_fail_memory(m->error);
    rp_formula_fail(m->error, RP_E_RULE, 0,
                    "Row %lld of the data is an effect that came before: the same '%.80s' and "
                    "'%.80s'.",
                    (long long)row, m->options->study, m->options->effect);
    return rp_fail_remedy(m->error, "Each row is an effect of its own: name a column that numbers them.");
}

static const char *text_of(const fit_meta_making *m, size_t column, uint32_t code) {
    return rp_names_text(m->reading.columns->columns[column].texts, code);
}

static bool put_effect(gathering *g, const block *b, size_t i, size_t at, int64_t row, double y, double v) {
    fit_meta_making *m = g->m;
    size_t k = g->k++;
    rp_fit_meta_effect *effect = &m->out->effects[k];
    g->y[k] = y;
    g->v[k] = v;
    for (size_t j = 0; j < m->spec->p; j++) {
        const double *column = b->rows.columns[m->out->design->fixed[j]];
        g->x[j][k] = column ? column[i] : 1;
    }
    if (b->cumulative)
        m->when[k] = b->cumulative[at];
    if (b->study && (g->study[k] = number_of(g->studies, b->study[at])) == RP_NO_ID)
        return rp_fail_memory(m->error);
    if (b->robust && (g->cluster[k] = number_of(g->clusters, b->robust[at])) == RP_NO_ID)
        return rp_fail_memory(m->error);
    const char *label = b->label   ? text_of(m, m->at.label, b->label[at])
                        : b->study ? text_of(m, m->at.study, b->study[at])
                                   : NULL;
    *effect = (rp_fit_meta_effect){.row = row, .y = y, .v = v};
    effect->label =
        label ? rp_arena_copy(m->arena, label, strlen(label)) : rp_arena_printf(m->arena, "row %lld", (long long)row);
    if (!effect->label)
        return rp_fail_memory(m->error);
    return !b->effect || new_effect(g, b, at, row);
}

static bool add_block(gathering *g, size_t number, rp_arena *scratch) {
    fit_meta_making *m = g->m;
    block b = {0};
    if (!open_block(m, number, scratch, &b))
        return false;
    for (size_t i = 0; i < b.rows.n; i++) {
        int64_t row = rp_design_row(m->out->design, number, i);
        size_t at = (size_t)(row - 1 - b.first);
        double y, v;
        int64_t without = g->no_effect;
        if (find_effect(g, &b, i, at, row, &y, &v)) {
            if (!put_effect(g, &b, i, at, row, y, v))
                return false;
        } else if (g->no_effect == without) {
            return false;
        }
    }
    return true;
}

/* ---- all of them ---- */

static bool warn_without(gathering *g) {
    fit_meta_making *m = g->m;
    if (g->no_effect == 0)
        return true;
    m->out->left_out += g->no_effect;
    if (g->k == 0) {
        rp_formula_fail(m->error, RP_E_RULE, 0, "No row's figures give an effect; row %lld: %s.",
                        (long long)g->first_without, g->why);
        return rp_fail_remedy(m->error, "Look whether --from names the columns in the order of the measure.");
    }
    return fit_warn(&m->reading, "%lld row%s whose figures give no effect %s left out; the first is row %lld: %s.",
                    (long long)g->no_effect, g->no_effect == 1 ? "" : "s", g->no_effect == 1 ? "is" : "are",
                    (long long)g->first_without, g->why);
}

bool fit_meta_gather(fit_meta_making *m) {
    gathering g = {.m = m};
    m->out->left_out = m->out->design->left_out;
    if (!take(&g))
        return false;
    for (size_t b = 0; b < m->reading.columns->n_blocks; b++) {
        rp_arena *scratch = rp_arena_new(0);
        bool fine = scratch ? add_block(&g, b, scratch) : rp_fail_memory(m->error);
        rp_arena_free(scratch);
        if (!fine)
            return false;
    }
    m->rows = (rp_meta_rows){
        .k = g.k, .y = g.y, .v = g.v, .x = (const double *const *)g.x, .study = m->options->study ? g.study : NULL};
    m->cluster = m->options->robust ? g.cluster : NULL;
    if (!m->options->cumulative)
        m->when = NULL;
    if (m->out->added && !fit_warn(&m->reading, "%lld effect%s had a count of 0: 0.5 was added to each of the four.",
                                   (long long)m->out->added, m->out->added == 1 ? "" : "s"))
        return false;
    return warn_without(&g);
}
