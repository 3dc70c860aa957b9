/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagonally weighted least squares of ordered items, by what defines it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_ordered_case.h"

/* ---- definitions ---------------------------------------------------------------------------------------------- */

/* n rows of p items of k categories, by one factor and some noise. */
static void draw_items(ordered_case *c, size_t n, uint64_t seed) {
    size_t p = c->layout.n_observed;
    double *all = rp_arena_take(c->arena, n * p, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < n; i++) {
        rp_draws draws = rp_draws_of(seed, i, 0);
        double common = rp_normal_quantile(rp_draw(&draws));
        for (size_t j = 0; j < p; j++) {
            double own = rp_normal_quantile(rp_draw(&draws)), share = 0.5 + 0.04 * (double)j;
            double behind = rp_normal_cdf(share * common + sqrt(1 - share * share) * own);
            all[j * n + i] = fmin(floor(behind * c->categories[j]), c->categories[j] - 1);
        }
    }
    for (size_t j = 0; j < p; j++)
        c->columns[j] = all + j * n;
    c->n = n;
}

/* (n - 1) times the weighted squares of what the model leaves, from moments and the model alone. */
static double by_definition(const rp_sem_fit *fit, const double *theta, rp_arena *arena) {
    double sum = 0;
    for (size_t g = 0; g < fit->spec->layout->n_groups; g++) {
        const sem_moments *m = &fit->moments[g];
        size_t n = m->n_cuts + m->n_pairs;
        sem_ram ram;
        assert_true(sem_ram_make(fit->spec, g, &ram, arena) && sem_ram_at(&ram, theta));
        for (size_t k = 0; k < m->n_pairs; k++) {
            size_t at = m->n_cuts + k;
            double r = m->pairs[k].found.correlation - ram.sigma[m->pairs[k].row * m->p + m->pairs[k].column];
            sum += (double)(m->n - 1) * r * r / m->gamma[at * n + at];
        }
        for (size_t i = 0; i < m->p; i++)
            near(ram.sigma[i * m->p + i], 1, 1e-12);
    }
    return sum;
}

/* Nowhere around is less. */
static void lowest(ordered_case *c, const rp_sem_fit *fit) {
    size_t n = c->spec->n_parameters;
    double *theta = rp_arena_take(c->arena, n, sizeof *theta), step = 1e-4;
    assert_non_null(theta);
    memcpy(theta, fit->theta, n * sizeof *theta);
    near(by_definition(fit, theta, c->arena), fit->chisq, 1e-9 * fmax(1, fit->chisq));
    for (size_t i = 0; i < n; i++) {
        theta[i] = fit->theta[i] + step;
        double above = by_definition(fit, theta, c->arena);
        theta[i] = fit->theta[i] - step;
        double below = by_definition(fit, theta, c->arena);
        theta[i] = fit->theta[i];
        double bend = (above + below - 2 * fit->chisq) / (step * step), slope = (above - below) / (2 * step);
        if (fabs(bend) < 1e-3) /* a threshold */
            continue;
        assert_true(bend > 0);
        near(slope / bend, 0, 1e-6); /* differences: the third derivative times step^2 */
    }
    assert_true(fit->max_gradient < 1e-4);
}

/* The estimate is where the function that defines it is least, also where items cause items. */
static void the_least_there_is(void **state) {
    (void)state;
    static const char *const texts[] = {"F =~ a + b + c + d + e", "F =~ a + b + c; d ~ F; e ~ d + F; a ~~ b",
                                        "F =~ a + b; G =~ c + d + e", "b ~ a; c ~ b + a; d ~ c; e ~ d + a"};
    for (size_t i = 0; i < 4; i++) {
        ordered_case c;
        begin_ordered(&c, texts[i], 4);
        c.categories[1] = 2;
        draw_items(&c, 600, 5);
        rp_sem_fit *fit = fit_ordered(&c);
        assert_int_equal(fit->status, RP_SEM_CONVERGED);
        lowest(&c, fit);
        rp_arena_free(c.arena);
    }
}

