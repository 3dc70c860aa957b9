/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tallies: of which event, who is counted, and what is summed. Source: NHS England, monthly metadata of July 2026,
 * as docs/national-measures.md and docs/national-definitions.md give it. */
#include "questions/national/monthly_parts.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

typedef const monthly_facts facts;
typedef const monthly_tally tally;

static bool anyone(facts *f, tally *t) {
    (void)f;
    (void)t;
    return true;
}

static bool is(const char *code, const char *wanted) {
    return code != NULL && strcmp(code, wanted) == 0;
}

/* ---- waits, in whole days; one that would be negative is not known ---------------------------------- */

static bool days_fit(rp_date from, rp_date to, tally *t) {
    if (from == RP_NO_DATE || to == RP_NO_DATE || to < from)
        return false;
    return to - from >= t->low && to - from <= t->high;
}

static bool assessed_after(facts *f, tally *t) {
    return days_fit(f->episode->received, f->episode->assessed_on, t);
}

static bool treated_after(facts *f, tally *t) {
    return days_fit(f->episode->received, f->episode->treated_on, t);
}

static bool second_after(facts *f, tally *t) {
    return days_fit(f->episode->treated_on, f->episode->second_treated_on, t);
}

static bool idle_for(facts *f, tally *t) {
    return days_fit(f->treated_last, f->month_end, t);
}

static bool waiting_for(facts *f, tally *t) {
    return f->treated_first == RP_NO_DATE && days_fit(f->episode->received, f->month_end, t);
}

/* ---- referrals and their ends ------------------------------------------------------------------------ */

/* The words of our own that mean the same. */
static bool source_is(facts *f, tally *t) {
    return is(f->source, t->code) || (is(f->source, "self") && is(t->code, "B1")) ||
           (is(f->source, "gp") && is(t->code, "A1"));
}

static bool reason_is(facts *f, tally *t) {
    return is(f->reason, t->code);
}

static bool no_reason(facts *f, tally *t) {
    (void)t;
    return f->reason == NULL;
}

static bool not_seen(facts *f, tally *t) {
    (void)t;
    return f->episode->attended == 0 && f->episode->treated == 0;
}

static bool seen_not_treated(facts *f, tally *t) {
    (void)t;
    return f->episode->attended > 0 && f->episode->treated == 0;
}

static bool treated_times(facts *f, tally *t) {
    return f->episode->treated >= t->low && f->episode->treated <= t->high;
}

static bool finished(facts *f, tally *t) {
    (void)t;
    return f->episode->finished == RP_YES;
}

static bool finished_treated_after(facts *f, tally *t) {
    return finished(f, t) && treated_after(f, t);
}

/* ---- between treatments ------------------------------------------------------------------------------- */

static int64_t sessions(facts *f, tally *t) {
    (void)t;
    return f->episode->treated;
}

static int64_t gap_days(facts *f, tally *t) {
    (void)t;
    return f->episode->last_treated_on - f->episode->treated_on;
}

static int64_t gaps(facts *f, tally *t) {
    (void)t;
    return f->episode->treated - 1;
}

static bool finished_dated(facts *f, tally *t) {
    return finished(f, t) && f->episode->treated_on != RP_NO_DATE && f->episode->last_treated_on != RP_NO_DATE;
}

/* ---- outcomes ------------------------------------------------------------------------------------------ */

typedef enum outcome { NOT_CASE, NOT_KNOWN_NO_CASE, IMPROVED, NO_CHANGE, DETERIORATED, RECOVERED, BOTH } outcome;

static bool came_out(const rp_national_flags *n, outcome which) {
    switch (which) {
    case NOT_CASE:
        return n->case_at_start.is == RP_NO;
    case NOT_KNOWN_NO_CASE:
        return n->case_at_start.is != RP_NO;
    case IMPROVED:
        return n->improved.is == RP_YES;
    case NO_CHANGE:
        return n->improved.is == RP_NO && n->deteriorated.is == RP_NO;
    case DETERIORATED:
        return n->deteriorated.is == RP_YES;
    case RECOVERED:
        return n->recovered.is == RP_YES;
    case BOTH:
        break;
    }
    return n->reliably_recovered.is == RP_YES;
}

static bool finished_as(facts *f, tally *t) {
    return finished(f, t) && came_out(&f->episode->national.flags, (outcome)t->low);
}

/* ---- completeness ---------------------------------------------------------------------------------------- */

static bool number_fits(uint32_t n, tally *t) {
    return n >= (uint32_t)t->low && n <= (uint32_t)t->high;
}

static bool anxiety_scores(facts *f, tally *t) {
    return finished(f, t) && number_fits(f->anxiety, t);
}

static bool phq9_scores(facts *f, tally *t) {
    return finished(f, t) && number_fits(f->phq9, t);
}

static bool both_paired(facts *f, tally *t) {
    return finished(f, t) && f->phq9 >= 2 && f->anxiety >= 2;
}

static bool own_called_for(facts *f, tally *t) {
    return finished(f, t) && f->own_problem;
}

