/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in memory: from a file. A column that was not said to be numbers or text is taken for what its first rows
 * hold; where a later row holds text after all, the file is read once more with the column as text. */
#include <string.h>

#include "table/columns_parts.h"

enum { LOOKED_AT = 1000 };

static rp_reader *open_source(const rp_columns_source *source, rp_error *error) {
    return source->bytes.at ? rp_reader_open_bytes(source->bytes.at, source->bytes.n, source->path, NULL, error)
                            : rp_reader_open(source->path, NULL, error);
}

/* ---- the header ---- */

static bool unknown_column(const columns_reading *r, const rp_header *header, const filling *f, rp_error *error) {
    const char *nearest = rp_header_nearest(header, f->about.name);
    if (f->at == SIZE_MAX) {
        rp_fail(error, RP_E_UNKNOWN, "%s has no column '%.80s'.", rp_path_name(r->source->path), f->about.name);
    } else {
        rp_formula_fail(error, RP_E_UNKNOWN, f->at, "%s has no column '%.80s'.", rp_path_name(r->source->path),
                        f->about.name);
    }
    rp_buf list = {0};
    if (nearest)
        rp_buf_printf(&list, "Did you mean '%.80s'? ", nearest);
    rp_buf_put(&list, "Its columns are: ");
    size_t i = 0;
    for (; i < header->n && list.n < 180; i++)
        rp_buf_printf(&list, "%s%.40s", i ? ", " : "", header->names[i]);
    rp_fail_remedy(error, "%s%s", list.at ? list.at : "", i < header->n ? ", ..." : ".");
    rp_buf_free(&list);
    return false;
}

/* The reader's header leaves out empty names at its end; the row's own width is taken in a look of its own. */
static bool find_fields(columns_reading *r, rp_error *error) {
    rp_reader *reader = open_source(r->source, error);
    rp_row row = {0};
    rp_error ignored = {0};
    if (reader && rp_reader_next(reader, &row, &ignored) == RP_READ_ROW)
        r->n_cells = row.n;
    rp_reader_close(reader);
    rp_header header = {0};
    reader = reader ? open_source(r->source, error) : NULL;
    bool fine = reader && rp_reader_header(reader, r->arena, &header, error);
    for (size_t c = 0; c < r->n_fillings && fine; c++) {
        r->fillings[c].field = rp_header_find(&header, r->fillings[c].about.name);
        fine = r->fillings[c].field >= 0 || unknown_column(r, &header, &r->fillings[c], error);
    }
    rp_reader_close(reader);
    return fine;
}

/* ---- numbers or text ---- */

static void take_as_text(filling *f, uint32_t line, const char *text) {
    f->about.numbers = false;
    f->about.codes = true;
    f->about.odd_line = line;
    f->about.odd_text = text;
}

static bool look_at_row(columns_reading *r, const rp_row *row) {
    for (size_t c = 0; c < r->n_fillings; c++) {
        filling *f = &r->fillings[c];
        rp_text text = row->cells[f->field].text;
        double value;
        if (f->must_be_number || !f->about.numbers || columns_is_missing(r, text) || rp_text_to_num(text, &value))
            continue;
        char *copy = rp_arena_copy(r->arena, text.at, text.n < 40 ? text.n : 40);
        if (!copy)
            return false;
        take_as_text(f, row->cells[f->field].line, copy);
    }
    return true;
}

static bool look(columns_reading *r, rp_error *error) {
    rp_reader *reader = open_source(r->source, error);
    rp_row row = {0};
    bool fine = reader != NULL;
    for (int i = 0; fine && i <= LOOKED_AT; i++) {
        rp_error ignored = {0};
        rp_read got = rp_reader_next(reader, &row, &ignored);
        if (got == RP_READ_END || got == RP_READ_FAILED)
            break;
        if (i > 0 && got == RP_READ_ROW && row.n == r->n_cells && !look_at_row(r, &row))
            fine = rp_fail_memory(error);
    }
    rp_reader_close(reader);
    return fine;
}

/* A text among numbers: a fault where numbers are wanted, else the column is text. */
static bool settle_odd(columns_reading *r, rp_error *error) {
    filling *f = &r->fillings[r->odd.column];
    if (!f->must_be_number) {
        take_as_text(f, r->odd.line, r->odd.text);
        return true;
    }
    rp_fail(error, RP_E_RULE, "Column '%.80s' is used as numbers, and holds '%s'.", f->about.name, r->odd.text);
    rp_fail_at(error, r->source->path, r->odd.line, 0);
    return rp_fail_remedy(error, "Put it right in the file; if it means a missing value, give it with --missing.");
}

/* ---- reading ---- */

static void reject(columns_reading *r, const rp_row *row, rp_error *why) {
    if (why->code == RP_OK) {
        rp_fail(why, RP_E_RULE, "The row has %zu fields where the header has %zu.", row->n, r->n_cells);
        rp_fail_at(why, r->source->path, row->line, 0);
    }
    if (r->out->rejected++ == 0)
        r->out->first_rejected = *why;
}

