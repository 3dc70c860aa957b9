/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which groups a crossed model has, and which of them meet in a cell. Lists come out ascending without being sorted,
 * because blocks are gone through in their order and each is put at the end of the lists that it belongs to. */
#include <assert.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

/* ---- factors ------------------------------------------------------------------------------------- */

static size_t effects_of(const rp_mixed_spec *spec, size_t factor) {
    size_t q = 0;
    for (size_t t = 0; t < spec->n_terms; t++)
        q += spec->terms[t].factor == factor ? spec->terms[t].n_columns : 0;
    return q;
}

static bool find_groups(const rp_mixed_stats *stats, crossed_factor *f, rp_arena *arena) {
    size_t levels = stats->spec->levels[f->factor], k = stats->spec->n_factors;
    f->group = rp_arena_take_unset(arena, levels, sizeof *f->group);
    if (f->group == NULL)
        return false;
    memset(f->group, 0xff, levels * sizeof *f->group);
    for (size_t c = 0; c < stats->cells.n; c++)
        f->group[stats->cells.keys[c * k + f->factor]] = 0;
    for (size_t i = 0; i < levels; i++)
        if (f->group[i] != CROSSED_NONE)
            f->group[i] = f->groups++;
    f->block = rp_arena_take(arena, f->groups, sizeof *f->block);
    f->columns = rp_arena_take(arena, f->q, sizeof *f->columns);
    f->lambda = rp_arena_take(arena, f->q * f->q, sizeof *f->lambda);
    return f->block && f->columns && f->lambda;
}

/* The one with most effects first, the others in their order. */
static void put_largest_first(crossed_plan *plan) {
    size_t largest = 0;
    for (size_t i = 1; i < plan->n_factors; i++)
        if (plan->f[i].groups * plan->f[i].q > plan->f[largest].groups * plan->f[largest].q)
            largest = i;
    crossed_factor first = plan->f[largest];
    memmove(plan->f + 1, plan->f, largest * sizeof first);
    plan->f[0] = first;
    for (size_t i = 0; i < plan->n_factors; i++)
        plan->factor_at[plan->f[i].factor] = i;
}

static void place_terms(crossed_plan *plan) {
    const rp_mixed_spec *spec = plan->stats->spec;
    size_t at = 0;
    for (size_t t = 0; t < spec->n_terms; t++) {
        const rp_mixed_term *term = &spec->terms[t];
        crossed_factor *f = &plan->f[plan->factor_at[term->factor]];
        size_t offset = 0;
        for (size_t earlier = 0; earlier < t; earlier++)
            offset += spec->terms[earlier].factor == term->factor ? spec->terms[earlier].n_columns : 0;
        plan->term_offset[t] = offset;
        memcpy(f->columns + offset, term->columns, term->n_columns * sizeof *term->columns);
        for (size_t b = 0; b < term->n_columns; b++)
            for (size_t a = b; a < term->n_columns; a++)
                plan->place[at++] = (crossed_place){plan->factor_at[term->factor], offset + a, offset + b};
    }
}

bool crossed_factors_make(crossed_plan *plan, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->stats->spec;
    plan->n_theta = mixed_theta_count(spec);
    plan->f = rp_arena_take(arena, spec->n_factors, sizeof *plan->f);
    plan->factor_at = rp_arena_take_unset(arena, spec->n_factors, sizeof *plan->factor_at);
    plan->term_offset = rp_arena_take(arena, spec->n_terms, sizeof *plan->term_offset);
    plan->place = rp_arena_take(arena, plan->n_theta, sizeof *plan->place);
    if (!plan->f || !plan->factor_at || !plan->term_offset || !plan->place)
        return false;
    plan->scalar = true;
    for (size_t i = 0; i < spec->n_factors; i++) {
        size_t q = effects_of(spec, i);
        plan->factor_at[i] = SIZE_MAX;
        if (q == 0)
            continue;
        crossed_factor *f = &plan->f[plan->n_factors++];
        *f = (crossed_factor){.factor = i, .q = q};
        if (!find_groups(plan->stats, f, arena))
            return false;
        plan->widest = q > plan->widest ? q : plan->widest;
        plan->scalar = plan->scalar && q == 1;
    }
    assert(plan->n_factors > 0);
    put_largest_first(plan);
    place_terms(plan);
    plan->n = plan->f[0].groups;
    plan->q = plan->f[0].q;
    uint32_t next = 0;
    for (size_t i = 1; i < plan->n_factors; i++)
        for (uint32_t g = 0; g < plan->f[i].groups; g++)
            plan->f[i].block[g] = next++;
    plan->n_blocks = next;
    return true;
}

