/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all charts share: styles of series, shapes, text, frames and reference lines. Looks are attributes of each
 * element, not style sheets, so that a chart keeps them when it is taken out of the page. */
#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/text_layout.h"

static const char INK[] = "#212b32", FAINT[] = "#d8dde0", MIDDLE[] = "#4c6272";

rp_series_style rp_series_style_of(size_t series) {
    static const char *const colours[] = {"#00538a", "#a34300", "#00664a", "#7a2e7a", "#5c4a00", "#4c4c4c"};
    static const char *const dashes[] = {NULL, "7 4", "2 3", "10 3 2 3", "5 2", "1 2"};
    size_t n = sizeof colours / sizeof *colours, m = sizeof dashes / sizeof *dashes;
    return (rp_series_style){.colour = colours[series % n],
                             .dash = dashes[series / n % 2 ? (series + 1) % m : series % m],
                             .shape = (int)(series % n),
                             .letter = {(char)('A' + series % 26), '\0'}};
}

bool rp_point_is_drawn(const rp_chart_point *point) {
    return !point->suppressed && isfinite(point->x) && isfinite(point->y);
}

size_t rp_chart_hidden(const rp_chart *chart) {
    size_t n = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            n += chart->series[s].points[i].suppressed;
    return n;
}

/* ---- elements ---------------------------------------------------------------------------------- */

void rp_svg_open(rp_html *html, const char *id, double height, const char *title, const char *description) {
    char tall[RP_FORMAT_ROOM];
    rp_format_svg(height, tall);
    rp_html_open(html, "svg");
    rp_html_attr(html, "class", "chart");
    rp_html_attr(html, "role", "img");
    rp_html_attrf(html, "aria-labelledby", "%s-t %s-d", id, id);
    rp_html_attrf(html, "viewBox", "0 0 %d %s", RP_CHART_WIDTH, tall);
    rp_html_open(html, "title");
    rp_html_attrf(html, "id", "%s-t", id);
    rp_html_text(html, title);
    rp_html_close(html, "title");
    rp_html_open(html, "desc");
    rp_html_attrf(html, "id", "%s-d", id);
    rp_html_text(html, description);
    rp_html_close(html, "desc");
}

void rp_svg_line(rp_html *html, double x1, double y1, double x2, double y2, const char *colour, double width,
                 const char *dash) {
    rp_html_open(html, "line");
    rp_html_attr_num(html, "x1", x1);
    rp_html_attr_num(html, "y1", y1);
    rp_html_attr_num(html, "x2", x2);
    rp_html_attr_num(html, "y2", y2);
    rp_html_attr(html, "stroke", colour);
    rp_html_attr_num(html, "stroke-width", width);
    rp_html_attr(html, "stroke-dasharray", dash);
    rp_html_close(html, "line");
}

void rp_svg_text(rp_html *html, double x, double y, const char *anchor, int size, const char *colour,
                 const char *text) {
    rp_html_open(html, "text");
    rp_html_attr_num(html, "x", x);
    rp_html_attr_num(html, "y", y);
    rp_html_attr(html, "text-anchor", anchor);
    rp_html_attr_int(html, "font-size", size);
    rp_html_attr(html, "fill", colour ? colour : INK);
    rp_html_text(html, text);
    rp_html_close(html, "text");
}

size_t rp_svg_lines(const char *text, size_t columns) {
    size_t n = 0;
    rp_text line;
    for (rp_text rest = rp_text_of(text); rp_layout_line(&rest, columns, &line);)
        n++;
    return n ? n : 1;
}

double rp_svg_wrapped(rp_html *html, double x, double y, size_t columns, const char *text) {
    rp_text line;
    for (rp_text rest = rp_text_of(text); rp_layout_line(&rest, columns, &line); y += RP_CHART_LINE) {
        rp_buf piece = {0};
        rp_buf_add(&piece, line.at, line.n);
        if (piece.at)
            rp_svg_text(html, x, y, "start", RP_CHART_TEXT, NULL, piece.at);
        html->out->failed |= piece.failed;
        rp_buf_free(&piece);
    }
    return y;
}

