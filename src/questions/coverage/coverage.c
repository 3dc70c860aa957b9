/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `coverage`: which of all this is on record at all, table by table and month by month?
 *
 * plan -> counts (one pass over every row) -> the answer. It uses every table and needs none: what the record lacks is
 * its answer, so it says so itself and has no list of `uses`. */
#include "questions/coverage/coverage.h"
#include "questions/coverage/coverage_parts.h"

static const char question_title[] = "What is on record?";

static bool sort_people(coverage_work *work) {
    rp_question_set *set = &work->people;
    set->answer = work->answer;
    for (size_t i = 0; i < rp_cohort_episodes(work->plan.cohort); i++)
        if (!rp_question_group_add(work->answer->arena, &set->groups, work->plan.people[i].marks,
                                   work->plan.people[i].cell))
            return false;
    set->universe = rp_question_universe(work->answer, work->plan.frame, "coverage", &set->groups);
    return true;
}

static void name_what_is_lacking(coverage_work *work) {
    const char *names = NULL;
    for (size_t id = 0; id < RP_TABLES; id++) {
        const char *name = rp_schema_table((rp_table_id)id)->name;
        if (rp_record_rows(work->plan.record, (rp_table_id)id) == 0)
            names = names == NULL ? name : rp_answer_text(work->answer, "%s, %s", names, name);
    }
    if (names != NULL)
        rp_answer_caveat(work->answer,
                         "The record has no row in: %s. Whether what these tables would hold was done, or happened, is "
                         "not known.",
                         names);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "coverage", question_title);
    coverage_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    work->answer = answer;
    work->noun = rp_record_about(rp_cohort_record(cohort))->research ? "people in the study" : "people of the cohort";
    if (!coverage_plan_make(cohort, asked, arena, &work->plan, error) ||
        !coverage_count(&work->plan, &work->counts, error))
        return NULL;
    if (!sort_people(work))
        return rp_fail_memory(error), NULL;
    answer->lead = rp_answer_text(answer,
                                  "Which tables the record holds, and in which of them %s have a row. That there is no "
                                  "record of a thing never means that it was not done.",
                                  work->noun);
    coverage_write_people(work);
    coverage_write_months(work);
    coverage_write_columns(work);
    name_what_is_lacking(work);
    if (answer->failed)
        return rp_fail_memory(error), NULL;
    return answer;
}

static const rp_table_use uses[] = {{RP_TABLES, NULL, -1}};

const rp_question rp_question_coverage = {
    .name = "coverage", .title = question_title, .uses = uses, .statements = coverage_statements, .ask = ask};
