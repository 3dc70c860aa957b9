/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealing: keys, references, what is carried, order, indexes, rejects and counts. */
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

static void referral(world *w, uint32_t line, const char *id) {
    char text[96];
    snprintf(text, sizeof text, "referral_id=%s|client_id=c-%s", id, id);
    kept(w, line, RP_REFERRALS, text);
}

static void administration(world *w, uint32_t line, const char *id, const char *referral_id, const char *more) {
    char text[512];
    snprintf(text, sizeof text, "administration_id=%s|referral_id=%s|instrument=three|version=1|rater=client|%s", id,
             referral_id, more);
    kept(w, line, RP_ADMINISTRATIONS, text);
}

/* ---- keys ---- */

static void the_second_of_a_key_falls(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_CLIENTS, "client_id=a|birth_year=1980");
    kept(&w, 3, RP_CLIENTS, "client_id=b");
    kept(&w, 4, RP_CLIENTS, "birth_year=1990|client_id=a");
    seal(&w);
    assert_fault(&w, "key_duplicate", RP_FAULT_ROW, FIRST_INPUT, 4, 6,
                 "client_id 'a' was given before, in record.h line 2.");
    assert_int_equal(rp_record_rows(w.record, RP_CLIENTS), 2);
    assert_int_equal(rp_record_int(w.record, RP_CLIENTS, column(RP_CLIENTS, "birth_year"), 0), 1980);
    assert_int_equal(rp_record_rejected(w.record, RP_CLIENTS, false), 1);
    end(&w);
}

/* The place in the inputs decides, not the order of arrival. */
static void the_earlier_line_keeps_the_key(void **state) {
    (void)state;
    world w = begin();
    assert_int_equal(put_at(&w, 1, 2, RP_CLIENTS, "client_id=a|birth_year=1980"), RP_PUT_KEPT);
    kept(&w, 9, RP_CLIENTS, "client_id=a|birth_year=1990");
    kept(&w, 5, RP_CLIENTS, "client_id=a|birth_year=2000");
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_CLIENTS), 1);
    assert_int_equal(rp_record_int(w.record, RP_CLIENTS, column(RP_CLIENTS, "birth_year"), 0), 2000);
    assert_int_equal(rp_faults_count(w.faults, RP_FAULT_ROW), 2);
    end(&w);
}

/* A row that fell by its own values does not hold the key: its correction stands. */
static void a_fallen_row_holds_no_key(void **state) {
    (void)state;
    world w = begin();
    assert_int_equal(put_at(&w, 0, 2, RP_REFERRALS, "referral_id=r|client_id=c|received=soon"), RP_PUT_REJECTED);
    referral(&w, 3, "r");
    administration(&w, 4, "a", "r", "occasion=1");
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_ADMINISTRATIONS), 1);
    assert_int_equal(rp_faults_total(w.faults), 1);
    end(&w);
}

static void practitioners_come_again(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_PRACTITIONERS, "practitioner_id=p|from=2024-01-01|in_training=false");
    kept(&w, 3, RP_PRACTITIONERS, "practitioner_id=p|from=2022-01-01|in_training=true");
    kept(&w, 4, RP_PRACTITIONERS, "practitioner_id=p|from=2024-01-01|role=nurse");
    kept(&w, 5, RP_QUALIFICATIONS, "practitioner_id=p|level=10|awarded=2023-06-01");
    kept(&w, 6, RP_QUALIFICATIONS, "practitioner_id=p|level=11|awarded=2021-06-01");
    referral(&w, 7, "r");
    kept(&w, 8, RP_CONTACTS, "contact_id=k|referral_id=r|occasion=1|practitioner_id=p");
    seal(&w);
    assert_fault(&w, "key_duplicate", RP_FAULT_ROW, FIRST_INPUT, 4, 1, "'p' was given before from the same date");
    assert_int_equal(rp_record_rows(w.record, RP_PRACTITIONERS), 2);
    int training = column(RP_PRACTITIONERS, "in_training");
    assert_int_equal(rp_record_bool(w.record, RP_PRACTITIONERS, training, 0), 1); /* in order of from */
    assert_int_equal(rp_record_bool(w.record, RP_PRACTITIONERS, training, 1), 0);
    assert_int_equal(rp_record_refers(w.record, RP_CONTACTS, column(RP_CONTACTS, "practitioner_id"), 0), 0);
    for (size_t row = 0; row < 2; row++) {
        rp_rows held = rp_record_children(w.record, RP_QUALIFICATIONS, row);
        assert_int_equal(held.n, 2);
        assert_string_equal(rp_record_code_text(w.record, RP_QUALIFICATIONS, 1, held.at[0]), "11");
    }
    end(&w);
}

