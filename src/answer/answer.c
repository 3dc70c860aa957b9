/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building an answer piece by piece. Failure sticks: once memory has run out every adder hands back scratch space, so
 * that a question reads as a list of what it says and looks at answer->failed once. */
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "answer/answer_private.h"

/* A copy in the answer's arena; NULL stays NULL. */
static const char *copy(rp_answer *answer, const char *text) {
    if (!text)
        return NULL;
    const char *own = rp_arena_copy(answer->arena, text, strlen(text));
    if (own)
        return own;
    answer->failed = true;
    return "";
}

/* Formats into the arena; "" when memory has run out. */
static const char *format_list(rp_answer *answer, const char *format, va_list list) {
    va_list again;
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : rp_arena_take(answer->arena, (size_t)n + 1, 1);
    if (!text) {
        answer->failed = true;
        return "";
    }
    vsnprintf(text, (size_t)n + 1, format, list);
    return text;
}

rp_answer *rp_answer_new(rp_arena *arena, const char *question, const char *title) {
    rp_answer *answer = rp_arena_take(arena, 1, sizeof *answer);
    rp_answer_scratch *scratch = answer ? rp_arena_take(arena, 1, sizeof *scratch) : NULL;
    if (!scratch)
        return NULL;
    answer->arena = arena;
    answer->scratch = scratch;
    answer->question = copy(answer, question);
    answer->title = copy(answer, title);
    return answer->failed ? NULL : answer;
}

const char *rp_answer_text(rp_answer *answer, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *text = format_list(answer, format, list);
    va_end(list);
    return text;
}

/* ---- statements ------------------------------------------------------------------------------ */

static void statement_clear(rp_statement *statement, const char *id) {
    *statement = (rp_statement){.id = id,
                                .numerator = rp_count_none(),
                                .denominator = rp_count_none(),
                                .behind = {rp_count_none(), rp_count_none()},
                                .estimate = NAN,
                                .lower = NAN,
                                .upper = NAN,
                                .level = NAN,
                                .confirmed = true};
}

