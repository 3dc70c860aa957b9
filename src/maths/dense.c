/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to BLAS and LAPACK. The functions of LAPACKE that end in _work take their scratch from the caller, so
 * that nothing is allocated behind the arena's back. */
#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>

#include "rapport/maths.h"
#include "rapport/matrix.h"

/* Debian's serial OpenBLAS shares its scratch between callers without a lock: two threads in it at a time give wrong
 * numbers. Callers in several threads are rare, so that they may wait for each other. */
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

/* Debian lets the administrator put a threaded OpenBLAS in the serial one's place. */
static void go_in(void) {
    pthread_mutex_lock(&door);
#ifdef RP_OPENBLAS
    if (openblas_get_parallel() != OPENBLAS_SEQUENTIAL && openblas_get_num_threads() != 1)
        openblas_set_num_threads(1);
#endif
}

static void go_out(void) {
    pthread_mutex_unlock(&door);
}

static int whole(size_t n) {
    assert(n <= INT_MAX);
    return (int)n;
}

static int at_least_one(size_t n) { /* a leading dimension, even of an empty matrix */
    return n == 0 ? 1 : whole(n);
}

bool rp_dense_cholesky(double *a, size_t n) {
    go_in();
    int status = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', whole(n), a, at_least_one(n));
    go_out();
    if (status != 0)
        return false;
    for (size_t i = 0; i < n; i++) /* a NaN passes LAPACK's own test */
        if (!(a[i * n + i] > 0) || !isfinite(a[i * n + i]))
            return false;
    return true;
}

double rp_dense_log_determinant(const double *l, size_t n) {
    rp_sum sum = {0};
    for (size_t i = 0; i < n; i++)
        rp_sum_add(&sum, 2 * log(l[i * n + i]));
    return rp_sum_value(&sum);
}

void rp_dense_solve(const double *l, size_t n, bool transposed, double *b, size_t columns) {
    if (n == 0 || columns == 0)
        return;
    go_in();
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, whole(n),
                whole(columns), 1, l, whole(n), b, whole(n));
    go_out();
}

void rp_dense_inverse(double *l, size_t n) {
    go_in();
    int status = LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'L', whole(n), l, at_least_one(n));
    go_out();
    assert(status == 0); /* it fails only for a zero on the diagonal, which a Cholesky factor has not */
    (void)status;
}

void rp_dense_add_gram(double scale, const double *a, size_t rows, size_t n, double *c) {
    if (rows == 0 || n == 0)
        return;
    go_in();
    cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, whole(n), whole(rows), scale, a, whole(rows), 1, c, whole(n));
    go_out();
}

void rp_dense_add_product(double scale, const double *a, bool transposed, const double *b, size_t rows, size_t inner,
                          size_t columns, double *c) {
    if (rows == 0 || inner == 0 || columns == 0)
        return;
    go_in();
    cblas_dgemm(CblasColMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, whole(rows), whole(columns),
                whole(inner), scale, a, whole(transposed ? inner : rows), b, whole(inner), 1, c, whole(rows));
    go_out();
}

static bool eigen(double *a, size_t n, double *values, rp_arena *arena) {
    double room;
    int whole_room;
    if (LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', whole(n), a, at_least_one(n), values, &room, -1, &whole_room,
                            -1) != 0)
        return false;
    double *work = rp_arena_take_unset(arena, (size_t)room, sizeof *work);
    int *whole_work = rp_arena_take_unset(arena, (size_t)whole_room, sizeof *whole_work);
    return work != NULL && whole_work != NULL &&
           LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', whole(n), a, at_least_one(n), values, work, (int)room,
                               whole_work, whole_room) == 0;
}

bool rp_dense_eigen(double *a, size_t n, double *values, rp_arena *arena) {
    go_in();
    bool done = eigen(a, n, values, arena);
    go_out();
    return done;
}
