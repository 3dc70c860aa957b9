/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What some answers tell alike of each person beside how far they came, as frames that cut the questions' frame
 * (rapport/answer.h): the answers decide alike which counts of these are shown, and add nothing to each other. Private
 * to src/questions. */
#ifndef RAPPORT_QUESTIONS_SHARED_MARKS_H
#define RAPPORT_QUESTIONS_SHARED_MARKS_H

#include "questions/common/endings.h"
#include "questions/common/frame.h"
#include "questions/common/groups.h"

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
/* Those of a set in the frame that cuts `stages` who are of this cut and have all marks of `has`. */
rp_count rp_question_in_cut(const rp_question_set *set, const rp_frame *stages, rp_question_cut cut, uint64_t has);

/* ---- change by the national rule, which `outcome` and `harms` tell of ------------------------------------------ */

typedef enum rp_question_change { CHANGED_NOT_WORSE, CHANGED_WORSE, CHANGE_NOT_KNOWN, CHANGES_TOLD } rp_question_change;
rp_question_change rp_question_change_of(const rp_episode *episode);
/* Cut into CHANGES_TOLD parts, in that order. */
const rp_frame *rp_question_frame_of_change(const rp_frame *stages, rp_arena *arena);

/* The same cut once more: of those of whom it is not known, why. Part by part, the known first. */
typedef enum rp_question_rule {
    RULE_NOT_WORSE,
    RULE_WORSE,
    RULE_NO_FIGURES, /* two scores on both measures, and no threshold */
    RULE_NO_PHQ9,
    RULE_NO_ANXIETY,
    RULE_ONE_PHQ9,
    RULE_ONE_ANXIETY,
    RULES_TOLD
} rp_question_rule;
rp_question_rule rp_question_rule_of(const rp_episode *episode);
const rp_frame *rp_question_frame_of_rule(const rp_frame *stages, rp_arena *arena);

/* How many scores there are of one measure: none, one, more. */
enum { SCORES_TOLD = 3 };
/* `by` (stages, or the frame of the rule) cut by that: cell scores * by->n_cells + the cell of `by`. */
const rp_frame *rp_question_frame_of_scores(const rp_frame *by, rp_arena *arena);

/* The frame of whoever tells of people measured on one measure of the cohort. */
typedef struct rp_question_measuring {
    const rp_frame *stages;
    const rp_frame *by;     /* `stages`, or, of a measure that the national rule may take, cut by what that knows */
    const rp_frame *scores; /* that, cut by how many scores there are: this one is the frame */
    size_t measure;
} rp_question_measuring;
/* false: no memory. */
bool rp_question_measuring_of(const rp_cohort *cohort, size_t measure, const rp_frame *stages, rp_arena *arena,
                              rp_question_measuring *out);
size_t rp_question_measuring_cell(const rp_question_measuring *measuring, const rp_episode *episode);

/* People of whom there is what the rule asks for. */
typedef struct rp_question_national_seen {
    int64_t endings, phq9, both; /* it is known whether the referral has ended; a score of the PHQ-9; and of anxiety */
} rp_question_national_seen;
void rp_question_national_see(const rp_episode *episode, rp_question_national_seen *seen); /* one person more */
/* Why the rule is not told of a cohort; NULL: it is. */
const char *rp_question_national_lack(const rp_cohort *cohort, const rp_question_national_seen *seen);

/* The same cut once more by what is on record of events: part event * CHANGES_TOLD + change. */
typedef enum rp_question_event { NO_EVENT, OTHER_EVENT, HARM_EVENT, EVENTS_TOLD } rp_question_event;
const rp_frame *rp_question_frame_of_harm(const rp_frame *stages, rp_arena *arena);

/* ---- risks raised, which `risk` tells of in several parts ---- */

/* Cut by change, too, since only people with scores can be known to have changed, and most of them have answers on
 * record: part raised * CHANGES_TOLD + change. */
typedef enum rp_question_raised { NOT_RAISED, RAISED_NO_ACTION, RAISED_ACTION, RAISED_TOLD } rp_question_raised;
const rp_frame *rp_question_frame_of_risk(const rp_frame *stages, rp_arena *arena);

/* ---- how treatment ended, which `pathway`, `dose` and `dropout` tell of ---- */

/* Cut by the ending of those who entered treatment and whose referral has ended: part 1 + ending; part 0 for the
 * others. */
const rp_frame *rp_question_frame_of_endings(const rp_frame *stages, rp_arena *arena);
size_t rp_question_stage_in_endings(const rp_frame *stages, const rp_question_stage *stage, rp_question_ending ending);
size_t rp_question_cell_of_ending(const rp_frame *stages, const rp_episode *episode, rp_question_ending ending);

#endif
