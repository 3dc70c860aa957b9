/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which measures a question was asked about. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_ASKED_H
#define RAPPORT_QUESTIONS_ASKED_H

#include "rapport/questions.h"

/* Is the measure one of those asked for? All are, where none is named. */
bool rp_question_asked_for(const rp_asked *asked, const rp_measure *measure);

#endif
