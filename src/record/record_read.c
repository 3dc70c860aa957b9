/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a sealed record, value by value. */
#include "record/record_parts.h"

static const rp_column *column_of(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_held_table *held = &record->tables[table];
    assert(record->sealed && !record->only_checked && row < held->n && column >= 0);
    assert((size_t)column < held->columns.n && !held->columns.at[column].dropped);
    (void)row;
    return &held->columns.at[column];
}

/* The value of a row by its type; `missing` where nothing was ever put near it. Questions ask millions of times. */
#define VALUE_AT(type, from, row, missing)                                                                             \
    const type *at = rp_piece_at(&(from)->pieces, row, sizeof(type)); /* the width need not be looked up */            \
    return at ? *at : (missing);

static int16_t code_at(const rp_column *from, size_t row) {
    VALUE_AT(int16_t, from, row, -1)
}

static uint64_t bits_at(const rp_column *from, size_t row){VALUE_AT(uint64_t, from, row, rp_column_missing(from).bits)}

size_t rp_record_rows(const rp_record *record, rp_table_id table) {
    assert(record->sealed);
    return record->tables[table].n;
}

uint32_t rp_record_id(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_ID || from->as_id);
    return rp_column_id(from, row);
}

const char *rp_record_id_text(const rp_record *record, rp_table_id table, int column, size_t row) {
    uint32_t id = rp_record_id(record, table, column, row);
    return rp_domain_text(record->tables[table].columns.at[column].domain, id);
}

rp_date rp_record_date(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_DATE);
    VALUE_AT(rp_date, from, row, RP_NO_DATE)
}

int64_t rp_record_time_us(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_TIME);
    VALUE_AT(int64_t, from, row, RP_NO_INT)
}

int rp_record_code(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_CODE);
    if (!from->as_id)
        return code_at(from, row);
    uint32_t id = rp_column_id(from, row);
    return id < from->codes->n ? (int)id : -1;
}

const char *rp_record_code_text(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_CODE);
    if (from->as_id)
        return rp_domain_text(from->domain, rp_column_id(from, row));
    int code = code_at(from, row);
    return code < 0 ? NULL : from->codes->codes[code].code;
}

int64_t rp_record_int(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_INT);
    VALUE_AT(int64_t, from, row, RP_NO_INT)
}

double rp_record_num(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_NUM || from->type == RP_TYPE_VALUE);
    rp_held value = {.bits = bits_at(from, row)};
    return from->type == RP_TYPE_VALUE && rp_value_kind_of(value) != RP_PRESENT ? NAN : value.num;
}

rp_missing rp_record_missing(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_VALUE);
    return rp_value_kind_of((rp_held){.bits = bits_at(from, row)});
}

int rp_record_bool(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_BOOL);
    VALUE_AT(int8_t, from, row, -1)
}

const char *rp_record_text(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    assert(from->type == RP_TYPE_TEXT);
    VALUE_AT(char *const, from, row, NULL)
}

bool rp_record_has(const rp_record *record, rp_table_id table, int column, size_t row) {
    const rp_column *from = column_of(record, table, column, row);
    if (from->type == RP_TYPE_NUM || from->type == RP_TYPE_VALUE)
        return !isnan(rp_record_num(record, table, column, row));
    return !rp_column_is_missing(from, row);
}

/* How many of n values side by side are no missing ones. Compiled for each width apart. */
static inline size_t having_in_run(const char *at, size_t n, size_t width, rp_held missing) {
    size_t having = 0;
    for (size_t i = 0; i < n; i++)
        having += memcmp(at + i * width, &missing, width) != 0;
    return having;
}

/* Whatever the kind of missing, it is no number. */
static size_t numbers_in_run(const char *at, size_t n) {
    size_t having = 0;
    for (size_t i = 0; i < n; i++) {
        double number;
        memcpy(&number, at + i * sizeof number, sizeof number);
        having += !isnan(number);
    }
    return having;
}

static size_t having_values(const rp_column *from, const char *at, size_t n) {
    const rp_held missing = rp_column_missing(from);
    if (from->type == RP_TYPE_NUM || from->type == RP_TYPE_VALUE)
        return numbers_in_run(at, n);
    switch (rp_column_width(from)) {
    case 1:
        return having_in_run(at, n, 1, missing);
    case 2:
        return having_in_run(at, n, 2, missing);
    case 4:
        return having_in_run(at, n, 4, missing);
    default:
        return having_in_run(at, n, 8, missing);
    }
}

size_t rp_record_having(const rp_record *record, rp_table_id table, int column, rp_rows rows) {
    size_t having = 0;
    for (size_t i = 0, run; i < rows.n; i += run) {
        const rp_column *from = column_of(record, table, column, rows.at[i]);
        const void *at;
        for (run = 1; i + run < rows.n && rows.at[i + run] == rows.at[i] + run;)
            run++;
        run = rp_column_run(from, rows.at[i], run, &at);
        having += at ? having_values(from, at, run) : 0;
    }
    return having;
}

rp_origin rp_record_origin(const rp_record *record, rp_table_id table, size_t row) {
    const rp_held_table *held = &record->tables[table];
    assert(record->sealed && row < held->n && !held->place.dropped);
    const rp_spot spot = rp_spot_at(record, rp_column_id(&held->place, row));
    return (rp_origin){.input = spot.input, .line = spot.line};
}

bool rp_record_superseded(const rp_record *record, size_t administration) {
    const rp_held_table *held = &record->tables[RP_ADMINISTRATIONS];
    assert(record->sealed && administration < held->n);
    return !rp_row_counts(held, administration);
}
