/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data packages and folders of tables: every table, every planted fault at its place, and packages that are none. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "formats_helper.h"

static const char tiny[] = "tests/data/tiny-service";
static const char faulty[] = "tests/data/faulty-service";

/* The rows of a table's CSV file, its header not counted, quoted line ends taken for what they are. */
static size_t rows_in_file(run *r, const char *folder, const char *table) {
    rp_row row;
    size_t n = 0;
    const char *path = rp_arena_printf(r->arena, "%s/%s.csv", folder, table);
    rp_reader *reader = rp_reader_open(path, NULL, &r->error);
    assert_non_null(reader);
    while (rp_reader_next(reader, &row, &r->error) == RP_READ_ROW)
        n++;
    rp_reader_close(reader);
    return n - 1;
}

static void read_good(run *r, const char *folder) {
    if (!rp_format_read(folder, NULL, true, r->record, &r->error))
        fail_msg("%s: %s %s", r->error.file, r->error.message, r->error.remedy);
    seal(r);
}

/* ---- good ones ---- */

static void every_table_is_read_whole(void **state) {
    run *r = *state;
    read_good(r, tiny);
    assert_int_equal(rp_faults_total(r->faults) + rp_faults_count(r->faults, RP_FAULT_NOTE), 0);
    assert_int_equal(rp_record_rejects(r->record), 0);
    assert_int_equal(rp_record_inputs(r->record), RP_TABLES);
    for (int t = 0; t < RP_TABLES; t++) {
        const char *name = rp_schema_table((rp_table_id)t)->name;
        size_t n = rows_in_file(r, tiny, name);
        assert_true(n > 0);
        if (t != RP_SCORES) /* those gain the computed ones */
            assert_int_equal(rows_of(r, (rp_table_id)t), n);
        assert_int_equal(rp_record_input_at(r->record, (size_t)t)->rows, n);
    }
    const rp_about *about = rp_record_about(r->record);
    assert_string_equal(about->name, "A tiny service, made up for tests");
    assert_string_equal(about->licence, "CC0-1.0");
    assert_string_equal(about->citation, "Made up: nobody in it is real");
    assert_false(about->research);
}

/* Each column of every table is filled in some row, so that none goes untested. */
static void every_column_has_a_value_somewhere(void **state) {
    run *r = *state;
    static const char *const left_empty[] = {"arm", "occasion"}; /* a service has dates and no arms */
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *def = rp_schema_table((rp_table_id)t);
        rp_header header;
        rp_row row;
        bool filled[64] = {false};
        const char *path = rp_arena_printf(r->arena, "%s/%s.csv", tiny, def->name);
        rp_reader *reader = rp_reader_open(path, NULL, &r->error);
        assert_true(reader && rp_reader_header(reader, r->arena, &header, &r->error));
        assert_int_equal(header.n, def->n_columns);
        while (rp_reader_next(reader, &row, &r->error) == RP_READ_ROW)
            for (size_t i = 0; i < row.n; i++)
                filled[i] = filled[i] || row.cells[i].text.n > 0;
        for (size_t i = 0; i < header.n; i++)
            if (!filled[i] && strcmp(header.names[i], left_empty[0]) != 0 &&
                strcmp(header.names[i], left_empty[1]) != 0)
                fail_msg("%s.%s is empty throughout", def->name, header.names[i]);
        rp_reader_close(reader);
    }
}

static void the_descriptor_itself_may_be_named(void **state) {
    run *r = *state;
    read_good(r, "tests/data/tiny-service/datapackage.json");
    assert_int_equal(rows_of(r, RP_REFERRALS), 9); /* tiny-service/README.md */
}

#define REFERRALS "referral_id,client_id\nr1,c1\nr2,c2\n"
#define ADMINISTRATIONS                                                                                                \
    "administration_id,referral_id,occasion,instrument,version,rater\na1,r1,1,phq-9,1,client\na2,r2,1,phq-9,1,"        \
    "client\n"
#define SCORES "administration_id,scale,value\na1,total,10\na2,total,12\n"

static void write_three(const run *r) {
    write_file(r, "referrals.csv", REFERRALS);
    write_file(r, "administrations.csv", ADMINISTRATIONS);
    write_file(r, "scores.csv", SCORES);
}

