/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices of a few rows: eigenvalues by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations, 8.5), which
 * are exact for what matters here: small eigenvalues beside large ones. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

/* Turns rows and columns i, j so that a[i][j] becomes zero. */
static void rotate(double *a, double *vectors, size_t n, size_t i, size_t j) {
    double tau = (a[j * n + j] - a[i * n + i]) / (2 * a[i * n + j]);
    double t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
    double c = 1 / sqrt(1 + t * t), s = t * c;
    for (size_t k = 0; k < n; k++) {
        double x = a[k * n + i], y = a[k * n + j];
        a[k * n + i] = c * x - s * y;
        a[k * n + j] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        double x = a[i * n + k], y = a[j * n + k];
        a[i * n + k] = c * x - s * y;
        a[j * n + k] = s * x + c * y;
        x = vectors[k * n + i], y = vectors[k * n + j];
        vectors[k * n + i] = c * x - s * y;
        vectors[k * n + j] = s * x + c * y;
    }
}

void infer_eigen(double *a, size_t n, double *values, double *vectors) {
    enum { MOST_SWEEPS = 60 };
    memset(vectors, 0, n * n * sizeof *vectors);
    for (size_t i = 0; i < n; i++)
        vectors[i * n + i] = 1;
    bool moved = true;
    for (int sweep = 0; moved && sweep < MOST_SWEEPS; sweep++) {
        moved = false;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (fabs(a[i * n + j]) > DBL_EPSILON * sqrt(fabs(a[i * n + i] * a[j * n + j])) &&
                    fabs(a[i * n + j]) > DBL_MIN) {
                    rotate(a, vectors, n, i, j);
                    moved = true;
                }
    }
    for (size_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
}

size_t infer_inverse(const double *a, size_t n, double tolerance, double *out, double *scratch) {
    double *copy = scratch, *vectors = scratch + n * n, *values = scratch + 2 * n * n, largest = 0;
    memcpy(copy, a, n * n * sizeof *copy);
    memset(out, 0, n * n * sizeof *out);
    infer_eigen(copy, n, values, vectors);
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(values[i]));
    size_t rank = 0;
    for (size_t e = 0; e < n; e++) {
        if (!(values[e] > tolerance * largest))
            continue;
        rank++;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += vectors[i * n + e] * vectors[j * n + e] / values[e];
    }
    return rank;
}

double infer_quadratic(const double *a, size_t n, const double *x, const double *y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += x[i] * a[i * n + j] * y[j];
    return sum;
}