/* ---- links --------------------------------------------------------------------------------------- */

static uint32_t group_in(const crossed_plan *plan, size_t cell, size_t i) {
    const crossed_factor *f = &plan->f[i];
    return f->group[plan->stats->cells.keys[cell * plan->stats->spec->n_factors + f->factor]];
}

static uint32_t block_in(const crossed_plan *plan, size_t cell, size_t i) {
    return plan->f[i].block[group_in(plan, cell, i)];
}

/* The cells of each block, in their order. */
typedef struct cell_lists {
    size_t *start;
    uint32_t *cell;
} cell_lists;

static bool list_cells(const crossed_plan *plan, cell_lists *lists, rp_arena *scratch) {
    size_t cells = plan->stats->cells.n, others = plan->n_factors - 1;
    lists->start = rp_arena_take(scratch, plan->n_blocks + 2, sizeof *lists->start);
    lists->cell = rp_arena_take_unset(scratch, cells * others, sizeof *lists->cell);
    if (!lists->start || !lists->cell)
        return false;
    size_t *next = lists->start + 1; /* one place on, so that filling leaves the starts */
    for (size_t c = 0; c < cells; c++)
        for (size_t i = 1; i <= others; i++)
            next[block_in(plan, c, i) + 1]++;
    for (size_t k = 0; k < plan->n_blocks; k++)
        next[k + 1] += next[k];
    for (size_t c = 0; c < cells; c++)
        for (size_t i = 1; i <= others; i++)
            lists->cell[next[block_in(plan, c, i)]++] = (uint32_t)c;
    return true;
}

/* Builds one crossed_links: blocks are offered in their order, possibly several times, first to be counted, then to be
 * put. */
typedef struct linker {
    crossed_links *links;
    uint32_t *last; /* of each row: the block put last */
    size_t *next;   /* of each row */
} linker;

static size_t offer(linker *l, size_t row, uint32_t block) {
    if (l->last[row] != block) {
        l->last[row] = block;
        if (l->links->block)
            l->links->block[l->next[row]] = block;
        l->next[row]++;
    }
    return l->next[row] - 1; /* which link it is */
}

static bool begin(linker *l, crossed_links *links, size_t rows, rp_arena *scratch) {
    *links = (crossed_links){.rows = rows};
    *l = (linker){.links = links};
    l->last = rp_arena_take_unset(scratch, rows, sizeof *l->last);
    l->next = rp_arena_take(scratch, rows, sizeof *l->next);
    if (!l->last || !l->next)
        return false;
    memset(l->last, 0xff, rows * sizeof *l->last);
    return true;
}

static void rewind_to_starts(linker *l) {
    memset(l->last, 0xff, l->links->rows * sizeof *l->last);
    memcpy(l->next, l->links->start, l->links->rows * sizeof *l->next);
}

static bool counted(linker *l, rp_arena *arena) {
    crossed_links *links = l->links;
    links->start = rp_arena_take(arena, links->rows + 1, sizeof *links->start);
    if (links->start == NULL)
        return false;
    for (size_t r = 0; r < links->rows; r++)
        links->start[r + 1] = links->start[r] + l->next[r];
    links->block = rp_arena_take(arena, links->start[links->rows], sizeof *links->block);
    rewind_to_starts(l);
    return links->block != NULL;
}

