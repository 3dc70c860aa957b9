/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Student's t by the incomplete beta function: P(|T| > t) = I_x(df/2, 1/2), x = df / (df + t^2) (Abramowitz & Stegun
 * 26.7.1).
 *
 * The quantile is Newton's method on log t. log |T| has a log-concave density, so log P(|T| > t) and log P(|T| < t) are
 * concave in log t, and Newton's steps on a concave function close in from one side, wherever they begin. Their slope
 * needs nothing more than the density that the beta function has already made. */
#include <float.h>
#include <math.h>

#include "maths/maths_private.h"

/* Past this t / sqrt(df) the tail is its leading term to all digits; past this t a square would overflow. */
static const double FAR = 1e50, LARGEST_SQUARED = 1e150;

/* Of |T|: lower = P(|T| < t), upper = P(|T| > t), density = t f(t), f that of T; t > 0. */
static rp_beta_tails both_sides(double t, double df) {
    double r = t / sqrt(df), a = df / 2;
    if (r > FAR) {                                            /* I_x(a, 1/2) -> x^a / (a B(a, 1/2)) */
        double power = df < 7 ? pow(t, -df) * pow(df, a) : 0; /* FAR^-7 is less than any double; r may be infinite */
        double upper = power > 0 ? power * tgamma(a + 0.5) / (tgamma(a + 1) * sqrt(M_PI)) : 0;
        return (rp_beta_tails){.lower = 1 - upper, .upper = upper, .density = a * upper};
    }
    double x = 1 / (1 + r * r), y = r / (1 / r + r);
    if (t < LARGEST_SQUARED) {
        x = df / (df + t * t);
        y = t * t / (df + t * t);
    }
    rp_beta_tails of = rp_beta_both(x, y, a, 0.5);
    return (rp_beta_tails){.lower = of.upper, .upper = of.lower, .density = of.density};
}

double rp_t_cdf(double t, double df) {
    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(df))
        return rp_normal_cdf(t);
    if (isinf(t))
        return t > 0 ? 1 : 0;
    if (t == 0)
        return 0.5;
    rp_beta_tails of = both_sides(fabs(t), df);
    if (of.lower < 0.5) /* near the middle, what lies between 0 and t is the smaller part */
        return t < 0 ? 0.5 - of.lower / 2 : 0.5 + of.lower / 2;
    return t < 0 ? of.upper / 2 : 1 - of.upper / 2;
}

/* The t > 0 above which T lies with chance p < 1/2. From whichever of the two sides is small, so that neither a p near
 * 0 nor one near 1/2 loses digits. */
static double upper_point(double p, double df) {
    bool by_tail = p < 0.25;
    double wanted = by_tail ? 2 * p : 2 * (0.5 - p);
    double t = -rp_normal_quantile(p), before = t;
    for (int i = 0; i < 200; i++) {
        rp_beta_tails of = both_sides(t, df);
        double value = by_tail ? of.upper : of.lower;
        if (!(value > 0 && of.density > 0)) { /* stepped past the last positive double */
            t = t / 2 + before / 2;
            continue;
        }
        double step = log(value / wanted) * (value / (2 * of.density));
        before = t;
        t *= exp(by_tail ? step : -step);
        if (fabs(step) <= 1e-9) /* what is left is about the square of this */
            break;
        if (isinf(t) && before == DBL_MAX)
            break;
        t = fmin(t, DBL_MAX);
    }
    return t;
}

double rp_t_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1 && df > 0))
        return NAN;
    if (isinf(df) || p == 0 || p == 1)
        return rp_normal_quantile(p);
    if (p == 0.5)
        return 0;
    return p < 0.5 ? -upper_point(p, df) : upper_point(1 - p, df);
}
