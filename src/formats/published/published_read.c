/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of published figures into the record: each figure of each row is a row of the table `published`, with what it
 * was printed as and the interval that this allows. What is not published makes no row. */
#include <assert.h>
#include <string.h>

#include "formats/published/published.h"
#include "rapport/formats.h"
#include "rapport/json.h"

/* Columns of the record's table, found once. */
typedef struct columns {
    int organisation, kind, period, measure, breakdown, low, high, statistic, code, printed;
} columns;

typedef struct reading {
    rp_delimited file;
    const rp_published_layout *layout;
    int at[RP_ROLES]; /* -1: the layout has no such column */
    columns to;
    rp_text file_period; /* where no column tells the period */
    rp_arena *arena;
    bool no_memory;
    rp_error *error;
} reading;

/* Who, when and which group: the same for all figures of a row. */
typedef struct subject {
    rp_text period, kind, code, name, group;
    bool national;
    char months[24];
} subject;

static columns find_columns(void) {
#define COLUMN(name) .name = rp_schema_column(RP_PUBLISHED, #name)
    return (columns){COLUMN(organisation), COLUMN(kind), COLUMN(period),    COLUMN(measure), COLUMN(breakdown),
                     COLUMN(low),          COLUMN(high), COLUMN(statistic), COLUMN(code),    COLUMN(printed)};
#undef COLUMN
}

static const rp_cell *cell_of(const reading *r, const rp_row *row, rp_published_role role) {
    static const rp_cell none = {0};
    return r->at[role] >= 0 && (size_t)r->at[role] < row->n ? &row->cells[r->at[role]] : &none;
}

/* Absent where nothing is said. */
static rp_text text_of(const reading *r, const rp_row *row, rp_published_role role) {
    rp_text text = rp_text_trim(cell_of(r, row, role)->text);
    return text.n == 0 || rp_text_is(text, "NULL") || rp_text_is(text, "NA") ? (rp_text){0} : text;
}

/* ---- the period ---- */

/* 2026-06-01, or 01/06/2026 as spreadsheets leave it. */
static bool date_of(rp_text text, char out[11]) {
    rp_date date;
    if (text.n == 10 && text.at[2] == '/' && text.at[5] == '/')
        (void)snprintf(out, 11, "%.4s-%.2s-%.2s", text.at + 6, text.at + 3, text.at);
    else
        (void)snprintf(out, 11, "%.*s", (int)(text.n < 10 ? text.n : 10), text.n ? text.at : "");
    return rp_date_parse(rp_text_of(out), &date) && text.n == 10;
}

/* A whole month as 2026-06; anything else by its first and last day. */
static bool months_of(const reading *r, const rp_row *row, subject *s) {
    char start[11], end[11];
    rp_date last, next;
    if (!date_of(text_of(r, row, RP_ROLE_START), start) || !date_of(text_of(r, row, RP_ROLE_END), end) ||
        !rp_date_parse(rp_text_of(end), &last))
        return false;
    next = last + 1;
    char after[11];
    rp_date_text(next, after);
    bool whole = strcmp(start + 8, "01") == 0 && strcmp(after + 8, "01") == 0 && strncmp(start, end, 7) == 0;
    (void)snprintf(s->months, sizeof s->months, whole ? "%.7s" : "%.10s/%s", start, end);
    s->period = rp_text_of(s->months);
    return true;
}

static bool period_of(reading *r, const rp_row *row, subject *s) {
    if (r->layout->roles[RP_ROLE_START] && !months_of(r, row, s)) {
        rp_delimited_reject(&r->file, row, cell_of(r, row, RP_ROLE_START), "type",
                            "The reporting period is not told by two dates.");
        return false;
    }
    if (!r->layout->roles[RP_ROLE_START])
        s->period = r->layout->roles[RP_ROLE_PERIOD] ? text_of(r, row, RP_ROLE_PERIOD) : r->file_period;
    if (s->period.n > 0)
        return true;
    rp_delimited_reject(&r->file, row, cell_of(r, row, RP_ROLE_PERIOD), "required", "The reporting period is missing.");
    return false;
}

/* ---- who ---- */

/* "all", "all Providers", "All": of no one organisation. */
static bool is_all(rp_text text) {
    return text.n == 0 || (text.n >= 3 && (text.at[0] == 'a' || text.at[0] == 'A') && (text.at[1] | 0x20) == 'l' &&
                           (text.at[2] | 0x20) == 'l' && (text.n == 3 || text.at[3] == ' '));
}

