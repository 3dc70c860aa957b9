/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a delimited file on their way to a record. A row that cannot be read is one fault and one reject, and reading
 * goes on: no good row is lost for a bad neighbour. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "formats/delimited_rows.h"

enum { LONGEST_MESSAGE = 400 };

bool rp_delimited_regular(const char *path, rp_error *error) {
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
        return true;
    rp_fail(error, RP_E_FILE, "This is not a regular file, so it is not read.");
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(error, "Copy what it holds into a file and name that.");
}

bool rp_delimited_stem(const char *name, rp_text *out) {
    static const char *const kinds[] = {".csv", ".csv.gz", ".csv.zst"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t of_kind = strlen(kinds[i]);
        if (n > of_kind && strcasecmp(name + n - of_kind, kinds[i]) == 0) {
            *out = (rp_text){name, n - of_kind};
            return true;
        }
    }
    return false;
}

/* By the names that Frictionless Data Packages use. ISO 8859-1 is Windows-1252 but for the bytes 0x80 to 0x9F, for
 * which it has control characters and no text: the WHATWG Encoding Standard gives both names one meaning, and a file
 * declared to be the one mostly is the other. */
bool rp_delimited_declare(rp_delimited_form *form, const char *encoding, rp_error *error) {
    static const struct {
        const char *name;
        rp_encoding encoding;
        bool latin1;
    } known[] = {
        {"utf-8", RP_UTF_8, false},
        {"utf8", RP_UTF_8, false},
        {"windows-1252", RP_WINDOWS_1252, false},
        {"cp1252", RP_WINDOWS_1252, false},
        {"iso-8859-1", RP_WINDOWS_1252, true},
        {"latin1", RP_WINDOWS_1252, true},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(encoding, known[i].name) == 0) {
            form->encoding = known[i].encoding;
            form->latin1 = known[i].latin1;
            return true;
        }
    rp_fail(error, RP_E_RULE, "The encoding \"%.40s\" is none that is read.", encoding);
    return rp_fail_remedy(error, "Save the file as UTF-8 and declare \"utf-8\"; \"windows-1252\" is read too.");
}

/* What is no UTF-8 may be declared to be something else. */
static void suggest_encoding(const rp_delimited *file, rp_error *why) {
    if (why->code != RP_E_ENCODING || file->form.encoding != RP_UTF_8)
        return;
    if (!file->form.where)
        rp_fail_remedy(why, "Save the file as UTF-8.");
    else
        rp_fail_remedy(why,
                       "Save the file as UTF-8; or, if it is Windows-1252, write \"encoding\": \"windows-1252\" in %s.",
                       file->form.where);
}

/* The reader's header leaves out empty names at its end, so the line's own width is taken in a first look. */
static bool find_width(rp_delimited *file, const rp_reader_options *options, rp_error *error) {
    rp_reader *first_look = rp_reader_open(file->path, options, error);
    rp_row row;
    rp_error ignored = {0};
    bool read = first_look && rp_reader_next(first_look, &row, &ignored) == RP_READ_ROW;
    file->width = read ? row.n : 0;
    rp_reader_close(first_look);
    return first_look != NULL; /* what is wrong with the first row, the header's reading tells */
}

bool rp_delimited_open(rp_delimited *out, rp_record *record, const char *path, const rp_delimited_form *form,
                       rp_arena *arena, rp_error *error) {
    out->record = record;
    out->path = path;
    out->form = *form;
    if (!rp_delimited_regular(path, error))
        return false;
    const rp_reader_options options = {.separator = form->separator, .encoding = form->encoding};
    if (!find_width(out, &options, error))
        return false;
    out->reader = rp_reader_open(path, &options, error);
    if (!out->reader)
        return false;
    bool read = rp_reader_header(out->reader, arena, &out->header, error);
    if (!read)
        suggest_encoding(out, error);
    return read;
}

bool rp_delimited_begin(rp_delimited *file, bool quiet, rp_error *error) {
    if (!rp_record_input(file->record, file->path, file->form.encoding, &file->input, error))
        return false;
    if (file->form.latin1)
        rp_faults_add(
            rp_record_faults(file->record), RP_FAULT_NOTE, file->path, 0, 0, "encoding",
            "Declared as ISO 8859-1 in %s, the file is read as Windows-1252: the two differ only in the bytes "
            "0x80 to 0x9F, for which ISO 8859-1 has no text.",
            file->form.where);
    rp_progress_start(&file->progress, rp_path_name(file->path), quiet);
    return true;
}

