/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered items from rows to moments: distinct rows that merge, what is not a category, empty categories, and how sure
 * thresholds and polychoric correlations are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_ordered_case.h"

static uint64_t turn(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's */
    return *state >> 33;
}

/* n rows in three groups, of items with 2, 3, 5 and 200 categories that go together, some missing. */
static void draw_rows(ordered_case *c, size_t n) {
    static const uint32_t categories[] = {2, 3, 5, 200};
    static const char *const names[] = {"one", "two", "three"};
    uint64_t state = 11;
    begin_ordered(c, "a ~~ b + c + d; b ~~ c + d; c ~~ d", 2);
    memcpy(c->categories, categories, sizeof categories);
    double *all = rp_arena_take(c->arena, 4 * n, sizeof *all);
    uint32_t *group = rp_arena_take(c->arena, n, sizeof *group);
    assert_true(all && group);
    for (size_t i = 0; i < n; i++) {
        double common = (double)(turn(&state) % 100) / 100;
        group[i] = (uint32_t)(turn(&state) % 3);
        for (size_t j = 0; j < 4; j++) {
            double own = (double)(turn(&state) % 100) / 100;
            bool missing = turn(&state) % 20 == 0;
            all[j * n + i] = missing ? NAN : floor((common + own) / 2 * categories[j]);
        }
    }
    for (size_t j = 0; j < 4; j++)
        c->columns[j] = all + j * n;
    c->group = group;
    c->layout.groups = names;
    c->layout.n_groups = 3;
    c->n = n;
}

static void assert_same_rows(const rp_sem_stats *a, const rp_sem_stats *b) {
    assert_int_equal(a->left_out, b->left_out);
    assert_int_equal(a->ordered->stride, b->ordered->stride);
    for (size_t g = 0; g < a->layout->n_groups; g++) {
        const sem_ordered_group *x = &a->ordered->groups[g], *y = &b->ordered->groups[g];
        assert_int_equal(x->n, y->n);
        assert_int_equal(x->distinct, y->distinct);
        assert_memory_equal(x->keys, y->keys, x->distinct * a->ordered->stride * sizeof *x->keys);
        assert_memory_equal(x->counts, y->counts, x->distinct * sizeof *x->counts);
    }
}

/* ---- rows ----------------------------------------------------------------------------------------------------- */

/* Each row that has a value of every item is there as often as it is, in its group. */
static void rows_are_counted(void **state) {
    (void)state;
    ordered_case c;
    draw_rows(&c, 3000);
    rp_sem_stats *stats = ordered_stats(&c, 0, c.n);
    assert_non_null(stats);
    int64_t used = 0;
    for (size_t g = 0; g < 3; g++) {
        const sem_ordered_group *rows = &stats->ordered->groups[g];
        uint8_t *codes = rp_arena_take(c.arena, 4 * rows->distinct, 1);
        assert_non_null(codes);
        sem_ordered_unpack(stats, g, codes);
        for (size_t k = 0; k < rows->distinct; k++) {
            int64_t count = 0;
            for (size_t i = 0; i < c.n; i++) {
                bool same = c.group[i] == g;
                for (size_t j = 0; j < 4; j++)
                    same = same && c.columns[j][i] == codes[j * rows->distinct + k];
                count += same;
            }
            assert_true(count > 0);
            assert_int_equal(rows->counts[k], count);
        }
        assert_int_equal(rp_sem_rows_used(stats, g), rows->n);
        used += rows->n;
    }
    int64_t complete = 0;
    for (size_t i = 0; i < c.n; i++)
        complete += !isnan(c.columns[0][i] + c.columns[1][i] + c.columns[2][i] + c.columns[3][i]);
    assert_int_equal(used, complete);
    assert_int_equal(rp_sem_rows_left_out(stats), (int64_t)c.n - complete);
    rp_arena_free(c.arena);
}

