/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small matrices by rows, for the blocks of a crossed model, and sums over many groups. */
#include <string.h>

#include "models/mixed/crossed_parts.h"

void crossed_lower(const double *l, size_t q, double *b, size_t columns) {
    for (size_t i = 0; i < q; i++) {
        for (size_t k = 0; k < i; k++)
            for (size_t c = 0; c < columns; c++)
                b[i * columns + c] -= l[i * q + k] * b[k * columns + c];
        for (size_t c = 0; c < columns; c++)
            b[i * columns + c] /= l[i * q + i];
    }
}

void crossed_upper(const double *l, size_t q, double *b, size_t columns) {
    for (size_t i = q; i-- > 0;) {
        for (size_t k = i + 1; k < q; k++)
            for (size_t c = 0; c < columns; c++)
                b[i * columns + c] -= l[k * q + i] * b[k * columns + c];
        for (size_t c = 0; c < columns; c++)
            b[i * columns + c] /= l[i * q + i];
    }
}

void crossed_turned(const double *lambda, size_t q, double *b, size_t columns) {
    for (size_t i = 0; i < q; i++)
        for (size_t c = 0; c < columns; c++) {
            double sum = 0;
            for (size_t k = i; k < q; k++) /* row i is not read again */
                sum += lambda[k * q + i] * b[k * columns + c];
            b[i * columns + c] = sum;
        }
}

void crossed_times(const double *lambda, size_t q, double *b, size_t columns) {
    for (size_t i = q; i-- > 0;)
        for (size_t c = 0; c < columns; c++) {
            double sum = 0;
            for (size_t k = 0; k <= i; k++)
                sum += lambda[i * q + k] * b[k * columns + c];
            b[i * columns + c] = sum;
        }
}

void crossed_transpose(const double *a, size_t rows, size_t columns, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            out[j * rows + i] = a[i * columns + j];
}

void crossed_add_product(double scale, const double *a, const double *b, size_t rows, size_t inner, size_t columns,
                         double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            double sum = 0;
            for (size_t k = 0; k < inner; k++)
                sum += a[i * inner + k] * b[k * columns + j];
            out[i * columns + j] += scale * sum;
        }
}

bool crossed_sums_make(crossed_sums *sums, size_t n, rp_arena *arena) {
    *sums = (crossed_sums){.n = n};
    sums->part = rp_arena_take(arena, n, sizeof *sums->part);
    sums->total = rp_arena_take(arena, n, sizeof *sums->total);
    return sums->part && sums->total;
}

static void settle(crossed_sums *sums) {
    for (size_t i = 0; i < sums->n; i++) {
        rp_sum_add(&sums->total[i], sums->part[i]);
        sums->part[i] = 0;
    }
    sums->in_part = 0;
}

void crossed_sums_added(crossed_sums *sums) {
    enum { PART = 64 }; /* short enough to round little, long enough to cost little */
    if (++sums->in_part == PART)
        settle(sums);
}

double crossed_sums_value(crossed_sums *sums, size_t i) {
    settle(sums);
    return rp_sum_value(&sums->total[i]);
}

void crossed_sums_clear(crossed_sums *sums) {
    memset(sums->part, 0, sums->n * sizeof *sums->part);
    memset(sums->total, 0, sums->n * sizeof *sums->total);
    sums->in_part = 0;
}
