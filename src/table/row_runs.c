/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows made of the ends of their fields, as long as they are regular: n_cells ends each, the last of them a line feed
 * and no other. */
#include <assert.h>
#include <string.h>

#include "table/bulk_parts.h"

bool rp_rows_make(rp_rows *rows, size_t n_cells, size_t size, rp_arena *arena) {
    /* A byte for each end; before each run one place more, and a run has two bytes at least. Memory that is not touched
     * costs nothing. */
    *rows = (rp_rows){.n_cells = n_cells};
    rows->ends = rp_arena_take(arena, size + size / 2 + 1 + RP_PIECE_ROOM, sizeof *rows->ends);
    return rows->ends != NULL;
}

/* ---- one row ---- */

/* A field that begins with a quote ends with one, or something stands behind it. */
static bool is_simply_quoted(const char *text, uint32_t at, uint32_t end) {
    return at == end || text[at] != '"' || (end - at > 1 && text[end - 1] == '"');
}

/* A CR before the line feed belongs to the line end. */
static uint32_t without_cr(const char *text, uint32_t at, uint32_t end) {
    return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

/* Text that is UTF-8 already. */
static bool is_text(rp_encoding encoding, const char *text, size_t n) {
    if (encoding != RP_UTF_8)
        return rp_is_ascii(text, n);
    return !memchr(text, '\0', n) && rp_text_is_utf8((rp_text){text, n});
}

static bool is_regular(const char *text, const rp_dialect *dialect, const uint32_t *ends, size_t n_cells, bool quotes,
                       bool odd) {
    uint32_t start = ends[-1] + 1, last = ends[n_cells - 1], row_end = without_cr(text, start, last);
    int other = text[last] ^ '\n';
    for (size_t i = 0; i + 1 < n_cells; i++)
        other |= text[ends[i]] ^ dialect->separator;
    if (other || row_end == start)
        return false;
    for (size_t i = 0; i < n_cells && quotes; i++) {
        uint32_t at = ends[i - (size_t)1] + 1, end = i + 1 < n_cells ? ends[i] : without_cr(text, at, last);
        if (!is_simply_quoted(text, at, end))
            return false;
    }
    return !odd || is_text(dialect->encoding, text + start, row_end - start);
}

/* ---- rows one after the other ---- */

static bool end_in_lines(const char *text, const uint32_t *ends, size_t n_cells, size_t n_rows) {
    int other = 0;
    for (const uint32_t *last = ends + n_cells - 1; n_rows > 0; n_rows--, last += n_cells)
        other |= text[*last] ^ '\n';
    return other == 0;
}

rp_run rp_rows_find(rp_rows *rows, const rp_dialect *dialect, rp_way way, const char *text, size_t n, size_t start) {
    rp_ends ends = {.way = way, .separator = dialect->separator, .next = start, .after_edge = true};
    rp_run run = {.start = start, .end = start, .first_end = rows->n_ends + 1};
    size_t n_cells = rows->n_cells, held = 0, n_lines = 0; /* ends that are in no row yet, and line feeds among them */
    bool regular = !dialect->bare_cr, quotes = false, odd = false; /* of all pieces that the row at run.end touches */
    uint32_t *next = rows->ends + run.first_end;                   /* the first end of the row at run.end */
    next[-1] = (uint32_t)start - 1;
    while (regular && ends.next < n && !ends.stopped) {
        held += rp_ends_find(&ends, text, n, next + held);
        n_lines += ends.n_lines;
        quotes |= ends.quotes;
        odd |= ends.odd;
        size_t n_rows = held / n_cells, good = 0;
        /* As many line feeds as rows, and one at the end of each: so there is none within a row. */
        if (n_cells > 1 && !quotes && !odd && n_lines == n_rows && end_in_lines(text, next, n_cells, n_rows))
            good = n_rows;
        while (good < n_rows && is_regular(text, dialect, next + good * n_cells, n_cells, quotes, odd))
            good++;
        regular = good == n_rows;
        run.n_rows += good;
        next += good * n_cells;
        held -= good * n_cells;
        n_lines -= good;
        run.end = (size_t)next[-1] + 1;
        run.quotes |= quotes;
        if (n_rows) { /* a row ended in this piece, so the next one begins in it */
            quotes = ends.quotes;
            odd = ends.odd;
        }
    }
    if (run.n_rows)
        rows->n_ends = (size_t)(next - rows->ends);
    return run;
}

size_t rp_rows_guess_next(rp_scan *scan, const rp_dialect *dialect, rp_arena *arena, const char *text, size_t n,
                          size_t start) {
    assert(start < n);
    const char *row = text + start;
    rp_scan_begin(scan, 1);
    if (rp_scan_row(scan, dialect, arena, row, n - start, false) == RP_SCAN_ROW)
        return start + scan->next;
    /* A quote that is not closed, here at least, or wrongly: the row is given up on the line where it opens. */
    const char *line_end = memchr(row + scan->field.start, '\n', n - start - scan->field.start);
    return line_end ? (size_t)(line_end - text) + 1 : n;
}
