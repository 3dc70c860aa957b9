/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mean with Student's t interval. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

rp_interval rp_mean_interval(const rp_moments *moments, double level) {
    assert(level > 0 && level < 1);
    rp_interval out = {moments->n > 0 ? moments->mean : NAN, NAN, NAN, level};
    if (moments->n < 2)
        return out;
    double n = (double)moments->n;
    double half = rp_t_quantile(0.5 + level / 2, n - 1) * rp_moments_sd(moments) / sqrt(n);
    out.lower = out.estimate - half;
    out.upper = out.estimate + half;
    return out;
}
