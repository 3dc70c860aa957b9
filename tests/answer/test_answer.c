/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building an answer: what the adders promise, and that running out of memory at any point does no harm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "rapport/answer.h"

static bool in_mask(const void *context, size_t group) {
    return group < 64 && (*(const uint64_t *)context >> group & 1);
}

static void count_is_the_sum_of_its_groups(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    rp_universe *u = rp_answer_universe(answer, "people", 70);
    assert_int_equal(u->n_groups, 70);
    for (size_t g = 0; g < 70; g++)
        u->people[g] = (int64_t)g;
    uint64_t mask = 1 << 3 | 1 << 10;
    rp_count count = rp_answer_count(answer, u, in_mask, &mask);
    assert_int_equal(count.n, 13); /* 3 + 10 */
    assert_ptr_equal(count.universe, u);
    assert_true(count.groups[0] == mask && count.groups[1] == 0);
    assert_int_equal(rp_count_none().n, -1);
    assert_null(rp_count_none().universe);
    assert_false(answer->failed);
    rp_arena_free(arena);
}

static void statements_start_absent_and_stay_put(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    rp_statement *first = rp_answer_statement(answer, "outcome.first");
    assert_true(isnan(first->estimate) && isnan(first->lower) && isnan(first->upper) && isnan(first->level));
    assert_true(first->numerator.n == -1 && first->denominator.n == -1 && first->confirmed && !first->suppressed);
    assert_null(first->measure);
    first->estimate = 0.5;
    for (int i = 0; i < 100; i++)
        rp_answer_statement(answer, "outcome.more");
    assert_int_equal(answer->n_statements, 101);
    assert_ptr_equal(answer->statements[0], first);
    assert_true(answer->statements[0]->estimate == 0.5);
    rp_arena_free(arena);
}

static void rows_are_empty_and_keep_their_values(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    char label[] = "Occasion";
    rp_table_column columns[] = {{"occasion", label, ""}, {"mean", "Mean", "points"}, {"n", "n", "people"}};
    rp_answer_table *table = rp_answer_table_add(answer, "t", "Title", columns, 3);
    label[0] = 'X';
    assert_string_equal(table->columns[0].label, "Occasion"); /* copied */
    for (int r = 0; r < 50; r++) {
        rp_value *row = rp_answer_row(table);
        assert_true(row[0].kind == RP_VALUE_EMPTY && isnan(row[2].num) && row[2].count.n == -1);
        row[0] = rp_value_text(answer, "before");
        row[1] = rp_value_num(r, 1, rp_count_none());
    }
    assert_int_equal(table->n_rows, 50);
    for (int r = 0; r < 50; r++) {
        assert_string_equal(table->values[r * 3].text, "before");
        assert_true(table->values[r * 3 + 1].num == r);
    }
    assert_int_equal(rp_value_count(rp_count_none()).kind, RP_VALUE_EMPTY);
    assert_int_equal(rp_value_text(answer, NULL).kind, RP_VALUE_EMPTY);
    rp_arena_free(arena);
}

static bool is_at_least(const void *context, size_t cell) {
    return cell >= *(const size_t *)context;
}

/* Cells 0 to 6 in a frame of two, of which three hold people: what counts is asked of is the cell. */
static void empty_cells_take_no_room(void **state) {
    (void)state;
    static const int64_t people[7] = {0, 3, 0, 0, 5, 0, 11};
    const rp_frame frame = {.n_cells = 2};
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    const rp_universe *universe = rp_answer_universe_of(answer, &frame, "cells", people, 7);
    assert_int_equal(universe->n_groups, 3);
    for (size_t from = 0; from < 8; from++) {
        int64_t wanted = 0;
        for (size_t cell = from; cell < 7; cell++)
            wanted += people[cell];
        assert_int_equal(rp_answer_count(answer, universe, is_at_least, &from).n, wanted);
    }
    for (size_t g = 0; g < 3; g++) {
        assert_int_equal(universe->people[g], people[universe->number[g]]);
        assert_int_equal(universe->frame_cell[g], universe->number[g] % 2);
    }
    assert_false(answer->failed);
    rp_arena_free(arena);
}

static void caveats_and_needs_once_each(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    for (int i = 0; i < 3; i++) {
        rp_answer_caveat(answer, "The cut-off of %s is not confirmed.", "BAI");
        rp_answer_needs(answer, "sessions");
    }
    rp_answer_caveat(answer, "Another.");
    assert_int_equal(answer->n_caveats, 2);
    assert_string_equal(answer->caveats[0], "The cut-off of BAI is not confirmed.");
    assert_int_equal(answer->n_needs_missing, 1);
    rp_arena_free(arena);
}

static void points_go_to_the_series_last_added(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_TRAJECTORY, "c", "Chart");
    assert_true(isnan(chart->x_low) && chart->n_series == 0);
    rp_chart_series_add(chart, "one");
    rp_chart_point_add(chart)->x = 1;
    rp_chart_series_add(chart, "two");
    rp_chart_point_add(chart)->x = 2;
    rp_chart_point *p = rp_chart_point_add(chart);
    assert_true(isnan(p->y) && isnan(p->lower) && p->count.n == -1 && !p->suppressed);
    assert_int_equal(chart->series[0].n, 1);
    assert_int_equal(chart->series[1].n, 2);
    rp_chart_line *line = rp_chart_line_add(chart, "no change");
    assert_string_equal(line->label, "no change");
    rp_arena_free(arena);
}

/* One of everything, thrice; then protection. */
static bool build_all(rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "outcome", "Outcome");
    if (!answer)
        return false;
    rp_universe *u = rp_answer_universe(answer, "people", 3);
    if (u->n_groups == 3)
        u->people[0] = u->people[1] = u->people[2] = 4;
    rp_table_column columns[] = {{"a", "A", ""}, {"b", "B", NULL}};
    rp_answer_table *table = rp_answer_table_add(answer, "t", "T", columns, 2);
    rp_chart *change = rp_answer_chart(answer, RP_CHART_CHANGE, "c", "C");
    for (uint64_t i = 1; i < 4; i++) {
        rp_count count = rp_answer_count(answer, u, in_mask, &i);
        rp_statement *s = rp_answer_statement(answer, "outcome.s");
        s->label = rp_answer_text(answer, "Label %d", (int)i);
        s->numerator = s->denominator = count;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, "text");
        row[1] = rp_value_count(count);
        rp_chart_series_add(change, "series");
        for (int k = 0; k < 9; k++)
            *rp_chart_point_add(change) = (rp_chart_point){.x = k, .y = k / 3, .count = count};
        rp_chart_line_add(change, "line");
        rp_answer_caveat(answer, "Caveat %d", (int)i);
        rp_answer_needs(answer, "sessions");
    }
    return rp_answer_protect(answer, 5) && !answer->failed;
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    long n = 1;
    for (bool done = false; !done; n++) {
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after(n);
        done = build_all(arena);
        rp_memory_fail_after(0);
        rp_arena_free(arena);
        assert_true(n < 5000);
    }
    assert_true(n > 50); /* it did fail many times before */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(count_is_the_sum_of_its_groups),
        cmocka_unit_test(statements_start_absent_and_stay_put),
        cmocka_unit_test(rows_are_empty_and_keep_their_values),
        cmocka_unit_test(caveats_and_needs_once_each),
        cmocka_unit_test(points_go_to_the_series_last_added),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(empty_cells_take_no_room),
    };
    return cmocka_run_group_tests_name("answer: building", tests, NULL, NULL);
}
