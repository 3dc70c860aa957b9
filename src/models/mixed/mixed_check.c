/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a fit impossible is found, and named, before one is tried. Columns are looked at by the Gram matrix of all
 * rows: a column's pivot in its Cholesky factor is what the columns before it leave of its sum of squares. */
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

/* Shares of a sum of squares: below the first there is nothing but rounding, below the second few digits are left. */
static const double NOTHING = 1e-12, LITTLE = 1e-8;
/* The same of columns that vary by groups: what the solver does with them squares their likeness, and a slope by years
 * as they are has df that are wrong in the second digit. */
static const double LITTLE_BY_GROUPS = 1e-5;

double *mixed_total(const rp_mixed_stats *stats, rp_arena *arena) {
    const mixed_cells *cells = &stats->cells;
    size_t room = mixed_packed(cells->m);
    double *total = rp_arena_take(arena, room, sizeof *total);
    rp_sum *sums = rp_arena_take(arena, room, sizeof *sums);
    if (!total || !sums)
        return NULL;
    for (size_t c = 0; c < cells->n; c++)
        for (size_t i = 0; i < room; i++)
            rp_sum_add(&sums[i], cells->grams[c * room + i]);
    for (size_t i = 0; i < room; i++)
        total[i] = rp_sum_value(&sums[i]);
    return total;
}

static double element(const double *total, size_t a, size_t b) {
    return total[a < b ? mixed_packed(b) + a : mixed_packed(a) + b];
}

/* A set of columns of the design, and y behind them where that is asked too. */
typedef struct checked {
    double little; /* what is left of a column less than which is told */
    const rp_mixed_spec *spec;
    const double *total;
    const size_t *columns;
    size_t n;
    double *factor; /* n by n, of the columns before the one at hand */
    double *row;
} checked;

/* What the columns before place i leave of its sum of squares, as a share; their coefficients are in row then. A pivot
 * is one minus a sum: no digits are gained by taking the columns at another scale. */
static double left_of(checked *c, size_t i, size_t column) {
    for (size_t j = 0; j < i; j++)
        c->row[j] = element(c->total, column, c->columns[j]);
    for (size_t j = 0; j < i; j++) {
        for (size_t h = 0; h < j; h++)
            c->row[j] -= c->factor[j * c->n + h] * c->row[h];
        c->row[j] /= c->factor[j * c->n + j];
    }
    double all = element(c->total, column, column), left = all;
    for (size_t j = 0; j < i; j++) {
        left -= c->row[j] * c->row[j];
        if (i < c->n)
            c->factor[i * c->n + j] = c->row[j];
    }
    if (i < c->n)
        c->factor[i * c->n + i] = sqrt(fmax(left, 0));
    return left / all;
}

/* The names of those among the first i columns that a column is a combination of: "a, b and c". */
static const char *combined(checked *c, size_t i, size_t column, rp_arena *arena) {
    const char *text = "";
    for (size_t j = i; j-- > 0;) {
        for (size_t h = j + 1; h < i; h++)
            c->row[j] -= c->factor[h * c->n + j] * c->row[h];
        c->row[j] /= c->factor[j * c->n + j];
    }
    double size = sqrt(element(c->total, column, column));
    size_t named = 0, wanted = 0;
    for (int round = 0; round < 2; round++)
        for (size_t j = 0; j < i; j++) {
            if (fabs(c->row[j]) * sqrt(element(c->total, c->columns[j], c->columns[j])) < 1e-5 * size)
                continue;
            if (round == 0) {
                wanted++;
                continue;
            }
            const char *join = named == 0 ? "" : named + 1 == wanted ? " and " : ", ";
            text = rp_arena_printf(arena, "%s%s%s", text, join, c->spec->column_names[c->columns[j]]);
            if (text == NULL)
                return NULL;
            named++;
        }
    return text;
}

/* A sentence on the first column that the others before it say already, or NULL. *close: the first that they nearly
 * do. */
static const char *columns_fault(checked *c, const char *where, const char **close, rp_arena *arena) {
    for (size_t i = 0; i < c->n; i++) {
        size_t column = c->columns[i];
        const char *name = c->spec->column_names[column];
        if (!(element(c->total, column, column) > 0))
            return rp_arena_printf(arena,
                                   "The column %s is 0 in every row%s, so that it has no effect to estimate. Leave it "
                                   "out of the model.",
                                   name, where);
        double left = left_of(c, i, column);
        if (left < NOTHING) {
            const char *others = combined(c, i, column, arena);
            bool constant = others && strcmp(others, "(Intercept)") == 0;
            if (constant)
                return rp_arena_printf(
                    arena,
                    "The column %s has the same value in every row%s, or so nearly that its effect cannot be "
                    "told from the intercept. Leave it out of the model or, if it does differ, take "
                    "its mean off it.",
                    name, where);
            return rp_arena_printf(arena,
                                   "The column %s is a linear combination of %s%s, so that their effects cannot be "
                                   "told apart. Leave one of them out of the model.",
                                   name, others ? others : "others", where);
        }
        if (left < c->little && *close == NULL)
            *close = rp_arena_printf(arena,
                                     "The column %s is nearly a linear combination of columns before it%s: their "
                                     "effects have few exact digits. Centre it, for instance on its mean.",
                                     name, where);
    }
    return NULL;
}

