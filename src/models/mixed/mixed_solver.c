/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which solver a model takes. */
#include "models/mixed/nested_parts.h"

const mixed_solver mixed_nested = {nested_plan, nested_evaluate, nested_modes};

const mixed_solver *mixed_solver_for(const rp_mixed_stats *stats, rp_error *error) {
    mixed_chain chain;
    rp_arena *scratch = rp_arena_new(0);
    bool found = scratch && mixed_chain_find(stats, &chain, scratch), nested = found && chain.nested;
    rp_arena_free(scratch);
    if (!found) {
        rp_fail_memory(error);
        return NULL;
    }
    if (!nested && stats->spec->ar1) {
        rp_fail(error, RP_E_RULE,
                "Residuals can follow AR(1) only where the grouping factors are nested; these cross.");
        rp_fail_remedy(error, "Leave one of the grouping factors, or AR(1), out of the model.");
        return NULL;
    }
    return nested ? &mixed_nested : &mixed_crossed;
}
