/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators. Journal of
 * Educational Statistics 6, 107-128, eq. 6e: what a standardised mean difference is multiplied by to be unbiased. */
#include <math.h>

#include "maths/maths_private.h"

/* With a = m / 2, log J = log G(a) - log G(a - 1/2) - log(a) / 2. In Stirling's formula the large terms cancel to
 * -(a - 1) log(1 - 1 / (2a)) - 1/2, so that nothing is lost where a is large. */
double rp_gamma_ratio_j(double df) {
    if (!(df > 1))
        return NAN;
    double a = df / 2, half_less = (df - 1) / 2;
    if (isinf(df))
        return 1;
    if (a < 20)
        return tgamma(a) / (sqrt(a) * tgamma(half_less));
    return exp(-(a - 1) * log1p(-0.5 / a) - 0.5 + rp_stirling_rest(a) - rp_stirling_rest(half_less));
}
