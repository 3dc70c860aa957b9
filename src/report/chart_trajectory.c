/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over time: a line a series with whiskers for the interval, and under each place how many people it stands on.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/text_layout.h"

enum {
    LEFT = 46,
    RIGHT = 24,
    PLOT_HEIGHT = 220,
    KEY_ROW = 21,
    KEY_COLUMNS = 40,
    COUNT_ROW = 19,
    MOST_PLACES = 512,
    LETTER_ROOM = 14
};

typedef struct place_list {
    double at[MOST_PLACES]; /* rising */
    const char *label[MOST_PLACES];
    size_t n;
} place_list;

static bool is_placed(const rp_chart_point *p) {
    return isfinite(p->x);
}

static void add_place(place_list *places, const rp_chart_point *p) {
    size_t i = 0;
    while (i < places->n && places->at[i] < p->x)
        i++;
    if (i < places->n && places->at[i] == p->x) {
        if (!places->label[i])
            places->label[i] = p->label;
        return;
    }
    if (places->n == MOST_PLACES)
        return;
    for (size_t k = places->n++; k > i; k--) {
        places->at[k] = places->at[k - 1];
        places->label[k] = places->label[k - 1];
    }
    places->at[i] = p->x;
    places->label[i] = p->label;
}

static void survey(const rp_chart *chart, place_list *places, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    places->n = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (is_placed(p))
                add_place(places, p);
            if (!rp_point_is_drawn(p))
                continue;
            *low = fmin(*low, isfinite(p->lower) ? p->lower : p->y);
            *high = fmax(*high, isfinite(p->upper) ? p->upper : p->y);
        }
}

/* Half a place's width in pixels, for labels and for moving series apart. */
static double room_of_place(const rp_plot *plot, const place_list *places) {
    double room = plot->width;
    for (size_t i = 1; i < places->n; i++)
        room = fmin(room, rp_plot_x(plot, places->at[i]) - rp_plot_x(plot, places->at[i - 1]));
    return room;
}

/* Labels of the points where all have short ones, else their numbers; as many as there is room for. */
static void put_places(const rp_plot *plot, const place_list *places) {
    char text[RP_FORMAT_ROOM];
    double bottom = plot->top + plot->height, free_from = -INFINITY, room = room_of_place(plot, places);
    bool named = true, whole = true;
    for (size_t i = 0; i < places->n; i++) {
        named = named && places->label[i] && 7.4 * (double)rp_layout_width(rp_text_of(places->label[i])) < room + 8;
        whole = whole && places->at[i] == floor(places->at[i]);
    }
    for (size_t i = 0; i < places->n; i++) {
        double x = rp_plot_x(plot, places->at[i]);
        rp_format_fixed(places->at[i], whole ? 0 : 1, true, text);
        const char *label = named ? places->label[i] : text;
        double half = 3.7 * (double)rp_layout_width(rp_text_of(label));
        rp_svg_line(plot->html, x, bottom, x, bottom + 5, "#212b32", 1, NULL);
        if (x - half < free_from)
            continue;
        const char *anchor = x + half > RP_CHART_WIDTH ? "end" : "middle";
        rp_svg_text(plot->html, fmin(x, RP_CHART_WIDTH - 1), bottom + 20, anchor, RP_CHART_SMALL, NULL, label);
        free_from = x + half + 5;
    }
}

static double shift_of(const rp_plot *plot, const rp_chart *chart, const place_list *places, size_t series) {
    double step = fmin(7, fmin(26, room_of_place(plot, places)) / (double)(chart->n_series + 1));
    return ((double)series - (double)(chart->n_series - 1) / 2) * step;
}

static void put_whisker(const rp_plot *plot, double x, const rp_chart_point *p, const rp_series_style *style) {
    if (!isfinite(p->lower) || !isfinite(p->upper))
        return;
    double low = rp_plot_y(plot, fmax(p->lower, plot->y.low)), high = rp_plot_y(plot, fmin(p->upper, plot->y.high));
    rp_svg_line(plot->html, x, low, x, high, style->colour, 1.5, NULL);
    rp_svg_line(plot->html, x - 3, low, x + 3, low, style->colour, 1.5, NULL);
    rp_svg_line(plot->html, x - 3, high, x + 3, high, style->colour, 1.5, NULL);
}

