/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long people waited. Shares are of everyone who reached what was waited for, whether or not the wait is known:
 * the share is what is known of them. Medians are of the waits that are known (common/days.h). */
#include "questions/pathway/pathway_parts.h"

typedef struct share_within {
    const char *id, *label, *of, *words, *cohort;
    pathway_wait wait;
    unsigned bands, contacts;
    bool finished, headline;
} share_within;

#define WITHIN BIT(BAND_SHORT) | BIT(BAND_MIDDLE)
#define ANY    ~0u
static const share_within shares[] = {
    {"pathway.wait_assessment.within_42_days", "First assessment within 42 days", "people assessed",
     "are known to have been assessed within 42 days of being referred", "assessed", WAIT_ASSESSMENT, BIT(BAND_SHORT),
     ANY, false, false},
    {"pathway.wait_assessment.within_126_days", "First assessment within 126 days", "people assessed",
     "are known to have been assessed within 126 days of being referred", "assessed", WAIT_ASSESSMENT, WITHIN, ANY,
     false, false},
    {"pathway.wait_treatment.within_42_days.per_entered", "First treatment within 42 days, of all who entered",
     "people who entered treatment", "are known to have been treated within 42 days of being referred", "entered",
     WAIT_TREATMENT, BIT(BAND_SHORT), ANY, false, true},
    {"pathway.wait_treatment.within_126_days.per_entered", "First treatment within 126 days, of all who entered",
     "people who entered treatment", "are known to have been treated within 126 days of being referred", "entered",
     WAIT_TREATMENT, WITHIN, ANY, false, false},
    {"pathway.wait_treatment.within_42_days.per_finished", "First treatment within 42 days, of those who finished",
     "people who finished a course", "are known to have been treated within 42 days of being referred", "finished",
     WAIT_TREATMENT, BIT(BAND_SHORT), BIT(TREATED_MORE), true, false},
    {"pathway.wait_treatment.within_126_days.per_finished", "First treatment within 126 days, of those who finished",
     "people who finished a course", "are known to have been treated within 126 days of being referred", "finished",
     WAIT_TREATMENT, WITHIN, BIT(TREATED_MORE), true, false},
    {"pathway.wait_second.to_28_days", "Second treatment up to 28 days after the first",
     "people with two or more treatment contacts", "are known to have waited up to 28 days for the second",
     "second treatment", WAIT_SECOND, BIT(BAND_SHORT), ANY, false, false},
    {"pathway.wait_second.29_to_90_days", "Second treatment 29 to 90 days after the first",
     "people with two or more treatment contacts", "are known to have waited 29 to 90 days for the second",
     "second treatment", WAIT_SECOND, BIT(BAND_MIDDLE), ANY, false, false},
    {"pathway.wait_second.over_90_days", "Second treatment more than 90 days after the first",
     "people with two or more treatment contacts", "are known to have waited more than 90 days for the second",
     "second treatment", WAIT_SECOND, BIT(BAND_LONG), ANY, false, false},
};

static const struct {
    const char *id, *title, *from_to, *of, *cohort;
} waits[WAITS] = {
    {"pathway.wait_assessment.median", "Referred to first assessment", "from being referred to the first assessment",
     "people assessed", "assessed"},
    {"pathway.wait_treatment.median", "Referred to first treatment", "from being referred to the first treatment",
     "people who entered treatment", "entered"},
    {"pathway.wait_second.median", "First to second treatment", "from the first to the second treatment",
     "people with two or more treatment contacts", "second treatment"},
};