static void a_folder_without_descriptor_goes_by_names(void **state) {
    run *r = *state;
    write_three(r);
    write_file(r, "refferals.csv", "x\n1\n");
    write_file(r, "notes.txt", "not a table\n");
    read_good(r, r->folder);
    assert_int_equal(rows_of(r, RP_SCORES), 2);
    assert_int_equal(rp_faults_total(r->faults), 0);
    assert_int_equal(count_rule(r, "table_unknown"), 1);
    const rp_fault *note = find_fault(r, "table_unknown", 0, 0);
    assert_int_equal(note->level, RP_FAULT_NOTE);
    assert_has(note->message, "\"referrals.csv\"");
    assert_has(note->file, "refferals.csv");
}

static void columns_in_any_order_and_unknown_ones(void **state) {
    run *r = *state;
    write_three(r);
    write_file(r, "referrals.csv", "colour,client_id,recieved,referral_id\nblue,c1,2024-01-02,r1\n,c2,,r2\n");
    read_good(r, r->folder);
    assert_string_equal(referral_text(r, "r1", "colour"), "blue");
    assert_null(referral_text(r, "r2", "colour"));
    assert_string_equal(referral_text(r, "r1", "recieved"), "2024-01-02");
    assert_int_equal(find_fault(r, "column_unknown", 1, 1)->level, RP_FAULT_NOTE);
    assert_has(find_fault(r, "column_unknown", 1, 18)->message, "\"received\"");
    assert_int_equal(rp_faults_total(r->faults), 0);
}

static void dialects_missing_values_and_several_parts(void **state) {
    run *r = *state;
    write_three(r);
    write_file(r, "more.csv", "client_id;received;referral_id;source\nc3;NULL;r3;*\n\"c;4\";2024-01-02;r4;self\n");
    write_file(
        r, "datapackage.json",
        "{\"name\": \"x\", \"missingValues\": [\"*\"], \"resources\": [{\"name\": \"referrals\", \"path\": "
        "\"referrals.csv\"}, {\"name\": \"referrals\", \"path\": [\"more.csv\"], \"dialect\": {\"delimiter\": "
        "\";\"}, \"schema\": {\"missingValues\": [\"\", {\"value\": \"NULL\"}, \"*\"]}}, {\"name\": "
        "\"administrations\", \"path\": \"administrations.csv\", \"encoding\": \"UTF-8\"}, {\"name\": \"scores\", "
        "\"path\": \"scores.csv\"}]}");
    read_good(r, r->folder);
    assert_int_equal(rp_faults_total(r->faults), 0);
    assert_int_equal(rows_of(r, RP_REFERRALS), 4);
    size_t row = row_of(r, RP_REFERRALS, "referral_id", "r3");
    assert_int_equal(rp_record_date(r->record, RP_REFERRALS, column_of(r, RP_REFERRALS, "received"), row), RP_NO_DATE);
    assert_int_equal(rp_record_code(r->record, RP_REFERRALS, column_of(r, RP_REFERRALS, "source"), row), -1);
}

static void a_package_may_bring_questionnaires(void **state) {
    run *r = *state;
    write_three(r);
    write_file(r, "administrations.csv",
               "administration_id,referral_id,occasion,instrument,version,rater\na1,r1,1,own,map,client\na2,r2,1,"
               "gad-7,9,client\n");
    rp_text form;
    assert_true(rp_file_read("instruments/gad-7.json", 1 << 20, r->arena, &form, &r->error));
    char *copy = rp_arena_copy(r->arena, form.at, form.n), *version = strstr(copy, "\"version\": \"1\"");
    assert_non_null(version);
    version[strlen("\"version\": \"")] = '9';
    write_file(r, "gad.json", copy);
    write_file(
        r, "datapackage.json",
        "{\"name\": \"x\", \"instruments\": [\"gad.json\", {\"name\": \"own\", \"define\": {\"kind\": \"outcome\", "
        "\"scales\": "
        "{\"total\": {\"lowest\": 0, \"highest\": 11, \"higher_is_worse\": true}}}}], \"resources\": [{\"name\": "
        "\"referrals\", \"path\": \"referrals.csv\"}, {\"name\": \"administrations\", \"path\": "
        "\"administrations.csv\"}, {\"name\": \"scores\", \"path\": \"scores.csv\"}]}");
    read_good(r, r->folder);
    assert_string_equal(rp_record_instrument(r->record, 0)->name, "own");
    assert_string_equal(rp_record_instrument(r->record, 1)->version, "9");
    assert_int_equal(count_rule(r, "instrument_unknown"), 0);
}

