/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference of two scores against their mean (Bland & Altman, Lancet i, 1986). Level lines with bands: the mean
 * difference and the limits of agreement with their intervals. */
#include <math.h>

#include "report/chart.h"
#include "report/format.h"

enum { LEFT = 46, WIDTH = RP_CHART_WIDTH - LEFT - 18, HEIGHT = 300, TOP = 28, KEY_TOP = 64 };

static void widen(double value, double *low, double *high) {
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

/* What has to be seen: marks, lines, bands, and no difference. */
static void survey(const rp_chart *chart, rp_plot *plot) {
    double half = chart->binned ? chart->bin_width / 2 : 0;
    double left = INFINITY, right = -INFINITY, low = 0, high = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (!rp_point_is_drawn(p))
                continue;
            widen(p->x - half, &left, &right);
            widen(p->x + half, &left, &right);
            widen(p->y - half, &low, &high);
            widen(p->y + half, &low, &high);
        }
    for (size_t i = 0; i < chart->n_lines; i++) {
        widen(chart->lines[i].intercept, &low, &high);
        widen(chart->lines[i].lower, &low, &high);
        widen(chart->lines[i].upper, &low, &high);
    }
    plot->x = rp_axis_make(left, right, chart->x_low, chart->x_high, 6);
    plot->y = rp_axis_make(low, high, chart->y_low, chart->y_high, 8);
}

static void put_bands(const rp_plot *plot, const rp_chart *chart) {
    for (size_t i = 0; i < chart->n_lines; i++) {
        const rp_chart_line *line = &chart->lines[i];
        if (!isfinite(line->lower) || !isfinite(line->upper))
            continue;
        double top = rp_plot_y(plot, fmin(line->upper, plot->y.high));
        double bottom = rp_plot_y(plot, fmax(line->lower, plot->y.low));
        if (bottom <= top)
            continue;
        rp_html_open(plot->html, "rect");
        rp_html_attr_num(plot->html, "x", plot->left);
        rp_html_attr_num(plot->html, "y", top);
        rp_html_attr_num(plot->html, "width", plot->width);
        rp_html_attr_num(plot->html, "height", bottom - top);
        rp_html_attr(plot->html, "fill", "#4c6272");
        rp_html_attr(plot->html, "fill-opacity", "0.16");
        rp_html_close(plot->html, "rect");
    }
}

static void describe(const rp_chart *chart, rp_buf *out) {
    size_t n = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            n += rp_point_is_drawn(&chart->series[s].points[i]);
    rp_buf_printf(out, "%s from left to right, %s from bottom to top. %zu %s.",
                  chart->x_label ? chart->x_label : "Mean", chart->y_label ? chart->y_label : "difference", n,
                  chart->binned ? "squares, each with its number of people" : "people");
    for (size_t i = 0; i < chart->n_lines; i++)
        rp_buf_printf(out, " %s.", chart->lines[i].label);
}

void rp_chart_put_agreement(rp_html *html, const rp_chart *chart, const char *id) {
    rp_plot plot = {.html = html, .left = LEFT, .top = TOP, .width = WIDTH, .height = HEIGHT};
    survey(chart, &plot);
    double key = plot.top + plot.height + KEY_TOP, zero = rp_plot_y(&plot, 0);
    rp_buf description = {0};
    describe(chart, &description);
    rp_svg_open(html, id, key + rp_plot_lines_key_height(chart), chart->title, description.at);
    html->out->failed |= description.failed;
    rp_buf_free(&description);
    rp_plot_frame(&plot, chart->x_label, chart->y_label, true);
    rp_svg_line(html, plot.left, zero, plot.left + plot.width, zero, "#212b32", 1, NULL);
    put_bands(&plot, chart);
    rp_arena *arena = rp_arena_new(0);
    html->out->failed |= arena == NULL;
    for (size_t s = 0; arena && s < chart->n_series; s++) {
        rp_plot_squares(&plot, chart, &chart->series[s], false);
        if (!chart->binned)
            rp_plot_dots(&plot, &chart->series[s], rp_series_style_of(s).colour, arena);
    }
    rp_plot_lines(&plot, chart, 10);
    for (size_t s = 0; s < chart->n_series; s++)
        rp_plot_squares(&plot, chart, &chart->series[s], true);
    rp_plot_lines_key(&plot, chart, key + 4);
    rp_html_close(html, "svg");
    rp_arena_free(arena);
}
