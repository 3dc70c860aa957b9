/* SPDX-License-Identifier: GPL-3.0-or-later */
/* England's rates in sentences, and how far the published percentages and counts agree. */
#include "questions/common/people.h"
#include "questions/common/percent.h"
#include "questions/published/published_parts.h"

#include <math.h>
#include <string.h>

static const char METHOD_SHARE[] = "recomputed from the published counts; Wilson's score interval";
static const char METHOD_RATIO[] =
    "ratio of the published counts of two cohorts, which is no share of either; no interval";

static const char *bounds_of(rp_answer *answer, published_count count) {
    const char *low = rp_question_people(answer, count.low);
    return count.low == count.high ? low
                                   : rp_answer_text(answer, "%s to %s", low, rp_question_people(answer, count.high));
}

static const char *printed_of(rp_answer *answer, const published_result *r) {
    if (r->printed == NULL)
        return "";
    return rp_answer_text(answer, " Published: %s%s%s.", r->printed->printed, r->printed->printed[0] == '*' ? "" : "%",
                          r->check == DIFFERS ? ", which the published counts do not allow" : "");
}

static void say_share(published_work *work, rp_statement *s, const published_rate *rate,
                      const published_subject *subject, const published_result *r) {
    rp_answer *answer = work->answer;
    bool exact = r->x.low == r->x.high && r->n.low == r->n.high;
    s->unit = "share";
    s->method = METHOD_SHARE;
    s->level = r->rate.level;
    s->estimate = exact ? r->rate.low : NAN;
    s->lower = r->rate.lower;
    s->upper = r->rate.upper;
    s->text =
        rp_answer_text(answer, "%s, %s: of %s %s, %s %s, which is %s%s%s (%g%% interval %s to %s).%s", subject->name,
                       subject->period, bounds_of(answer, r->n), published_base_words(subject, rate->base),
                       bounds_of(answer, r->x), rate->words, rp_question_percent(answer, r->rate.low, r->n.high),
                       exact ? "" : " to ", exact ? "" : rp_question_percent(answer, r->rate.high, r->n.high),
                       100 * r->rate.level, rp_question_percent(answer, r->rate.lower, r->n.high),
                       rp_question_percent(answer, r->rate.upper, r->n.high), printed_of(answer, r));
}

static void say_ratio(published_work *work, rp_statement *s, const published_rate *rate,
                      const published_subject *subject, const published_result *r) {
    rp_answer *answer = work->answer;
    bool exact = r->x.low == r->x.high && r->n.low == r->n.high;
    s->unit = "for each";
    s->method = METHOD_RATIO;
    s->estimate = exact ? r->rate.low : NAN;
    s->text = rp_answer_text(answer,
                             "%s, %s: %s %s, beside %s %s in the same period: %.1f for every 100. These are two "
                             "cohorts, not one that was followed.",
                             subject->name, subject->period, bounds_of(answer, r->x), rate->words,
                             bounds_of(answer, r->n), published_base_words(subject, rate->base), 100 * r->rate.low);
}

static rp_count public_count(published_count count) {
    rp_count out = rp_count_none();
    if (count.low == count.high)
        out.n = count.low; /* published already: in no universe */
    return out;
}

static void say(published_work *work, const published_rate *rate, const published_subject *subject) {
    published_result r = published_rate_of(subject, rate, work->asked->level);
    if (!r.known || (published_is_ratio(rate) && isnan(r.rate.high)))
        return;
    rp_statement *s = rp_answer_statement(work->answer, rate->id);
    s->label = published_label(work->answer, rate);
    s->measure = published_measure_words(rate->count);
    s->occasion = subject->period;
    s->cohort = published_base_words(subject, rate->base);
    s->numerator = public_count(r.x);
    s->denominator = public_count(r.n);
    s->headline = rate->headline && strcmp(subject->period, work->latest) == 0;
    if (published_is_ratio(rate))
        say_ratio(work, s, rate, subject, &r);
    else
        say_share(work, s, rate, subject, &r);
}

/* Subjects of England are in order of period. */
void published_say_england(published_work *work) {
    for (size_t i = 0; i < published_n_rates; i++)
        for (size_t k = 0; k < work->data.n; k++)
            if (work->data.subjects[k]->national && work->data.subjects[k]->total)
                say(work, &published_rates[i], work->data.subjects[k]);
}

void published_say_agreement(published_work *work) {
    int64_t compared = 0, agree = 0;
    for (size_t k = 0; k < work->data.n; k++)
        for (size_t i = 0; i < published_n_rates; i++) {
            published_result r = published_rate_of(work->data.subjects[k], &published_rates[i], work->asked->level);
            compared += r.check != NOT_COMPARED;
            agree += r.check == AGREES;
        }
    if (compared == 0)
        return;
    rp_statement *s = rp_answer_statement(work->answer, "published.agreement");
    s->label = "Published percentages that the published counts allow";
    s->measure = "Agreement";
    s->cohort = "published percentages whose counts are published too";
    s->unit = "share";
    s->numerator.n = agree;
    s->denominator.n = compared;
    s->estimate = (double)agree / (double)compared;
    s->method = "each percentage, with its rounding, beside the share of the counts, with theirs";
    s->headline = true;
    s->text = rp_answer_text(work->answer,
                             "Of %s published percentages whose counts are published too, %s lie where the counts "
                             "say, given how both are rounded.",
                             rp_question_people(work->answer, compared), rp_question_people(work->answer, agree));
}
