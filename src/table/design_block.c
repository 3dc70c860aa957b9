/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: the used rows of one block. */
#include <math.h>
#include <string.h>

#include "table/design_parts.h"

/* What the columns of a block are made from: each variable's values, each once. */
typedef struct block_values {
    design_block b;
    const double **numbers;
    const uint32_t **codes;
    rp_error *error;
} block_values;

static bool find_variable(block_values *s, size_t v) {
    const rp_variable *variable = &s->b.d->formula->variables[v];
    const design_variable *about = &s->b.d->variables[v];
    if (s->numbers[v] || s->codes[v])
        return true;
    if (about->is_factor)
        s->codes[v] = design_codes(&s->b, about->column);
    else if (variable->kind == RP_VARIABLE_COLUMN)
        s->numbers[v] = design_numbers(&s->b, about->column);
    else
        return (s->numbers[v] = design_evaluate(&s->b, variable->expression, s->error)) != NULL;
    return s->numbers[v] || s->codes[v] || rp_fail_memory(s->error);
}

static void multiply_by_level(double *to, const uint32_t *codes, const design_variable *v, size_t level, size_t n) {
    for (size_t i = 0; i < n; i++)
        to[i] *= v->level_of[codes[i]] == level;
}

static double *make_column(block_values *s, const design_column *column) {
    size_t n = s->b.n;
    double *out = rp_arena_take_unset(s->b.arena, n, sizeof *out);
    double *poly = NULL;
    if (!out)
        return rp_fail_memory(s->error), NULL;
    for (size_t i = 0; i < n; i++)
        out[i] = 1;
    for (size_t k = 0; k < column->n; k++) {
        const design_piece *piece = &column->pieces[k];
        const design_variable *v = &s->b.d->variables[piece->variable];
        if (!find_variable(s, piece->variable))
            return NULL;
        const double *x = s->numbers[piece->variable];
        if (v->is_factor) {
            multiply_by_level(out, s->codes[piece->variable], v, piece->level, n);
            continue;
        }
        if (s->b.d->formula->variables[piece->variable].kind == RP_VARIABLE_POLY) {
            poly = poly ? poly : rp_arena_take_unset(s->b.arena, n, sizeof *poly);
            if (!poly)
                return rp_fail_memory(s->error), NULL;
            design_poly_column(v, (int)piece->level, x, n, poly);
            x = poly;
        }
        for (size_t i = 0; i < n; i++)
            out[i] *= x[i];
    }
    return out;
}

/* A column that is one variable's numbers needs no copy. */
static const double *column_values(block_values *s, const design_column *column) {
    bool bare = column->n == 1 && !s->b.d->variables[column->pieces[0].variable].is_factor &&
                s->b.d->formula->variables[column->pieces[0].variable].kind != RP_VARIABLE_POLY;
    if (!bare)
        return make_column(s, column);
    return find_variable(s, column->pieces[0].variable) ? s->numbers[column->pieces[0].variable] : NULL;
}

static void find_range(const double *x, size_t n, double *lowest, double *highest) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    *lowest = low;
    *highest = high;
}

static bool put_columns(block_values *s, rp_design_rows *out) {
    const rp_design_parts *d = s->b.d;
    const double **columns = rp_arena_take(s->b.arena, d->design.n, sizeof *columns);
    out->lowest = rp_arena_take(s->b.arena, d->design.n, sizeof *out->lowest);
    out->highest = rp_arena_take(s->b.arena, d->design.n, sizeof *out->highest);
    if (!columns || !out->lowest || !out->highest)
        return rp_fail_memory(s->error);
    for (size_t c = 0; c < d->design.n; c++) {
        out->lowest[c] = out->highest[c] = 1;
        if (d->design.at[c].n == 0)
            continue;
        columns[c] = column_values(s, &d->design.at[c]);
        if (!columns[c])
            return false;
        find_range(columns[c], s->b.n, &out->lowest[c], &out->highest[c]);
    }
    out->columns = columns;
    return true;
}

static const uint32_t *group_numbers(block_values *s, const design_grouping *g) {
    size_t n = s->b.n;
    const uint32_t *codes = g->combined ? NULL : design_codes(&s->b, g->column);
    if (codes && !g->number_of)
        return codes;
    uint32_t *out = rp_arena_take_unset(s->b.arena, n, sizeof *out);
    if (!out || (!codes && !g->combined))
        return NULL;
    if (g->combined)
        unpack_codes(&g->combined[s->b.block], n, out);
    for (size_t i = 0; codes && i < n; i++)
        out[i] = g->number_of[codes[i]];
    return out;
}

static bool put_groups(block_values *s, const rp_design *design, rp_design_rows *out) {
    const uint32_t **groups = rp_arena_take(s->b.arena, design->n_factors, sizeof *groups);
    for (size_t f = 0; groups && f < design->n_factors; f++)
        if (!(groups[f] = group_numbers(s, &s->b.d->groupings[f])))
            groups = NULL;
    out->groups = groups;
    return groups || rp_fail_memory(s->error);
}

static const double *text_outcome(block_values *s) {
    const uint32_t *codes = design_codes(&s->b, s->b.d->response);
    double *out = codes ? rp_arena_take_unset(s->b.arena, s->b.n, sizeof *out) : NULL;
    for (size_t i = 0; out && i < s->b.n; i++)
        out[i] = codes[i] == s->b.d->success;
    if (!out)
        rp_fail_memory(s->error);
    return out;
}

static bool put_offset(block_values *s, rp_design_rows *out) {
    const rp_formula *formula = s->b.d->formula;
    double *sum = NULL;
    for (size_t k = 0; k < formula->n_offsets; k++) {
        double *one = design_evaluate(&s->b, formula->offsets[k], s->error);
        if (!one)
            return false;
        for (size_t i = 0; sum && i < s->b.n; i++)
            sum[i] += one[i];
        sum = sum ? sum : one;
    }
    out->offset = sum;
    return true;
}

static bool put_outcome(block_values *s, rp_design_rows *out) {
    const rp_design_parts *d = s->b.d;
    out->response = d->response != SIZE_MAX ? text_outcome(s) : design_evaluate(&s->b, d->formula->response, s->error);
    if (!out->response || !put_offset(s, out))
        return false;
    if (d->formula->failures && !(out->failures = design_evaluate(&s->b, d->formula->failures, s->error)))
        return false;
    out->weights = d->weights != SIZE_MAX ? design_numbers(&s->b, d->weights) : NULL;
    out->time = d->time != SIZE_MAX ? design_numbers(&s->b, d->time) : NULL;
    if ((d->weights != SIZE_MAX && !out->weights) || (d->time != SIZE_MAX && !out->time))
        return rp_fail_memory(s->error);
    find_range(out->response, s->b.n, &out->response_lowest, &out->response_highest);
    return true;
}

bool rp_design_block(const rp_design *design, size_t block, rp_arena *arena, rp_design_rows *out, rp_error *error) {
    const rp_design_parts *d = design->parts;
    block_values s = {.error = error};
    *out = (rp_design_rows){.n = d->kept[block]};
    s.numbers = rp_arena_take(arena, d->formula->n_variables, sizeof *s.numbers);
    s.codes = rp_arena_take(arena, d->formula->n_variables, sizeof *s.codes);
    if (!s.numbers || !s.codes || !design_block_open(d, block, arena, &s.b))
        return rp_fail_memory(error);
    return put_columns(&s, out) && put_groups(&s, design, out) && put_outcome(&s, out);
}
