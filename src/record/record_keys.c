/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids in byte order, rows put together by an id, and keys that must not come twice.
 *
 * Ids are first numbered as they arrive. Ranking renumbers each domain in byte order and rewrites the columns that hold
 * it, so that afterwards comparing ids is comparing texts, and grouping rows by an id is a counting sort. */
#include <stdlib.h>

#include "record/record_parts.h"

/* ---- ranking ---- */

typedef struct ranked {
    uint64_t start; /* the first eight bytes, as a number that sorts as they do */
    uint32_t id;
    const char *text;
} ranked;

static uint64_t start_of(const char *text) {
    uint64_t start = 0;
    size_t i = 0;
    for (; i < 8 && text[i]; i++)
        start = start << 8 | (unsigned char)text[i];
    return i ? start << (8 * (8 - i)) : 0;
}

static int by_bytes(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    return a->start != b->start ? (a->start < b->start ? -1 : 1) : strcmp(a->text, b->text);
}

static ranked ranked_name(const rp_domain *domain, size_t id) {
    const char *text = rp_names_text(domain->names, (uint32_t)id);
    return (ranked){.start = start_of(text), .id = (uint32_t)id, .text = text};
}

/* The fixed codes of an open list stay where they are, so that only what follows them counts. */
static bool is_ranked(const rp_domain *domain, size_t fixed, size_t n) {
    bool sorted = true;
    ranked before = {0};
    for (size_t id = fixed; id < n && sorted; id++) {
        ranked here = ranked_name(domain, id);
        sorted = id == fixed || by_bytes(&before, &here) < 0;
        before = here;
    }
    return sorted;
}

/* Names in their order of arrival, each moved back past the few that it should come before: mostly files are nearly in
 * order. False: they are not, and `ids` mean nothing. */
static bool rank_nearly_ranked(const rp_domain *domain, size_t fixed, size_t n, uint32_t *ids) {
    enum { MOVES = 4 }; /* a name, on average: beyond it sorting is faster */
    size_t moves = 0;
    for (size_t id = 0; id < n; id++) {
        const char *text = rp_names_text(domain->names, (uint32_t)id);
        size_t at = id;
        for (; at > fixed && strcmp(text, rp_names_text(domain->names, ids[at - 1])) < 0; at--) {
            if (++moves > MOVES * n)
                return false;
            ids[at] = ids[at - 1];
        }
        ids[at] = (uint32_t)id;
    }
    return true;
}

static bool sort_names(const rp_domain *domain, size_t fixed, size_t n, uint32_t *ids, rp_arena *scratch) {
    ranked *list = rp_arena_take(scratch, n, sizeof *list);
    if (!list)
        return false;
    for (size_t id = 0; id < n; id++)
        list[id] = ranked_name(domain, id);
    qsort(list + fixed, n - fixed, sizeof *list, by_bytes);
    for (size_t i = 0; i < n; i++)
        ids[i] = list[i].id;
    return true;
}

static void renumber_column(const rp_column *column, size_t n, const uint32_t *rank) {
    for (size_t row = 0, run; row < n; row += run) {
        const void *at;
        run = rp_column_run(column, row, n - row, &at);
        uint32_t *ids = rp_column_at(column, row);
        for (size_t i = 0; ids && i < run; i++)
            if (ids[i] != RP_NO_ID)
                ids[i] = rank[ids[i]];
    }
}

static bool grow_fallen(rp_record *record, rp_held_table *held, size_t n) {
    if (!held->fallen || held->fallen_room >= n)
        return true;
    uint8_t *fresh = rp_arena_take(record->arena, n, 1);
    if (!fresh)
        return false;
    memcpy(fresh, held->fallen, held->fallen_room);
    held->fallen = fresh;
    held->fallen_room = n;
    return true;
}

static bool renumber_fallen(rp_held_table *held, size_t n, const uint32_t *rank, rp_arena *scratch) {
    if (!held->fallen)
        return true;
    uint8_t *old = rp_arena_take(scratch, held->fallen_room, 1);
    if (!old)
        return false;
    memcpy(old, held->fallen, held->fallen_room);
    memset(held->fallen, 0, held->fallen_room);
    for (size_t id = 0; id < n; id++)
        if (old[id])
            held->fallen[rank[id]] = 1;
    return true;
}

