/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for why a value is not there. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "rapport/table.h"

static void each_kind_has_a_word_that_reads_back(void **state) {
    (void)state;
    for (int kind = RP_MISSING; kind < RP_MISSING_KINDS; kind++) {
        rp_missing back = RP_PRESENT;
        assert_true(rp_missing_parse(rp_text_of(rp_missing_name((rp_missing)kind)), &back));
        assert_int_equal(back, kind);
    }
    assert_string_equal(rp_missing_name(RP_OFFERED_NOT_DONE), "offered_not_done");
    assert_string_equal(rp_missing_name(RP_DECLINED), "declined");
    assert_string_equal(rp_missing_name(RP_SUPPRESSED), "suppressed");
}

static void nothing_is_missing_without_a_reason(void **state) {
    (void)state;
    rp_missing kind = RP_ROUNDED;
    assert_true(rp_missing_parse(rp_text_of(""), &kind));
    assert_int_equal(kind, RP_MISSING);
    kind = RP_ROUNDED;
    assert_true(rp_missing_parse((rp_text){0}, &kind));
    assert_int_equal(kind, RP_MISSING);
}

static void other_words_are_refused_and_change_nothing(void **state) {
    (void)state;
    static const char *const others[] = {"present", "Declined", "declined ", "NA", "not due", "roun"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        rp_missing kind = RP_TECHNICAL;
        assert_false(rp_missing_parse(rp_text_of(others[i]), &kind));
        assert_int_equal(kind, RP_TECHNICAL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_word_that_reads_back),
        cmocka_unit_test(nothing_is_missing_without_a_reason),
        cmocka_unit_test(other_words_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests_name("table: missing kinds", tests, NULL, NULL);
}
