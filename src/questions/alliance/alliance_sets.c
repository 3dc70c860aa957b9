/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking over the people of a cohort, and sorting them into sets by marks. */
#include "questions/alliance/alliance_parts.h"

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

static bool is_group(const void *context, size_t group) {
    return *(const size_t *)context == group;
}

rp_count alliance_group_alone(rp_answer *answer, const rp_universe *universe, size_t group) {
    return rp_answer_count(answer, universe, is_group, &group);
}

/* ---- sets by marks ------------------------------------------------------------------------------------- */

typedef struct marking {
    rp_question_set *set;
    const rp_frame *frame;
    uint64_t (*marks)(void *context, const alliance_person *person);
    void *context;
} marking;

static bool mark_person(void *context, const alliance_person *person) {
    marking *m = context;
    return rp_question_group_add(m->set->answer->arena, &m->set->groups, m->marks(m->context, person),
                                 rp_question_cell_of(m->frame, person->episode));
}

bool alliance_set_make(rp_question_set *set, rp_answer *answer, const alliance_family *family, const char *name,
                       uint64_t (*marks)(void *context, const alliance_person *person), void *context,
                       rp_error *error) {
    *set = (rp_question_set){.answer = answer};
    marking m = {set, family->frame, marks, context};
    if (!alliance_walk(family->cohort, mark_person, &m, error))
        return false;
    set->universe = rp_question_universe(answer, family->frame, name, &set->groups);
    return true;
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
