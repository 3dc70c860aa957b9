/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one person answered when a questionnaire asked about risk. Answers are not in the cohort's blocks: they are read
 * from the record. An item that was not answered is not answered: never nought, never a no. */
#include "questions/risk/risk_parts.h"

#include <math.h>
#include <string.h>

typedef enum form_state { FORM_NOT_DONE, FORM_NEVER_GIVEN, FORM_SCORE_ALONE, FORM_BLANK, FORM_NO, FORM_YES } form_state;

static int column_of(rp_table_id table, const char *name) {
    return rp_schema_column(table, name);
}

static const char *code_in(const rp_record *record, uint32_t administration, const char *column) {
    return rp_record_code_text(record, RP_ADMINISTRATIONS, column_of(RP_ADMINISTRATIONS, column), administration);
}

/* ---- one questionnaire, given once -------------------------------------------------------------------- */

/* Of several items about risk one positive answer is enough; where there is none, each has to be answered for a no. */
static form_state answers_say(const risk_items *items, rp_rows responses, bool *any) {
    const rp_record *record = items->work->record;
    int item = column_of(RP_RESPONSES, "item"), value = column_of(RP_RESPONSES, "value");
    size_t asked = 0, no = 0;
    bool yes = false;
    for (size_t i = 0; i < items->instrument->n_items; i++)
        asked += !isnan(items->instrument->items[i].risk_from);
    for (size_t r = 0; r < responses.n; r++) {
        const char *name = rp_record_id_text(record, RP_RESPONSES, item, responses.at[r]);
        int at = name != NULL ? rp_instrument_item(items->instrument, rp_text_of(name)) : -1;
        double answer = rp_record_num(record, RP_RESPONSES, value, responses.at[r]);
        *any |= !isnan(answer);
        if (at < 0 || isnan(answer) || isnan(items->instrument->items[at].risk_from))
            continue;
        yes |= answer >= items->instrument->items[at].risk_from;
        no += answer < items->instrument->items[at].risk_from;
    }
    return yes ? FORM_YES : no >= asked ? FORM_NO : FORM_BLANK;
}

static form_state state_of(const risk_items *items, uint32_t administration) {
    const rp_record *record = items->work->record;
    const char *status = code_in(record, administration, "status");
    rp_rows responses = rp_record_children(record, RP_RESPONSES, administration);
    bool done = status == NULL || strcmp(status, "complete") == 0 || strcmp(status, "partial") == 0, any = false;
    form_state state = answers_say(items, responses, &any);
    if (any || (done && responses.n > 0))
        return state;
    if (rp_record_children(record, RP_SCORES, administration).n > 0)
        return FORM_SCORE_ALONE;
    bool given = status == NULL || (strcmp(status, "due") != 0 && strcmp(status, "not_offered") != 0);
    return given ? FORM_NOT_DONE : FORM_NEVER_GIVEN;
}

static bool is_of(const risk_items *items, uint32_t administration) {
    const char *rater = code_in(items->work->record, administration, "rater");
    return rp_record_instrument(items->work->record, administration) == items->instrument && rater != NULL &&
           strcmp(rater, "client") == 0;
}

/* ---- was a risk raised after it? ---- */

typedef struct when {
    uint32_t contact; /* id; RP_NO_ID: none is named */
    rp_date day;
} when;

static when administered(const rp_record *record, uint32_t row) {
    int contact = column_of(RP_ADMINISTRATIONS, "contact_id");
    rp_date own = rp_record_date(record, RP_ADMINISTRATIONS, column_of(RP_ADMINISTRATIONS, "date"), row);
    return (when){rp_record_id(record, RP_ADMINISTRATIONS, contact, row),
                  risk_day_or_contact(record, RP_ADMINISTRATIONS, contact, row, own)};
}

static when raised(const rp_record *record, uint32_t row) {
    int contact = column_of(RP_RISKS, "contact_id");
    rp_date own = risk_day_of(rp_record_time_us(record, RP_RISKS, column_of(RP_RISKS, "raised"), row));
    return (when){rp_record_id(record, RP_RISKS, contact, row),
                  risk_day_or_contact(record, RP_RISKS, contact, row, own)};
}

/* A risk belongs to an answer where both name the same contact, or where it was raised on the same day; it came after
 * it where it was raised on a later day. Where one of the two has no day, it cannot be told. */
static uint64_t unraised(const rp_record *record, rp_rows risks, uint32_t administration) {
    when answer = administered(record, administration);
    bool then = false, later = false, may = false;
    for (size_t i = 0; i < risks.n; i++) {
        when risk = raised(record, risks.at[i]);
        if ((answer.contact != RP_NO_ID && risk.contact == answer.contact) ||
            (answer.day != RP_NO_DATE && risk.day == answer.day))
            then = true;
        else if (answer.day == RP_NO_DATE || risk.day == RP_NO_DATE)
            may = true;
        else
            later |= risk.day > answer.day;
    }
    if (then)
        return 0;
    if (may)
        return UNRAISED_MAY;
    return UNRAISED_THEN | (later ? 0 : UNRAISED);
}

/* ---- one person ---- */

static uint64_t scores_of(const risk_items *items, const rp_episode *episode) {
    uint64_t marks = 0;
    for (size_t m = 0; m < items->n_measures; m++)
        for (uint32_t least = 0; least < 2; least++)
            marks |= episode->series[items->at[m]].n > least ? SCORES(m, least) : 0;
    return marks;
}

/* Administrations come in order of date, occasion and key. */
uint64_t risk_item_marks(const risk_items *items, const rp_episode *episode) {
    const rp_record *record = items->work->record;
    rp_rows given = rp_record_children(record, RP_ADMINISTRATIONS, episode->row);
    rp_rows risks = rp_record_children(record, RP_RISKS, episode->row);
    uint64_t marks = scores_of(items, episode), not_filled = NEVER_GIVEN;
    for (size_t i = 0; i < given.n; i++) {
        if (rp_record_children(record, RP_RESPONSES, given.at[i]).n > 0)
            marks |= ANY_RESPONSE;
        if (!is_of(items, given.at[i]))
            continue;
        form_state state = state_of(items, given.at[i]);
        if (state == FORM_SCORE_ALONE)
            not_filled = SCORES_ALONE;
        if (state == FORM_NOT_DONE && not_filled == NEVER_GIVEN)
            not_filled = NOT_DONE;
        if (state == FORM_BLANK)
            marks |= FILLED | BLANK;
        if (state < FORM_NO)
            continue;
        if (state == FORM_YES)
            marks |= POSITIVE | ((marks & ANSWERED) == 0 ? POSITIVE_THEN : 0) | unraised(record, risks, given.at[i]);
        marks = (marks & ~POSITIVE_LAST) | FILLED | ANSWERED | (state == FORM_YES ? POSITIVE_LAST : 0);
    }
    if ((marks & UNRAISED_THEN) != 0) /* one that can be told is enough */
        marks &= ~UNRAISED_MAY;
    return (marks & FILLED) != 0 ? marks : marks | not_filled;
}
