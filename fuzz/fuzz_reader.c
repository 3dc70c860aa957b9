/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: the delimited-text reader over any bytes, in each encoding. What must hold:
 *   - it ends, in bounded work; rows follow one another inside the file; lines never go back; cells lie in their rows;
 *   - the size of the chunks changes nothing;
 *   - the good rows, written and read again, are the same;
 *   - the encoding moves no row;
 *   - a header that is accepted finds each of its names. */
#include <string.h>

#include "table/reader_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

typedef struct reading {
    bool opened, bare_cr;
    char separator;
    uint64_t rows, bad;
    uint64_t texts, places, extents; /* hashes: good rows' texts; where cells and faults stand; where rows stand */
} reading;

/* FNV-1a. */
static void mix(uint64_t *hash, const void *bytes, size_t n) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ at[i]) * 0x100000001b3u;
}

static void mix_number(uint64_t *hash, uint64_t number) {
    mix(hash, &number, sizeof number);
}

static void mix_row(reading *r, const rp_row *row, rp_buf *copy) {
    mix_number(&r->texts, row->n);
    for (size_t i = 0; i < row->n; i++) {
        const rp_cell *cell = &row->cells[i];
        must(cell->text.at && cell->text.n <= RP_WINDOWS_1252_MOST * row->length && rp_text_is_utf8(cell->text));
        must(cell->line >= row->line && cell->column >= 1 && cell->column <= row->length + 1);
        must(i == 0 || cell->line > cell[-1].line || cell->column > cell[-1].column);
        mix_number(&r->texts, cell->text.n);
        mix(&r->texts, cell->text.at, cell->text.n);
        mix_number(&r->places, (uint64_t)cell->line << 32 | cell->column << 1 | cell->quoted);
        if (copy) {
            rp_buf_put(copy, i ? "," : "");
            rp_csv_put(copy, cell->text, false);
        }
    }
    if (copy) /* one empty field alone would be a blank line */
        rp_buf_put(copy, row->n == 1 && row->cells[0].text.n == 0 ? "\"\"\n" : "\n");
}

/* Reads all that is left and closes the reader. The bytes read begin `skipped` bytes into the input. */
static reading read_all(rp_reader *reader, size_t n, size_t skipped, rp_buf *copy) {
    reading r = {.texts = 0xcbf29ce484222325u, .places = 0xcbf29ce484222325u, .extents = 0xcbf29ce484222325u};
    rp_error error = {0};
    rp_row row;
    if (!reader)
        return r;
    r.opened = true;
    r.bare_cr = reader->dialect.bare_cr;
    r.separator = rp_reader_separator(reader);
    uint64_t end = 0;
    uint32_t line = 0;
    double share = 0;
    rp_read got;
    while ((got = rp_reader_next(reader, &row, &error)) != RP_READ_END) {
        must(got == RP_READ_ROW || got == RP_READ_BAD);
        must(row.line > line && row.offset >= end && row.offset + row.length <= n && row.length > 0);
        must(rp_reader_share(reader) >= share && rp_reader_share(reader) <= 1);
        line = row.line;
        end = row.offset + row.length;
        share = rp_reader_share(reader);
        mix_number(&r.extents, row.line);
        mix_number(&r.extents, row.offset + skipped);
        mix_number(&r.extents, row.length);
        if (got == RP_READ_ROW) {
            must(row.n > 0 && row.n <= RP_READER_LIMIT_CELLS);
            mix_row(&r, &row, copy);
            r.rows++;
            continue;
        }
        must(error.line >= row.line && error.column >= 1 && error.code != RP_OK && error.remedy[0]);
        mix_number(&r.places, (uint64_t)error.line << 32 | (uint64_t)error.column);
        r.bad++;
    }
    must(reader->looked_at <= 3 * (uint64_t)n && rp_reader_share(reader) == 1);
    rp_reader_close(reader);
    return r;
}

/* With a byte-order mark, the reader begins behind it. What it would not open, being no text, is read all the same. */
static void check_chunks(const char *bytes, size_t n, rp_encoding encoding, reading first) {
    rp_error error;
    size_t skipped = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    rp_reader_options options = {
        .separator = first.opened ? first.separator : ',', .encoding = encoding, .chunk = 1 + n % 61};
    rp_reader *reader = rp_reader_open_known(bytes + skipped, n - skipped, &options, first.bare_cr, &error);
    must(reader);
    reading second = read_all(reader, n - skipped, skipped, NULL);
    if (first.opened)
        must(first.rows == second.rows && first.bad == second.bad && first.places == second.places &&
             first.extents == second.extents && first.texts == second.texts);
}

static void check_header(const char *bytes, size_t n, rp_encoding encoding) {
    rp_error error = {0};
    rp_header header;
    rp_reader *reader =
        rp_reader_open_bytes(bytes, n, "fuzz", &(rp_reader_options){.encoding = encoding, .chunk = 4096}, &error);
    rp_arena *arena = rp_arena_new(0);
    must(arena);
    if (reader && rp_reader_header(reader, arena, &header, &error)) {
        must(header.n > 0 && header.line > 0);
        for (size_t i = 0; i < header.n && i < 40; i++) {
            must(header.names[i][0] && header.columns[i] > 0);
            must(rp_header_find(&header, header.names[i]) == (int)i);
        }
        (void)rp_header_nearest(&header, header.names[header.n - 1]);
    } else {
        must(error.code != RP_OK && error.message[0]);
    }
    rp_reader_close(reader);
    rp_arena_free(arena);
}

/* What is packed has other bounds than the number of its bytes: it is read to its end, and no more. */
static int read_packed(const char *bytes, size_t n) {
    rp_error error = {0};
    rp_row row;
    rp_read got = RP_READ_ROW;
    rp_reader *reader =
        rp_reader_open_bytes(bytes, n, "fuzz", &(rp_reader_options){.chunk = 4096, .limit_bytes = 1 << 20}, &error);
    while (reader && (got == RP_READ_ROW || got == RP_READ_BAD))
        got = rp_reader_next(reader, &row, &error);
    rp_reader_close(reader);
    return 0;
}

static reading read_in(const char *bytes, size_t n, rp_encoding encoding) {
    const rp_reader_options options = {.encoding = encoding, .chunk = 4096}, copied = {.chunk = 4096};
    rp_error error = {0};
    rp_buf copy = {0};
    rp_buf_put(&copy, "\n"); /* so that the first field is not taken for the mark of another format */
    rp_reader *reader = rp_reader_open_bytes(bytes, n, "fuzz", &options, &error);
    must(reader || (error.code != RP_OK && error.message[0]));
    reading first = read_all(reader, n, 0, &copy);
    must(!copy.failed);
    if (first.rows) {
        reading again = read_all(rp_reader_open_bytes(copy.at, copy.n, "copy", &copied, &error), copy.n, 0, NULL);
        must(again.opened && again.rows == first.rows && again.bad == 0 && again.texts == first.texts);
    }
    rp_buf_free(&copy);
    check_chunks(bytes, n, encoding, first);
    check_header(bytes, n, encoding);
    return first;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    const char *bytes = n ? (const char *)data : "";
    if (rp_unpack_is_packed(bytes, n))
        return read_packed(bytes, n);
    reading utf8 = read_in(bytes, n, RP_UTF_8), windows = read_in(bytes, n, RP_WINDOWS_1252);
    if (utf8.opened && windows.opened)
        must(utf8.rows + utf8.bad == windows.rows + windows.bad && utf8.extents == windows.extents);
    return 0;
}
