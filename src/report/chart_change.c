/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First score against last, one picture a series: the diagonal is "no change". One dot a person, larger where several
 * share a place; or, when protected, squares with their number of people. */
#include <math.h>
#include <stdlib.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/text_layout.h"

enum { LEFT = 42, SIDE = 340, TITLE_COLUMNS = 44, KEY_TOP = 64 };

/* One scale for both axes, so that the diagonal is at 45 degrees. */
static void survey(const rp_chart *chart, double *low, double *high) {
    double half = chart->binned ? chart->bin_width / 2 : 0;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (!rp_point_is_drawn(p))
                continue;
            *low = fmin(*low, fmin(p->x, p->y) - half);
            *high = fmax(*high, fmax(p->x, p->y) + half);
        }
    for (size_t i = 0; i < chart->n_lines; i++)
        if (chart->lines[i].vertical || chart->lines[i].slope == 0) {
            *low = fmin(*low, chart->lines[i].intercept);
            *high = fmax(*high, chart->lines[i].intercept);
        }
}

static bool has_diagonal(const rp_chart *chart) {
    for (size_t i = 0; i < chart->n_lines; i++)
        if (!chart->lines[i].vertical && chart->lines[i].slope == 1 && chart->lines[i].intercept == 0)
            return true;
    return false;
}

/* ---- dots ---------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b) {
    const rp_chart_point *const *x = a, *const *y = b;
    if ((*x)->y != (*y)->y)
        return (*x)->y < (*y)->y ? -1 : 1;
    return (*x)->x < (*y)->x ? -1 : (*x)->x > (*y)->x;
}

static void put_dot(const rp_plot *plot, const rp_chart_point *p, size_t people, const char *colour) {
    rp_html_open(plot->html, "circle");
    rp_html_attr_num(plot->html, "cx", rp_plot_x(plot, p->x));
    rp_html_attr_num(plot->html, "cy", rp_plot_y(plot, p->y));
    rp_html_attr_num(plot->html, "r", fmin(3.2 * sqrt((double)people), 12));
    rp_html_attr(plot->html, "fill", colour);
    rp_html_attr(plot->html, "fill-opacity", "0.45");
    rp_html_attr(plot->html, "stroke", colour);
    rp_html_close(plot->html, "circle");
}

static void put_dots(const rp_plot *plot, const rp_chart_series *series, const char *colour, rp_arena *arena) {
    const rp_chart_point **order = rp_arena_take(arena, series->n, sizeof *order);
    size_t n = 0;
    if (!order) {
        plot->html->out->failed = true;
        return;
    }
    for (size_t i = 0; i < series->n; i++)
        if (rp_point_is_drawn(&series->points[i]))
            order[n++] = &series->points[i];
    qsort(order, n, sizeof *order, by_place);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && by_place(&order[i], &order[end]) == 0; end++)
            ;
        put_dot(plot, order[i], end - i, colour);
    }
}

/* ---- squares -------------------------------------------------------------------------------------- */

static int64_t largest(const rp_chart *chart) {
    int64_t most = 1;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            if (chart->series[s].points[i].count.n > most)
                most = chart->series[s].points[i].count.n;
    return most;
}

/* Four shades, each with the ink that can be read on it. */
static const char *const *shade_of(int64_t people, int64_t most) {
    static const char *const shades[][2] = {
        {"#d2e4f1", "#0b0c0c"}, {"#96c0de", "#0b0c0c"}, {"#2f77b0", "#ffffff"}, {"#003a61", "#ffffff"}};
    return shades[(int)fmin(3, floor(4 * (double)people / ((double)most + 1)))];
}

static double side_of(const rp_plot *plot, double width) {
    return width / (plot->x.high - plot->x.low) * plot->width;
}

static void put_square(const rp_plot *plot, const rp_chart_point *p, double width, int64_t most) {
    double side = side_of(plot, width);
    rp_html_open(plot->html, "rect");
    rp_html_attr_num(plot->html, "x", rp_plot_x(plot, p->x) - side / 2);
    rp_html_attr_num(plot->html, "y", rp_plot_y(plot, p->y) - side / 2);
    rp_html_attr_num(plot->html, "width", side);
    rp_html_attr_num(plot->html, "height", side);
    rp_html_attr(plot->html, "fill", shade_of(p->count.n, most)[0]);
    rp_html_attr(plot->html, "stroke", "#ffffff");
    rp_html_close(plot->html, "rect");
}

