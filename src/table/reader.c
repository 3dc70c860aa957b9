/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delimited text, row by row: cells of good rows, place and cause of bad ones. See reader_parts.h for how the parts
 * work together and for the bound on the work. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "table/reader_parts.h"

/* ---- going on ---- */

static size_t held_bytes(const rp_window *window) {
    return window->filled - window->start;
}

void rp_reader_begin_row(rp_reader *reader, uint32_t line) {
    reader->line = line;
    rp_scan_begin(&reader->scan, line);
}

/* Moves `start` behind the line end at or after `from` (counted from the row's first byte), keeping nothing of what it
 * passes. Gives the place in the file where that line ends. A failure to read is kept for the next call. */
static uint64_t pass_line(rp_reader *reader, size_t from) {
    rp_window *window = &reader->window;
    const unsigned char *stops = reader->dialect.stops;
    for (size_t at = from;;) {
        const char *row = window->at + window->start;
        size_t held = held_bytes(window), before = at;
        while (at < held && !(stops[(unsigned char)row[at]] & RP_STOPS_LINE))
            at++;
        reader->looked_at += at - before;
        int line_end = at < held ? rp_line_end(&reader->dialect, row, at, held, window->at_end) : -1;
        if (line_end == 0) {
            at++;
            continue;
        }
        window->start += at;
        if (line_end < 0 && !window->at_end) {
            at = 0;
            reader->failed = !rp_window_fill(window, &reader->failure);
            if (!reader->failed)
                continue;
        }
        uint64_t end = rp_window_offset(window);
        window->start += line_end > 0 ? (size_t)line_end : 0;
        return end;
    }
}

/* Reads until the scan has an outcome. The scan never sees more than the longest row allowed and its line end, so the
 * outcome does not depend on how the file comes in chunks. */
static rp_scanned scan_on(rp_reader *reader) {
    rp_window *window = &reader->window;
    rp_scan *scan = &reader->scan;
    const size_t most = (size_t)RP_READER_LIMIT_ROW + 2;
    for (;;) {
        size_t held = held_bytes(window), known = held < most ? held : most, before = scan->at;
        bool last = window->at_end && held < most;
        if (last && held == 0)
            return RP_SCAN_END;
        const char *row = window->at ? window->at + window->start : "";
        rp_scanned got = rp_scan_row(scan, &reader->dialect, reader->arena, row, known, last);
        reader->looked_at += scan->at - before;
        if (got == RP_SCAN_ROW && scan->at > RP_READER_LIMIT_ROW)
            return RP_SCAN_TOO_LONG;
        if (got != RP_SCAN_MORE)
            return got;
        if (known == most)
            return RP_SCAN_TOO_LONG;
        if (!rp_window_fill(window, &reader->failure))
            return RP_SCAN_FAILED;
    }
}

static rp_read fail_for_good(rp_reader *reader, rp_error *error) {
    reader->failed = true;
    *error = reader->failure;
    return RP_READ_FAILED;
}

static rp_read fail_for_memory(rp_reader *reader, rp_error *error) {
    rp_fail_memory(&reader->failure);
    return fail_for_good(reader, error);
}

/* ---- bad rows ---- */

static rp_read bad_at(const rp_reader *reader, uint32_t line, uint32_t column, const char *remedy, rp_error *error) {
    rp_fail_at(error, reader->source.name, line, column);
    rp_fail_remedy(error, "%s", remedy);
    return RP_READ_BAD;
}

/* Gives up the row at the end of the line on which byte `from` stands. */
static void give_up(rp_reader *reader, size_t from, uint32_t line, rp_row *out) {
    *out = (rp_row){.line = reader->line, .offset = rp_window_offset(&reader->window)};
    out->length = (size_t)(pass_line(reader, from) - out->offset);
    rp_reader_begin_row(reader, line + 1);
}

/* A quote that is opened and not closed as it should be. */
static rp_read bad_quote(rp_reader *reader, rp_scanned why, rp_row *out, rp_error *error) {
    const rp_scan *scan = &reader->scan;
    rp_mark open = scan->field;
    if (why == RP_SCAN_TEXT_AFTER_QUOTE)
        rp_fail(error, RP_E_SYNTAX,
                "A quote opens a field here, and on line %" PRIu32 " text stands right after the quote that closes it.",
                scan->line);
    else if (why == RP_SCAN_UNCLOSED)
        rp_fail(error, RP_E_SYNTAX, "A quote opens a field here and is never closed.");
    else
        rp_fail(error, RP_E_SYNTAX, "A quote opens a field here and is not closed within the %d MB of a row.",
                RP_READER_LIMIT_ROW >> 20);
    give_up(reader, open.start, open.line, out);
    return bad_at(reader, open.line, open.column, "Close the quote, or double each quote that belongs to the text.",
                  error);
}

