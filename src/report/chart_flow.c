/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flow diagram, after CONSORT: boxes downwards with their numbers of people, and beside the arrow to each box those
 * who did not come to it. One picture a step, so that paper can break between two of them; the line at the left edge
 * runs on from one to the next. In one narrow column, so that it reads the same on a phone, a desktop and on paper.
 *
 * Who may still come has a broken border, who has ended a full one; the words say it too. */
#include "report/chart.h"
#include "report/format.h"

enum {
    LINE_X = 24, /* of the line downwards */
    SIDE_X = 52, /* left edge of what stands beside it */
    PAD = 10,
    TEXT_LINE = RP_CHART_TEXT + 4,
    GAP = 14,
    ARROW = 7,
    BOX_COLUMNS = 34, /* room for the number at the right */
    SIDE_COLUMNS = 32,
    REASON_COLUMNS = 30,
    INDENT = 14,
    MOST_REASONS = 5
};

/* One entry beside the arrow: a point that is neither box nor reason, with the reasons that follow it. */
typedef struct side {
    const rp_chart_point *point, *reasons;
    size_t n_reasons;
} side;

static side side_at(const rp_chart_series *series, size_t i) {
    side s = {.point = &series->points[i], .reasons = &series->points[i + 1]};
    while (i + 1 + s.n_reasons < series->n && s.reasons[s.n_reasons].part == RP_FLOW_REASON)
        s.n_reasons++;
    return s;
}

static const char *label_of(const rp_chart_point *p) {
    return p->label != NULL ? p->label : "";
}

/* Of the reasons whose number is shown, the one that comes after `last` in order of falling size; NULL: none. */
static const rp_chart_point *next_reason(const side *s, const rp_chart_point *last) {
    const rp_chart_point *best = NULL;
    for (const rp_chart_point *p = s->reasons; p < s->reasons + s->n_reasons; p++) {
        bool later = last == NULL || p->count.n < last->count.n || (p->count.n == last->count.n && p > last);
        if (!p->suppressed && later && (best == NULL || p->count.n > best->count.n))
            best = p;
    }
    return best;
}

static size_t reasons_drawn(const side *s) {
    size_t n = 0;
    for (const rp_chart_point *p = NULL; n < MOST_REASONS && (p = next_reason(s, p)) != NULL;)
        n++;
    return n;
}

/* ---- sizes ------------------------------------------------------------------------------------------ */

static double text_height(const char *text, size_t columns) {
    return (double)rp_svg_lines(text, columns) * TEXT_LINE;
}

static double side_height(const side *s) {
    double height = 2 * PAD + text_height(label_of(s->point), SIDE_COLUMNS);
    const rp_chart_point *p = NULL;
    size_t n = reasons_drawn(s);
    for (size_t i = 0; i < n; i++) {
        p = next_reason(s, p);
        height += text_height(label_of(p), REASON_COLUMNS);
    }
    return height + (n < s->n_reasons ? TEXT_LINE : 0);
}

static double box_height(const rp_chart_series *series) {
    return 2 * PAD + text_height(series->label, BOX_COLUMNS);
}

/* ---- pieces ----------------------------------------------------------------------------------------- */

static void put_frame(rp_html *html, double x, double y, double height, const rp_chart_point *p) {
    static const struct {
        const char *fill, *stroke, *dash;
    } looks[] = {
        [RP_FLOW_BOX] = {"#e8f1f8", "#00538a", NULL},
        [RP_FLOW_ENDED] = {"#ffffff", "#a34300", NULL},
        [RP_FLOW_REASON] = {NULL, NULL, NULL},
        [RP_FLOW_OPEN] = {"#ffffff", "#4c6272", "6 4"},
        [RP_FLOW_AROUND] = {"#ffffff", "#00538a", "1 3"},
    };
    rp_html_open(html, "rect");
    rp_html_attr_num(html, "x", x);
    rp_html_attr_num(html, "y", y);
    rp_html_attr_num(html, "width", RP_CHART_WIDTH - 1 - x);
    rp_html_attr_num(html, "height", height);
    rp_html_attr(html, "fill", looks[p->part].fill);
    rp_html_attr(html, "stroke", looks[p->part].stroke);
    rp_html_attr(html, "stroke-width", p->part == RP_FLOW_BOX ? "2" : "1.5");
    rp_html_attr(html, "stroke-dasharray", looks[p->part].dash);
    rp_html_close(html, "rect");
}

static void number_of(const rp_chart_point *p, char out[RP_FORMAT_ROOM]) {
    if (p->suppressed)
        snprintf(out, RP_FORMAT_ROOM, "hidden");
    else if (p->count.n < 0)
        snprintf(out, RP_FORMAT_ROOM, "\xE2\x80\x93");
    else
        rp_format_people(p->count.n, out);
}

