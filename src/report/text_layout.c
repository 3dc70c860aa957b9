/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines and tables in characters of one width. */
#include <string.h>

#include "report/format.h"
#include "report/text_layout.h"

static bool starts_character(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

size_t rp_layout_width(rp_text text) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += starts_character(text.at[i]);
    return n;
}

/* The byte after the first `columns` characters. */
static size_t bytes_of(rp_text text, size_t columns) {
    size_t i = 0;
    for (size_t seen = 0; i < text.n; i++)
        if (starts_character(text.at[i]) && ++seen > columns)
            break;
    return i;
}

bool rp_layout_line(rp_text *rest, size_t columns, rp_text *line) {
    while (rest->n && is_blank(*rest->at)) {
        rest->at++;
        rest->n--;
    }
    if (!rest->n)
        return false;
    size_t most = bytes_of(*rest, columns ? columns : 1), end = 0;
    for (size_t i = 0; i <= most && i <= rest->n; i++)
        if (i == rest->n || is_blank(rest->at[i]))
            if (i == rest->n || i == 0 || !is_blank(rest->at[i - 1]))
                end = i;
    for (size_t i = 0; i < end; i++)
        if (rest->at[i] == '\n')
            end = i;
    if (end == 0)
        end = most;
    *line = (rp_text){rest->at, end};
    rest->at += end;
    rest->n -= end;
    return true;
}

/* A terminal obeys control characters: none of the data's may reach it. */
static void put_safe(rp_buf *out, rp_text text) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool c1 = c == 0xC2 && i + 1 < text.n && (unsigned char)text.at[i + 1] < 0xA0;
        bool bad = c < 0x20 || c == 0x7F || c1;
        rp_buf_add(out, bad ? "?" : text.at + i, 1);
        i += c1;
    }
}

void rp_layout_paragraph(rp_buf *out, size_t columns, const char *first, const char *next, const char *text) {
    const char *before = first;
    rp_text rest = rp_text_of(text), line;
    size_t margin = rp_layout_width(rp_text_of(first)), margin_next = rp_layout_width(rp_text_of(next));
    if (margin_next > margin)
        margin = margin_next;
    while (rp_layout_line(&rest, columns > margin + 8 ? columns - margin : 8, &line)) {
        rp_buf_put(out, before);
        put_safe(out, line);
        rp_buf_put(out, "\n");
        before = next;
    }
}

/* ---- tables -------------------------------------------------------------------------------------- */

enum { GAP = 2, NARROWEST = 8 };

/* A cell's text; row SIZE_MAX is the head. The buffer is reused. */
static rp_text cell(const rp_answer_table *table, size_t row, size_t column, rp_buf *room) {
    room->n = 0;
    if (row == SIZE_MAX) {
        const rp_table_column *c = &table->columns[column];
        rp_buf_put(room, c->label);
        if (*c->unit)
            rp_buf_printf(room, " (%s)", c->unit);
    } else {
        rp_value_put(&table->values[row * table->n_columns + column], false, room);
    }
    return room->at ? (rp_text){room->at, room->n} : (rp_text){"", 0};
}

static bool column_is_numbers(const rp_answer_table *table, size_t column) {
    for (size_t r = 0; r < table->n_rows; r++)
        if (rp_value_is_number(&table->values[r * table->n_columns + column]))
            return true;
    return false;
}

/* The widest word of a text: a column is not made narrower for as long as that can be. */
static size_t widest_word(rp_text text) {
    size_t widest = 0, from = 0;
    for (size_t i = 0; i <= text.n; i++)
        if (i == text.n || is_blank(text.at[i])) {
            size_t n = rp_layout_width((rp_text){text.at + from, i - from});
            widest = n > widest ? n : widest;
            from = i + 1;
        }
    return widest;
}

static void measure(const rp_answer_table *table, size_t column, rp_buf *room, size_t *width, size_t *least) {
    *width = *least = 1;
    for (size_t r = 0; r <= table->n_rows; r++) {
        rp_text text = cell(table, r ? r - 1 : SIZE_MAX, column, room);
        size_t wide = rp_layout_width(text);
        size_t word = r && column_is_numbers(table, column) ? wide : widest_word(text);
        *width = wide > *width ? wide : *width;
        *least = word > *least ? word : *least;
    }
    if (*least > 3 * NARROWEST)
        *least = 3 * NARROWEST;
}

