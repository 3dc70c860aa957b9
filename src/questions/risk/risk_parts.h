/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `risk` share. Private to src/questions/risk.
 *
 * Everyone of the cohort has marks for all risks of theirs that are on record together. Parts of the answer cut those
 * of whom one was raised in several ways, each a universe of its own in one frame (common/shared_marks.h), and so do
 * answers to each questionnaire that asks about risk. Nothing is summed, and no risk is foretold. */
#ifndef RAPPORT_RISK_PARTS_H
#define RAPPORT_RISK_PARTS_H

#include "questions/common/days.h"
#include "questions/common/groups.h"
#include "questions/common/saying.h"
#include "questions/common/shared_marks.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* ---- risks that were raised -------------------------------------------------------------------- */

enum { ORIGINS = 4, LEVELS = 6, KINDS = 8 }; /* the last: not recorded; of kinds: another one */
enum { CLOSED_THAT_DAY, CLOSED_IN_A_WEEK, CLOSED_IN_4_WEEKS, CLOSED_LATER, CLOSED_NOT_KNOWN, NOT_CLOSED, CLOSINGS };
enum { OPEN_4_WEEKS, OPEN_90_DAYS, OPEN_LONGER, OPEN_NOT_KNOWN, OPENINGS };

#define RAISED          MARK(0)
#define ORIGIN(i)       MARK(1 + (i))
#define LEVEL(i)        MARK(5 + (i))
#define EXPLORED_EACH   MARK(11) /* of everyone of whom a risk was raised: one of three */
#define NOT_EXPLORED    MARK(12) /* at least one is recorded as not explored */
#define EXPLORED_UNSAID MARK(13)
#define ACTION_EACH     MARK(14) /* the same: one of three */
#define ACTION_SOME     MARK(15)
#define ACTION_NONE     MARK(16)
#define KIND(i)         MARK(17 + (i)) /* of the actions recorded, any number */
#define CLOSED(i)       MARK(25 + (i)) /* the risk raised first: one of CLOSINGS */
#define OPEN            MARK(31)       /* at least one has no closing on record */
#define OPEN_FOR(i)     MARK(32 + (i)) /* since the one raised first of these */
#define BITS(from, n)   (MARK((from) + (n)) - MARK(from))

typedef struct risk_fact {
    uint64_t marks;
    int32_t days; /* from raising to closing the risk raised first; -1: not known, or not closed */
    uint16_t cell;
} risk_fact;

/* Those parts in which people of whom a risk was raised are counted. */
typedef enum risk_part { OF_ORIGIN, OF_LEVEL, OF_DEALING, OF_ACTIONS, OF_CLOSING, PARTS } risk_part;

typedef struct risk_work {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    const rp_frame *stages, *frame;
    rp_answer *answer;
    rp_date last_seen;
    const rp_code_list *origins, *levels, *actions;
    rp_question_set parts[PARTS];
    int64_t *days; /* RP_QUESTION_DAYS, of those whose first risk was closed after a time that is known */
} risk_work;

/* Marks of everyone, into n facts: one a person. false: see *error. */
bool risk_read(const risk_work *work, risk_fact *facts, rp_error *error);
rp_date risk_day_of(int64_t time_us); /* RP_NO_DATE: none */
/* The day of a row that names a contact: its own, or else the contact's. */
rp_date risk_day_or_contact(const rp_record *record, rp_table_id table, int contact, size_t row, rp_date own);

/* ---- answers to items that ask about risk -------------------------------------------------------------------- */

/* One questionnaire filled in by clients. */
enum { SCALES = 4 };
#define FILLED        MARK(0) /* at least once with answers on record */
#define ANSWERED      MARK(1) /* at least once the items about risk */
#define POSITIVE      MARK(2)
#define POSITIVE_THEN MARK(3) /* the first time that they were answered */
#define POSITIVE_LAST MARK(4)
#define BLANK         MARK(5) /* at least once filled in, and these not answered */
#define SCORES_ALONE  MARK(6) /* of those not FILLED: one of three */
#define NOT_DONE      MARK(7)
#define NEVER_GIVEN   MARK(8)
#define UNRAISED_THEN MARK(9)                  /* after a positive answer none raised in that contact or on that day */
#define UNRAISED      MARK(10)                 /* nor later */
#define UNRAISED_MAY  MARK(11)                 /* cannot be told */
#define ANY_RESPONSE  MARK(12)                 /* to whatever questionnaire */
#define SCORES(s, n)  MARK(13 + 2 * (s) + (n)) /* n + 1 or more scores of a scale */

typedef struct risk_items {
    risk_work *work;
    const rp_instrument *instrument;
    size_t at[SCALES], n_measures;
    const risk_fact *facts;
} risk_items;
/* Every questionnaire that asks about risk and is in the record. false: see *error. */
bool risk_write_items(risk_work *work, const risk_fact *facts, rp_error *error);
/* What answers say: of one questionnaire, one person. */
uint64_t risk_item_marks(const risk_items *items, const rp_episode *episode);

/* ---- writing ---- */

extern const rp_statement_def risk_statements[];
void risk_write_raised(risk_work *work);

#endif
