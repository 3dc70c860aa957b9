/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing fields: what is written reads back the same, and nothing that a spreadsheet would run gets out. */
#include "transcript.h"

static void expect_field(const char *bytes, size_t n, bool guard, const char *wanted) {
    rp_buf out = {0};
    rp_csv_put(&out, (rp_text){bytes, n}, guard);
    assert_false(out.failed);
    assert_string_equal(out.at, wanted);
    assert_int_equal(out.n, strlen(wanted));
    rp_buf_free(&out);
}

static void expect_put(const char *text, bool guard, const char *wanted) {
    expect_field(text, strlen(text), guard, wanted);
}

static void plain_fields_are_written_as_they_are(void **state) {
    (void)state;
    expect_put("recovered", false, "recovered");
    expect_put(" two words ", false, " two words ");
    expect_put("", false, "");
    expect_field(NULL, 0, true, "");
    expect_put("\xc3\xa9'", true, "\xc3\xa9'");
}

static void fields_that_need_it_are_quoted(void **state) {
    (void)state;
    expect_put("a,b", false, "\"a,b\"");             /* RFC 4180, 2.6 */
    expect_put("a\nb", false, "\"a\nb\"");           /* RFC 4180, 2.6 */
    expect_put("a\r\nb", false, "\"a\r\nb\"");       /* RFC 4180, 2.6 */
    expect_put("\"", false, "\"\"\"\"");             /* RFC 4180, 2.7 */
    expect_put("b\"bb\"", false, "\"b\"\"bb\"\"\""); /* RFC 4180, 2.7 */
    expect_put("a;b", false, "\"a;b\"");
    expect_put("a|b", false, "\"a|b\"");
    expect_put("a\tb", false, "\"a\tb\"");
    expect_put("\xef\xbb\xbf"
               "a",
               false,
               "\"\xef\xbb\xbf"
               "a\"");
}

static void formulas_are_disarmed_and_numbers_are_not(void **state) {
    (void)state;
    expect_put("=1+1", true, "'=1+1");
    expect_put("+44 20 7946 0000", true, "'+44 20 7946 0000");
    expect_put("-x", true, "'-x");
    expect_put("@SUM(A1)", true, "'@SUM(A1)");
    expect_put("\t=1", true, "\"'\t=1\"");
    expect_put("\r=1", true, "\"'\r=1\"");
    expect_put("=HYPERLINK(\"x\",1)", true, "\"'=HYPERLINK(\"\"x\"\",1)\"");
    expect_put("-5.25", true, "-5.25");
    expect_put("-1e-3", true, "-1e-3");
    expect_put("-inf", true, "'-inf");
    expect_put("a=1", true, "a=1");
    expect_put("=1+1", false, "=1+1");
}

static void the_failure_of_a_buffer_sticks(void **state) {
    (void)state;
    rp_buf out = {.limit = 4};
    rp_csv_put(&out, rp_text_of("a,\"b\""), false);
    assert_true(out.failed);
    rp_buf_free(&out);
}

/* Import of an export is the identity: random fields of random bytes, written and read again. */
static void what_is_written_reads_back_the_same(void **state) {
    (void)state;
    static const char *const pieces[] = {"\"", ",", "\n",       "\r",           ";", "|", "\t",
                                         " ",  "a", "\xc3\xa9", "\xef\xbb\xbf", "="};
    enum { FIELDS = 4, ROWS = 500 };
    uint64_t seed = 31;
    rp_buf fields[FIELDS * ROWS] = {{0}}, out = {0};
    for (int i = 0; i < FIELDS * ROWS; i++) {
        for (uint64_t n = draw(&seed) % 8; n; n--)
            rp_buf_put(&fields[i], pieces[draw(&seed) % (sizeof pieces / sizeof *pieces)]);
        rp_csv_put(&out, (rp_text){fields[i].at, fields[i].n}, false);
        rp_buf_put(&out, i % FIELDS == FIELDS - 1 ? "\n" : ",");
    }
    rp_error error;
    rp_row row;
    rp_reader *reader = rp_reader_open_bytes(out.at, out.n, "x", &(rp_reader_options){.chunk = 777}, &error);
    assert_int_equal(rp_reader_separator(reader), ','); /* found, in spite of all the others */
    for (int i = 0; i < FIELDS * ROWS; i++) {
        if (i % FIELDS == 0) {
            assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
            assert_int_equal(row.n, FIELDS);
        }
        rp_text was = {fields[i].at ? fields[i].at : "", fields[i].n};
        assert_true(rp_text_equal(row.cells[i % FIELDS].text, was));
        rp_buf_free(&fields[i]);
    }
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_END);
    rp_reader_close(reader);
    rp_buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_fields_are_written_as_they_are),      cmocka_unit_test(fields_that_need_it_are_quoted),
        cmocka_unit_test(formulas_are_disarmed_and_numbers_are_not), cmocka_unit_test(the_failure_of_a_buffer_sticks),
        cmocka_unit_test(what_is_written_reads_back_the_same),
    };
    return cmocka_run_group_tests_name("table: writing fields", tests, NULL, NULL);
}
