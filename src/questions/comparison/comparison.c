/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `comparison`: compared with what?
 *
 * Where the record has a comparator, each arm is held against it. Where it has none, no effect is claimed: the change
 * stands beside what regression to the mean would make, and beside changes and effects that others published. */
#include "questions/comparison/comparison.h"
#include "questions/common/asked.h"
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <string.h>

const rp_statement_def cmp_statements[] = {
    {"comparison.effect", "An arm less the comparator over all later scores, the first score and time held"},
    {"comparison.effect.last", "An arm less the comparator at the last score, the first score held"},
    {"comparison.effect.milder", "As comparison.effect, where the first score is one SD milder than the mean"},
    {"comparison.effect.severer", "As comparison.effect, where the first score is one SD more severe than the mean"},
    {"comparison.interaction", "By how many SD the effect changes for each SD that the first score is higher"},
    {"comparison.important", "Known to have improved by an important difference, of everyone meant for an arm"},
    {"comparison.important.not", "Known not to have improved by so much, of everyone meant for an arm"},
    {"comparison.important.difference", "Difference of these shares, and the number needed to treat"},
    {"comparison.pooled", "Mean over organisations of the same difference, each from a model of its own (two stages)"},
    {"comparison.pooled.another", "Between which limits the difference of one more such organisation would lie"},
    {"comparison.pooled.one_stage", "The mean over organisations of the same difference, from one model of everyone"},
    {"comparison.meaning.statistical", "Whether the arms differ by more than chance is apt to make"},
    {"comparison.meaning.important", "Whether the average difference is one that counts as important"},
    {"comparison.meaning.reliable", "Reliable improvement in both arms, as the question outcome has it"},
    {"comparison.meaning.clinical", "Reliable recovery in both arms, as the question outcome has it"},
    {"comparison.regression_to_mean.low",
     "Seeming improvement of cases if nothing were done, at a low retest correlation"},
    {"comparison.regression_to_mean.high", "The same at a high retest correlation"},
    {"comparison.regression_to_mean.here", "The same at the correlation of the comparator's first and last scores"},
    {"comparison.change", "Change from first to last score in these data, with no comparator"},
    {"comparison.dose", "Treatment sessions received here, for want of what was received in trials"},
    {NULL, NULL},
};

bool cmp_own(const rp_cohort *cohort) {
    return rp_question_arms(cohort) > 1 && rp_record_about(rp_cohort_record(cohort))->comparator != NULL;
}

static bool has_later(const void *context, const rp_session *sessions, size_t n) {
    const cmp_work *work = context;
    size_t scores = 0;
    for (size_t i = 0; i < n; i++)
        scores += !isnan(sessions[i].values[work->measure]);
    return scores > 1;
}

static bool courses_of(cmp_work *work, rp_arena *arena, rp_error *error) {
    const rp_question_courses_asked asked = {.cohort = work->cohort,
                                             .measures = &work->measure,
                                             .n_measures = 1,
                                             .most_people = CMP_MOST_PEOPLE,
                                             .threads = work->asked->threads,
                                             .is_in = has_later,
                                             .context = work};
    return rp_question_courses_make(&asked, arena, &work->courses, error);
}

static bool compare(cmp_work *work, rp_arena *arena, rp_error *error) {
    cmp_result(*results)[CMP_KINDS] = rp_arena_take(arena, (size_t)work->n_arms, sizeof *results);
    cmp_pool *pools = rp_arena_take(arena, (size_t)work->n_arms, sizeof *pools);
    if (results == NULL || pools == NULL)
        return rp_fail_memory(error);
    for (int arm = 1; arm < work->n_arms; arm++)
        if (!cmp_models_make(work, arm, arena, results[arm], error) ||
            (work->n_organisations > 0 && !cmp_pool_make(work, arm, arena, &pools[arm], error)))
            return false;
    if (!cmp_set_make(work, error))
        return false;
    cmp_write_people(work);
    for (int arm = 1; arm < work->n_arms; arm++) {
        cmp_write_effects(work, arm, results[arm]);
        cmp_write_important(work, arm);
        cmp_write_meaning(work, arm, results[arm]);
        if (work->n_organisations > 0)
            cmp_write_pool(work, arm, &pools[arm]);
    }
    if (work->courses.one_in > 1)
        rp_answer_caveat(work->answer,
                         "The model of all later scores of the %s rests on one in %zu people, taken in the order of "
                         "their referrals' ids.",
                         work->of->name, work->courses.one_in);
    return true;
}

static bool ask_measure(cmp_work *work, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    work->n_arms = cmp_own(work->cohort) ? (int)rp_question_arms(work->cohort) : 0;
    work->of = rp_cohort_measure(work->cohort, work->measure);
    work->scale = &work->of->instrument->scales[work->of->scale];
    work->first = (rp_moments){0};
    work->n_organisations = 0;
    bool fine = scratch != NULL && rp_question_measuring_of(work->cohort, work->measure, work->stages,
                                                            work->answer->arena, &work->measuring);
    fine = fine ? cmp_people_make(work, scratch, error) : rp_fail_memory(error);
    if (fine && work->first.n > 1) {
        fine = work->n_arms > 1 ? courses_of(work, scratch, error) && compare(work, scratch, error)
                                : cmp_set_make(work, error);
        if (fine)
            cmp_write_regression(work);
    }
    rp_arena_free(scratch);
    return fine;
}

static void say_what_it_is(const rp_cohort *cohort, rp_answer *answer) {
    if (cmp_own(cohort)) {
        rp_answer_caveat(answer,
                         "Whether people were allocated to the arms by chance is not in the record. Only if they were "
                         "is the difference an effect of being meant for the arm; else people who would have fared "
                         "otherwise anyway may have come to different arms.");
        rp_answer_caveat(answer,
                         "Intervals take people to be independent. Those of one practitioner or group are more alike, "
                         "which makes the true uncertainty larger.");
        return;
    }
    rp_answer_caveat(
        answer, "The record has no comparator: no arm of usual care, no waiting list. So no effect of treatment is "
                "claimed. People who seek help are apt to get better, with treatment and without.");
    rp_answer_caveat(
        answer, "Changes without a comparator and differences from a comparator are not the same thing. They stand "
                "in two tables, and a figure of one is never to be held against a figure of the other.");
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "comparison", "Compared with what?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    bool own = cmp_own(cohort);
    answer->lead = own ? "Each arm held against the comparator: everyone in the arm that they were meant for, first "
                         "scores held."
                       : "What people's change can be held against, where nobody was left untreated.";
    rp_asked with;
    if (!rp_question_with_ledger(asked, arena, &with, error))
        return NULL;
    cmp_work work = {.cohort = cohort, .asked = &with, .answer = answer, .stages = rp_question_frame(cohort, arena)};
    if (work.stages == NULL)
        return rp_fail_memory(error), NULL;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        work.measure = m;
        if (measure->instrument->kind == RP_KIND_OUTCOME && strcmp(measure->rater, "client") == 0 &&
            rp_question_asked_for(asked, measure) && !ask_measure(&work, error))
            return NULL;
    }
    cmp_write_published(cohort, &with, &work.own, answer);
    cmp_write_dose(&with, answer);
    say_what_it_is(cohort, answer);
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {{RP_TABLES, NULL, -1}};

const rp_question rp_question_comparison = {
    .name = "comparison", .title = "Compared with what?", .uses = uses, .statements = cmp_statements, .ask = ask};
