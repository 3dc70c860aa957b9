/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first rows of a file tell: of its encoding, and by its values of each column. Memory is bounded by the cells
 * looked at: of a column a few distinct texts are kept, of a client a hash of the first value in each column. */
#include <math.h>
#include <string.h>

#include "formats/mapped/propose.h"

/* Texts that people and programs write for "not there". */
static const char *const marks[] = {"NA", "N/A", "n/a",  "na",   "NULL", "null", "NaN",     "nan",     ".",
                                    "-",  "?",   "#N/A", "None", "none", "n.a.", "missing", "Missing", "#NULL!"};
/* Numbers that often mean it, but may be a score: only asked about. */
static const double codes[] = {999, 9999, 99, -1, -8, -9, -88, -99, -999, 888, 777};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const char *rp_propose_missing(size_t i) {
    return i < COUNT(marks) ? marks[i] : NULL;
}

bool rp_propose_is_numeric(const rp_propose_column *column) {
    size_t n = column->n_present - column->n_missing;
    return column->n_numbers > 0 && column->n_numbers * 10 >= n * 9; /* a slip of the pen makes no text of a column */
}

static int mark_of(rp_text text) {
    for (size_t i = 0; i < COUNT(marks); i++)
        if (rp_text_is(text, marks[i]))
            return (int)i;
    return -1;
}

static bool keep_distinct(const rp_proposal *p, rp_propose_column *column, rp_text text) {
    size_t n = column->n_distinct;
    for (size_t i = 0; i < n && i < RP_PROPOSE_DISTINCT; i++)
        if (rp_text_is(text, column->distinct[i]))
            return true;
    if (n >= RP_PROPOSE_DISTINCT || text.n > RP_PROPOSE_TEXT) {
        column->n_distinct = RP_PROPOSE_DISTINCT + 1;
        return true;
    }
    column->distinct[n] = rp_arena_copy(p->arena, text.at, text.n);
    column->n_distinct++;
    return column->distinct[n] != NULL;
}

static void count_number(rp_propose_column *column, double value) {
    for (size_t i = 0; i < COUNT(codes); i++)
        if (value == codes[i]) /* exactly so written */
            column->code = value;
    if (column->n_numbers++ == 0)
        column->lowest = column->highest = value;
    column->lowest = fmin(column->lowest, value);
    column->highest = fmax(column->highest, value);
    column->n_whole += value == floor(value);
}

static bool look_at_cell(rp_proposal *p, rp_propose_column *column, int *marks_of_column, rp_text text) {
    double value = 0;
    rp_date date;
    column->n_present++;
    int mark = mark_of(text);
    if (mark >= 0) {
        *marks_of_column |= 1 << mark;
        column->n_missing++;
        return true;
    }
    if (rp_text_to_num(text, &value))
        count_number(column, value);
    else if (rp_date_parse(text, &date))
        column->n_dates++;
    return keep_distinct(p, column, text);
}

/* FNV-1a, never 0: 0 is "not told so far". Two texts of one hash make a column look constant in one client, which the
 * next client mends. */
static uint32_t hash_of(rp_text text) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 16777619u;
    return hash ? hash : 1;
}

typedef struct looker {
    rp_proposal *p;
    rp_names *clients, *sessions;
    uint32_t *first; /* of each client and column */
    int *marks;      /* of each column */
    size_t most_rows;
} looker;

static rp_text cell_text(const rp_row *row, int column) {
    if (column < 0 || (size_t)column >= row->n)
        return (rp_text){0};
    rp_text text = rp_text_trim(row->cells[column].text);
    if (text.n > 400) /* longer ids differ before that, or are none */
        text.n = 400;
    return text;
}

/* The client's number; whether client and time were there before. */
static bool look_at_who(looker *l, const rp_row *row, uint32_t *client) {
    rp_proposal *p = l->p;
    rp_text id = cell_text(row, p->client);
    *client = RP_NO_ID;
    if (id.n == 0)
        return true;
    size_t before = rp_names_count(l->clients);
    *client = rp_names_put(l->clients, id);
    p->repeats = p->repeats || rp_names_count(l->clients) == before;
    int when = p->occasion >= 0 ? p->occasion : p->date;
    char key[820];
    rp_text at = cell_text(row, when);
    int n = snprintf(key, sizeof key, "%.*s\x1f%.*s", (int)id.n, id.at, (int)at.n, at.n ? at.at : "");
    before = rp_names_count(l->sessions);
    if (*client == RP_NO_ID || rp_names_put(l->sessions, (rp_text){key, (size_t)n}) == RP_NO_ID)
        return false;
    p->same_twice = p->same_twice || rp_names_count(l->sessions) == before;
    return true;
}

