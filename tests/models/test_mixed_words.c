/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits that cannot be, or that end at an edge: what is said of each, and that nothing is given as an estimate where
 * there is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"

enum { N = 24 };

/* 6 groups of 4 rows; y has spread between and within them, x goes from 0 to 3 within each. */
typedef struct small {
    rp_arena *arena;
    model m;
    double y[N], x[N], z[N];
    uint32_t g[N], high[N];
} small;

static void begin(small *s) {
    static const double noise[] = {0.3, -1.1, 0.8, 0.2, -0.4, 1.3, -0.9, 0.1, 0.6, -0.7, 0.5};
    s->arena = rp_arena_new(0);
    for (size_t i = 0; i < N; i++) {
        s->g[i] = (uint32_t)i / 4;
        s->high[i] = s->g[i] / 2;
        s->x[i] = (double)(i % 4);
        s->z[i] = noise[i * 5 % 11];
        s->y[i] = 10 + 2 * (double)(s->g[i] * 7 % 6) - s->x[i] + noise[i % 11] * (1 + 0.5 * (double)s->g[i]);
    }
    model_begin(&s->m, s->arena, N, s->y);
    model_column(&s->m, "x", s->x, true);
    model_column(&s->m, "z", s->z, true);
    model_factor(&s->m, "client", s->g, 6);
    model_factor(&s->m, "service", s->high, 3);
    model_term(&s->m, 0, 1, (size_t[]){0});
}

static void not_fitted(small *s, const char *part, const char *other) {
    rp_mixed_fit *fit = model_fit(&s->m);
    if (fit->status != RP_MIXED_NOT_FITTED || !strstr(fit->message, part) || !strstr(fit->message, other))
        fail_msg("status %d: %s", fit->status, fit->message);
    assert_true(isnan(fit->objective) && isnan(fit->sigma));
    for (size_t i = 0; i < fit->p; i++)
        assert_true(isnan(fit->beta[i]) && isnan(fit->se[i]));
    for (size_t i = 0; i < fit->n_theta; i++)
        assert_true(isnan(fit->theta[i]));
    rp_arena_free(s->arena);
}

static void columns_that_say_nothing_new(void **state) {
    (void)state;
    small s;
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.z[i] = 0;
    not_fitted(&s, "z is 0 in every row", "Leave it out");
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.z[i] = 0.7;
    not_fitted(&s, "z has the same value in every row", "intercept");
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.z[i] += 1e9; /* a square of it has no digits left for the rest */
    not_fitted(&s, "or so nearly that", "take its mean off");
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.z[i] = 3 - 2 * s.x[i];
    not_fitted(&s, "z is a linear combination of (Intercept) and x,", "Leave one of them out");
    begin(&s);
    model_term(&s.m, 0, 2, (size_t[]){1, 3});
    s.m.terms[1].n_columns = 2;
    double *nothing = rp_arena_take(s.arena, N, sizeof *nothing);
    model_column(&s.m, "w", nothing, false);
    not_fitted(&s, "w is 0 in every row", "client");
}

static void rows_that_are_too_few(void **state) {
    (void)state;
    small s;
    begin(&s);
    s.m.rows.n = 0;
    not_fitted(&s, "no rows", "");
    begin(&s);
    s.m.rows.n = 3;
    not_fitted(&s, "no more rows than fixed effects", "");
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.g[i] = 2;
    not_fitted(&s, "All rows are of one client", "Leave");
    begin(&s);
    uint32_t each[N];
    for (uint32_t i = 0; i < N; i++)
        each[i] = i;
    s.m.groups[0] = each;
    s.m.levels[0] = N;
    not_fitted(&s, "as many groups of client as there are rows", "More rows a group");
    begin(&s);
    for (uint32_t i = 0; i < N; i++)
        each[i] = i / 2;
    s.m.groups[0] = each;
    s.m.levels[0] = N;
    model_term(&s.m, 0, 2, (size_t[]){0, 1});
    not_fitted(&s, "with 2 random effects each, as many random effects as there are rows", "random slope");
}

