/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as JSON. docs/json.md gives every field. */
#include <math.h>
#include <string.h>

#include "rapport/json.h"
#include "report/report_parts.h"

static void put_hidden(rp_json *json) {
    rp_json_open(json, '{');
    rp_json_key(json, "suppressed");
    rp_json_put_bool(json, true);
    rp_json_close(json);
}

/* Left out where it does not apply. */
static void put_text(rp_json *json, const char *key, const char *text) {
    if (!text)
        return;
    rp_json_key(json, key);
    rp_json_put_text(json, text);
}

static void put_num(rp_json *json, const char *key, double value, bool hidden) {
    rp_json_key(json, key);
    if (hidden)
        put_hidden(json);
    else
        rp_json_put_num(json, value);
}

static void put_count(rp_json *json, const char *key, int64_t n, bool hidden) {
    rp_json_key(json, key);
    if (hidden)
        put_hidden(json);
    else if (n < 0)
        rp_json_put_null(json);
    else
        rp_json_put_int(json, n);
}

static void put_texts(rp_json *json, const char *key, const char *const *texts, size_t n) {
    rp_json_key(json, key);
    rp_json_open(json, '[');
    for (size_t i = 0; i < n; i++)
        rp_json_put_text(json, texts[i]);
    rp_json_close(json);
}

static void put_statement(rp_json *json, const rp_statement *s) {
    rp_json_open(json, '{');
    put_text(json, "id", s->id);
    put_text(json, "label", s->label);
    put_text(json, "text", s->text);
    put_text(json, "measure", s->measure);
    put_text(json, "scale", s->scale);
    put_text(json, "rater", s->rater);
    put_text(json, "arm", s->arm);
    put_text(json, "severity", s->severity);
    put_text(json, "occasion", s->occasion);
    put_text(json, "version", s->version);
    put_text(json, "unit", s->unit);
    put_count(json, "numerator", s->numerator.n, s->suppressed);
    put_count(json, "denominator", s->denominator.n, s->suppressed);
    put_text(json, "cohort", s->cohort);
    put_num(json, "estimate", s->estimate, s->suppressed);
    put_num(json, "lower", s->lower, s->suppressed);
    put_num(json, "upper", s->upper, s->suppressed);
    put_num(json, "level", s->level, false);
    put_text(json, "method", s->method);
    rp_json_key(json, "confirmed");
    rp_json_put_bool(json, s->confirmed);
    if (s->suppressed) {
        rp_json_key(json, "suppressed");
        rp_json_put_bool(json, true);
    }
    rp_json_close(json);
}

/* ---- tables --------------------------------------------------------------------------------------- */

static void put_value(rp_json *json, const rp_value *value) {
    if (value->suppressed) {
        put_hidden(json);
        return;
    }
    switch (value->kind) {
    case RP_VALUE_EMPTY:
        rp_json_put_null(json);
        break;
    case RP_VALUE_TEXT:
        rp_json_put_text(json, value->text);
        break;
    case RP_VALUE_NUM:
        rp_json_put_num(json, value->num);
        break;
    case RP_VALUE_COUNT:
        rp_json_put_int(json, value->count.n);
        break;
    }
}

