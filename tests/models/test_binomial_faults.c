/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binomial models that have no estimate, or one at a limit: what is said, and that no number is given for none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "support/shared.h"

#include "models/binomial_data.h"

enum { N = 60 };

/* 60 rows in 6 groups of 10. x falls and rises, z has three values; both outcomes come at each value of either, and in
 * each group. */
typedef struct plain {
    model m;
    double y[N], x[N], z2[N], z3[N];
    uint32_t group[N];
} plain;

static plain *plain_model(rp_arena *arena) {
    plain *p = rp_arena_take(arena, 1, sizeof *p);
    for (size_t i = 0; i < N; i++) {
        p->group[i] = (uint32_t)(i / 10);
        p->x[i] = (double)(i % 10) - 4.5;
        p->z2[i] = i % 3 == 1;
        p->z3[i] = i % 3 == 2;
        p->y[i] = (i * 7 + i / 10) % 5 < 2;
    }
    model_begin(&p->m, arena, N, p->y);
    p->m.spec.family = RP_MIXED_LOGIT;
    model_column(&p->m, "x", p->x, true);
    model_column(&p->m, "z2", p->z2, true);
    model_column(&p->m, "z3", p->z3, true);
    model_factor(&p->m, "clinic", p->group, 6);
    model_term(&p->m, 0, 1, COLUMN_0);
    return p;
}

/* No estimate, and a sentence with `word` (and without `not_word`). */
static void refused(model *m, const char *word, const char *not_word) {
    for (int family = RP_MIXED_LOGIT; family <= RP_MIXED_CLOGLOG; family++)
        for (int quadrature = 1; quadrature <= 5; quadrature += 4) {
            if (quadrature > 1 && m->spec.n_terms != 1)
                continue;
            m->spec.family = (rp_mixed_family)family;
            rp_mixed_fit *fit = fit_by(m, quadrature);
            assert_int_equal(fit->status, RP_MIXED_NOT_FITTED);
            assert_true(isnan(fit->objective) && isnan(fit->log_lik) && isnan(fit->aic));
            assert_true(fit->p == m->spec.n_fixed && isnan(fit->beta[0]) && isnan(fit->se[0]) && isnan(fit->vcov[0]));
            assert_true(fit->n_theta == m->spec.n_terms && fit->n_notes == 0);
            assert_true(m->spec.n_terms == 0 || (isnan(fit->theta[0]) && isnan(fit->variance[0].covariance[0])));
            if (strstr(fit->message, word) == NULL)
                fail_msg("not said of %s: %s", word, fit->message);
            if (not_word != NULL && strstr(fit->message, not_word) != NULL)
                fail_msg("wrongly said of %s: %s", not_word, fit->message);
        }
}

static void a_plain_model_fits(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    rp_mixed_fit *fit = fit_by(&p->m, 1);
    assert_true(fit->status == RP_MIXED_CONVERGED || fit->status == RP_MIXED_BOUNDARY);
    assert_true(fit->p == 4 && fit->se[3] > 0);
    rp_arena_free(arena);
}

static void complete_separation_is_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->x[i] > 1;
    refused(&p->m, "The column x tells outcomes apart", "z2");
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->x[i] < 1;
    refused(&p->m, "The column x tells outcomes apart", "z2");
    rp_arena_free(arena);
}

static void quasi_separation_is_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++) /* successes alone where z3 is 1, both where it is 0 */
        p->y[i] = p->z3[i] > 0 ? 1 : p->y[i];
    refused(&p->m, "The column z3 tells outcomes apart", "x ");
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->z3[i] > 0 ? 0 : p->y[i];
    refused(&p->m, "The column z3 tells outcomes apart", "x ");
    p->m.spec.n_terms = 0; /* without random effects, too */
    refused(&p->m, "The column z3 tells outcomes apart", "x ");
    rp_arena_free(arena);
}

/* The value that has no column of its own: no single column shows it, z2 and z3 together do. */
static void separation_by_the_reference_value_is_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->z2[i] == 0 && p->z3[i] == 0 ? 1 : p->y[i];
    refused(&p->m, "z2 and z3 tell outcomes apart", "x");
    rp_arena_free(arena);
}

/* Along x + 3 z2 alone: neither column separates by itself. */
static void separation_by_several_columns_is_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->x[i] + 3 * p->z2[i] > 0.3;
    refused(&p->m, "x and z2", NULL);
    rp_arena_free(arena);
}

/* One row the other way, and there is an estimate again. */
static void near_separation_is_none(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->x[i] + 3 * p->z2[i] > 0.3;
    p->y[0] = 1 - p->y[0];
    p->m.spec.n_terms = 0;
    rp_mixed_fit *fit = fit_by(&p->m, 1);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_true(fit->max_gradient < 1e-6);
    rp_arena_free(arena);
}

static void columns_are_named(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    double same[N], sum[N], zero[N];
    for (size_t i = 0; i < N; i++) {
        same[i] = 7;
        sum[i] = 2 * p->x[i] - p->z2[i];
        zero[i] = 0;
    }
    size_t at = model_column(&p->m, "extra", same, true);
    refused(&p->m, "The column extra has the same value in every row", NULL);
    p->m.columns[at] = sum;
    refused(&p->m, "The column extra is a linear combination of x and z2", "z3");
    p->m.columns[at] = zero;
    refused(&p->m, "The column extra is 0 in every row", NULL);
    rp_arena_free(arena);
}

