/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protection of small numbers: cases made by hand, where one can see what must be hidden. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "rapport/answer.h"

typedef struct fixture {
    rp_arena *arena;
    rp_answer *answer;
    rp_universe *universe;
    rp_answer_table *table;
} fixture;

static const rp_table_column COLUMN[] = {{"n", "n", "people"}};

static fixture make(size_t n_groups, const int64_t *people) {
    fixture f = {.arena = rp_arena_new(0)};
    f.answer = rp_answer_new(f.arena, "outcome", "Outcome");
    f.universe = rp_answer_universe(f.answer, "people", n_groups);
    memcpy(f.universe->people, people, n_groups * sizeof *people);
    f.table = rp_answer_table_add(f.answer, "t", "Table", COLUMN, 1);
    return f;
}

static bool in_mask(const void *context, size_t group) {
    return *(const uint64_t *)context >> group & 1;
}
static rp_count of(const fixture *f, uint64_t mask) {
    return rp_answer_count(f->answer, f->universe, in_mask, &mask);
}
static void cell(const fixture *f, uint64_t mask) {
    rp_answer_row(f->table)[0] = rp_value_count(of(f, mask));
}
static rp_statement *say(const fixture *f, uint64_t numerator, uint64_t denominator) {
    rp_statement *s = rp_answer_statement(f->answer, "outcome.x");
    s->label = "Label";
    s->text = "Label: some of some.";
    s->numerator = of(f, numerator);
    s->denominator = of(f, denominator);
    s->estimate = 0.5;
    return s;
}
static bool hidden(const fixture *f, size_t row) {
    return f->table->values[row].suppressed;
}
static size_t hidden_among(const fixture *f, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += hidden(f, i);
    return count;
}

/* Groups: a 2 x 2 table's cells, row by row. One cell is small: rows, columns and the total are shown first, so that no
 * other cell may be. Any one more would give all four. */
static void two_by_two_table(void **state) {
    (void)state;
    fixture f = make(4, (int64_t[]){3, 20, 30, 40});
    const uint64_t masks[] = {15, 3, 12, 5, 10, 1, 2, 4, 8}; /* total, rows, columns, cells */
    for (size_t i = 0; i < 9; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_int_equal(hidden_among(&f, 5), 0);
    for (size_t i = 5; i < 9; i++)
        assert_true(hidden(&f, i));
    assert_int_equal(f.answer->n_suppressed, 4);
    rp_arena_free(f.arena);
}

/* The same with the cells first: the total is known from elsewhere, so that of the three large cells two can be shown,
 * and then what can be added up from them. */
static void two_by_two_cells_first(void **state) {
    (void)state;
    fixture f = make(4, (int64_t[]){3, 20, 30, 40});
    const uint64_t masks[] = {1, 2, 4, 8, 3, 12, 5, 10, 15};
    for (size_t i = 0; i < 9; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(hidden(&f, 0) && !hidden(&f, 1) && !hidden(&f, 2));
    assert_true(hidden(&f, 3));                  /* the total less three cells is the small one */
    assert_true(hidden(&f, 4) && hidden(&f, 6)); /* less a cell they give the small one */
    assert_true(hidden(&f, 5) && hidden(&f, 7)); /* so do these, by the total */
    assert_true(!hidden(&f, 8));
    rp_arena_free(f.arena);
}

/* A difference of the means of two sets tells of both: with the total it tells of the three in neither, whether or not
 * its own counts do. */
static void what_stands_behind(void **state) {
    (void)state;
    for (uint64_t third = 4; third <= 8; third += 4) {
        fixture f = make(4, (int64_t[]){50, 30, 3, 9});
        rp_universe *other = rp_answer_universe(f.answer, "scores", 3);
        memcpy(other->people, (int64_t[]){50, 30, third == 4 ? 3 : 9}, 3 * sizeof *other->people);
        rp_statement *s = say(&f, 1, 15);
        const uint64_t sides[] = {1, 2};
        for (size_t i = 0; i < 2; i++)
            s->behind[i] = rp_answer_count(f.answer, other, in_mask, &sides[i]);
        assert_true(rp_answer_protect(f.answer, 5));
        assert_int_equal(s->suppressed, third == 4);
        assert_true(s->suppressed ? s->behind[0].n == -1 : s->behind[0].n == 50);
        rp_arena_free(f.arena);
    }
}

/* A line that rests on few people goes; one that rests on nobody's data stays. */
static void lines_of_few(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){50, 30, 3});
    rp_chart *chart = rp_answer_chart(f.answer, RP_CHART_AGREEMENT, "c", "C");
    rp_chart_series_add(chart, "all");
    rp_chart_line_add(chart, "of many")->count = of(&f, 1);
    rp_chart_line_add(chart, "of three")->count = of(&f, 4);
    rp_chart_line_add(chart, "of nobody");
    rp_chart_line_add(chart, "leaves three")->count = of(&f, 3);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_int_equal(chart->n_lines, 2);
    assert_string_equal(chart->lines[0].label, "of many");
    assert_string_equal(chart->lines[1].label, "of nobody");
    assert_int_equal(f.answer->n_suppressed, 2);
    rp_arena_free(f.arena);
}