static void a_trial_as_a_package(void **state) {
    run *r = *state;
    write_three(r);
    write_file(r, "datapackage.json",
               "{\"title\": \"T\", \"comparator\": \"usual_care\", \"research\": true, \"notes\": [\"N.\"], "
               "\"occasions\": [{\"occasion\": 1, \"label\": \"before\", \"months\": 0}, {\"occasion\": 2, \"label\": "
               "\"after\"}], \"licenses\": [{\"name\": \"A\"}, {\"title\": \"B\"}], \"resources\": [{\"name\": "
               "\"referrals\", \"path\": \"referrals.csv\"}, {\"name\": \"administrations\", \"path\": "
               "\"administrations.csv\"}, {\"name\": \"scores\", \"path\": \"scores.csv\"}]}");
    read_good(r, r->folder);
    const rp_about *about = rp_record_about(r->record);
    assert_string_equal(about->comparator, "usual_care");
    assert_string_equal(about->licence, "A; B");
    assert_true(about->research && about->n_occasions == 2 && about->occasions[0].months == 0);
    assert_string_equal(about->occasions[1].label, "after");
    assert_string_equal(about->notes[0], "N.");
}

/* ---- faults ---- */

typedef struct planted {
    char file[64], rule[64];
    int64_t line, column;
    bool found;
} planted;

static size_t read_expected(run *r, planted *out, size_t most) {
    rp_row row;
    size_t n = 0;
    rp_reader *reader = rp_reader_open("tests/data/faulty-service/expected.csv", NULL, &r->error);
    assert_true(reader && rp_reader_next(reader, &row, &r->error) == RP_READ_ROW);
    while (rp_reader_next(reader, &row, &r->error) == RP_READ_ROW && n < most) {
        planted *p = &out[n++];
        snprintf(p->file, sizeof p->file, "%.*s", (int)row.cells[0].text.n, row.cells[0].text.at);
        snprintf(p->rule, sizeof p->rule, "%.*s", (int)row.cells[3].text.n, row.cells[3].text.at);
        assert_true(rp_text_to_int(row.cells[1].text, &p->line) && rp_text_to_int(row.cells[2].text, &p->column));
    }
    rp_reader_close(reader);
    return n;
}

static bool match(planted *list, size_t n, const rp_fault *fault) {
    for (size_t i = 0; i < n; i++)
        if (!list[i].found && list[i].line == fault->line && list[i].column == fault->column &&
            strcmp(list[i].rule, fault->rule) == 0 && strcmp(list[i].file, rp_path_name(fault->file)) == 0)
            return list[i].found = true;
    return false;
}

static void every_planted_fault_is_found_and_no_other(void **state) {
    run *r = *state;
    planted list[100] = {0};
    size_t n = read_expected(r, list, 100);
    assert_true(n >= 40);
    read_good(r, faulty);
    for (size_t i = 0; i < rp_faults_kept(r->faults); i++) {
        const rp_fault *fault = rp_faults_at(r->faults, i);
        if (!match(list, n, fault))
            fail_msg("not planted: %s:%d:%d %s", fault->file, (int)fault->line, (int)fault->column, fault->rule);
    }
    for (size_t i = 0; i < n; i++)
        if (!list[i].found)
            fail_msg("not found: %s:%d:%d %s", list[i].file, (int)list[i].line, (int)list[i].column, list[i].rule);
}

/* What stood in the good package and was not touched is there. */
static void no_good_row_is_lost(void **state) {
    run *r = *state;
    read_good(r, faulty);
    assert_int_equal(rows_of(r, RP_CLIENTS), 2);    /* C01, C05: the rest were planted */
    assert_int_equal(rows_of(r, RP_REFERRALS), 2);  /* R01, R05 */
    assert_int_equal(rows_of(r, RP_CONTACTS), 7);   /* six of R01, one of R05 */
    assert_int_equal(rows_of(r, RP_ACTIVITIES), 6); /* of the six */
    assert_int_equal(rows_of(r, RP_SERVICES), 2);
    assert_true(score_of(r, "R01-1-phq", "total") >= 0);
}

