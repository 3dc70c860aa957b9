/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `durability`. Private to src/questions. */
#ifndef RAPPORT_DURABILITY_H
#define RAPPORT_DURABILITY_H

#include "rapport/questions.h"

extern const rp_question rp_question_durability;

#endif
