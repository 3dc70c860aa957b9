/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days and their medians. */
#include "questions/common/days.h"

#include "rapport/maths.h"

#include <math.h>

static rp_date later(rp_date a, rp_date b) {
    return a == RP_NO_DATE || (b != RP_NO_DATE && b > a) ? b : a;
}

/* Booked appointments lie in the future, and so do questionnaires that are due: they say nothing of when the record
 * ends. */
rp_date rp_question_last_seen(const rp_record *record) {
    static const struct {
        rp_table_id table;
        const char *column;
    } happened[] = {{RP_REFERRALS, "received"}, {RP_REFERRALS, "ended"}, {RP_INTERNET_LOGS, "to"}};
    rp_date last = RP_NO_DATE;
    for (size_t h = 0; h < sizeof happened / sizeof *happened; h++) {
        int column = rp_schema_column(happened[h].table, happened[h].column);
        for (size_t i = 0; i < rp_record_rows(record, happened[h].table); i++)
            last = later(last, rp_record_date(record, happened[h].table, column, i));
    }
    int date = rp_schema_column(RP_CONTACTS, "date"), attendance = rp_schema_column(RP_CONTACTS, "attendance");
    for (size_t i = 0; i < rp_record_rows(record, RP_CONTACTS); i++)
        if (rp_record_code(record, RP_CONTACTS, attendance, i) >= 0)
            last = later(last, rp_record_date(record, RP_CONTACTS, date, i));
    return last;
}

double rp_question_day_of_rank(const int64_t *days, int64_t rank) {
    int64_t seen = 0;
    for (size_t d = 0; d + 1 < RP_QUESTION_DAYS; d++) {
        seen += days[d];
        if (seen >= rank)
            return (double)d;
    }
    return NAN;
}

double rp_question_day_quantile(const int64_t *days, int64_t n, int quarter) {
    return n > 0 ? rp_question_day_of_rank(days, (n * quarter + 3) / 4) : NAN;
}

/* The r of the interval of the median; 0: none. P(binomial(n, 1/2) < r) = I_1/2(n - r + 1, r). */
static int64_t rank_below(int64_t n, double level) {
    int64_t low = 0, high = n / 2;
    while (low < high) {
        int64_t r = low + (high - low + 1) / 2;
        if (rp_beta_inc(0.5, (double)(n - r + 1), (double)r) <= (1 - level) / 2)
            low = r;
        else
            high = r - 1;
    }
    return low;
}

rp_question_median rp_question_median_of(const int64_t *days, int64_t n, double level) {
    rp_question_median m = {rp_question_day_quantile(days, n, 2), NAN, NAN, false};
    int64_t r = n >= RP_QUESTION_SPREAD_FROM ? rank_below(n, level) : 0;
    if (r > 0) {
        m.bounded = true;
        m.lower = rp_question_day_of_rank(days, r);
        m.upper = rp_question_day_of_rank(days, n + 1 - r);
    }
    return m;
}

static const char *in_days(rp_answer *answer, double days) {
    return isnan(days) ? "not defined" : rp_answer_text(answer, "%.0f", days);
}

const char *rp_question_median_words(rp_answer *answer, const rp_question_median *m, const char *from_to,
                                     double level) {
    const char *interval = !m->bounded ? "too few people for an interval"
                                       : rp_answer_text(answer, "%g%% interval %s to %s", 100 * level,
                                                        in_days(answer, m->lower), in_days(answer, m->upper));
    return rp_answer_text(answer, "a median of %s days %s (%s)",
                          isnan(m->estimate) ? "more than 999" : in_days(answer, m->estimate), from_to, interval);
}
