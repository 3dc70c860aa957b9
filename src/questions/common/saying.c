/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A share of people as a statement: whole, so that no question forgets a part of it. */
#include "questions/common/saying.h"

#include "questions/common/percent.h"
#include "rapport/models.h"

rp_statement *rp_question_say(rp_answer *answer, const rp_question_saying *saying, rp_count part, rp_count whole,
                              double level) {
    rp_statement *s = rp_answer_statement(answer, saying->id);
    s->numerator = part;
    s->denominator = whole;
    s->label = rp_answer_text(answer, "%s", saying->label);
    s->cohort = saying->cohort;
    s->unit = "people";
    s->headline = saying->headline;
    s->method = "count; Wilson interval";
    s->level = level;
    if (answer->failed) /* the counts may be of nothing */
        return s;
    rp_interval share = rp_rate_interval(part.n, whole.n, level);
    s->estimate = share.estimate;
    s->lower = share.lower;
    s->upper = share.upper;
    int64_t n = whole.n;
    if (n == 0)
        s->text = rp_answer_text(answer, "%s: there is nobody of whom it could be told.", saying->label);
    else
        s->text =
            rp_answer_text(answer, "%lld of %lld %s %s: %s (%g%% interval %s to %s).", (long long)part.n, (long long)n,
                           saying->of, saying->words, rp_question_percent(answer, share.estimate, n), 100 * share.level,
                           rp_question_percent(answer, share.lower, n), rp_question_percent(answer, share.upper, n));
    return s;
}
