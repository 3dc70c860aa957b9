/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a delimited file: its first row as names of columns. */
#include <assert.h>
#include <string.h>

#include "table/reader_parts.h"

static bool fail_cell(const rp_reader *reader, const rp_cell *cell, rp_error *error, const char *remedy) {
    rp_fail_at(error, reader->source.name, cell->line, cell->column);
    return rp_fail_remedy(error, "%s", remedy);
}

/* Reads the row of names; n is their number without the empty ones at the end. */
static bool read_names(rp_reader *reader, rp_row *row, size_t *n, rp_error *error) {
    rp_read got = rp_reader_next(reader, row, error);
    if (got == RP_READ_END) {
        rp_fail(error, RP_E_SYNTAX, "The file holds no header line.");
        rp_fail_at(error, reader->source.name, 0, 0);
        return rp_fail_remedy(error, "Begin it with a line that names the columns.");
    }
    if (got != RP_READ_ROW)
        return false;
    *n = row->n;
    while (*n && rp_text_trim(row->cells[*n - 1].text).n == 0)
        (*n)--;
    if (*n)
        return true;
    rp_fail(error, RP_E_SYNTAX, "The header line names no column.");
    return fail_cell(reader, &row->cells[0], error, "Begin the file with a line that names the columns.");
}

static bool fail_duplicate(const rp_reader *reader, const char *name, const rp_cell *first, const rp_cell *second,
                           rp_error *error) {
    rp_fail(error, RP_E_RULE, "Two columns are called \"%.80s\": here and at line %u, column %u.", name,
            (unsigned)first->line, (unsigned)first->column);
    return fail_cell(reader, second, error, "Give each column a name of its own.");
}

bool rp_reader_header(rp_reader *reader, rp_arena *arena, rp_header *out, rp_error *error) {
    rp_row row;
    size_t n = 0;
    if (!read_names(reader, &row, &n, error))
        return false;
    /* As long as no name comes twice, the number of an interned name is its position. */
    rp_names *names = rp_names_new(arena);
    const char **list = names ? rp_arena_take(arena, n, sizeof *list) : NULL;
    uint32_t *columns = list ? rp_arena_take(arena, n, sizeof *columns) : NULL;
    if (!columns)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        const rp_cell *cell = &row.cells[i];
        rp_text name = rp_text_trim(cell->text);
        if (name.n == 0) {
            rp_fail(error, RP_E_RULE, "Column %zu has no name, and columns after it have.", i + 1);
            return fail_cell(reader, cell, error, "Name it, or leave it out (row names, as R writes them, are one).");
        }
        uint32_t id = rp_names_put(names, name);
        if (id == RP_NO_ID)
            return rp_fail_memory(error);
        if (id < i)
            return fail_duplicate(reader, list[id], &row.cells[id], cell, error);
        list[i] = rp_names_text(names, id);
        columns[i] = cell->column;
    }
    *out = (rp_header){.names = list, .columns = columns, .n = n, .line = row.line};
    return true;
}

int rp_header_find(const rp_header *header, const char *name) {
    assert(name && header->n <= RP_READER_LIMIT_CELLS);
    for (size_t i = 0; i < header->n; i++)
        if (strcmp(header->names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *rp_header_nearest(const rp_header *header, const char *name) {
    return rp_text_nearest(rp_text_of(name), header->names, header->n);
}
