/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sparse Cholesky and selected inverse against the dense ones, and what is said where CHOLMOD is not there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/matrix.h"

enum { N = 60 };

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

typedef struct matrix {
    int32_t start[N + 1], row[N * N];
    double value[N * N], dense[N * N];
    rp_sparse_pattern pattern;
} matrix;

/* About `share` of the pairs are connected; dominant on the diagonal, so positive definite. */
static void make(matrix *m, double share, uint64_t seed) {
    int32_t at = 0;
    memset(m, 0, sizeof *m);
    for (size_t j = 0; j < N; j++) {
        m->start[j] = at;
        for (size_t i = j; i < N; i++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            double u = (double)(seed >> 11) / 9007199254740992.0;
            if (i > j && u > share)
                continue;
            m->row[at] = (int32_t)i;
            m->dense[j * N + i] = m->value[at++] = i == j ? 10 + u : u / share - 0.5;
        }
    }
    m->start[N] = at;
    m->pattern = (rp_sparse_pattern){N, m->start, m->row};
}

static void needs_cholmod(void) {
    if (!rp_sparse_available()) {
        print_message("built without CHOLMOD\n");
        skip();
    }
}

static void against_the_dense_one(void **state) {
    (void)state;
    needs_cholmod();
    static matrix m;
    rp_error error = {0};
    for (size_t kind = 0; kind < 4; kind++) {
        const double share[] = {1e-9, 0.03, 0.1, 1};
        rp_arena *arena = rp_arena_new(0);
        make(&m, share[kind], 77 + kind);
        rp_sparse_factor *factor = rp_sparse_factor_new(&m.pattern, arena, &error);
        assert_non_null(factor);
        double b[2 * N], c[2 * N];
        for (size_t i = 0; i < 2 * N; i++)
            b[i] = c[i] = (double)(i % 7) - 3;
        for (int again = 0; again < 2; again++) /* a factor may be made anew */
            assert_true(rp_sparse_cholesky(factor, m.value));
        assert_true(rp_dense_cholesky(m.dense, N));
        near(rp_sparse_log_determinant(factor), rp_dense_log_determinant(m.dense, N), 1e-12);
        rp_sparse_pattern l = rp_sparse_factor_pattern(factor);
        for (size_t j = 0; j < N; j++)
            for (int32_t at = l.start[j]; at < l.start[j + 1]; at++) {
                assert_true(at == l.start[j] ? l.row[at] == (int32_t)j : l.row[at] > l.row[at - 1]);
            }
        for (int turned = 0; turned < 2; turned++) {
            rp_sparse_solve(factor, turned, b, 2);
            rp_dense_solve(m.dense, N, turned, c, 2);
            for (size_t i = 0; i < 2 * N; i++)
                near(b[i], c[i], 1e-13);
        }
        assert_int_equal(rp_sparse_factor_count(factor), l.start[N]);
        double *z = rp_arena_take(arena, (size_t)l.start[N], sizeof *z);
        rp_sparse_inverse(factor, z);
        rp_dense_inverse(m.dense, N);
        for (size_t j = 0; j < N; j++)
            for (int32_t at = l.start[j]; at < l.start[j + 1]; at++)
                near(z[at], m.dense[j * N + (size_t)l.row[at]], 1e-14);
        rp_arena_free(arena);
    }
}

/* An arrow whose head comes first fills in wholly; with the head last, it does not: the order must find that. */
static void an_order_that_fills_little(void **state) {
    (void)state;
    needs_cholmod();
    int32_t start[N + 1], row[2 * N], order[N], seen[N] = {0}, at = 0;
    for (int32_t j = 0; j < N; j++) {
        start[j] = at;
        for (int32_t i = j; i < N && (i == j || j == 0); i++)
            row[at++] = i;
    }
    start[N] = at;
    rp_sparse_pattern pattern = {N, start, row};
    rp_error error = {0};
    double work = 0;
    assert_true(rp_sparse_order(&pattern, order, &work, &error));
    for (size_t k = 0; k < N; k++)
        seen[order[k]]++;
    for (size_t k = 0; k < N; k++)
        assert_int_equal(seen[k], 1);
    assert_true(order[N - 1] == 0 || order[N - 2] == 0);
    assert_true(work < 5 * N); /* filled in, it is N^3 / 6 = 36,000 */
}

static void what_is_not_positive_is_refused(void **state) {
    (void)state;
    needs_cholmod();
    int32_t start[3] = {0, 2, 3}, row[3] = {0, 1, 1};
    rp_sparse_pattern pattern = {2, start, row};
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_sparse_factor *factor = rp_sparse_factor_new(&pattern, arena, &error);
    assert_non_null(factor);
    assert_false(rp_sparse_cholesky(factor, (double[]){1, 2, 1}));
    assert_false(rp_sparse_cholesky(factor, (double[]){1, NAN, 1}));
    assert_true(rp_sparse_cholesky(factor, (double[]){4, 2, 5}));
    near(rp_sparse_log_determinant(factor), log(16), 1e-15); /* by hand, as in test_dense.c */
    rp_arena_free(arena);
}

static void without_cholmod_it_is_said(void **state) {
    (void)state;
    int32_t start[2] = {0, 1}, row[1] = {0}, order[1];
    rp_sparse_pattern pattern = {1, start, row};
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    double work;
    bool good = rp_sparse_order(&pattern, order, &work, &error);
    assert_int_equal(good, rp_sparse_available());
    assert_int_equal(rp_sparse_factor_new(&pattern, arena, &error) != NULL, rp_sparse_available());
    assert_int_equal(strstr(error.message, "without CHOLMOD") != NULL, !rp_sparse_available());
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_dense_one),
        cmocka_unit_test(an_order_that_fills_little),
        cmocka_unit_test(what_is_not_positive_is_refused),
        cmocka_unit_test(without_cholmod_it_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
