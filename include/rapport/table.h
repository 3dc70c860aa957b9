/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 3, table: delimited text as rows that know where they came from. Knows nothing of therapy. */
#ifndef RAPPORT_TABLE_H
#define RAPPORT_TABLE_H

#include "rapport/base.h"

/* Why a value is not there. "Present" is zero so that zeroed memory is no claim of absence. */
typedef enum rp_missing {
    RP_PRESENT = 0,
    RP_MISSING, /* empty, kind not told */
    RP_NOT_DUE,
    RP_NOT_OFFERED,
    RP_OFFERED_NOT_DONE,
    RP_DECLINED,
    RP_TECHNICAL,
    RP_SUPPRESSED,
    RP_ROUNDED,
    RP_MISSING_KINDS
} rp_missing;
const char *rp_missing_name(rp_missing kind);         /* "declined" ... ; static */
bool rp_missing_parse(rp_text text, rp_missing *out); /* the words above; "" is RP_MISSING */

/* Where a row began: the input's number (in order of opening) and the line, from 1. */
typedef struct rp_origin {
    uint32_t input;
    uint32_t line;
} rp_origin;

/* How characters stand in a file. Whatever it is, the texts that come out are UTF-8, while lines, columns, offsets and
 * lengths are those of the file. It is told and never guessed: almost any bytes can be read as Windows-1252. */
typedef enum rp_encoding { RP_UTF_8, RP_WINDOWS_1252 } rp_encoding;

/* One field of a row: its text with quotes taken off, and where it stands. line and column count from 1; column counts
 * bytes in its line, at the field's first byte (the quote where it is quoted). */
typedef struct rp_cell {
    rp_text text; /* borrowed from the reader until the next row; at == NULL: the row has no such field */
    uint32_t line, column;
    bool quoted;
} rp_cell;

typedef struct rp_row {
    const rp_cell *cells; /* borrowed until the next row */
    size_t n;
    uint32_t line;   /* where it begins */
    uint64_t offset; /* byte offset of its first byte in the file's text */
    size_t length;   /* bytes, without the line end */
} rp_row;

/* Limits of the reader, each with its reason. */
enum {
    RP_READER_LIMIT_ROW = 16 << 20,  /* bytes in a row: longer ones are a lost quote or not text */
    RP_READER_LIMIT_CELLS = 1 << 16, /* fields in a row: more is not a table that anyone keeps by hand */
    RP_READER_LIMIT_BYTES_GB = 1024, /* a whole file, and what it unpacks to */
    RP_READER_PEEK = 64 << 10        /* bytes looked at on opening, whatever the chunk: what the notes below call the
                                        first chunk */
};

#define RP_READER_LIMIT_BYTES ((uint64_t)RP_READER_LIMIT_BYTES_GB << 30)

typedef struct rp_reader rp_reader;

typedef struct rp_reader_options {
    char separator;       /* 0: found from the header among , ; tab | */
    rp_encoding encoding; /* UTF-8 unless told */
    size_t chunk;         /* bytes read at once; 0: 1 MiB. Tests use small ones */
    uint64_t limit_bytes; /* of text; 0: RP_READER_LIMIT_BYTES_GB. Tests use small ones */
} rp_reader_options;

typedef enum rp_read {
    RP_READ_ROW,
    RP_READ_END,
    RP_READ_BAD,   /* this row is at fault (see *error: file, line, column); reading goes on after it */
    RP_READ_FAILED /* no more can be read (see *error) */
} rp_read;

/* Opens a delimited text file (RFC 4180 with LF, CRLF or CR line ends, quoted fields that may hold separators, line
 * ends and doubled quotes; UTF-8 with or without a byte-order mark, or Windows-1252). NULL: see *error (no such file, a
 * folder, empty, binary: a NUL byte in the first chunk, UTF-16, the mark of UTF-8 where Windows-1252 was told). A file
 * packed by gzip or zstd, as its first bytes tell, is unpacked as it is read; all offsets are in its unpacked text.
 * Owned: rp_reader_close. `path` is copied. Memory: bounded by the longest row, and 128 MB more for zstd. An empty file
 * fails with a sentence that says so. A blank line is skipped (a quoted empty field is not blank). */
rp_reader *rp_reader_open(const char *path, const rp_reader_options *options, rp_error *error) RP_MUST_CHECK;
/* The same over bytes that the caller keeps alive (borrowed); `name` stands in messages. For tests and fuzzing. */
rp_reader *rp_reader_open_bytes(const char *bytes, size_t n, const char *name, const rp_reader_options *options,
                                rp_error *error) RP_MUST_CHECK;
