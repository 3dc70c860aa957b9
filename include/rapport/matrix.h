/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 2, maths: symmetric matrices, dense and sparse. Knows nothing of data or therapy.
 * src/maths/dense.c alone talks to BLAS and LAPACK, src/maths/sparse_cholesky.c alone to CHOLMOD; one thread each;
 * callers in several threads wait for each other at the dense door. The last bits of the dense results depend on the
 * processor, since its own kernels are chosen; on one machine the same numbers give the same bits. */
#ifndef RAPPORT_MATRIX_H
#define RAPPORT_MATRIX_H

#include "rapport/base.h"

/* ---- dense: n by n, by columns; of a symmetric or triangular matrix the lower triangle alone is read or written ----
 */

/* a = L L' in place (LAPACK dpotrf). False: not positive definite to working precision; `a` is then of no use. */
bool rp_dense_cholesky(double *a, size_t n) RP_MUST_CHECK;
double rp_dense_log_determinant(const double *l, size_t n); /* log |L L'|, a compensated sum */
/* b = L^-1 b, or L'^-1 b where transposed; b has n rows and `columns` columns, in place (dtrsm). */
void rp_dense_solve(const double *l, size_t n, bool transposed, double *b, size_t columns);
/* (L L')^-1 in place of L (dpotri). 2 n^3 / 3 multiplications and additions, twice what the Cholesky takes. */
void rp_dense_inverse(double *l, size_t n);
/* c = c + scale * a' a; a has `rows` rows and n columns (dsyrk). */
void rp_dense_add_gram(double scale, const double *a, size_t rows, size_t n, double *c);
/* c = c + scale * a b, or a' b where transposed; a is `rows` by `inner` after transposing, b inner by columns (dgemm).
 */
void rp_dense_add_product(double scale, const double *a, bool transposed, const double *b, size_t rows, size_t inner,
                          size_t columns, double *c);
/* Eigenvalues, ascending, into `values` (n), and eigenvectors in place of `a`, a column each (dsyevd). The sign of an
 * eigenvector is as it comes. Scratch from the arena. False: no memory, or no convergence. */
bool rp_dense_eigen(double *a, size_t n, double *values, rp_arena *arena) RP_MUST_CHECK;

/* ---- sparse: the lower triangle by columns, rows ascending, the diagonal always there ------------------------------
 */

/* Where elements are: column j has the rows row[start[j]] to row[start[j + 1] - 1], the first of them j. */
typedef struct rp_sparse_pattern {
    size_t n;
    const int32_t *start; /* n + 1 */
    const int32_t *row;
} rp_sparse_pattern;

/* Whether this program was built with CHOLMOD. Without it the next two give an error that says so. */
bool rp_sparse_available(void);

/* order[k]: which row and column comes k-th, so that the factor fills in little (AMD, then a postorder), and how many
 * multiplications and additions a Cholesky in that order takes. */
bool rp_sparse_order(const rp_sparse_pattern *pattern, int32_t *order, double *work, rp_error *error) RP_MUST_CHECK;

/* The Cholesky factor of matrices of one pattern, in the order that they have. In arena. */
typedef struct rp_sparse_factor rp_sparse_factor;
/* The pattern is borrowed as long as the factor. */
rp_sparse_factor *rp_sparse_factor_new(const rp_sparse_pattern *pattern, rp_arena *arena,
                                       rp_error *error) RP_MUST_CHECK;
size_t rp_sparse_factor_count(const rp_sparse_factor *factor); /* elements of L */
/* Where L has elements, known after the first Cholesky; borrowed from the factor. */
rp_sparse_pattern rp_sparse_factor_pattern(const rp_sparse_factor *factor);
/* L of the matrix with these values, an element of the pattern each. CHOLMOD's simplicial L L'. False: not positive
 * definite, or no memory. */
bool rp_sparse_cholesky(rp_sparse_factor *factor, const double *values) RP_MUST_CHECK;
double rp_sparse_log_determinant(const rp_sparse_factor *factor); /* log |L L'|, a compensated sum */
/* b = L^-1 b, or L'^-1 b where transposed; n rows, `columns` columns, in place. */
void rp_sparse_solve(const rp_sparse_factor *factor, bool transposed, double *b, size_t columns);
/* The elements of (L L')^-1 where L has elements, in `out`, in L's order: Takahashi, Fagan & Chen (1973); Erisman &
 * Tinney, Commun ACM 18 (1975), 177-179. About as much work as the Cholesky. */
void rp_sparse_inverse(const rp_sparse_factor *factor, double *out);

#endif
