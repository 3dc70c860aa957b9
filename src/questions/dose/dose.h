/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `dose`. Private to src/questions. */
#ifndef RAPPORT_DOSE_H
#define RAPPORT_DOSE_H

#include "rapport/questions.h"

extern const rp_question rp_question_dose;

#endif