void rp_reader_close(rp_reader *reader); /* NULL is fine */

/* The next row. Faults that make a row bad: an unclosed quote (at the place of the opening quote; the reader then goes
 * on after the line on which that quote stood), text after a closing quote, bytes that are no character (not UTF-8, or
 * one of the five that Windows-1252 leaves undefined: RP_E_ENCODING), a row or its count of fields past the limits, a
 * NUL byte. Where the row is bad, *out has no cells but tells the line, offset and length of what was passed over, for
 * the rejects file. A CR alone ends a line only where the first chunk has a CR and no LF. Text after a quote that was
 * opened on an earlier line counts as an unclosed quote. */
rp_read rp_reader_next(rp_reader *reader, rp_row *out, rp_error *error) RP_MUST_CHECK;
char rp_reader_separator(const rp_reader *reader);
uint64_t rp_reader_bytes(const rp_reader *reader); /* of the file's text, where that is known beforehand; else 0 */
double rp_reader_share(const rp_reader *reader);   /* of the file (packed, if it is) read so far, [0, 1] */

/* The header: names of the columns, trimmed, in arena. Reads the first row; fails on an empty name that is followed by
 * a non-empty one, on duplicates (naming both places), or when there is no row at all. Position i is column i. Empty
 * names at the end (as spreadsheets leave them) are not counted in n. */
typedef struct rp_header {
    const char **names;
    const uint32_t *columns; /* byte column of each name in the header line, for messages */
    size_t n;
    uint32_t line;
} rp_header;
bool rp_reader_header(rp_reader *reader, rp_arena *arena, rp_header *out, rp_error *error) RP_MUST_CHECK;
/* Index of a column, or -1. */
int rp_header_find(const rp_header *header, const char *name);
/* The header's nearest name, or NULL: for "did you mean". */
const char *rp_header_nearest(const rp_header *header, const char *name);

/* ---- many rows at once -------------------------------------------------------------------- */

/* Regular rows that follow one another in the file, at most about RP_BATCH_BYTES: each on one line, with a line end,
 * the asked number of fields, no doubled quotes, no line ends in quotes, no NUL, and valid UTF-8 (in a file of another
 * encoding: ASCII alone). */
typedef struct rp_batch {
    const char *bytes;    /* borrowed; RP_BATCH_PADDING readable bytes follow the last row, so that whole words may be
                             loaded */
    const uint32_t *ends; /* n_rows * n_cells, row after row: the place in bytes of the separator or line feed behind
                             each field. ends[-1] + 1 (in 32 bits) is where row 0 begins. */
    bool quotes;          /* fields may stand in quotes */
    size_t n_rows, n_cells;
    uint32_t line;   /* of row 0; row i stands on line + i */
    uint64_t offset; /* of bytes[0] in the file (in its decoded text where it is packed) */
} rp_batch;
enum { RP_BATCH_BYTES = 1 << 18, RP_BATCH_PADDING = 16 };

/* A field of a batch: its text (quotes taken off) in the batch's bytes. */
typedef struct rp_span {
    uint32_t at;
    uint32_t n : 31, quoted : 1;
} rp_span;

/* The field that ends at *end, one of batch->ends; `last`: it is a row's last. */
static inline rp_span rp_batch_span_at(const rp_batch *batch, const uint32_t *end, bool last) {
    uint32_t at = end[-1] + 1, n = end[0] - at;
    n -= last && n > 0 && batch->bytes[at + n - 1] == '\r'; /* of the line end */
    bool quoted = batch->quotes && n > 0 && batch->bytes[at] == '"';
    return (rp_span){.at = at + quoted, .n = (n - 2 * quoted) & INT32_MAX, .quoted = quoted};
}

static inline rp_span rp_batch_span(const rp_batch *batch, size_t row, size_t field) {
    return rp_batch_span_at(batch, batch->ends + row * batch->n_cells + field, field + 1 == batch->n_cells);
}

static inline uint32_t rp_batch_row_at(const rp_batch *batch, size_t row) {
    return (batch->ends + row * batch->n_cells)[-1] + 1;
}

/* Bytes of a row without its line end. */
static inline uint32_t rp_batch_row_bytes(const rp_batch *batch, size_t row) {
    uint32_t at = rp_batch_row_at(batch, row), end = rp_batch_row_at(batch, row + 1) - 1;
    return end - at - (end > at && batch->bytes[end - 1] == '\r');
}

/* Makes something of a batch in `arena`, which lives as long as the batch. Called in any thread, for batches in any
 * order, once for each batch that is given out; and for batches that turn out to be guessed wrongly and are not given
 * out, so that it may change nothing outside its arena. False: no memory. */
