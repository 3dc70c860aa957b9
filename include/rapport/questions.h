/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 6, questions: one file a question: a cohort in, an answer out. */
#ifndef RAPPORT_QUESTIONS_H
#define RAPPORT_QUESTIONS_H

#include "rapport/answer.h"
#include "rapport/record.h"

typedef struct rp_asked {
    const char *const *measures; /* short titles or names asked for; none: all */
    size_t n_measures;
    double level; /* of intervals: 0.95 */
    int threads;
} rp_asked;

/* A statement that a question can make: docs/statements.md and --list-statements come from these. */
typedef struct rp_statement_def {
    const char *id, *definition;
} rp_statement_def;

typedef struct rp_question {
    const char *name, *title;
    const char *const *tables;          /* that it needs or can use, NULL-ended */
    const rp_statement_def *statements; /* ended by one with a NULL id */
    /* The answer, in arena; NULL: see *error. */
    rp_answer *(*ask)(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error);
} rp_question;

size_t rp_questions_count(void);
const rp_question *rp_questions_at(size_t i);
const rp_question *rp_questions_find(rp_text name); /* NULL: none of that name */

#endif