rp_statement *rp_answer_statement(rp_answer *answer, const char *id) {
    rp_statement *statement = answer->failed ? NULL : rp_arena_take(answer->arena, 1, sizeof *statement);
    if (!statement || !rp_vec_make_room(answer->arena, &answer->statements, answer->n_statements,
                                        &answer->statements_room, sizeof(rp_statement *))) {
        statement = &rp_answer_scratch_of(answer)->statement;
    } else {
        answer->statements[answer->n_statements++] = statement;
    }
    statement_clear(statement, id);
    return statement;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const rp_table_column *copy_columns(rp_answer *answer, const rp_table_column *columns, size_t n) {
    rp_table_column *own = rp_arena_take(answer->arena, n, sizeof *own);
    if (!own) {
        answer->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        own[i] = (rp_table_column){copy(answer, columns[i].id), copy(answer, columns[i].label),
                                   copy(answer, columns[i].unit ? columns[i].unit : "")};
    return own;
}

rp_answer_table *rp_answer_table_add(rp_answer *answer, const char *id, const char *title,
                                     const rp_table_column *columns, size_t n_columns) {
    assert(n_columns > 0 && n_columns <= RP_ANSWER_LIMIT_COLUMNS);
    rp_answer_table *table = answer->failed ? NULL : rp_arena_take(answer->arena, 1, sizeof *table);
    const rp_table_column *own = table ? copy_columns(answer, columns, n_columns) : NULL;
    if (!own || !rp_vec_make_room(answer->arena, &answer->tables, answer->n_tables, &answer->tables_room,
                                  sizeof(rp_answer_table *))) {
        table = &rp_answer_scratch_of(answer)->table;
        *table = (rp_answer_table){.id = "", .title = "", .n_columns = n_columns, .answer = answer};
        return table;
    }
    answer->tables[answer->n_tables++] = table;
    *table = (rp_answer_table){
        .id = copy(answer, id), .title = copy(answer, title), .columns = own, .n_columns = n_columns, .answer = answer};
    return table;
}

rp_value *rp_answer_row(rp_answer_table *table) {
    rp_answer *answer = table->answer;
    rp_value *row = NULL;
    if (!answer->failed && rp_vec_make_room(answer->arena, &table->values, table->n_rows, &table->room,
                                            table->n_columns * sizeof *table->values))
        row = table->values + table->n_rows++ * table->n_columns;
    else
        row = rp_answer_scratch_of(answer)->values;
    for (size_t i = 0; i < table->n_columns; i++)
        row[i] = (rp_value){.kind = RP_VALUE_EMPTY, .num = NAN, .count = rp_count_none()};
    return row;
}

rp_value rp_value_text(rp_answer *answer, const char *text) {
    return (rp_value){.kind = text ? RP_VALUE_TEXT : RP_VALUE_EMPTY,
                      .text = copy(answer, text),
                      .num = NAN,
                      .count = rp_count_none()};
}

rp_value rp_value_num(double num, int decimals, rp_count behind) {
    return (rp_value){.kind = RP_VALUE_NUM, .num = num, .decimals = decimals, .count = behind};
}

rp_value rp_value_share(double num, int decimals, rp_count numerator, rp_count denominator) {
    return (rp_value){.kind = RP_VALUE_NUM, .num = num, .decimals = decimals, .count = numerator, .of = denominator};
}

rp_value rp_value_count(rp_count count) {
    if (count.n < 0)
        return (rp_value){.kind = RP_VALUE_EMPTY, .num = NAN, .count = count};
    return (rp_value){.kind = RP_VALUE_COUNT, .num = NAN, .count = count};
}

/* ---- charts ---------------------------------------------------------------------------------- */

rp_chart *rp_answer_chart(rp_answer *answer, rp_chart_kind kind, const char *id, const char *title) {
    rp_chart *chart = answer->failed ? NULL : rp_arena_take(answer->arena, 1, sizeof *chart);
    if (!chart ||
        !rp_vec_make_room(answer->arena, &answer->charts, answer->n_charts, &answer->charts_room, sizeof(rp_chart *)))
        chart = &rp_answer_scratch_of(answer)->chart;
    else
        answer->charts[answer->n_charts++] = chart;
    *chart = (rp_chart){.id = copy(answer, id),
                        .title = copy(answer, title),
                        .kind = kind,
                        .x_low = NAN,
                        .x_high = NAN,
                        .y_low = NAN,
                        .y_high = NAN,
                        .answer = answer};
    return chart;
}

rp_chart_series *rp_chart_series_add(rp_chart *chart, const char *label) {
    rp_answer *answer = chart->answer;
    rp_chart_series *series = &((rp_answer_scratch *)answer->scratch)->series;
    if (!answer->failed &&
        rp_vec_make_room(answer->arena, &chart->series, chart->n_series, &chart->series_room, sizeof *chart->series))
        series = &chart->series[chart->n_series++];
    else
        answer->failed = true;
    *series = (rp_chart_series){.label = copy(answer, label)};
    return series;
}

bool rp_chart_is_of_persons(const rp_chart *chart) {
    return chart->kind == RP_CHART_CHANGE || chart->kind == RP_CHART_AGREEMENT;
}

rp_chart_point *rp_chart_point_add(rp_chart *chart) {
    rp_answer *answer = chart->answer;
    rp_chart_point *point = &((rp_answer_scratch *)answer->scratch)->point;
    assert(answer->failed || chart->n_series > 0);
    rp_chart_series *series = chart->n_series ? &chart->series[chart->n_series - 1] : NULL;
    if (!answer->failed && series &&
        rp_vec_make_room(answer->arena, &series->points, series->n, &series->room, sizeof *series->points))
        point = &series->points[series->n++];
    else
        answer->failed = true;
    *point = (rp_chart_point){.x = NAN,
                              .y = NAN,
                              .lower = NAN,
                              .upper = NAN,
                              .count = rp_count_none(),
                              .of_y = rp_count_none(),
                              .of_lower = rp_count_none(),
                              .of_upper = rp_count_none()};
    return point;
}

rp_chart_line *rp_chart_line_add(rp_chart *chart, const char *label) {
    rp_answer *answer = chart->answer;
    rp_chart_line *line = &((rp_answer_scratch *)answer->scratch)->line;
    if (!answer->failed &&
        rp_vec_make_room(answer->arena, &chart->lines, chart->n_lines, &chart->lines_room, sizeof *chart->lines))
        line = &chart->lines[chart->n_lines++];
    else
        answer->failed = true;
    *line = (rp_chart_line){.label = copy(answer, label), .lower = NAN, .upper = NAN, .count = rp_count_none()};
    return line;
}

/* ---- caveats and needs ------------------------------------------------------------------------ */

static void add_once(rp_answer *answer, const char ***list, size_t *n, size_t *room, const char *text) {
    if (answer->failed)
        return;
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*list)[i], text) == 0)
            return;
    if (rp_vec_make_room(answer->arena, list, *n, room, sizeof **list))
        (*list)[(*n)++] = text;
    else
        answer->failed = true;
}

void rp_answer_caveat(rp_answer *answer, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *text = format_list(answer, format, list);
    va_end(list);
    add_once(answer, &answer->caveats, &answer->n_caveats, &answer->caveats_room, text);
}

void rp_answer_needs(rp_answer *answer, const char *table) {
    add_once(answer, &answer->needs_missing, &answer->n_needs_missing, &answer->needs_room, copy(answer, table));
}
