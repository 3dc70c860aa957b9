/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of `outcome`: evaluate an input, find a statement or a row of a table. */
#ifndef RAPPORT_TEST_OUTCOME_HELPER_H
#define RAPPORT_TEST_OUTCOME_HELPER_H

#include <math.h>
#include <string.h>

#include "rapport/evaluation.h"

typedef struct run {
    rp_arena *arena;
    rp_evaluation evaluation;
    const rp_answer *answer;
} run;

static inline rp_evaluation_options run_options(const char *input, const char *map) {
    return (rp_evaluation_options){.input = input,
                                   .map = map,
                                   .asked = {.level = 0.95, .threads = 1},
                                   .cohort = {.from = RP_NO_DATE, .to = RP_NO_DATE, .horizon_weeks = NAN},
                                   .quiet = true};
}

static inline run evaluate(const rp_evaluation_options *options) {
    run r = {.arena = rp_arena_new(0)};
    rp_error error = {0};
    assert_non_null(r.arena);
    if (!rp_evaluate(options, r.arena, &r.evaluation, &error))
        fail_msg("%s: %s %s", options->input, error.message, error.remedy);
    r.answer = r.evaluation.answers[0];
    /* Every answer can be drawn in every form. */
    rp_report report = {.answers = (const rp_answer *const *)r.evaluation.answers,
                        .n_answers = r.evaluation.n_answers,
                        .provenance = &r.evaluation.provenance};
    for (int format = RP_REPORT_TEXT; format <= RP_REPORT_HTML; format++) {
        rp_buf out = {0};
        rp_report_write(&report, (rp_report_format)format, &out);
        assert_true(!out.failed && out.n > 300);
        rp_buf_free(&out);
    }
    return r;
}

/* The answer to a question, by its name. */
static inline const rp_answer *answer_to(const rp_evaluation *evaluation, const char *question) {
    for (size_t i = 0; i < evaluation->n_answers; i++)
        if (strcmp(evaluation->answers[i]->question, question) == 0)
            return evaluation->answers[i];
    fail_msg("no answer to %s", question);
    return NULL;
}

static inline void run_end(run *r) {
    rp_arena_free(r->arena);
}

static inline bool same_or_any(const char *wanted, const char *has) {
    return wanted == NULL || (has != NULL && strcmp(wanted, has) == 0);
}

/* The statement of this id, measure (NULL: any) and arm (NULL: everyone). */
static inline const rp_statement *statement(const run *r, const char *id, const char *measure, const char *arm) {
    for (size_t i = 0; i < r->answer->n_statements; i++) {
        const rp_statement *s = r->answer->statements[i];
        bool arms = arm == NULL ? s->arm == NULL : s->arm != NULL && strcmp(s->arm, arm) == 0;
        if (strcmp(s->id, id) == 0 && same_or_any(measure, s->measure) && arms && s->severity == NULL)
            return s;
    }
    fail_msg("no statement %s (%s)", id, arm != NULL ? arm : "everyone");
    return NULL;
}

static inline const rp_answer_table *table_of(const run *r, const char *id) {
    for (size_t i = 0; i < r->answer->n_tables; i++)
        if (strcmp(r->answer->tables[i]->id, id) == 0)
            return r->answer->tables[i];
    fail_msg("no table %s", id);
    return NULL;
}

static inline const rp_value *cell(const rp_answer_table *table, size_t row, const char *column) {
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->columns[c].id, column) == 0)
            return &table->values[row * table->n_columns + c];
    fail_msg("no column %s in %s", column, table->id);
    return NULL;
}

/* The first row in which two text columns have these values (the second may be NULL). */
static inline size_t row_where(const rp_answer_table *table, const char *column_a, const char *a, const char *column_b,
                               const char *b) {
    for (size_t r = 0; r < table->n_rows; r++) {
        const rp_value *x = cell(table, r, column_a), *y = column_b != NULL ? cell(table, r, column_b) : NULL;
        if (x->text != NULL && strstr(x->text, a) != NULL && (y == NULL || strcmp(y->text, b) == 0))
            return r;
    }
    fail_msg("no row %s / %s in %s", a, b, table->id);
    return 0;
}

static inline void counts_are(const run *r, const char *id, const char *measure, const char *arm, int64_t numerator,
                              int64_t denominator) {
    const rp_statement *s = statement(r, id, measure, arm);
    if (s->numerator.n != numerator || s->denominator.n != denominator)
        fail_msg("%s: %lld of %lld, expected %lld of %lld", id, (long long)s->numerator.n, (long long)s->denominator.n,
                 (long long)numerator, (long long)denominator);
}

static inline void close_to(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.12g is not %.12g within %g", ours, theirs, tolerance);
}

/* The five class counts of a method's row in the table of methods. */
static inline void classes_are(const run *r, const char *measure, const char *version, const char *method,
                               const int64_t expected[5]) {
    char id[128];
    snprintf(id, sizeof id, "outcome.methods.%s", measure);
    const rp_answer_table *table = table_of(r, id);
    size_t row = row_where(table, "version", version, "method", method);
    static const char *const columns[] = {"recovered", "improved", "unchanged", "deteriorated", "harmed"};
    for (size_t i = 0; i < 5; i++)
        if (cell(table, row, columns[i])->count.n != expected[i])
            fail_msg("%s %s %s: %lld, expected %lld", measure, method, columns[i],
                     (long long)cell(table, row, columns[i])->count.n, (long long)expected[i]);
}

#endif
