/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a reader as batches of regular rows, and single rows between them. A row is regular or not by what
 * the reader itself says of it. */
#include <assert.h>
#include <string.h>

#include "table/reader_parts.h"

enum { BATCH_BYTES = 256 << 10 };

struct rp_bulk {
    rp_arena *arena; /* holds the bulk and the batch's tables */
    rp_reader *reader;
    size_t n_cells;
    rp_convert convert;
    void *context;
    rp_arena *converted; /* of the batch given out last */
    rp_buf bytes;
    RP_VEC(rp_span) spans;
    RP_VEC(uint32_t) row_at;
    RP_VEC(uint32_t) row_n;
    rp_batch batch;
    /* What stopped the batch, to be given next. */
    bool held;
    rp_read held_read;
    rp_row held_row;
    rp_error held_error;
};

rp_bulk *rp_bulk_open(rp_reader *reader, size_t n_cells, int threads, rp_convert convert, void *context,
                      rp_error *error) {
    assert(reader && n_cells > 0 && threads > 0);
    (void)threads;
    rp_arena *arena = rp_arena_new(0);
    rp_bulk *bulk = arena ? rp_arena_take(arena, 1, sizeof *bulk) : NULL;
    if (!bulk) {
        rp_arena_free(arena);
        rp_fail_memory(error);
        return NULL;
    }
    *bulk = (rp_bulk){.arena = arena, .reader = reader, .n_cells = n_cells, .convert = convert, .context = context};
    return bulk;
}

void rp_bulk_close(rp_bulk *bulk) {
    if (!bulk)
        return;
    rp_arena_free(bulk->converted);
    rp_buf_free(&bulk->bytes);
    rp_arena_free(bulk->arena);
}

/* Where the reader's last row begins in its window. */
static const char *row_bytes(const rp_row *row) {
    return row->cells[0].text.at - row->cells[0].quoted;
}

/* With its line end. The reader stands behind it. */
static size_t full_length(const rp_bulk *bulk, const rp_row *row) {
    const rp_window *window = &bulk->reader->window;
    return (size_t)(window->at + window->start - row_bytes(row));
}

static bool is_regular(const rp_bulk *bulk, const rp_row *row) {
    const rp_scan *scan = &bulk->reader->scan;
    if (row->n != bulk->n_cells || bulk->reader->line != row->line + 1 || bulk->reader->dialect.bare_cr)
        return false;
    for (size_t i = 0; i < row->n; i++)
        if (scan->marks.at[i].doubled)
            return false;
    size_t length = full_length(bulk, row);
    return row->length < length && row_bytes(row)[length - 1] == '\n';
}

static bool keep_row(rp_bulk *bulk, const rp_row *row) {
    const char *from = row_bytes(row);
    uint32_t at = (uint32_t)bulk->bytes.n;
    rp_buf_add(&bulk->bytes, from, full_length(bulk, row));
    for (size_t i = 0; i < row->n; i++) {
        const rp_cell *cell = &row->cells[i];
        rp_span *span = rp_vec_push(bulk->arena, &bulk->spans);
        if (!span)
            return false;
        *span = (rp_span){at + (uint32_t)(cell->text.at - from), (uint32_t)cell->text.n & INT32_MAX, cell->quoted};
    }
    uint32_t *row_at = rp_vec_push(bulk->arena, &bulk->row_at);
    uint32_t *row_n = row_at ? rp_vec_push(bulk->arena, &bulk->row_n) : NULL;
    if (!row_n || bulk->bytes.failed)
        return false;
    *row_at = at;
    *row_n = (uint32_t)row->length;
    return true;
}

static rp_bulk_read fail_memory(rp_error *error) {
    rp_fail_memory(error);
    return RP_BULK_FAILED;
}

static rp_bulk_read give_batch(rp_bulk *bulk, rp_batch *out, void **converted, rp_error *error) {
    static const char padding[RP_BATCH_PADDING];
    rp_batch *batch = &bulk->batch;
    uint32_t *last = rp_vec_push(bulk->arena, &bulk->row_at);
    if (!last)
        return fail_memory(error);
    *last = (uint32_t)bulk->bytes.n;
    rp_buf_add(&bulk->bytes, padding, sizeof padding);
    if (bulk->bytes.failed)
        return fail_memory(error);
    batch->bytes = bulk->bytes.at;
    batch->spans = bulk->spans.at;
    batch->row_at = bulk->row_at.at;
    batch->row_n = bulk->row_n.at;
    batch->n_cells = bulk->n_cells;
    *out = *batch;
    if (bulk->convert) {
        bulk->converted = rp_arena_new(0);
        if (!bulk->converted || !bulk->convert(bulk->context, batch, bulk->converted, converted))
            return fail_memory(error);
    }
    return RP_BULK_BATCH;
}

static rp_bulk_read give_held(rp_bulk *bulk, rp_row *row, rp_error *error) {
    bulk->held = false;
    *row = bulk->held_row;
    switch (bulk->held_read) {
    case RP_READ_ROW:
        return RP_BULK_ROW;
    case RP_READ_END:
        return RP_BULK_END;
    case RP_READ_BAD:
        *error = bulk->held_error;
        return RP_BULK_BAD;
    case RP_READ_FAILED:
        break;
    }
    *error = bulk->held_error;
    return RP_BULK_FAILED;
}

rp_bulk_read rp_bulk_next(rp_bulk *bulk, rp_batch *batch, void **converted, rp_row *row, rp_error *error) {
    rp_arena_free(bulk->converted);
    bulk->converted = NULL;
    *converted = NULL;
    *row = (rp_row){0};
    bulk->bytes.n = bulk->spans.n = bulk->row_at.n = bulk->row_n.n = 0;
    bulk->batch = (rp_batch){0};
    if (bulk->held)
        return give_held(bulk, row, error);
    while (bulk->bytes.n < BATCH_BYTES) {
        rp_row *next = &bulk->held_row;
        bulk->held_read = rp_reader_next(bulk->reader, next, &bulk->held_error);
        bool follows = bulk->batch.n_rows == 0 || next->line == bulk->batch.line + bulk->batch.n_rows;
        bulk->held = bulk->held_read != RP_READ_ROW || !follows || !is_regular(bulk, next);
        if (bulk->held)
            break;
        if (bulk->batch.n_rows++ == 0) {
            bulk->batch.line = next->line;
            bulk->batch.offset = next->offset;
        }
        if (!keep_row(bulk, next))
            return fail_memory(error);
    }
    return bulk->batch.n_rows ? give_batch(bulk, batch, converted, error) : give_held(bulk, row, error);
}
