/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unrestricted means and covariances, by hand and against lavaan. Numbers of lavaan are of R 4.2.2 and lavaan 0.6-14.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_sample.h"
#include "support/shared.h"

/* ---- unrestricted means and covariances ------------------------------------------------------------------------ */

static void read_columns(sample *s, const char *path, size_t n, const char *const *names, sheet *read) {
    *read = sheet_read(path, s->arena);
    for (size_t j = 0; j < n; j++)
        column(s, names[j], sheet_numbers(read, names[j]));
    s->rows.n = read->n;
}

static void unrestricted(const sample *s, sem_saturated *out) {
    assert_true(sem_saturated_make(prepared(s, &s->rows), out, s->arena));
    for (size_t g = 0; g < s->layout.n_groups; g++)
        assert_true(out[g].converged);
}

/* a: 1 2 3 4; b: 2 . 3 7. By the regression of b on a in the three complete rows, which is what maximum likelihood
 * comes to when one variable alone has missing values (Anderson, J Am Stat Assoc 52, 1957): a's mean 2.5 and
 * variance 1.25; slope (-5/3 * -2 + 1/3 * -1 + 4/3 * 3) / (25/9 + 1/9 + 16/9) = 7 / (14/3) = 1.5, residual variance (14
 * - 1.5 * 7) / 3 = 7/6, b's mean 4 + 1.5 (2.5 - 8/3) = 3.75. */
static void two_variables_by_hand(void **state) {
    (void)state;
    sample s;
    sem_saturated out;
    static const double a[] = {1, 2, 3, 4}, b[] = {2, NAN, 3, 7};
    begin(&s, 4, RP_SEM_FIML);
    column(&s, "a", a);
    column(&s, "b", b);
    unrestricted(&s, &out);
    near(out.mean[0], 2.5, 1e-8);
    near(out.mean[1], 3.75, 1e-8);
    near(out.cov[0], 1.25, 1e-8);
    near(out.cov[1], 1.5 * 1.25, 1e-8);
    near(out.cov[2], 1.5 * 1.25, 1e-8);
    near(out.cov[3], 1.5 * 1.5 * 1.25 + 7.0 / 6, 1e-8);
    /* the density of all a, and of b given a in three rows */
    near(out.log_lik, -2 * (log(2 * acos(-1) * 1.25) + 1) - 1.5 * (log(2 * acos(-1) * 7 / 6) + 1), 1e-10);
    rp_arena_free(s.arena);
}

static const char *const HOLZINGER[] = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"};

/* fitMeasures(cfa("a =~ x1 + .. + x9", HolzingerSwineford1939, meanstructure = TRUE), "unrestricted.logl"), with
 * lavInspect(., "sampstat"); and with group = "school" */
static void complete_data(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out[2], same;
    begin(&s, 0, RP_SEM_LISTWISE);
    read_columns(&s, shared_path("data/HolzingerSwineford1939.csv"), 9, HOLZINGER, &read);
    unrestricted(&s, out);
    near(out->log_lik, -3695.09216574, 1e-7);
    near(out->mean[0], 4.935769656, 1e-9);
    near(out->cov[1], 0.4073713302, 1e-10);
    near(out->cov[1 * 9 + 1], 1.381783866, 1e-9);
    s.layout.missing = RP_SEM_FIML; /* nothing is missing: the same */
    unrestricted(&s, &same);
    assert_memory_equal(same.cov, out->cov, 81 * sizeof *same.cov);
    near(same.log_lik, out->log_lik, 0);
    uint32_t levels;
    s.rows.group = sheet_groups(&read, "school", &levels);
    s.layout.n_groups = levels;
    assert_int_equal(levels, 2);
    unrestricted(&s, out);
    near(out[0].log_lik + out[1].log_lik, -3624.27184014, 1e-7);
    rp_arena_free(s.arena);
}

static const char *const BFI[] = {"A1", "A2", "A3", "A4", "A5", "C1", "C2", "C3", "C4", "C5"};

/* fitMeasures(cfa("a =~ A1 + .. + C5", bfi, missing = "fiml", em.h1.iter.max = 5000, em.h1.tol = 1e-13),
 * "unrestricted.logl"), with lavInspect(., "sampstat"); and listwise, meanstructure = TRUE */
static void missing_answers(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out;
    begin(&s, 0, RP_SEM_FIML);
    read_columns(&s, shared_path("data/bfi.csv"), 10, BFI, &read);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(stats->n_patterns, 31); /* nrow(unique(is.na(bfi[, 1:10]))); no row is empty */
    assert_int_equal(rp_sem_rows_used(stats, 0), 2800);
    unrestricted(&s, &out);
    near(out.log_lik, -44796.3391303, 1e-6);
    near(out.mean[0], 2.412436418, 1e-8);
    near(out.cov[1], -0.5611054473, 1e-8);
    near(out.cov[1 * 10 + 1], 1.37300204, 1e-8);
    s.layout.missing = RP_SEM_LISTWISE;
    stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_used(stats, 0), 2632); /* sum(complete.cases(bfi[, 1:10])) */
    assert_int_equal(rp_sem_rows_left_out(stats), 2800 - 2632);
    unrestricted(&s, &out);
    near(out.log_lik, -42385.3817004, 1e-6);
    near(out.cov[1], -0.569655618, 1e-9);
    rp_arena_free(s.arena);
}

