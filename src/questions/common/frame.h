/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far each person of a cohort came, and in which arm: what every question tells alike. It is the frame of every
 * universe of people (rapport/answer.h), so that what one question shows of it can be held against all others. Private
 * to src/questions. */
#ifndef RAPPORT_QUESTIONS_FRAME_H
#define RAPPORT_QUESTIONS_FRAME_H

#include "rapport/answer.h"
#include "rapport/cohort.h"

enum { RP_QUESTION_MOST_ARMS = 8 };

/* Attended contacts on record. */
typedef enum rp_question_contact {
    NOT_SEEN,
    SEEN_NOT_TREATED,
    TREATED_ONCE,
    TREATED_MORE,
    CONTACTS
} rp_question_contact;

/* A cell of the frame. A step that is not known to have been reached counts as not reached, as it does in answers. */
typedef struct rp_question_stage {
    int arm; /* -1: none */
    rp_question_contact contact;
    bool assessed, over;
} rp_question_stage;

/* How many arms the frame has: none where there is one alone, or too many to be shown. */
size_t rp_question_arms(const rp_cohort *cohort);
/* In arena; NULL: no memory. */
const rp_frame *rp_question_frame(const rp_cohort *cohort, rp_arena *arena);
rp_question_stage rp_question_stage_of(const rp_frame *frame, const rp_episode *episode);
/* A stage as a cell of the frame, below its n_cells, and back. */
size_t rp_question_cell(const rp_question_stage *stage);
rp_question_stage rp_question_stage_at(size_t cell);
size_t rp_question_cell_of(const rp_frame *frame, const rp_episode *episode);

#endif
