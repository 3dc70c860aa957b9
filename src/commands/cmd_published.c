/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport published: national statistics re-stated. */
#include "commands/command.h"

#include <string.h>

enum { MOST_FILES = 64, FAULTS_SHOWN = 20, MOST_NAMED = 64 };

static const command_option options[] = {
    {"period", "PERIOD|all", "Single organisations and groups of this period, as the files name it (the last one)."},
    {"output-table", "ID", "Instead of a report, one of its tables as CSV: published.provider.recovery.per_case."},
    {NULL, NULL, NULL},
};

/* There is no `check` for these files, so what is at fault in them is told here. */
static bool tell_faults(const command_arguments *arguments, const rp_faults *faults) {
    size_t n = rp_faults_total(faults), shown = 0;
    for (size_t i = 0; i < rp_faults_kept(faults) && !command_given(arguments, "quiet"); i++) {
        const rp_fault *fault = rp_faults_at(faults, i);
        if (fault->level == RP_FAULT_NOTE || shown++ >= FAULTS_SHOWN)
            continue;
        rp_error error = {0};
        rp_fail(&error, RP_E_RULE, "%s", fault->message);
        rp_fail_at(&error, fault->file, fault->line, fault->column);
        command_failed(&error);
    }
    if (n > FAULTS_SHOWN && !command_given(arguments, "quiet"))
        fprintf(stderr, "rapport: %zu faults in all; the first %d are shown.\n", n, FAULTS_SHOWN);
    return n > 0;
}

static bool put_table(const rp_evaluation *evaluation, const char *id, rp_buf *out, rp_error *error) {
    const char *ids[MOST_NAMED];
    size_t n = 0;
    for (size_t a = 0; a < evaluation->n_answers; a++)
        for (size_t i = 0; i < evaluation->answers[a]->n_tables; i++) {
            const rp_answer_table *table = evaluation->answers[a]->tables[i];
            if (strcmp(table->id, id) == 0) {
                rp_report_table_csv(table, out);
                return true;
            }
            if (n < MOST_NAMED)
                ids[n++] = table->id;
        }
    const char *nearest = rp_text_nearest(rp_text_of(id), ids, n);
    rp_fail(error, RP_E_UNKNOWN, "The report of these files has no table '%s'.", id);
    return rp_fail_remedy(error, "%s%s--format json shows the id of each table that it has.",
                          nearest != NULL ? nearest : "", nearest != NULL ? "? " : "");
}

static int deliver(const command_arguments *arguments, const rp_evaluation *evaluation, rp_report_format format) {
    rp_report report = {.answers = (const rp_answer *const *)evaluation->answers,
                        .n_answers = evaluation->n_answers,
                        .provenance = &evaluation->provenance,
                        .text_width = command_width()};
    const char *table = command_value(arguments, "output-table");
    rp_error error = {0};
    rp_buf out = {0};
    if (table == NULL) {
        rp_report_write(&report, format, &out);
    } else if (!put_table(evaluation, table, &out, &error)) {
        rp_buf_free(&out);
        return command_failed(&error);
    }
    bool faulty = tell_faults(arguments, rp_record_faults(evaluation->record));
    int status = command_deliver(arguments, &out);
    return status == EXIT_DONE && faulty ? EXIT_FAULT : status;
}

/* A table is CSV, whatever the ending of its file. */
static bool parse_format(const command_arguments *arguments, rp_report_format *out) {
    const char *format = command_value(arguments, "format");
    if (command_given(arguments, "output-table") && format != NULL && strcmp(format, "csv") != 0)
        return command_usage(arguments, "--output-table gives CSV, not %s", format);
    return command_format(arguments, out);
}

static int run(const command_arguments *arguments) {
    rp_report_format format = RP_REPORT_TEXT;
    int64_t seed = 1;
    rp_published_options asked = {.inputs = (const char *const *)arguments->operands,
                                  .n_inputs = (size_t)arguments->n_operands,
                                  .asked = {.period = command_value(arguments, "period"), .level = 0.95},
                                  .clock = !command_given(arguments, "no-clock"),
                                  .quiet = command_given(arguments, "quiet")};
    if (!parse_format(arguments, &format) || !command_threads(arguments, &asked.threads) ||
        !command_int(arguments, "seed", 0, INT64_MAX, &seed))
        return EXIT_USAGE;
    asked.seed = (uint64_t)seed;
    rp_error error = {0};
    rp_evaluation evaluation = {0};
    rp_arena *arena = rp_arena_new(0);
    bool done = arena != NULL ? rp_evaluate_published(&asked, arena, &evaluation, &error) : rp_fail_memory(&error);
    int status = done ? deliver(arguments, &evaluation, format) : command_failed(&error);
    rp_arena_free(arena);
    return status;
}

const rp_command command_published = {
    .name = "published",
    .operands = "FILE...",
    .summary = "Published national figures, re-stated under every denominator that they hold.",
    .details = "FILE is a CSV of NHS England's annual or monthly publications on NHS Talking Therapies; its layout is "
               "known by its header (docs/published.md). Each rate is shown as published and recomputed from the "
               "counts. Rounded and suppressed figures are intervals throughout, and nothing suppressed is filled in. "
               "A figure at fault is told, with its place, and left out; the exit status is then 1.",
    .options = options,
    .least = 1,
    .most = MOST_FILES,
    .run = run,
};
