/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentence that a share of people is told in, the same in every question. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_SAYING_H
#define RAPPORT_QUESTIONS_SAYING_H

#include "rapport/answer.h"

/* "<n> of <m> <of> <words>: <share> (95% interval <lower> to <upper>)." */
typedef struct rp_question_saying {
    const char *id, *label, *of, *words, *cohort;
    bool headline;
} rp_question_saying;
/* With Wilson's interval. */
rp_statement *rp_question_say(rp_answer *answer, const rp_question_saying *saying, rp_count part, rp_count whole,
                              double level);

#endif
