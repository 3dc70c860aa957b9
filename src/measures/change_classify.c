/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person's change. An index must go past the critical value (strictly, as the papers write it); a fixed threshold
 * or a cut-off counts from the threshold on, as national rules write it. */
#include <assert.h>
#include <math.h>

#include "measures/measures_private.h"

/* +1 where a rise is good. */
static double better(const rp_change_scale *scale) {
    return scale->higher_is_worse ? -1 : 1;
}

static void check(const rp_change_scale *scale, double before, double after) {
    assert(scale && isfinite(before) && isfinite(after));
    (void)scale;
    (void)before;
    (void)after;
}

/* The score after less the one before, each as the method sees it; change_prepare.c gives the formulas. */
static double method_change(const rp_change_scale *s, double before, double after) {
    double regressed = s->mean_pre + s->reliability * (before - s->mean_pre);
    switch (s->method) {
    case RP_CHANGE_EN:
    case RP_CHANGE_GLN:
    case RP_CHANGE_NK:
        return after - regressed;
    case RP_CHANGE_HLL:
        return (after - s->mean_post) - s->reliability * (before - s->mean_pre);
    case RP_CHANGE_HA:
        return (after - before) * s->r_dd + (s->mean_post - s->mean_pre) * (1 - s->r_dd);
    case RP_CHANGE_JT:
    case RP_CHANGE_METHODS:
        break;
    }
    return after - before;
}

double rp_change_index(const rp_change_scale *scale, double before, double after) {
    check(scale, before, after);
    return scale->fixed_threshold ? NAN : method_change(scale, before, after) / scale->s_diff;
}

rp_reliable rp_change_reliable(const rp_change_scale *scale, double before, double after) {
    check(scale, before, after);
    double gain = better(scale) * (after - before);
    if (!scale->fixed_threshold)
        gain = better(scale) * rp_change_index(scale, before, after);
    bool past =
        scale->fixed_threshold ? fabs(gain) >= scale->reliable_change - RP_SCORE_SLACK : fabs(gain) > scale->critical;
    if (!past)
        return RP_NOT_RELIABLY_CHANGED;
    return gain > 0 ? RP_RELIABLY_IMPROVED : RP_RELIABLY_DETERIORATED;
}

bool rp_change_is_case(const rp_change_scale *scale, double score) {
    check(scale, score, score);
    assert(scale->has_cutoff);
    return -better(scale) * (score - scale->cutoff) >= -RP_SCORE_SLACK;
}

/* (M2 + r2 (after - M2) - cut-off) / (sqrt(r2) S_E2): Hageman & Arrindell 1999, CS index. */
double rp_change_cutoff_index(const rp_change_scale *scale, double after) {
    check(scale, after, after);
    if (scale->method != RP_CHANGE_HA || !scale->has_cutoff)
        return NAN;
    double r2 = scale->reliability_post, true_score = scale->mean_post + r2 * (after - scale->mean_post);
    return (true_score - scale->cutoff) / (sqrt(r2) * scale->standard_error_post);
}

/* On the functional side afterwards, for one who was a case; on the clinical side, for one who was not. Hageman &
 * Arrindell want the estimated true score to be past the cut-off by more than its error. */
static bool crossed(const rp_change_scale *scale, bool was_case, double after) {
    if (scale->method != RP_CHANGE_HA)
        return rp_change_is_case(scale, after) != was_case;
    double past = better(scale) * rp_change_cutoff_index(scale, after);
    return was_case ? past > scale->critical : past < -scale->critical;
}

rp_change_class rp_change_classify(const rp_change_scale *scale, double before, double after) {
    rp_reliable reliable = rp_change_reliable(scale, before, after);
    if (reliable == RP_NOT_RELIABLY_CHANGED)
        return RP_UNCHANGED;
    bool improved = reliable == RP_RELIABLY_IMPROVED;
    bool was_case = scale->has_cutoff && rp_change_is_case(scale, before);
    bool all_the_way = scale->has_cutoff && was_case == improved && crossed(scale, was_case, after);
    if (improved)
        return all_the_way ? RP_RECOVERED : RP_IMPROVED;
    return all_the_way ? RP_HARMED : RP_DETERIORATED;
}
