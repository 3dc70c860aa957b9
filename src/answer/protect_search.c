/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there a set of few people in the span of what is shown?
 *
 * Such a set is a 0/1 vector that is zero on every group of `smallest` people or more. Vectors of the span that are
 * zero there are sums of the rows whose pivots lie beyond; as each such row alone is not zero at its pivot, its factor
 * is the sum's value there, 0 or 1. So the sets are among the plain sums of those rows: a tree of taking a row or
 * leaving it. Three cuts keep the tree small: columns that no row tells apart count as one, and a row whose pivot then
 * has too many people is left; rows that share no column are searched apart; and a column that no later row touches is
 * settled, so that a value other than 0 and 1, or too many people, ends the branch. */
#include <string.h>

#include "answer/protect.h"

enum { SEARCH_LIMIT_STEPS = 1 << 14 };

static bool same_column(const rp_search *s, size_t a, size_t b) {
    for (size_t r = 0; r < s->n_rows; r++) {
        const uint64_t *row = s->span->rows[s->rows[r]].at;
        if (row[a] != row[b])
            return false;
    }
    return true;
}

/* The column that place c belongs to, made when it is unlike all so far. */
static size_t column_for(rp_search *s, size_t c, uint64_t mark) {
    size_t i = mark & (s->table_size - 1);
    for (; s->table[i]; i = (i + 1) & (s->table_size - 1)) {
        size_t k = s->table[i] - 1;
        if (s->columns[k].mark == mark && same_column(s, s->columns[k].at, c))
            return k;
    }
    s->columns[s->n_columns] = (rp_search_column){.mark = mark, .at = c};
    s->table[i] = ++s->n_columns;
    return s->n_columns - 1;
}

/* Columns of few people; those that are alike become one. */
static void gather_columns(rp_search *s) {
    const rp_span *span = s->span;
    memset(s->table, 0, s->table_size * sizeof *s->table);
    s->n_columns = 0;
    for (size_t c = span->n_large; c < span->n_people; c++) {
        uint64_t mark = 0;
        for (size_t r = 0; r < s->n_rows; r++)
            mark = ((mark ^ span->rows[s->rows[r]].at[c]) * UINT64_C(0x9E3779B97F4A7C15)) ^ (mark >> 29);
        mark ^= mark >> 32;
        s->column_of[c] = column_for(s, c, mark);
        rp_search_column *column = &s->columns[s->column_of[c]];
        column->people += span->people[c];
        column->split = rp_mod_add(column->split, span->split[c]);
    }
}

static void gather_rows(rp_search *s) {
    const rp_span *span = s->span;
    s->n_rows = 0;
    for (size_t r = 0; r < span->n_rows; r++)
        if (span->rows[r].pivot >= span->n_large && span->rows[r].pivot < span->n_people)
            s->rows[s->n_rows++] = r;
}

/* Rows whose pivot stands for `smallest` people or more cannot be part of a small set. true: some were dropped. */
static bool drop_heavy_rows(rp_search *s) {
    size_t kept = 0, before = s->n_rows;
    for (size_t r = 0; r < s->n_rows; r++) {
        size_t pivot = s->span->rows[s->rows[r]].pivot;
        if (s->columns[s->column_of[pivot]].people < s->span->smallest)
            s->rows[kept++] = s->rows[r];
    }
    s->n_rows = kept;
    memset(s->seen, 0, kept * sizeof *s->seen);
    return kept < before;
}

/* The rows that hang together with row `start` through columns, breadth first. */
static void component(rp_search *s, size_t first) {
    s->n_order = 0;
    s->order[s->n_order++] = first;
    s->seen[first] = true;
    for (size_t c = 0; c < s->n_columns; c++)
        s->columns[c].spread = false;
    for (size_t i = 0; i < s->n_order; i++)
        for (size_t c = 0; c < s->n_columns; c++) {
            if (s->columns[c].spread || !rp_search_entry(s, s->order[i], c))
                continue;
            s->columns[c].spread = true;
            for (size_t r = 0; r < s->n_rows; r++)
                if (!s->seen[r] && rp_search_entry(s, r, c)) {
                    s->seen[r] = true;
                    s->order[s->n_order++] = r;
                }
        }
}

