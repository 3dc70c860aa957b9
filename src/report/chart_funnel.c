/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A funnel: a point a unit, how many it stands on against its share, with the limits within which chance and the usual
 * spread would leave most of them. No point has a name in the picture: names stand in the table, in their own order. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"

enum { LEFT = 46, RIGHT = 16, PLOT_HEIGHT = 240, KEY_ROW = 21, KEY_COLUMNS = 40, BELOW = 62, LEAST_WHISKER = 8 };

static void reach(double y, double *low, double *high) {
    *low = fmin(*low, y);
    *high = fmax(*high, y);
}

/* All units, and the limits where they are narrowest; and of their wider ends as much as leaves room for the units. */
static void survey(const rp_chart *chart, double *most, double *low, double *high) {
    double widest_low = INFINITY, widest_high = -INFINITY;
    *most = 0;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; chart->n_series && i < chart->series[0].n; i++) {
        const rp_chart_point *p = &chart->series[0].points[i];
        if (!rp_point_is_drawn(p))
            continue;
        *most = fmax(*most, p->x);
        reach(p->y, low, high);
    }
    for (size_t s = 1; s < chart->n_series; s++) {
        const rp_chart_series *curve = &chart->series[s];
        if (curve->n && rp_point_is_drawn(&curve->points[curve->n - 1])) {
            reach(curve->points[curve->n - 1].y, low, high);
            *most = fmax(*most, curve->points[curve->n - 1].x);
        }
        for (size_t i = 0; i < curve->n; i++)
            if (rp_point_is_drawn(&curve->points[i]))
                reach(curve->points[i].y, &widest_low, &widest_high);
    }
    double room = (*high - *low) / 2;
    if (widest_low > widest_high) /* the limits are hidden */
        return;
    reach(fmax(widest_low, *low - room), low, high);
    reach(fmin(widest_high, *high + room), low, high);
}

/* Curves of one name look alike and stand in the key once. */
static size_t first_of_name(const rp_chart *chart, size_t series) {
    for (size_t s = 1; s < series; s++)
        if (strcmp(chart->series[s].label, chart->series[series].label) == 0)
            return s;
    return series;
}

static rp_series_style curve_style(const rp_chart *chart, size_t series) {
    size_t kind = 0;
    for (size_t s = 1, first = first_of_name(chart, series); s < first; s++)
        kind += first_of_name(chart, s) == s;
    rp_series_style style = rp_series_style_of(kind + 1);
    style.dash = kind == 0 ? "5 3" : NULL;
    return style;
}

/* The part of the step from one point of a curve to the next that lies in the plot's height. */
static void put_step(const rp_plot *plot, const rp_chart_point *a, const rp_chart_point *b,
                     const rp_series_style *style) {
    double low = plot->y.low, high = plot->y.high;
    if (fmax(a->y, b->y) < low || fmin(a->y, b->y) > high)
        return;
    double rise = b->y - a->y, from = 0, to = 1;
    if (rise != 0) {
        double one = (low - a->y) / rise, other = (high - a->y) / rise;
        from = fmax(0, fmin(one, other));
        to = fmin(1, fmax(one, other));
    }
    double run = b->x - a->x;
    rp_svg_line(plot->html, rp_plot_x(plot, a->x + from * run), rp_plot_y(plot, a->y + from * rise),
                rp_plot_x(plot, a->x + to * run), rp_plot_y(plot, a->y + to * rise), style->colour, 1.5, style->dash);
}

static void put_curve(const rp_plot *plot, const rp_chart *chart, size_t series) {
    rp_series_style style = curve_style(chart, series);
    const rp_chart_series *s = &chart->series[series];
    for (size_t i = 1; i < s->n; i++)
        if (rp_point_is_drawn(&s->points[i - 1]) && rp_point_is_drawn(&s->points[i]))
            put_step(plot, &s->points[i - 1], &s->points[i], &style);
}

static void put_unit(const rp_plot *plot, const rp_chart_point *p) {
    rp_series_style style = rp_series_style_of(0);
    double x = rp_plot_x(plot, p->x);
    double top = rp_plot_y(plot, fmin(p->upper, plot->y.high)), bottom = rp_plot_y(plot, fmax(p->lower, plot->y.low));
    if (isfinite(p->lower) && isfinite(p->upper) && bottom - top > LEAST_WHISKER)
        rp_svg_line(plot->html, x, top, x, bottom, style.colour, 1, NULL);
    rp_svg_marker(plot->html, x, rp_plot_y(plot, p->y), 3, &style);
}

static double put_key(rp_html *html, const rp_chart *chart, double y) {
    for (size_t s = 1; s < chart->n_series; s++) {
        if (first_of_name(chart, s) != s)
            continue;
        rp_series_style style = curve_style(chart, s);
        rp_svg_line(html, 2, y - 5, 42, y - 5, style.colour, 2, style.dash);
        y = rp_svg_wrapped(html, 50, y, KEY_COLUMNS, chart->series[s].label) + KEY_ROW - RP_CHART_LINE;
    }
    return y;
}

static double key_height(const rp_chart *chart) {
    double height = 0;
    for (size_t s = 1; s < chart->n_series; s++)
        if (first_of_name(chart, s) == s)
            height += (double)rp_svg_lines(chart->series[s].label, KEY_COLUMNS) * (RP_CHART_TEXT + 4) + 2;
    return height;
}

static void describe(const rp_chart *chart, rp_buf *out) {
    rp_buf_printf(out, "%zu points: %s against %s. The table below holds their numbers.",
                  chart->n_series ? chart->series[0].n : 0, chart->y_label ? chart->y_label : "y",
                  chart->x_label ? chart->x_label : "x");
}

void rp_chart_put_funnel(rp_html *html, const rp_chart *chart, const char *id) {
    double most, low, high;
    rp_buf description = {0};
    survey(chart, &most, &low, &high);
    rp_plot plot = {.html = html, .left = LEFT, .width = RP_CHART_WIDTH - LEFT - RIGHT, .height = PLOT_HEIGHT};
    plot.x = rp_axis_make(0, most, 0, most * 1.04, 4);
    plot.y = rp_axis_make(low, high, NAN, NAN, 5);
    plot.top = 42 + key_height(chart);
    double lines = plot.top + plot.height + BELOW;
    describe(chart, &description);
    rp_svg_open(html, id, lines + rp_plot_lines_key_height(chart), chart->title, description.at);
    html->out->failed |= description.failed;
    rp_buf_free(&description);
    put_key(html, chart, 16);
    rp_plot_frame(&plot, chart->x_label, chart->y_label, true);
    for (size_t s = 1; s < chart->n_series; s++)
        put_curve(&plot, chart, s);
    rp_plot_lines(&plot, chart, 10);
    for (size_t i = 0; chart->n_series && i < chart->series[0].n; i++)
        if (rp_point_is_drawn(&chart->series[0].points[i]))
            put_unit(&plot, &chart->series[0].points[i]);
    rp_plot_lines_key(&plot, chart, lines + 8);
    rp_html_close(html, "svg");
}
