/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of a mixed model, whatever its family: which makes which, and which solver evaluates them. */
#include <assert.h>

#include "models/mixed/mixed_parts.h"

static rp_mixed_stats *new_stats(const rp_mixed_spec *spec, rp_arena *arena, rp_error *error) {
    rp_mixed_stats *stats = rp_arena_take(arena, 1, sizeof *stats);
    if (stats == NULL)
        rp_fail_memory(error);
    else
        stats->spec = spec;
    return stats;
}

rp_mixed_stats *rp_mixed_prepare(const rp_mixed_spec *spec, const rp_mixed_rows *rows, rp_arena *arena,
                                 rp_error *error) {
    assert(spec && rows && arena && error);
    rp_mixed_stats *stats = new_stats(spec, arena, error);
    if (stats == NULL)
        return NULL;
    stats->rows = (int64_t)rows->n;
    bool good = spec->family == RP_MIXED_GAUSSIAN ? mixed_cells_prepare(stats, rows, arena, error)
                                                  : binomial_prepare(stats, rows, arena, error);
    return good ? stats : NULL;
}

rp_mixed_stats *rp_mixed_merge(rp_mixed_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) {
    assert(parts && n > 0 && arena && error);
    rp_mixed_stats *into = new_stats(parts[0]->spec, arena, error);
    if (into == NULL)
        return NULL;
    bool good = into->spec->family == RP_MIXED_GAUSSIAN ? mixed_cells_merge(into, parts, n, arena, error)
                                                        : binomial_merge(into, parts, n, arena, error);
    return good ? into : NULL;
}

int64_t rp_mixed_rows_count(const rp_mixed_stats *stats) {
    return stats->rows;
}

size_t mixed_theta_count(const rp_mixed_spec *spec) {
    size_t n = 0;
    for (size_t t = 0; t < spec->n_terms; t++)
        n += mixed_packed(spec->terms[t].n_columns);
    return n + spec->ar1;
}

rp_mixed_fit *rp_mixed_fit_stats(const rp_mixed_stats *stats, const rp_mixed_options *options, rp_arena *arena,
                                 rp_error *error) {
    assert(stats && arena && error);
    if (stats->spec->family != RP_MIXED_GAUSSIAN)
        return binomial_fit(stats, options, arena, error);
    return mixed_fit_gaussian(stats, options, arena, error);
}
