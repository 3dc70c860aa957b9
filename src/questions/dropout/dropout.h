/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `dropout`. Private to src/questions. */
#ifndef RAPPORT_DROPOUT_H
#define RAPPORT_DROPOUT_H

#include "rapport/questions.h"

extern const rp_question rp_question_dropout;

#endif