static void put_table(rp_json *json, const rp_answer_table *table) {
    rp_json_open(json, '{');
    put_text(json, "id", table->id);
    put_text(json, "title", table->title);
    put_text(json, "note", table->note);
    rp_json_key(json, "columns");
    rp_json_open(json, '[');
    for (size_t i = 0; i < table->n_columns; i++) {
        rp_json_open(json, '{');
        put_text(json, "id", table->columns[i].id);
        put_text(json, "label", table->columns[i].label);
        put_text(json, "unit", table->columns[i].unit);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_key(json, "rows");
    rp_json_open(json, '[');
    for (size_t r = 0; r < table->n_rows; r++) {
        rp_json_open(json, '[');
        for (size_t c = 0; c < table->n_columns; c++)
            put_value(json, &table->values[r * table->n_columns + c]);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_close(json);
}

/* ---- charts --------------------------------------------------------------------------------------- */

static const char *kind_name(rp_chart_kind kind) {
    switch (kind) {
    case RP_CHART_TRAJECTORY:
        return "trajectory";
    case RP_CHART_CHANGE:
        return "change";
    case RP_CHART_AGREEMENT:
        return "agreement";
    case RP_CHART_RATES:
        return "rates";
    case RP_CHART_FLOW:
        return "flow";
    case RP_CHART_FUNNEL:
        return "funnel";
    case RP_CHART_CATERPILLAR:
        return "caterpillar";
    case RP_CHART_FOREST:
        return "forest";
    }
    return "";
}

static const char *part_name(rp_flow_part part) {
    static const char *const names[] = {"box", "ended", "reason", "open", "around"};
    return names[part];
}

static void put_flow_point(rp_json *json, const rp_chart_point *p) {
    rp_json_open(json, '{');
    put_text(json, "label", p->label);
    put_text(json, "part", part_name(p->part));
    put_count(json, "n", p->count.n, p->suppressed);
    rp_json_close(json);
}

/* x_is_people: it is hidden where they are. */
static void put_point(rp_json *json, const rp_chart_point *p, bool x_is_people) {
    rp_json_open(json, '{');
    put_text(json, "label", p->label);
    put_num(json, "x", p->x, x_is_people && p->suppressed);
    put_num(json, "y", p->y, p->suppressed);
    put_num(json, "lower", p->lower, p->suppressed || p->range_hidden);
    put_num(json, "upper", p->upper, p->suppressed || p->range_hidden);
    put_count(json, "n", p->count.n, p->suppressed);
    rp_json_close(json);
}

static void put_line(rp_json *json, const rp_chart_line *line) {
    rp_json_open(json, '{');
    put_text(json, "label", line->label);
    rp_json_key(json, "vertical");
    rp_json_put_bool(json, line->vertical);
    put_num(json, "slope", line->vertical ? NAN : line->slope, false);
    put_num(json, "intercept", line->intercept, false);
    put_num(json, "lower", line->lower, false);
    put_num(json, "upper", line->upper, false);
    rp_json_close(json);
}

static void put_chart_data(rp_json *json, const rp_chart *chart) {
    rp_json_open(json, '{');
    put_text(json, "x_label", chart->x_label);
    put_text(json, "y_label", chart->y_label);
    rp_json_key(json, "binned");
    rp_json_put_bool(json, chart->binned);
    if (chart->binned)
        put_num(json, "bin_width", chart->bin_width, false);
    rp_json_key(json, "series");
    rp_json_open(json, '[');
    for (size_t s = 0; s < chart->n_series; s++) {
        rp_json_open(json, '{');
        put_text(json, "label", chart->series[s].label);
        rp_json_key(json, "points");
        rp_json_open(json, '[');
        for (size_t i = 0; i < chart->series[s].n; i++)
            if (chart->kind == RP_CHART_FLOW)
                put_flow_point(json, &chart->series[s].points[i]);
            else
                put_point(json, &chart->series[s].points[i], chart->kind == RP_CHART_FUNNEL);
        rp_json_close(json);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_key(json, "lines");
    rp_json_open(json, '[');
    for (size_t i = 0; i < chart->n_lines; i++)
        put_line(json, &chart->lines[i]);
    rp_json_close(json);
    rp_json_close(json);
}

static void put_chart(rp_json *json, const rp_chart *chart) {
    rp_json_open(json, '{');
    put_text(json, "id", chart->id);
    put_text(json, "kind", kind_name(chart->kind));
    put_text(json, "title", chart->title);
    put_text(json, "reading", chart->reading);
    put_text(json, "table", chart->table_id);
    rp_json_key(json, "data");
    put_chart_data(json, chart);
    rp_json_close(json);
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static void put_answer(rp_json *json, const rp_answer *answer) {
    rp_json_open(json, '{');
    put_text(json, "question", answer->question);
    put_text(json, "title", answer->title);
    put_text(json, "lead", answer->lead);
    put_texts(json, "needs_missing", answer->needs_missing, answer->n_needs_missing);
    rp_json_key(json, "statements");
    rp_json_open(json, '[');
    for (size_t i = 0; i < answer->n_statements; i++)
        put_statement(json, answer->statements[i]);
    rp_json_close(json);
    rp_json_key(json, "tables");
    rp_json_open(json, '[');
    for (size_t i = 0; i < answer->n_tables; i++)
        put_table(json, answer->tables[i]);
    rp_json_close(json);
    rp_json_key(json, "charts");
    rp_json_open(json, '[');
    for (size_t i = 0; i < answer->n_charts; i++)
        put_chart(json, answer->charts[i]);
    rp_json_close(json);
    put_texts(json, "caveats", answer->caveats, answer->n_caveats);
    rp_json_key(json, "protected_below");
    rp_json_put_int(json, answer->protected_below);
    rp_json_key(json, "n_suppressed");
    rp_json_put_int(json, (int64_t)answer->n_suppressed);
    rp_json_close(json);
}

static const char *unless_empty(const char *text) {
    return text && *text ? text : NULL;
}

void rp_report_json_provenance(const rp_provenance *p, rp_json *json) {
    rp_json_key(json, "provenance");
    rp_json_open(json, '{');
    put_text(json, "version", p->version);
    put_text(json, "title", unless_empty(p->title));
    put_text(json, "citation", unless_empty(p->citation));
    put_text(json, "licence", unless_empty(p->licence));
    put_text(json, "command", p->command);
    rp_json_key(json, "inputs");
    rp_json_open(json, '[');
    for (size_t i = 0; i < p->n_inputs; i++) {
        const rp_provenance_input *input = &p->inputs[i];
        rp_json_open(json, '{');
        put_text(json, "name", input->name);
        put_count(json, "bytes", input->bytes, false);
        put_text(json, "sha256", input->sha256);
        put_count(json, "rows", input->rows, false);
        put_count(json, "rejected", input->rejected, false);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_key(json, "seed");
    if (p->seed <= INT64_MAX)
        rp_json_put_int(json, (int64_t)p->seed);
    else
        rp_json_put_num(json, (double)p->seed);
    rp_json_key(json, "protected_below");
    rp_json_put_int(json, p->protected_below);
    put_text(json, "made_at", p->made_at);
    rp_json_close(json);
}

void rp_report_put_json(const rp_report *report, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    if (report->audience != RP_FOR_UNSAID) {
        put_text(&json, "reader", rp_audience_name(report->audience));
        put_text(&json, "for_whom", rp_report_for_whom(report->audience));
        put_text(&json, "of_all_readers", rp_report_of_all_readers());
    }
    rp_json_key(&json, "answers");
    rp_json_open(&json, '[');
    for (size_t i = 0; i < report->n_answers; i++)
        put_answer(&json, report->answers[i]);
    rp_json_close(&json);
    if (report->provenance)
        rp_report_json_provenance(report->provenance, &json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}
