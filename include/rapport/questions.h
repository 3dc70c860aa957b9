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

/* A further table that a question uses where it is there. */
typedef struct rp_table_use {
    rp_table_id table; /* RP_TABLES ends a list */
    const char *lack;  /* a sentence or two for a record without it: what cannot be told, and what could be with it */
    int beside;        /* rp_table_id: of use only where that table is there too; -1: by itself */
} rp_table_use;

typedef struct rp_question {
    const char *name, *title;
    const rp_table_use *uses;
    const rp_statement_def *statements; /* ended by one with a NULL id */
    /* Called by rp_questions_ask alone, which says what the record lacks. */
    rp_answer *(*ask)(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error);
} rp_question;

/* The answer, in arena, with the tables that the question could have used and the record lacks, and what they would
 * have told; of an answer without a statement the question itself has said why. NULL: see *error. */
rp_answer *rp_questions_ask(const rp_question *question, const rp_cohort *cohort, const rp_asked *asked,
                            rp_arena *arena, rp_error *error) RP_MUST_CHECK;

/* Tells a record (rp_record_only_ask) which columns no question reads: those of the large tables. */
void rp_questions_leave_out(rp_record *record);

size_t rp_questions_count(void);
const rp_question *rp_questions_at(size_t i);
const rp_question *rp_questions_find(rp_text name); /* NULL: none of that name */

/* ---- published national figures: asked of a record's table `published`, where there is no cohort -------------------
 */

typedef struct rp_published_asked {
    const char *period; /* of which single organisations and groups are shown; NULL: the last one, "all": every one */
    double level;       /* of intervals: 0.95 */
} rp_published_asked;
/* In arena; nothing in it is to be protected. NULL: see *error (no figure that is used, no such period). */
rp_answer *rp_published_ask(const rp_record *record, const rp_published_asked *asked, rp_arena *arena,
                            rp_error *error) RP_MUST_CHECK;
/* What it can say, ended by one with a NULL id. */
const rp_statement_def *rp_published_statements(void);

#endif
