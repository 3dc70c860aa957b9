/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers for a terminal. Charts are left out: the tables behind them are there. */
#include <string.h>

#include "report/format.h"
#include "report/report_parts.h"
#include "report/text_layout.h"

enum { DEFAULT_WIDTH = 80, LEAST_WIDTH = 20, MOST_ROWS = 25 };

static void paragraph(rp_buf *out, size_t width, const char *text) {
    if (!text || !*text)
        return;
    rp_layout_paragraph(out, width, "", "", text);
    rp_buf_put(out, "\n");
}

static void heading(rp_buf *out, size_t width, const char *text, char under) {
    size_t wide = rp_layout_width(rp_text_of(text));
    rp_layout_paragraph(out, width, "", "", text);
    for (size_t i = 0; i < wide && i < width; i++)
        rp_buf_add(out, &under, 1);
    rp_buf_put(out, "\n\n");
}

static void add_part(rp_buf *line, const char *before, const char *text) {
    if (!text || !*text)
        return;
    if (line->n)
        rp_buf_put(line, "; ");
    rp_buf_put(line, before);
    rp_buf_put(line, text);
}

/* "Known recovered, per referral: 20.0% (95% interval 13.3% to 28.9%); 20 of 100; referred; Wilson score interval" */
static void put_statement(rp_buf *out, size_t width, const rp_statement *s) {
    rp_buf line = {0}, part = {0};
    if (s->suppressed || !s->label) {
        rp_buf_put(&line, s->text ? s->text : s->id);
    } else {
        rp_statement_put_estimate(s, false, &part);
        rp_statement_put_label(s, &line);
        rp_buf_put(&line, ": ");
        rp_buf_put(&line, part.at ? part.at : "");
        part.n = 0;
        rp_statement_put_counts(s, &part);
        if (part.n)
            add_part(&line, "", part.at);
        add_part(&line, "", s->cohort);
        add_part(&line, "", s->method);
    }
    if (!s->confirmed)
        add_part(&line, "", "rests on a figure that is not confirmed");
    if (line.at)
        rp_layout_paragraph(out, width, "  * ", "    ", line.at);
    out->failed |= line.failed || part.failed;
    rp_buf_free(&line);
    rp_buf_free(&part);
}

static void put_group_head(rp_buf *out, size_t width, const rp_statement *s) {
    rp_buf head = {0}, people = {0};
    rp_statement_put_subject(s, &head);
    rp_statement_put_people(s, &people);
    if (people.n) {
        rp_buf_put(&head, head.n ? ": " : "");
        rp_buf_put(&head, people.at);
    }
    if (head.n)
        rp_layout_paragraph(out, width, "  ", "  ", head.at);
    out->failed |= head.failed || people.failed;
    rp_buf_free(&head);
    rp_buf_free(&people);
}

static bool same_group(const rp_statement *a, const rp_statement *b) {
    return rp_statement_same_subject(a, b) && rp_statement_same_people(a, b);
}

/* By what they are about and of whom, in order of first sight. */
static void put_statements(rp_buf *out, size_t width, const rp_answer *answer) {
    for (size_t i = 0; i < answer->n_statements; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = same_group(answer->statements[k], answer->statements[i]);
        if (seen)
            continue;
        put_group_head(out, width, answer->statements[i]);
        for (size_t k = i; k < answer->n_statements; k++)
            if (same_group(answer->statements[i], answer->statements[k]))
                put_statement(out, width, answer->statements[k]);
        rp_buf_put(out, "\n");
    }
}

static void put_headlines(rp_buf *out, size_t width, const rp_answer *answer) {
    size_t n = 0;
    for (size_t i = 0; i < answer->n_statements; i++)
        n += rp_report_is_headline(answer, i);
    if (n == 0)
        return;
    rp_buf_put(out, "In short:\n");
    for (size_t i = 0; i < answer->n_statements; i++)
        if (rp_report_is_headline(answer, i))
            rp_layout_paragraph(out, width, "  - ", "    ", answer->statements[i]->text);
    rp_buf_put(out, "\n");
}

