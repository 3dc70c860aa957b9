/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 2, maths: distributions, exact sums, moments that merge. Knows nothing of data or therapy.
 * Distributions agree with R 4.2 to 1e-13 relative (1e-12 in far tails); tests/maths holds the values. */
#ifndef RAPPORT_MATHS_H
#define RAPPORT_MATHS_H

#include "rapport/base.h"

double rp_normal_cdf(double z);
double rp_normal_quantile(double p);       /* AS 241 (Wichura 1988); p outside (0, 1): NaN, at 0 or 1: infinite */
double rp_t_cdf(double t, double df);      /* df > 0, else NaN */
double rp_t_quantile(double p, double df); /* as above */
double rp_f_quantile(double p, double d1, double d2); /* p in (0, 1), d1, d2 finite and > 0, else NaN */
double rp_chi2_cdf(double x, double df);              /* df > 0 and finite, else NaN; x below 0 is as 0 */
double rp_chi2_upper(double x, double df);            /* 1 less that, with its own digits */
double rp_beta_inc(double x, double a, double b);     /* regularised incomplete beta I_x(a, b) */
double rp_gamma_ratio_j(double df); /* Hedges (1981) eq. 6e: J(m) = G(m/2) / (sqrt(m/2) G((m-1)/2)); df > 1 */

/* Neumaier's compensated sum (ZAMM 54, 1974): the error does not grow with n. {0} is empty. */
typedef struct rp_sum {
    double sum, carry;
} rp_sum;
void rp_sum_add(rp_sum *sum, double x);
void rp_sum_merge(rp_sum *sum, const rp_sum *other);
double rp_sum_value(const rp_sum *sum);

/* Count, mean and squared deviations of one variable; adds by Welford, merges by Chan, Golub & LeVeque (1979).
 * {0} is empty and is the identity of merging. */
typedef struct rp_moments {
    int64_t n;
    double mean, m2;
    double lowest, highest; /* of no meaning while n == 0 */
} rp_moments;
void rp_moments_add(rp_moments *m, double x);
void rp_moments_merge(rp_moments *m, const rp_moments *other);
double rp_moments_sd(const rp_moments *m); /* divisor n - 1; NaN below two */

/* The same for a pair of variables measured on the same people. */
typedef struct rp_pair_moments {
    int64_t n;
    double mean_x, mean_y, m_xx, m_yy, m_xy;
} rp_pair_moments;
void rp_pair_moments_add(rp_pair_moments *m, double x, double y);
void rp_pair_moments_merge(rp_pair_moments *m, const rp_pair_moments *other);
double rp_pair_moments_correlation(const rp_pair_moments *m); /* NaN where not defined */

#endif
