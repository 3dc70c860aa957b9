/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of binomial mixed models share: successes y out of n trials, g(mu) = eta = X beta + Z Lambda u,
 * u ~ N(0, I), g the logit or the complementary log-log link. Letters as in Bates et al. (2015).
 *
 * Laplace: L = l(eta) - u'u / 2 - log|H| / 2 at the mode of u, H = Lambda'Z'WZ Lambda + I, W = -d2l/deta2 as observed
 * (for the complementary log-log link that is not the expected information; glmmTMB does so too, glmer does not). */
#ifndef RAPPORT_MODELS_BINOMIAL_PARTS_H
#define RAPPORT_MODELS_BINOMIAL_PARTS_H

#include "models/mixed/mixed_parts.h"

/* ---- cells ------------------------------------------------------------------------------------------ */

/* Rows that are alike in all covariates and groups are one cell: their successes and trials add up, which is exact.
 * Sorted by group (the last factor first), then by covariates: the order of rows and how they were split does not
 * show. Factors that no term uses are left out. */
struct binomial_cells {
    size_t n;
    uint32_t **keys;  /* n_factors arrays of n; NULL: not used */
    double **columns; /* n_columns arrays of n; NULL: ones */
    double *y, *trials;
    double *offset;    /* or NULL */
    double log_choose; /* sum over rows of log (trials choose y) */
};

/* ---- link ------------------------------------------------------------------------------------------- */

/* Of n cells at eta: e = dl/deta, w = -d2l/deta2, and the log-likelihood without binomial coefficients in two parts:
 * the sum of `part` less the logarithm of the product of `factor`, each of which is from 1 to 2. */
void binomial_link_cells(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                         double *e, double *w, double *part, double *factor);
/* That sum over n cells. */
double binomial_link_sum(size_t n, const double *part, const double *factor);
/* Both at once. */
double binomial_link(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                     double *e, double *w);
/* dw/deta. */
void binomial_link_third(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                         const double *e, const double *w, double *dw);

/* ---- the matrix H ------------------------------------------------------------------------------------ */

/* Symmetric and positive definite, sparse: `lead` columns with a pattern that elimination does not widen, and a dense
 * rest of `tail`. values: the diagonal of the leading columns, then what is below it, column after column, then the
 * dense rest, by columns. */
typedef struct binomial_matrix {
    size_t lead, tail;
    size_t *start; /* lead + 1 */
    uint32_t *row; /* rising within a column */
    size_t tail_at, n_values;
    double *values;  /* H, and after matrix_factor its Cholesky factor */
    double *inverse; /* after matrix_invert: of H, on the same places */
    double logdet;
} binomial_matrix;

/* Where element (i, j), i >= j, stands; it must be in the pattern. */
size_t binomial_matrix_place(const binomial_matrix *h, size_t i, size_t j);
bool binomial_matrix_factor(binomial_matrix *h); /* false: not positive definite, or not finite */
void binomial_matrix_solve(const binomial_matrix *h, double *b);
void binomial_matrix_invert(binomial_matrix *h);

/* Random effects that one row may have in all: what is done for each row grows with their square. */
#define RP_BINOMIAL_EFFECTS 24

/* ---- plan -------------------------------------------------------------------------------------------- */

/* All that an evaluation needs. A run is a stretch of cells of the same groups; "local" are the q random effects that
 * such a cell has, factor after factor, term after term. */
typedef struct binomial_plan {
    const rp_mixed_spec *spec;
    const binomial_cells *cells;
    size_t p;
    const double **x; /* p columns, NULL: ones */
    size_t q;
    const double **z;   /* q columns, NULL: ones */
    size_t *term_first; /* of each term, its first local effect */
    size_t *term_base;  /* of each term, where its first group stands in u; groups are factor_width apart */
    size_t *term_step;
    size_t n_theta;
    size_t *theta_row, *theta_column; /* local */
    size_t n_runs;
    size_t *run;     /* n_runs + 1 */
    uint32_t *place; /* of local effect a of a run in u: n_runs by q */
    uint32_t *pair;  /* of (a, b), b <= a, in the matrix: n_runs by q (q + 1) / 2 */
    binomial_matrix h;
    size_t n_u;
    double *u, *u_before, *step, *score, *v;
    double *lambda;                          /* q by q, lower */
    double *fixed, *eta, *e, *w, *dw, *rest; /* of each cell */
    bool known;                              /* the modes at this point have been found: */
    double *at;                              /* theta, then beta */
    double penalised;                        /* l - u'u / 2 there */
    double tolerance;                        /* of u, in standard deviations */
    int n_nodes;                             /* of quadrature; 1: Laplace */
    double *nodes, *log_weights;             /* sqrt(2) z_k; log w_k + z_k^2 */
    double *at_nodes;                        /* scratch of quadrature */
} binomial_plan;

