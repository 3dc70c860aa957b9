/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that infer from a fit share. */
#ifndef RAPPORT_MODELS_INFER_PARTS_H
#define RAPPORT_MODELS_INFER_PARTS_H

#include "models/mixed/mixed_parts.h"

/* ---- degrees of freedom ------------------------------------------------------------------------------- */

/* What Satterthwaite's df needs: how beta's covariance moves with (theta, sigma), and how sure those are. */
typedef struct infer_satterthwaite {
    size_t p, n;        /* n: theta, then sigma, each in a unit of its own */
    double *slopes;     /* n by p by p: d vcov(beta) / d (theta, sigma) */
    double *covariance; /* n by n, of (theta, sigma) */
} infer_satterthwaite;
bool infer_satterthwaite_of(const rp_mixed_fit *fit, rp_arena *arena, infer_satterthwaite *out, rp_error *error);
/* NaN: the variances tell nothing about that of this contrast. */
double infer_satterthwaite_df(const infer_satterthwaite *s, const rp_mixed_fit *fit, const double *contrast);

/* What Kenward & Roger's test needs, all over powers of sigma^2: C = (X'V^-1 X)^-1, C with their correction, and for
 * each variance component C P_i C, with the covariance W of the components. */
typedef struct infer_kenward_roger {
    size_t p, n; /* n: components */
    double *unscaled, *adjusted;
    double *slopes; /* n by p by p */
    double *w;      /* n by n */
    bool defined;   /* false: the components cannot be told apart */
} infer_kenward_roger;
bool infer_kenward_roger_of(const rp_mixed_fit *fit, rp_arena *arena, infer_kenward_roger *out, rp_error *error);

/* ---- blocks of groups that have rows in common --------------------------------------------------------- */

/* Random effects are in one block where cells connect their groups; V is block-diagonal by them. K = Z'V^-1 Z and
 * H = Z'V^-1 X of a block, and its share of X'V^-1 X, from cells alone. */
typedef struct infer_node { /* a group of the block, and where its effects stand: one term of it */
    size_t term, at;        /* at: its first place of the block's q */
} infer_node;
typedef struct infer_block {
    size_t q, n_nodes;
    const infer_node *nodes;
    const double *k; /* q by q */
    const double *h; /* q by p */
} infer_block;
typedef struct infer_blocks infer_blocks;
/* NULL: no memory, or *error says that they are too large. */
infer_blocks *infer_blocks_of(const rp_mixed_fit *fit, rp_arena *arena, rp_error *error);
size_t infer_blocks_count(const infer_blocks *blocks);
size_t infer_blocks_largest(const infer_blocks *blocks); /* its q */
/* The i-th block; good until the next call. Adds its share to x (p by p). */
void infer_blocks_at(infer_blocks *blocks, size_t i, double *x, infer_block *out);

/* ---- parameters, and the deviance with one of them held ------------------------------------------------------ */

typedef enum infer_kind { INFER_SD, INFER_CORRELATION, INFER_SIGMA, INFER_BETA } infer_kind;
typedef struct infer_parameter {
    infer_kind kind;
    size_t term, a, b; /* of a term: of column a, or of columns a and b */
    size_t beta;
} infer_parameter;
/* The i-th of rp_mixed_parameters, and its value; NaN: a correlation with what does not vary. */
infer_parameter infer_parameter_at(const rp_mixed_spec *spec, size_t i);
double infer_parameter_value(const rp_mixed_fit *fit, const infer_parameter *parameter);

/* Gaussian: the same statistics with each column times its `scale` (m places, the last of y: 1), so that its mean
 * square is about 1; the intercept stays. In arena. False: no memory. */
bool infer_rescale(const rp_mixed_stats *from, rp_mixed_stats *out, double *scale, rp_arena *arena) RP_MUST_CHECK;
/* What a value of the parameter in the new units is to be multiplied by, in the old. */
double infer_rescale_back(const rp_mixed_spec *spec, const infer_parameter *parameter, const double *scale);

/* -2 log-likelihood as a function of what is left when one parameter is held: `free` numbers, of any size and sign. */
typedef struct infer_surface {
    const rp_mixed_fit *fit;    /* by maximum likelihood */
    const mixed_solver *solver; /* Gaussian: beta and, unless a spread is held, sigma are profiled out */
    mixed_plan *plan;
    mixed_point point;
    struct binomial_plan *binomial; /* beta is among the free numbers, after theta */
    double *beta;
    infer_parameter parameter;
    double held; /* the parameter's value */
    size_t free;
    double *theta, *l;     /* scratch */
    double *scale, *moved; /* of the free numbers: about so far the deviance rises by 1 */
} infer_surface;
bool infer_surface_open(const rp_mixed_fit *fit, rp_arena *arena, infer_surface *out, rp_error *error);
/* Holds another parameter; where the free numbers are at the estimate goes to `start` (room for n_theta + p).
 * Of a binomial model sigma holds nothing. */
void infer_surface_hold(infer_surface *s, const infer_parameter *parameter, double *start);
double infer_surface_value(infer_surface *s, const double *free); /* INFINITY: not defined there */
/* The least value with the parameter held; `free` moves from where it is to there. NaN: not found. */
double infer_surface_least(infer_surface *s, double *free, rp_arena *scratch);

/* ---- resampling ---------------------------------------------------------------------------------------------- */

/* The highest factor, within whose groups those of all others lie whole, and its groups' cells. */
typedef struct infer_groups {
    const rp_mixed_stats *stats;
    size_t factor, n; /* n: groups that have rows */
    size_t *starts;   /* n + 1: into `cells` */
    uint32_t *cells;
    size_t *lags; /* ar1: of each cell its first lag, and behind the last */
} infer_groups;
/* False: *error says that there is no such factor, or no memory. */
bool infer_groups_of(const rp_mixed_stats *stats, rp_arena *arena, infer_groups *out, rp_error *error);
/* Statistics of the groups chosen (n numbers below groups->n, in rising order; one that comes twice is two groups).
 * Estimates are theirs; the objective is so but for a constant, of weights or of binomial coefficients; binomial
 * cells have forgotten how many rows they had. NULL: no memory. */
rp_mixed_stats *infer_resample(const infer_groups *groups, const uint32_t *chosen, size_t n, rp_arena *arena);

/* ---- small matrices -------------------------------------------------------------------------------------- */

/* Eigenvalues (rising order not promised) and vectors (columns of `vectors`) of a symmetric n by n matrix by Jacobi's
 * rotations; `a` is used up. */
void infer_eigen(double *a, size_t n, double *values, double *vectors);
/* The inverse over eigenvalues above tolerance times the largest absolute one; how many those are. scratch: 2 n n + n.
 */
size_t infer_inverse(const double *a, size_t n, double tolerance, double *out, double *scratch);
double infer_quadratic(const double *a, size_t n, const double *x, const double *y); /* x'Ay */

#endif
