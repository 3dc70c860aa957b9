/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row from text to columns. Values go straight into the row after the last; where one breaks a rule the row is not
 * counted, and the next row overwrites it. */
#include <inttypes.h>
#include <stdarg.h>

#include "record/record_parts.h"

enum { LONGEST_MESSAGE = 400, LONGEST_SHOWN = 60, MOST_CODES_SHOWN = 12 };

/* For "%.*s": what is shown of a cell. */
#define SHOWN(text) (int)((text).n < LONGEST_SHOWN ? (text).n : LONGEST_SHOWN), (text).at

typedef struct adding {
    rp_record *record;
    rp_held_table *held;
    const rp_cell *cells;
    size_t n;
    rp_place place;
    size_t row;
    const char *rule; /* the first that was broken; NULL: none */
    bool no_memory;
    rp_held start, finish; /* of a pair that must not run backwards */
} adding;

static const rp_cell *cell_of(const adding *a, int column) {
    static const rp_cell none = {0};
    return column >= 0 && (size_t)column < a->n ? &a->cells[column] : &none;
}

static bool is_empty(const rp_cell *cell) {
    return !cell->text.at || cell->text.n == 0;
}

static void tell(adding *a, const rp_cell *cell, const char *rule, const char *format, ...) RP_PRINTF(4, 5);
static void tell(adding *a, const rp_cell *cell, const char *rule, const char *format, ...) {
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_faults_add(a->record->faults, RP_FAULT_ROW, rp_record_input_path(a->record, a->place.origin.input),
                  cell->line ? cell->line : a->place.origin.line, cell->column, rule, "%s", text);
    if (!a->rule)
        a->rule = rule;
}

/* ---- values ---- */

static bool has_control(rp_text text) {
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return true;
    return false;
}

static bool take_id(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    size_t limit = column->as_id ? RP_LIMIT_CODE_BYTES : RP_LIMIT_ID_BYTES;
    if (cell->text.n > limit)
        tell(a, cell, RP_RULE_TYPE, "%s is %zu bytes long; at most %zu are allowed.", column->name, cell->text.n,
             limit);
    else if (has_control(cell->text) || !rp_text_is_utf8(cell->text))
        tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which holds control characters or is not UTF-8.", column->name,
             SHOWN(cell->text));
    else {
        out->id = rp_names_put(column->domain->names, cell->text);
        a->no_memory = a->no_memory || out->id == RP_NO_ID;
        return out->id != RP_NO_ID;
    }
    return false;
}

static void tell_code(adding *a, const rp_column *column, const rp_cell *cell) {
    const rp_code_list *list = column->codes;
    const char *known[64] = {0};
    size_t n = list->n < 64 ? list->n : 64;
    for (size_t i = 0; i < n; i++)
        known[i] = list->codes[i].code;
    const char *nearest = rp_text_nearest(cell->text, known, n);
    char codes[LONGEST_MESSAGE] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && n <= MOST_CODES_SHOWN && used < sizeof codes; i++) {
        int more = snprintf(codes + used, sizeof codes - used, "%s%s", i ? ", " : "", known[i]);
        used += more > 0 ? (size_t)more : 0;
    }
    if (nearest)
        tell(a, cell, RP_RULE_CODE, "%s is '%.*s', which is not one of its codes; did you mean '%s'?", column->name,
             SHOWN(cell->text), nearest);
    else if (codes[0])
        tell(a, cell, RP_RULE_CODE, "%s is '%.*s', which is not one of its codes: %s.", column->name, SHOWN(cell->text),
             codes);
    else
        tell(a, cell, RP_RULE_CODE, "%s is '%.*s', which is not one of its codes; docs/record.md lists them.",
             column->name, SHOWN(cell->text));
}

static bool take_code(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    if (column->as_id)
        return take_id(a, column, cell, out);
    int code = rp_code_find(column->codes, cell->text);
    if (code < 0)
        tell_code(a, column, cell);
    out->code = (int16_t)code;
    return code >= 0;
}

static bool check_date(adding *a, const rp_column *column, const rp_cell *cell, rp_date date) {
    bool fine = rp_date_is_sensible(a->record, column, date);
    if (!fine)
        tell(a, cell, RP_RULE_DATE_RANGE, "%s is %.*s; %s.", column->name, SHOWN(cell->text),
             column->may_lie_ahead ? "dates here begin with 1900-01-01"
                                   : "dates here lie between 1900-01-01 and a year from today");
    return fine;
}

static bool take_date(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    if (rp_date_parse(cell->text, &out->date))
        return check_date(a, column, cell, out->date);
    tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is not a date written YYYY-MM-DD.", column->name,
         SHOWN(cell->text));
    return false;
}