static bool read_pieces(columns_reading *r, rp_reader *reader, rp_bulk *bulk, rp_error *error) {
    rp_progress progress;
    rp_progress_start(&progress, rp_path_name(r->source->path), r->source->quiet);
    bool more = true, fine = true;
    while (more && fine && r->odd.column == SIZE_MAX) {
        rp_batch batch;
        rp_row row = {0};
        void *converted = NULL;
        rp_error why = {0};
        switch (rp_bulk_next(bulk, &batch, &converted, &row, &why)) {
        case RP_BULK_BATCH:
            fine = columns_put_batch(r, &batch, converted, error);
            rp_progress_at(&progress, rp_reader_share(reader));
            break;
        case RP_BULK_ROW:
            if (row.n == r->n_cells)
                fine = columns_put_row(r, &row, error);
            else
                reject(r, &row, &why);
            break;
        case RP_BULK_BAD:
            reject(r, &row, &why);
            break;
        case RP_BULK_END:
            more = false;
            break;
        case RP_BULK_FAILED:
            *error = why;
            fine = false;
        }
    }
    rp_progress_end(&progress);
    return fine && (r->odd.column != SIZE_MAX || columns_flush(r, error));
}

/* Back to nothing, for a reading from the beginning. What was packed stays in the arena until that goes. */
static bool begin_anew(columns_reading *r, rp_error *error) {
    r->filled = 0;
    r->odd = (odd_value){.column = SIZE_MAX};
    r->out->rows = r->out->rejected = 0;
    r->out->n_blocks = 0;
    for (size_t c = 0; c < r->n_fillings; c++) {
        filling *f = &r->fillings[c];
        f->store = (rp_column_store){0};
        f->about.missing = 0;
        f->about.texts = f->about.codes ? rp_names_new(r->arena) : NULL;
        if (f->about.numbers && !f->numbers)
            f->numbers = rp_arena_take_unset(r->arena, RP_COLUMNS_BLOCK, sizeof *f->numbers);
        if (f->about.codes && !f->codes)
            f->codes = rp_arena_take_unset(r->arena, RP_COLUMNS_BLOCK, sizeof *f->codes);
        if ((f->about.numbers && !f->numbers) || (f->about.codes && (!f->codes || !f->about.texts)))
            return rp_fail_memory(error);
    }
    return true;
}

static bool read_once(columns_reading *r, rp_error *error) {
    rp_row header = {0};
    if (!begin_anew(r, error))
        return false;
    rp_reader *reader = open_source(r->source, error);
    bool fine = reader && rp_reader_next(reader, &header, error) == RP_READ_ROW;
    rp_bulk *bulk = fine ? rp_bulk_open(reader, r->n_cells, r->source->threads, columns_convert, r, error) : NULL;
    fine = bulk && read_pieces(r, reader, bulk, error);
    rp_bulk_close(bulk);
    rp_reader_close(reader);
    return fine;
}

static bool read_all(columns_reading *r, rp_error *error) {
    if (!find_fields(r, error) || !look(r, error))
        return false;
    for (;;) {
        if (!read_once(r, error))
            return false;
        if (r->odd.column == SIZE_MAX)
            return true;
        if (!settle_odd(r, error))
            return false;
    }
}

static bool hand_over(columns_reading *r, rp_error *error) {
    rp_column_about *columns = rp_arena_take(r->arena, r->n_fillings, sizeof *columns);
    rp_column_store *stores = rp_arena_take(r->arena, r->n_fillings, sizeof *stores);
    if (!columns || !stores)
        return rp_fail_memory(error);
    for (size_t c = 0; c < r->n_fillings; c++) {
        columns[c] = r->fillings[c].about;
        stores[c] = r->fillings[c].store;
        if (columns[c].texts)
            rp_names_settle(columns[c].texts);
    }
    r->out->columns = columns;
    r->out->stores = stores;
    r->out->n_columns = r->n_fillings;
    return true;
}

rp_columns *rp_columns_read(const rp_columns_source *source, const rp_column_wish *wishes, size_t n, rp_arena *arena,
                            rp_error *error) {
    columns_reading r = {.source = source, .n_fillings = n, .arena = arena};
    r.out = rp_arena_take(arena, 1, sizeof *r.out);
    r.fillings = rp_arena_take(arena, n, sizeof *r.fillings);
    if (!r.out || !r.fillings)
        return rp_fail_memory(error), NULL;
    for (size_t c = 0; c < n; c++) {
        filling *f = &r.fillings[c];
        f->about.name = wishes[c].name;
        f->must_be_number = wishes[c].number;
        f->about.numbers = wishes[c].number || wishes[c].plain;
        f->about.codes = wishes[c].codes;
        f->at = wishes[c].at;
    }
    return read_all(&r, error) && hand_over(&r, error) ? r.out : NULL;
}
