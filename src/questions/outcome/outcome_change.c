/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean change and standardised mean change, by version and group. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

static rp_paired paired_of(const outcome_work *work, outcome_version version, size_t group) {
    return rp_paired_infer(outcome_pairs(&work->plan, &work->moments, version, group),
                           work->plan.scale->higher_is_worse, work->plan.asked->level);
}

static rp_statement *begin(outcome_work *work, const char *quantity, outcome_version version, size_t group,
                           rp_interval i) {
    outcome_who who = outcome_anyone(&work->plan, group);
    rp_statement *s = outcome_statement(work, outcome_id(quantity, version, NULL), group, version);
    s->denominator = outcome_count(work, version, who);
    who.classes = OUTCOME_KNOWN;
    s->numerator = outcome_count(work, version, who);
    s->cohort = outcome_denominator_at(&work->plan, 0).cohort;
    s->estimate = i.estimate;
    s->lower = i.lower;
    s->upper = i.upper;
    s->level = i.level;
    return s;
}

static const char *points(rp_answer *answer, const rp_interval *i) {
    if (isnan(i->lower))
        return rp_answer_text(answer, "%.1f", i->estimate);
    return rp_answer_text(answer, "%.1f points (%g%% interval %.1f to %.1f)", i->estimate, 100 * i->level, i->lower,
                          i->upper);
}

static void state_change(outcome_work *work, outcome_version version, size_t group, const rp_paired *p) {
    rp_answer *answer = work->answer;
    outcome_group g = outcome_group_at(&work->plan, group);
    const char *when = outcome_version_title(&work->plan, version, answer);
    const char *in = group == 0 ? "" : rp_answer_text(answer, " of people%s", outcome_in_group(answer, &g));
    rp_statement *s = begin(work, "change", version, group, p->change);
    s->unit = "points";
    s->headline = group == 0;
    s->method = "mean of after minus before, paired t interval; people with both scores";
    s->label = rp_answer_text(answer, "Mean change%s", in);
    s->text = rp_answer_text(answer,
                             "Mean change on the %s%s, %s: %s, among the %lld of %lld with both scores. %s is "
                             "worse.",
                             work->plan.measure->name, in, when, points(answer, &p->change), (long long)s->numerator.n,
                             (long long)s->denominator.n, work->plan.scale->higher_is_worse ? "Higher" : "Lower");
    s = begin(work, "effect_size", version, group, p->effect);
    s->unit = "standard deviations";
    s->method = rp_answer_text(answer,
                               "standardised mean change, raw-score standardisation (Becker 1988), Hedges' correction; "
                               "correlation of the two scores %.2f; positive is better",
                               p->correlation);
    s->label = rp_answer_text(answer, "Standardised mean change%s", in);
    s->text = rp_answer_text(
        answer,
        "Standardised mean change on the %s%s, %s: %.2f (%g%% interval %.2f to %.2f), among the %lld of %lld "
        "with both scores. Positive is better. It has no comparator: it is not an effect of treatment.",
        work->plan.measure->name, in, when, p->effect.estimate, 100 * p->effect.level, p->effect.lower, p->effect.upper,
        (long long)s->numerator.n, (long long)s->denominator.n);
}

static void table_row(outcome_work *work, rp_answer_table *table, outcome_version version, size_t group,
                      const rp_paired *p) {
    rp_answer *answer = work->answer;
    outcome_who who = outcome_anyone(&work->plan, group);
    rp_count of = outcome_count(work, version, who);
    who.classes = OUTCOME_KNOWN;
    rp_count n = outcome_count(work, version, who);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, outcome_version_short(&work->plan, version, answer));
    row[1] = rp_value_text(answer, outcome_group_at(&work->plan, group).label);
    row[2] = rp_value_count(n);
    row[3] = rp_value_count(of);
    const double numbers[] = {p->mean_before,     p->sd_before,       p->mean_after,   p->sd_after,
                              p->correlation,     p->change.estimate, p->change.lower, p->change.upper,
                              p->effect.estimate, p->effect.lower,    p->effect.upper};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        row[4 + i] = rp_value_num(numbers[i], i == 4 || i >= 8 ? 2 : 1, n);
}

void outcome_write_change(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"version", "Change", ""},
        {"group", "Group", ""},
        {"n", "Both scores", "people"},
        {"of", "Of", "people"},
        {"mean_before", "Mean before", "points"},
        {"sd_before", "SD before", "points"},
        {"mean_after", "Mean after", "points"},
        {"sd_after", "SD after", "points"},
        {"correlation", "Correlation", ""},
        {"change", "Mean change", "points"},
        {"change_lower", "From", "points"},
        {"change_upper", "To", "points"},
        {"effect_size", "Standardised change", "SD"},
        {"effect_size_lower", "From", "SD"},
        {"effect_size_upper", "To", "SD"},
    };
    rp_answer *answer = work->answer;
    const char *measure = work->plan.measure->name;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "outcome.change.%s", measure),
                            rp_answer_text(answer, "%s: mean change, both versions side by side", measure), columns,
                            sizeof columns / sizeof *columns);
    table->note =
        "Only people with both scores can be in a mean of change. Standardised change: Hedges' g by the spread "
        "before, with the correlation of the two scores (Becker 1988); positive is better.";
    for (size_t g = 0; g < work->plan.n_groups; g++)
        for (size_t v = 0; v < VERSIONS; v++) {
            rp_paired p = paired_of(work, (outcome_version)v, g);
            if (outcome_group_at(&work->plan, g).band < 0 && p.n > 0)
                state_change(work, (outcome_version)v, g, &p);
            table_row(work, table, (outcome_version)v, g, &p);
        }
    rp_paired last = paired_of(work, FIRST_TO_LAST, 0), fixed = paired_of(work, AT_HORIZON, 0);
    if (last.n > fixed.n && fixed.n > 1)
        rp_answer_caveat(
            answer,
            "%s: fewer people have a score at the horizon (%s) than have a later score at all. Looking only "
            "at those who were still measured then would leave the others out of sight.",
            measure, outcome_version_title(&work->plan, AT_HORIZON, answer));
}
