/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: which columns a formula needs, and what it makes of them, block by block. */
#include <math.h>
#include <string.h>

#include "table/design_parts.h"

/* ---- wishes ---- */

typedef struct wish_list {
    RP_VEC(rp_column_wish) wishes;
    rp_arena *arena;
    bool failed;
} wish_list;

static void wish(wish_list *list, const rp_column_wish *one) {
    for (size_t i = 0; i < list->wishes.n; i++) {
        rp_column_wish *known = &list->wishes.at[i];
        if (strcmp(known->name, one->name) != 0)
            continue;
        known->number |= one->number;
        known->codes |= one->codes;
        known->plain |= one->plain;
        return;
    }
    rp_column_wish *slot = rp_vec_push(list->arena, &list->wishes);
    if (slot)
        *slot = *one;
    list->failed = list->failed || !slot;
}

static void wish_arithmetic(wish_list *list, const rp_expression *e) {
    for (; e; e = e->left) {
        if (e->kind == RP_EXPRESSION_COLUMN)
            wish(list, &(rp_column_wish){.name = e->column, .number = true, .at = e->at});
        wish_arithmetic(list, e->right);
    }
}

static void wish_outcome(wish_list *list, const rp_formula *formula, const rp_design_options *options) {
    const rp_expression *response = formula->response;
    if (options->text_outcome && !formula->failures && response->kind == RP_EXPRESSION_COLUMN)
        wish(list, &(rp_column_wish){.name = response->column, .plain = true, .at = response->at});
    else
        wish_arithmetic(list, response);
}

static void wish_all(wish_list *list, const rp_formula *formula, const rp_design_options *options) {
    if (options->success && formula->response->kind == RP_EXPRESSION_COLUMN)
        wish(list, &(rp_column_wish){.name = formula->response->column, .codes = true, .at = formula->response->at});
    else
        wish_outcome(list, formula, options);
    wish_arithmetic(list, formula->failures);
    for (size_t i = 0; i < formula->n_variables; i++) {
        const rp_variable *v = &formula->variables[i];
        wish_arithmetic(list, v->expression);
        if (v->column)
            wish(list, &(rp_column_wish){.name = v->column,
                                         .codes = v->kind == RP_VARIABLE_FACTOR,
                                         .plain = v->kind == RP_VARIABLE_COLUMN,
                                         .at = v->at});
    }
    for (size_t i = 0; i < formula->n_random; i++)
        for (size_t k = 0; k < formula->random[i].n_by; k++)
            wish(list, &(rp_column_wish){.name = formula->random[i].by[k], .codes = true, .at = formula->random[i].at});
    for (size_t i = 0; i < formula->n_offsets; i++)
        wish_arithmetic(list, formula->offsets[i]);
    if (options->weights)
        wish(list, &(rp_column_wish){.name = options->weights, .number = true, .at = SIZE_MAX});
    if (options->time)
        wish(list, &(rp_column_wish){.name = options->time, .number = true, .at = SIZE_MAX});
}

rp_column_wish *rp_design_wishes(const rp_formula *formula, const rp_design_options *options, rp_arena *arena,
                                 size_t *n, rp_error *error) {
    wish_list list = {.arena = arena};
    if (options->success && (formula->failures || formula->response->kind != RP_EXPRESSION_COLUMN)) {
        rp_formula_fail(error, RP_E_RULE, 0, "Which text is a success can be said of a column alone.");
        rp_fail_remedy(error, "Leave out --success, or name the column of the outcome left of the ~.");
        return NULL;
    }
    wish_all(&list, formula, options);
    if (list.failed)
        return rp_fail_memory(error), NULL;
    if (list.wishes.n == 0) {
        rp_formula_fail(error, RP_E_RULE, 0, "The formula names no column.");
        rp_fail_remedy(error, "Name the outcome, and what it may go with.");
        return NULL;
    }
    *n = list.wishes.n;
    return list.wishes.at;
}

/* ---- the whole ---- */