/* ---- what is no package ---- */

static void refuse(run *r, const char *message, const char *remedy) {
    record_start(r);
    assert_false(rp_package_read(r->folder, true, r->record, &r->error));
    assert_has(r->error.message, message);
    assert_has(r->error.remedy, remedy);
    assert_has(r->error.file, r->folder);
}

static void descriptors_at_fault(void **state) {
    run *r = *state;
    static const char *const cases[][3] = {
        {"", "JSON", "docs/package.md"},
        {"[]", "the package must be an object", "docs/package.md"},
        {"{}", "names no resources", "\"path\""},
        {"{\"resources\": 1}", "must be an array", "array"},
        {"{\"resources\": [1]}", "resource 1 of the package must be an object", ""},
        {"{\"resources\": [{\"path\": \"a.csv\"}]}", "\"name\" is missing in resource 1", "name"},
        {"{\"resources\": [{\"name\": \"x\"}], \"title\": 3}", "\"title\" in the package must be a text", ""},
        {"{\"resources\": [{\"name\": \"x\"}], \"instruments\": [\"../x.json\"]}", "leads out", "inside"},
        {"{\"resources\": [{\"name\": \"x\"}], \"instruments\": [{\"name\": \"a\"}]}", "\"define\" is missing", "FHIR"},
        {"{\"resources\": [{\"name\": \"x\"}], \"occasions\": [{\"label\": \"a\"}]}", "entry 1 of \"occasions\"",
         "rising"},
        {"{\"resources\": [{\"name\": \"x\"}]}", "table referrals is lacking", "referrals.csv"},
        {"{\"resources\": [{\"name\": \"referrals\"}]}", "\"path\" is missing", "referrals.csv"},
        {"{\"resources\": [{\"name\": \"referrals\", \"path\": \"none.csv\"}]}", "\"none.csv\" is not there", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(r, "datapackage.json", cases[i][0]);
        refuse(r, cases[i][1], cases[i][2]);
        assert_has(r->error.file, "datapackage.json");
    }
}

static void what_is_needed_at_all(void **state) {
    run *r = *state;
    refuse(r, "neither datapackage.json nor a CSV file", "referrals.csv");
    write_file(r, "people.csv", "a\n1\n");
    refuse(r, "neither datapackage.json nor a CSV file", "--map");
    write_file(r, "referrals.csv", REFERRALS);
    refuse(r, "administrations is lacking", "administrations.csv");
    write_file(r, "administrations.csv",
               "administration_id,referral_id,instrument,version,rater\na1,r1,phq-9,1,client\n");
    refuse(r, "neither the column \"date\" nor \"occasion\"", "administrations.csv");
    write_file(r, "administrations.csv", ADMINISTRATIONS);
    refuse(r, "scores is lacking", "responses.csv");
    write_file(r, "scores.csv", SCORES);
    record_start(r);
    read_good(r, r->folder);
    write_file(r, "referrals.csv", "referral_id,client_id\n");
    refuse(r, "referrals has no rows", "exported");
    write_file(r, "referrals.csv", "referral_id,client\nr1,c1\n");
    refuse(r, "could not be read", "client_id");
    assert_has(r->error.message, "lacks the column \"client_id\" (nearest: \"client\")");
    write_file(r, "referrals.csv", "");
    refuse(r, "empty", "");
    write_file(r, "referrals.csv", REFERRALS);
    write_file(r, "scores.csv", "administration_id,scale\na1,total\n"); /* a score without a value is none */
    refuse(r, "lacks the column \"value\"", "scores.csv");
    write_file(r, "scores.csv", "administration_id,scale,value\n");
    record_start(r);
    read_good(r, r->folder);
    assert_int_equal(find_fault(r, "no_rows", 0, 0)->level, RP_FAULT_NOTE);
}

/* A package that comes from elsewhere must not read the rest of the machine. */
static void paths_stay_inside(void **state) {
    run *r = *state;
    static const char *const outside[] = {"../x.csv",       "a/../../x.csv", "/etc/hostname", "..",
                                          "http://a/b.csv", "a\\\\b.csv",    "link.csv",      "inner/link/x.csv"};
    char path[512], inner[512];
    write_three(r);
    path_in(r, "link.csv", path);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    path_in(r, "inner", inner);
    assert_int_equal(mkdir(inner, 0700), 0);
    path_in(r, "inner/link", path);
    assert_int_equal(symlink("/etc", path), 0);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"resources\": [{\"name\": \"clients\", \"path\": \"%s\"}, {\"name\": \"referrals\", \"path\": "
                 "\"referrals.csv\"}, {\"name\": \"administrations\", \"path\": \"administrations.csv\"}, {\"name\": "
                 "\"scores\", \"path\": \"./scores.csv\"}]}",
                 outside[i]);
        write_file(r, "datapackage.json", text);
        record_start(r);
        read_good(r, r->folder);
        assert_int_equal(count_rule(r, "resource"), 1);
        assert_int_equal(find_fault(r, "resource", 0, 0)->level, RP_FAULT_FILE);
        assert_int_equal(rp_record_inputs(r->record), 3);
    }
    path_in(r, "datapackage.json", path);
    remove(path);
    record_start(r);
    path_in(r, "link.csv", path);
    char clients[512];
    path_in(r, "clients.csv", clients);
    assert_int_equal(rename(path, clients), 0); /* a link is no more welcome without a descriptor */
    read_good(r, r->folder);
    assert_int_equal(find_fault(r, "resource", 0, 0)->level, RP_FAULT_FILE);
}

