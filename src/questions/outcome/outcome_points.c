/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change plot: each person's first score against their last, with the cut-off and the margin of reliable change
 * (Jacobson & Truax 1991, figure 2). Its table counts people by bands of both scores. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

/* Beyond this a cloud of points says less than bins do, and a report grows past what a browser likes. */
enum { MOST_POINTS = 5000 };

typedef struct bin_who {
    size_t bin, n_tail;
} bin_who;

static bool is_bin(const void *context, size_t i) {
    const bin_who *who = context;
    return i / who->n_tail == who->bin;
}

static void bins_table(outcome_work *work, const char *id) {
    static const rp_table_column columns[] = {
        {"first_from", "First score from", "points"},
        {"first_below", "to below", "points"},
        {"last_from", "Last score from", "points"},
        {"last_below", "to below", "points"},
        {"people", "People", "people"},
    };
    const outcome_plan *plan = &work->plan;
    rp_answer *answer = work->answer;
    size_t n = plan->n_bins * plan->n_bins;
    rp_universe *universe = outcome_universe(work, rp_answer_text(answer, "%s, first by last", plan->measure->name),
                                             n + 1, work->counts.bins);
    rp_answer_table *table = rp_answer_table_add(
        answer, id, rp_answer_text(answer, "%s: people by first and last score", plan->measure->name), columns,
        sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    for (size_t i = 0; i < n; i++) {
        rp_count people = rp_answer_count(answer, universe, is_bin, &(bin_who){i, plan->n_tail});
        if (people.n <= 0)
            continue;
        double first = plan->bin_low + plan->bin_width * (double)(i / plan->n_bins);
        double last = plan->bin_low + plan->bin_width * (double)(i % plan->n_bins);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_num(first, 1, rp_count_none());
        row[1] = rp_value_num(first + plan->bin_width, 1, rp_count_none());
        row[2] = rp_value_num(last, 1, rp_count_none());
        row[3] = rp_value_num(last + plan->bin_width, 1, rp_count_none());
        row[4] = rp_value_count(people);
    }
}

static void add_line(rp_chart *chart, const char *label, double slope, double intercept, bool vertical, bool dashed) {
    rp_chart_line *line = rp_chart_line_add(chart, label);
    line->slope = slope;
    line->intercept = intercept;
    line->vertical = vertical;
    line->dashed = dashed;
}

static void reference_lines(outcome_work *work, rp_chart *chart) {
    rp_answer *answer = work->answer;
    add_line(chart, "no change", 1, 0, false, false);
    const rp_change_scale *rule = &work->rules.scale[FIRST_TO_LAST][RP_CHANGE_JT];
    if (!work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT])
        return;
    if (!isnan(rule->reliable_change)) {
        add_line(chart, rp_answer_text(answer, "%.1f points up", rule->reliable_change), 1, rule->reliable_change,
                 false, true);
        add_line(chart, rp_answer_text(answer, "%.1f points down", rule->reliable_change), 1, -rule->reliable_change,
                 false, true);
    }
    if (!rule->has_cutoff)
        return;
    add_line(chart, rp_answer_text(answer, "cut-off %.4g, first", rule->cutoff), 0, rule->cutoff, true, true);
    add_line(chart, rp_answer_text(answer, "cut-off %.4g, last", rule->cutoff), 0, rule->cutoff, false, true);
}

/* Points of the people of one arm group (0: whoever is in no arm, or everyone), in key order. */
static bool person_points(outcome_work *work, rp_chart *chart, rp_error *error) {
    const outcome_plan *plan = &work->plan;
    for (size_t g = plan->n_arms > 0 ? 1 : 0; g <= plan->n_arms; g++) {
        rp_chart_series_add(chart, outcome_group_at(plan, g).label);
        for (size_t b = 0; b < rp_cohort_blocks(plan->cohort); b++) {
            rp_arena *arena = rp_arena_new(0);
            rp_block block = {0};
            bool made = arena != NULL ? rp_cohort_block(plan->cohort, b, arena, &block, error) : rp_fail_memory(error);
            for (size_t e = 0; made && e < block.n_episodes; e++) {
                const rp_episode *episode = &block.episodes[e];
                outcome_pair pair = outcome_pair_of(plan, &episode->series[plan->measure_index], FIRST_TO_LAST);
                if (!pair.has_after || (g > 0 && episode->arm != (int)g - 1))
                    continue;
                rp_chart_point *p = rp_chart_point_add(chart);
                p->x = pair.before;
                p->y = pair.after;
                p->count = (rp_count){.n = 1};
            }
            rp_arena_free(arena);
            if (!made)
                return false;
        }
    }
    return true;
}

static void bin_points(outcome_work *work, rp_chart *chart) {
    const outcome_plan *plan = &work->plan;
    rp_chart_series_add(chart, "Everyone");
    chart->binned = true;
    for (size_t i = 0; i < plan->n_bins * plan->n_bins; i++) {
        int64_t people = 0;
        for (size_t tail = 0; tail < plan->n_tail; tail++)
            people += work->counts.bins[i * plan->n_tail + tail];
        if (people == 0)
            continue;
        rp_chart_point *p = rp_chart_point_add(chart);
        p->x = plan->bin_low + plan->bin_width * ((double)(i / plan->n_bins) + 0.5);
        p->y = plan->bin_low + plan->bin_width * ((double)(i % plan->n_bins) + 0.5);
        p->count = (rp_count){.n = people};
    }
}

bool outcome_write_points(outcome_work *work, rp_error *error) {
    const outcome_plan *plan = &work->plan;
    rp_answer *answer = work->answer;
    int64_t pairs = outcome_pairs(plan, &work->moments, FIRST_TO_LAST, 0)->n;
    if (pairs == 0)
        return true;
    const char *id = rp_answer_text(answer, "outcome.points.%s", plan->measure->name);
    bins_table(work, id);
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_CHANGE, id,
                        rp_answer_text(answer, "%s: first and last score of each person", plan->measure->name));
    chart->table_id = id;
    const char *better = plan->scale->higher_is_worse ? "below" : "above";
    chart->reading =
        rp_answer_text(answer,
                       "A person on the full diagonal line did not change; %s it they got better. Between "
                       "the two dashed diagonals the change is within the questionnaire's margin of error. "
                       "The cut-off lines part scores that are usual among people in treatment from scores "
                       "that are not.",
                       better);
    chart->x_label = rp_answer_text(answer, "First %s", plan->measure->name);
    chart->y_label = rp_answer_text(answer, "Last %s", plan->measure->name);
    chart->x_low = chart->y_low = plan->scale->lowest;
    chart->x_high = chart->y_high = plan->scale->highest;
    chart->bin_width = plan->bin_width;
    reference_lines(work, chart);
    if (pairs <= MOST_POINTS)
        return person_points(work, chart, error);
    bin_points(work, chart);
    return true;
}