/* A label at the left, its number at the right. Returns where the next line begins. */
static double put_entry(rp_html *html, double x, double y, size_t columns, const char *label, const rp_chart_point *p) {
    char number[RP_FORMAT_ROOM];
    number_of(p, number);
    rp_svg_text(html, RP_CHART_WIDTH - PAD, y + RP_CHART_TEXT, "end", RP_CHART_TEXT, NULL, number);
    rp_svg_wrapped(html, x, y + RP_CHART_TEXT, columns, label);
    return y + text_height(label, columns);
}

static double put_side(rp_html *html, const side *s, double y) {
    double height = side_height(s), at = y + PAD;
    rp_svg_line(html, LINE_X, y + height / 2, SIDE_X, y + height / 2, "#4c6272", 1.5, NULL);
    put_frame(html, SIDE_X, y, height, s->point);
    at = put_entry(html, SIDE_X + PAD, at, SIDE_COLUMNS, label_of(s->point), s->point);
    const rp_chart_point *p = NULL;
    size_t n = reasons_drawn(s);
    for (size_t i = 0; i < n; i++) {
        p = next_reason(s, p);
        at = put_entry(html, SIDE_X + PAD + INDENT, at, REASON_COLUMNS, label_of(p), p);
    }
    if (n < s->n_reasons)
        rp_svg_text(html, SIDE_X + PAD + INDENT, at + RP_CHART_TEXT, "start", RP_CHART_TEXT, NULL,
                    n > 0 ? "further reasons: in the table" : "reasons: in the table");
    return y + height + GAP;
}

static void put_box(rp_html *html, const rp_chart_series *series, const rp_chart_point *p, double y) {
    put_frame(html, 1, y, box_height(series), p);
    rp_html_open(html, "g");
    rp_html_attr(html, "font-weight", "bold");
    put_entry(html, 1 + PAD, y + PAD, BOX_COLUMNS, series->label, p);
    rp_html_close(html, "g");
}

/* ---- one step ---------------------------------------------------------------------------------------- */

/* All of it in words, for those who hear the page. */
static void describe(const rp_chart_series *series, rp_buf *out) {
    char number[RP_FORMAT_ROOM];
    for (size_t i = 0; i < series->n; i++) {
        const rp_chart_point *p = &series->points[i];
        number_of(p, number);
        rp_buf_printf(out, "%s%s: %s", i > 0 ? "; " : "", p->part == RP_FLOW_BOX ? series->label : label_of(p), number);
    }
    rp_buf_put(out, ".");
}

static bool stands_beside(const rp_chart_point *p) {
    return p->part != RP_FLOW_BOX && p->part != RP_FLOW_REASON;
}

static double sides_height(const rp_chart_series *series) {
    double height = 0;
    for (size_t i = 0; i < series->n; i++)
        if (stands_beside(&series->points[i])) {
            side s = side_at(series, i);
            height += side_height(&s) + GAP;
        }
    return height;
}

static void put_step(rp_html *html, const rp_chart *chart, size_t number, const char *id) {
    static const rp_chart_point not_told = {.part = RP_FLOW_BOX, .count = {.n = -1}};
    const rp_chart_series *series = &chart->series[number];
    const rp_chart_point *box = &not_told;
    double y = number > 0 ? GAP : 1, at = y + sides_height(series) + (number > 0 ? GAP : 0);
    rp_buf title = {0}, description = {0};
    rp_buf_printf(&title, "%s, step %zu of %zu: %s", chart->title, number + 1, chart->n_series, series->label);
    describe(series, &description);
    rp_svg_open(html, id, at + box_height(series) + 1, title.at, description.at);
    html->out->failed |= title.failed || description.failed;
    rp_buf_free(&title);
    rp_buf_free(&description);
    if (number > 0)
        rp_svg_line(html, LINE_X, 0, LINE_X, at - ARROW, "#4c6272", 1.5, NULL);
    for (size_t i = 0; i < series->n; i++) {
        if (stands_beside(&series->points[i])) {
            side s = side_at(series, i);
            y = put_side(html, &s, y);
        } else if (series->points[i].part == RP_FLOW_BOX) {
            box = &series->points[i];
        }
    }
    if (number > 0)
        rp_svg_marker(html, LINE_X, at - ARROW, ARROW / 1.2, &(rp_series_style){.colour = "#4c6272", .shape = 4});
    put_box(html, series, box, at);
    rp_html_close(html, "svg");
}

void rp_chart_put_flow(rp_html *html, const rp_chart *chart, const char *id) {
    for (size_t s = 0; s < chart->n_series; s++) {
        char own[RP_FORMAT_ROOM];
        snprintf(own, sizeof own, "%.40s-%zu", id, s + 1);
        put_step(html, chart, s, own);
    }
}
