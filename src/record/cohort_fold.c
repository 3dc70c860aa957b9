/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over a cohort, the same bits for any number of threads: every block is prepared apart into its own place,
 * and the places merge over a binary tree that depends on block numbers alone. */
#include "rapport/record.h"

#include <stdint.h>
#include <string.h>

typedef struct folding {
    const rp_cohort *cohort;
    const rp_fold *fold;
    char *places;     /* size bytes a block */
    rp_error *errors; /* one a block: code RP_OK where it went well */
} folding;

static void prepare_one(void *context, size_t i) {
    folding *f = context;
    rp_arena *arena = rp_arena_new(0);
    rp_block block;
    if (arena == NULL)
        rp_fail_memory(&f->errors[i]);
    else if (rp_cohort_block(f->cohort, i, arena, &block, &f->errors[i]))
        f->fold->prepare(f->places + i * f->fold->size, &block, f->fold->context);
    rp_arena_free(arena);
}

static void merge_tree(const rp_fold *fold, char *places, size_t n) {
    for (size_t stride = 1; stride < n; stride *= 2)
        for (size_t i = 0; i + stride < n; i += 2 * stride)
            fold->merge(places + i * fold->size, places + (i + stride) * fold->size, fold->context);
}

bool rp_cohort_fold(const rp_cohort *cohort, const rp_fold *fold, int threads, void *out, rp_error *error) {
    size_t n = rp_cohort_blocks(cohort);
    memset(out, 0, fold->size);
    if (n == 0)
        return true;
    rp_arena *arena = rp_arena_new(0);
    folding f = {.cohort = cohort, .fold = fold};
    if (arena != NULL) {
        f.places = rp_arena_take(arena, n, fold->size);
        f.errors = rp_arena_take(arena, n, sizeof *f.errors);
    }
    bool done = f.places != NULL && f.errors != NULL;
    if (!done)
        rp_fail_memory(error);
    else
        rp_pool_run(threads, n, prepare_one, &f);
    for (size_t i = 0; done && i < n; i++)
        if (f.errors[i].code != RP_OK) {
            *error = f.errors[i];
            done = false;
        }
    if (done) {
        merge_tree(fold, f.places, n);
        memcpy(out, f.places, fold->size);
    }
    rp_arena_free(arena);
    return done;
}
