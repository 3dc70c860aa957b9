/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `equity`. Private to src/questions. */
#ifndef RAPPORT_EQUITY_H
#define RAPPORT_EQUITY_H

#include "rapport/questions.h"

extern const rp_question rp_question_equity;

#endif