static rp_text glued(reading *r, rp_text one, const char *between, rp_text two) {
    char *both = rp_arena_printf(r->arena, "%.*s%s%.*s", (int)one.n, one.at, between, (int)two.n, two.at);
    r->no_memory = r->no_memory || both == NULL;
    return rp_text_of(both);
}

/* Of two organisations both where both are told: a commissioner's referrals at one provider. */
static rp_text joined(reading *r, rp_text one, rp_text two) {
    return is_all(two) ? one : is_all(one) ? two : glued(r, one, " / ", two);
}

static rp_text group_of(reading *r, const rp_row *row) {
    rp_text group = r->layout->group ? rp_text_of(r->layout->group) : text_of(r, row, RP_ROLE_GROUP);
    rp_text parts[] = {text_of(r, row, RP_ROLE_GROUP_A), text_of(r, row, RP_ROLE_GROUP_B)};
    if (group.n == 0 || rp_text_is(group, "Total"))
        return rp_text_of("Total");
    for (size_t i = 0; i < 2; i++)
        if (parts[i].n > 0 && !r->no_memory)
            group = glued(r, group, ": ", parts[i]);
    return group;
}

static bool subject_of(reading *r, const rp_row *row, subject *s) {
    if (!period_of(r, row, s))
        return false;
    s->kind = r->layout->kind ? rp_text_of(r->layout->kind) : text_of(r, row, RP_ROLE_KIND);
    s->code = joined(r, text_of(r, row, RP_ROLE_CODE), text_of(r, row, RP_ROLE_SECOND_CODE));
    s->name = joined(r, text_of(r, row, RP_ROLE_NAME), text_of(r, row, RP_ROLE_SECOND_NAME));
    s->group = group_of(r, row);
    s->national = rp_text_is(s->kind, "England");
    if (s->national) /* one subject, however its code is left */
        s->code = s->name = rp_text_of("England");
    if (s->kind.n > 0)
        return true;
    rp_delimited_reject(&r->file, row, cell_of(r, row, RP_ROLE_KIND), "required",
                        "The kind of organisation is missing, so how the figures were rounded is not known.");
    return false;
}

/* ---- figures ---- */

static void put(rp_cell *cells, int column, const rp_cell *from, rp_text text) {
    cells[column] = (rp_cell){.text = text, .line = from->line, .column = from->column};
}

static bool add(reading *r, const rp_row *row, const subject *s, rp_text measure, const char *statistic,
                const rp_cell *value) {
    enum { MOST_COLUMNS = 16 };
    rp_cell cells[MOST_COLUMNS] = {{{0}, 0, 0, false}};
    assert(rp_schema_table(RP_PUBLISHED)->n_columns <= MOST_COLUMNS);
    char low_text[32] = "", high_text[32] = "";
    double low, high;
    rp_text printed = rp_text_trim(value->text);
    rp_printed got = rp_published_figure(printed, statistic, s->national, &low, &high);
    if (got == RP_PRINTED_NO_NUMBER || got == RP_PRINTED_OUT_OF_RANGE) {
        rp_delimited_value_fault(&r->file, value, got == RP_PRINTED_NO_NUMBER ? "type" : "range",
                                 "\"%.*s\" is no %s; it is taken as not published.",
                                 (int)(printed.n < 40 ? printed.n : 40), printed.at, statistic);
        return true;
    }
    if (got == RP_PRINTED_NOTHING)
        return true;
    if (low <= high) { /* not so for NaN: hidden without bounds */
        rp_number_text(low, low_text);
        rp_number_text(high, high_text);
    }
    put(cells, r->to.organisation, value, s->name);
    put(cells, r->to.kind, value, s->kind);
    put(cells, r->to.period, value, s->period);
    put(cells, r->to.measure, value, measure);
    put(cells, r->to.breakdown, value, s->group);
    put(cells, r->to.low, value, rp_text_of(low_text));
    put(cells, r->to.high, value, rp_text_of(high_text));
    put(cells, r->to.statistic, value, rp_text_of(statistic));
    put(cells, r->to.code, value, s->code);
    put(cells, r->to.printed, value, printed);
    return rp_record_add(r->file.record, RP_PUBLISHED, cells, rp_schema_table(RP_PUBLISHED)->n_columns,
                         rp_delimited_place(&r->file, row), r->error) != RP_PUT_FAILED;
}

