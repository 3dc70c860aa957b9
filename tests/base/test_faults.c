/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults: all are counted, the first few kept in full, none lost to the count for want of memory. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

static void kept_up_to_the_limit_counted_beyond(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 3);
    for (int i = 1; i <= 5; i++)
        rp_faults_add(faults, RP_FAULT_VALUE, "a.csv", i, 2, "range", "%d is past 27.", 27 + i);
    rp_faults_add(faults, RP_FAULT_ROW, "a.csv", 6, 0, "key_missing", "There is no client.");
    rp_faults_add(faults, RP_FAULT_NOTE, NULL, 0, 0, "dates", "All dates are Mondays.");
    assert_int_equal(rp_faults_kept(faults), 3);
    assert_int_equal(rp_faults_count(faults, RP_FAULT_VALUE), 5);
    assert_int_equal(rp_faults_count(faults, RP_FAULT_ROW), 1);
    assert_int_equal(rp_faults_count(faults, RP_FAULT_NOTE), 1);
    assert_int_equal(rp_faults_count(faults, RP_FAULT_FILE), 0);
    assert_int_equal(rp_faults_total(faults), 6); /* the note is none */
    const rp_fault *second = rp_faults_at(faults, 1);
    assert_string_equal(second->file, "a.csv");
    assert_int_equal(second->line, 2);
    assert_int_equal(second->column, 2);
    assert_string_equal(second->rule, "range");
    assert_string_equal(second->message, "29 is past 27.");
    rp_arena_free(arena);
}

static void rules_are_counted_by_level(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 0);
    for (int i = 0; i < 7; i++)
        rp_faults_add(faults, i < 5 ? RP_FAULT_VALUE : RP_FAULT_ROW, "a", 1, 1, "type", "x");
    rp_faults_add(faults, RP_FAULT_VALUE, "a", 1, 1, "range", "x");
    assert_int_equal(rp_faults_kept(faults), 0);
    assert_int_equal(rp_faults_rules(faults), 3);
    static const struct {
        const char *rule;
        rp_fault_level level;
        size_t n;
    } expected[] = {{"type", RP_FAULT_VALUE, 5}, {"type", RP_FAULT_ROW, 2}, {"range", RP_FAULT_VALUE, 1}};
    for (size_t i = 0; i < 3; i++) {
        rp_fault_level level = RP_FAULT_NOTE;
        size_t n = 0;
        assert_string_equal(rp_faults_rule(faults, i, &level, &n), expected[i].rule);
        assert_int_equal(level, expected[i].level);
        assert_int_equal(n, expected[i].n);
    }
    rp_arena_free(arena);
}

static void too_many_rules_share_the_last_place(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 1);
    for (int i = 0; i < 300; i++)
        rp_faults_add(faults, RP_FAULT_ROW, "a", i, 1, rp_arena_printf(arena, "rule%d", i), "x");
    size_t sum = 0;
    for (size_t i = 0; i < rp_faults_rules(faults); i++) {
        rp_fault_level level = RP_FAULT_NOTE;
        size_t n = 0;
        const char *rule = rp_faults_rule(faults, i, &level, &n);
        sum += n;
        assert_int_equal(strcmp(rule, "other") == 0, i + 1 == rp_faults_rules(faults));
    }
    assert_int_equal(sum, 300);
    rp_arena_free(arena);
}

static void names_and_messages_are_copies_and_tidy(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 10);
    char file[] = "a.csv";
    rp_faults_add(faults, RP_FAULT_ROW, file, 1, 1, "code", "\"%s\" is no code.", "\x1b[2J");
    memcpy(file, "b.csv", sizeof file);
    rp_faults_add(faults, RP_FAULT_ROW, file, 1, 1, "code", "x");
    assert_string_equal(rp_faults_at(faults, 0)->file, "a.csv");
    assert_string_equal(rp_faults_at(faults, 0)->message, "\"?[2J\" is no code.");
    assert_string_equal(rp_faults_at(faults, 1)->file, "b.csv");
    rp_arena_free(arena);
}

static void long_messages_are_cut_at_a_whole_character(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 10);
    char wide[2001];
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(wide + i, "\xc3\xa9", 2);
    wide[2000] = '\0';
    rp_faults_add(faults, RP_FAULT_ROW, "a", 1, 1, "code", "%s", wide);
    const char *message = rp_faults_at(faults, 0)->message;
    assert_int_equal(strlen(message), 510); /* 255 letters of two bytes in 511 */
    assert_memory_equal(message, wide, 510);
    rp_arena_free(arena);
}

static void sorted_by_place_and_stable(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = rp_faults_new(arena, 1000);
    for (int i = 0; i < 200; i++)
        rp_faults_add(faults, RP_FAULT_ROW, i % 2 ? "b" : "a", 5 - i % 5, i % 3, "code", "%03d", i);
    rp_faults_sort(faults);
    assert_int_equal(rp_faults_kept(faults), 200);
    for (size_t i = 1; i < 200; i++) {
        const rp_fault *x = rp_faults_at(faults, i - 1), *y = rp_faults_at(faults, i);
        int file = strcmp(x->file, y->file);
        assert_true(file <= 0);
        if (file == 0) {
            assert_true(x->line <= y->line);
            if (x->line == y->line) {
                assert_true(x->column <= y->column);
                if (x->column == y->column)
                    assert_true(strcmp(x->message, y->message) < 0); /* messages tell the order of arrival */
            }
        }
    }
    rp_arena_free(arena);
}

static void without_memory_the_count_goes_on(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_memory_fail_after(1);
    assert_null(rp_faults_new(arena, 10));
    rp_memory_fail_after(0);
    for (long n = 1; n <= 4; n++) {
        rp_faults *faults = rp_faults_new(arena, 10);
        rp_memory_fail_after(n);
        rp_faults_add(faults, RP_FAULT_ROW, "new.csv", 1, 1, "code", "x");
        rp_memory_fail_after(0);
        assert_int_equal(rp_faults_total(faults), 1);
        assert_int_equal(rp_faults_kept(faults), n == 4); /* file, message, place in the list: three requests */
        rp_faults_add(faults, RP_FAULT_ROW, "new.csv", 2, 1, "code", "y");
        assert_string_equal(rp_faults_at(faults, rp_faults_kept(faults) - 1)->message, "y");
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_up_to_the_limit_counted_beyond),
        cmocka_unit_test(rules_are_counted_by_level),
        cmocka_unit_test(too_many_rules_share_the_last_place),
        cmocka_unit_test(names_and_messages_are_copies_and_tidy),
        cmocka_unit_test(long_messages_are_cut_at_a_whole_character),
        cmocka_unit_test(sorted_by_place_and_stable),
        cmocka_unit_test(without_memory_the_count_goes_on),
    };
    return cmocka_run_group_tests_name("base: faults", tests, NULL, NULL);
}
