/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes down all that a reader gives, as text that a test can compare:
 *   "1 <a><b>\n"            a row on line 1 with two fields; a quoted field is <"b">
 *   "bad 2:3\n"             a bad row, its fault on line 2, column 3
 *   "failed\n"              the reader gave up
 * and checks on the way what must hold for any input. */
#ifndef RAPPORT_TESTS_TABLE_TRANSCRIPT_H
#define RAPPORT_TESTS_TABLE_TRANSCRIPT_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/table.h"
#include "table/reader_parts.h"

typedef struct transcript {
    rp_buf text;
    size_t rows, bad;
    uint64_t looked_at;
    rp_error failure; /* of the last bad or failed row */
} transcript;

/* What is written down beside the texts. */
enum { PLACES = 1, EXTENT = 2, COUNTS_ALONE = 4 /* no text at all: for megabytes */ };
enum { KNOWN = 8 /* opened without a look at the beginning, so that chunk ends fall everywhere */ };

typedef struct source {
    const char *bytes;
    size_t n;
    char separator;
    size_t chunk;
    uint32_t lines_before; /* taken off each line number */
    uint64_t bytes_before; /* taken off each offset */
    rp_encoding encoding;
    int also;
} source;

static inline void note_row(transcript *t, const source *s, const rp_row *row) {
    if (s->also & COUNTS_ALONE)
        return;
    rp_buf_printf(&t->text, "%u", row->line - s->lines_before);
    if (s->also & EXTENT)
        rp_buf_printf(&t->text, " %llu+%zu", (unsigned long long)(row->offset - s->bytes_before), row->length);
    rp_buf_put(&t->text, row->n ? " " : "");
    for (size_t i = 0; i < row->n; i++) {
        const rp_cell *cell = &row->cells[i];
        assert_non_null(cell->text.at);
        assert_true(cell->line >= row->line && cell->column >= 1);
        assert_true(i == 0 || cell->line > cell[-1].line || cell->column > cell[-1].column);
        if (s->also & PLACES)
            rp_buf_printf(&t->text, "%u:%u", cell->line - s->lines_before, cell->column);
        rp_buf_put(&t->text, cell->quoted ? "<\"" : "<");
        rp_buf_add(&t->text, cell->text.at, cell->text.n);
        rp_buf_put(&t->text, cell->quoted ? "\">" : ">");
    }
    rp_buf_put(&t->text, "\n");
}

/* Reads to the end. Rows must follow one another in the file and in lines, and lie inside it. */
static inline void note_all(transcript *t, const source *s, rp_reader *reader) {
    uint64_t end = 0;
    uint32_t line = 0;
    for (;;) {
        rp_row row;
        rp_error error = {0};
        rp_read got = rp_reader_next(reader, &row, &error);
        if (got == RP_READ_END || got == RP_READ_FAILED) {
            t->failure = got == RP_READ_FAILED ? error : t->failure;
            rp_buf_put(&t->text, got == RP_READ_FAILED ? "failed\n" : "");
            break;
        }
        assert_true(row.offset >= end && row.line > line);
        end = row.offset + row.length;
        line = row.line;
        assert_true(end <= s->n);
        if (got == RP_READ_ROW) {
            t->rows++;
            assert_true(row.n > 0 && row.cells);
            note_row(t, s, &row);
            continue;
        }
        assert_int_equal(got, RP_READ_BAD);
        t->bad++;
        t->failure = error;
        assert_true(error.line >= row.line && error.column >= 1 && error.code != RP_OK);
        assert_true(error.message[0] && error.remedy[0] && error.file[0]);
        if (s->also & COUNTS_ALONE)
            continue;
        rp_buf_printf(&t->text, "bad %lld:%lld", (long long)error.line - s->lines_before, (long long)error.column);
        if (s->also & EXTENT)
            rp_buf_printf(&t->text, " %llu+%zu", (unsigned long long)(row.offset - s->bytes_before), row.length);
        rp_buf_put(&t->text, "\n");
    }
    assert_true(t->text.n == 0 || !t->text.failed);
    t->looked_at = reader->looked_at;
}

static inline transcript transcribe(source s) {
    transcript t = {0};
    rp_error error = {0};
    rp_buf_put(&t.text, "");
    rp_reader_options options = {.separator = s.separator, .encoding = s.encoding, .chunk = s.chunk};
    rp_reader *reader = s.also & KNOWN ? rp_reader_open_known(s.bytes, s.n, &options, false, &error)
                                       : rp_reader_open_bytes(s.bytes, s.n, "test.csv", &options, &error);
    if (!reader) {
        t.failure = error;
        rp_buf_put(&t.text, "not opened\n");
        return t;
    }
    note_all(&t, &s, reader);
    rp_reader_close(reader);
    return t;
}

static inline void expect_source(source s, const char *wanted) {
    transcript t = transcribe(s);
    assert_string_equal(t.text.at, wanted);
    rp_buf_free(&t.text);
}

/* The whole of a text, with the usual options. */
static inline void expect(const char *text, const char *wanted) {
    expect_source((source){.bytes = text, .n = strlen(text)}, wanted);
}

/* A small generator of pseudo-random numbers (Marsaglia 2003, xorshift64), so that a test is the same every time. */
static inline uint64_t draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
