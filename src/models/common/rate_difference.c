/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference of two shares, from the Wilson limits of each.
 *
 *   lower = d - sqrt((p1 - l1)^2 + (u2 - p2)^2)      upper = d + sqrt((u1 - p1)^2 + (p2 - l2)^2)
 *
 * Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10. */
#include "rapport/models.h"

#include <math.h>

rp_interval rp_rate_difference(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double level) {
    rp_interval a = rp_rate_interval(x1, n1, level), b = rp_rate_interval(x2, n2, level);
    double d = a.estimate - b.estimate;
    return (rp_interval){d, d - hypot(a.estimate - a.lower, b.upper - b.estimate),
                         d + hypot(a.upper - a.estimate, b.estimate - b.lower), level};
}
