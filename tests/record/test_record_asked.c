/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that is only asked: what is left out is checked as ever, and all the rest reads as it does otherwise. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "record_helper.h"
#include "record/record_parts.h"

static void leave_out(world *w) {
    assert_true(rp_record_only_ask(w->record, &w->error));
    rp_record_leave_out(w->record, RP_ADMINISTRATIONS, "administration_id");
    rp_record_leave_out(w->record, RP_ADMINISTRATIONS, "instrument");
    rp_record_leave_out(w->record, RP_ADMINISTRATIONS, "version");
    rp_record_leave_out(w->record, RP_ADMINISTRATIONS, "started");
    rp_record_leave_out(w->record, RP_ADMINISTRATIONS, "seconds");
    rp_record_leave_out(w->record, RP_SCORES, "scale");
    rp_record_leave_out(w->record, RP_SCORES, "items_answered");
}

/* Rows out of order, some at fault in a column that is left out, some by it. */
static void fill(world *w) {
    static const struct {
        rp_table_id table;
        const char *row;
    } rows[] = {
        {RP_REFERRALS, "referral_id=r2|client_id=c|received=2024-01-02"},
        {RP_REFERRALS, "referral_id=r1|client_id=c|received=2024-01-01"},
        {RP_ADMINISTRATIONS,
         "administration_id=z|referral_id=r1|date=2024-02-02|instrument=three|version=1|rater=client|"
         "status=complete|started=2024-02-02T10:00:00Z|seconds=70"},
        {RP_ADMINISTRATIONS,
         "administration_id=b|referral_id=r1|date=2024-02-02|instrument=none|version=7|rater=client|"
         "status=complete"},
        {RP_ADMINISTRATIONS,
         "administration_id=a|referral_id=r2|date=2024-03-02|instrument=three|version=1|rater=client|"
         "status=complete|started=yesterday"},
        {RP_ADMINISTRATIONS,
         "administration_id=c|referral_id=r2|date=2024-01-02|instrument=three|version=1|rater=client|"
         "status=complete|seconds=-4"},
        {RP_ADMINISTRATIONS,
         "administration_id=d|referral_id=r2|date=2024-01-02|instrument=three|version=1|rater=client|"
         "status=complete"},
        {RP_ADMINISTRATIONS,
         "administration_id=d|referral_id=r1|date=2024-01-03|instrument=three|version=1|rater=client|"
         "status=complete"},
        {RP_SCORES, "administration_id=z|scale=total|value=7|items_answered=3|method=supplied"},
        {RP_SCORES, "administration_id=d|scale=pair|value=3|method=supplied"},
        {RP_SCORES, "administration_id=d|scale=pair|value=4|method=supplied"},
        {RP_SCORES, "administration_id=d|scale=unknown|value=4|method=supplied"},
        {RP_SCORES, "administration_id=z|scale=pair|value=70|method=supplied"},
        {RP_RESPONSES, "administration_id=d|item=1|value=1"},
        {RP_RESPONSES, "administration_id=d|item=2|value=2"},
        {RP_RESPONSES, "administration_id=d|item=3|value=3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(put_at(w, 0, (uint32_t)i + 2, rows[i].table, rows[i].row) != RP_PUT_FAILED);
    seal(w);
}

static void faults_are_the_same(void **state) {
    (void)state;
    world whole = begin(), asked = begin();
    leave_out(&asked);
    fill(&whole);
    fill(&asked);
    assert_true(rp_faults_kept(whole.faults) >= 6); /* started, key, scale twice, range, and two notes */
    assert_int_equal(rp_faults_kept(asked.faults), rp_faults_kept(whole.faults));
    for (size_t i = 0; i < rp_faults_kept(whole.faults); i++) {
        const rp_fault *a = rp_faults_at(whole.faults, i), *b = rp_faults_at(asked.faults, i);
        assert_string_equal(a->message, b->message);
        assert_int_equal(a->line, b->line);
        assert_int_equal(a->column, b->column);
    }
    assert_int_equal(rp_record_rejects(asked.record), rp_record_rejects(whole.record));
    for (size_t i = 0; i < rp_record_rejects(whole.record); i++)
        assert_int_equal(rp_record_reject_at(asked.record, i)->place.origin.line,
                         rp_record_reject_at(whole.record, i)->place.origin.line);
    end(&whole);
    end(&asked);
}

static void the_rest_reads_the_same(void **state) {
    (void)state;
    world whole = begin(), asked = begin();
    leave_out(&asked);
    fill(&whole);
    fill(&asked);
    const rp_record *a = whole.record, *b = asked.record;
    int date = column(RP_ADMINISTRATIONS, "date"), value = column(RP_SCORES, "value");
    assert_int_equal(rp_record_rows(a, RP_ADMINISTRATIONS), rp_record_rows(b, RP_ADMINISTRATIONS));
    for (size_t i = 0; i < rp_record_rows(a, RP_ADMINISTRATIONS); i++) {
        assert_int_equal(rp_record_date(a, RP_ADMINISTRATIONS, date, i),
                         rp_record_date(b, RP_ADMINISTRATIONS, date, i));
        assert_int_equal(rp_record_id(a, RP_ADMINISTRATIONS, 0, i), rp_record_id(b, RP_ADMINISTRATIONS, 0, i));
        assert_int_equal(rp_record_instrument(a, i) != NULL, rp_record_instrument(b, i) != NULL);
    }
    assert_int_equal(rp_record_rows(a, RP_SCORES), rp_record_rows(b, RP_SCORES));
    for (size_t i = 0; i < rp_record_rows(a, RP_SCORES); i++) {
        assert_true(rp_record_num(a, RP_SCORES, value, i) == rp_record_num(b, RP_SCORES, value, i));
        assert_int_equal(rp_record_score_ref(a, i).scale, rp_record_score_ref(b, i).scale);
        assert_int_equal(rp_record_refers(a, RP_SCORES, 0, i), rp_record_refers(b, RP_SCORES, 0, i));
    }
    assert_string_equal(rp_record_id_text(b, RP_REFERRALS, 0, 0), "r1");
    end(&whole);
    end(&asked);
}

/* Neither the values, nor the places, nor the texts are held any more. */
static void what_is_left_out_is_gone(void **state) {
    (void)state;
    world w = begin();
    leave_out(&w);
    fill(&w);
    static const char *const gone[] = {"instrument", "version", "started", "seconds"};
    const rp_held_table *held = &w.record->tables[RP_ADMINISTRATIONS];
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        const rp_column *of = &held->columns.at[column(RP_ADMINISTRATIONS, gone[i])];
        assert_true(of->dropped && of->pieces.at == NULL);
    }
    assert_true(held->place.pieces.at == NULL && w.record->spots.n == 0 && w.record->passing == NULL);
    assert_null(held->columns.at[0].domain->names);
    assert_false(held->columns.at[column(RP_ADMINISTRATIONS, "date")].dropped);
    end(&w);
}

static void has_a_value(void **state) {
    (void)state;
    world w = begin();
    fill(&w);
    const struct {
        const char *name;
        bool first, second; /* of r1: z with a time and seconds; b without */
    } expected[] = {{"started", true, false},
                    {"seconds", true, false},
                    {"status", true, true},
                    {"date", true, true},
                    {"contact_id", false, false},
                    {"instrument", true, true},
                    {"practitioner_present", false, false}};
    size_t z = row_of(&w, RP_ADMINISTRATIONS, "z"), b = row_of(&w, RP_ADMINISTRATIONS, "b");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        int at = column(RP_ADMINISTRATIONS, expected[i].name);
        assert_int_equal(rp_record_has(w.record, RP_ADMINISTRATIONS, at, z), expected[i].first);
        assert_int_equal(rp_record_has(w.record, RP_ADMINISTRATIONS, at, b), expected[i].second);
    }
    assert_true(rp_record_has(w.record, RP_SCORES, column(RP_SCORES, "value"), 0));
    assert_true(rp_record_has(w.record, RP_RESPONSES, column(RP_RESPONSES, "value"), 0));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_the_same),
        cmocka_unit_test(the_rest_reads_the_same),
        cmocka_unit_test(what_is_left_out_is_gone),
        cmocka_unit_test(has_a_value),
    };
    return cmocka_run_group_tests_name("record: only asked", tests, NULL, NULL);
}
