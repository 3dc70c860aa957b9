/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of models/sem share. Letters as in rapport/sem.h; matrices by rows. p: observed variables, v: all. */
#ifndef RAPPORT_MODELS_SEM_PARTS_H
#define RAPPORT_MODELS_SEM_PARTS_H

#include "rapport/sem.h"

/* ---- prepare: sem_prepare.c, sem_merge.c ------------------------------------------------------------------ */

/* Rows of one group with the same variables observed: k of them, in the order of the layout.
 *
 * With levels a cluster of s rows is turned (by Helmert's matrix, which is orthonormal) into s - 1 rows without a mean,
 * whose covariances are those within, and one row, the root of s times its mean, whose covariances are those within and
 * s times those between (McDonald & Goldstein, Br J Math Stat Psychol 42, 1989). So group 0 has one pattern, of mean 0
 * and the cross products within clusters, and group 1 a pattern for each size of cluster. */
typedef struct sem_pattern {
    uint32_t group;
    uint32_t size; /* with levels, in group 1: s; else 0 */
    uint32_t k;
    const uint32_t *observed; /* k places in the layout */
    int64_t n;
    double *mean;  /* k */
    double *cross; /* k by k: sums of products of deviations from the mean; both triangles */
    double *rows;  /* n by k, the values themselves; NULL unless layout->casewise */
} sem_pattern;
/* Sorted by group, then by size, then by what is observed. Listwise, without levels: at most one pattern a group, of
 * everything. */
struct rp_sem_stats {
    const rp_sem_layout *layout;
    sem_pattern *patterns;
    size_t n_patterns;
    struct sem_ordered_rows *ordered; /* with layout->categories, and then no patterns: sem_ordered.h */
    int64_t left_out;
};
/* The order of patterns, for qsort: by group, then by size, then as a list of names goes: one that has an earlier
 * variable, or more after the same ones, comes first, so that the complete pattern is the first of its group. */
int sem_pattern_order(const void *a, const void *b);
/* Room for k observed variables, their mean and cross, zeroed. False: no memory. */
bool sem_pattern_make(sem_pattern *pattern, uint32_t group, size_t k, rp_arena *arena) RP_MUST_CHECK;
/* sem_levels_prepare.c: the patterns and rows left out of a block of rows with clusters. */
bool sem_levels_fill(rp_sem_stats *stats, const rp_sem_rows *rows, rp_arena *arena, rp_arena *scratch,
                     rp_error *error) RP_MUST_CHECK;

/* ---- the model at given parameters: sem_ram.c --------------------------------------------------------------- */

/* Of one group. With layout->categories the residual variance of each observed variable is what is left of 1. */
typedef struct sem_ram {
    const rp_sem_spec *spec;
    size_t group, p, v;
    double *a, *s, *alpha; /* v by v, v by v, v */
    double *b, *e;         /* B = (I - A)^-1 and E = B S B': v by v */
    double *mean_all;      /* B alpha: v */
    double *sigma, *mu;    /* p by p, p: implied */
    double *room;          /* with layout->categories: p by 2 p + n_parameters + 1; else NULL */
} sem_ram;
/* In arena; false: no memory. */
bool sem_ram_make(const rp_sem_spec *spec, size_t group, sem_ram *out, rp_arena *arena) RP_MUST_CHECK;
/* Fills everything at theta. False: I - A is singular. O(v^3). */
bool sem_ram_at(sem_ram *ram, const double *theta) RP_MUST_CHECK;
/* Adds to `gradient` (n_parameters) that of a function F of sigma and mu, from dF/dsigma (p by p, symmetric: the
 * derivative by each element as if all p^2 were free) and dF/dmu (p; NULL where spec->means is false). `scratch`: 3 v^2
 * + v numbers. */
void sem_ram_gradient(const sem_ram *ram, const double *by_sigma, const double *by_mu, double *gradient,
                      double *scratch);
/* d(mu, vech sigma)/dtheta: rows are p means (where spec->means), then the lower triangle by columns; n_parameters
 * columns. `scratch`: 2 v^2 + 2 v. */
void sem_ram_jacobian(const sem_ram *ram, double *jacobian, double *scratch);

/* With layout->categories: sem_residual.c. Residual variances into ram->s, where all but them is there, and B; false:
 * no such variances. And how derivatives that leave them as they are change since they are not. */
