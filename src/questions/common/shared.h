/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What some answers tell alike of each person beside how far they came, as frames of their own (rapport/answer.h): each
 * cell of the questions' frame is cut into parts. What the frame tells is told first, in the same order, then sets of
 * parts. A universe in such a frame knows all that others know of stages, and with every universe in a frame that its
 * own is cut from, or that is cut from the same parts, it shares the parts too: they decide alike which counts of them
 * are shown. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_SHARED_H
#define RAPPORT_QUESTIONS_SHARED_H

#include "questions/common/frame.h"

/* How far people came, as a denominator. */
typedef enum rp_question_reach { REACH_ANY, REACH_ASSESSED, REACH_ENTERED, REACH_FINISHED, REACHES } rp_question_reach;
bool rp_question_reached(size_t stage_cell, rp_question_reach reach);
typedef struct rp_question_whole {
    const char *tail, *cohort, *noun; /* "per_entered", "entered", "people who entered treatment" */
} rp_question_whole;
rp_question_whole rp_question_whole_of(const rp_cohort *cohort, rp_question_reach reach);

/* Those who came so far and are in one of the parts (bit p: part p). */
typedef struct rp_question_cut {
    rp_question_reach reach;
    unsigned parts;
} rp_question_cut;
/* Part p of cell c of `stages` is cell p * stages->n_cells + c. In arena; NULL: no memory. */
const rp_frame *rp_question_frame_cut(const rp_frame *stages, size_t n_parts, const rp_question_cut *cuts,
                                      size_t n_cuts, rp_arena *arena);

/* ---- change by the national rule, which `outcome` and `harms` tell of ------------------------------------------ */

typedef enum rp_question_change { CHANGED_NOT_WORSE, CHANGED_WORSE, CHANGE_NOT_KNOWN, CHANGES_TOLD } rp_question_change;
rp_question_change rp_question_change_of(const rp_episode *episode);
/* Cut into CHANGES_TOLD parts, in that order. */
const rp_frame *rp_question_frame_of_change(const rp_frame *stages, rp_arena *arena);

/* The same cut once more by what is on record of events: part event * CHANGES_TOLD + change. */
typedef enum rp_question_event { NO_EVENT, OTHER_EVENT, HARM_EVENT, EVENTS_TOLD } rp_question_event;
const rp_frame *rp_question_frame_of_harm(const rp_frame *stages, rp_arena *arena);

/* ---- risks raised, which `risk` tells of in several parts ----------------------------------------------------------
 */

typedef enum rp_question_raised { NOT_RAISED, RAISED_NO_ACTION, RAISED_ACTION, RAISED_TOLD } rp_question_raised;
const rp_frame *rp_question_frame_of_risk(const rp_frame *stages, rp_arena *arena);

#endif
