/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `pathway`. Private to src/questions. */
#ifndef RAPPORT_PATHWAY_H
#define RAPPORT_PATHWAY_H

#include "rapport/questions.h"

extern const rp_question rp_question_pathway;

#endif
