/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `fit meta` share. */
#ifndef RAPPORT_EVALUATION_FIT_META_PARTS_H
#define RAPPORT_EVALUATION_FIT_META_PARTS_H

#include "evaluation/fit_parts.h"

/* Columns that the formula does not name: figures, variance, groups, labels. */
typedef struct fit_meta_columns {
    size_t variance, label, study, effect, robust, cumulative; /* places among the columns read; SIZE_MAX: none */
    size_t figures[RP_META_MOST_FIGURES];
} fit_meta_columns;

/* A meta-analysis while it is made. */
typedef struct fit_meta_making {
    const rp_fit_meta_options *options;
    rp_design_options design_options;
    fit_reading reading;
    fit_meta_columns at;
    rp_arena *arena; /* of the result */
    rp_meta_spec *spec;
    rp_meta_rows rows;
    uint32_t *cluster; /* of each effect; NULL: none */
    double *when;      /* of each effect: by what they come one after the other; NULL: none */
    rp_fit_meta *out;
    rp_error *error;
} fit_meta_making;

/* fit_meta_rows.c: the rows of the design as effects. */
bool fit_meta_gather(fit_meta_making *m);
/* fit_meta_infer.c: all that comes after the fit. */
bool fit_meta_infer(fit_meta_making *m);

/* ---- fit_meta_words.c ---- */

bool fit_meta_has_estimate(const rp_fit_meta *fit);
const char *fit_meta_method(const rp_fit_meta *fit);                   /* "reml" */
const char *fit_meta_method_words(const rp_fit_meta *fit);             /* "restricted maximum likelihood (REML)" */
const char *fit_meta_test(const rp_fit_meta *fit);                     /* "knha" */
const char *fit_meta_status(const rp_fit_meta *fit);                   /* "converged" */
const char *fit_meta_errors(const rp_fit_meta *fit, rp_arena *arena);  /* "as of the model, z" */
const char *fit_meta_prediction(const rp_fit_meta *fit);               /* "z", "t", "higgins" */
const char *fit_meta_reading(const rp_fit_meta *fit, rp_arena *arena); /* what the effects are of */

#endif
