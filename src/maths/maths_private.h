/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of maths share with one another and with nobody else. */
#ifndef RAPPORT_MATHS_PRIVATE_H
#define RAPPORT_MATHS_PRIVATE_H

#include "rapport/maths.h"

/* What Stirling's formula leaves: log G(x) - ((x - 1/2) log x - x + log(2 pi)/2), x > 0. */
double rp_stirling_rest(double x);

/* x^a e^-x / G(a + 1), a and x > 0: Poisson's probability of a where the mean is x. */
double rp_gamma_term(double a, double x);

/* log(1 + u) - u without cancellation, |u| <= 1/2. */
double rp_log1p_less_u(double u);

/* Both tails of the beta distribution at once, so that the smaller one keeps its digits, and the density on the logit
 * scale, x^a y^b / B(a, b). y = 1 - x is asked for apart, because a caller often knows it better than 1 - x does. */
typedef struct rp_beta_tails {
    double lower, upper, density;
} rp_beta_tails;
rp_beta_tails rp_beta_both(double x, double y, double a, double b);

#endif
