/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pass 2 over the cohort: what became of each person, counted in disjoint cells, so that any count that is shown is a
 * union of cells and protection can see what it would give away. */
#include "questions/outcome/outcome_parts.h"

#include <math.h>

void outcome_rules_make(const outcome_plan *plan, const outcome_moments *moments, outcome_rules *out) {
    *out = (outcome_rules){0};
    for (size_t v = 0; v < VERSIONS; v++)
        for (size_t m = 0; m < RP_CHANGE_METHODS; m++) {
            rp_change_data data = {*outcome_pairs(plan, moments, (outcome_version)v, 0), moments->baseline_all[v]};
            rp_error error = {0};
            out->has[v][m] = rp_change_prepare(&plan->scale->change, plan->scale->higher_is_worse, (rp_change_method)m,
                                               &data, &out->scale[v][m], &error);
            if (!out->has[v][m] && m == RP_CHANGE_JT)
                snprintf(out->why_not[v], sizeof out->why_not[v], "%s", error.message);
        }
}

size_t outcome_cells(const outcome_plan *plan) {
    return (plan->n_bands + 1) * OUTCOME_CLASSES * 2 * 2;
}

static size_t cell_of(const outcome_plan *plan, const outcome_cell *cell) {
    size_t i = (size_t)(cell->band + 1);
    i = i * OUTCOME_CLASSES + (size_t)cell->class;
    i = i * 2 + cell->case_before;
    i = i * 2 + cell->case_after;
    return i * plan->n_tail + cell->tail;
}

outcome_cell outcome_cell_at(const outcome_plan *plan, size_t i) {
    outcome_cell cell;
    cell.tail = i % plan->n_tail, i /= plan->n_tail;
    cell.case_after = i % 2, i /= 2;
    cell.case_before = i % 2, i /= 2;
    cell.class = (int)(i % OUTCOME_CLASSES), i /= OUTCOME_CLASSES;
    cell.band = (int)i - 1;
    return cell;
}

size_t outcome_slot_cell(const outcome_plan *plan, bool measured, bool completer, size_t tail) {
    return (measured * (size_t)2 + completer) * plan->n_tail + tail;
}

typedef struct layout {
    const outcome_plan *plan;
    const outcome_rules *rules;
    size_t n_cells, n_slots, n_methods, n_bins, n;
} layout;

/* While they are counted, people are numbers of half the width: there are as many as rows at most. */
typedef struct counting {
    uint32_t *cells, *slots, *methods, *bins;
} counting;

static layout layout_of(const outcome_plan *plan, const outcome_rules *rules) {
    size_t n_tail = plan->n_tail;
    layout l = {.plan = plan,
                .rules = rules,
                .n_cells = VERSIONS * outcome_cells(plan) * n_tail,
                .n_slots = plan->n_slots * OUTCOME_SLOT_CELLS * n_tail,
                .n_methods = (size_t)VERSIONS * RP_CHANGE_METHODS * OUTCOME_METHOD_CELLS * n_tail,
                .n_bins = (plan->n_bins * plan->n_bins + 1) * n_tail};
    l.n = l.n_cells + l.n_slots + l.n_methods + l.n_bins;
    return l;
}

static counting split(const layout *l, uint32_t *counts) {
    return (counting){.cells = counts,
                      .slots = counts + l->n_cells,
                      .methods = counts + l->n_cells + l->n_slots,
                      .bins = counts + l->n_cells + l->n_slots + l->n_methods};
}

unsigned outcome_stages(size_t cell) {
    rp_question_stage s = rp_question_stage_at(cell);
    return (s.assessed ? STAGE_ASSESSED : 0u) | (s.contact >= TREATED_ONCE ? STAGE_ENTERED : 0u) |
           (s.contact == TREATED_MORE && s.over ? STAGE_FINISHED : 0u);
}

static int class_of(const outcome_rules *rules, size_t version, const outcome_pair *pair) {
    if (!pair->has_before)
        return OUTCOME_NO_BEFORE;
    if (!pair->has_after)
        return OUTCOME_NO_AFTER;
    if (!rules->has[version][RP_CHANGE_JT])
        return OUTCOME_UNCLASSED;
    return (int)rp_change_classify(&rules->scale[version][RP_CHANGE_JT], pair->before, pair->after);
}

