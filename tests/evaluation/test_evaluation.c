/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline as a whole: memory that runs out anywhere is told, views have their rows, rejects their text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rapport/evaluation.h"

static rp_evaluation_options beat_the_blues(void) {
    return (rp_evaluation_options){.input = "examples/beat-the-blues/bdi.csv",
                                   .map = "examples/beat-the-blues/map.json",
                                   .asked = {.level = 0.95, .threads = 1},
                                   .cohort = {.from = RP_NO_DATE, .to = RP_NO_DATE, .horizon_weeks = NAN},
                                   .suppress_below = 5,
                                   .quiet = true};
}

/* Evaluates and draws with the n-th request for memory failing; true: it went through. */
static bool with_failure_at(long n) {
    rp_evaluation_options o = beat_the_blues();
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    rp_memory_fail_after(n);
    bool done = rp_evaluate(&o, arena, &evaluation, &error);
    bool written = false;
    if (done) {
        rp_report report = {.answers = (const rp_answer *const *)evaluation.answers,
                            .n_answers = evaluation.n_answers,
                            .provenance = &evaluation.provenance};
        rp_buf out = {0};
        rp_report_write(&report, RP_REPORT_HTML, &out);
        written = !out.failed;
        rp_buf_free(&out);
    }
    rp_memory_fail_after(0);
    if (!done)
        assert_int_equal(error.code, RP_E_MEMORY);
    rp_arena_free(arena);
    return written;
}

static void memory_that_runs_out_anywhere_is_told(void **state) {
    (void)state;
    long n = 1, tried = 0;
    for (; !with_failure_at(n); n += 1 + n / 40)
        tried++;
    assert_true(tried > 100); /* many places were reached */
}

/* ---- written, and read back by the format of published figures ---- */

/* The record of a written file. In arena. */
static rp_record *read_back(const rp_buf *csv, rp_arena *arena) {
    char path[512];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    rp_error error = {0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, csv->at, csv->n), csv->n);
    close(file);
    rp_instruments *instruments = rp_instruments_new(arena, &error);
    rp_faults *faults = rp_faults_new(arena, 10);
    rp_record *record = rp_record_new(arena, instruments, faults);
    assert_true(rp_published_read(path, true, record, &error) && rp_record_seal(record, &error));
    assert_int_equal(rp_faults_total(faults), 0);
    unlink(path);
    return record;
}

static const char *field(const rp_record *record, const char *column, size_t row) {
    return rp_record_text(record, RP_PUBLISHED, rp_schema_column(RP_PUBLISHED, column), row);
}

static double bound(const rp_record *record, const char *column, size_t row) {
    return rp_record_num(record, RP_PUBLISHED, rp_schema_column(RP_PUBLISHED, column), row);
}

/* Row by row in the order of the file: what was printed, of whom and when; and the true count lies within its bounds.
 */
static void the_same(const rp_monthly *shown, const rp_monthly *exact, const rp_record *record) {
    size_t row = 0;
    for (size_t m = 0; m < rp_monthly_months(shown); m++)
        for (size_t o = 0; o < rp_monthly_organisations(shown); o++)
            for (size_t i = 0; i < rp_monthly_measures(); i++) {
                char text[32], truth[32], month[11];
                rp_date first, last;
                if (!rp_monthly_told(shown, i))
                    continue;
                rp_monthly_print(shown, o, m, i, text);
                if (*text == '\0' || strcmp(text, "-") == 0) /* not published */
                    continue;
                rp_monthly_days(shown, m, &first, &last);
                rp_date_text(first, month);
                month[7] = '\0';
                assert_string_equal(field(record, "printed", row), text);
                assert_string_equal(field(record, "period", row), month);
                assert_string_equal(field(record, "kind", row), rp_monthly_organisation_at(shown, o)->kind);
                rp_monthly_print(exact, o, m, i, truth);
                double count = strtod(truth, NULL);
                if (rp_monthly_measure_at(i)->statistic == RP_MONTHLY_COUNT)
                    assert_true(bound(record, "low", row) <= count && count <= bound(record, "high", row));
                row++;
            }
    assert_int_equal(rp_record_rows(record, RP_PUBLISHED), row);
    assert_true(row > 1000);
}

