/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sudden gains and losses: T. Z. Tang and R. J. DeRubeis, Journal of Consulting and Clinical Psychology 67 (1999)
 * 894-904; t by degrees of freedom for missing sessions: W. Lutz and others, the same journal 81 (2013) 907-912. */
#include "rapport/measures.h"

#include <assert.h>
#include <math.h>

/* Two-sided 5% points of t with 2, 3 and 4 degrees of freedom, as the literature prints and uses them. */
static const double t_point[] = {4.303, 3.182, 2.776};

/* Mean and squared deviations of the scores at [from, to) that are there. */
static rp_moments side(const double *scores, size_t from, size_t to) {
    rp_moments m = {0};
    for (size_t i = from; i < to; i++)
        if (!isnan(scores[i]))
            rp_moments_add(&m, scores[i]);
    return m;
}

static bool differ(const rp_moments *before, const rp_moments *after, double sign) {
    size_t df = (size_t)(before->n + after->n - 2);
    double spread = sqrt((before->m2 + after->m2) / (double)df);
    return sign * (before->mean - after->mean) > t_point[df - 2] * spread;
}

static bool gives_back(const double *scores, size_t n_sessions, size_t session, double sign) {
    double half = (scores[session] + scores[session + 1]) / 2;
    for (size_t i = session + 2; i < n_sessions; i++)
        if (!isnan(scores[i]) && sign * (scores[i] - half) >= 0)
            return true;
    return false;
}

rp_sudden_found rp_sudden_changes(const double *scores, size_t n_sessions, double cutoff, bool higher_is_worse,
                                  bool losses, rp_sudden *out, size_t room) {
    assert(cutoff > 0);
    /* With this sign a sudden change is always a fall of sign * score. */
    double sign = higher_is_worse == losses ? -1 : 1;
    rp_sudden_found found = {0};
    for (size_t n = 1; n + 2 < n_sessions; n++) {
        size_t end = n + 4 < n_sessions ? n + 4 : n_sessions;
        rp_moments before = side(scores, n >= 2 ? n - 2 : 0, n + 1), after = side(scores, n + 1, end);
        if (isnan(scores[n]) || isnan(scores[n + 1]) || before.n < 2 || after.n < 2)
            continue;
        found.analysable++;
        double change = sign * (scores[n] - scores[n + 1]);
        if (change < cutoff || change < 0.25 * scores[n] || !differ(&before, &after, sign))
            continue;
        rp_sudden sudden = {n, change, gives_back(scores, n_sessions, n, sign)};
        found.any_reversed = found.any_reversed || sudden.reversed;
        if (found.n < room)
            out[found.n] = sudden;
        found.n++;
    }
    return found;
}
