/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nested solver against the definition: V written out, in long double (mixed_dense.h). Deviances within 1e-12,
 * gradients within 1e-8 of their size (the differences they are compared with have an error of about 1e-10), modes and
 * their variances within 1e-10. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed/nested_parts.h"
#include "models/mixed_dense.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* A number in (0, 1) from a counter: a linear congruential generator is random enough for a design. */
static double next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 33) + 0.5) / 2147483648.0;
}

/* 60 rows of 15 patients of 6 therapists of 3 services, in no order; a few patients have one row, or times apart. */
static void nested_rows(model *m, rp_arena *arena, uint64_t seed, bool whole_time) {
    enum { N = 60, PATIENTS = 15 };
    double *y = rp_arena_take(arena, 5 * N, sizeof *y), *t = y + N, *x = t + N, *age = x + N, *w = age + N;
    uint32_t *patient = rp_arena_take(arena, 3 * N, sizeof *patient), *therapist = patient + N,
             *service = therapist + N;
    uint64_t s = seed;
    double taken[PATIENTS] = {0};
    for (size_t i = 0; i < N; i++) {
        uint32_t p = (uint32_t)(next(&s) * PATIENTS);
        patient[i] = (p * 7 + 3) % PATIENTS;
        therapist[i] = p % 6;
        service[i] = p % 6 % 3;
        t[i] = taken[p] += 1 + (whole_time ? floor(next(&s) * 1.4) * 2 : next(&s));
        x[i] = next(&s) - 0.3;
        age[i] = 20 + p;
        w[i] = 0.5 + next(&s);
        y[i] = 30 + 3 * next(&s) + 0.5 * p - t[i] + x[i] + 2 * (therapist[i] == 1);
    }
    model_begin(m, arena, N, y);
    model_column(m, "t", t, true);
    model_column(m, "x", x, true);
    model_column(m, "age", age, true);
    model_factor(m, "patient", patient, PATIENTS + 1); /* a group without rows */
    model_factor(m, "therapist", therapist, 6);
    model_factor(m, "service", service, 3);
    m->rows.weights = w;
}

static void compare(model *m, mixed_plan *plan, const double *theta) {
    size_t n = mixed_theta_count(&m->spec), p = m->spec.n_fixed;
    double beta[16], unscaled[256], gradient[32], expected[32];
    mixed_point point = {.beta = beta, .unscaled = unscaled, .gradient = gradient};
    dense d;
    assert_true(mixed_nested.evaluate(plan, theta, &point));
    dense_evaluate(m, theta, &d);
    near(point.objective, (double)d.objective, 1e-12 * fabs((double)d.objective));
    near(point.r2, (double)d.rss, 1e-11 * (double)d.rss);
    for (size_t i = 0; i < p; i++) {
        near(beta[i], (double)d.beta[i], 1e-10 * (1 + fabs((double)d.beta[i])));
        for (size_t j = 0; j < p; j++)
            near(unscaled[i * p + j], (double)d.inverse[i * p + j],
                 1e-10 * sqrt((double)(d.inverse[i * p + i] * d.inverse[j * p + j])));
    }
    dense_gradient(m, theta, n, expected);
    for (size_t i = 0; i < n; i++)
        near(gradient[i], expected[i], 1e-8 * (1 + fabs(expected[i])));
}