/* Wraps the heads of numbers first; then takes from the widest column that can still give until all fit. false: they
 * cannot. */
static bool fit(const rp_answer_table *table, size_t *widths, const size_t *least, size_t columns) {
    size_t n = table->n_columns;
    for (bool first = true;; first = false) {
        size_t total = GAP * (n - 1), widest = n;
        for (size_t c = 0; c < n; c++) {
            total += widths[c];
            if (widths[c] > least[c] && (widest == n || widths[c] > widths[widest]))
                widest = c;
        }
        if (total <= columns)
            return true;
        if (widest == n)
            return false;
        if (!first)
            widths[widest]--;
        for (size_t c = 0; first && c < n; c++)
            if (column_is_numbers(table, c))
                widths[c] = least[c];
    }
}

static void pad(rp_buf *out, size_t n, char with) {
    for (size_t i = 0; i < n; i++)
        rp_buf_add(out, &with, 1);
}

/* One line of each cell of a row; blanks at the end of a line are not written. true: more lines follow. */
static bool put_row_line(rp_buf *out, const rp_answer_table *table, size_t row, const size_t *widths,
                         size_t line_number, rp_buf *room) {
    bool more = false;
    size_t owed = 0;
    for (size_t c = 0; c < table->n_columns; c++) {
        rp_text rest = cell(table, row, c, room), line = {"", 0};
        bool any = false;
        for (size_t i = 0; i <= line_number; i++) {
            any = rp_layout_line(&rest, widths[c], &line);
            if (!any)
                line.n = 0;
        }
        while (rest.n && is_blank(*rest.at)) {
            rest.at++;
            rest.n--;
        }
        more |= rest.n > 0;
        size_t wide = rp_layout_width(line), left = widths[c] > wide ? widths[c] - wide : 0;
        bool right = column_is_numbers(table, c);
        if (line.n) {
            pad(out, owed + (right ? left : 0), ' ');
            put_safe(out, line);
            owed = right ? 0 : left;
        } else {
            owed += widths[c];
        }
        owed += GAP;
    }
    rp_buf_put(out, "\n");
    return more;
}

static void put_row(rp_buf *out, const rp_answer_table *table, size_t row, const size_t *widths, rp_buf *room) {
    for (size_t i = 0; put_row_line(out, table, row, widths, i, room) && i < 1000; i++)
        ;
}

static void put_as_list(rp_buf *out, size_t columns, const rp_answer_table *table, rp_buf *room) {
    for (size_t r = 0; r < table->n_rows; r++) {
        for (size_t c = 0; c < table->n_columns; c++) {
            rp_buf line = {0};
            rp_text text = cell(table, SIZE_MAX, c, room);
            rp_buf_add(&line, text.at, text.n);
            rp_buf_put(&line, ": ");
            text = cell(table, r, c, room);
            rp_buf_add(&line, text.at, text.n);
            if (text.n && line.at)
                rp_layout_paragraph(out, columns, c ? "    " : "  - ", "      ", line.at);
            out->failed |= line.failed;
            rp_buf_free(&line);
        }
    }
}

void rp_layout_table(rp_buf *out, size_t columns, const rp_answer_table *table) {
    size_t widths[RP_ANSWER_LIMIT_COLUMNS], least[RP_ANSWER_LIMIT_COLUMNS];
    rp_buf room = {0};
    for (size_t c = 0; c < table->n_columns; c++)
        measure(table, c, &room, &widths[c], &least[c]);
    if (fit(table, widths, least, columns)) {
        size_t total = GAP * (table->n_columns - 1);
        for (size_t c = 0; c < table->n_columns; c++)
            total += widths[c];
        put_row(out, table, SIZE_MAX, widths, &room);
        pad(out, total, '-');
        rp_buf_put(out, "\n");
        for (size_t r = 0; r < table->n_rows; r++)
            put_row(out, table, r, widths, &room);
    } else {
        put_as_list(out, columns, table, &room);
    }
    out->failed |= room.failed;
    rp_buf_free(&room);
}
