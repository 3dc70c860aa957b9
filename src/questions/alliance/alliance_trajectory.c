/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over occasions or sessions, each with how many were measured then; and how many of them can score no higher. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>

const char *alliance_slot_label(const alliance_family *family, rp_answer *answer, size_t slot) {
    return family->by_occasion ? rp_cohort_occasion(family->cohort, slot)->label
                               : rp_answer_text(answer, "session %zu", slot + 1);
}

static const char *slot_label(const alliance_work *work, size_t slot) {
    return alliance_slot_label(work->family, work->answer, slot);
}

/* A chart has one axis of scores: only scales of the leading one's range stand in it. */
static bool in_chart(const alliance_family *family, size_t k) {
    const rp_scale *scale = alliance_scale(family, k), *leading = alliance_scale(family, 0);
    return scale->lowest == leading->lowest && scale->highest == leading->highest;
}

static void write_slot(alliance_work *work, rp_answer_table *table, rp_chart *chart, const rp_universe *universe,
                       size_t k, size_t slot) {
    const rp_question_groups *groups = &work->people.slots[slot];
    const rp_moments *moments = &work->moments[k].slots[slot];
    rp_answer *answer = work->answer;
    rp_interval mean = rp_mean_interval(moments, work->family->asked->level);
    rp_count n = alliance_count(answer, universe, groups, true, k, WHO_MEASURED);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, alliance_scale(work->family, k)->title);
    row[1] = rp_value_text(answer, slot_label(work, slot));
    row[2] = rp_value_count(alliance_count(answer, universe, groups, true, k, WHO_ALL));
    row[3] = rp_value_count(n);
    row[3].of = row[2].count;
    if (moments->n > 0) {
        row[4] = rp_value_num(mean.estimate, 2, n);
        row[5] = rp_value_num(rp_moments_sd(moments), 2, n);
        row[6] = rp_value_num(mean.lower, 2, n);
        row[7] = rp_value_num(mean.upper, 2, n);
    }
    if (moments->n == 0 || !in_chart(work->family, k))
        return;
    rp_chart_point *p = rp_chart_point_add(chart);
    p->x = work->family->by_occasion ? rp_cohort_occasion(work->family->cohort, slot)->occasion : (double)slot + 1;
    p->y = mean.estimate;
    p->lower = mean.lower;
    p->upper = mean.upper;
    p->count = n;
    p->label = slot_label(work, slot);
}

static rp_chart *add_chart(alliance_work *work, const char *id) {
    const alliance_family *family = work->family;
    rp_answer *answer = work->answer;
    const rp_scale *leading = alliance_scale(family, 0);
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_TRAJECTORY, id, rp_answer_text(answer, "%s over time", family->name));
    chart->table_id = id;
    chart->reading = rp_answer_text(answer,
                                    "Each mark is the mean score of the people who answered then; the bar is the range "
                                    "in which the mean of such people plausibly lies. %s is better. Not the same "
                                    "people answer each time, and those who left are no longer in the line.",
                                    leading->higher_is_worse ? "Lower" : "Higher");
    chart->x_label = family->by_occasion ? "Occasion" : "Session";
    chart->y_label = rp_answer_text(answer, "%s (mean)", family->name);
    chart->y_low = leading->lowest;
    chart->y_high = leading->highest;
    return chart;
}

/* Of the leading scale alone: four lists of small numbers would hide each other. */
static void write_ceiling(alliance_work *work, const rp_universe *const *universes) {
    static const rp_table_column columns[] = {
        {"occasion", "When", ""},
        {"n", "Measured", "people"},
        {"ceiling", "Highest possible score", "people"},
        {"share", "Share", "%"},
    };
    const alliance_family *family = work->family;
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance.ceiling.%s", family->name),
        rp_answer_text(answer, "%s, %s: who can score no higher", family->name, alliance_scale(family, 0)->title),
        columns, sizeof columns / sizeof *columns);
    table->note = "Where many can score no higher, a better alliance can no longer be seen.";
    for (size_t s = 0; s < family->n_slots; s++) {
        const rp_question_groups *groups = &work->people.slots[s];
        rp_count n = alliance_count(answer, universes[s], groups, true, 0, WHO_MEASURED);
        rp_count highest = alliance_count(answer, universes[s], groups, true, 0, WHO_HIGHEST_LAST);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, slot_label(work, s));
        row[1] = rp_value_count(n);
        row[2] = rp_value_count(highest);
        row[2].of = n;
        if (n.n > 0)
            row[3] = rp_value_share(100 * (double)highest.n / (double)n.n, 0, highest, n);
    }
}

void alliance_write_trajectory(alliance_work *work) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},     {"occasion", "When", ""}, {"of", "Of", "people"},      {"n", "Measured", "people"},
        {"mean", "Mean", "points"}, {"sd", "SD", "points"},   {"lower", "From", "points"}, {"upper", "To", "points"},
    };
    const alliance_family *family = work->family;
    rp_answer *answer = work->answer;
    if (family->n_slots == 0)
        return;
    const char *id = rp_answer_text(answer, "alliance.trajectory.%s", family->name);
    rp_answer_table *table =
        rp_answer_table_add(answer, id, rp_answer_text(answer, "%s: mean scores over time", family->name), columns,
                            sizeof columns / sizeof *columns);
    table->note =
        rp_answer_text(answer,
                       "Of: everyone in the cohort, whether or not they were still there.%s From and To: %g%% "
                       "t interval.",
                       family->more_slots ? " Later times are left out." : "", 100 * family->asked->level);
    rp_chart *chart = add_chart(work, id);
    const rp_universe *universes[ALLIANCE_SLOTS];
    for (size_t s = 0; s < family->n_slots; s++)
        universes[s] = rp_question_universe(answer, family->frame,
                                            rp_answer_text(answer, "%s, %s", family->name, slot_label(work, s)),
                                            &work->people.slots[s]);
    for (size_t s = 0; s < family->n_slots; s++)
        for (size_t k = 0; k < family->n_scales; k++)
            rp_answer_told(answer,
                           alliance_count(answer, universes[s], &work->people.slots[s], true, k, WHO_EVER_MEASURED));
    for (size_t k = 0; k < family->n_scales; k++) {
        if (in_chart(family, k))
            rp_chart_series_add(chart, alliance_scale(family, k)->title);
        for (size_t s = 0; s < family->n_slots; s++)
            write_slot(work, table, chart, universes[s], k, s);
    }
    write_ceiling(work, universes);
}
