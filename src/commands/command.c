/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed options, messages and the way results leave. */
#include "commands/command.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool command_given(const command_arguments *arguments, const char *name) {
    return command_value(arguments, name) != NULL;
}

bool command_usage(const command_arguments *arguments, const char *format, ...) {
    va_list list;
    va_start(list, format);
    fprintf(stderr, "rapport %s: ", arguments->command->name);
    vfprintf(stderr, format, list);
    fprintf(stderr, ".\n  'rapport %s --help' shows how it is used.\n", arguments->command->name);
    va_end(list);
    return false;
}

bool command_int(const command_arguments *arguments, const char *name, int64_t least, int64_t most, int64_t *out) {
    const char *given = command_value(arguments, name);
    if (given == NULL)
        return true;
    int64_t value;
    if (!rp_text_to_int(rp_text_of(given), &value) || value < least || value > most)
        return command_usage(arguments, "--%s takes a whole number from %lld to %lld, not '%s'", name, (long long)least,
                             (long long)most, given);
    *out = value;
    return true;
}

bool command_threads(const command_arguments *arguments, int *out) {
    int64_t threads = rp_processors();
    if (!command_int(arguments, "threads", 1, 256, &threads))
        return false;
    *out = (int)threads;
    return true;
}

bool command_num(const command_arguments *arguments, const char *name, double above, double *out) {
    const char *given = command_value(arguments, name);
    if (given == NULL)
        return true;
    double value;
    if (!rp_text_to_num(rp_text_of(given), &value) || !(value > above))
        return command_usage(arguments, "--%s takes a number above %g, not '%s'", name, above, given);
    *out = value;
    return true;
}

bool command_date(const command_arguments *arguments, const char *name, rp_date *out) {
    const char *given = command_value(arguments, name);
    if (given == NULL || rp_date_parse(rp_text_of(given), out))
        return true;
    return command_usage(arguments, "--%s takes a date as YYYY-MM-DD, not '%s'", name, given);
}

bool command_list(const command_arguments *arguments, const char *name, rp_arena *arena, const char *const **out,
                  size_t *n) {
    *out = NULL;
    *n = 0;
    const char *given = command_value(arguments, name);
    if (given == NULL)
        return true;
    RP_VEC(const char *) list = {0};
    for (const char *at = given;; at++) {
        size_t length = strcspn(at, ",");
        const char **slot = length > 0 ? rp_vec_push(arena, &list) : NULL;
        if (length == 0)
            return command_usage(arguments, "--%s has an empty part: '%s'", name, given);
        if (slot == NULL || (*slot = rp_arena_copy(arena, at, length)) == NULL)
            return command_usage(arguments, "out of memory");
        at += length;
        if (*at == '\0')
            break;
    }
    *out = list.at;
    *n = list.n;
    return true;
}

bool command_format(const command_arguments *arguments, rp_report_format *out) {
    const char *word = command_value(arguments, "format"), *path = command_value(arguments, "output");
    *out = RP_REPORT_TEXT;
    if (word != NULL)
        return rp_report_format_parse(word, out) ||
               command_usage(arguments, "--format is one of text, json, csv and html, not '%s'", word);
    const char *ending = path != NULL ? strrchr(rp_path_name(path), '.') : NULL;
    if (ending != NULL && !rp_report_format_parse(ending + 1, out))
        *out = RP_REPORT_TEXT;
    return true;
}

int command_failed(const rp_error *error) {
    char text[1200];
    rp_error_text(error, text, sizeof text);
    fprintf(stderr, "rapport: %s\n", text);
    return EXIT_FAULT;
}

int command_deliver(const command_arguments *arguments, rp_buf *out) {
    const char *path = command_value(arguments, "output");
    rp_error error = {0};
    bool done = out->failed ? rp_fail_memory(&error)
                            : rp_file_write(path != NULL ? path : "-", out->at != NULL ? out->at : "", out->n, &error);
    rp_buf_free(out);
    return done ? EXIT_DONE : command_failed(&error);
}

size_t command_width(void) {
    struct winsize size;
    bool terminal = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40;
    return terminal ? size.ws_col : 80;
}
