/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `fidelity`. Private to src/questions. */
#ifndef RAPPORT_FIDELITY_H
#define RAPPORT_FIDELITY_H

#include "rapport/questions.h"

extern const rp_question rp_question_fidelity;

#endif
