/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by marks: in one pass over the blocks what is on record of each person, then, when it is known
 * from when to when assessments were, the groups. */
#include "questions/assessor/assessor_parts.h"
#include "questions/common/everyone.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- what is on record of one person --------------------------------------------------------------------- */

static uint64_t who_of(const assessor_work *work, const rp_assessor *a) {
    static const uint64_t qualified[] = {[RP_QUALIFIED_NO_RECORD] = NO_QUALIFICATION,
                                         [RP_QUALIFIED_LATER] = QUALIFIED_LATER,
                                         [RP_QUALIFIED_NO_DATE] = QUALIFIED_NOT_KNOWN,
                                         [RP_QUALIFIED_HELD] = QUALIFIED};
    static const uint64_t training[] = {
        [RP_NOT_KNOWN] = TRAINING_NOT_KNOWN, [RP_NO] = NOT_IN_TRAINING, [RP_YES] = IN_TRAINING};
    if (a->practitioner == RP_NO_ID)
        return ASSESSED;
    uint64_t marks = ASSESSED | NAMED | qualified[a->qualified] | training[a->in_training];
    marks |= a->role >= 0 ? ROLE((unsigned)a->role) : ROLE_NOT_KNOWN;
    for (size_t i = 0; i < work->levels->n; i++)
        marks |= (a->held >> i & 1) != 0 ? LEVEL(i) : 0;
    return marks;
}

typedef struct reader {
    assessor_work *work;
    const rp_record *record;
    assessor_fact *facts; /* one a person, each written by the block that they are in */
    int to, matter, told, informant;
} reader;

/* Index of the telling that a row is about, or TELLINGS: of another matter, or it does not say. */
static size_t telling_of(const reader *r, uint32_t row) {
    const char *to = rp_record_code_text(r->record, RP_DISCLOSURES, r->to, row);
    const char *matter = rp_record_code_text(r->record, RP_DISCLOSURES, r->matter, row);
    size_t t = 0;
    while (t < TELLINGS && (to == NULL || matter == NULL || strcmp(to, assessor_tellings[t].to) != 0 ||
                            strcmp(matter, assessor_tellings[t].matter) != 0))
        t++;
    return t;
}

/* What one row says, as marks that add up over rows; the state is drawn from all of them afterwards. */
static uint64_t row_marks(const reader *r, uint32_t row) {
    const char *told = rp_record_code_text(r->record, RP_DISCLOSURES, r->told, row);
    int informant = rp_record_code(r->record, RP_DISCLOSURES, r->informant, row);
    unsigned by = informant < 0 ? INFORMANTS - 1 : (unsigned)informant;
    if (told != NULL && strcmp(told, "yes") == 0)
        return STATE(TOLD) | TOLD_BY(by);
    if (told != NULL && strcmp(told, "no") == 0)
        return STATE(NOT_TOLD) | NOT_TOLD_BY(by);
    return told != NULL && strcmp(told, "shown_on_screen") == 0 ? STATE(SHOWN) : STATE(UNSAID);
}

/* Of several rows: told and not told is both ways, and so is not told where it was shown; else the first of the states
 * that a row says. */
static uint64_t settled(uint64_t marks) {
    assessor_state state = NO_RECORD;
    if ((marks & STATE(NOT_TOLD)) != 0)
        state = (marks & (STATE(TOLD) | STATE(SHOWN))) != 0 ? BOTH_WAYS : NOT_TOLD;
    else if ((marks & STATE(TOLD)) != 0)
        state = TOLD;
    else if (marks != 0)
        state = (marks & STATE(SHOWN)) != 0 ? SHOWN : UNSAID;
    for (size_t s = 0; s < STATES; s++)
        marks &= ~STATE(s);
    return marks | STATE(state) | ASSESSED;
}

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    assessor_fact *f = &r->facts[person];
    *f = (assessor_fact){.practitioner = RP_NO_ID,
                         .on = RP_NO_DATE,
                         .cell = rp_question_cell_of(r->work->frame, episode),
                         .alliance = NAN};
    if (episode->assessed != RP_YES)
        return;
    rp_assessor assessor = rp_cohort_assessor(r->work->cohort, episode);
    f->practitioner = assessor.practitioner;
    f->who = who_of(r->work, &assessor);
    f->on = episode->assessed_on;
    assessor_take_course(r->work, episode, f);
    rp_rows rows = rp_record_children(r->record, RP_DISCLOSURES, episode->row);
    for (size_t i = 0; i < rows.n; i++) {
        size_t t = telling_of(r, rows.at[i]);
        if (t < TELLINGS)
            f->tellings[t] |= row_marks(r, rows.at[i]);
    }
    for (size_t t = 0; t < TELLINGS; t++)
        f->tellings[t] = settled(f->tellings[t]);
}

