/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports as JSON, CSV and text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "rapport/table.h"
#include "report/report_helper.h"

static json_t *parse(const rp_buf *out) {
    rp_error error = {0};
    json_t *json = rp_json_parse(out->at, out->n, "report", &error);
    if (json == NULL)
        fail_msg("%s", error.message);
    return json;
}

static void json_has_the_contracts_fields(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_buf out = write_report(hard_answer(arena), RP_REPORT_JSON, 0);
    json_t *json = parse(&out);
    json_t *answer = json_array_get(json_object_get(json, "answers"), 0);
    static const char *const members[] = {"question", "title",  "needs_missing", "statements",
                                          "tables",   "charts", "caveats"}; /* commands.md, evaluate */
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_non_null(json_object_get(answer, members[i]));
    json_t *s = json_array_get(json_object_get(answer, "statements"), 0);
    assert_string_equal(json_string_value(json_object_get(s, "id")), "outcome.recovery.per_referral");
    assert_int_equal(json_integer_value(json_object_get(s, "numerator")), 31);
    assert_int_equal(json_integer_value(json_object_get(s, "denominator")), 38);
    assert_true(json_real_value(json_object_get(s, "estimate")) == 31.0 / 38.0); /* full double precision */
    assert_true(json_is_null(json_object_get(s, "lower")));
    assert_true(json_is_false(json_object_get(s, "confirmed")));
    assert_null(json_object_get(s, "arm")); /* absent where it does not apply */
    json_t *rows = json_object_get(json_array_get(json_object_get(answer, "tables"), 0), "rows");
    assert_int_equal(json_array_size(rows), 2);
    assert_true(json_is_null(json_array_get(json_array_get(rows, 1), 1)));
    json_t *provenance = json_object_get(json, "provenance");
    json_t *input = json_array_get(json_object_get(provenance, "inputs"), 0);
    assert_int_equal(json_integer_value(json_object_get(input, "bytes")), 3363);
    assert_null(json_object_get(provenance, "made_at")); /* no clock, no member */
    json_decref(json);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void hidden_numbers_are_nowhere(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = hard_answer(arena);
    answer->statements[0]->suppressed = true;
    answer->statements[0]->text = "hidden";
    for (size_t i = 0; i < 6; i++)
        answer->tables[0]->values[i].suppressed = answer->tables[0]->values[i].kind != RP_VALUE_TEXT;
    for (size_t i = 0; i < 3; i++)
        answer->charts[0]->series[0].points[i].suppressed = true;
    rp_buf out = write_report(answer, RP_REPORT_JSON, 0);
    assert_null(strstr(out.at, "31"));
    json_t *json = parse(&out);
    json_t *s = json_array_get(json_object_get(json_array_get(json_object_get(json, "answers"), 0), "statements"), 0);
    assert_true(json_is_true(json_object_get(json_object_get(s, "numerator"), "suppressed"))); /* commands.md */
    assert_true(json_is_true(json_object_get(json_object_get(s, "estimate"), "suppressed")));
    json_decref(json);
    rp_buf_free(&out);
    out = write_report(answer, RP_REPORT_CSV, 0);
    assert_null(strstr(out.at, "31"));
    rp_buf_free(&out);
    out = write_report(answer, RP_REPORT_TEXT, 80);
    assert_null(strstr(out.at, "31"));
    assert_non_null(strstr(out.at, "hidden"));
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void csv_is_one_line_a_statement(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_buf out = write_report(hard_answer(arena), RP_REPORT_CSV, 0);
    rp_error error = {0};
    rp_reader *reader = rp_reader_open_bytes(out.at, out.n, "report", NULL, &error);
    assert_non_null(reader);
    rp_header header;
    assert_true(rp_reader_header(reader, arena, &header, &error));
    rp_row row;
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    assert_int_equal(row.n, header.n);
    assert_true(rp_text_is(row.cells[rp_header_find(&header, "numerator")].text, "31"));
    /* A field that a spreadsheet would run is guarded. */
    assert_true(rp_text_is(row.cells[rp_header_find(&header, "label")].text, "'=Recovered"));
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_END);
    rp_reader_close(reader);
    rp_buf_free(&out);
    rp_report_table_csv(hard_answer(arena)->tables[0], &out);
    static const char expected[] =
        "who,n,mean\n\"a,\"\"b\"\"\",31,0.3333333333333333\nnobody,,\n"; /* the answer's own numbers */
    assert_string_equal(out.at, expected);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

/* Blanks and line ends in a row become one blank. */
static void squeeze(rp_buf *out) {
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        bool blank = out->at[i] == ' ' || out->at[i] == '\n';
        if (!blank || n == 0 || out->at[n - 1] != ' ')
            out->at[n++] = blank ? ' ' : out->at[i];
    }
    out->at[out->n = n] = '\0';
}

static void text_stays_within_its_width(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    for (size_t width = 60; width <= 120; width += 20) {
        rp_buf out = write_report(hard_answer(arena), RP_REPORT_TEXT, width);
        size_t at = 0, lines = 0;
        for (size_t i = 0; i < out.n; i++) {
            if (out.at[i] == '\n') {
                at = 0;
                lines++;
            } else
                at += ((unsigned char)out.at[i] & 0xC0) != 0x80;
            if (at > width && strncmp(out.at + i - at + 1, "  sha256", 8) != 0)
                fail_msg("a line is longer than %zu columns", width);
        }
        assert_true(lines > 10);
        squeeze(&out); /* the words may stand on two lines */
        assert_non_null(strstr(out.at, "31 of 38"));
        assert_non_null(strstr(out.at, "not confirmed"));
        rp_buf_free(&out);
    }
    rp_arena_free(arena);
}

static void memory_that_runs_out_is_told(void **state) {
    (void)state;
    static const rp_report_format formats[] = {RP_REPORT_JSON, RP_REPORT_CSV, RP_REPORT_TEXT, RP_REPORT_HTML};
    rp_arena *arena = rp_arena_new(0);
    const rp_answer *answer = hard_answer(arena);
    static const rp_provenance provenance = {.version = "0.1.0", .title = "", .citation = "", .licence = ""};
    rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance};
    for (size_t f = 0; f < 4; f++) {
        rp_buf out = {0};
        rp_memory_fail_after(1);
        rp_report_write(&report, formats[f], &out);
        rp_memory_fail_after(0);
        assert_true(out.failed);
        rp_buf_free(&out);
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_the_contracts_fields), cmocka_unit_test(hidden_numbers_are_nowhere),
        cmocka_unit_test(csv_is_one_line_a_statement),   cmocka_unit_test(text_stays_within_its_width),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests_name("report: JSON, CSV, text", tests, NULL, NULL);
}
