/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `dose`: how much treatment was given, against the plan, and of which step?
 *
 * One pass over the cohort (dose_people.c) -> sessions, stopping, plan, steps, minutes, components. Then, for each
 * outcome measure, landmarks: later change among people still attending at a session. No outcome is told by the total
 * of sessions. docs/dose.md says why, and what landmarks can and cannot tell. */
#include "questions/dose/dose.h"
#include "questions/common/asked.h"
#include "questions/common/whom.h"
#include "questions/dose/dose_parts.h"

#include <math.h>

static const char question_title[] = "How much treatment was given?";

/* ---- what writers share ---------------------------------------------------------------------------------------- */

rp_count dose_everyone(const rp_question_set *set) {
    return rp_question_having(set, 0, 0);
}

rp_count dose_whom_of(const rp_question_set *set, dose_whom whom) {
    return whom == PER_REFERRED  ? dose_everyone(set)
           : whom == PER_ENTERED ? rp_question_having(set, rp_question_at(1), 0)
                                 : rp_question_having(set, rp_question_at(2) | OVER, 0);
}

const char *dose_whom_words(const dose_work *work, dose_whom whom) {
    static const char *const all[] = {"people referred", "people assessed", "people who entered treatment",
                                      "people whose referral has ended"};
    return whom == PER_REFERRED  ? all[rp_cohort_chosen(work->cohort)->event]
           : whom == PER_ENTERED ? "people who entered treatment"
                                 : "people who finished a course";
}

const char *dose_cohort_of(const dose_work *work, dose_whom whom) {
    return whom == PER_REFERRED  ? rp_cohort_event_name(rp_cohort_chosen(work->cohort)->event)
           : whom == PER_ENTERED ? "entered"
                                 : "finished";
}

void dose_say(const dose_work *work, const char *id, const char *label, const char *words, dose_whom whom,
              bool headline, rp_count part, rp_count whole) {
    const char *of = dose_whom_words(work, whom);
    rp_question_saying saying = {
        id, rp_answer_text(work->answer, "%s, of %s", label, of), of, words, dose_cohort_of(work, whom), headline};
    rp_question_say(work->answer, &saying, part, whole, work->asked->level);
}

void dose_share(const dose_work *work, rp_value *row, rp_count part, rp_count whole) {
    if (whole.n > 0)
        rp_question_put_share(work->answer, row, part, whole, work->asked->level);
}

void dose_number(rp_value *row, const rp_interval *i, double times, int decimals, rp_count behind) {
    const double numbers[] = {i->estimate, i->lower, i->upper};
    for (size_t n = 0; n < 3; n++)
        if (behind.n > 0 && !isnan(numbers[n]))
            row[n] = rp_value_num(times * numbers[n], decimals, behind);
}

const char *dose_range(rp_answer *answer, const rp_interval *i, int decimals) {
    if (isnan(i->lower) || isnan(i->upper))
        return "";
    return rp_answer_text(answer, " (%g%% interval %.*f to %.*f)", 100 * i->level, decimals, i->lower, decimals,
                          i->upper);
}

rp_statement *dose_mean(const dose_work *work, const char *id, const rp_interval *i, const char *unit,
                        rp_count numerator, rp_count denominator) {
    rp_statement *s = rp_answer_statement(work->answer, id);
    s->numerator = numerator;
    s->denominator = denominator;
    s->cohort = "entered";
    s->unit = unit;
    s->estimate = i->estimate;
    s->lower = i->lower;
    s->upper = i->upper;
    s->level = work->asked->level;
    s->method = "mean; t interval";
    return s;
}

void dose_set_done(const dose_work *work, rp_question_set *set, const rp_frame *frame, const char *name) {
    set->answer = work->answer;
    set->universe = rp_question_universe(work->answer, frame, name, &set->groups);
    rp_question_tell_sessions(set, work->ends);
}

/* ---- the answer ----------------------------------------------------------------------------------------------------
 */

