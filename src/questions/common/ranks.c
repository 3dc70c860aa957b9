/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/common/ranks.h"

#include <math.h>

#include "rapport/maths.h"

double rp_question_of_rank(const int64_t *histogram, size_t cells, int64_t rank) {
    int64_t seen = 0;
    for (size_t i = 0; i + 1 < cells; i++) {
        seen += histogram[i];
        if (seen >= rank)
            return (double)i;
    }
    return NAN;
}

double rp_question_quantile(const int64_t *histogram, size_t cells, int64_t n, int quarter) {
    return n > 0 ? rp_question_of_rank(histogram, cells, (n * quarter + 3) / 4) : NAN;
}

/* P(binomial(n, 1/2) < r) = I_1/2(n - r + 1, r). */
int64_t rp_question_median_rank(int64_t n, double level) {
    int64_t low = 0, high = n / 2;
    while (low < high) {
        int64_t r = low + (high - low + 1) / 2;
        if (rp_beta_inc(0.5, (double)(n - r + 1), (double)r) <= (1 - level) / 2)
            low = r;
        else
            high = r - 1;
    }
    return low;
}
