/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door to BLAS and LAPACK: identities of each operation, and cases worked by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef RP_OPENBLAS
#include <cblas.h>
#endif

#include "rapport/matrix.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static double draw(uint64_t *seed) { /* xorshift, in (-1, 1) */
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return (double)(*seed >> 11) / 4503599627370496.0 - 1;
}

static void fill(double *a, size_t n, uint64_t seed) {
    for (size_t i = 0; i < n; i++)
        a[i] = draw(&seed);
}

/* A positive definite matrix, whole: D D' + n I. */
static void positive(double *a, size_t n, uint64_t seed) {
    double *d = test_malloc(n * n * sizeof *d);
    fill(d, n * n, seed);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            a[j * n + i] = i == j ? (double)n : 0;
            for (size_t k = 0; k < n; k++)
                a[j * n + i] += d[k * n + i] * d[k * n + j];
        }
    test_free(d);
}

static void a_cholesky_by_hand(void **state) {
    (void)state;
    /* (4 2; 2 5) = (2 0; 1 2) (2 1; 0 2); its determinant is 16, its inverse (5 -2; -2 4) / 16. By hand. */
    double a[4] = {4, 2, -77, 5}, b[2] = {2, 5};
    assert_true(rp_dense_cholesky(a, 2));
    near(a[0], 2, 0), near(a[1], 1, 0), near(a[3], 2, 0);
    near(a[2], -77, 0); /* the upper triangle stays as it was */
    near(rp_dense_log_determinant(a, 2), log(16), 1e-15);
    rp_dense_solve(a, 2, false, b, 1);
    near(b[0], 1, 0), near(b[1], 2, 0);
    rp_dense_solve(a, 2, true, b, 1);
    near(b[0], 0, 0), near(b[1], 1, 0); /* (4 2; 2 5) (0, 1)' = (2, 5)' */
    rp_dense_inverse(a, 2);
    near(a[0], 5. / 16, 1e-16), near(a[1], -2. / 16, 1e-16), near(a[3], 4. / 16, 1e-16);
}

static void what_is_not_positive_is_refused(void **state) {
    (void)state;
    double indefinite[4] = {1, 2, 0, 1}, nothing[1] = {0}, unknown[4] = {1, NAN, 0, 1}, endless[1] = {INFINITY};
    assert_false(rp_dense_cholesky(indefinite, 2));
    assert_false(rp_dense_cholesky(nothing, 1));
    assert_false(rp_dense_cholesky(unknown, 2));
    assert_false(rp_dense_cholesky(endless, 1));
    assert_true(rp_dense_cholesky(nothing, 0));
    near(rp_dense_log_determinant(nothing, 0), 0, 0);
}

static void the_inverse_is_one(void **state) {
    (void)state;
    enum { N = 150 }; /* past the library's block size */
    double *a = test_malloc(N * N * sizeof *a), *inverse = test_malloc(N * N * sizeof *a);
    positive(a, N, 11);
    memcpy(inverse, a, N * N * sizeof *a);
    assert_true(rp_dense_cholesky(inverse, N));
    rp_dense_inverse(inverse, N);
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < j; i++)
            inverse[j * N + i] = inverse[i * N + j];
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < N; i++) {
            double sum = 0;
            for (size_t k = 0; k < N; k++)
                sum += a[k * N + i] * inverse[j * N + k];
            near(sum, i == j, 1e-12);
        }
    test_free(a), test_free(inverse);
}

static void products_by_the_definition(void **state) {
    (void)state;
    enum { R = 3, K = 4, C = 2 };
    double a[R * K], b[K * C], c[R * C], t[K * R], gram[K * K];
    fill(a, R * K, 3), fill(b, K * C, 4), fill(c, R * C, 5), fill(gram, K * K, 6);
    for (size_t i = 0; i < R; i++)
        for (size_t k = 0; k < K; k++)
            t[i * K + k] = a[k * R + i];
    double plain[R * C], turned[R * C], sum[K * K];
    memcpy(plain, c, sizeof c), memcpy(turned, c, sizeof c), memcpy(sum, gram, sizeof gram);
    rp_dense_add_product(-2, a, false, b, R, K, C, plain);
    rp_dense_add_product(-2, t, true, b, R, K, C, turned);
    rp_dense_add_gram(0.5, a, R, K, sum);
    for (size_t j = 0; j < C; j++)
        for (size_t i = 0; i < R; i++) {
            double want = c[j * R + i];
            for (size_t k = 0; k < K; k++)
                want -= 2 * a[k * R + i] * b[j * K + k];
            near(plain[j * R + i], want, 1e-15);
            near(turned[j * R + i], want, 1e-15);
        }
    for (size_t j = 0; j < K; j++)
        for (size_t i = 0; i < K; i++) {
            double want = gram[j * K + i];
            for (size_t k = 0; k < R && i >= j; k++)
                want += 0.5 * a[i * R + k] * a[j * R + k];
            near(sum[j * K + i], want, 1e-15);
        }
}

