/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People in a plot: one dot a person, larger where several share a place; or, when protected, squares with their number
 * of people. */
#include <math.h>
#include <stdlib.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/text_layout.h"

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

void rp_plot_dots(const rp_plot *plot, const rp_chart_series *series, const char *colour, rp_arena *arena) {
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

/* A square of the data; in the picture its sides differ where the axes do. */
static double width_of(const rp_plot *plot, double width) {
    return width / (plot->x.high - plot->x.low) * plot->width;
}
static double height_of(const rp_plot *plot, double width) {
    return width / (plot->y.high - plot->y.low) * plot->height;
}

static void put_square(const rp_plot *plot, const rp_chart_point *p, double width, int64_t most) {
    double across = width_of(plot, width), up = height_of(plot, width);
    rp_html_open(plot->html, "rect");
    rp_html_attr_num(plot->html, "x", rp_plot_x(plot, p->x) - across / 2);
    rp_html_attr_num(plot->html, "y", rp_plot_y(plot, p->y) - up / 2);
    rp_html_attr_num(plot->html, "width", across);
    rp_html_attr_num(plot->html, "height", up);
    rp_html_attr(plot->html, "fill", shade_of(p->count.n, most)[0]);
    rp_html_attr(plot->html, "stroke", "#ffffff");
    rp_html_close(plot->html, "rect");
}

/* The number in a square, with a halo of the square's shade, because reference lines run below it. */
static void put_square_number(const rp_plot *plot, const rp_chart_point *p, double width, int64_t most) {
    char text[RP_FORMAT_ROOM];
    rp_format_people(p->count.n, text);
    double wide = 0.62 * (double)rp_layout_width(rp_text_of(text));
    int size = (int)fmin(14, fmin(height_of(plot, width) * 0.8, (width_of(plot, width) - 2) / wide));
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

void rp_plot_squares(const rp_plot *plot, const rp_chart *chart, const rp_chart_series *series, bool numbers) {
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
