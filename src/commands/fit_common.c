/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of `rapport fit` do alike: words of options, faults shown in a text, results written. */
#include "commands/fit_kinds.h"

#include <string.h>

bool fit_word_of(const command_arguments *arguments, const char *name, const char *const *words, size_t n,
                 size_t *out) {
    const char *given = command_value(arguments, name);
    if (!given)
        return true;
    for (size_t i = 0; i < n; i++)
        if (strcmp(given, words[i]) == 0) {
            *out = i;
            return true;
        }
    rp_buf list = {0};
    for (size_t i = 0; i < n; i++)
        rp_buf_printf(&list, "%s%s", !i ? "" : i + 1 == n ? " or " : ", ", words[i]);
    command_usage(arguments, "--%s is %s, not '%s'", name, list.at ? list.at : "", given);
    rp_buf_free(&list);
    return false;
}

/* ---- result ---- */

static bool write_report(const fit_result *result, rp_report_format format, rp_arena *arena, rp_buf *out) {
    rp_provenance provenance = *result->provenance;
    const rp_answer *answer = result->answer(result->fit, arena);
    const char *data = result->common->table ? result->common->table : rp_path_name(result->common->input);
    provenance.title = answer ? rp_arena_printf(arena, "%s of %s", answer->title, data) : NULL;
    if (!provenance.title)
        return false;
    const rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance};
    rp_report_write(&report, format, out);
    return true;
}

static bool write(const fit_result *result, rp_report_format format, rp_arena *arena, rp_buf *out) {
    if (format == RP_REPORT_JSON)
        result->put_json(result->fit, out);
    else if (format == RP_REPORT_CSV)
        result->put_csv(result->fit, out);
    else if (format == RP_REPORT_TEXT)
        result->put_text(result->fit, command_width(), out);
    else
        return write_report(result, format, arena, out);
    return true;
}

int fit_deliver(const command_arguments *arguments, const fit_result *result, rp_arena *arena) {
    rp_report_format format = RP_REPORT_TEXT;
    rp_buf out = {0};
    rp_error error = {0};
    if (!command_format(arguments, &format))
        return EXIT_USAGE;
    if (!write(result, format, arena, &out)) {
        rp_buf_free(&out);
        rp_fail_memory(&error);
        return command_failed(&error);
    }
    int status = command_deliver(arguments, &out);
    if (status != EXIT_DONE || !result->none)
        return status;
    fprintf(stderr, "rapport: There is no estimate.\n  %s\n", result->none);
    return EXIT_FAULT;
}

/* ---- faults ---- */

/* A line of a text, from 1; all of it where the fault has no line. In arena. */
static const char *line_of(const char *text, int64_t line, rp_arena *arena) {
    if (line < 1)
        return text;
    for (int64_t i = 1; i < line && *text; i++) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return rp_arena_copy(arena, text, strcspn(text, "\n"));
}

int fit_failed(const char *text, const char *file, const rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    const char *line = strcmp(error->file, file) == 0 && arena ? line_of(text, error->line, arena) : NULL;
    if (!line) {
        rp_arena_free(arena);
        return command_failed(error);
    }
    rp_error shown = *error;
    snprintf(shown.file, sizeof shown.file, "%s", RP_FORMULA_FILE);
    rp_buf caret = {0};
    rp_formula_caret(line, &shown, &caret);
    fputs("rapport: ", stderr);
    if (strchr(text, '\n') && error->line > 0)
        fprintf(stderr, "Line %lld of the %s: ", (long long)error->line, file);
    fprintf(stderr, "%s\n%s", error->message, caret.at ? caret.at : "");
    if (error->remedy[0])
        fprintf(stderr, "  %s\n", error->remedy);
    rp_buf_free(&caret);
    rp_arena_free(arena);
    return EXIT_FAULT;
}
