/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the question says things: the fields that every statement has, and shares of people in a sentence. */
#include "questions/alliance/alliance_parts.h"

#include "questions/common/percent.h"

#include <math.h>

rp_statement *alliance_statement(rp_answer *answer, const alliance_family *family, const char *id, size_t k,
                                 rp_count part, rp_count whole, rp_interval i) {
    rp_statement *s = rp_answer_statement(answer, id);
    if (family->instrument != NULL) {
        s->measure = family->instrument->short_title;
        s->scale = alliance_scale(family, k)->name;
        s->rater = family->rater;
    }
    s->numerator = part;
    s->denominator = whole;
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(family->cohort)->event);
    s->estimate = i.estimate;
    s->lower = i.lower;
    s->upper = i.upper;
    s->level = isnan(i.lower) ? NAN : i.level;
    return s;
}

rp_interval alliance_share(const alliance_family *family, rp_count part, rp_count whole) {
    /* Memory that has run out leaves counts that do not go together. */
    if (part.n < 0 || part.n > whole.n)
        return (rp_interval){NAN, NAN, NAN, family->asked->level};
    return rp_rate_interval(part.n, whole.n, family->asked->level);
}

rp_statement *alliance_say(rp_answer *answer, const alliance_family *family, const alliance_saying *saying,
                           rp_count part, rp_count whole) {
    rp_interval share = alliance_share(family, part, whole);
    rp_statement *s = alliance_statement(answer, family, saying->id, 0, part, whole, share);
    s->unit = "people";
    s->label = rp_answer_text(answer, "%s, of %s", saying->label, saying->of);
    s->method = saying->method;
    s->text = rp_answer_text(answer, "%s%s%lld of %lld %s (%s, %g%% interval %s to %s) %s.",
                             family->instrument != NULL ? family->name : "", family->instrument != NULL ? ": " : "",
                             (long long)part.n, (long long)whole.n, saying->of,
                             rp_question_percent(answer, share.estimate, whole.n), 100 * share.level,
                             rp_question_percent(answer, share.lower, whole.n),
                             rp_question_percent(answer, share.upper, whole.n), saying->words);
    return s;
}

const char *alliance_range(rp_answer *answer, const rp_interval *i) {
    if (isnan(i->lower))
        return "";
    return rp_answer_text(answer, " (%g%% interval %.2f to %.2f)", 100 * i->level, i->lower, i->upper);
}

rp_value alliance_number(double num, int decimals, rp_count behind) {
    return isnan(num) ? (rp_value){.kind = RP_VALUE_EMPTY} : rp_value_num(num, decimals, behind);
}

rp_value alliance_percent(const alliance_family *family, rp_count part, rp_count whole) {
    double share = 100 * alliance_share(family, part, whole).estimate;
    return isnan(share) ? (rp_value){.kind = RP_VALUE_EMPTY} : rp_value_share(share, 1, part, whole);
}