/* Sorts columns by the step that settles them (counting sort); untouched ones come first. */
static void settle_columns(rp_search *s) {
    memset(s->step_ends, 0, sizeof *s->step_ends * (s->n_order + 1));
    for (size_t c = 0; c < s->n_columns; c++) {
        s->sum[c] = 0;
        s->columns[c].settled = 0;
        for (size_t i = 0; i < s->n_order; i++)
            if (rp_search_entry(s, s->order[i], c))
                s->columns[c].settled = i + 1;
        s->step_ends[s->columns[c].settled]++;
    }
    size_t before = 0;
    for (size_t step = 0; step <= s->n_order; step++) {
        size_t n = s->step_ends[step];
        s->step_ends[step] = before;
        before += n;
    }
    for (size_t c = 0; c < s->n_columns; c++)
        s->by_step[s->step_ends[s->columns[c].settled]++] = c;
}

/* People in the columns that row i settles, or -1 where one of them is neither in nor out. */
static int64_t settled_people(const rp_search *s, size_t i) {
    int64_t people = 0;
    for (size_t k = s->step_ends[i]; k < s->step_ends[i + 1]; k++) {
        size_t c = s->by_step[k];
        if (s->sum[c] > 1)
            return -1;
        if (s->sum[c] == 1)
            people += s->columns[c].people;
    }
    return people;
}

static void take(rp_search *s, size_t i, bool back) {
    for (size_t c = 0; c < s->n_columns; c++) {
        uint64_t e = rp_search_entry(s, s->order[i], c);
        if (e)
            s->sum[c] = back ? rp_mod_sub(s->sum[c], e) : rp_mod_add(s->sum[c], e);
    }
}

/* All columns are in or out: do those that are in cut through a cell? */
static bool cuts_a_cell(const rp_search *s) {
    uint64_t split = 0;
    for (size_t c = 0; c < s->n_columns; c++)
        if (s->sum[c] == 1)
            split = rp_mod_add(split, s->columns[c].split);
    return split != 0;
}

/* From row i of the component on, with `people` in the columns settled so far. */
static bool found(rp_search *s, size_t i, int64_t people) {
    if (++s->steps > SEARCH_LIMIT_STEPS)
        return true;
    if (i == s->n_order)
        return people > 0 && cuts_a_cell(s);
    bool hit = false;
    for (int taken = 1; taken >= 0 && !hit; taken--) {
        if (taken)
            take(s, i, false);
        int64_t more = settled_people(s, i);
        if (more >= 0 && people + more < s->span->smallest)
            hit = found(s, i + 1, people + more);
        if (taken)
            take(s, i, true);
    }
    return hit;
}

static rp_search *search_of(rp_span *span) {
    if (span->search)
        return span->search;
    rp_arena *arena = span->arena;
    size_t n = span->n_columns;
    rp_search *s = rp_arena_take(arena, 1, sizeof *s);
    if (!s)
        return NULL;
    s->table_size = 4;
    while (s->table_size < 2 * n)
        s->table_size *= 2;
    s->rows = rp_arena_take(arena, n, sizeof *s->rows);
    s->order = rp_arena_take(arena, n, sizeof *s->order);
    s->seen = rp_arena_take(arena, n, sizeof *s->seen);
    s->columns = rp_arena_take(arena, n, sizeof *s->columns);
    s->column_of = rp_arena_take(arena, n, sizeof *s->column_of);
    s->table = rp_arena_take(arena, s->table_size, sizeof *s->table);
    s->sum = rp_arena_take(arena, n, sizeof *s->sum);
    s->by_step = rp_arena_take(arena, n, sizeof *s->by_step);
    s->step_ends = rp_arena_take(arena, n + 1, sizeof *s->step_ends);
    if (!s->rows || !s->order || !s->seen || !s->columns || !s->column_of || !s->table || !s->sum || !s->by_step ||
        !s->step_ends)
        return NULL;
    s->span = span;
    span->search = s;
    return s;
}

bool rp_span_reveals(rp_span *span) {
    rp_search *s = search_of(span);
    if (!s) {
        span->no_memory = true;
        return true;
    }
    s->steps = 0;
    gather_rows(s);
    do
        gather_columns(s);
    while (drop_heavy_rows(s)); /* with fewer rows more columns are alike */
    for (size_t r = 0; r < s->n_rows; r++) {
        if (s->seen[r] || !span->rows[s->rows[r]].changed)
            continue;
        component(s, r);
        rp_met met = rp_search_meet(s);
        if (met == RP_MET_TOO_MANY)
            settle_columns(s);
        if (met == RP_MET_SOME || (met == RP_MET_TOO_MANY && found(s, 0, 0)))
            return true;
    }
    return false;
}
