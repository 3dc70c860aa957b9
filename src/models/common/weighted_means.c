/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A weighted sum of means of separate groups: a directly standardised mean or share, and the difference of two.
 *
 *   estimate = sum w m      v = sum w^2 s^2 / n      df = v^2 / sum (w^2 s^2 / n)^2 / (n - 1)
 *
 * For a share m is p and s^2 / n is p (1 - p) / (n - 1). Weights 1 and -1 are Welch's t interval.
 *
 * Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), sections 5.4 and 5.10; F. E. Satterthwaite, Biometrics
 * Bulletin 2 (1946) 110-114. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

rp_interval rp_weighted_means(const double *weights, const rp_moments *groups, size_t n, double level) {
    assert(level > 0 && level < 1);
    rp_interval out = {n > 0 ? 0 : NAN, NAN, NAN, level};
    double variance = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const rp_moments *m = &groups[i];
        out.estimate += weights[i] * (m->n > 0 ? m->mean : NAN);
        double free = (double)m->n - 1, part = weights[i] * weights[i] * (m->m2 / free) / (double)m->n;
        variance += m->n > 1 ? part : NAN;
        squares += m->n > 1 ? part * part / free : NAN;
    }
    if (!(variance > 0) || !(squares > 0))
        return out;
    double half = rp_t_quantile(0.5 + level / 2, variance * variance / squares) * sqrt(variance);
    out.lower = out.estimate - half;
    out.upper = out.estimate + half;
    return out;
}
