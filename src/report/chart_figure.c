/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chart's figure: its title, how to read it, the picture, and the table behind it. */
#include <math.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/html_parts.h"

static const rp_chart_line *cut_off(const rp_chart *chart, bool vertical) {
    for (size_t i = 0; i < chart->n_lines; i++)
        if (chart->lines[i].vertical == vertical && (vertical || chart->lines[i].slope == 0))
            return &chart->lines[i];
    return NULL;
}

/* The quarters in words: what lies where, without saying which way is better, which only the measure knows. */
static void put_quarters(rp_html *html, const rp_chart *chart) {
    rp_html_text(html, "On the diagonal nothing changed; below it the last score is lower than the first, above it "
                       "higher. ");
    if (cut_off(chart, true) && cut_off(chart, false))
        rp_html_text(
            html,
            "The upright and the level line cut the picture into quarters. Lower left: below the line both times. "
            "Lower right: above it at first, below it at last. Upper left: below it at first, above it at last. "
            "Upper right: above it both times. ");
}

static void put_marks(rp_html *html, const rp_chart *chart) {
    rp_html_open(html, "p");
    if (chart->kind == RP_CHART_CHANGE)
        put_quarters(html, chart);
    if (chart->binned)
        rp_html_text(
            html,
            "Each square stands for the people whose scores fall in it; the number in it, and a darker shade, say "
            "how many. Squares with few people are not shown. ");
    else
        rp_html_text(html, "Each dot is one person; where several share a place the dot is larger. ");
    rp_html_close(html, "p");
}

static bool has_points(const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series; s++)
        if (chart->series[s].n)
            return true;
    return false;
}

static void put_caption(rp_html *html, const rp_chart *chart) {
    rp_html_open(html, "figcaption");
    rp_html_leaf(html, "h3", NULL, chart->title);
    if (chart->reading) {
        rp_html_open(html, "p");
        rp_html_leaf(html, "strong", NULL, "How to read it: ");
        rp_html_text(html, chart->reading);
        rp_html_close(html, "p");
    }
    if (rp_chart_is_of_persons(chart) && has_points(chart))
        put_marks(html, chart);
    if (rp_chart_hidden(chart) && chart->kind == RP_CHART_TRAJECTORY)
        rp_html_leaf(html, "p", NULL, "* A number too small to show. The line is broken there.");
    rp_html_close(html, "figcaption");
}

static void put_picture(rp_html *html, const rp_chart *chart, const char *id) {
    switch (chart->kind) {
    case RP_CHART_TRAJECTORY:
        rp_chart_put_trajectory(html, chart, id);
        break;
    case RP_CHART_CHANGE:
        rp_chart_put_change(html, chart, id);
        break;
    case RP_CHART_AGREEMENT:
        rp_chart_put_agreement(html, chart, id);
        break;
    case RP_CHART_RATES:
        rp_chart_put_rates(html, chart, id);
        break;
    case RP_CHART_FLOW:
        rp_chart_put_flow(html, chart, id);
        break;
    case RP_CHART_FUNNEL:
        rp_chart_put_funnel(html, chart, id);
        break;
    case RP_CHART_CATERPILLAR:
        rp_chart_put_caterpillar(html, chart, id);
        break;
    case RP_CHART_FOREST:
        rp_chart_put_forest(html, chart, id);
        break;
    }
}

/* Two charts may draw one table: it stands behind the first. */
static const rp_chart *shown_behind(const rp_chart *chart, const rp_answer_table *table) {
    const rp_answer *answer = chart->answer;
    for (size_t i = 0; table && i < answer->n_charts && answer->charts[i] != chart; i++)
        if (rp_chart_table(answer->charts[i]) == table)
            return answer->charts[i];
    return NULL;
}

void rp_chart_put(rp_html *html, const rp_chart *chart, const char *id) {
    const rp_answer_table *table = rp_chart_table(chart);
    const rp_chart *before = shown_behind(chart, table);
    rp_html_open(html, "figure");
    put_caption(html, chart);
    if (has_points(chart)) {
        rp_html_open(html, "div");
        rp_html_attr(html, "class", chart->kind == RP_CHART_FLOW ? "flow" : "pictures");
        put_picture(html, chart, id);
        rp_html_close(html, "div");
    } else {
        rp_html_leaf(html, "p", "none",
                     chart->binned ? "No square holds enough people to be shown." : "There is nobody to show.");
    }
    if (before) {
        rp_html_open(html, "p");
        rp_html_textf(html, "The numbers behind this chart are those behind \xE2\x80\x9C%s\xE2\x80\x9D.",
                      before->title);
        rp_html_close(html, "p");
    } else if (table || has_points(chart)) {
        rp_html_open(html, "details");
        rp_html_leaf(html, "summary", NULL, "The numbers behind this chart");
        if (table)
            rp_html_put_table(html, table, false);
        else
            rp_html_put_chart_data(html, chart);
        rp_html_close(html, "details");
    }
    rp_html_close(html, "figure");
}
