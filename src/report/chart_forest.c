/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A forest: estimates from top to bottom, named, each with its interval; under them what they come to together, and
 * where a new one would lie. */
#include <math.h>

#include "report/chart.h"
#include "report/format.h"

enum { LABELS = 160, RIGHT = 10, LABEL_COLUMNS = 20, ROW_GAP = 10, BELOW = 62, TOP = 16 };
enum { EFFECTS, SUMMARIES, PREDICTIONS };

typedef struct reach {
    double low, high, most; /* most: the largest weight */
} reach;

static reach survey(const rp_chart *chart) {
    reach r = {INFINITY, -INFINITY, 0};
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (p->suppressed || !isfinite(p->y))
                continue;
            r.low = fmin(r.low, isfinite(p->lower) ? p->lower : p->y);
            r.high = fmax(r.high, isfinite(p->upper) ? p->upper : p->y);
            if (s == EFFECTS && isfinite(p->x))
                r.most = fmax(r.most, p->x);
        }
    for (size_t i = 0; i < chart->n_lines && r.low <= r.high; i++)
        if (chart->lines[i].vertical && isfinite(chart->lines[i].intercept)) {
            r.low = fmin(r.low, chart->lines[i].intercept);
            r.high = fmax(r.high, chart->lines[i].intercept);
        }
    return r;
}

static double row_height(const rp_chart_point *p) {
    size_t lines = p->label ? rp_svg_lines(p->label, LABEL_COLUMNS) : 1;
    return (double)(lines ? lines : 1) * RP_CHART_LINE + ROW_GAP;
}

static double rows_height(const rp_chart *chart) {
    double height = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            height += row_height(&chart->series[s].points[i]);
    return height;
}

static double place(const rp_plot *plot, double value) {
    return rp_plot_x(plot, fmin(plot->x.high, fmax(plot->x.low, value)));
}

static void put_diamond(const rp_plot *plot, const rp_chart_point *p, double y, const char *colour) {
    double left = place(plot, p->lower), right = place(plot, p->upper), middle = place(plot, p->y);
    rp_html_open(plot->html, "path");
    rp_buf path = {0};
    rp_buf_printf(&path, "M%.2f %.2fL%.2f %.2fL%.2f %.2fL%.2f %.2fZ", left, y, middle, y - 6, right, y, middle, y + 6);
    rp_html_attr(plot->html, "d", path.at ? path.at : "");
    rp_html_attr(plot->html, "fill", colour);
    plot->html->out->failed |= path.failed;
    rp_buf_free(&path);
    rp_html_close(plot->html, "path");
}

/* A square as large in its area as its weight. */
static void put_square(const rp_plot *plot, const rp_chart_point *p, double y, double most, const char *colour) {
    double side = isfinite(p->x) && most > 0 ? 4 + 8 * sqrt(fmax(0, p->x / most)) : 6;
    rp_html_open(plot->html, "rect");
    rp_html_attr_num(plot->html, "x", place(plot, p->y) - side / 2);
    rp_html_attr_num(plot->html, "y", y - side / 2);
    rp_html_attr_num(plot->html, "width", side);
    rp_html_attr_num(plot->html, "height", side);
    rp_html_attr(plot->html, "fill", colour);
    rp_html_close(plot->html, "rect");
}

static void put_row(const rp_plot *plot, const rp_chart_point *p, size_t series, double most, double top) {
    rp_series_style style = rp_series_style_of(series);
    bool interval = isfinite(p->lower) && isfinite(p->upper);
    double y = top + row_height(p) / 2 - 1;
    if (p->label)
        rp_svg_wrapped(plot->html, 0, top + RP_CHART_SMALL, LABEL_COLUMNS, p->label);
    if (p->suppressed || !isfinite(p->y))
        return;
    if (interval && series != SUMMARIES)
        rp_svg_line(plot->html, place(plot, p->lower), y, place(plot, p->upper), y, style.colour,
                    series == PREDICTIONS ? 4 : 1.5, NULL);
    if (series == EFFECTS)
        put_square(plot, p, y, most, style.colour);
    else if (series == SUMMARIES && interval)
        put_diamond(plot, p, y, style.colour);
    else if (series == SUMMARIES)
        rp_svg_marker(plot->html, place(plot, p->y), y, 5, &style);
}

static void put_rows(const rp_plot *plot, const rp_chart *chart, double most) {
    double top = plot->top;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            put_row(plot, &chart->series[s].points[i], s, most, top);
            top += row_height(&chart->series[s].points[i]);
        }
}

static void put_frame(const rp_plot *plot, const rp_chart *chart) {
    double tick, bottom = plot->top + plot->height;
    for (int i = 0; rp_axis_tick(&plot->x, i, &tick); i++) {
        char text[RP_FORMAT_ROOM];
        double x = rp_plot_x(plot, tick);
        rp_format_fixed(tick, plot->x.decimals, true, text);
        rp_svg_line(plot->html, x, plot->top, x, bottom, "#d8dde0", 1, NULL);
        rp_svg_text(plot->html, x, bottom + 18, "middle", RP_CHART_SMALL, "#4c6272", text);
    }
    for (size_t i = 0; i < chart->n_lines; i++) {
        const rp_chart_line *line = &chart->lines[i];
        if (!line->vertical || !isfinite(line->intercept))
            continue;
        double x = place(plot, line->intercept);
        rp_svg_line(plot->html, x, plot->top, x, bottom, "#4c6272", 1, line->dashed ? "4 3" : NULL);
    }
    rp_svg_text(plot->html, plot->left + plot->width, bottom + 38, "end", RP_CHART_SMALL, "#4c6272",
                chart->x_label ? chart->x_label : "");
}

static void describe(const rp_chart *chart, const reach *r, rp_buf *out) {
    char low[RP_FORMAT_ROOM], high[RP_FORMAT_ROOM];
    size_t n = 0;
    for (size_t s = 0; s < chart->n_series && s < PREDICTIONS; s++)
        n += chart->series[s].n;
    rp_buf_printf(out, "%zu estimates with their intervals: %s.", n, chart->x_label ? chart->x_label : "x");
    if (r->low <= r->high) {
        rp_format_fixed(r->low, 2, true, low);
        rp_format_fixed(r->high, 2, true, high);
        rp_buf_printf(out, " The intervals lie between %s and %s.", low, high);
    }
    rp_buf_put(out, " The table below holds the numbers.");
}

void rp_chart_put_forest(rp_html *html, const rp_chart *chart, const char *id) {
    reach r = survey(chart);
    rp_buf description = {0};
    rp_plot plot = {.html = html,
                    .left = LABELS,
                    .top = TOP,
                    .width = RP_CHART_WIDTH - LABELS - RIGHT,
                    .height = rows_height(chart)};
    plot.x = rp_axis_make(r.low, r.high, chart->x_low, chart->x_high, 4);
    plot.y = rp_axis_make(0, 1, 0, 1, 2);
    describe(chart, &r, &description);
    rp_svg_open(html, id, plot.top + plot.height + BELOW, chart->title, description.at);
    html->out->failed |= description.failed;
    rp_buf_free(&description);
    put_frame(&plot, chart);
    put_rows(&plot, chart, r.most);
    rp_html_close(html, "svg");
}
