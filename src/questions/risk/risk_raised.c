/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People of whom a risk was raised: from what, how high it was judged, and what became of it. Someone of whom several
 * were raised is one person: all of theirs count together. */
#include "questions/risk/risk_parts.h"

#include <math.h>

#define RAISED_NOUN "people of whom a risk was raised"

/* ---- of whom -------------------------------------------------------------------- */

static rp_count count_of(const risk_work *work, rp_question_reach reach, bool raised) {
    rp_question_cut cut = {reach, ~0U}; /* in any part */
    return rp_question_in_cut(&work->parts[OF_DEALING], work->stages, cut, raised ? RAISED : 0);
}

/* ---- lines ---- */

typedef struct line {
    risk_part part;
    uint64_t marks;
    const char *id, *label, *words;
    bool headline, drawn;
} line;

static const line lines[] = {
    {OF_DEALING, EXPLORED_EACH, "risk.explored", "Each risk explored",
     "have it on record that each risk was talked about with them", true, true},
    {OF_DEALING, NOT_EXPLORED, "risk.not_explored", "A risk not explored",
     "have it on record of at least one risk that it was not talked about with them", false, true},
    {OF_DEALING, EXPLORED_UNSAID, "risk.explored_not_recorded", "Not recorded whether explored",
     "have at least one risk of which it is not recorded whether it was talked about with them, and none recorded as "
     "not (this does not mean that it was not)",
     false, false},
    {OF_DEALING, ACTION_EACH, "risk.action.each", "An action recorded for each risk",
     "have an action on record for each risk", true, true},
    {OF_DEALING, ACTION_SOME, "risk.action.some", "An action recorded for some risks",
     "have an action on record for some of their risks and not for others", false, false},
    {OF_DEALING, ACTION_NONE, "risk.action.none", "No action recorded",
     "have no action on record (this does not mean that nothing was done)", false, true},
    {OF_CLOSING, OPEN, "risk.open", "A risk open at the end of the record",
     "have at least one risk whose closing is not on record at the end of the record", true, true},
};

static void put_line(const risk_work *work, rp_answer_table *table, const char *label, rp_count part, const char *of,
                     rp_count whole) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, label);
    row[1] = rp_value_count(part);
    row[2] = rp_value_text(work->answer, of);
    row[3] = rp_value_count(whole);
    rp_question_put_share(work->answer, row + 4, part, whole, work->asked->level);
}

static void draw(const risk_work *work, rp_chart *chart, const char *label, rp_count part, rp_count whole) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = rp_answer_text(work->answer, "%s", label);
    p->count = whole;
    p->of_y = part;
    p->lower = p->upper = NAN;
    p->y = work->answer->failed ? NAN : rp_rate_interval(part.n, whole.n, work->asked->level).estimate;
}

static void write_whom(const risk_work *work, rp_answer_table *table, rp_chart *chart) {
    static const char *const ids[REACHES] = {[REACH_ANY] = "risk.raised.per_referral",
                                             [REACH_ASSESSED] = "risk.raised.per_assessed",
                                             [REACH_ENTERED] = "risk.raised.per_entered"};
    for (size_t r = 0; r < REACHES; r++) {
        if (ids[r] == NULL || (r != REACH_ANY && !rp_cohort_has_contacts(work->cohort)))
            continue;
        rp_question_whole of = rp_question_whole_of(work->cohort, (rp_question_reach)r);
        rp_count part = count_of(work, (rp_question_reach)r, true), whole = count_of(work, (rp_question_reach)r, false);
        const char *label = rp_answer_text(work->answer, "A risk was raised, of %s", of.noun);
        rp_question_saying saying = {ids[r],    label,         of.noun, "have it on record that a risk was raised",
                                     of.cohort, r == REACH_ANY};
        rp_question_say(work->answer, &saying, part, whole, work->asked->level);
        put_line(work, table, "A risk was raised", part, of.noun, whole);
        draw(work, chart, label, part, whole);
    }
}

static void write_lines(const risk_work *work, rp_answer_table *table, rp_chart *chart) {
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const line *it = &lines[i];
        const rp_question_set *set = &work->parts[it->part];
        rp_count part = rp_question_having(set, it->marks, 0), whole = rp_question_having(set, RAISED, 0);
        rp_question_saying saying = {it->id, it->label, RAISED_NOUN, it->words, "risk raised", it->headline};
        rp_question_say(work->answer, &saying, part, whole, work->asked->level);
        put_line(work, table, it->label, part, RAISED_NOUN, whole);
        if (it->drawn)
            draw(work, chart, rp_answer_text(work->answer, "%s, of %s", it->label, RAISED_NOUN), part, whole);
    }
}