/* A hidden or missing point breaks the line, so that nothing is drawn through what is not known. */
static void put_series(const rp_plot *plot, const rp_chart *chart, const place_list *places, size_t number) {
    const rp_chart_series *series = &chart->series[number];
    rp_series_style style = rp_series_style_of(number);
    double shift = shift_of(plot, chart, places, number);
    const rp_chart_point *before = NULL;
    for (size_t i = 0; i < series->n; i++) {
        const rp_chart_point *p = &series->points[i];
        if (rp_point_is_drawn(p) && before)
            rp_svg_line(plot->html, rp_plot_x(plot, before->x) + shift, rp_plot_y(plot, before->y),
                        rp_plot_x(plot, p->x) + shift, rp_plot_y(plot, p->y), style.colour, 2, style.dash);
        before = rp_point_is_drawn(p) ? p : NULL;
    }
    double size = series->n > 20 ? 3 : 4.5;
    for (size_t i = 0; i < series->n; i++) {
        const rp_chart_point *p = &series->points[i];
        if (!rp_point_is_drawn(p))
            continue;
        put_whisker(plot, rp_plot_x(plot, p->x) + shift, p, &style);
        rp_svg_marker(plot->html, rp_plot_x(plot, p->x) + shift, rp_plot_y(plot, p->y), size, &style);
    }
}

/* Numbers of reference lines stand between the last two places, clear of the points, as far as can be. */
static double tag_place(const rp_plot *plot, const place_list *places) {
    if (places->n < 2)
        return 10;
    double last = rp_plot_x(plot, places->at[places->n - 1]), before = rp_plot_x(plot, places->at[places->n - 2]);
    return plot->left + plot->width - (last + before) / 2;
}

/* Letters to the right of the last points, moved down where they would lie on one another. A letter moves by more than
 * the distance that is asked for, so that rounding cannot hold it in place. */
static void put_letters(const rp_plot *plot, const rp_chart *chart) {
    double taken[64];
    size_t n_taken = 0;
    for (size_t s = 0; s < chart->n_series && s < 64 && chart->n_series > 1; s++) {
        const rp_chart_point *last = NULL;
        for (size_t i = 0; i < chart->series[s].n; i++)
            if (rp_point_is_drawn(&chart->series[s].points[i]))
                last = &chart->series[s].points[i];
        if (!last)
            continue;
        rp_series_style style = rp_series_style_of(s);
        double y = rp_plot_y(plot, last->y) + 5;
        /* Each round moves past one letter at least, so as many rounds as letters are enough. */
        for (size_t round = 0; round < n_taken; round++)
            for (size_t k = 0; k < n_taken; k++)
                if (fabs(taken[k] - y) < LETTER_ROOM - 0.5)
                    y = taken[k] + LETTER_ROOM;
        taken[n_taken++] = y;
        rp_svg_text(plot->html, fmin(rp_plot_x(plot, last->x) + 14, RP_CHART_WIDTH - 10), y, "start", RP_CHART_TEXT,
                    style.colour, style.letter);
    }
}

static double put_key(rp_html *html, const rp_chart *chart, double y) {
    for (size_t s = 0; s < chart->n_series && chart->n_series > 1; s++) {
        rp_series_style style = rp_series_style_of(s);
        rp_svg_line(html, 2, y - 5, 42, y - 5, style.colour, 2, style.dash);
        rp_svg_marker(html, 22, y - 5, 4.5, &style);
        rp_svg_text(html, 50, y, "start", RP_CHART_TEXT, style.colour, style.letter);
        y = rp_svg_wrapped(html, 66, y, KEY_COLUMNS, chart->series[s].label) + KEY_ROW - RP_CHART_LINE;
    }
    return y;
}

static double key_height(const rp_chart *chart) {
    double height = 0;
    for (size_t s = 0; s < chart->n_series && chart->n_series > 1; s++)
        height += (double)rp_svg_lines(chart->series[s].label, KEY_COLUMNS) * (RP_CHART_TEXT + 4) + 2;
    return height;
}

