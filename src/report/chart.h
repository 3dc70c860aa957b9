/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts as SVG, from the answer's data. All are WIDTH units wide and scale by their viewBox: on a phone of
 * 360 px a unit is 0.8 px, so that text of 14 units can be read there.
 *
 * Series differ by colour, by shape of marker, by dashes, and by a letter at the line and in the key; so that colour is
 * never needed. The colours have at least 4.5 : 1 against white and differ for the common kinds of colour blindness
 * (after Okabe & Ito 2008, darkened). */
#ifndef RAPPORT_REPORT_CHART_H
#define RAPPORT_REPORT_CHART_H

#include "rapport/answer.h"
#include "report/html.h"

enum { RP_CHART_WIDTH = 400, RP_CHART_TEXT = 15, RP_CHART_SMALL = 14, RP_CHART_LINE = RP_CHART_TEXT + 4 };

typedef struct rp_axis {
    double low, high, step; /* ticks at multiples of step in [low, high] */
    int decimals;           /* of its ticks */
} rp_axis;

/* An axis over [low, high] with about n_ticks round ticks. exact_low, exact_high: NaN, or ends to be kept as they are.
 */
rp_axis rp_axis_make(double low, double high, double exact_low, double exact_high, int n_ticks);
/* The i-th tick; false: past the end. */
bool rp_axis_tick(const rp_axis *axis, int i, double *out);

/* Where data fall in the picture. */
typedef struct rp_plot {
    rp_html *html;
    double left, top, width, height;
    rp_axis x, y;
} rp_plot;
double rp_plot_x(const rp_plot *plot, double value);
double rp_plot_y(const rp_plot *plot, double value);

typedef struct rp_series_style {
    const char *colour, *dash; /* dash NULL: unbroken */
    int shape;
    char letter[2];
} rp_series_style;
rp_series_style rp_series_style_of(size_t series);

/* Opens <svg> with its title and description for people who hear the page; close it with rp_html_close(html, "svg"). */
void rp_svg_open(rp_html *html, const char *id, double height, const char *title, const char *description);
void rp_svg_line(rp_html *html, double x1, double y1, double x2, double y2, const char *colour, double width,
                 const char *dash);
void rp_svg_text(rp_html *html, double x, double y, const char *anchor, int size, const char *colour, const char *text);
void rp_svg_marker(rp_html *html, double x, double y, double size, const rp_series_style *style);
/* Text in lines of at most `columns` characters, the first at y; returns the y of the line after. */
double rp_svg_wrapped(rp_html *html, double x, double y, size_t columns, const char *text);
/* The number of lines of that. */
size_t rp_svg_lines(const char *text, size_t columns);

/* Grid, ticks and labels of both axes. */
void rp_plot_frame(const rp_plot *plot, const char *x_label, const char *y_label, bool x_ticks);
/* The chart's reference lines, cut to the plot, each with a number `from_end` units before its end; and the key that
 * says what the numbers mean. */
void rp_plot_lines(const rp_plot *plot, const rp_chart *chart, double from_end);
double rp_plot_lines_key_height(const rp_chart *chart);
void rp_plot_lines_key(const rp_plot *plot, const rp_chart *chart, double y);

/* The people of a series: dots; or, where the chart is binned, its squares, and then over its lines their numbers. */
void rp_plot_dots(const rp_plot *plot, const rp_chart_series *series, const char *colour, rp_arena *arena);
void rp_plot_squares(const rp_plot *plot, const rp_chart *chart, const rp_chart_series *series, bool numbers);

bool rp_point_is_drawn(const rp_chart_point *point);
size_t rp_chart_hidden(const rp_chart *chart);

/* One kind each: the <svg> elements. */
void rp_chart_put_trajectory(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_change(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_agreement(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_rates(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_flow(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_funnel(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_caterpillar(rp_html *html, const rp_chart *chart, const char *id);
void rp_chart_put_forest(rp_html *html, const rp_chart *chart, const char *id);

/* The figure: heading, how to read it, picture, and its table. id must be unique in the page. */
void rp_chart_put(rp_html *html, const rp_chart *chart, const char *id);

#endif
