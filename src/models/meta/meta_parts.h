/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of models/meta share. Letters as in rapport/meta.h; matrices by rows. */
#ifndef RAPPORT_MODELS_META_PARTS_H
#define RAPPORT_MODELS_META_PARTS_H

#include "rapport/matrix.h"
#include "rapport/meta.h"

/* ---- prepare: meta_prepare.c ------------------------------------------------------------------------------ */

/* Effects in order of study. X = Q R with orthonormal Q: whatever the units and origins of the columns are, X'WX is as
 * well conditioned as the weights. */
struct rp_meta_data {
    const rp_meta_spec *spec;
    size_t k, p, studies;
    double *y, *v, *root; /* k; root: standard errors */
    double *x, *q;        /* k by p */
    double *r;            /* p by p, upper triangular */
    size_t *row;          /* k: its place among the caller's rows */
    size_t *start;        /* studies + 1 */
    size_t collinear;     /* the first column that the ones before it give; SIZE_MAX: none */
};
/* The same rows under another spec, less the ones that `keep` (k, in the order of data; NULL: all) says no to. With
 * `more` (k, in the order of data; NULL: none) as one more column, the spec's last. */
rp_meta_data *meta_again(const rp_meta_data *data, const rp_meta_spec *spec, const bool *keep, const double *more,
                         rp_arena *arena) RP_MUST_CHECK;
/* x = R^-1 x, in place. */
void meta_back_solve(const rp_meta_data *data, double *x);

/* ---- the covariance matrix of one study's effects: meta_block.c ---------------------------------------------- */

/* V = diag(d) + U U', of n effects, U being sqrt(r) times standard errors, and the standard deviation of studies times
 * ones. V^-1 = W - W U C U' W (Woodbury). */
typedef struct meta_block {
    size_t n;
    const double *root; /* n */
    double *w;          /* n, 1 / d; the caller's */
    double a, b;        /* column 0 of U is a * root, column 1 is b */
    double c00, c01, c11;
    double log_det; /* log |V| */
} meta_block;
void meta_block_make(meta_block *block, const rp_meta_data *data, size_t study, double effect, double between,
                     double *w);
/* out = V^-1 z; they may be the same. */
void meta_block_solve(const meta_block *block, const double *z, double *out);
/* tr V^-1, tr V^-2. */
void meta_block_traces(const meta_block *block, double *once, double *twice);

/* ---- log-likelihood at given variances: meta_objective.c ------------------------------------------------------- */

/* [0]: of effects, [1]: of studies. */
typedef struct meta_point {
    double variance[2];
    double log_lik;
    double gradient[2];
    double observed[3], expected[3]; /* information: 00, 01, 11 */
    double rss;                      /* e' V^-1 e */
    double slope;                    /* minus its derivative by the variance of effects */
    double trace;                    /* tr P */
    double trace_a;                  /* tr V^-1 */
    double trace_pp;                 /* tr P P */
} meta_point;
typedef struct meta_work {
    const rp_meta_data *data;
    bool reml;
    double *gamma;   /* p: coefficients of Q */
    double *inverse; /* p by p: (Q' V^-1 Q)^-1 */
    double *e, *u;   /* k: residuals, V^-1 times them */
    double *w, *room;
    meta_block *blocks; /* a study each */
    double *z, *once;   /* k by p: V^-1 Q; k: V^-1 1 */
} meta_work;
bool meta_work_make(meta_work *work, const rp_meta_data *data, bool reml, rp_arena *arena) RP_MUST_CHECK;
/* False: Q' V^-1 Q is not positive definite, or not finite. O(k p^2). */
bool meta_evaluate(meta_work *work, const double *variance, meta_point *out);

/* ---- variances: meta_search.c --------------------------------------------------------------------------------------
 */

typedef struct meta_found {
    meta_point at;
    int evaluations;
    bool converged;
    bool several; /* searches from different places ended on different summits */
} meta_found;
/* By the spec's method. `work` is left at the place found. */
void meta_search(meta_work *work, meta_found *out);

/* ---- numbers of distributions, coefficients: meta_infer.c ------------------------------------------------------ */

double meta_chi2_quantile(double p, double df);
double meta_f_upper(double f, double d1, double d2); /* d2 infinite: chi-square over d1 */
rp_meta_coefficient meta_coefficient(double estimate, double se, double df, double level);
rp_meta_coefficient meta_no_coefficient(void);
/* The Wald test of all columns but the intercept (or of all). df2 infinite: chi-square, else F. */
bool meta_wald(const rp_meta_data *data, const double *beta, const double *vcov, double df2, double *qm, double *df1,
               double *p, rp_arena *scratch) RP_MUST_CHECK;
/* beta and vcov from the work's gamma and inverse; vcov times `scale`. */
bool meta_estimates(const meta_work *work, double scale, double *beta, double *vcov, rp_arena *scratch) RP_MUST_CHECK;
/* Whether a univariate model: each effect by itself. */
bool meta_is_simple(const rp_meta_spec *spec);

/* ---- words: meta_words.c ---------------------------------------------------------------------------------------- */

/* Why these effects cannot be fitted at all, or NULL; *ok false: no memory. */
const char *meta_why_not(const rp_meta_data *data, bool *ok, rp_arena *arena);
bool meta_say(rp_meta_fit *fit, const meta_found *found, rp_arena *arena) RP_MUST_CHECK;

#endif
