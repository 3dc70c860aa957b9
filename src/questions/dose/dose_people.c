/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by marks, and the sums behind the means, in one pass over the blocks. */
#include "questions/common/shared_marks.h"
#include "questions/dose/dose_parts.h"

/* ---- marks of one person ---------------------------------------------------------------------------------------- */

static uint64_t plan_marks(const dose_plan *plan, const dose_given *given, bool over) {
    uint64_t marks = PLAN(plan->state) | (plan->changed ? PLAN_CHANGED : 0);
    if (plan->state != PLAN_IN_FORCE || plan->sessions < 0)
        return marks;
    int64_t received = given->sessions;
    marks |= PLAN_NUMBERED;
    if (over)
        marks |= received < plan->sessions ? FEWER : received > plan->sessions ? MORE : AS_PLANNED;
    return marks;
}

static dose_intensity intensity_of(const dose_given *given) {
    switch (given->steps & (RP_STEP_LOW | RP_STEP_HIGH)) {
    case RP_STEP_LOW:
        return LOW_ALONE;
    case RP_STEP_HIGH:
        return HIGH_ALONE;
    case RP_STEP_LOW | RP_STEP_HIGH:
        return LOW_AND_HIGH;
    default:
        return given->steps == RP_STEP_NEITHER && !given->not_all ? NEITHER_STEP : STEP_NOT_KNOWN;
    }
}

/* Who is not seen to have stepped did not only where every session says of which step it was. */
static dose_stepping stepping_of(const dose_given *given) {
    if (!given->order_known)
        return STEPPING_NOT_KNOWN;
    if (given->up || given->down)
        return given->up && given->down ? STEPPED_BOTH_WAYS : given->up ? STEPPED_UP : STEPPED_DOWN;
    return given->not_all ? STEPPING_NOT_KNOWN : NOT_STEPPED;
}

static uint64_t step_marks(const dose_given *given, const dose_plan *plan) {
    int intended = plan->state == PLAN_IN_FORCE && plan->intensity >= 0 ? plan->intensity : DOSE_INTENDED - 1;
    return GIVEN(intensity_of(given)) | STEPPING(stepping_of(given)) | INTENDED(intended) |
           (given->not_all ? NOT_ALL : 0);
}

static uint64_t recorded_marks(const dose_amount *amount, size_t at) {
    if (amount->of == 0)
        return 0;
    return amount->recorded == 0           ? RECORDED_NONE(at)
           : amount->recorded < amount->of ? RECORDED_SOME(at)
                                           : RECORDED_ALL(at);
}

static uint64_t component_marks(const dose_given *given) {
    uint64_t marks = recorded_marks(&given->amounts[OF_COMPONENTS], 0);
    marks |= given->amounts[OF_COMPONENTS].total > 0 ? DELIVERY_KNOWN : 0;
    for (unsigned i = 0; i < DOSE_COMPONENTS; i++) {
        marks |= (given->components >> i & 1) != 0 ? COMPONENT(i) : 0;
        marks |= (given->components_delivered >> i & 1) != 0 ? DELIVERED(i) : 0;
    }
    return marks;
}

/* ---- the pass ------------------------------------------------------------------------------------------------------
 */

typedef struct reader {
    const dose_work *work;
    dose_fact *facts; /* one a person, each written by the block that they are in */
} reader;

static void add_sessions(dose_sums *sums, const rp_episode *e, const dose_given *given) {
    bool in[WHOMS] = {true, given->sessions >= 1, e->finished == RP_YES};
    size_t cell = given->sessions < DOSE_CELLS ? given->sessions : DOSE_CELLS - 1;
    for (size_t w = 0; w < WHOMS; w++)
        if (in[w]) {
            rp_moments_add(&sums->sessions[w], given->sessions);
            sums->histograms[w][cell]++;
        }
}

static void add_amounts(dose_sums *sums, const dose_given *given) {
    for (size_t s = 0; s < DOSE_SOURCES; s++) {
        const dose_amount *a = &given->amounts[s];
        if (a->of > 0)
            rp_pair_moments_add(&sums->recorded[s], a->of, a->recorded);
        if (a->recorded > 0)
            rp_pair_moments_add(&sums->each[s], a->recorded, a->total);
        if (a->of > 0 && a->recorded == a->of)
            rp_moments_add(&sums->person[s], a->total);
    }
    if (given->amounts[OF_COMPONENTS].total > 0)
        rp_pair_moments_add(&sums->delivered, given->amounts[OF_COMPONENTS].total, given->delivered);
}

