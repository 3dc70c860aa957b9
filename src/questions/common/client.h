/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the table of clients says of a person, the same in every question. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_CLIENT_H
#define RAPPORT_QUESTIONS_CLIENT_H

#include "rapport/cohort.h"

/* The client's row; -1: there is none. */
int64_t rp_question_client(const rp_record *record, const rp_episode *episode);
/* Whole years between the year of birth and that of the referral; -1: not known, or an age that nobody has. */
int64_t rp_question_age(const rp_record *record, int64_t client, const rp_episode *episode);

typedef enum rp_question_work {
    WORK_EMPLOYED,
    WORK_UNEMPLOYED,
    WORK_STUDENT,
    WORK_SICK,
    WORK_HOME,
    WORK_RETIRED,
    WORK_OTHER,
    WORK_NOT_STATED,
    WORK_NOT_RECORDED
} rp_question_work;
rp_question_work rp_question_work_of(const rp_record *record, int64_t client);

/* The five headings of the 2001 census of England and Wales. */
typedef enum rp_question_ethnic {
    ETHNIC_WHITE,
    ETHNIC_MIXED,
    ETHNIC_ASIAN,
    ETHNIC_BLACK,
    ETHNIC_OTHER, /* Chinese too */
    ETHNIC_NOT_STATED,
    ETHNIC_NOT_RECORDED
} rp_question_ethnic;
rp_question_ethnic rp_question_ethnic_of(const rp_record *record, int64_t client);
/* RP_NO: another language is preferred. */
rp_known rp_question_prefers_english(const rp_record *record, int64_t client);

#endif
