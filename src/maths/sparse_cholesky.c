/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to CHOLMOD (Chen, Davis, Hager & Rajamanickam, ACM Trans Math Softw 35, 2008). Its memory is its own, so
 * each call gives all of it back before it returns, and the factor that stays is ours, in the arena. Only its
 * simplicial part is used. */
#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "maths/sparse_parts.h"
#include "rapport/maths.h"

#ifdef RP_CHOLMOD
#include <suitesparse/cholmod.h>

bool rp_sparse_available(void) {
    return true;
}

static void begin(cholmod_common *common, int ordering) {
    cholmod_start(common);
    common->print = 0;
    common->supernodal = CHOLMOD_SIMPLICIAL;
    common->final_ll = 1;
    common->nmethods = 1;
    common->method[0].ordering = ordering;
    common->postorder = ordering != CHOLMOD_NATURAL;
}

static cholmod_sparse lower(const rp_sparse_pattern *pattern, const double *values) {
    return (cholmod_sparse){.nrow = pattern->n,
                            .ncol = pattern->n,
                            .nzmax = (size_t)pattern->start[pattern->n],
                            .p = (void *)pattern->start,
                            .i = (void *)pattern->row,
                            .x = (void *)values,
                            .stype = -1,
                            .itype = CHOLMOD_INT,
                            .xtype = values == NULL ? CHOLMOD_PATTERN : CHOLMOD_REAL,
                            .dtype = CHOLMOD_DOUBLE,
                            .sorted = 1,
                            .packed = 1};
}

static bool fail_of(const cholmod_common *common, rp_error *error) {
    if (common->status == CHOLMOD_TOO_LARGE)
        return rp_fail(error, RP_E_LIMIT, "The groups of this model are too many and too entangled to be fitted.");
    return rp_fail_memory(error);
}

bool rp_sparse_order(const rp_sparse_pattern *pattern, int32_t *order, double *work, rp_error *error) {
    cholmod_common common;
    begin(&common, CHOLMOD_AMD);
    cholmod_sparse matrix = lower(pattern, NULL);
    cholmod_factor *factor = cholmod_analyze(&matrix, &common);
    bool good = factor != NULL;
    if (factor == NULL) {
        fail_of(&common, error);
    } else {
        memcpy(order, factor->Perm, pattern->n * sizeof *order);
        *work = common.fl / 2; /* CHOLMOD counts both */
    }
    cholmod_free_factor(&factor, &common);
    cholmod_finish(&common);
    return good;
}

rp_sparse_factor *rp_sparse_factor_new(const rp_sparse_pattern *pattern, rp_arena *arena, rp_error *error) {
    cholmod_common common;
    begin(&common, CHOLMOD_NATURAL);
    cholmod_sparse matrix = lower(pattern, NULL);
    cholmod_factor *counted = cholmod_analyze(&matrix, &common);
    rp_sparse_factor *factor = NULL;
    if (counted == NULL) {
        fail_of(&common, error);
    } else if (common.lnz > INT_MAX) {
        common.status = CHOLMOD_TOO_LARGE;
        fail_of(&common, error);
    } else {
        factor = sparse_factor_take(pattern, (size_t)common.lnz, arena);
        if (factor == NULL)
            rp_fail_memory(error);
    }
    cholmod_free_factor(&counted, &common);
    cholmod_finish(&common);
    return factor;
}

/* CHOLMOD's columns may have gaps and be in any order in memory. */
static void copy_factor(const cholmod_factor *from, rp_sparse_factor *to) {
    const int *p = from->p, *nz = from->nz, *row = from->i;
    const double *x = from->x;
    int32_t at = 0;
    for (size_t j = 0; j < to->n; j++) {
        assert((size_t)at + (size_t)nz[j] <= to->room);
        to->start[j] = at;
        memcpy(to->row + at, row + p[j], (size_t)nz[j] * sizeof *row);
        memcpy(to->value + at, x + p[j], (size_t)nz[j] * sizeof *x);
        at += nz[j];
    }
    to->start[to->n] = at;
    assert((size_t)at == to->room); /* a zero stays an element */
}

bool rp_sparse_cholesky(rp_sparse_factor *factor, const double *values) {
    cholmod_common common;
    begin(&common, CHOLMOD_NATURAL);
    cholmod_sparse matrix = lower(factor->pattern, values);
    cholmod_factor *found = cholmod_analyze(&matrix, &common);
    bool good = found != NULL && cholmod_factorize(&matrix, found, &common) && common.status == CHOLMOD_OK;
    if (good) {
        assert(found->is_ll && !found->is_super && found->minor == factor->n);
        copy_factor(found, factor);
    }
    cholmod_free_factor(&found, &common);
    cholmod_finish(&common);
    for (size_t j = 0; good && j < factor->n; j++)
        good = factor->value[factor->start[j]] > 0 && isfinite(factor->value[factor->start[j]]);
    return good;
}

#else

bool rp_sparse_available(void) {
    return false;
}

static bool fail_absent(rp_error *error) {
    rp_fail(error, RP_E_LIMIT,
            "This model has too many crossed groups for this program: it was built without CHOLMOD.");
    return rp_fail_remedy(error, "Install libsuitesparse-dev, then build again in a new folder.");
}

bool rp_sparse_order(const rp_sparse_pattern *pattern, int32_t *order, double *work, rp_error *error) {
    (void)pattern, (void)order, (void)work;
    return fail_absent(error);
}

rp_sparse_factor *rp_sparse_factor_new(const rp_sparse_pattern *pattern, rp_arena *arena, rp_error *error) {
    (void)pattern, (void)arena;
    fail_absent(error);
    return NULL;
}

bool rp_sparse_cholesky(rp_sparse_factor *factor, const double *values) {
    (void)factor, (void)values;
    return false; /* there is no factor without CHOLMOD */
}

#endif
