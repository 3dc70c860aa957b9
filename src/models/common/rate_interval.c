/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A share with Wilson's score interval.
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
