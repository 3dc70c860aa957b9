/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the nested solver share.
 *
 * Every group, whatever its level, has one symmetric matrix S over the columns D of the design that are used, y last.
 * Of a lowest group it is the Gram matrix of its rows; eliminating the group's own random effects leaves
 *   S - S_.z F S_z.,   F = L (L' S_zz L + I)^-1 L',   log|M| += log|L' S_zz L + I|
 * to its parent, where z are the columns that vary between the groups and L is that level's Lambda, with a row for each
 * of these columns and a column for each random effect (so that one column may stand in several terms). The parent's S
 * is the sum over its children. What is left at the root is the Gram matrix of generalised least squares.
 *
 * The gradient comes down the same tree. Q is kappa d d' + Omega: d the coefficients of y - X beta - (all that is
 * higher), over the columns of D, Omega the variance of that sum given the data, over sigma^2 (REML counts beta into
 * it, as an effect of infinite variance), kappa = n / r^2. For a group below, with A = I - (F S_z. in the rows z),
 *   Q_group = A Q_parent A' + F (in rows and columns z),
 * and the gradient with respect to L is 2 (S_zz - (I - S_zz F) S_z. Q_parent S_.z) E', E = (L' S_zz L + I)^-1 L'. All
 * of this stands where L is singular. (Algebra: the usual block elimination of the mixed model equations; checked in
 * the tests against dense matrices.) */
#ifndef RAPPORT_MODELS_NESTED_PARTS_H
#define RAPPORT_MODELS_NESTED_PARTS_H

#include "models/mixed/mixed_parts.h"

/* Sums over very many groups that are much alike: rounding would add up. Parts of a few, the parts compensated. */
typedef struct nested_sum {
    size_t n, in_part;
    double *part;
    rp_sum *total;
} nested_sum;
bool nested_sum_make(nested_sum *sum, size_t n, rp_arena *arena) RP_MUST_CHECK;
void nested_sum_clear(nested_sum *sum);
/* After adding to `part`, once a group. */
void nested_sum_added(nested_sum *sum);
void nested_sum_take(nested_sum *sum, double *out); /* the sums; empties it */

typedef struct nested_level {
    size_t factor, n_groups;
    size_t k, q;      /* columns that vary; random effects of a group */
    size_t *z;        /* k columns of D */
    double *lambda;   /* k by q */
    uint32_t *starts; /* n_groups + 1: children of the level below; of the lowest, places in `order` */
    double *reduced;  /* of levels above the lowest: each group's S, packed, and log|M| of all below it */
    nested_sum up;    /* what the groups of one parent leave it: packed S, log|M| */
    nested_sum slope; /* the gradient with respect to lambda, k by q */
    double *q_matrix; /* D by D: Q of the group at hand, for its children */
} nested_level;

/* Lowest groups of one parent with the same S_zz, as one. The columns of D that do not vary between the groups are w.
 */
typedef struct nested_patterns {
    size_t n, w, most; /* most: records of one parent */
    uint32_t *starts;  /* of each parent: its patterns; parents + 1 */
    double *count;     /* n: groups */
    double *records;   /* n times `room`: S_zz, k by k; sum of S_zw, k by w; of S_ww, packed; of the products of the
                        * elements of S_zw, packed */
    size_t room;
} nested_patterns;

/* Where an element of theta stands. */
typedef struct nested_place {
    size_t level, at;
} nested_place;

/* AR(1) residuals: see mixed_lags.c. */
enum { NESTED_LAGS = 32 }; /* lags below it are weighed once an evaluation */
typedef struct nested_ar1 {
    double rho;
    uint32_t *starts;                      /* of each cell, in the statistics' order, + 1: its lags */
    mixed_lag_weights by_lag[NESTED_LAGS]; /* of one pair */
    rp_sum logdet, logdet_slope, slope;    /* log|R|, its derivative; that of the rest of the objective */
} nested_ar1;