/* Corners of each shape, as shares of its size, clockwise; a circle has none. */
static void polygon(rp_html *html, double x, double y, double size, const double (*corners)[2], size_t n,
                    const char *colour) {
    rp_buf points = {0};
    for (size_t i = 0; i < n; i++) {
        char px[RP_FORMAT_ROOM], py[RP_FORMAT_ROOM];
        rp_format_svg(x + corners[i][0] * size, px);
        rp_format_svg(y + corners[i][1] * size, py);
        rp_buf_printf(&points, "%s%s,%s", i ? " " : "", px, py);
    }
    rp_html_open(html, "polygon");
    rp_html_attr(html, "points", points.at);
    rp_html_attr(html, "fill", colour);
    rp_html_close(html, "polygon");
    html->out->failed |= points.failed;
    rp_buf_free(&points);
}

void rp_svg_marker(rp_html *html, double x, double y, double size, const rp_series_style *style) {
    static const double square[][2] = {{-.9, -.9}, {.9, -.9}, {.9, .9}, {-.9, .9}};
    static const double up[][2] = {{0, -1.2}, {1.1, .8}, {-1.1, .8}};
    static const double diamond[][2] = {{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}};
    static const double down[][2] = {{0, 1.2}, {1.1, -.8}, {-1.1, -.8}};
    static const double cross[][2] = {{-.4, -1.2}, {.4, -1.2}, {.4, -.4}, {1.2, -.4}, {1.2, .4},   {.4, .4},
                                      {.4, 1.2},   {-.4, 1.2}, {-.4, .4}, {-1.2, .4}, {-1.2, -.4}, {-.4, -.4}};
    switch (style->shape) {
    case 1:
        polygon(html, x, y, size, square, 4, style->colour);
        return;
    case 2:
        polygon(html, x, y, size, up, 3, style->colour);
        return;
    case 3:
        polygon(html, x, y, size, diamond, 4, style->colour);
        return;
    case 4:
        polygon(html, x, y, size, down, 3, style->colour);
        return;
    case 5:
        polygon(html, x, y, size, cross, 12, style->colour);
        return;
    default:
        rp_html_open(html, "circle");
        rp_html_attr_num(html, "cx", x);
        rp_html_attr_num(html, "cy", y);
        rp_html_attr_num(html, "r", size);
        rp_html_attr(html, "fill", style->colour);
        rp_html_close(html, "circle");
    }
}

/* ---- frames -------------------------------------------------------------------------------------- */

void rp_plot_frame(const rp_plot *plot, const char *x_label, const char *y_label, bool x_ticks) {
    char text[RP_FORMAT_ROOM];
    double right = plot->left + plot->width, bottom = plot->top + plot->height, value;
    for (int i = 0; rp_axis_tick(&plot->y, i, &value); i++) {
        double y = rp_plot_y(plot, value);
        rp_svg_line(plot->html, plot->left, y, right, y, FAINT, 1, NULL);
        rp_format_fixed(value, plot->y.decimals, true, text);
        rp_svg_text(plot->html, plot->left - 6, y + 4.5, "end", RP_CHART_SMALL, MIDDLE, text);
    }
    for (int i = 0; x_ticks && rp_axis_tick(&plot->x, i, &value); i++) {
        double x = rp_plot_x(plot, value);
        rp_svg_line(plot->html, x, plot->top, x, bottom, FAINT, 1, NULL);
        rp_format_fixed(value, plot->x.decimals, true, text);
        rp_svg_text(plot->html, x, bottom + 18, "middle", RP_CHART_SMALL, MIDDLE, text);
    }
    rp_svg_line(plot->html, plot->left, plot->top, plot->left, bottom, INK, 1, NULL);
    rp_svg_line(plot->html, plot->left, bottom, right, bottom, INK, 1, NULL);
    if (y_label)
        rp_svg_text(plot->html, 0, plot->top - 12, "start", RP_CHART_TEXT, NULL, y_label);
    if (x_label)
        rp_svg_text(plot->html, plot->left + plot->width / 2, bottom + 40, "middle", RP_CHART_TEXT, NULL, x_label);
}

/* ---- reference lines ------------------------------------------------------------------------------- */

