/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who stands behind the numbers: people put into groups by a signature of everything that is counted, over all scales
 * of a questionnaire together. Only groups that occur are kept.
 *
 * A signature over all times has 4 bits a scale: 2 for the scores (none, never the highest, once the highest, the last
 * is the highest), 2 for complete questionnaires (none, one, two or more). One of a single time has 2 bits a scale for
 * the level then, and behind all of these 1 for whether there is a score at any time, which other parts tell. Who had a
 * session is not counted: the differences from one session to the next would tell of the few who left between them. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>

enum { EVER = 2, LAST = 3, SIGNATURE_BITS = 4, LEVEL_BITS = 2, EVER_FROM = LEVEL_BITS * ALLIANCE_SCALES };

static uint64_t scores_of(const alliance_family *family, size_t k, const rp_series *series) {
    if (series->n == 0)
        return ALLIANCE_NONE;
    if (alliance_level_of(family, k, series->points[series->n - 1].value) == ALLIANCE_HIGHEST)
        return LAST;
    for (size_t i = 0; i < series->n; i++)
        if (alliance_level_of(family, k, series->points[i].value) == ALLIANCE_HIGHEST)
            return EVER;
    return ALLIANCE_BELOW;
}

static uint64_t whole_signature(const alliance_family *family, const alliance_person *person, double *answers) {
    rp_rows administrations = alliance_administrations(family, person->episode);
    uint64_t signature = 0;
    for (size_t k = 0; k < family->n_scales; k++) {
        uint64_t complete = 0;
        for (size_t a = 0; a < administrations.n && complete < 2; a++)
            complete += alliance_answers(family, k, administrations.at[a], answers);
        uint64_t of = scores_of(family, k, &person->episode->series[family->measures[k]]) | complete << 2;
        signature |= of << (SIGNATURE_BITS * k);
    }
    return signature;
}

static bool add_slots(rp_arena *arena, rp_question_groups *slots, const alliance_family *family,
                      const alliance_person *person, size_t cell) {
    uint64_t signatures[ALLIANCE_SLOTS], ever = 0;
    for (size_t k = 0; k < family->n_scales; k++)
        ever |= person->episode->series[family->measures[k]].n > 0 ? MARK(EVER_FROM + k) : 0;
    for (size_t i = 0; i < family->n_slots; i++)
        signatures[i] = ever;
    for (size_t i = 0; i < person->n_sessions; i++) {
        size_t slot = alliance_slot(family, &person->sessions[i]);
        if (slot == family->n_slots)
            continue;
        for (size_t k = 0; k < family->n_scales; k++) {
            uint64_t level = alliance_level_of(family, k, person->sessions[i].values[family->measures[k]]);
            if (level == ALLIANCE_NONE)
                continue;
            signatures[slot] &= ~((uint64_t)3 << (LEVEL_BITS * k));
            signatures[slot] |= level << (LEVEL_BITS * k);
        }
    }
    for (size_t i = 0; i < family->n_slots; i++)
        if (!rp_question_group_add(arena, &slots[i], signatures[i], cell))
            return false;
    return true;
}

/* The first list is of people altogether, the others are of slots. */
static bool add_block(rp_arena *arena, rp_question_groups *lists, const rp_block *block, const void *context) {
    const alliance_family *family = context;
    size_t longest = 0;
    for (size_t k = 0; k < family->n_scales; k++)
        longest = alliance_scale(family, k)->n_items > longest ? alliance_scale(family, k)->n_items : longest;
    double *answers = rp_arena_take(arena, longest, sizeof *answers); /* room for one questionnaire */
    bool fine = answers != NULL;
    for (alliance_person person = {0}; fine && alliance_next(block, &person);) {
        size_t cell = rp_question_cell_of(family->frame, person.episode);
        fine = rp_question_group_add(arena, &lists[0], whole_signature(family, &person, answers), cell) &&
               add_slots(arena, lists + 1, family, &person, cell);
    }
    return fine;
}

bool alliance_people_make(const alliance_family *family, rp_arena *arena, alliance_people *out, rp_error *error) {
    const rp_question_sort sort = {1 + family->n_slots, add_block, family};
    rp_question_groups *lists = rp_arena_take(arena, sort.n, sizeof *lists);
    if (lists == NULL)
        return rp_fail_memory(error);
    if (!rp_question_groups_make(family->cohort, &sort, family->asked->threads, arena, lists, error))
        return false;
    *out = (alliance_people){.whole = lists[0], .slots = lists + 1};
    return true;
}

typedef struct chosen {
    const rp_question_groups *groups;
    bool slot;
    size_t k;
    alliance_who who;
} chosen;

static bool is_in(const void *context, size_t group) {
    const chosen *c = context;
    uint64_t signature = c->groups->at[group].signature;
    unsigned level = (unsigned)(signature >> ((c->slot ? LEVEL_BITS : SIGNATURE_BITS) * c->k)) & 3;
    unsigned complete = c->slot ? 0 : (unsigned)(signature >> (SIGNATURE_BITS * c->k + 2)) & 3;
    switch (c->who) {
    case WHO_ALL:
        return true;
    case WHO_MEASURED:
        return level > 0;
    case WHO_EVER_MEASURED:
        return c->slot ? (signature >> (EVER_FROM + c->k) & 1) != 0 : level > 0;
    case WHO_HIGHEST_LAST:
        return level == (c->slot ? (unsigned)ALLIANCE_HIGHEST : (unsigned)LAST);
    case WHO_HIGHEST_EVER:
        return level >= EVER;
    case WHO_COMPLETE:
        return complete > 0;
    case WHO_REPEATED:
        return complete > 1;
    }
    return false;
}

rp_count alliance_count(rp_answer *answer, const rp_universe *universe, const rp_question_groups *groups, bool slot,
                        size_t k, alliance_who who) {
    chosen c = {groups, slot, k, who};
    return rp_answer_count(answer, universe, is_in, &c);
}
