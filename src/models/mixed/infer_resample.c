/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole groups of the highest factor, drawn again: their cells are what is copied, not rows, and what comes twice is
 * two groups, each with its own groups below. */
#include <string.h>

#include "models/mixed/binomial_parts.h"
#include "models/mixed/infer_parts.h"

static size_t cells_of(const rp_mixed_stats *stats) {
    return stats->binomial ? stats->binomial->n : stats->cells.n;
}

static uint32_t key_of(const rp_mixed_stats *stats, size_t cell, size_t factor) {
    if (stats->binomial)
        return stats->binomial->keys[factor][cell];
    return stats->cells.keys[cell * stats->spec->n_factors + factor];
}

/* Whether each group of `low` lies whole within one of `high`. `met` has room for the levels of `low`. */
static bool lies_within(const rp_mixed_stats *stats, size_t low, size_t high, uint32_t *met) {
    for (size_t g = 0; g < stats->spec->levels[low]; g++)
        met[g] = UINT32_MAX;
    for (size_t c = 0; c < cells_of(stats); c++) {
        uint32_t *in = &met[key_of(stats, c, low)], group = key_of(stats, c, high);
        if (*in != UINT32_MAX && *in != group)
            return false;
        *in = group;
    }
    return true;
}

static bool is_highest(const rp_mixed_stats *stats, size_t factor, uint32_t *met) {
    if (!mixed_factor_used(stats->spec, factor))
        return false;
    for (size_t f = 0; f < stats->spec->n_factors; f++)
        if (f != factor && mixed_factor_used(stats->spec, f) && !lies_within(stats, f, factor, met))
            return false;
    return true;
}

/* Cells by group (counting sort), groups in the order of their numbers. */
static bool sort_cells(infer_groups *out, rp_arena *arena, rp_arena *scratch) {
    const rp_mixed_stats *stats = out->stats;
    size_t n = cells_of(stats), levels = stats->spec->levels[out->factor];
    size_t *counts = rp_arena_take(scratch, levels + 1, sizeof *counts);
    out->cells = rp_arena_take(arena, n, sizeof *out->cells);
    out->starts = rp_arena_take(arena, levels + 1, sizeof *out->starts);
    if (counts == NULL || out->cells == NULL || out->starts == NULL)
        return false;
    for (size_t c = 0; c < n; c++)
        counts[key_of(stats, c, out->factor) + 1]++;
    for (size_t g = 0; g < levels; g++) {
        if (counts[g + 1] > 0)
            out->starts[++out->n] = counts[g] + counts[g + 1];
        counts[g + 1] += counts[g];
    }
    for (size_t c = 0; c < n; c++)
        out->cells[counts[key_of(stats, c, out->factor)]++] = (uint32_t)c;
    return true;
}

/* Lags are sorted by cell. */
static bool find_lags(infer_groups *out, rp_arena *arena) {
    const mixed_lags *lags = &out->stats->lags;
    size_t n = out->stats->cells.n, at = 0;
    if (!out->stats->spec->ar1)
        return true;
    out->lags = rp_arena_take(arena, n + 1, sizeof *out->lags);
    for (size_t c = 0; out->lags != NULL && c <= n; c++) {
        while (at < lags->n && lags->at[at].cell < c)
            at++;
        out->lags[c] = at;
    }
    return out->lags != NULL;
}

bool infer_groups_of(const rp_mixed_stats *stats, rp_arena *arena, infer_groups *out, rp_error *error) {
    const rp_mixed_spec *spec = stats->spec;
    *out = (infer_groups){.stats = stats, .factor = SIZE_MAX};
    size_t most = 1;
    for (size_t f = 0; f < spec->n_factors; f++)
        most = spec->levels[f] > most ? spec->levels[f] : most;
    rp_arena *scratch = rp_arena_new(0);
    uint32_t *met = scratch ? rp_arena_take_unset(scratch, most, sizeof *met) : NULL;
    bool good = met != NULL;
    for (size_t f = 0; good && f < spec->n_factors; f++)
        if (is_highest(stats, f, met) &&
            (out->factor == SIZE_MAX || spec->levels[f] < spec->levels[out->factor])) /* the same groups twice over */
            out->factor = f;
    bool found = out->factor != SIZE_MAX;
    good = good && (!found || (sort_cells(out, arena, scratch) && find_lags(out, arena)));
    rp_arena_free(scratch);
    if (!good)
        return rp_fail_memory(error);
    if (found)
        return true;
    rp_fail(error, RP_E_RULE,
            spec->n_terms == 0 ? "Without random effects there are no groups to draw again."
                               : "The grouping factors cross: there is no highest one whose groups "
                                 "could be drawn again whole.");
    return rp_fail_remedy(error, "Ask for Wald or profile intervals instead.");
}

