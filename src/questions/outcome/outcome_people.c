/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is counted: the cohort, how far people came, how many were measured; and what each outcome is (its population,
 * time zero, variable, horizon, treatment of intercurrent events, summary: ICH E9(R1)). */
#include "questions/outcome/outcome_words.h"

#include <ctype.h>
#include <math.h>

outcome_who outcome_anyone(const outcome_plan *plan, size_t group) {
    outcome_group g = outcome_group_at(plan, group);
    return (outcome_who){plan, g.arm, g.band, OUTCOME_ANY, 0, -1, -1, 0};
}

static bool in_cell(const void *context, size_t i) {
    const outcome_who *who = context;
    outcome_cell cell = outcome_cell_at(who->plan, i);
    size_t frame = cell.tail % who->plan->frame->n_cells;
    bool there = (who->arm < 0 || who->arm == rp_question_stage_at(frame).arm) &&
                 (who->band < 0 || who->band == cell.band) && (outcome_stages(frame) & who->stages) == who->stages;
    bool wanted = (who->classes >> cell.class & 1) != 0 &&
                  (who->before < 0 || (who->before == 1) == cell.case_before) &&
                  (who->after < 0 || (who->after == 1) == cell.case_after);
    return there && (wanted || (who->also >> cell.class & 1) != 0);
}

rp_universe *outcome_universe(outcome_work *work, const char *name, size_t n, const int64_t *people) {
    return rp_answer_universe_of(work->answer, work->plan.scores, name, people, n * work->plan.n_tail);
}

rp_count outcome_count(outcome_work *work, outcome_version version, outcome_who who) {
    return rp_answer_count(work->answer, work->people[version], in_cell, &who);
}

rp_interval outcome_share(const outcome_work *work, const rp_count *part, const rp_count *whole) {
    if (work->answer->failed)
        return (rp_interval){NAN, NAN, NAN, work->plan.asked->level};
    return rp_rate_interval(part->n, whole->n, work->plan.asked->level);
}

bool outcome_rule_confirmed(const outcome_work *work) {
    const rp_change_rule *rule = &work->plan.scale->change;
    bool confirmed = true;
    if (!isnan(rule->reliable_change))
        confirmed = confirmed && rule->reliable_change_source.confirmed;
    else if (!isnan(rule->reliability))
        confirmed = confirmed && rule->reliability_source.confirmed;
    if (rule->cutoff_kind == RP_CUTOFF_NUMBER)
        confirmed = confirmed && rule->cutoff_source.confirmed;
    if (rule->cutoff_kind == RP_CUTOFF_B || rule->cutoff_kind == RP_CUTOFF_C)
        confirmed = confirmed && rule->functional_source.confirmed;
    return confirmed;
}

rp_statement *outcome_statement(outcome_work *work, const char *id, size_t group, outcome_version version) {
    const outcome_plan *plan = &work->plan;
    outcome_group g = outcome_group_at(plan, group);
    rp_statement *s = rp_answer_statement(work->answer, id);
    s->measure = plan->measure->instrument->short_title;
    s->scale = plan->scale->name;
    s->rater = plan->measure->rater;
    s->arm = g.arm_label;
    s->severity = g.band_label;
    s->version = version == FIRST_TO_LAST ? "first_to_last" : "at_horizon";
    if (version == AT_HORIZON && plan->by_occasion && plan->n_slots > 0)
        s->occasion = plan->slots[plan->horizon_slot].label;
    s->unit = "people";
    return s;
}

static rp_statement *people(outcome_work *work, const char *quantity, outcome_version version, const char *tail,
                            const char *words, const char *cohort, outcome_who who, outcome_who of) {
    rp_answer *answer = work->answer;
    rp_statement *s = outcome_statement(work, outcome_id(quantity, version, tail), 0, version);
    s->numerator = outcome_count(work, version, who);
    s->denominator = outcome_count(work, version, of);
    s->cohort = cohort;
    rp_interval share = outcome_share(work, &s->numerator, &s->denominator);
    s->estimate = share.estimate;
    s->method = "count";
    s->label = rp_answer_text(answer, "%c%s", toupper((unsigned char)*words), words + 1);
    s->text = rp_answer_text(answer, "%s: %s, %lld of %lld people (%s).", work->plan.measure->name, words,
                             (long long)s->numerator.n, (long long)s->denominator.n,
                             outcome_percent(answer, share.estimate, s->denominator.n));
    return s;
}

