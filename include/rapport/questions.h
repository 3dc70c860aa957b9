/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 6, questions: one file a question: a cohort in, an answer out. */
#ifndef RAPPORT_QUESTIONS_H
#define RAPPORT_QUESTIONS_H

#include "rapport/answer.h"
#include "rapport/cohort.h"
#include "rapport/ledger.h"

typedef struct rp_asked {
    const char *const *measures; /* short titles or names asked for; none: all */
    size_t n_measures;
    double level; /* of intervals: 0.95 */
    int threads;
    /* For `claims`, which is asked last: the ledger (NULL: the one built in), and the run's other answers as their
     * readers will see them, small numbers hidden already. */
    const rp_ledger *ledger;
    const rp_answer *const *before;
    size_t n_before;
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

/* ---- the national measures, by organisation and month: rows, not an answer ------------------------------------------
 */

typedef enum rp_monthly_statistic {
    RP_MONTHLY_COUNT,
    RP_MONTHLY_SHARE, /* in percent */
    RP_MONTHLY_MEAN,
    RP_MONTHLY_MEDIAN,
    RP_MONTHLY_LARGEST,
    RP_MONTHLY_SMALLEST
} rp_monthly_statistic;

/* Where the name that stands in the file is from. */
typedef enum rp_monthly_name { RP_NAME_PUBLISHED, RP_NAME_AFTER_NEIGHBOURS, RP_NAME_OURS } rp_monthly_name;

/* A measure, or several whose ids are one range ("M212-M236"): the text that we have does not say which is which. */
typedef struct rp_monthly_measure {
    const char *id, *name; /* name "" where it is not made */
    rp_monthly_name named;
    rp_monthly_statistic statistic;
    const char *rule; /* in words */
    const char *lack; /* why it is not made; NULL: it is */
} rp_monthly_measure;
size_t rp_monthly_measures(void);
const rp_monthly_measure *rp_monthly_measure_at(size_t i);

typedef struct rp_monthly_options {
    int32_t from, to; /* months as rp_date_month has them; 0: from the first of the record to its last whole one */
    int hide_below;   /* 0: nothing is hidden, nothing is rounded; else 5 or more (assert) */
    bool exact_total; /* the total is not rounded, as the national file has England */
    int threads;
} rp_monthly_options;

#define RP_MONTHLY_TOTAL "All input" /* a kind of organisation that no national file has */
typedef struct rp_monthly_organisation {
    const char *kind; /* RP_MONTHLY_TOTAL, "SubICB" (a commissioner), "Provider" */
    const char *commissioner_code, *commissioner_name, *provider_code, *provider_name;
} rp_monthly_organisation;

/* Each event in the month in which it fell, whatever the cohort's own window is: make the cohort without one. Hidden
 * and rounded by the rules of docs/national-measures.md. The result does not depend on the number of threads. Memory:
 * 16 bytes for each organisation, month and tally, once for each thread. In arena. NULL: see *error. */
typedef struct rp_monthly rp_monthly;
rp_monthly *rp_monthly_make(const rp_cohort *cohort, const rp_monthly_options *options, rp_arena *arena,
                            rp_error *error) RP_MUST_CHECK;
size_t rp_monthly_organisations(const rp_monthly *monthly); /* the total first, then by kind and code */
const rp_monthly_organisation *rp_monthly_organisation_at(const rp_monthly *monthly, size_t i);
size_t rp_monthly_months(const rp_monthly *monthly);
void rp_monthly_days(const rp_monthly *monthly, size_t month, rp_date *first, rp_date *last); /* of a month */
/* Whether the record holds what the measure needs: of one that it does not hold there is no row. */
bool rp_monthly_told(const rp_monthly *monthly, size_t measure);
/* As it stands in the file: "*" where it is hidden; "-" for a hidden count that may be 5 or more; "" where there is no
 * such figure (a share of nobody). */
void rp_monthly_print(const rp_monthly *monthly, size_t organisation, size_t month, size_t measure, char out[32]);
/* What somebody who reads the file has to be told beside it, in sentences. */
size_t rp_monthly_notes(const rp_monthly *monthly);
const char *rp_monthly_note_at(const rp_monthly *monthly, size_t i);

/* ---- published national figures: asked of a record's table `published`, where there is no cohort -------------------
 */

typedef struct rp_published_asked {
    const char *period; /* of which single organisations and groups are shown; NULL: the last one, "all": every one */
    double level;       /* of intervals: 0.95 */
} rp_published_asked;
/* In arena; nothing in it is to be protected. NULL: see *error (no figure that is used, no such period). */
rp_answer *rp_published_ask(const rp_record *record, const rp_published_asked *asked, rp_arena *arena,
                            rp_error *error) RP_MUST_CHECK;
/* Whether some of a record's published figures were made by Rapport from somebody's own record. */
bool rp_published_has_own(const rp_record *record);
/* What it can say, ended by one with a NULL id. */
const rp_statement_def *rp_published_statements(void);

#endif