static bool rank_domain(rp_record *record, rp_domain *domain, rp_arena *scratch) {
    size_t fixed = domain->codes ? domain->codes->n : 0;
    if (is_ranked(domain, fixed, domain->n))
        return true;
    uint32_t *rank = rp_arena_take_unset(scratch, domain->n, sizeof *rank);
    uint32_t *by_rank = domain->by_rank = rp_arena_take_unset(record->arena, domain->n, sizeof *by_rank);
    if (!rank || !by_rank ||
        (!rank_nearly_ranked(domain, fixed, domain->n, by_rank) &&
         !sort_names(domain, fixed, domain->n, by_rank, scratch)))
        return false;
    for (size_t i = 0; i < domain->n; i++)
        rank[by_rank[i]] = (uint32_t)i;
    for (int t = 0; t < RP_TABLES; t++) {
        rp_held_table *held = &record->tables[t];
        for (size_t c = 0; c < held->columns.n; c++)
            if (held->columns.at[c].domain == domain)
                renumber_column(&held->columns.at[c], held->n, rank);
        if (domain->table == t &&
            (!grow_fallen(record, held, domain->n) || !renumber_fallen(held, domain->n, rank, scratch)))
            return false;
    }
    return true;
}

bool rp_domains_rank(rp_record *record) {
    bool fine = true;
    for (size_t i = 0; i < record->domains.n && fine; i++) {
        record->domains.at[i]->n = rp_names_count(record->domains.at[i]->names);
        rp_names_settle(record->domains.at[i]->names);
        if (record->only_checked && record->domains.at[i]->table >= 0)
            continue; /* checking goes by keys, whatever their order */
        rp_arena *scratch = rp_arena_new(0);
        fine = scratch && rank_domain(record, record->domains.at[i], scratch);
        rp_arena_free(scratch);
    }
    return fine;
}

/* ---- grouping ---- */

typedef struct comparing {
    const rp_record *record;
    const rp_held_table *held;
    const rp_column *date, *occasion, *key; /* NULL: does not count */
} comparing;