static const char *statistic_of(rp_text text) {
    static const char *const known[] = {"count", "percentage", "mean", "median", "sum", "sd", "effect_size"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (rp_text_is(text, known[i]))
            return known[i];
    return NULL;
}

/* A row that holds one figure. */
static bool add_long(reading *r, const rp_row *row, const subject *s) {
    const rp_cell *named = cell_of(r, row, RP_ROLE_MEASURE);
    rp_text measure = rp_text_trim(named->text);
    const char *statistic = NULL;
    bool known = r->layout->roles[RP_ROLE_STATISTIC]
                     ? (statistic = statistic_of(rp_text_trim(cell_of(r, row, RP_ROLE_STATISTIC)->text))) != NULL
                     : rp_published_name(measure, &measure, &statistic);
    if (known && measure.n > 0)
        return add(r, row, s, measure, statistic, cell_of(r, row, RP_ROLE_VALUE));
    rp_delimited_reject(&r->file, row, named, "code",
                        "\"%.*s\" is no measure whose kind of figure (count, percentage, mean ...) is told.",
                        (int)(measure.n < 60 ? measure.n : 60), measure.n ? measure.at : "");
    return true;
}

static bool add_wide(reading *r, const rp_row *row, const subject *s) {
    rp_text measure;
    const char *statistic;
    for (size_t c = 0; c < r->file.header.n && c < row->n; c++)
        if (rp_published_column_of(r->layout, r->file.header.names[c], &measure, &statistic) &&
            !add(r, row, s, measure, statistic, &row->cells[c]))
            return false;
    return true;
}

/* ---- the file ---- */

static bool fail_unknown(const reading *r) {
    rp_buf known = {0};
    for (size_t i = 0; i < rp_published_layouts(); i++)
        rp_buf_printf(&known, "%s%s", i ? "; " : "", rp_published_layout_at(i)->title);
    rp_fail(r->error, RP_E_SYNTAX, "The header is that of no layout of published figures that is known. Known are: %s.",
            known.at ? known.at : "");
    rp_buf_free(&known);
    rp_fail_at(r->error, r->file.path, r->file.header.line, 1);
    return rp_fail_remedy(r->error, "docs/published.md gives the columns of each.");
}

static bool bind(reading *r) {
    r->layout = rp_published_detect(&r->file.header);
    if (!r->layout)
        return fail_unknown(r);
    for (size_t i = 0; i < RP_ROLES; i++)
        r->at[i] = r->layout->roles[i] ? rp_header_find(&r->file.header, r->layout->roles[i]) : -1;
    r->file_period = rp_published_period_in(rp_path_name(r->file.path));
    if (r->layout->roles[RP_ROLE_PERIOD] || r->layout->roles[RP_ROLE_START] || r->file_period.n > 0)
        return true;
    rp_fail(r->error, RP_E_RULE, "This layout has no column for the year, and the file's name does not tell it.");
    rp_fail_at(r->error, r->file.path, 0, 0);
    return rp_fail_remedy(r->error, "Put the year into the name, as in annual-2024-25.csv.");
}

static bool read_rows(reading *r) {
    rp_row row;
    for (;;) {
        rp_read got = rp_delimited_next(&r->file, &row, r->error);
        if (got != RP_READ_ROW)
            return got == RP_READ_END;
        subject s = {0};
        bool told = subject_of(r, &row, &s);
        if (r->no_memory)
            return rp_fail_memory(r->error);
        if (told && !(r->layout->wide ? add_wide(r, &row, &s) : add_long(r, &row, &s)))
            return false;
    }
}

bool rp_published_read(const char *path, bool quiet, rp_record *record, rp_error *error) {
    *error = (rp_error){0};
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(error);
    reading r = {.arena = arena, .error = error, .to = find_columns()};
    const rp_delimited_form form = {0}; /* nothing is declared of these files */
    bool fine = rp_delimited_open(&r.file, record, path, &form, arena, error) && bind(&r) &&
                rp_delimited_begin(&r.file, quiet, error) && read_rows(&r);
    rp_delimited_close(&r.file);
    rp_arena_free(arena);
    return fine;
}