static void take_person(const reader *r, const rp_episode *e, dose_sums *sums, dose_fact *f) {
    const dose_work *work = r->work;
    bool over = e->over == RP_YES;
    dose_given given = dose_given_of(work->cohort, &work->columns, e);
    rp_question_ending ending = rp_question_ending_of(work->columns.record, work->columns.end_reason, e->row);
    *f = (dose_fact){.cell = rp_question_cell_of(work->frame, e),
                     .cell_of_ending = rp_question_cell_of_ending(work->frame, e, ending),
                     .seen = given.seen,
                     .seen_by_log = given.seen_by_log};
    for (size_t m = 0; m < MATTERS; m++)
        f->marks[m] = rp_question_at_all(given.sessions) | (over ? OVER : 0);
    f->marks[SESSIONS] |= over ? RP_QUESTION_ENDED(ending) : 0;
    sums->ends += e->over != RP_NOT_KNOWN;
    add_sessions(sums, e, &given);
    if (given.sessions == 0)
        return;
    dose_plan plan = dose_plan_of(&work->columns, e);
    uint64_t planned = plan_marks(&plan, &given, over);
    f->marks[THE_PLAN] |= planned;
    f->marks[STEPS] |= step_marks(&given, &plan);
    for (size_t s = 0; s < DOSE_MINUTES; s++)
        f->marks[MINUTES] |= recorded_marks(&given.amounts[s], s);
    f->marks[COMPONENTS] |= component_marks(&given);
    add_amounts(sums, &given);
    rp_moments_add(&sums->by_intensity[intensity_of(&given)], given.sessions);
    if ((planned & (FEWER | AS_PLANNED | MORE)) != 0) {
        rp_moments_add(&sums->planned, (double)plan.sessions);
        rp_moments_add(&sums->received, given.sessions);
        rp_moments_add(&sums->difference, given.sessions - (double)plan.sessions);
    }
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const reader *r = context;
    for (size_t e = 0; e < block->n_episodes; e++)
        take_person(r, &block->episodes[e], statistics, &r->facts[block->first + e]);
}

static void merge(void *into, const void *other, const void *context) {
    (void)context;
    dose_sums *a = into;
    const dose_sums *b = other;
    for (size_t w = 0; w < WHOMS; w++) {
        rp_moments_merge(&a->sessions[w], &b->sessions[w]);
        for (size_t i = 0; i < DOSE_CELLS; i++)
            a->histograms[w][i] += b->histograms[w][i];
    }
    for (size_t i = 0; i < INTENSITIES; i++)
        rp_moments_merge(&a->by_intensity[i], &b->by_intensity[i]);
    for (size_t s = 0; s < DOSE_SOURCES; s++) {
        rp_pair_moments_merge(&a->recorded[s], &b->recorded[s]);
        rp_pair_moments_merge(&a->each[s], &b->each[s]);
        rp_moments_merge(&a->person[s], &b->person[s]);
    }
    rp_pair_moments_merge(&a->delivered, &b->delivered);
    rp_moments_merge(&a->planned, &b->planned);
    rp_moments_merge(&a->received, &b->received);
    rp_moments_merge(&a->difference, &b->difference);
    a->ends += b->ends;
}

static bool fill(dose_work *work, const dose_fact *facts, size_t n) {
    static const char *const names[MATTERS] = {"sessions", "sessions planned", "steps", "minutes", "components"};
    rp_question_set *sets[MATTERS] = {&work->sessions, &work->plan, &work->steps, &work->minutes, &work->components};
    const rp_frame *of_endings = rp_question_frame_of_endings(work->frame, work->answer->arena);
    if (of_endings == NULL)
        return false;
    for (size_t m = 0; m < MATTERS; m++) {
        bool ending = m == SESSIONS;
        for (size_t i = 0; i < n; i++)
            if (!rp_question_group_add(work->answer->arena, &sets[m]->groups, facts[i].marks[m],
                                       ending ? facts[i].cell_of_ending : facts[i].cell))
                return false;
        dose_set_done(work, sets[m], ending ? of_endings : work->frame, names[m]);
    }
    if (work->ends)
        rp_question_tell_endings(&work->sessions);
    return !work->answer->failed;
}

static bool read_all(dose_work *work, dose_fact *facts, rp_error *error) {
    size_t n = rp_cohort_episodes(work->cohort);
    reader r = {work, facts};
    rp_fold fold = {sizeof work->sums, prepare, merge, &r};
    if (!rp_cohort_fold(work->cohort, &fold, work->asked->threads, &work->sums, error))
        return false;
    work->ends = work->sums.ends > 0;
    work->hidden = dose_hide_practitioners(facts, n);
    work->logs_of_one = dose_logs_are_of_one(facts, n);
    return fill(work, facts, n) || rp_fail_memory(error);
}

bool dose_sort(dose_work *work, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    dose_fact *facts = scratch != NULL ? rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *facts) : NULL;
    bool done = facts != NULL ? read_all(work, facts, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return done;
}
