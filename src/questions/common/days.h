/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days: the last of the record, and medians of people's days from histograms, which merge. Private to src/questions.
 *
 * Quantile p: the smallest number of days that at least the share p of people did not exceed (Hyndman & Fan, American
 * Statistician 50, 1996, definition 1). Interval of the median: order statistics r and n + 1 - r, with r the largest
 * for which a binomial(n, 1/2) lies below r with probability (1 - level) / 2 at most (David & Nagaraja, Order
 * Statistics, 2003, section 7.1). */
#ifndef RAPPORT_QUESTIONS_DAYS_H
#define RAPPORT_QUESTIONS_DAYS_H

#include "rapport/answer.h"
#include "rapport/record.h"

/* A histogram's cells: 0 to 999 days, then all that is longer: about three years. Below SPREAD_FROM people a quartile
 * would be the days of one of very few; with 20, five people lie to each side of it. */
enum { RP_QUESTION_DAYS = 1001, RP_QUESTION_SPREAD_FROM = 20 };

/* The last date on which the record says that something happened; RP_NO_DATE: none. O(rows). */
rp_date rp_question_last_seen(const rp_record *record);

/* The days of the person who is number `rank` from the shortest; NaN: longer than the histogram tells. */
double rp_question_day_of_rank(const int64_t *days, int64_t rank);
/* Of n people, a quarter, two, or three; NaN of nobody. */
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
