/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `claims`. Private to src/questions. */
#ifndef RAPPORT_CLAIMS_H
#define RAPPORT_CLAIMS_H

#include "rapport/questions.h"

extern const rp_question rp_question_claims;

#endif
