/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: what they say, that they are cut and never overrun, and that hostile text cannot reach a terminal. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

static void fail_fills_and_clears(void **state) {
    (void)state;
    rp_error error;
    memset(&error, 'x', sizeof error);
    assert_false(rp_fail(&error, RP_E_RULE, "Row %d is %s.", 7, "odd"));
    assert_int_equal(error.code, RP_E_RULE);
    assert_string_equal(error.message, "Row 7 is odd.");
    assert_string_equal(error.file, "");
    assert_string_equal(error.remedy, "");
    assert_int_equal(error.line, 0);
    assert_int_equal(error.column, 0);
}

static void text_has_place_message_and_remedy(void **state) {
    (void)state;
    rp_error error;
    char text[1200];
    rp_fail(&error, RP_E_SYNTAX, "A quote is not closed.");
    rp_error_text(&error, text, sizeof text);
    assert_string_equal(text, "A quote is not closed.");
    assert_false(rp_fail_at(&error, "a.csv", 3, 14));
    assert_false(rp_fail_remedy(&error, "Close it with %c.", '"'));
    rp_error_text(&error, text, sizeof text);
    assert_string_equal(text, "a.csv:3:14: A quote is not closed.\n  Close it with \".");
    rp_fail_at(&error, "a.csv", 3, 0);
    rp_error_text(&error, text, sizeof text);
    assert_string_equal(text, "a.csv:3: A quote is not closed.\n  Close it with \".");
    rp_fail_at(&error, "a.csv", 0, 0);
    rp_error_text(&error, text, sizeof text);
    assert_string_equal(text, "a.csv: A quote is not closed.\n  Close it with \".");
    rp_fail_at(&error, NULL, 3, 14);
    rp_error_text(&error, text, sizeof text);
    assert_string_equal(text, "line 3, column 14: A quote is not closed.\n  Close it with \".");
}

static void long_text_is_cut_at_a_whole_character(void **state) {
    (void)state;
    rp_error error;
    char wide[2000] = "";
    for (int i = 0; i < 600; i++)
        memcpy(wide + 3 * i, "\xe2\x82\xac", 4); /* the euro sign, three bytes */
    rp_fail(&error, RP_E_RULE, "%s", wide);
    assert_int_equal(strlen(error.message), 510); /* 511 bytes hold 170 whole signs */
    assert_true(rp_text_is_utf8(rp_text_of(error.message)));
    rp_fail_at(&error, wide, 1, 1);
    assert_int_equal(strlen(error.file), 255);
    rp_fail_remedy(&error, "x%s", wide);
    assert_int_equal(strlen(error.remedy), 253); /* "x" and 84 signs */
    char small[12];
    rp_fail(&error, RP_E_RULE, "ab%s", wide);
    rp_error_text(&error, small, sizeof small);
    assert_string_equal(small, "ab\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
    char none[1] = "x";
    rp_error_text(&error, none, 1);
    assert_string_equal(none, "");
}

static void control_characters_and_broken_bytes_do_not_pass(void **state) {
    (void)state;
    rp_error error;
    rp_fail(&error, RP_E_RULE, "%s", "a\x1b[31mb\r\n\x7f\xff\xc2\x9b\xc3\xa9");
    assert_string_equal(error.message, "a?[31mb? ???\xc3\xa9"); /* ESC, CR, LF, DEL, 0xff, U+009B; é stays */
}

static void a_message_may_quote_itself(void **state) {
    (void)state;
    rp_error error;
    rp_fail(&error, RP_E_FILE, "first");
    rp_fail(&error, error.code, "second, because of: %s", error.message);
    assert_string_equal(error.message, "second, because of: first");
}

static void memory_trouble_has_words_too(void **state) {
    (void)state;
    rp_error error;
    rp_fail(&error, RP_E_FILE, "old");
    rp_fail_at(&error, "old.csv", 1, 1);
    assert_false(rp_fail_memory(&error));
    assert_int_equal(error.code, RP_E_MEMORY);
    assert_non_null(strstr(error.message, "memory"));
    assert_string_equal(error.file, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_fills_and_clears),
        cmocka_unit_test(text_has_place_message_and_remedy),
        cmocka_unit_test(long_text_is_cut_at_a_whole_character),
        cmocka_unit_test(control_characters_and_broken_bytes_do_not_pass),
        cmocka_unit_test(a_message_may_quote_itself),
        cmocka_unit_test(memory_trouble_has_words_too),
    };
    return cmocka_run_group_tests_name("base: error", tests, NULL, NULL);
}
