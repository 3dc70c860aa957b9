/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `harms` share. Private to src/questions/harms.
 *
 * Whether somebody is known to have got worse is told by `outcome`, too, and whether they have an event on record by
 * `coverage`: both are parts of the frame (common/shared_marks.h), so that all decide alike what is shown of them.
 * Within it, one universe holds the kinds of harm and how they were judged, and another the quarters in which they
 * fell. */
#ifndef RAPPORT_HARMS_PARTS_H
#define RAPPORT_HARMS_PARTS_H

#include "questions/common/groups.h"
#include "questions/common/periods.h"
#include "questions/common/saying.h"
#include "questions/common/shared_marks.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

typedef enum harms_kind { UNWANTED_EFFECT, COMPLAINT, CRISIS, ADMISSION, DEATH, HARM_KINDS } harms_kind;
typedef struct harms_words {
    const char *code;          /* of an event */
    const char *title, *words; /* "An unwanted effect"; "have an unwanted effect on record" */
    const char *ids[REACHES];  /* NULL: not told of these */
} harms_words;
extern const harms_words harms_kinds[HARM_KINDS];
extern const rp_question_reach harms_reaches[];
enum { HARMS_REACHES = 3 };

/* How the events of one kind were judged: of several the first of these that one of them was. */
typedef enum harms_judged { RELATED, POSSIBLY_RELATED, NOT_RELATED, NOT_JUDGED, JUDGEMENTS } harms_judged;

#define KIND(k)      MARK(k)
#define JUDGED(k, j) MARK(HARM_KINDS + (k)*JUDGEMENTS + (j))
#define KINDS_ALONE  (MARK(HARM_KINDS) - 1)
#define PERIOD(i)    MARK(i)
#define NO_DATE      MARK(RP_QUESTION_MOST_PERIODS)

/* More groups than this would be slow to protect, and many more could not be at all: how events were judged is then not
 * told. */
enum { HARMS_MOST_GROUPS = 3000 };

typedef struct harms_fact {
    uint64_t kinds, periods;
    uint16_t cell;
} harms_fact;

typedef struct harms_work {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    const rp_frame *stages, *frame;
    rp_answer *answer;
    bool events, judged;      /* the record has events; how they were judged is told */
    const char *change_lacks; /* why change is not told; NULL: it is */
    bool change_confirmed;    /* every threshold that it rests on has a source that we have read */
    rp_question_periods periods;
    rp_question_set people, trend;
} harms_work;

/* Sorts everyone of the cohort. false: see *error. */
bool harms_sort(harms_work *work, rp_error *error);

/* Who is counted: who came so far, in one of these parts of the frame, with all of these marks. */
typedef struct harms_who {
    rp_question_reach reach;
    unsigned parts;
    uint64_t has;
} harms_who;
/* Parts of the frame: with these events (bits of rp_question_event) and this change (bits of rp_question_change). */
unsigned harms_parts(unsigned events, unsigned changes);
#define ANY_EVENT  ((1u << EVENTS_TOLD) - 1)
#define ANY_CHANGE ((1u << CHANGES_TOLD) - 1)
rp_count harms_count(const harms_work *work, const rp_question_set *set, harms_who who);

/* ---- writing -------------------------------------------------------------------- */

extern const rp_statement_def harms_statements[];
void harms_write_people(harms_work *work);
void harms_write_judged(harms_work *work);
void harms_write_known(harms_work *work);
void harms_write_trend(harms_work *work);

#endif