static void answers_and_scores_once_each(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r");
    administration(&w, 3, "a", "r", "occasion=1");
    administration(&w, 4, "b", "r", "occasion=2");
    kept(&w, 5, RP_RESPONSES, "administration_id=a|item=1|value=1");
    kept(&w, 6, RP_RESPONSES, "administration_id=b|item=1|value=2");
    kept(&w, 7, RP_RESPONSES, "administration_id=a|item=1|value=3");
    kept(&w, 8, RP_SCORES, "administration_id=a|scale=pair|value=4");
    kept(&w, 9, RP_SCORES, "administration_id=b|scale=pair|value=");
    kept(&w, 10, RP_SCORES, "administration_id=b|scale=pair|value=5");
    seal(&w);
    assert_fault(&w, "key_duplicate", RP_FAULT_ROW, FIRST_INPUT, 7, 3,
                 "item '1' of this administration was given before, in record.h line 5.");
    assert_int_equal(rp_record_rows(w.record, RP_RESPONSES), 2);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 3); /* one without a value says nothing twice */
    end(&w);
}

/* ---- references ---- */

static void what_was_never_there(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r");
    kept(&w, 3, RP_CONTACTS, "contact_id=k|referral_id=s|occasion=1");
    kept(&w, 4, RP_ACTIVITIES, "activity_id=v|contact_id=k");
    seal(&w);
    assert_fault(&w, "reference_missing", RP_FAULT_ROW, FIRST_INPUT, 3, 3,
                 "referral_id names 's', which is not in referrals.");
    assert_fault(&w, "carried", RP_FAULT_ROW, FIRST_INPUT, 4, 0,
                 "Rows of activities left out because the row of contacts");
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, false), 1);
    assert_int_equal(rp_record_rejected(w.record, RP_ACTIVITIES, true), 1);
    end(&w);
}

static void references_to_tables_that_were_not_given(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c|service_id=s|previous_referral_id=");
    kept(&w, 3, RP_QUALIFICATIONS, "practitioner_id=p|level=10");
    administration(&w, 4, "a", "r", "contact_id=k|occasion=1");
    kept(&w, 5, RP_DISCLOSURES, "referral_id=r|by=p");
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_int_equal(rp_record_refers(w.record, RP_REFERRALS, column(RP_REFERRALS, "client_id"), 0), -1);
    assert_string_equal(rp_record_id_text(w.record, RP_REFERRALS, column(RP_REFERRALS, "client_id"), 0), "c");
    assert_int_equal(rp_record_refers(w.record, RP_REFERRALS, column(RP_REFERRALS, "previous_referral_id"), 0), -1);
    assert_int_equal(rp_record_rows(w.record, RP_QUALIFICATIONS), 1);
    end(&w);
}

