/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in memory: values as the file has them, whatever the threads; what is text, what is missing, what is refused.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "rapport/table.h"

typedef struct fixture {
    rp_arena *arena;
    rp_columns *columns;
    rp_error error;
} fixture;

static fixture read_text(const char *text, size_t n, const rp_column_wish *wishes, size_t n_wishes, int threads,
                         const char *missing) {
    fixture f = {.arena = rp_arena_new(0)};
    rp_columns_source source = {.path = "data.csv", .bytes = {text, n}, .threads = threads, .quiet = true};
    source.missing = &missing;
    source.n_missing = missing != NULL;
    f.columns = rp_columns_read(&source, wishes, n_wishes, f.arena, &f.error);
    return f;
}

#define READ(text, wishes) read_text(text, strlen(text), wishes, sizeof(wishes) / sizeof *(wishes), 1, NULL)

static void put_column(rp_buf *out, const rp_columns *c, size_t column) {
    double *numbers = NULL;
    uint32_t *codes = NULL;
    rp_arena *arena = rp_arena_new(0);
    for (size_t b = 0; b < c->n_blocks; b++) {
        size_t n = rp_columns_block_rows(c, b);
        numbers = rp_arena_take(arena, n, sizeof *numbers);
        codes = rp_arena_take(arena, n, sizeof *codes);
        if (c->columns[column].numbers)
            rp_columns_numbers(c, column, b, numbers);
        if (c->columns[column].codes)
            rp_columns_codes(c, column, b, codes);
        for (size_t i = 0; i < n; i++) {
            if (c->columns[column].numbers)
                rp_buf_printf(out, "%.17g", numbers[i]);
            if (c->columns[column].codes)
                rp_buf_printf(out, "'%s'",
                              codes[i] == RP_NO_ID ? "-" : rp_names_text(c->columns[column].texts, codes[i]));
            rp_buf_put(out, " ");
        }
    }
    rp_arena_free(arena);
}

static void holds(const rp_columns *c, size_t column, const char *expected) {
    rp_buf out = {0};
    put_column(&out, c, column);
    assert_string_equal(out.at ? out.at : "", expected);
    rp_buf_free(&out);
}

static void numbers_and_texts_are_told_apart(void **state) {
    (void)state;
    const rp_column_wish wishes[] = {{.name = "x", .plain = true},
                                     {.name = "arm", .plain = true},
                                     {.name = "id", .codes = true},
                                     {.name = "x2", .number = true, .codes = true}};
    fixture f = READ("id,arm,x,x2,unused\n7,cbt,1.5,1,?\n8,\"usual, care\",-2,\"2\",?\n7,NA,,NA,?\n", wishes);
    assert_non_null(f.columns);
    assert_int_equal(f.columns->rows, 3);
    holds(f.columns, 0, "1.5 -2 nan ");
    holds(f.columns, 1, "'cbt' 'usual, care' '-' ");
    holds(f.columns, 2, "'7' '8' '7' ");
    holds(f.columns, 3, "1'1' 2'2' nan'-' ");
    assert_int_equal(f.columns->columns[0].missing, 1);
    assert_int_equal(f.columns->columns[3].missing, 1);
    rp_arena_free(f.arena);
}

/* Numbers as narrow as they fit must come back the same. */
static void packing_keeps_each_value(void **state) {
    (void)state;
    static const char *const values[] = {
        "127", "-127", "-128", "32767", "-32768", "2147483647", "-2147483648", "2147483648", "-2147483649",
        "0.1", "-0",   "0",    "1e300", "-1.5",   "NA",         "255",         "123456.789", "65535"};
    const rp_column_wish wishes[] = {{.name = "x", .number = true}};
    for (size_t first = 0; first < sizeof values / sizeof *values; first++)
        for (size_t second = 0; second < sizeof values / sizeof *values; second++) {
            char text[100];
            double numbers[2], a = NAN, b = NAN;
            snprintf(text, sizeof text, "x\n%s\n%s\n", values[first], values[second]);
            fixture f = READ(text, wishes);
            assert_non_null(f.columns);
            rp_columns_numbers(f.columns, 0, 0, numbers);
            (void)rp_text_to_num(rp_text_of(values[first]), &a);
            (void)rp_text_to_num(rp_text_of(values[second]), &b);
            assert_memory_equal(&numbers[0], isnan(a) ? &numbers[0] : &a, sizeof a);
            assert_memory_equal(&numbers[1], isnan(b) ? &numbers[1] : &b, sizeof b);
            assert_true(isnan(a) == isnan(numbers[0]) && isnan(b) == isnan(numbers[1]));
            rp_arena_free(f.arena);
        }
}

