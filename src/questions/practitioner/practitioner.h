/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `practitioner`. Private to src/questions. */
#ifndef RAPPORT_PRACTITIONER_H
#define RAPPORT_PRACTITIONER_H

#include "rapport/questions.h"

extern const rp_question rp_question_practitioner;

#endif
