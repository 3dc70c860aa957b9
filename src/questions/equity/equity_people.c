/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by marks: in one pass over the blocks what is on record of each person, then the groups. */
#include "questions/common/everyone.h"
#include "questions/equity/equity_parts.h"

typedef struct fact {
    uint64_t marks; /* without the group's */
    size_t cell;
    uint8_t groups[CHARACTERISTICS];
    bool ends;
} fact;

typedef struct reader {
    const equity_work *work;
    const rp_record *record;
    fact *facts; /* one a person, each written by the block that they are in */
} reader;

static uint64_t steps_of(const rp_episode *e) {
    uint64_t marks = MARK(EVERYONE);
    bool over = e->over == RP_YES;
    marks |= e->assessed == RP_YES ? MARK(ASSESSED) : 0;
    marks |= e->treated >= 1 ? MARK(ENTERED) : 0;
    marks |= e->treated >= 2 ? MARK(TWICE) : 0;
    marks |= e->treated >= 2 && over ? MARK(FINISHED) : 0;
    marks |= e->treated == 1 && over ? MARK(ENDED_ONCE) : 0;
    marks |= e->treated >= 1 && over ? MARK(ENDED_TREATED) : 0;
    if (e->treated < 1 || e->received == RP_NO_DATE || e->treated_on == RP_NO_DATE || e->treated_on < e->received)
        return marks; /* a wait that is not known, or cannot be, is within no limit */
    marks |= e->treated_on - e->received <= 42 ? MARK(WITHIN_42) : 0;
    marks |= e->treated_on - e->received <= 126 ? MARK(WITHIN_126) : 0;
    return marks;
}

/* Scores of both measures of the national rule. */
static uint64_t scores_of(const rp_episode *e) {
    rp_national_why why = e->national.flags.improved.why;
    if (why == RP_NATIONAL_NO_PHQ9 || why == RP_NATIONAL_NO_ANXIETY)
        return 0;
    bool once = why == RP_NATIONAL_ONE_PHQ9 || why == RP_NATIONAL_ONE_ANXIETY;
    return MARK(FIRST_SCORES) | (once ? 0 : MARK(BOTH_SCORES));
}

static void read_one(const rp_episode *e, size_t person, const void *context) {
    const reader *r = context;
    fact *f = &r->facts[person];
    *f = (fact){.marks = steps_of(e) | scores_of(e) | rp_question_national(&e->national.flags, FIRST_OUTCOME),
                .cell = rp_question_cell_of(r->work->frame, e),
                .ends = e->over != RP_NOT_KNOWN};
    equity_groups_of(r->record, e, f->groups);
}

static bool add_person(equity_work *work, const fact *f) {
    static const uint64_t outcomes = MARK(NO_MARK) - MARK(FIRST_OUTCOME), kept = MARK(EVERYONE) | MARK(FINISHED);
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        uint64_t group = GROUP(f->groups[c]);
        work->recorded[c] = work->recorded[c] || f->groups[c] + 1u < equity_groups(c);
        if (!rp_question_group_add(work->answer->arena, &work->sets[c][STEPS].groups, group | (f->marks & ~outcomes),
                                   f->cell) ||
            !rp_question_group_add(work->answer->arena, &work->sets[c][OUTCOMES].groups,
                                   group | (f->marks & (outcomes | kept)), f->cell))
            return false;
    }
    work->ends = work->ends || f->ends;
    work->outcomes = work->outcomes || (f->marks & MARK(FIRST_SCORES)) != 0;
    return true;
}

static void make_universes(equity_work *work) {
    static const char *const sides[SIDES] = {"how far people came", "the outcome"};
    for (size_t c = 0; c < CHARACTERISTICS; c++)
        for (size_t s = 0; s < SIDES; s++) {
            rp_question_set *set = &work->sets[c][s];
            set->answer = work->answer;
            set->universe = rp_question_universe(
                work->answer, work->frame,
                rp_answer_text(work->answer, "%s, by %s", sides[s], equity_characteristics[c].name), &set->groups);
        }
}

static bool sort_facts(equity_work *work, reader *r, rp_error *error) {
    size_t n = rp_cohort_episodes(work->cohort);
    if (!rp_question_read_everyone(work->cohort, read_one, r, work->asked->threads, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add_person(work, &r->facts[i]))
            return rp_fail_memory(error);
    make_universes(work);
    return !work->answer->failed || rp_fail_memory(error);
}

bool equity_sort(equity_work *work, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    if (scratch == NULL)
        return rp_fail_memory(error);
    reader r = {.work = work, .record = rp_cohort_record(work->cohort)};
    r.facts = rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *r.facts);
    bool done = r.facts != NULL ? sort_facts(work, &r, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return done;
}

rp_count equity_count(const equity_work *work, size_t characteristic, equity_side side, uint64_t has, uint64_t lacks) {
    return rp_question_having(&work->sets[characteristic][side], MARK(EVERYONE) | has, lacks);
}

/* Who has the outcome, or is not known to, was or may have been a case: none of them is left out for being none. */
rp_question_known equity_known(const equity_work *work, size_t characteristic, const rp_question_outcome *outcome,
                               uint64_t has, uint64_t lacks) {
    uint64_t yes = OUTCOME(outcome->yes), not_known = OUTCOME(outcome->not_known);
    const rp_question_set *set = &work->sets[characteristic][OUTCOMES];
    return (rp_question_known){.known = equity_count(work, characteristic, OUTCOMES, has | yes, lacks),
                               .not_known = equity_count(work, characteristic, OUTCOMES, has | not_known, lacks),
                               .either = rp_question_having_any(set, MARK(EVERYONE) | has, yes | not_known),
                               .whole = equity_count(work, characteristic, OUTCOMES, has, lacks),
                               .good = outcome->good};
}
