/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the formats that read delimited text share: a file opened with its header, whose unreadable rows are told and
 * counted in one place, so that the loops over rows see good shapes only. */
#ifndef RAPPORT_FORMATS_DELIMITED_ROWS_H
#define RAPPORT_FORMATS_DELIMITED_ROWS_H

#include "rapport/record.h"

/* How a file is written, as far as that was declared. */
typedef struct rp_delimited_form {
    char separator; /* 0: found from the header */
    rp_encoding encoding;
    bool latin1;       /* declared as ISO 8859-1, and read as Windows-1252 */
    const char *where; /* where it is declared, for messages; NULL: nowhere */
} rp_delimited_form;

/* The encoding by the name under which it was declared, in any case. False: none that is read. */
bool rp_delimited_declare(rp_delimited_form *form, const char *encoding, rp_error *error);

typedef struct rp_delimited {
    rp_record *record; /* borrowed */
    const char *path;  /* borrowed; as given, for messages */
    rp_delimited_form form;
    rp_reader *reader; /* owned */
    rp_bulk *bulk;     /* owned; NULL while rows are read one by one */
    rp_header header;
    size_t width; /* fields of the header line: some programs end every line with separators that name nothing */
    uint32_t input;
    uint64_t n_rows; /* read so far, those at fault included */
    rp_progress progress;
} rp_delimited;

/* False, with the reason, for a pipe or a device: it could keep us waiting for ever, and could not be read again for
 * the rejects file. What is absent is let pass: the reader tells that better. */
bool rp_delimited_regular(const char *path, rp_error *error);
/* The name of a file of delimited text without what tells its kind: ".csv", ".csv.gz" or ".csv.zst", in any case.
 * False: it has none of them, or nothing before. */
bool rp_delimited_stem(const char *name, rp_text *out);
/* Opens the file and reads its header; the record learns of it only by rp_delimited_begin, when its columns are known
 * to do. Refuses what is not a regular file. Zero *out first; close it in either case. */
bool rp_delimited_open(rp_delimited *out, rp_record *record, const char *path, const rp_delimited_form *form,
                       rp_arena *arena, rp_error *error);
bool rp_delimited_begin(rp_delimited *file, bool quiet, rp_error *error);
/* The next row with as many fields as the header line. Rows that cannot be read, or have too many or too few fields,
 * are rejected here. RP_READ_ROW, RP_READ_END or RP_READ_FAILED (see *error). */
rp_read rp_delimited_next(rp_delimited *file, rp_row *out, rp_error *error);
/* From here on rows come in batches: rp_delimited_next_batch instead of rp_delimited_next. */
bool rp_delimited_batches(rp_delimited *file, rp_convert convert, void *context, rp_error *error);
/* The next batch (RP_BULK_BATCH), or one row with as many fields as the header line (RP_BULK_ROW), or the end or a
 * failure. Rows at fault are rejected here. */
rp_bulk_read rp_delimited_next_batch(rp_delimited *file, rp_batch *batch, void **converted, rp_row *row,
                                     rp_error *error);
rp_place rp_delimited_place(const rp_delimited *file, const rp_row *row);
/* Rejects the row for what stands in the cell. */
void rp_delimited_reject(rp_delimited *file, const rp_row *row, const rp_cell *cell, const char *rule,
                         const char *format, ...) RP_PRINTF(5, 6);
/* Rejects the cell's value alone; the row stays. */
void rp_delimited_value_fault(rp_delimited *file, const rp_cell *cell, const char *rule, const char *format, ...)
    RP_PRINTF(4, 5);
void rp_delimited_close(rp_delimited *file);

#endif
