/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two charts: who entered treatment, and who recovered, of everyone in each group; a picture a characteristic. */
#include "questions/equity/equity_parts.h"

#include <math.h>

static rp_chart *chart_of(const equity_work *work, const char *id, const char *title, const char *reading) {
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_RATES, id, title);
    chart->table_id = "equity.groups";
    chart->reading = reading;
    chart->x_label = "Share of people";
    return chart;
}

static void put_point(const equity_work *work, rp_chart *chart, const char *label, rp_count part, rp_count may,
                      rp_count whole) {
    if (work->answer->failed || whole.n == 0)
        return;
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = label;
    p->count = whole;
    p->of_y = part;
    p->y = (double)part.n / (double)whole.n;
    if (may.n < 0)
        return;
    p->of_lower = part;
    p->of_upper = may;
    p->lower = p->y;
    p->upper = (double)may.n / (double)whole.n;
}

static void chart_entered(const equity_work *work) {
    rp_chart *chart = chart_of(work, "equity.entered", "Entered treatment, of everyone in each group",
                               "Each line is one group of people, in no order of merit. The mark is the share who have "
                               "a treatment contact on record. With few people it can lie far off by chance: intervals "
                               "are in the tables.");
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        if (!work->recorded[c])
            continue;
        rp_chart_series_add(chart, equity_characteristics[c].title);
        for (size_t g = 0; g < equity_groups(c); g++)
            put_point(work, chart, equity_characteristics[c].groups[g],
                      equity_count(work, c, STEPS, GROUP(g) | MARK(ENTERED), 0), rp_count_none(),
                      equity_count(work, c, STEPS, GROUP(g), 0));
    }
}

static void chart_recovered(const equity_work *work) {
    rp_chart *chart = chart_of(work, "equity.recovered", "Recovered by the national rule, of everyone in each group",
                               "Each line is one group of people, in no order of merit. The mark is what is known. The "
                               "bar runs to where the share would lie if everyone for whom it is not known had "
                               "recovered too.");
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        if (!work->recorded[c])
            continue;
        rp_chart_series_add(chart, equity_characteristics[c].title);
        for (size_t g = 0; g < equity_groups(c); g++) {
            rp_question_known k = equity_known(work, c, &rp_question_outcomes[0], GROUP(g), 0);
            put_point(work, chart, equity_characteristics[c].groups[g], k.known, k.either, k.whole);
        }
    }
}

void equity_write_charts(const equity_work *work) {
    if (work->contacts)
        chart_entered(work);
    if (work->outcomes)
        chart_recovered(work);
}