static void references_to_tables_that_were_given(void **state) {
    (void)state;
    static const struct {
        rp_table_id given;
        const char *row;
        rp_table_id table;
        const char *bad;
        int64_t column;
    } cases[] = {
        {RP_CLIENTS, "client_id=other", RP_REFERRALS, "referral_id=x|client_id=c", 3},
        {RP_SERVICES, "service_id=other", RP_REFERRALS, "referral_id=x|client_id=c|service_id=s", 5},
        {RP_PRACTITIONERS, "practitioner_id=other", RP_QUALIFICATIONS, "practitioner_id=p", 1},
        {RP_PRACTITIONERS, "practitioner_id=other", RP_PRACTITIONERS, "practitioner_id=p|supervisor_id=q", 3},
        {RP_REFERRALS, "referral_id=r|client_id=c", RP_REFERRALS, "referral_id=x|client_id=c|previous_referral_id=q",
         5},
        {RP_PRACTITIONERS, "practitioner_id=other", RP_CONTACTS,
         "contact_id=k|referral_id=r|occasion=1|practitioner_id=p", 7},
        {RP_CONTACTS, "contact_id=k|referral_id=r|occasion=1", RP_RISKS, "risk_id=k|referral_id=r|contact_id=m", 5},
        {RP_GOALS, "goal_id=g|referral_id=r", RP_GOAL_RATINGS, "goal_id=h|rating=1", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w = begin();
        if (cases[i].given != RP_CLIENTS && cases[i].given != RP_REFERRALS)
            kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c");
        kept(&w, 3, cases[i].given, cases[i].row);
        kept(&w, 4, cases[i].table, cases[i].bad);
        seal(&w);
        assert_int_equal(rp_faults_total(w.faults), 1);
        assert_fault(&w, "reference_missing", RP_FAULT_ROW, FIRST_INPUT, 4, cases[i].column, "which is not in");
        assert_int_equal(rp_record_rejected(w.record, cases[i].table, false), 1);
        end(&w);
    }
}

static void a_table_without_its_parents(void **state) {
    (void)state;
    world w = begin();
    for (uint32_t line = 2; line < 40; line++) {
        char text[96];
        snprintf(text, sizeof text, "contact_id=k%u|referral_id=r%u|occasion=1", (unsigned)line, (unsigned)line);
        kept(&w, line, RP_CONTACTS, text);
    }
    seal(&w);
    assert_fault(&w, "table_missing", RP_FAULT_FILE, FIRST_INPUT, 0, 0,
                 "contacts needs referrals, and no referrals were given.");
    assert_fault(&w, "carried", RP_FAULT_ROW, FIRST_INPUT, 2, 0, "not given: 38.");
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, true), 38);
    assert_int_equal(rp_record_rows(w.record, RP_CONTACTS), 0);
    end(&w);
}

static void the_row_that_is_named_belongs_elsewhere(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r1|client_id=c");
    kept(&w, 3, RP_REFERRALS, "referral_id=r2|client_id=d");
    kept(&w, 4, RP_CONTACTS, "contact_id=k|referral_id=r1|occasion=1");
    kept(&w, 5, RP_DISCLOSURES, "referral_id=r1|contact_id=k");
    kept(&w, 6, RP_DISCLOSURES, "referral_id=r2|contact_id=k");
    seal(&w);
    assert_fault(&w, "reference_mismatch", RP_FAULT_ROW, FIRST_INPUT, 6, 4,
                 "contact_id names 'k', whose referral_id is 'r1'; this row's is 'r2'.");
    assert_int_equal(rp_record_rows(w.record, RP_DISCLOSURES), 1);
    end(&w);
    w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r1|client_id=c");
    kept(&w, 3, RP_REFERRALS, "referral_id=r2|client_id=c|previous_referral_id=r1");
    kept(&w, 4, RP_REFERRALS, "referral_id=r3|client_id=d|previous_referral_id=r1");
    seal(&w);
    assert_fault(&w, "reference_mismatch", RP_FAULT_ROW, FIRST_INPUT, 4, 6, "whose client_id is 'c'");
    assert_int_equal(rp_record_refers(w.record, RP_REFERRALS, column(RP_REFERRALS, "previous_referral_id"), 1), 0);
    end(&w);
}

/* What names a fallen row without hanging on it stays. */
static void a_fallen_practitioner_takes_nobody_along(void **state) {
    (void)state;
    world w = begin();
    assert_int_equal(put_at(&w, 0, 2, RP_PRACTITIONERS, "practitioner_id=p|role=wizard"), RP_PUT_REJECTED);
    referral(&w, 3, "r");
    for (uint32_t line = 4; line < 10; line++) {
        char text[96];
        snprintf(text, sizeof text, "contact_id=k%u|referral_id=r|occasion=1|practitioner_id=p", (unsigned)line);
        kept(&w, 13 - line, RP_CONTACTS, text);
    }
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_CONTACTS), 6);
    assert_int_equal(rp_faults_total(w.faults), 1);
    assert_fault(&w, "reference_rejected", RP_FAULT_NOTE, FIRST_INPUT, 4, 0,
                 "Rows of contacts whose practitioner_id names a row of practitioners that was rejected: 6.");
    assert_int_equal(rp_record_refers(w.record, RP_CONTACTS, column(RP_CONTACTS, "practitioner_id"), 0), -1);
    end(&w);
}

