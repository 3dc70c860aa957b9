/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements as CSV, one line each; and one table as CSV. Numbers have every digit that they need to be read back;
 * texts that a spreadsheet would run are guarded. */
#include <math.h>

#include "rapport/json.h"
#include "rapport/table.h"
#include "report/report_parts.h"

static void put_text(rp_buf *out, const char *text, bool first) {
    if (!first)
        rp_buf_put(out, ",");
    if (text)
        rp_csv_put(out, rp_text_of(text), true);
}

static void put_num(rp_buf *out, double value) {
    char text[32];
    rp_buf_put(out, ",");
    if (!isfinite(value))
        return;
    rp_number_text(value, text);
    rp_buf_put(out, text);
}

static void put_count(rp_buf *out, int64_t n) {
    rp_buf_put(out, ",");
    if (n >= 0)
        rp_buf_printf(out, "%lld", (long long)n);
}

static void put_statement(rp_buf *out, const rp_statement *s, rp_audience reader) {
    const char *const texts[] = {s->id,  s->label,    s->text,     s->measure, s->scale, s->rater,
                                 s->arm, s->severity, s->occasion, s->version, s->unit};
    bool hidden = s->suppressed;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(out, texts[i], i == 0);
    put_count(out, hidden ? -1 : s->numerator.n);
    put_count(out, hidden ? -1 : s->denominator.n);
    put_text(out, s->cohort, false);
    put_num(out, hidden ? NAN : s->estimate);
    put_num(out, hidden ? NAN : s->lower);
    put_num(out, hidden ? NAN : s->upper);
    put_num(out, s->level);
    put_text(out, s->method, false);
    rp_buf_put(out, s->confirmed ? ",true" : ",false");
    rp_buf_put(out, hidden ? ",true" : ",false");
    if (reader != RP_FOR_UNSAID)
        put_text(out, rp_audience_name(reader), false);
    rp_buf_put(out, "\n");
}

void rp_report_put_csv(const rp_report *report, rp_buf *out) {
    rp_buf_put(out, "id,label,text,measure,scale,rater,arm,severity,occasion,version,unit,numerator,denominator,cohort,"
                    "estimate,lower,upper,level,method,confirmed,suppressed");
    rp_buf_put(out, report->audience != RP_FOR_UNSAID ? ",reader\n" : "\n");
    for (size_t a = 0; a < report->n_answers; a++)
        for (size_t i = 0; i < report->answers[a]->n_statements; i++)
            put_statement(out, report->answers[a]->statements[i], report->audience);
}

static void put_value(rp_buf *out, const rp_value *value) {
    char text[32];
    if (value->suppressed) {
        rp_buf_put(out, "suppressed");
        return;
    }
    switch (value->kind) {
    case RP_VALUE_EMPTY:
        break;
    case RP_VALUE_TEXT:
        rp_csv_put(out, rp_text_of(value->text), true);
        break;
    case RP_VALUE_NUM:
        if (!isfinite(value->num))
            break;
        rp_number_text(value->num, text);
        rp_buf_put(out, text);
        break;
    case RP_VALUE_COUNT:
        rp_buf_printf(out, "%lld", (long long)value->count.n);
        break;
    }
}

void rp_report_table_csv(const rp_answer_table *table, rp_buf *out) {
    for (size_t c = 0; c < table->n_columns; c++)
        put_text(out, table->columns[c].id, c == 0);
    rp_buf_put(out, "\n");
    for (size_t r = 0; r < table->n_rows; r++) {
        for (size_t c = 0; c < table->n_columns; c++) {
            if (c)
                rp_buf_put(out, ",");
            put_value(out, &table->values[r * table->n_columns + c]);
        }
        rp_buf_put(out, "\n");
    }
}