static const char *groups_fault(const rp_mixed_stats *stats, const mixed_chain *chain, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    for (size_t l = 0; l < chain->n; l++)
        if (chain->groups[l] < 2)
            return rp_arena_printf(arena,
                                   "All rows are of one %s, so that differences between them cannot be told. Leave "
                                   "this grouping factor out of the model.",
                                   spec->factor_names[chain->factors[l]]);
    for (size_t t = 0; t < spec->n_terms; t++)
        for (size_t l = 0; l < chain->n; l++) {
            if (chain->factors[l] != spec->terms[t].factor ||
                (int64_t)(chain->groups[l] * spec->terms[t].n_columns) < stats->rows)
                continue;
            const char *factor = spec->factor_names[spec->terms[t].factor];
            if (spec->terms[t].n_columns == 1)
                return rp_arena_printf(arena,
                                       "There are as many groups of %s as there are rows, so that differences between "
                                       "groups cannot be told from those within them. More rows a group are needed.",
                                       factor);
            return rp_arena_printf(arena,
                                   "The groups of %s have, with %zu random effects each, as many random effects as "
                                   "there are rows, so that these cannot be told from the residuals. Leave out a "
                                   "random slope.",
                                   factor, spec->terms[t].n_columns);
        }
    return NULL;
}

/* A factor with several terms can have as many random effects as there are rows, though none of its terms has. */
static bool find_crowded(const rp_mixed_stats *stats, mixed_fault *out, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    for (size_t l = 0; l < out->chain.n && out->close == NULL; l++) {
        size_t effects = 0;
        for (size_t t = 0; t < spec->n_terms; t++)
            effects += spec->terms[t].factor == out->chain.factors[l] ? spec->terms[t].n_columns : 0;
        if ((int64_t)(effects * out->chain.groups[l]) < stats->rows)
            continue;
        out->close = rp_arena_printf(arena,
                                     "The groups of %s have, all terms together, as many random effects as there are "
                                     "rows: these can hardly be told from the residuals. A model with fewer is safer.",
                                     spec->factor_names[out->chain.factors[l]]);
        if (out->close == NULL)
            return false;
    }
    return true;
}

static const char *fixed_fault(const rp_mixed_stats *stats, checked *c, const char **close, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    c->columns = spec->fixed;
    c->n = spec->n_fixed;
    const char *fault = columns_fault(c, "", close, arena);
    if (fault)
        return fault;
    size_t y = spec->n_columns;
    if (!(element(c->total, y, y) > 0) && mixed_intercept(spec) != SIZE_MAX)
        return "The outcome has the same value in every row, so that there is nothing to explain.";
    if (!(element(c->total, y, y) > 0) || left_of(c, c->n, y) < NOTHING)
        return "The fixed effects give every row's outcome exactly: no spread is left to estimate a variance from. Is "
               "the outcome among the predictors, in another form?";
    return NULL;
}

/* Of each term's columns. */
static bool terms_fault(checked *c, mixed_fault *out, rp_arena *arena) {
    for (size_t t = 0; t < c->spec->n_terms && out->fault == NULL; t++) {
        const rp_mixed_term *term = &c->spec->terms[t];
        c->columns = term->columns;
        c->n = term->n_columns;
        const char *where =
            rp_arena_printf(arena, " (among those that vary by %s)", c->spec->factor_names[term->factor]);
        if (where == NULL)
            return false;
        out->fault = columns_fault(c, where, &out->close, arena);
    }
    return true;
}

static bool take_room(checked *c, rp_arena *arena) {
    size_t most = c->spec->n_columns + 1;
    c->factor = rp_arena_take(arena, most * most, sizeof *c->factor);
    c->row = rp_arena_take(arena, most, sizeof *c->row);
    return c->factor != NULL && c->row != NULL;
}

bool mixed_check_columns(const rp_mixed_spec *spec, const double *total, mixed_fault *out, rp_arena *arena) {
    checked c = {.little = LITTLE, .spec = spec, .total = total, .columns = spec->fixed, .n = spec->n_fixed};
    *out = (mixed_fault){0};
    if (!take_room(&c, arena))
        return false;
    out->fault = columns_fault(&c, "", &out->close, arena);
    return terms_fault(&c, out, arena);
}

bool mixed_check(const rp_mixed_stats *stats, const double *total, mixed_fault *out, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    *out = (mixed_fault){0};
    if (stats->rows <= (int64_t)spec->n_fixed) {
        out->fault = stats->rows == 0 ? "There are no rows to fit the model to."
                                      : "There are no more rows than fixed effects, so that no spread is left to "
                                        "estimate a variance from. A simpler model or more rows are needed.";
        return true;
    }
    checked c = {.little = LITTLE, .spec = spec, .total = total};
    if (!take_room(&c, arena) || !mixed_chain_find(stats, &out->chain, arena))
        return false;
    if (spec->ar1 && stats->lags.n == 0)
        out->fault = "No row follows another in its group, so that how residuals follow one another cannot be told. "
                     "Leave AR(1) out of the model.";
    if (out->fault == NULL)
        out->fault = groups_fault(stats, &out->chain, arena);
    if (out->fault == NULL)
        out->fault = fixed_fault(stats, &c, &out->close, arena);
    c.little = LITTLE_BY_GROUPS;
    return terms_fault(&c, out, arena) && find_crowded(stats, out, arena);
}