/* Sums of products of all columns of the design over cells, packed, with a place for y that stays 0. NULL: no memory.
 */
double *binomial_column_products(const binomial_plan *plan, rp_arena *arena) RP_MUST_CHECK;
/* Turns the columns of the terms: from then on the plan's theta are numbers along these directions. In arena. False: no
 * memory. */
bool binomial_turn(binomial_plan *plan, mixed_directions *directions, rp_arena *arena) RP_MUST_CHECK;

/* NULL: no memory, or larger than it can be. */
binomial_plan *binomial_plan_new(const rp_mixed_stats *stats, int quadrature, rp_arena *arena, rp_error *error);
/* The sum of squares of a random effect's covariance: local q by q Lambda from theta. */
void binomial_set_lambda(binomial_plan *plan, const double *theta);
/* The modes of u at (theta, beta), from where they were last; e, w, h follow. *penalised: l - u'u / 2. False: not
 * defined there. */
bool binomial_find_modes(binomial_plan *plan, const double *theta, const double *beta, double *penalised);
/* The log-likelihood, Laplace or quadrature, without binomial coefficients; gradient (unless NULL): of theta, then of
 * beta. -INFINITY: not defined there. */
double binomial_log_lik(binomial_plan *plan, const double *theta, const double *beta, double *gradient);
/* Cells that quadrature looks at together, unless a single group has more. */
enum { BINOMIAL_BATCH = 512 };
/* The same by quadrature, after binomial_find_modes. */
double binomial_quadrature(binomial_plan *plan, double theta, double *gradient);
/* sum over cells of column * r; column NULL: ones. */
double binomial_column_sum(const double *column, const double *r, size_t n);

/* The modes start from 0 again. */
void binomial_forget(binomial_plan *plan);
/* What the data tell of beta at theta as known, W taken as it is at the modes: X'WX less X'WZ Lambda H^-1 Lambda'Z'WX;
 * p by p, the lower triangle. It stays as it was where the modes are not defined. False: no memory. */
bool binomial_information(binomial_plan *plan, const double *theta, const double *beta, double *information,
                          rp_arena *arena) RP_MUST_CHECK;
/* A place to start theta from: each standard deviation by moments at (theta = 0, beta), correlations of 0. */
void binomial_start(binomial_plan *plan, const double *beta, double *theta);

/* ---- what cannot be fitted ---------------------------------------------------------------------------- */

/* A sentence on why there is no estimate, or *fault NULL; *close: on what makes it a delicate one. False: no memory. */
bool binomial_check(const binomial_plan *plan, const char **fault, const char **close, rp_arena *arena) RP_MUST_CHECK;
/* A variance of groups, over all rows, beyond belief is no estimate: a sentence, else NULL. `turned`: theta along the
 * plan's directions. */
const char *binomial_endless(const rp_mixed_fit *fit, const double *turned, rp_arena *arena);
/* Whether along `direction` (p numbers) no cell's likelihood falls and some rise: then there is no largest one. The
 * sentence names the columns that matter there. */
bool binomial_separates(const binomial_plan *plan, const double *direction);
const char *binomial_say_separated(const binomial_plan *plan, const double *direction, rp_arena *arena);

/* The model without random effects, by Newton's method from 0: beta, and (p by p) the observed information there.
 * *fault as above. False: no memory. */
bool binomial_without_random(binomial_plan *plan, double *beta, double *information, const char **fault,
                             rp_arena *arena) RP_MUST_CHECK;

/* ---- numbers ------------------------------------------------------------------------------------------ */

/* Room for all numbers of a fit, none of them known. False: no memory. */
bool binomial_take_room(rp_mixed_fit *fit, rp_arena *arena) RP_MUST_CHECK;
void binomial_blank(rp_mixed_fit *fit); /* none is known any more */

#endif