/* b = G Z'V^-1 (y - X beta) and, over sigma^2, G - G Z'V^-1 Z G, G = Lambda Lambda' for each group. */
static void compare_modes(model *m, mixed_plan *plan, const double *theta, size_t t) {
    enum { MOST = 32, Q = 2 };
    double modes[MOST * Q], variances[MOST * Q * Q], lambda[64];
    dense d;
    dense_evaluate(m, theta, &d);
    dense_lambda(m, t, theta, lambda);
    assert_true(mixed_nested.modes(plan, theta, t, modes, variances));
    size_t q = m->terms[t].n_columns, n = d.n;
    for (uint32_t g = 0; g < m->levels[m->terms[t].factor]; g++) {
        long double *zg = rp_arena_take(m->arena, n * q, sizeof *zg), covariance[Q * Q] = {0};
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++)
                for (size_t h = 0; h < q; h++)
                    covariance[a * q + b] += (long double)lambda[a * q + h] * lambda[b * q + h];
        for (size_t r = 0; r < n; r++)
            for (size_t a = 0; a < q && m->groups[m->terms[t].factor][r] == g; a++)
                for (size_t b = 0; b < q; b++)
                    zg[r * q + a] += dense_column(m, m->sets[t][b], r) * covariance[b * q + a];
        dense_solve(d.v, n, zg, q);
        for (size_t a = 0; a < q; a++) {
            long double mode = 0;
            for (size_t r = 0; r < n; r++) {
                long double e = d.y[r];
                for (size_t i = 0; i < d.p; i++)
                    e -= d.x[r * d.p + i] * d.beta[i];
                mode += zg[r * q + a] * e;
            }
            near(modes[g * q + a], (double)mode, 1e-10);
            for (size_t b = 0; b < q; b++) {
                long double v = covariance[a * q + b];
                for (size_t r = 0; r < n; r++)
                    v -= zg[r * q + a] * zg[r * q + b];
                near(variances[(g * q + a) * q + b], (double)v, 1e-10);
            }
        }
    }
}

/* At three places, by ML and REML; then at a place where Lambda is singular, and where it is 0. */
static void check_model(model *m) {
    uint64_t s = 99;
    for (int reml = 0; reml < 2; reml++) {
        m->spec.reml = reml;
        mixed_plan *plan = mixed_nested.plan(model_prepare(m), m->arena, &m->error);
        assert_non_null(plan);
        size_t n = mixed_theta_count(&m->spec);
        double theta[32];
        for (int place = 0; place < 5; place++) {
            for (size_t i = 0; i < n; i++)
                theta[i] = place == 4 ? 0 : 2 * next(&s) - 0.6;
            for (size_t i = 0; place == 3 && i < n; i += 2)
                theta[i] = 0;
            if (m->spec.ar1)
                theta[n - 1] = place == 4 ? 0 : 1.6 * next(&s) - 0.8;
            compare(m, plan, theta);
            for (size_t t = 0; t < m->spec.n_terms; t++)
                compare_modes(m, plan, theta, t);
        }
    }
}

static void one_level(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    nested_rows(&m, arena, 1, false);
    model_term(&m, 0, 1, (size_t[]){0});
    check_model(&m);
    model_term(&m, 0, 1, (size_t[]){1}); /* (1 + t || patient) */
    check_model(&m);
    rp_arena_free(arena);
}

static void two_levels(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    nested_rows(&m, arena, 2, false);
    model_term(&m, 1, 1, (size_t[]){0}); /* the higher one first */
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.rows.weights = NULL;
    double *offset = rp_arena_take(arena, m.rows.n, sizeof *offset);
    for (size_t i = 0; i < m.rows.n; i++)
        offset[i] = (double)(i % 7);
    m.rows.offset = offset;
    check_model(&m);
    rp_arena_free(arena);
}

static void three_levels_with_slopes_at_two(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    nested_rows(&m, arena, 3, false);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    model_term(&m, 1, 2, (size_t[]){0, 2});
    model_term(&m, 2, 1, (size_t[]){0});
    check_model(&m);
    rp_arena_free(arena);
}

/* One column in two terms of a level; random effects of a column that has no fixed one; no intercept. */
static void odd_terms(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    nested_rows(&m, arena, 4, false);
    m.fixed[0] = m.fixed[--m.spec.n_fixed]; /* age for the intercept, which is random alone */
    model_term(&m, 0, 2, (size_t[]){1, 0});
    model_term(&m, 0, 1, (size_t[]){1});
    model_term(&m, 2, 1, (size_t[]){2});
    check_model(&m);
    m.spec.n_terms = 0; /* least squares */
    check_model(&m);
    rp_arena_free(arena);
}

