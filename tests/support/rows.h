/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: a row of the record from "column=value" texts. */
#ifndef RAPPORT_TEST_ROWS_H
#define RAPPORT_TEST_ROWS_H

#include <stdarg.h>
#include <string.h>

#include "rapport/record.h"

/* Adds a row of `table`; the texts are "column=value", ended by NULL. Lines count up by themselves. */
static inline rp_put put_row(rp_record *record, rp_table_id table, ...) {
    static uint32_t line = 1;
    rp_cell cells[64];
    memset(cells, 0, sizeof cells);
    size_t n = rp_record_columns(record, table);
    line++;
    va_list list;
    va_start(list, table);
    for (const char *text; (text = va_arg(list, const char *)) != NULL;) {
        const char *equals = strchr(text, '=');
        char name[64] = "";
        memcpy(name, text, (size_t)(equals - text));
        int column = rp_record_column(record, table, name);
        assert_true(column >= 0);
        cells[column] = (rp_cell){.text = rp_text_of(equals + 1), .line = line, .column = (uint32_t)column + 1};
    }
    va_end(list);
    rp_error error = {0};
    return rp_record_add(record, table, cells, n, (rp_place){{0, line}, 0, 0}, &error);
}

#endif
