/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pass 1 over the cohort: means, spreads and correlations, by version, group and time. Statistics merge. */
#include "questions/outcome/outcome_parts.h"

#include <math.h>

/* One flat piece of memory: plain moments first, then pairs. */
typedef struct layout {
    const outcome_plan *plan;
    size_t n_moments, n_pairs;
} layout;

static layout layout_of(const outcome_plan *plan) {
    return (layout){plan, VERSIONS + (plan->n_arms + 1) * plan->n_slots + plan->n_slots, VERSIONS * plan->n_groups};
}

static rp_pair_moments *pairs_in(const layout *l, void *statistics) {
    return (rp_pair_moments *)((rp_moments *)statistics + l->n_moments);
}

/* slots: everyone's, then those of each arm, then of people measured at the horizon. */
static void add_slots(const outcome_plan *plan, rp_moments *slots, const rp_episode *episode) {
    const rp_series *series = &episode->series[plan->measure_index];
    if (series->n == 0)
        return;
    rp_moments *completers = slots + (plan->n_arms + 1) * plan->n_slots;
    rp_moments *arm = plan->n_arms > 0 && episode->arm >= 0 ? slots + (1 + (size_t)episode->arm) * plan->n_slots : NULL;
    bool completer = plan->n_slots > 0 && !isnan(outcome_at_slot(plan, series, plan->horizon_slot));
    double values[OUTCOME_SLOTS_AT_ONCE];
    for (size_t first = 0, n; first < plan->n_slots; first += n) {
        n = outcome_at_slots(plan, series, first, values);
        for (size_t i = 0; i < n; i++) {
            if (isnan(values[i]))
                continue;
            rp_moments_add(&slots[first + i], values[i]);
            if (arm != NULL)
                rp_moments_add(&arm[first + i], values[i]);
            if (completer)
                rp_moments_add(&completers[first + i], values[i]);
        }
    }
}

static void add_person(const layout *l, void *statistics, const rp_episode *episode) {
    const outcome_plan *plan = l->plan;
    const rp_series *series = &episode->series[plan->measure_index];
    rp_moments *moments = statistics;
    rp_pair_moments *pairs = pairs_in(l, statistics);
    int band = outcome_band(plan, outcome_first_score(series));
    for (size_t v = 0; v < VERSIONS; v++) {
        outcome_pair pair = outcome_pair_of(plan, series, (outcome_version)v);
        if (pair.has_before)
            rp_moments_add(&moments[v], pair.before);
        if (!pair.has_after)
            continue;
        rp_pair_moments *of = pairs + v * plan->n_groups;
        rp_pair_moments_add(&of[0], pair.before, pair.after);
        if (plan->n_arms > 0 && episode->arm >= 0)
            rp_pair_moments_add(&of[1 + episode->arm], pair.before, pair.after);
        if (band >= 0)
            rp_pair_moments_add(&of[1 + plan->n_arms + (size_t)band], pair.before, pair.after);
    }
    add_slots(plan, moments + VERSIONS, episode);
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    for (size_t e = 0; e < block->n_episodes; e++)
        add_person(context, statistics, &block->episodes[e]);
}

static void merge(void *into, const void *other, const void *context) {
    const layout *l = context;
    for (size_t i = 0; i < l->n_moments; i++)
        rp_moments_merge((rp_moments *)into + i, (const rp_moments *)other + i);
    for (size_t i = 0; i < l->n_pairs; i++)
        rp_pair_moments_merge(pairs_in(l, into) + i,
                              (const rp_pair_moments *)((const rp_moments *)other + l->n_moments) + i);
}

bool outcome_moments_make(const outcome_plan *plan, rp_arena *arena, outcome_moments *out, rp_error *error) {
    layout l = layout_of(plan);
    rp_fold fold = {l.n_moments * sizeof(rp_moments) + l.n_pairs * sizeof(rp_pair_moments), prepare, merge, &l};
    rp_moments *statistics = rp_arena_take(arena, 1, fold.size);
    if (statistics == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(plan->cohort, &fold, plan->asked->threads, statistics, error))
        return false;
    for (size_t v = 0; v < VERSIONS; v++)
        out->baseline_all[v] = statistics[v];
    out->slots = statistics + VERSIONS;
    out->completers = out->slots + (plan->n_arms + 1) * plan->n_slots;
    out->pairs = pairs_in(&l, statistics);
    return true;
}

const rp_pair_moments *outcome_pairs(const outcome_plan *plan, const outcome_moments *m, outcome_version v, size_t g) {
    return &m->pairs[v * plan->n_groups + g];
}

const rp_moments *outcome_slot_moments(const outcome_plan *plan, const outcome_moments *m, size_t arm_group, size_t s) {
    return &m->slots[arm_group * plan->n_slots + s];
}
