/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Universes, and counts as unions of their groups: what lets protection see which people a number stands for. */
#include <assert.h>

#include "answer/answer_private.h"

rp_universe *rp_answer_universe(rp_answer *answer, const char *name, size_t n_groups) {
    rp_universe *universe = rp_arena_take(answer->arena, 1, sizeof *universe);
    int64_t *people = universe ? rp_arena_take(answer->arena, n_groups, sizeof *people) : NULL;
    if (!people) {
        universe = &rp_answer_scratch_of(answer)->universe;
        *universe = (rp_universe){.name = ""};
        return universe;
    }
    universe->name = rp_answer_text(answer, "%s", name);
    universe->n_groups = n_groups;
    universe->people = people;
    return universe;
}

rp_universe *rp_answer_universe_in(rp_answer *answer, const rp_frame *frame, const char *name, size_t n_groups) {
    assert(frame->n_cells > 0 && frame->n_cells <= UINT16_MAX);
    uint16_t *cells = rp_arena_take(answer->arena, n_groups, sizeof *cells);
    rp_universe *universe = rp_answer_universe(answer, name, cells ? n_groups : 0);
    answer->failed = answer->failed || !cells;
    universe->frame = frame;
    universe->frame_cell = cells;
    for (size_t g = 0; g < universe->n_groups; g++)
        cells[g] = (uint16_t)(g % frame->n_cells);
    return universe;
}

rp_universe *rp_answer_universe_of(rp_answer *answer, const rp_frame *frame, const char *name, const int64_t *people,
                                   size_t n_cells) {
    assert(n_cells <= UINT32_MAX);
    size_t n = 0, g = 0;
    for (size_t i = 0; i < n_cells; i++)
        n += people[i] > 0;
    rp_universe *universe = rp_answer_universe_in(answer, frame, name, n);
    universe->number = rp_arena_take(answer->arena, n, sizeof *universe->number);
    answer->failed = answer->failed || !universe->number;
    for (size_t i = 0; i < n_cells && g < universe->n_groups && universe->number; i++)
        if (people[i] > 0) {
            universe->people[g] = people[i];
            universe->frame_cell[g] = (uint16_t)(i % frame->n_cells);
            universe->number[g++] = (uint32_t)i;
        }
    return universe;
}

rp_count rp_answer_count(rp_answer *answer, const rp_universe *universe, bool (*in)(const void *context, size_t group),
                         const void *context) {
    assert(universe && in);
    uint64_t *groups = rp_arena_take(answer->arena, universe->n_groups / 64 + 1, sizeof *groups);
    if (!groups) {
        answer->failed = true;
        return rp_count_none();
    }
    rp_count count = {.universe = universe, .groups = groups};
    for (size_t g = 0; g < universe->n_groups; g++)
        if (universe->people[g] > 0 && in(context, universe->number ? universe->number[g] : g)) {
            groups[g / 64] |= (uint64_t)1 << (g % 64);
            count.n += universe->people[g];
        }
    return count;
}

void rp_answer_told(rp_answer *answer, rp_count count) {
    if (!answer->failed &&
        rp_vec_make_room(answer->arena, &answer->told, answer->n_told, &answer->told_room, sizeof *answer->told))
        answer->told[answer->n_told++] = count;
    else
        answer->failed = true;
}

rp_count rp_count_none(void) {
    return (rp_count){.n = -1};
}
