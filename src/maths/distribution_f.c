/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantile of F by the incomplete beta function: P(F < f) = I_x(d1/2, d2/2), x = d1 f / (d1 f + d2) (Abramowitz &
 * Stegun 26.6.2).
 *
 * Newton's method on u, the logit of x: the density over u is log-concave, so log I is concave in u, and its steps
 * close in from the left. Above the middle the quantile is that of 1/F, so that the tail at hand is always the smaller
 * one. */
#include <math.h>

#include "maths/maths_private.h"

static double lower_point(double p, double d1, double d2) {
    enum { MOST_STEPS = 400, LONGEST = 20 };  /* the first step may start from where the curve is flat */
    double u = log(d1) - log(d2), before = u; /* f = 1 */
    for (int i = 0; i < MOST_STEPS; i++) {
        double x = 1 / (1 + exp(-u)), y = 1 / (1 + exp(u));
        rp_beta_tails of = rp_beta_both(x, y, d1 / 2, d2 / 2);
        if (!(of.lower > 0 && of.density > 0)) { /* past the last positive double */
            u = u / 2 + before / 2;
            continue;
        }
        double step = log(p / of.lower) * (of.lower / of.density);
        before = u;
        u += fmax(-LONGEST, fmin(LONGEST, step));
        if (fabs(step) <= 1e-9) /* what is left is about the square of this */
            break;
    }
    return exp(u) * (d2 / d1);
}

double rp_f_quantile(double p, double d1, double d2) {
    if (!(p > 0 && p < 1 && d1 > 0 && d2 > 0) || isinf(d1) || isinf(d2))
        return NAN;
    return p <= 0.5 ? lower_point(p, d1, d2) : 1 / lower_point(1 - p, d2, d1);
}