/* ---- what is carried ---- */

/* The design's sentence: "12 referrals rejected, with 48 contacts and 96 administrations". */
static void the_sentence_of_the_design(void **state) {
    (void)state;
    world w = begin();
    uint32_t line = 2;
    char text[160];
    for (int r = 0; r < 15; r++, line++) {
        snprintf(text, sizeof text, "referral_id=r%d|client_id=c%s", r, r < 12 ? "|received=unknown" : "");
        assert_int_equal(put_at(&w, 0, line, RP_REFERRALS, text), r < 12 ? RP_PUT_REJECTED : RP_PUT_KEPT);
    }
    for (int k = 0; k < 60; k++, line++) {
        snprintf(text, sizeof text, "contact_id=k%d|referral_id=r%d|occasion=1", k, k / 4);
        kept(&w, line, RP_CONTACTS, text);
    }
    for (int a = 0; a < 120; a++, line++) {
        snprintf(text, sizeof text, "occasion=1|contact_id=k%d", a / 2);
        char id[16], of[16];
        snprintf(id, sizeof id, "a%d", a);
        snprintf(of, sizeof of, "r%d", a / 8);
        administration(&w, line, id, of, text);
        snprintf(text, sizeof text, "administration_id=a%d|scale=total|value=3", a);
        kept(&w, line, RP_SCORES, text);
    }
    seal(&w);
    assert_int_equal(rp_record_rejected(w.record, RP_REFERRALS, false), 12);
    assert_int_equal(rp_record_rejected(w.record, RP_REFERRALS, true), 0);
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, true), 48);
    assert_int_equal(rp_record_rejected(w.record, RP_ADMINISTRATIONS, true), 96);
    assert_int_equal(rp_record_rejected(w.record, RP_SCORES, true), 96);
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, false), 0);
    assert_int_equal(rp_record_rows(w.record, RP_REFERRALS), 3);
    assert_int_equal(rp_record_rows(w.record, RP_CONTACTS), 12);
    assert_int_equal(rp_record_rows(w.record, RP_ADMINISTRATIONS), 24);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 24);
    assert_int_equal(rp_faults_count(w.faults, RP_FAULT_ROW), 12 + 3); /* and one line for each table carried */
    /* Lines: 12 + 48 + 96, a score's line being its administration's. */
    assert_int_equal(rp_record_rejects(w.record), 156);
    assert_int_equal(rp_record_input_at(w.record, 0)->rows, 15 + 60 + 120);
    assert_int_equal(rp_record_input_at(w.record, 0)->rejected, 156);
    size_t carried = 0;
    for (size_t i = 0; i < rp_record_rejects(w.record); i++) {
        const rp_reject *one = rp_record_reject_at(w.record, i);
        assert_true(i == 0 || one->place.origin.line > rp_record_reject_at(w.record, i - 1)->place.origin.line);
        assert_true(one->place.offset == one->place.origin.line * 100 && one->place.length == 50);
        carried += one->carried;
    }
    assert_int_equal(carried, 144);
    end(&w);
}

/* A rejected key is known as such however the ids are renumbered when they are put in order. */
static void carried_whatever_the_order_of_ids(void **state) {
    (void)state;
    world w = begin();
    char text[128];
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "referral_id=r%d|client_id=c%s", 999 - i, i % 3 == 0 ? "|ended=x" : "");
        put_at(&w, 0, (uint32_t)i + 2, RP_REFERRALS, text);
        snprintf(text, sizeof text, "contact_id=k%d|referral_id=r%d|occasion=1", i, 999 - i);
        kept(&w, (uint32_t)i + 300, RP_CONTACTS, text);
    }
    seal(&w);
    assert_int_equal(rp_record_rejected(w.record, RP_REFERRALS, false), 67); /* by hand: 0, 3 ... 198 */
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, true), 67);
    assert_int_equal(rp_record_rejected(w.record, RP_CONTACTS, false), 0);
    end(&w);
}

/* ---- superseding ---- */

