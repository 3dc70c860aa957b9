/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 6, report: any answers to HTML, JSON, CSV or text. Does not know which question it was. */
#ifndef RAPPORT_REPORT_H
#define RAPPORT_REPORT_H

#include "rapport/answer.h"
#include "rapport/json.h"

typedef enum rp_report_format { RP_REPORT_TEXT, RP_REPORT_JSON, RP_REPORT_CSV, RP_REPORT_HTML } rp_report_format;
/* "text", "json", "csv", "html"; false: another word. */
bool rp_report_format_parse(const char *word, rp_report_format *out);

typedef struct rp_report {
    const rp_answer *const *answers; /* borrowed */
    size_t n_answers;
    const rp_provenance *provenance; /* borrowed */
    size_t text_width;               /* columns of the terminal, 0: 80 */
    rp_audience audience; /* for whom it is, which it says at its top; the answers are those of rp_answer_for.
                           * Unsaid: nothing is said of it */
} rp_report;

/* Appends the report to out (check out->failed at the end).
 *  HTML: one file, no network, no script; a table behind every chart; charts as SVG from the answer's data.
 *  JSON: as docs/json.md and the commands' contract give it; suppressed numbers are {"suppressed": true}.
 *  CSV: one line a statement, with its reader last where there is one, then nothing else (tables: rp_report_table_csv).
 *  text: for a terminal, within text_width columns. */
void rp_report_write(const rp_report *report, rp_report_format format, rp_buf *out);
/* The member "provenance" of an open JSON object, as every result ends with it. */
void rp_report_json_provenance(const rp_provenance *provenance, rp_json *json);
/* One table of an answer as CSV. */
void rp_report_table_csv(const rp_answer_table *table, rp_buf *out);

/* ---- text within columns, for those who lay out more than an answer ---- */

/* Characters in a text. Bytes that continue a character do not count. */
size_t rp_layout_width(rp_text text);
/* Wraps text into `columns`, the first line after `first`, the others after `next`; control characters become "?". */
void rp_layout_paragraph(rp_buf *out, size_t columns, const char *first, const char *next, const char *text);

#endif