/* The part of a line that lies in the plot, in data units; false: none. */
static bool clip(const rp_plot *plot, const rp_chart_line *line, double ends[4]) {
    const rp_axis *x = &plot->x, *y = &plot->y;
    double a = line->intercept, b = line->slope;
    if (!isfinite(a) || (!line->vertical && !isfinite(b)))
        return false;
    if (line->vertical) {
        ends[0] = ends[2] = a;
        ends[1] = y->low;
        ends[3] = y->high;
        return a >= x->low && a <= x->high;
    }
    double from = x->low, to = x->high;
    if (b != 0) {
        double at_low = (y->low - a) / b, at_high = (y->high - a) / b;
        from = fmax(from, fmin(at_low, at_high));
        to = fmin(to, fmax(at_low, at_high));
    } else if (a < y->low || a > y->high) {
        return false;
    }
    ends[0] = from;
    ends[1] = a + b * from;
    ends[2] = to;
    ends[3] = a + b * to;
    return to > from;
}

static const char *line_dash(const rp_chart_line *line) {
    return line->dashed ? "6 4" : NULL;
}

/* A number in a small white disc, so that it can be read on a line. */
static void tag(rp_html *html, double x, double y, size_t number) {
    char text[RP_FORMAT_ROOM];
    rp_html_open(html, "circle");
    rp_html_attr_num(html, "cx", x);
    rp_html_attr_num(html, "cy", y);
    rp_html_attr_num(html, "r", 8);
    rp_html_attr(html, "fill", "#ffffff");
    rp_html_attr(html, "stroke", MIDDLE);
    rp_html_close(html, "circle");
    snprintf(text, sizeof text, "%zu", number);
    rp_svg_text(html, x, y + 4, "middle", 12, NULL, text);
}

enum { PLACES = 9 };

/* The place for a line's number: along it, from its far end, the first that is clear of the numbers placed before. */
static void place_tag(const rp_plot *plot, const double ends[4], size_t number, double from_end, double (*taken)[2],
                      size_t *n_taken) {
    double x1 = rp_plot_x(plot, ends[0]), y1 = rp_plot_y(plot, ends[1]);
    double x2 = rp_plot_x(plot, ends[2]), y2 = rp_plot_y(plot, ends[3]);
    double length = hypot(x2 - x1, y2 - y1), x = x2, y = y2;
    for (int i = 0; i < PLACES; i++) {
        double share = length > 0 ? fmax(0, 1 - (from_end + 20 * i) / length) : 0;
        x = x1 + (x2 - x1) * share;
        y = y1 + (y2 - y1) * share;
        bool clear = true;
        for (size_t k = 0; k < *n_taken; k++)
            clear = clear && hypot(x - taken[k][0], y - taken[k][1]) > 18;
        if (clear)
            break;
    }
    taken[*n_taken][0] = x;
    taken[*n_taken][1] = y;
    ++*n_taken;
    tag(plot->html, x, y, number);
}

void rp_plot_lines(const rp_plot *plot, const rp_chart *chart, double from_end) {
    double ends[4], taken[32][2];
    size_t n_taken = 0;
    for (size_t i = 0; i < chart->n_lines; i++)
        if (clip(plot, &chart->lines[i], ends))
            rp_svg_line(plot->html, rp_plot_x(plot, ends[0]), rp_plot_y(plot, ends[1]), rp_plot_x(plot, ends[2]),
                        rp_plot_y(plot, ends[3]), MIDDLE, 1.5, line_dash(&chart->lines[i]));
    for (size_t i = 0; i < chart->n_lines && n_taken < 32; i++)
        if (clip(plot, &chart->lines[i], ends))
            place_tag(plot, ends, i + 1, from_end, taken, &n_taken);
}

enum { KEY_COLUMNS = 40, KEY_GAP = 4 };

double rp_plot_lines_key_height(const rp_chart *chart) {
    double height = 0;
    for (size_t i = 0; i < chart->n_lines; i++)
        height += (double)rp_svg_lines(chart->lines[i].label, KEY_COLUMNS) * RP_CHART_LINE + KEY_GAP;
    return height;
}

void rp_plot_lines_key(const rp_plot *plot, const rp_chart *chart, double y) {
    for (size_t i = 0; i < chart->n_lines; i++) {
        rp_svg_line(plot->html, 4, y - 4, 50, y - 4, MIDDLE, 1.5, line_dash(&chart->lines[i]));
        tag(plot->html, 27, y - 4, i + 1);
        y = rp_svg_wrapped(plot->html, 60, y, KEY_COLUMNS, chart->lines[i].label) + KEY_GAP;
    }
}