/* Blocks of any size, in any order, with an empty one among them, and rows backwards: the same bits. */
static void order_and_blocks_leave_no_trace(void **state) {
    (void)state;
    ordered_case c;
    draw_rows(&c, 3000);
    rp_sem_stats *whole = ordered_stats(&c, 0, c.n), *parts[40];
    size_t n = 0;
    for (size_t from = 0; from < c.n; from += 97)
        parts[n++] = ordered_stats(&c, from, from + 97 < c.n ? 97 : c.n - from);
    parts[n++] = ordered_stats(&c, 0, 0);
    assert_same_rows(whole, rp_sem_merge(parts, n, c.arena, &c.error));
    for (size_t i = 0; i < n / 2; i++) {
        rp_sem_stats *kept = parts[i];
        parts[i] = parts[n - 1 - i];
        parts[n - 1 - i] = kept;
    }
    rp_sem_stats *first = rp_sem_merge(parts, 10, c.arena, &c.error);
    parts[9] = first;
    assert_same_rows(whole, rp_sem_merge(parts + 9, n - 9, c.arena, &c.error));

    uint32_t *group = rp_arena_take(c.arena, c.n, sizeof *group);
    for (size_t j = 0; j < 4; j++) {
        double *column = rp_arena_take(c.arena, c.n, sizeof *column);
        for (size_t i = 0; i < c.n; i++) {
            column[i] = c.columns[j][c.n - 1 - i];
            group[i] = c.group[c.n - 1 - i];
        }
        c.columns[j] = column;
    }
    c.group = group;
    assert_same_rows(whole, ordered_stats(&c, 0, c.n));
    rp_arena_free(c.arena);
}

static void refuses(ordered_case *c, double value, const char *message) {
    double *column = rp_arena_take(c->arena, c->n, sizeof *column);
    memcpy(column, c->columns[2], c->n * sizeof *column);
    column[7] = value;
    const double *kept = c->columns[2];
    c->columns[2] = column;
    assert_null(ordered_stats(c, 0, c->n));
    assert_non_null(strstr(c->error.message, message));
    assert_true(c->error.remedy[0] != 0);
    c->columns[2] = kept;
}

static void what_is_no_category(void **state) {
    (void)state;
    ordered_case c;
    draw_rows(&c, 100);
    refuses(&c, 5, "variable c is 5 in row 8; its categories are the numbers 0 to 4");
    refuses(&c, -1, "variable c is -1 in row 8");
    refuses(&c, 1.5, "variable c is 1.5 in row 8");
    refuses(&c, INFINITY, "variable c is inf in row 8");
    assert_non_null(ordered_stats(&c, 0, c.n));
    c.categories[1] = 257;
    assert_null(ordered_stats(&c, 0, c.n));
    assert_non_null(strstr(c.error.message, "variable b has 257 categories, and can have 256"));
    rp_arena_free(c.arena);
}

/* ---- what the text may say ---------------------------------------------------------------------------------------
 */

static void refuses_text(const char *text, const rp_sem_rules *rules, const char *message) {
    ordered_case c;
    begin_ordered(&c, text, 3);
    assert_null(rp_sem_specify(c.text, &c.layout, rules, c.arena, &c.error));
    assert_non_null(strstr(c.error.message, message));
    rp_arena_free(c.arena);
}

static void what_ordered_items_do_not_have(void **state) {
    (void)state;
    const rp_sem_rules none = {0};
    refuses_text("F =~ x1 + x2 + x3; x2 ~ 1", &none, "thresholds");
    refuses_text("F =~ x1 + x2 + x3; x2 ~~ 0.5*x2", &none, "what is left of 1");
    refuses_text("F =~ x1 + x2 + x3; x2 ~~ e*x2; x3 ~~ e*x3", &none, "what is left of 1");
    refuses_text("F =~ x1 + x2 + x3", &(rp_sem_rules){.equal_intercepts = true}, "not offered");
    refuses_text("F =~ x1 + x2 + x3", &(rp_sem_rules){.equal_residuals = true}, "not offered");
    refuses_text("F =~ x1 + x2 + x3", &(rp_sem_rules){.growth = true}, "not offered");
}

/* Thresholds of each group, one less than categories; no residual variance is a parameter; no intercepts. */
static void lines_of_ordered_items(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ x1 + x2 + x3; x2 ~~ x2", 3);
    c.layout.n_groups = 2;
    c.layout.groups = (const char *const[]){"a", "b"};
    c.categories[1] = 5;
    c.spec = rp_sem_specify(c.text, &c.layout, &(rp_sem_rules){.means = true}, c.arena, &c.error);
    assert_non_null(c.spec);
    assert_false(c.spec->means);
    assert_int_equal(c.spec->n_lines, 2 * (3 + 4 + 8));
    assert_int_equal(c.spec->n_parameters, 2 * (2 + 1 + 8));
    for (size_t g = 0; g < 2; g++) {
        size_t at = line_of(&c, g ? "x2 | t4 in group b" : "x2 | t4 in group a");
        assert_true(c.spec->lines[at].parameter != SIZE_MAX);
        at = line_of(&c, g ? "x2 ~~ x2 in group b" : "x2 ~~ x2 in group a");
        assert_true(c.spec->lines[at].parameter == SIZE_MAX && isnan(c.spec->lines[at].value));
    }
    rp_arena_free(c.arena);
}