static void national_measures_are_read_back_as_they_were_written(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    o.input = "tests/data/tiny-service";
    o.map = NULL;
    o.no_questions = true;
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    assert_true(rp_evaluate(&o, arena, &evaluation, &error));
    rp_monthly_options options = {.threads = 1};
    const rp_monthly *exact = rp_monthly_make(evaluation.cohort, &options, arena, &error);
    assert_non_null(exact);
    for (options.hide_below = 0; options.hide_below <= 5; options.hide_below += 5) {
        const rp_monthly *shown = rp_monthly_make(evaluation.cohort, &options, arena, &error);
        rp_buf csv = {0};
        assert_non_null(shown);
        assert_true(rp_evaluation_monthly_csv(shown, &csv, &error));
        the_same(shown, exact, read_back(&csv, arena));
        rp_buf_free(&csv);
    }
    rp_arena_free(arena);
}

static bool published_with_failure_at(long n) {
    const char *const inputs[] = {"tests/data/published/annual.csv"};
    const rp_published_options o = {.inputs = inputs,
                                    .n_inputs = 1,
                                    .asked = {.level = 0.95},
                                    .threads = 1,
                                    .seed = 1,
                                    .clock = true,
                                    .quiet = true};
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    rp_memory_fail_after(n);
    bool done = rp_evaluate_published(&o, arena, &evaluation, &error);
    rp_memory_fail_after(0);
    if (!done)
        assert_int_equal(error.code, RP_E_MEMORY);
    else
        assert_true(evaluation.cohort == NULL && evaluation.n_answers == 1 && evaluation.provenance.seed == 1 &&
                    evaluation.provenance.made_at != NULL && evaluation.provenance.protected_below == 0);
    rp_arena_free(arena);
    return done;
}

/* A service of three clients, by month; true: it went through. */
static bool monthly_with_failure_at(const rp_cohort *cohort, int threads, long n) {
    const rp_monthly_options o = {.hide_below = 5, .threads = threads};
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_buf out = {0};
    rp_memory_fail_after(n);
    rp_monthly *monthly = rp_monthly_make(cohort, &o, arena, &error);
    bool done = monthly != NULL && rp_evaluation_monthly_csv(monthly, &out, &error);
    rp_memory_fail_after(0);
    if (!done)
        assert_int_equal(error.code, RP_E_MEMORY);
    rp_buf_free(&out);
    rp_arena_free(arena);
    return done;
}

static void memory_that_runs_out_over_national_measures_is_told(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    o.input = "tests/data/tiny-service";
    o.map = NULL;
    o.no_questions = true;
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    assert_true(rp_evaluate(&o, arena, &evaluation, &error));
    assert_int_equal(evaluation.n_answers, 0);
    long n = 1;
    for (; !monthly_with_failure_at(evaluation.cohort, 1, n); n++)
        ;
    assert_true(n > 20); /* many places were reached */
    rp_arena_free(arena);
}

static void memory_that_runs_out_over_published_figures_is_told(void **state) {
    (void)state;
    long n = 1, tried = 0;
    for (; !published_with_failure_at(n); n += 1 + n / 40)
        tried++;
    assert_true(tried > 100); /* many places were reached */
}

/* ---- three readers -------------------------------------------------------------------------------------------------
 */

static rp_buf json_of(const rp_evaluation *evaluation, rp_audience reader) {
    rp_report report = {.answers = (const rp_answer *const *)evaluation->answers,
                        .n_answers = evaluation->n_answers,
                        .provenance = &evaluation->provenance,
                        .audience = reader};
    rp_buf out = {0};
    rp_report_write(&report, RP_REPORT_JSON, &out);
    assert_false(out.failed);
    return out;
}

/* The full report is the run, byte for byte. */
static void readers_see_parts_of_one_run(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation whole, seen[RP_FOR_FULL + 1];
    rp_error error = {0};
    assert_true(rp_evaluate(&o, arena, &whole, &error));
    rp_buf bytes = json_of(&whole, RP_FOR_UNSAID);
    for (rp_audience reader = RP_FOR_PUBLIC; reader <= RP_FOR_FULL; reader++) {
        assert_true(rp_evaluation_for(&whole, reader, arena, &seen[reader], &error));
        assert_int_equal(seen[reader].n_answers, whole.n_answers);
        assert_int_equal(seen[reader].provenance.n_inputs, reader == RP_FOR_FULL ? whole.provenance.n_inputs : 0);
        assert_int_equal(seen[reader].provenance.protected_below, 5);
    }
    assert_true(seen[RP_FOR_PUBLIC].answers[0]->n_statements < seen[RP_FOR_SERVICE].answers[0]->n_statements);
    rp_buf full = json_of(&seen[RP_FOR_FULL], RP_FOR_UNSAID), again = json_of(&whole, RP_FOR_UNSAID);
    assert_true(full.n == bytes.n && memcmp(full.at, bytes.at, bytes.n) == 0);
    assert_true(again.n == bytes.n && memcmp(again.at, bytes.at, bytes.n) == 0); /* copies change nothing */
    rp_buf_free(&bytes);
    rp_buf_free(&full);
    rp_buf_free(&again);
    rp_arena_free(arena);
}