static void outcomes_without_spread(void **state) {
    (void)state;
    small s;
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.y[i] = 4;
    not_fitted(&s, "the same value in every row", "nothing to explain");
    begin(&s);
    for (size_t i = 0; i < N; i++)
        s.y[i] = 5 - s.x[i] + 0.25 * s.z[i];
    not_fitted(&s, "exactly", "no spread is left");
    begin(&s); /* y is its group's: the residual variance goes to 0 */
    for (size_t i = 0; i < N; i++)
        s.y[i] = s.g[i] * 5 % 6;
    not_fitted(&s, "Within groups there is no spread left", "simpler model");
    begin(&s);
    s.m.spec.ar1 = true;
    s.m.rows.time = s.z;
    double apart[N];
    for (uint32_t i = 0; i < N; i++)
        apart[i] = i;
    s.m.rows.time = apart;
    uint32_t each[N];
    for (uint32_t i = 0; i < N; i++)
        each[i] = i;
    s.m.groups[0] = each;
    s.m.levels[0] = N;
    not_fitted(&s, "No row follows another in its group", "AR(1)");
}

static void edges_are_told(void **state) {
    (void)state;
    small s;
    begin(&s); /* groups alike: the same four values in each */
    static const double values[] = {1, 4, 2, 9};
    for (size_t i = 0; i < N; i++)
        s.y[i] = values[(i + i / 4) % 4];
    rp_mixed_fit *fit = model_fit(&s.m);
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->theta[0] == 0 && fit->variance[0].covariance[0] == 0);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(
        strstr(fit->notes[0], "The variance of the intercept between the groups of client is estimated as 0"));
    assert_non_null(strstr(fit->notes[0], "no proof"));
    assert_non_null(strstr(fit->message, "at the edge"));
    /* Then it is least squares: sum of squared residuals over n, by the normal equations. */
    s.m.spec.n_terms = 0;
    rp_mixed_fit *plain = model_fit(&s.m);
    assert_int_equal(plain->status, RP_MIXED_CONVERGED);
    assert_true(fabs(fit->objective - plain->objective) < 1e-9);
    assert_true(fabs(fit->beta[1] - plain->beta[1]) < 1e-9);
    rp_arena_free(s.arena);

    begin(&s); /* slopes go with intercepts, exactly but for noise that is alike in all groups */
    for (size_t i = 0; i < N; i++)
        s.y[i] = (s.g[i] * 7 % 6) * (1 + 0.5 * s.x[i]) + values[(i + i / 4) % 4];
    s.m.spec.n_terms = 0;
    model_term(&s.m, 0, 2, (size_t[]){0, 1});
    fit = model_fit(&s.m);
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->theta[2] == 0);
    assert_non_null(strstr(fit->notes[0],
                           "The correlation of intercept and x between the groups of client is estimated "
                           "as 1, "));
    rp_arena_free(s.arena);

    begin(&s); /* nearly collinear */
    for (size_t i = 0; i < N; i++)
        s.z[i] = 1e4 + s.z[i]; /* what is left of it is 0.5 / 1e8 of its squares */
    fit = model_fit(&s.m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "z is nearly a linear combination"));
    assert_non_null(strstr(fit->notes[0], "Centre it"));
    rp_arena_free(s.arena);
}

/* Every request for memory fails once: each time that is said, and nothing else happens. */
static void no_memory(void **state) {
    (void)state;
    small s;
    begin(&s);
    s.m.spec.ar1 = true;
    s.m.rows.time = s.x;
    model_term(&s.m, 1, 1, (size_t[]){0});
    rp_mixed_fit *fit = NULL;
    long failed = 0;
    for (long n = 1; fit == NULL; n++) {
        rp_mixed_stats *parts[2], *stats = NULL;
        rp_mixed_rows half = s.m.rows;
        half.n = 12;
        s.m.error = (rp_error){0};
        rp_memory_fail_after(n);
        parts[0] = rp_mixed_prepare(&s.m.spec, &half, s.arena, &s.m.error);
        const double *columns[] = {NULL, s.x + 12, s.z + 12};
        const uint32_t *groups[] = {s.g + 12, s.high + 12};
        half.columns = columns;
        half.groups = groups;
        half.y = s.y + 12;
        half.time = s.x + 12;
        parts[1] = parts[0] ? rp_mixed_prepare(&s.m.spec, &half, s.arena, &s.m.error) : NULL;
        if (parts[1])
            stats = rp_mixed_merge(parts, 2, s.arena, &s.m.error);
        if (stats)
            fit = rp_mixed_fit_stats(stats, NULL, s.arena, &s.m.error);
        rp_memory_fail_after(0);
        failed += fit == NULL;
        assert_true(fit != NULL || s.m.error.code == RP_E_MEMORY);
        assert_true(n < 1000);
    }
    assert_true(failed > 30);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    rp_arena_free(s.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_that_say_nothing_new),
        cmocka_unit_test(rows_that_are_too_few),
        cmocka_unit_test(outcomes_without_spread),
        cmocka_unit_test(edges_are_told),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
