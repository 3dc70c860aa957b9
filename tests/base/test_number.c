/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers: the grammar, correct rounding (against the C library, digit by digit), and the way there and back. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/json.h"

static void assert_same_double(double a, double b) {
    assert_memory_equal(&a, &b, sizeof a); /* -0 is not 0 here */
}

static void the_grammar_lets_pass(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0},
                {"-0", -0.0},
                {"+7", 7},
                {"007", 7},
                {"12.50", 12.5},
                {"1e3", 1000},
                {"1E-3", 1e-3},
                {"-2.5e+2", -250},
                {"0e999999999999", 0},
                {"1e-999", 0},
                {"0.1", 0.1},
                {"4.9e-324", 0x1p-1074},
                {"1.7976931348623157e308", DBL_MAX}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = NAN;
        assert_true(rp_text_to_num(rp_text_of(good[i].text), &value));
        assert_same_double(value, good[i].value);
    }
}

static void the_grammar_stops(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",      " ",     "1 ",    " 1",       "+",    "-",   ".",     ".5",
        "5.",    "1e",    "1e+",   "e5",       "1.e5", "--1", "+-1",   "1,5",
        "1_0",   "0x10",  "inf",   "nan",      "INF",  "NaN", "1e309", "-1e309",
        "1.2.3", "1e2.5", "1e2e3", "\xd9\xa1", "12a",  "1\n", "1d3",   "1e99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 42;
        assert_false(rp_text_to_num(rp_text_of(bad[i]), &value));
        assert_same_double(value, 42);
    }
    double value = 42;
    assert_false(rp_text_to_num(rp_text_of(NULL), &value));
    assert_false(rp_text_to_num((rp_text){"1\0002", 3}, &value));
    char wide[66];
    memset(wide, '1', sizeof wide);
    assert_true(rp_text_to_num((rp_text){wide, 64}, &value));
    assert_false(rp_text_to_num((rp_text){wide, 65}, &value));
}

static void a_slice_ends_where_it_says(void **state) {
    (void)state;
    double value = 0;
    int64_t whole = 0;
    assert_true(rp_text_to_num((rp_text){"123456", 3}, &value));
    assert_same_double(value, 123);
    assert_true(rp_text_to_int((rp_text){"123456", 3}, &whole));
    assert_int_equal(whole, 123);
}

/* A small generator, so that the test is the same each time (Marsaglia 2003, xorshift64). */
static uint64_t next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void rounding_is_that_of_the_c_library(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        uint64_t digits = next(&seed) >> (next(&seed) % 60);
        int point = (int)(next(&seed) % 24), exponent = (int)(next(&seed) % 60) - 30;
        snprintf(text, sizeof text, "%s%llu.%0*llue%d", i % 2 ? "-" : "", (unsigned long long)digits, point + 1,
                 (unsigned long long)(next(&seed) % 1000), exponent);
        double value = NAN;
        assert_true(rp_text_to_num(rp_text_of(text), &value));
        assert_same_double(value, strtod(text, NULL)); /* glibc's strtod rounds correctly */
    }
}

static void halfway_cases_round_to_even(void **state) {
    (void)state;
    double value = 0;
    assert_true(rp_text_to_num(rp_text_of("9007199254740993"), &value)); /* 2^53 + 1, half way */
    assert_same_double(value, 0x1p53);
    assert_true(rp_text_to_num(rp_text_of("9007199254740995"), &value)); /* 2^53 + 3, half way */
    assert_same_double(value, 0x1p53 + 4);
    assert_true(rp_text_to_num(rp_text_of("9007199254740992"), &value));
    assert_same_double(value, 0x1p53);
    assert_true(rp_text_to_num(rp_text_of("9007199254740993.0000000000000000000001"), &value));
    assert_same_double(value, 0x1p53 + 2);
}

static void whole_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"+12", 12},
                {"-12", -12},
                {"007", 7},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 99;
        assert_true(rp_text_to_int(rp_text_of(good[i].text), &value));
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "0x1",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 99;
        assert_false(rp_text_to_int(rp_text_of(bad[i]), &value));
        assert_int_equal(value, 99);
    }
    int64_t value = 99;
    assert_false(rp_text_to_int(rp_text_of(NULL), &value));
}

static void written_short(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "-0"},
                 {12, "12"},
                 {0.1, "0.1"},
                 {1e-5, "1e-05"},
                 {-2.5, "-2.5"},
                 {100000, "100000"},
                 {1.0 / 3, "0.3333333333333333"},
                 {1e22, "1e+22"},
                 {0x1p-1074, "5e-324"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {DBL_MAX, "1.7976931348623157e+308"},
                 {HUGE_VAL, "inf"},
                 {-HUGE_VAL, "-inf"},
                 {NAN, "nan"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        rp_number_text(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void written_and_read_is_the_same(void **state) {
    (void)state;
    uint64_t seed = 1234567;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next(&seed);
        double value = 0, back = NAN;
        char text[32];
        if (i % 8 == 0)
            bits &= 0x800fffffffffffffu; /* below the normal range */
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        rp_number_text(value, text);
        assert_true(rp_text_to_num(rp_text_of(text), &back));
        assert_same_double(back, value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grammar_lets_pass),
        cmocka_unit_test(the_grammar_stops),
        cmocka_unit_test(a_slice_ends_where_it_says),
        cmocka_unit_test(rounding_is_that_of_the_c_library),
        cmocka_unit_test(halfway_cases_round_to_even),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(written_short),
        cmocka_unit_test(written_and_read_is_the_same),
    };
    return cmocka_run_group_tests_name("base: number", tests, NULL, NULL);
}
