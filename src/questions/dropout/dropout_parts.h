/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `dropout` share. Private to src/questions/dropout.
 *
 * Everyone is marked by how many treatment sessions they had, whether the referral has ended and how
 * (common/sessions.h). Somebody with k sessions is at risk at sessions 1 to k; at session k only where the referral has
 * ended, since otherwise it is not known whether a further one comes. */
#ifndef RAPPORT_DROPOUT_PARTS_H
#define RAPPORT_DROPOUT_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/saying.h"
#include "questions/common/sessions.h"
#include "rapport/models.h"
#include "rapport/questions.h"

enum { SESSIONS = RP_QUESTION_FOLLOWED };

typedef struct dropout_work {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    const rp_frame *stages, *endings;
    rp_answer *answer;
    int end_reason;         /* column of RP_REFERRALS */
    rp_question_set people; /* of the whole cohort, by sessions and endings */
} dropout_work;

/* Sorts everyone of the cohort. false: see *error. */
bool dropout_sort(dropout_work *work, rp_error *error);

/* ---- whom ------------------------------------------------------------------------------------------------------ */

#define ANY_WAY (~(uint64_t)0)
rp_count dropout_entered(const dropout_work *work);
/* Of those who had session k, whose referral has ended or who had a further one: what came next is known. */
rp_count dropout_at_risk(const dropout_work *work, unsigned k);
/* Of everyone who entered, those of whom it is known whether they came past session k: not those who have not ended
 * and had no more than k. */
rp_count dropout_known_by(const dropout_work *work, unsigned k);
/* Those who ended so, up to session k. */
rp_count dropout_ended_by(const dropout_work *work, unsigned k, uint64_t ways);
/* Is it on record of anybody who entered and whose referral has ended how it ended? */
bool dropout_knows_ways(const dropout_work *work);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct dropout_way {
    const char *name, *title; /* "left", "Left" */
    uint64_t ways;            /* RP_QUESTION_ENDED */
} dropout_way;
/* As they are followed from session to session: the classes of common/sessions.h, and those who may have left. */
enum { MAY_HAVE_LEFT = WAYS_OF_ENDING, FOLLOWED_WAYS };
extern const dropout_way dropout_ways[FOLLOWED_WAYS];
extern const dropout_way dropout_endings[ENDINGS];

extern const rp_statement_def dropout_statements[]; /* ended by a NULL id */
void dropout_write_incidence(const dropout_work *work);
void dropout_write_hazard(const dropout_work *work);
void dropout_write_ends(const dropout_work *work);

#endif
