/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the crossed solver share.
 *
 * The factor with most random effects is eliminated group by group: its part of M = Lambda'Z'Z Lambda + I is block
 * diagonal. With S for Z'Z, i a group of it, C_i = Lambda' S_ii Lambda + I = L_i L_i' and V_i = L_i^-1 Lambda'
 * S_i,rest, what is left for the groups of all other factors is T = S_rest,rest - sum V_i' V_i,   M_rest = Lambda' T
 * Lambda + I, factored as a dense matrix, or as a sparse one where it is large and mostly empty. Then the columns X, y.
 *
 * The gradient needs the blocks D_gg of M^-1 Lambda'Z'Z (safe at a singular Lambda): with W = M_rest^-1,
 *   rest:        D = W Lambda' T
 *   eliminated:  D_ii = E S_ii - E H_i (I - Lambda C_i^-1 Lambda' S_ii), E = C_i^-1 Lambda',
 *                H_i = S_i,rest Lambda W Lambda' S_rest,i
 * and P_ii = C_i^-1 + E H_i E'. All need W only where T has elements. T is not kept: it is made a column of blocks at a
 * time, once for M_rest and once for the gradient.
 *
 * Small blocks are kept by rows; matrices over all of the rest by columns. */
#ifndef RAPPORT_MODELS_CROSSED_PARTS_H
#define RAPPORT_MODELS_CROSSED_PARTS_H

#include "models/mixed/mixed_parts.h"
#include "rapport/maths.h"
#include "rapport/matrix.h"

#define CROSSED_NONE UINT32_MAX

/* A factor that has terms; all of them together are one block of q effects a group. Groups without rows are left out.
 */
typedef struct crossed_factor {
    size_t factor, q;
    size_t *columns; /* of the design, q */
    double *lambda;  /* q by q, lower triangular */
    uint32_t groups; /* that have rows */
    uint32_t *group; /* of each level: its number among these, or CROSSED_NONE */
    uint32_t *block; /* of each such group, of all factors but the eliminated one: its place in the rest */
} crossed_factor;

/* Lists of blocks, a list for each of so many rows; each block ascending and once. */
typedef struct crossed_links {
    size_t rows;
    size_t *start; /* rows + 1 */
    uint32_t *block;
    size_t *at; /* of each link (and of the end): where its numbers begin in `value` */
    double *value;
} crossed_links;

/* Where an element of theta stands. */
typedef struct crossed_place {
    size_t factor, row, column;
} crossed_place;

/* Sums over many groups that are much alike, whose rounding would add up: by parts, the parts compensated. */
typedef struct crossed_sums {
    size_t n, in_part;
    double *part;
    rp_sum *total;
} crossed_sums;

typedef enum crossed_path { CROSSED_ANY, CROSSED_DENSE, CROSSED_SPARSE } crossed_path;

typedef struct crossed_plan {
    const rp_mixed_stats *stats;
    size_t p, d;         /* fixed effects; they and y */
    size_t *x_columns;   /* of the design, d */
    size_t n_factors;    /* that have terms */
    crossed_factor *f;   /* the eliminated one first */
    size_t *factor_at;   /* of each factor of the spec: its place in f, or SIZE_MAX */
    size_t *term_offset; /* of each term: its first effect in its factor's block */
    size_t n_theta;
    crossed_place *place;
    size_t widest; /* the largest q */
    bool scalar;   /* all q are 1 */

    size_t n, q;         /* eliminated groups, effects of each */
    double *own, *own_x; /* S_ii, q by q; S_iX, q by d */
    crossed_links cross; /* S_i,rest: of each group, its blocks, q by q of the block */

    size_t n_blocks, q2;
    uint32_t *block_factor;           /* n_blocks: place in f */
    size_t *at;                       /* n_blocks + 1: first effect of a block in the rest */
    crossed_links gram;               /* S_rest,rest: of block k, the blocks from k on, q of the block by q of k */
    size_t *use_start;                /* n_blocks + 1: which groups have the block, */
    uint32_t *use_group;              /* ascending, */
    size_t *use_link;                 /* and which link of `cross` that is */
    double *rest_x;                   /* q2 by d */
    double *xx;                       /* d by d */
    bool sparse;                      /* else dense */
    crossed_links pattern;            /* sparse: of block k, the blocks from k on where T may have elements */
    rp_sparse_pattern scalar_pattern; /* the same of single effects */
    rp_sparse_factor *factor;
    double *values, *inverse;
    double *dense; /* M_rest, its factor, then its inverse */

    /* At the last theta. */
    double *theta, *gradient;
    bool swept, sloped, factored;      /* what `top` gives is there; the gradient; the factor of M_rest still stands */
    double *l;                         /* L_i */
    double *half, *half_x, *rest_half; /* V_i, in the order of cross.value; L_i^-1 Lambda' S_iX; the same of the rest */
    double *top;                       /* d by d: Cholesky factor of what is left of X and y */
    double logdet;
    double *row_lambda; /* q2: scalar plans only */

    /* Scratch. */
    double *t, *w;                 /* a column of blocks of T, of W: q2 by the widest */
    double *h;                     /* H_i */
    double *rest_p;                /* W_kk of each block k, widest by widest */
    double *coefficients;          /* d by d at most, by columns */
    double *rest_u, *rest_b, *rho; /* q2 by d at most */
    double *own_b;                 /* n by q: b for the first coefficients */
    double *small;                 /* 8 blocks, or as many by d */
    crossed_sums *d_sum, *u_sum;   /* of each factor, q by q: of D, of rho u' */
    crossed_sums top_sum;
} crossed_plan;

/* Small matrices by rows. */
void crossed_lower(const double *l, size_t q, double *b, size_t columns);          /* b = L^-1 b */
void crossed_upper(const double *l, size_t q, double *b, size_t columns);          /* b = L'^-1 b */
void crossed_turned(const double *lambda, size_t q, double *b, size_t columns);    /* b = Lambda' b */
void crossed_times(const double *lambda, size_t q, double *b, size_t columns);     /* b = Lambda b */
void crossed_transpose(const double *a, size_t rows, size_t columns, double *out); /* out = a' */
void crossed_add_product(double scale, const double *a, const double *b, size_t rows, size_t inner, size_t columns,
                         double *out); /* out += scale a b */
bool crossed_sums_make(crossed_sums *sums, size_t n, rp_arena *arena) RP_MUST_CHECK;
void crossed_sums_added(crossed_sums *sums);             /* after adding to `part`, once a group */
double crossed_sums_value(crossed_sums *sums, size_t i); /* of all that was added */
void crossed_sums_clear(crossed_sums *sums);

/* Factors, their groups, places of theta. False: no memory. */
bool crossed_factors_make(crossed_plan *plan, rp_arena *arena) RP_MUST_CHECK;
/* Blocks in the order of the factors' `block`, and all that links them. False: no memory. */
bool crossed_link(crossed_plan *plan, rp_arena *arena) RP_MUST_CHECK;
/* plan->pattern. False: no memory. */
bool crossed_pattern_make(crossed_plan *plan, rp_arena *arena) RP_MUST_CHECK;

/* A plan whose rest is treated as `path` says (CROSSED_ANY: as is best). NULL: see *error. */
crossed_plan *crossed_plan_make(const rp_mixed_stats *stats, crossed_path path, rp_arena *arena,
                                rp_error *error) RP_MUST_CHECK;
/* The plan at theta, up to `top`. False: not positive definite, or no memory. */
bool crossed_sweep(crossed_plan *plan, const double *theta) RP_MUST_CHECK;
/* Blocks from k on into plan->t, by columns, q2 apart. */
void crossed_column(crossed_plan *plan, size_t k);
/* The blocks of column k that T may have from k on: how many, and the j-th of them. */
static inline size_t crossed_rows(const crossed_plan *plan, size_t k) {
    return plan->sparse ? plan->pattern.start[k + 1] - plan->pattern.start[k] : plan->n_blocks - k;
}
static inline size_t crossed_row(const crossed_plan *plan, size_t k, size_t j) {
    return plan->sparse ? plan->pattern.block[plan->pattern.start[k] + j] : k + j;
}
static inline const crossed_factor *crossed_of(const crossed_plan *plan, size_t block) {
    return &plan->f[plan->block_factor[block]];
}

/* u of all groups for the right sides D c, c each of the n columns of plan->coefficients: sums of rho u' over the
 * groups of each factor into u_sum, b of the first into rest_b and own_b. After a sweep, before the inverse. */
void crossed_solve(crossed_plan *plan, size_t n);
/* W, hence H of all eliminated groups and rest_p; with_d: sums of D of the rest into d_sum. */
void crossed_inverse(crossed_plan *plan, bool with_d);
/* D of the eliminated groups into d_sum; after crossed_inverse. */
void crossed_own_d(crossed_plan *plan);

#endif