static bool find_success(rp_design_parts *d, rp_error *error) {
    const rp_column_about *column = &d->columns->columns[d->response];
    size_t n = rp_names_count(column->texts);
    const char *names[8];
    for (size_t i = 0; i < n; i++) {
        const char *text = rp_names_text(column->texts, (uint32_t)i);
        if (i < sizeof names / sizeof *names)
            names[i] = text;
        if (strcmp(text, d->options->success) == 0)
            d->success = (uint32_t)i;
    }
    if (d->success != RP_NO_ID)
        return true;
    size_t shown = n < sizeof names / sizeof *names ? n : sizeof names / sizeof *names;
    const char *nearest = rp_text_nearest(rp_text_of(d->options->success), names, shown);
    rp_formula_fail(error, RP_E_UNKNOWN, d->formula->response->at, "No row of column '%.80s' holds '%.80s'.",
                    column->name, d->options->success);
    return rp_fail_remedy(error, "It holds '%.60s'%s%.60s%s.", nearest ? nearest : names[0],
                          n > 1 && !nearest ? ", '" : "", n > 1 && !nearest ? names[1] : "",
                          n > 1 && !nearest ? "' ..." : "");
}

static bool count_successes(rp_design_parts *d, rp_design *out) {
    for (size_t block = 0; block < d->columns->n_blocks; block++) {
        design_block b;
        rp_arena *arena = rp_arena_new(0);
        const uint32_t *codes = arena && design_block_open(d, block, arena, &b) ? design_codes(&b, d->response) : NULL;
        for (size_t i = 0; codes && i < b.n; i++)
            out->successes += codes[i] == d->success;
        rp_arena_free(arena);
        if (!codes)
            return false;
    }
    return true;
}

/* An outcome that is text, of which nobody has said what counts. */
static bool fail_text_outcome(const rp_design_parts *d, const rp_column_about *column, rp_error *error) {
    size_t n = rp_names_count(column->texts);
    rp_buf list = {0};
    for (size_t i = 0; i < n && i < 6; i++)
        rp_buf_printf(&list, "%s'%.30s'", i ? ", " : "", rp_names_text(column->texts, (uint32_t)i));
    rp_formula_fail(error, RP_E_RULE, d->formula->response->at, "Column '%.80s' holds text: %s%s.", column->name,
                    list.at ? list.at : "", n > 6 ? ", ..." : "");
    rp_buf_free(&list);
    return rp_fail_remedy(error, "Say which of them counts as a success: --success '%.60s'.",
                          n ? rp_names_text(column->texts, 0) : "");
}

static bool find_outcome(rp_design_parts *d, rp_design *out, rp_error *error) {
    const rp_design_options *options = d->options;
    d->response = options->success ? design_column_of(d->columns, d->formula->response->column) : SIZE_MAX;
    d->weights = options->weights ? design_column_of(d->columns, options->weights) : SIZE_MAX;
    d->time = options->time ? design_column_of(d->columns, options->time) : SIZE_MAX;
    d->success = RP_NO_ID;
    const rp_expression *response = d->formula->response;
    if (!options->success && response->kind == RP_EXPRESSION_COLUMN) {
        const rp_column_about *column = &d->columns->columns[design_column_of(d->columns, response->column)];
        return column->numbers || fail_text_outcome(d, column, error);
    }
    if (!options->success)
        return true;
    return find_success(d, error) && (count_successes(d, out) || rp_fail_memory(error));
}

static bool name_columns(const rp_design_parts *d, rp_design *out, rp_error *error) {
    const char **names = rp_arena_take(d->arena, d->design.n, sizeof *names);
    if (!names)
        return rp_fail_memory(error);
    for (size_t c = 0; c < d->design.n; c++)
        names[c] = d->design.at[c].name;
    out->column_names = names;
    out->n_columns = d->design.n;
    return true;
}

rp_design *rp_design_new(const rp_formula *formula, const rp_columns *columns, const rp_design_options *options,
                         rp_arena *arena, rp_error *error) {
    rp_design *out = rp_arena_take(arena, 1, sizeof *out);
    rp_design_parts *d = rp_arena_take(arena, 1, sizeof *d);
    if (!out || !d)
        return rp_fail_memory(error), NULL;
    *d = (rp_design_parts){.formula = formula, .columns = columns, .options = options, .arena = arena};
    out->parts = d;
    bool made = design_find_rows(d, out, error) && design_find_levels(d, out, error) && find_outcome(d, out, error) &&
                design_find_polys(d, error) &&
                design_put_terms(d, &formula->fixed, 0, &out->fixed, &out->n_fixed, error) &&
                design_find_groupings(d, out, error) && name_columns(d, out, error);
    return made ? out : NULL;
}
