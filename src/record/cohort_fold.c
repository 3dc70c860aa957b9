/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over a cohort, the same bits for any number of threads: every block is prepared apart into its own place,
 * and the places merge over a binary tree that depends on block numbers alone. A thread takes a whole twig of that tree
 * at a time, so that only a few places are in use at once: some statistics are larger than the blocks.
 *
 * Making blocks takes longer than most statistics over them. So the blocks that a fold had to make stay with the
 * cohort, as far as there is room for them. */
#include "record/cohort_parts.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

enum {
    MOST_TWIGS = 32, /* so many places; enough for the threads to have work until the end */
    MOST_DEPTH = 64
};

/* A block that a fold made and that is to be kept; `arena` NULL: none. */
typedef struct fresh_block {
    rp_block block;
    rp_arena *arena;
} fresh_block;

typedef struct folding {
    const rp_cohort *cohort;
    const rp_fold *fold;
    size_t n;       /* blocks */
    unsigned depth; /* a twig has 2^depth of them */
    size_t n_twigs;
    char *places;       /* size bytes a twig */
    fresh_block *fresh; /* one a block */
    atomic_size_t kept_bytes;
    atomic_bool failed; /* no memory */
} folding;

/* Is there room for so much more? Then it is taken. */
static bool book(folding *f, size_t bytes) {
    if (atomic_fetch_add(&f->kept_bytes, bytes) + bytes <= f->cohort->kept->most)
        return true;
    atomic_fetch_sub(&f->kept_bytes, bytes);
    return false;
}

static bool prepare_block(folding *f, size_t i, void *place) {
    const rp_block *kept = &f->cohort->kept->blocks[i];
    if (kept->n_episodes > 0) {
        f->fold->prepare(place, kept, f->fold->context);
        return true;
    }
    fresh_block *fresh = &f->fresh[i];
    rp_arena *arena = rp_arena_new(0);
    bool made = arena != NULL && rp_cohort_make_block(f->cohort, i, arena, &fresh->block);
    if (made)
        f->fold->prepare(place, &fresh->block, f->fold->context);
    if (made && book(f, rp_arena_bytes(arena)))
        fresh->arena = arena;
    else
        rp_arena_free(arena);
    return made;
}

/* The branch of 2^depth blocks from `first` on. rooms[d]: where what comes second is prepared, d levels up. */
static bool prepare_branch(folding *f, size_t first, unsigned depth, void *place, void *const rooms[]) {
    if (depth == 0)
        return prepare_block(f, first, place);
    size_t second = first + ((size_t)1 << (depth - 1));
    if (!prepare_branch(f, first, depth - 1, place, rooms))
        return false;
    if (second >= f->n)
        return true;
    void *room = rooms[depth - 1];
    memset(room, 0, f->fold->size);
    if (!prepare_branch(f, second, depth - 1, room, rooms))
        return false;
    f->fold->merge(place, room, f->fold->context);
    return true;
}

static void prepare_twig(void *context, size_t i) {
    folding *f = context;
    rp_arena *arena = rp_arena_new(0);
    void *rooms[MOST_DEPTH];
    bool fine = arena != NULL;
    for (unsigned d = 0; d < f->depth && fine; d++) {
        rooms[d] = rp_arena_take_unset(arena, 1, f->fold->size);
        fine = rooms[d] != NULL;
    }
    if (!fine || !prepare_branch(f, i << f->depth, f->depth, f->places + i * f->fold->size, rooms))
        atomic_store(&f->failed, true);
    rp_arena_free(arena);
}

/* After all threads are done, since an arena is for one at a time. */
static void keep_fresh(const folding *f) {
    rp_kept *kept = f->cohort->kept;
    kept->bytes = f->kept_bytes;
    for (size_t i = 0; i < f->n; i++)
        if (f->fresh[i].arena != NULL) {
            rp_arena_adopt(f->cohort->arena, f->fresh[i].arena);
            kept->blocks[i] = f->fresh[i].block;
        }
}

static void merge_twigs(const rp_fold *fold, char *places, size_t n) {
    for (size_t stride = 1; stride < n; stride *= 2)
        for (size_t i = 0; i + stride < n; i += 2 * stride)
            fold->merge(places + i * fold->size, places + (i + stride) * fold->size, fold->context);
}

static bool fold_all(folding *f, int threads, void *out) {
    rp_pool_run(threads, f->n_twigs, prepare_twig, f);
    keep_fresh(f);
    if (f->failed)
        return false;
    merge_twigs(f->fold, f->places, f->n_twigs);
    memcpy(out, f->places, f->fold->size);
    return true;
}

bool rp_cohort_fold(const rp_cohort *cohort, const rp_fold *fold, int threads, void *out, rp_error *error) {
    folding f = {.cohort = cohort, .fold = fold, .n = rp_cohort_blocks(cohort), .kept_bytes = cohort->kept->bytes};
    memset(out, 0, fold->size);
    if (f.n == 0)
        return true;
    while (f.n > (size_t)MOST_TWIGS << f.depth)
        f.depth++;
    f.n_twigs = ((f.n - 1) >> f.depth) + 1;
    rp_arena *arena = rp_arena_new(0);
    if (arena != NULL) {
        f.places = rp_arena_take(arena, f.n_twigs, fold->size);
        f.fresh = rp_arena_take(arena, f.n, sizeof *f.fresh);
    }
    bool done = f.places != NULL && f.fresh != NULL && fold_all(&f, threads, out);
    rp_arena_free(arena);
    return done || rp_fail_memory(error);
}

bool rp_cohort_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out, rp_error *error) {
    assert(i < rp_cohort_blocks(cohort));
    if (cohort->kept->blocks[i].n_episodes == 0)
        return rp_cohort_make_block(cohort, i, arena, out) || rp_fail_memory(error);
    *out = cohort->kept->blocks[i];
    return true;
}
