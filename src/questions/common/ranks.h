/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Medians and quartiles of whole numbers from a histogram, which merges: cell i holds how many people have i, the last
 * how many have as much or more. Private to src/questions.
 *
 * Quantile p: the smallest number that at least the share p of people did not exceed (Hyndman & Fan, American
 * Statistician 50, 1996, definition 1). Interval of the median: order statistics r and n + 1 - r, with r the largest
 * for which a binomial(n, 1/2) lies below r with probability (1 - level) / 2 at most (David & Nagaraja, Order
 * Statistics, 2003, section 7.1). */
#ifndef RAPPORT_QUESTIONS_RANKS_H
#define RAPPORT_QUESTIONS_RANKS_H

#include <stddef.h>
#include <stdint.h>

/* Below this a quartile would be the number of one of very few. With 20, five people lie to each side of it. */
enum { RP_QUESTION_SPREAD_FROM = 20 };

/* The number of the person who is number `rank` from the lowest; NaN: it lies in the last cell. */
double rp_question_of_rank(const int64_t *histogram, size_t cells, int64_t rank);
/* Quartile 1, 2 or 3 of n people; NaN: of nobody, or in the last cell. */
double rp_question_quantile(const int64_t *histogram, size_t cells, int64_t n, int quarter);
/* The r of the interval of the median; 0: too few people for one. */
int64_t rp_question_median_rank(int64_t n, double level);

#endif
