/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do factors nest? Two factors do where each group of the one meets one group of the other alone: one pass over the
 * cells says so. Of several, the one with most groups has to lie lowest. */
#include <string.h>

#include "models/mixed/mixed_parts.h"

enum { NO_GROUP = UINT32_MAX };

bool mixed_factor_used(const rp_mixed_spec *spec, size_t factor) {
    for (size_t t = 0; t < spec->n_terms; t++)
        if (spec->terms[t].factor == factor)
            return true;
    return false;
}

size_t mixed_groups_met(const rp_mixed_stats *stats, size_t factor, uint32_t *room) {
    const mixed_cells *cells = &stats->cells;
    size_t k = stats->spec->n_factors, met = 0;
    memset(room, 0, stats->spec->levels[factor] * sizeof *room);
    for (size_t c = 0; c < cells->n; c++) {
        uint32_t *seen = room + cells->keys[c * k + factor];
        met += !*seen;
        *seen = 1;
    }
    return met;
}

/* Whether each group of `low` lies in one group of `high`. */
static bool within(const rp_mixed_stats *stats, size_t low, size_t high, uint32_t *room) {
    const mixed_cells *cells = &stats->cells;
    size_t k = stats->spec->n_factors;
    memset(room, 0xff, stats->spec->levels[low] * sizeof *room);
    for (size_t c = 0; c < cells->n; c++) {
        uint32_t *met = room + cells->keys[c * k + low], group = cells->keys[c * k + high];
        if (*met != NO_GROUP && *met != group)
            return false;
        *met = group;
    }
    return true;
}

bool mixed_chain_find(const rp_mixed_stats *stats, mixed_chain *chain, rp_arena *arena) {
    const rp_mixed_spec *spec = stats->spec;
    uint32_t most = 0;
    for (size_t f = 0; f < spec->n_factors; f++)
        most = spec->levels[f] > most ? spec->levels[f] : most;
    rp_arena *scratch = rp_arena_new(0);
    uint32_t *room = scratch ? rp_arena_take_unset(scratch, most, sizeof *room) : NULL;
    *chain = (mixed_chain){.nested = true};
    chain->factors = rp_arena_take(arena, spec->n_factors, sizeof *chain->factors);
    chain->groups = rp_arena_take(arena, spec->n_factors, sizeof *chain->groups);
    bool good = room && chain->factors && chain->groups;
    for (size_t f = 0; good && f < spec->n_factors; f++) {
        if (!mixed_factor_used(spec, f))
            continue;
        size_t groups = mixed_groups_met(stats, f, room), at = chain->n++;
        for (; at > 0 && chain->groups[at - 1] < groups; at--) {
            chain->groups[at] = chain->groups[at - 1];
            chain->factors[at] = chain->factors[at - 1];
        }
        chain->groups[at] = groups;
        chain->factors[at] = f;
    }
    for (size_t l = 1; good && l < chain->n; l++)
        chain->nested = chain->nested && within(stats, chain->factors[l - 1], chain->factors[l], room);
    rp_arena_free(scratch);
    return good;
}