/* ---- moments -------------------------------------------------------------------------------------------------- */

/* Two items of two categories: what is seen is what the bivariate normal distribution gives. */
static void tetrachoric_by_its_definition(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "x ~~ y", 2);
    repeat_rows(&c, 4, (const double[]){0, 0, 0, 1, 1, 0, 1, 1}, (const int[]){40, 10, 15, 35});
    rp_sem_stats *stats = ordered_stats(&c, 0, c.n);
    sem_moments *m = sem_moments_make(stats, true, c.arena);
    assert_true(m && m->whole && m->n_cuts == 2 && m->n_pairs == 1);
    double rho = m->pairs[0].found.correlation;
    near(rp_normal_cdf(m->cuts[0]), 0.5, 1e-14);
    near(rp_normal_cdf(m->cuts[1]), 0.55, 1e-14);
    near(rp_bivariate_normal_cdf(m->cuts[0], m->cuts[1], rho), 0.40, 1e-12);
    rp_arena_free(c.arena);
}

/* The shares as they would be, moved by `by` in one cell: threshold of x, of y, tetrachoric correlation. */
static void from_shares(const double *share, double *out) {
    double low = -0.999, high = 0.999;
    out[0] = rp_normal_quantile(share[0] + share[1]);
    out[1] = rp_normal_quantile(share[0] + share[2]);
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(rp_bivariate_normal_cdf(out[0], out[1], middle) < share[0] ? &low : &high) = middle;
    }
    out[2] = (low + high) / 2;
}

/* Where nothing is restricted, gamma is the delta method's: with J the derivatives by the shares of the four cells, J
 * (diag p - p p') J'. */
static void gamma_by_the_delta_method(void **state) {
    (void)state;
    const double share[4] = {0.40, 0.10, 0.15, 0.35}, step = 1e-5;
    double by[4][3], covariance[3][3] = {{0}};
    for (int k = 0; k < 4; k++) {
        double above[3], below[3], moved[4];
        memcpy(moved, share, sizeof moved);
        moved[k] += step;
        from_shares(moved, above);
        moved[k] -= 2 * step;
        from_shares(moved, below);
        for (int i = 0; i < 3; i++)
            by[k][i] = (above[i] - below[i]) / (2 * step);
    }
    for (int k = 0; k < 4; k++)
        for (int l = 0; l < 4; l++)
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    covariance[i][j] += by[k][i] * by[l][j] * ((k == l ? share[k] : 0) - share[k] * share[l]);
    ordered_case c;
    begin_ordered(&c, "x ~~ y", 2);
    repeat_rows(&c, 4, (const double[]){0, 0, 0, 1, 1, 0, 1, 1}, (const int[]){40, 10, 15, 35});
    sem_moments *m = sem_moments_make(ordered_stats(&c, 0, c.n), true, c.arena);
    assert_true(m && m->gamma);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            near(m->gamma[i * 3 + j], covariance[i][j], 1e-7); /* differences: step^2 */
    rp_arena_free(c.arena);
}

/* ---- categories that nobody chose --------------------------------------------------------------------------------
 */

static void one_note(const rp_sem_fit *fit, const char *says) {
    for (size_t i = 0; i < fit->n_notes; i++)
        if (strstr(fit->notes[i], says))
            return;
    fail_msg("no note says: %s", says);
}

