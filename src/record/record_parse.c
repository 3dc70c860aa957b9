/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text into times and codes; the other types are base's. */
#include "record/record_parts.h"

static bool two_digits(const char *at, int highest, int64_t *out) {
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *out = (at[0] - '0') * 10 + (at[1] - '0');
    return *out <= highest;
}

/* ".f" to ".ffffff" as microseconds; an empty text is none. */
static bool fraction(rp_text text, int64_t *out) {
    *out = 0;
    if (text.n == 0)
        return true;
    if (text.at[0] != '.' || text.n < 2 || text.n > 7)
        return false;
    int64_t unit = 100000;
    for (size_t i = 1; i < text.n; i++, unit /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *out += (text.at[i] - '0') * unit;
    }
    return true;
}

bool rp_time_parse(rp_text text, int64_t *out_us) {
    enum { SHORTEST = 20 }; /* 2024-02-29T12:30:00Z */
    rp_date date = RP_NO_DATE;
    int64_t hours = 0, minutes = 0, seconds = 0, part = 0;
    const char *at = text.at;
    if (!at || text.n < SHORTEST || at[10] != 'T' || at[13] != ':' || at[16] != ':' || at[text.n - 1] != 'Z')
        return false;
    if (!rp_padded_to_date((rp_text){at, 10}, &date) || !two_digits(at + 11, 23, &hours) ||
        !two_digits(at + 14, 59, &minutes) || !two_digits(at + 17, 59, &seconds) ||
        !fraction((rp_text){at + 19, text.n - SHORTEST}, &part))
        return false;
    *out_us = (((date * INT64_C(24) + hours) * 60 + minutes) * 60 + seconds) * 1000000 + part;
    return true;
}

int rp_code_find(const rp_code_list *list, rp_text code) {
    for (size_t i = 0; i < list->n; i++)
        if (rp_text_is(code, list->codes[i].code))
            return (int)i;
    return -1;
}

void rp_dates_sensible(const rp_record *record, const rp_column *column, rp_date *first, rp_date *last) {
    *first = -25567; /* 1900-01-01 */
    *last = column->may_lie_ahead ? INT32_MAX : record->latest;
}

bool rp_date_is_sensible(const rp_record *record, const rp_column *column, rp_date date) {
    rp_date first, last;
    rp_dates_sensible(record, column, &first, &last);
    return date >= first && date <= last;
}

bool rp_pair_is_reversed(const rp_column *start, rp_held from, const rp_column *finish, rp_held to) {
    assert(start->type == finish->type);
    if (rp_column_means_missing(start, from) || rp_column_means_missing(finish, to))
        return false;
    switch (start->type) {
    case RP_TYPE_NUM:
        return to.num < from.num;
    case RP_TYPE_DATE:
        return to.date < from.date;
    default:
        assert(start->type == RP_TYPE_TIME);
        return to.whole < from.whole;
    }
}
