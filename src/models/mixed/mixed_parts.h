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
    int64_t *rows;  /* n: how many went in */
} mixed_cells;

/* Of a model with AR(1) residuals: pairs of rows that follow one another in a cell, as far apart as `lag` says; see
 * mixed_lags.c. Sorted by cell. */
typedef struct mixed_lag {
    uint32_t cell, lag;
    double pairs;
} mixed_lag;
typedef struct mixed_lags {
    size_t n;
    mixed_lag *at;
    double *grams; /* n times two packed Grams: of both rows of each pair, and of the one with the other */
} mixed_lags;

typedef struct binomial_cells binomial_cells; /* binomial_parts.h */

struct rp_mixed_stats {
    const rp_mixed_spec *spec;
    int64_t rows;
    double log_weights; /* sum of log w */
    double y_origin;    /* subtracted from y in the Grams; 0 where the design has no intercept */
    mixed_cells cells;  /* Gaussian */
    mixed_lags lags;    /* ar1 */
    binomial_cells *binomial;
};

/* Numbers of a packed symmetric matrix of n by n, or where its row n begins. */
static inline size_t mixed_packed(size_t n) {
    return n * (n + 1) / 2;
}
/* Keys as cells are sorted by: below 0, 0 or above 0. */
int mixed_key_compare(const uint32_t *a, const uint32_t *b, size_t n_factors);
/* The order of n keys, into `order`; what is alike stays in its order. False: no memory. */
bool mixed_order(const uint32_t *keys, size_t n, size_t n_factors, uint32_t *order, rp_arena *scratch) RP_MUST_CHECK;
/* The column of the fixed intercept, or SIZE_MAX. */
size_t mixed_intercept(const rp_mixed_spec *spec);
bool mixed_cells_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, rp_arena *arena,
                         rp_error *error) RP_MUST_CHECK;
bool mixed_cells_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n, rp_arena *arena,
                       rp_error *error) RP_MUST_CHECK;

/* Takes y of a packed Gram from an origin that is higher by `shift`, given the column of ones. */
void mixed_move_origin(double *gram, size_t m, size_t intercept, double shift);
/* The lags of cells that are there: `order` has their rows, cell after cell, `starts` where each begins. */
bool mixed_lags_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, const uint32_t *order, const uint32_t *starts,
                        rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* Of merged cells, each of which is cell[c] of part[c], c below n_cells. */
bool mixed_lags_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n_parts, const uint32_t *part,
                      const uint32_t *cell, size_t n_cells, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* What a lag's two Grams add to D'R^-1D, and one of its pairs to log|R|, and the derivatives in rho, |rho| < 1. */
typedef struct mixed_lag_weights {
    double both, cross, both_slope, cross_slope, logdet, logdet_slope;
} mixed_lag_weights;
mixed_lag_weights mixed_lag_weigh(double rho, uint32_t lag);

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
/* Which of the two: nested where each factor's groups lie whole within groups of the next, in some order. O(cells).
 * NULL: see *error. */
const mixed_solver *mixed_solver_for(const rp_mixed_stats *stats, rp_error *error);

/* The factors that have terms, the one with most groups first, and how many groups of each have rows. */
typedef struct mixed_chain {
    size_t n;
    size_t *factors, *groups;
    bool nested;
} mixed_chain;
/* Arrays in arena. False: no memory. O(cells). */
bool mixed_chain_find(const rp_mixed_stats *stats, mixed_chain *chain, rp_arena *arena) RP_MUST_CHECK;
bool mixed_factor_used(const rp_mixed_spec *spec, size_t factor);
/* How many groups have rows, each marked by 1 in `room` (as many places as the factor has levels; the rest 0). */
size_t mixed_groups_met(const rp_mixed_stats *stats, size_t factor, uint32_t *room);

/* theta of a term: q (q + 1) / 2 numbers, lower triangle by columns, term after term; then rho for ar1. */
size_t mixed_theta_count(const rp_mixed_spec *spec);

/* Directions for theta that are told apart as well as can be, one for each of its elements: along direction e move
 * theta[e] to theta[e + n - 1], all in one column of Lambda. See mixed_directions.c. */
typedef struct mixed_direction {
    size_t n;
    const double *along;
} mixed_direction;
typedef struct mixed_directions {
    size_t n;
    mixed_direction *at;
} mixed_directions;
/* From the Gram matrix of all rows, packed, in arena. rho's direction is its own. False: no memory. */
bool mixed_directions_find(const rp_mixed_spec *spec, const double *total, double rows, mixed_directions *out,
                           rp_arena *arena) RP_MUST_CHECK;
void mixed_directions_move(const mixed_directions *d, size_t e, double by, double *theta);
/* The objective's slope along e, of its gradient in theta. */
double mixed_directions_slope(const mixed_directions *d, size_t e, const double *gradient);
/* theta in the directions: by how much along each it is to be moved from zero. */
void mixed_directions_numbers(const mixed_directions *d, const double *theta, double *numbers);
/* A term's T, q by q, lower triangular: its columns times T have mean square 1 and no mean product. */
bool mixed_turn(const rp_mixed_term *term, const double *total, double rows, double *t,
                rp_arena *scratch) RP_MUST_CHECK;

/* ---- fit ------------------------------------------------------------------------------------------- */

/* The Gram matrix of all rows, packed, in arena; NULL: no memory. */
double *mixed_total(const rp_mixed_stats *stats, rp_arena *arena) RP_MUST_CHECK;

typedef struct mixed_fault {
    const char *fault; /* a sentence: why no fit is possible; or NULL */
    const char *close; /* what makes it a delicate one; or NULL */
    mixed_chain chain; /* where a fit is possible */
} mixed_fault;
/* False: no memory. */
bool mixed_check(const rp_mixed_stats *stats, const double *total, mixed_fault *out, rp_arena *arena) RP_MUST_CHECK;

/* The same of the columns alone, fixed ones and each term's: a fault, or a delicate one. */
bool mixed_check_columns(const rp_mixed_spec *spec, const double *total, mixed_fault *out,
                         rp_arena *arena) RP_MUST_CHECK;

/* The message and the notes of a fit whose numbers are there. False: no memory. */
bool mixed_say(rp_mixed_fit *fit, const char *close, rp_arena *arena) RP_MUST_CHECK;
/* rp_mixed_fit_stats for the Gaussian family. */
rp_mixed_fit *mixed_fit_gaussian(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                                 rp_error *error) RP_MUST_CHECK;

/* ---- binomial models ---------------------------------------------------------------------------------- */

/* The parts of mixed.h for binomial families. binomial_prepare and binomial_merge fill all of stats but its spec, which
 * is there. */
bool binomial_prepare(rp_mixed_stats *stats, const rp_mixed_rows *rows, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
bool binomial_merge(rp_mixed_stats *into, rp_mixed_stats *const *parts, size_t n, rp_arena *arena,
                    rp_error *error) RP_MUST_CHECK;
rp_mixed_fit *binomial_fit(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                           rp_error *error) RP_MUST_CHECK;
bool binomial_modes(const rp_mixed_fit *fit, size_t term, double *modes, double *variances, rp_arena *arena,
                    rp_error *error) RP_MUST_CHECK;

#endif
