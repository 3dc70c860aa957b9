/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on record of telling, by the quarter or the year of the first assessment. */
#include "questions/assessor/assessor_parts.h"

static void row_of(const assessor_work *work, rp_answer_table *table, size_t t, size_t i) {
    const rp_question_set *set = &work->tellings[t];
    rp_count all = rp_question_having(set, ASSESSED | PERIOD(i), 0);
    rp_count told = rp_question_having(set, STATE(TOLD) | PERIOD(i), 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, rp_question_period_label(work->answer, &work->periods, i));
    row[1] = rp_value_count(all);
    row[2] = rp_value_count(told);
    rp_question_put_share(work->answer, row + 3, told, all, work->asked->level);
    row[6] = rp_value_count(rp_question_having(set, STATE(NOT_TOLD) | PERIOD(i), 0));
    row[7] = rp_value_count(rp_question_having(set, STATE(NO_RECORD) | PERIOD(i), 0));
    row[8] = rp_value_count(rp_question_having_any(set, PERIOD(i), STATE(BOTH_WAYS) | STATE(SHOWN) | STATE(UNSAID)));
}

static void write_one(const assessor_work *work, size_t t) {
    static const rp_table_column columns[] = {
        {"period", "First assessed", ""},
        {"assessed", "Assessed", "people"},
        {"told", "Recorded as told", "people"},
        {"share", "Told", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"not_told", "Recorded as not told", "people"},
        {"no_record", "No record", "people"},
        {"other", "Anything else", "people"},
    };
    const assessor_telling *it = &assessor_tellings[t];
    const char *title = rp_answer_text(work->answer, "%s: over time", it->title);
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_RATES, it->trend_id, title);
    chart->table_id = it->trend_id;
    chart->reading = rp_answer_text(work->answer, "Each line is the people first assessed in that %s. %s",
                                    work->periods.quarters ? "quarter" : "year", assessor_reading);
    chart->x_label = "Share of people assessed";
    rp_chart_series_add(chart, "First assessed");
    rp_answer_table *table =
        rp_answer_table_add(work->answer, it->trend_id, title, columns, sizeof columns / sizeof *columns);
    table->note =
        "People by when they were first assessed, where it is known; periods of nobody are left out. Anything "
        "else: recorded both ways, shown on a screen alone, or a row that does not say. More on record need "
        "not mean that more was told.";
    for (size_t i = 0; i < work->periods.n; i++) {
        if (rp_question_having(&work->tellings[t], ASSESSED | PERIOD(i), 0).n == 0)
            continue;
        row_of(work, table, t, i);
        assessor_point(work, chart, rp_question_period_label(work->answer, &work->periods, i), t, PERIOD(i));
    }
}

void assessor_write_trend(assessor_work *work) {
    if (work->periods.n < 2)
        return;
    for (size_t t = 0; t < TELLINGS; t++) {
        /* How many were assessed in each period stands beside every telling. */
        for (size_t i = 0; i < work->periods.n; i++)
            rp_answer_told(work->answer, rp_question_having(&work->tellings[t], ASSESSED | PERIOD(i), 0));
        write_one(work, t);
    }
}
