/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Medians of people's days from histograms, which merge (ranks.h). Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_DAYS_H
#define RAPPORT_QUESTIONS_DAYS_H

#include "questions/common/ranks.h"
#include "rapport/answer.h"

/* A histogram's cells: 0 to 999 days, then all that is longer: about three years. */
enum { RP_QUESTION_DAYS = 1001 };

/* Of n people, a quarter, two, or three; NaN: of nobody, or longer than the histogram tells. */
double rp_question_day_quantile(const int64_t *days, int64_t n, int quarter);
typedef struct rp_question_median {
    double estimate, lower, upper; /* NaN: none, or longer than the histogram tells */
    bool bounded;                  /* there are enough people for an interval */
} rp_question_median;
rp_question_median rp_question_median_of(const int64_t *days, int64_t n, double level);
/* "a median of 14 days <from_to> (95% interval 7 to 21)". */
const char *rp_question_median_words(rp_answer *answer, const rp_question_median *median, const char *from_to,
                                     double level);

#endif
