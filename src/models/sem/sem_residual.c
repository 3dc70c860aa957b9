/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered variables have no variance of their own to estimate: what is behind each has variance 1, and what arrows do
 * not explain of it is its residual (lavaan's and Mplus's delta parametrisation). With d the residual variances and B
 * the total effects, the implied variances are M d + what the rest gives, M_ij = B_ij^2, which has to be 1. Where no
 * arrow leaves an observed variable M is I. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

static void swap(double *a, double *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

bool sem_solve(double *a, size_t n, double *b, size_t columns) {
    double largest = 0;
    for (size_t i = 0; i < n * n; i++)
        largest = fmax(largest, fabs(a[i]));
    for (size_t c = 0; c < n; c++) {
        size_t best = c;
        for (size_t r = c + 1; r < n; r++)
            best = fabs(a[r * n + c]) > fabs(a[best * n + c]) ? r : best;
        double pivot = a[best * n + c];
        if (!(fabs(pivot) > DBL_EPSILON * largest))
            return false;
        swap(a + best * n, a + c * n, best == c ? 0 : n);
        swap(b + best * columns, b + c * columns, best == c ? 0 : columns);
        for (size_t k = 0; k < columns; k++)
            b[c * columns + k] /= pivot;
        for (size_t k = n; k-- > c;)
            a[c * n + k] /= pivot;
        for (size_t r = 0; r < n; r++) {
            double factor = a[r * n + c];
            for (size_t k = 0; r != c && factor != 0 && k < columns; k++)
                b[r * columns + k] -= factor * b[c * columns + k];
            for (size_t k = c; r != c && factor != 0 && k < n; k++)
                a[r * n + k] -= factor * a[c * n + k];
        }
    }
    return true;
}

/* M, at the beginning of ram->room. */
static double *fill_squares(const sem_ram *ram) {
    for (size_t i = 0; i < ram->p; i++)
        for (size_t j = 0; j < ram->p; j++)
            ram->room[i * ram->p + j] = ram->b[i * ram->v + j] * ram->b[i * ram->v + j];
    return ram->room;
}

bool sem_residual_fill(sem_ram *ram) {
    size_t p = ram->p, v = ram->v;
    double *left = ram->room + p * p;
    for (size_t i = 0; i < p; i++) {
        left[i] = 1;
        for (size_t j = 0; j < v; j++)
            for (size_t k = 0; k < v && ram->b[i * v + j] != 0; k++)
                left[i] -= ram->b[i * v + j] * ram->s[j * v + k] * ram->b[i * v + k];
    }
    if (!sem_solve(fill_squares(ram), p, left, 1))
        return false;
    for (size_t i = 0; i < p; i++)
        ram->s[i * v + i] = left[i];
    return true;
}

/* Row of sigma_rc, r >= c, in the lower triangle by columns. */
static size_t place(size_t r, size_t c, size_t p) {
    return c * p - c * (c + 1) / 2 + r;
}

void sem_residual_jacobian(const sem_ram *ram, double *jacobian) {
    size_t p = ram->p, n = ram->spec->n_parameters;
    double *by = ram->room + p * p; /* how residual variances give way: p by n */
    for (size_t i = 0; i < p; i++)
        memcpy(by + i * n, jacobian + place(i, i, p) * n, n * sizeof *by);
    if (!sem_solve(fill_squares(ram), p, by, n)) /* sem_residual_fill could solve it */
        return;
    for (size_t c = 0; c < p; c++)
        for (size_t r = c; r < p; r++)
            for (size_t j = 0; j < p; j++) {
                double moved = ram->b[r * ram->v + j] * ram->b[c * ram->v + j];
                for (size_t k = 0; k < n && moved != 0; k++)
                    jacobian[place(r, c, p) * n + k] -= moved * by[j * n + k];
            }
}

/* With q_j the derivative by residual variance j, a change of the implied variances by x is taken back by the residual
 * ones, at q'M^-1 x; so M'^-1 q goes off the derivatives by variances. */
const double *sem_residual_by_sigma(const sem_ram *ram, const double *by_sigma) {
    size_t p = ram->p, v = ram->v;
    double *squares = fill_squares(ram), *q = squares + p * p, *out = q + p;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++)
            swap(squares + i * p + j, squares + j * p + i, 1);
    for (size_t j = 0; j < p; j++) {
        q[j] = 0;
        for (size_t r = 0; r < p; r++)
            for (size_t c = 0; c < p && ram->b[r * v + j] != 0; c++)
                q[j] += ram->b[r * v + j] * by_sigma[r * p + c] * ram->b[c * v + j];
    }
    memcpy(out, by_sigma, p * p * sizeof *out);
    if (!sem_solve(squares, p, q, 1)) /* sem_residual_fill could solve it */
        return out;
    for (size_t i = 0; i < p; i++)
        out[i * p + i] -= q[i];
    return out;
}
