/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with a sparse Cholesky factor: solving, its determinant, and those elements of the inverse that lie
 * where the factor has elements. */
#include <assert.h>
#include <math.h>

#include "maths/sparse_parts.h"
#include "rapport/maths.h"

rp_sparse_factor *sparse_factor_take(const rp_sparse_pattern *pattern, size_t room, rp_arena *arena) {
    rp_sparse_factor *f = rp_arena_take(arena, 1, sizeof *f);
    if (f == NULL)
        return NULL;
    *f = (rp_sparse_factor){.pattern = pattern, .n = pattern->n, .room = room};
    f->start = rp_arena_take(arena, f->n + 1, sizeof *f->start);
    f->row = rp_arena_take(arena, room, sizeof *f->row);
    f->value = rp_arena_take(arena, room, sizeof *f->value);
    f->scratch = rp_arena_take(arena, f->n, sizeof *f->scratch);
    f->sum = rp_arena_take(arena, f->n, sizeof *f->sum);
    return f->start && f->row && f->value && f->scratch && f->sum ? f : NULL;
}

size_t rp_sparse_factor_count(const rp_sparse_factor *factor) {
    return factor->room;
}

rp_sparse_pattern rp_sparse_factor_pattern(const rp_sparse_factor *factor) {
    return (rp_sparse_pattern){factor->n, factor->start, factor->row};
}

double rp_sparse_log_determinant(const rp_sparse_factor *factor) {
    rp_sum sum = {0};
    for (size_t j = 0; j < factor->n; j++)
        rp_sum_add(&sum, 2 * log(factor->value[factor->start[j]]));
    return rp_sum_value(&sum);
}

static void solve_lower(const rp_sparse_factor *f, double *b) {
    for (size_t j = 0; j < f->n; j++) {
        int32_t at = f->start[j], end = f->start[j + 1];
        double x = b[j] /= f->value[at];
        for (at++; at < end; at++)
            b[f->row[at]] -= f->value[at] * x;
    }
}

static void solve_upper(const rp_sparse_factor *f, double *b) {
    for (size_t j = f->n; j-- > 0;) {
        double x = b[j];
        for (int32_t at = f->start[j] + 1; at < f->start[j + 1]; at++)
            x -= f->value[at] * b[f->row[at]];
        b[j] = x / f->value[f->start[j]];
    }
}

void rp_sparse_solve(const rp_sparse_factor *factor, bool transposed, double *b, size_t columns) {
    for (size_t c = 0; c < columns; c++)
        (transposed ? solve_upper : solve_lower)(factor, b + c * factor->n);
}

/* Sums over k of L_kj Z_ik for all rows i of column j below the diagonal, into f->sum[i]. Z is symmetric and known in
 * the columns after j; where i and k are rows of column j of L, Z_ik lies in L's pattern. */
static void column_sums(const rp_sparse_factor *f, const double *z, int32_t j) {
    for (int32_t at = f->start[j] + 1; at < f->start[j + 1]; at++) {
        f->scratch[f->row[at]] = at;
        f->sum[f->row[at]] = 0;
    }
    for (int32_t at = f->start[j] + 1; at < f->start[j + 1]; at++) {
        int32_t k = f->row[at];
        double l = f->value[at], own = l * z[f->start[k]];
        for (int32_t i = f->start[k] + 1; i < f->start[k + 1]; i++) {
            int32_t row = f->row[i], there = f->scratch[row];
            if (there <= at || there >= f->start[j + 1]) /* a place of another column: not a row of this one */
                continue;
            f->sum[row] += l * z[i];
            own += f->value[there] * z[i];
        }
        f->sum[k] += own;
    }
}

void rp_sparse_inverse(const rp_sparse_factor *factor, double *out) {
    const rp_sparse_factor *f = factor;
    for (size_t i = 0; i < f->n; i++)
        f->scratch[i] = 0; /* never below the diagonal of any column but the first, whose places begin at 1 */
    for (size_t j = f->n; j-- > 0;) {
        column_sums(f, out, (int32_t)j);
        double l = f->value[f->start[j]], diagonal = 1 / l;
        for (int32_t at = f->start[j] + 1; at < f->start[j + 1]; at++) {
            out[at] = -f->sum[f->row[at]] / l;
            diagonal -= f->value[at] * out[at];
        }
        out[f->start[j]] = diagonal / l;
    }
}
