/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 7, evaluation: open an input, make the cohort, ask the questions, hand over the answers. */
#ifndef RAPPORT_EVALUATION_H
#define RAPPORT_EVALUATION_H

#include "rapport/formats.h"
#include "rapport/meta.h"
#include "rapport/mixed.h"
#include "rapport/questions.h"
#include "rapport/report.h"
#include "rapport/sem.h"

typedef struct rp_evaluation_options {
    const char *input, *map;      /* map NULL: none */
    const char *claims;           /* a folder of claims beside those built in; NULL: none */
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

/* What a record is opened for: to be read by questions, to be read whole, or only to be checked (rp_record_only_check).
 */
typedef enum rp_opening {
    RP_OPEN_TO_READ,
    RP_OPEN_WHOLE,
    RP_OPEN_TO_CHECK,
    RP_OPEN_TO_CHECK_WITHOUT_DIGESTS
} rp_opening;

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
/* A table of a record that was opened whole, as CSV: a column for each of its own. Not protected. */
bool rp_evaluation_table_csv(const rp_record *record, rp_table_id table, rp_buf *out, rp_error *error) RP_MUST_CHECK;
/* The rows that were rejected: input, line, rule, carried, the row's text. */
bool rp_evaluation_rejects_csv(const rp_record *record, rp_buf *out, rp_error *error) RP_MUST_CHECK;

/* ---- fit: a model of somebody's own (docs/fit.md) ------------------------------------------------- */

/* What every kind of model is told of its data, and of the run. */
typedef struct rp_fit_common {
    const char *input;
    const char *table, *map;    /* table NULL: input is one delimited file */
    const char *const *missing; /* texts that mean a missing value, beside the empty one and NA */
    size_t n_missing;
    double level; /* of intervals */
    int threads;
    uint64_t seed;
    bool clock, quiet;
} rp_fit_common;

typedef struct rp_fit_seconds {
    double read, prepare, fit, infer;
} rp_fit_seconds;

/* ---- mixed models, by their formula */

typedef enum rp_fit_interval { RP_FIT_WALD, RP_FIT_PROFILE, RP_FIT_BOOTSTRAP } rp_fit_interval;

typedef struct rp_fit_options {
    rp_fit_common common;
    const char *formula;
    rp_mixed_family family;
    bool ml;
    rp_mixed_df df;
    const char *weights, *ar1; /* columns; NULL: none */
    rp_fit_interval interval;
    int draws; /* of a bootstrap */
    int quadrature;
    const char *success; /* NULL: the outcome is a number */
    const char *const *references;
    size_t n_references;
} rp_fit_options;

/* Numbers that do not exist are NaN. */
typedef struct rp_fit {
    const rp_fit_options *options; /* borrowed */
    const rp_formula *formula;
    const rp_design *design;
    const rp_mixed_fit *fit;   /* its status may be that there is no estimate: then what follows is none */
    int64_t left_out;          /* rows without a value in some column that is used, or without a trial */
    int64_t trials, successes; /* binomial */
    rp_mixed_effect *effects;  /* of each coefficient; lower and upper by the interval that was asked for */
    rp_interval *parameters;   /* rp_mixed_parameters of them; NULL: Wald */
    int bootstrap_failed;
    rp_mixed_explained explained;
    const char **warnings; /* sentences */
    size_t n_warnings;
    rp_fit_seconds seconds;
    rp_provenance provenance;
} rp_fit;

/* Everything in arena. False: see *error; a fault in the formula has RP_FORMULA_FILE as its file. */
bool rp_fit_mixed(const rp_fit_options *options, rp_arena *arena, rp_fit *out, rp_error *error) RP_MUST_CHECK;
/* The result in the form of the commands' contract; as text within `width` columns; as CSV, a line a number; as an
 * answer for the report room (NULL: no memory). */
void rp_fit_put_json(const rp_fit *fit, rp_buf *out);
void rp_fit_put_text(const rp_fit *fit, size_t width, rp_buf *out);
void rp_fit_put_csv(const rp_fit *fit, rp_buf *out);
rp_answer *rp_fit_answer(const rp_fit *fit, rp_arena *arena);

/* ---- structural equation models, in the syntax of lavaan */

typedef struct rp_fit_sem_options {
    rp_fit_common common;
    const char *model; /* its text */
    rp_sem_estimator estimator;
    rp_sem_missing missing;
    const char *const *ordered; /* WLSMV: columns; none: all that the model names */
    size_t n_ordered;
    const char *group;   /* a column; NULL: one group */
    const char *cluster; /* a column, for two levels (ML of complete rows, without groups); NULL: one level */
    rp_sem_rules rules;
    int starts;                   /* 0: as many as the model needs */
    bool modification, residuals; /* these are asked for too */
    bool scores;                  /* and each row's latent variables; not with WLSMV, nor of two levels */
    const char *id;               /* with scores: a column that tells whose row it is; NULL: none */
} rp_fit_sem_options;

/* What can be equal over groups, by the words of lavaan's group.equal: the i-th word, and its flag. NULL: there are no
 * more. */
const char *rp_fit_sem_equal_word(size_t i);
bool *rp_fit_sem_equal_flag(rp_sem_rules *rules, size_t i);

/* A line of the parameter table, as lavaan's parameterEstimates() has it. What does not exist is NaN. */
typedef struct rp_fit_sem_line {
    const char *lhs, *op, *rhs; /* "f" "=~" "x1"; "x1" "~1" ""; "ind" ":=" "a*b" */
    size_t group;               /* SIZE_MAX: defined, of no group */
    const char *label;          /* NULL: none */
    bool free;                  /* estimated; a fixed one and a defined one are not */
    bool residual;              /* a variance, covariance or intercept of what has arrows to it */
    double estimate, se, z, p, lower, upper, std_all, std_se;
} rp_fit_sem_line;

/* How much of a variable the model explains: of each that has arrows to it. NaN: its residual variance is below 0. */
typedef struct rp_fit_sem_r2 {
    const char *variable;
    size_t group;
    double r2;
} rp_fit_sem_r2;

typedef struct rp_fit_sem {
    const rp_fit_sem_options *options; /* borrowed */
    const rp_sem_layout *layout;
    const rp_sem_spec *spec;
    const rp_sem_fit *fit;    /* its status may be that there is no estimate: then what follows is none */
    rp_sem_measures measures; /* NaN without an estimate */
    rp_fit_sem_line *lines;
    size_t n_lines;
    rp_sem_modification *modifications; /* where asked for, the largest first */
    size_t n_modifications;
    rp_sem_residuals *residuals; /* of each group; NULL: not asked for */
    rp_fit_sem_r2 *r2;
    size_t n_r2;
    rp_text scores; /* a CSV: row, from 1, as the data have them; id; group; each latent variable. Empty where a row was
                     * left out. At NULL: not asked for */
    int64_t left_out; /* rows without a value that is needed, or without a group or cluster */
    const char **warnings;
    size_t n_warnings;
    rp_fit_seconds seconds;
    rp_provenance provenance;
} rp_fit_sem;

/* Everything in arena. False: see *error; a fault in the model has RP_SEM_TEXT_FILE as its file. */
bool rp_fit_sem_model(const rp_fit_sem_options *options, rp_arena *arena, rp_fit_sem *out,
                      rp_error *error) RP_MUST_CHECK;
void rp_fit_sem_put_json(const rp_fit_sem *fit, rp_buf *out);
void rp_fit_sem_put_text(const rp_fit_sem *fit, size_t width, rp_buf *out);
void rp_fit_sem_put_csv(const rp_fit_sem *fit, rp_buf *out);
rp_answer *rp_fit_sem_answer(const rp_fit_sem *fit, rp_arena *arena);

/* ---- reliability of a sum of items */

typedef struct rp_fit_reliability_options {
    rp_fit_common common;
    const char *const *items; /* columns */
    size_t n_items;
    int factors; /* group factors of omega; 0: 3, or 1 with fewer than 4 items */
} rp_fit_reliability_options;

typedef struct rp_fit_reliability {
    const rp_fit_reliability_options *options; /* borrowed */
    int64_t n, left_out, complete;             /* rows with any item, with none, with all */
    double mean, sd;                           /* of the rows' means of what they have */
    rp_scale_alpha alpha;
    rp_scale_item *items;
    rp_omega omega; /* without arrays where there are too few items for one */
    bool has_omega;
    rp_icc icc[RP_ICCS];
    const char *message; /* why there is no alpha; NULL: there is one */
    const char **warnings;
    size_t n_warnings;
    rp_fit_seconds seconds;
    rp_provenance provenance;
} rp_fit_reliability;

/* Everything in arena. False: see *error. */
bool rp_fit_reliability_of(const rp_fit_reliability_options *options, rp_arena *arena, rp_fit_reliability *out,
                           rp_error *error) RP_MUST_CHECK;
void rp_fit_reliability_put_json(const rp_fit_reliability *fit, rp_buf *out);
void rp_fit_reliability_put_text(const rp_fit_reliability *fit, size_t width, rp_buf *out);
void rp_fit_reliability_put_csv(const rp_fit_reliability *fit, rp_buf *out);
rp_answer *rp_fit_reliability_answer(const rp_fit_reliability *fit, rp_arena *arena);

/* ---- meta-analysis, of effects and their variances, or of figures that give them */

typedef struct rp_fit_meta_options {
    rp_fit_common common;
    const char *formula;
    const char *variance, *se; /* columns, one of them; NULL: figures */
    rp_meta_measure measure;   /* with `figures`: which effect they give; the first of them is the formula's outcome */
    const char *const *figures;
    size_t n_figures;
    rp_meta_method method;
    rp_meta_test test;
    const char *study, *effect; /* columns; effect: both variances; NULL: none */
    double correlation;         /* of the sampling errors of a study's effects */
    const char *robust;         /* a column of clusters; NULL: none */
    rp_meta_robust_kind robust_kind;
    rp_meta_prediction prediction;
    const char *label;      /* a column that names the effects; NULL: their numbers */
    const char *cumulative; /* a column by which they come one after the other; NULL: none */
    bool influence, small_studies;
    double selection; /* one-sided p of the step; 0: none */
    bool below;       /* effects below 0 are what is selected */
    const char *const *references;
    size_t n_references;
} rp_fit_meta_options;

/* An effect as it went in. */
typedef struct rp_fit_meta_effect {
    const char *label;
    int64_t row; /* of the data, from 1 */
    double y, v, lower, upper;
    double weight; /* per cent, of the mean or of the intercept; several levels: the sum of its row of weights */
} rp_fit_meta_effect;

/* What does not exist is NaN or NULL. */
typedef struct rp_fit_meta {
    const rp_fit_meta_options *options; /* borrowed */
    const rp_formula *formula;
    const rp_design *design;
    const rp_meta_fit *fit; /* its status may be that there is no estimate: then what follows is none */
    int64_t left_out;       /* rows without a value in some column that is named, or whose figures give no effect */
    int64_t added;          /* OR, RR: effects for which 0.5 was added to each cell */
    rp_fit_meta_effect *effects;
    const rp_meta_coefficient *beta; /* with robust errors where they were asked for */
    rp_meta_robust *robust;
    rp_interval tau2;                       /* Q-profile */
    bool has_mean;                          /* an intercept alone: then the next two are */
    rp_interval mean, prediction;           /* mean: with the errors of `beta` */
    rp_interval mean_back, prediction_back; /* as correlations or ratios, where figures were of these */
    const char *back;                       /* "correlation", "odds ratio", "risk ratio" */
    rp_meta_influence *influence;           /* k, and without each */
    rp_meta_without *without;
    rp_meta_without *cumulative;
    size_t *order;                /* of cumulative: places of effects */
    rp_meta_asymmetry *asymmetry; /* 3, by rp_meta_asymmetry_kind */
    rp_meta_filled *filled;
    rp_meta_selection *selection;
    const char **warnings;
    size_t n_warnings;
    rp_fit_seconds seconds;
    rp_provenance provenance;
} rp_fit_meta;

/* Everything in arena. False: see *error; a fault in the formula has RP_FORMULA_FILE as its file. */
bool rp_fit_meta_model(const rp_fit_meta_options *options, rp_arena *arena, rp_fit_meta *out,
                       rp_error *error) RP_MUST_CHECK;
void rp_fit_meta_put_json(const rp_fit_meta *fit, rp_buf *out);
void rp_fit_meta_put_text(const rp_fit_meta *fit, size_t width, rp_buf *out);
void rp_fit_meta_put_csv(const rp_fit_meta *fit, rp_buf *out);
rp_answer *rp_fit_meta_answer(const rp_fit_meta *fit, rp_arena *arena);

#endif