rp_place rp_delimited_place(const rp_delimited *file, const rp_row *row) {
    return (rp_place){.origin = {.input = file->input, .line = row->line},
                      .offset = row->offset,
                      .length = row->length > UINT32_MAX ? UINT32_MAX : (uint32_t)row->length};
}

static void reject_unread(rp_delimited *file, const rp_row *row, rp_error *why) {
    rp_place place = rp_delimited_place(file, row);
    if (place.origin.line == 0)
        place.origin.line = (uint32_t)why->line;
    suggest_encoding(file, why);
    rp_faults_add(rp_record_faults(file->record), RP_FAULT_ROW, file->path, why->line, why->column, "unreadable",
                  "%s %s", why->message, why->remedy);
    rp_record_reject(file->record, place, "unreadable");
}

static void reject_shape(rp_delimited *file, const rp_row *row) {
    bool more = row->n > file->width;
    const rp_cell *at = &row->cells[more ? file->width : row->n - 1];
    rp_delimited_reject(file, row, at, "fields", "The row has %zu fields where the header has %zu: too %s.", row->n,
                        file->width, more ? "many" : "few");
}

/* A row that could be read, by its number of fields. */
static bool take_row(rp_delimited *file, const rp_row *row) {
    if (row->n != file->width) {
        reject_shape(file, row);
        return false;
    }
    rp_record_row_read(file->record, rp_delimited_place(file, row));
    return true;
}

rp_read rp_delimited_next(rp_delimited *file, rp_row *out, rp_error *error) {
    for (;;) {
        *out = (rp_row){0};
        rp_error why = {0};
        rp_read got = rp_reader_next(file->reader, out, &why);
        file->n_rows += got == RP_READ_ROW || got == RP_READ_BAD;
        switch (got) {
        case RP_READ_ROW:
            if (out->line % 4096 == 0)
                rp_progress_at(&file->progress, rp_reader_share(file->reader));
            if (take_row(file, out))
                return RP_READ_ROW;
            break;
        case RP_READ_BAD:
            reject_unread(file, out, &why);
            break;
        case RP_READ_END:
            return RP_READ_END;
        case RP_READ_FAILED:
            *error = why;
            return RP_READ_FAILED;
        }
    }
}

bool rp_delimited_batches(rp_delimited *file, rp_convert convert, void *context, rp_error *error) {
    file->bulk = rp_bulk_open(file->reader, file->width, rp_record_threads(file->record), convert, context, error);
    return file->bulk != NULL;
}

rp_bulk_read rp_delimited_next_batch(rp_delimited *file, rp_batch *batch, void **converted, rp_row *row,
                                     rp_error *error) {
    for (;;) {
        rp_error why = {0};
        rp_bulk_read got = rp_bulk_next(file->bulk, batch, converted, row, &why);
        switch (got) {
        case RP_BULK_BATCH:
            file->n_rows += batch->n_rows;
            rp_progress_at(&file->progress, rp_reader_share(file->reader));
            return got;
        case RP_BULK_ROW:
            file->n_rows++;
            if (take_row(file, row))
                return got;
            break;
        case RP_BULK_BAD:
            file->n_rows++;
            reject_unread(file, row, &why);
            break;
        case RP_BULK_END:
        case RP_BULK_FAILED:
            *error = why;
            return got;
        }
    }
}

void rp_delimited_reject(rp_delimited *file, const rp_row *row, const rp_cell *cell, const char *rule,
                         const char *format, ...) {
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_faults_add(rp_record_faults(file->record), RP_FAULT_ROW, file->path, cell->line, cell->column, rule, "%s", text);
    rp_record_reject(file->record, rp_delimited_place(file, row), rule);
}

void rp_delimited_value_fault(rp_delimited *file, const rp_cell *cell, const char *rule, const char *format, ...) {
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_faults_add(rp_record_faults(file->record), RP_FAULT_VALUE, file->path, cell->line, cell->column, rule, "%s",
                  text);
}

void rp_delimited_close(rp_delimited *file) {
    if (file->progress.what)
        rp_progress_end(&file->progress);
    rp_bulk_close(file->bulk);
    rp_reader_close(file->reader);
    file->bulk = NULL;
    file->reader = NULL;
}
