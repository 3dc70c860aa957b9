/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats by name. */
#include <string.h>

#include "report/report_parts.h"

bool rp_report_format_parse(const char *word, rp_report_format *out) {
    static const char *const words[] = {
        [RP_REPORT_TEXT] = "text", [RP_REPORT_JSON] = "json", [RP_REPORT_CSV] = "csv", [RP_REPORT_HTML] = "html"};
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = (rp_report_format)i;
            return true;
        }
    return false;
}

void rp_report_write(const rp_report *report, rp_report_format format, rp_buf *out) {
    switch (format) {
    case RP_REPORT_TEXT:
        rp_report_put_text(report, out);
        break;
    case RP_REPORT_JSON:
        rp_report_put_json(report, out);
        break;
    case RP_REPORT_CSV:
        rp_report_put_csv(report, out);
        break;
    case RP_REPORT_HTML:
        rp_report_put_html(report, out);
        break;
    }
}