static void outcomes_and_groups_without_spread_are_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    double was[N];
    memcpy(was, p->y, sizeof was);
    for (size_t i = 0; i < N; i++)
        p->y[i] = 1;
    refused(&p->m, "the same value in every row", NULL);
    p->m.spec.n_fixed = 2; /* x alone: a group's outcome cannot go with it */
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->group[i] % 2;
    refused(&p->m, "Within each clinic all outcomes are alike", NULL);
    memcpy(p->y, was, sizeof was);
    memset(p->group, 0, sizeof p->group);
    refused(&p->m, "All rows are of one clinic", NULL);
    for (size_t i = 0; i < N; i++)
        p->group[i] = (uint32_t)i;
    p->m.levels[0] = N;
    refused(&p->m, "No clinic has more than one trial", NULL);
    p->m.rows.n = 0;
    refused(&p->m, "no rows", NULL);
    rp_arena_free(arena);
}

/* Groups alike to the row: chance alone would make them differ more. */
static void a_variance_of_nothing_is_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = i % 10 == 2 || i % 10 == 3 || i % 10 == 6 || i % 10 == 9;
    p->m.spec.n_fixed = 2;
    rp_mixed_fit *fit = fit_by(&p->m, 1);
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->theta[0] == 0 && fit->n_notes == 1 && strstr(fit->notes[0], "clinic") != NULL);
    assert_true(fit->max_gradient < 1e-6);
    p->m.spec.n_terms = 0; /* what is left is the model without it */
    rp_mixed_fit *without = fit_by(&p->m, 1);
    for (size_t j = 0; j < 2; j++) {
        assert_true(fabs(fit->beta[j] - without->beta[j]) < 1e-9);
        assert_true(fabs(fit->se[j] - without->se[j]) < 1e-9);
    }
    assert_true(fabs(fit->objective - without->objective) < 1e-9);
    rp_arena_free(arena);
}

/* A group of successes alone is an ordinary group: its mode is finite. */
static void a_group_of_successes_is_fine(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->group[i] == 2 ? 1 : p->y[i];
    for (int quadrature = 1; quadrature <= 25; quadrature += 24) {
        rp_mixed_fit *fit = fit_by(&p->m, quadrature);
        double modes[6], variances[6];
        assert_int_equal(fit->status, RP_MIXED_CONVERGED);
        assert_true(rp_mixed_modes(fit, 0, modes, variances, arena, &p->m.error));
        for (size_t g = 0; g < 6; g++)
            assert_true(isfinite(modes[g]) && modes[g] <= modes[2] && variances[g] > 0);
    }
    rp_arena_free(arena);
}

static void what_quadrature_cannot_do_is_an_error(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    rp_error error = {0};
    rp_mixed_options options = {.quadrature = 7};
    p->m.terms[0].n_columns = 2;
    p->m.sets[0][1] = 1;
    assert_null(rp_mixed_fit_stats(model_prepare(&p->m), &options, arena, &error));
    assert_true(error.code == RP_E_RULE && strstr(error.message, "Quadrature") && error.remedy[0] != '\0');
    p->m.terms[0].n_columns = 1;
    options.quadrature = 101;
    assert_null(rp_mixed_fit_stats(model_prepare(&p->m), &options, arena, &error));
    assert_true(error.code == RP_E_LIMIT);
    rp_arena_free(arena);
}

static void too_few_evaluations_are_said(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    plain *p = plain_model(arena);
    p->y[0] = 1 - p->y[0];
    for (size_t i = 0; i < N; i++)
        p->y[i] = p->group[i] == 2 ? 1 : p->y[i];
    rp_mixed_options options = {.most_evaluations = 4};
    rp_mixed_fit *fit = rp_mixed_fit_stats(model_prepare(&p->m), &options, arena, &p->m.error);
    assert_int_equal(fit->status, RP_MIXED_NOT_CONVERGED);
    assert_non_null(strstr(fit->message, "did not converge"));
    rp_arena_free(arena);
}

/* Each allocation in turn fails: an error, and nothing else. */
static void without_memory_there_is_an_error(void **state) {
    (void)state;
    bool through = false;
    for (long n = 1; !through && n < 1000; n++) {
        rp_arena *arena = rp_arena_new(0);
        plain *p = plain_model(arena);
        rp_error error = {0};
        rp_mixed_options options = {.quadrature = n % 2 ? 5 : 1};
        rp_memory_fail_after(n);
        rp_mixed_stats *stats = rp_mixed_prepare(&p->m.spec, &p->m.rows, arena, &error);
        rp_mixed_fit *fit = stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, &error) : NULL;
        rp_memory_fail_after(0);
        through = fit != NULL;
        assert_true(fit != NULL || error.code == RP_E_MEMORY);
        rp_arena_free(arena);
    }
    assert_true(through);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_model_fits),
        cmocka_unit_test(complete_separation_is_said),
        cmocka_unit_test(quasi_separation_is_said),
        cmocka_unit_test(separation_by_the_reference_value_is_said),
        cmocka_unit_test(separation_by_several_columns_is_said),
        cmocka_unit_test(near_separation_is_none),
        cmocka_unit_test(columns_are_named),
        cmocka_unit_test(outcomes_and_groups_without_spread_are_said),
        cmocka_unit_test(a_variance_of_nothing_is_said),
        cmocka_unit_test(a_group_of_successes_is_fine),
        cmocka_unit_test(what_quadrature_cannot_do_is_an_error),
        cmocka_unit_test(too_few_evaluations_are_said),
        cmocka_unit_test(without_memory_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
