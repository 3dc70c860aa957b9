/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sub-commands: one table gives parsing, --help and the man page. Private to src/commands. */
#ifndef RAPPORT_COMMAND_H
#define RAPPORT_COMMAND_H

#include "rapport/evaluation.h"

enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USAGE = 2 };

/* argument NULL: a flag. */
typedef struct command_option {
    const char *name, *argument, *help;
} command_option;

enum { COMMAND_MOST_OPTIONS = 64 };

typedef struct command_arguments {
    const struct rp_command *command;
    const char *values[COMMAND_MOST_OPTIONS]; /* by place in command_option_at; "" for a flag that was given */
    char *const *operands;
    int n_operands;
} command_arguments;

typedef struct rp_command {
    const char *name, *operands, *summary;
    const char *details;           /* paragraphs for --help and the man page */
    const command_option *options; /* its own, ended by a NULL name; those of all commands come after */
    int least, most;               /* operands */
    int (*run)(const command_arguments *arguments);
} rp_command;

extern const rp_command command_evaluate, command_check, command_fit, command_score, command_map, command_measures,
    command_claims, command_published, command_simulate, command_manual;

size_t commands_count(void);
const rp_command *commands_at(size_t i);
/* The i-th option of a command, its own first; NULL past the end. */
const command_option *command_option_at(const rp_command *command, size_t i);

/* The value of an option, NULL where it was not given. The name must be in the table (assert). */
const char *command_value(const command_arguments *arguments, const char *name);
bool command_given(const command_arguments *arguments, const char *name);

/* Typed values; when the option is absent *out stays as it is. false: a message was printed (exit with EXIT_USAGE). */
bool command_int(const command_arguments *arguments, const char *name, int64_t least, int64_t most, int64_t *out);
/* --threads, or as many as there are processors. */
bool command_threads(const command_arguments *arguments, int *out);
bool command_num(const command_arguments *arguments, const char *name, double above, double *out);
bool command_date(const command_arguments *arguments, const char *name, rp_date *out);
/* "a,b,c" into texts in arena; none where absent. */
bool command_list(const command_arguments *arguments, const char *name, rp_arena *arena, const char *const **out,
                  size_t *n);
/* --format, or what -o's ending says, or text. */
bool command_format(const command_arguments *arguments, rp_report_format *out);
bool command_usage(const command_arguments *arguments, const char *format, ...) RP_PRINTF(2, 3); /* false */

int command_failed(const rp_error *error); /* prints it; EXIT_FAULT */
/* Writes to -o or standard output and frees the buffer. */
int command_deliver(const command_arguments *arguments, rp_buf *out);

/* --readers: which reports, and where. */
typedef struct command_readers {
    bool given, wanted[RP_FOR_FULL + 1];
    const char *folder;
    rp_report_format format; /* HTML unless --format says otherwise */
} command_readers;
/* false: a message was printed (exit with EXIT_USAGE). */
bool command_readers_parse(const command_arguments *arguments, rp_arena *arena, command_readers *out);
int command_deliver_readers(const rp_evaluation *evaluation, const command_readers *readers, rp_arena *arena);

size_t command_width(void); /* columns of the terminal; 80 where it is none */

void command_help(const rp_command *command, FILE *to);
void command_overview(FILE *to);

#endif
