/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record is the same whatever the order in which its tables, or the rows of a table, arrive: values, numbers, faults,
 * rejects and counts. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>

#include "record_helper.h"

/* A service with a fault of nearly every kind. */
static const struct {
    rp_table_id table;
    uint32_t input, line;
    const char *row;
} rows[] = {
    {RP_CLIENTS, 0, 2, "client_id=c9|gender=2|language=fr"},
    {RP_CLIENTS, 0, 3, "client_id=c10|gender=1|language=en"},
    {RP_CLIENTS, 0, 4, "client_id=c1|birth_year=1700"},
    {RP_CLIENTS, 0, 5, "client_id=c9|gender=1"},
    {RP_PRACTITIONERS, 0, 6, "practitioner_id=p|from=2024-01-01|team=north"},
    {RP_PRACTITIONERS, 0, 7, "practitioner_id=p|from=2023-01-01|team=south|supervisor_id=q"},
    {RP_PRACTITIONERS, 0, 8, "practitioner_id=q|role=wizard"},
    {RP_REFERRALS, 0, 20, "referral_id=r2|client_id=c9|received=2024-01-10|problem=Z1|arm=a"},
    {RP_REFERRALS, 0, 21, "referral_id=r10|client_id=c10|received=2024-01-09|problem=F33|arm=b"},
    {RP_REFERRALS, 0, 22, "referral_id=r3|client_id=c1|received=2024-01-08"},
    {RP_REFERRALS, 0, 23, "referral_id=r4|client_id=c9|received=2024-01-07|problem=A1|previous_referral_id=r2"},
    {RP_REFERRALS, 0, 24, "referral_id=r5|client_id=c8"},
    {RP_CONTACTS, 1, 2, "contact_id=k3|referral_id=r2|date=2024-01-11|practitioner_id=q"},
    {RP_CONTACTS, 1, 3, "contact_id=k2|referral_id=r2|date=2024-01-11|practitioner_id=p"},
    {RP_CONTACTS, 1, 4, "contact_id=k1|referral_id=r3|date=2024-01-11"},
    {RP_CONTACTS, 1, 5, "contact_id=k4|referral_id=r2|date=2024-01-05"},
    {RP_CONTACTS, 1, 6, "contact_id=k5|referral_id=r2|occasion=1|practitioner_id=z"},
    {RP_ACTIVITIES, 1, 20, "activity_id=v1|contact_id=k1"},
    {RP_ACTIVITIES, 1, 21, "activity_id=v2|contact_id=k2|therapy=443730003"},
    {RP_ADMINISTRATIONS, 1, 30,
     "administration_id=a2|referral_id=r2|contact_id=k2|date=2024-01-11|instrument=three|version=1|rater=client"},
    {RP_ADMINISTRATIONS, 1, 31,
     "administration_id=a10|referral_id=r10|date=2024-01-12|instrument=three|version=1|rater=client"},
    {RP_ADMINISTRATIONS, 1, 32,
     "administration_id=a3|referral_id=r2|date=2024-01-11|instrument=three|version=1|rater=client|supersedes=a2"},
    {RP_ADMINISTRATIONS, 1, 33,
     "administration_id=a4|referral_id=r10|contact_id=k2|date=2024-01-12|instrument=three|version=1|rater=client"},
    {RP_ADMINISTRATIONS, 1, 34,
     "administration_id=a5|referral_id=r4|date=2024-01-12|instrument=other|version=1|rater=observer"},
    {RP_RESPONSES, 1, 40, "administration_id=a3|item=2|value=1"},
    {RP_RESPONSES, 1, 41, "administration_id=a3|item=1|value=2"},
    {RP_RESPONSES, 1, 42, "administration_id=a3|item=1|value=3"},
    {RP_RESPONSES, 1, 43, "administration_id=a10|item=3|value=5"},
    {RP_RESPONSES, 1, 44, "administration_id=a4|item=3|value=3"},
    {RP_SCORES, 1, 50, "administration_id=a10|scale=total|value=4.5"},
    {RP_SCORES, 1, 51, "administration_id=a3|scale=pair|value=1"},
    {RP_SCORES, 1, 52, "administration_id=a5|scale=zeal|value=99"},
    {RP_STORIES, 1, 60, "referral_id=r4|words=b"},
    {RP_STORIES, 1, 61, "referral_id=r2|words=a"},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void write_value(const world *w, rp_buf *out, rp_table_id table, int i, size_t row) {
    const rp_column_def *def = &rp_schema_table(table)->columns[i];
    const char *text = NULL;
    switch (def->type) {
    case RP_TYPE_ID:
        text = rp_record_id_text(w->record, table, i, row);
        rp_buf_printf(out, "%u:", (unsigned)rp_record_id(w->record, table, i, row));
        if (def->refers >= 0 || def->need == RP_KEY)
            rp_buf_printf(out, "%d:", (int)rp_record_refers(w->record, table, i, row));
        break;
    case RP_TYPE_CODE:
        text = rp_record_code_text(w->record, table, i, row);
        rp_buf_printf(out, "%d:", rp_record_code(w->record, table, i, row));
        break;
    case RP_TYPE_TEXT:
        text = rp_record_text(w->record, table, i, row);
        break;
    case RP_TYPE_DATE:
        rp_buf_printf(out, "%d", (int)rp_record_date(w->record, table, i, row));
        break;
    case RP_TYPE_INT:
        rp_buf_printf(out, "%lld", (long long)rp_record_int(w->record, table, i, row));
        break;
    case RP_TYPE_BOOL:
        rp_buf_printf(out, "%d", rp_record_bool(w->record, table, i, row));
        break;
    case RP_TYPE_TIME:
        rp_buf_printf(out, "%lld", (long long)rp_record_time_us(w->record, table, i, row));
        break;
    case RP_TYPE_NUM:
    case RP_TYPE_VALUE:
        rp_buf_printf(out, "%.17g", rp_record_num(w->record, table, i, row));
        break;
    }
    rp_buf_printf(out, "%s\t", text ? text : "");
}

static void write_table(const world *w, rp_buf *out, rp_table_id table) {
    rp_buf_printf(out, "%s %zu %zu\n", rp_schema_table(table)->name, rp_record_rejected(w->record, table, false),
                  rp_record_rejected(w->record, table, true));
    for (size_t row = 0; row < rp_record_rows(w->record, table); row++) {
        for (size_t i = 0; i < rp_schema_table(table)->n_columns; i++)
            write_value(w, out, table, (int)i, row);
        rp_buf_printf(out, "line %u\n", (unsigned)rp_record_origin(w->record, table, row).line);
    }
}

static void write_children(const world *w, rp_buf *out) {
    static const rp_table_id of_referrals[] = {RP_CONTACTS, RP_ADMINISTRATIONS, RP_STORIES};
    for (size_t t = 0; t < 3; t++)
        for (size_t row = 0; row < rp_record_rows(w->record, RP_REFERRALS); row++) {
            rp_rows children = rp_record_children(w->record, of_referrals[t], row);
            for (size_t i = 0; i < children.n; i++)
                rp_buf_printf(out, "%u ", (unsigned)children.at[i]);
            rp_buf_put(out, "\n");
        }
}

/* Everything that can be read of a record. */
static void write_record(const world *w, rp_buf *out) {
    for (int t = 0; t < RP_TABLES; t++)
        write_table(w, out, (rp_table_id)t);
    write_children(w, out);
    for (size_t i = 0; i < rp_record_inputs(w->record); i++)
        rp_buf_printf(out, "input %lld %lld\n", (long long)rp_record_input_at(w->record, i)->rows,
                      (long long)rp_record_input_at(w->record, i)->rejected);
    for (size_t i = 0; i < rp_record_rejects(w->record); i++) {
        const rp_reject *one = rp_record_reject_at(w->record, i);
        rp_buf_printf(out, "reject %u:%u %s %d\n", (unsigned)one->place.origin.input, (unsigned)one->place.origin.line,
                      one->rule, one->carried);
    }
    for (size_t i = 0; i < rp_faults_kept(w->faults); i++) {
        const rp_fault *one = rp_faults_at(w->faults, i);
        rp_buf_printf(out, "fault %d %s:%d:%d %s %s\n", (int)one->level, one->file, (int)one->line, (int)one->column,
                      one->rule, one->message);
    }
}

static void record_in_order(const size_t *order, rp_buf *out) {
    world w = begin();
    for (size_t i = 0; i < N_ROWS; i++) {
        rp_put put = put_at(&w, rows[order[i]].input, rows[order[i]].line, rows[order[i]].table, rows[order[i]].row);
        assert_true(put != RP_PUT_FAILED);
    }
    seal(&w);
    write_record(&w, out);
    assert_false(out->failed);
    end(&w);
}

/* A small generator of its own, so that the orders are the same on every machine. */
static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void the_order_of_arrival_does_not_matter(void **state) {
    (void)state;
    size_t order[N_ROWS];
    rp_buf wanted = {0};
    uint64_t seed = 1;
    for (size_t i = 0; i < N_ROWS; i++)
        order[i] = i;
    record_in_order(order, &wanted);
    assert_true(wanted.n > 4000); /* it holds something */
    for (int round = 0; round < 60; round++) {
        rp_buf got = {0};
        for (size_t i = N_ROWS - 1; i > 0; i--) {
            size_t j = next_random(&seed) % (i + 1), kept_one = order[i];
            order[i] = order[j];
            order[j] = kept_one;
        }
        record_in_order(order, &got);
        assert_string_equal(got.at, wanted.at);
        rp_buf_free(&got);
    }
    rp_buf_free(&wanted);
}

/* So that the test above compares what it says: the faults it means to hold are there. */
static void the_service_has_many_faults(void **state) {
    (void)state;
    static const char *const rules[] = {"range",           "key_duplicate",      "code",
                                        "carried",         "reference_missing",  "reference_rejected",
                                        "before_referral", "reference_mismatch", "response_range",
                                        "score_fraction",  "score_differs",      "instrument_unknown"};
    world w = begin();
    for (size_t i = 0; i < N_ROWS; i++)
        (void)!put_at(&w, rows[i].input, rows[i].line, rows[i].table, rows[i].row);
    seal(&w);
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        bool met = false;
        size_t count = 0;
        rp_fault_level level = RP_FAULT_ROW;
        for (size_t i = 0; i < rp_faults_rules(w.faults); i++)
            met = met || strcmp(rp_faults_rule(w.faults, i, &level, &count), rules[r]) == 0;
        if (!met)
            fail_msg("no fault of rule %s", rules[r]);
    }
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_service_has_many_faults),
        cmocka_unit_test(the_order_of_arrival_does_not_matter),
    };
    return cmocka_run_group_tests_name("record: order of arrival", tests, NULL, NULL);
}
