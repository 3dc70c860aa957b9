/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fixed effects say of a row, and how sure that is. */
#include <assert.h>
#include <math.h>

#include "models/mixed/mixed_parts.h"

static double from_link(rp_mixed_family family, double eta) {
    if (family == RP_MIXED_LOGIT)
        return 1 / (1 + exp(-eta));
    return family == RP_MIXED_CLOGLOG ? -expm1(-exp(eta)) : eta;
}

/* Of the mean of a row: x' vcov x. */
static double mean_variance(const rp_mixed_fit *fit, const double *row) {
    const size_t *fixed = fit->spec->fixed;
    double sum = 0;
    for (size_t i = 0; i < fit->p; i++)
        for (size_t j = 0; j < fit->p; j++)
            sum += row[fixed[i]] * fit->vcov[i * fit->p + j] * row[fixed[j]];
    return sum;
}

/* Of one observation about its mean, in new groups: z' covariance z for each term, and the residual's. */
static double own_variance(const rp_mixed_fit *fit, const double *row) {
    double sum = fit->sigma * fit->sigma;
    for (size_t t = 0; t < fit->spec->n_terms; t++) {
        const rp_mixed_term *term = &fit->spec->terms[t];
        for (size_t i = 0; i < term->n_columns; i++)
            for (size_t j = 0; j < term->n_columns; j++)
                sum += row[term->columns[i]] * fit->variance[t].covariance[i * term->n_columns + j] *
                       row[term->columns[j]];
    }
    return sum;
}

bool rp_mixed_predict(const rp_mixed_fit *fit, const double *row, bool new_observation, double level, rp_interval *out,
                      rp_error *error) {
    assert(fit && row && out && error && level > 0 && level < 1);
    rp_mixed_family family = fit->spec->family;
    *out = (rp_interval){.estimate = NAN, .lower = NAN, .upper = NAN, .level = level};
    if (new_observation && family != RP_MIXED_GAUSSIAN)
        return rp_fail(error, RP_E_RULE,
                       "An interval of a new observation is defined for linear models, not for "
                       "binomial ones: it would be yes or no.");
    if (fit->status == RP_MIXED_NOT_FITTED)
        return true;
    double eta = 0, variance = mean_variance(fit, row);
    for (size_t i = 0; i < fit->p; i++)
        eta += fit->beta[i] * row[fit->spec->fixed[i]];
    if (new_observation)
        variance += own_variance(fit, row);
    double reach = -rp_normal_quantile((1 - level) / 2) * sqrt(variance);
    out->estimate = from_link(family, eta);
    out->lower = from_link(family, eta - reach);
    out->upper = from_link(family, eta + reach);
    return true;
}