static void chains_are_followed(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r");
    administration(&w, 3, "a", "r", "occasion=1");
    administration(&w, 4, "b", "r", "occasion=1|supersedes=a");
    administration(&w, 5, "c", "r", "occasion=1|supersedes=b");
    administration(&w, 6, "d", "r", "occasion=2");
    kept(&w, 7, RP_RESPONSES, "administration_id=a|item=1|value=1");
    kept(&w, 8, RP_RESPONSES, "administration_id=a|item=2|value=1");
    kept(&w, 9, RP_RESPONSES, "administration_id=c|item=1|value=2");
    kept(&w, 10, RP_RESPONSES, "administration_id=c|item=2|value=2");
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_int_equal(rp_record_rows(w.record, RP_ADMINISTRATIONS), 4);
    const bool out[] = {true, true, false, false};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rp_record_superseded(w.record, i), out[i]);
    rp_rows children = rp_record_children(w.record, RP_ADMINISTRATIONS, 0);
    assert_true(children.n == 2 && children.at[0] == 2 && children.at[1] == 3);
    assert_int_equal(rp_record_rows(w.record, RP_SCORES), 2); /* of c, total and pair; none of a */
    assert_int_equal(rp_record_refers(w.record, RP_SCORES, 0, 0), 2);
    end(&w);
}

static void circles_fall(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r");
    administration(&w, 3, "a", "r", "occasion=1|supersedes=c");
    administration(&w, 4, "b", "r", "occasion=1|supersedes=a");
    administration(&w, 5, "c", "r", "occasion=1|supersedes=b");
    administration(&w, 6, "d", "r", "occasion=1|supersedes=b"); /* hangs at the circle, is not of it */
    administration(&w, 7, "e", "r", "occasion=2|supersedes=e");
    administration(&w, 8, "f", "r", "occasion=3");
    kept(&w, 9, RP_SCORES, "administration_id=a|scale=total|value=3");
    seal(&w);
    size_t told = 0;
    for (size_t i = 0; i < rp_faults_kept(w.faults); i++)
        told += strcmp(rp_faults_at(w.faults, i)->rule, "supersedes_cycle") == 0;
    assert_int_equal(told, 4);
    assert_int_equal(rp_record_rejected(w.record, RP_ADMINISTRATIONS, false), 4);
    assert_int_equal(rp_record_rejected(w.record, RP_SCORES, true), 1);
    assert_int_equal(rp_record_rows(w.record, RP_ADMINISTRATIONS), 2);
    rp_rows children = rp_record_children(w.record, RP_ADMINISTRATIONS, 0);
    assert_int_equal(children.n, 2);
    end(&w);
}

/* ---- order and indexes ---- */

static void rows_are_in_key_order(void **state) {
    (void)state;
    world w = begin();
    static const char *const ids[] = {
        "r10", "r9", "R1", "r1", "\xc3\xa9", "a-long-id-of-many-bytes", "a-long-id-of-man"};
    for (uint32_t i = 0; i < 7; i++)
        referral(&w, i + 2, ids[i]);
    seal(&w);
    /* Byte order: sorted(…) of the UTF-8 bytes, R 4.2 sort(method = "radix") in the C locale */
    static const char *const wanted[] = {"R1", "a-long-id-of-man", "a-long-id-of-many-bytes", "r1", "r10",
                                         "r9", "\xc3\xa9"};
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(rp_record_id_text(w.record, RP_REFERRALS, 0, i), wanted[i]);
        assert_int_equal(rp_record_refers(w.record, RP_REFERRALS, 0, i), i);
        assert_int_equal(rp_record_id(w.record, RP_REFERRALS, 0, i), i);
    }
    assert_int_equal(rp_record_origin(w.record, RP_REFERRALS, 0).line, 4);
    end(&w);
}

/* Keys that come nearly in order, and keys that come in none, each with a row that falls among them: ids, rows and what
 * refers to them go by byte order in the end. */
