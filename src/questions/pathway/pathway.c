/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `pathway`: from referred to followed up, how far did people come, and how long did they wait?
 *
 * plan (what the record holds, which cells are in use) -> counts (one pass) -> the answer. */
#include "questions/pathway/pathway.h"
#include "questions/common/whom.h"
#include "questions/pathway/pathway_parts.h"

static const char question_title[] = "How far did people come?";

static void fill_people(pathway_work *work) {
    work->people = rp_answer_universe_in(work->answer, work->plan.endings, "pathway", work->plan.n_cells);
    for (size_t i = 0; i < work->people->n_groups; i++) {
        pathway_cell cell = pathway_cell_at(work->plan.codes[i]);
        work->people->people[i] = work->counts.cells[i];
        work->people->frame_cell[i] = (uint16_t)pathway_frame_cell(&work->plan, &cell);
    }
}

static void caveats(pathway_work *work) {
    rp_answer *answer = work->answer;
    const pathway_plan *plan = &work->plan;
    if (rp_cohort_has_contacts(plan->cohort)) {
        rp_answer_caveat(answer, "What is not on record may still have happened: a step without a contact is not known "
                                 "to have been left out.");
        rp_answer_caveat(answer, "The definitions follow those of the national data set, with deviations that "
                                 "docs/national-definitions.md lists. A referral is counted, not a chain of them.");
    }
    rp_question_caveat_ended(answer, plan->cohort);
    if (rp_cohort_left_out(plan->cohort, true) > 0)
        rp_answer_caveat(answer, "Referrals are left out where the date that decides who is in is not recorded.");
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "pathway", question_title);
    pathway_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    work->answer = answer;
    if (!pathway_plan_make(cohort, asked, arena, &work->plan, error) ||
        !pathway_counts_make(&work->plan, arena, &work->counts, error))
        return NULL;
    answer->lead = rp_answer_text(answer,
                                  "From referred to followed up: how many %s reached each step, with how many it ended "
                                  "before, how many may still come to it, and how long it took.",
                                  work->plan.research ? "people in the study" : "people of the cohort");
    fill_people(work);
    pathway_write_steps(work);
    pathway_write_flow(work);
    pathway_write_ends(work);
    pathway_write_open(work);
    pathway_write_waits(work);
    pathway_write_appointments(work);
    caveats(work);
    if (answer->failed)
        return rp_fail_memory(error), NULL;
    return answer;
}

static const rp_table_use uses[] = {
    {RP_CONTACTS,
     "The data hold no contacts, so it is not known who was assessed, who entered treatment, who came back, who was "
     "followed up, and how long anybody waited. With contacts, each step and each wait could be told.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not known to "
     "have been treated. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_pathway = {
    .name = "pathway", .title = question_title, .uses = uses, .statements = pathway_statements, .ask = ask};
