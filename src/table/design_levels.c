/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: which rows have all values, and which levels each factor has among these. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "table/design_parts.h"

size_t design_column_of(const rp_columns *columns, const char *name) {
    for (size_t c = 0; c < columns->n_columns; c++)
        if (strcmp(columns->columns[c].name, name) == 0)
            return c;
    assert(!"every column of the formula was wished for");
    return 0;
}

/* ---- rows ---- */

static bool mark_missing(const rp_design_parts *d, size_t column, size_t block, uint8_t *keep, rp_arena *arena) {
    size_t rows = rp_columns_block_rows(d->columns, block);
    if (d->columns->columns[column].numbers) {
        double *values = rp_arena_take_unset(arena, rows, sizeof *values);
        if (!values)
            return false;
        rp_columns_numbers(d->columns, column, block, values);
        for (size_t i = 0; i < rows; i++)
            keep[i] &= values[i] == values[i];
        return true;
    }
    uint32_t *codes = rp_arena_take_unset(arena, rows, sizeof *codes);
    if (!codes)
        return false;
    rp_columns_codes(d->columns, column, block, codes);
    for (size_t i = 0; i < rows; i++)
        keep[i] &= codes[i] != RP_NO_ID;
    return true;
}

static bool find_in_block(rp_design_parts *d, size_t block) {
    size_t rows = rp_columns_block_rows(d->columns, block);
    d->kept[block] = rows;
    rp_arena *scratch = rp_arena_new(0);
    bool fine = scratch != NULL;
    for (size_t c = 0; c < d->columns->n_columns && fine; c++) {
        if (rp_columns_block_missing(d->columns, c, block) == 0)
            continue;
        if (!d->keep[block]) {
            d->keep[block] = rp_arena_take_unset(d->arena, rows, 1);
            if (d->keep[block])
                memset(d->keep[block], 1, rows);
        }
        fine = d->keep[block] && mark_missing(d, c, block, d->keep[block], scratch);
    }
    rp_arena_free(scratch);
    if (!fine || !d->keep[block])
        return fine;
    d->kept[block] = 0;
    for (size_t i = 0; i < rows; i++)
        d->kept[block] += d->keep[block][i];
    return true;
}

static bool no_rows(const rp_design_parts *d, rp_error *error) {
    if (d->columns->rows == 0) {
        rp_fail(error, RP_E_RULE, "The data have no rows.");
        return rp_fail_remedy(error, "Is it the right file? A header line alone is not enough.");
    }
    for (size_t c = 0; c < d->columns->n_columns; c++)
        if (d->columns->columns[c].missing == d->columns->rows) {
            rp_fail(error, RP_E_RULE, "Column '%.80s' has no value in any row.", d->columns->columns[c].name);
            return rp_fail_remedy(error, "Leave it out of the formula.");
        }
    rp_fail(error, RP_E_RULE, "No row has a value in each column that the formula uses.");
    return rp_fail_remedy(error, "Leave out of the formula what is seldom recorded.");
}

bool design_find_rows(rp_design_parts *d, rp_design *out, rp_error *error) {
    d->keep = rp_arena_take(d->arena, d->columns->n_blocks, sizeof *d->keep);
    d->kept = rp_arena_take(d->arena, d->columns->n_blocks, sizeof *d->kept);
    if (!d->keep || !d->kept)
        return rp_fail_memory(error);
    for (size_t b = 0; b < d->columns->n_blocks; b++) {
        if (!find_in_block(d, b))
            return rp_fail_memory(error);
        out->rows += (int64_t)d->kept[b];
    }
    out->left_out = d->columns->rows - out->rows;
    return out->rows > 0 || no_rows(d, error);
}

/* ---- levels ---- */