/* Room for `sides(row)` by q numbers a link. */
static bool valued(linker *l, const crossed_plan *plan, bool eliminated, rp_arena *arena) {
    crossed_links *links = l->links;
    size_t n = links->start[links->rows];
    links->at = rp_arena_take(arena, n + 1, sizeof *links->at);
    if (links->at == NULL)
        return false;
    for (size_t r = 0; r < links->rows; r++)
        for (size_t e = links->start[r]; e < links->start[r + 1]; e++)
            links->at[e + 1] =
                links->at[e] + crossed_of(plan, links->block[e])->q * (eliminated ? plan->q : crossed_of(plan, r)->q);
    links->value = rp_arena_take(arena, links->at[n], sizeof *links->value);
    rewind_to_starts(l);
    return links->value != NULL;
}

/* Adds a cell's products of some columns, by rows. */
static void add_gram(const crossed_plan *plan, size_t cell, const size_t *rows, size_t n_rows, const size_t *columns,
                     size_t n_columns, double *out) {
    size_t m = plan->stats->cells.m;
    const double *gram = plan->stats->cells.grams + cell * mixed_packed(m);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_columns; j++) {
            size_t high = rows[i] > columns[j] ? rows[i] : columns[j], low = rows[i] + columns[j] - high;
            out[i * n_columns + j] += gram[mixed_packed(high) + low];
        }
}

/* Offers the cells' blocks to the eliminated groups; with values, adds the cells' products. */
static void offer_cross(const crossed_plan *plan, const cell_lists *cells, linker *l) {
    for (uint32_t k = 0; k < plan->n_blocks; k++)
        for (size_t c = cells->start[k]; c < cells->start[k + 1]; c++) {
            size_t link = offer(l, group_in(plan, cells->cell[c], 0), k);
            const crossed_factor *f = crossed_of(plan, k);
            if (l->links->value)
                add_gram(plan, cells->cell[c], plan->f[0].columns, plan->q, f->columns, f->q,
                         l->links->value + l->links->at[link]);
        }
}

/* The same for pairs of blocks in a cell. */
static void offer_gram(const crossed_plan *plan, const cell_lists *cells, linker *l) {
    for (uint32_t a = 0; a < plan->n_blocks; a++)
        for (size_t c = cells->start[a]; c < cells->start[a + 1]; c++)
            for (size_t i = 1; i < plan->n_factors; i++) {
                uint32_t k = block_in(plan, cells->cell[c], i);
                if (k > a)
                    continue;
                size_t link = offer(l, k, a);
                const crossed_factor *f = crossed_of(plan, a);
                if (l->links->value)
                    add_gram(plan, cells->cell[c], f->columns, f->q, plan->f[i].columns, plan->f[i].q,
                             l->links->value + l->links->at[link]);
            }
}

static bool place_blocks(crossed_plan *plan, rp_arena *arena) {
    plan->block_factor = rp_arena_take(arena, plan->n_blocks, sizeof *plan->block_factor);
    plan->at = rp_arena_take(arena, plan->n_blocks + 1, sizeof *plan->at);
    if (!plan->block_factor || !plan->at)
        return false;
    for (uint32_t i = 1; i < plan->n_factors; i++)
        for (size_t g = 0; g < plan->f[i].groups; g++)
            plan->block_factor[plan->f[i].block[g]] = i;
    for (size_t k = 0; k < plan->n_blocks; k++)
        plan->at[k + 1] = plan->at[k] + crossed_of(plan, k)->q;
    plan->q2 = plan->at[plan->n_blocks];
    return true;
}

