/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: a linear mixed model by its definition, y ~ N(X beta, sigma^2 V) with V written out, in long double. */
#ifndef RAPPORT_TEST_MIXED_DENSE_H
#define RAPPORT_TEST_MIXED_DENSE_H

#include "models/mixed_data.h"

typedef struct dense {
    size_t n, p;
    long double *v, *x, *y; /* V's Cholesky factor; L^-1 X, n by p; L^-1 y */
    long double beta[16], rss, logdet, logdet_x, objective;
    long double inverse[16 * 16]; /* (X'V^-1X)^-1 */
} dense;

static inline void dense_cholesky(long double *a, size_t n) {
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < j; k++)
            a[j * n + j] -= a[j * n + k] * a[j * n + k];
        assert_true(a[j * n + j] > 0);
        a[j * n + j] = sqrtl(a[j * n + j]);
        for (size_t i = j + 1; i < n; i++) {
            for (size_t k = 0; k < j; k++)
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            a[i * n + j] /= a[j * n + j];
        }
    }
}

/* b, n by c, becomes L^-1 b. */
static inline void dense_solve(const long double *l, size_t n, long double *b, size_t c) {
    for (size_t i = 0; i < n; i++)
        for (size_t h = 0; h < c; h++) {
            for (size_t k = 0; k < i; k++)
                b[i * c + h] -= l[i * n + k] * b[k * c + h];
            b[i * c + h] /= l[i * n + i];
        }
}

static inline double dense_column(const model *m, size_t c, size_t row) {
    return m->columns[c] ? m->columns[c][row] : 1;
}

/* Lambda of term t, from theta: its beginning is given back. */
static inline const double *dense_lambda(const model *m, size_t t, const double *theta, double *lambda) {
    for (size_t s = 0; s < t; s++)
        theta += m->terms[s].n_columns * (m->terms[s].n_columns + 1) / 2;
    size_t q = m->terms[t].n_columns;
    memset(lambda, 0, q * q * sizeof *lambda);
    for (size_t j = 0; j < q; j++)
        for (size_t i = j; i < q; i++)
            lambda[i * q + j] = *theta++;
    return theta;
}

/* V of two rows. */
static inline long double dense_covariance(const model *m, const double *theta, size_t r, size_t s) {
    long double sum = 0, w = m->rows.weights ? sqrtl(m->rows.weights[r]) * sqrtl(m->rows.weights[s]) : 1;
    const double *rho = theta;
    for (size_t t = 0; t < m->spec.n_terms; t++) {
        double lambda[64];
        size_t q = m->terms[t].n_columns;
        rho = dense_lambda(m, t, theta, lambda);
        if (m->groups[m->terms[t].factor][r] != m->groups[m->terms[t].factor][s])
            continue;
        for (size_t h = 0; h < q; h++) {
            long double a = 0, b = 0;
            for (size_t i = 0; i < q; i++) {
                a += (long double)dense_column(m, m->sets[t][i], r) * lambda[i * q + h];
                b += (long double)dense_column(m, m->sets[t][i], s) * lambda[i * q + h];
            }
            sum += a * b;
        }
    }
    if (r == s)
        sum += 1 / w;
    else if (m->spec.ar1 && m->groups[0][r] == m->groups[0][s])
        sum += powl(*rho, fabsl((long double)m->rows.time[r] - m->rows.time[s])) / w;
    return sum;
}

static inline void dense_evaluate(const model *m, const double *theta, dense *d) {
    size_t n = d->n = m->rows.n, p = d->p = m->spec.n_fixed;
    d->v = rp_arena_take(m->arena, n * n + n * p + n, sizeof *d->v);
    assert_non_null(d->v);
    d->x = d->v + n * n;
    d->y = d->x + n * p;
    for (size_t r = 0; r < n; r++) {
        for (size_t s = 0; s <= r; s++)
            d->v[r * n + s] = dense_covariance(m, theta, r, s);
        for (size_t i = 0; i < p; i++)
            d->x[r * p + i] = dense_column(m, m->fixed[i], r);
        d->y[r] = (long double)m->rows.y[r] - (m->rows.offset ? m->rows.offset[r] : 0);
    }
    dense_cholesky(d->v, n);
    dense_solve(d->v, n, d->x, p);
    dense_solve(d->v, n, d->y, 1);
    long double a[16 * 16] = {0}, c[16] = {0};
    d->logdet = d->logdet_x = d->rss = 0;
    for (size_t r = 0; r < n; r++) {
        d->logdet += 2 * logl(d->v[r * n + r]);
        for (size_t i = 0; i < p; i++) {
            c[i] += d->x[r * p + i] * d->y[r];
            for (size_t j = 0; j < p; j++)
                a[i * p + j] += d->x[r * p + i] * d->x[r * p + j];
        }
    }
    dense_cholesky(a, p);
    for (size_t i = 0; i < p; i++) {
        d->logdet_x += 2 * logl(a[i * p + i]);
        long double unit[16] = {0};
        unit[i] = 1;
        dense_solve(a, p, unit, 1);
        for (size_t k = p; k-- > 0;) {
            for (size_t h = k + 1; h < p; h++)
                unit[k] -= a[h * p + k] * unit[h];
            unit[k] /= a[k * p + k];
        }
        memcpy(d->inverse + i * p, unit, p * sizeof *unit);
    }
    for (size_t i = 0; i < p; i++) {
        d->beta[i] = 0;
        for (size_t j = 0; j < p; j++)
            d->beta[i] += d->inverse[i * p + j] * c[j];
    }
    for (size_t r = 0; r < n; r++) {
        long double e = d->y[r];
        for (size_t i = 0; i < p; i++)
            e -= d->x[r * p + i] * d->beta[i];
        d->rss += e * e;
    }
    long double freedom = (long double)n - (m->spec.reml ? (long double)p : 0);
    d->objective =
        d->logdet + (m->spec.reml ? d->logdet_x : 0) + freedom * (1 + logl(2 * acosl(-1.0L) * d->rss / freedom));
}

/* By central differences; the error is of the order of the step's square, 1e-12, and of 1e-19 of the objective over the
 * step. */
static inline void dense_gradient(const model *m, const double *theta, size_t n, double *gradient) {
    double at[32];
    dense high, low;
    memcpy(at, theta, n * sizeof *at);
    for (size_t i = 0; i < n; i++) {
        const double step = 0x1p-20;
        at[i] = theta[i] + step;
        dense_evaluate(m, at, &high);
        at[i] = theta[i] - step;
        dense_evaluate(m, at, &low);
        at[i] = theta[i];
        gradient[i] = (double)((high.objective - low.objective) / (2 * (long double)step));
    }
}

#endif