static bool look_at_row(looker *l, const rp_row *row) {
    rp_proposal *p = l->p;
    uint32_t client;
    if (!look_at_who(l, row, &client))
        return false;
    for (size_t c = 0; c < p->header.n && c < row->n; c++) {
        rp_text text = rp_text_trim(row->cells[c].text);
        if (text.n == 0)
            continue;
        if (!look_at_cell(p, &p->columns[c], &l->marks[c], text))
            return false;
        if (client == RP_NO_ID || mark_of(text) >= 0)
            continue;
        uint32_t *first = &l->first[(size_t)client * p->header.n + c], hash = hash_of(text);
        p->columns[c].varies = p->columns[c].varies || (*first && *first != hash);
        if (!*first)
            *first = hash;
    }
    return true;
}

/* Marks count where the column is a number otherwise, or names who or which arm. */
static void gather_marks(looker *l) {
    rp_proposal *p = l->p;
    for (size_t c = 0; c < p->header.n; c++)
        for (size_t i = 0; i < COUNT(marks); i++)
            if ((l->marks[c] & 1 << i) && (rp_propose_is_numeric(&p->columns[c]) || (int)c == p->arm))
                p->missing[i] = true;
}

static bool look_at_rows(looker *l, rp_reader *reader) {
    rp_proposal *p = l->p;
    size_t unreadable = 0;
    while (p->n_rows + unreadable < l->most_rows) {
        rp_row row = {0};
        rp_error why = {0};
        rp_read got = rp_reader_next(reader, &row, &why);
        if (got == RP_READ_FAILED) {
            *p->error = why;
            return false;
        }
        p->saw_all = got == RP_READ_END;
        if (p->saw_all)
            break;
        if (got == RP_READ_BAD || row.n < p->header.n) {
            unreadable++;
            continue;
        }
        p->n_rows++;
        if (!look_at_row(l, &row))
            return rp_fail_memory(p->error);
    }
    if (unreadable > 0)
        rp_propose_note(p, "Some rows could not be read or have too few fields: 'rapport check' tells which.");
    if (!p->saw_all)
        rp_propose_note(p, "Only the beginning of the file was looked at (%zu rows).", p->n_rows + unreadable);
    return true;
}

bool rp_propose_look(rp_proposal *p, rp_reader *reader) {
    size_t n = p->header.n;
    looker l = {.p = p, .most_rows = RP_PROPOSE_CELLS / n};
    l.most_rows = l.most_rows > RP_PROPOSE_ROWS ? RP_PROPOSE_ROWS : l.most_rows;
    l.clients = rp_names_new(p->arena);
    l.sessions = rp_names_new(p->arena);
    l.first = rp_arena_take(p->arena, l.most_rows * n, sizeof *l.first);
    l.marks = rp_arena_take(p->arena, n, sizeof *l.marks);
    if (!l.clients || !l.sessions || !l.first || !l.marks)
        return rp_fail_memory(p->error);
    if (!look_at_rows(&l, reader))
        return false;
    gather_marks(&l);
    return true;
}

/* ---- encoding ---- */

typedef struct sight {
    bool foreign;      /* a row is not in the encoding, or nothing can be read */
    bool beyond_ascii; /* a row that is in it has more than ASCII */
} sight;

static bool is_ascii(rp_text text) {
    size_t i = 0;
    while (i < text.n && (unsigned char)text.at[i] < 0x80)
        i++;
    return i == text.n;
}

static sight look_in(const char *path, rp_encoding encoding) {
    rp_row row;
    rp_error why;
    rp_reader *reader = rp_reader_open(path, &(rp_reader_options){.encoding = encoding}, &why);
    sight seen = {.foreign = !reader};
    for (size_t rows = 0, cells = 0; reader && rows < RP_PROPOSE_ROWS && cells < RP_PROPOSE_CELLS; rows++) {
        rp_read got = rp_reader_next(reader, &row, &why);
        if (got != RP_READ_ROW && got != RP_READ_BAD)
            break;
        seen.foreign = seen.foreign || (got == RP_READ_BAD && why.code == RP_E_ENCODING);
        for (size_t i = 0; got == RP_READ_ROW && i < row.n; i++, cells++)
            seen.beyond_ascii = seen.beyond_ascii || !is_ascii(row.cells[i].text);
    }
    rp_reader_close(reader);
    return seen;
}

rp_encoding rp_propose_encoding(const char *path) {
    sight utf8 = look_in(path, RP_UTF_8);
    bool windows = utf8.foreign && !utf8.beyond_ascii && !look_in(path, RP_WINDOWS_1252).foreign;
    return windows ? RP_WINDOWS_1252 : RP_UTF_8;
}
