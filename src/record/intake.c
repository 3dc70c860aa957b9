/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole batches of rows into a table. Converting looks at each value once, in any thread: what is plainly right becomes
 * a typed value, and a row with anything else is marked doubtful. Adding puts runs of good rows into the columns, and
 * hands doubtful ones to rp_record_add, so that there is one place only which knows the rules and their words. */
#include "record/intake.h"

rp_intake *rp_intake_new(rp_record *record, const rp_intake_plan *plan) {
    assert(!record->sealed && plan->table >= 0 && plan->table < RP_TABLES);
    rp_intake *in = rp_arena_take(record->arena, 1, sizeof *in);
    rp_intake **place = in ? rp_vec_push(record->arena, &record->intakes) : NULL;
    if (!place)
        return NULL;
    *place = in;
    *in = (rp_intake){.record = record, .held = &record->tables[plan->table], .plan = *plan};
    size_t n = in->held->columns.n;
    in->cells = rp_arena_take(record->arena, n, sizeof *in->cells);
    in->field_of = rp_arena_take(record->arena, n, sizeof *in->field_of);
    in->codes = rp_arena_take(record->arena, n, sizeof *in->codes);
    in->method = rp_schema_column(plan->table, "method");
    in->scratch = rp_arena_take(record->arena, 1, sizeof *in->scratch);
    if (!in->cells || !in->field_of || !in->codes || !in->scratch)
        return NULL;
    for (size_t c = 0; c < n; c++)
        in->field_of[c] = -1;
    for (size_t f = 0; f < plan->n_fields; f++) {
        assert(plan->columns[f] >= 0 && (size_t)plan->columns[f] < n);
        in->field_of[plan->columns[f]] = (int)f;
    }
    return rp_intake_know_codes(in) ? in : NULL;
}

/* ---- rows that go the long way ---- */

static rp_put add_alone(const rp_intake *in, const rp_batch *batch, size_t row, rp_error *error) {
    size_t n = in->held->columns.n;
    uint32_t line = batch->line + (uint32_t)row;
    for (size_t c = 0; c < n; c++) {
        in->cells[c] = (rp_cell){.line = line};
        if (in->field_of[c] < 0)
            continue;
        rp_span span = rp_batch_span(batch, row, (size_t)in->field_of[c]);
        in->cells[c] = (rp_cell){.text = rp_intake_text(in, batch, row, in->field_of[c]),
                                 .line = line,
                                 .column = span.at - rp_batch_row_at(batch, row) + 1 - span.quoted,
                                 .quoted = span.quoted};
    }
    const rp_place place = {.origin = {.input = in->plan.input, .line = line},
                            .offset = batch->offset + rp_batch_row_at(batch, row),
                            .length = rp_batch_row_bytes(batch, row)};
    return rp_record_add(in->record, in->plan.table, in->cells, n, place, error);
}

/* ---- runs of good rows ---- */