/* Blocks of 65,536 rows, texts past each width of a code, irregular rows between, a text far down. */
static void put_long_file(rp_buf *text, size_t rows, bool late_text) {
    rp_buf_put(text, "id,name,x,late\n");
    for (size_t i = 0; i < rows; i++)
        rp_buf_printf(text, i % 1001 == 1000 ? "%zu,\"a\"\"%zu\",%zu.5,%s\n" : "%zu,%zu,%zu.5,%s\n", i / 3, i % 300, i,
                      late_text && i + 2 == rows ? "text" : "4");
}

static void long_files_are_the_same_for_any_number_of_threads(void **state) {
    (void)state;
    enum { ROWS = 210000 };
    const rp_column_wish wishes[] = {{.name = "id", .codes = true},
                                     {.name = "name", .plain = true, .codes = true},
                                     {.name = "x", .number = true},
                                     {.name = "late", .plain = true}};
    rp_buf text = {0};
    put_long_file(&text, ROWS, true);
    fixture one = read_text(text.at, text.n, wishes, 4, 1, NULL), two = read_text(text.at, text.n, wishes, 4, 2, NULL);
    assert_non_null(one.columns);
    assert_non_null(two.columns);
    assert_int_equal(one.columns->rows, ROWS);
    assert_int_equal(one.columns->n_blocks, 4);
    assert_int_equal(rp_columns_block_rows(one.columns, 3), ROWS - 3 * RP_COLUMNS_BLOCK);
    assert_true(one.columns->columns[3].codes && !one.columns->columns[3].numbers);
    assert_string_equal(one.columns->columns[3].odd_text, "text");
    assert_int_equal(one.columns->columns[3].odd_line, ROWS); /* the row before the last, with the header's line */
    for (size_t c = 0; c < 4; c++) {
        rp_buf a = {0}, b = {0};
        put_column(&a, one.columns, c);
        put_column(&b, two.columns, c);
        assert_int_equal(a.n, b.n);
        assert_memory_equal(a.at, b.at, a.n);
        rp_buf_free(&a);
        rp_buf_free(&b);
    }
    size_t row = 0;
    double *x = rp_arena_take(one.arena, RP_COLUMNS_BLOCK, sizeof *x);
    uint32_t *id = rp_arena_take(one.arena, RP_COLUMNS_BLOCK, sizeof *id),
             *name = rp_arena_take(one.arena, RP_COLUMNS_BLOCK, sizeof *name);
    for (size_t b = 0; b < one.columns->n_blocks; b++) {
        rp_columns_numbers(one.columns, 2, b, x);
        rp_columns_codes(one.columns, 0, b, id);
        rp_columns_codes(one.columns, 1, b, name);
        for (size_t i = 0; i < rp_columns_block_rows(one.columns, b); i++, row++) {
            char expected[32];
            assert_true(x[i] == (double)row + 0.5 && id[i] == row / 3);
            snprintf(expected, sizeof expected, row % 1001 == 1000 ? "a\"%zu" : "%zu", row % 300);
            assert_string_equal(rp_names_text(one.columns->columns[1].texts, name[i]), expected);
        }
    }
    assert_int_equal(row, ROWS);
    rp_buf_free(&text);
    rp_arena_free(one.arena);
    rp_arena_free(two.arena);
}

