/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in their final order, and the ways from a row to what it refers to and to what hangs on it. */
#include "record/record_parts.h"

/* ---- numbering ---- */

enum { OWN = 4 };

static rp_column *column_at(rp_held_table *held, size_t i) {
    rp_column *const own[OWN] = {&held->place, &held->layout, &held->state, &held->link};
    return i < OWN ? own[i] : &held->columns.at[i - OWN];
}

/* One column after the other, through the same memory, so that only one is held twice. */
static bool reorder_all(rp_record *record, rp_held_table *held, const uint32_t *order, size_t n) {
    size_t n_columns = held->columns.n + OWN, widest = 1;
    for (size_t i = 0; i < n_columns; i++) {
        const rp_column *column = column_at(held, i);
        if (column->pieces.at && rp_column_width(column) > widest)
            widest = rp_column_width(column);
    }
    rp_arena *scratch = rp_arena_new(0);
    char *room = scratch ? rp_arena_take_unset(scratch, n, widest) : NULL;
    bool fine = room != NULL;
    for (size_t i = 0; i < n_columns && fine; i++)
        fine = rp_column_reorder(record->arena, room, column_at(held, i), order, n);
    rp_arena_free(scratch);
    return fine;
}

/* Rows that stay in their order: runs of them move down over those that fell. */
static bool close_gaps(rp_record *record, rp_held_table *held) {
    size_t to = 0;
    bool fine = true;
    for (size_t row = 0; row < held->n && fine;) {
        size_t n = 0;
        while (row + n < held->n && rp_row_stands(held, row + n))
            n++;
        for (size_t i = 0; i < held->columns.n + OWN && fine && n && to < row; i++)
            fine = rp_column_move(record->arena, column_at(held, i), to, row, n);
        to += n;
        row += n + 1;
    }
    held->n = to;
    held->fell = 0;
    return fine;
}

/* Rows that fell drop out; the others are numbered group after group. */
bool rp_rows_number(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch) {
    bool stays = record->only_checked && held->id != RP_RESPONSES; /* answers are scored, so they must lie together */
    if (!groups->order || stays)
        return held->fell == 0 || close_gaps(record, held);
    uint32_t *order = rp_arena_take(scratch, groups->n, sizeof *order);
    if (!order)
        return false;
    size_t n = 0;
    bool moved = false;
    for (size_t i = 0; i < groups->n; i++)
        if (rp_row_stands(held, groups->order[i])) {
            moved = moved || groups->order[i] != n;
            order[n++] = groups->order[i];
        }
    if (moved && !reorder_all(record, held, order, n))
        return false;
    held->n = n;
    return true;
}

/* ---- indexing ---- */

/* Does row i have key i, as in every table in which no row fell and no key came again? */
static bool rows_are_keys(const rp_held_table *held, const rp_column *key) {
    bool same = held->n == key->domain->n;
    for (size_t row = 0, run; row < held->n && same; row += run) {
        const void *at;
        run = rp_column_run(key, row, held->n - row, &at);
        const uint32_t *ids = at; /* there, since no row stands without its key */
        for (size_t i = 0; i < run && same; i++)
            same = ids && ids[i] == row + i;
    }
    return same;
}

static bool index_keys(rp_record *record, rp_held_table *held) {
    const rp_column *key = rp_column_of(held, held->roles.key);
    size_t n = key->domain->n;
    held->rows_are_keys = rows_are_keys(held, key);
    if (held->rows_are_keys)
        return true;
    held->row_of_key = rp_arena_take(record->arena, n, sizeof *held->row_of_key);
    if (!held->row_of_key)
        return false;
    memset(held->row_of_key, 0xff, n * sizeof *held->row_of_key);
    for (size_t row = 0, run; row < held->n; row += run) {
        const void *at;
        run = rp_column_run(key, row, held->n - row, &at);
        const uint32_t *ids = at;
        for (size_t i = 0; ids && i < run; i++)
            if (held->row_of_key[ids[i]] == RP_NO_ROW) /* the first, where a key may come again */
                held->row_of_key[ids[i]] = (uint32_t)(row + i);
    }
    return true;
}

/* A table without a key is in its parents' order already: children are runs of rows. */
static bool index_runs(rp_record *record, rp_held_table *held, const rp_column *parent) {
    size_t n = parent->domain->n;
    held->child_starts = rp_arena_take(record->arena, n + 1, sizeof *held->child_starts);
    if (!held->child_starts)
        return false;
    uint32_t before = 0;
    for (size_t row = 0, run; row < held->n; row += run) {
        const void *at;
        run = rp_column_run(parent, row, held->n - row, &at);
        const uint32_t *ids = at; /* there, since a row cannot stand without its parent */
        for (size_t i = 0; ids && i < run; i++)
            while (before < ids[i])
                held->child_starts[++before] = (uint32_t)(row + i);
    }
    while (before < n)
        held->child_starts[++before] = (uint32_t)held->n;
    return true;
}

static bool index_children(rp_record *record, rp_held_table *held, rp_arena *scratch) {
    const rp_column *parent = rp_column_of(held, held->roles.parent);
    if (held->roles.key < 0)
        return index_runs(record, held, parent);
    rp_groups groups;
    if (!rp_rows_group(record, held, held->roles.parent, RP_BY_DATE_AND_KEY, true, scratch, &groups))
        return false;
    held->child_starts = rp_arena_take(record->arena, groups.n_groups + 1, sizeof *held->child_starts);
    if (!held->child_starts)
        return false;
    memcpy(held->child_starts, groups.starts, (groups.n_groups + 1) * sizeof *held->child_starts);
    if (!groups.order)
        return true;
    held->child_at = rp_arena_take(record->arena, groups.n, sizeof *held->child_at);
    if (held->child_at && groups.n)
        memcpy(held->child_at, groups.order, groups.n * sizeof *held->child_at);
    return held->child_at != NULL;
}

bool rp_rows_index(rp_record *record, rp_held_table *held, rp_arena *scratch) {
    bool children = held->roles.parent >= 0 && (!record->only_checked || held->id == RP_RESPONSES);
    return (held->roles.key < 0 || index_keys(record, held)) && (!children || index_children(record, held, scratch));
}

/* ---- reading ---- */

int64_t rp_record_refers(const rp_record *record, rp_table_id table, int column, size_t row) {
    assert(record->sealed && row < record->tables[table].n);
    const rp_held_table *held = &record->tables[table];
    assert(column >= 0 && (size_t)column < held->columns.n);
    const rp_column *from = &held->columns.at[column];
    assert((from->is_key || from->refers >= 0) && !from->dropped);
    const rp_held_table *to = from->is_key ? held : &record->tables[from->refers];
    uint32_t id = rp_column_id(from, row);
    uint32_t found = id == RP_NO_ID ? RP_NO_ROW : rp_row_of_key(to, id);
    return found == RP_NO_ROW ? -1 : (int64_t)found;
}

rp_rows rp_record_children(const rp_record *record, rp_table_id table, size_t parent_row) {
    assert(record->sealed);
    const rp_held_table *held = &record->tables[table];
    assert(held->roles.parent >= 0);
    const rp_held_table *parent = &record->tables[held->columns.at[held->roles.parent].refers];
    assert(parent_row < parent->n);
    size_t id = parent->rows_are_keys ? parent_row : rp_column_id(&parent->columns.at[parent->roles.key], parent_row);
    size_t start = held->child_starts[id], n = held->child_starts[id + 1] - start;
    return (rp_rows){.at = held->children + start, .n = n};
}
