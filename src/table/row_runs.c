/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows made of the ends of their fields, as long as they are regular: n_cells ends each, the last of them a line feed
 * and no other. */
#include <assert.h>
#include <string.h>

#include "table/bulk_parts.h"

bool rp_rows_make(rp_rows *rows, size_t n_cells, size_t size, rp_arena *arena) {
    /* A row has a byte for each end, and is no blank line. Memory that is not touched costs nothing. */
    size_t most_rows = size / (n_cells > 1 ? n_cells : 2) + 1;
    *rows = (rp_rows){.n_cells = n_cells};
    rows->spans = rp_arena_take(arena, most_rows * n_cells, sizeof *rows->spans);
    rows->row_at = rp_arena_take(arena, most_rows * 2, sizeof *rows->row_at); /* a run has a row at least */
    rows->row_n = rp_arena_take(arena, most_rows, sizeof *rows->row_n);
    rows->ends = rp_arena_take(arena, n_cells + RP_PIECE + 8, sizeof *rows->ends);
    return rows->spans && rows->row_at && rows->row_n && rows->ends;
}

/* ---- one row ---- */

/* A CR before the line feed belongs to the line end. */
static uint32_t without_cr(const char *text, uint32_t at, uint32_t end) {
    return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

static rp_span span_of(uint32_t at, uint32_t end, bool quoted) {
    return (rp_span){.at = at, .n = (end - at) & INT32_MAX, .quoted = quoted};
}

static bool set_plain(const char *text, char separator, const uint32_t *ends, size_t n, uint32_t at, rp_span *spans) {
    int other = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        spans[i] = span_of(at, ends[i], false);
        other |= text[ends[i]] ^ separator;
        at = ends[i] + 1;
    }
    other |= text[ends[n - 1]] ^ '\n';
    spans[n - 1] = span_of(at, without_cr(text, at, ends[n - 1]), false);
    return other == 0;
}

/* Takes off simple quotes: a field that begins with one ends with one, or something stands behind it. */
static bool take_quotes_off(const char *text, rp_span *spans, size_t n) {
    for (size_t i = 0; i < n; i++) {
        rp_span span = spans[i];
        if (span.n == 0 || text[span.at] != '"')
            continue;
        if (span.n < 2 || text[span.at + span.n - 1] != '"')
            return false;
        spans[i] = span_of(span.at + 1, span.at + span.n - 1, true);
    }
    return true;
}

static bool is_text(const char *text, size_t n) {
    return !memchr(text, '\0', n) && rp_text_is_utf8((rp_text){text, n});
}

/* ---- rows one after the other ---- */

rp_run rp_rows_find(rp_rows *rows, const rp_dialect *dialect, rp_masks masks, const char *text, size_t n,
                    size_t start) {
    rp_ends ends = {.masks = masks, .separator = dialect->separator, .next = start, .after_edge = true};
    rp_run run = {.start = start, .end = start, .first_row = rows->n_rows, .first_place = rows->n_places};
    size_t n_cells = rows->n_cells, held = 0;
    bool regular = !dialect->bare_cr, quotes = false, odd = false; /* of all pieces that the row at run.end touches */
    while (regular && ends.next < n && !ends.stopped) {
        held += rp_ends_find(&ends, text, n, rows->ends + held);
        quotes |= ends.quotes;
        odd |= ends.odd;
        const uint32_t *next = rows->ends;
        for (; regular && held >= n_cells; next += n_cells, held -= n_cells) {
            rp_span *spans = rows->spans + rows->n_rows * n_cells;
            uint32_t at = (uint32_t)run.end, end = next[n_cells - 1], row_n = without_cr(text, at, end) - at;
            regular = set_plain(text, dialect->separator, next, n_cells, at, spans) && row_n > 0 &&
                      (!quotes || take_quotes_off(text, spans, n_cells)) && (!odd || is_text(text + at, row_n));
            if (!regular)
                break;
            rows->row_at[rows->n_places++] = at;
            run.n_rows++;
            rows->row_n[rows->n_rows++] = row_n;
            run.end = end + 1;
        }
        if (next > rows->ends) { /* a row ended in this piece, so the next one begins in it */
            quotes = ends.quotes;
            odd = ends.odd;
        }
        memmove(rows->ends, next, held * sizeof *next);
    }
    if (run.n_rows)
        rows->row_at[rows->n_places++] = (uint32_t)run.end;
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
