/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups are found by hash, since a cohort of a million people has a few hundred of them. */
#include "questions/common/groups.h"

#include <assert.h>

/* Where a signature stands among the places, or would. */
static uint32_t *place_of(const rp_question_groups *groups, uint64_t signature) {
    size_t last = groups->n_places - 1, at = (size_t)(signature * UINT64_C(0x9E3779B97F4A7C15) >> 32) & last;
    while (groups->places[at] != 0 && groups->at[groups->places[at] - 1].signature != signature)
        at = (at + 1) & last;
    return &groups->places[at];
}

/* At least half of the places are free; false: no memory. */
static bool make_places(rp_arena *arena, rp_question_groups *groups) {
    if (2 * (groups->n + 1) <= groups->n_places)
        return true;
    groups->n_places = groups->n_places > 0 ? 2 * groups->n_places : 16;
    groups->places = rp_arena_take(arena, groups->n_places, sizeof *groups->places);
    for (size_t i = 0; groups->places != NULL && i < groups->n; i++)
        *place_of(groups, groups->at[i].signature) = (uint32_t)i + 1;
    return groups->places != NULL;
}

static bool add(rp_arena *arena, rp_question_groups *groups, uint64_t signature, int64_t people) {
    if (!make_places(arena, groups))
        return false;
    uint32_t *place = place_of(groups, signature);
    if (*place == 0) {
        rp_question_group *group = rp_vec_push(arena, groups);
        if (group == NULL)
            return false;
        *group = (rp_question_group){.signature = signature};
        *place = (uint32_t)groups->n;
    }
    groups->at[*place - 1].people += people;
    return true;
}

bool rp_question_group_add(rp_arena *arena, rp_question_groups *groups, uint64_t marks, size_t cell) {
    assert(marks >> RP_QUESTION_FRAME_BIT == 0);
    return add(arena, groups, marks | (uint64_t)cell << RP_QUESTION_FRAME_BIT, 1);
}

/* ---- everyone of a cohort -------------------------------------------------------------------------------- */

/* The lists of some blocks. */
typedef struct sorted {
    rp_question_groups *lists;
    size_t arena; /* number of the one that they are in */
    bool failed;  /* no memory */
} sorted;

typedef struct sorting {
    const rp_cohort *cohort;
    const rp_question_sort *how;
    rp_arena **arenas; /* one a block, while it has lists that nobody took */
} sorting;

static void sort_block(void *statistics, const rp_block *block, const void *context) {
    const sorting *s = context;
    sorted *to = statistics;
    to->arena = block->first / rp_cohort_chosen(s->cohort)->block_size;
    rp_arena *arena = s->arenas[to->arena] = rp_arena_new(0);
    to->lists = arena != NULL ? rp_arena_take(arena, s->how->n, sizeof *to->lists) : NULL;
    to->failed = to->lists == NULL || !s->how->add(arena, to->lists, block, s->how->context);
}

/* What comes first in the cohort stays first. */
static bool add_lists(rp_arena *arena, rp_question_groups *into, const rp_question_groups *other, size_t n) {
    for (size_t l = 0; l < n; l++)
        for (size_t g = 0; g < other[l].n; g++)
            if (!add(arena, &into[l], other[l].at[g].signature, other[l].at[g].people))
                return false;
    return true;
}

static void merge_lists(void *into, const void *other, const void *context) {
    const sorting *s = context;
    sorted *to = into;
    const sorted *from = other;
    to->failed = to->failed || from->failed || !add_lists(s->arenas[to->arena], to->lists, from->lists, s->how->n);
    rp_arena_free(s->arenas[from->arena]);
    s->arenas[from->arena] = NULL;
}

bool rp_question_groups_make(const rp_cohort *cohort, const rp_question_sort *how, int threads, rp_arena *arena,
                             rp_question_groups *out, rp_error *error) {
    size_t n_blocks = rp_cohort_blocks(cohort);
    rp_arena *scratch = rp_arena_new(0);
    sorting s = {cohort, how, scratch != NULL ? rp_arena_take(scratch, n_blocks, sizeof *s.arenas) : NULL};
    sorted all = {0};
    rp_fold fold = {sizeof all, sort_block, merge_lists, &s};
    bool done = s.arenas != NULL ? rp_cohort_fold(cohort, &fold, threads, &all, error) : rp_fail_memory(error);
    if (done && (all.failed || (all.lists != NULL && !add_lists(arena, out, all.lists, how->n))))
        done = rp_fail_memory(error);
    for (size_t b = 0; s.arenas != NULL && b < n_blocks; b++)
        rp_arena_free(s.arenas[b]);
    rp_arena_free(scratch);
    return done;
}

rp_universe *rp_question_universe(rp_answer *answer, const rp_frame *frame, const char *name,
                                  const rp_question_groups *groups) {
    rp_universe *universe = rp_answer_universe_in(answer, frame, name, groups->n);
    for (size_t i = 0; i < universe->n_groups; i++) {
        universe->people[i] = groups->at[i].people;
        universe->frame_cell[i] = (uint16_t)(groups->at[i].signature >> RP_QUESTION_FRAME_BIT);
    }
    return universe;
}

typedef struct wanted {
    const rp_question_groups *groups;
    uint64_t has, lacks, any; /* any: 0 for no such wish */
} wanted;

static bool is_wanted(const void *context, size_t group) {
    const wanted *w = context;
    uint64_t marks = w->groups->at[group].signature;
    return (marks & w->has) == w->has && (marks & w->lacks) == 0 && (w->any == 0 || (marks & w->any) != 0);
}

rp_count rp_question_having(const rp_question_set *set, uint64_t has, uint64_t lacks) {
    wanted w = {&set->groups, has, lacks, 0};
    return rp_answer_count(set->answer, set->universe, is_wanted, &w);
}

rp_count rp_question_having_any(const rp_question_set *set, uint64_t has, uint64_t any) {
    if (any == 0)
        return rp_count_none();
    wanted w = {&set->groups, has, 0, any};
    return rp_answer_count(set->answer, set->universe, is_wanted, &w);
}
