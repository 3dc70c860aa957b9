/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking over the people of a cohort, and sorting them into sets by marks. */
#include "questions/alliance/alliance_parts.h"
#include "questions/common/everyone.h"

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

bool alliance_walk(const rp_cohort *cohort, void (*visit)(void *context, const alliance_person *person), void *context,
                   rp_error *error) {
    for (size_t b = 0; b < rp_cohort_blocks(cohort); b++) {
        rp_arena *arena = rp_arena_new(0);
        rp_block block = {0};
        bool made = arena != NULL ? rp_cohort_block(cohort, b, arena, &block, error) : rp_fail_memory(error);
        for (alliance_person person = {0}; made && alliance_next(&block, &person);)
            visit(context, &person);
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
    const rp_frame *frame;
    uint64_t (*marks)(const void *context, const alliance_person *person);
    const void *context;
} marking;

static bool mark_block(rp_arena *arena, rp_question_groups *groups, const rp_block *block, const void *context) {
    const marking *m = context;
    bool fine = true;
    for (alliance_person person = {0}; fine && alliance_next(block, &person);)
        fine = rp_question_group_add(arena, groups, m->marks(m->context, &person),
                                     rp_question_cell_of(m->frame, person.episode));
    return fine;
}

bool alliance_set_make(rp_question_set *set, rp_answer *answer, const alliance_family *family, const char *name,
                       uint64_t (*marks)(const void *context, const alliance_person *person), const void *context,
                       rp_error *error) {
    *set = (rp_question_set){.answer = answer};
    const marking m = {family->frame, marks, context};
    const rp_question_sort sort = {1, mark_block, &m};
    if (!rp_question_groups_make(family->cohort, &sort, family->asked->threads, answer->arena, &set->groups, error))
        return false;
    set->universe = rp_question_universe(answer, family->frame, name, &set->groups);
    return true;
}

/* ---- the administrations of a family --------------------------------------------------------------------- */

static bool is_of(const alliance_family *family, uint32_t administration) {
    const rp_record *record = rp_cohort_record(family->cohort);
    return rp_record_instrument(record, administration) == family->instrument &&
           rp_record_code(record, RP_ADMINISTRATIONS, family->rater_column, administration) == family->rater_code;
}

/* First how many each referral has, then which: every referral has its own places. */
typedef struct gathering {
    const alliance_family *family;
    uint32_t *starts, *at; /* at NULL: only counted, into the start of the next referral */
} gathering;

static void gather_one(const rp_episode *episode, size_t person, const void *context) {
    (void)person; /* by the referral */
    const gathering *g = context;
    const rp_record *record = rp_cohort_record(g->family->cohort);
    size_t referral = episode->row;
    rp_rows all = rp_record_children(record, RP_ADMINISTRATIONS, referral);
    uint32_t n = 0;
    for (size_t a = 0; a < all.n; a++) {
        if (!is_of(g->family, all.at[a]))
            continue;
        if (g->at != NULL)
            g->at[g->starts[referral] + n] = all.at[a];
        n++;
    }
    if (g->at == NULL)
        g->starts[referral + 1] = n;
}

bool alliance_gather(alliance_family *family, rp_arena *arena, rp_error *error) {
    size_t n = rp_record_rows(rp_cohort_record(family->cohort), RP_REFERRALS);
    gathering g = {family, rp_arena_take(arena, n + 1, sizeof *g.starts), NULL};
    if (g.starts == NULL)
        return rp_fail_memory(error);
    if (!rp_question_read_everyone(family->cohort, gather_one, &g, family->asked->threads, error))
        return false;
    for (size_t i = 0; i < n; i++)
        g.starts[i + 1] += g.starts[i];
    g.at = rp_arena_take(arena, g.starts[n], sizeof *g.at);
    if (g.at == NULL)
        return rp_fail_memory(error);
    family->own_starts = g.starts;
    family->own = g.at;
    return rp_question_read_everyone(family->cohort, gather_one, &g, family->asked->threads, error);
}

rp_rows alliance_administrations(const alliance_family *family, const rp_episode *episode) {
    uint32_t start = family->own_starts[episode->row];
    return (rp_rows){.at = family->own + start, .n = family->own_starts[episode->row + 1] - start};
}
