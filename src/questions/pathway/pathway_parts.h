/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `pathway` share. Private to src/questions/pathway.
 *
 * Every person of the cohort stands in one cell: how far they came, how it ended or how long nothing has happened, and
 * how long they waited. Every count is a union of cells of one universe, so that protection sees all of them together.
 * Definitions: docs/national-definitions.md. */
#ifndef RAPPORT_PATHWAY_PARTS_H
#define RAPPORT_PATHWAY_PARTS_H

#include "questions/common/days.h"
#include "questions/common/frame.h"
#include "questions/common/saying.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* The three waits; each has three bands, split at two numbers of days. */
typedef enum pathway_wait { WAIT_ASSESSMENT, WAIT_TREATMENT, WAIT_SECOND, WAITS } pathway_wait;
typedef enum pathway_band { BAND_NONE, BAND_NOT_KNOWN, BAND_SHORT, BAND_MIDDLE, BAND_LONG, BANDS } pathway_band;
extern const int pathway_limits[WAITS][2]; /* days: short up to the first, middle up to the second */

/* How it stands at the last date of the record. From ENDED on: the reasons of ending, ENDED itself for none recorded.
 */
enum {
    OVER_NOT_KNOWN,
    OPEN_NO_DATE, /* treated, but it is not known when last */
    OPEN_UNTREATED,
    OPEN_TO_60,
    OPEN_TO_90,
    OPEN_TO_120,
    OPEN_LONGER,
    ENDED
};

enum { PATHWAY_DAYS = RP_QUESTION_DAYS };

typedef struct pathway_cell {
    int arm;                            /* not told apart here: for the frame alone */
    unsigned contact, ending, followed; /* followed: rp_known */
    unsigned bands[WAITS];
} pathway_cell;

typedef struct pathway_plan {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame, *endings; /* of stages, and what cuts it by how treatment ended */
    rp_date last_seen;               /* the last date on which the record says that something happened */
    const rp_code_list *reasons, *attendances;
    int reason_column, attendance_column;
    unsigned n_endings;
    size_t n_codes;  /* cells that there could be */
    size_t n_cells;  /* cells that somebody is in */
    uint32_t *index; /* code -> cell; of meaning where somebody is in it */
    uint32_t *codes; /* cell -> code */
    bool research;
    const char *noun; /* "people referred" */
} pathway_plan;

pathway_cell pathway_cell_at(size_t code);
/* The cell that it lies in, of the frame of endings. */
size_t pathway_frame_cell(const pathway_plan *plan, const pathway_cell *cell);

typedef struct pathway_counts {
    int64_t *cells;        /* [n_cells] */
    int64_t *days;         /* [WAITS][PATHWAY_DAYS], of those whose wait is known */
    int64_t *appointments; /* [attendances + 1], the last for none recorded */
} pathway_counts;

/* false: see *error. */
bool pathway_plan_make(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, pathway_plan *out,
                       rp_error *error);
bool pathway_counts_make(const pathway_plan *plan, rp_arena *arena, pathway_counts *out, rp_error *error);

typedef struct pathway_work {
    pathway_plan plan;
    pathway_counts counts;
    rp_answer *answer;
    rp_universe *people, *appointments;
} pathway_work;

/* Who is counted: bit i of each set is value i of that part of the cell. */
typedef struct pathway_who {
    const pathway_plan *plan;
    unsigned contacts, followed;
    uint64_t endings;
    unsigned bands[WAITS];
} pathway_who;
#define BIT(i) (1u << (i))
pathway_who pathway_anyone(const pathway_work *work);
/* Of them, those whose referral has ended, has not ended, or about whose end nothing is known. */
pathway_who pathway_ended(pathway_who who);
pathway_who pathway_not_ended(pathway_who who);
rp_count pathway_count(pathway_work *work, const pathway_who *who);
rp_interval pathway_share(const pathway_work *work, const rp_count *part, const rp_count *whole);

rp_statement *pathway_say(pathway_work *work, const rp_question_saying *saying, const pathway_who *who,
                          const pathway_who *whole);

extern const rp_statement_def pathway_statements[];

enum { REFERRED, ASSESSED, ENTERED, SECOND, FINISHED, FOLLOWED, STEPS };
const char *pathway_step_title(const pathway_work *work, size_t step);
/* Steps that the record can tell of: those from FINISHED on need dates of ending. */
size_t pathway_steps_told(const pathway_work *work);
/* Those who are at this step, whatever the steps before; of those at the step before, those who are not. */
pathway_who pathway_at_step(const pathway_work *work, size_t step);
pathway_who pathway_missed(const pathway_work *work, size_t step);

void pathway_write_steps(pathway_work *work);
void pathway_write_flow(pathway_work *work);
void pathway_write_ends(pathway_work *work);
void pathway_write_open(pathway_work *work);
void pathway_write_waits(pathway_work *work);
void pathway_write_appointments(pathway_work *work);

#endif
