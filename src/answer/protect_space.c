/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A universe as columns of a span. Groups that no count tells apart are one class. */
#include <assert.h>
#include <string.h>

#include "answer/protect.h"

#define NOWHERE SIZE_MAX

static const rp_frame everyone = {.n_cells = 1};

rp_space *rp_space_new(rp_arena *arena, const rp_universe *universe) {
    rp_space *space = rp_arena_take(arena, 1, sizeof *space);
    if (!space)
        return NULL;
    space->arena = arena;
    space->universe = universe;
    space->frame = universe->frame ? universe->frame : &everyone;
    size_t n = universe->n_groups, most = n + space->frame->n_cells;
    space->class_of = rp_arena_take(arena, n, sizeof *space->class_of);
    space->size = rp_arena_take(arena, most, sizeof *space->size);
    space->inside = rp_arena_take(arena, most, sizeof *space->inside);
    space->fresh = rp_arena_take(arena, most, sizeof *space->fresh);
    space->cell_of = rp_arena_take(arena, most, sizeof *space->cell_of);
    if (!space->class_of || !space->size || !space->inside || !space->fresh || !space->cell_of)
        return NULL;
    space->n_classes = space->frame->n_cells;
    for (size_t c = 0; c < space->n_classes; c++)
        space->cell_of[c] = c;
    for (size_t g = 0; g < n; g++) { /* groups of nobody are in no class: nothing is known or hidden of them */
        space->class_of[g] = universe->people[g] <= 0 ? NOWHERE : universe->frame ? universe->frame_cell[g] : 0;
        if (space->class_of[g] == NOWHERE)
            continue;
        assert(space->class_of[g] < space->n_classes);
        space->size[space->class_of[g]]++;
    }
    return space;
}

void rp_space_tell_apart(rp_space *space, const rp_count *count) {
    size_t n = space->universe->n_groups, n_classes = space->n_classes;
    memset(space->inside, 0, n_classes * sizeof *space->inside);
    for (size_t g = rp_count_next(count, 0); g < n; g = rp_count_next(count, g + 1))
        if (space->class_of[g] != NOWHERE)
            space->inside[space->class_of[g]]++;
    for (size_t c = 0; c < n_classes; c++) {
        space->fresh[c] = NOWHERE;
        if (space->inside[c] == 0 || space->inside[c] == space->size[c])
            continue;
        space->fresh[c] = space->n_classes++;
        space->size[space->fresh[c]] = space->inside[c];
        space->cell_of[space->fresh[c]] = space->cell_of[c];
        space->size[c] -= space->inside[c];
    }
    for (size_t g = rp_count_next(count, 0); g < n; g = rp_count_next(count, g + 1)) {
        size_t to = space->class_of[g] != NOWHERE ? space->fresh[space->class_of[g]] : NOWHERE;
        if (to != NOWHERE)
            space->class_of[g] = to;
    }
}

size_t rp_space_length(const rp_space *space) {
    return space->n_classes + space->n_tags;
}

static rp_span_result add(rp_space *space, bool unchecked) {
    rp_span_result result = rp_span_add(&space->span, space->vector, unchecked);
    if (result != RP_SPAN_ADDED)
        return result;
    int8_t **slot = rp_vec_push(space->arena, &space->shown);
    int8_t *copy = slot ? rp_arena_take(space->arena, rp_space_length(space), sizeof *copy) : NULL;
    if (!copy) {
        space->shown.n -= slot != NULL;
        rp_span_undo(&space->span);
        space->span.no_memory = true;
        return RP_SPAN_REFUSED;
    }
    memcpy(copy, space->vector, rp_space_length(space));
    *slot = copy;
    return RP_SPAN_ADDED;
}

rp_span_result rp_space_add_vector(rp_space *space) {
    return add(space, false);
}

/* ---- the frame ------------------------------------------------------------------------------------ */

/* The classes of one cell, with its tag. */
static bool tell_cell(rp_space *space, size_t cell, size_t tag) {
    memset(space->vector, 0, rp_space_length(space));
    for (size_t c = 0; c < space->n_classes; c++)
        space->vector[c] = space->cell_of[c] == cell;
    space->vector[space->n_classes + tag] = 1;
    return add(space, true) != RP_SPAN_REFUSED;
}

