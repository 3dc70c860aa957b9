/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the cohort: of each person, what is on record of the risks that were raised of them. */
#include "questions/common/everyone.h"
#include "questions/risk/risk_parts.h"

#include <assert.h>
#include <string.h>

typedef struct columns {
    int raised, origin, level, explored, action, closed;
} columns;

typedef struct reader {
    const risk_work *work;
    risk_fact *facts; /* one a person, each written by the block that they are in */
    columns at;
} reader;

rp_date risk_day_of(int64_t us) {
    const int64_t us_a_day = INT64_C(86400000000);
    return us == RP_NO_INT ? RP_NO_DATE : (rp_date)(us / us_a_day - (us % us_a_day < 0));
}

rp_date risk_day_or_contact(const rp_record *record, rp_table_id table, int contact, size_t row, rp_date own) {
    int64_t at = own == RP_NO_DATE ? rp_record_refers(record, table, contact, row) : -1;
    return at < 0 ? own : rp_record_date(record, RP_CONTACTS, rp_schema_column(RP_CONTACTS, "date"), (size_t)at);
}

/* The place of a code in its list, or the last place of all where it is missing, or not in the list. */
static size_t place_of(const rp_code_list *list, const char *code) {
    size_t i = 0;
    while (i < list->n && (code == NULL || strcmp(list->codes[i].code, code) != 0))
        i++;
    return i;
}

static const char *text_in(const reader *r, int column, uint32_t row) {
    return rp_record_code_text(r->work->record, RP_RISKS, column, row);
}

/* ---- one risk -------------------------------------------------------------------- */

/* What the rows of a person come to. */
typedef struct tally {
    uint64_t marks; /* origins, levels and kinds of actions */
    size_t n, explored, not_explored, acted_on, open;
    bool undated, open_undated;  /* it is not known when one of them was raised */
    int64_t first, first_closed; /* times: of the one raised first */
    int64_t open_since;          /* of those not closed the one raised first */
} tally;

static void count_action(const reader *r, uint32_t row, tally *t) {
    const char *action = text_in(r, r->at.action, row);
    if (action == NULL)
        return;
    t->acted_on++;
    t->marks |= KIND(place_of(r->work->actions, action));
}

static void count_times(const reader *r, uint32_t row, tally *t) {
    int64_t raised = rp_record_time_us(r->work->record, RP_RISKS, r->at.raised, row);
    int64_t closed = rp_record_time_us(r->work->record, RP_RISKS, r->at.closed, row);
    bool dated = raised != RP_NO_INT;
    t->undated |= !dated;
    if (dated && (t->first == RP_NO_INT || raised < t->first)) {
        t->first = raised;
        t->first_closed = closed;
    }
    if (closed != RP_NO_INT)
        return;
    t->open++;
    t->open_undated |= !dated;
    if (dated && (t->open_since == RP_NO_INT || raised < t->open_since))
        t->open_since = raised;
}

static void count_risk(const reader *r, uint32_t row, tally *t) {
    int explored = rp_record_bool(r->work->record, RP_RISKS, r->at.explored, row);
    t->n++;
    t->explored += explored == 1;
    t->not_explored += explored == 0;
    t->marks |= ORIGIN(place_of(r->work->origins, text_in(r, r->at.origin, row)));
    t->marks |= LEVEL(place_of(r->work->levels, text_in(r, r->at.level, row)));
    count_action(r, row, t);
    count_times(r, row, t);
}

/* ---- one person ---------------------------------------------------------------------------------------------------
 */

/* Where it is not known which was raised first, it is not known when that one was closed: unless none was. */
static uint64_t closing_of(const tally *t, int32_t *days) {
    if (t->open == t->n || (!t->undated && t->first_closed == RP_NO_INT))
        return CLOSED(NOT_CLOSED);
    if (t->undated || t->first_closed < t->first)
        return CLOSED(CLOSED_NOT_KNOWN);
    *days = risk_day_of(t->first_closed) - risk_day_of(t->first);
    return *days == 0    ? CLOSED(CLOSED_THAT_DAY)
           : *days <= 7  ? CLOSED(CLOSED_IN_A_WEEK)
           : *days <= 28 ? CLOSED(CLOSED_IN_4_WEEKS)
                         : CLOSED(CLOSED_LATER);
}

static uint64_t opening_of(const tally *t, rp_date last_seen) {
    if (t->open == 0)
        return 0;
    if (t->open_undated || last_seen == RP_NO_DATE)
        return OPEN | OPEN_FOR(OPEN_NOT_KNOWN);
    int32_t days = last_seen - risk_day_of(t->open_since);
    return OPEN | (days <= 28 ? OPEN_FOR(OPEN_4_WEEKS) : days <= 90 ? OPEN_FOR(OPEN_90_DAYS) : OPEN_FOR(OPEN_LONGER));
}

static rp_question_raised part_of(const tally *t) {
    return t->n == 0 ? NOT_RAISED : t->acted_on == 0 ? RAISED_NO_ACTION : RAISED_ACTION;
}

static risk_fact fact_of(const reader *r, const rp_episode *episode) {
    tally t = {.first = RP_NO_INT, .first_closed = RP_NO_INT, .open_since = RP_NO_INT};
    rp_rows rows = rp_record_children(r->work->record, RP_RISKS, episode->row);
    for (size_t i = 0; i < rows.n; i++)
        count_risk(r, rows.at[i], &t);
    const rp_frame *stages = r->work->stages;
    size_t part = part_of(&t) * CHANGES_TOLD + rp_question_change_of(episode);
    risk_fact fact = {.days = -1, .cell = (uint16_t)(part * stages->n_cells + rp_question_cell_of(stages, episode))};
    if (t.n == 0)
        return fact;
    fact.marks = RAISED | t.marks | closing_of(&t, &fact.days) | opening_of(&t, r->work->last_seen);
    fact.marks |= t.explored == t.n ? EXPLORED_EACH : t.not_explored > 0 ? NOT_EXPLORED : EXPLORED_UNSAID;
    fact.marks |= t.acted_on == t.n ? ACTION_EACH : t.acted_on > 0 ? ACTION_SOME : ACTION_NONE;
    return fact;
}

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    r->facts[person] = fact_of(r, episode);
}

static int column_of(const char *name) {
    return rp_schema_column(RP_RISKS, name);
}

bool risk_read(const risk_work *work, risk_fact *facts, rp_error *error) {
    reader r = {work,
                facts,
                {.raised = column_of("raised"),
                 .origin = column_of("origin"),
                 .level = column_of("level"),
                 .explored = column_of("explored"),
                 .action = column_of("action"),
                 .closed = column_of("closed")}};
    return rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error);
}
