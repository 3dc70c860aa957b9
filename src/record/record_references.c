/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References: what a row names must be there. Tables are sealed in an order in which each refers only to those before
 * it or to itself, so that a row's fate is known before its children's.
 *
 * A row falls by itself where it names what was never given; it is carried where what it hangs on (its parent) fell.
 * Where it names another row that fell - the practitioner of a contact - it stays, and the reference leads nowhere: the
 * row has no fault of its own, and its parent is there. */
#include "record/record_parts.h"

typedef enum target { TARGET_THERE, TARGET_FELL, TARGET_NEVER, TARGET_NOT_CHECKED } target;

typedef struct checking {
    rp_record *record;
    rp_held_table *held;
    const rp_groups *groups;   /* by this table's own key, where it has one */
    RP_VEC(uint32_t) doubtful; /* rows with a reference that is not plainly right */
    size_t n_loose[32];        /* by column: rows that name a row that fell */
    uint32_t loose[32];        /* the first of them */
} checking;

static const rp_held_table *target_table(const checking *c, int column) {
    return &c->record->tables[c->held->columns.at[column].refers];
}

static bool has_fallen(const rp_held_table *held, uint32_t id) {
    return id < held->fallen_room && held->fallen[id];
}

/* A row of this very table with that key: the first that stands, or RP_NO_ROW. */
static uint32_t own_row(const checking *c, uint32_t id) {
    for (size_t i = c->groups->starts[id]; i < c->groups->starts[id + 1]; i++)
        if (rp_row_stands(c->held, rp_group_row(c->groups, i)))
            return rp_group_row(c->groups, i);
    return RP_NO_ROW;
}

static uint32_t target_row(const checking *c, int column, uint32_t id) {
    const rp_held_table *to = target_table(c, column);
    return to == c->held ? own_row(c, id) : rp_row_of_key(to, id);
}

static target find_target(const checking *c, int column, uint32_t id) {
    const rp_held_table *to = target_table(c, column);
    if (target_row(c, column, id) != RP_NO_ROW)
        return TARGET_THERE;
    if (has_fallen(to, id))
        return TARGET_FELL;
    if (to->offered == 0 && !rp_schema_must_be_there(&c->held->def->columns[column]))
        return TARGET_NOT_CHECKED;
    return TARGET_NEVER;
}

/* Both this row and the one that it names in the column hang on rows of one table. */
static bool must_agree(const checking *c, int column) {
    const rp_held_table *to = target_table(c, column);
    int mine = c->held->roles.parent, theirs = to->roles.parent;
    return column != mine && mine >= 0 && theirs >= 0 &&
           c->held->columns.at[mine].refers == to->columns.at[theirs].refers;
}

/* Then they must hang on the same one. */
static bool agrees(checking *c, size_t row, int column, uint32_t id) {
    const rp_held_table *to = target_table(c, column);
    int mine = c->held->roles.parent, theirs = to->roles.parent;
    if (!must_agree(c, column))
        return true;
    uint32_t other = rp_column_id(&to->columns.at[theirs], target_row(c, column, id));
    uint32_t own = rp_column_id(&c->held->columns.at[mine], row);
    if (own == other)
        return true;
    const rp_domain *parents = c->held->columns.at[mine].domain;
    rp_row_fault(c->record, c->held, row, column, RP_FAULT_ROW, RP_RULE_REFERENCE_MISMATCH,
                 "%s names '%s', whose %s is '%s'; this row's is '%s'.", c->held->def->columns[column].name,
                 rp_domain_text(c->held->columns.at[column].domain, id), to->def->columns[theirs].name,
                 rp_domain_text(parents, other), rp_domain_text(parents, own));
    return false;
}

static void tell_missing(checking *c, size_t row, int column, uint32_t id) {
    rp_row_fault(c->record, c->held, row, column, RP_FAULT_ROW, RP_RULE_REFERENCE_MISSING,
                 "%s names '%s', which is not in %s.", c->held->def->columns[column].name,
                 rp_domain_text(c->held->columns.at[column].domain, id), target_table(c, column)->def->name);
}

static void note_loose(checking *c, size_t row, int column) {
    uint32_t spot = rp_column_id(&c->held->place, row);
    if (c->n_loose[column]++ == 0 || rp_spot_before(c->record, spot, c->loose[column]))
        c->loose[column] = spot;
}

