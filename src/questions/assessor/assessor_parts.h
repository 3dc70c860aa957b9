/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `assessor` share. Private to src/questions/assessor.
 *
 * Everyone of the cohort has one set of marks for who assessed them, and one for each telling: what matter was told to
 * whom. Each of these is a universe of its own. No practitioner is told apart from another. */
#ifndef RAPPORT_ASSESSOR_PARTS_H
#define RAPPORT_ASSESSOR_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/national.h"
#include "questions/common/periods.h"
#include "questions/common/saying.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* Of everyone assessed, in each universe. */
#define ASSESSED MARK(0)

enum { TELLINGS = 4 }; /* to client and GP, of role and qualification */

/* ---- who assessed ------------------------------------------------------------------------------------ */

/* Three ways to cut people whose assessor is recorded into disjoint lines, and levels, which are not disjoint. What
 * would be a line of one practitioner's people goes into the way's line OTHER (assessor_lines.c). */
enum { MOST_ROLES = 16, MOST_LEVELS = 16 };
#define NAMED               MARK(1)
#define IN_TRAINING         MARK(2)
#define NOT_IN_TRAINING     MARK(3)
#define TRAINING_NOT_KNOWN  MARK(4)
#define OTHER_TRAINING      MARK(5)
#define QUALIFIED           MARK(6) /* at least one qualification awarded by then */
#define QUALIFIED_LATER     MARK(7) /* nothing but awarded later, or planned */
#define QUALIFIED_NOT_KNOWN MARK(8) /* whether by then */
#define NO_QUALIFICATION    MARK(9) /* no record of one */
#define OTHER_QUALIFIED     MARK(10)
#define ROLE_NOT_KNOWN      MARK(11)
#define OTHER_ROLE          MARK(12)
#define ROLE(i)             MARK(13 + (i))
#define LEVEL(i)            MARK(13 + MOST_ROLES + (i))
#define ROLES               (MARK(13 + MOST_ROLES) - MARK(13))
#define LEVELS              (MARK(13 + MOST_ROLES + MOST_LEVELS) - MARK(13 + MOST_ROLES))

/* A way's lines, in the order in which they are told. */
enum { WAY_ROLE, WAY_TRAINING, WAY_QUALIFIED, WAYS, MOST_LINES = MOST_ROLES + 3 };
typedef struct assessor_line {
    const char *label;
    uint64_t has, lacks; /* marks of `who` */
} assessor_line;

/* ---- how it went with those whom they assessed ----------------------------------------------------------- */

/* Marks of what became of a person. Strata are the band of the first PHQ-9 score, and the group of the problem. Each
 * way has a universe for either, in which a line is a mark too; one for both would have more groups than protection can
 * work through. */
enum { UNTREATED, ONCE, FINISHED, OPEN, END_NOT_KNOWN, LEAVINGS };
enum { MOST_BANDS = 8, STRATA = (MOST_BANDS + 1) * RP_PROBLEM_GROUPS };
enum {
    FIRST_OUTCOME = 1,
    FIRST_LEAVING = FIRST_OUTCOME + NATIONAL_MARKS,
    ALLIANCE_SCORED = FIRST_LEAVING + LEAVINGS,
    FIRST_BAND, /* the last: no score */
    FIRST_PROBLEM = FIRST_BAND + MOST_BANDS + 1,
    FIRST_LINE = FIRST_PROBLEM + RP_PROBLEM_GROUPS
};
#define OUTCOME(i) MARK(FIRST_OUTCOME + (i))
#define LEAVING(i) MARK(FIRST_LEAVING + (i))
#define SCORED     MARK(ALLIANCE_SCORED)
#define BAND(i)    MARK(FIRST_BAND + (i))
#define NO_BAND    BAND(MOST_BANDS)
#define BANDS      (MARK(FIRST_PROBLEM) - MARK(FIRST_BAND))
#define PROBLEMS   (MARK(FIRST_LINE) - MARK(FIRST_PROBLEM))
#define PROBLEM(i) MARK(FIRST_PROBLEM + (i))
#define LINE(i)    MARK(FIRST_LINE + (i))

/* What a standardised figure is of: shares of people, and the mean of the first alliance scores. */
enum { SHARES = 7, FIGURE_ALLIANCE = SHARES, FIGURES };
typedef struct assessor_figure {
    const char *label;
    uint64_t mark; /* of those whom a share counts, or who have a score */
} assessor_figure;
extern const assessor_figure assessor_figures[FIGURES];
typedef struct assessor_cell {
    int64_t people, in[SHARES];
    rp_moments alliance;
} assessor_cell;

