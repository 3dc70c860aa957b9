/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The likelihood-ratio test of one model within another, and whether it is one. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

static const char *column_of(const rp_mixed_spec *spec, size_t column) {
    return spec->column_names[column];
}

static bool has_fixed(const rp_mixed_spec *spec, const char *name) {
    for (size_t i = 0; i < spec->n_fixed; i++)
        if (strcmp(column_of(spec, spec->fixed[i]), name) == 0)
            return true;
    return false;
}

static const char *first_fixed_not_in(const rp_mixed_spec *small, const rp_mixed_spec *large) {
    for (size_t i = 0; i < small->n_fixed; i++)
        if (!has_fixed(large, column_of(small, small->fixed[i])))
            return column_of(small, small->fixed[i]);
    return NULL;
}

static bool term_has(const rp_mixed_spec *spec, const rp_mixed_term *term, const char *name) {
    for (size_t i = 0; i < term->n_columns; i++)
        if (strcmp(column_of(spec, term->columns[i]), name) == 0)
            return true;
    return false;
}

/* Whether some term of `large` lets all vary that `term` does. */
static bool has_term(const rp_mixed_spec *large, const rp_mixed_spec *small, const rp_mixed_term *term) {
    for (size_t t = 0; t < large->n_terms; t++) {
        const rp_mixed_term *other = &large->terms[t];
        bool all = strcmp(large->factor_names[other->factor], small->factor_names[term->factor]) == 0;
        for (size_t i = 0; all && i < term->n_columns; i++)
            all = term_has(large, other, column_of(small, term->columns[i]));
        if (all)
            return true;
    }
    return false;
}

static bool is_within(const rp_mixed_spec *small, const rp_mixed_spec *large, rp_error *error) {
    const char *missing = first_fixed_not_in(small, large);
    if (missing != NULL)
        return rp_fail(error, RP_E_RULE, "The larger model has no fixed effect of %s, which the smaller one has.",
                       missing);
    for (size_t t = 0; t < small->n_terms; t++)
        if (!has_term(large, small, &small->terms[t]))
            return rp_fail(
                error, RP_E_RULE,
                "What varies between groups of %s in the smaller model does not all do so in the larger one.",
                small->factor_names[small->terms[t].factor]);
    if (small->ar1 && !large->ar1)
        return rp_fail(error, RP_E_RULE,
                       "The residuals of the smaller model follow AR(1), those of the larger do not.");
    return true;
}

static double squares_of(const mixed_cells *cells) {
    rp_sum sum = {0};
    size_t room = cells->m * (cells->m + 1) / 2;
    for (size_t c = 0; c < cells->n; c++)
        rp_sum_add(&sum, cells->grams[(c + 1) * room - 1]);
    return rp_sum_value(&sum);
}

/* Sums that are the same for the same rows; where y stands from another place, its squares cannot be held side by
 * side. */
static bool same_rows(const rp_mixed_fit *a, const rp_mixed_fit *b) {
    if (a->n != b->n)
        return false;
    if (a->spec->family != RP_MIXED_GAUSSIAN || a->stats->y_origin != b->stats->y_origin)
        return true;
    double of_a = squares_of(&a->stats->cells), of_b = squares_of(&b->stats->cells);
    return fabs(of_a - of_b) <= 1e-9 * fabs(of_a) &&
           fabs(a->stats->log_weights - b->stats->log_weights) <= 1e-9 * (1 + fabs(a->stats->log_weights));
}

static bool comparable(const rp_mixed_fit *small, const rp_mixed_fit *large, rp_error *error) {
    const rp_mixed_spec *s = small->spec, *l = large->spec;
    if (s->family != l->family)
        return rp_fail(error, RP_E_RULE, "The two models are of different families.");
    if (!same_rows(small, large)) {
        rp_fail(error, RP_E_RULE, "The two models are not of the same rows.");
        return rp_fail_remedy(error, "Fit both on the rows that have every column of the larger model.");
    }
    if (small->quadrature != large->quadrature)
        return rp_fail(error, RP_E_RULE, "The two models integrate over different numbers of points.");
    if (s->family == RP_MIXED_GAUSSIAN && s->reml != l->reml)
        return rp_fail(error, RP_E_RULE, "One model is fitted by REML and the other by maximum likelihood.");
    if (!is_within(s, l, error))
        return false;
    if (s->family == RP_MIXED_GAUSSIAN && s->reml && s->n_fixed != l->n_fixed) {
        rp_fail(error, RP_E_RULE, "REML criteria of models with different fixed effects cannot be compared.");
        return rp_fail_remedy(error, "Fit both by maximum likelihood.");
    }
    if (small->n_theta + small->p >= large->n_theta + large->p)
        return rp_fail(error, RP_E_RULE, "The larger model has no more parameters than the smaller one.");
    return true;
}

/* The smaller model lacks one variance and nothing else. */
static bool one_variance(const rp_mixed_fit *small, const rp_mixed_fit *large) {
    return small->p == large->p && small->n_theta + 1 == large->n_theta &&
           small->spec->n_terms + 1 == large->spec->n_terms;
}

bool rp_mixed_compare(const rp_mixed_fit *small, const rp_mixed_fit *large, rp_mixed_ratio_test *out, rp_error *error) {
    assert(small && large && out && error);
    if (!comparable(small, large, error))
        return false;
    *out = (rp_mixed_ratio_test){.chi2 = NAN, .p = NAN, .mixture = NAN};
    out->df = (double)(large->n_theta + large->p) - (double)(small->n_theta + small->p);
    if (small->status == RP_MIXED_NOT_FITTED || large->status == RP_MIXED_NOT_FITTED)
        return true;
    double chi2 = small->objective - large->objective;
    double rounding = fmax(1e-6, 1e-10 * fabs(large->objective)); /* an optimiser's, not the model's */
    out->chi2 = chi2 < 0 && chi2 >= -rounding ? 0 : chi2;
    if (out->chi2 < 0) /* the larger cannot be worse at its optimum: it is not there */
        return true;
    out->p = rp_chi2_upper(out->chi2, out->df);
    if (one_variance(small, large))
        out->mixture = out->chi2 > 0 ? out->p / 2 : 1;
    return true;
}
