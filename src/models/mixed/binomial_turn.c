/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A binomial plan whose random effects are of columns that are told apart as well as can be (mixed_directions.c): the
 * model is the same, and the search meets neither the units of columns nor their distance from zero. */
#include "models/mixed/binomial_parts.h"

/* The column a of a term's, times T; NULL where that is still a column of ones. */
static bool turn_column(const binomial_plan *plan, const double *const *z, size_t q, size_t a, const double *t,
                        const double **out, rp_arena *arena) {
    size_t n = plan->cells->n;
    *out = z[a];
    bool same = t[a * q + a] == 1;
    for (size_t k = a + 1; k < q; k++)
        same = same && t[k * q + a] == 0;
    if (same)
        return true;
    double *column = rp_arena_take(arena, n, sizeof *column);
    if (column == NULL)
        return false;
    for (size_t k = a; k < q; k++)
        for (size_t i = 0; i < n; i++)
            column[i] += t[k * q + a] * (z[k] != NULL ? z[k][i] : 1);
    *out = column;
    return true;
}

bool binomial_turn(binomial_plan *plan, mixed_directions *directions, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->spec;
    double *total = binomial_column_products(plan, arena), n = (double)plan->cells->n;
    if (total == NULL || !mixed_directions_find(spec, total, n, directions, arena))
        return false;
    for (size_t t = 0; t < spec->n_terms; t++) {
        size_t q = spec->terms[t].n_columns;
        double *turn = rp_arena_take(arena, q * q, sizeof *turn);
        if (turn == NULL || !mixed_turn(&spec->terms[t], total, n, turn, arena))
            return false;
        const double **z = plan->z + plan->term_first[t];
        for (size_t a = 0; a < q; a++) /* T is lower triangular: columns before a are needed no more */
            if (!turn_column(plan, z, q, a, turn, &z[a], arena))
                return false;
    }
    return true;
}
