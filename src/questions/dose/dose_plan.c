/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was intended, and what was received of it. A referral that has not ended may still come to what was planned: it
 * is not compared. */
#include "questions/dose/dose_parts.h"

/* ---- the plan in force at the first treatment session
 * ---------------------------------------------------------------- */

/* What several plans of one day say of one thing. */
enum { UNSAID = -1, CONTRADICTED = -2 };

static int64_t agreed(int64_t so_far, int64_t said) {
    return said < 0 || so_far == said ? so_far : so_far == UNSAID ? said : CONTRADICTED;
}

static dose_plan plan_of_day(const dose_columns *c, rp_rows rows, rp_date day) {
    int64_t sessions = UNSAID, intensity = UNSAID;
    for (size_t i = 0; i < rows.n; i++) {
        if (rp_record_date(c->record, RP_PLANS, c->plan_date, rows.at[i]) != day)
            continue;
        int64_t planned = rp_record_int(c->record, RP_PLANS, c->planned, rows.at[i]);
        sessions = agreed(sessions, planned == RP_NO_INT ? UNSAID : planned);
        intensity = agreed(intensity, rp_record_code(c->record, RP_PLANS, c->intensity, rows.at[i]));
    }
    return (dose_plan){.state = sessions == CONTRADICTED ? PLAN_NOT_CLEAR : PLAN_IN_FORCE,
                       .sessions = sessions < 0 ? UNSAID : sessions,
                       .intensity = intensity < 0 ? UNSAID : (int)intensity};
}

/* One plan alone holds whatever its date is, or where the first session has none. Of several each needs its date. */
dose_plan dose_plan_of(const dose_columns *c, const rp_episode *episode) {
    rp_rows rows = rp_record_children(c->record, RP_PLANS, episode->row);
    rp_date first = episode->treated_on, day = RP_NO_DATE;
    dose_plan plan = {.state = NO_PLAN, .sessions = UNSAID, .intensity = UNSAID};
    bool dated = first != RP_NO_DATE, later = false;
    for (size_t i = 0; i < rows.n; i++) {
        rp_date on = rp_record_date(c->record, RP_PLANS, c->plan_date, rows.at[i]);
        dated = dated && on != RP_NO_DATE;
        later = later || on > first;
        if (on != RP_NO_DATE && on <= first && (day == RP_NO_DATE || on > day))
            day = on;
    }
    if (rows.n == 0)
        return plan;
    if (!dated) {
        if (rows.n == 1)
            return plan_of_day(c, rows, rp_record_date(c->record, RP_PLANS, c->plan_date, rows.at[0]));
        plan.state = PLAN_NOT_CLEAR;
        return plan;
    }
    plan.state = PLAN_LATER_ALONE;
    if (day != RP_NO_DATE) {
        plan = plan_of_day(c, rows, day);
        plan.changed = later && plan.state == PLAN_IN_FORCE;
    }
    return plan;
}

