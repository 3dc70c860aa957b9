/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header: names, their places, and what makes a header refused. */
#include "transcript.h"

typedef struct fixture {
    rp_arena *arena;
    rp_reader *reader;
    rp_header header;
    rp_error error;
} fixture;

static bool read_header(fixture *f, const char *text) {
    *f = (fixture){.arena = rp_arena_new(0)};
    f->reader = rp_reader_open_bytes(text, strlen(text), "clients.csv", NULL, &f->error);
    assert_non_null(f->reader);
    return rp_reader_header(f->reader, f->arena, &f->header, &f->error);
}

static void done(fixture *f) {
    rp_reader_close(f->reader);
    rp_arena_free(f->arena);
}

static void names_are_trimmed_and_keep_their_places(void **state) {
    (void)state;
    fixture f;
    rp_row row;
    assert_true(read_header(&f, "\n client_id ,\"PHQ-9 \"\"total\"\"\",\t\xc3\xa9 \n1,2,3\n"));
    assert_int_equal(f.header.n, 3);
    assert_int_equal(f.header.line, 2);
    assert_string_equal(f.header.names[0], "client_id");
    assert_string_equal(f.header.names[1], "PHQ-9 \"total\"");
    assert_string_equal(f.header.names[2], "\xc3\xa9");
    assert_int_equal(f.header.columns[0], 1);
    assert_int_equal(f.header.columns[1], 13);
    assert_int_equal(f.header.columns[2], 31);
    assert_int_equal(rp_reader_next(f.reader, &row, &f.error), RP_READ_ROW); /* the names outlive the row */
    assert_int_equal(row.line, 3);
    assert_string_equal(f.header.names[0], "client_id");
    done(&f);
}

static void columns_are_found_by_their_exact_name(void **state) {
    (void)state;
    fixture f;
    assert_true(read_header(&f, "date,Date,gad7\n"));
    assert_int_equal(rp_header_find(&f.header, "date"), 0);
    assert_int_equal(rp_header_find(&f.header, "Date"), 1);
    assert_int_equal(rp_header_find(&f.header, "gad7"), 2);
    assert_int_equal(rp_header_find(&f.header, "gad"), -1);
    assert_int_equal(rp_header_find(&f.header, ""), -1);
    assert_string_equal(rp_header_nearest(&f.header, "gda7"), "gad7");
    assert_null(rp_header_nearest(&f.header, "therapist"));
    done(&f);
}

static void empty_names_at_the_end_are_not_counted(void **state) {
    (void)state;
    fixture f;
    rp_row row;
    assert_true(read_header(&f, "a,b, ,\n1,2,,\n"));
    assert_int_equal(f.header.n, 2);
    assert_int_equal(rp_reader_next(f.reader, &row, &f.error), RP_READ_ROW);
    assert_int_equal(row.n, 4);
    done(&f);
}

static void expect_refused(const char *text, rp_code code, int line, int column, const char *words) {
    fixture f;
    assert_false(read_header(&f, text));
    assert_int_equal(f.error.code, code);
    assert_int_equal(f.error.line, line);
    assert_int_equal(f.error.column, column);
    assert_non_null(strstr(f.error.message, words));
    assert_string_equal(f.error.file, "clients.csv");
    assert_true(f.error.remedy[0]);
    done(&f);
}

static void headers_at_fault_are_told_with_their_place(void **state) {
    (void)state;
    expect_refused("a,,b\n", RP_E_RULE, 1, 3, "Column 2 has no name");
    expect_refused("\"\",a\n\"1\",2\n", RP_E_RULE, 1, 1, "Column 1 has no name");
    expect_refused("\na,bc,\"a\"\n", RP_E_RULE, 2, 6, "\"a\": here and at line 2, column 1");
    expect_refused("a,b, a \n", RP_E_RULE, 1, 5, "\"a\": here and at line 1, column 1");
    expect_refused(",,\n1,2,3\n", RP_E_SYNTAX, 1, 1, "names no column");
    expect_refused("\n\r\n", RP_E_SYNTAX, 0, 0, "no header");
    expect_refused("a,\"b\nc\n", RP_E_SYNTAX, 1, 3, "never closed");
}

static void a_long_name_leaves_room_for_the_place_of_its_twin(void **state) {
    (void)state;
    rp_buf text = {0};
    for (int twin = 0; twin < 2; twin++) {
        for (int i = 0; i < 1000; i++)
            rp_buf_put(&text, "x");
        rp_buf_put(&text, twin ? "\n" : ",");
    }
    expect_refused(text.at, RP_E_RULE, 1, 1002, "column 1.");
    rp_buf_free(&text);
}

static void a_header_of_as_many_columns_as_allowed(void **state) {
    (void)state;
    rp_buf text = {0};
    for (int i = 0; i < RP_READER_LIMIT_CELLS; i++)
        rp_buf_printf(&text, "%sc%d", i ? "," : "", i);
    fixture f;
    assert_true(read_header(&f, text.at));
    assert_int_equal(f.header.n, RP_READER_LIMIT_CELLS);
    assert_int_equal(rp_header_find(&f.header, "c65535"), RP_READER_LIMIT_CELLS - 1);
    done(&f);
    rp_buf_put(&text, ",more\n");
    assert_false(read_header(&f, text.at));
    assert_int_equal(f.error.code, RP_E_LIMIT);
    done(&f);
    rp_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_trimmed_and_keep_their_places),
        cmocka_unit_test(columns_are_found_by_their_exact_name),
        cmocka_unit_test(empty_names_at_the_end_are_not_counted),
        cmocka_unit_test(headers_at_fault_are_told_with_their_place),
        cmocka_unit_test(a_long_name_leaves_room_for_the_place_of_its_twin),
        cmocka_unit_test(a_header_of_as_many_columns_as_allowed),
    };
    return cmocka_run_group_tests_name("table: header", tests, NULL, NULL);
}