static bool own_paired(facts *f, tally *t) {
    return own_called_for(f, t) && f->own >= 2;
}

static bool wsas_paired(facts *f, tally *t) {
    return finished(f, t) && !isnan(f->wsas[t->low][1]);
}

static int64_t wsas_score(facts *f, tally *t) {
    return (int64_t)f->wsas[t->low][t->high];
}

/* ---- the table ----------------------------------------------------------------------------------------------- */

#define MORE INT_MAX
#define RANGE(event, needs, holds, low, high)                                                                          \
    { event, needs, holds, low, high, NULL, NULL }
#define CODE(event, needs, holds, code)                                                                                \
    { event, needs, holds, 0, 0, code, NULL }
#define PLAIN(event, needs, holds)                                                                                     \
    { event, needs, holds, 0, 0, NULL, NULL }
#define SUM(needs, holds, amount)                                                                                      \
    { ON_ENDED, needs, holds, 0, 0, NULL, amount }
#define CONTACTS_ENDED (NEEDS_CONTACTS | NEEDS_ENDED)
#define SCORES         (CONTACTS_ENDED | NEEDS_SCORES)
#define ENDING(code)   CODE(ON_ENDED, NEEDS_ENDED | NEEDS_REASON, reason_is, code)
#define WSAS(item, last, amount)                                                                                       \
    { ON_ENDED, CONTACTS_ENDED | NEEDS_WSAS, wsas_paired, item, last, NULL, amount }
#define WSAS_ITEMS_OF(last, amount)                                                                                    \
    WSAS(0, last, amount), WSAS(1, last, amount), WSAS(2, last, amount), WSAS(3, last, amount), WSAS(4, last, amount)

