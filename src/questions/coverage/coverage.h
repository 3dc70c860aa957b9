/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `coverage`. Private to src/questions. */
#ifndef RAPPORT_COVERAGE_H
#define RAPPORT_COVERAGE_H

#include "rapport/questions.h"

extern const rp_question rp_question_coverage;

#endif
