/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for a reader says for whom it is and what it leaves out, in every form; one for nobody in particular does
 * not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/report_helper.h"

enum { READERS = 3 };

static const rp_audience readers[READERS] = {RP_FOR_PUBLIC, RP_FOR_SERVICE, RP_FOR_FULL};

/* Files of input are known to the full report alone, as rp_evaluation_for leaves them. */
static rp_buf write_for(const rp_answer *answer, rp_audience reader, rp_report_format format) {
    static const rp_provenance_input input = {.name = "bdi.csv", .bytes = 3363, .rows = 100, .sha256 = "ab"};
    const rp_provenance provenance = {.version = "0.1.0",
                                      .inputs = &input,
                                      .n_inputs = reader == RP_FOR_PUBLIC || reader == RP_FOR_SERVICE ? 0 : 1,
                                      .title = "A study"};
    rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance, .audience = reader};
    rp_buf out = {0};
    rp_report_write(&report, format, &out);
    assert_false(out.failed);
    return out;
}

static bool holds(const rp_buf *out, const char *part) {
    return strstr(out->at, part) != NULL;
}

static rp_answer *protected_answer(rp_arena *arena) {
    rp_answer *answer = hard_answer(arena);
    assert_true(rp_answer_protect(answer, 5));
    return answer;
}

static void each_form_says_for_whom(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = protected_answer(arena);
    for (int r = 0; r < READERS; r++) {
        const rp_answer *copy = rp_answer_for(answer, readers[r], arena);
        char words[64];
        snprintf(words, sizeof words, "This is the %s report of one run", rp_audience_name(readers[r]));
        for (int format = RP_REPORT_TEXT; format <= RP_REPORT_HTML; format++) {
            if (format == RP_REPORT_CSV)
                continue;
            rp_buf out = write_for(copy, readers[r], (rp_report_format)format);
            assert_true(holds(&out, words));
            rp_buf_free(&out);
            out = write_for(answer, RP_FOR_UNSAID, (rp_report_format)format);
            assert_false(holds(&out, "of one run"));
            rp_buf_free(&out);
        }
    }
    rp_arena_free(arena);
}

static void csv_has_a_column_of_it(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = protected_answer(arena);
    rp_buf out = write_for(rp_answer_for(answer, RP_FOR_SERVICE, arena), RP_FOR_SERVICE, RP_REPORT_CSV);
    assert_true(holds(&out, ",confirmed,suppressed,reader\n") && holds(&out, ",service\n"));
    rp_buf_free(&out);
    out = write_for(answer, RP_FOR_UNSAID, RP_REPORT_CSV);
    assert_true(holds(&out, ",confirmed,suppressed\n"));
    rp_buf_free(&out);
    rp_arena_free(arena);
}

/* The helper's statement is no headline and its table says nothing, so both are for the service. */
static void what_is_left_out_is_said_not_denied(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = protected_answer(arena);
    static const char none[] = "What the run tells of this is not in the report for this reader.";
    static const char more[] = "The run tells more of this than is in the report for this reader.";
    static const rp_report_format formats[] = {RP_REPORT_TEXT, RP_REPORT_HTML};
    for (size_t f = 0; f < 2; f++) {
        rp_buf out = write_for(rp_answer_for(answer, RP_FOR_PUBLIC, arena), RP_FOR_PUBLIC, formats[f]);
        assert_true(holds(&out, none));
        assert_false(holds(&out, "The data hold nothing"));
        assert_true(holds(&out, "Keep this in mind."));
        assert_false(holds(&out, "31")); /* the numerator */
        rp_buf_free(&out);
        out = write_for(rp_answer_for(answer, RP_FOR_SERVICE, arena), RP_FOR_SERVICE, formats[f]);
        assert_false(holds(&out, none) || holds(&out, more)); /* nothing is left out of it */
        rp_buf_free(&out);
        answer->statements[0]->headline = true;
        out = write_for(rp_answer_for(answer, RP_FOR_PUBLIC, arena), RP_FOR_PUBLIC, formats[f]);
        assert_true(holds(&out, more) && !holds(&out, "All statements"));
        answer->statements[0]->headline = false;
        rp_buf_free(&out);
    }
    rp_arena_free(arena);
}

/* Without files read there is no empty table of them. */
static void files_are_listed_where_they_are_known(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = protected_answer(arena);
    for (int r = 0; r < READERS; r++) {
        rp_buf out = write_for(rp_answer_for(answer, readers[r], arena), readers[r], RP_REPORT_HTML);
        bool full = readers[r] == RP_FOR_FULL;
        assert_int_equal(holds(&out, "Files read"), full);
        assert_int_equal(holds(&out, "SHA-256"), full);
        assert_int_equal(holds(&out, "bdi.csv"), full);
        assert_true(holds(&out, "Where this came from") && holds(&out, "A study"));
        rp_buf_free(&out);
    }
    rp_arena_free(arena);
}

static void json_s_members_are_documented(void **state) {
    (void)state;
    static const char *const members[] = {"reader", "for_whom", "of_all_readers"};
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = protected_answer(arena);
    rp_text docs;
    rp_error error = {0};
    assert_true(rp_file_read("docs/json.md", 1 << 20, arena, &docs, &error));
    rp_buf out = write_for(rp_answer_for(answer, RP_FOR_FULL, arena), RP_FOR_FULL, RP_REPORT_JSON);
    json_t *json = rp_json_parse(out.at, out.n, "report", &error);
    assert_non_null(json);
    assert_int_equal(json_object_size(json), 5); /* with answers and provenance */
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        char name[64];
        snprintf(name, sizeof name, "`%s`", members[i]);
        assert_non_null(json_object_get(json, members[i]));
        assert_non_null(strstr(docs.at, name));
    }
    assert_string_equal(json_string_value(json_object_get(json, "reader")), "full");
    json_decref(json);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_says_for_whom),
        cmocka_unit_test(csv_has_a_column_of_it),
        cmocka_unit_test(what_is_left_out_is_said_not_denied),
        cmocka_unit_test(files_are_listed_where_they_are_known),
        cmocka_unit_test(json_s_members_are_documented),
    };
    return cmocka_run_group_tests_name("report: for whom it is", tests, NULL, NULL);
}
