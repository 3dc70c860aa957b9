/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Harm on record by the quarter or the year in which it fell. */
#include "questions/harms/harms_parts.h"

#include <math.h>

static void write_row(const harms_work *work, rp_answer_table *table, rp_chart *chart, const char *label,
                      uint64_t when) {
    unsigned everyone = harms_parts(ANY_EVENT, ANY_CHANGE);
    rp_count whole = harms_count(work, &work->trend, (harms_who){REACH_ANY, everyone, 0});
    rp_count part = harms_count(work, &work->trend, (harms_who){REACH_ANY, everyone, when});
    if (part.n == 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, label);
    row[1] = rp_value_count(part);
    row[2] = rp_value_count(whole);
    rp_question_put_share(work->answer, row + 3, part, whole, work->asked->level);
    if (work->answer->failed)
        return;
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = label;
    p->count = whole;
    p->of_y = part;
    p->lower = p->upper = NAN;
    p->y = rp_rate_interval(part.n, whole.n, work->asked->level).estimate;
}

void harms_write_trend(harms_work *work) {
    static const rp_table_column columns[] = {
        {"period", "When it happened", ""},
        {"people", "With such an event", "people"},
        {"of", "Of", "people"},
        {"share", "Share", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_answer *answer = work->answer;
    if (work->periods.n < 2)
        return;
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, "harms.trend", "Harm on record over time");
    chart->table_id = "harms.trend";
    chart->reading = rp_answer_text(
        answer,
        "Each line is the people with such an event on record in that %s, of everyone in the cohort. How "
        "many of them were with the service at that time is not taken into account.",
        work->periods.quarters ? "quarter" : "year");
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "With such an event");
    rp_answer_table *table = rp_answer_table_add(answer, "harms.trend", "Harm on record over time", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "%s with an unwanted effect, a complaint, a crisis, an admission or their death on record, by when it "
        "happened; "
        "someone with events at several times is in several lines, and times without any are left out. How many were "
        "with the service at that time is not taken into account. More on record need not mean that more happened.",
        "People of the cohort");
    for (size_t i = 0; i < work->periods.n; i++)
        write_row(work, table, chart, rp_question_period_label(answer, &work->periods, i), PERIOD(i));
    write_row(work, table, chart, "no date", NO_DATE);
}
