/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is analysed for one measure: times, horizon, groups. Decided from what was recorded when, never from results. */
#include "questions/outcome/outcome_parts.h"

#include <math.h>
#include <string.h>

#define WEEKS_IN_A_MONTH      (365.25 / 12 / 7)
#define DEFAULT_HORIZON_WEEKS 26.0
/* A score counts for the horizon when it lies within a quarter of it. */
#define WINDOW_SHARE 0.25
enum { FEW_PEOPLE = 500 };

/* How many people have a score of the measure at each occasion of the cohort, or in each month. */
typedef struct timing {
    const outcome_plan *plan;
    size_t n_occasions;
} timing;

static int month_of(double months) {
    return isnan(months) || months < 0 || months > OUTCOME_MONTHS - 1 ? -1 : (int)(months + 0.5);
}

static void count_times(void *statistics, const rp_block *block, const void *context) {
    const timing *t = context;
    int64_t *at_occasion = statistics, *in_month = at_occasion + t->n_occasions;
    for (size_t e = 0; e < block->n_episodes; e++) {
        const rp_series *series = &block->episodes[e].series[t->plan->measure_index];
        for (size_t p = 0; p < series->n; p++) {
            for (size_t o = 0; o < t->n_occasions; o++)
                at_occasion[o] += rp_cohort_occasion(t->plan->cohort, o)->occasion == series->points[p].occasion;
            int month = month_of(rp_cohort_months(t->plan->cohort, series, p));
            if (month >= 0)
                in_month[month]++;
        }
    }
}

static void add_times(void *into, const void *other, const void *context) {
    const timing *t = context;
    for (size_t i = 0; i < t->n_occasions + OUTCOME_MONTHS; i++)
        ((int64_t *)into)[i] += ((const int64_t *)other)[i];
}

static bool occasion_slots(outcome_plan *plan, const int64_t *counts, size_t n) {
    for (size_t o = 0; o < n; o++) {
        const rp_occasion *occasion = rp_cohort_occasion(plan->cohort, o);
        if (counts[o] > 0)
            plan->slots[plan->n_slots++] = (outcome_slot){occasion->occasion, occasion->months, occasion->label};
    }
    return plan->n_slots > 0;
}

static bool month_slots(outcome_plan *plan, const int64_t *counts, rp_arena *arena) {
    for (int m = 0; m < OUTCOME_MONTHS; m++) {
        plan->slot_of_month[m] = SIZE_MAX;
        if (counts[m] == 0)
            continue;
        const char *label = rp_arena_printf(arena, m == 1 ? "%d month" : "%d months", m);
        if (label == NULL)
            return false;
        plan->slot_of_month[m] = plan->n_slots;
        plan->slots[plan->n_slots++] = (outcome_slot){RP_NO_OCCASION, m, label};
    }
    return true;
}

/* By occasion: the one whose months are nearest to the horizon asked for, or the last one. By months: the horizon asked
 * for, or 26 weeks. */
static void choose_horizon(outcome_plan *plan) {
    double weeks = rp_cohort_chosen(plan->cohort)->horizon_weeks;
    if (!plan->by_occasion && isnan(weeks))
        weeks = DEFAULT_HORIZON_WEEKS;
    plan->horizon_months = weeks / WEEKS_IN_A_MONTH;
    plan->window_months = plan->horizon_months * WINDOW_SHARE;
    plan->baseline_slot = 0;
    plan->horizon_slot = plan->n_slots > 0 ? plan->n_slots - 1 : 0;
    double nearest = INFINITY;
    for (size_t s = 1; !isnan(weeks) && s < plan->n_slots; s++) {
        double away = fabs(plan->slots[s].months - plan->horizon_months);
        if (away < nearest) {
            nearest = away;
            plan->horizon_slot = s;
        }
    }
}

static void choose_groups(outcome_plan *plan) {
    plan->n_arms = rp_question_arms(plan->cohort);
    plan->n_bands = plan->scale->n_bands;
    plan->n_groups = 1 + plan->n_arms + plan->n_bands;
}

/* Few people in small squares would all be hidden. */
static void choose_bins(outcome_plan *plan) {
    double range = plan->scale->highest - plan->scale->lowest;
    double bins = rp_cohort_episodes(plan->cohort) < FEW_PEOPLE ? 5 : 12;
    plan->bin_low = plan->scale->lowest;
    plan->bin_width = range <= bins ? range / bins : ceil(range / bins);
    plan->n_bins = (size_t)floor(range / plan->bin_width) + 1;
}

bool outcome_plan_make(const rp_cohort *cohort, const rp_asked *asked, size_t measure, rp_arena *arena,
                       outcome_plan *out, rp_error *error) {
    const rp_measure *m = rp_cohort_measure(cohort, measure);
    *out = (outcome_plan){.cohort = cohort,
                          .asked = asked,
                          .measure = m,
                          .measure_index = measure,
                          .scale = &m->instrument->scales[m->scale],
                          .frame = rp_question_frame(cohort, arena),
                          .research = rp_record_about(rp_cohort_record(cohort))->research};
    timing t = {out, rp_cohort_occasions(cohort)};
    rp_fold fold = {(t.n_occasions + OUTCOME_MONTHS) * sizeof(int64_t), count_times, add_times, &t};
    int64_t *counts = rp_arena_take(arena, t.n_occasions + OUTCOME_MONTHS, sizeof *counts);
    out->slots = rp_arena_take(arena, t.n_occasions + OUTCOME_MONTHS, sizeof *out->slots);
    if (counts == NULL || out->slots == NULL || out->frame == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(cohort, &fold, asked->threads, counts, error))
        return false;
    rp_question_measuring measuring;
    if (!rp_question_measuring_of(cohort, measure, out->frame, arena, &measuring))
        return rp_fail_memory(error);
    out->shared = measuring.by;
    out->scores = measuring.scores;
    out->n_tail = out->scores->n_cells;
    out->by_occasion = occasion_slots(out, counts, t.n_occasions);
    if (!out->by_occasion && !month_slots(out, counts + t.n_occasions, arena))
        return rp_fail_memory(error);
    choose_horizon(out);
    choose_groups(out);
    choose_bins(out);
    return true;
}