/* A frame seen from the cells of the space's own: that frame itself, or a coarser one. */
typedef struct view {
    const rp_frame *frame;
    const uint16_t *cell_of; /* of the space's own frame: which cell of this one it lies in */
    const int64_t *people;   /* by cell of this frame */
} view;

/* Those in the set are known to all, without tags; in is NULL for everyone. */
static bool know(rp_space *space, const view *v, const bool *in) {
    memset(space->vector, 0, rp_space_length(space));
    for (size_t c = 0; c < space->n_classes; c++)
        space->vector[c] = !in || in[v->cell_of[space->cell_of[c]]];
    return add(space, true) != RP_SPAN_REFUSED;
}

static int64_t people_in(const view *v, const bool *in) {
    int64_t sum = 0;
    for (size_t cell = 0; cell < v->frame->n_cells; cell++)
        sum += !in || in[cell] ? v->people[cell] : 0;
    return sum;
}

/* The coarsest frame: a set is known unless, by the cells alone, it would let few people be worked out. */
static bool know_set(rp_space *space, rp_span *cells, const view *v, const bool *in) {
    int8_t *vector = rp_arena_take(space->arena, v->frame->n_cells, sizeof *vector);
    for (size_t cell = 0; vector && cell < v->frame->n_cells; cell++)
        vector[cell] = !in || in[cell];
    if (!vector)
        return false;
    if (people_in(v, in) < cells->smallest || rp_span_add(cells, vector, false) != RP_SPAN_ADDED)
        return !cells->no_memory;
    return know(space, v, in);
}

static bool know_coarsest(rp_space *space, const view *v, int smallest) {
    rp_span cells;
    bool ok = rp_span_start(&cells, space->arena, v->people, v->frame->n_cells, 0, smallest) &&
              know_set(space, &cells, v, NULL);
    for (size_t set = 0; ok && set < v->frame->n_sets; set++)
        ok = know_set(space, &cells, v, v->frame->sets + set * v->frame->n_cells);
    return ok;
}

/* Counts of a universe whose groups are the cells. */
static rp_count *counts_of_sets(rp_arena *arena, const rp_frame *frame, const rp_universe *universe) {
    size_t words = frame->n_cells / 64 + 1;
    rp_count *counts = rp_arena_take(arena, frame->n_sets, sizeof *counts);
    for (size_t set = 0; counts && set < frame->n_sets; set++) {
        uint64_t *groups = rp_arena_take(arena, words, sizeof *groups);
        if (!groups)
            return NULL;
        for (size_t cell = 0; cell < frame->n_cells; cell++)
            groups[cell / 64] |= (uint64_t)frame->sets[set * frame->n_cells + cell] << cell % 64;
        counts[set] = (rp_count){.universe = universe, .groups = groups};
    }
    return counts;
}

/* A frame that cuts another: its sets as counts of a universe of its cells, in that other frame. */
static bool know_finer(rp_space *space, const view *v, int smallest) {
    rp_universe *cells = rp_arena_take(space->arena, 1, sizeof *cells);
    int64_t *people = rp_arena_take(space->arena, v->frame->n_cells, sizeof *people);
    uint16_t *frame_cell = rp_arena_take(space->arena, v->frame->n_cells, sizeof *frame_cell);
    rp_count *counts = cells ? counts_of_sets(space->arena, v->frame, cells) : NULL;
    if (!people || !frame_cell || !counts)
        return false;
    memcpy(people, v->people, v->frame->n_cells * sizeof *people);
    memcpy(frame_cell, v->frame->coarser_cell, v->frame->n_cells * sizeof *frame_cell);
    *cells = (rp_universe){
        .n_groups = v->frame->n_cells, .people = people, .frame = v->frame->coarser, .frame_cell = frame_cell};
    rp_space *of_cells = rp_space_new(space->arena, cells);
    if (!of_cells)
        return false;
    for (size_t set = 0; set < v->frame->n_sets; set++)
        rp_space_tell_apart(of_cells, &counts[set]);
    bool ok = rp_space_build(of_cells, smallest);
    for (size_t set = 0; ok && set < v->frame->n_sets; set++) {
        const bool *in = v->frame->sets + set * v->frame->n_cells;
        bool known = people_in(v, in) >= smallest && rp_space_add(of_cells, &counts[set]) != RP_SPAN_REFUSED;
        ok = !of_cells->span.no_memory && (!known || know(space, v, in));
    }
    return ok;
}

