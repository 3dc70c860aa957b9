/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of a nested model: which columns it needs, its levels, and the cells in the order of the tree. */
#include <string.h>

#include "models/mixed/nested_parts.h"

bool nested_sum_make(nested_sum *sum, size_t n, rp_arena *arena) {
    sum->n = n;
    sum->part = rp_arena_take(arena, n, sizeof *sum->part);
    sum->total = rp_arena_take(arena, n, sizeof *sum->total);
    return sum->part && sum->total;
}

void nested_sum_clear(nested_sum *sum) {
    memset(sum->part, 0, sum->n * sizeof *sum->part);
    memset(sum->total, 0, sum->n * sizeof *sum->total);
    sum->in_part = 0;
}

static void close_part(nested_sum *sum) {
    for (size_t i = 0; i < sum->n; i++)
        rp_sum_add(&sum->total[i], sum->part[i]);
    memset(sum->part, 0, sum->n * sizeof *sum->part);
    sum->in_part = 0;
}

void nested_sum_added(nested_sum *sum) {
    enum { PART = 32 };
    if (++sum->in_part == PART)
        close_part(sum);
}

void nested_sum_take(nested_sum *sum, double *out) {
    close_part(sum);
    for (size_t i = 0; i < sum->n; i++)
        out[i] = rp_sum_value(&sum->total[i]);
    nested_sum_clear(sum);
}

/* ---- columns --------------------------------------------------------------------------------------- */

/* D: the lowest level's columns first, which patterns need, then the higher ones', the fixed ones, y. place[column of
 * the design] becomes its column of D. */
static size_t place_columns(const rp_mixed_spec *spec, const mixed_chain *chain, size_t *place) {
    size_t n = 0;
    for (size_t c = 0; c < spec->n_columns; c++)
        place[c] = SIZE_MAX;
    for (size_t l = 0; l < chain->n; l++)
        for (size_t t = 0; t < spec->n_terms; t++)
            for (size_t i = 0; spec->terms[t].factor == chain->factors[l] && i < spec->terms[t].n_columns; i++)
                if (place[spec->terms[t].columns[i]] == SIZE_MAX)
                    place[spec->terms[t].columns[i]] = n++;
    for (size_t i = 0; i < spec->n_fixed; i++)
        if (place[spec->fixed[i]] == SIZE_MAX)
            place[spec->fixed[i]] = n++;
    place[spec->n_columns] = n++;
    return n;
}

static bool make_gather(mixed_plan *plan, const size_t *place, rp_arena *arena) {
    size_t columns = plan->stats->spec->n_columns + 1;
    plan->gather = rp_arena_take(arena, mixed_packed(plan->m), sizeof *plan->gather);
    if (plan->gather == NULL)
        return false;
    for (size_t a = 0; a < columns; a++)
        for (size_t b = 0; b <= a; b++)
            if (place[a] != SIZE_MAX && place[b] != SIZE_MAX) {
                size_t low = place[a] < place[b] ? place[a] : place[b],
                       high = place[a] < place[b] ? place[b] : place[a];
                plan->gather[mixed_packed(high) + low] = mixed_packed(a) + b;
            }
    return true;
}

/* The columns that vary at a level, its random effects, and where its theta stands. */
static bool make_level(mixed_plan *plan, size_t l, size_t factor, const size_t *place, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->stats->spec;
    nested_level *level = &plan->levels[l];
    level->factor = factor;
    for (size_t t = 0; t < spec->n_terms; t++)
        level->q += spec->terms[t].factor == factor ? spec->terms[t].n_columns : 0;
    level->z = rp_arena_take(arena, level->q, sizeof *level->z);
    size_t *row_of = rp_arena_take(arena, plan->m, sizeof *row_of); /* of a column of D in lambda, and 1 */
    if (!level->z || !row_of)
        return false;
    for (size_t t = 0; t < spec->n_terms; t++)
        for (size_t i = 0; spec->terms[t].factor == factor && i < spec->terms[t].n_columns; i++) {
            size_t column = place[spec->terms[t].columns[i]];
            if (row_of[column] == 0) {
                level->z[level->k++] = column;
                row_of[column] = level->k;
            }
        }
    size_t effect = 0, theta = 0;
    for (size_t t = 0; t < spec->n_terms; t++) {
        const rp_mixed_term *term = &spec->terms[t];
        for (size_t j = 0; j < term->n_columns; j++)
            for (size_t i = j; i < term->n_columns; i++, theta++)
                if (term->factor == factor)
                    plan->places[theta] =
                        (nested_place){l, (row_of[place[term->columns[i]]] - 1) * level->q + effect + j};
        effect += term->factor == factor ? term->n_columns : 0;
    }
    level->lambda = rp_arena_take(arena, level->k * level->q, sizeof *level->lambda);
    level->q_matrix = rp_arena_take(arena, plan->m * plan->m, sizeof *level->q_matrix);
    return level->lambda && level->q_matrix && nested_sum_make(&level->up, mixed_packed(plan->m) + 1, arena) &&
           nested_sum_make(&level->slope, level->k * level->q, arena);
}

/* ---- tree ------------------------------------------------------------------------------------------ */