typedef enum assessor_cut { BY_SEVERITY, BY_PROBLEM, CUTS } assessor_cut;
typedef struct assessor_way {
    const char *name, *title; /* "role", "the assessor's role" */
    assessor_line lines[MOST_LINES];
    size_t n_lines;
    rp_question_set sets[CUTS];
    assessor_cell *cells; /* [n_lines][STRATA]: bands and problems crossed */
} assessor_way;

/* One person of the cohort; of one without an assessment on record nothing but the cell. */
typedef struct assessor_fact {
    uint64_t who, tellings[TELLINGS];
    uint32_t practitioner; /* RP_NO_ID: none */
    rp_date on;            /* of the first assessment */
    size_t cell;
    uint64_t course; /* what became of them */
    double alliance; /* first score by the client; NaN: none */
} assessor_fact;
/* Takes lines together, or out, that would be people of one practitioner alone. Gives the marks of these lines. */
uint64_t assessor_hide_practitioners(assessor_fact *facts, size_t n);

/* ---- who was told --------------------------------------------------------------------------------------- */

typedef struct assessor_telling {
    const char *to, *matter;                /* codes */
    const char *title;                      /* "Client, of the role" */
    const char *whom, *what;                /* "the client" was told "the assessor's role" */
    const char *told_id, *not_id, *none_id; /* statements */
    const char *universe, *trend_id;
} assessor_telling;
extern const assessor_telling assessor_tellings[TELLINGS];

/* What all rows about a telling come to: one of these. */
typedef enum assessor_state { TOLD, NOT_TOLD, BOTH_WAYS, SHOWN, UNSAID, NO_RECORD, STATES } assessor_state;
enum { INFORMANTS = 4 /* the last: not recorded */ };
#define STATE(i)       MARK(1 + (i))
#define TOLD_BY(i)     MARK(1 + STATES + (i))
#define NOT_TOLD_BY(i) MARK(1 + STATES + INFORMANTS + (i))
#define PERIOD(i)      MARK(1 + STATES + 2 * INFORMANTS + (i))

typedef struct assessor_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    const rp_code_list *roles, *levels;
    uint64_t hidden; /* lines of `who` that are not told apart */
    rp_question_set who, tellings[TELLINGS];
    rp_question_periods periods; /* of the first assessment */
    assessor_way ways[WAYS];
    const rp_scale *severity; /* whose bands are strata; NULL: none */
    int alliance;             /* measure of the cohort; -1: none by clients */
} assessor_work;

/* The ways and their lines; the measures that are looked at. Before anybody is sorted. */
void assessor_plan_ways(assessor_work *work);
/* What became of somebody assessed: `course` and `alliance`. */
void assessor_take_course(const assessor_work *work, const rp_episode *episode, assessor_fact *fact);
/* Once lines are final: the person into each way. false: no memory. */
bool assessor_add_to_ways(assessor_work *work, const assessor_fact *fact);
void assessor_finish_ways(assessor_work *work);
/* Sorts everyone of the cohort. false: see *error. */
bool assessor_sort(assessor_work *work, rp_error *error);

/* ---- writing ----------------------------------------------------------------------------------------------- */

/* A statement about people assessed. */
void assessor_say(const assessor_work *work, const char *id, const char *label, const char *words, bool headline,
                  rp_count part, rp_count whole);

/* One line of a chart: of those with the marks of `of`, who was told. */
extern const char assessor_reading[];
void assessor_point(const assessor_work *work, rp_chart *chart, const char *label, size_t telling, uint64_t of);

extern const rp_statement_def assessor_statements[];
void assessor_write_who(assessor_work *work);
void assessor_write_telling(assessor_work *work);
void assessor_write_trend(assessor_work *work);
/* Outcome, leaving and alliance by who assessed, in strata; then standardised to the strata of all people assessed. */
#define ASSESSOR_NOT_BY_CHANCE "Assessors were not allocated by chance; this is not an effect of who assessed."
void assessor_write_courses(assessor_work *work);
bool assessor_has_outcomes(const assessor_work *work);
void assessor_write_standardised(const assessor_work *work, const assessor_way *way);

#endif
