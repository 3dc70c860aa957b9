/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of a cohort's measures stands for symptoms or for the alliance, where a question takes one alone. Private to
 * src/questions. */
#ifndef RAPPORT_QUESTIONS_CHOSEN_H
#define RAPPORT_QUESTIONS_CHOSEN_H

#include "rapport/questions.h"

/* The client's alliance scale of the most items; of several the one with most scores. -1: none. */
int rp_question_alliance_of(const rp_cohort *cohort);
/* Of the outcome measures that are asked for and rated by the client: the PHQ-9, else the one with most scores; of a
 * questionnaire with several scales the total, where it has one. -1: none. */
int rp_question_symptoms_of(const rp_cohort *cohort, const rp_asked *asked);

#endif