/* The row's faults in one reference: the rule that it breaks, or NULL. */
static const char *check_reference(checking *c, size_t row, int column, bool own_table, target *parent) {
    uint32_t id = rp_column_id(&c->held->columns.at[column], row);
    if (id == RP_NO_ID || (target_table(c, column) == c->held) != own_table)
        return NULL;
    target found = find_target(c, column, id);
    if (column == c->held->roles.parent) {
        *parent = found;
        if (found == TARGET_NEVER && target_table(c, column)->offered == 0)
            return NULL; /* told once for the table */
    }
    if (found == TARGET_NEVER) {
        tell_missing(c, row, column, id);
        return RP_RULE_REFERENCE_MISSING;
    }
    if (found == TARGET_THERE && !agrees(c, row, column, id))
        return RP_RULE_REFERENCE_MISMATCH;
    return NULL;
}

static bool carry(checking *c, size_t row) {
    uint32_t spot = rp_column_id(&c->held->place, row);
    if (c->held->carried_first == RP_NO_ROW || rp_spot_before(c->record, spot, c->held->carried_first))
        c->held->carried_first = spot;
    return rp_row_fall(c->record, c->held, row, RP_RULE_CARRIED, true, false);
}

static bool check_row(checking *c, size_t row, bool own_table) {
    const char *rule = NULL;
    target parent = TARGET_THERE;
    for (size_t i = 0; i < c->held->def->n_columns; i++)
        if (c->held->def->columns[i].refers >= 0) {
            const char *broken = check_reference(c, row, (int)i, own_table, &parent);
            rule = rule ? rule : broken;
        }
    if (rule)
        return rp_row_fall(c->record, c->held, row, rule, false, false);
    if (parent == TARGET_FELL || parent == TARGET_NEVER) {
        c->held->parent_absent = c->held->parent_absent || parent == TARGET_NEVER;
        return carry(c, row);
    }
    return true;
}

static bool check_rows(checking *c, bool own_table) {
    bool fine = true;
    for (size_t i = 0; i < c->doubtful.n && fine; i++)
        if (rp_row_stands(c->held, c->doubtful.at[i]))
            fine = check_row(c, c->doubtful.at[i], own_table);
    return fine;
}

/* When all have fallen that will: the rows that stand and name one that fell. */
static void note_rows(checking *c) {
    for (size_t d = 0; d < c->doubtful.n; d++)
        for (size_t i = 0; i < c->held->def->n_columns && rp_row_stands(c->held, c->doubtful.at[d]); i++) {
            size_t row = c->doubtful.at[d];
            uint32_t id = c->held->def->columns[i].refers < 0 ? RP_NO_ID : rp_column_id(&c->held->columns.at[i], row);
            if (id != RP_NO_ID && find_target(c, (int)i, id) == TARGET_FELL)
                note_loose(c, row, (int)i);
        }
    for (size_t i = 0; i < c->held->def->n_columns; i++)
        if (c->n_loose[i])
            rp_spot_fault(c->record, c->loose[i], RP_FAULT_NOTE, RP_RULE_REFERENCE_REJECTED,
                          "Rows of %s whose %s names a row of %s that was rejected: %zu. They stay; this is the first.",
                          c->held->def->name, c->held->def->columns[i].name, target_table(c, (int)i)->def->name,
                          c->n_loose[i]);
}

static void tell_carried(const checking *c) {
    const rp_held_table *held = c->held;
    if (held->carried_first == RP_NO_ROW)
        return;
    const rp_table_def *parent = target_table(c, held->roles.parent)->def;
    if (held->parent_absent)
        rp_faults_add(c->record->faults, RP_FAULT_FILE, rp_spot_file(c->record, held->carried_first), 0, 0,
                      RP_RULE_TABLE_MISSING, "%s needs %s, and no %s were given.", held->def->name, parent->name,
                      parent->name);
    rp_spot_fault(c->record, held->carried_first, RP_FAULT_ROW, RP_RULE_CARRIED,
                  "Rows of %s left out because the row of %s that they hang on was rejected or not given: %zu. This is "
                  "the first.",
                  held->def->name, parent->name, held->rejected[true]);
}

/* ---- which rows need a look ---- */

/* Marks the rows of a slice that name what is not there, or what hangs elsewhere. */
static void mark_column(const checking *c, int column, size_t first, size_t n, uint8_t *doubt) {
    const rp_column *from = &c->held->columns.at[column];
    const rp_held_table *to = target_table(c, column);
    const rp_column *mine = must_agree(c, column) ? &c->held->columns.at[c->held->roles.parent] : NULL;
    const rp_column *theirs = mine ? &to->columns.at[to->roles.parent] : NULL;
    for (size_t i = 0, run; i < n; i += run) {
        const void *at;
        run = rp_column_run(from, first + i, n - i, &at);
        const uint32_t *ids = at;
        for (size_t k = 0; ids && k < run; k++) {
            uint32_t row = ids[k] == RP_NO_ID ? RP_NO_ROW : to == c->held ? RP_NO_ROW : rp_row_of_key(to, ids[k]);
            if (row == RP_NO_ROW)
                doubt[i + k] |= ids[k] != RP_NO_ID;
            else if (mine)
                doubt[i + k] |= rp_column_id(mine, first + i + k) != rp_column_id(theirs, row);
        }
    }
}

