/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of structural equation models: by hand, in blocks that merge, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_sample.h"

/* ---- by hand --------------------------------------------------------------------------------------------- */

/* a: 1 . 3 5 . 2   b: 2 4 6 . . 1   group: 0 1 0 0 1 1 */
static void few_rows(sample *s, rp_sem_missing missing) {
    static const double a[] = {1, NAN, 3, 5, NAN, 2}, b[] = {2, 4, 6, NAN, NAN, 1};
    static const uint32_t group[] = {0, 1, 0, 0, 1, 1};
    begin(s, 6, missing);
    column(s, "a", a);
    column(s, "b", b);
    s->layout.n_groups = 2;
    s->rows.group = group;
}

static void by_hand_with_missing_values(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_FIML);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_left_out(stats), 1); /* the fifth */
    assert_int_equal(rp_sem_rows_used(stats, 0), 3);
    assert_int_equal(rp_sem_rows_used(stats, 1), 2);
    assert_int_equal(stats->n_patterns, 4); /* group 0: a and b, a; group 1: a and b, b */
    const sem_pattern *p = stats->patterns;
    assert_int_equal(p[0].group, 0);
    assert_int_equal(p[0].k, 2);
    assert_int_equal(p[0].n, 2);
    assert_int_equal(p[0].observed[0], 0);
    assert_int_equal(p[0].observed[1], 1);
    near(p[0].mean[0], 2, 0); /* of 1 and 3 */
    near(p[0].mean[1], 4, 0); /* of 2 and 6 */
    near(p[0].cross[0], 2, 0);
    near(p[0].cross[1], 4, 0); /* (-1)(-2) + (1)(2) */
    near(p[0].cross[2], 4, 0);
    near(p[0].cross[3], 8, 0);
    assert_int_equal(p[1].group, 0);
    assert_int_equal(p[1].k, 1);
    assert_int_equal(p[1].observed[0], 0);
    near(p[1].mean[0], 5, 0);
    near(p[1].cross[0], 0, 0);
    assert_int_equal(p[2].group, 1);
    assert_int_equal(p[2].k, 2);
    near(p[2].mean[0], 2, 0);
    near(p[2].mean[1], 1, 0);
    assert_int_equal(p[3].group, 1);
    assert_int_equal(p[3].k, 1);
    assert_int_equal(p[3].observed[0], 1);
    near(p[3].mean[0], 4, 0);
    rp_arena_free(s.arena);
}

static void by_hand_listwise(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_LISTWISE);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_left_out(stats), 3); /* the second, the fourth and the fifth */
    assert_int_equal(rp_sem_rows_used(stats, 0), 2);
    assert_int_equal(rp_sem_rows_used(stats, 1), 1);
    assert_int_equal(stats->n_patterns, 2);
    near(stats->patterns[0].cross[1], 4, 0); /* as above */
    near(stats->patterns[1].mean[0], 2, 0);
    rp_arena_free(s.arena);
}

static void no_rows_are_no_patterns(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_FIML);
    s.rows.n = 0;
    rp_sem_stats *none = prepared(&s, &s.rows);
    assert_int_equal(none->n_patterns, 0);
    assert_int_equal(rp_sem_rows_used(none, 0), 0);
    s.rows.n = 6;
    rp_sem_stats *parts[] = {none, prepared(&s, &s.rows), none}, *all = merged(&s, parts, 3);
    assert_int_equal(all->n_patterns, 4);
    assert_int_equal(rp_sem_rows_left_out(all), 1);
    rp_arena_free(s.arena);
}

static void infinite_values_are_faults(void **state) {
    (void)state;
    sample s;
    static const double a[] = {1, INFINITY};
    begin(&s, 2, RP_SEM_FIML);
    column(&s, "score", a);
    rp_error error;
    assert_null(rp_sem_prepare(&s.layout, &s.rows, s.arena, &error));
    assert_int_equal(error.code, RP_E_RULE);
    assert_non_null(strstr(error.message, "score"));
    rp_arena_free(s.arena);
}

/* ---- blocks and orders ---------------------------------------------------------------------------------------- */

