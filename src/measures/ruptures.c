/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ruptures and repairs of the alliance, by the rule that docs/alliance.md states. */
#include "rapport/measures.h"

#include <assert.h>
#include <math.h>

typedef enum became { REPAIRED, NOT_REPAIRED, NOT_KNOWN } became;

/* What became of the drop from session n to the next one. */
static became after(const double *scores, size_t n_sessions, size_t n, double sign) {
    double half = sign * (scores[n] + scores[n + 1]) / 2;
    size_t end = n + 2 + RP_REPAIR_SESSIONS;
    became seen = end <= n_sessions ? NOT_REPAIRED : NOT_KNOWN;
    for (size_t i = n + 2; i < end && i < n_sessions; i++) {
        if (isnan(scores[i]))
            seen = NOT_KNOWN;
        else if (sign * scores[i] >= half - 1e-9 * fabs(half)) /* means of items are rounded */
            return REPAIRED;
    }
    return seen;
}

rp_ruptures rp_ruptures_find(const double *scores, size_t n_sessions, double cutoff, bool higher_is_worse) {
    assert(cutoff > 0);
    double sign = higher_is_worse ? -1 : 1; /* with it, higher is better */
    rp_ruptures found = {0};
    for (size_t n = 0; n + 1 < n_sessions; n++) {
        double drop = sign * (scores[n] - scores[n + 1]);
        if (isnan(drop))
            continue;
        found.judged++;
        if (drop < cutoff * (1 - 1e-9)) /* as above */
            continue;
        became what = after(scores, n_sessions, n, sign);
        found.repaired += what == REPAIRED;
        found.not_repaired += what == NOT_REPAIRED;
        found.not_known += what == NOT_KNOWN;
    }
    return found;
}