static rp_read bad_text_after_quote(rp_reader *reader, rp_row *out, rp_error *error) {
    const rp_scan *scan = &reader->scan;
    if (scan->line != scan->field.line)
        return bad_quote(reader, RP_SCAN_TEXT_AFTER_QUOTE, out, error);
    uint32_t line = scan->line, column = (uint32_t)(scan->at - scan->line_start) + 1;
    rp_fail(error, RP_E_SYNTAX, "Text stands right after a closing quote.");
    give_up(reader, scan->at, line, out);
    return bad_at(reader, line, column, "Double each quote that belongs to the text, or put a separator here.", error);
}

static rp_read bad_length(rp_reader *reader, rp_row *out, rp_error *error) {
    if (reader->scan.state == RP_IN_QUOTES)
        return bad_quote(reader, RP_SCAN_TOO_LONG, out, error);
    uint32_t line = reader->line;
    rp_fail(error, RP_E_LIMIT, "The row is longer than %d MB.", RP_READER_LIMIT_ROW >> 20);
    give_up(reader, reader->scan.at, reader->scan.line, out);
    return bad_at(reader, line, 1, "Check that the file is a table with one row a line.", error);
}

/* The row's extent is known: it ends where the scan stands. */
static rp_row row_found(const rp_reader *reader) {
    return (rp_row){.line = reader->line, .offset = rp_window_offset(&reader->window), .length = reader->scan.at};
}

static void pass_row(rp_reader *reader) {
    reader->window.start += reader->scan.next;
    rp_reader_begin_row(reader, reader->scan.line + 1);
}

static rp_read bad_count(rp_reader *reader, rp_row *out, rp_error *error) {
    rp_mark excess = reader->scan.excess;
    rp_fail(error, RP_E_LIMIT, "The row has %zu fields; %d are allowed.", reader->scan.n_fields, RP_READER_LIMIT_CELLS);
    *out = row_found(reader);
    pass_row(reader);
    return bad_at(reader, excess.line, excess.column, "Check the separator, or make the table longer instead of wider.",
                  error);
}

/* ---- bytes ---- */

static rp_read bad_byte(rp_reader *reader, const char *row, size_t bad, rp_row *out, rp_error *error) {
    size_t line_start = 0;
    uint32_t line = reader->line;
    for (size_t at = 0; at < bad;) {
        int line_end = rp_line_end(&reader->dialect, row, at, bad + 1, false);
        at += line_end > 0 ? (size_t)line_end : 1;
        if (line_end > 0) {
            line_start = at;
            line++;
        }
    }
    unsigned byte = (unsigned char)row[bad];
    const char *remedy = "Save the file as UTF-8.";
    if (!byte) {
        rp_fail(error, RP_E_SYNTAX, "A NUL byte stands here, which is not text.");
        remedy = "Export the file again; it may be damaged.";
    } else if (reader->dialect.encoding == RP_UTF_8)
        rp_fail(error, RP_E_ENCODING, "The byte 0x%02X here is not UTF-8 text.", byte);
    else
        rp_fail(error, RP_E_ENCODING, "The byte 0x%02X here is no character of Windows-1252.", byte);
    *out = row_found(reader);
    pass_row(reader);
    return bad_at(reader, line, (uint32_t)(bad - line_start) + 1, remedy, error);
}

/* ---- good rows ---- */

/* The field's text. Doubled quotes are made single in place; the row will not be scanned again. */
static rp_text text_of(const rp_mark *mark, char *row) {
    char *from = row + mark->start + (mark->quoted ? 1 : 0), *end = row + mark->end;
    rp_text text = {from, (size_t)(end - from)};
    if (!mark->doubled)
        return text;
    char *to = from;
    for (; from < end; from++) {
        *to++ = *from;
        from += *from == '"';
    }
    text.n = (size_t)(to - text.at);
    return text;
}