bool sem_residual_fill(sem_ram *ram) RP_MUST_CHECK;
void sem_residual_jacobian(const sem_ram *ram, double *jacobian);
/* Derivatives by sigma, p by p, so changed that what is made of them counts that: in ram->room. */
const double *sem_residual_by_sigma(const sem_ram *ram, const double *by_sigma);
/* A x = b for each of `columns` right sides, by elimination with row exchanges; all by rows, `a` is spoilt, b becomes
 * x. False: singular. */
bool sem_solve(double *a, size_t n, double *b, size_t columns) RP_MUST_CHECK;

/* ---- the objective: sem_objective.c ----------------------------------------------------------------------- */

/* -2 log-likelihood of all rows at theta, all constants in it; its gradient (n_parameters) unless NULL. Not finite:
 * sigma is not positive definite there. */
typedef struct sem_objective sem_objective;
sem_objective *sem_objective_make(const rp_sem_spec *spec, const rp_sem_stats *stats, rp_arena *arena) RP_MUST_CHECK;
double sem_objective_value(sem_objective *objective, const double *theta, double *gradient);

/* ---- unrestricted means and covariances: sem_saturated.c ---------------------------------------------------- */

/* Of each group: complete data in one step, else by EM (Dempster, Laird & Rubin 1977). */
typedef struct sem_saturated {
    double *mean, *cov; /* p, p by p */
    double log_lik;
    bool converged;
    int steps;
} sem_saturated;
/* n_groups of them in `out`, in arena. False: no memory. `log_lik` NaN: not positive definite. With levels the first
 * has the log-likelihood of both; NaN: no summit was found, and moments are only about those of the data. */
bool sem_saturated_make(const rp_sem_stats *stats, sem_saturated *out, rp_arena *arena) RP_MUST_CHECK;

/* ---- two levels: sem_levels_saturated.c, sem_levels_words.c ------------------------------------------------ */

/* Mean squares within clusters and between them, p by p, the mean of all rows, and the size that clusters of one size
 * would have. */
typedef struct sem_anova {
    double rows, clusters, size;
    double *mean, *within, *between;
} sem_anova;
bool sem_anova_make(const rp_sem_stats *stats, sem_anova *out, rp_arena *arena) RP_MUST_CHECK;
/* Whether covariances are positive definite, and not only just. `scratch`: p by p. */
bool sem_levels_proper(const double *cov, size_t p, double *scratch);
/* Covariances between clusters that a search can begin with. `scratch`: p by p. */
void sem_levels_tame(double *between, const double *within, size_t p, double *scratch);
/* Both levels of the unrestricted model; the log-likelihood without any covariances (NaN: not found). */
bool sem_levels_saturated(const rp_sem_stats *stats, sem_saturated *out, rp_arena *arena) RP_MUST_CHECK;
bool sem_levels_baseline(const rp_sem_stats *stats, double *log_lik, rp_arena *scratch) RP_MUST_CHECK;
/* Why these clusters cannot be fitted at all, or NULL; *ok false: no memory. */
const char *sem_levels_why_not(const rp_sem_spec *spec, const rp_sem_stats *stats, bool *ok, rp_arena *arena);
/* More notes of a fit that has estimates, and notes by sem_say. */
bool sem_levels_say(rp_sem_fit *fit, const sem_saturated *saturated, rp_arena *arena) RP_MUST_CHECK;

/* ---- the fit: sem_space.c, sem_start.c, sem_signs.c, sem_information.c, sem_words.c
 * -----------------------------------------
 */

/* theta = origin + K eta keeps the linear constraints: K is n by m, of orthonormal columns. */
typedef struct sem_space {
    size_t n, m;
    double *k, *origin;
    size_t at_odds; /* a constraint that contradicts those before it; SIZE_MAX: none */
} sem_space;
bool sem_space_make(const rp_sem_spec *spec, sem_space *out, rp_arena *arena) RP_MUST_CHECK;
/* The nearest theta that keeps the constraints, in place; `scratch`: m. */
void sem_space_project(const sem_space *space, double *theta, double *scratch);

/* The nearest summit from theta, in place. False: no memory. */
bool sem_climb(const rp_sem_spec *spec, const rp_sem_stats *stats, int most_evaluations, double *theta,
               rp_minimum *found, rp_arena *arena) RP_MUST_CHECK;
/* A start from observed moments. */
bool sem_start(const rp_sem_spec *spec, const sem_saturated *observed, double *theta, rp_arena *arena) RP_MUST_CHECK;
/* The first variable of those that measure `latent` with something else than 0; NULL: none. */
const rp_sem_line *sem_marker(const rp_sem_spec *spec, size_t latent, size_t group);
/* Free covariances, in all groups, halved. */
void sem_start_shrink(const rp_sem_spec *spec, double *theta);
/* Free loadings times draws: another place to search from. */
void sem_start_shake(const rp_sem_spec *spec, uint64_t seed, uint32_t which, double *theta);

