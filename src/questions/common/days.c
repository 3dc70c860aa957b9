/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/common/days.h"

#include <math.h>

double rp_question_day_quantile(const int64_t *days, int64_t n, int quarter) {
    return rp_question_quantile(days, RP_QUESTION_DAYS, n, quarter);
}

rp_question_median rp_question_median_of(const int64_t *days, int64_t n, double level) {
    rp_question_median m = {rp_question_day_quantile(days, n, 2), NAN, NAN, false};
    int64_t r = n >= RP_QUESTION_SPREAD_FROM ? rp_question_median_rank(n, level) : 0;
    if (r > 0) {
        m.bounded = true;
        m.lower = rp_question_of_rank(days, RP_QUESTION_DAYS, r);
        m.upper = rp_question_of_rank(days, RP_QUESTION_DAYS, n + 1 - r);
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
