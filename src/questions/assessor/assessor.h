/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `assessor`. Private to src/questions. */
#ifndef RAPPORT_ASSESSOR_H
#define RAPPORT_ASSESSOR_H

#include "rapport/questions.h"

extern const rp_question rp_question_assessor;

#endif
