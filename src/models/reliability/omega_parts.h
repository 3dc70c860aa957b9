/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of omega: factors, and how they are turned. Matrices by rows. */
#ifndef RAPPORT_MODELS_RELIABILITY_OMEGA_PARTS_H
#define RAPPORT_MODELS_RELIABILITY_OMEGA_PARTS_H

#include "rapport/models.h"

typedef struct omega_factors {
    double *loadings; /* k by factors */
    bool converged, at_bound;
    int evaluations;
    double max_gradient;
} omega_factors;
/* Minimum residuals (Harman & Jones, Psychometrika 31, 1966): unique variances within 0.005 and 1 such that the squared
 * residuals are least, from what each item shares with all others. *positive: r is positive definite. */
bool omega_minres(const double *r, size_t k, size_t factors, bool *positive, omega_factors *out,
                  rp_arena *arena) RP_MUST_CHECK;

/* Kaiser's varimax of rows scaled to length 1, in place; then each column's sum is not below 0.
 * `lengths`: k numbers. */
void omega_varimax(double *loadings, size_t k, size_t m, double *lengths);
/* Oblimin with gamma 0 from where they are, by gradient projection (Jennrich, Psychometrika 67, 2002), in place;
 * `phi`: m by m correlations of the factors. */
bool omega_oblimin(double *loadings, size_t k, size_t m, double *phi, bool *converged, rp_arena *arena) RP_MUST_CHECK;

#endif
