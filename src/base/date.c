/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates as days since 1970-01-01 in the proleptic Gregorian calendar. Both ways count in years that begin in March, so
 * that the leap day comes last and month lengths follow one straight line: days before the m-th month of such a year
 * are (153 m + 2) / 5. */
#include <string.h>
#include <time.h>

#include "base/base_private.h"

enum { DAYS_IN_400_YEARS = 146097, DAYS_FROM_0000_03_01 = 719468 };
enum { FIRST_DATE = -719162, LAST_DATE = 2932896 }; /* 0001-01-01 and 9999-12-31 */

static int32_t days_of(int32_t year, int32_t month, int32_t day) {
    int32_t m = (month + 9) % 12;
    int32_t y = year - (month <= 2);
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - DAYS_FROM_0000_03_01;
}

static void parts_of(int32_t date, int32_t *year, int32_t *month, int32_t *day) {
    int32_t days = date + DAYS_FROM_0000_03_01;
    int32_t era = days / DAYS_IN_400_YEARS, in_era = days % DAYS_IN_400_YEARS;
    int32_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int32_t in_year = in_era - (365 * y + y / 4 - y / 100);
    int32_t m = (5 * in_year + 2) / 153;
    *day = in_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = era * 400 + y + (*month <= 2);
}

static bool read_digits(const char *at, int n, int32_t *out) {
    int32_t value = 0;
    for (int i = 0; i < n; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        value = value * 10 + (at[i] - '0');
    }
    *out = value;
    return true;
}

bool rp_date_parse(rp_text text, rp_date *out) {
    int32_t year = 0, month = 0, day = 0;
    if (!text.at || text.n != 10 || text.at[4] != '-' || text.at[7] != '-' || !read_digits(text.at, 4, &year) ||
        !read_digits(text.at + 5, 2, &month) || !read_digits(text.at + 8, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    int32_t date = days_of(year, month, day), y = 0, m = 0, d = 0;
    parts_of(date, &y, &m, &d);
    if (y != year || m != month || d != day) /* a 30 February comes back as a day in March */
        return false;
    *out = date;
    return true;
}

/* Over the zeros before `end`. By hand, since a large table has millions of dates. */
static void write_digits(char *end, int32_t value) {
    for (; value > 0; value /= 10)
        *--end = (char)('0' + value % 10);
}

void rp_date_text(rp_date date, char out[11]) {
    out[0] = '\0';
    if (date < FIRST_DATE || date > LAST_DATE)
        return;
    int32_t year = 0, month = 0, day = 0;
    parts_of(date, &year, &month, &day);
    memcpy(out, "0000-00-00", 11);
    write_digits(out + 4, year);
    write_digits(out + 7, month);
    write_digits(out + 10, day);
}

int32_t rp_date_month(rp_date date) {
    if (date < FIRST_DATE || date > LAST_DATE)
        return 0;
    int32_t year = 0, month = 0, day = 0;
    parts_of(date, &year, &month, &day);
    return 12 * year + month - 1;
}

rp_date rp_date_today(void) {
    time_t now = time(NULL);
    struct tm here;
    if (!localtime_r(&now, &here))
        return RP_NO_DATE;
    return days_of(here.tm_year + 1900, here.tm_mon + 1, here.tm_mday);
}

void rp_time_now_text(char out[21]) {
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &utc) != 20)
        memcpy(out, "", 1);
}

double rp_time_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