static void write_people(const risk_work *work) {
    static const rp_table_column columns[] = {
        {"what", "On record", ""},     {"people", "People", "people"}, {"denominator", "Of", ""},
        {"of", "Of", "people"},        {"share", "Share", "%"},        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_chart *chart =
        rp_answer_chart(work->answer, RP_CHART_RATES, "risk.people", "Risks raised, and what became of them");
    chart->table_id = "risk.people";
    chart->reading = "Each line is a share of people. What was not written down is not in it.";
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "People");
    rp_answer_table *table = rp_answer_table_add(work->answer, "risk.people", "Risks raised, and what became of them",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "People, not risks: someone of whom several risks were raised is counted once, by all of them. Each "
                  "is in one of the three lines on exploring, and in one of the three on actions. \"Explored, nothing "
                  "more was needed\" is an action on record.";
    write_whom(work, table, chart);
    write_lines(work, table, chart);
}

/* ---- by origin, level and action ----------------------------------------------------------------------------------
 */

static rp_answer_table *table_of(const risk_work *work, const char *id, const char *title, const char *first,
                                 const char *note) {
    rp_table_column columns[] = {
        {"what", first, ""},           {"people", "People", "people"},
        {"share", "Share", "%"},       {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, id, title, columns, sizeof columns / sizeof *columns);
    table->note = note;
    return table;
}

static void row_of(const risk_work *work, rp_answer_table *table, risk_part part, const char *label, uint64_t marks) {
    const rp_question_set *set = &work->parts[part];
    rp_count with = rp_question_having(set, marks, 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, label);
    row[1] = rp_value_count(with);
    rp_question_put_share(work->answer, row + 2, with, rp_question_having(set, RAISED, 0), work->asked->level);
}

static void write_cuts(const risk_work *work) {
    rp_answer_table *table = table_of(work, "risk.origin", "What raised a risk", "Raised by",
                                      "Of people of whom a risk was raised, those with at least one raised so. Someone "
                                      "of whom several were raised can be in several "
                                      "lines.");
    for (size_t i = 0; i < work->origins->n; i++)
        row_of(work, table, OF_ORIGIN, work->origins->codes[i].meaning, ORIGIN(i));
    row_of(work, table, OF_ORIGIN, "not recorded", ORIGIN(ORIGINS - 1));
    table = table_of(work, "risk.level", "How high a risk was judged", "Judged",
                     "Of people of whom a risk was raised, those with at least one judged so, as it was written down. "
                     "Someone of whom several "
                     "were raised can be in several lines.");
    for (size_t i = 0; i < work->levels->n; i++)
        row_of(work, table, OF_LEVEL, work->levels->codes[i].meaning, LEVEL(i));
    row_of(work, table, OF_LEVEL, "not recorded", LEVEL(LEVELS - 1));
    table = table_of(work, "risk.actions", "What was done about a risk", "Action on record",
                     "Of people of whom a risk was raised, those with at least one such action on record; someone with "
                     "several is in several lines.");
    for (size_t i = 0; i < work->actions->n; i++)
        row_of(work, table, OF_ACTIONS, work->actions->codes[i].meaning, KIND(i));
    row_of(work, table, OF_ACTIONS, "another action", KIND(KINDS - 1));
}

/* ---- closing ---- */

static void say_median(const risk_work *work) {
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->parts[OF_CLOSING];
    rp_statement *s = rp_answer_statement(answer, "risk.closed.median");
    s->numerator = rp_question_having_any(set, RAISED, BITS(25, CLOSED_NOT_KNOWN));
    s->denominator = rp_question_having(set, RAISED, 0);
    s->label = "From raising to closing, median";
    s->cohort = "risk raised";
    s->unit = "days";
    s->level = work->asked->level;
    s->method = "median of the times that are known; interval by order statistics";
    int64_t n = s->numerator.n;
    if (n <= 0) {
        s->text = "How long it was from raising a risk to closing it is not known.";
        return;
    }
    rp_question_median median = rp_question_median_of(work->days, n, s->level);
    s->estimate = median.estimate;
    s->lower = median.lower;
    s->upper = median.upper;
    s->text = rp_answer_text(answer,
                             "It was %s, for the %lld of %lld " RAISED_NOUN
                             " whose first risk has been closed after a time that is known. Those whose first risk is "
                             "still open are not in it.",
                             rp_question_median_words(answer, &median, "from raising a risk to closing it", s->level),
                             (long long)n, (long long)s->denominator.n);
}

static void write_closing(const risk_work *work) {
    static const char *const closings[CLOSINGS] = {
        "closed on the day it was raised", "closed 1 to 7 days later",         "closed 8 to 28 days later",
        "closed more than 28 days later",  "closed, not known after how long", "no closing on record",
    };
    static const char *const openings[OPENINGS] = {"open for up to 28 days", "open for 29 to 90 days",
                                                   "open for more than 90 days", "open, not known for how long"};
    say_median(work);
    rp_answer_table *table = table_of(
        work, "risk.closing", "From raising a risk to closing it", "The risk raised first",
        "Each person by the risk that was raised first of them. The record has the time of closing; when somebody "
        "acted is not part of it. Where one of several has no time of raising, it is not known which was first.");
    for (size_t i = 0; i < CLOSINGS; i++)
        row_of(work, table, OF_CLOSING, closings[i], CLOSED(i));
    table = table_of(work, "risk.still_open", "Risks open at the end of the record", "The longest open",
                     "People with at least one risk whose closing is not on record, by the one of these that was "
                     "raised first. Open until the last date of the record. That no closing is on record does not "
                     "mean that nobody looks after it.");
    row_of(work, table, OF_CLOSING, "any open", OPEN);
    for (size_t i = 0; i < OPENINGS; i++)
        row_of(work, table, OF_CLOSING, openings[i], OPEN_FOR(i));
}

void risk_write_raised(risk_work *work) {
    write_people(work);
    write_cuts(work);
    write_closing(work);
}
