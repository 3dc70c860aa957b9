/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One writer a format. */
#ifndef RAPPORT_REPORT_PARTS_H
#define RAPPORT_REPORT_PARTS_H

#include "rapport/report.h"

void rp_report_put_html(const rp_report *report, rp_buf *out);
void rp_report_put_json(const rp_report *report, rp_buf *out);
void rp_report_put_csv(const rp_report *report, rp_buf *out);
void rp_report_put_text(const rp_report *report, rp_buf *out);

/* Does statement i stand in the summary? The question's headlines do; where it names none, its first few that are not
 * hidden. */
bool rp_report_is_headline(const rp_answer *answer, size_t i);

/* For whom the report is and what it leaves out, in a few sentences; NULL for RP_FOR_UNSAID. Then what holds for the
 * report of every reader. */
const char *rp_report_for_whom(rp_audience reader);
const char *rp_report_of_all_readers(void);
/* Of an answer from which something was left out for this reader: a sentence; NULL: nothing was. */
const char *rp_report_left_out(const rp_answer *answer);

#endif