struct mixed_plan {
    const rp_mixed_stats *stats;
    size_t m;       /* columns of D, y last */
    size_t *gather; /* packed D by D: where it stands in a cell's packed Gram */
    size_t n_levels;
    nested_level *levels; /* the lowest first */
    uint32_t *order;      /* cells in the order of the tree */
    size_t *fixed;        /* columns of D of the coefficients, p */
    size_t intercept;     /* the coefficient that the origin of y is added to, or SIZE_MAX */
    size_t n_theta;
    nested_place *places; /* of the elements of Lambda; rho has none */
    size_t n_places;
    nested_ar1 *ar1;           /* NULL: residuals are independent */
    nested_patterns *patterns; /* NULL: each lowest group by itself */
    nested_sum all;            /* packed S: of a model without levels */
    double *root;              /* packed S and log|M| of all */
    double *seen_theta;        /* the root is that of this theta, if `seen` */
    bool seen;
    double *work;                /* of one group */
    double *q_root;              /* D by D */
    double *r, *beta, *unscaled; /* p by p, p, p by p */
};

/* Scratch for one group; t, y, c are used up by what follows. */
typedef struct nested_group {
    double *s;         /* D by D */
    double *f, *e;     /* k by k, q by k */
    double *y, *c;     /* q or k by D, the larger of k and q squared */
    double *b, *m, *t; /* the larger of k and q by D, k by k, k by k or q */
    double logdet;     /* log|L' S_zz L + I| */
} nested_group;
size_t nested_group_room(const mixed_plan *plan);
nested_group nested_group_in(const mixed_plan *plan);
/* S into g->s: of a lowest group by itself, and from its packed form. */
void nested_load_lowest(const mixed_plan *plan, size_t group, nested_group *g);
void nested_load_packed(const mixed_plan *plan, const double *packed, nested_group *g);

/* S_zz of g->s, k by k. */
void nested_take_block(const mixed_plan *plan, const nested_level *level, const nested_group *g, double *a);
/* F of S_zz = a (k by k), and log|C|, or, if `with_e`, E instead. False: not a number. */
bool nested_factor(const nested_level *level, const double *a, nested_group *g, bool with_e);
/* Eliminates the group of g->s: what it leaves to its parent, and log|M| with that of all `below`, go to level->up. */
bool nested_group_up(const mixed_plan *plan, nested_level *level, double below, nested_group *g);
/* Adds the group's part to level->slope; Q of the group itself into `out`, D by D, unless NULL. */
bool nested_group_down(const mixed_plan *plan, nested_level *level, const double *q_matrix, double *out,
                       nested_group *g);
/* Of nested_group_down: b = S_z. Q and m = S_z. Q S_.z; then, with F, Q of the group. */
void nested_group_inner(const mixed_plan *plan, const nested_level *level, const double *q_matrix, nested_group *g);
void nested_group_pass(const mixed_plan *plan, const nested_level *level, const double *q_matrix, double *out,
                       nested_group *g);
/* Adds 2 (count A - (I - A F) inner) E' to level->slope: inner is the sum of S_z. Q S_.z over `count` groups, not in
 * g->t or g->y. */
void nested_slope_add(nested_level *level, double count, const double *a, const double *inner, nested_group *g);

/* The plan's ar1, where the spec asks for it. False: no memory. */
bool nested_ar1_make(mixed_plan *plan, rp_arena *arena) RP_MUST_CHECK;
/* False: |rho| is not below 1. */
bool nested_ar1_set(mixed_plan *plan, double rho);
/* Adds what a cell's lags do to D'R^-1D to s, D by D. */
void nested_ar1_add(const mixed_plan *plan, size_t cell, double *s);
/* Adds to the slope what a cell does, given Q of its lowest group: the sum of the elements of Q times those of the
 * derivative of D'R^-1D. */
void nested_ar1_down(mixed_plan *plan, size_t cell, const double *q_matrix);

/* The plan's patterns, where they pay; none else. False: no memory. */
bool nested_compress(mixed_plan *plan, rp_arena *arena) RP_MUST_CHECK;
bool nested_patterns_up(mixed_plan *plan, size_t parent, nested_group *g);
bool nested_patterns_down(mixed_plan *plan, size_t parent, const double *q_matrix, nested_group *g);

/* d at the root: y - X beta, by the columns of D. */
void nested_d_at_root(const mixed_plan *plan, double *d);

mixed_plan *nested_plan(const rp_mixed_stats *stats, rp_arena *arena, rp_error *error);
bool nested_evaluate(mixed_plan *plan, const double *theta, mixed_point *out);
bool nested_modes(mixed_plan *plan, const double *theta, size_t term, double *modes, double *variances);

#endif
