/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the fields of one row (RFC 4180, section 2). It can stop at any byte and go on when more is known, and it
 * changes nothing in the text, so that a row can be given up and read otherwise. A quote inside a field that does not
 * begin with one is an ordinary byte. */
#include <string.h>

#include "table/reader_parts.h"

void rp_dialect_make(rp_dialect *dialect, char separator, rp_encoding encoding, bool bare_cr) {
    *dialect = (rp_dialect){.separator = separator, .encoding = encoding, .bare_cr = bare_cr};
    dialect->stops[(unsigned char)separator] = RP_STOPS_PLAIN;
    dialect->stops['"'] = RP_STOPS_QUOTED;
    dialect->stops['\n'] = dialect->stops['\r'] = RP_STOPS_PLAIN | RP_STOPS_QUOTED | RP_STOPS_LINE;
}

int rp_line_end(const rp_dialect *dialect, const char *text, size_t at, size_t n, bool last) {
    if (text[at] == '\n')
        return 1;
    if (text[at] != '\r')
        return 0;
    if (at + 1 == n)
        return last ? 1 : -1;
    if (text[at + 1] == '\n')
        return 2;
    return dialect->bare_cr ? 1 : 0;
}

void rp_scan_begin(rp_scan *scan, uint32_t line) {
    scan->state = RP_AT_FIELD;
    scan->at = scan->line_start = scan->next = scan->n_fields = scan->marks.n = 0;
    scan->line = line;
}

typedef struct known {
    const rp_dialect *dialect;
    rp_arena *arena;
    const char *row;
    size_t n;
    bool last;
} known;

static rp_scanned begin_field(rp_scan *scan, const known *k) {
    if (scan->at == k->n && !k->last)
        return RP_SCAN_MORE;
    bool quoted = scan->at < k->n && k->row[scan->at] == '"';
    scan->field = (rp_mark){.start = (uint32_t)scan->at,
                            .line = scan->line,
                            .column = (uint32_t)(scan->at - scan->line_start) + 1,
                            .quoted = quoted};
    scan->at += quoted;
    scan->state = quoted ? RP_IN_QUOTES : RP_IN_PLAIN;
    return RP_SCAN_ON;
}

/* Fields past the limit are counted, not kept, so that the row's end is still found. */
static bool keep_field(rp_scan *scan, const known *k) {
    if (scan->n_fields++ >= RP_READER_LIMIT_CELLS) {
        if (scan->n_fields == RP_READER_LIMIT_CELLS + 1)
            scan->excess = scan->field;
        return true;
    }
    rp_mark *mark = rp_vec_push(k->arena, &scan->marks);
    if (!mark)
        return false;
    *mark = scan->field;
    return true;
}

/* What ends a field: a separator, a line end, the end of the file. RP_SCAN_ON with the state unchanged: none of them.
 */
static rp_scanned end_field(rp_scan *scan, const known *k) {
    int line_end = 0;
    bool file_ends = scan->at == k->n;
    if (file_ends && !k->last)
        return RP_SCAN_MORE;
    bool separated = !file_ends && k->row[scan->at] == k->dialect->separator;
    if (!file_ends && !separated) {
        line_end = rp_line_end(k->dialect, k->row, scan->at, k->n, k->last);
        if (line_end <= 0)
            return line_end ? RP_SCAN_MORE : RP_SCAN_ON;
    }
    if (!keep_field(scan, k))
        return RP_SCAN_NO_MEMORY;
    scan->state = RP_AT_FIELD;
    scan->at += separated;
    scan->next = scan->at + (size_t)line_end;
    return separated ? RP_SCAN_ON : RP_SCAN_ROW;
}

static rp_scanned in_plain(rp_scan *scan, const known *k) {
    const unsigned char *stops = k->dialect->stops;
    size_t at = scan->at;
    while (at < k->n && !(stops[(unsigned char)k->row[at]] & RP_STOPS_PLAIN))
        at++;
    scan->at = at;
    scan->field.end = (uint32_t)at;
    rp_scanned got = end_field(scan, k);
    if (got == RP_SCAN_ON && scan->state == RP_IN_PLAIN)
        scan->at++; /* a CR that ends no line */
    return got;
}

static rp_scanned in_quotes(rp_scan *scan, const known *k) {
    const unsigned char *stops = k->dialect->stops;
    size_t at = scan->at;
    while (at < k->n && !(stops[(unsigned char)k->row[at]] & RP_STOPS_QUOTED))
        at++;
    scan->at = at;
    if (at == k->n)
        return k->last ? RP_SCAN_UNCLOSED : RP_SCAN_MORE;
    if (k->row[at] != '"') {
        int line_end = rp_line_end(k->dialect, k->row, at, k->n, k->last);
        if (line_end < 0)
            return RP_SCAN_MORE;
        scan->at += line_end ? (size_t)line_end : 1;
        if (line_end) {
            scan->line++;
            scan->line_start = scan->at;
        }
        return RP_SCAN_ON;
    }
    if (at + 1 == k->n && !k->last)
        return RP_SCAN_MORE;
    if (at + 1 < k->n && k->row[at + 1] == '"') {
        scan->field.doubled = true;
        scan->at += 2;
        return RP_SCAN_ON;
    }
    scan->field.end = (uint32_t)at;
    scan->at++;
    scan->state = RP_AFTER_QUOTE;
    return RP_SCAN_ON;
}

static rp_scanned after_quote(rp_scan *scan, const known *k) {
    rp_scanned got = end_field(scan, k);
    return got == RP_SCAN_ON && scan->state == RP_AFTER_QUOTE ? RP_SCAN_TEXT_AFTER_QUOTE : got;
}

rp_scanned rp_scan_row(rp_scan *scan, const rp_dialect *dialect, rp_arena *arena, const char *row, size_t n,
                       bool last) {
    known k = {dialect, arena, row, n, last};
    for (;;) {
        rp_scanned got = RP_SCAN_ON;
        switch (scan->state) {
        case RP_AT_FIELD:
            got = begin_field(scan, &k);
            break;
        case RP_IN_PLAIN:
            got = in_plain(scan, &k);
            break;
        case RP_IN_QUOTES:
            got = in_quotes(scan, &k);
            break;
        case RP_AFTER_QUOTE:
            got = after_quote(scan, &k);
            break;
        }
        if (got != RP_SCAN_ON)
            return got;
    }
}
