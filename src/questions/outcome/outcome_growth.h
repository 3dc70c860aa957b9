/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How people change from session to session, by growth models. Private to src/questions/outcome. */
#ifndef RAPPORT_OUTCOME_GROWTH_H
#define RAPPORT_OUTCOME_GROWTH_H

#include "questions/common/course_model.h"
#include "questions/outcome/outcome_parts.h"

/* The courses of everyone with a score of the measure at a session. In arena; false: see *error. */
bool outcome_courses_make(const outcome_plan *plan, rp_arena *arena, rp_question_courses *out, rp_error *error);
/* Those people, and everyone, by band of the first score at a session. */
bool outcome_growth_people(outcome_work *work, rp_universe **out, rp_error *error);
rp_count outcome_growth_count(outcome_work *work, const rp_universe *people, size_t group, bool everyone);
/* The expected course by first score, and how far it misses clients who were held out of the model. */
bool outcome_write_expected(outcome_work *work, const rp_question_courses *courses, const rp_universe *people,
                            rp_error *error);

#endif
