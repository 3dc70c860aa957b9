/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national rule: which measure of anxiety counts, and what its scores and those of the PHQ-9 say together. Its
 * figures are the dated rows of national_rows.c. Source and deviations: docs/national-definitions.md. */
#include "record/cohort_parts.h"

#include <math.h>
#include <string.h>

const char *rp_national_why_words(rp_national_why why) {
    static const char *const words[RP_NATIONAL_WHYS] = {
        [RP_NATIONAL_KNOWN] = "",
        [RP_NATIONAL_NO_PHQ9] = "no score of the PHQ-9",
        [RP_NATIONAL_NO_ANXIETY] = "no score of the anxiety measure",
        [RP_NATIONAL_ONE_PHQ9] = "one score of the PHQ-9 alone",
        [RP_NATIONAL_ONE_ANXIETY] = "one score of the anxiety measure alone",
        [RP_NATIONAL_NO_CUTOFF] = "no cut-off is known for the anxiety measure",
        [RP_NATIONAL_NO_THRESHOLD] = "no threshold of reliable change is known for the anxiety measure",
    };
    return words[why];
}

/* ---- the rule ----------------------------------------------------------------------------------- */

static const rp_national_flag yes = {RP_YES, RP_NATIONAL_KNOWN}, no = {RP_NO, RP_NATIONAL_KNOWN};

static rp_national_flag known(bool is) {
    return is ? yes : no;
}

/* The measure's own figures as a rule of change: a cut-off or a threshold that hangs on the people measured is none. */
static rp_change_scale scale_of(const rp_national_scores *s) {
    bool number = s->rule->cutoff_kind == RP_CUTOFF_NUMBER && !isnan(s->rule->cutoff);
    return (rp_change_scale){.method = RP_CHANGE_JT,
                             .higher_is_worse = s->higher_is_worse,
                             .fixed_threshold = !isnan(s->rule->reliable_change),
                             .reliable_change = s->rule->reliable_change,
                             .has_cutoff = number,
                             .cutoff = s->rule->cutoff};
}

static bool has_first(const rp_national_scores *s) {
    return s->rule != NULL && !isnan(s->first);
}

static bool has_last(const rp_national_scores *s) {
    return has_first(s) && !isnan(s->last);
}

static rp_national_why firsts_lack(const rp_national_scores *phq9, const rp_national_scores *anxiety) {
    return !has_first(phq9) ? RP_NATIONAL_NO_PHQ9 : !has_first(anxiety) ? RP_NATIONAL_NO_ANXIETY : RP_NATIONAL_KNOWN;
}

static rp_national_why pairs_lack(const rp_national_scores *phq9, const rp_national_scores *anxiety) {
    rp_national_why why = firsts_lack(phq9, anxiety);
    if (why != RP_NATIONAL_KNOWN)
        return why;
    return !has_last(phq9) ? RP_NATIONAL_ONE_PHQ9 : !has_last(anxiety) ? RP_NATIONAL_ONE_ANXIETY : RP_NATIONAL_KNOWN;
}

static rp_national_flag caseness(const rp_national_scores *phq9, const rp_national_scores *anxiety, bool at_end) {
    rp_national_why why = at_end ? pairs_lack(phq9, anxiety) : firsts_lack(phq9, anxiety);
    if (why != RP_NATIONAL_KNOWN)
        return (rp_national_flag){RP_NOT_KNOWN, why};
    rp_change_scale a = scale_of(phq9), b = scale_of(anxiety);
    if (!a.has_cutoff || !b.has_cutoff)
        return (rp_national_flag){RP_NOT_KNOWN, RP_NATIONAL_NO_CUTOFF};
    return known(rp_change_is_case(&a, at_end ? phq9->last : phq9->first) ||
                 rp_change_is_case(&b, at_end ? anxiety->last : anxiety->first));
}

static rp_national_flag recovery(rp_national_flag at_start, rp_national_flag at_end) {
    if (at_start.is != RP_YES)
        return at_start; /* no case cannot recover; not known stays not known */
    return at_end.is == RP_NOT_KNOWN ? at_end : known(at_end.is == RP_NO);
}

/* Reliably so on one of the two, and not reliably the other way on either. */
static void reliable_change(const rp_national_scores *phq9, const rp_national_scores *anxiety, rp_national_flags *out) {
    rp_national_why why = pairs_lack(phq9, anxiety);
    rp_change_scale a = {0}, b = {0};
    if (why == RP_NATIONAL_KNOWN) {
        a = scale_of(phq9);
        b = scale_of(anxiety);
        if (!a.fixed_threshold || !b.fixed_threshold)
            why = RP_NATIONAL_NO_THRESHOLD;
    }
    if (why != RP_NATIONAL_KNOWN) {
        out->improved = out->deteriorated = (rp_national_flag){RP_NOT_KNOWN, why};
        return;
    }
    rp_reliable x = rp_change_reliable(&a, phq9->first, phq9->last);
    rp_reliable y = rp_change_reliable(&b, anxiety->first, anxiety->last);
    bool better = x == RP_RELIABLY_IMPROVED || y == RP_RELIABLY_IMPROVED;
    bool worse = x == RP_RELIABLY_DETERIORATED || y == RP_RELIABLY_DETERIORATED;
    out->improved = known(better && !worse);
    out->deteriorated = known(worse && !better);
}

static rp_national_flag both(rp_national_flag a, rp_national_flag b) {
    if (a.is == RP_NO || b.is == RP_NO)
        return no;
    return a.is == RP_NOT_KNOWN ? a : b;
}

