/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of an answer, and a chart's points as a table. */
#include <math.h>

#include "report/format.h"
#include "report/html_parts.h"

/* People who move by keyboard can scroll what scrolls. */
static void open_scroll(rp_html *html, const char *label) {
    rp_html_open(html, "div");
    rp_html_attr(html, "class", "scroll");
    rp_html_attr(html, "role", "region");
    rp_html_attr(html, "aria-label", label);
    rp_html_attr(html, "tabindex", "0");
}

static void put_head_cell(rp_html *html, const char *label, const char *unit, bool number) {
    rp_html_open(html, "th");
    rp_html_attr(html, "scope", "col");
    rp_html_attr(html, "class", number ? "number" : NULL);
    rp_html_text(html, label);
    if (unit && *unit) {
        rp_html_text(html, " ");
        rp_html_open(html, "span");
        rp_html_attr(html, "class", "unit");
        rp_html_text(html, "(");
        rp_html_text(html, unit);
        rp_html_text(html, ")");
        rp_html_close(html, "span");
    }
    rp_html_close(html, "th");
}

static bool is_number_column(const rp_answer_table *table, size_t column) {
    for (size_t r = 0; r < table->n_rows; r++)
        if (rp_value_is_number(&table->values[r * table->n_columns + column]))
            return true;
    return false;
}

static void put_cell(rp_html *html, const rp_value *value, bool number, bool heads_row) {
    rp_buf text = {0};
    rp_html_open(html, heads_row ? "th" : "td");
    rp_html_attr(html, "scope", heads_row ? "row" : NULL);
    rp_html_attr(html, "class", value->suppressed ? "number hidden" : number ? "number" : NULL);
    rp_value_put(value, true, &text);
    rp_html_buf(html, &text);
    rp_html_close(html, heads_row ? "th" : "td");
}

void rp_html_put_table(rp_html *html, const rp_answer_table *table, bool caption_in_sight) {
    open_scroll(html, table->title);
    rp_html_open(html, "table");
    rp_html_leaf(html, "caption", caption_in_sight ? NULL : "listen", table->title);
    rp_html_open(html, "thead");
    rp_html_open(html, "tr");
    for (size_t c = 0; c < table->n_columns; c++)
        put_head_cell(html, table->columns[c].label, table->columns[c].unit, is_number_column(table, c));
    rp_html_close(html, "tr");
    rp_html_close(html, "thead");
    rp_html_open(html, "tbody");
    for (size_t r = 0; r < table->n_rows; r++) {
        rp_html_open(html, "tr");
        for (size_t c = 0; c < table->n_columns; c++) {
            const rp_value *value = &table->values[r * table->n_columns + c];
            put_cell(html, value, is_number_column(table, c), c == 0 && value->kind == RP_VALUE_TEXT);
        }
        rp_html_close(html, "tr");
    }
    rp_html_close(html, "tbody");
    rp_html_close(html, "table");
    rp_html_close(html, "div");
    if (table->note)
        rp_html_leaf(html, "p", "note", table->note);
}

/* ---- a chart's points ------------------------------------------------------------------------------- */

/* Not every forest has weights. */
static bool has_weights(const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            if (isfinite(chart->series[s].points[i].x))
                return true;
    return false;
}

/* The heads after the first, which names the row; NULL ends. Shares are shown in per cent. */
static void heads_of(const rp_chart *chart, const char *heads[6]) {
    const char *x = chart->x_label ? chart->x_label : "x", *y = chart->y_label ? chart->y_label : "y";
    const char *const rates[] = {"Known share", "At least", "At most", "People", NULL, NULL};
    const char *const squares[] = {x, y, "People", NULL, NULL, NULL}, *const places[] = {x, y, NULL, NULL, NULL, NULL};
    const char *const means[] = {x, y, "From", "To", "People", NULL};
    const char *const forest[] = {"Weight (%)", "Estimate", "From", "To", NULL, NULL, NULL};
    const char *const people[] = {"People", NULL, NULL, NULL, NULL, NULL};
    const char *const *own = chart->kind == RP_CHART_RATES         ? rates
                             : chart->kind == RP_CHART_FLOW        ? people
                             : chart->kind == RP_CHART_TRAJECTORY  ? means
                             : chart->kind == RP_CHART_CATERPILLAR ? means
                             : chart->kind == RP_CHART_FUNNEL      ? means
                             : chart->kind == RP_CHART_FOREST      ? forest + !has_weights(chart)
                             : chart->binned                       ? squares
                                                                   : places;
    for (size_t i = 0; i < 6; i++)
        heads[i] = own[i];
}