/* Nobody says the total here, but it is known: 97 of the 100 in the universe leaves three. */
static void the_whole_is_known(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){97, 3});
    cell(&f, 1);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(hidden(&f, 0));
    rp_arena_free(f.arena);
}

/* A total and its parts: one small part hides a second one too; without a small part nothing is hidden. */
static void totals_and_parts(void **state) {
    (void)state;
    fixture f = make(4, (int64_t[]){50, 4, 30, 9});
    const uint64_t masks[] = {15, 1, 2, 4, 8};
    for (size_t i = 0; i < 5; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(hidden(&f, 2) && hidden_among(&f, 5) == 2);
    rp_arena_free(f.arena);

    f = make(4, (int64_t[]){50, 5, 30, 9});
    for (size_t i = 0; i < 5; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_int_equal(f.answer->n_suppressed, 0);
    rp_arena_free(f.arena);
}

/* Two hidden parts that are few together: 2 + 2 left of the total; a third has to go. */
static void two_hidden_that_are_few_together(void **state) {
    (void)state;
    fixture f = make(4, (int64_t[]){50, 2, 2, 9});
    const uint64_t masks[] = {15, 1, 2, 4, 8};
    for (size_t i = 0; i < 5; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(!hidden(&f, 0) && !hidden(&f, 1) && hidden(&f, 2) && hidden(&f, 3) && hidden(&f, 4));
    rp_arena_free(f.arena);
}

/* Referred, entered, finished, each within the one before: 100, 97 and 80. Three people left between: the second is
 * hidden. */
static void nested_cohorts(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){80, 17, 3});
    cell(&f, 7);
    cell(&f, 3);
    cell(&f, 1);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(!hidden(&f, 0) && hidden(&f, 1) && !hidden(&f, 2));
    rp_arena_free(f.arena);
}

/* The same through shares: recovered per referral shows the denominators, so that one share cannot be told. */
static void nested_denominators(void **state) {
    (void)state;
    /* recovered and finished, recovered and not, not recovered: finished, entered only, referred only */
    fixture f = make(5, (int64_t[]){30, 8, 50, 9, 3});
    rp_statement *referred = say(&f, 3, 31), *entered = say(&f, 3, 15), *finished = say(&f, 1, 5);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_false(referred->suppressed);
    assert_true(entered->suppressed); /* 100 - 97 */
    assert_false(finished->suppressed);
    rp_arena_free(f.arena);
}

static void numerator_and_what_is_left(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){4, 60, 40});
    rp_statement *few = say(&f, 1, 7), *left = say(&f, 6, 7), *fine = say(&f, 2, 7);
    few->lower = few->upper = 0.1;
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(few->suppressed && left->suppressed);
    assert_true(isnan(few->estimate) && isnan(few->lower) && isnan(few->upper) && few->numerator.n == -1);
    assert_string_equal(few->text, "Label: hidden. It counts, or would let be worked out, fewer than 5 people.");
    assert_false(fine->suppressed); /* its denominator is that of a hidden one: shown */
    assert_int_equal(fine->denominator.n, 104);
    assert_int_equal(f.answer->n_suppressed, 2);
    rp_arena_free(f.arena);
}

/* A statement whose numerator and denominator are the same people leaves nobody, by its meaning: no zero is hidden. */
static void numerator_that_is_its_denominator(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){57, 10});
    rp_statement *mean = say(&f, 1, 1);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_false(mean->suppressed);
    rp_arena_free(f.arena);
}

