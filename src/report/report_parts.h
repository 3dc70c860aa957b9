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

#endif