static void whatever_the_order_of_many_keys(void **state) {
    (void)state;
    enum { N = 500 };
    for (int scrambled = 0; scrambled <= 1; scrambled++) {
        world w = begin();
        char text[96];
        for (uint32_t i = 0; i < N; i++) {
            uint32_t number = scrambled ? i * 7 % N : i / 4 * 4 + (i + 1) % 4; /* 7 and 500 have no common divisor */
            snprintf(text, sizeof text, "referral_id=r%03u|client_id=c%03u%s", number, N - 1 - number,
                     number == 77 ? "|received=yesterday" : "");
            assert_int_equal(put_at(&w, 0, i + 2, RP_REFERRALS, text), number == 77 ? RP_PUT_REJECTED : RP_PUT_KEPT);
        }
        seal(&w);
        assert_int_equal(rp_record_rows(w.record, RP_REFERRALS), N - 1);
        for (uint32_t row = 0; row < N - 1; row++) {
            uint32_t number = row < 77 ? row : row + 1;
            snprintf(text, sizeof text, "r%03u", number);
            assert_string_equal(rp_record_id_text(w.record, RP_REFERRALS, 0, row), text);
            assert_int_equal(rp_record_refers(w.record, RP_REFERRALS, 0, row), row);
            snprintf(text, sizeof text, "c%03u", N - 1 - number);
            assert_string_equal(rp_record_id_text(w.record, RP_REFERRALS, 1, row), text);
        }
        end(&w);
    }
}

/* The definition of counting many: those that there are, one by one, in any order of rows. */
static void having_many_is_having_each(void **state) {
    (void)state;
    enum { N = 300 }; /* more than the first pieces of a column hold */
    world w = begin();
    char text[256];
    for (uint32_t i = 0; i < N; i++) {
        snprintf(text, sizeof text, "client_id=c%03u|birth_year=%s|gender=%s|needs_interpreter=%s|language=%s", i,
                 i % 3 ? "1980" : "", i % 5 ? "2" : "", i % 7 ? "false" : "", i > 200 ? "en" : "");
        kept(&w, i + 2, RP_CLIENTS, text);
    }
    kept(&w, 999, RP_CLIENTS, "client_id=c-r");
    referral(&w, 1000, "r");
    administration(&w, 1001, "a", "r", "date=2024-01-02|started=2024-01-02T10:00:00Z");
    kept(&w, 1002, RP_RESPONSES, "administration_id=a|item=1|value=2");
    kept(&w, 1003, RP_RESPONSES, "administration_id=a|item=2|value=declined");
    kept(&w, 1004, RP_STORIES, "referral_id=r|date=2024-01-02|words=Well.");
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_RESPONSES), 2);
    size_t counted = 0;
    for (int t = 0; t < RP_TABLES; t++)
        for (int c = 0; c < (int)rp_record_columns(w.record, (rp_table_id)t); c++)
            for (uint32_t step = 1; step < N; step = 3 * step + 1) {
                uint32_t rows[N + 1], n = (uint32_t)rp_record_rows(w.record, (rp_table_id)t);
                size_t having = 0;
                for (uint32_t i = 0; i < n; i++) {
                    rows[i] = i * step % n;
                    having += rp_record_has(w.record, (rp_table_id)t, c, rows[i]);
                }
                assert_int_equal(rp_record_having(w.record, (rp_table_id)t, c, (rp_rows){rows, n}), having);
                counted += having;
            }
    assert_true(counted > N);
    end(&w);
}

