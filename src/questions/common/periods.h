/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quarters or years, one after the other, by which answers tell of a trend. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_PERIODS_H
#define RAPPORT_QUESTIONS_PERIODS_H

#include "rapport/answer.h"
#include "rapport/cohort.h"

enum { RP_QUESTION_MOST_PERIODS = 36 };
typedef struct rp_question_periods {
    bool quarters;
    int64_t first; /* quarters or years since the year 0 */
    size_t n;      /* 0: not told apart */
} rp_question_periods;

/* Quarters while there are few of them, then years; of more years than can be read, none are told apart. */
rp_question_periods rp_question_periods_of(rp_date first, rp_date last);
/* Of a date between the two. There must be periods. */
size_t rp_question_period(const rp_question_periods *periods, rp_date date);
const char *rp_question_period_label(rp_answer *answer, const rp_question_periods *periods, size_t i);
/* The span of dates so far with one more; RP_NO_DATE changes nothing. */
void rp_question_reach_date(rp_date *first, rp_date *last, rp_date date);

#endif
