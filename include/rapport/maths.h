/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 2, maths: distributions, exact sums, moments that merge, small matrices, minima. Knows nothing of data or
 * therapy. Distributions agree with R 4.2 to 1e-13 relative (1e-12 in far tails); tests/maths holds the values. */
#ifndef RAPPORT_MATHS_H
#define RAPPORT_MATHS_H

#include <math.h>

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

/* P(X < h, Y < k) of standard normal X and Y with correlation rho, to 1e-14; any of h and k may be infinite, |rho| may
 * be 1, beyond it NaN. And the density; |rho| < 1, else NaN. */
double rp_bivariate_normal_cdf(double h, double k, double rho);
double rp_bivariate_normal_density(double h, double k, double rho);

/* With non-centrality ncp from 0 to 1e10, else NaN; to 1e-12. */
double rp_chi2_noncentral_cdf(double x, double df, double ncp);
/* The ncp at which that is p; 0 where ncp 0 gives p or less. NaN: p outside (0, 1), x above 1e9, df as above. */
double rp_chi2_noncentrality(double x, double df, double p);

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

/* e^x of n numbers; in place is fine. Within 2 ulp; x beyond [-708, 709] counts as that end; NaN has no meaning. Same
 * bits on every processor, several times as fast as exp() where it can take four at once. */
void rp_exp_many(const double *x, double *out, size_t n);

/* Nodes, rising, and weights of Gauss-Hermite quadrature, to 1e-15: the sum of weights[k] f(nodes[k]) is the integral
 * of f(z) exp(-z^2), exactly for polynomials of a degree below 2 n. */
#define RP_HERMITE_MOST 100
void rp_gauss_hermite(int n, double *nodes, double *weights); /* 1 <= n <= RP_HERMITE_MOST */

/* ---- small matrices -------------------------------------------------------------------------- */

/* Square, by rows, n by n; meant for n up to 16 or so (n^3, no blocking). Inline, so that loops over many of them keep
 * their data in registers. The lower triangle alone is read and written unless said. */

/* A = L L', in place. False: not positive definite (or NaN); `a` is then spoilt. */
static inline bool rp_cholesky(double *a, size_t n) {
    for (size_t j = 0; j < n; j++) {
        double d = a[j * n + j];
        for (size_t k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 0) || !isfinite(d))
            return false;
        d = sqrt(d);
        a[j * n + j] = d;
        for (size_t i = j + 1; i < n; i++) {
            double x = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                x -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = x / d;
        }
    }
    return true;
}
/* b becomes L^-1 b. */
static inline void rp_lower_solve(const double *l, size_t n, double *b) {
    for (size_t i = 0; i < n; i++) {
        double x = b[i];
        for (size_t k = 0; k < i; k++)
            x -= l[i * n + k] * b[k];
        b[i] = x / l[i * n + i];
    }
}
/* b becomes L'^-1 b. */
static inline void rp_upper_solve(const double *l, size_t n, double *b) {
    for (size_t i = n; i-- > 0;) {
        double x = b[i];
        for (size_t k = i + 1; k < n; k++)
            x -= l[k * n + i] * b[k];
        b[i] = x / l[i * n + i];
    }
}
/* (L L')^-1, both triangles, into `inverse`, which is not `l`. */
static inline void rp_cholesky_inverse(const double *l, size_t n, double *inverse) {
    for (size_t j = 0; j < n; j++) {
        double *row = inverse + j * n; /* the matrix is symmetric: its columns may stand as rows */
        for (size_t i = 0; i < n; i++)
            row[i] = i == j;
        rp_lower_solve(l, n, row);
        rp_upper_solve(l, n, row);
    }
}

/* ---- the minimum of a smooth function ------------------------------------------------------------ */

/* f of n variables. `value` gives f at x and, unless `gradient` is NULL, its gradient. Where f is not defined it gives
 * INFINITY or NaN: the search comes back from there. */
typedef struct rp_function {
    size_t n;
    double (*value)(void *context, const double *x, double *gradient);
    void *context;
} rp_function;

typedef struct rp_minimum {
    double value;
    double decrement;    /* g'Hg / 2, H the inverse Hessian as known: by about so much f could still fall */
    double max_gradient; /* the largest element of the gradient, without sign */
    int evaluations;     /* of f, with or without its gradient */
    bool converged;      /* the decrement is below what was asked */
} rp_minimum;

/* BFGS (Nocedal & Wright 2006, ch. 6) from x, which becomes the minimum's place; `gradient` gets n numbers. Line search
 * by values alone (Armijo), the gradient at accepted points; where values no longer differ by more than rounding, by
 * slopes (Hager & Zhang, SIAM J Optim 16, 2005, approximate Wolfe). Ends where the decrement is below `decrement` plus
 * 1e-16 |f|, after most_evaluations, or where no step helps. A local minimum, or, from a place where the gradient is 0,
 * that place. f must be defined at x (else: not converged, value not finite). False: no memory. */
bool rp_bfgs(const rp_function *f, double decrement, int most_evaluations, double *x, double *gradient, rp_arena *arena,
             rp_minimum *out) RP_MUST_CHECK;
/* The Hessian at x by central differences of the gradient, both triangles (the mean of the two); 2 n gradients. Steps
 * of 1e-4 max(1, |x_i|). False: no memory, or f is not defined near x. */
bool rp_gradient_hessian(const rp_function *f, const double *x, double *hessian, rp_arena *arena) RP_MUST_CHECK;

#endif
