/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference of two means of repeated values, where the same people may have values of both kinds.
 *
 *   R_a = sum y_a / sum x_a      u_i = (y_ai - R_a x_ai) / sum x_a  -  (y_bi - R_b x_bi) / sum x_b
 *   var(R_a - R_b) = K / (K - 1) sum u_i^2
 *
 * The u have mean zero, so the sum of their squares is a quadratic form in the sums of products of deviations; people
 * with neither kind add nothing to it.
 *
 * Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), sections 2.11 and 6.18. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

/* The weights of x and y of one kind in u, times `sign`; returns the mean. */
static double weigh(const double *moments, size_t kind, double sign, size_t at[2], double weight[2]) {
    const double *means = moments + 1;
    double total = moments[0] * means[2 * kind], mean = means[2 * kind + 1] / means[2 * kind];
    at[0] = 2 * kind;
    at[1] = 2 * kind + 1;
    weight[0] = -sign * mean / total;
    weight[1] = sign / total;
    return sign * mean;
}

rp_interval rp_ratio_contrast(const double *moments, size_t k, size_t a, size_t b, int64_t people, double level) {
    assert(level > 0 && level < 1 && 2 * a + 1 < k && (b == RP_NO_KIND || 2 * b + 1 < k));
    rp_interval out = {NAN, NAN, NAN, level};
    if (!(moments[1 + 2 * a] > 0) || (b != RP_NO_KIND && !(moments[1 + 2 * b] > 0)))
        return out;
    size_t at[4], n = 2;
    double weight[4];
    out.estimate = weigh(moments, a, 1, at, weight);
    if (b != RP_NO_KIND) {
        out.estimate += weigh(moments, b, -1, at + 2, weight + 2);
        n = 4;
    }
    if (people < 2)
        return out;
    double squares = 0, K = (double)people;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            squares += weight[i] * weight[j] * moments[1 + k + at[i] * k + at[j]];
    double half = rp_t_quantile(0.5 + level / 2, K - 1) * sqrt(K / (K - 1) * fmax(0, squares));
    out.lower = out.estimate - half;
    out.upper = out.estimate + half;
    return out;
}
