/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log-likelihood of meta-analysis at given variances: against a dense computation from its definition, and its
 * derivatives against differences. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/meta_case.h"

enum { K = 12, P = 2 };

static const double y[K] = {.31, -.12, .55, .48, .02, .71, .19, .33, -.25, .44, .60, .08};
static const double v[K] = {.04, .09, .02, .05, .11, .03, .07, .06, .04, .08, .02, .10};
static const double x[K] = {1990, 1995, 1995, 2001, 1988, 1990, 2004, 2001, 1988, 1988, 2004, 1999};
static const uint32_t study[K] = {3, 0, 3, 1, 0, 3, 2, 1, 0, 9, 2, 0};

/* ---- dense ---- */

typedef struct dense {
    double p[K][K], a[K][K];
    double log_v, log_xax, log_xx, ypy;
} dense;

static void invert(double (*m)[K], double *log_det) {
    double l[K * K], inverse[K * K];
    memcpy(l, m, sizeof l);
    assert_true(rp_cholesky(l, K));
    *log_det = 0;
    for (size_t i = 0; i < K; i++)
        *log_det += 2 * log(l[i * K + i]);
    rp_cholesky_inverse(l, K, inverse);
    memcpy(m, inverse, sizeof inverse);
}

static void small_inverse(double m[P][P], double out[P][P], double *log_det) {
    double det = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    *log_det = log(det);
    out[0][0] = m[1][1] / det;
    out[1][1] = m[0][0] / det;
    out[0][1] = out[1][0] = -m[0][1] / det;
}

/* X has its second column from 1990, which changes neither P nor the determinants' difference. */
static double column(size_t i, size_t j) {
    return j ? x[i] - 1990 : 1;
}

static dense dense_at(const double *variance, double r) {
    dense d = {0};
    double xax[P][P] = {0}, xx[P][P] = {0}, m[P][P], unused[P][P];
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            d.a[i][j] = (i == j ? v[i] * (1 - r) + variance[0] : 0) +
                        (study[i] == study[j] ? r * sqrt(v[i] * v[j]) + variance[1] : 0);
    invert(d.a, &d.log_v);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            for (size_t a = 0; a < P; a++)
                for (size_t b = 0; b < P; b++) {
                    xax[a][b] += column(i, a) * d.a[i][j] * column(j, b);
                    xx[a][b] += i == j ? column(i, a) * column(j, b) : 0;
                }
    small_inverse(xax, m, &d.log_xax);
    small_inverse(xx, unused, &d.log_xx);
    double ax[K][P] = {0};
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            for (size_t a = 0; a < P; a++)
                ax[i][a] += d.a[i][j] * column(j, a);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            d.p[i][j] = d.a[i][j];
            for (size_t a = 0; a < P; a++)
                for (size_t b = 0; b < P; b++)
                    d.p[i][j] -= ax[i][a] * m[a][b] * ax[j][b];
            d.ypy += y[i] * d.p[i][j] * y[j];
        }
    return d;
}

static double likelihood(const dense *d, bool reml) {
    double n = reml ? K - P : K;
    return -0.5 * (n * log(2 * M_PI) + d->log_v + (reml ? d->log_xax - d->log_xx : 0) + d->ypy);
}

static double direction(int which, size_t i, size_t j) {
    return which ? study[i] == study[j] : i == j;
}

/* tr M V_i M V_j */
static double trace_of_two(double (*m)[K], int first, int second) {
    double sum = 0;
    for (size_t a = 0; a < K; a++)
        for (size_t b = 0; b < K; b++) {
            double left = 0, right = 0;
            for (size_t c = 0; c < K; c++) {
                left += m[a][c] * direction(first, c, b);
                right += m[b][c] * direction(second, c, a);
            }
            sum += left * right;
        }
    return sum;
}

/* ---- ours ---- */

static meta_work work_of(double r, bool reml, rp_arena **arena) {
    meta_case *c = meta_new(K, y, v);
    rp_error error;
    meta_work work;
    c->rows.study = study;
    c->spec.study = true;
    c->spec.correlation = r;
    meta_column(c, "year", x);
    rp_meta_data *data = rp_meta_prepare(&c->spec, &c->rows, c->arena, &error);
    assert_non_null(data);
    assert_int_equal(data->studies, 5);
    assert_true(meta_work_make(&work, data, reml, c->arena));
    *arena = c->arena;
    return work;
}

