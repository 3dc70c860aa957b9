/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only file that writes angle brackets. */
#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "report/format.h"
#include "report/html.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static bool is_one_of(const char *name, const char *const *list) {
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static bool is_void(const char *name) {
    static const char *const names[] = {"meta", "br", "hr", NULL};
    return is_one_of(name, names);
}

/* After these a line end does no harm and makes the file readable. */
static bool ends_line(const char *name) {
    static const char *const names[] = {
        "meta",  "title", "style", "head",   "body",       "header",  "main",    "section", "nav", "footer", "h1",
        "h2",    "h3",    "p",     "ul",     "ol",         "li",      "dl",      "dd",      "div", "table",  "caption",
        "thead", "tbody", "tr",    "figure", "figcaption", "details", "summary", "svg",     "g",   "desc",   NULL};
    return is_one_of(name, names);
}

__attribute__((unused)) /* by assertions alone */
static bool
is_plain_name(const char *name) {
    if (!isalpha((unsigned char)*name))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return false;
    return true;
}

/* Length of the UTF-8 character at `at`, 0 where there is none, among n bytes. */
static size_t character(const unsigned char *at, size_t n) {
    size_t length = *at < 0x80 ? 1 : *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : 2;
    return length <= n && rp_text_is_utf8((rp_text){(const char *)at, length}) ? length : 0;
}

static const char *entity(unsigned char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F ? REPLACEMENT : NULL;
    }
}

/* What cannot be in a text of HTML becomes U+FFFD: control characters, and bytes that are no UTF-8. */
static void escape(rp_buf *out, const char *text, size_t n) {
    const unsigned char *at = (const unsigned char *)text, *end = at + n;
    while (at < end) {
        size_t length = character(at, (size_t)(end - at));
        const char *instead = length == 0 ? REPLACEMENT : length == 1 ? entity(*at) : NULL;
        if (instead)
            rp_buf_put(out, instead);
        else
            rp_buf_add(out, (const char *)at, length);
        at += length ? length : 1;
    }
}

void rp_html_start(rp_html *html, rp_buf *out) {
    *html = (rp_html){.out = out};
    rp_buf_put(out, "<!DOCTYPE html>\n");
}

static void end_tag(rp_html *html) {
    if (html->in_tag)
        rp_buf_put(html->out, ">");
    html->in_tag = false;
}

void rp_html_open(rp_html *html, const char *name) {
    assert(is_plain_name(name) && html->depth < RP_HTML_LIMIT_DEPTH);
    end_tag(html);
    rp_buf_put(html->out, "<");
    rp_buf_put(html->out, name);
    html->open[html->depth++] = name;
    html->in_tag = true;
}

void rp_html_attr(rp_html *html, const char *name, const char *value) {
    assert(html->in_tag && is_plain_name(name));
    if (!value)
        return;
    rp_buf_put(html->out, " ");
    rp_buf_put(html->out, name);
    rp_buf_put(html->out, "=\"");
    escape(html->out, value, strlen(value));
    rp_buf_put(html->out, "\"");
}

void rp_html_attr_num(rp_html *html, const char *name, double value) {
    char text[RP_FORMAT_ROOM];
    rp_format_svg(value, text);
    rp_html_attr(html, name, text);
}

void rp_html_attr_int(rp_html *html, const char *name, int64_t value) {
    rp_html_attrf(html, name, "%lld", (long long)value);
}

void rp_html_attrf(rp_html *html, const char *name, const char *format, ...) {
    char text[256]; /* ids and coordinates: cut where it is longer */
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_html_attr(html, name, text);
}

void rp_html_text(rp_html *html, const char *text) {
    if (!text)
        return;
    end_tag(html);
    escape(html->out, text, strlen(text));
}

void rp_html_textf(rp_html *html, const char *format, ...) {
    char text[512]; /* sentences of our own with names of limited length: cut where it is longer */
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_html_text(html, text);
}

void rp_html_buf(rp_html *html, rp_buf *text) {
    end_tag(html);
    if (text->at)
        escape(html->out, text->at, text->n);
    html->out->failed |= text->failed;
    rp_buf_free(text);
}

void rp_html_close(rp_html *html, const char *name) {
    assert(html->depth > 0 && strcmp(html->open[html->depth - 1], name) == 0);
    html->depth--;
    end_tag(html);
    if (!is_void(name)) {
        rp_buf_put(html->out, "</");
        rp_buf_put(html->out, name);
        rp_buf_put(html->out, ">");
    }
    if (ends_line(name))
        rp_buf_put(html->out, "\n");
}

void rp_html_leaf(rp_html *html, const char *name, const char *class, const char *text) {
    rp_html_open(html, name);
    rp_html_attr(html, "class", class);
    rp_html_text(html, text);
    rp_html_close(html, name);
}

void rp_html_put_raw(rp_html *html, rp_html_raw raw) {
    end_tag(html);
    rp_buf_add(html->out, raw.at, raw.n);
}
