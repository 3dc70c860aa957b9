/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proposed map: what it guesses, that it says so, and that the map's own reader takes it. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "formats_helper.h"

/* The proposal for a file. Owned: json_decref. */
static json_t *propose_path(run *r, const char *path) {
    rp_buf out = {0};
    if (!rp_map_propose(path, &out, &r->error))
        fail_msg("%s: %s %s", r->error.file, r->error.message, r->error.remedy);
    json_t *map = rp_json_parse(out.at, out.n, "proposal", &r->error);
    assert_non_null(map);
    rp_buf_free(&out);
    return map;
}

/* The same for a text; the file is then read through it, without a fault. */
static json_t *propose(run *r, const char *csv) {
    char path[512];
    record_start(r);
    write_file(r, "study.csv", csv);
    path_in(r, "study.csv", path);
    json_t *map = propose_path(r, path);
    if (!rp_mapped_read(path, map, "proposal", true, r->record, &r->error))
        fail_msg("%s %s", r->error.message, r->error.remedy);
    seal(r);
    assert_int_equal(rp_faults_total(r->faults), 0);
    return map;
}

static const char *text_of(const json_t *map, const char *key) {
    return json_string_value(json_object_get(map, key));
}

static bool comment_has(const json_t *map, const char *part) {
    const json_t *list = json_object_get(map, "comment");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strstr(json_string_value(json_array_get(list, i)), part))
            return true;
    return false;
}

static void expect_text(const json_t *map, const char *key, const char *wanted) {
    const char *got = text_of(map, key);
    assert_non_null(got);
    assert_string_equal(got, wanted);
}

/* The i-th occasion of a wide map: its label, and its months (-1: none told). */
static void expect_occasion(const json_t *map, size_t i, const char *label, double months) {
    const json_t *one = json_array_get(json_object_get(map, "occasion"), i);
    expect_text(one, "label", label);
    const json_t *told = json_object_get(one, "months");
    assert_true(months < 0 ? told == NULL : told && json_number_value(told) == months);
}

static void a_wide_file(void **state) {
    run *r = *state;
    json_t *map = propose(r, "id,group,age,bdi_6m,bdi_pre,bdi_wk6\na,x,30,1,20,NA\nb,y,999,2,30,10\n");
    expect_text(map, "layout", "wide");
    expect_text(map, "name", "study");
    expect_text(map, "client", "id");
    expect_text(json_object_get(map, "arm"), "column", "group");
    expect_text(json_object_get(map, "covariates"), "age", "age");
    expect_text(json_object_get(json_object_get(map, "instruments"), "bdi-ii"), "use", "bdi-ii@1");
    expect_occasion(map, 0, "pre", 0);
    expect_occasion(map, 1, "wk6", 1.38); /* 6 * 7 days of 365.2425 / 12 */
    expect_occasion(map, 2, "6m", 6);
    assert_string_equal(json_string_value(json_array_get(json_object_get(map, "missing"), 0)), "NA");
    assert_true(comment_has(map, "Does 999 in column 'age' mean a missing value?"));
    assert_true(comment_has(map, "guessed from the beginning of its name"));
    assert_int_equal(rows_of(r, RP_SCORES), 5); /* six cells, one of them NA */
    json_decref(map);
}

static void an_encoding_is_guessed_and_said(void **state) {
    run *r = *state;
    json_t *map = propose(r, "client,gr\xf6\xdf"
                             "e,bdi_pre\nZo\xeb,1,20\nb,2,30\n");
    expect_text(map, "encoding", "windows-1252");
    expect_text(json_object_get(map, "covariates"), "größe", "größe");
    assert_true(comment_has(map, "The encoding is guessed"));
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    (void)row_of(r, RP_CLIENTS, "client_id", "Zoë");
    json_decref(map);
}

/* What is UTF-8, or is neither, is left as it is: its bad rows are told by the check. */
static void no_encoding_is_guessed_without_need(void **state) {
    run *r = *state;
    static const char *const files[] = {
        "client,bdi_pre\na,20\nb,30\n",   /* ASCII */
        "client,bdi_pre\nZoë,20\nb,30\n", /* UTF-8 */
        "\xef\xbb\xbf"
        "client,bdi_pre\nZo\xeb,20\nb,30\n",           /* its mark, and a stray byte */
        "client,bdi_pre\nZoë,20\nZo\xeb,30\n",         /* UTF-8 with a stray byte */
        "client,bdi_pre\nZo\xeb,20\nZ\x81,30\nb,30\n", /* bytes that neither has */
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        write_file(r, "study.csv", files[i]);
        path_in(r, "study.csv", path);
        json_t *map = propose_path(r, path);
        assert_null(json_object_get(map, "encoding"));
        assert_int_equal(comment_has(map, "Some rows could not be read"), i >= 2);
        json_decref(map);
    }
}

static void a_long_file(void **state) {
    run *r = *state;
    json_t *map = propose(r, "client_id,therapist,session,sex,phq9,mood\na,T,1,f,10,3\na,T,2,f,8,4\nb,T,1,m,9,5\n");
    expect_text(map, "layout", "long");
    expect_text(map, "client", "client_id");
    expect_text(map, "practitioner", "therapist");
    expect_text(map, "occasion", "session");
    assert_int_equal(json_object_size(json_object_get(map, "covariates")), 1); /* mood differs within a */
    expect_text(json_object_get(map, "covariates"), "sex", "sex");
    assert_true(comment_has(map, "'mood'"));
    assert_int_equal(rows_of(r, RP_SCORES), 3);
    json_decref(map);
}