/* None of 60 deteriorated: the zero itself is hidden, but nobody is given away where it follows from other counts. */
static void zero_is_hidden_and_hides_nothing_else(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){20, 40, 0});
    const uint64_t masks[] = {7, 1, 2, 4};
    for (size_t i = 0; i < 4; i++)
        cell(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(!hidden(&f, 0) && !hidden(&f, 1) && !hidden(&f, 2) && hidden(&f, 3));
    rp_arena_free(f.arena);
}

/* Cohorts that happen to be the same people hide nothing: no count told says that nobody lies between them. */
static void equal_cohorts(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){60, 0});
    cell(&f, 3);
    cell(&f, 1);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_int_equal(f.answer->n_suppressed, 0);
    rp_arena_free(f.arena);
}

static void numbers_that_stand_on_few(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){4, 60, 40});
    rp_answer_row(f.table)[0] = rp_value_num(12.5, 1, of(&f, 1)); /* mean of 4 */
    rp_answer_row(f.table)[0] = rp_value_num(11.5, 1, of(&f, 7)); /* mean of 104 */
    rp_answer_row(f.table)[0] = rp_value_num(10.5, 1, of(&f, 6)); /* of 100 of them: the mean of the 4 would follow */
    rp_answer_row(f.table)[0] = rp_value_num(6.5, 1, rp_count_none());
    rp_answer_row(f.table)[0] = rp_value_share(0.04, 2, of(&f, 1), of(&f, 7));
    rp_answer_row(f.table)[0] = rp_value_share(0.58, 2, of(&f, 2), of(&f, 7));
    assert_true(rp_answer_protect(f.answer, 5));
    const bool expected[] = {true, false, true, false, true, false};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(hidden(&f, i), expected[i]);
    assert_true(isnan(f.table->values[0].num));
    rp_arena_free(f.arena);
}

/* A share given as a plain number beside a hidden count of its row gives the count away. */
static void shares_beside_hidden_counts(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){3, 97});
    rp_table_column columns[] = {{"x", "x", ""}, {"n", "n", ""}, {"share", "Share", ""}, {"mean", "Mean", ""}};
    rp_answer_table *table = rp_answer_table_add(f.answer, "u", "U", columns, 4);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_count(of(&f, 1));
    row[1] = rp_value_count(of(&f, 3));
    row[2] = rp_value_num(0.03, 2, of(&f, 3));
    row[3] = rp_value_num(14.2, 1, of(&f, 3));
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(row[0].suppressed && !row[1].suppressed && row[2].suppressed && !row[3].suppressed);
    rp_arena_free(f.arena);
}

static void universes_are_apart(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){97, 3});
    rp_universe *other = rp_answer_universe(f.answer, "practitioners", 2);
    other->people[0] = 97;
    other->people[1] = 10;
    cell(&f, 3);
    uint64_t one = 1;
    rp_answer_row(f.table)[0] = rp_value_count(rp_answer_count(f.answer, other, in_mask, &one));
    cell(&f, 1);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(!hidden(&f, 0) && !hidden(&f, 1) && hidden(&f, 2));
    rp_arena_free(f.arena);
}

static void points_of_charts(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){4, 60, 40});
    rp_chart *line = rp_answer_chart(f.answer, RP_CHART_TRAJECTORY, "c", "C");
    rp_chart_series_add(line, "all");
    for (uint64_t mask = 1; mask < 4; mask++) {
        rp_chart_point *p = rp_chart_point_add(line);
        p->x = (double)mask;
        p->y = 10;
        p->count = of(&f, mask);
    }
    rp_chart *rates = rp_answer_chart(f.answer, RP_CHART_RATES, "r", "R");
    rp_chart_series_add(rates, "all");
    for (int told = 0; told < 2; told++) {
        rp_chart_point *p = rp_chart_point_add(rates); /* 40 of 104 known, 44 at best: 4 unknown */
        *p = (rp_chart_point){.y = 40. / 104, .lower = 40. / 104, .upper = 44. / 104, .count = of(&f, 7)};
        p->of_y = p->of_lower = told ? of(&f, 4) : rp_count_none();
        p->of_upper = told ? of(&f, 5) : rp_count_none();
    }
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(line->series[0].points[0].suppressed && isnan(line->series[0].points[0].y));
    assert_true(line->series[0].points[0].x == 1); /* the place stays */
    assert_false(line->series[0].points[1].suppressed);
    assert_true(line->series[0].points[2].suppressed); /* 64 - 60 */
    assert_true(rates->series[0].points[0].suppressed && rates->series[0].points[1].suppressed);
    rp_arena_free(f.arena);
}

