/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the HTML report. */
#ifndef RAPPORT_REPORT_HTML_PARTS_H
#define RAPPORT_REPORT_HTML_PARTS_H

#include "rapport/report.h"
#include "report/html.h"

/* A table in a container that scrolls by itself. `heading` false: its caption is for listeners only. */
void rp_html_put_table(rp_html *html, const rp_answer_table *table, bool caption_in_sight);
/* The points of a chart as a table, for charts whose answer names none. */
void rp_html_put_chart_data(rp_html *html, const rp_chart *chart);
/* Statements, grouped by what they are about and of whom. */
void rp_html_put_statements(rp_html *html, const rp_answer *answer, const char *id);
/* Beside a statement that rests on a figure without a confirmed source. */
void rp_html_put_unconfirmed(rp_html *html, const rp_statement *statement);
/* The section of one question. */
void rp_html_put_answer(rp_html *html, const rp_answer *answer, size_t number);
void rp_html_put_provenance(rp_html *html, const rp_provenance *provenance);

#endif