static bool list_uses(crossed_plan *plan, rp_arena *arena) {
    const crossed_links *cross = &plan->cross;
    size_t n = cross->start[cross->rows];
    plan->use_start = rp_arena_take(arena, plan->n_blocks + 2, sizeof *plan->use_start);
    plan->use_group = rp_arena_take(arena, n, sizeof *plan->use_group);
    plan->use_link = rp_arena_take(arena, n, sizeof *plan->use_link);
    if (!plan->use_start || !plan->use_group || !plan->use_link)
        return false;
    size_t *next = plan->use_start + 1;
    for (size_t e = 0; e < n; e++)
        next[cross->block[e] + 1]++;
    for (size_t k = 0; k < plan->n_blocks; k++)
        next[k + 1] += next[k];
    for (size_t i = 0; i < cross->rows; i++)
        for (size_t e = cross->start[i]; e < cross->start[i + 1]; e++) {
            size_t to = next[cross->block[e]]++;
            plan->use_group[to] = (uint32_t)i;
            plan->use_link[to] = e;
        }
    return true;
}

static bool link_with(crossed_plan *plan, rp_arena *arena, rp_arena *scratch) {
    cell_lists cells;
    linker l;
    if (!place_blocks(plan, arena) || !list_cells(plan, &cells, scratch) || !begin(&l, &plan->cross, plan->n, scratch))
        return false;
    offer_cross(plan, &cells, &l);
    if (!counted(&l, arena))
        return false;
    offer_cross(plan, &cells, &l);
    if (!valued(&l, plan, true, arena))
        return false;
    offer_cross(plan, &cells, &l);
    if (!begin(&l, &plan->gram, plan->n_blocks, scratch))
        return false;
    offer_gram(plan, &cells, &l);
    if (!counted(&l, arena))
        return false;
    offer_gram(plan, &cells, &l);
    if (!valued(&l, plan, false, arena))
        return false;
    offer_gram(plan, &cells, &l);
    return list_uses(plan, arena);
}

bool crossed_link(crossed_plan *plan, rp_arena *arena) {
    rp_arena *scratch = rp_arena_new(0);
    bool good = scratch != NULL && link_with(plan, arena, scratch);
    rp_arena_free(scratch);
    return good;
}

/* ---- where T may have elements -------------------------------------------------------------------- */

static void offer_pattern(const crossed_plan *plan, const crossed_links *met, linker *l) {
    for (uint32_t a = 0; a < plan->n_blocks; a++) {
        for (size_t e = met->start[a]; e < met->start[a + 1]; e++) /* the blocks up to a that share a cell with it */
            offer(l, met->block[e], a);
        for (size_t use = plan->use_start[a]; use < plan->use_start[a + 1]; use++) {
            const crossed_links *cross = &plan->cross;
            for (size_t e = cross->start[plan->use_group[use]]; e <= plan->use_link[use]; e++)
                offer(l, cross->block[e], a);
        }
    }
}

/* plan->gram by its other side: of block a, the blocks up to a. */
static bool turn_gram(const crossed_plan *plan, crossed_links *out, rp_arena *scratch) {
    const crossed_links *gram = &plan->gram;
    linker l;
    if (!begin(&l, out, plan->n_blocks, scratch))
        return false;
    for (int twice = 0; twice < 2; twice++) {
        for (uint32_t k = 0; k < plan->n_blocks; k++)
            for (size_t e = gram->start[k]; e < gram->start[k + 1]; e++)
                offer(&l, gram->block[e], k);
        if (twice == 0 && !counted(&l, scratch))
            return false;
    }
    return true;
}

bool crossed_pattern_make(crossed_plan *plan, rp_arena *arena) {
    rp_arena *scratch = rp_arena_new(0);
    crossed_links met;
    linker l;
    bool good = scratch != NULL && turn_gram(plan, &met, scratch) && begin(&l, &plan->pattern, plan->n_blocks, scratch);
    if (good)
        offer_pattern(plan, &met, &l);
    good = good && counted(&l, arena);
    if (good)
        offer_pattern(plan, &met, &l);
    rp_arena_free(scratch);
    return good;
}
