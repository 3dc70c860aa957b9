/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: columns for terms. How a factor is coded within a term is R's rule: by contrasts where the term without it,
 * or one that holds that, came before, else by an indicator for each level; and without an intercept the first factor
 * by indicators (R's src/library/stats/src/model.c tells it: TermCode and modelmatrix). */
#include <string.h>

#include "table/design_parts.h"

static bool by_contrasts(const rp_formula_terms *terms, size_t i, size_t variable) {
    uint64_t rest = terms->terms[i] & ~(UINT64_C(1) << variable);
    bool found = rest == 0;
    for (size_t t = 0; t < i; t++)
        found = found || (rest & ~terms->terms[t]) == 0;
    return found;
}

/* The first factor of the terms, which has all its levels where there is no intercept. */
static bool is_first_factor(const rp_design_parts *d, const rp_formula_terms *terms, size_t i, size_t variable) {
    for (size_t t = 0; t <= i; t++)
        for (size_t v = 0; v < d->formula->n_variables; v++)
            if ((terms->terms[t] >> v & 1) && d->variables[v].is_factor)
                return t == i && v == variable;
    return false;
}

/* Which columns a variable has within a term: levels [*first, *end). */
static void span_of(const rp_design_parts *d, const rp_formula_terms *terms, size_t i, size_t v, size_t *first,
                    size_t *end) {
    const rp_variable *variable = &d->formula->variables[v];
    *first = 0;
    *end = 1;
    if (d->variables[v].is_factor) {
        bool all = !by_contrasts(terms, i, v) || (!terms->intercept && is_first_factor(d, terms, i, v));
        *first = all ? 0 : 1;
        *end = d->variables[v].n_levels;
    } else if (variable->kind == RP_VARIABLE_POLY) {
        *first = 1;
        *end = (size_t)variable->degree + 1;
    }
}

static const char *piece_name(const rp_design_parts *d, const design_piece *piece) {
    const rp_variable *variable = &d->formula->variables[piece->variable];
    const design_variable *v = &d->variables[piece->variable];
    if (v->is_factor)
        return rp_arena_printf(d->arena, "%s%s", variable->text, v->levels[piece->level]);
    if (variable->kind != RP_VARIABLE_POLY)
        return variable->text;
    return rp_arena_printf(d->arena, variable->degree > 1 ? "%s%zu" : "%s", variable->text, piece->level);
}

static const char *column_name(const rp_design_parts *d, const design_piece *pieces, size_t n) {
    const char *name = n ? "" : "(Intercept)";
    for (size_t i = 0; i < n && name; i++) {
        const char *piece = piece_name(d, &pieces[i]);
        name = piece ? rp_arena_printf(d->arena, "%s%s%s", name, i ? ":" : "", piece) : NULL;
    }
    return name;
}

/* The design's column of these pieces, put there if it is new. False: no memory. */
static bool column_of(rp_design_parts *d, const design_piece *pieces, size_t n, size_t *out) {
    for (size_t c = 0; c < d->design.n; c++) {
        const design_column *one = &d->design.at[c];
        bool same = one->n == n;
        for (size_t i = 0; i < n && same; i++)
            same = one->pieces[i].variable == pieces[i].variable && one->pieces[i].level == pieces[i].level;
        if (same) {
            *out = c;
            return true;
        }
    }
    design_piece *kept = rp_arena_take(d->arena, n, sizeof *kept);
    const char *name = kept ? column_name(d, pieces, n) : NULL;
    design_column *slot = name ? rp_vec_push(d->arena, &d->design) : NULL;
    if (!slot)
        return false;
    if (n)
        memcpy(kept, pieces, n * sizeof *kept);
    *slot = (design_column){.name = name, .pieces = kept, .n = n};
    *out = d->design.n - 1;
    return true;
}

typedef struct index_list {
    RP_VEC(size_t) columns;
} index_list;

static bool push(rp_design_parts *d, const design_piece *pieces, size_t n, index_list *list, size_t at,
                 rp_error *error) {
    if (list->columns.n == DESIGN_MOST_COLUMNS) {
        rp_formula_fail(error, RP_E_LIMIT, at, "These terms are more than %d columns.", DESIGN_MOST_COLUMNS);
        return rp_fail_remedy(error, "A factor with many levels belongs behind a bar: (1 | group).");
    }
    size_t column;
    size_t *slot = column_of(d, pieces, n, &column) ? rp_vec_push(d->arena, &list->columns) : NULL;
    if (!slot)
        return rp_fail_memory(error);
    *slot = column;
    return true;
}

/* All columns of a term, the first variable's level changing fastest. */
static bool put_term(rp_design_parts *d, const rp_formula_terms *terms, size_t i, index_list *list, rp_error *error) {
    design_piece pieces[RP_FORMULA_LIMIT_VARIABLES] = {0};
    size_t first[RP_FORMULA_LIMIT_VARIABLES], end[RP_FORMULA_LIMIT_VARIABLES], n = 0;
    for (size_t v = 0; v < d->formula->n_variables; v++)
        if (terms->terms[i] >> v & 1) {
            span_of(d, terms, i, v, &first[n], &end[n]);
            pieces[n] = (design_piece){.variable = v, .level = first[n]};
            n++;
        }
    for (;;) {
        if (!push(d, pieces, n, list, d->formula->variables[pieces[0].variable].at, error))
            return false;
        size_t k = 0;
        while (k < n && ++pieces[k].level == end[k]) {
            pieces[k].level = first[k];
            k++;
        }
        if (k == n)
            return true;
    }
}

bool design_put_terms(rp_design_parts *d, const rp_formula_terms *terms, size_t at, const size_t **out, size_t *n,
                      rp_error *error) {
    index_list list = {0};
    if (terms->intercept && !push(d, NULL, 0, &list, at, error))
        return false;
    for (size_t i = 0; i < terms->n; i++)
        if (!put_term(d, terms, i, &list, error))
            return false;
    *out = list.columns.at;
    *n = list.columns.n;
    return true;
}