static const monthly_tally tallies[T_APPOINTMENTS] = {
    [T_RECEIVED] = PLAIN(ON_RECEIVED, 0, anyone),
    [T_FROM_SELF] = CODE(ON_RECEIVED, NEEDS_SOURCE, source_is, "B1"),
    [T_FROM_GP] = CODE(ON_RECEIVED, NEEDS_SOURCE, source_is, "A1"),
    [T_FROM_HEALTH_VISITOR] = CODE(ON_RECEIVED, NEEDS_SOURCE, source_is, "A2"),
    [T_FROM_OTHER_PRIMARY] = CODE(ON_RECEIVED, NEEDS_SOURCE, source_is, "A3"),
    [T_IDLE_60] = RANGE(AT_MONTH_END, CONTACTS_ENDED, idle_for, 0, 60),
    [T_IDLE_90] = RANGE(AT_MONTH_END, CONTACTS_ENDED, idle_for, 61, 90),
    [T_IDLE_120] = RANGE(AT_MONTH_END, CONTACTS_ENDED, idle_for, 91, 120),
    [T_IDLE_LONGER] = RANGE(AT_MONTH_END, CONTACTS_ENDED, idle_for, 121, MORE),
    [T_ASSESSED] = PLAIN(ON_ASSESSED, NEEDS_CONTACTS, anyone),
    [T_ASSESSED_28] = RANGE(ON_ASSESSED, NEEDS_CONTACTS, assessed_after, 0, 28),
    [T_ASSESSED_56] = RANGE(ON_ASSESSED, NEEDS_CONTACTS, assessed_after, 29, 56),
    [T_ASSESSED_90] = RANGE(ON_ASSESSED, NEEDS_CONTACTS, assessed_after, 57, 90),
    [T_ASSESSED_LATER] = RANGE(ON_ASSESSED, NEEDS_CONTACTS, assessed_after, 91, MORE),
    [T_TREATED] = PLAIN(ON_TREATED, NEEDS_CONTACTS, anyone),
    [T_TREATED_28] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 0, 28),
    [T_TREATED_56] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 29, 56),
    [T_TREATED_90] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 57, 90),
    [T_TREATED_LATER] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 91, MORE),
    [T_TREATED_6_WEEKS] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 0, 42),
    [T_TREATED_18_WEEKS] = RANGE(ON_TREATED, NEEDS_CONTACTS, treated_after, 0, 126),
    [T_WAITING] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, MORE),
    [T_WAITING_2] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, 14),
    [T_WAITING_4] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, 28),
    [T_WAITING_6] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, 42),
    [T_WAITING_12] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, 84),
    [T_WAITING_18] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 0, 126),
    [T_WAITING_LONGER] = RANGE(AT_MONTH_END, CONTACTS_ENDED, waiting_for, 127, MORE),
    [T_SECOND] = PLAIN(ON_SECOND, NEEDS_CONTACTS, anyone),
    [T_SECOND_28] = RANGE(ON_SECOND, NEEDS_CONTACTS, second_after, 0, 28),
    [T_SECOND_90] = RANGE(ON_SECOND, NEEDS_CONTACTS, second_after, 29, 90),
    [T_SECOND_LATER] = RANGE(ON_SECOND, NEEDS_CONTACTS, second_after, 91, MORE),
    [T_SECOND_OVER_28] = RANGE(ON_SECOND, NEEDS_CONTACTS, second_after, 29, MORE),
    [T_ENDED] = PLAIN(ON_ENDED, NEEDS_ENDED, anyone),
    [T_END_10] = ENDING("10"),
    [T_END_11] = ENDING("11"),
    [T_END_12] = ENDING("12"),
    [T_END_13] = ENDING("13"),
    [T_END_14] = ENDING("14"),
    [T_END_16] = ENDING("16"),
    [T_END_17] = ENDING("17"),
    [T_END_95] = ENDING("95"),
    [T_END_46] = ENDING("46"),
    [T_END_47] = ENDING("47"),
    [T_END_48] = ENDING("48"),
    [T_END_49] = ENDING("49"),
    [T_END_96] = ENDING("96"),
    [T_END_50] = ENDING("50"),
    [T_END_NO_REASON] = PLAIN(ON_ENDED, NEEDS_ENDED | NEEDS_REASON, no_reason),
    [T_NOT_SEEN] = PLAIN(ON_ENDED, CONTACTS_ENDED, not_seen),
    [T_NOT_TREATED] = PLAIN(ON_ENDED, CONTACTS_ENDED, seen_not_treated),
    [T_BEFORE_TREATMENT] = RANGE(ON_ENDED, CONTACTS_ENDED, treated_times, 0, 0),
    [T_TREATED_ONCE] = RANGE(ON_ENDED, CONTACTS_ENDED, treated_times, 1, 1),
    [T_TREATED_AT_ALL] = RANGE(ON_ENDED, CONTACTS_ENDED, treated_times, 1, MORE),
    [T_FINISHED] = PLAIN(ON_ENDED, CONTACTS_ENDED, finished),
    [T_FINISHED_6_WEEKS] = RANGE(ON_ENDED, CONTACTS_ENDED, finished_treated_after, 0, 42),
    [T_FINISHED_18_WEEKS] = RANGE(ON_ENDED, CONTACTS_ENDED, finished_treated_after, 0, 126),
    [T_SESSIONS] = SUM(CONTACTS_ENDED, finished, sessions),
    [T_GAP_DAYS] = SUM(CONTACTS_ENDED, finished_dated, gap_days),
    [T_GAPS] = SUM(CONTACTS_ENDED, finished_dated, gaps),
    [T_NOT_CASE] = RANGE(ON_ENDED, SCORES, finished_as, NOT_CASE, 0),
    [T_CASES] = RANGE(ON_ENDED, SCORES, finished_as, NOT_KNOWN_NO_CASE, 0),
    [T_IMPROVED] = RANGE(ON_ENDED, SCORES, finished_as, IMPROVED, 0),
    [T_NO_CHANGE] = RANGE(ON_ENDED, SCORES, finished_as, NO_CHANGE, 0),
    [T_DETERIORATED] = RANGE(ON_ENDED, SCORES, finished_as, DETERIORATED, 0),
    [T_RECOVERED] = RANGE(ON_ENDED, SCORES, finished_as, RECOVERED, 0),
    [T_RELIABLY_RECOVERED] = RANGE(ON_ENDED, SCORES, finished_as, BOTH, 0),
    [T_ANXIETY_ONE] = RANGE(ON_ENDED, SCORES, anxiety_scores, 1, 1),
    [T_ANXIETY_NONE] = RANGE(ON_ENDED, SCORES, anxiety_scores, 0, 0),
    [T_ANXIETY_PAIRED] = RANGE(ON_ENDED, SCORES, anxiety_scores, 2, MORE),
    [T_PHQ9_ONE] = RANGE(ON_ENDED, SCORES, phq9_scores, 1, 1),
    [T_PHQ9_NONE] = RANGE(ON_ENDED, SCORES, phq9_scores, 0, 0),
    [T_PHQ9_PAIRED] = RANGE(ON_ENDED, SCORES, phq9_scores, 2, MORE),
    [T_BOTH_PAIRED] = PLAIN(ON_ENDED, SCORES, both_paired),
    [T_OWN_CALLED_FOR] = PLAIN(ON_ENDED, CONTACTS_ENDED | NEEDS_PROBLEM, own_called_for),
    [T_OWN_PAIRED] = PLAIN(ON_ENDED, SCORES | NEEDS_PROBLEM, own_paired),
    [T_WSAS_PAIRED] = WSAS_ITEMS_OF(0, NULL),
    [T_WSAS_FIRST] = WSAS_ITEMS_OF(0, wsas_score),
    [T_WSAS_LAST] = WSAS_ITEMS_OF(1, wsas_score),
};

const monthly_tally *monthly_tally_at(size_t i) {
    assert(i < T_APPOINTMENTS);
    return &tallies[i];
}

const char *monthly_attendance_of(size_t i) {
    static const char *const codes[APPOINTMENT_TALLIES] = {
        NULL, "cancelled_client", "did_not_attend", "cancelled_service", "attended", "late_seen", "late_not_seen"};
    assert(i < APPOINTMENT_TALLIES);
    return codes[i];
}

unsigned monthly_needs(size_t i) {
    return i < T_APPOINTMENTS ? tallies[i].needs : NEEDS_CONTACTS;
}