static void add_version(const layout *l, const counting *to, const rp_episode *episode, size_t tail, size_t v) {
    const outcome_plan *plan = l->plan;
    const rp_series *series = &episode->series[plan->measure_index];
    outcome_pair pair = outcome_pair_of(plan, series, (outcome_version)v);
    const rp_change_scale *lead = &l->rules->scale[v][RP_CHANGE_JT];
    bool cutoff = l->rules->has[v][RP_CHANGE_JT] && lead->has_cutoff;
    outcome_cell cell = {.band = outcome_band(plan, outcome_first_score(series)),
                         .class = class_of(l->rules, v, &pair),
                         .case_before = cutoff && pair.has_before && rp_change_is_case(lead, pair.before),
                         .case_after = cutoff && pair.has_after && rp_change_is_case(lead, pair.after),
                         .tail = tail};
    to->cells[v * l->n_cells / VERSIONS + cell_of(plan, &cell)]++;
    for (size_t m = 0; m < RP_CHANGE_METHODS; m++) {
        size_t class = pair.has_after && l->rules->has[v][m]
                           ? (size_t)rp_change_classify(&l->rules->scale[v][m], pair.before, pair.after)
                           : RP_CHANGE_CLASSES;
        to->methods[((v * RP_CHANGE_METHODS + m) * OUTCOME_METHOD_CELLS + class) * plan->n_tail + tail]++;
    }
}

static size_t bin_of(const outcome_plan *plan, double score) {
    double bin = floor((score - plan->bin_low) / plan->bin_width);
    return bin < 0 ? 0 : bin >= (double)plan->n_bins ? plan->n_bins - 1 : (size_t)bin;
}

/* Only those measured: who is not measured at a slot is everyone else. Slot 0 takes everyone for that, as if none of
 * them were measured. */
static void add_slots(const outcome_plan *plan, uint32_t *slots, const rp_series *series, size_t tail) {
    bool completer = series->n > 0 && !isnan(outcome_at_slot(plan, series, plan->horizon_slot));
    size_t measured = outcome_slot_cell(plan, true, completer, tail), size = OUTCOME_SLOT_CELLS * plan->n_tail;
    double values[OUTCOME_SLOTS_AT_ONCE];
    slots[outcome_slot_cell(plan, false, completer, tail)]++;
    for (size_t first = 0, n; series->n > 0 && first < plan->n_slots; first += n) {
        n = outcome_at_slots(plan, series, first, values);
        for (size_t i = 0; i < n; i++)
            slots[(first + i) * size + measured] += !isnan(values[i]);
    }
}

static void count_unmeasured(const outcome_plan *plan, int64_t *slots) {
    size_t half = 2 * plan->n_tail; /* those not measured, then those measured */
    for (size_t s = plan->n_slots; s-- > 0;)
        for (size_t i = 0; i < half; i++)
            slots[2 * s * half + i] = slots[i] - slots[(2 * s + 1) * half + i];
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const layout *l = context;
    const outcome_plan *plan = l->plan;
    counting to = split(l, statistics);
    for (size_t e = 0; e < block->n_episodes; e++) {
        const rp_episode *episode = &block->episodes[e];
        const rp_series *series = &episode->series[plan->measure_index];
        size_t tail = outcome_tail(plan, episode);
        for (size_t v = 0; v < VERSIONS; v++)
            add_version(l, &to, episode, tail, v);
        if (plan->n_slots > 0)
            add_slots(plan, to.slots, series, tail);
        outcome_pair pair = outcome_pair_of(plan, series, FIRST_TO_LAST);
        size_t bin = pair.has_after ? bin_of(plan, pair.before) * plan->n_bins + bin_of(plan, pair.after)
                                    : plan->n_bins * plan->n_bins;
        to.bins[bin * plan->n_tail + tail]++;
    }
}

static void merge(void *into, const void *other, const void *context) {
    const layout *l = context;
    for (size_t i = 0; i < l->n; i++)
        ((uint32_t *)into)[i] += ((const uint32_t *)other)[i];
}

static bool count_all(const layout *l, rp_arena *scratch, int64_t *counts, rp_error *error) {
    rp_fold fold = {l->n * sizeof(uint32_t), prepare, merge, l};
    uint32_t *narrow = rp_arena_take(scratch, l->n, sizeof *narrow);
    if (narrow == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(l->plan->cohort, &fold, l->plan->asked->threads, narrow, error))
        return false;
    for (size_t i = 0; i < l->n; i++)
        counts[i] = narrow[i];
    return true;
}

bool outcome_counts_make(const outcome_plan *plan, const outcome_rules *rules, rp_arena *arena, outcome_counts *out,
                         rp_error *error) {
    layout l = layout_of(plan, rules);
    int64_t *counts = rp_arena_take(arena, l.n, sizeof *counts);
    rp_arena *scratch = rp_arena_new(0);
    bool done = counts != NULL && scratch != NULL ? count_all(&l, scratch, counts, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    if (!done)
        return false;
    *out = (outcome_counts){.cells = counts,
                            .slots = counts + l.n_cells,
                            .methods = counts + l.n_cells + l.n_slots,
                            .bins = counts + l.n_cells + l.n_slots + l.n_methods};
    count_unmeasured(plan, out->slots);
    return true;
}
