/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How treatment ended, by the recorded reason: the same classes of codes in every question. Private to src/questions.
 */
#ifndef RAPPORT_QUESTIONS_ENDINGS_H
#define RAPPORT_QUESTIONS_ENDINGS_H

#include "questions/common/saying.h"
#include "rapport/cohort.h"

typedef enum rp_question_ending {
    ENDING_AGREED,       /* 46; completed */
    ENDING_LEFT,         /* 47: earlier than the practitioner planned; left_early */
    ENDING_DECLINED,     /* 14: declined the treatment offered; declined, withdrew_from_study */
    ENDING_BY_SERVICE,   /* 48: earlier than the client asked for; service_ended */
    ENDING_REFERRED_ON,  /* 11, 13: signposted or referred elsewhere; referred_on */
    ENDING_DIED,         /* 17, 49; died */
    ENDING_OTHER,        /* 10, 12, 16, 50; not_suitable */
    ENDING_NOT_RECORDED, /* 95, 96, not_known, codes that are retired, and nothing */
    ENDINGS
} rp_question_ending;

rp_question_ending rp_question_ending_of_code(const char *code); /* NULL: none is recorded */
/* Of a referral that has ended; `column`: end_reason of RP_REFERRALS. */
rp_question_ending rp_question_ending_of(const rp_record *record, int column, uint32_t referral);

/* One treatment session alone, of those treated whose referral has ended: what `pathway` and `dropout` both say. */
rp_question_saying rp_question_one_session(const char *id, bool headline);

#endif