/* A terminal shows short tables; the long ones would scroll all else out of sight. */
static void put_tables(rp_buf *out, size_t width, const rp_answer *answer, rp_audience reader) {
    size_t left_out = 0;
    for (size_t i = 0; i < answer->n_tables; i++) {
        if (answer->tables[i]->n_rows > MOST_ROWS) {
            left_out++;
            continue;
        }
        rp_layout_paragraph(out, width, "", "", answer->tables[i]->title);
        rp_buf_put(out, "\n");
        rp_layout_table(out, width, answer->tables[i]);
        if (answer->tables[i]->note)
            rp_layout_paragraph(out, width, "", "", answer->tables[i]->note);
        rp_buf_put(out, "\n");
    }
    if (left_out > 0)
        paragraph(out, width,
                  reader == RP_FOR_UNSAID ? "Longer tables, and the charts, are in the HTML report: -o report.html"
                                          : "Longer tables, and the charts, are in the HTML report: --format html");
}

static void put_caveats(rp_buf *out, size_t width, const rp_answer *answer) {
    if (answer->n_caveats)
        rp_buf_put(out, "Keep in mind:\n");
    for (size_t i = 0; i < answer->n_caveats; i++)
        rp_layout_paragraph(out, width, "  - ", "    ", answer->caveats[i]);
    if (answer->n_caveats)
        rp_buf_put(out, "\n");
}

static void put_needs(rp_buf *out, size_t width, const rp_answer *answer) {
    if (!answer->n_needs_missing)
        return;
    rp_buf line = {0};
    rp_buf_put(&line, "Not answered in full: the record has no table ");
    for (size_t i = 0; i < answer->n_needs_missing; i++) {
        rp_buf_put(&line, i ? ", " : "");
        rp_buf_put(&line, answer->needs_missing[i]);
    }
    rp_buf_put(&line, ".");
    paragraph(out, width, line.at);
    out->failed |= line.failed;
    rp_buf_free(&line);
}

static void put_answer(rp_buf *out, size_t width, const rp_answer *answer, rp_audience reader) {
    heading(out, width, answer->title, '=');
    paragraph(out, width, answer->lead);
    put_headlines(out, width, answer);
    put_needs(out, width, answer);
    put_caveats(out, width, answer);
    put_statements(out, width, answer);
    put_tables(out, width, answer, reader);
    paragraph(out, width, rp_report_left_out(answer));
    if (answer->protected_below > 0) {
        rp_buf text = {0};
        rp_report_put_protection(answer->protected_below, answer->n_suppressed, &text);
        paragraph(out, width, text.at);
        out->failed |= text.failed;
        rp_buf_free(&text);
    }
}

static void put_fact(rp_buf *out, size_t width, const char *name, const char *text) {
    if (!text || !*text)
        return;
    rp_buf line = {0};
    rp_buf_put(&line, name);
    rp_buf_put(&line, text);
    if (line.at)
        rp_layout_paragraph(out, width, "  ", "      ", line.at);
    out->failed |= line.failed;
    rp_buf_free(&line);
}

static void put_provenance(rp_buf *out, size_t width, const rp_provenance *p) {
    char text[RP_FORMAT_ROOM];
    heading(out, width, "Where this came from", '=');
    put_fact(out, width, "Data: ", p->title);
    put_fact(out, width, "Citation: ", p->citation);
    put_fact(out, width, "Licence of the data: ", p->licence);
    put_fact(out, width, "Command: ", p->command);
    put_fact(out, width, "Made by Rapport ", p->version);
    put_fact(out, width, "Made at: ", p->made_at);
    snprintf(text, sizeof text, "%llu", (unsigned long long)p->seed);
    put_fact(out, width, "Seed: ", text);
    for (size_t i = 0; i < p->n_inputs; i++) {
        const rp_provenance_input *input = &p->inputs[i];
        rp_buf line = {0};
        rp_buf_put(&line, input->name);
        rp_buf_printf(&line, ": %lld bytes, %lld rows, %lld rejected", (long long)input->bytes, (long long)input->rows,
                      (long long)input->rejected);
        put_fact(out, width, "", line.at);
        out->failed |= line.failed;
        rp_buf_free(&line);
        rp_layout_paragraph(out, width, "    ", "    ", input->sha256);
    }
}

void rp_report_put_text(const rp_report *report, rp_buf *out) {
    size_t width = report->text_width ? report->text_width : DEFAULT_WIDTH;
    if (width < LEAST_WIDTH)
        width = LEAST_WIDTH;
    if (report->provenance && report->provenance->title && *report->provenance->title)
        paragraph(out, width, report->provenance->title);
    if (report->audience != RP_FOR_UNSAID) {
        paragraph(out, width, rp_report_for_whom(report->audience));
        paragraph(out, width, rp_report_of_all_readers());
    }
    for (size_t i = 0; i < report->n_answers; i++)
        put_answer(out, width, report->answers[i], report->audience);
    if (report->provenance)
        put_provenance(out, width, report->provenance);
}
