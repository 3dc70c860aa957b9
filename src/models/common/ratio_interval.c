/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mean over repeated values of the same people: people are the sample, not values.
 *
 *   x_i  values of person i      y_i  their sum      K  people      R = sum y / sum x
 *   var(R) = K / (K - 1) sum (y_i - R x_i)^2 / (sum x)^2,   Student's t with K - 1 degrees of freedom
 *
 * Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), section 2.11 (the ratio of two means). */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

rp_interval rp_ratio_interval(const rp_pair_moments *people, double level) {
    assert(level > 0 && level < 1);
    rp_interval out = {NAN, NAN, NAN, level};
    if (people->n == 0 || !(people->mean_x > 0))
        return out;
    double K = (double)people->n, R = people->mean_y / people->mean_x;
    out.estimate = R;
    if (people->n < 2)
        return out;
    /* The residuals y - R x have mean zero, so their squares are those about the mean. */
    double squares = fmax(0, people->m_yy - 2 * R * people->m_xy + R * R * people->m_xx);
    double half = rp_t_quantile(0.5 + level / 2, K - 1) * sqrt(K / (K - 1) * squares) / (K * people->mean_x);
    out.lower = R - half;
    out.upper = R + half;
    return out;
}
