/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of reports: an answer in which every text is an attack, and the provenance to go with it. */
#ifndef RAPPORT_TEST_HOSTILE_ANSWER_H
#define RAPPORT_TEST_HOSTILE_ANSWER_H

#include <math.h>
#include <string.h>

#include "rapport/report.h"

/* No two are the same, so that a test can say which one got through. */
static inline const char *evil(rp_answer *answer, const char *field) {
    return rp_answer_text(answer, "<script>%s</script>\" onload='%s' \x1B[31m%s", field, field, field);
}

static inline bool everyone(const void *context, size_t group) {
    (void)context;
    (void)group;
    return true;
}

static inline void hostile_statement(rp_answer *a, rp_count count) {
    rp_statement *s = rp_answer_statement(a, "outcome.evil<script>id");
    s->label = evil(a, "label");
    s->text = evil(a, "text");
    s->measure = evil(a, "measure");
    s->scale = evil(a, "scale");
    s->rater = evil(a, "rater");
    s->arm = evil(a, "arm");
    s->severity = evil(a, "severity");
    s->occasion = evil(a, "occasion");
    s->version = evil(a, "version");
    s->unit = evil(a, "unit");
    s->cohort = evil(a, "cohort");
    s->method = evil(a, "method");
    s->numerator = s->denominator = count;
    s->estimate = 1.5;
    s->lower = 1;
    s->upper = 2;
    s->level = 0.95;
    s->confirmed = false;
}

static inline void hostile_chart(rp_answer *a, rp_chart_kind kind, rp_count count) {
    rp_chart *c = rp_answer_chart(a, kind, evil(a, "chart_id"), evil(a, "chart_title"));
    c->reading = evil(a, "reading");
    c->table_id = evil(a, "chart_table");
    c->x_label = evil(a, "x_label");
    c->y_label = evil(a, "y_label");
    for (int s = 0; s < 2; s++) {
        rp_chart_series_add(c, evil(a, "series"));
        for (int i = 0; i < 4; i++) {
            rp_chart_point *p = rp_chart_point_add(c);
            p->x = i;
            p->y = 0.1 * i + 0.2 * s;
            p->lower = p->y - 0.1;
            p->upper = p->y + 0.1;
            p->label = evil(a, "point");
            p->part = (rp_flow_part)(3 - i);
            p->count = count;
        }
    }
    rp_chart_line *line = rp_chart_line_add(c, evil(a, "line"));
    line->intercept = 0.5;
}

static inline rp_answer *hostile_answer(rp_arena *arena) {
    rp_answer *a = rp_answer_new(arena, "<script>question</script>", "<script>title</script>");
    assert_non_null(a);
    a->lead = evil(a, "lead");
    rp_universe *u = rp_answer_universe(a, evil(a, "universe"), 1);
    u->people[0] = 40;
    rp_count count = rp_answer_count(a, u, everyone, NULL);
    hostile_statement(a, count);
    rp_table_column columns[] = {{evil(a, "column_id"), evil(a, "column"), evil(a, "column_unit")}, {"n", "n", ""}};
    rp_answer_table *t = rp_answer_table_add(a, evil(a, "table_id"), evil(a, "table"), columns, 2);
    t->note = evil(a, "note");
    rp_value *row = rp_answer_row(t);
    row[0] = rp_value_text(a, evil(a, "value"));
    row[1] = rp_value_count(count);
    hostile_chart(a, RP_CHART_TRAJECTORY, count);
    hostile_chart(a, RP_CHART_CHANGE, count);
    hostile_chart(a, RP_CHART_AGREEMENT, count);
    hostile_chart(a, RP_CHART_RATES, count);
    hostile_chart(a, RP_CHART_FLOW, count);
    rp_answer_caveat(a, "%s", evil(a, "caveat"));
    rp_answer_needs(a, evil(a, "needs"));
    assert_false(a->failed);
    return a;
}

#define HOSTILE_PROVENANCE                                                                                             \
    {                                                                                                                  \
        .version = "<script>version</script>", .seed = 7, .made_at = "<script>made_at</script>",                       \
        .title = "<script>data_title</script>", .citation = "<script>citation</script>",                               \
        .licence = "<script>licence</script>", .command = "<script>command</script>", .protected_below = 5             \
    }

/* Writes into a buffer that the test frees. */
static inline rp_buf write_hostile(rp_report_format format, size_t width) {
    rp_provenance_input input = {.name = "<script>input</script>", .bytes = 1234, .rows = 56, .rejected = 7};
    memset(input.sha256, 'a', 64);
    rp_provenance provenance = HOSTILE_PROVENANCE;
    provenance.inputs = &input;
    provenance.n_inputs = 1;
    rp_arena *arena = rp_arena_new(0);
    const rp_answer *answer = hostile_answer(arena);
    rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance, .text_width = width};
    rp_buf out = {0};
    rp_report_write(&report, format, &out);
    assert_false(out.failed);
    rp_arena_free(arena);
    return out;
}

#endif
