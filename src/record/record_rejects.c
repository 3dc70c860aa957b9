/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows fell, and what is told of them. A line of a wide file makes many rows of the record; its fall is counted
 * once for its input, but once for each row in the tables' own counts. */
#include <stdarg.h>
#include <stdlib.h>

#include "record/intake.h"

enum { LONGEST_MESSAGE = 400 };

/* ---- telling ---- */

/* The place of a row's cell that came by the batch: looked up in the file again, as only a row at fault needs it. */
static void look_up_cell(const rp_record *record, const rp_held_table *held, rp_spot spot, int column,
                         int64_t *at_column) {
    rp_intake *in = NULL;
    for (size_t i = 0; i < record->intakes.n && !in; i++)
        if (record->intakes.at[i]->held == held && record->intakes.at[i]->plan.input == spot.input)
            in = record->intakes.at[i];
    if (in && column >= 0 && in->field_of[column] >= 0)
        *at_column = rp_intake_place(in, spot.offset, spot.length, in->field_of[column]);
}

/* Line and column of a cell, where they are known. */
static void find_cell(const rp_record *record, const rp_held_table *held, size_t row, int column, int64_t *line,
                      int64_t *at_column) {
    uint32_t layout = rp_column_id(&held->layout, row);
    if (layout == RP_NO_ID) {
        look_up_cell(record, held, rp_spot_at(record, rp_column_id(&held->place, row)), column, at_column);
        return;
    }
    const char *bytes = rp_names_text(held->layouts, layout);
    for (size_t i = 0; i < held->n_marks; i++)
        if (held->marks[i] == column) {
            uint32_t place[2];
            memcpy(place, bytes + i * sizeof place, sizeof place);
            *line += place[0];
            *at_column = place[1];
        }
}

void rp_row_fault(rp_record *record, const rp_held_table *held, size_t row, int column, rp_fault_level level,
                  const char *rule, const char *format, ...) {
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    uint32_t spot = rp_column_id(&held->place, row);
    int64_t line = rp_spot_at(record, spot).line, at_column = 0;
    find_cell(record, held, row, column, &line, &at_column);
    rp_faults_add(record->faults, level, rp_spot_file(record, spot), line, at_column, rule, "%s", text);
}

void rp_spot_fault(rp_record *record, uint32_t spot, rp_fault_level level, const char *rule, const char *format, ...) {
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_faults_add(record->faults, level, rp_spot_file(record, spot), rp_spot_at(record, spot).line, 0, rule, "%s",
                  text);
}

/* ---- falling ---- */

static bool mark_key(rp_record *record, rp_held_table *held, uint32_t key) {
    if (key >= held->fallen_room) {
        size_t room = held->fallen_room ? held->fallen_room : 64;
        while (room <= key)
            room *= 2;
        uint8_t *fresh = rp_arena_take(record->arena, room, 1);
        if (!fresh)
            return false;
        if (held->fallen_room)
            memcpy(fresh, held->fallen, held->fallen_room);
        held->fallen = fresh;
        held->fallen_room = room;
    }
    held->fallen[key] = 1;
    return true;
}

bool rp_record_fell(rp_record *record, rp_held_table *held, uint32_t key, uint32_t spot, const char *rule, bool carried,
                    bool alone) {
    rp_fallen *fallen = rp_vec_push(record->arena, &record->fallen);
    if (!fallen || (key != RP_NO_ID && !mark_key(record, held, key)))
        return false;
    *fallen = (rp_fallen){.rule = rule, .spot = spot, .carried = carried, .alone = alone};
    held->rejected[carried]++;
    return true;
}

bool rp_row_fall(rp_record *record, rp_held_table *held, size_t row, const char *rule, bool carried, bool alone) {
    assert(rp_row_stands(held, row));
    held->fell++;
    uint32_t key = held->roles.key >= 0 ? rp_column_id(rp_column_of(held, held->roles.key), row) : RP_NO_ID;
    return rp_column_put(record->arena, &held->state, row, (rp_held){.truth = RP_ROW_FELL}) &&
           rp_record_fell(record, held, key, rp_column_id(&held->place, row), rule, carried, alone);
}

void rp_record_reject(rp_record *record, rp_place place, const char *rule) {
    assert(!record->sealed && rule);
    uint32_t spot = rp_spot_put(record, place);
    rp_fallen *fallen = spot == RP_NO_ROW ? NULL : rp_vec_push(record->arena, &record->fallen);
    if (fallen)
        *fallen = (rp_fallen){.rule = rule, .spot = spot};
    else
        record->failed = true; /* sealing tells */
}

void rp_record_row_read(rp_record *record, rp_place place) {
    assert(!record->sealed);
    if (rp_spot_put(record, place) == RP_NO_ROW)
        record->failed = true; /* sealing tells */
}

/* ---- settling ---- */

typedef struct settling {
    rp_record *record;
    uint8_t *kept; /* by spot: a row made of that line stands; NULL where nothing asks */
} settling;

