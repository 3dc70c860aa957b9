/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: what groups the rows. Groups are numbered in the order in which the rows that are used bring them. */
#include <string.h>

#include "table/design_parts.h"

/* ---- one column ---- */

static bool number_codes(rp_design_parts *d, design_grouping *g) {
    size_t n = rp_names_count(d->columns->columns[g->column].texts);
    g->number_of = rp_arena_take_unset(d->arena, n, sizeof *g->number_of);
    if (!g->number_of)
        return false;
    memset(g->number_of, 0xff, n * sizeof *g->number_of);
    bool as_they_are = true;
    for (size_t block = 0; block < d->columns->n_blocks; block++) {
        design_block b;
        rp_arena *arena = rp_arena_new(0);
        const uint32_t *codes = arena && design_block_open(d, block, arena, &b) ? design_codes(&b, g->column) : NULL;
        for (size_t i = 0; codes && i < b.n; i++)
            if (g->number_of[codes[i]] == RP_NO_ID) {
                as_they_are = as_they_are && codes[i] == g->levels;
                g->number_of[codes[i]] = g->levels++;
            }
        rp_arena_free(arena);
        if (!codes)
            return false;
    }
    if (as_they_are) {
        rp_arena_give_back(d->arena, g->number_of);
        g->number_of = NULL;
    }
    return true;
}

/* ---- several: pairs of numbers get a number ---- */

typedef struct pair_table {
    uint64_t *pairs; /* the pair plus 1; 0: free */
    uint32_t *numbers;
    size_t n_slots; /* a power of two */
    uint32_t n;
    rp_arena *arena;
} pair_table;

static size_t slot_of(const pair_table *t, uint64_t pair) {
    size_t i = (size_t)(pair * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (t->n_slots - 1);
    while (t->pairs[i] && t->pairs[i] != pair)
        i = (i + 1) & (t->n_slots - 1);
    return i;
}

static bool grow(pair_table *t) {
    pair_table more = {.n_slots = t->n_slots ? t->n_slots * 2 : 1024, .n = t->n, .arena = t->arena};
    more.pairs = rp_arena_take(t->arena, more.n_slots, sizeof *more.pairs);
    more.numbers = rp_arena_take_unset(t->arena, more.n_slots, sizeof *more.numbers);
    if (!more.pairs || !more.numbers)
        return false;
    for (size_t i = 0; i < t->n_slots; i++)
        if (t->pairs[i]) {
            size_t to = slot_of(&more, t->pairs[i]);
            more.pairs[to] = t->pairs[i];
            more.numbers[to] = t->numbers[i];
        }
    rp_arena_give_back(t->arena, t->pairs);
    rp_arena_give_back(t->arena, t->numbers);
    *t = more;
    return true;
}

static bool number_pair(pair_table *t, uint32_t a, uint32_t b, uint32_t *out) {
    if ((size_t)t->n * 2 >= t->n_slots && !grow(t))
        return false;
    uint64_t pair = ((uint64_t)a << 32 | b) + 1;
    size_t i = slot_of(t, pair);
    if (!t->pairs[i]) {
        t->pairs[i] = pair;
        t->numbers[i] = t->n++;
    }
    *out = t->numbers[i];
    return true;
}

static bool combine_block(rp_design_parts *d, const rp_formula_random *random, pair_table *tables, size_t block,
                          packed *out) {
    design_block b;
    rp_arena *arena = rp_arena_new(0);
    bool fine = arena && design_block_open(d, block, arena, &b);
    const uint32_t *first = fine ? design_codes(&b, design_column_of(d->columns, random->by[0])) : NULL;
    uint32_t *numbers = first ? rp_arena_take_unset(arena, b.n, sizeof *numbers) : NULL;
    fine = numbers != NULL;
    if (fine)
        memcpy(numbers, first, b.n * sizeof *numbers);
    for (size_t k = 1; k < random->n_by && fine; k++) {
        const uint32_t *codes = design_codes(&b, design_column_of(d->columns, random->by[k]));
        fine = codes != NULL;
        for (size_t i = 0; i < b.n && fine; i++)
            fine = number_pair(&tables[k], numbers[i], codes[i], &numbers[i]);
    }
    fine = fine && pack_codes(numbers, b.n, d->arena, out);
    rp_arena_free(arena);
    return fine;
}

static bool combine(rp_design_parts *d, const rp_formula_random *random, design_grouping *g) {
    g->combined = rp_arena_take(d->arena, d->columns->n_blocks, sizeof *g->combined);
    rp_arena *arena = rp_arena_new(0);
    pair_table *tables = arena ? rp_arena_take(arena, random->n_by, sizeof *tables) : NULL;
    bool fine = g->combined && tables;
    for (size_t k = 0; k < random->n_by && fine; k++)
        tables[k].arena = arena;
    for (size_t b = 0; b < d->columns->n_blocks && fine; b++)
        fine = combine_block(d, random, tables, b, &g->combined[b]);
    g->levels = fine ? tables[random->n_by - 1].n : 0;
    rp_arena_free(arena);
    return fine;
}

/* ---- all of them ---- */

static bool one_group(const rp_design_parts *d, const rp_formula_random *random, rp_error *error) {
    rp_formula_fail(error, RP_E_RULE, random->at, "There is only one group of %s in the rows that are used.",
                    random->name);
    (void)d;
    return rp_fail_remedy(error, "Leave out its term: how groups differ cannot be told from one.");
}

static bool find_grouping(rp_design_parts *d, const rp_formula_random *random, design_grouping *g, rp_error *error) {
    *g = (design_grouping){.name = random->name, .column = design_column_of(d->columns, random->by[0])};
    if (!(random->n_by > 1 ? combine(d, random, g) : number_codes(d, g)))
        return rp_fail_memory(error);
    return g->levels > 1 || one_group(d, random, error);
}

/* The one with most groups first, then as they came. */
static void order(design_grouping *groupings, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && groupings[k].levels > groupings[k - 1].levels; k--) {
            design_grouping one = groupings[k];
            groupings[k] = groupings[k - 1];
            groupings[k - 1] = one;
        }
}

