/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered items: each category is an interval of a standard normal variable that nobody sees. */
#ifndef RAPPORT_MODELS_SEM_ORDERED_H
#define RAPPORT_MODELS_SEM_ORDERED_H

#include "models/sem/sem_parts.h"

/* ---- one item, one pair: sem_polychoric.c ------------------------------------------------------------------- */

/* From the counts of n categories, the n - 1 bounds between them, quantiles of the shares below. An empty category is
 * an interval without width: its bounds are equal, or both infinite. Returns how many categories are not empty; without
 * any the thresholds are NaN. */
size_t sem_thresholds(const int64_t *counts, size_t n, double *thresholds);

/* Two items; everything borrowed. A category between equal thresholds must have no counts; it is left out. */
typedef struct sem_pair_table {
    size_t rows, columns;
    const int64_t *counts; /* rows by columns */
    const double *row_thresholds, *column_thresholds;
} sem_pair_table;

/* Probabilities of the cells and their derivatives by rho, |rho| < 1, rows by columns each. */
void sem_pair_cells(const sem_pair_table *table, double rho, double *share, double *by_rho);

typedef enum sem_polychoric_status {
    SEM_POLYCHORIC_CONVERGED,
    SEM_POLYCHORIC_PERFECT, /* the likelihood rises all the way: the correlation is -1 or 1, the other numbers NaN */
    SEM_POLYCHORIC_NONE,    /* no counts, or an item has one category alone: everything is NaN */
    SEM_POLYCHORIC_NOT_CONVERGED
} sem_polychoric_status;

typedef struct sem_polychoric {
    sem_polychoric_status status;
    double correlation;
    double log_lik;     /* the sum of counts times log probabilities */
    double slope;       /* of the log-likelihood at the estimate: about 0 where it converged */
    double information; /* expected, of all counts */
    int steps;
    bool mended;                    /* the one empty cell of a 2 by 2 table counted as 0.5 */
    size_t rows_used, columns_used; /* categories that have width */
} sem_polychoric;
/* The correlation that is most likely where the thresholds are known: the second of two steps (Olsson, Psychometrika
 * 44, 1979). As in lavaan, a 2 by 2 table with one empty cell gets 0.5 there, and the others what keeps its margins;
 * larger tables stay as they are. False: no memory. */
bool sem_polychoric_fit(const sem_pair_table *table, sem_polychoric *out, rp_arena *arena) RP_MUST_CHECK;

/* ---- rows: sem_ordered_rows.c ------------------------------------------------------------------------------- */

enum { SEM_MOST_CATEGORIES = 256 }; /* a code is a byte; no questionnaire has as many */

/* The distinct rows of a group, ascending, each packed into `stride` words, and how often each is there. */
typedef struct sem_ordered_group {
    int64_t n; /* rows */
    size_t distinct;
    uint64_t *keys;
    int64_t *counts;
} sem_ordered_group;
struct sem_ordered_rows {
    size_t stride;
    sem_ordered_group *groups;
};
bool sem_ordered_prepare(const rp_sem_rows *rows, rp_sem_stats *out, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* Of parts with the same layout. False: no memory. */
bool sem_ordered_merge(rp_sem_stats *const *parts, size_t n, rp_sem_stats *out, rp_arena *arena) RP_MUST_CHECK;
/* The categories of each distinct row of a group: n_observed arrays of `distinct` bytes, one after the other. */
void sem_ordered_unpack(const rp_sem_stats *stats, size_t group, uint8_t *codes);

/* ---- thresholds, correlations, and how sure they are: sem_moments.c, sem_gamma.c ------------------------------- */

/* What is said of two items. In the order of the lower triangle by columns, without its diagonal. */
typedef struct sem_pair {
    size_t row, column; /* row > column */
    sem_polychoric found;
    int64_t *counts; /* categories of `column` by those of `row`, empty ones left out */
} sem_pair;
/* Of one group. The estimates' covariances are gamma over n (Muthen, Psychometrika 49, 1984). */
typedef struct sem_moments {
    int64_t n;
    size_t p, n_pairs, n_cuts; /* cuts: bounds between categories that are not empty, of all items, one after another */
    size_t *used;              /* p: categories that are not empty */
    size_t *first_cut;         /* p + 1: where an item's cuts begin */
    double *cuts;              /* n_cuts */
    uint8_t *recoded;          /* p by SEM_MOST_CATEGORIES: a category's number among those that are not empty */
    double *thresholds;        /* one for each line of RP_SEM_THRESHOLD; equal or infinite at empty categories */
    size_t *cut_of;            /* of each threshold its cut; SIZE_MAX: infinite */
    sem_pair *pairs;
    double *gamma; /* n_cuts + n_pairs square, cuts first; NULL unless `whole` */
    bool whole;    /* each item has two categories and each pair a correlation within -1 and 1: gamma is there */
} sem_moments;
/* n_groups of them, in arena. False: no memory. */
sem_moments *sem_moments_make(const rp_sem_stats *stats, bool with_gamma, rp_arena *arena) RP_MUST_CHECK;
/* gamma of moments that are whole; `codes` as from sem_ordered_unpack. */
bool sem_gamma_make(const sem_ordered_group *rows, const uint8_t *codes, sem_moments *moments,
                    rp_arena *arena) RP_MUST_CHECK;
/* As means and covariances: 0, and correlations. log_lik is NaN. */
bool sem_moments_saturated(const sem_moments *moments, size_t n_groups, sem_saturated *out,
                           rp_arena *arena) RP_MUST_CHECK;
/* How many thresholds a group has lines for, and which of them this line is. */
size_t sem_threshold_count(const rp_sem_layout *layout);
size_t sem_threshold_place(const rp_sem_layout *layout, const rp_sem_line *line);

/* ---- the fit: sem_wls.c, sem_wls_errors.c, sem_wls_words.c --------------------------------------------------- */

/* The model without its thresholds, which are as observed: what is left to be searched. */
typedef struct sem_wls {
    const rp_sem_spec *whole;
    rp_sem_spec spec;
    size_t *of; /* of each parameter of `spec` its number in `whole` */
    const sem_moments *moments;
    sem_space space;
    sem_ram *ram;             /* n_groups */
    double *theta;            /* spec.n_parameters: the estimate */
    double *jacobian;         /* moments by n_parameters, of one group at a time */
    double *scratch;          /* of sem_ram_jacobian */
    double *hessian, *by_eta; /* m by m, m */
    rp_arena *arena;
} sem_wls;
/* d(correlations)/dtheta of a group at theta: n_pairs by n_parameters, in wls->jacobian. False: it cannot be had. */
bool sem_wls_jacobian(sem_wls *wls, size_t group, const double *theta) RP_MUST_CHECK;
/* vcov and the scaled and shifted chi-square of a fit whose chisq, df and theta are there. */
bool sem_wls_errors(sem_wls *wls, rp_sem_fit *fit, double *null, bool *singular) RP_MUST_CHECK;
/* The same for a model without correlations. */
void sem_wls_baseline(const rp_sem_fit *fit, double *chisq, double *chisq_scaled);
/* What hinders a fit, or NULL; *ok false: no memory. */
const char *sem_wls_why_not(const rp_sem_layout *layout, const sem_moments *moments, bool *ok, rp_arena *arena);
/* Notes on empty categories, mended tables and correlations that do not go together, after those that there are. */
bool sem_wls_note(const sem_moments *moments, rp_sem_fit *fit, rp_arena *arena) RP_MUST_CHECK;
bool sem_wls_fit(rp_sem_fit *fit, const rp_sem_options *options, rp_arena *arena) RP_MUST_CHECK;

#endif