static bool write_landmarks(dose_work *work, rp_error *error) {
    bool any = false;
    for (size_t m = 0; m < rp_cohort_measures(work->cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(work->cohort, m);
        if (measure->instrument->kind != RP_KIND_OUTCOME || !rp_question_asked_for(work->asked, measure))
            continue;
        dose_measure *of = rp_arena_take(work->answer->arena, 1, sizeof *of);
        if (of == NULL)
            return rp_fail_memory(error);
        *of = (dose_measure){
            .work = work, .measure = measure, .scale = &measure->instrument->scales[measure->scale], .index = m};
        if (!dose_landmarks_make(of, error))
            return false;
        dose_write_changes(of);
        any = true;
    }
    if (any)
        rp_answer_caveat(
            work->answer,
            "Change after a landmark is that of people still attending then, who are not those who began, and it holds "
            "what would have happened anyway. Many people stop at a session at which they are well, so that last "
            "scores "
            "look better by that alone; and who has a score some sessions later is who was not well enough to stop "
            "before. So neither says what a further session does, and landmarks must not be set against each other for "
            "that.");
    return true;
}

static void caveats(dose_work *work) {
    rp_answer *answer = work->answer;
    rp_answer_caveat(
        answer, "No outcome is told by the total number of sessions. People stop because they are well, or because "
                "it does not help them, so that those with few sessions and those with many differ for reasons "
                "that are not what a session does. Such a table can show that more treatment harms, or helps, "
                "where it does neither.");
    if (!work->ends)
        rp_answer_caveat(answer,
                         "The data hold no date of ending, so it is not known who finished, who stopped, and who "
                         "received what was planned.");
    rp_question_caveat_ended(answer, work->cohort);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "dose", question_title);
    dose_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    *work = (dose_work){.cohort = cohort,
                        .asked = asked,
                        .frame = rp_question_frame(cohort, arena),
                        .answer = answer,
                        .columns = dose_columns_of(rp_cohort_record(cohort))};
    if (work->frame == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead = "How many treatment sessions people had and how long, against what was planned, in low and high "
                   "intensity; who stopped when; and how scores changed later among people still attending.";
    if (!rp_cohort_has_contacts(cohort)) {
        rp_answer_needs(answer, "contacts");
        rp_answer_caveat(answer, "The data hold no contacts, so it is not known how much treatment was given. With "
                                 "contacts, sessions could be told, against the plan and by intensity.");
        return answer->failed ? (rp_fail_memory(error), NULL) : answer;
    }
    if (!dose_sort(work, error))
        return NULL;
    if (dose_whom_of(&work->sessions, PER_ENTERED).n <= 0) {
        rp_answer_caveat(answer,
                         "Nobody in the cohort has a treatment session on record, so nothing can be said of how "
                         "much was given.");
        return answer->failed ? (rp_fail_memory(error), NULL) : answer;
    }
    dose_write_sessions(work);
    dose_write_plan(work);
    dose_write_steps(work);
    dose_write_minutes(work);
    dose_write_components(work);
    dose_write_stopping(work);
    caveats(work);
    if (!write_landmarks(work, error))
        return NULL;
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so courses of internet-enabled therapy are not among the sessions. With internet "
     "logs, each completed one would count as a session.",
     -1},
    {RP_PLANS,
     "The data hold no plans, so it is not known how much was intended. With plans, sessions received could be told "
     "against sessions planned, and intensity against what was intended.",
     -1},
    {RP_ACTIVITIES,
     "The data hold no activities, so it is not known which therapy was given. With activities, low and high intensity "
     "and stepping could be told, and how long each took.",
     -1},
    {RP_PROTOCOLS,
     "The data hold no protocols, so it is not known which components of a protocol were delivered. With protocols, it "
     "could be told of how many contacts that is on record.",
     -1},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_dose = {
    .name = "dose", .title = question_title, .uses = uses, .statements = dose_statements, .ask = ask};
