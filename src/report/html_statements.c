/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements as tables: one for each measure, scale, rater and version, its rows grouped by arm and severity. On a
 * narrow screen rows are set as blocks by the style sheet, which takes cells out of the table; hence the roles, which
 * keep it a table for people who listen. */
#include <string.h>

#include "report/format.h"
#include "report/html_parts.h"

static const char *const HEADS[] = {"What", "Estimate, with interval", "n of N", "Cohort", "Method"};
static const char *const LABELS[] = {NULL, "Estimate", "n of N", "Cohort", "Method"}; /* on a narrow screen */
enum { N_HEADS = sizeof HEADS / sizeof *HEADS };

static void open_cell(rp_html *html, const char *name, size_t column) {
    rp_html_open(html, name);
    rp_html_attr(html, "role", strcmp(name, "th") == 0 ? "rowheader" : "cell");
    rp_html_attr(html, "scope", strcmp(name, "th") == 0 ? "row" : NULL);
    rp_html_attr(html, "data-label", LABELS[column]);
}

static void put_cell(rp_html *html, size_t column, rp_buf *text) {
    open_cell(html, "td", column);
    if (text->n == 0)
        rp_buf_put(text, "\xE2\x80\x93");
    rp_html_buf(html, text);
    rp_html_close(html, "td");
}

void rp_html_put_unconfirmed(rp_html *html, const rp_statement *s) {
    if (s->confirmed)
        return;
    rp_html_text(html, " ");
    rp_html_leaf(html, "span", "unconfirmed", "unconfirmed figure");
}

static void put_what(rp_html *html, const rp_statement *s) {
    open_cell(html, "th", 0);
    rp_buf label = {0};
    rp_statement_put_label(s, &label);
    rp_html_buf(html, &label);
    rp_html_put_unconfirmed(html, s);
    rp_html_close(html, "th");
}

static void put_estimate(rp_html *html, const rp_statement *s) {
    rp_buf point = {0}, interval = {0};
    rp_statement_put_point(s, true, &point);
    rp_statement_put_interval(s, true, &interval);
    open_cell(html, "td", 1);
    rp_html_open(html, "span"); /* one box beside the cell's label on a narrow screen */
    rp_html_leaf(html, "strong", NULL, point.at);
    if (interval.at) {
        rp_html_text(html, " ");
        rp_html_leaf(html, "span", "interval", interval.at);
    }
    rp_html_close(html, "span");
    rp_html_close(html, "td");
    html->out->failed |= point.failed || interval.failed;
    rp_buf_free(&point);
    rp_buf_free(&interval);
}

static void put_row(rp_html *html, const rp_statement *s) {
    rp_buf text = {0};
    rp_html_open(html, "tr");
    rp_html_attr(html, "role", "row");
    rp_html_attr(html, "class", s->suppressed ? "hidden" : NULL);
    put_what(html, s);
    put_estimate(html, s);
    rp_statement_put_counts(s, &text);
    put_cell(html, 2, &text);
    rp_buf_put(&text, s->cohort ? s->cohort : "");
    put_cell(html, 3, &text);
    rp_buf_put(&text, s->method ? s->method : "");
    put_cell(html, 4, &text);
    rp_html_close(html, "tr");
}

static void put_heads(rp_html *html) {
    rp_html_open(html, "thead");
    rp_html_attr(html, "role", "rowgroup");
    rp_html_open(html, "tr");
    rp_html_attr(html, "role", "row");
    for (size_t i = 0; i < N_HEADS; i++) {
        rp_html_open(html, "th");
        rp_html_attr(html, "role", "columnheader");
        rp_html_attr(html, "scope", "col");
        rp_html_text(html, HEADS[i]);
        rp_html_close(html, "th");
    }
    rp_html_close(html, "tr");
    rp_html_close(html, "thead");
}

/* Has a statement like number i come before it? Then its group is done. */
static bool seen_subject(const rp_answer *answer, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (rp_statement_same_subject(answer->statements[k], answer->statements[i]))
            return true;
    return false;
}
static bool seen_people(const rp_answer *answer, size_t first, size_t i) {
    for (size_t k = first; k < i; k++)
        if (rp_statement_same_subject(answer->statements[k], answer->statements[i]) &&
            rp_statement_same_people(answer->statements[k], answer->statements[i]))
            return true;
    return false;
}

static void put_people_head(rp_html *html, const rp_statement *s, bool several) {
    rp_buf people = {0};
    rp_statement_put_people(s, &people);
    if (people.n == 0 && several)
        rp_buf_put(&people, "Everyone");
    if (people.n) {
        rp_html_open(html, "tr");
        rp_html_attr(html, "role", "row");
        rp_html_open(html, "th");
        rp_html_attr(html, "class", "people");
        rp_html_attr(html, "role", "rowheader");
        rp_html_attr(html, "scope", "rowgroup");
        rp_html_attr_int(html, "colspan", N_HEADS);
        rp_html_buf(html, &people);
        rp_html_close(html, "th");
        rp_html_close(html, "tr");
    }
    rp_buf_free(&people);
}

/* All statements of the subject of number `first`, by people, in order of first sight. */
static void put_bodies(rp_html *html, const rp_answer *answer, size_t first) {
    const rp_statement *subject = answer->statements[first];
    bool several = false;
    for (size_t i = first; i < answer->n_statements; i++)
        several |= rp_statement_same_subject(answer->statements[i], subject) &&
                   !rp_statement_same_people(answer->statements[i], subject);
    for (size_t i = first; i < answer->n_statements; i++) {
        const rp_statement *s = answer->statements[i];
        if (!rp_statement_same_subject(s, subject) || seen_people(answer, first, i))
            continue;
        rp_html_open(html, "tbody");
        rp_html_attr(html, "role", "rowgroup");
        put_people_head(html, s, several);
        for (size_t k = i; k < answer->n_statements; k++)
            if (rp_statement_same_subject(answer->statements[k], subject) &&
                rp_statement_same_people(answer->statements[k], s))
                put_row(html, answer->statements[k]);
        rp_html_close(html, "tbody");
    }
}

void rp_html_put_statements(rp_html *html, const rp_answer *answer, const char *id) {
    for (size_t i = 0; i < answer->n_statements; i++) {
        if (seen_subject(answer, i))
            continue;
        rp_buf caption = {0};
        rp_statement_put_subject(answer->statements[i], &caption);
        if (caption.n == 0)
            rp_buf_put(&caption, "Whatever the measure");
        rp_html_open(html, "table");
        rp_html_attr(html, "class", "statements");
        rp_html_attr(html, "role", "table");
        rp_html_attrf(html, "id", "%s-s%zu", id, i + 1);
        rp_html_open(html, "caption");
        rp_html_buf(html, &caption);
        rp_html_close(html, "caption");
        put_heads(html);
        put_bodies(html, answer, i);
        rp_html_close(html, "table");
    }
}