/* ---- a resample -------------------------------------------------------------------------------------------- */

/* Where its cells come from, their keys (by cells), and how many groups of each factor there are. */
typedef struct plan_of_cells {
    size_t n;
    uint32_t *from, *keys, *levels, *order;
} plan_of_cells;

/* New numbers for a copy's groups, in the order in which its cells meet them. */
typedef struct renaming {
    uint32_t **name, **copy; /* of each factor's old groups: the new one, and the copy that it is of */
} renaming;

static bool take_renaming(renaming *r, const rp_mixed_spec *spec, rp_arena *scratch) {
    r->name = rp_arena_take(scratch, spec->n_factors, sizeof *r->name);
    r->copy = rp_arena_take(scratch, spec->n_factors, sizeof *r->copy);
    if (r->name == NULL || r->copy == NULL)
        return false;
    for (size_t f = 0; f < spec->n_factors; f++) {
        r->name[f] = rp_arena_take(scratch, spec->levels[f], sizeof *r->name[f]);
        r->copy[f] = rp_arena_take(scratch, spec->levels[f], sizeof *r->copy[f]);
        if (r->name[f] == NULL || r->copy[f] == NULL)
            return false;
    }
    return true;
}

static void rename_cells(const infer_groups *groups, const uint32_t *chosen, size_t n, const renaming *r,
                         plan_of_cells *plan) {
    const rp_mixed_spec *spec = groups->stats->spec;
    size_t k = spec->n_factors, at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t c = groups->starts[chosen[i]]; c < groups->starts[chosen[i] + 1]; c++, at++) {
            plan->from[at] = groups->cells[c];
            for (size_t f = 0; f < k; f++) {
                if (!mixed_factor_used(spec, f))
                    continue;
                uint32_t old = key_of(groups->stats, groups->cells[c], f);
                if (r->copy[f][old] != i + 1) {
                    r->copy[f][old] = (uint32_t)i + 1;
                    r->name[f][old] = plan->levels[f]++;
                }
                plan->keys[at * k + f] = r->name[f][old];
            }
        }
}

static bool plan_cells(const infer_groups *groups, const uint32_t *chosen, size_t n, plan_of_cells *plan,
                       rp_arena *arena) {
    size_t k = groups->stats->spec->n_factors;
    renaming r;
    *plan = (plan_of_cells){0};
    for (size_t i = 0; i < n; i++)
        plan->n += groups->starts[chosen[i] + 1] - groups->starts[chosen[i]];
    plan->from = rp_arena_take(arena, plan->n, sizeof *plan->from);
    plan->keys = rp_arena_take(arena, plan->n * k, sizeof *plan->keys);
    plan->order = rp_arena_take(arena, plan->n, sizeof *plan->order);
    plan->levels = rp_arena_take(arena, k, sizeof *plan->levels);
    if (!plan->from || !plan->keys || !plan->order || !plan->levels || !take_renaming(&r, groups->stats->spec, arena))
        return false;
    rename_cells(groups, chosen, n, &r, plan);
    for (size_t f = 0; f < k; f++) /* a factor without terms has one group */
        plan->levels[f] = plan->levels[f] > 0 ? plan->levels[f] : 1;
    return mixed_order(plan->keys, plan->n, k, plan->order, arena);
}

static bool fill_gaussian(rp_mixed_stats *out, const rp_mixed_stats *in, const plan_of_cells *plan, rp_arena *arena) {
    size_t k = in->spec->n_factors, room = mixed_packed(in->cells.m);
    out->cells = (mixed_cells){.n = plan->n, .m = in->cells.m};
    out->cells.keys = rp_arena_take_unset(arena, plan->n * k, sizeof *out->cells.keys);
    out->cells.grams = rp_arena_take_unset(arena, plan->n * room, sizeof *out->cells.grams);
    out->cells.rows = rp_arena_take_unset(arena, plan->n, sizeof *out->cells.rows);
    if (!out->cells.keys || !out->cells.grams || !out->cells.rows)
        return false;
    out->rows = 0;
    for (size_t c = 0; c < plan->n; c++) {
        size_t from = plan->from[plan->order[c]];
        memcpy(out->cells.keys + c * k, plan->keys + plan->order[c] * k, k * sizeof *plan->keys);
        memcpy(out->cells.grams + c * room, in->cells.grams + from * room, room * sizeof *out->cells.grams);
        out->rows += out->cells.rows[c] = in->cells.rows[from];
    }
    return true;
}

