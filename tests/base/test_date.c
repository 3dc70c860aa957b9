/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates: the identity over every day of nine thousand years first, then known days, then what is no date. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>
#include <time.h>

#include "rapport/base.h"

static int length_of(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static void every_day_follows_the_one_before(void **state) {
    (void)state;
    rp_date expected = -719162; /* R 4.2: as.integer(as.Date("0001-01-01")) */
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= length_of(year, month); day++, expected++) {
                char text[40], back[11];
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                rp_date date = 0;
                if (!rp_date_parse((rp_text){text, 10}, &date) || date != expected)
                    fail_msg("%s is %d, not %d", text, (int)date, (int)expected);
                rp_date_text(date, back);
                if (strcmp(text, back) != 0)
                    fail_msg("%s came back as %s", text, back);
            }
    assert_int_equal(expected - 1, 2932896); /* R 4.2: as.integer(as.Date("9999-12-31")) */
}

static void known_days(void **state) {
    (void)state;
    static const struct {
        const char *text;
        rp_date date;
    } cases[] = {
        {"1970-01-01", 0},     /* by definition */
        {"2000-02-29", 11016}, /* R 4.2: as.integer(as.Date("2000-02-29")) */
        {"2024-12-31", 20088}, /* R 4.2: as.integer(as.Date("2024-12-31")) */
        {"1969-12-31", -1},    /* by definition */
        {"1900-03-01", -25508} /* R 4.2: as.integer(as.Date("1900-03-01")) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_date date = 1;
        assert_true(rp_date_parse(rp_text_of(cases[i].text), &date));
        assert_int_equal(date, cases[i].date);
    }
}

static void what_is_no_date(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",           "2024-02-30", "2023-02-29",  "1900-02-29",  "2024-13-01",  "2024-00-10",
        "2024-01-00", "2024-01-32", "2024-04-31",  "0000-01-01",  "2024-1-01",   "24-01-01",
        "2024/01/01", "01-02-2024", "2024-01-01 ", " 2024-01-01", "2024-01-01T", "20240101",
        "2024-01-0x", "-024-01-01", "+024-01-01",  "2024-01--1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rp_date date = 77;
        assert_false(rp_date_parse(rp_text_of(bad[i]), &date));
        assert_int_equal(date, 77);
    }
    rp_date date = 77;
    assert_false(rp_date_parse(rp_text_of(NULL), &date));
}

static void no_date_has_no_text(void **state) {
    (void)state;
    static const rp_date none[] = {RP_NO_DATE, -719163, 2932897, INT32_MAX};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char text[11] = "x";
        rp_date_text(none[i], text);
        assert_string_equal(text, "");
    }
}

static void months_follow_each_other(void **state) {
    (void)state;
    rp_date last_of_year, leap_day;
    assert_true(rp_date_parse(rp_text_of("1999-12-31"), &last_of_year));
    assert_true(rp_date_parse(rp_text_of("2024-02-29"), &leap_day));
    assert_int_equal(rp_date_month(last_of_year), 1999 * 12 + 11);
    assert_int_equal(rp_date_month(last_of_year + 1), 2000 * 12);
    assert_int_equal(rp_date_month(leap_day), 2024 * 12 + 1);
    assert_int_equal(rp_date_month(leap_day + 1), 2024 * 12 + 2);
    assert_int_equal(rp_date_month(RP_NO_DATE), 0);
}

static void now_is_now(void **state) {
    (void)state;
    char text[21];
    time_t before = time(NULL);
    rp_time_now_text(text);
    time_t after = time(NULL);
    assert_int_equal(strlen(text), 20);
    struct tm utc = {0};
    assert_string_equal(strptime(text, "%Y-%m-%dT%H:%M:%S", &utc), "Z");
    time_t now = timegm(&utc);
    assert_true(now >= before && now <= after);
    rp_date today = rp_date_today();
    assert_true(today >= before / 86400 - 1 && today <= after / 86400 + 1); /* the zone may shift it by a day */
    double first = rp_time_seconds();
    assert_true(rp_time_seconds() >= first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_follows_the_one_before),
        cmocka_unit_test(known_days),
        cmocka_unit_test(what_is_no_date),
        cmocka_unit_test(no_date_has_no_text),
        cmocka_unit_test(months_follow_each_other),
        cmocka_unit_test(now_is_now),
    };
    return cmocka_run_group_tests_name("base: date", tests, NULL, NULL);
}