/* A model of all correlations gives them back, with gamma's own errors; nothing is left to test. */
static void all_correlations_come_back(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "a ~~ b + c + d; b ~~ c + d; c ~~ d", 3);
    draw_items(&c, 500, 3);
    rp_sem_fit *fit = fit_ordered(&c);
    const sem_moments *m = fit->moments;
    size_t n = m->n_cuts + m->n_pairs;
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    near(fit->chisq, 0, 1e-20);
    near(fit->df, 0, 0);
    near(fit->chisq_scaled, 0, 1e-20);
    near(fit->df_scaled, 0, 0);
    assert_true(isnan(fit->scaling) && isnan(fit->shift) && isnan(fit->log_lik));
    for (size_t i = 0; i < c.spec->n_lines; i++) {
        const rp_sem_line *line = &c.spec->lines[i];
        if (line->op != RP_SEM_COVARIES || line->lhs == line->rhs)
            continue;
        size_t k = 0;
        while (m->pairs[k].row != line->rhs || m->pairs[k].column != line->lhs)
            k++;
        near(fit->theta[line->parameter], m->pairs[k].found.correlation, 1e-12);
        near(error_of(fit, line), sqrt(m->gamma[(m->n_cuts + k) * (n + 1)] / 499), 1e-12);
    }
    rp_arena_free(c.arena);
}

/* d(correlations)/d(parameters) where residual variances give way, by differences. */
static void derivatives(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b + c; d ~ F; e ~ d + F; a ~~ b", 2);
    draw_items(&c, 300, 9);
    rp_sem_fit *fit = fit_ordered(&c);
    size_t p = 5, v = 6, n = c.spec->n_parameters, moments = p * (p + 1) / 2;
    double *jacobian = rp_arena_take(c.arena, moments * n, sizeof *jacobian);
    double *scratch = rp_arena_take(c.arena, 2 * v * v + 2 * v, sizeof *scratch);
    sem_ram ram, above, below;
    assert_true(jacobian && scratch && sem_ram_make(c.spec, 0, &ram, c.arena) &&
                sem_ram_make(c.spec, 0, &above, c.arena) && sem_ram_make(c.spec, 0, &below, c.arena));
    assert_true(sem_ram_at(&ram, fit->theta));
    sem_ram_jacobian(&ram, jacobian, scratch);
    for (size_t k = 0; k < n; k++) {
        double kept = fit->theta[k], step = 1e-5;
        fit->theta[k] = kept + step;
        assert_true(sem_ram_at(&above, fit->theta));
        fit->theta[k] = kept - step;
        assert_true(sem_ram_at(&below, fit->theta));
        fit->theta[k] = kept;
        for (size_t col = 0, at = 0; col < p; col++)
            for (size_t row = col; row < p; row++, at++)
                near(jacobian[at * n + k], (above.sigma[row * p + col] - below.sigma[row * p + col]) / (2 * step),
                     1e-8);
    }
    double by_sigma[25], gradient[40] = {0};
    double *room = rp_arena_take(c.arena, 3 * v * v + v, sizeof *room);
    assert_true(room && n <= 40);
    for (size_t row = 0; row < p; row++)
        for (size_t col = 0; col < p; col++)
            by_sigma[row * p + col] = 1 + (double)(row + col) + (double)(row * col);
    sem_ram_gradient(&ram, by_sigma, NULL, gradient, room);
    for (size_t k = 0; k < n; k++) { /* the same by the chain rule */
        for (size_t col = 0, at = 0; col < p; col++)
            for (size_t row = col; row < p; row++, at++)
                gradient[k] -= (row == col ? 1 : 2) * by_sigma[row * p + col] * jacobian[at * n + k];
        near(gradient[k], 0, 1e-12);
    }
    rp_arena_free(c.arena);
}