/* The same rows with more categories than there are: the same fit, and it is said. */
static void empty_categories(void **state) {
    (void)state;
    const char *text = "a ~~ b + c; b ~~ c";
    const double rows[] = {0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 2, 1, 1, 2, 0, 1, 0, 1, 1, 2, 1, 0};
    const int counts[] = {30, 12, 14, 25, 28, 10, 11, 9};
    ordered_case plain, wide;
    begin_ordered(&plain, text, 3);
    plain.categories[1] = plain.categories[2] = 2;
    repeat_rows(&plain, 8, rows, counts);
    rp_sem_fit *fit = fit_ordered(&plain);
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    assert_int_equal(fit->n_notes, 0);

    double recoded[24];
    for (size_t i = 0; i < 24; i += 3) {
        recoded[i] = rows[i] + (rows[i] > 1); /* 0, 1, 3 of 5: 2 and 4 are empty */
        recoded[i + 1] = 1 + rows[i + 1];     /* 1, 2 of 3: 0 is empty */
        recoded[i + 2] = rows[i + 2];
    }
    begin_ordered(&wide, text, 5);
    wide.categories[1] = 3;
    wide.categories[2] = 2;
    repeat_rows(&wide, 8, recoded, counts);
    rp_sem_fit *other = fit_ordered(&wide);
    assert_int_equal(other->status, RP_SEM_CONVERGED);
    assert_int_equal(other->n_notes, 3);
    one_note(other, "No row has category 2 of a (counted from 0): the thresholds below and above it are one.");
    one_note(other, "No row has category 4 of a");
    one_note(other, "No row has category 0 of b (counted from 0): there is no threshold");
    assert_int_equal(other->n_free, fit->n_free);
    near(other->df, fit->df, 0);
    near(value_of(&wide, other, "a ~~ b"), value_of(&plain, fit, "a ~~ b"), 1e-15);
    near(value_of(&wide, other, "a | t2"), value_of(&plain, fit, "a | t2"), 1e-15);
    near(value_of(&wide, other, "a | t3"), value_of(&plain, fit, "a | t2"), 1e-15);
    assert_true(isinf(value_of(&wide, other, "a | t4")) && value_of(&wide, other, "a | t4") > 0);
    assert_true(isinf(value_of(&wide, other, "b | t1")) && value_of(&wide, other, "b | t1") < 0);
    near(error_of(other, &wide.spec->lines[line_of(&wide, "a ~~ c")]),
         error_of(fit, &plain.spec->lines[line_of(&plain, "a ~~ c")]), 1e-15);
    near(error_of(other, &wide.spec->lines[line_of(&wide, "a | t3")]),
         error_of(fit, &plain.spec->lines[line_of(&plain, "a | t2")]), 1e-15);
    assert_true(isnan(error_of(other, &wide.spec->lines[line_of(&wide, "a | t4")])));
    rp_arena_free(plain.arena);
    rp_arena_free(wide.arena);
}

static void not_fitted(size_t n, const double *rows, const int *counts, const char *says) {
    ordered_case c;
    begin_ordered(&c, "a ~~ b + c; b ~~ c", 2);
    repeat_rows(&c, n, rows, counts);
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_NOT_FITTED);
    assert_string_equal(fit->message, says);
    assert_true(isnan(fit->theta[0]) && isnan(fit->chisq));
    rp_arena_free(c.arena);
}

static void what_cannot_be_fitted(void **state) {
    (void)state;
    not_fitted(2, (const double[]){0, 0, 1, 1, 0, 0}, (const int[]){20, 30},
               "b does not vary: all rows have one category. Leave it out.");
    not_fitted(4, (const double[]){0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1}, (const int[]){20, 30, 10, 10},
               "a and b go together without exception, so that their polychoric correlation is 1: leave one out, or "
               "put categories together.");
    not_fitted(1, (const double[]){NAN, 0, 1}, (const int[]){20}, "No row has a value of every variable.");
}

/* One of four combinations is not there: as in lavaan it counts as half a row, and that is said. */
static void an_empty_cell_of_four(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "a ~~ b", 2);
    repeat_rows(&c, 3, (const double[]){0, 0, 0, 1, 1, 1}, (const int[]){30, 12, 40});
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    assert_int_equal(fit->n_notes, 1);
    one_note(fit, "Of a and b one of the four combinations is not there");
    double rho = value_of(&c, fit, "a ~~ b");
    near(rp_bivariate_normal_cdf(value_of(&c, fit, "a | t1"), value_of(&c, fit, "b | t1"), rho), 29.5 / 82, 1e-10);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_counted),          cmocka_unit_test(order_and_blocks_leave_no_trace),
        cmocka_unit_test(what_is_no_category),       cmocka_unit_test(what_ordered_items_do_not_have),
        cmocka_unit_test(lines_of_ordered_items),    cmocka_unit_test(tetrachoric_by_its_definition),
        cmocka_unit_test(gamma_by_the_delta_method), cmocka_unit_test(empty_categories),
        cmocka_unit_test(what_cannot_be_fitted),     cmocka_unit_test(an_empty_cell_of_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
