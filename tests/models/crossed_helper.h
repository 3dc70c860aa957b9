/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of the crossed solver share. */
#ifndef RAPPORT_TEST_CROSSED_HELPER_H
#define RAPPORT_TEST_CROSSED_HELPER_H

#include <math.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

static inline void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static inline double uniform(uint64_t *seed) { /* xorshift, in (0, 1) */
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(uint64_t *seed) {
    double u = uniform(seed);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1.0) * uniform(seed));
}

static inline rp_mixed_stats *stats_of(const rp_mixed_spec *spec, const rp_mixed_rows *rows, rp_arena *arena) {
    rp_error error = {0};
    rp_mixed_stats *stats = rp_mixed_prepare(spec, rows, arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static inline mixed_point point_for(size_t p, size_t n_theta, rp_arena *arena) {
    mixed_point point = {.beta = rp_arena_take(arena, p, sizeof(double)),
                         .unscaled = rp_arena_take(arena, p * p, sizeof(double)),
                         .gradient = rp_arena_take(arena, n_theta, sizeof(double))};
    assert_true(point.beta && point.unscaled && point.gradient);
    return point;
}

#endif