static void put_number(rp_html *html, double value, bool share, bool hidden) {
    char text[RP_FORMAT_ROOM];
    rp_format_fixed(share ? 100 * value : value,
                    share                                      ? 1
                    : isfinite(value) && value == floor(value) ? 0
                                                               : 2,
                    true, text);
    rp_html_open(html, "td");
    rp_html_attr(html, "class", hidden ? "number hidden" : "number");
    rp_html_text(html, hidden ? "hidden" : text);
    rp_html_text(html, share && !hidden && isfinite(value) ? "%" : NULL);
    rp_html_close(html, "td");
}

/* A side of a square: "14 to under 21". */
static void put_range(rp_html *html, double middle, double width) {
    char from[RP_FORMAT_ROOM], to[RP_FORMAT_ROOM];
    double low = middle - width / 2, high = middle + width / 2;
    bool whole = fabs(low - nearbyint(low)) < 1e-9 && fabs(high - nearbyint(high)) < 1e-9;
    rp_format_fixed(low, whole ? 0 : 2, true, from);
    rp_format_fixed(high, whole ? 0 : 2, true, to);
    rp_html_open(html, "td");
    rp_html_attr(html, "class", "number");
    rp_html_textf(html, "%s to under %s", from, to);
    rp_html_close(html, "td");
}

static void put_people(rp_html *html, const rp_chart_point *p) {
    char people[RP_FORMAT_ROOM];
    rp_format_people(p->count.n, people);
    rp_html_leaf(html, "td", p->suppressed ? "number hidden" : "number",
                 p->suppressed    ? "hidden"
                 : p->count.n < 0 ? "\xE2\x80\x93"
                                  : people);
}

static void put_cells(rp_html *html, const rp_chart *chart, const rp_chart_point *p) {
    bool share = chart->kind == RP_CHART_RATES;
    if (chart->kind == RP_CHART_FLOW) {
        put_people(html, p);
        return;
    }
    if (rp_chart_is_of_persons(chart) && chart->binned) {
        put_range(html, p->x, chart->bin_width);
        put_range(html, p->y, chart->bin_width);
        put_people(html, p);
        return;
    }
    if (!share && (chart->kind != RP_CHART_FOREST || has_weights(chart)))
        put_number(html, p->x, false, p->suppressed && chart->kind == RP_CHART_FUNNEL);
    put_number(html, p->y, share, p->suppressed);
    if (rp_chart_is_of_persons(chart))
        return;
    put_number(html, p->lower, share, p->suppressed || p->range_hidden);
    put_number(html, p->upper, share, p->suppressed || p->range_hidden);
    if (chart->kind == RP_CHART_FOREST)
        return;
    put_people(html, p);
}

static void put_point(rp_html *html, const rp_chart *chart, const rp_chart_series *series, const rp_chart_point *p) {
    rp_html_open(html, "tr");
    rp_html_open(html, "th");
    rp_html_attr(html, "scope", "row");
    rp_html_text(html, series->label);
    if (p->label) {
        rp_html_text(html, series->label && *series->label ? ", " : "");
        rp_html_text(html, p->label);
    }
    rp_html_close(html, "th");
    put_cells(html, chart, p);
    rp_html_close(html, "tr");
}

void rp_html_put_chart_data(rp_html *html, const rp_chart *chart) {
    const char *heads[6];
    heads_of(chart, heads);
    open_scroll(html, chart->title);
    rp_html_open(html, "table");
    rp_html_leaf(html, "caption", "listen", chart->title);
    rp_html_open(html, "thead");
    rp_html_open(html, "tr");
    put_head_cell(html, "Of whom", NULL, false);
    for (size_t i = 0; heads[i]; i++)
        put_head_cell(html, heads[i], NULL, true);
    rp_html_close(html, "tr");
    rp_html_close(html, "thead");
    rp_html_open(html, "tbody");
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            put_point(html, chart, &chart->series[s], &chart->series[s].points[i]);
    rp_html_close(html, "tbody");
    rp_html_close(html, "table");
    rp_html_close(html, "div");
}
