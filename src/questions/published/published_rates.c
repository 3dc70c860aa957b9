/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rates, each as a row of a table, and the arithmetic of counts that are known between bounds. Definitions of what
 * is published: annual metadata 2024-25 of NHS England (recovery and reliable recovery of those who finished less those
 * not at caseness; the kinds of change of all who finished). */
#include "questions/published/published_parts.h"

#include <math.h>

#define RATE(name) "published." name
const published_rate published_rates[] = {
    {RATE("recovery.per_case"), RECOVERED, OF_CASES, "recovered", true, true},
    {RATE("recovery.per_finished"), RECOVERED, OF_FINISHED, "recovered", false, false},
    {RATE("recovery.per_entered"), RECOVERED, OF_ENTERED, "recovered", false, false},
    {RATE("recovery.per_referred"), RECOVERED, OF_REFERRED, "recovered", false, false},
    {RATE("reliable_recovery.per_case"), RELIABLY_RECOVERED, OF_CASES, "reliably recovered", true, true},
    {RATE("reliable_recovery.per_finished"), RELIABLY_RECOVERED, OF_FINISHED, "reliably recovered", false, false},
    {RATE("reliable_recovery.per_entered"), RELIABLY_RECOVERED, OF_ENTERED, "reliably recovered", false, false},
    {RATE("reliable_recovery.per_referred"), RELIABLY_RECOVERED, OF_REFERRED, "reliably recovered", false, false},
    {RATE("improvement.per_finished"), IMPROVED, OF_FINISHED, "reliably improved", true, true},
    {RATE("improvement.per_entered"), IMPROVED, OF_ENTERED, "reliably improved", false, false},
    {RATE("improvement.per_referred"), IMPROVED, OF_REFERRED, "reliably improved", false, false},
    {RATE("no_change.per_finished"), UNCHANGED, OF_FINISHED, "had no reliable change", true, false},
    {RATE("deterioration.per_finished"), DETERIORATED, OF_FINISHED, "reliably deteriorated", true, true},
    {RATE("deterioration.per_entered"), DETERIORATED, OF_ENTERED, "reliably deteriorated", false, false},
    {RATE("deterioration.per_referred"), DETERIORATED, OF_REFERRED, "reliably deteriorated", false, false},
    {RATE("change_not_known.per_finished"), CHANGE_NOT_KNOWN, OF_FINISHED,
     "are in none of the three kinds of change, so that theirs is not known", false, false},
    {RATE("at_caseness.per_finished"), CASES, OF_FINISHED, "were at caseness at the start", false, false},
    {RATE("within_6_weeks.per_finished"), WITHIN_6_WEEKS, OF_FINISHED, "had their first treatment within 6 weeks", true,
     false},
    {RATE("within_18_weeks.per_finished"), WITHIN_18_WEEKS, OF_FINISHED, "had their first treatment within 18 weeks",
     true, false},
    {RATE("entered.per_referred"), ENTERED, OF_REFERRED, "entered treatment", false, false},
    {RATE("finished.per_entered"), FINISHED, OF_ENTERED, "finished a course of treatment", false, false},
    {RATE("finished.per_referred"), FINISHED, OF_REFERRED, "finished a course of treatment", false, true},
};
const size_t published_n_rates = sizeof published_rates / sizeof *published_rates;

bool published_is_ratio(const published_rate *rate) {
    return rate->base == OF_ENTERED || rate->base == OF_REFERRED;
}

const char *published_label(rp_answer *answer, const published_rate *rate) {
    static const char *const bases[] = {
        [OF_CASES] = "of those who finished, less those not at caseness",
        [OF_FINISHED] = "of all who finished",
        [OF_ENTERED] = "for each that entered treatment",
        [OF_REFERRED] = "for each referral received",
    };
    return rp_answer_text(answer, "%s, %s", published_measure_words(rate->count), bases[rate->base]);
}

const char *published_base_words(const published_subject *subject, published_base base) {
    bool therapy = subject->counts[COURSES].printed != NULL;
    switch (base) {
    case OF_CASES:
        return therapy ? "courses of the therapy, less those not at caseness"
                       : "referrals that finished a course, less those not at caseness";
    case OF_FINISHED:
        return therapy ? "courses of the therapy" : "referrals that finished a course";
    case OF_ENTERED:
        return "referrals that entered treatment";
    case OF_REFERRED:
        break;
    }
    return "referrals received";
}

/* ---- counts between bounds ---- */

static published_count count_of(const published_subject *s, published_measure measure) {
    const published_figure *f = &s->counts[measure];
    if (f->printed == NULL)
        return (published_count){0};
    return (published_count){true, f->printed[0] == '*', (int64_t)f->low, (int64_t)f->high};
}

/* What is left when part of a whole is taken away: never less than nothing. */
static published_count less(published_count whole, published_count part) {
    published_count out = {whole.known && part.known, whole.hidden || part.hidden, whole.low - part.high,
                           whole.high - part.low};
    out.low = out.low > 0 ? out.low : 0;
    out.high = out.high > 0 ? out.high : 0;
    return out;
}

static published_count finished_of(const published_subject *s) {
    return count_of(s, s->counts[COURSES].printed != NULL ? COURSES : FINISHED);
}

published_count published_base_of(const published_subject *s, published_base base) {
    switch (base) {
    case OF_CASES:
        return less(finished_of(s), count_of(s, NOT_CASES));
    case OF_FINISHED:
        return finished_of(s);
    case OF_ENTERED:
        return count_of(s, ENTERED);
    case OF_REFERRED:
        break;
    }
    return count_of(s, REFERRED);
}

static published_count numerator_of(const published_subject *s, published_measure measure) {
    if (measure != CHANGE_NOT_KNOWN)
        return count_of(s, measure);
    return less(less(less(finished_of(s), count_of(s, IMPROVED)), count_of(s, UNCHANGED)), count_of(s, DETERIORATED));
}

/* ---- one rate of one subject ---- */

/* Roundings that meet at their ends agree. */
static published_check compare(const published_figure *printed, const rp_bounded_rate *rate) {
    const double slack = 1e-9;
    if (printed == NULL || printed->printed == NULL || printed->printed[0] == '*')
        return NOT_COMPARED;
    return printed->low <= 100 * rate->high + slack && printed->high >= 100 * rate->low - slack ? AGREES : DIFFERS;
}

published_result published_rate_of(const published_subject *s, const published_rate *rate, double level) {
    published_result out = {.x = numerator_of(s, rate->count), .n = published_base_of(s, rate->base)};
    if (rate->published && s->shares[rate->count].printed != NULL)
        out.printed = &s->shares[rate->count];
    out.known = out.x.known && out.n.known && out.n.high > 0;
    if (out.known && published_is_ratio(rate)) {
        out.rate = (rp_bounded_rate){.low = (double)out.x.low / (double)out.n.high,
                                     .high = out.n.low > 0 ? (double)out.x.high / (double)out.n.low : NAN,
                                     .lower = NAN,
                                     .upper = NAN,
                                     .level = NAN};
    } else if (out.known && out.x.low > out.n.high) { /* the file contradicts itself: no share can be made of it */
        out.known = false;
        out.check = out.printed != NULL && out.printed->printed[0] != '*' ? DIFFERS : NOT_COMPARED;
    } else if (out.known) {
        out.rate = rp_rate_bounds(out.x.low, out.x.high, out.n.low, out.n.high, level);
        out.check = compare(out.printed, &out.rate);
    }
    return out;
}