static bool mark_used(rp_design_parts *d, size_t column, bool *used) {
    for (size_t block = 0; block < d->columns->n_blocks; block++) {
        design_block b;
        rp_arena *arena = rp_arena_new(0);
        const uint32_t *codes = arena && design_block_open(d, block, arena, &b) ? design_codes(&b, column) : NULL;
        for (size_t i = 0; codes && i < b.n; i++)
            used[codes[i]] = true;
        rp_arena_free(arena);
        if (!codes)
            return false;
    }
    return true;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The levels in byte order; level_of tells where each code stands among them. */
static bool sort_levels(rp_design_parts *d, const rp_column_about *column, const bool *used, design_variable *v) {
    size_t n = rp_names_count(column->texts);
    v->levels = rp_arena_take(d->arena, n, sizeof *v->levels);
    v->level_of = rp_arena_take(d->arena, n, sizeof *v->level_of);
    if (!v->levels || !v->level_of)
        return false;
    for (size_t code = 0; code < n; code++)
        if (used[code])
            v->levels[v->n_levels++] = rp_names_text(column->texts, (uint32_t)code);
    qsort(v->levels, v->n_levels, sizeof *v->levels, by_bytes);
    return true;
}

static void place_codes(const rp_column_about *column, design_variable *v) {
    for (size_t code = 0; code < rp_names_count(column->texts); code++) {
        v->level_of[code] = RP_NO_ID;
        const char *text = rp_names_text(column->texts, (uint32_t)code);
        for (size_t l = 0; l < v->n_levels; l++)
            if (strcmp(v->levels[l], text) == 0)
                v->level_of[code] = (uint32_t)l;
    }
}

/* "var=level" for this variable: the level, which goes to the front. */
static bool apply_reference(const rp_design_parts *d, const rp_variable *variable, design_variable *v,
                            rp_error *error) {
    size_t n = strlen(variable->column);
    for (size_t i = 0; i < d->options->n_references; i++) {
        const char *given = d->options->references[i];
        if (strncmp(given, variable->column, n) != 0 || given[n] != '=')
            continue;
        size_t at = 0;
        while (at < v->n_levels && strcmp(v->levels[at], given + n + 1) != 0)
            at++;
        if (at == v->n_levels) {
            const char *nearest = rp_text_nearest(rp_text_of(given + n + 1), v->levels, v->n_levels);
            rp_fail(error, RP_E_UNKNOWN,
                    "No row that is used has '%.80s' in column '%.80s', so it cannot be the "
                    "reference.",
                    given + n + 1, variable->column);
            return rp_fail_remedy(error, "Did you mean '%.80s'?", nearest ? nearest : v->levels[0]);
        }
        const char *reference = v->levels[at];
        memmove(v->levels + 1, v->levels, at * sizeof *v->levels);
        v->levels[0] = reference;
    }
    return true;
}

static bool too_few_or_many(const rp_columns *columns, const rp_variable *variable, const design_variable *v,
                            rp_error *error) {
    const rp_column_about *column = &columns->columns[v->column];
    if (v->n_levels == 1) {
        rp_formula_fail(error, RP_E_RULE, variable->at,
                        "Column '%.80s' has the same value, '%.80s', in each row that is used.", variable->column,
                        v->levels[0]);
        return rp_fail_remedy(error, "Leave it out of the formula: nothing can be compared.");
    }
    rp_formula_fail(error, RP_E_LIMIT, variable->at, "Column '%.80s' has %zu different texts, too many for a factor.",
                    variable->column, v->n_levels);
    if (column->odd_text)
        return rp_fail_remedy(error,
                              "It is text because of '%.40s' on line %u. If it groups the rows, write "
                              "(1 | %.40s).",
                              column->odd_text, column->odd_line, variable->column);
    return rp_fail_remedy(error, "If it groups the rows, write (1 | %.40s).", variable->column);
}

static bool find_factor(rp_design_parts *d, const rp_variable *variable, design_variable *v, rp_error *error) {
    const rp_column_about *column = &d->columns->columns[v->column];
    rp_arena *scratch = rp_arena_new(0);
    bool *used = scratch ? rp_arena_take(scratch, rp_names_count(column->texts), sizeof *used) : NULL;
    bool fine = used && mark_used(d, v->column, used) && sort_levels(d, column, used, v);
    rp_arena_free(scratch);
    if (!fine)
        return rp_fail_memory(error);
    if (v->n_levels < 2 || v->n_levels > DESIGN_MOST_COLUMNS)
        return too_few_or_many(d->columns, variable, v, error);
    if (!apply_reference(d, variable, v, error))
        return false;
    place_codes(column, v);
    return true;
}

/* A reference for what is no factor would be ignored in silence. */
static bool references_known(const rp_design_parts *d, rp_error *error) {
    for (size_t i = 0; i < d->options->n_references; i++) {
        const char *given = d->options->references[i];
        bool found = false;
        for (size_t k = 0; k < d->formula->n_variables; k++) {
            const rp_variable *variable = &d->formula->variables[k];
            size_t n = d->variables[k].is_factor ? strlen(variable->column) : 0;
            found = found || (n && strncmp(given, variable->column, n) == 0 && given[n] == '=');
        }
        if (found)
            continue;
        rp_fail(error, RP_E_UNKNOWN, "--reference %.80s: the formula has no such factor.", given);
        return rp_fail_remedy(error, "Write column=level. A column of numbers is a factor within factor().");
    }
    return true;
}

bool design_find_levels(rp_design_parts *d, rp_design *out, rp_error *error) {
    const rp_formula *formula = d->formula;
    rp_design_levels *coded = rp_arena_take(d->arena, formula->n_variables, sizeof *coded);
    d->variables = rp_arena_take(d->arena, formula->n_variables, sizeof *d->variables);
    if (!coded || !d->variables)
        return rp_fail_memory(error);
    for (size_t k = 0; k < formula->n_variables; k++) {
        const rp_variable *variable = &formula->variables[k];
        design_variable *v = &d->variables[k];
        if (variable->kind != RP_VARIABLE_COLUMN && variable->kind != RP_VARIABLE_FACTOR)
            continue;
        v->column = design_column_of(d->columns, variable->column);
        v->is_factor = variable->kind == RP_VARIABLE_FACTOR || !d->columns->columns[v->column].numbers;
        if (!v->is_factor)
            continue;
        if (!find_factor(d, variable, v, error))
            return false;
        const char *reference = rp_arena_copy(d->arena, v->levels[0], strlen(v->levels[0]));
        if (!reference)
            return rp_fail_memory(error);
        coded[out->n_coded++] =
            (rp_design_levels){.variable = variable->column, .reference = reference, .n = v->n_levels};
    }
    out->coded = coded;
    return references_known(d, error);
}
