/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A universe as columns of a span. Groups that no count tells apart are one class. */
#include <assert.h>
#include <string.h>

#include "answer/protect.h"

#define NOWHERE SIZE_MAX

rp_space *rp_space_new(rp_arena *arena, const rp_universe *universe) {
    rp_space *space = rp_arena_take(arena, 1, sizeof *space);
    if (!space)
        return NULL;
    size_t n = universe ? universe->n_groups : 0;
    space->arena = arena;
    space->universe = universe;
    space->class_of = rp_arena_take(arena, n, sizeof *space->class_of);
    space->size = rp_arena_take(arena, n, sizeof *space->size);
    space->inside = rp_arena_take(arena, n, sizeof *space->inside);
    space->fresh = rp_arena_take(arena, n, sizeof *space->fresh);
    if (!space->class_of || !space->size || !space->inside || !space->fresh)
        return NULL;
    if (n) {
        space->n_classes = 1;
        space->size[0] = n;
    }
    return space;
}

void rp_space_tell_apart(rp_space *space, const rp_count *count) {
    size_t n = space->universe->n_groups, n_classes = space->n_classes;
    memset(space->inside, 0, n_classes * sizeof *space->inside);
    for (size_t g = 0; g < n; g++)
        if (rp_count_has(count, g))
            space->inside[space->class_of[g]]++;
    for (size_t c = 0; c < n_classes; c++) {
        space->fresh[c] = NOWHERE;
        if (space->inside[c] == 0 || space->inside[c] == space->size[c])
            continue;
        space->fresh[c] = space->n_classes++;
        space->size[space->fresh[c]] = space->inside[c];
        space->size[c] -= space->inside[c];
    }
    for (size_t g = 0; g < n; g++) {
        size_t to = rp_count_has(count, g) ? space->fresh[space->class_of[g]] : NOWHERE;
        if (to != NOWHERE)
            space->class_of[g] = to;
    }
}

bool rp_space_build(rp_space *space, int smallest) {
    space->too_large = space->n_classes > RP_SPACE_LIMIT_CLASSES;
    if (space->too_large)
        return true;
    space->people = rp_arena_take(space->arena, space->n_classes, sizeof *space->people);
    space->vector = rp_arena_take(space->arena, space->n_classes, sizeof *space->vector);
    if (!space->people || !space->vector)
        return false;
    for (size_t g = 0; space->universe && g < space->universe->n_groups; g++)
        space->people[space->class_of[g]] += space->universe->people[g];
    return rp_span_start(&space->span, space->arena, space->people, space->n_classes, smallest);
}

static void mark(rp_space *space, const rp_count *count) {
    memset(space->vector, 0, space->n_classes);
    for (size_t g = 0; g < space->universe->n_groups; g++)
        if (rp_count_has(count, g))
            space->vector[space->class_of[g]] = 1;
}

rp_span_result rp_space_add_vector(rp_space *space) {
    rp_span_result result = rp_span_add(&space->span, space->vector, false);
    if (result != RP_SPAN_ADDED)
        return result;
    int8_t **slot = rp_vec_push(space->arena, &space->shown);
    int8_t *copy = slot ? rp_arena_take(space->arena, space->n_classes, sizeof *copy) : NULL;
    if (!copy) {
        space->shown.n -= slot != NULL;
        rp_span_undo(&space->span);
        space->span.no_memory = true;
        return RP_SPAN_REFUSED;
    }
    memcpy(copy, space->vector, space->n_classes);
    *slot = copy;
    return RP_SPAN_ADDED;
}

rp_span_result rp_space_add(rp_space *space, const rp_count *count) {
    if (space->too_large)
        return RP_SPAN_REFUSED;
    mark(space, count);
    return rp_space_add_vector(space);
}

void rp_space_undo(rp_space *space) {
    assert(space->shown.n > 0);
    space->shown.n--;
    rp_span_undo(&space->span);
}
