/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a share is told in a sentence, the same in every question. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_PERCENT_H
#define RAPPORT_QUESTIONS_PERCENT_H

#include "rapport/answer.h"

/* "47%", "47.3%" where the denominator carries a decimal; "not defined" for NaN. In the answer's arena. */
const char *rp_question_percent(rp_answer *answer, double share, int64_t denominator);

#endif
