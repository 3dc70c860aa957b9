/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `equity` share. Private to src/questions/equity.
 *
 * Everyone is in one group of each characteristic. A characteristic has two universes, of how far people came and of
 * their outcome; each knows of the other how many are in each group. */
#ifndef RAPPORT_EQUITY_PARTS_H
#define RAPPORT_EQUITY_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/national.h"
#include "questions/common/saying.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* ---- groups ------------------------------------------------------------------------------------------------ */

enum { CHARACTERISTICS = 8, MOST_GROUPS = 10 };

typedef struct equity_characteristic {
    const char *name, *title, *recorded_id; /* "gender", "Gender", "equity.recorded.gender" */
    const char *possessive;                 /* "their gender" */
    const char *column;                     /* of the table clients */
    const char *note;                       /* how groups are made; NULL: as they stand in the record */
    const char *groups[MOST_GROUPS];        /* in the order in which they are told, ended by NULL */
    int not_stated;                         /* a group; -1: none */
} equity_characteristic;
extern const equity_characteristic equity_characteristics[CHARACTERISTICS];
size_t equity_groups(size_t characteristic); /* how many; the last is of those of whom it is not recorded */
/* The group of each characteristic that a referral's client is in. */
void equity_groups_of(const rp_record *record, const rp_episode *episode, uint8_t groups[CHARACTERISTICS]);

/* ---- people --------------------------------------------------------------------------------------------------- */

enum {
    FIRST_GROUP,
    FIRST_STEP = FIRST_GROUP + MOST_GROUPS,
    EVERYONE = FIRST_STEP, /* of the cohort */
    ASSESSED,
    ENTERED,
    TWICE,
    FINISHED,
    ENDED_ONCE,
    ENDED_TREATED,
    WITHIN_42,
    WITHIN_126,
    FIRST_SCORES,
    BOTH_SCORES,
    FIRST_OUTCOME,
    NO_MARK = FIRST_OUTCOME + NATIONAL_MARKS
};
#define GROUP(i)   MARK(FIRST_GROUP + (i))
#define OUTCOME(i) MARK(FIRST_OUTCOME + (i))

typedef enum equity_side { STEPS, OUTCOMES, SIDES } equity_side;

typedef struct equity_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    const char *noun;               /* "people referred" */
    bool contacts, ends, outcomes;  /* is anything known of them? */
    bool recorded[CHARACTERISTICS]; /* of anybody */
    rp_question_set sets[CHARACTERISTICS][SIDES];
} equity_work;
/* Sorts everyone of the cohort. false: see *error. */
bool equity_sort(equity_work *work, rp_error *error);

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* Those with all of these marks. */
rp_count equity_count(const equity_work *work, size_t characteristic, equity_side side, uint64_t has, uint64_t lacks);

rp_question_known equity_known(const equity_work *work, size_t characteristic, const rp_question_outcome *outcome,
                               uint64_t has, uint64_t lacks);

extern const rp_statement_def equity_statements[];
void equity_write(equity_work *work);
void equity_write_charts(const equity_work *work);

#endif
