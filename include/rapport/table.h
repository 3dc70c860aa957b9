/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 3, table: delimited text as rows that know where they came from; columns of it in memory, and formulas over
 * them. Knows nothing of therapy, nor of models. */
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

/* ---- formulas ------------------------------------------------------------------------------ */

/* The formulas of lme4: an outcome, ~, and terms. docs/fit.md tells the grammar. */
enum {
    RP_FORMULA_LIMIT_BYTES = 4096,  /* nobody writes a longer one by hand */
    RP_FORMULA_LIMIT_DEPTH = 32,    /* brackets in brackets: the parser calls itself for each */
    RP_FORMULA_LIMIT_VARIABLES = 60 /* so that a term is a set in 64 bits */
};

typedef enum rp_expression_kind {
    RP_EXPRESSION_NUMBER,
    RP_EXPRESSION_COLUMN,
    RP_EXPRESSION_MINUS, /* of `left` alone */
    RP_EXPRESSION_ADD,
    RP_EXPRESSION_SUBTRACT,
    RP_EXPRESSION_MULTIPLY,
    RP_EXPRESSION_DIVIDE,
    RP_EXPRESSION_POWER,
    RP_EXPRESSION_LOG,
    RP_EXPRESSION_EXP,
    RP_EXPRESSION_SQRT
} rp_expression_kind;
/* Arithmetic on columns. `at` is the byte of the formula where it begins. */
typedef struct rp_expression {
    rp_expression_kind kind;
    double number;
    const char *column;
    const struct rp_expression *left, *right;
    size_t at;
} rp_expression;

typedef enum rp_variable_kind {
    RP_VARIABLE_COLUMN, /* a factor where it holds text, else a number */
    RP_VARIABLE_FACTOR, /* factor(x) */
    RP_VARIABLE_NUMBER, /* I(), log(), exp(), sqrt() */
    RP_VARIABLE_POLY    /* poly(x, degree) */
} rp_variable_kind;
typedef struct rp_variable {
    rp_variable_kind kind;
    const char *text;                /* as R would write it: "poly(x, 2)" */
    const char *column;              /* COLUMN, FACTOR */
    const rp_expression *expression; /* NUMBER, POLY */
    int degree;
    size_t at;
} rp_variable;

/* Terms as R orders them: by how many variables they have, then as they came. Bit v of a term: variable v is in. */
typedef struct rp_formula_terms {
    bool intercept;
    const uint64_t *terms;
    size_t n;
} rp_formula_terms;
/* (terms | a:b). (terms || g) came apart into one of these for each term, (terms | g/h) into one for g:h and one for g.
 */
typedef struct rp_formula_random {
    rp_formula_terms terms;
    const char *const *by; /* the columns that group */
    size_t n_by;
    const char *name; /* "a:b" */
    size_t at;
} rp_formula_random;
typedef struct rp_formula {
    const char *text;              /* as given */
    const char *outcome;           /* what stands left of ~, as R would write it */
    const rp_expression *response; /* of cbind(yes, no): yes */
    const rp_expression *failures; /* no; NULL: no cbind() */
    const rp_expression *const *offsets;
    size_t n_offsets;
    const rp_variable *variables;
    size_t n_variables;
    rp_formula_terms fixed;
    const rp_formula_random *random;
    size_t n_random;
} rp_formula;