/* The same from the frame's coarser one. */
static bool look_coarser(rp_space *space, const view *v, view *out) {
    const rp_frame *coarser = v->frame->coarser;
    uint16_t *cell_of = rp_arena_take(space->arena, space->frame->n_cells, sizeof *cell_of);
    int64_t *people = rp_arena_take(space->arena, coarser->n_cells, sizeof *people);
    if (!cell_of || !people)
        return false;
    for (size_t cell = 0; cell < space->frame->n_cells; cell++)
        cell_of[cell] = v->frame->coarser_cell[v->cell_of[cell]];
    for (size_t cell = 0; cell < v->frame->n_cells; cell++)
        people[v->frame->coarser_cell[cell]] += v->people[cell];
    *out = (view){coarser, cell_of, people};
    return true;
}

/* From the coarsest frame on. The frames cut each other a few times at most. */
static bool know_frame(rp_space *space, const view *v, int smallest) {
    view coarser;
    if (!v->frame->coarser)
        return know_coarsest(space, v, smallest);
    return look_coarser(space, v, &coarser) && know_frame(space, &coarser, smallest) && know_finer(space, v, smallest);
}

/* How many people are in each of the frame's cells; NULL: no memory. */
static int64_t *people_by_cell(const rp_space *space) {
    int64_t *people = rp_arena_take(space->arena, space->frame->n_cells, sizeof *people);
    for (size_t c = 0; people && c < space->n_classes; c++)
        people[space->cell_of[c]] += space->people[c];
    return people;
}

/* How many people are in the sets that are known, and, with a tag each, in each cell. Sums of rows whose tags cancel
 * are what the reader has; sums with tags are what a reader could have who, from other universes, knew each cell. */
static bool start_frame(rp_space *space, const int64_t *people, int smallest) {
    const rp_frame *frame = space->frame;
    uint16_t *cell_of = rp_arena_take(space->arena, frame->n_cells, sizeof *cell_of);
    if (!cell_of)
        return false;
    bool ok = true;
    for (size_t cell = 0, tag = 0; ok && cell < frame->n_cells; cell++) {
        cell_of[cell] = (uint16_t)cell;
        ok = people[cell] == 0 || tell_cell(space, cell, tag++);
    }
    return ok && know_frame(space, &(view){frame, cell_of, people}, smallest);
}

bool rp_space_build(rp_space *space, int smallest) {
    space->too_large = space->n_classes > RP_SPACE_LIMIT_CLASSES;
    if (space->too_large)
        return true;
    space->people = rp_arena_take(space->arena, space->n_classes, sizeof *space->people);
    if (!space->people)
        return false;
    for (size_t g = 0; g < space->universe->n_groups; g++)
        if (space->class_of[g] != NOWHERE)
            space->people[space->class_of[g]] += space->universe->people[g];
    const int64_t *by_cell = people_by_cell(space);
    for (size_t cell = 0; by_cell && cell < space->frame->n_cells; cell++)
        space->n_tags += by_cell[cell] > 0;
    space->vector = rp_arena_take(space->arena, rp_space_length(space), sizeof *space->vector);
    return by_cell && space->vector &&
           rp_span_start(&space->span, space->arena, space->people, space->n_classes, space->n_tags, smallest) &&
           rp_span_cells(&space->span, space->cell_of, space->frame->n_cells) && start_frame(space, by_cell, smallest);
}

/* ---- counts ----------------------------------------------------------------------------------------- */

static void mark(rp_space *space, const rp_count *count) {
    size_t n = space->universe->n_groups;
    memset(space->vector, 0, rp_space_length(space));
    for (size_t g = rp_count_next(count, 0); g < n; g = rp_count_next(count, g + 1))
        if (space->class_of[g] != NOWHERE)
            space->vector[space->class_of[g]] = 1;
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