/* People behind each point, as many as there is room for; "*" where hidden. */
static void put_counts_of(const rp_plot *plot, const rp_chart *chart, size_t series, double y) {
    double free_from = plot->left - 16;
    for (size_t i = 0; i < chart->series[series].n; i++) {
        const rp_chart_point *p = &chart->series[series].points[i];
        char text[RP_FORMAT_ROOM] = "*";
        if (!is_placed(p) || (!p->suppressed && p->count.n < 0))
            continue;
        if (!p->suppressed)
            rp_format_people(p->count.n, text);
        double x = rp_plot_x(plot, p->x), half = 3.9 * (double)strlen(text);
        if (x - half < free_from)
            continue;
        rp_svg_text(plot->html, fmin(x, RP_CHART_WIDTH - half), y, "middle", RP_CHART_SMALL,
                    rp_series_style_of(series).colour, text);
        free_from = x + half + 3;
    }
}

/* Where no point says how many people it stands on, there is no row for them. */
static bool has_counts(const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            if (chart->series[s].points[i].suppressed || chart->series[s].points[i].count.n >= 0)
                return true;
    return false;
}

static double put_counts(const rp_plot *plot, const rp_chart *chart, double y) {
    rp_svg_text(plot->html, 0, y, "start", RP_CHART_SMALL, NULL, "People:");
    y += COUNT_ROW;
    for (size_t s = 0; s < chart->n_series; s++, y += COUNT_ROW) {
        if (chart->n_series > 1)
            rp_svg_text(plot->html, 4, y, "start", RP_CHART_SMALL, rp_series_style_of(s).colour,
                        rp_series_style_of(s).letter);
        put_counts_of(plot, chart, s, y);
    }
    return y;
}

/* "Usual care: 48 people at 0, mean 23.9 …" would repeat the table: the description says what a glance gives. */
static void describe(const rp_chart *chart, rp_buf *out) {
    char from[RP_FORMAT_ROOM], to[RP_FORMAT_ROOM];
    rp_buf_put(out, chart->y_label ? chart->y_label : "");
    rp_buf_put(out, " over ");
    rp_buf_put(out, chart->x_label ? chart->x_label : "time");
    rp_buf_put(out, ".");
    for (size_t s = 0; s < chart->n_series; s++) {
        const rp_chart_point *first = NULL, *last = NULL;
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (rp_point_is_drawn(p) && !first)
                first = p;
            if (rp_point_is_drawn(p))
                last = p;
        }
        if (!first || !last || first == last)
            continue;
        rp_format_fixed(first->y, 1, true, from);
        rp_format_fixed(last->y, 1, true, to);
        rp_buf_put(out, " ");
        rp_buf_put(out, chart->series[s].label);
        rp_buf_printf(out, ": from %s to %s.", from, to);
    }
    rp_buf_put(out, " The table below holds all numbers.");
}

void rp_chart_put_trajectory(rp_html *html, const rp_chart *chart, const char *id) {
    place_list places;
    double low, high;
    survey(chart, &places, &low, &high);
    rp_plot plot = {.html = html, .left = LEFT, .width = RP_CHART_WIDTH - LEFT - RIGHT, .height = PLOT_HEIGHT};
    double first = places.n ? places.at[0] : 0, last = places.n ? places.at[places.n - 1] : 1;
    double margin = last > first ? (last - first) * 0.05 : 0.5;
    plot.x = rp_axis_make(0, 0, isfinite(chart->x_low) ? chart->x_low : first - margin,
                          isfinite(chart->x_high) ? chart->x_high : last + margin, 6);
    plot.y = rp_axis_make(low, high, chart->y_low, chart->y_high, 5);
    plot.top = (chart->n_series > 1 ? 42 : 28) + key_height(chart);
    double counts = plot.top + plot.height + 68, n_rows = has_counts(chart) ? (double)chart->n_series + 1 : 0;
    double lines = counts + n_rows * COUNT_ROW + 8;
    rp_buf description = {0};
    describe(chart, &description);
    rp_svg_open(html, id, lines + rp_plot_lines_key_height(chart), chart->title, description.at);
    html->out->failed |= description.failed;
    rp_buf_free(&description);
    put_key(html, chart, 16);
    rp_plot_frame(&plot, chart->x_label, chart->y_label, false);
    put_places(&plot, &places);
    rp_plot_lines(&plot, chart, tag_place(&plot, &places));
    for (size_t s = 0; s < chart->n_series; s++)
        put_series(&plot, chart, &places, s);
    put_letters(&plot, chart);
    if (has_counts(chart))
        put_counts(&plot, chart, counts);
    rp_plot_lines_key(&plot, chart, lines + 8);
    rp_html_close(html, "svg");
}
