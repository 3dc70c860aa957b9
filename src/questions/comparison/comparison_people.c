/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone's first and last score, and in which arm they were meant to be. */
#include "questions/common/everyone.h"
#include "questions/common/practitioner_of.h"
#include "questions/comparison/comparison_parts.h"

#include <math.h>

typedef struct reader {
    const cmp_work *work;
    const rp_record *record;
    rp_question_holding holding;
    int service; /* column; -1: organisations are not asked for */
} reader;

static void read_person(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    const cmp_work *work = r->work;
    const rp_series *series = &episode->series[work->measure];
    cmp_person of = {.first = series->n > 0 ? series->points[0].value : NAN,
                     .last = series->n > 1 ? series->points[series->n - 1].value : NAN,
                     .arm = work->n_arms > 0 ? episode->arm : -1,
                     .service = CMP_NO_SERVICE,
                     .practitioner = RP_NO_ID};
    int64_t service = r->service >= 0 ? rp_record_refers(r->record, RP_REFERRALS, r->service, episode->row) : -1;
    if (service >= 0) {
        of.service = (uint32_t)service;
        of.practitioner = rp_question_practitioner_of(&r->holding, work->cohort, episode);
    }
    work->people[person] = of;
}

double cmp_improvement(const cmp_work *work, const cmp_person *person) {
    return work->scale->higher_is_worse ? person->first - person->last : person->last - person->first;
}

static void choose_important(cmp_work *work) {
    const rp_change_rule *rule = &work->scale->change;
    if (isfinite(rule->minimally_important)) {
        work->important = rule->minimally_important;
        work->important_words = rp_answer_text(work->answer, "the smallest change that matters to people (%s)",
                                               rule->minimally_important_source.text);
        return;
    }
    work->important = rp_moments_sd(&work->first) / 2;
    work->important_words = "half a standard deviation of first scores: a convention, since for this measure no figure "
                            "of the smallest change that matters to people is on file";
}

static void mark_people(cmp_work *work) {
    for (size_t i = 0; i < work->n_people; i++) {
        const cmp_person *person = &work->people[i];
        uint64_t marks = isnan(person->first) ? 0 : MARK(CMP_HAS_FIRST);
        if (!isnan(person->last))
            marks |= MARK(CMP_HAS_LAST);
        if (!isnan(person->last) && cmp_improvement(work, person) >= work->important)
            marks |= MARK(CMP_IMPORTANT);
        if (person->arm >= 0)
            marks |= MARK(CMP_IN_ARM + person->arm);
        work->marks[i] = marks;
    }
}

bool cmp_people_make(cmp_work *work, rp_arena *arena, rp_error *error) {
    work->n_people = rp_cohort_episodes(work->cohort);
    work->people = rp_arena_take_unset(arena, work->n_people + 1, sizeof *work->people);
    work->marks = rp_arena_take(arena, work->n_people + 1, sizeof *work->marks);
    if (work->people == NULL || work->marks == NULL)
        return rp_fail_memory(error);
    const rp_record *record = rp_cohort_record(work->cohort);
    bool several = work->n_arms > 1 && rp_record_rows(record, RP_SERVICES) > 1;
    const reader r = {work, record, rp_question_holding_of(record),
                      several ? rp_schema_column(RP_REFERRALS, "service_id") : -1};
    if (!rp_question_read_everyone(work->cohort, read_person, &r, work->asked->threads, error))
        return false;
    for (size_t i = 0; i < work->n_people; i++)
        if (!isnan(work->people[i].first))
            rp_moments_add(&work->first, work->people[i].first);
    choose_important(work);
    mark_people(work);
    cmp_mark_told(work);
    return !several || cmp_organisations_make(work, arena, error);
}

/* ---- as a universe ---- */

static bool mark_block(rp_arena *arena, rp_question_groups *groups, const rp_block *block, const void *context) {
    const cmp_work *work = context;
    bool fine = true;
    for (size_t e = 0; e < block->n_episodes && fine; e++)
        fine = rp_question_group_add(arena, groups, work->marks[block->first + e],
                                     rp_question_measuring_cell(&work->measuring, &block->episodes[e]));
    return fine;
}

bool cmp_set_make(cmp_work *work, rp_error *error) {
    rp_arena *arena = work->answer->arena;
    work->set = rp_arena_take(arena, 1, sizeof *work->set);
    if (work->set == NULL)
        return rp_fail_memory(error);
    work->set->answer = work->answer;
    const rp_question_sort sort = {1, mark_block, work};
    if (!rp_question_groups_make(work->cohort, &sort, work->asked->threads, arena, &work->set->groups, error))
        return false;
    work->set->universe =
        rp_question_universe(work->answer, work->measuring.scores,
                             rp_answer_text(work->answer, "comparison of %s", work->of->name), &work->set->groups);
    cmp_tell(work);
    return true;
}