/* Rows that stand and name nothing, or what is there, are right; rows that name others of their own table are looked
 * at in any case. */
static bool find_doubtful(checking *c, rp_arena *scratch) {
    enum { SLICE = 4096 };
    uint8_t doubt[SLICE];
    for (size_t first = 0; first < c->held->n; first += SLICE) {
        size_t n = c->held->n - first < SLICE ? c->held->n - first : SLICE;
        memset(doubt, 0, n);
        for (size_t i = 0; i < c->held->def->n_columns; i++)
            if (c->held->def->columns[i].refers >= 0)
                mark_column(c, (int)i, first, n, doubt);
        for (size_t i = 0; i < n; i++) {
            uint32_t *place = doubt[i] ? rp_vec_push(scratch, &c->doubtful) : NULL;
            if (doubt[i] && !place)
                return false;
            if (place)
                *place = (uint32_t)(first + i);
        }
    }
    return true;
}

bool rp_references_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch) {
    assert(held->def->n_columns <= 32);
    checking c = {.record = record, .held = held, .groups = groups};
    if (!find_doubtful(&c, scratch) || !check_rows(&c, false) || !check_rows(&c, true))
        return false;
    note_rows(&c);
    tell_carried(&c);
    return true;
}

/* ---- what supersedes what ---- */

typedef struct following {
    rp_record *record;
    rp_held_table *held;
    const rp_groups *groups;
    int column;
    uint32_t *walk; /* by row: the walk that came by, from 1 */
} following;

/* The row that this one supersedes, or RP_NO_ROW. */
static uint32_t superseded_by(const following *f, uint32_t row) {
    const checking c = {.record = f->record, .held = f->held, .groups = f->groups};
    uint32_t id = rp_column_id(&f->held->columns.at[f->column], row);
    return id == RP_NO_ID ? RP_NO_ROW : own_row(&c, id);
}

/* Every row of the circle that begins and ends at `row` falls. */
static bool break_circle(const following *f, uint32_t row) {
    const rp_column *column = &f->held->columns.at[f->column];
    uint32_t at = row;
    do {
        rp_row_fault(f->record, f->held, at, f->column, RP_FAULT_ROW, RP_RULE_SUPERSEDES_CYCLE,
                     "supersedes names '%s', and so on round in a circle, back to this row.",
                     rp_domain_text(column->domain, rp_column_id(column, at)));
        at = superseded_by(f, at);
    } while (at != row);
    bool fine = true;
    while (fine && at != RP_NO_ROW) {
        uint32_t next = superseded_by(f, at); /* RP_NO_ROW where that has fallen: once round */
        fine = rp_row_fall(f->record, f->held, at, RP_RULE_SUPERSEDES_CYCLE, false, false);
        at = next == row && !rp_row_stands(f->held, row) ? RP_NO_ROW : next;
    }
    return fine;
}

/* Walks the chains; one that meets itself is a circle. */
static bool find_circles(const following *f) {
    bool fine = true;
    for (uint32_t start = 0; start < f->held->n && fine; start++) {
        uint32_t at = start;
        while (at != RP_NO_ROW && rp_row_stands(f->held, at) && f->walk[at] == 0) {
            f->walk[at] = start + 1;
            at = superseded_by(f, at);
        }
        if (at != RP_NO_ROW && rp_row_stands(f->held, at) && f->walk[at] == start + 1)
            fine = break_circle(f, at);
    }
    return fine;
}

bool rp_supersedes_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch) {
    following f = {
        .record = record, .held = held, .groups = groups, .column = rp_schema_column(RP_ADMINISTRATIONS, "supersedes")};
    if (!held->columns.at[f.column].pieces.at)
        return true;
    f.walk = rp_arena_take(scratch, held->n, sizeof *f.walk);
    if (!f.walk || !find_circles(&f))
        return false;
    bool fine = true;
    for (uint32_t row = 0; row < held->n && fine; row++) {
        uint32_t other = rp_row_stands(held, row) ? superseded_by(&f, row) : RP_NO_ROW;
        if (other != RP_NO_ROW)
            fine = rp_column_put(record->arena, &held->state, other, (rp_held){.truth = RP_ROW_SUPERSEDED});
    }
    return fine;
}
