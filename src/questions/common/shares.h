/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of people in rows of tables, the same in every question. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_SHARES_H
#define RAPPORT_QUESTIONS_SHARES_H

#include "questions/common/groups.h"
#include "rapport/models.h"

/* Per cent of `whole` who are in `part`, with the limits of Wilson's interval: three values. */
void rp_question_put_share(const rp_answer *answer, rp_value *at, rp_count part, rp_count whole, double level);

/* An outcome that is not known of everyone: how many are known to have it, of whom, the share with its limits, of how
 * many it is not known, the worst and the best case: eight values. */
enum { RP_QUESTION_KNOWN_VALUES = 8 };
#define RP_QUESTION_KNOWN_COLUMNS                                                                                      \
    {"known", "Known", "people"}, {"of", "Of", "people"}, {"share", "Share", "%"}, {"lower", "From", "%"},             \
        {"upper", "To", "%"}, {"unknown", "Not known", "people"}, {"worst", "Worst case", "%"}, {                      \
        "best", "Best case", "%"                                                                                       \
    }
typedef struct rp_question_known {
    rp_count known, not_known, either, whole;
    bool good; /* to have it */
} rp_question_known;
void rp_question_put_known(const rp_answer *answer, rp_value *at, const rp_question_known *of, double level);

/* Percentage points by which the share of `part` in `whole` lies above that of everyone else, with Newcombe's limits:
 * three values, to a tenth, so that no count of few people can be had from their decimals. `all_part` and `all_whole`:
 * the same of everyone. Empty where one side is nobody. */
void rp_question_put_difference(const rp_answer *answer, rp_value *at, const rp_count part[2], const rp_count all[2],
                                double level);

/* To `decimals`, the number itself and not only as it is shown. */
double rp_question_rounded(double number, int decimals);

#endif
