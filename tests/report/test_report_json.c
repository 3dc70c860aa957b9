/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON: every member is in docs/json.md, hidden numbers are marked as the contract says, provenance comes last. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "rapport/json.h"
#include "report/hostile_answer.h"

static json_t *parse(const rp_buf *out) {
    rp_error error = {0};
    json_t *json = rp_json_parse(out->at, out->n, "report", &error);
    if (!json)
        fail_msg("%s", error.message);
    return json;
}

/* `name`, or `data.name`, or the last part of a longer path, in code marks. */
static bool is_documented(const char *docs, const char *key) {
    static const char *const before[] = {"`", "`data.", "[]."};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        char name[96];
        assert_true((size_t)snprintf(name, sizeof name, "%s%s`", before[i], key) < sizeof name);
        if (strstr(docs, name))
            return true;
    }
    return false;
}

static size_t check_members(const char *docs, json_t *value) {
    size_t n = 0, i;
    const char *key;
    json_t *inner;
    json_object_foreach(value, key, inner) {
        if (!is_documented(docs, key))
            fail_msg("docs/json.md does not tell of \"%s\"", key);
        n += 1 + check_members(docs, inner);
    }
    json_array_foreach(value, i, inner) {
        n += check_members(docs, inner);
    }
    return n;
}

static void every_member_is_documented(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_text docs;
    rp_error error = {0};
    assert_true(rp_file_read("docs/json.md", 1 << 20, arena, &docs, &error));
    rp_buf out = write_hostile(RP_REPORT_JSON, 0);
    json_t *json = parse(&out);
    assert_true(check_members(docs.at, json) > 100);
    assert_false(is_documented(docs.at, "no_such_member"));
    json_decref(json);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void provenance_comes_last(void **state) {
    (void)state;
    rp_buf out = write_hostile(RP_REPORT_JSON, 0);
    json_t *json = parse(&out);
    const char *key, *last = NULL;
    json_t *inner;
    json_object_foreach(json, key, inner) {
        last = key;
    }
    assert_string_equal(last, "provenance"); /* commands.md */
    json_t *provenance = json_object_get(json, "provenance");
    assert_int_equal(json_integer_value(json_object_get(provenance, "seed")), 7);
    assert_string_equal(json_string_value(json_object_get(provenance, "made_at")), "<script>made_at</script>");
    json_decref(json);
    rp_buf_free(&out);
}

/* Texts are data here: they come back as they went in, for whoever reads them to escape. */
static void texts_come_back_as_they_were(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_buf out = write_hostile(RP_REPORT_JSON, 0);
    json_t *json = parse(&out), *answer = json_array_get(json_object_get(json, "answers"), 0);
    const rp_answer *own = hostile_answer(arena);
    json_t *s = json_array_get(json_object_get(answer, "statements"), 0);
    assert_string_equal(json_string_value(json_object_get(s, "label")), own->statements[0]->label);
    assert_string_equal(json_string_value(json_object_get(answer, "lead")), own->lead);
    json_decref(json);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static bool is_hidden(json_t *value) {
    return json_is_object(value) && json_object_size(value) == 1 && json_is_true(json_object_get(value, "suppressed"));
}

/* All 40 people are fewer than 50: everything that counts them is hidden, in each part of the answer. */
static void hidden_is_marked_everywhere(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = hostile_answer(arena);
    assert_true(rp_answer_protect(answer, 50));
    const rp_answer *const answers[] = {answer};
    rp_report report = {.answers = answers, .n_answers = 1};
    rp_buf out = {0};
    rp_report_write(&report, RP_REPORT_JSON, &out);
    json_t *json = parse(&out), *a = json_array_get(json_object_get(json, "answers"), 0);
    json_t *s = json_array_get(json_object_get(a, "statements"), 0);
    static const char *const numbers[] = {"numerator", "denominator", "estimate", "lower", "upper"};
    for (size_t i = 0; i < 5; i++)
        assert_true(is_hidden(json_object_get(s, numbers[i])));
    assert_true(json_is_true(json_object_get(s, "suppressed")));
    json_t *row = json_array_get(json_object_get(json_array_get(json_object_get(a, "tables"), 0), "rows"), 0);
    assert_true(json_is_string(json_array_get(row, 0)) && is_hidden(json_array_get(row, 1)));
    json_t *chart = json_array_get(json_object_get(a, "charts"), 0);
    assert_string_equal(json_string_value(json_object_get(chart, "kind")), "trajectory");
    json_t *series = json_array_get(json_object_get(json_object_get(chart, "data"), "series"), 0);
    json_t *p = json_array_get(json_object_get(series, "points"), 1);
    assert_true(json_number_value(json_object_get(p, "x")) == 1); /* the place stays */
    assert_true(is_hidden(json_object_get(p, "y")) && is_hidden(json_object_get(p, "n")));
    json_t *change = json_object_get(json_array_get(json_object_get(a, "charts"), 1), "data");
    assert_true(json_is_true(json_object_get(change, "binned")));
    assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(change, "series"), 0), "points")),
                     0);
    assert_int_equal(json_integer_value(json_object_get(a, "protected_below")), 50);
    assert_true(json_integer_value(json_object_get(a, "n_suppressed")) > 10);
    json_decref(json);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void formats_have_names(void **state) {
    (void)state;
    rp_report_format format = RP_REPORT_TEXT;
    assert_true(rp_report_format_parse("json", &format) && format == RP_REPORT_JSON);
    assert_true(rp_report_format_parse("html", &format) && format == RP_REPORT_HTML);
    assert_true(rp_report_format_parse("csv", &format) && format == RP_REPORT_CSV);
    assert_true(rp_report_format_parse("text", &format) && format == RP_REPORT_TEXT);
    assert_false(rp_report_format_parse("JSON", &format));
    assert_false(rp_report_format_parse("", &format));
    assert_false(rp_report_format_parse(NULL, &format));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_documented),   cmocka_unit_test(provenance_comes_last),
        cmocka_unit_test(texts_come_back_as_they_were), cmocka_unit_test(hidden_is_marked_everywhere),
        cmocka_unit_test(formats_have_names),
    };
    return cmocka_run_group_tests_name("report: JSON", tests, NULL, NULL);
}
