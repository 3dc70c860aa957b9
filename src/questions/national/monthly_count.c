/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the cohort. A fold (rp_cohort_fold) keeps a place for each block, here as large as the whole result; so
 * each thread has one place for all its blocks instead. All that is added up are whole numbers, and values are put in
 * order at the end: the result is the same for any number of threads. */
#include "questions/national/monthly_parts.h"

typedef struct hand {
    const monthly_plan *plan;
    size_t number, of;
    monthly_counts counts;
    rp_error error;
    bool failed;
} hand;

static void count_blocks(void *context, size_t i) {
    hand *h = &((hand *)context)[i];
    const monthly_plan *plan = h->plan;
    size_t n = plan->n_units * plan->n_months * TALLIES;
    rp_arena *scratch = rp_arena_new(0);
    h->counts.arena = rp_arena_new(0);
    if (scratch != NULL && h->counts.arena != NULL)
        h->counts.cells = rp_arena_take(h->counts.arena, n, sizeof *h->counts.cells);
    h->failed = h->counts.cells == NULL && !rp_fail_memory(&h->error);
    for (size_t b = h->number; !h->failed && b < rp_cohort_blocks(plan->cohort); b += h->of) {
        rp_block block;
        rp_arena_empty(scratch);
        h->failed = !rp_cohort_block(plan->cohort, b, scratch, &block, &h->error);
        for (size_t e = 0; !h->failed && e < block.n_episodes; e++)
            h->failed = !monthly_count_episode(plan, &block.episodes[e], &h->counts) && !rp_fail_memory(&h->error);
    }
    rp_arena_free(scratch);
}

static bool gather(const monthly_plan *plan, const hand *hands, size_t n_hands, monthly_counts *out) {
    size_t n = plan->n_units * plan->n_months * TALLIES;
    out->arena = plan->arena;
    out->cells = rp_arena_take(plan->arena, n, sizeof *out->cells);
    if (out->cells == NULL)
        return false;
    for (size_t h = 0; h < n_hands; h++) {
        for (size_t i = 0; i < n; i++) {
            out->cells[i].n += hands[h].counts.cells[i].n;
            out->cells[i].people += hands[h].counts.cells[i].people;
        }
        if (!monthly_spread_merge(&out->spread, out->arena, &hands[h].counts.spread))
            return false;
    }
    monthly_spread_sort(&out->spread);
    return true;
}

bool monthly_count(const monthly_plan *plan, monthly_counts *out, rp_error *error) {
    size_t blocks = rp_cohort_blocks(plan->cohort), n = plan->options.threads > 1 ? (size_t)plan->options.threads : 1;
    n = n > blocks && blocks > 0 ? blocks : n;
    hand *hands = rp_arena_take(plan->arena, n, sizeof *hands);
    if (hands == NULL)
        return rp_fail_memory(error);
    for (size_t h = 0; h < n; h++)
        hands[h] = (hand){.plan = plan, .number = h, .of = n};
    rp_pool_run((int)n, n, count_blocks, hands);
    bool fine = true;
    for (size_t h = n; h-- > 0;)
        if (hands[h].failed) {
            *error = hands[h].error;
            fine = false;
        }
    if (fine && !gather(plan, hands, n, out))
        fine = rp_fail_memory(error);
    for (size_t h = 0; h < n; h++)
        rp_arena_free(hands[h].counts.arena);
    return fine;
}
