/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A linear mixed model of courses (common/courses.h), filled row by row. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_COURSE_MODEL_H
#define RAPPORT_QUESTIONS_COURSE_MODEL_H

#include "questions/common/courses.h"
#include "rapport/mixed.h"

enum {
    RP_QUESTION_COLUMNS = 8,
    RP_QUESTION_MODEL_PEOPLE = 20,       /* ours: fewer make no model */
    RP_QUESTION_MODEL_ROWS = 10,         /* ours: fewer rows for each coefficient make no model */
    RP_QUESTION_MODEL_PRACTITIONERS = 10 /* ours: fewer do not tell how practitioners differ */
};

typedef struct rp_question_model {
    const rp_question_courses *courses;
    size_t n, room, n_columns; /* without the intercept */
    double *columns[RP_QUESTION_COLUMNS], *y;
    uint32_t *person, *practitioner;           /* of each row */
    bool clients_differ, practitioners_differ; /* random intercepts */
    size_t slopes;                             /* so many of the first columns have effects that differ by client */
    size_t n_people;                           /* with a row: rows of one person are added one after the other */
} rp_question_model;
/* In arena; false: no memory. */
bool rp_question_model_new(const rp_question_courses *courses, size_t room, size_t n_columns, rp_arena *arena,
                           rp_question_model *out);
/* `person`: as in the courses. x: n_columns numbers. */
void rp_question_model_row(rp_question_model *model, size_t person, double y, const double *x);
/* Enough people and rows? */
bool rp_question_model_feasible(const rp_question_model *model);
/* By REML, in arena with all that it rests on; the model is borrowed. NULL: see *error. Term 0 is the clients', if they
 * differ. */
rp_mixed_fit *rp_question_model_fit(const rp_question_model *model, rp_arena *arena, rp_error *error);
/* The effect of a column, with Satterthwaite's degrees of freedom. false: see *error. */
bool rp_question_model_effect(const rp_mixed_fit *fit, size_t column, double level, rp_arena *arena,
                              rp_mixed_effect *out, rp_error *error);
/* The same for n columns, at the price of one: `out` has n places. */
bool rp_question_model_effects(const rp_mixed_fit *fit, const size_t *columns, size_t n, double level, rp_arena *arena,
                               rp_mixed_effect *out, rp_error *error);

#endif
