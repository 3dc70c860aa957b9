/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rates, each as a row of a table, and the arithmetic of counts that are known between bounds. Definitions of what
 * is published: annual metadata 2024-25 of NHS England (recovery and reliable recovery of those who finished less those
 * not at caseness; the kinds of change of all who finished). */
#include "questions/published/published_parts.h"

#include <math.h>

const published_rate published_rates[] = {
    {"published.recovery.per_case", "Recovery", "Recovery, of those who finished, less those not at caseness",
     "recovered", RECOVERED, OF_CASES, true, true},
    {"published.recovery.per_finished", "Recovery", "Recovery, of all who finished", "recovered", RECOVERED,
     OF_FINISHED, false, false},
    {"published.recovery.per_entered", "Recovery", "Recovery, for each that entered treatment", "recovered", RECOVERED,
     OF_ENTERED, false, false},
    {"published.recovery.per_referred", "Recovery", "Recovery, for each referral received", "recovered", RECOVERED,
     OF_REFERRED, false, false},
    {"published.reliable_recovery.per_case", "Reliable recovery",
     "Reliable recovery, of those who finished, less those not at caseness", "reliably recovered", RELIABLY_RECOVERED,
     OF_CASES, true, true},
    {"published.reliable_recovery.per_finished", "Reliable recovery", "Reliable recovery, of all who finished",
     "reliably recovered", RELIABLY_RECOVERED, OF_FINISHED, false, false},
    {"published.reliable_recovery.per_entered", "Reliable recovery",
     "Reliable recovery, for each that entered treatment", "reliably recovered", RELIABLY_RECOVERED, OF_ENTERED, false,
     false},
    {"published.reliable_recovery.per_referred", "Reliable recovery", "Reliable recovery, for each referral received",
     "reliably recovered", RELIABLY_RECOVERED, OF_REFERRED, false, false},
    {"published.improvement.per_finished", "Reliable improvement", "Reliable improvement, of all who finished",
     "reliably improved", IMPROVED, OF_FINISHED, true, true},
    {"published.improvement.per_entered", "Reliable improvement",
     "Reliable improvement, for each that entered treatment", "reliably improved", IMPROVED, OF_ENTERED, false, false},
    {"published.improvement.per_referred", "Reliable improvement", "Reliable improvement, for each referral received",
     "reliably improved", IMPROVED, OF_REFERRED, false, false},
    {"published.no_change.per_finished", "No reliable change", "No reliable change, of all who finished",
     "had no reliable change", UNCHANGED, OF_FINISHED, true, false},
    {"published.deterioration.per_finished", "Reliable deterioration", "Reliable deterioration, of all who finished",
     "reliably deteriorated", DETERIORATED, OF_FINISHED, true, true},
    {"published.deterioration.per_entered", "Reliable deterioration",
     "Reliable deterioration, for each that entered treatment", "reliably deteriorated", DETERIORATED, OF_ENTERED,
     false, false},
    {"published.deterioration.per_referred", "Reliable deterioration",
     "Reliable deterioration, for each referral received", "reliably deteriorated", DETERIORATED, OF_REFERRED, false,
     false},
    {"published.change_not_known.per_finished", "Change not known", "Change not known, of all who finished",
     "are in none of the three kinds of change, so that theirs is not known", CHANGE_NOT_KNOWN, OF_FINISHED, false,
     false},
    {"published.at_caseness.per_finished", "At caseness", "At caseness at the start, of all who finished",
     "were at caseness at the start", CASES, OF_FINISHED, false, false},
    {"published.within_6_weeks.per_finished", "Waiting", "First treatment within 6 weeks, of all who finished",
     "had their first treatment within 6 weeks", WITHIN_6_WEEKS, OF_FINISHED, true, false},
    {"published.within_18_weeks.per_finished", "Waiting", "First treatment within 18 weeks, of all who finished",
     "had their first treatment within 18 weeks", WITHIN_18_WEEKS, OF_FINISHED, true, false},
    {"published.entered.per_referred", "Entering and finishing", "Entered treatment, for each referral received",
     "entered treatment", ENTERED, OF_REFERRED, false, false},
    {"published.finished.per_entered", "Entering and finishing", "Finished a course, for each that entered treatment",
     "finished a course of treatment", FINISHED, OF_ENTERED, false, false},
    {"published.finished.per_referred", "Entering and finishing", "Finished a course, for each referral received",
     "finished a course of treatment", FINISHED, OF_REFERRED, false, true},
};
const size_t published_n_rates = sizeof published_rates / sizeof *published_rates;

bool published_is_ratio(const published_rate *rate) {
    return rate->base == OF_ENTERED || rate->base == OF_REFERRED;
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

static published_count base_of(const published_subject *s, published_base base) {
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
    published_result out = {.x = numerator_of(s, rate->count), .n = base_of(s, rate->base)};
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
