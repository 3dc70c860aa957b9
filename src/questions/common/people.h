/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a large number is told in a sentence. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_PEOPLE_H
#define RAPPORT_QUESTIONS_PEOPLE_H

#include "rapport/answer.h"

/* "1,813,432". In the answer's arena. */
const char *rp_question_people(rp_answer *answer, int64_t n);

#endif
