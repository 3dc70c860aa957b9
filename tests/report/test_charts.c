/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts: what is hidden is not drawn, and no number in a picture is broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"

static size_t count_of(const char *text, const char *piece) {
    size_t n = 0;
    for (const char *at = strstr(text, piece); at; at = strstr(at + 1, piece))
        n++;
    return n;
}

typedef struct fixture {
    rp_arena *arena;
    rp_answer *answer;
    rp_chart *chart;
} fixture;

static fixture make(rp_chart_kind kind) {
    fixture f = {.arena = rp_arena_new(0)};
    f.answer = rp_answer_new(f.arena, "q", "Q");
    f.chart = rp_answer_chart(f.answer, kind, "c", "C");
    return f;
}

static rp_chart_point *point(const fixture *f, double x, double y, int64_t n) {
    rp_chart_point *p = rp_chart_point_add(f->chart);
    p->x = x;
    p->y = y;
    p->count.n = n;
    return p;
}

static rp_buf draw(const fixture *f) {
    rp_html html;
    rp_buf out = {0};
    rp_html_start(&html, &out);
    rp_chart_put(&html, f->chart, "c1");
    assert_false(out.failed);
    assert_int_equal(html.depth, 0);
    assert_null(strstr(out.at, "nan"));
    assert_null(strstr(out.at, "inf"));
    return out;
}

static void hidden_points_break_the_line(void **state) {
    (void)state;
    fixture f = make(RP_CHART_TRAJECTORY);
    rp_chart_series_add(f.chart, "all");
    for (int i = 0; i < 5; i++)
        point(&f, i, 777.5 + i, 4321 + i);
    rp_buf all = draw(&f);
    assert_int_equal(count_of(all.at, "<circle"), 5);
    assert_non_null(strstr(all.at, ">4,323<")); /* people under the third place */
    f.chart->series[0].points[2].suppressed = true;
    rp_buf less = draw(&f);
    assert_int_equal(count_of(less.at, "<circle"), 4);
    assert_null(strstr(less.at, "4,323"));
    assert_null(strstr(less.at, "779.5"));
    assert_non_null(strstr(less.at, ">*</text>"));
    assert_non_null(strstr(less.at, ">hidden<")); /* in the table */
    /* Two of the four pieces of the line are gone. */
    assert_int_equal(count_of(all.at, "stroke-width=\"2.00\"") - count_of(less.at, "stroke-width=\"2.00\""), 2);
    rp_buf_free(&all);
    rp_buf_free(&less);
    rp_arena_free(f.arena);
}

/* Letters at the ends of lines are moved apart; that has to end, wherever the lines end. */
static void letters_find_a_place(void **state) {
    (void)state;
    for (int round = 0; round < 300; round++) {
        fixture f = make(RP_CHART_TRAJECTORY);
        for (int s = 0; s < 6; s++) {
            rp_chart_series_add(f.chart, "series");
            point(&f, 0, 20, 5);
            point(&f, 1, 10 + (double)((round * 7919 + s * 104729) % 1000) / 300, 5);
        }
        rp_buf out = draw(&f);
        assert_int_equal(count_of(out.at, ">F</text>"), 3); /* in the key, at the line, by the people */
        rp_buf_free(&out);
        rp_arena_free(f.arena);
    }
}

static void series_differ_without_colour(void **state) {
    (void)state;
    for (size_t a = 0; a < 12; a++)
        for (size_t b = 0; b < a; b++) {
            rp_series_style x = rp_series_style_of(a), y = rp_series_style_of(b);
            bool dash = strcmp(x.dash ? x.dash : "", y.dash ? y.dash : "") != 0;
            assert_true(x.letter[0] != y.letter[0] && (x.shape != y.shape || dash));
        }
}