rp_national_flags rp_national_judge(const rp_national_scores *phq9, const rp_national_scores *anxiety) {
    rp_national_flags out = {.case_at_start = caseness(phq9, anxiety, false),
                             .case_at_end = caseness(phq9, anxiety, true)};
    out.recovered = recovery(out.case_at_start, out.case_at_end);
    reliable_change(phq9, anxiety, &out);
    out.reliably_recovered = both(out.recovered, out.improved);
    return out;
}

/* ---- which measure of anxiety counts --------------------------------------------------------------- */

/* The client's total score on it; of several versions the one with most scores. -1: not in the record. */
static int measure_of(const rp_cohort *cohort, const char *instrument) {
    int best = -1;
    for (size_t m = 0; m < cohort->measures.n; m++) {
        const rp_measure *measure = &cohort->measures.at[m];
        bool total = measure->instrument->n_scales == 1 ||
                     strcmp(measure->instrument->scales[measure->scale].name, "total") == 0;
        if (total && strcmp(measure->instrument->name, instrument) == 0 && strcmp(measure->rater, "client") == 0 &&
            (best < 0 || measure->n_scores > cohort->measures.at[best].n_scores))
            best = (int)m;
    }
    return best;
}

static rp_change_rule rule_of(const rp_national_threshold *row) {
    rp_change_rule rule = rp_change_rule_none();
    if (!isnan(row->caseness)) {
        rule.cutoff_kind = RP_CUTOFF_NUMBER;
        rule.cutoff = row->caseness;
    }
    rule.reliable_change = row->reliable_change;
    return rule;
}

void rp_cohort_find_national(rp_cohort *cohort) {
    cohort->phq9 = measure_of(cohort, "phq-9");
    cohort->gad7 = measure_of(cohort, rp_national_instrument(NULL, RP_NO_DATE));
    for (size_t i = 0; i < RP_NATIONAL_DESCRIPTORS; i++)
        cohort->anxiety[i] = measure_of(cohort, rp_national_descriptor_at(i)->instrument);
    cohort->no_threshold = rp_change_rule_none();
    for (size_t i = 0; i < RP_NATIONAL_THRESHOLDS; i++)
        cohort->thresholds[i] = rule_of(rp_national_threshold_at(i));
}

const char *rp_cohort_problem(const rp_cohort *cohort, uint32_t referral) {
    const cohort_columns *c = &cohort->columns;
    rp_rows rows = rp_record_children(cohort->record, RP_PROBLEMS, referral);
    const char *best = NULL;
    int best_rank = -1;
    rp_date best_date = RP_NO_DATE;
    for (size_t i = 0; i < rows.n; i++) {
        const char *code = rp_record_code_text(cohort->record, RP_PROBLEMS, c->descriptor, rows.at[i]);
        int as = rp_record_code(cohort->record, RP_PROBLEMS, c->descriptor_rank, rows.at[i]);
        int rank = as == c->primary_code ? 2 : as == c->secondary_code ? 1 : 0;
        rp_date date = rp_record_date(cohort->record, RP_PROBLEMS, c->descriptor_date, rows.at[i]);
        bool later = best_date == RP_NO_DATE || (date != RP_NO_DATE && date >= best_date);
        if (code == NULL || rank < best_rank || (rank == best_rank && !later))
            continue;
        best = code;
        best_rank = rank;
        best_date = date;
    }
    return best != NULL ? best : rp_record_code_text(cohort->record, RP_REFERRALS, c->problem, referral);
}

static rp_national_scores scores_of(const rp_cohort *cohort, int measure, rp_date ended, const rp_series *series) {
    if (measure < 0)
        return (rp_national_scores){.first = NAN, .last = NAN};
    const rp_measure *m = &cohort->measures.at[measure];
    int row = rp_national_threshold_on(m->instrument->name, ended);
    const rp_series *s = &series[measure];
    return (rp_national_scores){.rule = row < 0 ? &cohort->no_threshold : &cohort->thresholds[row],
                                .higher_is_worse = m->instrument->scales[m->scale].higher_is_worse,
                                .first = s->n > 0 ? s->points[0].value : NAN,
                                .last = s->n > 1 ? s->points[s->n - 1].value : NAN};
}

/* The problem's own measure where it was taken twice, or as often as the GAD-7; else the GAD-7 (Clark and others 2018,
 * PMC5942544, table 2). */
static int anxiety_measure(const rp_cohort *cohort, int descriptor, const rp_series *series) {
    int gad7 = cohort->gad7, own = descriptor < 0 ? gad7 : cohort->anxiety[descriptor];
    if (own < 0 || gad7 < 0)
        return own < 0 ? gad7 : own;
    uint32_t own_n = series[own].n, gad7_n = series[gad7].n;
    return own_n >= 2 || own_n >= gad7_n ? own : gad7;
}

rp_national rp_cohort_national(const rp_cohort *cohort, uint32_t referral, rp_date ended, const rp_series *series) {
    const char *problem = rp_cohort_problem(cohort, referral);
    int descriptor = rp_national_descriptor_on(problem, ended);
    rp_national out = {.phq9 = cohort->phq9,
                       .anxiety = anxiety_measure(cohort, descriptor, series),
                       .problem = rp_national_problem_group(problem),
                       .descriptor = descriptor,
                       .own = descriptor < 0 ? -1 : cohort->anxiety[descriptor]};
    rp_national_scores a = scores_of(cohort, out.phq9, ended, series);
    rp_national_scores b = scores_of(cohort, out.anxiety, ended, series);
    out.flags = rp_national_judge(&a, &b);
    return out;
}