static void dates_tell_when(void **state) {
    json_t *map = propose(*state, "id,time,gad7\na,2020-01-01,10\na,2020-02-01,8\n");
    expect_text(map, "layout", "long");
    expect_text(map, "date", "time");
    assert_null(json_object_get(map, "occasion"));
    json_decref(map);
}

/* Seven items are those of the GAD-7 (Spitzer and others 2006); columns gad7 and gad_7 may be a total or an item. */
static void items_and_totals(void **state) {
    run *r = *state;
    json_t *map = propose(r, "id,gad_1,gad_2,gad_3,gad_4,gad_5,gad_6,gad_7\na,1,1,1,1,1,1,3\nb,0,0,0,0,0,0,0\n");
    const json_t *gad = json_object_get(json_object_get(map, "instruments"), "gad-7");
    assert_int_equal(json_object_size(json_object_get(gad, "items")), 7);
    assert_null(json_object_get(gad, "scales"));
    json_decref(map);
    map = propose(r, "id,phq9_1,phq9_2\na,20,12\nb,9,3\n"); /* past 3, so no answers */
    assert_int_equal(json_array_size(json_object_get(map, "occasion")), 2);
    assert_int_equal(rows_of(r, RP_SCORES), 4);
    json_decref(map);
    map = propose(r, "id,t1_phq9_total,phq9t2\na,20,12\nb,9,3\n");
    assert_int_equal(json_array_size(json_object_get(map, "occasion")), 2);
    json_decref(map);
}

/* Nothing known: a definition to fill in, that judges nobody until somebody says what it is. */
static void a_definition_to_fill_in(void **state) {
    run *r = *state;
    json_t *map = propose(r, "id,score_after,score_before\na,2,5\nb,3,9\n");
    const json_t *define = json_object_get(json_object_get(json_object_get(map, "instruments"), "score"), "define");
    expect_text(define, "kind", "other");
    assert_true(comment_has(map, "range is what was seen"));
    expect_occasion(map, 0, "before", -1);
    expect_occasion(map, 1, "after", -1);
    json_decref(map);
    /* Two columns for one time, and one that never changes. */
    map = propose(r, "id,x_pre,x_before,x_post,y_pre,y_post\na,2,5,1,4,4\nb,3,9,2,4,4\n");
    assert_int_equal(json_object_size(json_object_get(map, "instruments")), 1);
    json_decref(map);
}

/* x and 31 characters of two bytes: a cut at 60 bytes would split one. */
static void long_names_in_other_alphabets(void **state) {
    json_t *map = propose(
        *state, "id,x\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
                "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4,bdi\n"
                "a,999,3\nb,2,4\n");
    assert_true(comment_has(map, "Does 999 in column 'x"));
    json_decref(map);
}

static void order_that_names_do_not_tell(void **state) {
    json_t *map = propose(*state, "id,bai_pre,bai_post,bai_3m\na,2,5,1\nb,3,9,2\n");
    expect_occasion(map, 1, "post", -1);
    assert_true(comment_has(map, "in the order of the file's columns"));
    json_decref(map);
}

static void refuse(run *r, const char *csv, const char *message) {
    char path[512];
    rp_buf out = {0};
    write_file(r, "study.csv", csv);
    path_in(r, "study.csv", path);
    assert_false(rp_format_propose_map(path, &out, &r->error));
    rp_buf_free(&out);
    assert_has(r->error.message, message);
    assert_has(r->error.file, "study.csv");
    assert_true(r->error.remedy[0] != '\0');
}

static void files_that_tell_nothing(void **state) {
    run *r = *state;
    refuse(r, "", "empty");
    refuse(r, "id,bdi\n", "no rows");
    refuse(r, "x\n1\n2\n", "No column looks like");
    refuse(r, "id,name\na,b\n", "No column looks like");
    refuse(r, "{\"a\": 1}", "JSON");
}

static void no_memory_is_told(void **state) {
    run *r = *state;
    char path[512];
    write_file(r, "study.csv", "id,bdi_pre,bdi_2m\na,20,10\nb,30,NA\n");
    path_in(r, "study.csv", path);
    bool done = false;
    for (long n = 1; !done; n++) {
        rp_buf out = {0};
        rp_memory_fail_after(n);
        done = rp_map_propose(path, &out, &r->error);
        rp_memory_fail_after(0);
        rp_buf_free(&out);
        assert_true(done || r->error.message[0]);
        assert_true(n < 100000);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_start, run_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_wide_file),
        TEST(an_encoding_is_guessed_and_said),
        TEST(no_encoding_is_guessed_without_need),
        TEST(a_long_file),
        TEST(dates_tell_when),
        TEST(items_and_totals),
        TEST(a_definition_to_fill_in),
        TEST(long_names_in_other_alphabets),
        TEST(order_that_names_do_not_tell),
        TEST(files_that_tell_nothing),
        TEST(no_memory_is_told),
    };
    return cmocka_run_group_tests_name("formats: a map proposed", tests, NULL, NULL);
}