/* The run that the row is in. */
static size_t find_run(const rp_text_run *runs, size_t n, size_t row) {
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (runs[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A run of a text that is long, or empty, or means a missing value. */
static bool put_other_id(const rp_intake *in, const rp_batch *batch, const rp_text_run *run, rp_names *names, int field,
                         uint32_t *id) {
    rp_text text = rp_intake_text(in, batch, run->row, field);
    *id = text.n ? rp_names_put(names, text) : RP_NO_ID;
    return !text.n || *id != RP_NO_ID;
}

static bool is_short(const rp_intake *in, const rp_text_run *run) {
    return run->found == RP_CELL_VALUE && !in->plan.n_missing;
}

/* The ids of runs `from` to before `to`: of those that are short many at once. */
static bool put_run_ids(const rp_intake *in, const rp_batch *batch, const rp_text_run *runs, size_t from, size_t to,
                        rp_names *names, int field) {
    rp_words *texts = in->scratch->texts;
    uint32_t *ids = in->scratch->run_ids;
    for (size_t at = from, n; at < to; at += n) {
        for (n = 0; at + n < to && is_short(in, &runs[at + n]); n++)
            texts[n] = runs[at + n].text;
        if (n == 0 && !put_other_id(in, batch, &runs[at], names, field, ids + (at - from)))
            return false;
        if (n > 0 && !rp_names_put_short(names, texts, n, ids + (at - from)))
            return false;
        n += n == 0;
    }
    return true;
}

static bool put_ids(rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken, size_t row, size_t n,
                    size_t c) {
    rp_column *column = &in->held->columns.at[c];
    const rp_text_run *runs = taken->runs[c];
    size_t from = find_run(runs, taken->n_runs[c], row), to = from;
    while (to < taken->n_runs[c] && runs[to].row < row + n)
        to++;
    if (!put_run_ids(in, batch, runs, from, to, column->domain->names, in->field_of[c]))
        return false;
    uint32_t *ids = in->scratch->ids, *at = ids;
    for (size_t i = from, next = row; i < to; i++)
        for (size_t end = runs[i].row + runs[i].n; next < end && next < row + n; next++)
            *at++ = in->scratch->run_ids[i - from];
    return rp_column_fill(in->record->arena, column, in->held->n, n, ids);
}

static bool put_texts(rp_intake *in, const rp_batch *batch, size_t row, size_t n, rp_column *column, int field) {
    for (size_t i = 0; i < n; i++) {
        rp_text text = rp_intake_text(in, batch, row + i, field);
        rp_held value = {.text = NULL};
        if (text.n && !rp_column_keep_text(in->record->arena, column, text, &value))
            return false;
        if (!rp_column_put(in->record->arena, column, in->held->n + i, value))
            return false;
    }
    return true;
}

/* A score whose method is not said was supplied: record.md. */
static bool put_supplied(rp_intake *in, size_t n, rp_column *column) {
    int16_t supplied = (int16_t)rp_code_find(column->codes, rp_text_of("supplied"));
    for (size_t i = 0; i < n; i++)
        in->scratch->codes[i] = supplied;
    return rp_column_fill(in->record->arena, column, in->held->n, n, in->scratch->codes);
}

static bool put_column(rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken, size_t row, size_t n,
                       size_t c) {
    rp_column *column = &in->held->columns.at[c];
    int field = in->field_of[c];
    if (column->dropped)
        return true;
    if (field < 0 && (int)c == in->method)
        return put_supplied(in, n, column);
    if (field < 0) /* a row that was rejected may have left its value here */
        return rp_column_put(in->record->arena, column, in->held->n, rp_column_missing(column));
    if (column->domain)
        return put_ids(in, batch, taken, row, n, c);
    if (column->type == RP_TYPE_TEXT)
        return put_texts(in, batch, row, n, column, field);
    const char *values = taken->values[c];
    return rp_column_fill(in->record->arena, column, in->held->n, n, values + row * rp_column_width(column));
}

static bool put_places(rp_intake *in, const rp_batch *batch, size_t row, size_t n) {
    uint32_t first = rp_spots_put(in->record, in->plan.input, batch, row, n);
    if (first == RP_NO_ROW)
        return false;
    for (size_t i = 0; i < n; i++)
        in->scratch->ids[i] = first + (uint32_t)i;
    return rp_column_fill(in->record->arena, &in->held->place, in->held->n, n, in->scratch->ids);
}

static bool add_run(rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken, size_t row, size_t n) {
    bool fine = put_places(in, batch, row, n);
    for (size_t c = 0; c < in->held->columns.n && fine; c++)
        fine = put_column(in, batch, taken, row, n, c);
    in->held->n += n;
    in->held->offered += n;
    return fine;
}

/* As many keys as the file has rows, if they are all about as long as the first ones. */
static void expect_keys(const rp_intake *in, const rp_batch *batch) {
    int key = in->held->roles.key;
    if (key < 0 || in->held->n || !batch->n_rows)
        return;
    uint64_t bytes = rp_batch_row_at(batch, batch->n_rows) - rp_batch_row_at(batch, 0);
    rp_names_expect(in->held->columns.at[key].domain->names,
                    (size_t)((double)in->plan.bytes / (double)bytes * (double)batch->n_rows * 1.05));
}

rp_put rp_intake_add(rp_intake *in, const rp_batch *batch, const void *converted, rp_error *error) {
    const rp_intake_taken *taken = converted;
    rp_record *record = in->record;
    assert(!record->sealed && batch->n_cells >= in->plan.n_fields);
    if (in->held->n + batch->n_rows >= RP_NO_ROW - 1) {
        rp_fail(error, RP_E_LIMIT, "%s has more rows than the %u allowed.", in->held->def->name, RP_NO_ROW - 1);
        return RP_PUT_FAILED;
    }
    expect_keys(in, batch);
    bool fine = !record->failed;
    for (size_t row = 0, n = 1; row < batch->n_rows && fine; row += n) {
        if (taken->doubtful[row]) {
            n = 1;
            if (add_alone(in, batch, row, error) == RP_PUT_FAILED)
                return RP_PUT_FAILED;
            continue;
        }
        for (n = 1; row + n < batch->n_rows && n < RP_INTAKE_SLICE && !taken->doubtful[row + n];)
            n++;
        fine = add_run(in, batch, taken, row, n);
    }
    record->failed = !fine;
    if (!fine)
        rp_fail_memory(error);
    return fine ? RP_PUT_KEPT : RP_PUT_FAILED;
}

/* ---- places ---- */

uint32_t rp_intake_place(rp_intake *in, uint64_t offset, uint32_t length, int field) {
    rp_arena *scratch = rp_arena_new(0);
    rp_error ignored = {0};
    rp_text text;
    uint32_t column = 0;
    const char *path = rp_record_input_path(in->record, in->plan.input);
    const rp_reader_options options = {.separator = in->plan.separator};
    rp_reader *reader = NULL;
    rp_row row;
    if (!in->slices) /* whatever the file's encoding: a row that came by the batch is the same in UTF-8 */
        in->slices = rp_slices_open(path, RP_UTF_8, &ignored);
    if (scratch && in->slices && rp_slices_next(in->slices, offset, length, scratch, &text, &ignored))
        reader = rp_reader_open_bytes(text.at, text.n, path, &options, &ignored);
    if (reader && rp_reader_next(reader, &row, &ignored) == RP_READ_ROW && (size_t)field < row.n)
        column = row.cells[field].column;
    rp_reader_close(reader);
    rp_arena_free(scratch);
    return column;
}

void rp_intakes_close(rp_record *record) {
    for (size_t i = 0; i < record->intakes.n; i++) {
        rp_slices_close(record->intakes.at[i]->slices);
        record->intakes.at[i]->slices = NULL;
    }
}
