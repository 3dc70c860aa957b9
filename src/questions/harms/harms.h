/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `harms`. Private to src/questions. */
#ifndef RAPPORT_HARMS_H
#define RAPPORT_HARMS_H

#include "rapport/questions.h"

extern const rp_question rp_question_harms;

#endif
