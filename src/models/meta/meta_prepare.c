/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in order of study, and the design as an orthonormal one. */
#include <assert.h>
#include <string.h>

#include "models/meta/meta_parts.h"

enum { SWEEPS = 2 }; /* "twice is enough" (Parlett 1980, The Symmetric Eigenvalue Problem, 6-9) */

static const double collinear_below = 1e-10;

static void check(const rp_meta_spec *spec, const rp_meta_rows *rows) {
    assert(spec->p > 0 && spec->correlation >= 0 && spec->correlation < 1 && spec->level > 0 && spec->level < 1);
    assert(spec->method != RP_META_EE || (!spec->study && !spec->effect));
    assert((spec->method != RP_META_DL && spec->method != RP_META_PM) || meta_is_simple(spec));
    assert(spec->test != RP_META_KNHA || meta_is_simple(spec));
    for (size_t i = 0; i < rows->k; i++) {
        assert(isfinite(rows->y[i]) && rows->v[i] > 0 && isfinite(rows->v[i]));
        assert(!rows->study || rows->study[i] < rows->k);
    }
    (void)spec;
    (void)rows;
}

bool meta_is_simple(const rp_meta_spec *spec) {
    return !spec->study && spec->correlation == 0;
}

static rp_meta_data *take(const rp_meta_spec *spec, size_t k, rp_arena *arena) {
    rp_meta_data *data = rp_arena_take(arena, 1, sizeof *data);
    if (!data)
        return NULL;
    size_t p = spec->p;
    *data = (rp_meta_data){.spec = spec,
                           .k = k,
                           .p = p,
                           .y = rp_arena_take(arena, k, sizeof(double)),
                           .v = rp_arena_take(arena, k, sizeof(double)),
                           .root = rp_arena_take(arena, k, sizeof(double)),
                           .x = rp_arena_take(arena, k * p, sizeof(double)),
                           .q = rp_arena_take(arena, k * p, sizeof(double)),
                           .r = rp_arena_take(arena, p * p, sizeof(double)),
                           .row = rp_arena_take(arena, k, sizeof(size_t)),
                           .start = rp_arena_take(arena, k + 1, sizeof(size_t)),
                           .collinear = SIZE_MAX};
    bool fine = data->y && data->v && data->root && data->x && data->q && data->r && data->row && data->start;
    return fine ? data : NULL;
}

/* Counting sort: stable, and O(k). */
static bool order_by_study(const rp_meta_rows *rows, rp_meta_data *data, rp_arena *arena) {
    size_t k = rows->k;
    size_t *begin = rp_arena_take(arena, k + 1, sizeof *begin);
    if (!begin)
        return false;
    for (size_t i = 0; i < k; i++)
        begin[(rows->study ? rows->study[i] : i) + 1]++;
    for (size_t s = 0; s < k; s++) {
        if (begin[s + 1])
            data->start[++data->studies] = begin[s] + begin[s + 1];
        begin[s + 1] += begin[s];
    }
    for (size_t i = 0; i < k; i++)
        data->row[begin[rows->study ? rows->study[i] : i]++] = i;
    return true;
}

/* Gram-Schmidt, column by column, each swept twice. */
static void orthogonalise(rp_meta_data *data) {
    size_t k = data->k, p = data->p;
    memcpy(data->q, data->x, k * p * sizeof *data->q);
    for (size_t j = 0; j < p; j++) {
        double before = 0, after = 0;
        for (size_t i = 0; i < k; i++)
            before += data->q[i * p + j] * data->q[i * p + j];
        for (int sweep = 0; sweep < SWEEPS; sweep++)
            for (size_t c = 0; c < j; c++) {
                double dot = 0;
                for (size_t i = 0; i < k; i++)
                    dot += data->q[i * p + c] * data->q[i * p + j];
                for (size_t i = 0; i < k; i++)
                    data->q[i * p + j] -= dot * data->q[i * p + c];
                data->r[c * p + j] += dot;
            }
        for (size_t i = 0; i < k; i++)
            after += data->q[i * p + j] * data->q[i * p + j];
        if (!(sqrt(after) > collinear_below * sqrt(before))) {
            data->collinear = j;
            return;
        }
        data->r[j * p + j] = sqrt(after);
        for (size_t i = 0; i < k; i++)
            data->q[i * p + j] /= data->r[j * p + j];
    }
}

rp_meta_data *rp_meta_prepare(const rp_meta_spec *spec, const rp_meta_rows *rows, rp_arena *arena, rp_error *error) {
    check(spec, rows);
    rp_arena *scratch = rp_arena_new(0);
    rp_meta_data *data = take(spec, rows->k, arena);
    bool fine = scratch && data && order_by_study(rows, data, scratch);
    rp_arena_free(scratch);
    if (!fine)
        return rp_fail_memory(error), NULL;
    for (size_t i = 0; i < data->k; i++) {
        size_t from = data->row[i];
        data->y[i] = rows->y[from];
        data->v[i] = rows->v[from];
        data->root[i] = sqrt(rows->v[from]);
        for (size_t j = 0; j < data->p; j++)
            data->x[i * data->p + j] = rows->x[j] ? rows->x[j][from] : 1;
    }
    orthogonalise(data);
    return data;
}

static void copy_row(const rp_meta_data *from, size_t i, const double *more, rp_meta_data *to, size_t at) {
    to->y[at] = from->y[i];
    to->v[at] = from->v[i];
    to->root[at] = from->root[i];
    to->row[at] = from->row[i];
    memcpy(to->x + at * to->p, from->x + i * from->p, from->p * sizeof *to->x);
    if (more)
        to->x[at * to->p + from->p] = more[i];
}

rp_meta_data *meta_again(const rp_meta_data *data, const rp_meta_spec *spec, const bool *keep, const double *more,
                         rp_arena *arena) {
    assert(spec->p == data->p + (more ? 1 : 0));
    size_t k = 0;
    for (size_t i = 0; i < data->k; i++)
        k += !keep || keep[i];
    rp_meta_data *out = take(spec, k, arena);
    if (!out)
        return NULL;
    size_t at = 0;
    for (size_t s = 0; s < data->studies; s++) {
        for (size_t i = data->start[s]; i < data->start[s + 1]; i++)
            if (!keep || keep[i])
                copy_row(data, i, more, out, at++);
        if (at > out->start[out->studies])
            out->start[++out->studies] = at;
    }
    orthogonalise(out);
    return out;
}

void meta_back_solve(const rp_meta_data *data, double *x) {
    size_t p = data->p;
    for (size_t i = p; i-- > 0;) {
        for (size_t j = i + 1; j < p; j++)
            x[i] -= data->r[i * p + j] * x[j];
        x[i] /= data->r[i * p + i];
    }
}