static void too_many_unknown_columns(void **state) {
    run *r = *state;
    write_three(r);
    rp_buf csv = {0};
    rp_buf_put(&csv, "service_id");
    for (int i = 0; i < 201; i++)
        rp_buf_printf(&csv, ",x%d", i);
    rp_buf_put(&csv, "\nS1\n");
    write_file(r, "services.csv", csv.at);
    rp_buf_free(&csv);
    read_good(r, r->folder);
    assert_int_equal(find_fault(r, "columns", 0, 0)->level, RP_FAULT_FILE);
    assert_int_equal(rows_of(r, RP_SERVICES), 0);
    assert_int_equal(rows_of(r, RP_SCORES), 2);
}

static void running_out_of_memory_is_told(void **state) {
    run *r = *state;
    bool done = false;
    write_three(r);
    write_file(
        r, "datapackage.json",
        "{\"name\": \"x\", \"notes\": [\"N.\"], \"missingValues\": [\"*\"], \"resources\": [{\"name\": \"referrals\", "
        "\"path\": \"referrals.csv\"}, {\"name\": \"administrations\", \"path\": \"administrations.csv\"}, {\"name\": "
        "\"scores\", \"path\": \"scores.csv\"}, {\"name\": \"clients\", \"path\": \"../x.csv\"}]}");
    for (long n = 1; n < 4000 && !done; n++) {
        record_start(r);
        rp_memory_fail_after(n);
        done = rp_package_read(r->folder, true, r->record, &r->error);
        rp_memory_fail_after(0);
        if (!done)
            assert_int_equal(r->error.code, RP_E_MEMORY);
    }
    assert_true(done);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_start, run_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_table_is_read_whole),
        TEST(every_column_has_a_value_somewhere),
        TEST(the_descriptor_itself_may_be_named),
        TEST(a_folder_without_descriptor_goes_by_names),
        TEST(columns_in_any_order_and_unknown_ones),
        TEST(dialects_missing_values_and_several_parts),
        TEST(a_package_may_bring_questionnaires),
        TEST(a_trial_as_a_package),
        TEST(every_planted_fault_is_found_and_no_other),
        TEST(no_good_row_is_lost),
        TEST(descriptors_at_fault),
        TEST(what_is_needed_at_all),
        TEST(paths_stay_inside),
        TEST(too_many_unknown_columns),
        TEST(running_out_of_memory_is_told),
    };
    return cmocka_run_group_tests_name("formats: data packages", tests, NULL, NULL);
}
