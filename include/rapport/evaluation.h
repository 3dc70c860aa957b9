/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 7, evaluation: open an input, make the cohort, ask the questions, hand over the answers. */
#ifndef RAPPORT_EVALUATION_H
#define RAPPORT_EVALUATION_H

#include "rapport/formats.h"
#include "rapport/questions.h"
#include "rapport/report.h"

typedef struct rp_evaluation_options {
    const char *input, *map;      /* map NULL: none */
    const char *const *questions; /* names; none: all */
    size_t n_questions;
    bool no_questions; /* record and cohort alone are wanted, for a view */
    rp_asked asked;
    rp_cohort_options cohort;
    int suppress_below; /* 0: off */
    uint64_t seed;
    bool clock, quiet;
} rp_evaluation_options;

typedef struct rp_evaluation {
    rp_record *record;
    rp_cohort *cohort; /* NULL for published figures */
    rp_answer **answers;
    size_t n_answers;
    rp_provenance provenance;
} rp_evaluation;

/* What a record is opened for: to be read, or only to be checked (rp_record_only_check). */
typedef enum rp_opening { RP_OPEN_TO_READ, RP_OPEN_TO_CHECK, RP_OPEN_TO_CHECK_WITHOUT_DIGESTS } rp_opening;

/* Reads and seals a record. In arena; NULL: see *error. */
rp_record *rp_evaluation_open(const char *input, const char *map, bool quiet, int threads, rp_opening opening,
                              rp_arena *arena, rp_faults *faults, rp_error *error) RP_MUST_CHECK;
/* The whole pipeline. Everything in arena. */
bool rp_evaluate(const rp_evaluation_options *options, rp_arena *arena, rp_evaluation *out,
                 rp_error *error) RP_MUST_CHECK;
/* The run as one reader sees it: of each answer what is for them (rp_answer_for), and only in the full report which
 * files were read. Small numbers must have been protected (assert), so that one pattern is shared by all readers. In
 * arena, borrowing what `evaluation` holds. */
bool rp_evaluation_for(const rp_evaluation *evaluation, rp_audience reader, rp_arena *arena, rp_evaluation *out,
                       rp_error *error) RP_MUST_CHECK;
/* Where a sealed record came from; out's lists in arena. seed 0, nothing protected, no clock: set them after. */
bool rp_evaluation_provenance(const rp_record *record, rp_arena *arena, rp_provenance *out,
                              rp_error *error) RP_MUST_CHECK;
/* Sets the seed and, with `clock`, the time. */
bool rp_evaluation_stamp(rp_provenance *provenance, uint64_t seed, bool clock, rp_arena *arena,
                         rp_error *error) RP_MUST_CHECK;

/* Files of published national figures, re-stated. */
typedef struct rp_published_options {
    const char *const *inputs;
    size_t n_inputs;
    rp_published_asked asked;
    int threads;
    uint64_t seed;
    bool clock, quiet;
} rp_published_options;
/* The whole pipeline for them: a record without a cohort, and one answer. Everything in arena. */
bool rp_evaluate_published(const rp_published_options *options, rp_arena *arena, rp_evaluation *out,
                           rp_error *error) RP_MUST_CHECK;
/* The views as CSV: one row an episode, one row a session. */
bool rp_evaluation_episodes_csv(const rp_evaluation *evaluation, rp_buf *out, rp_error *error) RP_MUST_CHECK;
bool rp_evaluation_sessions_csv(const rp_evaluation *evaluation, rp_buf *out, rp_error *error) RP_MUST_CHECK;
/* The national measures, in the columns of the monthly file (docs/national-measures.md). */
bool rp_evaluation_monthly_csv(const rp_monthly *monthly, rp_buf *out, rp_error *error) RP_MUST_CHECK;
/* The rows that were rejected: input, line, rule, carried, the row's text. */
bool rp_evaluation_rejects_csv(const rp_record *record, rp_buf *out, rp_error *error) RP_MUST_CHECK;

#endif
