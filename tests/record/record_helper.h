/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the record share: a record with two inputs, and rows written as lines of a file would be. Each test
 * program includes it once, after cmocka. */
#ifndef RECORD_HELPER_H
#define RECORD_HELPER_H

#include <stdlib.h>
#include <string.h>

#include "rapport/record.h"

/* Any files will do as inputs: only their names and digests matter here. */
#define FIRST_INPUT  "include/rapport/record.h"
#define SECOND_INPUT "include/rapport/base.h"

typedef struct world {
    rp_arena *arena;
    rp_instruments *instruments;
    rp_faults *faults;
    rp_record *record;
    rp_error error;
} world;

static inline void add_instrument(world *w, const char *name, const char *text) {
    char bytes[4096];
    size_t n = strlen(text);
    assert_true(n < sizeof bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = text[i] == '\'' ? '"' : text[i];
    json_t *definition = rp_json_parse(bytes, n, name, &w->error);
    if (!definition || !rp_instruments_add_inline(w->instruments, name, definition, "test", &w->error))
        fail_msg("%s: %s", name, w->error.message);
    json_decref(definition);
}

static inline bool world_make(world *w) {
    uint32_t input = 0;
    w->record = rp_record_new(w->arena, w->instruments, w->faults);
    if (!w->record)
        return rp_fail_memory(&w->error);
    return rp_record_input(w->record, FIRST_INPUT, RP_UTF_8, &input, &w->error) && input == 0 &&
           rp_record_input(w->record, SECOND_INPUT, RP_UTF_8, &input, &w->error) && input == 1;
}

/* With an instrument "three": three answers from 0 to 3; one may be missing of its total, none of its pair. */
static inline world begin(void) {
    world w = {.arena = rp_arena_new(0)};
    assert_non_null(w.arena);
    w.instruments = rp_instruments_new(w.arena, &w.error);
    assert_non_null(w.instruments);
    add_instrument(&w, "three",
                   "{'version': '1', 'title': 'Three questions', 'short_title': 'THREE', 'kind': 'outcome',"
                   " 'items': {'count': 3, 'lowest': 0, 'highest': 3},"
                   " 'scales': {'total': {'title': 'Total', 'items': [1, 2, 3], 'higher_is_worse': true,"
                   "                      'missing': {'rule': 'prorate', 'may_miss': 1}},"
                   "            'pair': {'title': 'First two', 'items': [1, 2], 'higher_is_worse': true}}}");
    w.faults = rp_faults_new(w.arena, 1000);
    assert_non_null(w.faults);
    if (!world_make(&w))
        fail_msg("%s", w.error.message);
    return w;
}

static inline void end(world *w) {
    rp_arena_free(w->arena);
}

enum { MOST_CELLS = 64 };

/* Cells from "column=value|column=value": cell after cell in one line, with a comma between. */
static inline size_t cells_of(rp_record *record, rp_table_id table, const char *text, uint32_t line, rp_cell *cells) {
    memset(cells, 0, MOST_CELLS * sizeof *cells);
    uint32_t at = 1;
    while (*text) {
        const char *equals = strchr(text, '='), *bar = equals + strcspn(equals, "|");
        char name[64] = "";
        assert_true((size_t)(equals - text) < sizeof name);
        memcpy(name, text, (size_t)(equals - text));
        int column = rp_record_column(record, table, name);
        if (column < 0)
            fail_msg("no column %s", name);
        rp_text value = {equals + 1, (size_t)(bar - equals - 1)};
        cells[column] = (rp_cell){.text = value, .line = line, .column = at};
        at += (uint32_t)value.n + 1;
        text = *bar ? bar + 1 : bar;
    }
    return rp_record_columns(record, table);
}

static inline rp_put put_at(world *w, uint32_t input, uint32_t line, rp_table_id table, const char *text) {
    rp_cell cells[MOST_CELLS];
    size_t n = cells_of(w->record, table, text, line, cells);
    return rp_record_add(w->record, table, cells, n, (rp_place){{input, line}, line * 100, 50}, &w->error);
}

static inline void kept(world *w, uint32_t line, rp_table_id table, const char *text) {
    size_t before = rp_faults_kept(w->faults);
    rp_put put = put_at(w, 0, line, table, text);
    if (put != RP_PUT_KEPT)
        fail_msg("%s: %s", text,
                 rp_faults_kept(w->faults) > before ? rp_faults_at(w->faults, before)->message : "not kept");
}

static inline void seal(world *w) {
    if (!rp_record_seal(w->record, &w->error))
        fail_msg("%s", w->error.message);
}

/* The only fault of that rule. */
static inline const rp_fault *fault_of(const world *w, const char *rule) {
    const rp_fault *found = NULL;
    for (size_t i = 0; i < rp_faults_kept(w->faults); i++) {
        const rp_fault *one = rp_faults_at(w->faults, i);
        if (strcmp(one->rule, rule) != 0)
            continue;
        if (found)
            fail_msg("two faults of rule %s: %s / %s", rule, found->message, one->message);
        found = one;
    }
    if (!found)
        fail_msg("no fault of rule %s", rule);
    return found;
}

static inline void assert_fault(const world *w, const char *rule, rp_fault_level level, const char *file, int64_t line,
                                int64_t column, const char *part) {
    const rp_fault *fault = fault_of(w, rule);
    if (fault->level != level || strcmp(fault->file, file) != 0 || fault->line != line || fault->column != column ||
        !strstr(fault->message, part))
        fail_msg("%s: got level %d, %s:%d:%d: %s", rule, (int)fault->level, fault->file, (int)fault->line,
                 (int)fault->column, fault->message);
}

/* The row whose key or first column has this text. */
static inline size_t row_of(const world *w, rp_table_id table, const char *id) {
    for (size_t i = 0; i < rp_record_rows(w->record, table); i++)
        if (strcmp(rp_record_id_text(w->record, table, 0, i), id) == 0)
            return i;
    fail_msg("no row %s in %s", id, rp_schema_table(table)->name);
    return 0;
}

static inline int column(rp_table_id table, const char *name) {
    int found = rp_schema_column(table, name);
    assert_true(found >= 0);
    return found;
}

#endif