static void memory_that_runs_out_over_readers_is_told(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation whole, seen;
    rp_error error = {0};
    assert_true(rp_evaluate(&o, arena, &whole, &error));
    for (rp_audience reader = RP_FOR_PUBLIC; reader <= RP_FOR_FULL; reader++) {
        rp_arena *small = rp_arena_new(64);
        error = (rp_error){0};
        assert_false(rp_evaluation_for(&whole, reader, small, &seen, &error));
        assert_int_equal(error.code, RP_E_MEMORY);
        rp_arena_free(small);
    }
    rp_arena_free(arena);
}

static void views_have_a_row_each(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    assert_true(rp_evaluate(&o, arena, &evaluation, &error));
    rp_buf out = {0};
    assert_true(rp_evaluation_episodes_csv(&evaluation, &out, &error));
    size_t lines = 0;
    for (size_t i = 0; i < out.n; i++)
        lines += out.at[i] == '\n';
    assert_int_equal(lines, 101); /* a header and 100 people: btheb.md */
    assert_non_null(strstr(out.at, "BDI-II: first"));
    assert_non_null(strstr(out.at, ",national_recovered,national_recovered_why_not_known,"));
    assert_non_null(strstr(out.at, ",,no score of the PHQ-9,")); /* the study has none: not known, with the reason */
    rp_buf_free(&out);
    assert_true(rp_evaluation_sessions_csv(&evaluation, &out, &error));
    lines = 0;
    for (size_t i = 0; i < out.n; i++)
        lines += out.at[i] == '\n';
    assert_int_equal(lines, 1 + 100 + 97 + 73 + 58 + 52); /* btheb.md: n per occasion */
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void rejects_keep_the_rows_text(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 1000);
    rp_error error = {0};
    rp_record *record = rp_evaluation_open("tests/data/faulty-service", NULL, true, 2, false, arena, faults, &error);
    assert_non_null(record);
    rp_buf out = {0};
    assert_true(rp_evaluation_rejects_csv(record, &out, &error));
    /* tests/data/faulty-service/clients.csv, line 4 */
    assert_non_null(strstr(out.at, "clients.csv,4,type,false,\"C11,19x5,female,A,3,employed,false,en,false\"\n"));
    rp_buf_free(&out);
    rp_arena_free(arena);
}

/* Checking leaves out what only readers of rows need, and tells the same. */
static void checking_tells_what_sealing_tells(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_faults *faults[2];
    rp_record *records[2];
    for (int w = 0; w < 2; w++) {
        faults[w] = rp_faults_new(arena, 1000);
        records[w] =
            rp_evaluation_open("tests/data/faulty-service", NULL, true, w + 1, w == 1, arena, faults[w], &error);
        assert_non_null(records[w]);
    }
    assert_int_equal(rp_faults_kept(faults[0]), rp_faults_kept(faults[1]));
    assert_true(rp_faults_kept(faults[0]) > 40); /* its README names 43 places */
    for (size_t i = 0; i < rp_faults_kept(faults[0]); i++) {
        const rp_fault *one = rp_faults_at(faults[0], i), *other = rp_faults_at(faults[1], i);
        assert_string_equal(one->file, other->file);
        assert_int_equal(one->line, other->line);
        assert_int_equal(one->column, other->column);
        assert_string_equal(one->message, other->message);
    }
    assert_int_equal(rp_record_rejects(records[0]), rp_record_rejects(records[1]));
    for (int t = 0; t < RP_TABLES; t++)
        for (int carried = 0; carried < 2; carried++)
            assert_int_equal(rp_record_rejected(records[0], (rp_table_id)t, carried),
                             rp_record_rejected(records[1], (rp_table_id)t, carried));
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_anywhere_is_told),
        cmocka_unit_test(national_measures_are_read_back_as_they_were_written),
        cmocka_unit_test(memory_that_runs_out_over_national_measures_is_told),
        cmocka_unit_test(memory_that_runs_out_over_published_figures_is_told),
        cmocka_unit_test(readers_see_parts_of_one_run),
        cmocka_unit_test(memory_that_runs_out_over_readers_is_told),
        cmocka_unit_test(views_have_a_row_each),
        cmocka_unit_test(rejects_keep_the_rows_text),
        cmocka_unit_test(checking_tells_what_sealing_tells),
    };
    return cmocka_run_group_tests_name("evaluation: the pipeline", tests, NULL, NULL);
}
