/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From referred to followed up: how many reached each step, and what is on record of those who did not. Those whose
 * referral has not ended may still come to it: they are told apart from those with whom it has ended. */
#include "questions/pathway/pathway_parts.h"

#include <math.h>

typedef struct step {
    const char *title, *noun, *cohort;
    const char *has;     /* "... <has>" */
    const char *without; /* "... ended <without>" */
    const char *not_yet; /* "... <not_yet>" */
    const char *reached_id, *from_id, *ended_id, *not_yet_id;
} step;

static const step steps[STEPS] = {
    {.title = "In the cohort"},
    {"Assessed", "people assessed", "assessed", "have an attended assessment on record",
     "have ended with no attended assessment on record", "have not ended, with no attended assessment on record so far",
     "pathway.assessed", NULL, "pathway.assessed.ended_before", "pathway.assessed.not_yet"},
    {"Entered treatment", "people who entered treatment", "entered", "have a treatment contact on record",
     "have ended with no treatment contact on record", "have not ended, with no treatment contact on record so far",
     "pathway.entered", "pathway.entered.of_step_before", "pathway.entered.ended_before", "pathway.entered.not_yet"},
    {"Second treatment contact", "people with two or more treatment contacts", "second treatment",
     "have two or more treatment contacts on record", "have ended with one treatment contact on record",
     "have not ended, with one treatment contact on record so far", "pathway.second_treatment",
     "pathway.second_treatment.of_step_before", "pathway.second_treatment.ended_before",
     "pathway.second_treatment.not_yet"},
    {"Finished", "people who finished a course", "finished", "have ended after two or more treatment contacts", NULL,
     "have not ended", "pathway.finished", "pathway.finished.of_step_before", NULL, "pathway.finished.not_yet"},
    {"Followed up", "people followed up", "followed up",
     "have finished and have an attended follow-up after treatment on record",
     "have finished with no attended follow-up after treatment on record", NULL, "pathway.followed_up",
     "pathway.followed_up.of_step_before", "pathway.followed_up.ended_before", NULL},
};

const char *pathway_step_title(const pathway_work *work, size_t i) {
    return i == REFERRED ? rp_answer_text(work->answer, "All %s", work->plan.noun) : steps[i].title;
}

pathway_who pathway_at_step(const pathway_work *work, size_t i) {
    pathway_who who = pathway_anyone(work);
    if (i == ASSESSED)
        who.bands[WAIT_ASSESSMENT] = ~BIT(BAND_NONE);
    if (i == ENTERED)
        who.contacts = BIT(TREATED_ONCE) | BIT(TREATED_MORE);
    if (i >= SECOND)
        who.contacts = BIT(TREATED_MORE);
    if (i >= FINISHED)
        who = pathway_ended(who);
    if (i == FOLLOWED)
        who.followed = BIT(RP_YES);
    return who;
}

/* Who is in both. */
static pathway_who both(pathway_who a, pathway_who b) {
    a.contacts &= b.contacts;
    a.followed &= b.followed;
    a.endings &= b.endings;
    for (size_t w = 0; w < WAITS; w++)
        a.bands[w] &= b.bands[w];
    return a;
}

/* Those of `who` who are not at the step: its own part of the cell turned round. For FINISHED that is the ending. */
static pathway_who not_at(const pathway_work *work, pathway_who who, size_t i) {
    pathway_who at = pathway_at_step(work, i);
    if (i == ASSESSED)
        who.bands[WAIT_ASSESSMENT] &= BIT(BAND_NONE);
    if (i == ENTERED || i == SECOND)
        who.contacts &= ~at.contacts;
    if (i == FINISHED)
        return pathway_not_ended(who);
    if (i == FOLLOWED)
        who.followed &= ~BIT(RP_YES);
    return who;
}

pathway_who pathway_missed(const pathway_work *work, size_t i) {
    return not_at(work, pathway_at_step(work, i - 1), i);
}

size_t pathway_steps_told(const pathway_work *work) {
    for (size_t i = 0; i < work->plan.n_cells; i++)
        if (pathway_cell_at(work->plan.codes[i]).ending != OVER_NOT_KNOWN)
            return STEPS;
    return FINISHED;
}

static void say_step(pathway_work *work, size_t i) {
    const char *whole = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    const char *before = i == ASSESSED ? work->plan.noun : steps[i - 1].noun;
    const char *cohort = i == ASSESSED ? whole : steps[i - 1].cohort;
    pathway_who all = pathway_anyone(work), previous = pathway_at_step(work, i - 1), at = pathway_at_step(work, i);
    pathway_who reached = both(previous, at), missed = pathway_missed(work, i);
    pathway_who ended = pathway_ended(missed), open = pathway_not_ended(missed);
    const char *label = rp_answer_text(work->answer, "%s, of %s", steps[i].title, work->plan.noun);
    pathway_say(work,
                &(rp_question_saying){steps[i].reached_id, label, work->plan.noun, steps[i].has, whole,
                                      i == ENTERED || i == FINISHED},
                &at, &all);
    label = rp_answer_text(work->answer, "%s, of %s", steps[i].title, before);
    if (steps[i].from_id != NULL)
        pathway_say(work, &(rp_question_saying){steps[i].from_id, label, before, steps[i].has, cohort, false}, &reached,
                    &previous);
    if (pathway_steps_told(work) < STEPS) /* who has ended is not known */
        return;
    label = rp_answer_text(work->answer, "%s: ended without it, of %s", steps[i].title, before);
    if (steps[i].ended_id != NULL)
        pathway_say(work, &(rp_question_saying){steps[i].ended_id, label, before, steps[i].without, cohort, false},
                    &ended, &previous);
    label = rp_answer_text(work->answer, "%s: not ended, not so far, of %s", steps[i].title, before);
    if (steps[i].not_yet_id != NULL)
        pathway_say(work, &(rp_question_saying){steps[i].not_yet_id, label, before, steps[i].not_yet, cohort, false},
                    &open, &previous);
}

