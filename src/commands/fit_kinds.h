/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of model of `rapport fit`: each has a file of its own, fit_<kind>_run.c. Private to src/commands. */
#ifndef RAPPORT_COMMANDS_FIT_KINDS_H
#define RAPPORT_COMMANDS_FIT_KINDS_H

#include "commands/command.h"

typedef struct fit_kind {
    const char *name;
    int n_operands;             /* with the kind's name */
    const char *takes;          /* "FORMULA DATA": the operands after it */
    const char *const *options; /* of cmd_fit.c's list, those that have a meaning for it; NULL ends it. The shared ones
                                   (table, map, missing, level) have one for all. */
    int (*run)(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena);
} fit_kind;

extern const fit_kind fit_kind_lmm, fit_kind_glmm, fit_kind_sem, fit_kind_reliability;

/* ---- for them: fit_common.c ---- */

/* An option's word among `words`; its place in *out, which stays as it is when the option is absent. False: a message
 * was printed. */
bool fit_word_of(const command_arguments *arguments, const char *name, const char *const *words, size_t n, size_t *out);

/* A result that can be written: `fit` is what the functions take. */
typedef struct fit_result {
    const void *fit;
    const rp_fit_common *common;
    const rp_provenance *provenance;
    const char *none; /* why there is no estimate: then the exit status is 1; NULL: there is one */
    void (*put_json)(const void *fit, rp_buf *out);
    void (*put_csv)(const void *fit, rp_buf *out);
    void (*put_text)(const void *fit, size_t width, rp_buf *out);
    rp_answer *(*answer)(const void *fit, rp_arena *arena); /* NULL: no memory */
} fit_result;
/* Writes it in the form that was asked for. Returns the exit status. */
int fit_deliver(const command_arguments *arguments, const fit_result *result, rp_arena *arena);

/* Tells a fault. One whose file is `file` is a fault in `text`, and is shown in its line. Returns the exit status. */
int fit_failed(const char *text, const char *file, const rp_error *error);

#endif
