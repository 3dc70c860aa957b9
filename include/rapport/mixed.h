/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, models/mixed: linear and binomial mixed models. Knows nothing of therapy.
 *
 *   y = X beta + Z b + e,   b ~ N(0, sigma^2 Lambda Lambda'),   e ~ N(0, sigma^2 W^-1)
 *
 * after Bates, Maechler, Bolker & Walker (J Stat Softw 67, 2015): a grouping factor is what the rows are grouped by
 * (client, practitioner), a term is what varies between its groups (an intercept, a slope), theta holds the free
 * elements of the relative covariance factor Lambda, term after term, each lower triangle by columns.
 *
 * The order of work: spec -> prepare (rows into statistics that merge) -> fit -> infer. A fit never sees rows again. */
#ifndef RAPPORT_MIXED_H
#define RAPPORT_MIXED_H

#include "rapport/models.h"

/* ---- spec: what is asked ------------------------------------------------------------------------ */

typedef enum rp_mixed_family { RP_MIXED_GAUSSIAN, RP_MIXED_LOGIT, RP_MIXED_CLOGLOG } rp_mixed_family;

/* What varies between the groups of a factor: columns of the design, whose effects may correlate with one another.
 * Further terms on the same factor are independent of this one: (1 + t || g) is two terms. */
typedef struct rp_mixed_term {
    size_t factor;
    const size_t *columns;
    size_t n_columns; /* at least one */
} rp_mixed_term;

typedef struct rp_mixed_spec {
    rp_mixed_family family;
    bool reml; /* of the Gaussian family: REML, else maximum likelihood */
    bool ar1;  /* of the Gaussian family: residuals of a group of the first factor follow AR(1) over `time` */
    const char *const *column_names; /* of the design; an intercept is called "(Intercept)" */
    size_t n_columns;
    const size_t *fixed; /* columns with a fixed effect, in the order of the coefficients */
    size_t n_fixed;
    const char *const *factor_names;
    const uint32_t *levels; /* of each factor: how many groups there are */
    size_t n_factors;
    const rp_mixed_term *terms;
    size_t n_terms;
} rp_mixed_spec;

/* A block of rows; everything borrowed, nothing missing (assert: no NaN). */
typedef struct rp_mixed_rows {
    size_t n;
    const double *const *columns;  /* n_columns arrays of n numbers; NULL: a column of ones */
    const uint32_t *const *groups; /* n_factors arrays of n group numbers, each below the factor's levels */
    const double *y;               /* n; binomial: successes out of `weights` trials, both whole */
    const double *weights;         /* n numbers above 0, or NULL: ones */
    const double *offset;          /* n, or NULL: none */
    const double *time;            /* ar1 only: n whole numbers, different within a group */
} rp_mixed_rows;

/* ---- prepare: statistics that merge -------------------------------------------------------------- */

typedef struct rp_mixed_stats rp_mixed_stats;

/* A block's statistics, in arena; the rows may go after it (of a binomial model they are kept as compact cells). The
 * spec is borrowed as long as the statistics. Blocks that are prepared apart and merged in order give the same bits
 * whatever thread prepared them; any other split or order of rows agrees within 1e-10. NULL: no memory. */
rp_mixed_stats *rp_mixed_prepare(const rp_mixed_spec *spec, const rp_mixed_rows *rows, rp_arena *arena,
                                 rp_error *error) RP_MUST_CHECK;
/* The blocks' statistics as one, in arena, over a fixed tree; `parts` are borrowed and stay as they are. */
rp_mixed_stats *rp_mixed_merge(rp_mixed_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
int64_t rp_mixed_rows_count(const rp_mixed_stats *stats);

/* ---- fit ------------------------------------------------------------------------------------------ */

typedef enum rp_mixed_status {
    RP_MIXED_CONVERGED,
    RP_MIXED_BOUNDARY, /* converged, with a variance of zero or a correlation of 1 or -1 */
    RP_MIXED_NOT_CONVERGED,
    RP_MIXED_NOT_FITTED /* there is no estimate at all: collinear columns, no spread, separation; see the notes */
} rp_mixed_status;

typedef struct rp_mixed_options {
    int quadrature;       /* binomial: nodes of adaptive Gauss-Hermite quadrature, one scalar term only; 1: Laplace */
    const double *start;  /* theta to start from (then rho for ar1; binomial: then beta), or NULL */
    int most_evaluations; /* 0: enough */
    int threads;
} rp_mixed_options;

/* Binomial: standard errors are those of the inverse Hessian of the objective in (theta, beta) together, an element of
 * theta that ended at zero held there. The Laplace approximation takes -d2l/deta2 as observed. Models without terms are
 * generalised linear models. */

/* A term's estimated covariance matrix: q by q, in units of y squared (binomial: of the linear predictor). */
typedef struct rp_mixed_variance {
    size_t q;
    double *covariance;
} rp_mixed_variance;

typedef struct rp_mixed_fit {
    const rp_mixed_stats *stats; /* borrowed */
    const rp_mixed_spec *spec;
    int quadrature;
    rp_mixed_status status;
    const char *message;      /* one plain sentence: how it ended, what that means and what to do */
    const char *const *notes; /* further sentences: what a reader has to know of this fit */
    size_t n_notes;
    int evaluations;
    double max_gradient; /* the largest element of the objective's gradient at the end, theta free to move */
    double objective;    /* -2 log-likelihood, or the REML criterion */
    double log_lik, aic, bic;
    int64_t n;
    size_t p;       /* fixed effects */
    double *beta;   /* p */
    double *se;     /* p */
    double *vcov;   /* p by p */
    size_t n_theta; /* with rho at the end for ar1 */
    double *theta;
    double sigma;                /* residual standard deviation; binomial: 1 */
    double rho;                  /* ar1, else 0 */
    rp_mixed_variance *variance; /* of each term */
} rp_mixed_fit;

/* In arena. NULL: see *error (no memory, or what is asked cannot be done: quadrature with several terms, ...). */
rp_mixed_fit *rp_mixed_fit_stats(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                                 rp_error *error) RP_MUST_CHECK;

/* ---- infer ----------------------------------------------------------------------------------------- */

typedef enum rp_mixed_df { RP_MIXED_DF_NONE, RP_MIXED_DF_SATTERTHWAITE, RP_MIXED_DF_KENWARD_ROGER } rp_mixed_df;

/* A coefficient, or a linear combination of them. df is infinite for a normal test. */
typedef struct rp_mixed_effect {
    double estimate, se, df, statistic, p, lower, upper;
} rp_mixed_effect;
/* sum of contrast[i] * beta[i], tested against 0, Wald interval at `level`. Kenward & Roger (Biometrics 53, 1997) also
 * changes the standard error. Satterthwaite after Fai & Cornelius (1996) as lmerTest has it. What is not defined is
 * NaN. df other than NONE: of a Gaussian fit by REML alone (*error otherwise). */
bool rp_mixed_contrast(const rp_mixed_fit *fit, const double *contrast, rp_mixed_df df, double level, rp_arena *arena,
                       rp_mixed_effect *out, rp_error *error) RP_MUST_CHECK;
/* The same for n contrasts (n by p), at the price of one: `out` has n places. */
bool rp_mixed_contrasts(const rp_mixed_fit *fit, const double *contrasts, size_t n, rp_mixed_df df, double level,
                        rp_arena *arena, rp_mixed_effect *out, rp_error *error) RP_MUST_CHECK;

/* What a profile or a bootstrap gives an interval of: the standard deviations and correlations of the terms (term after
 * term, lower triangle by columns: sd on the diagonal, correlations below it), sigma, then beta. */
size_t rp_mixed_parameters(const rp_mixed_fit *fit);
/* Profile likelihood (of the ML objective). Limits that do not exist are 0 or -1 and 1 for standard deviations and
 * correlations, and NaN where the profile could not be followed. Estimates are those by ML. `out` has
 * rp_mixed_parameters places. */
bool rp_mixed_profile(const rp_mixed_fit *fit, double level, rp_arena *arena, rp_interval *out,
                      rp_error *error) RP_MUST_CHECK;
/* Percentile intervals over `draws` resamples of the groups of the highest factor (with their rows). Same seed, same
 * numbers, whatever the number of threads. *failed: resamples whose fit did not converge; they are left out. NaN where
 * there are too few draws for a limit. False where no factor has whole groups of all others within its own: *error. */
bool rp_mixed_bootstrap(const rp_mixed_fit *fit, double level, int draws, uint64_t seed, int threads, rp_arena *arena,
                        rp_interval *out, int *failed, rp_error *error) RP_MUST_CHECK;

/* Likelihood-ratio test of a model within a larger one, both by ML on the same rows (or, with the same fixed effects,
 * by REML). Where the smaller lies on the boundary (a variance of zero) the p-value is conservative, and `mixture` is
 * the one of the half-and-half mixture (Self & Liang, JASA 82, 1987; one variance alone), else NaN. */
typedef struct rp_mixed_ratio_test {
    double chi2, df, p, mixture;
} rp_mixed_ratio_test;
bool rp_mixed_compare(const rp_mixed_fit *small, const rp_mixed_fit *large, rp_mixed_ratio_test *out,
                      rp_error *error) RP_MUST_CHECK;

/* Conditional modes b of all groups of a term: levels by q, and, unless NULL, their conditional variances: levels by q
 * by q, at the estimated theta and beta. Groups without rows have mode 0 and the term's own variance. */
bool rp_mixed_modes(const rp_mixed_fit *fit, size_t term, double *modes, double *variances, rp_arena *arena,
                    rp_error *error) RP_MUST_CHECK;

/* Variance explained (Nakagawa & Schielzeth 2013; Johnson 2014 for slopes; binomial: the link's own residual variance,
 * pi^2/3 or pi^2/6, and each trial is a row). With weights, means over rows are weighted. NaN for a Gaussian model
 * whose design has no column of ones. */
typedef struct rp_mixed_explained {
    double marginal, conditional;
} rp_mixed_explained;
rp_mixed_explained rp_mixed_variance_explained(const rp_mixed_fit *fit);

/* The mean at a row of the design (n_columns numbers), at random effects of zero: for the fixed effects' columns alone.
 * The interval is of that mean (binomial: on the link's scale, then turned). With `new_observation`, of a row of new
 * groups (Gaussian alone; else *error). */
bool rp_mixed_predict(const rp_mixed_fit *fit, const double *row, bool new_observation, double level, rp_interval *out,
                      rp_error *error) RP_MUST_CHECK;

#endif
