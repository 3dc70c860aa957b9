/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be said of the people whom a cohort holds. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_WHOM_H
#define RAPPORT_QUESTIONS_WHOM_H

#include "rapport/answer.h"
#include "rapport/cohort.h"

/* A caveat where the cohort is chosen by referrals that have ended. */
void rp_question_caveat_ended(rp_answer *answer, const rp_cohort *cohort);

#endif