static void children_are_in_order(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r2");
    referral(&w, 3, "r1");
    kept(&w, 4, RP_CONTACTS, "contact_id=k9|referral_id=r1|date=2024-03-01");
    kept(&w, 5, RP_CONTACTS, "contact_id=k1|referral_id=r1|date=2024-03-01");
    kept(&w, 6, RP_CONTACTS, "contact_id=k5|referral_id=r1|date=2024-01-01");
    kept(&w, 7, RP_CONTACTS, "contact_id=k4|referral_id=r1|date=2024-03-01|occasion=-2");
    kept(&w, 8, RP_CONTACTS, "contact_id=k0|referral_id=r2|date=2024-01-01");
    kept(&w, 9, RP_STORIES, "referral_id=r2|date=2024-05-01|words=later");
    kept(&w, 10, RP_STORIES, "referral_id=r1|date=2024-05-01|words=other");
    kept(&w, 11, RP_STORIES, "referral_id=r2|date=2024-04-01|words=earlier");
    seal(&w);
    rp_rows rows = rp_record_children(w.record, RP_CONTACTS, 0);
    static const char *const wanted[] = {"k5", "k1", "k9", "k4"}; /* no occasion comes before any */
    assert_int_equal(rows.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(rp_record_id_text(w.record, RP_CONTACTS, 0, rows.at[i]), wanted[i]);
    assert_int_equal(rp_record_children(w.record, RP_CONTACTS, 1).n, 1);
    static const char *const words[] = {"other", "earlier", "later"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(rp_record_text(w.record, RP_STORIES, 2, i), words[i]);
    rows = rp_record_children(w.record, RP_STORIES, 1);
    assert_true(rows.n == 2 && rows.at[0] == 1 && rows.at[1] == 2);
    assert_int_equal(rp_record_children(w.record, RP_EVENTS, 0).n, 0);
    end(&w);
}

/* Every child of every parent names that parent, and every row is somebody's child, once. */
static void children_are_the_inverse_of_references(void **state) {
    (void)state;
    world w = begin();
    char text[128];
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "client_id=c%d", i % 7);
        put_at(&w, 0, (uint32_t)i + 2, RP_CLIENTS, text);
        snprintf(text, sizeof text, "referral_id=r%d|client_id=c%d", i, (i * 5) % 9); /* some of no client */
        put_at(&w, 0, (uint32_t)i + 40, RP_REFERRALS, text);
    }
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "contact_id=k%d|referral_id=r%d|occasion=%d", i, (i * 7) % 40, i % 11);
        put_at(&w, 0, (uint32_t)i + 100, RP_CONTACTS, text);
        snprintf(text, sizeof text, "contact_id=k%d|protocol=p%d", (i * 13) % 330, i % 4);
        put_at(&w, 1, (uint32_t)i + 2, RP_PROTOCOLS, text);
    }
    seal(&w);
    static const rp_table_id pairs[][2] = {
        {RP_CLIENTS, RP_REFERRALS}, {RP_REFERRALS, RP_CONTACTS}, {RP_CONTACTS, RP_PROTOCOLS}};
    for (size_t p = 0; p < 3; p++) {
        size_t found = 0;
        int parent = p == 2 ? 0 : 1;
        for (size_t row = 0; row < rp_record_rows(w.record, pairs[p][0]); row++) {
            rp_rows children = rp_record_children(w.record, pairs[p][1], row);
            for (size_t i = 0; i < children.n; i++, found++)
                assert_int_equal(rp_record_refers(w.record, pairs[p][1], parent, children.at[i]), row);
        }
        assert_int_equal(found, rp_record_rows(w.record, pairs[p][1]));
        assert_true(found > 0 && rp_record_rejected(w.record, pairs[p][1], false) > 0);
    }
    end(&w);
}

/* ---- inputs and rejects ---- */

static void lines_are_counted_once(void **state) {
    (void)state;
    world w = begin();
    for (uint32_t line = 2; line < 6; line++) { /* a wide file: a referral, an administration, two scores a line */
        char id[8], text[96];
        snprintf(id, sizeof id, "x%u", (unsigned)line);
        referral(&w, line, id);
        administration(&w, line, id, id, "occasion=1");
        snprintf(text, sizeof text, "administration_id=%s|scale=total|value=%d", id, line == 3 ? 10 : 9);
        kept(&w, line, RP_SCORES, text);
        snprintf(text, sizeof text, "administration_id=%s|scale=pair|value=6", id);
        kept(&w, line, RP_SCORES, text);
    }
    rp_record_reject(w.record, (rp_place){{0, 6}, 600, 50}, "unreadable");
    assert_int_equal(put_at(&w, 0, 7, RP_REFERRALS, "referral_id=y|client_id=c|ended=x"), RP_PUT_REJECTED);
    kept(&w, 7, RP_CONTACTS, "contact_id=y|referral_id=y|occasion=1");
    kept(&w, 2, RP_PLANS, "referral_id=x2"); /* a second pass over the file */
    assert_int_equal(put_at(&w, 1, 2, RP_SCORES, "administration_id=x4|scale=other|value=1"), RP_PUT_KEPT);
    assert_int_equal(put_at(&w, 1, 3, RP_SCORES, "administration_id=x2|scale=pair|value=7"), RP_PUT_KEPT);
    seal(&w);
    const rp_record_input_info *first = rp_record_input_at(w.record, 0), *second = rp_record_input_at(w.record, 1);
    assert_int_equal(first->rows, 6);     /* lines 2-7 */
    assert_int_equal(first->rejected, 2); /* 6 and 7; of line 3 one value alone was out of range */
    assert_int_equal(second->rows, 2);
    assert_int_equal(second->rejected, 1); /* that line held nothing else */
    static const struct {
        uint32_t input, line;
        const char *rule;
    } wanted[] = {{0, 3, "score_range"}, {0, 6, "unreadable"}, {0, 7, "type"}, {1, 3, "key_duplicate"}};
    assert_int_equal(rp_record_rejects(w.record), 4);
    for (size_t i = 0; i < 4; i++) {
        const rp_reject *one = rp_record_reject_at(w.record, i);
        assert_true(one->place.origin.input == wanted[i].input && one->place.origin.line == wanted[i].line);
        assert_string_equal(one->rule, wanted[i].rule);
        assert_false(one->carried); /* what line 7 carried is in its own line */
    }
    end(&w);
}