/* The number in a square, with a halo of the square's shade, because reference lines run below it. */
static void put_square_number(const rp_plot *plot, const rp_chart_point *p, double width, int64_t most) {
    char text[RP_FORMAT_ROOM];
    rp_format_people(p->count.n, text);
    double side = side_of(plot, width), wide = 0.62 * (double)rp_layout_width(rp_text_of(text));
    int size = (int)fmin(14, fmin(side * 0.8, (side - 2) / wide));
    if (size < 6)
        return;
    rp_html_open(plot->html, "g");
    rp_html_attr(plot->html, "stroke", shade_of(p->count.n, most)[0]);
    rp_html_attr(plot->html, "stroke-width", "4");
    rp_html_attr(plot->html, "paint-order", "stroke");
    rp_svg_text(plot->html, rp_plot_x(plot, p->x), rp_plot_y(plot, p->y) + 0.36 * size, "middle", size,
                shade_of(p->count.n, most)[1], text);
    rp_html_close(plot->html, "g");
}

static void put_squares(const rp_plot *plot, const rp_chart *chart, const rp_chart_series *series, bool numbers) {
    int64_t most = largest(chart);
    for (size_t i = 0; chart->binned && i < series->n; i++) {
        if (!rp_point_is_drawn(&series->points[i]))
            continue;
        if (numbers)
            put_square_number(plot, &series->points[i], chart->bin_width, most);
        else
            put_square(plot, &series->points[i], chart->bin_width, most);
    }
}

/* ---- the picture ----------------------------------------------------------------------------------- */

static void describe(const rp_chart *chart, const rp_chart_series *series, rp_buf *out) {
    rp_buf_put(out, chart->x_label ? chart->x_label : "First score");
    rp_buf_put(out, " from left to right, ");
    rp_buf_put(out, chart->y_label ? chart->y_label : "last score");
    rp_buf_put(out, " from bottom to top. ");
    size_t n = 0, below = 0, above = 0;
    for (size_t i = 0; i < series->n; i++) {
        const rp_chart_point *p = &series->points[i];
        if (!rp_point_is_drawn(p))
            continue;
        n++;
        below += p->y < p->x;
        above += p->y > p->x;
    }
    if (chart->binned)
        rp_buf_printf(out, "%zu squares, each with its number of people.", n);
    else
        rp_buf_printf(out, "%zu people: %zu lie below the diagonal (lower at last), %zu on it, %zu above.", n, below,
                      n - below - above, above);
}

static void put_one(rp_html *html, const rp_chart *chart, size_t number, const char *id, rp_arena *arena) {
    const rp_chart_series *series = &chart->series[number];
    bool several = chart->n_series > 1;
    size_t title_lines = several ? rp_svg_lines(series->label, TITLE_COLUMNS) : 0;
    rp_plot plot = {.html = html, .left = LEFT, .width = SIDE, .height = SIDE};
    double low, high;
    survey(chart, &low, &high);
    plot.x = rp_axis_make(low, high, chart->x_low, chart->x_high, 6);
    plot.y = rp_axis_make(low, high, isfinite(chart->y_low) ? chart->y_low : chart->x_low,
                          isfinite(chart->y_high) ? chart->y_high : chart->x_high, 6);
    plot.top = 28 + (title_lines ? (RP_CHART_TEXT + 4) * (double)title_lines + 8 : 0);
    double key = plot.top + plot.height + KEY_TOP;
    rp_buf title = {0}, description = {0};
    rp_buf_put(&title, chart->title);
    if (several) {
        rp_buf_put(&title, ": ");
        rp_buf_put(&title, series->label);
    }
    describe(chart, series, &description);
    rp_svg_open(html, id, key + rp_plot_lines_key_height(chart), title.at, description.at);
    html->out->failed |= title.failed || description.failed;
    rp_buf_free(&title);
    rp_buf_free(&description);
    if (several) {
        rp_html_open(html, "g");
        rp_html_attr(html, "font-weight", "bold");
        rp_svg_wrapped(html, 0, 15, TITLE_COLUMNS, series->label);
        rp_html_close(html, "g");
    }
    rp_plot_frame(&plot, chart->x_label, chart->y_label, true);
    put_squares(&plot, chart, series, false);
    if (!has_diagonal(chart)) {
        double from = fmax(plot.x.low, plot.y.low), to = fmin(plot.x.high, plot.y.high);
        rp_svg_line(html, rp_plot_x(&plot, from), rp_plot_y(&plot, from), rp_plot_x(&plot, to), rp_plot_y(&plot, to),
                    "#212b32", 1, NULL);
    }
    if (!chart->binned)
        put_dots(&plot, series, rp_series_style_of(number).colour, arena);
    rp_plot_lines(&plot, chart, 10);
    put_squares(&plot, chart, series, true);
    rp_plot_lines_key(&plot, chart, key + 4);
    rp_html_close(html, "svg");
}

void rp_chart_put_change(rp_html *html, const rp_chart *chart, const char *id) {
    rp_arena *arena = rp_arena_new(0);
    if (!arena) {
        html->out->failed = true;
        return;
    }
    for (size_t s = 0; s < chart->n_series; s++) {
        char own[RP_FORMAT_ROOM];
        snprintf(own, sizeof own, "%.40s-%zu", id, s + 1);
        put_one(html, chart, s, own, arena);
    }
    rp_arena_free(arena);
}
