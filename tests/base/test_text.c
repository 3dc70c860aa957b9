/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices: absent and empty are two things; UTF-8 is judged by the Unicode standard; "did you mean" is not pushy. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

#define TEXT(literal) ((rp_text){.at = "" literal, .n = sizeof(literal) - 1})

static void absent_is_not_empty(void **state) {
    (void)state;
    rp_text absent = rp_text_of(NULL), empty = rp_text_of("");
    assert_null(absent.at);
    assert_non_null(empty.at);
    assert_false(rp_text_equal(absent, empty));
    assert_true(rp_text_equal(absent, absent));
    assert_true(rp_text_equal(empty, TEXT("")));
    assert_true(rp_text_is(empty, ""));
    assert_false(rp_text_is(absent, ""));
    assert_true(rp_text_is(absent, NULL));
}

static void equal_is_byte_for_byte(void **state) {
    (void)state;
    assert_true(rp_text_is(TEXT("abc"), "abc"));
    assert_false(rp_text_is(TEXT("abc"), "ab"));
    assert_false(rp_text_is(TEXT("ab"), "abc"));
    assert_false(rp_text_is(TEXT("Abc"), "abc"));
    assert_false(rp_text_is(TEXT("a\0b"), "a"));
    assert_true(rp_text_equal(TEXT("a\0b"), TEXT("a\0b")));
}

static void trim_takes_blanks_and_tabs_only(void **state) {
    (void)state;
    assert_true(rp_text_is(rp_text_trim(TEXT(" \t a b\t ")), "a b"));
    assert_true(rp_text_is(rp_text_trim(TEXT(" \t ")), ""));
    assert_true(rp_text_is(rp_text_trim(TEXT("\na\r")), "\na\r"));
    assert_null(rp_text_trim(rp_text_of(NULL)).at);
}

static void utf8_as_the_standard_has_it(void **state) {
    (void)state;
    /* Unicode 15, table 3-7: first and last of each length, and the neighbours that are not well formed. */
    static const char *const good[] = {"",
                                       "a",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xef\xbf\xc0",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "ok\xfe"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(rp_text_is_utf8(rp_text_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(rp_text_is_utf8(rp_text_of(bad[i])));
    assert_true(rp_text_is_utf8(TEXT("a\0b")));
}

static const char *const columns[] = {"referral_id", "client_id", "phq9", "gad7", "date_received", "alliance"};

static const char *nearest(const char *text) {
    return rp_text_nearest(rp_text_of(text), columns, sizeof columns / sizeof *columns);
}

static void the_nearest_name_is_found(void **state) {
    (void)state;
    assert_string_equal(nearest("referal_id"), "referral_id");      /* one missing */
    assert_string_equal(nearest("clientt_id"), "client_id");        /* one too many */
    assert_string_equal(nearest("PHQ9"), "phq9");                   /* case costs nothing */
    assert_string_equal(nearest("pqh9"), "phq9");                   /* two neighbours swapped are one edit */
    assert_string_equal(nearest("phq-9"), "phq9");                  /* one too many */
    assert_string_equal(nearest("date_recieved"), "date_received"); /* swapped */
    assert_string_equal(nearest("aliance"), "alliance");
}

static void what_is_far_is_not_named(void **state) {
    (void)state;
    assert_null(nearest("age"));
    assert_null(nearest("ghq8")); /* two edits in four letters */
    assert_null(nearest("postcode"));
    assert_null(nearest(""));
    assert_null(rp_text_nearest(rp_text_of(NULL), columns, 1));
    assert_null(rp_text_nearest(rp_text_of("x"), columns, 0));
    static const char *const letters[] = {"y", NULL};
    assert_null(rp_text_nearest(rp_text_of("x"), letters, 2)); /* one edit, but nothing in common */
    char wide[200];
    memset(wide, 'a', sizeof wide);
    assert_null(rp_text_nearest((rp_text){wide, sizeof wide}, columns, 6));
}

static void of_two_as_near_the_first_is_named(void **state) {
    (void)state;
    static const char *const two[] = {"item_2", "item_3", "item_1"};
    assert_string_equal(rp_text_nearest(rp_text_of("item_9"), two, 3), "item_2");
    assert_string_equal(rp_text_nearest(rp_text_of("item_1"), two, 3), "item_1");
}

static void characters_count_not_bytes(void **state) {
    (void)state;
    static const char *const names[] = {"\xc3\xa9t\xc3\xa9"}; /* été */
    assert_string_equal(rp_text_nearest(rp_text_of("\xc3\xa9te"), names, 1), names[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(equal_is_byte_for_byte),
        cmocka_unit_test(trim_takes_blanks_and_tabs_only),
        cmocka_unit_test(utf8_as_the_standard_has_it),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(what_is_far_is_not_named),
        cmocka_unit_test(of_two_as_near_the_first_is_named),
        cmocka_unit_test(characters_count_not_bytes),
    };
    return cmocka_run_group_tests_name("base: text", tests, NULL, NULL);
}
