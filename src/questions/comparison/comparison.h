/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `comparison`. Private to src/questions. */
#ifndef RAPPORT_COMPARISON_H
#define RAPPORT_COMPARISON_H

#include "rapport/questions.h"

extern const rp_question rp_question_comparison;

#endif