static void words_for_missing_can_be_told(void **state) {
    (void)state;
    static const char text[] = "x,g\n1,a\n-99,-99\n,\n3,b\n";
    const rp_column_wish wishes[] = {{.name = "x", .number = true}, {.name = "g", .codes = true}};
    fixture f = read_text(text, sizeof text - 1, wishes, 2, 1, "-99");
    assert_non_null(f.columns);
    holds(f.columns, 0, "1 nan nan 3 ");
    holds(f.columns, 1, "'a' '-' '-' 'b' ");
    assert_int_equal(f.columns->columns[0].missing, 2);
    rp_arena_free(f.arena);
}

static void a_text_among_numbers_is_told_with_its_place(void **state) {
    (void)state;
    const rp_column_wish number[] = {{.name = "x", .number = true, .plain = true}};
    fixture f = READ("x\n1\ntwelve\n3\n", number);
    assert_null(f.columns);
    assert_non_null(strstr(f.error.message, "'twelve'"));
    assert_int_equal(f.error.line, 3);
    assert_non_null(strstr(f.error.remedy, "--missing"));
    rp_arena_free(f.arena);
    const rp_column_wish plain[] = {{.name = "x", .plain = true}};
    f = READ("x\n1\ntwelve\n3\n", plain);
    assert_non_null(f.columns);
    assert_string_equal(f.columns->columns[0].odd_text, "twelve");
    assert_int_equal(f.columns->columns[0].odd_line, 3);
    holds(f.columns, 0, "'1' 'twelve' '3' ");
    rp_arena_free(f.arena);
}

static void an_unknown_column_suggests_the_nearest(void **state) {
    (void)state;
    const rp_column_wish wishes[] = {{.name = "reaktion", .number = true, .at = 4}};
    fixture f = READ("Subject,reaction,days\n1,2,3\n", wishes);
    assert_null(f.columns);
    assert_non_null(strstr(f.error.message, "data.csv has no column 'reaktion'"));
    assert_non_null(strstr(f.error.remedy, "'reaction'"));
    assert_string_equal(f.error.file, RP_FORMULA_FILE);
    assert_int_equal(f.error.column, 5);
    rp_arena_free(f.arena);
    const rp_column_wish far[] = {{.name = "zzzzzzzz", .number = true, .at = SIZE_MAX}};
    f = READ("Subject,reaction,days\n1,2,3\n", far);
    assert_null(f.columns);
    assert_string_equal(f.error.remedy, "Its columns are: Subject, reaction, days.");
    assert_string_equal(f.error.file, "");
    rp_arena_free(f.arena);
}

static void rows_that_cannot_be_read_are_counted(void **state) {
    (void)state;
    const rp_column_wish wishes[] = {{.name = "x", .number = true}};
    fixture f = READ("x,g\n1,a\n2\n3,\"lost\n4,a\n5,a,b\n6,a\n", wishes);
    assert_non_null(f.columns);
    holds(f.columns, 0, "1 4 6 ");
    assert_int_equal(f.columns->rejected, 3);
    assert_int_equal(f.columns->first_rejected.line, 3);
    rp_arena_free(f.arena);
}

static void a_header_alone_has_no_rows(void **state) {
    (void)state;
    const rp_column_wish wishes[] = {{.name = "x", .plain = true}};
    fixture f = READ("x,g\n", wishes);
    assert_non_null(f.columns);
    assert_int_equal(f.columns->rows, 0);
    assert_int_equal(f.columns->n_blocks, 0);
    rp_arena_free(f.arena);
    f = read_text("", 0, wishes, 1, 1, NULL);
    assert_null(f.columns);
    assert_true(f.error.message[0]);
    rp_arena_free(f.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts_are_told_apart),
        cmocka_unit_test(packing_keeps_each_value),
        cmocka_unit_test(long_files_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(words_for_missing_can_be_told),
        cmocka_unit_test(a_text_among_numbers_is_told_with_its_place),
        cmocka_unit_test(an_unknown_column_suggests_the_nearest),
        cmocka_unit_test(rows_that_cannot_be_read_are_counted),
        cmocka_unit_test(a_header_alone_has_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
