/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First score against last, one picture a series: the diagonal is "no change". */
#include <math.h>

#include "report/chart.h"
#include "report/format.h"

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
    rp_plot_squares(&plot, chart, series, false);
    if (!has_diagonal(chart)) {
        double from = fmax(plot.x.low, plot.y.low), to = fmin(plot.x.high, plot.y.high);
        rp_svg_line(html, rp_plot_x(&plot, from), rp_plot_y(&plot, from), rp_plot_x(&plot, to), rp_plot_y(&plot, to),
                    "#212b32", 1, NULL);
    }
    if (!chart->binned)
        rp_plot_dots(&plot, series, rp_series_style_of(number).colour, arena);
    rp_plot_lines(&plot, chart, 10);
    rp_plot_squares(&plot, chart, series, true);
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
