/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same people before and after: mean change and the standardised mean change.
 *
 *   M1, S1   mean and standard deviation before      r   correlation of before and after
 *   M2, S2   mean and standard deviation after       n   pairs
 *
 *   change = M2 - M1,   se^2 = (S1^2 + S2^2 - 2 r S1 S2) / n,   Student's t with n - 1 degrees of freedom
 *   g = J(n - 1) (M1 - M2) / S1,   var(g) = 2 (1 - r) / n + g^2 / (2 n)
 *
 * Source: B. J. Becker, British Journal of Mathematical and Statistical Psychology 41 (1988) 257-278;
 * J: L. V. Hedges, Journal of Educational Statistics 6 (1981) 107-128. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

static double sd_of(double squares, int64_t n) {
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

static void change_interval(const rp_pair_moments *pairs, double level, rp_interval *out) {
    out->estimate = pairs->n > 0 ? pairs->mean_y - pairs->mean_x : NAN;
    if (pairs->n < 2)
        return;
    double n = (double)pairs->n;
    double squares = fmax(0, pairs->m_xx + pairs->m_yy - 2 * pairs->m_xy);
    double half = rp_t_quantile(0.5 + level / 2, n - 1) * sqrt(squares / (n - 1) / n);
    out->lower = out->estimate - half;
    out->upper = out->estimate + half;
}

static void effect_interval(const rp_paired *paired, bool higher_is_worse, double level, rp_interval *out) {
    if (paired->n < 3 || !(paired->sd_before > 0))
        return;
    double n = (double)paired->n;
    double better = higher_is_worse ? -paired->change.estimate : paired->change.estimate;
    double g = rp_gamma_ratio_j(n - 1) * better / paired->sd_before;
    out->estimate = g;
    if (isnan(paired->correlation))
        return;
    double half = rp_normal_quantile(0.5 + level / 2) * sqrt(2 * (1 - paired->correlation) / n + g * g / (2 * n));
    out->lower = g - half;
    out->upper = g + half;
}

rp_paired rp_paired_infer(const rp_pair_moments *pairs, bool higher_is_worse, double level) {
    assert(level > 0 && level < 1);
    rp_interval none = {NAN, NAN, NAN, level};
    rp_paired out = {.n = pairs->n,
                     .mean_before = pairs->n > 0 ? pairs->mean_x : NAN,
                     .mean_after = pairs->n > 0 ? pairs->mean_y : NAN,
                     .sd_before = sd_of(pairs->m_xx, pairs->n),
                     .sd_after = sd_of(pairs->m_yy, pairs->n),
                     .correlation = rp_pair_moments_correlation(pairs),
                     .change = none,
                     .effect = none};
    change_interval(pairs, level, &out.change);
    effect_interval(&out, higher_is_worse, level, &out.effect);
    return out;
}
