/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of mixed models: the formulas of the books on matrices of n by n, row by row, slow and plain. Uses the
 * model of mixed_data.h. */
#ifndef RAPPORT_TEST_DENSE_MIXED_H
#define RAPPORT_TEST_DENSE_MIXED_H

#include "models/mixed_data.h"

static inline double dense_value(const model *m, size_t row, size_t column) {
    return m->columns[column] ? m->columns[column][row] : 1;
}

static inline double *dense_matrix(const model *m, size_t rows, size_t columns) {
    double *out = rp_arena_take(m->arena, rows * columns, sizeof *out);
    assert_non_null(out);
    return out;
}

/* out = a b, or a' b */
static inline double *dense_product(const model *m, const double *a, bool turned, const double *b, size_t n, size_t k,
                                    size_t columns) {
    double *out = dense_matrix(m, n, columns);
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < k; l++) {
            double x = turned ? a[l * n + i] : a[i * k + l];
            for (size_t j = 0; x != 0 && j < columns; j++)
                out[i * columns + j] += x * b[l * columns + j];
        }
    return out;
}

static inline double *dense_inverse(const model *m, const double *a, size_t n, double *logdet) {
    double *l = dense_matrix(m, n, n), *out = dense_matrix(m, n, n);
    memcpy(l, a, n * n * sizeof *l);
    assert_true(rp_cholesky(l, n));
    for (size_t i = 0; logdet && i < n; i++)
        *logdet += 2 * log(l[i * n + i]);
    rp_cholesky_inverse(l, n, out);
    return out;
}

/* The matrix that multiplies element (a, b) of a term's covariance in that of y. */
static inline double *dense_component(const model *m, size_t term, size_t a, size_t b) {
    size_t n = m->rows.n;
    const rp_mixed_term *t = &m->spec.terms[term];
    const uint32_t *group = m->groups[t->factor];
    double *out = dense_matrix(m, n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (group[i] == group[j]) {
                double one = dense_value(m, i, t->columns[a]) * dense_value(m, j, t->columns[b]);
                double other = dense_value(m, i, t->columns[b]) * dense_value(m, j, t->columns[a]);
                out[i * n + j] = a == b ? one : one + other;
            }
    return out;
}

/* The covariance matrix of y at the fit's estimates. */
static inline double *dense_sigma(const model *m, const rp_mixed_fit *fit) {
    size_t n = m->rows.n;
    double *out = dense_matrix(m, n, n);
    for (size_t t = 0; t < m->spec.n_terms; t++)
        for (size_t a = 0, q = m->spec.terms[t].n_columns; a < q; a++)
            for (size_t b = 0; b <= a; b++) {
                double *g = dense_component(m, t, a, b);
                for (size_t i = 0; i < n * n; i++)
                    out[i] += fit->variance[t].covariance[a * q + b] * g[i];
            }
    for (size_t i = 0; i < n; i++)
        out[i * (n + 1)] += fit->sigma * fit->sigma / (m->rows.weights ? m->rows.weights[i] : 1);
    return out;
}

static inline double *dense_x(const model *m) {
    double *x = dense_matrix(m, m->rows.n, m->spec.n_fixed);
    for (size_t i = 0; i < m->rows.n; i++)
        for (size_t j = 0; j < m->spec.n_fixed; j++)
            x[i * m->spec.n_fixed + j] = dense_value(m, i, m->spec.fixed[j]);
    return x;
}

static inline double dense_trace(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j] * b[j * n + i];
    return sum;
}

/* Kenward and Roger's covariance of beta (p by p), and for each contrast of one coefficient its df, by the formulas of
 * Halekoh & Hojsgaard (2014), section 4, with the components as they are: the terms', then the residual. */