static bool make_room_for_utf8(rp_reader *reader, size_t n) {
    if (n <= reader->utf8_room)
        return true;
    rp_arena_free(reader->utf8_arena);
    reader->utf8_arena = rp_arena_new(0);
    reader->utf8 = reader->utf8_arena ? rp_arena_take(reader->utf8_arena, n, 1) : NULL;
    reader->utf8_room = reader->utf8 ? n : 0;
    return reader->utf8 != NULL;
}

/* The texts of a row of row_n bytes in Windows-1252. False: no memory. */
static bool put_into_utf8(rp_reader *reader, size_t row_n) {
    if (!make_room_for_utf8(reader, row_n * RP_WINDOWS_1252_MOST))
        return false;
    char *to = reader->utf8;
    for (size_t i = 0; i < reader->cells.n; i++) {
        rp_text *text = &reader->cells.at[i].text;
        size_t n = rp_windows_1252_to_utf8(text->at, text->n, to);
        *text = (rp_text){to, n};
        to += n;
    }
    return true;
}

static rp_read finish_row(rp_reader *reader, rp_row *out, rp_error *error) {
    rp_scan *scan = &reader->scan;
    char *row = reader->window.at + reader->window.start;
    if (scan->n_fields > RP_READER_LIMIT_CELLS)
        return bad_count(reader, out, error);
    bool ascii = rp_is_ascii(row, scan->at);
    size_t bad = ascii ? scan->at : rp_encoding_bad_byte(reader->dialect.encoding, row, scan->at);
    if (bad < scan->at)
        return bad_byte(reader, row, bad, out, error);
    reader->cells.n = 0;
    for (size_t i = 0; i < scan->marks.n; i++) {
        const rp_mark *mark = &scan->marks.at[i];
        rp_cell *cell = rp_vec_push(reader->arena, &reader->cells);
        if (!cell)
            return fail_for_memory(reader, error);
        *cell = (rp_cell){text_of(mark, row), mark->line, mark->column, mark->quoted};
    }
    if (!ascii && reader->dialect.encoding != RP_UTF_8 && !put_into_utf8(reader, scan->at))
        return fail_for_memory(reader, error);
    *out = row_found(reader);
    out->cells = reader->cells.at;
    out->n = reader->cells.n;
    pass_row(reader);
    return RP_READ_ROW;
}

rp_read rp_reader_step(rp_reader *reader, rp_row *out, rp_error *error) {
    *out = (rp_row){0};
    if (reader->failed)
        return fail_for_good(reader, error);
    if (reader->line > RP_READER_LAST_LINE) {
        rp_fail(&reader->failure, RP_E_LIMIT, "The file has more than %" PRIu32 " lines.", RP_READER_LAST_LINE);
        rp_fail_at(&reader->failure, reader->source.name, reader->line, 1);
        return fail_for_good(reader, error);
    }
    rp_scanned got = scan_on(reader);
    switch (got) {
    case RP_SCAN_ROW:
        if (reader->scan.at > 0)
            return finish_row(reader, out, error);
        pass_row(reader);
        return RP_READ_ROW;
    case RP_SCAN_END:
        return RP_READ_END;
    case RP_SCAN_UNCLOSED:
        return bad_quote(reader, got, out, error);
    case RP_SCAN_TEXT_AFTER_QUOTE:
        return bad_text_after_quote(reader, out, error);
    case RP_SCAN_TOO_LONG:
        return bad_length(reader, out, error);
    case RP_SCAN_NO_MEMORY:
        return fail_for_memory(reader, error);
    case RP_SCAN_ON:
    case RP_SCAN_MORE:
    case RP_SCAN_FAILED:
        break;
    }
    return fail_for_good(reader, error);
}

rp_read rp_reader_next(rp_reader *reader, rp_row *out, rp_error *error) {
    rp_read got = RP_READ_ROW;
    do
        got = rp_reader_step(reader, out, error);
    while (got == RP_READ_ROW && out->n == 0);
    return got;
}

char rp_reader_separator(const rp_reader *reader) {
    return reader->dialect.separator;
}

uint64_t rp_reader_bytes(const rp_reader *reader) {
    return reader->source.unpack ? 0 : reader->source.size;
}

double rp_reader_share(const rp_reader *reader) {
    const rp_window *window = &reader->window;
    if (window->at_end && held_bytes(window) == 0)
        return 1;
    const rp_source *source = &reader->source;
    uint64_t at = source->unpack ? source->taken : rp_window_offset(window);
    double share = source->size ? (double)at / (double)source->size : 0;
    return share < 1 ? share : 1;
}
