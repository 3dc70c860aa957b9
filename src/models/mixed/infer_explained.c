/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variance explained: Nakagawa & Schielzeth (Methods Ecol Evol 4, 2013); with slopes a term's variance is its mean over
 * the rows (Johnson, Methods Ecol Evol 5, 2014). All of it from sums over cells. With weights the means are weighted,
 * and so is the residual variance sigma^2 / w. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

static double gram_at(const double *gram, size_t i, size_t j) {
    return i >= j ? gram[mixed_packed(i) + j] : gram[mixed_packed(j) + i];
}

static size_t column_of_ones(const rp_mixed_spec *spec) {
    for (size_t c = 0; c < spec->n_columns; c++)
        if (strcmp(spec->column_names[c], "(Intercept)") == 0)
            return c;
    return SIZE_MAX;
}

/* Sums over rows, with their weights: of 1, of f = x'beta less y's origin, of f^2, and of z' covariance z. */
typedef struct row_sums {
    rp_sum weights, fixed, squares, groups;
} row_sums;

static void add_cell(const rp_mixed_fit *fit, const double *gram, size_t ones, row_sums *sums) {
    const rp_mixed_spec *spec = fit->spec;
    double fixed = 0, squares = 0, groups = 0;
    size_t intercept = mixed_intercept(spec);
    double origin = fit->stats->y_origin;
    for (size_t i = 0; i < fit->p; i++) {
        size_t a = spec->fixed[i];
        double beta_a = fit->beta[i] - (a == intercept ? origin : 0);
        fixed += beta_a * gram_at(gram, ones, a);
        for (size_t j = 0; j < fit->p; j++) {
            size_t b = spec->fixed[j];
            squares += beta_a * (fit->beta[j] - (b == intercept ? origin : 0)) * gram_at(gram, a, b);
        }
    }
    for (size_t t = 0; t < spec->n_terms; t++) {
        const rp_mixed_term *term = &spec->terms[t];
        for (size_t i = 0; i < term->n_columns; i++)
            for (size_t j = 0; j < term->n_columns; j++)
                groups += fit->variance[t].covariance[i * term->n_columns + j] *
                          gram_at(gram, term->columns[i], term->columns[j]);
    }
    rp_sum_add(&sums->weights, gram_at(gram, ones, ones));
    rp_sum_add(&sums->fixed, fixed);
    rp_sum_add(&sums->squares, squares);
    rp_sum_add(&sums->groups, groups);
}

rp_mixed_explained rp_mixed_variance_explained(const rp_mixed_fit *fit) {
    assert(fit);
    rp_mixed_explained out = {.marginal = NAN, .conditional = NAN};
    size_t ones = column_of_ones(fit->spec);
    if (fit->status == RP_MIXED_NOT_FITTED || ones == SIZE_MAX || fit->n < 2)
        return out;
    row_sums sums = {0};
    const mixed_cells *cells = &fit->stats->cells;
    for (size_t c = 0; c < cells->n; c++)
        add_cell(fit, cells->grams + c * mixed_packed(cells->m), ones, &sums);
    double w = rp_sum_value(&sums.weights), n = (double)fit->n, mean = rp_sum_value(&sums.fixed) / w;
    double fixed = (rp_sum_value(&sums.squares) / w - mean * mean) * n / (n - 1);
    double groups = rp_sum_value(&sums.groups) / w, residual = fit->sigma * fit->sigma * n / w;
    out.marginal = fixed / (fixed + groups + residual);
    out.conditional = (fixed + groups) / (fixed + groups + residual);
    return out;
}