const char *outcome_version_title(const outcome_plan *plan, outcome_version version, rp_answer *answer) {
    if (version == FIRST_TO_LAST)
        return "from the first to the last available score";
    if (plan->by_occasion)
        return rp_answer_text(answer, "from %s to %s", plan->slots[plan->baseline_slot].label,
                              plan->slots[plan->horizon_slot].label);
    return rp_answer_text(answer, "from the first score to %.0f weeks after it (within %.0f weeks)",
                          plan->horizon_months * WEEKS_IN_A_MONTH, plan->window_months * WEEKS_IN_A_MONTH);
}

const char *outcome_version_short(const outcome_plan *plan, outcome_version version, rp_answer *answer) {
    if (version == FIRST_TO_LAST)
        return "first to last";
    if (plan->by_occasion)
        return rp_answer_text(answer, "to %s", plan->slots[plan->horizon_slot].label);
    return rp_answer_text(answer, "to %.0f weeks", plan->horizon_months * WEEKS_IN_A_MONTH);
}

int outcome_band(const outcome_plan *plan, double first_score) {
    return rp_scale_band_index(plan->scale, first_score);
}

outcome_group outcome_group_at(const outcome_plan *plan, size_t group) {
    outcome_group out = {.arm = -1, .band = -1, .label = "Everyone"};
    if (group >= 1 && group <= plan->n_arms) {
        out.arm = (int)group - 1;
        out.arm_label = out.label = rp_cohort_arm(plan->cohort, group - 1);
    } else if (group > plan->n_arms) {
        out.band = (int)(group - 1 - plan->n_arms);
        out.band_label = out.label = plan->scale->bands[out.band].label;
    }
    return out;
}

size_t outcome_tail(const outcome_plan *plan, const rp_episode *episode) {
    rp_question_measuring measuring = {plan->frame, plan->shared, plan->scores, plan->measure_index};
    return rp_question_measuring_cell(&measuring, episode);
}

double outcome_first_score(const rp_series *series) {
    return series->n > 0 ? series->points[0].value : NAN;
}

/* The slot that a score counts for; SIZE_MAX: none. */
static size_t slot_of(const outcome_plan *plan, const rp_series *series, size_t point) {
    if (!plan->by_occasion) {
        int month = month_of(rp_cohort_months(plan->cohort, series, point));
        return month < 0 ? SIZE_MAX : plan->slot_of_month[month];
    }
    for (size_t s = 0; s < plan->n_slots; s++)
        if (plan->slots[s].occasion == series->points[point].occasion)
            return s;
    return SIZE_MAX;
}

double outcome_at_slot(const outcome_plan *plan, const rp_series *series, size_t slot) {
    for (size_t p = series->n; p > 0; p--)
        if (slot_of(plan, series, p - 1) == slot)
            return series->points[p - 1].value;
    return NAN;
}

size_t outcome_at_slots(const outcome_plan *plan, const rp_series *series, size_t first,
                        double values[OUTCOME_SLOTS_AT_ONCE]) {
    size_t n = plan->n_slots - first < OUTCOME_SLOTS_AT_ONCE ? plan->n_slots - first : OUTCOME_SLOTS_AT_ONCE;
    for (size_t i = 0; i < n; i++)
        values[i] = NAN;
    for (size_t p = 0; p < series->n; p++) { /* of several at one slot the last counts */
        size_t slot = slot_of(plan, series, p);
        if (slot - first < n)
            values[slot - first] = series->points[p].value;
    }
    return n;
}

static double nearest_to_horizon(const outcome_plan *plan, const rp_series *series) {
    double value = NAN, nearest = plan->window_months;
    for (size_t p = 1; p < series->n; p++) {
        double away = fabs(rp_cohort_months(plan->cohort, series, p) - plan->horizon_months);
        if (away <= nearest) {
            nearest = away;
            value = series->points[p].value;
        }
    }
    return value;
}

outcome_pair outcome_pair_of(const outcome_plan *plan, const rp_series *series, outcome_version version) {
    outcome_pair pair = {.before = NAN, .after = NAN};
    if (version == FIRST_TO_LAST || !plan->by_occasion)
        pair.before = outcome_first_score(series);
    else if (plan->n_slots > 0)
        pair.before = outcome_at_slot(plan, series, plan->baseline_slot);
    if (version == FIRST_TO_LAST)
        pair.after = series->n > 1 ? series->points[series->n - 1].value : NAN;
    else if (!plan->by_occasion)
        pair.after = nearest_to_horizon(plan, series);
    else if (plan->n_slots > 1)
        pair.after = outcome_at_slot(plan, series, plan->horizon_slot);
    pair.has_before = !isnan(pair.before);
    pair.has_after = pair.has_before && !isnan(pair.after);
    return pair;
}
