/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The non-central chi-square distribution: central ones with df + 2 j degrees of freedom, j from Poisson's distribution
 * with mean ncp / 2 (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, eq. 29.3). The sum
 * starts from its largest terms, goes up until no more can count, and is then taken downwards, where the recurrence
 * P(a - 1, x) = P(a, x) + x^(a-1) e^-x / G(a) only adds, so that small probabilities keep their digits. */
#include <float.h>
#include <math.h>

#include "maths/maths_private.h"

static const double MOST_NCP = 1e10, MOST_X = 1e9; /* the sum takes some sqrt(ncp) terms */
static const double NEGLIGIBLE = 1e-20;            /* of the largest term; tails fall faster than a geometric series */

/* mean^j e^-mean / j! */
static double poisson(double j, double mean) {
    return j > 0 ? rp_gamma_term(j, mean) : exp(-mean);
}

/* Where the terms peak: that of the weights alone, or of weights times x^a e^-x / G(a + 1) where x is far below. */
static double peak(double half_x, double half_df, double mean) {
    double both = sqrt(half_df * half_df / 4 + half_x * mean) - half_df / 2;
    return floor(fmax(fmin(mean, both), 0));
}

/* The last j that counts. Terms fall at least as fast as the weights, and as the weights times x^a e^-x / G(a + 1). */
static double highest(double from, double half_x, double half_df, double mean) {
    double weight = 1, both = 1, j = from;
    while (fmin(weight, both) > NEGLIGIBLE) {
        j++;
        weight *= mean / j;
        both *= mean / j * (half_x / (half_df + j));
    }
    return j;
}

double rp_chi2_noncentral_cdf(double x, double df, double ncp) {
    if (isnan(x) || !(df > 0 && isfinite(df)) || !(ncp >= 0 && ncp <= MOST_NCP))
        return NAN;
    if (ncp == 0 || x <= 0 || isinf(x))
        return rp_chi2_cdf(x, df);
    double half_x = x / 2, half_df = df / 2, mean = ncp / 2, start = peak(half_x, half_df, mean);
    double j = highest(start, half_x, half_df, mean);
    double weight = poisson(j, mean), central = rp_chi2_cdf(x, df + 2 * j), sum = 0;
    double step = rp_gamma_term(half_df + j, half_x); /* from a + 1 to a = df / 2 + j */
    for (;; j--) {
        double term = weight * central;
        sum += term;
        if (j <= 0 || (j < start && term <= NEGLIGIBLE * sum))
            break;
        weight *= j / mean;
        step *= (half_df + j) / half_x;
        central = fmin(central + step, 1);
    }
    return fmin(sum, 1);
}

/* The cdf falls as ncp grows; d cdf / d ncp = (cdf with df + 2 less cdf) / 2. Newton's steps, inside a bracket. */
double rp_chi2_noncentrality(double x, double df, double p) {
    if (isnan(x) || !(df > 0 && isfinite(df)) || !(p > 0 && p < 1) || x > MOST_X)
        return NAN;
    if (rp_chi2_cdf(x, df) <= p)
        return 0;
    double low = 0, high = fmax(x, 1);
    while (rp_chi2_noncentral_cdf(x, df, high) > p) {
        low = high;
        high *= 2;
    }
    double ncp = (low + high) / 2;
    for (int i = 0; i < 200; i++) {
        double value = rp_chi2_noncentral_cdf(x, df, ncp);
        *(value > p ? &low : &high) = ncp;
        double slope = (rp_chi2_noncentral_cdf(x, df + 2, ncp) - value) / 2, next = ncp - (value - p) / slope;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        double moved = fabs(next - ncp);
        ncp = next;
        if (moved <= 4 * DBL_EPSILON * ncp)
            break;
    }
    return ncp;
}