static bool take_time(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    rp_date date = RP_NO_DATE;
    if (rp_time_parse(cell->text, &out->whole) && rp_date_parse((rp_text){cell->text.at, 10}, &date))
        return check_date(a, column, cell, date);
    tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is not a time in UTC written YYYY-MM-DDTHH:MM:SSZ.", column->name,
         SHOWN(cell->text));
    return false;
}

static bool take_int(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    if (!rp_text_to_int(cell->text, &out->whole)) {
        tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is not a whole number.", column->name, SHOWN(cell->text));
        return false;
    }
    if (out->whole >= column->lowest && out->whole <= column->highest)
        return true;
    tell(a, cell, RP_RULE_RANGE, "%s is %.*s; it lies between %" PRId64 " and %" PRId64 ".", column->name,
         SHOWN(cell->text), column->lowest, column->highest);
    return false;
}

static bool take_num(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    if (rp_text_to_num(cell->text, &out->num))
        return true;
    tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is not a number.", column->name, SHOWN(cell->text));
    return false;
}

static bool take_bool(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    out->truth = rp_text_is(cell->text, "true");
    if (out->truth || rp_text_is(cell->text, "false"))
        return true;
    tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is neither true nor false.", column->name, SHOWN(cell->text));
    return false;
}

static bool take_text(adding *a, rp_column *column, const rp_cell *cell, rp_held *out) {
    if (cell->text.n > RP_LIMIT_TEXT_BYTES)
        tell(a, cell, RP_RULE_TYPE, "%s is %zu bytes long; at most %d are allowed.", column->name, cell->text.n,
             (int)RP_LIMIT_TEXT_BYTES);
    else if (memchr(cell->text.at, '\0', cell->text.n) || !rp_text_is_utf8(cell->text))
        tell(a, cell, RP_RULE_TYPE, "%s holds a NUL byte or is not UTF-8.", column->name);
    else {
        bool kept = rp_column_keep_text(a->record->arena, column, cell->text, out);
        a->no_memory = a->no_memory || !kept;
        return kept;
    }
    return false;
}

static bool take_value(adding *a, const rp_column *column, const rp_cell *cell, rp_held *out) {
    double number = 0;
    rp_missing kind = RP_MISSING;
    if (rp_text_to_num(cell->text, &number))
        *out = rp_value_of_number(number);
    else if (rp_missing_parse(cell->text, &kind))
        *out = rp_value_of_missing(kind);
    else {
        tell(a, cell, RP_RULE_TYPE, "%s is '%.*s', which is neither a number nor a word for why there is none.",
             column->name, SHOWN(cell->text));
        return false;
    }
    return true;
}

static bool take(adding *a, rp_column *column, const rp_cell *cell, rp_held *out) {
    switch (column->type) {
    case RP_TYPE_ID:
        return take_id(a, column, cell, out);
    case RP_TYPE_DATE:
        return take_date(a, column, cell, out);
    case RP_TYPE_TIME:
        return take_time(a, column, cell, out);
    case RP_TYPE_CODE:
        return take_code(a, column, cell, out);
    case RP_TYPE_INT:
        return take_int(a, column, cell, out);
    case RP_TYPE_NUM:
        return take_num(a, column, cell, out);
    case RP_TYPE_BOOL:
        return take_bool(a, column, cell, out);
    case RP_TYPE_TEXT:
        return take_text(a, column, cell, out);
    case RP_TYPE_VALUE:
        break;
    }
    return take_value(a, column, cell, out);
}

/* ---- rows ---- */

static void take_column(adding *a, int i) {
    rp_column *column = rp_column_of(a->held, i);
    const rp_cell *cell = cell_of(a, i);
    rp_held value = rp_column_missing(column);
    if (!is_empty(cell)) {
        if (!take(a, column, cell, &value))
            value = rp_column_missing(column);
    } else if (column->is_key) {
        tell(a, cell, RP_RULE_KEY_MISSING, "%s is missing; it is the key of %s.", column->name, a->held->def->name);
    } else if (column->required) {
        tell(a, cell, RP_RULE_REQUIRED, "%s is missing; every row of %s needs it.", column->name, a->held->def->name);
    }
    if (i == a->held->roles.start)
        a->start = value;
    if (i == a->held->roles.finish)
        a->finish = value;
    if (!a->no_memory && !rp_column_put(a->record->arena, column, a->row, value))
        a->no_memory = true;
}

