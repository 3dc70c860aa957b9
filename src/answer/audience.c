/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader sees of an answer. A copy holds pieces of the answer and nothing else, so that no two copies together
 * tell what the answer does not. */
#include <assert.h>
#include <string.h>

#include "answer/answer_private.h"

static const char *const names[] = {"", "public", "service", "full"};

bool rp_audience_parse(rp_text word, rp_audience *out) {
    for (int r = RP_FOR_PUBLIC; r <= RP_FOR_FULL; r++)
        if (rp_text_is(word, names[r])) {
            *out = (rp_audience)r;
            return true;
        }
    return false;
}

const char *rp_audience_name(rp_audience reader) {
    return names[reader];
}

/* ---- for whom a piece is ------------------------------------------------------------------------- */

rp_audience rp_statement_audience(const rp_statement *statement) {
    if (statement->audience != RP_FOR_UNSAID)
        return statement->audience;
    bool of_some = statement->arm || statement->severity;
    return statement->headline && !of_some ? RP_FOR_PUBLIC : RP_FOR_SERVICE;
}

rp_audience rp_table_audience(const rp_answer_table *table) {
    return table->audience != RP_FOR_UNSAID ? table->audience : RP_FOR_SERVICE;
}

static const rp_answer_table *table_behind(const rp_chart *chart) {
    for (size_t t = 0; chart->table_id && t < chart->answer->n_tables; t++)
        if (strcmp(chart->answer->tables[t]->id, chart->table_id) == 0)
            return chart->answer->tables[t];
    return NULL;
}

rp_audience rp_chart_audience(const rp_chart *chart) {
    if (rp_chart_is_of_persons(chart))
        return RP_FOR_FULL;
    const rp_answer_table *table = table_behind(chart);
    rp_audience behind = table ? rp_table_audience(table) : RP_FOR_UNSAID;
    if (chart->audience == RP_FOR_UNSAID)
        return table ? behind : RP_FOR_SERVICE;
    return chart->audience > behind ? chart->audience : behind;
}

/* ---- a copy ---------------------------------------------------------------------------------------- */

static bool take_statements(const rp_answer *from, rp_audience reader, rp_answer *to) {
    to->statements = rp_arena_take(to->arena, from->n_statements, sizeof *to->statements);
    for (size_t i = 0; to->statements && i < from->n_statements; i++) {
        if (rp_statement_audience(from->statements[i]) > reader)
            continue;
        to->statements[to->n_statements++] = from->statements[i];
        to->n_suppressed += from->statements[i]->suppressed;
    }
    return to->statements;
}

static size_t hidden_values(const rp_answer_table *table) {
    size_t n = 0;
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
        n += table->values[i].suppressed;
    return n;
}

/* Tables and charts know their answer, so each copy has its own; what they hold is shared. */
static bool take_tables(const rp_answer *from, rp_audience reader, rp_answer *to) {
    rp_answer_table *own = rp_arena_take(to->arena, from->n_tables, sizeof *own);
    to->tables = rp_arena_take(to->arena, from->n_tables, sizeof *to->tables);
    for (size_t i = 0; own && to->tables && i < from->n_tables; i++) {
        if (rp_table_audience(from->tables[i]) > reader)
            continue;
        own[i] = *from->tables[i];
        own[i].answer = to;
        to->tables[to->n_tables++] = &own[i];
        to->n_suppressed += hidden_values(&own[i]);
    }
    return own && to->tables;
}

static size_t hidden_points(const rp_chart *chart) {
    size_t n = chart->n_taken_out;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++)
            n += chart->series[s].points[i].suppressed || chart->series[s].points[i].range_hidden;
    return n;
}

static bool take_charts(const rp_answer *from, rp_audience reader, rp_answer *to) {
    rp_chart *own = rp_arena_take(to->arena, from->n_charts, sizeof *own);
    to->charts = rp_arena_take(to->arena, from->n_charts, sizeof *to->charts);
    for (size_t i = 0; own && to->charts && i < from->n_charts; i++) {
        if (rp_chart_audience(from->charts[i]) > reader)
            continue;
        own[i] = *from->charts[i];
        own[i].answer = to;
        to->charts[to->n_charts++] = &own[i];
        to->n_suppressed += hidden_points(&own[i]);
    }
    return own && to->charts;
}

rp_answer *rp_answer_for(const rp_answer *answer, rp_audience reader, rp_arena *arena) {
    assert(reader != RP_FOR_UNSAID && !answer->failed);
    assert(answer->protected_below > 0);
    rp_answer *copy = rp_answer_new(arena, answer->question, answer->title);
    if (!copy)
        return NULL;
    copy->lead = answer->lead;
    copy->needs_missing = answer->needs_missing;
    copy->n_needs_missing = answer->n_needs_missing;
    copy->caveats = answer->caveats;
    copy->n_caveats = answer->n_caveats;
    copy->protected_below = answer->protected_below;
    if (!take_statements(answer, reader, copy) || !take_tables(answer, reader, copy) ||
        !take_charts(answer, reader, copy))
        return NULL;
    copy->left_out = copy->n_statements < answer->n_statements || copy->n_tables < answer->n_tables ||
                     copy->n_charts < answer->n_charts;
    return copy;
}
