/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report as one HTML file: no script, nothing fetched. Its policy allows nothing but the one style sheet, by its
 * hash, so that even a text that got through the escaping could neither run nor load nor send anything. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/embedded.h"
#include "report/format.h"
#include "report/html_parts.h"
#include "report/report_parts.h"

static rp_html_raw style_sheet(void) {
    for (const rp_embedded *file = rp_embedded_web; file->name; file++)
        if (strcmp(file->name, "report.css") == 0)
            return (rp_html_raw){(const char *)file->bytes, file->n};
    return (rp_html_raw){"", 0};
}

/* 'none' and the hash of the style element's text (Content Security Policy Level 3, 2.3.1). A meta element cannot hold
 * frame-ancestors; there is nothing here that a frame could make a reader do. */
static void put_policy(rp_html *html, rp_html_raw style) {
    unsigned char hash[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    rp_buf policy = {0};
    rp_buf_put(&policy, "default-src 'none'; base-uri 'none'; form-action 'none'");
    if (EVP_Digest(style.at, style.n, hash, &n, EVP_sha256(), NULL) == 1) {
        EVP_EncodeBlock(base64, hash, (int)n);
        rp_buf_printf(&policy, "; style-src 'sha256-%s'", (const char *)base64);
    }
    rp_html_open(html, "meta");
    rp_html_attr(html, "http-equiv", "Content-Security-Policy");
    rp_html_attr(html, "content", policy.at);
    rp_html_close(html, "meta");
    html->out->failed |= policy.failed;
    rp_buf_free(&policy);
}

static const char *data_title(const rp_report *report) {
    const char *title = report->provenance ? report->provenance->title : NULL;
    return title && *title ? title : NULL;
}

static void put_head(rp_html *html, const rp_report *report) {
    rp_html_raw style = style_sheet();
    rp_html_open(html, "head");
    rp_html_open(html, "meta");
    rp_html_attr(html, "charset", "utf-8");
    rp_html_close(html, "meta");
    put_policy(html, style);
    rp_html_open(html, "meta");
    rp_html_attr(html, "name", "viewport");
    rp_html_attr(html, "content", "width=device-width, initial-scale=1");
    rp_html_close(html, "meta");
    rp_html_open(html, "meta");
    rp_html_attr(html, "name", "generator");
    rp_html_attr(html, "content", "Rapport " RP_VERSION);
    rp_html_close(html, "meta");
    rp_html_open(html, "title");
    if (data_title(report)) {
        rp_html_text(html, data_title(report));
        rp_html_text(html, ": ");
    }
    rp_html_text(html, "evaluation by Rapport");
    if (report->audience != RP_FOR_UNSAID)
        rp_html_textf(html, ", %s report", rp_audience_name(report->audience));
    rp_html_close(html, "title");
    rp_html_open(html, "style");
    rp_html_put_raw(html, style);
    rp_html_close(html, "style");
    rp_html_close(html, "head");
}

/* ---- the summary ------------------------------------------------------------------------------------- */

static size_t hidden_statements(const rp_answer *answer) {
    size_t n = 0;
    for (size_t i = 0; i < answer->n_statements; i++)
        n += answer->statements[i]->suppressed;
    return n;
}

static void put_main_statements(rp_html *html, const rp_answer *answer) {
    size_t shown = 0;
    for (size_t i = 0; i < answer->n_statements; i++) {
        if (!rp_report_is_headline(answer, i))
            continue;
        if (shown++ == 0)
            rp_html_open(html, "ul");
        rp_html_open(html, "li");
        rp_html_text(html, answer->statements[i]->text);
        rp_html_put_unconfirmed(html, answer->statements[i]);
        rp_html_close(html, "li");
    }
    if (shown)
        rp_html_close(html, "ul");
    else if (answer->n_statements && hidden_statements(answer) == answer->n_statements)
        rp_html_leaf(html, "p", NULL, "All its statements are hidden: the numbers are too small to show.");
    else
        rp_html_leaf(html, "p", NULL, "The tables below tell it.");
}

/* It can say nothing from these data. */
static bool is_silent(const rp_answer *answer) {
    return !answer->n_statements && !answer->n_tables && !answer->left_out;
}

static void put_silent(rp_html *html, const rp_report *report) {
    size_t n = 0;
    for (size_t i = 0; i < report->n_answers; i++) {
        if (!is_silent(report->answers[i]))
            continue;
        if (n++ == 0) {
            rp_html_leaf(html, "h3", NULL, "What these data do not tell");
            rp_html_open(html, "ul");
        }
        rp_html_leaf(html, "li", NULL, report->answers[i]->title);
    }
    if (n == 0)
        return;
    rp_html_close(html, "ul");
    rp_html_leaf(html, "p", NULL, "What they lack for it is said below.");
}

static void put_summary(rp_html *html, const rp_report *report) {
    rp_html_open(html, "section");
    rp_html_attr(html, "class", "summary");
    rp_html_attr(html, "aria-labelledby", "summary");
    rp_html_open(html, "h2");
    rp_html_attr(html, "id", "summary");
    rp_html_text(html, "In short");
    rp_html_close(html, "h2");
    for (size_t i = 0; i < report->n_answers; i++) {
        const rp_answer *answer = report->answers[i];
        if (is_silent(answer))
            continue;
        rp_html_leaf(html, "h3", NULL, answer->title);
        put_main_statements(html, answer);
    }
    put_silent(html, report);
    if (!report->n_answers)
        rp_html_leaf(html, "p", NULL, "No question was asked.");
    rp_html_leaf(html, "p", "note",
                 "Each number below stands with what it counts, out of how many, in which cohort, and how sure it is. "
                 "Where an outcome is not known, that is said; it is not taken for a bad one.");
    rp_html_close(html, "section");
}

static void put_link(rp_html *html, const char *id, const char *text) {
    rp_html_open(html, "li");
    rp_html_open(html, "a");
    rp_html_attrf(html, "href", "#%s", id);
    rp_html_text(html, text);
    rp_html_close(html, "a");
    rp_html_close(html, "li");
}

static bool is_protected(const rp_report *report, int *smallest, size_t *n_suppressed) {
    *smallest = report->provenance ? report->provenance->protected_below : 0;
    *n_suppressed = 0;
    for (size_t i = 0; i < report->n_answers; i++) {
        if (report->answers[i]->protected_below > *smallest)
            *smallest = report->answers[i]->protected_below;
        *n_suppressed += report->answers[i]->n_suppressed;
    }
    return *smallest > 0;
}

static void put_contents(rp_html *html, const rp_report *report, bool is_hidden) {
    char id[32];
    rp_html_open(html, "nav");
    rp_html_attr(html, "aria-labelledby", "contents");
    rp_html_open(html, "h2");
    rp_html_attr(html, "id", "contents");
    rp_html_text(html, "Contents");
    rp_html_close(html, "h2");
    rp_html_open(html, "ol");
    for (size_t i = 0; i < report->n_answers; i++) {
        snprintf(id, sizeof id, "q%zu", i + 1);
        put_link(html, id, report->answers[i]->title);
    }
    if (is_hidden)
        put_link(html, "protection", "What is hidden, and why");
    if (report->provenance)
        put_link(html, "provenance", "Where this came from");
    rp_html_close(html, "ol");
    rp_html_close(html, "nav");
}

static void put_protection(rp_html *html, int smallest, size_t n_suppressed) {
    rp_buf text = {0};
    rp_html_open(html, "section");
    rp_html_attr(html, "aria-labelledby", "protection");
    rp_html_open(html, "h2");
    rp_html_attr(html, "id", "protection");
    rp_html_text(html, "What is hidden, and why");
    rp_html_close(html, "h2");
    rp_html_open(html, "p");
    rp_report_put_protection(smallest, n_suppressed, &text);
    rp_html_buf(html, &text);
    rp_html_close(html, "p");
    rp_html_leaf(
        html, "p", NULL,
        "In tables and charts a hidden number is marked \xE2\x80\x9Chidden\xE2\x80\x9D. Plots of single people are "
        "drawn as squares with their number of people.");
    rp_html_close(html, "section");
}

static void put_title(rp_html *html, const rp_report *report) {
    bool has_reader = report->audience != RP_FOR_UNSAID;
    rp_html_open(html, "header");
    rp_html_open(html, "p");
    rp_html_attr(html, "class", "kind");
    rp_html_text(html, "Evaluation");
    if (has_reader)
        rp_html_textf(html, ": %s report", rp_audience_name(report->audience));
    rp_html_close(html, "p");
    rp_html_leaf(html, "h1", NULL, data_title(report) ? data_title(report) : "Evaluation of a talking-therapy service");
    if (has_reader) {
        rp_html_leaf(html, "p", "reader", rp_report_for_whom(report->audience));
        rp_html_leaf(html, "p", "reader", rp_report_of_all_readers());
    }
    rp_html_close(html, "header");
}

static void put_body(rp_html *html, const rp_report *report) {
    int smallest;
    size_t n_suppressed;
    bool is_hidden = is_protected(report, &smallest, &n_suppressed);
    rp_html_open(html, "a");
    rp_html_attr(html, "class", "skip");
    rp_html_attr(html, "href", "#main");
    rp_html_text(html, "Skip to the report");
    rp_html_close(html, "a");
    put_title(html, report);
    rp_html_open(html, "main");
    rp_html_attr(html, "id", "main");
    put_contents(html, report, is_hidden);
    put_summary(html, report);
    for (size_t i = 0; i < report->n_answers; i++)
        rp_html_put_answer(html, report->answers[i], i + 1);
    if (is_hidden)
        put_protection(html, smallest, n_suppressed);
    if (report->provenance)
        rp_html_put_provenance(html, report->provenance);
    rp_html_close(html, "main");
    rp_html_open(html, "footer");
    rp_html_leaf(html, "p", NULL,
                 "Made by Rapport " RP_VERSION ", free software under the GNU GPL, version 3 or later.");
    rp_html_close(html, "footer");
}

void rp_report_put_html(const rp_report *report, rp_buf *out) {
    rp_html html;
    rp_html_start(&html, out);
    rp_html_open(&html, "html");
    rp_html_attr(&html, "lang", "en-GB");
    put_head(&html, report);
    rp_html_open(&html, "body");
    put_body(&html, report);
    rp_html_close(&html, "body");
    rp_html_close(&html, "html");
    rp_buf_put(out, "\n");
}