/* A flow of 104 of whom 100 go on: the 4 who do not are hidden, and with them the 100, from which they follow. */
static void a_flow_hides_what_follows_from_it(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){4, 60, 40});
    rp_chart *flow = rp_answer_chart(f.answer, RP_CHART_FLOW, "f", "F");
    rp_chart_series_add(flow, "steps");
    static const uint64_t masks[] = {7, 1, 6, 4};
    for (size_t i = 0; i < 4; i++)
        rp_chart_point_add(flow)->count = of(&f, masks[i]);
    assert_true(rp_answer_protect(f.answer, 5));
    const rp_chart_point *p = flow->series[0].points;
    assert_true(!p[0].suppressed && p[1].suppressed && p[2].suppressed && !p[3].suppressed);
    assert_true(p[1].count.n == -1 && p[2].count.n == -1 && p[3].count.n == 40);
    rp_arena_free(f.arena);
}

static void nothing_hidden_when_all_are_many(void **state) {
    (void)state;
    int64_t people[8];
    for (int g = 0; g < 8; g++)
        people[g] = 50 + g;
    fixture f = make(8, people);
    for (uint64_t mask = 1; mask < 256; mask++)
        cell(&f, mask);
    for (uint64_t mask = 1; mask < 255; mask++)
        say(&f, mask, 255);
    assert_true(rp_answer_protect(f.answer, 5));
    assert_int_equal(f.answer->n_suppressed, 0);
    assert_int_equal(f.answer->protected_below, 5);
    rp_arena_free(f.arena);
}

static void off_changes_nothing(void **state) {
    (void)state;
    fixture f = make(2, (int64_t[]){1, 2});
    rp_statement *s = say(&f, 1, 3);
    cell(&f, 1);
    assert_true(rp_answer_protect(f.answer, 0));
    assert_true(!s->suppressed && !hidden(&f, 0) && f.answer->protected_below == 0);
    rp_arena_free(f.arena);
}

/* 28 recovered of 100, for 3 more it is not known: the range would tell of the 3, the share alone does not. */
static void a_range_that_reveals_is_hidden_alone(void **state) {
    (void)state;
    fixture f = make(3, (int64_t[]){28, 3, 69});
    rp_chart *chart = rp_answer_chart(f.answer, RP_CHART_RATES, "c", "Chart");
    rp_chart_series_add(chart, "Everyone");
    rp_chart_point *p = rp_chart_point_add(chart);
    p->count = of(&f, 7);
    p->of_y = p->of_lower = of(&f, 1);
    p->of_upper = of(&f, 3);
    p->y = p->lower = 0.28;
    p->upper = 0.31;
    assert_true(rp_answer_protect(f.answer, 5));
    assert_true(p->range_hidden && !p->suppressed && p->y == 0.28);
    assert_true(isnan(p->lower) && isnan(p->upper) && f.answer->n_suppressed == 1);
    rp_arena_free(f.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_by_two_table),
        cmocka_unit_test(two_by_two_cells_first),
        cmocka_unit_test(what_stands_behind),
        cmocka_unit_test(lines_of_few),
        cmocka_unit_test(the_whole_is_known),
        cmocka_unit_test(totals_and_parts),
        cmocka_unit_test(two_hidden_that_are_few_together),
        cmocka_unit_test(nested_cohorts),
        cmocka_unit_test(nested_denominators),
        cmocka_unit_test(numerator_and_what_is_left),
        cmocka_unit_test(numerator_that_is_its_denominator),
        cmocka_unit_test(zero_is_hidden_and_hides_nothing_else),
        cmocka_unit_test(a_range_that_reveals_is_hidden_alone),
        cmocka_unit_test(equal_cohorts),
        cmocka_unit_test(numbers_that_stand_on_few),
        cmocka_unit_test(shares_beside_hidden_counts),
        cmocka_unit_test(universes_are_apart),
        cmocka_unit_test(points_of_charts),
        cmocka_unit_test(a_flow_hides_what_follows_from_it),
        cmocka_unit_test(nothing_hidden_when_all_are_many),
        cmocka_unit_test(off_changes_nothing),
    };
    return cmocka_run_group_tests_name("answer: protection", tests, NULL, NULL);
}
