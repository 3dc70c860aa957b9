/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coefficient alpha: k / (k - 1) (1 - sum of the items' variances / variance of their sum).
 *
 * Source: L. J. Cronbach, Psychometrika 16 (1951) 297-334. No interval: those at hand (Feldt 1965) take the rows for
 * independent, and repeated questionnaires of the same people are not. */
#include "rapport/models.h"

#include <math.h>

double rp_alpha(const double *moments, size_t k) {
    const double *cross = moments + 1 + k;
    double items = 0, total = 0;
    for (size_t i = 0; i < k; i++) {
        items += cross[i * k + i];
        for (size_t j = 0; j < k; j++)
            total += cross[i * k + j];
    }
    /* Where the sum does not vary beyond rounding there is nothing to divide by. */
    if (k < 2 || moments[0] < 2 || !(total > 1e-12 * items) || !(items > 0))
        return NAN;
    return (double)k / (double)(k - 1) * (1 - items / total);
}
