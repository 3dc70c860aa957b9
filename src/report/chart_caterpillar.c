/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimates of many units side by side, each with its interval: a caterpillar. Units stand where the answer puts them,
 * which is not by their estimates: a row from the lowest to the highest would be a league table. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"

enum { LEFT = 46, RIGHT = 12, PLOT_HEIGHT = 240, BELOW = 56, MANY = 40 };

typedef struct reach {
    double low, high;
    size_t drawn;
} reach;

static reach survey(const rp_chart *chart) {
    reach r = {INFINITY, -INFINITY, 0};
    for (size_t i = 0; chart->n_series && i < chart->series[0].n; i++) {
        const rp_chart_point *p = &chart->series[0].points[i];
        if (!rp_point_is_drawn(p))
            continue;
        r.drawn++;
        r.low = fmin(r.low, isfinite(p->lower) ? p->lower : p->y);
        r.high = fmax(r.high, isfinite(p->upper) ? p->upper : p->y);
    }
    for (size_t i = 0; i < chart->n_lines && r.drawn; i++)
        if (!chart->lines[i].vertical && isfinite(chart->lines[i].intercept)) {
            r.low = fmin(r.low, chart->lines[i].intercept);
            r.high = fmax(r.high, chart->lines[i].intercept);
        }
    return r;
}

static void put_unit(const rp_plot *plot, const rp_chart_point *p, double size) {
    rp_series_style style = rp_series_style_of(0);
    double x = rp_plot_x(plot, p->x);
    if (isfinite(p->lower) && isfinite(p->upper))
        rp_svg_line(plot->html, x, rp_plot_y(plot, fmax(p->lower, plot->y.low)), x,
                    rp_plot_y(plot, fmin(p->upper, plot->y.high)), style.colour, 1.5, NULL);
    rp_svg_marker(plot->html, x, rp_plot_y(plot, p->y), size, &style);
}

/* How the units lie, and not which lies where. */
static void describe(const rp_chart *chart, const reach *r, rp_buf *out) {
    char low[RP_FORMAT_ROOM], high[RP_FORMAT_ROOM];
    rp_buf_printf(out, "%zu estimates with their intervals: %s.", r->drawn, chart->y_label ? chart->y_label : "y");
    if (r->drawn) {
        rp_format_fixed(r->low, 1, true, low);
        rp_format_fixed(r->high, 1, true, high);
        rp_buf_printf(out, " The intervals lie between %s and %s.", low, high);
    }
    rp_buf_put(out, " The table below holds the numbers.");
}

void rp_chart_put_caterpillar(rp_html *html, const rp_chart *chart, const char *id) {
    reach r = survey(chart);
    size_t n = chart->n_series ? chart->series[0].n : 0;
    rp_buf description = {0};
    rp_plot plot = {.html = html, .left = LEFT, .width = RP_CHART_WIDTH - LEFT - RIGHT, .height = PLOT_HEIGHT};
    plot.top = 42;
    plot.x = rp_axis_make(0, (double)n + 1, 0, (double)n + 1, 4);
    plot.y = rp_axis_make(r.low, r.high, chart->y_low, chart->y_high, 5);
    double lines = plot.top + plot.height + BELOW;
    describe(chart, &r, &description);
    rp_svg_open(html, id, lines + rp_plot_lines_key_height(chart), chart->title, description.at);
    html->out->failed |= description.failed;
    rp_buf_free(&description);
    rp_plot_frame(&plot, chart->x_label, chart->y_label, false);
    rp_plot_lines(&plot, chart, 10);
    for (size_t i = 0; i < n; i++)
        if (rp_point_is_drawn(&chart->series[0].points[i]))
            put_unit(&plot, &chart->series[0].points[i], n > MANY ? 2.5 : 4);
    rp_plot_lines_key(&plot, chart, lines + 8);
    rp_html_close(html, "svg");
}
