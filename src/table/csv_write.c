/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes one field of a delimited file (RFC 4180, section 2, rules 5 to 7). */
#include <string.h>

#include "rapport/table.h"

/* All four separators count, not the comma alone: the reader finds the separator by counting them outside quotes. A
 * byte-order mark at the start of a file would be skipped where it is not quoted. */
static bool must_be_quoted(rp_text field) {
    for (size_t i = 0; i < field.n; i++)
        if (memchr(",;\t|\"\r\n", field.at[i], 7))
            return true;
    return field.n >= 3 && memcmp(field.at, "\xef\xbb\xbf", 3) == 0;
}

/* What a spreadsheet takes for a formula. Source: OWASP, "CSV Injection". */
static bool would_run(rp_text field) {
    double number = 0;
    return field.n > 0 && memchr("=+-@\t\r", field.at[0], 6) && !rp_text_to_num(field, &number);
}

void rp_csv_put(rp_buf *out, rp_text field, bool guard) {
    bool quoted = must_be_quoted(field);
    if (quoted)
        rp_buf_put(out, "\"");
    if (guard && would_run(field))
        rp_buf_put(out, "'");
    while (quoted && field.n) {
        const char *quote = memchr(field.at, '"', field.n);
        if (!quote)
            break;
        size_t n = (size_t)(quote - field.at) + 1;
        rp_buf_add(out, field.at, n);
        rp_buf_put(out, "\"");
        field.at += n;
        field.n -= n;
    }
    rp_buf_add(out, field.at, field.n);
    if (quoted)
        rp_buf_put(out, "\"");
}
