/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cholesky factor, solutions and selected inverse of H. The leading columns are eliminated one after the other; what
 * their elimination leaves of the dense rest is factored last. The inverse is made on the factor's own pattern, from
 * the last column to the first (Takahashi, Fagan & Chen 1973): Z_ij = -sum_k L_kj Z_ki / L_jj over the column below
 * the diagonal, Z_jj = 1 / L_jj^2 - sum_k L_kj Z_kj / L_jj. */
#include <assert.h>
#include <math.h>

#include "models/mixed/binomial_parts.h"

size_t binomial_matrix_place(const binomial_matrix *h, size_t i, size_t j) {
    if (j >= h->lead)
        return h->tail_at + (i - h->lead) * h->tail + (j - h->lead);
    if (i == j)
        return j;
    size_t low = h->start[j], high = h->start[j + 1];
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (h->row[middle] <= i)
            low = middle;
        else
            high = middle;
    }
    assert(low < high && h->row[low] == i);
    return h->lead + low;
}

/* ---- factor ------------------------------------------------------------------------------------------ */

/* Column j, already divided by its pivot, taken from what is below and to the right of it. */
static void eliminate(binomial_matrix *h, size_t j) {
    const double *l = h->values + h->lead;
    size_t end = h->start[j + 1];
    for (size_t s = h->start[j]; s < end; s++) {
        size_t b = h->row[s];
        if (b >= h->lead) {
            for (size_t t = s; t < end; t++)
                h->values[h->tail_at + (h->row[t] - h->lead) * h->tail + (b - h->lead)] -= l[s] * l[t];
            continue;
        }
        h->values[b] -= l[s] * l[s];
        size_t at = h->start[b];
        for (size_t t = s + 1; t < end; t++, at++) {
            while (h->row[at] != h->row[t])
                at++;
            h->values[h->lead + at] -= l[s] * l[t];
        }
    }
}

static bool factor_tail(binomial_matrix *h, rp_sum *logdet) {
    double *a = h->values + h->tail_at;
    size_t n = h->tail;
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * n;
        for (size_t j = 0; j <= i; j++) {
            const double *other = a + j * n;
            double x = row[j];
            for (size_t k = 0; k < j; k++)
                x -= row[k] * other[k];
            if (j < i) {
                row[j] = x / other[j];
            } else {
                if (!(x > 0) || !isfinite(x))
                    return false;
                row[j] = sqrt(x);
                rp_sum_add(logdet, log(x));
            }
        }
    }
    return true;
}

bool binomial_matrix_factor(binomial_matrix *h) {
    rp_sum logdet = {0};
    for (size_t j = 0; j < h->lead; j++) {
        double d = h->values[j];
        if (!(d > 0) || !isfinite(d))
            return false;
        rp_sum_add(&logdet, log(d));
        h->values[j] = d = sqrt(d);
        for (size_t s = h->start[j]; s < h->start[j + 1]; s++)
            h->values[h->lead + s] /= d;
        eliminate(h, j);
    }
    if (!factor_tail(h, &logdet))
        return false;
    h->logdet = rp_sum_value(&logdet);
    return isfinite(h->logdet);
}

void binomial_matrix_solve(const binomial_matrix *h, double *b) {
    const double *l = h->values + h->lead;
    for (size_t j = 0; j < h->lead; j++) {
        b[j] /= h->values[j];
        for (size_t s = h->start[j]; s < h->start[j + 1]; s++)
            b[h->row[s]] -= l[s] * b[j];
    }
    const double *a = h->values + h->tail_at;
    double *tail = b + h->lead;
    size_t n = h->tail;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            tail[i] -= a[i * n + k] * tail[k];
        tail[i] /= a[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        tail[i] /= a[i * n + i];
        for (size_t k = 0; k < i; k++)
            tail[k] -= a[i * n + k] * tail[i];
    }
    for (size_t j = h->lead; j-- > 0;) {
        for (size_t s = h->start[j]; s < h->start[j + 1]; s++)
            b[j] -= l[s] * b[h->row[s]];
        b[j] /= h->values[j];
    }
}

/* ---- inverse ----------------------------------------------------------------------------------------- */

/* From the factor L of the tail: first its inverse M (lower, by rows), then M'M. */
static void invert_tail(binomial_matrix *h) {
    const double *l = h->values + h->tail_at;
    double *z = h->inverse + h->tail_at;
    size_t n = h->tail;
    for (size_t i = 0; i < n; i++) {
        double *row = z + i * n;
        for (size_t j = 0; j < i; j++)
            row[j] = 0;
        for (size_t k = 0; k < i; k++) {
            const double *above = z + k * n;
            double factor = l[i * n + k] / l[i * n + i];
            for (size_t j = 0; j <= k; j++)
                row[j] -= factor * above[j];
        }
        row[i] = 1 / l[i * n + i];
    }
    for (size_t i = 0; i < n; i++) { /* row i of M'M needs rows i and below of M alone */
        double *row = z + i * n, last = row[i];
        for (size_t j = 0; j <= i; j++)
            row[j] *= last;
        for (size_t k = i + 1; k < n; k++) {
            const double *below = z + k * n;
            double factor = below[i];
            for (size_t j = 0; j <= i; j++)
                row[j] += factor * below[j];
        }
    }
}

/* Column j's inverse below the diagonal, from the columns to the right. */
static void invert_column(binomial_matrix *h, size_t j) {
    const double *l = h->values + h->lead, *z = h->inverse;
    double *column = h->inverse + h->lead;
    size_t from = h->start[j], end = h->start[j + 1];
    for (size_t s = from; s < end; s++)
        column[s] = 0;
    for (size_t s = from; s < end; s++) {
        size_t b = h->row[s], at = b < h->lead ? h->start[b] : 0;
        column[s] -= l[s] * z[b < h->lead ? b : h->tail_at + (b - h->lead) * (h->tail + 1)];
        for (size_t t = s + 1; t < end; t++) {
            size_t a = h->row[t];
            double element;
            if (b < h->lead) {
                while (h->row[at] != a)
                    at++;
                element = column[at];
            } else {
                element = z[h->tail_at + (a - h->lead) * h->tail + (b - h->lead)];
            }
            column[s] -= l[t] * element;
            column[t] -= l[s] * element;
        }
    }
    double pivot = h->values[j], sum = 0;
    for (size_t s = from; s < end; s++) {
        column[s] /= pivot;
        sum += l[s] * column[s];
    }
    h->inverse[j] = (1 / pivot - sum) / pivot;
}

void binomial_matrix_invert(binomial_matrix *h) {
    invert_tail(h);
    for (size_t j = h->lead; j-- > 0;)
        invert_column(h, j);
}