/* Cells of one row may stand in several lines of the file: faults found late name the cell's own. */
static void late_faults_know_their_cell(void **state) {
    (void)state;
    world w = begin();
    referral(&w, 2, "r");
    rp_cell cells[MOST_CELLS];
    size_t n = cells_of(w.record, RP_GOALS, "goal_id=g|referral_id=q|words=two lines", 5, cells);
    cells[1].line = 7;
    cells[1].column = 12;
    assert_int_equal(rp_record_add(w.record, RP_GOALS, cells, n, (rp_place){{0, 5}, 0, 0}, &w.error), RP_PUT_KEPT);
    seal(&w);
    assert_fault(&w, "reference_missing", RP_FAULT_ROW, FIRST_INPUT, 7, 12, "'q'");
    end(&w);
}

static void early_dates_are_noted(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c|received=2024-02-01");
    kept(&w, 3, RP_CONTACTS, "contact_id=k1|referral_id=r|date=2024-02-01");
    kept(&w, 5, RP_CONTACTS, "contact_id=k2|referral_id=r|date=2024-01-31");
    kept(&w, 4, RP_CONTACTS, "contact_id=k3|referral_id=r|date=2024-01-30");
    seal(&w);
    assert_fault(&w, "before_referral", RP_FAULT_NOTE, FIRST_INPUT, 4, 6,
                 "Rows of contacts dated before their referral was received: 2.");
    assert_int_equal(rp_record_rows(w.record, RP_CONTACTS), 3);
    assert_int_equal(rp_faults_total(w.faults), 0);
    end(&w);
}

static void an_empty_record(void **state) {
    (void)state;
    world w = begin();
    seal(&w);
    for (int t = 0; t < RP_TABLES; t++)
        assert_int_equal(rp_record_rows(w.record, (rp_table_id)t), 0);
    assert_int_equal(rp_record_rejects(w.record), 0);
    assert_int_equal(rp_record_input_at(w.record, 0)->rows, 0);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_of_a_key_falls),
        cmocka_unit_test(the_earlier_line_keeps_the_key),
        cmocka_unit_test(a_fallen_row_holds_no_key),
        cmocka_unit_test(practitioners_come_again),
        cmocka_unit_test(answers_and_scores_once_each),
        cmocka_unit_test(what_was_never_there),
        cmocka_unit_test(references_to_tables_that_were_not_given),
        cmocka_unit_test(references_to_tables_that_were_given),
        cmocka_unit_test(a_table_without_its_parents),
        cmocka_unit_test(the_row_that_is_named_belongs_elsewhere),
        cmocka_unit_test(a_fallen_practitioner_takes_nobody_along),
        cmocka_unit_test(the_sentence_of_the_design),
        cmocka_unit_test(carried_whatever_the_order_of_ids),
        cmocka_unit_test(chains_are_followed),
        cmocka_unit_test(circles_fall),
        cmocka_unit_test(rows_are_in_key_order),
        cmocka_unit_test(whatever_the_order_of_many_keys),
        cmocka_unit_test(having_many_is_having_each),
        cmocka_unit_test(children_are_in_order),
        cmocka_unit_test(children_are_the_inverse_of_references),
        cmocka_unit_test(lines_are_counted_once),
        cmocka_unit_test(late_faults_know_their_cell),
        cmocka_unit_test(early_dates_are_noted),
        cmocka_unit_test(an_empty_record),
    };
    return cmocka_run_group_tests_name("record: sealing", tests, NULL, NULL);
}
