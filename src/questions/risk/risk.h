/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `risk`. Private to src/questions. */
#ifndef RAPPORT_RISK_H
#define RAPPORT_RISK_H

#include "rapport/questions.h"

extern const rp_question rp_question_risk;

#endif
