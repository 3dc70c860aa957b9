/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spread of shares between units, beyond chance: y_i on the arcsine scale after Anscombe (Biometrika 35, 1948),
 * which has variance v_i = 1 / (4 n_i + 2) for small n_i too (without it, ten people a unit pass chance for a spread),
 * and
 *
 *     Q(t) = sum w_i (y_i - sum w y / sum w)^2,  w_i = 1 / (v_i + t)
 *
 * falls with t and is chi-square with I - 1 degrees of freedom at the variance between units. The estimate is where it
 * is what is to be expected (Paule & Mandel, J Res Natl Bur Stand 87, 1982), the limits are where it is as large and as
 * small as it may be (Viechtbauer, Stat Med 26, 2007, 37-52: Q-profile). */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

typedef struct shares {
    const double *x, *n;
    size_t units;
    double df;
} shares;

static double q_at(const shares *s, double t) {
    rp_sum w = {0}, wy = {0}, q = {0};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->units; i++) {
            if (s->n[i] <= 0)
                continue;
            double w_i = 1 / (1 / (4 * s->n[i] + 2) + t);
            double y_i = asin(sqrt((s->x[i] + 0.375) / (s->n[i] + 0.75)));
            if (pass == 0) {
                rp_sum_add(&w, w_i);
                rp_sum_add(&wy, w_i * y_i);
            } else {
                double away = y_i - rp_sum_value(&wy) / rp_sum_value(&w);
                rp_sum_add(&q, w_i * away * away);
            }
        }
    return rp_sum_value(&q);
}

typedef double rise(const shares *s, double t, double p); /* rises with t */

static double to_expected(const shares *s, double t, double p) {
    (void)p;
    return s->df - q_at(s, t);
}
static double to_lower(const shares *s, double t, double p) {
    return rp_chi2_upper(q_at(s, t), s->df) - p;
}
static double to_upper(const shares *s, double t, double p) {
    return p - rp_chi2_cdf(q_at(s, t), s->df);
}

/* Where it comes up to 0: 0 where it is there already. The scale ends at pi / 2, so that no variance is above its
 * square. */
static double root(const shares *s, rise *at, double p) {
    double low = 0, high = asin(1) * asin(1);
    if (at(s, low, p) >= 0)
        return 0;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        *(at(s, middle, p) < 0 ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

rp_interval rp_share_spread(const double *x, const double *n, size_t units, double level) {
    rp_interval out = {NAN, NAN, NAN, level};
    size_t I = 0;
    for (size_t i = 0; i < units; i++) {
        assert(x[i] >= 0 && x[i] <= n[i]);
        I += n[i] > 0;
    }
    if (I < 2)
        return out;
    shares s = {x, n, units, (double)I - 1};
    double p = (1 - level) / 2;
    out.estimate = sqrt(root(&s, to_expected, 0));
    if (to_upper(&s, 0, p) >= 0) /* they differ by less than chance is apt to let them */
        return out;
    out.lower = sqrt(root(&s, to_lower, p));
    out.upper = sqrt(root(&s, to_upper, p));
    return out;
}