/* Means within `tolerance` of themselves, cross products of the product of standard deviations and n. */
static void alike(const rp_sem_stats *a, const rp_sem_stats *b, double tolerance) {
    assert_int_equal(a->left_out, b->left_out);
    assert_int_equal(a->n_patterns, b->n_patterns);
    for (size_t i = 0; i < a->n_patterns; i++) {
        const sem_pattern *p = &a->patterns[i], *q = &b->patterns[i];
        assert_int_equal(sem_pattern_order(p, q), 0);
        assert_int_equal(p->k, q->k);
        assert_int_equal(p->n, q->n);
        for (size_t j = 0; j < p->k; j++) {
            near(p->mean[j], q->mean[j], tolerance * fabs(q->mean[j]));
            for (size_t h = 0; h < p->k; h++)
                near(p->cross[j * p->k + h], q->cross[j * p->k + h],
                     tolerance * sqrt(q->cross[j * p->k + j] * q->cross[h * p->k + h]));
        }
    }
}

static void blocks_merge_to_the_whole(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 2000, 4, 5);
    rp_sem_stats *whole = prepared(&s, &s.rows), *first = in_blocks(&s, 171), *again = in_blocks(&s, 171);
    assert_true(whole->n_patterns == 3 * 15); /* all patterns but the empty one, in each group */
    assert_true(whole->left_out > 0);
    alike(first, whole, 1e-12);
    alike(in_blocks(&s, 500), whole, 1e-12);
    alike(first, again, 0);
    /* a merge of merges, in order, is the merge of all */
    const double *columns[MOST];
    rp_sem_stats *parts[3];
    for (size_t i = 0; i < 3; i++) {
        rp_sem_rows rows = block(&s, i * 600, i < 2 ? 600 : 800, columns);
        parts[i] = prepared(&s, &rows);
    }
    rp_sem_stats *pair[] = {merged(&s, parts, 2), parts[2]};
    alike(merged(&s, pair, 2), merged(&s, parts, 3), 0);
    rp_arena_free(s.arena);
}

static void order_of_rows_does_not_matter(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 2000, 4, 5);
    rp_sem_stats *whole = prepared(&s, &s.rows);
    uint32_t *group = rp_arena_take(s.arena, s.rows.n, sizeof *group);
    const double *columns[MOST];
    rp_sem_rows other = {.n = s.rows.n, .columns = columns, .group = group};
    for (size_t i = 0; i < s.rows.n; i++)
        group[i] = s.rows.group[i * 7 % s.rows.n]; /* 7 and 2000 have no divisor in common */
    for (size_t j = 0; j < s.layout.n_observed; j++) {
        double *moved = rp_arena_take(s.arena, s.rows.n, sizeof *moved);
        for (size_t i = 0; i < s.rows.n; i++)
            moved[i] = s.columns[j][i * 7 % s.rows.n];
        columns[j] = moved;
    }
    alike(prepared(&s, &other), whole, 1e-10);
    rp_arena_free(s.arena);
}

/* Masks of more than one word; with 70 variables nearly every row is a pattern of its own. */
static void more_variables_than_bits_of_a_word(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 500, 70, 5);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    int64_t n = 0;
    for (size_t i = 0; i < stats->n_patterns; i++) {
        const sem_pattern *p = &stats->patterns[i];
        n += p->n;
        assert_true(i == 0 || sem_pattern_order(p - 1, p) < 0);
        for (size_t a = 1; a < p->k; a++)
            assert_true(p->observed[a - 1] < p->observed[a]);
    }
    assert_int_equal(n, 500);
    assert_true(stats->n_patterns > 490);
    /* only the last variable apart: the second word counts */
    static const double one[] = {1, 1, 1}, last[] = {1, NAN, 3};
    sample t;
    begin(&t, 3, RP_SEM_FIML);
    for (size_t j = 0; j < 69; j++)
        column(&t, "one", one);
    column(&t, "last", last);
    stats = prepared(&t, &t.rows);
    assert_int_equal(stats->n_patterns, 2);
    assert_int_equal(stats->patterns[0].k, 70);
    assert_int_equal(stats->patterns[0].n, 2);
    near(stats->patterns[0].mean[69], 2, 0);
    assert_int_equal(stats->patterns[1].k, 69);
    rp_arena_free(s.arena);
    rp_arena_free(t.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_with_missing_values),
        cmocka_unit_test(by_hand_listwise),
        cmocka_unit_test(no_rows_are_no_patterns),
        cmocka_unit_test(infinite_values_are_faults),
        cmocka_unit_test(blocks_merge_to_the_whole),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(more_variables_than_bits_of_a_word),
    };
    return cmocka_run_group_tests_name("sem_stats", tests, NULL, NULL);
}