/* ---- writing --------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *title;
    uint64_t has, lacks;
} states[] = {
    {"A plan in force that says how many sessions", PLAN_NUMBERED, 0},
    {"A plan in force that does not say how many", PLAN(PLAN_IN_FORCE), PLAN_NUMBERED},
    {"Planned later alone", PLAN(PLAN_LATER_ALONE), 0},
    {"Not clear which plan was in force", PLAN(PLAN_NOT_CLEAR), 0},
    {"No plan on record", PLAN(NO_PLAN), 0},
};

static void write_states(dose_work *work) {
    static const rp_table_column columns[] = {{"plan", "Plan at the first treatment session", ""},
                                              {"people", "People", "people"},
                                              {"share", "Of those who entered treatment", "%"},
                                              {"lower", "Interval from", "%"},
                                              {"upper", "Interval to", "%"}};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "dose.plan", "What was planned", columns, sizeof columns / sizeof *columns);
    table->note = "A plan is in force from its day on until the next one; of one plan alone without a date it is taken "
                  "to have been. No plan on record does not mean that none was made. Whoever has a plan in force and "
                  "one of a later day has a change of plan.";
    rp_count all = dose_whom_of(&work->plan, PER_ENTERED);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        rp_count part = rp_question_having(&work->plan, states[i].has, states[i].lacks);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, states[i].title);
        row[1] = rp_value_count(part);
        dose_share(work, row + 2, part, all);
    }
    rp_count changed = rp_question_having(&work->plan, PLAN_CHANGED, 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, "A change of plan after the first session");
    row[1] = rp_value_count(changed);
    dose_share(work, row + 2, changed, all);
}

static const struct {
    const char *id, *label, *words, *title;
    uint64_t mark;
    bool headline;
} received[] = {
    {"dose.plan.fewer", "Received fewer sessions than planned", "received fewer sessions than were planned",
     "Fewer than planned", FEWER, true},
    {"dose.plan.as_planned", "Received as many sessions as planned", "received as many sessions as were planned",
     "As planned", AS_PLANNED, false},
    {"dose.plan.more", "Received more sessions than planned", "received more sessions than were planned",
     "More than planned", MORE, false},
};
#define COMPARED (FEWER | AS_PLANNED | MORE)

static void say_received(dose_work *work, rp_count all) {
    for (size_t i = 0; i < sizeof received / sizeof *received; i++) {
        rp_question_saying saying = {received[i].id,
                                     received[i].label,
                                     "people whose referral has ended and whose plan says how many sessions",
                                     received[i].words,
                                     "ended, with a plan",
                                     received[i].headline};
        rp_question_say(work->answer, &saying, rp_question_having(&work->plan, received[i].mark, 0), all,
                        work->asked->level);
    }
    rp_interval mean = rp_mean_interval(&work->sums.difference, work->asked->level);
    rp_statement *s = dose_mean(work, "dose.plan.difference", &mean, "sessions", all,
                                rp_question_having(&work->plan, rp_question_at(1) | OVER, 0));
    s->label = "Sessions received less sessions planned, mean";
    s->cohort = "entered and ended";
    s->text =
        rp_answer_text(work->answer,
                       "People who entered treatment and whose referral has ended received a mean of %.1f "
                       "sessions where %.1f had been planned, a difference of %.1f%s, among the %lld of %lld "
                       "whose plan says how many sessions. Below zero is fewer than planned.",
                       work->sums.received.mean, work->sums.planned.mean, mean.estimate,
                       dose_range(work->answer, &mean, 1), (long long)s->numerator.n, (long long)s->denominator.n);
}

static void write_received(dose_work *work) {
    static const rp_table_column columns[] = {{"received", "Sessions received", ""},
                                              {"people", "People", "people"},
                                              {"share", "Of those compared", "%"},
                                              {"lower", "Interval from", "%"},
                                              {"upper", "Interval to", "%"}};
    rp_count all = rp_question_having_any(&work->plan, 0, COMPARED);
    if (all.n <= 0)
        return;
    say_received(work, all);
    rp_answer_table *table = rp_answer_table_add(work->answer, "dose.received", "Sessions received against the plan",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "People whose referral has ended, against the plan in force at their first treatment session. Those "
                  "whose referral has not ended may still come to what was planned, and stand apart.";
    rp_value *row;
    for (size_t i = 0; i < sizeof received / sizeof *received; i++) {
        rp_count part = rp_question_having(&work->plan, received[i].mark, 0);
        row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, received[i].title);
        row[1] = rp_value_count(part);
        dose_share(work, row + 2, part, all);
    }
    row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, "All compared");
    row[1] = rp_value_count(all);
    row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, "Not ended, so not compared");
    row[1] = rp_value_count(rp_question_having(&work->plan, PLAN_NUMBERED, OVER));
}

void dose_write_plan(dose_work *work) {
    if (rp_record_rows(work->columns.record, RP_PLANS) == 0)
        return;
    rp_count all = dose_whom_of(&work->plan, PER_ENTERED);
    dose_say(work, "dose.plan.recorded", "A plan that says how many sessions",
             "had a plan in force at their first treatment session that says how many sessions", PER_ENTERED, false,
             rp_question_having(&work->plan, PLAN_NUMBERED, 0), all);
    dose_say(work, "dose.plan.changed", "A change of plan after the first treatment session",
             "had a plan in force at their first treatment session and another one later", PER_ENTERED, false,
             rp_question_having(&work->plan, PLAN_CHANGED, 0), all);
    if (work->ends)
        write_received(work);
    write_states(work);
}
