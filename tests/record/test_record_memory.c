/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: when it runs out, wherever that is, the record says so and nothing breaks; and a record is small. */
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

static const struct {
    rp_table_id table;
    const char *row;
} rows[] = {
    {RP_CLIENTS, "client_id=c2|gender=2|language=fr"},
    {RP_CLIENTS, "client_id=c1|gender=1|language=en"},
    {RP_PRACTITIONERS, "practitioner_id=p|from=2024-01-01"},
    {RP_REFERRALS, "referral_id=r2|client_id=c2|received=2024-01-10|problem=Z1|arm=a"},
    {RP_REFERRALS, "referral_id=r1|client_id=c1|received=2024-01-09|problem=A1|sex=f"},
    {RP_REFERRALS, "referral_id=r0|client_id=c1|received=never"},
    {RP_CONTACTS, "contact_id=k2|referral_id=r2|date=2024-01-11|practitioner_id=p|minutes=50"},
    {RP_CONTACTS, "contact_id=k1|referral_id=r0|date=2024-01-11"},
    {RP_ADMINISTRATIONS, "administration_id=a2|referral_id=r2|date=2024-01-11|instrument=three|version=1|rater=client"},
    {RP_ADMINISTRATIONS,
     "administration_id=a1|referral_id=r2|date=2024-01-11|instrument=three|version=1|rater=client|supersedes=a2"},
    {RP_RESPONSES, "administration_id=a1|item=1|value=1"},
    {RP_RESPONSES, "administration_id=a1|item=2|value=declined"},
    {RP_RESPONSES, "administration_id=a1|item=3|value=9"},
    {RP_SCORES, "administration_id=a2|scale=total|value=4.5"},
    {RP_SCORES, "administration_id=a2|scale=total|value=4"},
    {RP_STORIES, "referral_id=r1|words=what was told"},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

/* Adds and seals; false where memory ran out, which must have been said. */
static bool fill(world *w) {
    if (!world_make(w))
        return false;
    if (rp_record_extra(w->record, RP_REFERRALS, "sex") < 0)
        return false;
    for (uint32_t i = 0; i < N_ROWS; i++) {
        w->error = (rp_error){0};
        rp_cell cells[MOST_CELLS];
        size_t n = cells_of(w->record, rows[i].table, rows[i].row, i + 2, cells);
        if (rp_record_add(w->record, rows[i].table, cells, n, (rp_place){{0, N_ROWS - i}, 0, 0}, &w->error) ==
            RP_PUT_FAILED) {
            assert_int_equal(w->error.code, RP_E_MEMORY);
            assert_false(rp_record_seal(w->record, &w->error));
            return false;
        }
    }
    rp_record_reject(w->record, (rp_place){{1, 2}, 0, 0}, "unreadable");
    const rp_about about = {.name = "A service"};
    w->error = (rp_error){0};
    return rp_record_describe(w->record, &about, &w->error) && rp_record_seal(w->record, &w->error);
}

static void running_out_is_told(void **state) {
    (void)state;
    world w = begin(); /* instruments are made beforehand, and stay */
    bool done = false;
    long n = 1;
    for (; !done; n++) {
        rp_arena *own = w.arena;
        w.arena = rp_arena_new(0);
        w.faults = rp_faults_new(w.arena, 100);
        assert_true(w.arena && w.faults && n < 100000);
        w.error = (rp_error){0};
        rp_memory_fail_after(n);
        done = fill(&w);
        rp_memory_fail_after(0);
        if (!done)
            assert_int_equal(w.error.code, w.error.message[0] ? RP_E_MEMORY : RP_OK); /* rp_record_extra has no error */
        else
            assert_int_equal(rp_record_rows(w.record, RP_REFERRALS), 2);
        rp_arena_free(w.arena);
        w.arena = own;
    }
    assert_true(n > 300); /* there were that many places to fail */
    end(&w);
}

/* A limit on the arena is met in the same way. */
static void a_limit_is_told(void **state) {
    (void)state;
    world w = begin();
    rp_arena *own = w.arena;
    size_t refused = 0;
    for (size_t limit = 40000; limit < 400000; limit += 9973) {
        w.arena = rp_arena_new(limit);
        w.faults = rp_faults_new(w.arena, 100);
        refused += !fill(&w);
        rp_arena_free(w.arena);
    }
    assert_true(refused > 0);
    w.arena = own;
    end(&w);
}

/* The design: a million administrations fit in some hundred MB. Here fifty thousand, with a score each. */
static void a_record_is_small(void **state) {
    (void)state;
    enum { N = 50000, PER_REFERRAL = 10 };
    world w = begin();
    size_t before = rp_arena_bytes(w.arena);
    char text[256];
    for (uint32_t i = 0; i < N / PER_REFERRAL; i++) {
        snprintf(text, sizeof text, "referral_id=r%u|client_id=c%u|received=2024-01-01", (unsigned)i, (unsigned)i);
        kept(&w, i + 2, RP_REFERRALS, text);
    }
    for (uint32_t i = 0; i < N; i++) {
        snprintf(text, sizeof text,
                 "administration_id=a%u|referral_id=r%u|date=2024-01-%02u|instrument=phq-9|version=1|rater=client|"
                 "status=complete",
                 (unsigned)(N - i), (unsigned)i / PER_REFERRAL, (unsigned)(i % 28) + 1);
        kept(&w, i + 2, RP_ADMINISTRATIONS, text);
        snprintf(text, sizeof text, "administration_id=a%u|scale=total|value=%u", (unsigned)(N - i), (unsigned)i % 28);
        assert_int_equal(put_at(&w, 1, i + 2, RP_SCORES, text), RP_PUT_KEPT);
    }
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), N);
    double each = (double)(rp_arena_bytes(w.arena) - before) / N;
    print_message("%.0f bytes an administration with one score\n", each);
    assert_true(each < 300);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_out_is_told),
        cmocka_unit_test(a_limit_is_told),
        cmocka_unit_test(a_record_is_small),
    };
    return cmocka_run_group_tests_name("record: memory", tests, NULL, NULL);
}
