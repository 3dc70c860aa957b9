/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an input is, by what it holds; and what is said of one that cannot be read. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "formats_helper.h"

static const char map[] =
    "{\"name\": \"x\", \"layout\": \"wide\", \"client\": \"id\", \"occasion\": [{\"columns\": {\"p\": "
    "\"pre\"}, \"occasion\": 1}], \"instruments\": {\"p\": {\"use\": \"phq-9\", \"rater\": "
    "\"client\", \"scales\": {\"total\": \"p\"}}}}";

/* Refuses r->folder/input with r->folder/with (NULL: no map); the message, the remedy and the file are as told. */
static void refuse(run *r, const char *input, const char *with, const char *message, const char *remedy,
                   const char *file) {
    char path[512], map_path[512];
    record_start(r);
    path_in(r, input, path);
    if (with)
        path_in(r, with, map_path);
    assert_false(rp_format_read(path, with ? map_path : NULL, true, r->record, &r->error));
    assert_has(r->error.message, message);
    assert_has(r->error.remedy, remedy);
    assert_has(r->error.file, file);
}

static void a_file_with_its_map(void **state) {
    run *r = *state;
    char path[512], map_path[512];
    write_file(r, "data.csv", "id,pre\na,1\n");
    write_file(r, "map.json", map);
    path_in(r, "data.csv", path);
    path_in(r, "map.json", map_path);
    assert_true(rp_format_read(path, map_path, true, r->record, &r->error));
    seal(r);
    assert_int_equal(rows_of(r, RP_SCORES), 1);
}

static void inputs_that_lack_something(void **state) {
    run *r = *state;
    write_file(r, "data.csv", "id,pre\na,1\n");
    write_file(r, "scores.csv", "administration_id,scale,value\na,total,1\n");
    write_file(r, "map.json", map);
    refuse(r, "nothing.csv", NULL, "is not there", "name", "nothing.csv");
    refuse(r, "nothing.csv", "map.json", "is not there", "name", "nothing.csv");
    refuse(r, "data.csv", NULL, "needs a map", "'rapport map FILE.csv' proposes one", "data.csv");
    refuse(r, "scores.csv", NULL, "one table of a record", "folder", "scores.csv");
    refuse(r, "data.csv", "none.json", "", "", "none.json");
    refuse(r, "data.csv", ".", "map is a folder", "JSON", r->folder);
    refuse(r, ".", "map.json", "folder of tables", "--map", r->folder);
    refuse(r, "map.json", "data.csv", "JSON", "after --map", "map.json");
    refuse(r, "data.csv", "data.csv", "JSON", "docs/map.md", "data.csv");
    refuse(r, "nowhere/datapackage.json", NULL, "is not there", "name", "nowhere");
}

static void standard_input_is_told(void **state) {
    run *r = *state;
    assert_false(rp_format_read("-", NULL, true, r->record, &r->error));
    assert_has(r->error.message, "standard input");
    assert_has(r->error.remedy, "Save");
}

static void files_of_other_programs(void **state) {
    run *r = *state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *what, *remedy;
    } cases[] = {
        {"SQLite format 3\0....", 20, "SQLite", "CSV"},
        {"PK\3\4....", 8, "workbook", "CSV"},
        {"\xd0\xcf\x11\xe0....", 8, "workbook", "CSV"},
        {"\0\1\0\0Standard ACE DB", 19, "Access", "CSV"},
        {"$FL2@(#) SPSS", 13, "SPSS", "map"},
        {"<stata_dta><header>", 19, "Stata", "map"},
        {"%PDF-1.7", 8, "PDF", "CSV"},
        {"[[1, 2]]", 8, "JSON", "map"},
    };
    char path[512];
    write_file(r, "map.json", map);
    path_in(r, "other.csv", path);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(rp_file_write(path, cases[i].bytes, cases[i].n, &r->error));
        refuse(r, "other.csv", NULL, cases[i].what, cases[i].remedy, "other.csv");
        refuse(r, "other.csv", "map.json", cases[i].what, cases[i].remedy, "other.csv");
    }
}

/* A header that begins with a bracket is no JSON. */
static void brackets_in_a_header(void **state) {
    run *r = *state;
    write_file(r, "data.csv", "[id],pre\na,1\n");
    refuse(r, "data.csv", NULL, "needs a map", "--map", "data.csv");
}

static void a_pipe_is_not_waited_for(void **state) {
    run *r = *state;
    char path[512];
    write_file(r, "map.json", map);
    path_in(r, "pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse(r, "pipe", NULL, "not a regular file", "file", "pipe");
    refuse(r, "pipe", "map.json", "not a regular file", "file", "pipe");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_start, run_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_file_with_its_map),     TEST(inputs_that_lack_something), TEST(standard_input_is_told),
        TEST(files_of_other_programs), TEST(brackets_in_a_header),       TEST(a_pipe_is_not_waited_for),
    };
    return cmocka_run_group_tests_name("formats: what an input is", tests, NULL, NULL);
}