static bool find_kept(settling *s, rp_arena *scratch) {
    bool asked = false;
    for (size_t i = 0; i < s->record->fallen.n && !asked; i++)
        asked = s->record->fallen.at[i].alone;
    if (!asked)
        return true;
    s->kept = rp_arena_take(scratch, s->record->spots.n + 1, 1);
    for (int t = 0; t < RP_TABLES && s->kept; t++) {
        const rp_held_table *held = &s->record->tables[t];
        for (size_t row = 0; row < held->n; row++)
            s->kept[rp_column_id(&held->place, row)] = 1;
    }
    return s->kept != NULL;
}

static int by_number(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

/* Places that come in order tell by their numbers which is first: there may be a million to sort. */
static int by_place(const rp_record *record, uint32_t a, uint32_t b) {
    if (a == b || !record->spots.out_of_order)
        return by_number(a, b);
    const rp_spot x = rp_spot_at(record, a), y = rp_spot_at(record, b);
    return x.input != y.input ? by_number(x.input, y.input) : by_number(x.line, y.line);
}

/* By input, line, then own faults before carried ones, then rule. */
static int by_line(const void *left, const void *right, void *context) {
    const rp_fallen *a = left, *b = right;
    int order = by_place(context, a->spot, b->spot);
    order = order ? order : by_number(a->carried, b->carried);
    order = order ? order : strcmp(a->rule, b->rule);
    return order ? order : by_number(a->spot, b->spot);
}

/* The same line and rule once; what was carried only where its line has no fault of its own. */
static bool is_told(const rp_record *record, const rp_fallen *before, const rp_fallen *one) {
    if (by_place(record, before->spot, one->spot) != 0)
        return false;
    return one->carried || strcmp(before->rule, one->rule) == 0;
}

static rp_reject reject_of(const rp_record *record, const rp_fallen *fallen) {
    const rp_spot spot = rp_spot_at(record, fallen->spot);
    return (rp_reject){
        .place = {.origin = {.input = spot.input, .line = spot.line}, .offset = spot.offset, .length = spot.length},
        .rule = fallen->rule,
        .carried = fallen->carried};
}

/* A line is rejected where a rule rejected a row made of it, or where nothing of it is left. */
static void count_rejected(settling *s) {
    rp_record *record = s->record;
    const rp_fallen *counted = NULL;
    for (size_t i = 0; i < record->fallen.n; i++) {
        const rp_fallen *fallen = &record->fallen.at[i];
        if ((fallen->alone && s->kept && s->kept[fallen->spot]) ||
            (counted && by_place(record, counted->spot, fallen->spot) == 0))
            continue;
        counted = fallen;
        uint32_t input = rp_spot_at(record, fallen->spot).input;
        if (input < record->inputs.n)
            record->inputs.at[input].info.rejected++;
    }
}

static int by_u32(const void *a, const void *b) {
    return by_number(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* Lines that came back are counted once. */
static bool count_again(rp_record *record, size_t input, rp_arena *scratch) {
    uint32_t *lines = rp_arena_take(scratch, record->spots.n + 1, sizeof *lines);
    if (!lines)
        return false;
    size_t n = 0, distinct = 0;
    for (size_t i = 0; i < record->spots.n; i++) {
        const rp_spot spot = rp_spot_at(record, (uint32_t)i);
        if (spot.input == input)
            lines[n++] = spot.line;
    }
    qsort(lines, n, sizeof *lines, by_u32);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || lines[i] != lines[i - 1];
    record->inputs.at[input].info.rows = (int64_t)distinct;
    return true;
}

static bool settle(settling *s, rp_arena *scratch) {
    rp_record *record = s->record;
    for (size_t i = 0; i < record->inputs.n; i++)
        if (record->inputs.at[i].out_of_order && !count_again(record, i, scratch))
            return false;
    if (record->fallen.n == 0)
        return true;
    record->rejects = rp_arena_take(record->arena, record->fallen.n, sizeof *record->rejects);
    if (!record->rejects || !find_kept(s, scratch))
        return false;
    qsort_r(record->fallen.at, record->fallen.n, sizeof *record->fallen.at, by_line, record);
    count_rejected(s);
    const rp_fallen *before = NULL;
    for (size_t i = 0; i < record->fallen.n; i++) {
        const rp_fallen *one = &record->fallen.at[i];
        if (before && is_told(record, before, one))
            continue;
        record->rejects[record->n_rejects++] = reject_of(record, one);
        before = one;
    }
    return true;
}

bool rp_record_settle_rejects(rp_record *record) {
    rp_arena *scratch = rp_arena_new(0);
    settling s = {.record = record};
    bool fine = scratch && settle(&s, scratch);
    rp_arena_free(scratch);
    return fine;
}

/* ---- reading ---- */

size_t rp_record_inputs(const rp_record *record) {
    return record->inputs.n;
}

const rp_record_input_info *rp_record_input_at(const rp_record *record, size_t i) {
    assert(i < record->inputs.n);
    return &record->inputs.at[i].info;
}

size_t rp_record_rejects(const rp_record *record) {
    return record->n_rejects;
}

const rp_reject *rp_record_reject_at(const rp_record *record, size_t i) {
    assert(record->sealed && i < record->n_rejects);
    return &record->rejects[i];
}

size_t rp_record_rejected(const rp_record *record, rp_table_id table, bool carried) {
    return record->tables[table].rejected[carried];
}
