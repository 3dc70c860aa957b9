/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What choosing people at a cut-off does by itself. */
#include <assert.h>
#include <math.h>

#include "rapport/models.h"

rp_regression_to_mean rp_regression_to_mean_of(double mean, double sd, double cutoff, double correlation,
                                               bool higher_is_worse) {
    assert(sd > 0 && fabs(correlation) <= 1);
    double z = higher_is_worse ? (cutoff - mean) / sd : (mean - cutoff) / sd;
    double selected = rp_normal_cdf(-z);
    double density = exp(-z * z / 2) / sqrt(2 * M_PI);
    double excess = density / selected; /* mean of the selected in standard deviations (the inverse Mills ratio) */
    double sd_selected = sd * sqrt(1 + z * excess - excess * excess);
    rp_regression_to_mean out = {.selected = selected,
                                 .mean_before = higher_is_worse ? mean + sd * excess : mean - sd * excess,
                                 .sd_before = sd_selected,
                                 .improvement = (1 - correlation) * sd * excess};
    out.effect = out.improvement / sd_selected;
    out.back = (rp_normal_cdf(z) - rp_bivariate_normal_cdf(z, z, correlation)) / selected;
    return out;
}
