/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits about a common share, with over-dispersion as an additive random effect.
 * Sources: D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202, and Quality and Safety in Health Care 14
 * (2005) 347-351. Letters are theirs: I units, y_i, s_i, z_i, w_i = 1 / s_i^2, theta_0 the target, q the share that is
 * winsorised at each end. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static double arcsine(double share) {
    return asin(sqrt(share));
}

static int rising(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* phi = (1 / I) sum z_i(q)^2, with the 100q% most extreme at each end set to the nearest that is left. */
static double winsorised_phi(double *z, size_t I, double q) {
    qsort(z, I, sizeof *z, rising);
    size_t k = (size_t)floor(q * (double)I);
    rp_sum squares = {0};
    for (size_t i = 0; i < I; i++) {
        double zq = i < k ? z[k] : i >= I - k ? z[I - k - 1] : z[i];
        rp_sum_add(&squares, zq * zq);
    }
    return rp_sum_value(&squares) / (double)I;
}

rp_funnel rp_funnel_infer(const double *x, const double *n, size_t units, double winsorised, double *z) {
    assert(winsorised >= 0 && winsorised < 0.5);
    rp_sum all_x = {0}, all_n = {0}, w = {0}, w2 = {0};
    rp_funnel out = {0, NAN, NAN, NAN};
    for (size_t i = 0; i < units; i++) {
        assert(x[i] >= 0 && x[i] <= n[i]);
        rp_sum_add(&all_x, x[i]);
        rp_sum_add(&all_n, n[i]);
        out.n += n[i] > 0;
    }
    if (out.n > 0)
        out.target = rp_sum_value(&all_x) / rp_sum_value(&all_n);
    if (out.n < 2 || !(out.target > 0 && out.target < 1))
        return out;
    double theta_0 = arcsine(out.target), I = (double)out.n;
    size_t k = 0;
    for (size_t i = 0; i < units; i++) {
        if (n[i] <= 0)
            continue;
        double w_i = 4 * n[i];
        z[k++] = (arcsine(x[i] / n[i]) - theta_0) * sqrt(w_i);
        rp_sum_add(&w, w_i);
        rp_sum_add(&w2, w_i * w_i);
    }
    out.phi = winsorised_phi(z, out.n, winsorised);
    /* tau^2 = (I phi - (I - 1)) / (sum w - sum w^2 / sum w); 0 where that is negative */
    double spare = rp_sum_value(&w) - rp_sum_value(&w2) / rp_sum_value(&w);
    out.tau2 = fmax(0, (I * out.phi - (I - 1)) / spare);
    return out;
}

double rp_funnel_limit(const rp_funnel *funnel, double n, double z_p) {
    assert(n > 0);
    double angle = arcsine(funnel->target) + z_p * sqrt(1 / (4 * n) + funnel->tau2);
    if (isnan(angle))
        return NAN;
    double share = sin(fmin(fmax(angle, 0), asin(1)));
    return share * share;
}
