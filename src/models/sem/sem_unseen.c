/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of variables that no row has both of: what the data cannot tell of their covariance. */
#include <string.h>

#include "models/sem/sem_parts.h"

enum { NAMED = 6 };

void sem_seen_together(const rp_sem_stats *stats, size_t group, bool *seen) {
    size_t p = stats->layout->n_observed;
    memset(seen, 0, p * p * sizeof *seen);
    for (size_t q = 0; q < stats->n_patterns; q++) {
        const sem_pattern *s = &stats->patterns[q];
        for (size_t i = 0; s->group == group && i < s->k; i++)
            for (size_t j = 0; j < s->k; j++)
                seen[s->observed[i] * p + s->observed[j]] = true;
    }
}

bool sem_unseen(const rp_sem_stats *stats, const char **names, rp_arena *arena) {
    const rp_sem_layout *layout = stats->layout;
    size_t p = layout->n_observed, found = 0;
    *names = NULL;
    if (layout->missing != RP_SEM_FIML) /* rows have all */
        return true;
    bool *seen = rp_arena_take(arena, p * p, sizeof *seen);
    if (seen == NULL)
        return false;
    for (size_t g = 0; g < layout->n_groups; g++) {
        sem_seen_together(stats, g, seen);
        for (size_t i = 0; i < p; i++)
            for (size_t j = i + 1; j < p; j++) {
                if (seen[i * p + j] || ++found > NAMED + 1)
                    continue;
                const char *where = sem_in_group(layout, g, arena), *before = *names ? *names : "";
                const char *comma = *names ? ", " : "";
                *names = where == NULL   ? NULL
                         : found > NAMED ? rp_arena_printf(arena, "%s%sothers", before, comma)
                                         : rp_arena_printf(arena, "%s%s%s and %s%s", before, comma, layout->observed[i],
                                                           layout->observed[j], where);
                if (*names == NULL)
                    return false;
            }
    }
    return true;
}
