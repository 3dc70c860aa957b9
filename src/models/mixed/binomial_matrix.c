/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cholesky factor, solutions and selected inverse of H. The leading columns are eliminated one after the other; what
 * their elimination leaves of the dense rest is factored last. The inverse is made on the factor's own pattern, from
 * the last column to the first (Takahashi, Fagan & Chen 1973): Z_ij = -sum_k L_kj Z_ki / L_jj over the column below
 * the diagonal, Z_jj = 1 / L_jj^2 - sum_k L_kj Z_kj / L_jj. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"
#include "rapport/matrix.h"

/* A dense rest up to this is worked on here, with the same bits on every processor; a larger one by LAPACK. */
enum { OWN_TAIL = 96 };

size_t binomial_matrix_place(const binomial_matrix *h, size_t i, size_t j) {
    if (j >= h->lead)
        return h->tail_at + (j - h->lead) * h->tail + (i - h->lead);
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
                h->values[h->tail_at + (b - h->lead) * h->tail + (h->row[t] - h->lead)] -= l[s] * l[t];
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
    if (n > OWN_TAIL) {
        if (!rp_dense_cholesky(a, n))
            return false;
        rp_sum_add(logdet, rp_dense_log_determinant(a, n));
        return true;
    }
    for (size_t j = 0; j < n; j++) {
        double *column = a + j * n, d = column[j];
        if (!(d > 0) || !isfinite(d))
            return false;
        rp_sum_add(logdet, log(d));
        d = sqrt(d);
        for (size_t i = j; i < n; i++)
            column[i] /= d;
        for (size_t k = j + 1; k < n; k++)
            for (size_t i = k; i < n; i++)
                a[k * n + i] -= column[k] * column[i];
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

/* b = (L L')^-1 b of the rest, where what is before place `from` is 0 and not asked. */
static void solve_tail(const binomial_matrix *h, size_t from, double *b) {
    const double *a = h->values + h->tail_at;
    size_t n = h->tail;
    for (size_t j = from; j < n; j++) {
        b[j] /= a[j * n + j];
        for (size_t i = j + 1; i < n; i++)
            b[i] -= a[j * n + i] * b[j];
    }
    for (size_t j = n; j-- > from;) {
        for (size_t i = j + 1; i < n; i++)
            b[j] -= a[j * n + i] * b[i];
        b[j] /= a[j * n + j];
    }
}

void binomial_matrix_solve(const binomial_matrix *h, double *b) {
    const double *l = h->values + h->lead;
    for (size_t j = 0; j < h->lead; j++) {
        b[j] /= h->values[j];
        for (size_t s = h->start[j]; s < h->start[j + 1]; s++)
            b[h->row[s]] -= l[s] * b[j];
    }
    solve_tail(h, 0, b + h->lead);
    for (size_t j = h->lead; j-- > 0;) {
        for (size_t s = h->start[j]; s < h->start[j + 1]; s++)
            b[j] -= l[s] * b[h->row[s]];
        b[j] /= h->values[j];
    }
}

/* ---- inverse ----------------------------------------------------------------------------------------- */

static void invert_tail(binomial_matrix *h) {
    size_t n = h->tail;
    double *z = h->inverse + h->tail_at;
    if (n > OWN_TAIL) {
        memcpy(z, h->values + h->tail_at, n * n * sizeof *z);
        rp_dense_inverse(z, n);
        return;
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++)
            z[j * n + i] = i == j;
        solve_tail(h, j, z + j * n);
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
                element = z[h->tail_at + (b - h->lead) * h->tail + (a - h->lead)];
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