typedef bool (*rp_convert)(void *context, const rp_batch *batch, rp_arena *arena, void **out);

/* Reads what is left of a reader, mostly in batches. The pieces, one after the other, are the rows that rp_reader_next
 * would give, whatever `threads` (1 or more) is. Memory: a few batches for each thread, and the longest row. */
typedef struct rp_bulk rp_bulk;
/* Rows of n_cells fields are the regular ones. The reader is borrowed, and gives no rows of its own any more: it may be
 * asked (for its share read) and closed. convert may be NULL. NULL: out of memory. Owned: rp_bulk_close. */
rp_bulk *rp_bulk_open(rp_reader *reader, size_t n_cells, int threads, rp_convert convert, void *context,
                      rp_error *error) RP_MUST_CHECK;
void rp_bulk_close(rp_bulk *bulk); /* before the reader; NULL is fine */

typedef enum rp_bulk_read {
    RP_BULK_BATCH,
    RP_BULK_ROW, /* one row that is not regular, as rp_reader_next gives it */
    RP_BULK_BAD, /* one row at fault, as rp_reader_next gives it */
    RP_BULK_END,
    RP_BULK_FAILED
} rp_bulk_read;
/* The next piece of the file. *batch and *converted (what convert gave; NULL without it), or *row, are valid until the
 * next call; *error is filled for RP_BULK_BAD and RP_BULK_FAILED. */
rp_bulk_read rp_bulk_next(rp_bulk *bulk, rp_batch *batch, void **converted, rp_row *row, rp_error *error) RP_MUST_CHECK;

/* rp_text_to_int, rp_text_to_num and rp_date_parse, faster, for texts behind which RP_BATCH_PADDING bytes may be read,
 * such as those of a batch. text.at may not be NULL; an empty text is no value. */
bool rp_padded_to_int(rp_text text, int64_t *out);
bool rp_padded_to_num(rp_text text, double *out);
bool rp_padded_to_date(rp_text text, rp_date *out);

/* What stands in a field that should hold a value. */
enum { RP_CELL_VALUE, RP_CELL_EMPTY, RP_CELL_OTHER /* a text that is no such value */ };
/* One field of all rows of a batch, by the three above: out[row] is the value, or `missing` where there is none, and
 * found[row] says which. Both have room for n_rows. */
void rp_cells_int(const rp_batch *batch, size_t field, int64_t missing, int64_t *out, uint8_t *found);
void rp_cells_num(const rp_batch *batch, size_t field, double missing, double *out, uint8_t *found);
void rp_cells_date(const rp_batch *batch, size_t field, rp_date missing, rp_date *out, uint8_t *found);

/* One field of all rows of a batch as short texts: RP_CELL_OTHER is one of more than 15 bytes, whose words say nothing.
 * Both have room for n_rows. */
void rp_cells_short(const rp_batch *batch, size_t field, rp_words *out, uint8_t *found);

/* Rows that follow one another and say the same. */
typedef struct rp_text_run {
    rp_words text; /* if RP_CELL_VALUE; RP_CELL_OTHER is a text of more than 15 bytes, always in a run of its own */
    uint32_t row, n;
    uint8_t found, bytes; /* bytes: of the text, if RP_CELL_VALUE */
} rp_text_run;
/* One field of all rows of a batch as runs; `out` has room for n_rows. Gives their number. */
size_t rp_cells_runs(const rp_batch *batch, size_t field, rp_text_run *out);

/* The raw text of rows at known places, for the rejects file. */
typedef struct rp_slices rp_slices;
/* NULL: see *error. Owned: rp_slices_close. `path` is copied. */
rp_slices *rp_slices_open(const char *path, rp_encoding encoding, rp_error *error) RP_MUST_CHECK;
/* Copies `length` bytes at `offset` of the text into arena, as UTF-8: what is no character stays as it is. At most
 * RP_READER_LIMIT_ROW bytes: what was passed over may be longer than a row may be. A packed file is unpacked on from
 * the piece before; one that lies further back costs unpacking from the beginning, and that is done a few times only
 * (RP_E_LIMIT). */
bool rp_slices_next(rp_slices *slices, uint64_t offset, size_t length, rp_arena *arena, rp_text *out,
                    rp_error *error) RP_MUST_CHECK;
void rp_slices_close(rp_slices *slices); /* NULL is fine */

/* Writing: one field, quoted where it must be. With `guard`, a field that a spreadsheet would run (first byte one of
 * = + - @ TAB CR) gets a leading apostrophe, unless it is a number. */
void rp_csv_put(rp_buf *out, rp_text field, bool guard);

#endif
