/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two raters' scores of the same people, as sums that add up. */
#include "rapport/models.h"

#include <assert.h>

void rp_agreement_add(rp_agreement_sums *sums, const double *x, const double *y, size_t n) {
    assert(n > 0);
    rp_pair_moments own = {0};
    rp_sum difference = {0};
    for (size_t i = 0; i < n; i++) {
        rp_pair_moments_add(&own, x[i], y[i]);
        rp_moments_add(&sums->differences, x[i] - y[i]);
        rp_sum_add(&difference, x[i] - y[i]);
    }
    rp_pair_moments_add(&sums->people, (double)n, rp_sum_value(&difference));
    rp_pair_moments_add(&sums->means, own.mean_x, own.mean_y);
    rp_pair_moments_add(&sums->first, x[0], y[0]);
    sums->within_xx += own.m_xx;
    sums->within_yy += own.m_yy;
    sums->within_xy += own.m_xy;
}

void rp_agreement_merge(rp_agreement_sums *into, const rp_agreement_sums *other) {
    rp_pair_moments_merge(&into->people, &other->people);
    rp_moments_merge(&into->differences, &other->differences);
    rp_pair_moments_merge(&into->means, &other->means);
    rp_pair_moments_merge(&into->first, &other->first);
    into->within_xx += other->within_xx;
    into->within_yy += other->within_yy;
    into->within_xy += other->within_xy;
}
