/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Neumaier, A. (1974). Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen. Zeitschrift fuer
 * Angewandte Mathematik und Mechanik 54, 39-51, method IV. The compiler must keep the order of operations, as ISO C
 * has it: no -ffast-math. */
#include <math.h>

#include "rapport/maths.h"

void rp_sum_add(rp_sum *sum, double x) {
    double total = sum->sum + x;
    if (fabs(sum->sum) >= fabs(x))
        sum->carry += (sum->sum - total) + x;
    else
        sum->carry += (x - total) + sum->sum;
    sum->sum = total;
}

void rp_sum_merge(rp_sum *sum, const rp_sum *other) {
    double carry = other->carry; /* the two may be the same */
    rp_sum_add(sum, other->sum);
    sum->carry += carry;
}

double rp_sum_value(const rp_sum *sum) {
    /* An infinite sum has a carry that is not a number; the sum itself is right. */
    return isfinite(sum->sum) ? sum->sum + sum->carry : sum->sum;
}
