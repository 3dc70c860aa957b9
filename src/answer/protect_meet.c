/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there a set of few people among the sums of a component's rows? By halves that meet (Horowitz & Sahni, JACM 21,
 * 1974).
 *
 * A vector v is a sum of rows in reduced echelon form just when at every column f that is no pivot v[f] equals the sum
 * of v[pivot] * row[f]. One equation stands for all of these: their sum with random factors r[f], modulo the prime.
 * Written as sum over columns c of v[c] h[c] = 0,   h[f] = r[f],   h[pivot] = -sum over f of r[f] row[f], it holds for
 * every sum of rows, and for any other vector once in 2^61 times (then something is hidden for nothing). Columns of
 * `smallest` people or more are zero in v. So the question is whether a few of the h sum to zero.
 *
 * A set of at most W people parts into two so that the heavier half Q has 2 w(Q) <= W + min(Q), min(Q) its smallest
 * column: else moving that column over would even them out more. All such Q are listed, and each looks for one that
 * cancels it. */
#include <stdlib.h>
#include <string.h>

#include "answer/protect.h"

enum { MEET_LIMIT_HALVES = 1 << 18, NO_HALF = UINT32_MAX };

typedef struct item {
    uint64_t h, split;
    int64_t people;
} item;

typedef struct half {
    uint64_t sum, split;
    uint32_t parent, last; /* its columns are its last and its parent's */
    int32_t people, lightest;
} half;

typedef struct meet {
    item *items;
    size_t n_items;
    RP_VEC(half) halves;
    uint32_t *table; /* open addressing by sum: half + 1 */
    size_t table_size, table_room;
} meet;

static meet *meet_of(rp_search *s) {
    if (s->meet)
        return s->meet;
    rp_arena *arena = s->span->arena;
    meet *m = rp_arena_take(arena, 1, sizeof *m);
    if (!m)
        return NULL;
    m->items = rp_arena_take(arena, s->span->n_columns, sizeof *m->items);
    if (!m->items)
        return NULL;
    s->meet = m;
    return m;
}

/* h of the pivots of the component, into s->sum by column; columns that are no pivots have their factor. */
static void weigh_columns(rp_search *s) {
    for (size_t c = 0; c < s->n_columns; c++)
        s->sum[c] = rp_span_factor(s->columns[c].at);
    for (size_t i = 0; i < s->n_order; i++) {
        size_t pivot = s->column_of[s->span->rows[s->rows[s->order[i]]].pivot];
        s->sum[pivot] = 0;
        for (size_t c = 0; c < s->n_columns; c++) {
            uint64_t e = rp_search_entry(s, s->order[i], c);
            if (e && c != pivot)
                s->sum[pivot] = rp_mod_sub(s->sum[pivot], rp_mod_mul(e, rp_span_factor(s->columns[c].at)));
        }
    }
}

static int by_people(const void *a, const void *b) {
    const item *x = a, *y = b;
    if (x->people != y->people)
        return x->people < y->people ? -1 : 1;
    return x->h < y->h ? -1 : x->h > y->h;
}

static void list_items(rp_search *s, meet *m) {
    m->n_items = 0;
    weigh_columns(s);
    for (size_t c = 0; c < s->n_columns; c++)
        if (s->columns[c].spread && s->columns[c].people < s->span->smallest)
            m->items[m->n_items++] = (item){s->sum[c], s->columns[c].split, s->columns[c].people};
    qsort(m->items, m->n_items, sizeof *m->items, by_people);
}

/* `from` with item i; false: there is no room. Items come in order of people, so that the first is the lightest. */
static bool add_half(rp_arena *arena, meet *m, uint32_t from, size_t i) {
    half *added = m->halves.n < MEET_LIMIT_HALVES ? rp_vec_push(arena, &m->halves) : NULL;
    if (!added)
        return false;
    int32_t people = (int32_t)m->items[i].people;
    half parent = {.lightest = people};
    if (from != NO_HALF)
        parent = m->halves.at[from];
    *added = (half){.sum = rp_mod_add(m->items[i].h, parent.sum),
                    .split = rp_mod_add(m->items[i].split, parent.split),
                    .parent = from,
                    .last = (uint32_t)i,
                    .people = people + parent.people,
                    .lightest = parent.lightest};
    return true;
}

static bool list_halves(rp_arena *arena, meet *m, int32_t most) {
    m->halves.n = 0;
    for (size_t i = 0; i < m->n_items; i++)
        if (!add_half(arena, m, NO_HALF, i))
            return false;
    for (uint32_t q = 0; q < m->halves.n; q++)
        for (size_t i = m->halves.at[q].last + 1; i < m->n_items; i++) {
            int64_t people = m->halves.at[q].people + m->items[i].people;
            if (2 * people > most + m->halves.at[q].lightest)
                break;
            if (!add_half(arena, m, q, i))
                return false;
        }
    return true;
}

static bool disjoint(const meet *m, uint32_t a, uint32_t b) {
    for (uint32_t x = a; x != NO_HALF; x = m->halves.at[x].parent)
        for (uint32_t y = b; y != NO_HALF; y = m->halves.at[y].parent)
            if (m->halves.at[x].last == m->halves.at[y].last)
                return false;
    return true;
}

/* Does a half listed before cancel half q, and do both together cut through a cell? Then q is listed. */
static bool cancels(meet *m, uint32_t q, int32_t most) {
    const half *own = &m->halves.at[q];
    if (own->sum == 0 && own->split != 0)
        return true;
    uint64_t wanted = rp_mod_sub(0, own->sum);
    for (size_t i = wanted & (m->table_size - 1); m->table[i]; i = (i + 1) & (m->table_size - 1)) {
        const half *other = &m->halves.at[m->table[i] - 1];
        if (other->sum == wanted && other->people + own->people <= most && rp_mod_add(other->split, own->split) != 0 &&
            disjoint(m, q, m->table[i] - 1))
            return true;
    }
    size_t free_at = own->sum & (m->table_size - 1);
    while (m->table[free_at])
        free_at = (free_at + 1) & (m->table_size - 1);
    m->table[free_at] = q + 1;
    return false;
}

/* Twice as long as there are halves, or longer. */
static bool clear_table(rp_arena *arena, meet *m) {
    m->table_size = 4;
    while (m->table_size < 2 * m->halves.n)
        m->table_size *= 2;
    if (m->table_size > m->table_room) {
        m->table = rp_arena_take(arena, m->table_size, sizeof *m->table);
        m->table_room = m->table ? m->table_size : 0;
    }
    if (m->table)
        memset(m->table, 0, m->table_size * sizeof *m->table);
    return m->table != NULL;
}

rp_met rp_search_meet(rp_search *s) {
    meet *m = s->span->n_columns < UINT32_MAX ? meet_of(s) : NULL;
    if (!m)
        return RP_MET_TOO_MANY;
    int32_t most = s->span->smallest - 1;
    list_items(s, m);
    if (!list_halves(s->span->arena, m, most) || !clear_table(s->span->arena, m))
        return RP_MET_TOO_MANY;
    for (uint32_t q = 0; q < m->halves.n; q++)
        if (cancels(m, q, most))
            return RP_MET_SOME;
    return RP_MET_NONE;
}