static void squares_hold_their_numbers(void **state) {
    (void)state;
    fixture f = make(RP_CHART_CHANGE);
    f.chart->binned = true;
    f.chart->bin_width = 5;
    f.chart->x_low = 0;
    f.chart->x_high = 20;
    rp_chart_series_add(f.chart, "all");
    point(&f, 2.5, 2.5, 17);
    point(&f, 12.5, 7.5, 43);
    rp_buf out = draw(&f);
    assert_int_equal(count_of(out.at, "<rect"), 2);
    assert_int_equal(count_of(out.at, "width=\"85.00\" height=\"85.00\""), 2); /* 340 / 20 * 5 */
    assert_non_null(strstr(out.at, ">17</text>"));
    assert_non_null(strstr(out.at, ">43</text>"));
    assert_non_null(strstr(out.at, "10 to under 15"));
    assert_null(strstr(out.at, "Each dot"));
    rp_buf_free(&out);
    f.chart->series[0].n = 0;
    out = draw(&f);
    assert_non_null(strstr(out.at, "No square holds enough people"));
    assert_null(strstr(out.at, "<svg"));
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

/* Lines are cut to the plot: y = x - 8 meets a plot of [0, 20] at (8, 0) and (20, 12). */
static void lines_are_cut_to_the_plot(void **state) {
    (void)state;
    fixture f = make(RP_CHART_CHANGE);
    f.chart->x_low = 0;
    f.chart->x_high = 20;
    rp_chart_series_add(f.chart, "all");
    point(&f, 5, 5, -1);
    rp_chart_line *line = rp_chart_line_add(f.chart, "8 points better");
    line->slope = 1;
    line->intercept = -8;
    line = rp_chart_line_add(f.chart, "far away");
    line->intercept = 99;
    rp_buf out = draw(&f);
    /* 42 + 340 * 8 / 20 = 178; bottom 28 + 340 = 368; right 382; top 28 + 340 * 8 / 20 = 164 */
    assert_non_null(strstr(out.at, "x1=\"178.00\" y1=\"368.00\" x2=\"382.00\" y2=\"164.00\""));
    assert_int_equal(count_of(out.at, "<circle"), 1 + 1 + 2); /* a dot, the line's number, two in the key */
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

/* A plot of [0, 20] by [-10, 10]: 336 units across, 300 up, from (46, 28). */
static void agreement_has_lines_and_bands(void **state) {
    (void)state;
    fixture f = make(RP_CHART_AGREEMENT);
    f.chart->x_low = 0;
    f.chart->x_high = 20;
    f.chart->y_low = -10;
    f.chart->y_high = 10;
    rp_chart_series_add(f.chart, "all");
    point(&f, 5, 4, -1);
    point(&f, 5, 4, -1);
    point(&f, 10, -2, -1);
    rp_chart_line *line = rp_chart_line_add(f.chart, "mean difference");
    line->intercept = 1;
    line->lower = -1;
    line->upper = 3;
    rp_chart_line_add(f.chart, "without a band")->intercept = 6;
    rp_buf out = draw(&f);
    assert_non_null(strstr(out.at, "y1=\"163.00\" x2=\"382.00\" y2=\"163.00\"")); /* 28 + 300 * 9 / 20 */
    assert_int_equal(count_of(out.at, "<rect"), 1);
    assert_non_null(
        strstr(out.at, "y=\"133.00\" width=\"336.00\" height=\"60.00\"")); /* 28 + 300 * 7 / 20; 300 * 4 / 20 */
    assert_int_equal(count_of(out.at, "<circle"), 2 + 2 + 2); /* two places of three people, numbers, their key */
    assert_non_null(strstr(out.at, "Each dot is one person"));
    assert_null(strstr(out.at, "diagonal"));
    rp_buf_free(&out);
    f.chart->binned = true;
    f.chart->bin_width = 5;
    f.chart->series[0].n = 0;
    point(&f, 7.5, 2.5, 17);
    out = draw(&f);
    assert_non_null(strstr(out.at, "width=\"84.00\" height=\"75.00\"")); /* 336 / 20 * 5, 300 / 20 * 5 */
    assert_non_null(strstr(out.at, ">17</text>"));
    assert_non_null(strstr(out.at, "5 to under 10"));
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

static void rates_say_what_is_possible(void **state) {
    (void)state;
    fixture f = make(RP_CHART_RATES);
    rp_chart_series_add(f.chart, "");
    rp_chart_point *p = point(&f, NAN, 0.25, 80);
    p->lower = 0.25;
    p->upper = 0.5;
    point(&f, NAN, 0.123, 81)->suppressed = true;
    p = point(&f, NAN, 0.3, 50);
    p->lower = p->upper = 0.3;
    rp_buf out = draw(&f);
    assert_non_null(strstr(out.at, "25.0% of 80; may be 25.0% to 50.0%"));
    assert_non_null(strstr(out.at, "hidden: small numbers"));
    assert_non_null(strstr(out.at, "30.0% of 50; all outcomes known"));
    assert_null(strstr(out.at, "12.3"));
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

static rp_chart_point *flow_point(const fixture *f, rp_flow_part part, const char *label, int64_t n) {
    rp_chart_point *p = point(f, NAN, NAN, n);
    p->part = part;
    p->label = label;
    return p;
}

/* A box, its losses with the five largest of seven reasons, those who may still come with a broken border; what is
 * hidden in words, also in the words for listeners. */
static void a_flow_tells_its_losses(void **state) {
    (void)state;
    fixture f = make(RP_CHART_FLOW);
    rp_chart_series_add(f.chart, "Referred");
    flow_point(&f, RP_FLOW_BOX, "reached", 1200);
    rp_chart_series_add(f.chart, "Entered");
    flow_point(&f, RP_FLOW_ENDED, "ended without it", 400);
    static const char *const why[] = {"why a", "why b", "why c", "why d", "why e", "why f", "why g"};
    static const int64_t n[] = {11, 4321, 13, 14, 14, 16, 17};
    for (size_t i = 0; i < 7; i++)
        flow_point(&f, RP_FLOW_REASON, why[i], n[i]);
    f.chart->series[1].points[2].suppressed = true; /* why b */
    flow_point(&f, RP_FLOW_OPEN, "may still come", 7654)->suppressed = true;
    flow_point(&f, RP_FLOW_BOX, "reached", 801);
    rp_buf out = draw(&f);
    char *table = strstr(out.at, "<details");
    assert_non_null(table);
    assert_null(strstr(out.at, "4321"));
    assert_null(strstr(out.at, "4,321"));
    assert_null(strstr(out.at, "7,654"));
    assert_non_null(strstr(out.at, ">ended without it: 400; why a: 11; why b: hidden; why c: 13; why d: 14; why e: 14; "
                                   "why f: 16; why g: 17; may still come: hidden; Entered: 801.</desc>"));
    *table = '\0';
    assert_int_equal(count_of(out.at, "<svg"), 2);
    assert_int_equal(count_of(out.at, "stroke-dasharray"), 1);
    assert_int_equal(count_of(out.at, ">hidden</text>"), 1);
    /* The largest first, of two that are as large the one that came first; "why a" is the sixth. */
    static const char *const drawn[] = {"why g", "why f", "why d", "why e", "why c", "further reasons: in the table"};
    const char *at = strstr(out.at, ">ended without it</text>");
    for (size_t i = 0; i < 6 && at; i++) {
        at = strstr(at, drawn[i]);
        assert_non_null(at);
    }
    assert_null(strstr(out.at, ">why a<"));
    assert_null(strstr(out.at, ">why b<"));
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

/* Anything may come in: not a number, infinite, huge, one point, none. */
/* The picture alone, without the table behind it. */
static char *picture_of(const rp_buf *figure) {
    char *picture = strstr(figure->at, "<svg");
    assert_non_null(picture);
    *strstr(picture, "</svg>") = '\0';
    return picture;
}

static void a_funnel_has_a_point_a_unit_and_no_names(void **state) {
    (void)state;
    fixture f = make(RP_CHART_FUNNEL);
    rp_chart_series_add(f.chart, "Providers");
    for (int i = 0; i < 3; i++) {
        rp_chart_point *p = rp_chart_point_add(f.chart);
        p->label = "ALDER";
        p->x = 100 * (i + 1);
        p->y = 50 + i;
        p->lower = i == 0 ? 20 : p->y; /* one that is rounded much */
        p->upper = i == 0 ? 80 : p->y;
        p->count = rp_count_none();
    }
    for (int side = -1; side <= 1; side += 2) {
        rp_chart_series_add(f.chart, "95% limits");
        for (int i = 0; i < 4; i++) {
            rp_chart_point *p = rp_chart_point_add(f.chart);
            p->x = 100 + 60 * i;
            p->y = 51 + side * 400. / p->x;
        }
    }
    rp_chart_line_add(f.chart, "All of them together")->intercept = 51;
    rp_buf all = draw(&f);
    char *picture = picture_of(&all);
    assert_int_equal(count_of(picture, "<circle"), 3 + 2); /* units, and the line's number in the plot and in the key */
    assert_int_equal(count_of(picture, "95% limits"), 1);  /* both curves stand in the key once */
    assert_null(strstr(picture, "ALDER"));
    assert_non_null(strstr(picture, "All of them together"));
    rp_buf_free(&all);
    rp_arena_free(f.arena);
}

static void a_funnel_without_its_limits_keeps_its_points(void **state) {
    (void)state;
    fixture f = make(RP_CHART_FUNNEL);
    rp_chart_series_add(f.chart, "Practitioners");
    for (int i = 0; i < 3; i++) {
        rp_chart_point *p = rp_chart_point_add(f.chart);
        p->x = 20 + i;
        p->y = 40 + 5 * i;
        p->lower = p->upper = NAN;
        p->count = rp_count_none();
    }
    rp_chart_series_add(f.chart, "95% limits");
    for (int i = 0; i < 3; i++)
        *rp_chart_point_add(f.chart) = (rp_chart_point){.x = 20 + i, .y = NAN, .suppressed = true};
    rp_buf all = draw(&f);
    char *picture = picture_of(&all);
    assert_int_equal(count_of(picture, "<circle"), 3);
    assert_null(strstr(picture, "nan"));
    assert_null(strstr(picture, "inf"));
    rp_buf_free(&all);
    rp_arena_free(f.arena);
}

/* The order is the answer's: what lies lowest is not moved to the left. A hidden one leaves its place empty. */
static void a_caterpillar_keeps_its_order_and_names_nobody(void **state) {
    (void)state;
    fixture f = make(RP_CHART_CATERPILLAR);
    rp_chart_series_add(f.chart, "A practitioner each");
    static const double y[] = {1, -2, 0.5};
    for (int i = 0; i < 3; i++) {
        rp_chart_point *p = rp_chart_point_add(f.chart);
        p->label = "ALDER";
        p->x = i + 1;
        p->y = y[i];
        p->lower = y[i] - 1;
        p->upper = y[i] + 1;
        p->count = rp_count_none();
    }
    f.chart->series[0].points[2].suppressed = true;
    rp_chart_line_add(f.chart, "The average practitioner")->intercept = 0;
    rp_buf all = draw(&f);
    char *picture = picture_of(&all);
    assert_int_equal(count_of(picture, "<circle"), 2 + 2); /* units; the line's number in the plot and in the key */
    assert_null(strstr(picture, "ALDER"));
    assert_non_null(strstr(picture, "2 estimates with their intervals"));
    assert_non_null(strstr(picture, "The average practitioner"));
    char *first = strstr(picture, "cx=\""), *second = strstr(first + 1, "cx=\""), *third = strstr(second + 1, "cx=\"");
    assert_true(strtod(second + 4, NULL) < strtod(third + 4, NULL)); /* after the line's number: as they were added */
    rp_buf_free(&all);
    rp_arena_free(f.arena);
}

/* Effects with their names, a diamond for what they come to, and the interval of a new one. */
static void a_forest_has_rows_a_diamond_and_no_people(void **state) {
    (void)state;
    fixture f = make(RP_CHART_FOREST);
    static const char *const series[] = {"Effects", "Together", "New study"};
    for (int s = 0; s < 3; s++) {
        rp_chart_series_add(f.chart, series[s]);
        for (int i = 0; i < (s ? 1 : 2); i++) {
            rp_chart_point *p = rp_chart_point_add(f.chart);
            p->label = s ? series[s] : i ? "BIRCH 2011" : "ALDER 2009";
            p->x = s ? (double)NAN : 40 + 20 * i;
            p->y = 0.2 + 0.1 * i;
            p->lower = p->y - 0.1;
            p->upper = p->y + 0.1;
            p->count = rp_count_none();
        }
    }
    rp_chart_line *zero = rp_chart_line_add(f.chart, "No difference");
    zero->vertical = true;
    zero->intercept = 0;
    rp_buf all = draw(&f);
    assert_null(strstr(all.at, "People"));
    char *picture = picture_of(&all);
    assert_int_equal(count_of(picture, "<rect"), 2);
    assert_int_equal(count_of(picture, "<path"), 1);
    assert_non_null(strstr(picture, "ALDER 2009"));
    assert_non_null(strstr(picture, "The intervals lie between 0.00 and 0.40"));
    assert_null(strstr(picture, "nan"));
    rp_buf_free(&all);
    rp_arena_free(f.arena);
}

/* Where a text of a picture stands. */
static double height_of(const char *picture, const char *words) {
    const char *at = strstr(picture, words);
    assert_non_null(at);
    while (at > picture && strncmp(at, " y=\"", 4) != 0)
        at--;
    return strtod(at + 4, NULL);
}

static void long_names_of_a_forest_do_not_touch(void **state) {
    (void)state;
    fixture f = make(RP_CHART_FOREST);
    rp_chart_series_add(f.chart, "Effects");
    static const char *const names[] = {"a first study of the impairment of life that is daily", "BIRCH 2011"};
    for (int i = 0; i < 2; i++) {
        rp_chart_point *p = rp_chart_point_add(f.chart);
        p->label = names[i];
        p->y = 0.2;
        p->lower = 0.1;
        p->upper = 0.3;
        p->count = rp_count_none();
    }
    rp_buf all = draw(&f);
    char *picture = picture_of(&all);
    assert_true(height_of(picture, "BIRCH") - height_of(picture, "daily") > RP_CHART_LINE + 4);
    rp_buf_free(&all);
    rp_arena_free(f.arena);
}

static void a_line_without_counts_has_no_row_for_people(void **state) {
    (void)state;
    fixture f = make(RP_CHART_TRAJECTORY);
    rp_chart_series_add(f.chart, "Recovery");
    for (int i = 0; i < 2; i++) {
        rp_chart_point *p = rp_chart_point_add(f.chart);
        p->x = i;
        p->y = 50;
        p->count = rp_count_none();
    }
    rp_buf without = draw(&f);
    assert_null(strstr(without.at, "People:"));
    rp_buf_free(&without);
    rp_arena_free(f.arena);
    f = make(RP_CHART_TRAJECTORY);
    rp_chart_series_add(f.chart, "Recovery");
    point(&f, 0, 50, 12);
    rp_buf with = draw(&f);
    assert_non_null(strstr(with.at, "People:"));
    rp_buf_free(&with);
    rp_arena_free(f.arena);
}

static void odd_numbers_do_no_harm(void **state) {
    (void)state;
    static const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, 1e-300};
    for (int kind = RP_CHART_TRAJECTORY; kind <= RP_CHART_FOREST; kind++)
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
            for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
                fixture f = make((rp_chart_kind)kind);
                rp_chart_series_add(f.chart, "");
                point(&f, odd[i], odd[k], 3)->upper = odd[i];
                rp_chart_series_add(f.chart, "");
                point(&f, 0, odd[i], 3);
                point(&f, odd[i], odd[k], 3);
                rp_chart_line *line = rp_chart_line_add(f.chart, "");
                line->slope = odd[k];
                line->intercept = odd[i];
                line->vertical = k % 2;
                rp_html html;
                rp_buf out = {0};
                rp_html_start(&html, &out);
                rp_chart_put(&html, f.chart, "c1");
                assert_false(out.failed);
                const char *picture = strstr(out.at, "<svg");
                if (picture) {
                    *strstr(picture, "</svg>") = '\0';
                    assert_null(strstr(picture, "\"nan"));
                    assert_null(strstr(picture, "\"inf"));
                }
                rp_buf_free(&out);
                rp_arena_free(f.arena);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_points_break_the_line),
        cmocka_unit_test(letters_find_a_place),
        cmocka_unit_test(series_differ_without_colour),
        cmocka_unit_test(squares_hold_their_numbers),
        cmocka_unit_test(lines_are_cut_to_the_plot),
        cmocka_unit_test(agreement_has_lines_and_bands),
        cmocka_unit_test(rates_say_what_is_possible),
        cmocka_unit_test(a_flow_tells_its_losses),
        cmocka_unit_test(a_forest_has_rows_a_diamond_and_no_people),
        cmocka_unit_test(long_names_of_a_forest_do_not_touch),
        cmocka_unit_test(a_funnel_has_a_point_a_unit_and_no_names),
        cmocka_unit_test(a_funnel_without_its_limits_keeps_its_points),
        cmocka_unit_test(a_caterpillar_keeps_its_order_and_names_nobody),
        cmocka_unit_test(a_line_without_counts_has_no_row_for_people),
        cmocka_unit_test(odd_numbers_do_no_harm),
    };
    return cmocka_run_group_tests_name("report: charts", tests, NULL, NULL);
}
