/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a question was asked: about which measures, with which ledger. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_ASKED_H
#define RAPPORT_QUESTIONS_ASKED_H

#include "rapport/questions.h"

/* Is the measure one of those asked for? All are, where none is named. */
bool rp_question_asked_for(const rp_asked *asked, const rp_measure *measure);
/* The same with a ledger: the one built in, where none is given. False: see *error. */
bool rp_question_with_ledger(const rp_asked *asked, rp_arena *arena, rp_asked *out, rp_error *error);

#endif
