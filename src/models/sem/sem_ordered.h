/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered items: each category is an interval of a standard normal variable that nobody sees (sem_polychoric.c). */
#ifndef RAPPORT_MODELS_SEM_ORDERED_H
#define RAPPORT_MODELS_SEM_ORDERED_H

#include "rapport/base.h"

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

#endif