/* The cells in the order of the tree: by the keys of the chain, the highest first. */
static bool order_cells(mixed_plan *plan, const mixed_chain *chain, rp_arena *arena) {
    const mixed_cells *cells = &plan->stats->cells;
    size_t k = plan->stats->spec->n_factors;
    plan->order = rp_arena_take_unset(arena, cells->n, sizeof *plan->order);
    rp_arena *scratch = rp_arena_new(0);
    uint32_t *keys = scratch ? rp_arena_take_unset(scratch, cells->n * chain->n, sizeof *keys) : NULL;
    bool good = plan->order && keys;
    for (size_t c = 0; good && c < cells->n; c++)
        for (size_t l = 0; l < chain->n; l++)
            keys[c * chain->n + l] = cells->keys[c * k + chain->factors[l]];
    good = good && mixed_order(keys, cells->n, chain->n, plan->order, scratch);
    rp_arena_free(scratch);
    return good;
}

/* Where the groups of a level begin, each counted in groups of the level below it. */
static bool find_starts(mixed_plan *plan, const mixed_chain *chain, rp_arena *arena) {
    const mixed_cells *cells = &plan->stats->cells;
    size_t k = plan->stats->spec->n_factors;
    for (size_t l = 0; l < chain->n; l++) {
        nested_level *level = &plan->levels[l];
        level->starts = rp_arena_take_unset(arena, chain->groups[l] + 1, sizeof *level->starts);
        if (level->starts == NULL)
            return false;
    }
    for (size_t i = 0; i < cells->n; i++) {
        const uint32_t *key = cells->keys + plan->order[i] * k;
        const uint32_t *before = i ? cells->keys + plan->order[i - 1] * k : NULL;
        for (size_t l = 0; l < chain->n; l++) {
            nested_level *level = &plan->levels[l];
            if (before == NULL || before[level->factor] != key[level->factor])
                level->starts[level->n_groups++] = (uint32_t)(l ? plan->levels[l - 1].n_groups - 1 : i);
        }
    }
    for (size_t l = 0; l < chain->n; l++)
        plan->levels[l].starts[plan->levels[l].n_groups] = (uint32_t)(l ? plan->levels[l - 1].n_groups : cells->n);
    for (size_t l = 1; l < chain->n; l++) {
        plan->levels[l].reduced = rp_arena_take_unset(arena, plan->levels[l].n_groups * (mixed_packed(plan->m) + 1),
                                                      sizeof *plan->levels[l].reduced);
        if (plan->levels[l].reduced == NULL)
            return false;
    }
    return true;
}

static bool make_fixed(mixed_plan *plan, const size_t *place, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->stats->spec;
    size_t p = spec->n_fixed, intercept = mixed_intercept(spec);
    plan->fixed = rp_arena_take(arena, p, sizeof *plan->fixed);
    plan->r = rp_arena_take(arena, p * p, sizeof *plan->r);
    plan->unscaled = rp_arena_take(arena, p * p, sizeof *plan->unscaled);
    plan->beta = rp_arena_take(arena, p, sizeof *plan->beta);
    plan->intercept = SIZE_MAX;
    for (size_t i = 0; plan->fixed && i < p; i++) {
        plan->fixed[i] = place[spec->fixed[i]];
        if (spec->fixed[i] == intercept)
            plan->intercept = i;
    }
    return plan->fixed && plan->r && plan->unscaled && plan->beta;
}

static bool make(mixed_plan *plan, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->stats->spec;
    mixed_chain chain;
    size_t *place = rp_arena_take(arena, spec->n_columns + 1, sizeof *place);
    if (place == NULL || !mixed_chain_find(plan->stats, &chain, arena))
        return false;
    plan->m = place_columns(spec, &chain, place);
    plan->n_levels = chain.n;
    plan->n_theta = mixed_theta_count(spec);
    plan->n_places = plan->n_theta - spec->ar1;
    plan->levels = rp_arena_take(arena, chain.n, sizeof *plan->levels);
    plan->places = rp_arena_take(arena, plan->n_places, sizeof *plan->places);
    plan->seen_theta = rp_arena_take(arena, plan->n_theta, sizeof *plan->seen_theta);
    plan->root = rp_arena_take(arena, mixed_packed(plan->m) + 1, sizeof *plan->root);
    if (!plan->levels || !plan->places || !plan->seen_theta || !plan->root || !make_gather(plan, place, arena) ||
        !make_fixed(plan, place, arena))
        return false;
    for (size_t l = 0; l < chain.n; l++)
        if (!make_level(plan, l, chain.factors[l], place, arena))
            return false;
    plan->work = rp_arena_take(arena, nested_group_room(plan), sizeof *plan->work);
    plan->q_root = rp_arena_take(arena, plan->m * plan->m, sizeof *plan->q_root);
    return plan->work && plan->q_root && nested_sum_make(&plan->all, mixed_packed(plan->m), arena) &&
           order_cells(plan, &chain, arena) && find_starts(plan, &chain, arena) && nested_ar1_make(plan, arena) &&
           nested_compress(plan, arena);
}

mixed_plan *nested_plan(const rp_mixed_stats *stats, rp_arena *arena, rp_error *error) {
    mixed_plan *plan = rp_arena_take(arena, 1, sizeof *plan);
    if (plan)
        plan->stats = stats;
    if (plan && make(plan, arena))
        return plan;
    rp_fail_memory(error);
    return NULL;
}
