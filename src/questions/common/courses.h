/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores session by session, for models of how people change: what `alliance-outcome` and the growth in `outcome` are
 * made of. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_COURSES_H
#define RAPPORT_QUESTIONS_COURSES_H

#include "rapport/cohort.h"

typedef struct rp_question_courses_asked {
    const rp_cohort *cohort;
    const size_t *measures; /* of the cohort */
    size_t n_measures;
    size_t most_people; /* of more, every so-manieth is taken; at least 1 (assert) */
    int threads;
    /* Is somebody with these sessions in? Called by several threads. */
    bool (*is_in)(const void *context, const rp_session *sessions, size_t n);
    const void *context;
} rp_question_courses_asked;

/* Sessions at which none of the measures was taken are left out. */
typedef struct rp_question_courses {
    size_t n_people, n_measures;
    size_t one_in;                /* 1: everyone who is in; else every one_in-th, in the order of the cohort */
    const size_t *starts;         /* n_people + 1: a person's first session */
    const uint32_t *person;       /* place in the cohort */
    const uint32_t *referral;     /* row in RP_REFERRALS */
    const int *arm;               /* -1: none */
    const uint32_t *practitioner; /* numbered from 0 (common/practitioner_of.h); RP_NO_ID: none is recorded */
    size_t n_practitioners;
    const double *number; /* of each session: its number, or its occasion where the record goes by occasions */
    /* Of each session: which treatment session it was, from 1; by occasion, which of the cohort's. NaN: none. */
    const double *place;
    const double *weeks;  /* since the first session; NaN: not known */
    const double *values; /* n_measures a session, NaN where not measured then */
} rp_question_courses;
/* In arena; false: see *error. O(sessions). */
bool rp_question_courses_make(const rp_question_courses_asked *asked, rp_arena *arena, rp_question_courses *out,
                              rp_error *error);

#endif
