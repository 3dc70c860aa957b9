/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of a record as CSV, each value as its file would have it. One row a row: not protected, not for publication.
 */
#include <math.h>
#include <string.h>

#include "rapport/evaluation.h"

static void put_text(rp_buf *out, const char *text) {
    if (text)
        rp_csv_put(out, rp_text_of(text), false);
}

static void put_num(rp_buf *out, double value) {
    char text[32];
    if (isnan(value))
        return;
    rp_number_text(value, text);
    rp_buf_put(out, text);
}

static void put_date(rp_buf *out, rp_date date) {
    char text[11];
    rp_date_text(date, text);
    rp_buf_put(out, text);
}

/* A time as seconds since 1970, so that it can be reckoned with. */
static void put_value(const rp_record *record, rp_table_id table, int column, size_t row, rp_buf *out) {
    const rp_table_def *def = rp_schema_table(table);
    if (column >= (int)def->n_columns) {
        put_text(out, rp_record_text(record, table, column, row));
        return;
    }
    if (!rp_record_has(record, table, column, row))
        return;
    const rp_column_def *about = &def->columns[column];
    switch (about->type) {
    case RP_TYPE_ID:
        put_text(out, rp_record_id_text(record, table, column, row));
        break;
    case RP_TYPE_DATE:
        put_date(out, rp_record_date(record, table, column, row));
        break;
    case RP_TYPE_TIME:
        put_num(out, (double)rp_record_time_us(record, table, column, row) / 1e6);
        break;
    case RP_TYPE_CODE:
        put_text(out, rp_record_code_text(record, table, column, row));
        break;
    case RP_TYPE_INT:
        rp_buf_printf(out, "%lld", (long long)rp_record_int(record, table, column, row));
        break;
    case RP_TYPE_NUM:
    case RP_TYPE_VALUE:
        put_num(out, rp_record_num(record, table, column, row));
        break;
    case RP_TYPE_BOOL:
        rp_buf_put(out, rp_record_bool(record, table, column, row) == 1 ? "true" : "false");
        break;
    case RP_TYPE_TEXT:
        put_text(out, rp_record_text(record, table, column, row));
    }
}

bool rp_evaluation_table_csv(const rp_record *record, rp_table_id table, rp_buf *out, rp_error *error) {
    size_t columns = rp_record_columns(record, table);
    for (size_t c = 0; c < columns; c++) {
        rp_buf_put(out, c ? "," : "");
        put_text(out, rp_record_column_name(record, table, (int)c));
    }
    rp_buf_put(out, "\n");
    for (size_t row = 0; row < rp_record_rows(record, table); row++) {
        for (size_t c = 0; c < columns; c++) {
            rp_buf_put(out, c ? "," : "");
            put_value(record, table, (int)c, row, out);
        }
        rp_buf_put(out, "\n");
    }
    return !out->failed || rp_fail_memory(error);
}
