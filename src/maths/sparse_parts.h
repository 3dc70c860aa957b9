/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of sparse matrices share. */
#ifndef RAPPORT_MATHS_SPARSE_PARTS_H
#define RAPPORT_MATHS_SPARSE_PARTS_H

#include "rapport/matrix.h"

struct rp_sparse_factor {
    const rp_sparse_pattern *pattern; /* of the matrix */
    size_t n, room;
    int32_t *start; /* L by columns, rows ascending, the diagonal first */
    int32_t *row;
    double *value;
    int32_t *scratch; /* n */
    double *sum;      /* n */
};

/* With room for so many elements of L. NULL: no memory. */
rp_sparse_factor *sparse_factor_take(const rp_sparse_pattern *pattern, size_t room, rp_arena *arena);

#endif
