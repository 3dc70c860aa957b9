/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RAPPORT_ALLIANCE_OUTCOME_H
#define RAPPORT_ALLIANCE_OUTCOME_H

#include "rapport/questions.h"

extern const rp_question rp_question_alliance_outcome;

#endif
