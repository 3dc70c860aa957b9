/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares from 0 to 100 %: one picture a series, one row a point. Its label stands above, the known share is a diamond,
 * a bar goes over what is possible given the people whose outcome is not known, and the numbers stand below. */
#include <math.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/text_layout.h"

enum {
    LEFT = 8,
    RIGHT = 8,
    LABEL_COLUMNS = 52,
    TITLE_COLUMNS = 44,
    LINE = RP_CHART_TEXT + 4,
    BAR_ROOM = 24,
    ROW_GAP = 12
};

static void put_numbers(const rp_chart_point *p, rp_buf *out);

static size_t lines_of_numbers(const rp_chart_point *p) {
    rp_buf numbers = {0};
    put_numbers(p, &numbers);
    size_t n = numbers.at ? rp_svg_lines(numbers.at, LABEL_COLUMNS) : 1;
    rp_buf_free(&numbers);
    return n;
}

static double height_of(const rp_chart_series *series, bool titled) {
    double height = titled ? (double)rp_svg_lines(series->label, TITLE_COLUMNS) * LINE + 6 : 0;
    for (size_t i = 0; i < series->n; i++) {
        const rp_chart_point *p = &series->points[i];
        height += (p->label ? (double)rp_svg_lines(p->label, LABEL_COLUMNS) * LINE : 0) + BAR_ROOM + ROW_GAP;
        height += (double)lines_of_numbers(p) * LINE;
    }
    return height;
}

static void put_per_cent(rp_buf *out, double share) {
    char text[RP_FORMAT_ROOM];
    rp_format_fixed(100 * share, 1, true, text);
    rp_buf_printf(out, "%s%%", text);
}

/* "27.0% of 100; may be 27.0% to 55.0%": neutral, because more is not better where the outcome is a bad one. */
static void put_numbers(const rp_chart_point *p, rp_buf *out) {
    char people[RP_FORMAT_ROOM];
    if (p->suppressed) {
        rp_buf_put(out, "hidden: small numbers");
        return;
    }
    put_per_cent(out, p->y);
    if (p->count.n >= 0) {
        rp_format_people(p->count.n, people);
        rp_buf_printf(out, " of %s", people);
    }
    if (p->range_hidden) {
        rp_buf_put(out, "; what it may be is hidden");
    } else if (isfinite(p->lower) && isfinite(p->upper) && p->lower == p->upper) {
        rp_buf_put(out, "; all outcomes known");
    } else if (isfinite(p->lower) && isfinite(p->upper)) {
        rp_buf_put(out, "; may be ");
        put_per_cent(out, p->lower);
        rp_buf_put(out, " to ");
        put_per_cent(out, p->upper);
    }
}

static double place(double share) {
    return LEFT + fmin(1, fmax(0, share)) * (RP_CHART_WIDTH - LEFT - RIGHT);
}

static void put_rect(rp_html *html, double x, double y, double width, double height, const char *fill,
                     const char *stroke) {
    rp_html_open(html, "rect");
    rp_html_attr_num(html, "x", x);
    rp_html_attr_num(html, "y", y);
    rp_html_attr_num(html, "width", width);
    rp_html_attr_num(html, "height", height);
    rp_html_attr(html, "fill", fill);
    rp_html_attr(html, "stroke", stroke);
    rp_html_close(html, "rect");
}

static double put_row(rp_html *html, const rp_chart_point *p, size_t series, double y) {
    rp_series_style style = rp_series_style_of(series);
    if (p->label)
        y = rp_svg_wrapped(html, 0, y, LABEL_COLUMNS, p->label);
    double middle = y - 3;
    put_rect(html, place(0), middle - 7, place(1) - place(0), 14, "#f0f4f5", NULL);
    for (int i = 0; i <= 4; i++)
        rp_svg_line(html, place(i / 4.), middle - 7, place(i / 4.), middle + 7, "#aeb7bd", 1, NULL);
    if (!p->suppressed && isfinite(p->lower) && isfinite(p->upper))
        put_rect(html, place(p->lower), middle - 5, fmax(1, place(p->upper) - place(p->lower)), 10, "#c3d4e0",
                 style.colour);
    style.shape = 3;
    if (rp_point_is_drawn(p) || (!p->suppressed && isfinite(p->y)))
        rp_svg_marker(html, place(p->y), middle, 6, &style);
    rp_buf numbers = {0};
    put_numbers(p, &numbers);
    if (numbers.at)
        y = rp_svg_wrapped(html, 0, y + BAR_ROOM, LABEL_COLUMNS, numbers.at);
    html->out->failed |= numbers.failed;
    rp_buf_free(&numbers);
    return y + ROW_GAP;
}

static void put_scale(rp_html *html, double y) {
    static const char *const labels[] = {"0%", "25%", "50%", "75%", "100%"};
    for (int i = 0; i <= 4; i++)
        rp_svg_text(html, place(i / 4.), y,
                    i == 4 ? "end"
                    : i    ? "middle"
                           : "start",
                    RP_CHART_SMALL, "#4c6272", labels[i]);
}

static void put_one(rp_html *html, const rp_chart *chart, size_t number, const char *id) {
    const rp_chart_series *series = &chart->series[number];
    bool titled = chart->n_series > 1 && series->label && *series->label;
    double height = height_of(series, titled), y = 16;
    rp_buf title = {0}, description = {0};
    rp_buf_put(&title, chart->title);
    rp_buf_put(&title, titled ? ": " : "");
    rp_buf_put(&title, titled ? series->label : "");
    rp_buf_printf(&description,
                  "%zu rows. Each has a diamond at the share that is known and a bar over what is possible. The "
                  "numbers stand in the rows and in the table below.",
                  series->n);
    rp_svg_open(html, id, height + 20, title.at, description.at);
    html->out->failed |= title.failed || description.failed;
    rp_buf_free(&title);
    rp_buf_free(&description);
    if (titled) {
        rp_html_open(html, "g");
        rp_html_attr(html, "font-weight", "bold");
        y = rp_svg_wrapped(html, 0, y, TITLE_COLUMNS, series->label) + 6;
        rp_html_close(html, "g");
    }
    for (size_t i = 0; i < series->n; i++)
        y = put_row(html, &series->points[i], number, y);
    put_scale(html, height + 12);
    rp_html_close(html, "svg");
}

void rp_chart_put_rates(rp_html *html, const rp_chart *chart, const char *id) {
    for (size_t s = 0; s < chart->n_series; s++) {
        char own[RP_FORMAT_ROOM];
        snprintf(own, sizeof own, "%.40s-%zu", id, s + 1);
        if (chart->series[s].n)
            put_one(html, chart, s, own);
    }
}
