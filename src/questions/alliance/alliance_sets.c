/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking over the people of a cohort, and sorting them into sets by marks: a mark is a bit, and a set of people is
 * "those with these marks and without those". People with the same marks are one group of a universe, so that
 * protection sees every count that is made of marks. */
#include "questions/alliance/alliance_parts.h"

#include <assert.h>
#include <string.h>

bool alliance_next(const rp_block *block, alliance_person *person) {
    const rp_episode *next = person->episode != NULL ? person->episode + 1 : block->episodes;
    size_t e = (size_t)(next - block->episodes);
    if (e == block->n_episodes)
        return false;
    person->episode = next;
    person->sessions = person->sessions != NULL ? person->sessions + person->n_sessions : block->sessions;
    size_t left = block->n_sessions - (size_t)(person->sessions - block->sessions);
    for (person->n_sessions = 0; person->n_sessions < left; person->n_sessions++)
        if (person->sessions[person->n_sessions].episode != e)
            break;
    return true;
}

static bool walk_block(const rp_block *block, bool (*visit)(void *context, const alliance_person *person),
                       void *context) {
    for (alliance_person person = {0}; alliance_next(block, &person);)
        if (!visit(context, &person))
            return false;
    return true;
}

bool alliance_walk(const rp_cohort *cohort, bool (*visit)(void *context, const alliance_person *person), void *context,
                   rp_error *error) {
    for (size_t b = 0; b < rp_cohort_blocks(cohort); b++) {
        rp_arena *arena = rp_arena_new(0);
        rp_block block = {0};
        bool made = arena != NULL ? rp_cohort_block(cohort, b, arena, &block, error) : rp_fail_memory(error);
        if (made && !walk_block(&block, visit, context))
            made = rp_fail_memory(error);
        rp_arena_free(arena);
        if (!made)
            return false;
    }
    return true;
}

/* Where a signature stands among the places, or would. */
static uint32_t *place_of(const alliance_groups *groups, uint64_t signature) {
    size_t last = groups->n_places - 1, at = (size_t)(signature * UINT64_C(0x9E3779B97F4A7C15) >> 32) & last;
    while (groups->places[at] != 0 && groups->at[groups->places[at] - 1].signature != signature)
        at = (at + 1) & last;
    return &groups->places[at];
}

/* At least half of the places are free; false: no memory. */
static bool make_places(rp_arena *arena, alliance_groups *groups) {
    if (2 * (groups->n + 1) <= groups->n_places)
        return true;
    groups->n_places = groups->n_places > 0 ? 2 * groups->n_places : 16;
    groups->places = rp_arena_take(arena, groups->n_places, sizeof *groups->places);
    for (size_t i = 0; groups->places != NULL && i < groups->n; i++)
        *place_of(groups, groups->at[i].signature) = (uint32_t)i + 1;
    return groups->places != NULL;
}

bool alliance_group_add(rp_arena *arena, alliance_groups *groups, uint64_t signature, size_t cell) {
    assert(signature >> ALLIANCE_FRAME_BIT == 0);
    signature |= (uint64_t)cell << ALLIANCE_FRAME_BIT;
    if (!make_places(arena, groups))
        return false;
    uint32_t *place = place_of(groups, signature);
    if (*place == 0) {
        alliance_group *group = rp_vec_push(arena, groups);
        if (group == NULL)
            return false;
        *group = (alliance_group){.signature = signature};
        *place = (uint32_t)groups->n;
    }
    groups->at[*place - 1].people++;
    return true;
}

rp_universe *alliance_universe(rp_answer *answer, const alliance_family *family, const char *name,
                               const alliance_groups *groups) {
    rp_universe *universe = rp_answer_universe_in(answer, family->frame, name, groups->n);
    for (size_t i = 0; i < universe->n_groups; i++) {
        universe->people[i] = groups->at[i].people;
        universe->frame_cell[i] = (uint16_t)(groups->at[i].signature >> ALLIANCE_FRAME_BIT);
    }
    return universe;
}

static bool is_group(const void *context, size_t group) {
    return *(const size_t *)context == group;
}

rp_count alliance_group_alone(rp_answer *answer, const rp_universe *universe, size_t group) {
    return rp_answer_count(answer, universe, is_group, &group);
}

/* ---- sets by marks ------------------------------------------------------------------------------------- */

typedef struct marking {
    alliance_set *set;
    const rp_frame *frame;
    uint64_t (*marks)(void *context, const alliance_person *person);
    void *context;
} marking;

static bool mark_person(void *context, const alliance_person *person) {
    marking *m = context;
    return alliance_group_add(m->set->answer->arena, &m->set->groups, m->marks(m->context, person),
                              rp_question_cell_of(m->frame, person->episode));
}

bool alliance_set_make(alliance_set *set, rp_answer *answer, const alliance_family *family, const char *name,
                       uint64_t (*marks)(void *context, const alliance_person *person), void *context,
                       rp_error *error) {
    *set = (alliance_set){.answer = answer};
    marking m = {set, family->frame, marks, context};
    if (!alliance_walk(family->cohort, mark_person, &m, error))
        return false;
    set->universe = alliance_universe(answer, family, name, &set->groups);
    return true;
}

typedef struct wanted {
    const alliance_set *set;
    uint64_t has, lacks, any; /* any: 0 for no such wish */
} wanted;

static bool is_wanted(const void *context, size_t group) {
    const wanted *w = context;
    uint64_t marks = w->set->groups.at[group].signature;
    return (marks & w->has) == w->has && (marks & w->lacks) == 0 && (w->any == 0 || (marks & w->any) != 0);
}

rp_count alliance_having(const alliance_set *set, uint64_t has, uint64_t lacks) {
    wanted w = {set, has, lacks, 0};
    return rp_answer_count(set->answer, set->universe, is_wanted, &w);
}

rp_count alliance_having_any(const alliance_set *set, uint64_t any) {
    if (any == 0)
        return rp_count_none();
    wanted w = {set, 0, 0, any};
    return rp_answer_count(set->answer, set->universe, is_wanted, &w);
}

/* ---- the administrations of a family --------------------------------------------------------------------- */

bool alliance_is_of(const alliance_family *family, uint32_t administration) {
    const rp_record *record = rp_cohort_record(family->cohort);
    if (rp_record_instrument(record, administration) != family->instrument)
        return false; /* as most are */
    int rater = rp_schema_column(RP_ADMINISTRATIONS, "rater");
    const char *by = rp_record_code_text(record, RP_ADMINISTRATIONS, rater, administration);
    return by != NULL && strcmp(by, family->rater) == 0;
}

rp_rows alliance_administrations(const alliance_family *family, const alliance_person *person) {
    return rp_record_children(rp_cohort_record(family->cohort), RP_ADMINISTRATIONS, person->episode->row);
}