static void say_median(pathway_work *work, size_t w, const pathway_who *known, const pathway_who *all) {
    rp_answer *answer = work->answer;
    const int64_t *days = work->counts.days + w * PATHWAY_DAYS;
    rp_statement *s = rp_answer_statement(answer, waits[w].id);
    s->numerator = pathway_count(work, known);
    s->denominator = pathway_count(work, all);
    s->label = rp_answer_text(answer, "%s, median", waits[w].title);
    s->cohort = waits[w].cohort;
    s->unit = "days";
    s->level = work->plan.asked->level;
    s->method = "median of the waits that are known; interval by order statistics";
    int64_t n = s->numerator.n;
    if (n <= 0) {
        s->text = rp_answer_text(answer, "How long it was %s is not known.", waits[w].from_to);
        return;
    }
    rp_question_median median = rp_question_median_of(days, n, s->level);
    s->estimate = median.estimate;
    s->lower = median.lower;
    s->upper = median.upper;
    s->text = rp_answer_text(answer, "It was %s, for the %lld of %lld %s whose wait is known.",
                             rp_question_median_words(answer, &median, waits[w].from_to, s->level), (long long)n,
                             (long long)s->denominator.n, waits[w].of);
}

static void row_of(pathway_work *work, rp_answer_table *table, size_t w, const pathway_who *known,
                   const pathway_who *all) {
    const int64_t *days = work->counts.days + w * PATHWAY_DAYS;
    static const unsigned bands[] = {BAND_SHORT, BAND_MIDDLE, BAND_LONG, BAND_NOT_KNOWN};
    rp_count behind = pathway_count(work, known), whole = pathway_count(work, all);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, waits[w].title);
    row[1] = rp_value_count(whole);
    row[2] =
        rp_value_text(work->answer, rp_answer_text(work->answer, "%d; %d", pathway_limits[w][0], pathway_limits[w][1]));
    for (size_t b = 0; b < 4; b++) {
        pathway_who who = *all;
        who.bands[w] = BIT(bands[b]);
        row[3 + b] = rp_value_count(pathway_count(work, &who));
    }
    for (int q = 1; q <= 3; q++)
        if (behind.n >= RP_QUESTION_SPREAD_FROM || (q == 2 && behind.n > 0))
            row[6 + q] = rp_value_share(rp_question_day_quantile(days, behind.n, q), 0, behind, whole);
}

void pathway_write_waits(pathway_work *work) {
    static const rp_table_column columns[] = {
        {"wait", "Wait", ""},
        {"people", "Reached it", "people"},
        {"limits", "Limits", "days"},
        {"to_first", "Up to the first", "people"},
        {"to_second", "Up to the second", "people"},
        {"longer", "Longer", "people"},
        {"not_known", "Not known", "people"},
        {"lower_quartile", "Lower quartile", "days"},
        {"median", "Median", "days"},
        {"upper_quartile", "Upper quartile", "days"},
    };
    if (!rp_cohort_has_contacts(work->plan.cohort))
        return;
    bool ends = work->plan.n_cells > 0;
    for (size_t i = 0; i < work->plan.n_cells; i++)
        ends = ends && pathway_cell_at(work->plan.codes[i]).ending != OVER_NOT_KNOWN;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        const share_within *share = &shares[i];
        if (share->finished && !ends)
            continue;
        pathway_who all = pathway_anyone(work), who;
        all.bands[share->wait] = ~BIT(BAND_NONE);
        all.contacts = share->contacts;
        who = all = share->finished ? pathway_ended(all) : all;
        who.bands[share->wait] = share->bands;
        pathway_say(
            work,
            &(rp_question_saying){share->id, share->label, share->of, share->words, share->cohort, share->headline},
            &who, &all);
    }
    rp_answer_table *table = rp_answer_table_add(work->answer, "pathway.waits", "How long people waited", columns,
                                                 sizeof columns / sizeof *columns);
    table->audience = RP_FOR_PUBLIC;
    table->note = "Only waits that have come to their end are here: people who still wait are among those who have not "
                  "ended. A wait is not known where a date is missing or dates are in an impossible order. Pauses are "
                  "not taken off. Quartiles stand only where at least 20 waits are known.";
    for (size_t w = 0; w < WAITS; w++) {
        pathway_who all = pathway_anyone(work), known;
        all.bands[w] = ~BIT(BAND_NONE);
        known = all;
        known.bands[w] &= ~BIT(BAND_NOT_KNOWN);
        say_median(work, w, &known, &all);
        row_of(work, table, w, &known, &all);
    }
}
