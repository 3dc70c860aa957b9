/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in memory: batches and rows into the block that is being filled. A batch's fields become numbers and runs of
 * short texts in any thread; texts get their numbers here, in the order of the file. */
#include <math.h>
#include <string.h>

#include "table/columns_parts.h"

/* One column of a batch. */
typedef struct converted_column {
    double *numbers;
    uint8_t *found;
    rp_text_run *runs;
    size_t n_runs;
    uint32_t odd_row; /* the first whose text is no number; UINT32_MAX: none */
} converted_column;

bool columns_is_missing(const columns_reading *r, rp_text text) {
    if (text.n == 0 || (text.n == 2 && memcmp(text.at, "NA", 2) == 0))
        return true;
    for (size_t i = 0; i < r->source->n_missing; i++)
        if (rp_text_is(text, r->source->missing[i]))
            return true;
    return false;
}

/* ---- a batch, in any thread ---- */

static rp_text field_text(const rp_batch *batch, size_t row, size_t field) {
    rp_span span = rp_batch_span(batch, row, field);
    return (rp_text){batch->bytes + span.at, span.n};
}

static bool convert_numbers(const columns_reading *r, const rp_batch *batch, size_t field, rp_arena *arena,
                            converted_column *out) {
    out->numbers = rp_arena_take_unset(arena, batch->n_rows, sizeof *out->numbers);
    out->found = rp_arena_take_unset(arena, batch->n_rows, 1);
    if (!out->numbers || !out->found)
        return false;
    rp_cells_num(batch, field, NAN, out->numbers, out->found);
    for (size_t i = 0; i < batch->n_rows; i++) {
        bool text = out->found[i] == RP_CELL_OTHER && !columns_is_missing(r, field_text(batch, i, field));
        bool said_missing = r->source->n_missing && out->found[i] == RP_CELL_VALUE &&
                            columns_is_missing(r, field_text(batch, i, field));
        if (said_missing)
            out->numbers[i] = NAN;
        if (text && out->odd_row == UINT32_MAX)
            out->odd_row = (uint32_t)i;
    }
    return true;
}

bool columns_convert(void *reading, const rp_batch *batch, rp_arena *arena, void **out) {
    const columns_reading *r = reading;
    converted_column *all = rp_arena_take(arena, r->n_fillings, sizeof *all);
    if (!all)
        return false;
    for (size_t c = 0; c < r->n_fillings; c++) {
        const filling *f = &r->fillings[c];
        all[c].odd_row = UINT32_MAX;
        if (f->about.numbers && !convert_numbers(r, batch, (size_t)f->field, arena, &all[c]))
            return false;
        if (!f->about.codes)
            continue;
        all[c].runs = rp_arena_take_unset(arena, batch->n_rows, sizeof *all[c].runs);
        if (!all[c].runs)
            return false;
        all[c].n_runs = rp_cells_runs(batch, (size_t)f->field, all[c].runs);
    }
    *out = all;
    return true;
}

/* ---- into the block ---- */

bool columns_flush(columns_reading *r, rp_error *error) {
    size_t n = r->filled;
    if (n == 0)
        return true;
    for (size_t c = 0; c < r->n_fillings; c++) {
        filling *f = &r->fillings[c];
        block_pack *block = rp_vec_push(r->arena, &f->store.blocks);
        if (!block || (f->about.numbers && !pack_numbers(f->numbers, n, r->arena, &block->numbers)) ||
            (f->about.codes && !pack_codes(f->codes, n, r->arena, &block->codes)))
            return rp_fail_memory(error);
        block->rows = n;
        for (size_t i = 0; i < n; i++)
            block->missing += f->about.numbers ? isnan(f->numbers[i]) : f->codes[i] == RP_NO_ID;
        f->about.missing += (int64_t)block->missing;
    }
    r->out->rows += (int64_t)n;
    r->out->n_blocks++;
    r->filled = 0;
    return true;
}

static bool note_odd(columns_reading *r, size_t column, uint32_t line, rp_text text, rp_error *error) {
    enum { SHOWN = 40 };
    r->odd = (odd_value){column, line, rp_arena_copy(r->arena, text.at, text.n < SHOWN ? text.n : SHOWN)};
    return r->odd.text != NULL || rp_fail_memory(error);
}

