/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A writer of HTML and SVG that escapes by itself. Tags come out of open and close alone, every text and attribute
 * value is escaped, and what is not to be escaped has a type of its own that no text turns into by accident. */
#ifndef RAPPORT_REPORT_HTML_H
#define RAPPORT_REPORT_HTML_H

#include "rapport/base.h"

enum { RP_HTML_LIMIT_DEPTH = 64 };

typedef struct rp_html {
    rp_buf *out;
    const char *open[RP_HTML_LIMIT_DEPTH];
    int depth;
    bool in_tag; /* "<name" is written, its ">" is not */
} rp_html;

/* Bytes of our own that go out as they are: a style sheet out of the program itself. */
typedef struct rp_html_raw {
    const char *at;
    size_t n;
} rp_html_raw;

void rp_html_start(rp_html *html, rp_buf *out); /* writes the document type */
void rp_html_open(rp_html *html, const char *name);
/* Right after open. value NULL: not written. Names must be literals of letters, digits and hyphens (assert). */
void rp_html_attr(rp_html *html, const char *name, const char *value);
void rp_html_attr_num(rp_html *html, const char *name, double value); /* two decimals */
void rp_html_attr_int(rp_html *html, const char *name, int64_t value);
/* printf into an attribute, escaped; no decimals (locale). */
void rp_html_attrf(rp_html *html, const char *name, const char *format, ...) RP_PRINTF(3, 4);
void rp_html_text(rp_html *html, const char *text); /* NULL writes nothing */
void rp_html_textf(rp_html *html, const char *format, ...) RP_PRINTF(2, 3);
void rp_html_buf(rp_html *html, rp_buf *text);       /* its text, and frees it; its failure is taken over */
void rp_html_close(rp_html *html, const char *name); /* must be the innermost open one (assert) */
void rp_html_leaf(rp_html *html, const char *name, const char *class, const char *text);
void rp_html_put_raw(rp_html *html, rp_html_raw raw);

#endif
