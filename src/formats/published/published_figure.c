/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which values a printed figure allows. The rule of the publications (data quality statement; held against all 7,010
 * percentages of the organisations from 2017-18 to 2024-25 in tests/questions/test_published_files.c):
 *   England         counts as they are; percentages to one decimal;
 *   below England   counts below 5 are "*", others are rounded to the nearest 5; percentages, of unrounded counts, are
 *                   rounded to whole ones.
 * A percentage or a mean with more decimals than that is taken to be rounded at its last one. */
#include <math.h>
#include <string.h>

#include "formats/published/published.h"

enum { HIDDEN_BELOW = 5, ROUNDED_TO = 5, NATIONAL_DECIMALS = 1, MOST_DECIMALS = 9 };
static const double LARGEST = 1e12; /* above any count of people or minutes, and exact in a double */

static int decimals_of(rp_text printed) {
    const char *point = memchr(printed.at, '.', printed.n);
    return point ? (int)(printed.at + printed.n - point - 1) : 0;
}

static bool is_nothing(rp_text printed) {
    return printed.n == 0 || rp_text_is(printed, "NULL") || rp_text_is(printed, "NA") || rp_text_is(printed, "-");
}

static rp_printed hidden(const char *statistic, double *low, double *high) {
    bool count = strcmp(statistic, "count") == 0, share = strcmp(statistic, "percentage") == 0;
    *low = count || share ? 0 : NAN;
    *high = count ? HIDDEN_BELOW - 1 : share ? 100 : NAN;
    return RP_PRINTED_HIDDEN;
}

/* A count that is no multiple of 5 has not been rounded, whatever the rule says. */
static rp_printed count(double value, bool national, double *low, double *high) {
    if (value < 0 || value > LARGEST || value != floor(value))
        return RP_PRINTED_OUT_OF_RANGE;
    bool exact = national || fmod(value, ROUNDED_TO) != 0;
    double least = value >= HIDDEN_BELOW ? HIDDEN_BELOW : 0;
    *low = exact ? value : fmax(least, value - ROUNDED_TO / 2);
    *high = exact ? value : value + ROUNDED_TO / 2;
    return RP_PRINTED_FIGURE;
}

static rp_printed rounded(double value, int decimals, double least, double most, double *low, double *high) {
    if (value < least || value > most)
        return RP_PRINTED_OUT_OF_RANGE;
    double half = 0.5;
    for (int i = 0; i < decimals && i < MOST_DECIMALS; i++)
        half /= 10;
    *low = fmax(least, value - half);
    *high = fmin(most, value + half);
    return RP_PRINTED_FIGURE;
}

rp_printed rp_published_figure(rp_text printed, const char *statistic, bool national, double *low, double *high) {
    double value;
    *low = *high = NAN;
    printed = rp_text_trim(printed);
    if (is_nothing(printed))
        return RP_PRINTED_NOTHING;
    if (rp_text_is(printed, "*"))
        return hidden(statistic, low, high);
    if (!rp_text_to_num(printed, &value))
        return RP_PRINTED_NO_NUMBER;
    if (strcmp(statistic, "count") == 0)
        return count(value, national, low, high);
    int decimals = decimals_of(printed);
    if (strcmp(statistic, "percentage") != 0)
        return rounded(value, decimals > 0 ? decimals : strcmp(statistic, "sum") ? 1 : 0, -LARGEST, LARGEST, low, high);
    if (national && decimals < NATIONAL_DECIMALS)
        decimals = NATIONAL_DECIMALS;
    return rounded(value, decimals, 0, 100, low, high);
}

/* The first year of the form 2024-25 in a name, whose second part is the year after. */
rp_text rp_published_period_in(const char *name) {
    enum { YEAR = 7 };
    size_t n = strlen(name);
    for (size_t i = 0; i + YEAR <= n; i++) {
        int64_t first, second;
        bool alone = i == 0 || name[i - 1] < '0' || name[i - 1] > '9';
        bool ends = name[i + YEAR] < '0' || name[i + YEAR] > '9';
        if (alone && ends && name[i + 4] == '-' && rp_text_to_int((rp_text){name + i, 4}, &first) &&
            rp_text_to_int((rp_text){name + i + 5, 2}, &second) && first >= 2008 && second == (first + 1) % 100)
            return (rp_text){name + i, YEAR};
    }
    return (rp_text){0};
}
