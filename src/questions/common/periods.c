/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quarters and years of dates. */
#include "questions/common/periods.h"

#include <assert.h>

/* Quarters or years since the year 0. */
static int64_t period_of(rp_date date, bool quarters) {
    char text[11];
    int64_t year = 0, month = 1;
    rp_date_text(date, text);
    bool read = rp_text_to_int((rp_text){text, 4}, &year) && rp_text_to_int((rp_text){text + 5, 2}, &month);
    assert(read);
    (void)read;
    return quarters ? year * 4 + (month - 1) / 3 : year;
}

rp_question_periods rp_question_periods_of(rp_date first, rp_date last) {
    enum { MOST_QUARTERS = 12 };
    for (int quarters = 1; quarters >= 0 && first != RP_NO_DATE; quarters--) {
        rp_question_periods p = {.quarters = quarters, .first = period_of(first, quarters)};
        p.n = (size_t)(period_of(last, quarters) - p.first) + 1;
        if (p.n <= (quarters ? (size_t)MOST_QUARTERS : (size_t)RP_QUESTION_MOST_PERIODS))
            return p;
    }
    return (rp_question_periods){0};
}

size_t rp_question_period(const rp_question_periods *periods, rp_date date) {
    assert(periods->n > 0 && date != RP_NO_DATE);
    size_t i = (size_t)(period_of(date, periods->quarters) - periods->first);
    assert(i < periods->n);
    return i;
}

const char *rp_question_period_label(rp_answer *answer, const rp_question_periods *periods, size_t i) {
    int64_t at = periods->first + (int64_t)i;
    if (!periods->quarters)
        return rp_answer_text(answer, "%lld", (long long)at);
    return rp_answer_text(answer, "%lld, quarter %lld", (long long)(at / 4), (long long)(at % 4 + 1));
}

void rp_question_reach_date(rp_date *first, rp_date *last, rp_date date) {
    if (date == RP_NO_DATE)
        return;
    *first = *first == RP_NO_DATE || date < *first ? date : *first;
    *last = *last == RP_NO_DATE || date > *last ? date : *last;
}