/* Expected information of complete rows as many as there are: n_parameters by n_parameters. *defined: sigma is positive
 * definite at theta. */
bool sem_information(const rp_sem_spec *spec, const rp_sem_stats *stats, const double *theta, double *information,
                     bool *defined, rp_arena *arena) RP_MUST_CHECK;
/* ---- rows and moments of a group: sem_curvature.c, sem_casewise.c, sem_robust.c ------------------------------------
 *
 * Moments are those of sem_ram_jacobian, in its order: means where the model has them, then covariances. */

size_t sem_moment_count(const rp_sem_spec *spec);
/* Which of them the covariance of i and j is, the first of covariances being `first`. */
size_t sem_moment_place(size_t first, size_t p, size_t i, size_t j);
/* Minus the second derivatives of the log-likelihood by the moments at mu and sigma, as observed or as expected where
 * values are missing at random; square, both triangles. *defined: sigma is positive definite. False: no memory. */
bool sem_moment_information(const rp_sem_spec *spec, const rp_sem_stats *stats, size_t group, const double *mu,
                            const double *sigma, bool observed, double *out, bool *defined,
                            rp_arena *arena) RP_MUST_CHECK;
/* Sums over casewise rows of products of their scores, derivatives of the log-likelihood by the moments; likewise. */
bool sem_moment_scatter(const rp_sem_spec *spec, const rp_sem_stats *stats, size_t group, const double *mu,
                        const double *sigma, double *out, bool *defined, rp_arena *arena) RP_MUST_CHECK;
/* vcov, until now the inverse of observed information, becomes the sandwich; scaled chi-squares. */
bool sem_robust(rp_sem_fit *fit, const sem_saturated *saturated, rp_arena *arena) RP_MUST_CHECK;

/* ---- measures: sem_measures.c --------------------------------------------------------------------------------- */

/* One variable's over the patterns of a group that have it. */
rp_moments sem_variable_moments(const rp_sem_stats *stats, size_t group, size_t variable);

/* ---- spaces ------------------------------------------------------------------------------------------------------ */

/* In eta: K' information K, m by m. */
void sem_space_information(const sem_space *space, const double *information, double *out);
/* vcov of theta by information in eta, and NaN for the parameters that a direction without information moves;
 * *null (n; zeros at first) is how much they are moved. *singular: there is such a direction. */
bool sem_space_vcov(const sem_space *space, const double *information, double tolerance, double *vcov, double *null,
                    bool *singular, rp_arena *arena) RP_MUST_CHECK;
#define SEM_MOVED 1e-4 /* of *null: such a parameter moves */
/* The same, without NaN: directions without information count as if they were fixed. */
bool sem_space_inverse(const sem_space *space, const double *information, double tolerance, double *vcov, double *null,
                       bool *singular, rp_arena *arena) RP_MUST_CHECK;

/* Whether a variable is measured freely by two latent variables that may not covary: such fits have several summits. */
bool sem_has_several_summits(const rp_sem_spec *spec);
/* Where a latent variable's sign is free, its first free loading is above 0. False: no memory. */
bool sem_set_signs(const rp_sem_spec *spec, double *theta, rp_arena *arena) RP_MUST_CHECK;

/* The standard error of something whose derivatives by the parameters are g. NaN: it rests on one that has none. */
double sem_delta_error(const rp_sem_fit *fit, const double *g);
/* What a line's value is multiplied by to be standardised, of a model at its estimate. */
double sem_standard_factor(const sem_ram *ram, const rp_sem_line *line);

/* "x1 ~~ x1", and the group where there are several. NULL: no memory. */
const char *sem_line_name(const rp_sem_spec *spec, const rp_sem_line *line, rp_arena *arena);
/* Why these rows cannot be fitted at all, or NULL; *ok false: no memory. */
const char *sem_why_not(const rp_sem_spec *spec, const rp_sem_stats *stats, const sem_saturated *saturated, bool *ok,
                        rp_arena *arena);
/* What makes a covariance matrix (p by p) singular, as far as one variable or two can. NULL: no memory. */
const char *sem_why_singular(const rp_sem_layout *layout, size_t group, const double *cov, rp_arena *arena);
/* Status, message and notes of a fit that has estimates; `null` as from sem_space_vcov. */
bool sem_say(rp_sem_fit *fit, bool converged, bool singular, const double *null, rp_arena *arena) RP_MUST_CHECK;

#endif