static int by_number(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_rows(const comparing *c, uint32_t a, uint32_t b) {
    int order = c->date ? by_number(rp_column_when(c->date, a), rp_column_when(c->date, b)) : 0;
    if (order == 0 && c->occasion)
        order = by_number(rp_column_when(c->occasion, a), rp_column_when(c->occasion, b));
    if (order == 0 && c->key)
        order = by_number(rp_column_id(c->key, a), rp_column_id(c->key, b));
    if (order != 0)
        return order;
    uint32_t x = rp_column_id(&c->held->place, a), y = rp_column_id(&c->held->place, b);
    if (x != y && rp_spot_before(c->record, x, y))
        return -1;
    if (x != y && rp_spot_before(c->record, y, x))
        return 1;
    return by_number(a, b); /* the order of the cells in their line */
}

static int by_row(const void *a, const void *b, void *context) {
    return compare_rows(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

static const rp_column *column_or_null(const rp_held_table *held, int column) {
    return column < 0 ? NULL : &held->columns.at[column];
}

static comparing comparing_of(const rp_record *record, const rp_held_table *held, rp_group_order how) {
    comparing c = {.record = record, .held = held};
    if (how != RP_BY_PLACE) {
        c.date = column_or_null(held, held->roles.date);
        c.occasion = column_or_null(held, held->roles.occasion);
    }
    if (how == RP_BY_DATE_AND_KEY)
        c.key = column_or_null(held, held->roles.key);
    return c;
}

static void sort_groups(const comparing *c, const rp_groups *groups) {
    for (size_t g = 0; g < groups->n_groups; g++) {
        uint32_t *first = groups->order + groups->starts[g];
        size_t n = groups->starts[g + 1] - groups->starts[g];
        bool sorted = true;
        for (size_t i = 1; i < n && sorted; i++)
            sorted = compare_rows(c, first[i - 1], first[i]) < 0;
        if (!sorted)
            qsort_r(first, n, sizeof *first, by_row, (void *)(uintptr_t)c);
    }
}

static bool is_in(const rp_held_table *held, size_t row, bool counting) {
    return counting ? rp_row_counts(held, row) : rp_row_stands(held, row);
}

/* Rows that stand in the order wanted already, and none that is left out: their groups are runs. Fills the starts as it
 * goes. False: they are not, and the starts mean nothing. */
static bool find_runs(const comparing *c, const rp_column *by, bool counting, rp_groups *out) {
    uint32_t before = 0; /* the last group begun */
    for (size_t row = 0, n; row < c->held->n; row += n) {
        const void *at, *state_at;
        n = rp_column_run(by, row, c->held->n - row, &at);
        n = rp_column_run(&c->held->state, row, n, &state_at);
        const uint32_t *ids = at;
        if (!ids)
            return false;
        for (size_t i = 0; i < n; i++) {
            if ((state_at && !is_in(c->held, row + i, counting)) || ids[i] < before)
                return false;
            if (row + i && ids[i] == before && compare_rows(c, (uint32_t)(row + i - 1), (uint32_t)(row + i)) >= 0)
                return false;
            while (before < ids[i])
                out->starts[++before] = (uint32_t)(row + i);
        }
    }
    while (before < out->n_groups)
        out->starts[++before] = (uint32_t)c->held->n;
    out->n = c->held->n;
    return true;
}

/* A counting sort by group, then each group by itself. */
static bool sort_rows(const comparing *c, const rp_column *by, bool counting, rp_arena *scratch, rp_groups *out) {
    const rp_held_table *held = c->held;
    out->order = rp_arena_take(scratch, held->n, sizeof *out->order);
    if (!out->order)
        return false;
    memset(out->starts, 0, (out->n_groups + 2) * sizeof *out->starts);
    /* Counted two places on, summed, then moved on by one as they are filled: starts without a second array. */
    for (size_t row = 0; row < held->n; row++)
        if (is_in(held, row, counting)) {
            out->starts[(by ? rp_column_id(by, row) : 0) + 2]++;
            out->n++;
        }
    for (size_t g = 2; g < out->n_groups + 2; g++)
        out->starts[g] += out->starts[g - 1];
    for (size_t row = 0; row < held->n; row++)
        if (is_in(held, row, counting))
            out->order[out->starts[(by ? rp_column_id(by, row) : 0) + 1]++] = (uint32_t)row;
    sort_groups(c, out);
    return true;
}

bool rp_rows_group(const rp_record *record, const rp_held_table *held, int column, rp_group_order how, bool counting,
                   rp_arena *scratch, rp_groups *out) {
    const rp_column *by = column_or_null(held, column);
    *out = (rp_groups){.n_groups = by ? by->domain->n : 1};
    out->starts = rp_arena_take(scratch, out->n_groups + 2, sizeof *out->starts);
    if (!out->starts)
        return false;
    const comparing c = comparing_of(record, held, how);
    return (by && find_runs(&c, by, counting, out)) || sort_rows(&c, by, counting, scratch, out);
}

/* ---- keys ---- */

static bool same_from(const rp_held_table *held, uint32_t a, uint32_t b) {
    const rp_column *from = &held->columns.at[held->roles.date];
    return rp_column_when(from, a) == rp_column_when(from, b);
}

/* The first row of a key, by place, holds it; a later one falls. Where a key may come again, only the same from-date
 * makes a duplicate. */
bool rp_keys_check(rp_record *record, rp_held_table *held, const rp_groups *groups) {
    int key = held->roles.key;
    bool fine = true;
    for (size_t g = 0; g < groups->n_groups; g++) {
        uint32_t holder =
            groups->starts[g] < groups->starts[g + 1] ? rp_group_row(groups, groups->starts[g]) : RP_NO_ROW;
        for (size_t i = groups->starts[g] + (size_t)1; i < groups->starts[g + 1] && fine; i++) {
            uint32_t row = rp_group_row(groups, i);
            if (held->def->many_per_key && !same_from(held, holder, row)) {
                holder = row;
                continue;
            }
            uint32_t spot = rp_column_id(&held->place, holder);
            rp_row_fault(record, held, row, key, RP_FAULT_ROW, RP_RULE_KEY_DUPLICATE,
                         "%s '%s' was given before%s, in %s line %u.", held->columns.at[key].name,
                         rp_domain_text(held->columns.at[key].domain, (uint32_t)g),
                         held->def->many_per_key ? " from the same date" : "", rp_path_name(rp_spot_file(record, spot)),
                         (unsigned)rp_spot_at(record, spot).line);
            fine = rp_row_fall(record, held, row, RP_RULE_KEY_DUPLICATE, false, false);
        }
    }
    return fine;
}
