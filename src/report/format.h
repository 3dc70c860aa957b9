/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How numbers, counts and statements are put into words; the same in HTML and on the terminal. */
#ifndef RAPPORT_REPORT_FORMAT_H
#define RAPPORT_REPORT_FORMAT_H

#include "rapport/report.h"

enum { RP_FORMAT_ROOM = 64 };

/* Fixed decimals, a point whatever the locale, halves away from zero, never "-0.0"; "–" for NaN. `fine` writes the
 * minus sign U+2212 that HTML takes. */
void rp_format_fixed(double value, int decimals, bool fine, char out[RP_FORMAT_ROOM]);
/* 12,345 */
void rp_format_people(int64_t n, char out[RP_FORMAT_ROOM]);
/* The same for SVG attributes: two decimals, no special signs; 0 for what is not finite. */
void rp_format_svg(double value, char out[RP_FORMAT_ROOM]);

/* Is the estimate a share of the denominator, to be shown in per cent? */
bool rp_statement_is_share(const rp_statement *statement);
/* "20.0%", "hidden"; "95% interval 13.3% to 28.9%", "" where there is none; "20.0% (95% interval 13.3% to 28.9%)". */
void rp_statement_put_point(const rp_statement *statement, bool fine, rp_buf *out);
void rp_statement_put_interval(const rp_statement *statement, bool fine, rp_buf *out);
void rp_statement_put_estimate(const rp_statement *statement, bool fine, rp_buf *out);
/* "20 of 100"; "" where there are no counts. */
void rp_statement_put_counts(const rp_statement *statement, rp_buf *out);
/* "BDI-II, total, rated by self, first to last": what the statements of a group have in common. "" where nothing. */
void rp_statement_put_subject(const rp_statement *statement, rp_buf *out);
/* "Usual care, severe": the people whom it is about. */
void rp_statement_put_people(const rp_statement *statement, rp_buf *out);
/* What it is about, and at which occasion where the label does not say; its text or id where it has no label. */
void rp_statement_put_label(const rp_statement *statement, rp_buf *out);
bool rp_statement_same_subject(const rp_statement *a, const rp_statement *b);
bool rp_statement_same_people(const rp_statement *a, const rp_statement *b);

/* A value of a table for people; "hidden" where suppressed, "" where empty. */
void rp_value_put(const rp_value *value, bool fine, rp_buf *out);
bool rp_value_is_number(const rp_value *value);

/* The table of that id, or NULL. */
const rp_answer_table *rp_answer_find_table(const rp_answer *answer, const char *id);
/* The table behind a chart; NULL where the answer has none. */
const rp_answer_table *rp_chart_table(const rp_chart *chart);

/* One sentence on what is hidden and why; for answers protected below `smallest`. */
void rp_report_put_protection(int smallest, size_t n_suppressed, rp_buf *out);

#endif
