/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What intervals are given of: standard deviations and correlations of the terms, sigma, and the fixed effects. */
#include <assert.h>
#include <math.h>

#include "models/mixed/infer_parts.h"

size_t rp_mixed_parameters(const rp_mixed_fit *fit) {
    size_t n = 1 + fit->p;
    for (size_t t = 0; t < fit->spec->n_terms; t++)
        n += mixed_packed(fit->spec->terms[t].n_columns);
    return n;
}

infer_parameter infer_parameter_at(const rp_mixed_spec *spec, size_t i) {
    for (size_t t = 0; t < spec->n_terms; t++) {
        size_t q = spec->terms[t].n_columns;
        for (size_t b = 0; b < q; b++) {
            if (i < q - b)
                return (infer_parameter){.kind = i == 0 ? INFER_SD : INFER_CORRELATION, .term = t, .a = b + i, .b = b};
            i -= q - b;
        }
    }
    return i == 0 ? (infer_parameter){.kind = INFER_SIGMA} : (infer_parameter){.kind = INFER_BETA, .beta = i - 1};
}

double infer_parameter_value(const rp_mixed_fit *fit, const infer_parameter *parameter) {
    if (parameter->kind == INFER_BETA)
        return fit->beta[parameter->beta];
    if (parameter->kind == INFER_SIGMA)
        return fit->sigma;
    const rp_mixed_variance *v = &fit->variance[parameter->term];
    double sd_a = sqrt(v->covariance[parameter->a * v->q + parameter->a]);
    if (parameter->kind == INFER_SD)
        return sd_a;
    double sd_b = sqrt(v->covariance[parameter->b * v->q + parameter->b]);
    if (!(sd_a > 0 && sd_b > 0))
        return NAN;
    return fmax(-1, fmin(1, v->covariance[parameter->a * v->q + parameter->b] / (sd_a * sd_b)));
}
