/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: one trouble told to a person. Nothing here allocates. Messages may quote hostile input, so they are made safe
 * to show on a terminal before they are kept. */
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/base_private.h"

static void tidy(char *ended) {
    char *to = ended;
    size_t n = strlen(ended);
    for (size_t i = 0; i < n;) {
        uint32_t point = 0;
        size_t step = rp_utf8_step(ended + i, n - i, &point);
        bool shown = step > 0 && point >= 0x20 && !(point >= 0x7f && point < 0xa0);
        if (shown)
            memmove(to, ended + i, step);
        else
            *to = point == '\n' || point == '\t' ? ' ' : '?';
        to += shown ? step : 1;
        i += step ? step : 1;
    }
    *to = '\0';
}

/* Takes off a character that the cut left without its end. */
static void drop_half_character(char *text) {
    size_t n = strlen(text), back = 0;
    while (back < 3 && back < n && ((unsigned char)text[n - 1 - back] & 0xc0) == 0x80)
        back++;
    if (back < n && (unsigned char)text[n - 1 - back] >= 0xc0 && !rp_utf8_step(text + n - 1 - back, back + 1, NULL))
        text[n - 1 - back] = '\0';
}

void rp_message_format(char *out, size_t size, const char *format, va_list list) {
    int n = vsnprintf(out, size, format, list);
    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= size)
        drop_half_character(out);
    tidy(out);
}

const char *rp_reason(int number, char *out, size_t size) {
    return strerror_r(number, out, size); /* the GNU one */
}

/* By way of a copy, so that the arguments may point into the very field that is being written. */
static void write_field(char *field, size_t size, const char *format, va_list list) {
    char text[512];
    assert(size <= sizeof text);
    rp_message_format(text, size, format, list);
    memcpy(field, text, strlen(text) + 1);
}

static void clear_place(rp_error *error) {
    error->line = error->column = 0;
    error->file[0] = error->remedy[0] = '\0';
}

bool rp_fail(rp_error *error, rp_code code, const char *format, ...) {
    assert(error && code != RP_OK);
    va_list list;
    va_start(list, format);
    write_field(error->message, sizeof error->message, format, list);
    va_end(list);
    error->code = code;
    clear_place(error);
    return false;
}

void rp_error_set_memory(rp_error *error) {
    assert(error);
    static const char message[] = "There is not enough memory for this.";
    memcpy(error->message, message, sizeof message);
    error->code = RP_E_MEMORY;
    clear_place(error);
}

static void write_plain(char *field, size_t size, const char *format, ...) RP_PRINTF(3, 4);
static void write_plain(char *field, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    write_field(field, size, format, list);
    va_end(list);
}

bool rp_fail_at(rp_error *error, const char *file, int64_t line, int64_t column) {
    assert(error);
    write_plain(error->file, sizeof error->file, "%s", file ? file : "");
    error->line = line;
    error->column = column;
    return false;
}

bool rp_fail_remedy(rp_error *error, const char *format, ...) {
    assert(error);
    va_list list;
    va_start(list, format);
    write_field(error->remedy, sizeof error->remedy, format, list);
    va_end(list);
    return false;
}

void rp_error_text(const rp_error *error, char *out, size_t size) {
    char place[sizeof error->file + 64];
    const char *file = error->file;
    long long line = error->line, column = error->column;
    if (line > 0 && column > 0)
        snprintf(place, sizeof place, *file ? "%s:%lld:%lld: " : "%sline %lld, column %lld: ", file, line, column);
    else if (line > 0)
        snprintf(place, sizeof place, *file ? "%s:%lld: " : "%sline %lld: ", file, line);
    else
        snprintf(place, sizeof place, *file ? "%s: " : "%s", file);
    int n = snprintf(out, size, "%s%s%s%s", place, error->message, error->remedy[0] ? "\n  " : "", error->remedy);
    if (n > 0 && size > 0 && (size_t)n >= size)
        drop_half_character(out);
}