static inline double *dense_kenward_roger(const model *m, const rp_mixed_fit *fit, double *df) {
    size_t n = m->rows.n, p = m->spec.n_fixed, k = 0;
    double *g[32], *hg[32], *P[32], *Q[32][32];
    for (size_t t = 0; t < m->spec.n_terms; t++)
        for (size_t a = 0; a < m->spec.terms[t].n_columns; a++)
            for (size_t b = 0; b <= a; b++)
                g[k++] = dense_component(m, t, a, b);
    g[k] = dense_matrix(m, n, n);
    for (size_t i = 0; i < n; i++)
        g[k][i * (n + 1)] = 1 / (m->rows.weights ? m->rows.weights[i] : 1);
    k++;
    double *inverse = dense_inverse(m, dense_sigma(m, fit), n, NULL), *x = dense_x(m);
    double *sx = dense_product(m, inverse, false, x, n, n, p);
    double *phi = dense_inverse(m, dense_product(m, x, true, sx, p, n, p), p, NULL);
    double *gsx[32];
    for (size_t i = 0; i < k; i++) {
        hg[i] = dense_product(m, g[i], false, inverse, n, n, n);
        gsx[i] = dense_product(m, g[i], false, sx, n, n, p);
        P[i] = dense_product(m, sx, true, gsx[i], p, n, p); /* its sign left out: it comes twice */
    }
    double *information = dense_matrix(m, k, k);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            Q[i][j] = dense_product(m, gsx[i], true, dense_product(m, inverse, false, gsx[j], n, n, p), p, n, p);
            double *left = dense_product(m, phi, false, P[i], p, p, p);
            double *right = dense_product(m, phi, false, P[j], p, p, p);
            information[i * k + j] =
                (dense_trace(hg[i], hg[j], n) - 2 * dense_trace(phi, Q[i][j], p) + dense_trace(left, right, p)) / 2;
        }
    double *w = dense_inverse(m, information, k, NULL), *u = dense_matrix(m, p, p);
    for (size_t c = 0; c < p; c++)
        df[c] = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double *left = dense_product(m, phi, false, P[i], p, p, p);
            double *right = dense_product(m, phi, false, P[j], p, p, p);
            double *pp = dense_product(m, P[i], false, right, p, p, p);
            for (size_t e = 0; e < p * p; e++)
                u[e] += w[i * k + j] * (Q[i][j][e] - pp[e]);
            double *a = dense_product(m, left, false, phi, p, p, p), *b = dense_product(m, right, false, phi, p, p, p);
            for (size_t c = 0; c < p; c++)
                df[c] += w[i * k + j] * a[c * (p + 1)] * b[c * (p + 1)] / pow(phi[c * (p + 1)], 2);
        }
    double *twice = dense_product(m, dense_product(m, phi, false, u, p, p, p), false, phi, p, p, p);
    for (size_t e = 0; e < p * p; e++)
        phi[e] += 2 * twice[e];
    for (size_t c = 0; c < p; c++)
        df[c] = 2 / df[c];
    return phi;
}

/* -2 log-likelihood (or the REML criterion) at the fit's variances, beta by generalised least squares. */
static inline double dense_objective(const model *m, const rp_mixed_fit *fit) {
    size_t n = m->rows.n, p = m->spec.n_fixed;
    double logdet = 0, logdet_x = 0, quadratic = 0;
    double *inverse = dense_inverse(m, dense_sigma(m, fit), n, &logdet), *x = dense_x(m);
    double *sx = dense_product(m, inverse, false, x, n, n, p);
    double *phi = dense_inverse(m, dense_product(m, x, true, sx, p, n, p), p, &logdet_x);
    double *beta = dense_product(m, phi, false, dense_product(m, sx, true, m->rows.y, p, n, 1), p, p, 1);
    double *mean = dense_product(m, x, false, beta, n, p, 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            quadratic += (m->rows.y[i] - mean[i]) * inverse[i * n + j] * (m->rows.y[j] - mean[j]);
    const double log_2_pi = 1.8378770664093454836;
    if (m->spec.reml)
        return logdet + logdet_x + quadratic + (double)(n - p) * log_2_pi;
    return logdet + quadratic + (double)n * log_2_pi;
}

#endif