static void check_order_known(adding *a) {
    const rp_roles *roles = &a->held->roles;
    if (!a->held->def->needs_order || !is_empty(cell_of(a, roles->date)) || !is_empty(cell_of(a, roles->occasion)))
        return;
    tell(a, cell_of(a, roles->date), RP_RULE_ORDER_MISSING,
         "date and occasion are both missing; every row of %s needs one of them.", a->held->def->name);
}

static void check_pair(adding *a) {
    const rp_roles *roles = &a->held->roles;
    if (roles->start < 0)
        return;
    const rp_column *start = rp_column_of(a->held, roles->start), *finish = rp_column_of(a->held, roles->finish);
    if (!rp_pair_is_reversed(start, a->start, finish, a->finish))
        return;
    const rp_cell *first = cell_of(a, roles->start), *last = cell_of(a, roles->finish);
    bool numbers = start->type == RP_TYPE_NUM;
    tell(a, last, numbers ? RP_RULE_RANGE : RP_RULE_DATE_ORDER, "%s is %.*s, %s %s, which is %.*s.", finish->name,
         SHOWN(last->text), numbers ? "below" : "before", start->name, SHOWN(first->text));
}

/* A score without a method was supplied: record.md. */
static bool default_method(adding *a) {
    if (a->held->id != RP_SCORES)
        return true;
    rp_column *method = rp_column_of(a->held, rp_schema_column(RP_SCORES, "method"));
    if (!rp_column_is_missing(method, a->row))
        return true;
    rp_held supplied = {.code = (int16_t)rp_code_find(method->codes, rp_text_of("supplied"))};
    return rp_column_put(a->record->arena, method, a->row, supplied);
}

/* Where the marked cells stood, as (lines after the row's first, column). Nothing where no cell knows. */
static bool keep_layout(adding *a) {
    uint32_t places[sizeof a->held->marks / sizeof *a->held->marks][2] = {{0}};
    bool known = false;
    for (size_t i = 0; i < a->held->n_marks; i++) {
        const rp_cell *cell = cell_of(a, a->held->marks[i]);
        places[i][0] = cell->line > a->place.origin.line ? cell->line - a->place.origin.line : 0;
        places[i][1] = cell->column;
        known = known || cell->column;
    }
    rp_held layout = {.id = RP_NO_ID};
    if (known) {
        layout.id = rp_names_put(a->held->layouts, (rp_text){(const char *)places, a->held->n_marks * sizeof *places});
        if (layout.id == RP_NO_ID)
            return false;
    }
    return rp_column_put(a->record->arena, &a->held->layout, a->row, layout);
}

static bool keep_row(adding *a, uint32_t spot) {
    rp_arena *arena = a->record->arena;
    const rp_held stands = rp_column_missing(&a->held->state);
    if (!default_method(a) || !keep_layout(a) ||
        !rp_column_put(arena, &a->held->place, a->row, (rp_held){.id = spot}) ||
        !rp_column_put(arena, &a->held->state, a->row, stands))
        return false;
    a->held->n++;
    return true;
}

static uint32_t key_of(const adding *a) {
    return a->held->roles.key >= 0 ? rp_column_id(rp_column_of(a->held, a->held->roles.key), a->row) : RP_NO_ID;
}

static rp_put out_of_memory(rp_record *record, rp_error *error) {
    record->failed = true;
    rp_fail_memory(error);
    return RP_PUT_FAILED;
}

rp_put rp_record_add(rp_record *record, rp_table_id table, const rp_cell *cells, size_t n, rp_place place,
                     rp_error *error) {
    assert(!record->sealed && table >= 0 && table < RP_TABLES && (cells || n == 0) && error);
    adding a = {.record = record, .held = &record->tables[table], .cells = cells, .n = n, .place = place};
    a.row = a.held->n;
    if (record->failed)
        return out_of_memory(record, error);
    if (a.row >= RP_NO_ROW - 1) {
        rp_fail(error, RP_E_LIMIT, "%s has more rows than the %" PRIu32 " allowed.", a.held->def->name, RP_NO_ROW - 1);
        return RP_PUT_FAILED;
    }
    uint32_t spot = rp_spot_put(record, place);
    a.no_memory = spot == RP_NO_ROW;
    a.held->offered++;
    for (size_t i = 0; i < a.held->columns.n && !a.no_memory; i++)
        take_column(&a, (int)i);
    if (a.no_memory)
        return out_of_memory(record, error);
    check_order_known(&a);
    check_pair(&a);
    bool fine = a.rule ? rp_record_fell(record, a.held, key_of(&a), spot, a.rule, false, false) : keep_row(&a, spot);
    if (!fine)
        return out_of_memory(record, error);
    return a.rule ? RP_PUT_REJECTED : RP_PUT_KEPT;
}