/* ---- periods ---------------------------------------------------------------------------------------------- */

static rp_question_periods periods_of(const assessor_fact *facts, size_t n) {
    rp_date first = RP_NO_DATE, last = RP_NO_DATE;
    for (size_t i = 0; i < n; i++)
        rp_question_reach_date(&first, &last, facts[i].on);
    return rp_question_periods_of(first, last);
}

/* ---- groups ------------------------------------------------------------------------------------------------- */

static bool add_person(assessor_work *work, const assessor_fact *f) {
    rp_arena *arena = work->answer->arena;
    uint64_t period = 0;
    if (f->on != RP_NO_DATE && work->periods.n > 0)
        period = PERIOD(rp_question_period(&work->periods, f->on));
    bool added = rp_question_group_add(arena, &work->who.groups, f->who, f->cell) && assessor_add_to_ways(work, f);
    for (size_t t = 0; t < TELLINGS && added; t++)
        added = rp_question_group_add(arena, &work->tellings[t].groups, f->tellings[t] | period, f->cell);
    return added;
}

static bool make_universes(assessor_work *work) {
    rp_question_set *who = &work->who;
    who->universe = rp_question_universe(work->answer, work->frame, "who assessed", &who->groups);
    for (size_t t = 0; t < TELLINGS; t++) {
        rp_question_set *set = &work->tellings[t];
        set->universe = rp_question_universe(work->answer, work->frame, assessor_tellings[t].universe, &set->groups);
    }
    assessor_finish_ways(work);
    return !work->answer->failed;
}

bool assessor_sort(assessor_work *work, rp_error *error) {
    const rp_table_def *roles = rp_schema_table(RP_PRACTITIONERS), *levels = rp_schema_table(RP_QUALIFICATIONS);
    work->roles = roles->columns[rp_schema_column(RP_PRACTITIONERS, "role")].codes;
    work->levels = levels->columns[rp_schema_column(RP_QUALIFICATIONS, "level")].codes;
    assert(work->roles->n <= MOST_ROLES && work->levels->n <= MOST_LEVELS);
    assessor_plan_ways(work);
    size_t n = rp_cohort_episodes(work->cohort);
    rp_arena *scratch = rp_arena_new(0);
    reader r = {.work = work,
                .record = rp_cohort_record(work->cohort),
                .facts = scratch != NULL ? rp_arena_take(scratch, n, sizeof *r.facts) : NULL,
                .to = rp_schema_column(RP_DISCLOSURES, "to"),
                .matter = rp_schema_column(RP_DISCLOSURES, "matter"),
                .told = rp_schema_column(RP_DISCLOSURES, "told"),
                .informant = rp_schema_column(RP_DISCLOSURES, "informant")};
    bool done = r.facts != NULL ? rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error)
                                : rp_fail_memory(error);
    if (done) {
        work->who.answer = work->answer;
        for (size_t t = 0; t < TELLINGS; t++)
            work->tellings[t].answer = work->answer;
        work->periods = periods_of(r.facts, n);
        work->hidden = assessor_hide_practitioners(r.facts, n);
        for (size_t i = 0; i < n && done; i++)
            done = add_person(work, &r.facts[i]);
        done = (done && make_universes(work)) || rp_fail_memory(error);
    }
    rp_arena_free(scratch);
    return done;
}
