/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `durability` share. Private to src/questions/durability.
 *
 * Everyone has one set of marks, so that all counts are of one universe; each measure has a second one, of who has
 * which score. Nobody is counted at a horizon before their time for it is over: see docs/durability.md. */
#ifndef RAPPORT_DURABILITY_PARTS_H
#define RAPPORT_DURABILITY_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/saying.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* ---- times ---------------------------------------------------------------------------------------------- */

/* Days after the last treatment contact in which a score is one of that horizon; of several the nearest counts. */
typedef struct durability_horizon {
    const char *title; /* "3 months" */
    int days, from, to;
} durability_horizon;
enum { HORIZONS = 3, RETURNS = 2 };
extern const durability_horizon durability_horizons[HORIZONS];
/* Days after the end of the referral in which a later one counts. */
typedef struct durability_return {
    const char *title;
    int days;
} durability_return;
extern const durability_return durability_returns[RETURNS];

/* ---- people --------------------------------------------------------------------------------------------- */

enum { EVENTS = 8 /* kinds of event: the codes of events.kind */, MOST_MEASURES = 16 };
#define FINISHED      MARK(0)
#define ONCE          MARK(1) /* ended after one treatment contact */
#define DATED         MARK(2) /* finished, and it is known when treatment ended */
#define RECOVERED     MARK(3) /* these three: finished, at the end of treatment; none of them: not known */
#define NOT_RECOVERED MARK(4)
#define NO_CASE       MARK(5)
#define SCORED_AFTER  MARK(6)       /* any outcome score after the end of treatment */
#define DUE(h)        MARK(7 + (h)) /* of those dated: just one of DUE, NOT_YET and DIED at each horizon */
#define NOT_YET(h)    MARK(10 + (h))
#define DIED(h)       MARK(13 + (h))
#define SCORED(h)     MARK(16 + (h))
#define HELD(h)       MARK(19 + (h)) /* recovered at the end, and below both cut-offs at the horizon */
#define AGAIN(h)      MARK(22 + (h)) /* recovered at the end, and at or past a cut-off at the horizon */
#define OVER(r)       MARK(25 + (r)) /* of those finished or treated once: the time for a later referral is over */
#define GONE(r)       MARK(27 + (r)) /* died in that time, without a later referral */
#define BACK(r)       MARK(29 + (r)) /* a later referral in that time */
#define EVENT(k)      MARK(31 + (k)) /* dated after the end of treatment */
/* Of a measure's own universe, beside FINISHED, DUE and SCORED. */
#define AT_END MARK(40)
#define AT(h)  MARK(41 + (h))

/* One person of the cohort. Of measure slot m: bit 4 * m, a score at the end of treatment; the three bits after it, a
 * score at each horizon. */
typedef struct durability_fact {
    uint64_t marks, scores;
    size_t cell;
} durability_fact;

/* A person's scores of one measure: NaN where there is none. */
typedef struct durability_scores {
    double first, end; /* end: the last up to the last treatment contact; of one score alone NaN first counts as none */
    double at[HORIZONS];
} durability_scores;
/* `treated_until`: the day of the last treatment contact. */
durability_scores durability_scores_of(const rp_series *series, rp_date treated_until);
/* When treatment ended: the last treatment contact, or where it has no date the end of the referral. */
rp_date durability_end_of_treatment(const rp_episode *episode);

typedef struct durability_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    rp_date record_end;
    size_t measures[MOST_MEASURES]; /* of the cohort: outcome measures that were asked for */
    size_t n_measures;
    bool more_measures; /* than there are slots for */
    const rp_code_list *events;
    const durability_fact *facts; /* one a person, in the order of the cohort */
    rp_question_set people;
} durability_work;

/* Sorts everyone of the cohort. The facts lie in `scratch`. false: see *error. */
bool durability_sort(durability_work *work, rp_arena *scratch, rp_error *error);

/* ---- writing ---------------------------------------------------------------------------------------------- */

typedef enum durability_quantity {
    QUANTITY_DUE,
    QUANTITY_NOT_DUE,
    QUANTITY_DIED,
    QUANTITY_SCORED,
    QUANTITY_HELD,
    QUANTITY_WORST,
    QUANTITY_BEST,
    QUANTITY_AGAIN,
    QUANTITY_NOT_KNOWN,
    QUANTITY_CHANGE,
    QUANTITIES
} durability_quantity;
const char *durability_id(durability_quantity quantity, size_t horizon);
extern const char *const durability_return_ids[RETURNS], *const durability_return_open_ids[RETURNS];
extern const rp_statement_def durability_statements[];

void durability_write_follow_up(const durability_work *work);
void durability_write_held(const durability_work *work);
bool durability_write_change(const durability_work *work, rp_error *error);
void durability_write_returns(const durability_work *work);
void durability_write_events(const durability_work *work);

#endif