static void eigenvectors_by_the_definition(void **state) {
    (void)state;
    enum { N = 40 };
    rp_arena *arena = rp_arena_new(0);
    double *a = test_malloc(N * N * sizeof *a), *vectors = test_malloc(N * N * sizeof *a), values[N];
    positive(a, N, 5);
    memcpy(vectors, a, N * N * sizeof *a);
    assert_true(rp_dense_eigen(vectors, N, values, arena));
    for (size_t j = 0; j < N; j++) {
        assert_true(j == 0 || values[j - 1] <= values[j]);
        double length = 0;
        for (size_t i = 0; i < N; i++) {
            double image = 0;
            for (size_t k = 0; k < N; k++)
                image += a[k * N + i] * vectors[j * N + k];
            near(image, values[j] * vectors[j * N + i], 1e-12 * values[N - 1]);
            length += vectors[j * N + i] * vectors[j * N + i];
        }
        near(length, 1, 1e-13);
    }
    double by_hand[4] = {2, 1, 0, 2}; /* (2 1; 1 2): 1 and 3 */
    assert_true(rp_dense_eigen(by_hand, 2, values, arena));
    near(values[0], 1, 1e-15), near(values[1], 3, 1e-15);
    test_free(a), test_free(vectors);
    rp_arena_free(arena);
}

static void one_thread_and_the_same_bits(void **state) {
    (void)state;
    enum { N = 300 };
    double *a = test_malloc(N * N * sizeof *a), *b = test_malloc(N * N * sizeof *a);
    positive(a, N, 9);
    memcpy(b, a, N * N * sizeof *a);
    assert_true(rp_dense_cholesky(a, N) && rp_dense_cholesky(b, N));
    rp_dense_inverse(a, N), rp_dense_inverse(b, N);
    assert_memory_equal(a, b, N * N * sizeof *a);
#ifdef RP_OPENBLAS
    assert_int_equal(openblas_get_num_threads(), 1);
#endif
    test_free(a), test_free(b);
}

/* Debian's serial OpenBLAS has no lock of its own: without ours, some of these factors are wrong. */
enum { CALLS = 4000, SIDE = 20 };
typedef struct calls {
    const double *from;
    double *to;
    bool *done;
} calls;

static void one_call(void *context, size_t i) {
    const calls *c = context;
    memcpy(c->to + i * SIDE * SIDE, c->from, SIDE * SIDE * sizeof(double));
    c->done[i] = rp_dense_cholesky(c->to + i * SIDE * SIDE, SIDE);
    rp_dense_solve(c->to + i * SIDE * SIDE, SIDE, false, c->to + i * SIDE * SIDE, 1); /* its own first column */
}

static void several_threads_may_call(void **state) {
    (void)state;
    double *from = test_malloc(SIDE * SIDE * sizeof *from), *to = test_malloc(CALLS * SIDE * SIDE * sizeof *to);
    bool *done = test_malloc(CALLS * sizeof *done);
    positive(from, SIDE, 11);
    calls c = {from, to, done};
    rp_pool_run(4, CALLS, one_call, &c);
    for (size_t i = 0; i < CALLS; i++) {
        assert_true(done[i]);
        assert_memory_equal(to + i * SIDE * SIDE, to, SIDE * SIDE * sizeof *to);
    }
    test_free(from), test_free(to), test_free(done);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cholesky_by_hand),
        cmocka_unit_test(what_is_not_positive_is_refused),
        cmocka_unit_test(the_inverse_is_one),
        cmocka_unit_test(products_by_the_definition),
        cmocka_unit_test(eigenvectors_by_the_definition),
        cmocka_unit_test(one_thread_and_the_same_bits),
        cmocka_unit_test(several_threads_may_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
