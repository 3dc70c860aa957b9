/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `fit` share. */
#ifndef RAPPORT_EVALUATION_FIT_PARTS_H
#define RAPPORT_EVALUATION_FIT_PARTS_H

#include "rapport/evaluation.h"

/* ---- shared by all kinds of model: fit_read.c ---- */

/* The data of a fit while it is made. */
typedef struct fit_reading {
    const rp_fit_common *asked;
    rp_arena *arena;      /* of the result */
    rp_arena *data_arena; /* of the columns; goes once they are prepared */
    rp_columns *columns;
    rp_provenance provenance;
    RP_VEC(const char *) warnings;
    rp_error *error;
} fit_reading;

/* A sentence for those who read the result. False: no memory, and *error says so. */
bool fit_warn(fit_reading *reading, const char *format, ...) RP_PRINTF(2, 3);
/* Reads the columns, from a file or from a table of a record, and where they came from. */
bool fit_read(fit_reading *reading, const rp_column_wish *wishes, size_t n);

/* ---- mixed models ---- */

/* A mixed model while it is made. */
typedef struct fit_making {
    const rp_fit_options *options;
    rp_design_options design_options;
    fit_reading reading;
    rp_arena *arena; /* of the result */
    rp_mixed_spec *spec;
    const rp_mixed_stats *stats;
    rp_fit *out;
    int64_t without_trial;
    rp_error *error;
} fit_making;

/* Blocks of rows into the statistics of the model. */
bool fit_prepare(fit_making *m);
/* Of a model with AR(1) residuals: times of n rows, the group of the first factor and the row of the data of each. */
bool fit_check_times(const fit_making *m, const uint32_t *groups, const double *times, const int64_t *rows, size_t n,
                     rp_arena *scratch);
/* Effects, intervals, variance explained. */
bool fit_infer(fit_making *m);

/* Words that several writers share. */
const char *fit_method(const rp_fit *fit);        /* "REML", "maximum likelihood", "Laplace approximation", ... */
const char *fit_status_word(const rp_fit *fit);   /* "converged" */
const char *fit_df_word(const rp_fit *fit);       /* "satterthwaite" */
const char *fit_interval_word(const rp_fit *fit); /* "wald" */
bool fit_has_estimate(const rp_fit *fit);
/* Of column i of a term: its standard deviation, and its correlation with column k. */
double fit_sd(const rp_fit *fit, size_t term, size_t i);
double fit_correlation(const rp_fit *fit, size_t term, size_t i, size_t k);
/* Its place among rp_fit.parameters. */
size_t fit_parameter(const rp_fit *fit, size_t term, size_t i, size_t k);
size_t fit_parameter_sigma(const rp_fit *fit);

#endif