static bool fill_lags(rp_mixed_stats *out, const infer_groups *groups, const plan_of_cells *plan, rp_arena *arena) {
    const mixed_lags *in = &groups->stats->lags;
    size_t n = 0, twice = 2 * mixed_packed(groups->stats->cells.m);
    for (size_t c = 0; c < plan->n; c++)
        n += groups->lags[plan->from[c] + 1] - groups->lags[plan->from[c]];
    out->lags = (mixed_lags){.at = rp_arena_take_unset(arena, n, sizeof *out->lags.at),
                             .grams = rp_arena_take_unset(arena, n * twice, sizeof *out->lags.grams)};
    if (out->lags.at == NULL || out->lags.grams == NULL)
        return false;
    for (size_t c = 0; c < plan->n; c++) {
        size_t from = plan->from[plan->order[c]];
        for (size_t l = groups->lags[from]; l < groups->lags[from + 1]; l++) {
            out->lags.at[out->lags.n] = in->at[l];
            out->lags.at[out->lags.n].cell = (uint32_t)c;
            memcpy(out->lags.grams + out->lags.n * twice, in->grams + l * twice, twice * sizeof *in->grams);
            out->lags.n++;
        }
    }
    return true;
}

/* NULL where `in` is NULL or there is no memory. */
static double *pick(const double *in, const plan_of_cells *plan, rp_arena *arena) {
    double *out = in ? rp_arena_take_unset(arena, plan->n, sizeof *out) : NULL;
    for (size_t c = 0; out != NULL && c < plan->n; c++)
        out[c] = in[plan->from[plan->order[c]]];
    return out;
}

static bool fill_binomial(rp_mixed_stats *out, const rp_mixed_stats *in, const plan_of_cells *plan, rp_arena *arena) {
    const binomial_cells *old = in->binomial;
    const rp_mixed_spec *spec = in->spec;
    binomial_cells *b = rp_arena_take(arena, 1, sizeof *b);
    out->binomial = b;
    if (b == NULL)
        return false;
    b->n = plan->n;
    b->keys = rp_arena_take(arena, spec->n_factors, sizeof *b->keys);
    b->columns = rp_arena_take(arena, spec->n_columns, sizeof *b->columns);
    b->y = pick(old->y, plan, arena);
    b->trials = pick(old->trials, plan, arena);
    b->offset = pick(old->offset, plan, arena);
    if (!b->keys || !b->columns || !b->y || !b->trials || (old->offset && !b->offset))
        return false;
    for (size_t f = 0; f < spec->n_factors; f++) {
        if (old->keys[f] == NULL)
            continue;
        b->keys[f] = rp_arena_take_unset(arena, plan->n, sizeof *b->keys[f]);
        if (b->keys[f] == NULL)
            return false;
        for (size_t c = 0; c < plan->n; c++)
            b->keys[f][c] = plan->keys[plan->order[c] * spec->n_factors + f];
    }
    for (size_t i = 0; i < spec->n_columns; i++) {
        b->columns[i] = pick(old->columns[i], plan, arena);
        if (old->columns[i] && !b->columns[i])
            return false;
    }
    return true;
}

rp_mixed_stats *infer_resample(const infer_groups *groups, const uint32_t *chosen, size_t n, rp_arena *arena) {
    const rp_mixed_stats *in = groups->stats;
    plan_of_cells plan;
    rp_mixed_stats *out = rp_arena_take(arena, 1, sizeof *out);
    rp_mixed_spec *spec = rp_arena_take(arena, 1, sizeof *spec);
    if (out == NULL || spec == NULL || !plan_cells(groups, chosen, n, &plan, arena))
        return NULL;
    *spec = *in->spec;
    spec->levels = plan.levels;
    *out = *in; /* y's origin with it, and sums of logarithms, which move no estimate: they are not of the resample */
    out->spec = spec;
    bool good = in->binomial ? fill_binomial(out, in, &plan, arena) : fill_gaussian(out, in, &plan, arena);
    good = good && (!in->spec->ar1 || fill_lags(out, groups, &plan, arena));
    return good ? out : NULL;
}
