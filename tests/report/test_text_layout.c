/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for a terminal: as wide as told, counted in characters, and without anything that a terminal would obey. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/hostile_answer.h"
#include "report/text_layout.h"

static size_t widest_line(const rp_buf *out) {
    size_t widest = 0, from = 0;
    for (size_t i = 0; i <= out->n; i++)
        if (i == out->n || out->at[i] == '\n') {
            size_t n = rp_layout_width((rp_text){out->at + from, i - from});
            widest = n > widest ? n : widest;
            from = i + 1;
        }
    return widest;
}

static void width_counts_characters(void **state) {
    (void)state;
    assert_int_equal(rp_layout_width(rp_text_of("abc")), 3);
    assert_int_equal(rp_layout_width(rp_text_of("caf\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x99\x82")), 8);
    assert_int_equal(rp_layout_width(rp_text_of("")), 0);
}

static void line_is(rp_text *rest, size_t columns, const char *expected) {
    rp_text line;
    assert_true(rp_layout_line(rest, columns, &line));
    assert_int_equal(line.n, strlen(expected));
    assert_memory_equal(line.at, expected, line.n);
}

static void words_are_wrapped(void **state) {
    (void)state;
    rp_text line, rest = rp_text_of("one two  three\nfour");
    line_is(&rest, 8, "one two");
    line_is(&rest, 8, "three");
    line_is(&rest, 8, "four");
    assert_false(rp_layout_line(&rest, 8, &line));
    rest = rp_text_of("extraordinarily so");
    line_is(&rest, 6, "extrao"); /* a word alone that is too long is cut */
    line_is(&rest, 6, "rdinar");
    line_is(&rest, 6, "ily so");
    rest = rp_text_of("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9");
    line_is(&rest, 3, "\xC3\xA9\xC3\xA9\xC3\xA9"); /* never within a character */
    rest = rp_text_of("   ");
    assert_false(rp_layout_line(&rest, 8, &line));
}

static void paragraphs_hang(void **state) {
    (void)state;
    rp_buf out = {0};
    rp_layout_paragraph(&out, 14, "* ", "  ", "one two three four");
    assert_string_equal(out.at, "* one two\n  three four\n");
    rp_buf_free(&out);
}

static void terminals_are_told_nothing(void **state) {
    (void)state;
    rp_buf out = {0};
    rp_layout_paragraph(&out, 60, "", "",
                        "a\x1B[31m\x07\x7F \xC2\x9B"
                        "b \xC2\xA3");
    assert_string_equal(out.at, "a?[31m?? ?b \xC2\xA3\n"); /* C0, DEL and C1 are gone, the pound sign is not */
    rp_buf_free(&out);
    for (size_t width = 20; width <= 100; width += 40) {
        out = write_hostile(RP_REPORT_TEXT, width);
        assert_null(strchr(out.at, '\x1B'));
        rp_buf_free(&out);
    }
}

static rp_answer_table *sample(rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    rp_table_column columns[] = {{"who", "Who", ""}, {"n", "People", ""}, {"mean", "Mean score", "points"}};
    rp_answer_table *table = rp_answer_table_add(answer, "t", "T", columns, 3);
    static const char *const who[] = {"Caf\xC3\xA9 group", "A much longer name of a group of people"};
    for (int r = 0; r < 2; r++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, who[r]);
        row[1] = rp_value_count((rp_count){.n = r ? 7 : 12345});
        row[2] = rp_value_num(r ? -1.25 : 14, 2, rp_count_none());
    }
    return table;
}

static void tables_are_aligned(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_buf out = {0};
    rp_layout_table(&out, 80, sample(arena));
    assert_string_equal(out.at, "Who                                      People  Mean score (points)\n"
                                "--------------------------------------------------------------------\n"
                                "Caf\xC3\xA9 group                               12,345                14.00\n"
                                "A much longer name of a group of people       7                -1.25\n");
    rp_buf_free(&out);
    rp_layout_table(&out, 32, sample(arena));
    assert_string_equal(out.at, "Who             People      Mean\n"
                                "                           score\n"
                                "                        (points)\n"
                                "--------------------------------\n"
                                "Caf\xC3\xA9 group      12,345     14.00\n"
                                "A much longer        7     -1.25\n"
                                "name of a\n"
                                "group of\n"
                                "people\n");
    rp_buf_free(&out);
    rp_layout_table(&out, 20, sample(arena)); /* too narrow for columns: one line a value */
    assert_int_equal(widest_line(&out) <= 20, 1);
    assert_non_null(strstr(out.at, "12,345"));
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void reports_fit_their_width(void **state) {
    (void)state;
    for (size_t width = 60; width <= 140; width += 10) {
        rp_buf out = write_hostile(RP_REPORT_TEXT, width);
        assert_true(widest_line(&out) <= width);
        rp_buf_free(&out);
    }
    rp_buf out = write_hostile(RP_REPORT_TEXT, 0);
    assert_true(widest_line(&out) <= 80); /* what no width stands for */
    rp_buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_counts_characters), cmocka_unit_test(words_are_wrapped),
        cmocka_unit_test(paragraphs_hang),         cmocka_unit_test(terminals_are_told_nothing),
        cmocka_unit_test(tables_are_aligned),      cmocka_unit_test(reports_fit_their_width),
    };
    return cmocka_run_group_tests_name("report: text layout", tests, NULL, NULL);
}
