/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `fidelity` share. Private to src/questions/fidelity.
 *
 * What is on record of each person who entered treatment is read twice: first to see which lines would be the people of
 * one practitioner alone, then to sort people into the lines that are told. Sums go over people in the cohort's order,
 * so that neither blocks nor threads change them. */
#ifndef RAPPORT_FIDELITY_PARTS_H
#define RAPPORT_FIDELITY_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/lines.h"
#include "questions/common/saying.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* ---- what there is to tell apart ------------------------------------------------------------------------- */

/* The last of each is for what is not told apart: codes past the room, and lines of one practitioner alone. */
enum { PROTOCOLS = 16, COMPONENTS = 13, PROBLEMS = 18, RATERS = 5 };
enum { OTHER_PROTOCOL = PROTOCOLS - 1, OTHER_COMPONENT = COMPONENTS - 1, OTHER_PROBLEM = PROBLEMS - 1 };

typedef struct fidelity_list {
    const char *codes[PROTOCOLS], *titles[PROTOCOLS];
    size_t n; /* named ones */
    size_t other;
    size_t *place_of_known; /* by the known codes */
} fidelity_list;
/* The codes of these columns over all rows of the record: known ones in the order of their list, then others in byte
 * order; `most` of them. What stands in the answer depends on the record, not on who is in the cohort. */
typedef struct fidelity_source {
    rp_table_id table;
    const char *column;
} fidelity_source;
bool fidelity_list_make(const rp_record *record, const fidelity_source *sources, size_t n, size_t most, rp_arena *arena,
                        fidelity_list *out, rp_error *error);
/* Where the code of a row stands in the list, or list->other. */
size_t fidelity_list_place(const fidelity_list *list, const rp_record *record, rp_table_id table, int column,
                           size_t row);
#define FIDELITY_NO_CODE SIZE_MAX /* the row has none */

/* Problems by the descriptor's own code: those of the schema's open list, another, none recorded. */
size_t fidelity_problem_of(const rp_cohort *cohort, uint32_t referral); /* below OTHER_PROBLEM */
const char *fidelity_problem_title(size_t problem);

typedef enum fidelity_step { STEP_LOW, STEP_HIGH, STEP_BOTH, STEP_NEITHER, STEP_NOT_KNOWN, STEPS } fidelity_step;
extern const char *const fidelity_step_titles[STEPS];

typedef enum fidelity_scale { ADHERENCE, COMPETENCE, SCALES } fidelity_scale;

/* ---- one person --------------------------------------------------------------------------------------------- */

/* What all rows about a component come to. */
typedef enum fidelity_state { NO_ROW, UNSAID, NOT_DELIVERED, DELIVERED, STATES } fidelity_state;

typedef struct fidelity_person {
    size_t problem;
    fidelity_step step;
    rp_question_whose by;        /* at any attended contact */
    uint32_t delivered, planned; /* protocols: bits by their places in the list */
    int intensity;               /* of the latest plan that says; -1: none does */
    double contacts;             /* attended */
    double rated[SCALES];        /* attended contacts with a rating by anyone */
    rp_question_whose of_protocol[PROTOCOLS], of_component[PROTOCOLS][COMPONENTS], of_rater[SCALES][RATERS];
    uint8_t state[PROTOCOLS][COMPONENTS];
    double ratings[SCALES][RATERS], sums[SCALES][RATERS]; /* contacts rated by this rater, and their ratings' sum */
} fidelity_person;

/* A person of the cohort. */
typedef struct fidelity_base {
    uint32_t row; /* in RP_REFERRALS */
    bool entered;
    size_t cell;
} fidelity_base;

typedef struct fidelity_columns {
    int practitioner, protocol, component, delivered, scale[SCALES], rater, planned, intensity;
    const rp_code_list *raters, *intensities;
} fidelity_columns;

/* ---- lines ---------------------------------------------------------------------------------------------------- */

/* What is told together: bits by place. The last of problems_of is of those with no protocol on record. */
typedef struct fidelity_merged {
    uint32_t protocols, problems, steps, steps_of[PROTOCOLS], problems_of[PROTOCOLS + 1], components_of[PROTOCOLS],
        raters[SCALES], intensities;
} fidelity_merged;

/* ---- the work --------------------------------------------------------------------------------------------------- */

/* Of everyone, in the first universe. */
#define ENTERED     MARK(0)
#define RECORDED    MARK(1) /* a protocol is on record */
#define SEVERAL     MARK(2)
#define SAID        MARK(3) /* of some component whether it was delivered */
#define NOT_ALL     MARK(4) /* and of one that it was not */
#define STEP(i)     MARK(5 + (i))
#define PROTOCOL(i) MARK(10 + (i))
#define PROBLEM(i)  MARK(26 + (i))
/* Of plans, beside ENTERED, RECORDED and STEP. */
#define PLANNED       MARK(2)
#define OUTSIDE       MARK(3) /* a protocol on record that was not planned */
#define FOLLOWED      MARK(4) /* one that was */
#define PLANNED_P(i)  MARK(10 + (i))
#define FOLLOWED_P(i) MARK(26 + (i))
#define INTENSITY(i)  MARK(42 + (i))
enum { INTENSITIES = 5 /* the last: none is recorded */ };
/* Of the components of one protocol; ENTERED: has it. */
#define STATE(c, s) MARK(5 + 3 * (c) + (s)-1)
/* Of ratings. */
#define RATED(q, r) MARK(1 + RATERS * (q) + (r))

typedef struct fidelity_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    const rp_record *record;
    fidelity_columns columns;
    fidelity_list protocols, components;
    fidelity_merged merged;
    const fidelity_base *people;
    size_t n_people;
    rp_question_set all, plans, ratings, of_protocol[PROTOCOLS];
    rp_moments shares[PROTOCOLS];                 /* of all components of each person, what was delivered */
    rp_pair_moments contacts[SCALES][RATERS + 1]; /* x: attended contacts, y: rated ones; the last: by anyone */
    rp_pair_moments ratings_of[SCALES][RATERS];   /* x: ratings, y: their sum */
} fidelity_work;

fidelity_columns fidelity_columns_find(void);
/* Reads what is on record of one person. O(rows of the referral). */
void fidelity_read(const fidelity_work *work, uint32_t referral, fidelity_person *out);
/* Sorts everyone of the cohort. false: see *error. */
bool fidelity_sort(fidelity_work *work, rp_arena *scratch, rp_error *error);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

extern const rp_statement_def fidelity_statements[];
void fidelity_say(const fidelity_work *work, const char *id, const char *label, const char *of, const char *words,
                  const char *cohort, bool headline, rp_count part, rp_count whole);
const char *fidelity_protocol_title(const fidelity_work *work, size_t protocol);
/* Is this protocol's line told? The line of what is not told apart is, where somebody is in it. */
bool fidelity_is_line(const fidelity_work *work, size_t protocol);

/* Shows values of a row only where this count of another universe may be shown: what they tell goes together. */
void fidelity_tie(rp_value *values, size_t n, rp_count to);

void fidelity_write_protocols(const fidelity_work *work);
void fidelity_write_problems(const fidelity_work *work);
void fidelity_write_steps(const fidelity_work *work);
void fidelity_write_recorded(const fidelity_work *work); /* by step */
void fidelity_write_components(const fidelity_work *work);
void fidelity_write_plans(const fidelity_work *work);
void fidelity_write_ratings(const fidelity_work *work);

#endif