enum { WAVE = 256 };

/* Codes of the runs of a batch's rows [from, from + n), to the block's places from `filled` on. */
static bool put_codes(columns_reading *r, filling *f, const rp_batch *batch, const converted_column *made, size_t from,
                      size_t n) {
    size_t run = 0;
    while (run < made->n_runs && made->runs[run].row + made->runs[run].n <= from)
        run++;
    uint32_t *out = f->codes + r->filled;
    for (size_t done = 0; done < n;) {
        rp_words words[WAVE];
        uint32_t ids[WAVE];
        size_t first = run, n_short = 0, next = 0, end = from + n;
        for (; run < made->n_runs && made->runs[run].row < end && run - first < WAVE; run++) {
            const rp_text_run *one = &made->runs[run];
            rp_text text = one->found == RP_CELL_VALUE ? field_text(batch, one->row, (size_t)f->field) : (rp_text){0};
            if (one->found == RP_CELL_VALUE && !columns_is_missing(r, text))
                words[n_short++] = one->text;
        }
        if (!rp_names_put_short(f->about.texts, words, n_short, ids))
            return false;
        for (size_t k = first; k < run; k++) {
            const rp_text_run *one = &made->runs[k];
            rp_text text = one->found == RP_CELL_EMPTY ? (rp_text){0} : field_text(batch, one->row, (size_t)f->field);
            uint32_t id = RP_NO_ID;
            if (one->found == RP_CELL_VALUE && !columns_is_missing(r, text))
                id = ids[next++];
            else if (one->found == RP_CELL_OTHER && !columns_is_missing(r, text) &&
                     (id = rp_names_put(f->about.texts, text)) == RP_NO_ID)
                return false;
            size_t low = one->row > from ? one->row : from, high = one->row + one->n < end ? one->row + one->n : end;
            for (size_t row = low; row < high; row++)
                out[row - from] = id;
            done += high - low;
        }
    }
    return true;
}

bool columns_put_batch(columns_reading *r, const rp_batch *batch, const void *converted, rp_error *error) {
    const converted_column *made = converted;
    for (size_t c = 0; c < r->n_fillings; c++)
        if (made[c].odd_row != UINT32_MAX)
            return note_odd(r, c, batch->line + made[c].odd_row,
                            field_text(batch, made[c].odd_row, (size_t)r->fillings[c].field), error);
    for (size_t from = 0; from < batch->n_rows;) {
        size_t room = RP_COLUMNS_BLOCK - r->filled, left = batch->n_rows - from, n = left < room ? left : room;
        for (size_t c = 0; c < r->n_fillings; c++) {
            filling *f = &r->fillings[c];
            if (f->about.numbers)
                memcpy(f->numbers + r->filled, made[c].numbers + from, n * sizeof *f->numbers);
            if (f->about.codes && !put_codes(r, f, batch, &made[c], from, n))
                return rp_fail_memory(error);
        }
        r->filled += n;
        from += n;
        if (r->filled == RP_COLUMNS_BLOCK && !columns_flush(r, error))
            return false;
    }
    return true;
}

bool columns_put_row(columns_reading *r, const rp_row *row, rp_error *error) {
    for (size_t c = 0; c < r->n_fillings; c++) {
        filling *f = &r->fillings[c];
        rp_text text = row->cells[f->field].text;
        bool missing = columns_is_missing(r, text);
        if (f->about.numbers) {
            f->numbers[r->filled] = NAN;
            if (!missing && !rp_text_to_num(text, &f->numbers[r->filled]))
                return note_odd(r, c, row->cells[f->field].line, text, error);
        }
        if (!f->about.codes)
            continue;
        uint32_t id = missing ? RP_NO_ID : rp_names_put(f->about.texts, text);
        if (id == RP_NO_ID && !missing)
            return rp_fail_memory(error);
        f->codes[r->filled] = id;
    }
    return ++r->filled < RP_COLUMNS_BLOCK || columns_flush(r, error);
}
