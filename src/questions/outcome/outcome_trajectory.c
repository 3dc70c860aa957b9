/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over time, each with its n, and beside them the means of those who were still measured at the horizon. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

/* Who of a slot: an arm (-1: any), measured then, and also measured at the horizon. */
typedef struct slot_who {
    const outcome_plan *plan;
    int arm;
    bool measured, completer; /* needed when true */
} slot_who;

static bool in_slot(const void *context, size_t i) {
    const slot_who *who = context;
    size_t n = who->plan->n_tail;
    bool completer = i / n % 2, measured = i / n / 2 % 2;
    int arm = rp_question_stage_at(i % who->plan->frame->n_cells).arm;
    return (who->arm < 0 || arm == who->arm) && (measured || !who->measured) && (completer || !who->completer);
}

static rp_universe *slot_universe(outcome_work *work, size_t slot) {
    return outcome_universe(
        work, rp_answer_text(work->answer, "%s at %s", work->plan.measure->name, work->plan.slots[slot].label),
        OUTCOME_SLOT_CELLS, work->counts.slots + slot * OUTCOME_SLOT_CELLS * work->plan.n_tail);
}

static rp_interval table_row(outcome_work *work, rp_answer_table *table, const rp_universe *universe, size_t slot,
                             const char *group, slot_who who, const rp_moments *moments, rp_count *n) {
    rp_answer *answer = work->answer;
    rp_interval mean = rp_mean_interval(moments, work->plan.asked->level);
    *n = rp_answer_count(answer, universe, in_slot, &who);
    slot_who of = who;
    of.measured = false;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, work->plan.slots[slot].label);
    row[1] = isnan(work->plan.slots[slot].months) ? (rp_value){.kind = RP_VALUE_EMPTY}
                                                  : rp_value_num(work->plan.slots[slot].months, 1, rp_count_none());
    row[2] = rp_value_text(answer, group);
    /* The whole is told first, at every time alike: were the part told instead, the whole at another time would give
     * away who is missing here. */
    row[4] = rp_value_count(rp_answer_count(answer, universe, in_slot, &of));
    row[3] = rp_value_count(*n);
    row[3].of = row[4].count;
    row[5] = rp_value_num(mean.estimate, 2, *n);
    row[6] = rp_value_num(rp_moments_sd(moments), 2, *n);
    row[7] = rp_value_num(mean.lower, 2, *n);
    row[8] = rp_value_num(mean.upper, 2, *n);
    return mean;
}

static void chart_point(outcome_work *work, rp_chart *chart, size_t slot, rp_interval mean, rp_count n) {
    rp_chart_point *p = rp_chart_point_add(chart);
    const outcome_slot *s = &work->plan.slots[slot];
    p->x = !isnan(s->months) ? s->months : work->plan.by_occasion ? s->occasion : (double)slot;
    p->y = mean.estimate;
    p->lower = mean.lower;
    p->upper = mean.upper;
    p->count = n;
    p->label = s->label;
}

/* One line of the chart and its rows of the table: an arm group (0: everyone), or those measured at the horizon. */
static void write_line(outcome_work *work, rp_answer_table *table, rp_chart *chart, rp_universe *const *universes,
                       size_t arm_group, bool completers, bool drawn) {
    const outcome_plan *plan = &work->plan;
    const char *label =
        completers ? rp_answer_text(work->answer, "Only those measured at %s", plan->slots[plan->horizon_slot].label)
                   : outcome_group_at(plan, arm_group).label;
    slot_who who = {plan, (int)arm_group - 1, true, completers};
    if (drawn)
        rp_chart_series_add(chart, label);
    for (size_t s = 0; s < plan->n_slots; s++) {
        const rp_moments *moments =
            completers ? &work->moments.completers[s] : outcome_slot_moments(plan, &work->moments, arm_group, s);
        rp_count n;
        rp_interval mean = table_row(work, table, universes[s], s, label, who, moments, &n);
        if (drawn && moments->n > 0)
            chart_point(work, chart, s, mean, n);
    }
}

static bool all_have_months(const outcome_plan *plan) {
    bool all = true;
    for (size_t s = 0; s < plan->n_slots; s++)
        all = all && !isnan(plan->slots[s].months);
    return all;
}

static void cutoff_line(outcome_work *work, rp_chart *chart) {
    const rp_change_scale *rule = &work->rules.scale[FIRST_TO_LAST][RP_CHANGE_JT];
    if (!work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT] || !rule->has_cutoff)
        return;
    rp_chart_line *line = rp_chart_line_add(chart, rp_answer_text(work->answer, "cut-off %.4g", rule->cutoff));
    line->intercept = rule->cutoff;
    line->dashed = true;
}

void outcome_write_trajectory(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"occasion", "When", ""},    {"months", "Months", ""},    {"group", "Group", ""},
        {"n", "Measured", "people"}, {"of", "Of", "people"},      {"mean", "Mean", "points"},
        {"sd", "SD", "points"},      {"lower", "From", "points"}, {"upper", "To", "points"},
    };
    const outcome_plan *plan = &work->plan;
    rp_answer *answer = work->answer;
    const char *id = rp_answer_text(answer, "outcome.trajectory.%s", plan->measure->name);
    rp_universe **universes = rp_arena_take(answer->arena, plan->n_slots, sizeof *universes);
    if (universes == NULL) {
        answer->failed = true;
        return;
    }
    for (size_t s = 0; s < plan->n_slots; s++)
        universes[s] = slot_universe(work, s);
    rp_answer_table *table =
        rp_answer_table_add(answer, id, rp_answer_text(answer, "%s: mean scores over time", plan->measure->name),
                            columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "Everyone measured at each time; people who stopped being measured are in the "
                                 "earlier means and not in the later ones. From and To: %g%% t interval.",
                                 100 * plan->asked->level);
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_TRAJECTORY, id, rp_answer_text(answer, "%s over time", plan->measure->name));
    chart->table_id = id;
    chart->reading = rp_answer_text(answer,
                                    "Each mark is the mean score of the people measured at that time; the bar is the "
                                    "range in which the mean of such people plausibly lies. %s is worse. The number of "
                                    "people falls over time, so the line does not follow the same people.",
                                    plan->scale->higher_is_worse ? "Higher" : "Lower");
    chart->x_label = all_have_months(plan) ? "Months" : plan->by_occasion ? "Occasion" : "Months since the first score";
    chart->y_label = rp_answer_text(answer, "%s (mean)", plan->measure->name);
    chart->y_low = plan->scale->lowest;
    write_line(work, table, chart, universes, 0, false, plan->n_arms == 0);
    for (size_t a = 1; a <= plan->n_arms; a++)
        write_line(work, table, chart, universes, a, false, true);
    write_line(work, table, chart, universes, 0, true, plan->n_arms == 0);
    cutoff_line(work, chart);
}
