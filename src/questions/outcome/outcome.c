/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `outcome`: how did people change, on each measure, under every denominator?
 *
 * For each outcome measure: plan (what is analysed) -> moments (pass 1) -> rules of change -> counts (pass 2) -> the
 * answer. Nothing here compares arms: that is another question. */
#include "questions/outcome/outcome.h"
#include "questions/common/asked.h"
#include "questions/common/whom.h"
#include "questions/outcome/outcome_words.h"

#include <math.h>

static void fill_cells(outcome_work *work) {
    size_t n = outcome_cells(&work->plan);
    for (size_t v = 0; v < VERSIONS; v++)
        work->people[v] =
            outcome_universe(work, rp_answer_text(work->answer, "%s, version %zu", work->plan.measure->name, v), n,
                             work->counts.cells + v * n * work->plan.n_tail);
}

static void caveats(outcome_work *work) {
    rp_answer *answer = work->answer;
    const outcome_plan *plan = &work->plan;
    if (!outcome_rule_confirmed(work))
        rp_answer_caveat(answer,
                         "%s: at least one figure used for reliable change or for the cut-off is not confirmed by a "
                         "source that we have read. Statements that rest on it are marked.",
                         plan->measure->name);
    if (plan->n_bands > 0 && !plan->scale->bands_source.confirmed)
        rp_answer_caveat(answer, "%s: the severity bands are not confirmed by a source that we have read.",
                         plan->measure->name);
    if (plan->n_bands == 0)
        rp_answer_caveat(answer, "%s: no severity bands are known for it, so nothing is shown by severity.",
                         plan->measure->name);
    if (!plan->by_occasion && isnan(rp_cohort_chosen(plan->cohort)->horizon_weeks))
        rp_answer_caveat(answer, "No horizon was given; 26 weeks is used. Give one with --horizon WEEKS.");
    const rp_change_scale *rule = &work->rules.scale[FIRST_TO_LAST][RP_CHANGE_JT];
    if (work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT] && !rule->has_cutoff)
        rp_answer_caveat(answer, "%s: no cut-off is known for it, so recovery cannot be told.", plan->measure->name);
}

static bool ask_measure(const rp_cohort *cohort, const rp_asked *asked, size_t measure, rp_answer *answer,
                        rp_error *error) {
    outcome_work *work = rp_arena_take(answer->arena, 1, sizeof *work);
    if (work == NULL)
        return rp_fail_memory(error);
    work->answer = answer;
    if (!outcome_plan_make(cohort, asked, measure, answer->arena, &work->plan, error))
        return false;
    if (work->plan.n_slots == 0)
        return true;
    if (!outcome_moments_make(&work->plan, answer->arena, &work->moments, error))
        return false;
    outcome_rules_make(&work->plan, &work->moments, &work->rules);
    if (!outcome_counts_make(&work->plan, &work->rules, answer->arena, &work->counts, error))
        return false;
    fill_cells(work);
    outcome_write_people(work);
    outcome_write_rates(work);
    outcome_write_change(work);
    outcome_write_trajectory(work);
    if (!outcome_write_growth(work, error) || !outcome_write_points(work, error) || !outcome_write_sudden(work, error))
        return false;
    outcome_write_methods(work);
    outcome_write_definitions(work);
    outcome_write_figures(work);
    caveats(work);
    return true;
}

static void cohort_caveats(rp_answer *answer, const rp_cohort *cohort) {
    rp_question_caveat_ended(answer, cohort);
    /* How many is not said: with small numbers hidden, it may be few. */
    if (rp_cohort_left_out(cohort, true) > 0)
        rp_answer_caveat(answer, "Referrals are left out where the date that decides who is in is not recorded.");
    if (rp_cohort_has_contacts(cohort))
        rp_answer_caveat(answer,
                         "Intervals take people to be independent of one another. People seen by one practitioner "
                         "may do alike; as far as they do, the intervals are too narrow to speak of other "
                         "practitioners. The question practitioner tells how far they do.");
    rp_answer_caveat(answer, "Change without a comparator is not an effect of treatment: people also change by "
                             "themselves, and those who begin at their worst tend to score better later.");
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "outcome", "How did people change?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead = rp_answer_text(answer,
                                  "First and later scores of %s, on each measure: how many changed by more than the "
                                  "questionnaire's margin of error, and what is not known.",
                                  rp_record_about(rp_cohort_record(cohort))->research ? "the people in the study"
                                                                                      : "the people of the cohort");
    size_t asked_of = 0;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        if (measure->instrument->kind != RP_KIND_OUTCOME || !rp_question_asked_for(asked, measure))
            continue;
        asked_of++;
        if (!ask_measure(cohort, asked, m, answer, error))
            return NULL;
    }
    if (asked_of == 0) {
        rp_answer_needs(answer, "scores");
        rp_answer_caveat(answer, "The data hold no scores of an outcome measure that was asked for, so nothing can be "
                                 "said about change.");
    }
    if (asked->n_measures == 0 && !outcome_write_national(cohort, asked, answer, error))
        return NULL;
    cohort_caveats(answer, cohort);
    if (answer->failed)
        return rp_fail_memory(error), NULL;
    return answer;
}

static const rp_table_use uses[] = {
    {RP_CONTACTS,
     "The data hold no contacts, so it is not known who was assessed, who entered treatment and who finished: shares "
     "are of everyone in the cohort and of those measured twice. With contacts, shares of each of these could be told.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who entered treatment. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_PROBLEMS,
     "The data hold no dated problems, so the national rule chooses the anxiety measure by the problem that the "
     "referral names. With dated problems, it would go by the one that was the main problem in the end.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_outcome = {
    .name = "outcome", .title = "How did people change?", .uses = uses, .statements = outcome_statements, .ask = ask};