static const char *const WAI[] = {"w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12"};

/* A fifth of twelve items missing: 416 patterns. As above. */
static void a_fifth_missing(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out, blocks;
    begin(&s, 0, RP_SEM_FIML);
    read_columns(&s, shared_path("bench/data/wai_miss_1000.csv"), 12, WAI, &read);
    uint32_t *group = rp_arena_take(s.arena, s.rows.n, sizeof *group);
    s.rows.group = group;
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(stats->n_patterns, 416); /* nrow(unique(is.na(.))) */
    unrestricted(&s, &out);
    near(out.log_lik, -12233.5224529, 1e-6);
    near(out.mean[0], 0.01229854708, 1e-7);
    near(out.cov[1], 0.5484598502, 1e-7);
    near(out.cov[1 * 12 + 1], 1.014609179, 1e-7);
    assert_in_range(out.steps, 1, 60);
    assert_true(sem_saturated_make(in_blocks(&s, 100), &blocks, s.arena));
    near(blocks.log_lik, out.log_lik, 1e-9);
    rp_arena_free(s.arena);
}

/* A variable twice; one that does not vary; one that nobody answered; no rows. */
static void no_likelihood_where_there_is_none(void **state) {
    (void)state;
    static const double a[] = {1, 2, 4, 3, 7, 5}, gaps[] = {1, 2, NAN, 3, NAN, 4}, same[] = {2, 2, 2, 2, 2, 2},
                        none[] = {NAN, NAN, NAN, NAN, NAN, NAN}, b[] = {3, 1, 4, 1, 5, NAN};
    const double *const pairs[][2] = {{a, a}, {a, same}, {a, none}, {gaps, gaps}, {b, same}, {b, none}};
    for (size_t i = 0; i <= sizeof pairs / sizeof *pairs; i++) {
        sample s;
        sem_saturated out;
        bool rows = i < sizeof pairs / sizeof *pairs;
        begin(&s, rows ? 6 : 0, RP_SEM_FIML);
        column(&s, "first", rows ? pairs[i][0] : a);
        column(&s, "second", rows ? pairs[i][1] : b);
        assert_true(sem_saturated_make(prepared(&s, &s.rows), &out, s.arena));
        assert_true(isnan(out.log_lik));
        assert_false(out.converged);
        rp_arena_free(s.arena);
    }
}

/* Two variables that are the same wherever both are known: EM goes to the edge, and says that there is none. */
static void no_likelihood_at_the_edge(void **state) {
    (void)state;
    static const double a[] = {1, 2, 4, 3, 7, 5, NAN, 6}, b[] = {1, 2, 4, NAN, 7, NAN, 3, 6};
    sample s;
    sem_saturated out;
    begin(&s, 8, RP_SEM_FIML);
    column(&s, "a", a);
    column(&s, "b", b);
    assert_true(sem_saturated_make(prepared(&s, &s.rows), &out, s.arena));
    assert_true(isnan(out.log_lik));
    assert_false(out.converged);
    rp_arena_free(s.arena);
}

/* As a_fifth_missing. */
static void many_patterns(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out;
    begin(&s, 0, RP_SEM_FIML);
    read_columns(&s, shared_path("bench/data/wai_miss_100000.csv"), 12, WAI, &read);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(stats->n_patterns, 2642); /* nrow(unique(is.na(.))) */
    assert_int_equal(rp_sem_rows_used(stats, 0), 100000);
    assert_true(sem_saturated_make(stats, &out, s.arena));
    assert_true(out.converged);
    near(out.log_lik, -1228595.85639, 1e-4); /* 1e-10 of its size */
    rp_arena_free(s.arena);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Prepares, merges and estimates; false where there was no memory, and it was said so. */
static bool whole_way(const sample *s) {
    rp_error error = {.code = RP_OK};
    sem_saturated out[3];
    rp_sem_stats *parts[2];
    for (size_t i = 0; i < 2; i++) {
        parts[i] = rp_sem_prepare(&s->layout, &s->rows, s->arena, &error);
        if (parts[i] == NULL) {
            assert_int_equal(error.code, RP_E_MEMORY);
            return false;
        }
    }
    rp_sem_stats *all = rp_sem_merge(parts, 2, s->arena, &error);
    if (all == NULL) {
        assert_int_equal(error.code, RP_E_MEMORY);
        return false;
    }
    return sem_saturated_make(all, out, s->arena);
}

static void memory_runs_out(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 200, 4, 5);
    long n = 1;
    for (bool good = false; !good; n++) {
        rp_memory_fail_after(n);
        good = whole_way(&s);
        rp_memory_fail_after(0);
        assert_true(n < 5000);
    }
    assert_true(n > 50); /* it did fail, and in many places */
    rp_arena_free(s.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_variables_by_hand),
        cmocka_unit_test(complete_data),
        cmocka_unit_test(missing_answers),
        cmocka_unit_test(a_fifth_missing),
        cmocka_unit_test(no_likelihood_where_there_is_none),
        cmocka_unit_test(no_likelihood_at_the_edge),
        cmocka_unit_test(many_patterns),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests_name("sem_saturated", tests, NULL, NULL);
}
