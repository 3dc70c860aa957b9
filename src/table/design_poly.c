/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: orthogonal polynomials as R's poly() has them, by the three-term recurrence (Kennedy & Gentle 1980,
 * Statistical Computing, section 8.3): P0 = 1, P(k+1) = (x - c(k+1)) Pk - (s(k) / s(k-1)) P(k-1), where s(k) is the sum
 * of Pk squared and c(k+1) that of x Pk squared over s(k). A column is Pk / sqrt(s(k)). */
#include <math.h>

#include "rapport/maths.h"

#include "table/design_parts.h"

/* Pk at x. */
static double at(const design_variable *v, int k, double x) {
    double before = 0, now = 1;
    for (int i = 0; i < k; i++) {
        double next = (x - v->centre[i + 1]) * now - (i ? v->norm[i] / v->norm[i - 1] : 0) * before;
        before = now;
        now = next;
    }
    return now;
}

/* Sums of Pk squared and of x Pk squared, over all rows. */
static bool add_up(rp_design_parts *d, const rp_variable *variable, const design_variable *v, int k, rp_sum *squares,
                   rp_sum *moments, rp_error *error) {
    for (size_t block = 0; block < d->columns->n_blocks; block++) {
        design_block b;
        rp_arena *arena = rp_arena_new(0);
        bool open = arena && design_block_open(d, block, arena, &b);
        const double *x = open ? design_evaluate(&b, variable->expression, error) : NULL;
        for (size_t i = 0; x && i < b.n; i++) {
            double p = at(v, k, x[i]);
            rp_sum_add(squares, p * p);
            rp_sum_add(moments, x[i] * p * p);
        }
        rp_arena_free(arena);
        if (!x)
            return open ? false : rp_fail_memory(error);
    }
    return true;
}

static bool find_poly(rp_design_parts *d, const rp_variable *variable, design_variable *v, rp_error *error) {
    for (int k = 0; k <= variable->degree; k++) {
        rp_sum squares = {0}, moments = {0};
        if (!add_up(d, variable, v, k, &squares, &moments, error))
            return false;
        v->norm[k] = rp_sum_value(&squares);
        double scale = k ? v->norm[k - 1] * (v->norm[1] / v->norm[0]) : 1;
        if (!(v->norm[k] > 1e-12 * scale)) {
            rp_formula_fail(error, RP_E_RULE, variable->at,
                            "The rows have only %d different values here, too few for a polynomial of degree %d.", k,
                            variable->degree);
            return rp_fail_remedy(error, "Take a lower degree, or factor() of the column.");
        }
        if (k < variable->degree)
            v->centre[k + 1] = rp_sum_value(&moments) / v->norm[k];
    }
    return true;
}

bool design_find_polys(rp_design_parts *d, rp_error *error) {
    for (size_t k = 0; k < d->formula->n_variables; k++)
        if (d->formula->variables[k].kind == RP_VARIABLE_POLY &&
            !find_poly(d, &d->formula->variables[k], &d->variables[k], error))
            return false;
    return true;
}

void design_poly_column(const design_variable *v, int degree, const double *x, size_t n, double *out) {
    double scale = 1 / sqrt(v->norm[degree]);
    for (size_t i = 0; i < n; i++)
        out[i] = at(v, degree, x[i]) * scale;
}
