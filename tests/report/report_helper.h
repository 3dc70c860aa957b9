/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of reports: a small answer of every kind of thing, with texts that are hard to write. */
#ifndef RAPPORT_TEST_REPORT_HELPER_H
#define RAPPORT_TEST_REPORT_HELPER_H

#include <math.h>
#include <string.h>

#include "rapport/report.h"

/* Two groups: 31 people and 7 people. */
static inline bool first_group(const void *context, size_t group) {
    (void)context;
    return group == 0;
}
static inline bool any_group(const void *context, size_t group) {
    (void)context;
    (void)group;
    return true;
}

static inline rp_answer *hard_answer(rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "outcome", "What <b>happened</b> & why?");
    assert_non_null(answer);
    answer->lead = rp_answer_text(answer, "A \"lead\" with, commas\nand a line end.");
    rp_universe *people = rp_answer_universe(answer, "people", 2);
    people->people[0] = 31;
    people->people[1] = 7;
    rp_statement *s = rp_answer_statement(answer, "outcome.recovery.per_referral");
    s->label = rp_answer_text(answer, "=Recovered");
    s->text =
        rp_answer_text(answer, "31 of 38 people, a sentence that is quite long so that it must be wrapped somewhere "
                               "before the end of the line — Ångström.");
    s->measure = "BAI";
    s->unit = "people";
    s->cohort = "referred";
    s->method = "count";
    s->numerator = rp_answer_count(answer, people, first_group, NULL);
    s->denominator = rp_answer_count(answer, people, any_group, NULL);
    s->estimate = 31.0 / 38.0;
    s->confirmed = false;
    static const rp_table_column columns[] = {
        {"who", "Who", ""}, {"n", "People", "people"}, {"mean", "Mean", "points"}};
    rp_answer_table *table = rp_answer_table_add(answer, "t", "A table", columns, 3);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, "a,\"b\"");
    row[1] = rp_value_count(s->numerator);
    row[2] = rp_value_num(1.0 / 3.0, 2, s->numerator);
    row = rp_answer_row(table);
    row[0] = rp_value_text(answer, "nobody");
    row[2] = rp_value_num(NAN, 2, rp_count_none());
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_TRAJECTORY, "t", "Over time");
    chart->table_id = "t";
    chart->reading = "Read it so.";
    chart->x_label = "Months";
    chart->y_label = "Mean";
    rp_chart_series_add(chart, "Everyone");
    for (int i = 0; i < 3; i++) {
        rp_chart_point *p = rp_chart_point_add(chart);
        p->x = i;
        p->y = 20 - i;
        p->lower = p->y - 1;
        p->upper = p->y + 1;
        p->count = s->numerator;
    }
    rp_answer_caveat(answer, "Keep this in mind.");
    rp_answer_needs(answer, "contacts");
    assert_false(answer->failed);
    return answer;
}

static inline rp_buf write_report(const rp_answer *answer, rp_report_format format, size_t width) {
    static const rp_provenance_input input = {.name = "bdi.csv", .bytes = 3363, .rows = 100, .sha256 = "ab"};
    static const rp_provenance provenance = {.version = "0.1.0",
                                             .inputs = &input,
                                             .n_inputs = 1,
                                             .seed = 1,
                                             .title = "A study",
                                             .citation = "",
                                             .licence = ""};
    rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance, .text_width = width};
    rp_buf out = {0};
    rp_report_write(&report, format, &out);
    assert_false(out.failed);
    return out;
}

#endif