/* In arena. NULL: see *error, whose column says where (its file is RP_FORMULA_FILE). O(length). */
#define RP_FORMULA_FILE "formula"
rp_formula *rp_formula_parse(const char *text, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* A fault that was found later, at a byte of the formula. Returns false; the remedy may be added. */
bool rp_formula_fail(rp_error *error, rp_code code, size_t at, const char *format, ...) RP_PRINTF(4, 5);
/* Of a fault in a formula: the formula and, beneath it, a caret under the fault, each after two blanks; a long formula
 * is cut to what stands around the fault. Of any other error: nothing. */
void rp_formula_caret(const char *text, const rp_error *error, rp_buf *out);

/* ---- columns in memory ------------------------------------------------------------------------ */

/* Some columns of a delimited file, whole, in blocks of rows; numbers and codes as narrow as they fit. */
enum { RP_COLUMNS_BLOCK = 1 << 16 };

typedef struct rp_column_wish {
    const char *name;
    bool number, codes; /* as which it is needed */
    bool plain;         /* as numbers will do, or as codes where it holds text */
    size_t at;          /* where the formula names it, for messages; SIZE_MAX: nowhere */
} rp_column_wish;

typedef struct rp_column_about {
    const char *name;
    bool numbers, codes;  /* which it has */
    rp_names *texts;      /* codes: what each number stands for */
    int64_t missing;      /* rows without a value */
    const char *odd_text; /* has codes because of this value, the first that is no number; NULL: as wished */
    uint32_t odd_line;
} rp_column_about;

typedef struct rp_columns {
    const rp_column_about *columns; /* in the order of the wishes */
    size_t n_columns;
    int64_t rows;     /* kept */
    int64_t rejected; /* rows that could not be read: left out */
    rp_error first_rejected;
    size_t n_blocks;
    struct rp_column_store *stores;
} rp_columns;

/* Reads a file. A missing value is an empty field, NA, or one of the `missing` texts. An unknown column is refused with
 * the nearest name, a text in a column that is wanted as numbers with its place. In arena; NULL: see *error. Memory:
 * what is kept, and a few batches. What comes of it is the same for any number of threads. */
typedef struct rp_columns_source {
    const char *path;
    rp_text bytes; /* at != NULL: they are read, and path stands in messages only */
    const char *const *missing;
    size_t n_missing;
    int threads;
    bool quiet;
} rp_columns_source;
rp_columns *rp_columns_read(const rp_columns_source *source, const rp_column_wish *wishes, size_t n, rp_arena *arena,
                            rp_error *error) RP_MUST_CHECK;
size_t rp_columns_block_rows(const rp_columns *columns, size_t block);
size_t rp_columns_block_missing(const rp_columns *columns, size_t column, size_t block);
/* All rows of a block: NaN, or RP_NO_ID, where missing. The column must have them (assert). */
void rp_columns_numbers(const rp_columns *columns, size_t column, size_t block, double *out);
void rp_columns_codes(const rp_columns *columns, size_t column, size_t block, uint32_t *out);

/* ---- designs ------------------------------------------------------------------------------------ */

/* A formula over columns: which rows can be used, and what each of them has in each column of the design. Knows no
 * model. Factors are coded by treatment contrasts as R codes them (model.matrix); the first level is the first in byte
 * order of those in the rows that are used. */
typedef struct rp_design_options {
    const char *const *references; /* "var=level" */
    size_t n_references;
    const char *success;        /* the outcome is 1 where its text is this, else 0; NULL: it is a number */
    bool text_outcome;          /* the outcome may turn out to be text, which is then refused with what it holds */
    const char *weights, *time; /* columns; NULL: none */
} rp_design_options;
/* The columns that a formula needs, each once. In arena; NULL: see *error. */
rp_column_wish *rp_design_wishes(const rp_formula *formula, const rp_design_options *options, rp_arena *arena,
                                 size_t *n, rp_error *error) RP_MUST_CHECK;

typedef struct rp_design_term {
    size_t factor;
    const size_t *columns;
    size_t n_columns;
} rp_design_term;
typedef struct rp_design_levels { /* of a factor with contrasts, for those who read the result */
    const char *variable, *reference;
    size_t n;
} rp_design_levels;
typedef struct rp_design {
    int64_t rows, left_out;
    const char *const *column_names; /* "(Intercept)", "armcbt", "x:factor(g)2" */
    size_t n_columns;
    const size_t *fixed;
    size_t n_fixed;
    const char *const *factor_names; /* grouping factors, the one with most groups first */
    const uint32_t *levels;
    size_t n_factors;
    const rp_design_term *terms; /* those of the first factor first */
    size_t n_terms;
    const rp_design_levels *coded;
    size_t n_coded;
    int64_t successes; /* with options.success: rows whose outcome is it */
    struct rp_design_parts *parts;
} rp_design;
/* In arena; formula and columns are borrowed, the columns only for as long as blocks are asked for. NULL: see *error
 * (no rows left, a factor with one level, a poly() of too high a degree, ...). */
rp_design *rp_design_new(const rp_formula *formula, const rp_columns *columns, const rp_design_options *options,
                         rp_arena *arena, rp_error *error) RP_MUST_CHECK;

/* The used rows of one block, in arena. Absent arrays are NULL, and so is a column of ones. */
typedef struct rp_design_rows {
    size_t n;
    const double *const *columns;
    const uint32_t *const *groups;
    const double *response, *failures, *weights, *offset, *time;
    double *lowest, *highest; /* of each column; both infinite where n == 0 */
    double response_lowest, response_highest;
} rp_design_rows;
/* May be called for several blocks at once. False: see *error (arithmetic that has no number). */
bool rp_design_block(const rp_design *design, size_t block, rp_arena *arena, rp_design_rows *out,
                     rp_error *error) RP_MUST_CHECK;
/* Which row of the data, from 1, the i-th used row of a block is: for messages. */
int64_t rp_design_row(const rp_design *design, size_t block, size_t i);

#endif