/* Rows in another order, in blocks: the same bits. Items in another order: the same fit. */
static void order_does_not_matter(void **state) {
    (void)state;
    ordered_case c, other;
    begin_ordered(&c, "F =~ a + b + c + d", 4);
    draw_items(&c, 400, 17);
    rp_sem_fit *fit = fit_ordered(&c);
    rp_sem_stats *parts[] = {ordered_stats(&c, 250, 150), ordered_stats(&c, 0, 100), ordered_stats(&c, 100, 150)};
    rp_sem_stats *merged = rp_sem_merge(parts, 3, c.arena, &c.error);
    rp_sem_fit *again = rp_sem_fit_stats(c.spec, merged, &c.options, c.arena, &c.error);
    size_t n = c.spec->n_parameters;
    assert_memory_equal(fit->theta, again->theta, n * sizeof *fit->theta);
    assert_memory_equal(fit->vcov, again->vcov, n * n * sizeof *fit->vcov);
    assert_memory_equal(&fit->chisq_scaled, &again->chisq_scaled, sizeof fit->chisq_scaled);

    begin_ordered(&other, "F =~ d + c + b + a", 4);
    other.rules.std_lv = true;
    for (size_t j = 0; j < 4; j++)
        other.columns[j] = c.columns[3 - j];
    other.n = c.n;
    rp_sem_fit *turned = fit_ordered(&other);
    near(turned->chisq, fit->chisq, 1e-9);
    near(turned->chisq_scaled, fit->chisq_scaled, 1e-7);
    near(value_of(&other, turned, "b ~~ b"), value_of(&c, fit, "b ~~ b"), 1e-8);
    near(value_of(&other, turned, "F =~ a"), sqrt(value_of(&c, fit, "F ~~ F")), 1e-8);
    rp_arena_free(c.arena);
    rp_arena_free(other.arena);
}

/* ---- statuses -----------------------------------------------------------------------------------------------------
 */

/* Correlations .8, .8 and .4 by 2 by 2 tables: one factor would have to explain 1.6 of 1. */
static void a_heywood_case(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b + c", 2);
    repeat_rows(&c, 8, (const double[]){0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1},
                (const int[]){140, 50, 4, 6, 6, 4, 50, 140});
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_IMPROPER);
    assert_true(value_of(&c, fit, "a ~~ a") < 0 || value_of(&c, fit, "b ~~ b") < 0);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "below 0 (a Heywood case)"));
    rp_arena_free(c.arena);
}

/* Two items tell nothing of two loadings; the thresholds keep their errors. */
static void not_identified(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b; G =~ c + d + e; F ~~ 0*G", 3);
    draw_items(&c, 400, 23);
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_NOT_IDENTIFIED);
    assert_non_null(strstr(fit->notes[0], "F =~ b, F ~~ F"));
    assert_true(isnan(error_of(fit, &c.spec->lines[line_of(&c, "F =~ b")])));
    assert_true(error_of(fit, &c.spec->lines[line_of(&c, "G =~ d")]) > 0);
    assert_true(error_of(fit, &c.spec->lines[line_of(&c, "a | t1")]) > 0);
    assert_true(isnan(fit->chisq_scaled));
    rp_sem_measures m;
    assert_true(rp_sem_measure(fit, &m));
    assert_true(isnan(m.cfi_scaled) && isnan(m.rmsea_scaled) && isnan(m.rmsea_scaled_upper) && isnan(m.p_scaled));
    rp_arena_free(c.arena);
}

/* a goes with b and with c more than can be where b goes so much against c. psych::tetrachoric(), psych 2.2.9, has the
 * same correlations, the least eigenvalue of which is -0.0774. It is said, and fitted. */
static void correlations_that_do_not_go_together(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "a ~~ b + c; b ~~ c", 2);
    repeat_rows(&c, 8, (const double[]){0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1},
                (const int[]){2, 40, 40, 40, 0, 5, 5, 40});
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    near(value_of(&c, fit, "a ~~ b"), 0.4774703, 1e-4); /* psych integrates and searches coarsely */
    near(value_of(&c, fit, "b ~~ c"), -0.6542318, 1e-4);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "not positive definite"));
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_there_is),
        cmocka_unit_test(all_correlations_come_back),
        cmocka_unit_test(derivatives),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(a_heywood_case),
        cmocka_unit_test(not_identified),
        cmocka_unit_test(correlations_that_do_not_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
