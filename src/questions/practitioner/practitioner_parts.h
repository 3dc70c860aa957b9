/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `practitioner` share. Private to src/questions/practitioner.
 *
 * No name, code or number of a practitioner or a service leaves these files. Practitioners are put in an order that
 * hangs on their people alone (practitioner_units.c), so that an answer is the same byte for byte whatever they are
 * called; from then on they are their place in that order. */
#ifndef RAPPORT_PRACTITIONER_PARTS_H
#define RAPPORT_PRACTITIONER_PARTS_H

#include "questions/common/groups.h"
#include "questions/common/saying.h"
#include "questions/common/shared_marks.h"
#include "rapport/mixed.h"
#include "rapport/questions.h"

enum {
    PRACTITIONER_PEOPLE = 10,  /* with both scores, for a line of one practitioner or service */
    PRACTITIONER_LEAST = 10,   /* practitioners with so many: fewer tell nothing of a spread */
    PRACTITIONER_SERVICES = 5, /* services with so many, of two practitioners or more each */
    PRACTITIONER_LINES = 100   /* more cannot be read side by side, nor be protected in reasonable time */
};
#define PRACTITIONER_LEAST_WORDS                                                                                       \
    "at least 10 practitioners with at least 10 people each who have two scores on the measure"

/* ---- one person --------------------------------------------------------------------------------------- */

/* Steps of all sessions together. */
typedef enum practitioner_step {
    STEP_NOT_KNOWN,
    STEP_LOW,
    STEP_HIGH,
    STEP_BOTH,
    STEP_NEITHER,
    STEPS
} practitioner_step;

typedef struct practitioner_fact {
    uint32_t practitioner, service; /* ids, then places among the units; RP_NO_ID: none */
    uint32_t began;                 /* the id of who held the first session */
    uint16_t cell;                  /* of the frame */
    uint8_t arm;                    /* 0: none, or not told apart */
    uint8_t step, problem;
    uint16_t stage;          /* the same, without how many scores there are */
    bool entered, several;   /* several: more than one practitioner is recorded for the sessions */
    bool ended, once;        /* a referral that has ended, after treatment; after one session */
    bool improved;           /* reliably, from the first score to the last */
    double first, last, age; /* NaN: none; last is NaN without a later score */
} practitioner_fact;
/* Is this person's change part of the comparison? */
bool practitioner_is_compared(const practitioner_fact *fact);

/* ---- practitioners and services ------------------------------------------------------------------------ */

#define NO_LINE SIZE_MAX
typedef struct practitioner_unit {
    uint32_t id;
    int64_t treated, compared, improved; /* people */
    double first, last;                  /* sums of those compared */
    size_t met;                          /* the first of its people, in the order of the cohort */
    size_t members;                      /* of a service: practitioners of those compared */
    size_t line;                         /* NO_LINE: told together with others */
} practitioner_unit;
typedef struct practitioner_units {
    practitioner_unit *at; /* from the most people compared to the fewest */
    size_t n, n_compared;  /* those with anybody compared come first */
    size_t n_large;        /* of these, with enough people for a line */
    size_t n_lines;        /* 0: none are told apart */
} practitioner_units;

/* ---- the work ---------------------------------------------------------------------------------------------- */

enum { FACTOR_PRACTITIONER, FACTOR_SERVICE, FACTORS };
typedef struct practitioner_spread {
    rp_interval sd, share;     /* points; of the variance that is left, 0 to 1 */
    double *modes, *variances; /* of each unit that has people compared; NULL: none are told */
} practitioner_spread;
typedef struct practitioner_model {
    const rp_mixed_fit *fit; /* NULL: none was made */
    const char *held;        /* "the first score, the steps of their sessions and their age" */
    size_t n_factors;        /* 2: with services */
    practitioner_spread of[FACTORS];
} practitioner_model;

typedef struct practitioner_work {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    rp_answer *answer;
    rp_question_measuring measuring;
    const rp_measure *measure;
    practitioner_fact *facts; /* one a person of the cohort */
    size_t n;
    practitioner_units units[FACTORS];
    const rp_frame *stages;
    rp_question_set lines, treated; /* people by practitioner; who treated them, and for how long */
    bool ruled;                     /* there is a rule of reliable change */
    rp_change_scale rule;
    practitioner_model model;
} practitioner_work;

/* Reads everyone. false: see *error. */
bool practitioner_read(practitioner_work *work, rp_error *error);
/* Finds practitioners and services, puts them in order, and chooses lines. false: no memory. */
bool practitioner_find_units(practitioner_work *work, rp_arena *scratch);
/* Everyone by line, as a universe. false: no memory. */
bool practitioner_sort(practitioner_work *work);

/* Marks of `treated`, */
#define ENTERED  MARK(0)
#define RECORDED MARK(1)
#define SEVERAL  MARK(2)
#define ENDED    MARK(3)
#define ONCE     MARK(4)
/* and of `lines`. Improved: of all who entered treatment and have two scores, whoever treated them. */
enum { COMPARED = 1, IMPROVED = 2, WITH_PRACTITIONER = 4 };
rp_count practitioner_count(const practitioner_work *work, unsigned marks);
rp_count practitioner_count_line(const practitioner_work *work, unsigned marks, size_t factor, size_t line);
/* Of all lines of practitioners together. */
rp_count practitioner_count_lines(const practitioner_work *work, unsigned marks);
/* Of those practitioners or services that are told together. */
rp_count practitioner_count_rest(const practitioner_work *work, unsigned marks, size_t factor);

/* Are there enough practitioners for a model? */
bool practitioner_are_enough(const practitioner_work *work);
/* Fits and infers; what cannot be had is said in a caveat. false: see *error. */
bool practitioner_fit(practitioner_work *work, rp_error *error);

/* The design: columns of what is held, for the people compared. */
typedef struct practitioner_design practitioner_design;
/* In arena; NULL: no memory. */
practitioner_design *practitioner_design_of(const practitioner_work *work, rp_arena *arena);
size_t practitioner_columns(const practitioner_design *design); /* the first is of ones */
const char *practitioner_column_name(const practitioner_design *design, size_t column);
double practitioner_column_value(const practitioner_design *design, size_t column, const practitioner_fact *fact);
const char *practitioner_held(const practitioner_design *design, rp_answer *answer);

extern const rp_statement_def practitioner_statements[];
void practitioner_write_people(practitioner_work *work);
void practitioner_write_spread(practitioner_work *work);
void practitioner_write_lines(practitioner_work *work);
void practitioner_write_improved(practitioner_work *work);
/* false: no memory. */
bool practitioner_write_one_session(practitioner_work *work, rp_arena *scratch);
/* Shares of many practitioners: how far they differ beyond chance. */
typedef struct practitioner_shares {
    const double *x, *n; /* of each, n > 0 */
    size_t units;
    double share; /* of all of them */
} practitioner_shares;
/* Fills in what the spread is, in percentage points; `what`: "Reliably improved on the PHQ-9". */
void practitioner_say_shares(const practitioner_work *work, rp_statement *s, const practitioner_shares *shares,
                             const char *what);
/* How many people, to the nearest ten: the numbers of everyone would tell of those few who are not among them. */
long long practitioner_tens(int64_t people);

#endif
