/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose client somebody is, where one practitioner has to be named. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_PRACTITIONER_OF_H
#define RAPPORT_QUESTIONS_PRACTITIONER_OF_H

#include "rapport/cohort.h"

/* Where it stands who held a session. */
typedef struct rp_question_holding {
    const rp_record *record;
    int contact, activity, log; /* columns of these tables */
} rp_question_holding;
rp_question_holding rp_question_holding_of(const rp_record *record);
/* Id of who held a treatment session: of a contact its own practitioner, or, where none is recorded, the first that an
 * activity of it names; of an internet log whoever guided it. RP_NO_ID: not recorded. */
uint32_t rp_question_holder(const rp_question_holding *holding, const rp_treatment *treatment);

/* Who held the sessions of one person. {0} is nobody. */
enum { RP_QUESTION_HOLDERS = 16 /* more of one person are not told apart: none of them held most sessions */ };
typedef struct rp_question_holders {
    uint32_t who[RP_QUESTION_HOLDERS];
    uint32_t sessions[RP_QUESTION_HOLDERS], last[RP_QUESTION_HOLDERS]; /* how many, and the number of the last */
    size_t n;
} rp_question_holders;
/* RP_NO_ID changes nothing. */
void rp_question_holders_add(rp_question_holders *holders, uint32_t who, uint32_t number);
/* Who held most of them; of several with as many, the one who came last: often the first session goes with the
 * assessment, and is of whoever assessed. RP_NO_ID: nobody is recorded. */
uint32_t rp_question_holders_most(const rp_question_holders *holders);

/* The same of all treatment sessions of an episode. */
uint32_t rp_question_practitioner_of(const rp_question_holding *holding, const rp_cohort *cohort,
                                     const rp_episode *episode);
/* Whom a study's map names for a person, where there are no contacts; NULL: nobody. Borrowed from the record. */
const char *rp_question_practitioner_named(const rp_record *record, const rp_episode *episode);

#endif