/* Times 0 to 3 for all: 30 patients of 3 therapists have one pattern, but for a few who leave early. */
static void patterns_are_the_groups(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    enum { PATIENTS = 30, N = PATIENTS * 4 - 3 };
    double y[N], t[N], x[N];
    uint32_t patient[N], therapist[N];
    uint64_t s = 5;
    for (size_t i = 0, p = 0; p < PATIENTS; p++)
        for (size_t j = 0; j < 4 - (p % 10 == 0); j++, i++) {
            y[i] = 10 - (double)j + 3 * next(&s) + (double)(p % 5);
            t[i] = (double)j;
            x[i] = (double)(p % 7) / 7;
            patient[i] = (uint32_t)p;
            therapist[i] = (uint32_t)p / 10;
        }
    model m;
    model_begin(&m, arena, N, y);
    model_column(&m, "t", t, true);
    model_column(&m, "x", x, true);
    model_factor(&m, "patient", patient, PATIENTS);
    model_factor(&m, "therapist", therapist, 3);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.spec.n_terms = 1;
    for (int levels = 1; levels <= 2; levels++) {
        if (levels == 2)
            model_term(&m, 1, 2, (size_t[]){0, 1});
        mixed_plan *plan = mixed_nested.plan(model_prepare(&m), arena, &m.error);
        assert_non_null(plan->patterns);
        assert_int_equal(plan->patterns->n, levels == 1 ? 2 : 6); /* patients 0, 10, 20 left early */
        const double theta[] = {0.9, -0.3, 0.4, 0.5, 0.1, 0};
        double one[6], other[6];
        mixed_point with = {.gradient = one}, without = {.gradient = other};
        assert_true(mixed_nested.evaluate(plan, theta, &with));
        plan->patterns = NULL;
        plan->seen = false;
        assert_true(mixed_nested.evaluate(plan, theta, &without));
        near(with.objective, without.objective, 1e-13 * fabs(without.objective));
        near(with.r2, without.r2, 1e-13 * without.r2);
        for (size_t i = 0; i < mixed_theta_count(&m.spec); i++)
            near(one[i], other[i], 1e-12 * (1 + fabs(other[i])));
        check_model(&m);
    }
    rp_arena_free(arena);
}

/* Residuals that follow AR(1), with gaps, weights, and rows in no order; with random effects at two levels, none. */
static void residuals_that_follow_one_another(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    nested_rows(&m, arena, 6, true);
    m.spec.ar1 = true;
    m.rows.time = m.columns[1];
    model_term(&m, 0, 2, (size_t[]){0, 1});
    model_term(&m, 1, 1, (size_t[]){0});
    check_model(&m);
    m.spec.n_terms = 0;
    check_model(&m);
    model_term(&m, 1, 1, (size_t[]){0}); /* cells are patients, the lowest groups therapists */
    m.spec.n_terms = 1;
    check_model(&m);
    /* Patients that change their therapist have rows in two cells. */
    uint32_t *moved = rp_arena_take(arena, m.rows.n, sizeof *moved);
    memcpy(moved, m.groups[1], m.rows.n * sizeof *moved);
    moved[0] = (moved[0] + 1) % 6;
    m.groups[1] = moved;
    assert_null(rp_mixed_prepare(&m.spec, &m.rows, arena, &m.error));
    assert_int_equal(m.error.code, RP_E_RULE);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_level),
        cmocka_unit_test(two_levels),
        cmocka_unit_test(three_levels_with_slopes_at_two),
        cmocka_unit_test(odd_terms),
        cmocka_unit_test(patterns_are_the_groups),
        cmocka_unit_test(residuals_that_follow_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
