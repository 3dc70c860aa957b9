/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variance explained: Nakagawa & Schielzeth (Methods Ecol Evol 4, 2013); with slopes a term's variance is its mean over
 * the rows (Johnson, Methods Ecol Evol 5, 2014). All of it from sums over cells. With weights the means are weighted,
 * and so is the residual variance sigma^2 / w. Of a binomial model each trial is a row, and the residual variance is
 * that of the link's own distribution. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

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

static double value_of(const binomial_cells *cells, size_t column, size_t cell) {
    return cells->columns[column] ? cells->columns[column][cell] : 1;
}

static void add_trials(const rp_mixed_fit *fit, size_t cell, row_sums *sums) {
    const rp_mixed_spec *spec = fit->spec;
    const binomial_cells *cells = fit->stats->binomial;
    double trials = cells->trials[cell], fixed = 0, groups = 0;
    for (size_t i = 0; i < fit->p; i++) /* without the intercept, which no spread depends on */
        if (spec->fixed[i] != mixed_intercept(spec))
            fixed += fit->beta[i] * value_of(cells, spec->fixed[i], cell);
    for (size_t t = 0; t < spec->n_terms; t++) {
        const rp_mixed_term *term = &spec->terms[t];
        for (size_t i = 0; i < term->n_columns; i++)
            for (size_t j = 0; j < term->n_columns; j++)
                groups += fit->variance[t].covariance[i * term->n_columns + j] *
                          value_of(cells, term->columns[i], cell) * value_of(cells, term->columns[j], cell);
    }
    rp_sum_add(&sums->weights, trials);
    rp_sum_add(&sums->fixed, trials * fixed);
    rp_sum_add(&sums->squares, trials * fixed * fixed);
    rp_sum_add(&sums->groups, trials * groups);
}

static void add_all(const rp_mixed_fit *fit, size_t ones, row_sums *sums) {
    const mixed_cells *cells = &fit->stats->cells;
    if (fit->stats->binomial)
        for (size_t c = 0; c < fit->stats->binomial->n; c++)
            add_trials(fit, c, sums);
    else
        for (size_t c = 0; c < cells->n; c++)
            add_cell(fit, cells->grams + c * mixed_packed(cells->m), ones, sums);
}

static double residual_variance(const rp_mixed_fit *fit, double mean_weight) {
    static const double PI_SQUARED = 9.8696044010893586188344909998762;
    if (fit->spec->family == RP_MIXED_GAUSSIAN)
        return fit->sigma * fit->sigma / mean_weight;
    return fit->spec->family == RP_MIXED_LOGIT ? PI_SQUARED / 3 : PI_SQUARED / 6;
}

rp_mixed_explained rp_mixed_variance_explained(const rp_mixed_fit *fit) {
    assert(fit);
    rp_mixed_explained out = {.marginal = NAN, .conditional = NAN};
    bool gaussian = fit->spec->family == RP_MIXED_GAUSSIAN;
    size_t ones = column_of_ones(fit->spec);
    if (fit->status == RP_MIXED_NOT_FITTED || (gaussian && ones == SIZE_MAX))
        return out;
    row_sums sums = {0};
    add_all(fit, ones, &sums);
    double w = rp_sum_value(&sums.weights), n = gaussian ? (double)fit->n : w, mean = rp_sum_value(&sums.fixed) / w;
    if (!(n > 1))
        return out;
    double fixed = fmax(0, rp_sum_value(&sums.squares) / w - mean * mean) * n / (n - 1);
    double groups = rp_sum_value(&sums.groups) / w, all = fixed + groups + residual_variance(fit, w / n);
    out.marginal = fixed / all;
    out.conditional = (fixed + groups) / all;
    return out;
}