static const double places[][2] = {{.02, .05}, {0, .03}, {.08, 0}, {0, 0}, {1.5, .001}};
static const double correlations[] = {0, .4, .95};

static void against_dense(void **state) {
    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (int reml = 0; reml < 2; reml++)
            for (size_t at = 0; at < sizeof places / sizeof *places; at++) {
                rp_arena *arena;
                meta_work work = work_of(correlations[c], reml, &arena);
                dense d = dense_at(places[at], correlations[c]);
                meta_point point;
                assert_true(meta_evaluate(&work, places[at], &point));
                near(point.log_lik, likelihood(&d, reml), 1e-11 * fabs(point.log_lik));
                near(point.rss, d.ypy, 1e-11 * d.ypy);
                static const int first[] = {0, 0, 1}, second[] = {0, 1, 1};
                for (int i = 0; i < 3; i++) {
                    double trace = trace_of_two(reml ? d.p : d.a, first[i], second[i]);
                    near(point.expected[i], trace / 2, 1e-10 * trace);
                }
                double trace = 0, trace_a = 0;
                for (size_t i = 0; i < K; i++) {
                    trace += d.p[i][i];
                    trace_a += d.a[i][i];
                }
                near(point.trace, trace, 1e-10 * trace);
                near(point.trace_a, trace_a, 1e-10 * trace_a);
                double pp = trace_of_two(d.p, 0, 0);
                near(point.trace_pp, pp, 1e-10 * pp);
                rp_arena_free(arena);
            }
}

/* Central differences of the log-likelihood, and of the gradient. */
static void derivatives(void **state) {
    (void)state;
    static const double inner[][2] = {{.02, .05}, {.1, .01}, {.004, .3}};
    for (size_t c = 0; c < 3; c++)
        for (int reml = 0; reml < 2; reml++)
            for (size_t at = 0; at < 3; at++) {
                rp_arena *arena;
                meta_work work = work_of(correlations[c], reml, &arena);
                meta_point here, low, high;
                assert_true(meta_evaluate(&work, inner[at], &here));
                for (int i = 0; i < 2; i++) {
                    double step = 1e-4 * inner[at][i], near_by[2] = {inner[at][0], inner[at][1]};
                    near_by[i] += step;
                    assert_true(meta_evaluate(&work, near_by, &high));
                    near_by[i] -= 2 * step;
                    assert_true(meta_evaluate(&work, near_by, &low));
                    double slope = (high.log_lik - low.log_lik) / (2 * step);
                    near(here.gradient[i], slope, 1e-6 * fmax(1, fabs(slope)));
                    for (int j = 0; j < 2; j++) {
                        double bend = -(high.gradient[j] - low.gradient[j]) / (2 * step);
                        near(here.observed[i + j], bend, 1e-6 * fmax(1, fabs(bend)));
                    }
                    double fall = -(high.rss - low.rss) / (2 * step);
                    if (i == 0)
                        near(here.slope, fall, 1e-6 * fabs(fall));
                }
                rp_arena_free(arena);
            }
}

/* Neither the order of rows nor the numbers of studies matter; nor do units and origins of columns, but for the
 * determinant of their units. */
static void invariance(void **state) {
    (void)state;
    double y2[K], v2[K], x2[K];
    uint32_t study2[K];
    for (size_t i = 0; i < K; i++) {
        size_t from = (i * 5 + 3) % K;
        y2[i] = y[from];
        v2[i] = v[from];
        x2[i] = (x[from] - 1990) / 10;
        study2[i] = (study[from] + 2) % K;
    }
    meta_case *a = meta_new(K, y, v), *b = meta_new(K, y2, v2);
    meta_column(a, "year", x);
    meta_column(b, "decade", x2);
    a->rows.study = study;
    b->rows.study = study2;
    a->spec.study = b->spec.study = true;
    rp_meta_fit *one = meta_fit(a), *two = meta_fit(b);
    near(one->log_lik, two->log_lik, 1e-9); /* X'X and X'V^-1X change by the same factor */
    same(one->tau2_study, two->tau2_study);
    same(one->beta[1].estimate * 10, two->beta[1].estimate);
    same(one->beta[0].estimate + 1990 * one->beta[1].estimate, two->beta[0].estimate);
    same(one->beta[1].se * 10, two->beta[1].se);
    same(one->q, two->q);
    rp_arena_free(a->arena);
    rp_arena_free(b->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_dense), cmocka_unit_test(derivatives),
                                       cmocka_unit_test(invariance)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
