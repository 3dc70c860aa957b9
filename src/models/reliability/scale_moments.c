/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scale's answers with gaps, by pairs of items: statistics that merge. */
#include <math.h>

#include "rapport/models.h"

size_t rp_scale_pair(size_t k, size_t i, size_t j) {
    return i * k - i * (i + 1) / 2 + j;
}

rp_scale_stats *rp_scale_new(size_t k, rp_arena *arena) {
    rp_scale_stats *out = rp_arena_take(arena, 1, sizeof *out);
    if (!out)
        return NULL;
    out->k = k;
    out->pairs = rp_arena_take(arena, k * (k + 1) / 2, sizeof *out->pairs);
    out->complete = rp_arena_take(arena, rp_item_moments_room(k), sizeof *out->complete);
    return out->pairs && out->complete ? out : NULL;
}

void rp_scale_add(rp_scale_stats *stats, const double *answers) {
    size_t k = stats->k, have = 0;
    double sum = 0;
    for (size_t i = 0; i < k; i++) {
        if (isnan(answers[i]))
            continue;
        have++;
        sum += answers[i];
        for (size_t j = i; j < k; j++)
            if (!isnan(answers[j]))
                rp_pair_moments_add(&stats->pairs[rp_scale_pair(k, i, j)], answers[i], answers[j]);
    }
    stats->rows += have > 0;
    stats->empty += have == 0;
    if (have)
        rp_moments_add(&stats->score, sum / (double)have);
    if (have == k)
        rp_item_moments_add(stats->complete, k, answers);
}

void rp_scale_merge(rp_scale_stats *into, const rp_scale_stats *from) {
    size_t k = into->k;
    into->rows += from->rows;
    into->empty += from->empty;
    for (size_t i = 0; i < k * (k + 1) / 2; i++)
        rp_pair_moments_merge(&into->pairs[i], &from->pairs[i]);
    rp_moments_merge(&into->score, &from->score);
    rp_item_moments_merge(into->complete, k, from->complete);
}