static bool put_random_terms(rp_design_parts *d, rp_design *out, rp_error *error) {
    const rp_formula *formula = d->formula;
    rp_design_term *terms = rp_arena_take(d->arena, formula->n_random, sizeof *terms);
    if (!terms)
        return rp_fail_memory(error);
    for (size_t f = 0; f < out->n_factors; f++)
        for (size_t i = 0; i < formula->n_random; i++) {
            const rp_formula_random *random = &formula->random[i];
            if (strcmp(random->name, d->groupings[f].name) != 0)
                continue;
            rp_design_term *term = &terms[out->n_terms++];
            term->factor = f;
            if (!design_put_terms(d, &random->terms, random->at, &term->columns, &term->n_columns, error))
                return false;
        }
    out->terms = terms;
    return true;
}

bool design_find_groupings(rp_design_parts *d, rp_design *out, rp_error *error) {
    const rp_formula *formula = d->formula;
    d->groupings = rp_arena_take(d->arena, formula->n_random, sizeof *d->groupings);
    const char **names = rp_arena_take(d->arena, formula->n_random, sizeof *names);
    uint32_t *levels = rp_arena_take(d->arena, formula->n_random, sizeof *levels);
    if (!d->groupings || !names || !levels)
        return rp_fail_memory(error);
    for (size_t i = 0; i < formula->n_random; i++) {
        bool known = false;
        for (size_t f = 0; f < out->n_factors; f++)
            known = known || strcmp(d->groupings[f].name, formula->random[i].name) == 0;
        if (!known && !find_grouping(d, &formula->random[i], &d->groupings[out->n_factors++], error))
            return false;
    }
    order(d->groupings, out->n_factors);
    for (size_t f = 0; f < out->n_factors; f++) {
        names[f] = d->groupings[f].name;
        levels[f] = d->groupings[f].levels;
    }
    out->factor_names = names;
    out->levels = levels;
    return put_random_terms(d, out, error);
}
