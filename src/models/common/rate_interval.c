/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A share with Wilson's score interval, and the same for a share that is known within bounds only.
 * Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

rp_interval rp_rate_interval(int64_t x, int64_t n, double level) {
    assert(x >= 0 && x <= n && level > 0 && level < 1);
    rp_interval out = {NAN, NAN, NAN, level};
    if (n == 0)
        return out;
    double z = rp_normal_quantile(0.5 + level / 2);
    double p = (double)x / (double)n, share = z * z / (double)n;
    double centre = (p + share / 2) / (1 + share);
    double half = z / (1 + share) * sqrt(p * (1 - p) / (double)n + share / (4 * (double)n));
    out.estimate = p;
    /* At the ends the formula gives 0 and 1 up to rounding; they are exact. */
    out.lower = x == 0 ? 0 : fmax(0, centre - half);
    out.upper = x == n ? 1 : fmin(1, centre + half);
    return out;
}

rp_bounded_rate rp_rate_bounds(int64_t x_low, int64_t x_high, int64_t n_low, int64_t n_high, double level) {
    assert(x_low >= 0 && x_low <= x_high && n_low >= 0 && n_low <= n_high && x_low <= n_high);
    rp_bounded_rate out = {NAN, NAN, NAN, NAN, level};
    if (n_high == 0)
        return out;
    rp_interval least = rp_rate_interval(x_low, n_high, level);
    out.low = least.estimate;
    out.lower = least.lower;
    int64_t n = n_low > x_low ? n_low : x_low; /* x <= n: a smaller n there cannot be */
    bool all = x_high >= n;                    /* x may be the whole of n, or there may be nobody */
    out.high = all ? 1 : (double)x_high / (double)n;
    out.upper = all ? 1 : rp_rate_interval(x_high, n, level).upper;
    return out;
}
