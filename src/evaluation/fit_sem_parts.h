/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `fit sem` share. */
#ifndef RAPPORT_EVALUATION_FIT_SEM_PARTS_H
#define RAPPORT_EVALUATION_FIT_SEM_PARTS_H

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

/* A structural equation model while it is made. */
typedef struct fit_sem_making {
    const rp_fit_sem_options *options;
    fit_reading reading;
    rp_arena *arena; /* of the result */
    const rp_sem_text *text;
    rp_sem_layout *layout;
    size_t group_at, cluster_at, id_at; /* their places among the columns; SIZE_MAX: there is none */
    uint32_t *group_of;                 /* of each code of the column of groups: which group; NULL: one group */
    double **category_values;           /* WLSMV: of each variable, its different numbers in order */
    rp_sem_stats *stats;
    int64_t without_group; /* rows without a group or cluster */
    rp_fit_sem *out;
    rp_error *error;
} fit_sem_making;

/* WLSMV: whether --ordered names all variables; what their categories are; numbers of a column into numbers of its
 * categories, from 0. */
bool fit_sem_check_ordered(const fit_sem_making *m);
bool fit_sem_categories(fit_sem_making *m);
void fit_sem_number_categories(const fit_sem_making *m, size_t j, double *numbers, size_t n);
/* Blocks of rows into the statistics of the model; with two levels all rows are one block. The columns go, unless
 * scores are asked for. */
bool fit_sem_prepare(fit_sem_making *m);
/* Measures, the parameter table, warnings of the fit. */
bool fit_sem_infer(fit_sem_making *m);
/* Each row's latent variables, from the columns. */
bool fit_sem_score(fit_sem_making *m);

/* ---- words and numbers that several writers share: fit_sem_words.c ---- */

const char *fit_sem_operator(rp_sem_op op); /* "=~", "~1" */
const char *fit_sem_variable(const rp_sem_spec *spec, size_t v);
const char *fit_sem_estimator(const rp_fit_sem *fit); /* "ml" */
const char *fit_sem_method(const rp_fit_sem *fit);    /* "maximum likelihood" */
const char *fit_sem_status(const rp_fit_sem *fit);    /* "converged" */
bool fit_sem_has_estimate(const rp_fit_sem *fit);
/* Its name; of two levels "within" or "between"; NULL where there is but one. */
const char *fit_sem_group(const rp_fit_sem *fit, size_t group);
/* " in Pasteur", " between clusters"; "" where there is but one. In arena; NULL: no memory. */
const char *fit_sem_in_group(const rp_fit_sem *fit, size_t group, rp_arena *arena);

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
enum { FIT_SEM_INDICES = 20 };
void fit_sem_indices(const rp_fit_sem *fit, fit_sem_index out[FIT_SEM_INDICES]);

/* ---- modification indices and residuals, where asked for: fit_sem_more.c ---- */

/* False: no memory. */
bool fit_sem_put_more(const fit_page *g, const rp_fit_sem *fit);
bool fit_sem_answer_more(const rp_fit_sem *fit, rp_answer *answer, rp_arena *arena);

#endif
