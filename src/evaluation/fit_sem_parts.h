/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `fit sem` share. */
#ifndef RAPPORT_EVALUATION_FIT_SEM_PARTS_H
#define RAPPORT_EVALUATION_FIT_SEM_PARTS_H

#include "evaluation/fit_parts.h"

/* A structural equation model while it is made. */
typedef struct fit_sem_making {
    const rp_fit_sem_options *options;
    fit_reading reading;
    rp_arena *arena; /* of the result */
    const rp_sem_text *text;
    rp_sem_layout *layout;
    uint32_t *group_of; /* of each code of the column of groups: which group; NULL: one group */
    rp_sem_stats *stats;
    int64_t without_group;
    rp_fit_sem *out;
    rp_error *error;
} fit_sem_making;

/* The groups of the layout, in byte order of their names. */
bool fit_sem_groups(fit_sem_making *m);
/* Blocks of rows into the statistics of the model; the columns go. */
bool fit_sem_prepare(fit_sem_making *m);
/* Measures, the parameter table, warnings of the fit. */
bool fit_sem_infer(fit_sem_making *m);

/* ---- words and numbers that several writers share: fit_sem_words.c ---- */

const char *fit_sem_estimator(const rp_fit_sem *fit); /* "ml" */
const char *fit_sem_method(const rp_fit_sem *fit);    /* "maximum likelihood" */
const char *fit_sem_status(const rp_fit_sem *fit);    /* "converged" */
bool fit_sem_has_estimate(const rp_fit_sem *fit);
const char *fit_sem_group(const rp_fit_sem *fit, size_t group); /* its name; NULL where there is but one */

/* Lines of one kind and group, under a heading of their own; in the order of lavaan's summary. */
typedef struct fit_sem_section {
    const char *title, *op;
    bool variances; /* of "~~": those, or covariances */
} fit_sem_section;
enum { FIT_SEM_SECTIONS = 7 };
extern const fit_sem_section fit_sem_sections[FIT_SEM_SECTIONS];
bool fit_sem_is_of(const rp_fit_sem_line *line, const fit_sem_section *section, size_t group);

/* How well the model fits: a name, a number, and where there is one the scaled number. */
typedef struct fit_sem_index {
    const char *key, *name; /* in JSON, in words */
    double value, scaled;
    int decimals;
} fit_sem_index;
enum { FIT_SEM_INDICES = 18 };
void fit_sem_indices(const rp_fit_sem *fit, fit_sem_index out[FIT_SEM_INDICES]);

#endif