static void row_of(pathway_work *work, rp_answer_table *table, size_t i) {
    pathway_who everyone = pathway_anyone(work), at = pathway_at_step(work, i);
    rp_count all = pathway_count(work, &everyone), here = pathway_count(work, &at);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, pathway_step_title(work, i));
    row[1] = rp_value_count(here);
    row[2] = rp_value_share(100 * pathway_share(work, &here, &all).estimate, 1, here, all);
    if (i == REFERRED)
        return;
    pathway_who previous = pathway_at_step(work, i - 1), reached = both(previous, at), missed = pathway_missed(work, i);
    pathway_who ended = pathway_ended(missed), open = pathway_not_ended(missed), without = not_at(work, at, i - 1);
    rp_count before = pathway_count(work, &previous), came = pathway_count(work, &reached);
    row[3] = rp_value_count(came);
    row[4] = rp_value_share(100 * pathway_share(work, &came, &before).estimate, 1, came, before);
    if (pathway_steps_told(work) == STEPS) {
        row[5] = rp_value_count(pathway_count(work, &ended));
        row[6] = rp_value_count(pathway_count(work, &open));
    }
    if (i == ENTERED) /* every other step holds only those of the step before */
        row[7] = rp_value_count(pathway_count(work, &without));
}

static void point_of(pathway_work *work, rp_chart *chart, size_t i) {
    pathway_who everyone = pathway_anyone(work), at = pathway_at_step(work, i), missed = everyone;
    /* Whoever has not ended may still come to it, and may still be followed up. */
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = steps[i].title;
    p->count = pathway_count(work, &everyone);
    p->of_y = p->of_lower = pathway_count(work, &at);
    p->of_upper = rp_count_none();
    if (i < FINISHED)
        missed = pathway_not_ended(not_at(work, everyone, i));
    else
        missed = pathway_not_ended(everyone);
    rp_count may = pathway_count(work, &missed);
    p->y = p->lower = pathway_share(work, &p->of_y, &p->count).estimate;
    if (may.n == 0) { /* nothing is left to come: no bar */
        p->lower = p->upper = NAN;
        p->of_lower = rp_count_none();
        return;
    }
    /* The two are disjoint; their union as a count. */
    size_t words = work->people->n_groups / 64 + 1;
    uint64_t *groups = rp_arena_take(work->answer->arena, words, sizeof *groups);
    if (groups == NULL || work->answer->failed) {
        work->answer->failed = true;
        return;
    }
    for (size_t w = 0; w < words; w++)
        groups[w] = p->of_y.groups[w] | may.groups[w];
    p->of_upper = (rp_count){p->of_y.n + may.n, work->people, groups};
    p->upper = pathway_share(work, &p->of_upper, &p->count).estimate;
}

void pathway_write_steps(pathway_work *work) {
    static const rp_table_column columns[] = {
        {"step", "Step", ""},
        {"reached", "Reached", "people"},
        {"share", "Of the cohort", "%"},
        {"from_before", "From the step before", "people"},
        {"share_of_before", "Of the step before", "%"},
        {"ended_before", "Ended without it", "people"},
        {"not_yet", "Not ended, not so far", "people"},
        {"without_before", "Without the step before", "people"},
    };
    rp_answer *answer = work->answer;
    pathway_who all = pathway_anyone(work);
    const char *whole = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    pathway_say(
        work,
        &(rp_question_saying){"pathway.referred", "In the cohort", work->plan.noun, "are in the cohort", whole, false},
        &all, &all);
    if (!rp_cohort_has_contacts(work->plan.cohort))
        return;
    size_t n = pathway_steps_told(work);
    for (size_t i = ASSESSED; i < n; i++)
        say_step(work, i);
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, "pathway.steps", "How far people came");
    chart->table_id = "pathway.steps";
    chart->reading = "Each line is one step. The mark is the share of everyone in the cohort for whom the step is on "
                     "record. The bar runs to where the share would lie if everyone whose referral has not ended were "
                     "still to reach it.";
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "Everyone");
    rp_answer_table *table =
        rp_answer_table_add(answer, "pathway.steps", "From step to step", columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_PUBLIC;
    table->note = "People of the step before came to this step, or have ended without it, or have not ended. Some "
                  "enter treatment with no assessment on record: they stand in the last column. A step that is not "
                  "on record may still have happened.";
    for (size_t i = REFERRED; i < n; i++) {
        row_of(work, table, i);
        if (i > REFERRED)
            point_of(work, chart, i);
    }
}
