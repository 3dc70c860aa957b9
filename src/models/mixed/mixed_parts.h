/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of models/mixed share. Letters as in Bates et al. (2015), see rapport/mixed.h; D is the design's
 * columns and y, side by side. */
#ifndef RAPPORT_MODELS_MIXED_PARTS_H
#define RAPPORT_MODELS_MIXED_PARTS_H

#include "rapport/mixed.h"

/* ---- prepare: cells ------------------------------------------------------------------------------- */

/* Rows that belong to the same group of every factor are one cell: its key (a group number for each factor of the spec)
 * and the Gram matrix D'WD of its rows, m = n_columns + 1, packed: element (i, j), j <= i, at i (i + 1) / 2 + j. Sorted
 * by key, the last factor first (for nested factors named from the lowest up that keeps every group's cells together).
 * Where factors are nested there is one cell for each group of the lowest. */
typedef struct mixed_cells {
    size_t n, m;
    uint32_t *keys; /* n by n_factors */
    double *grams;  /* n by m (m + 1) / 2 */
} mixed_cells;

typedef struct binomial_cells binomial_cells; /* binomial_prepare.c */

struct rp_mixed_stats {
    const rp_mixed_spec *spec;
    int64_t rows;
    double log_weights; /* sum of log w */
    double y_origin;    /* subtracted from y in the Grams; 0 where the design has no intercept */
    mixed_cells cells;  /* Gaussian */
    binomial_cells *binomial;
};

/* ---- objective: one evaluation ---------------------------------------------------------------------- */

/* The profiled Gaussian objective at theta (ML or REML as the spec says). */
typedef struct mixed_point {
    double objective, logdet, logdet_x, r2, sigma2;
    double *beta;     /* p, y_origin added back */
    double *unscaled; /* p by p: (X'V^-1 X)^-1, V = I + Z Lambda Lambda' Z' (with R and weights) */
    double *gradient; /* of the objective, n_theta; NULL: not wanted */
} mixed_point;

/* Two ways to evaluate: nested.c (Schur recursion, any chain of nested factors) and crossed.c (the largest factor
 * eliminated, dense or sparse for the rest). A plan is made once from the statistics, in arena, and has the scratch
 * that an evaluation needs: one evaluation at a time. */
typedef struct mixed_plan mixed_plan;
typedef struct mixed_solver {
    mixed_plan *(*plan)(const rp_mixed_stats *stats, rp_arena *arena, rp_error *error);
    /* false: no memory, or collinear fixed columns (the caller has looked for those before). */
    bool (*evaluate)(mixed_plan *plan, const double *theta, mixed_point *out);
    /* b = Lambda u for all groups of a term, given theta (beta profiled): levels by q, and conditional variances over
     * sigma^2 (Lambda P_gg Lambda'), levels by q by q, unless NULL. */
    bool (*modes)(mixed_plan *plan, const double *theta, size_t term, double *modes, double *variances);
} mixed_solver;
extern const mixed_solver mixed_nested, mixed_crossed;
/* Which of the two: nested where each factor's groups lie whole within groups of the next, in some order. O(cells). */
const mixed_solver *mixed_solver_for(const rp_mixed_stats *stats);

/* theta of a term: q (q + 1) / 2 numbers, lower triangle by columns, term after term. */
size_t mixed_theta_count(const rp_mixed_spec *spec);

#endif