void outcome_write_people(outcome_work *work) {
    const outcome_plan *plan = &work->plan;
    outcome_who all = outcome_anyone(plan, 0);
    outcome_denominator everyone = outcome_denominator_at(plan, 0);
    people(work, "people", FIRST_TO_LAST, "referred", plan->research ? "in the study" : "in the cohort",
           everyone.cohort, all, all);
    static const char *const stages[] = {"assessed", "entered", "finished"};
    static const char *const words[] = {"assessed", "entered treatment", "finished a course of treatment"};
    for (unsigned i = 0; i < 3 && rp_cohort_has_contacts(plan->cohort); i++) {
        outcome_who reached = all;
        reached.stages = 1u << i;
        people(work, "people", FIRST_TO_LAST, stages[i], words[i], everyone.cohort, reached, all);
    }
    outcome_who who = all;
    who.classes = OUTCOME_ANY & ~(1u << OUTCOME_NO_BEFORE);
    outcome_who measured = who;
    people(work, "people", FIRST_TO_LAST, "measured", "measured at least once", everyone.cohort, who, all);
    who.classes = OUTCOME_KNOWN;
    people(work, "people", FIRST_TO_LAST, "measured_twice", "measured at least twice", everyone.cohort, who, all)
        ->audience = RP_FOR_PUBLIC;
    people(work, "people", AT_HORIZON, "measured_twice", "measured at the baseline and at the horizon", everyone.cohort,
           who, all)
        ->audience = RP_FOR_PUBLIC;
    if (!work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT] || !work->rules.scale[FIRST_TO_LAST][RP_CHANGE_JT].has_cutoff)
        return;
    who = measured;
    who.before = 1;
    people(work, "people", FIRST_TO_LAST, "case_at_start", "cases at the start", "measured", who, measured);
}

static void define(outcome_work *work, rp_answer_table *table, outcome_version version) {
    const outcome_plan *plan = &work->plan;
    rp_answer *answer = work->answer;
    rp_value *row = rp_answer_row(table);
    const char *when = outcome_version_title(plan, version, answer);
    outcome_denominator everyone = outcome_denominator_at(plan, 0);
    row[0] = rp_value_text(answer, rp_answer_text(answer, "Change %s", when));
    row[1] = rp_value_text(answer, rp_answer_text(answer, "%s; shares also by how far people came", everyone.noun));
    bool baseline = version == AT_HORIZON && plan->by_occasion && plan->n_slots > 0;
    row[2] = rp_value_text(answer, baseline ? plan->slots[plan->baseline_slot].label : "the first score");
    row[3] = rp_value_text(answer, rp_answer_text(answer, "%s, %s, rated by the %s; %g to %g, %s is worse",
                                                  plan->measure->instrument->title, plan->scale->title,
                                                  plan->measure->rater, plan->scale->lowest, plan->scale->highest,
                                                  plan->scale->higher_is_worse ? "higher" : "lower"));
    row[4] = rp_value_text(
        answer, version == FIRST_TO_LAST ? "none fixed: the last score that there is, whenever it was" : when);
    row[5] =
        rp_value_text(answer, "scores are used whatever else happened (other treatment, stopping early); a score "
                              "that was not taken is unknown, and shares are given with the worst and the best case");
    row[6] = rp_value_text(answer, "mean change, standardised mean change, and the share of people in each class of "
                                   "reliable and clinically significant change");
}

void outcome_write_definitions(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"outcome", "Outcome", ""},   {"population", "Population", ""}, {"time_zero", "Time zero", ""},
        {"variable", "Variable", ""}, {"horizon", "Horizon", ""},       {"intercurrent_events", "Other events", ""},
        {"summary", "Summary", ""},
    };
    rp_answer *answer = work->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "outcome.definitions.%s", work->plan.measure->name),
                            rp_answer_text(answer, "What each outcome is: %s", work->plan.measure->name), columns,
                            sizeof columns / sizeof *columns);
    table->audience = RP_FOR_PUBLIC;
    define(work, table, FIRST_TO_LAST);
    define(work, table, AT_HORIZON);
}
