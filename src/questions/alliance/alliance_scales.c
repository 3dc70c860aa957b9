/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each scale over all times: mean, ceiling and alpha, as statements and side by side in a table. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>

static rp_count people(alliance_work *work, size_t k, alliance_who who) {
    return alliance_count(work->answer, work->universe, &work->people.whole, false, k, who);
}

static const char *spread(rp_answer *answer, const rp_moments *scores) {
    return scores->n < 2 ? "" : rp_answer_text(answer, ", SD %.2f", rp_moments_sd(scores));
}

static const char *title(const alliance_work *work, size_t k) {
    return rp_answer_text(work->answer, "%s (%s), rated by the %s", work->family->instrument->short_title,
                          alliance_scale(work->family, k)->title, work->family->rater);
}

static void state_mean(alliance_work *work, size_t k) {
    rp_answer *answer = work->answer;
    const alliance_scale_moments *m = &work->moments[k];
    rp_interval mean = rp_ratio_interval(&m->people, work->family->asked->level);
    rp_statement *s = alliance_statement(work->answer, work->family, "alliance.mean", k, people(work, k, WHO_MEASURED),
                                         people(work, k, WHO_ALL), mean);
    const rp_scale *scale = alliance_scale(work->family, k);
    s->unit = "points";
    s->headline = k == 0;
    s->label = rp_answer_text(answer, "Mean score");
    s->method = "mean of all scores, each counted once; t interval over people (Cochran 1977), who have several each";
    s->text = rp_answer_text(answer,
                             "%s: mean %.2f%s%s, on a scale from %g to %g; %lld scores of %lld of %lld people. "
                             "%s is better.",
                             title(work, k), mean.estimate, alliance_range(answer, &mean), spread(answer, &m->scores),
                             scale->lowest, scale->highest, (long long)m->scores.n, (long long)s->numerator.n,
                             (long long)s->denominator.n, scale->higher_is_worse ? "Lower" : "Higher");
}

static void state_ceiling(alliance_work *work, const char *id, size_t k, alliance_who who, const char *label,
                          const char *words) {
    rp_answer *answer = work->answer;
    rp_count part = people(work, k, who), whole = people(work, k, WHO_MEASURED);
    rp_interval share = alliance_share(work->family, part, whole);
    rp_statement *s = alliance_statement(work->answer, work->family, id, k, part, whole, share);
    s->unit = "people";
    s->label = rp_answer_text(answer, "%s", label);
    s->method = "share of people measured, Wilson interval";
    s->text =
        rp_answer_text(answer, "%s: %lld of %lld people measured (%.0f%%) %s (%g).", title(work, k), (long long)part.n,
                       (long long)whole.n, 100 * share.estimate, words, alliance_scale(work->family, k)->highest);
}

static void state_alpha(alliance_work *work, const char *id, size_t k, bool within) {
    rp_answer *answer = work->answer;
    const double *moments = within ? work->moments[k].within : work->moments[k].pooled;
    double alpha = rp_alpha(moments, alliance_scale(work->family, k)->n_items);
    if (isnan(alpha))
        return;
    rp_interval i = {alpha, NAN, NAN, NAN};
    rp_statement *s =
        alliance_statement(work->answer, work->family, id, k, people(work, k, within ? WHO_REPEATED : WHO_COMPLETE),
                           people(work, k, WHO_ALL), i);
    s->unit = ""; /* a number without one */
    s->label = within ? "Alpha, within persons" : "Alpha, pooled";
    s->method = within ? "Cronbach's alpha of items centred on each person's own mean; no interval is offered"
                       : "Cronbach's alpha over all completely answered questionnaires, listwise; no interval, since "
                         "the same people answer repeatedly";
    s->text = rp_answer_text(answer,
                             within ? "%s: within persons, alpha is %.2f (%.0f complete questionnaires; %lld of %lld "
                                      "people have two or more). It tells whether the items rise and fall together "
                                      "from time to time in the same person."
                                    : "%s: pooled over all times, alpha is %.2f (%.0f complete questionnaires of %lld "
                                      "of %lld people). It mixes how people differ with how each changes.",
                             title(work, k), alpha, moments[0], (long long)s->numerator.n, (long long)s->denominator.n);
}

static void table_row(alliance_work *work, rp_answer_table *table, size_t k) {
    const alliance_scale_moments *m = &work->moments[k];
    const rp_scale *scale = alliance_scale(work->family, k);
    rp_interval mean = rp_ratio_interval(&m->people, work->family->asked->level);
    rp_count measured = people(work, k, WHO_MEASURED);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, scale->title);
    row[1] = rp_value_count(people(work, k, WHO_ALL));
    row[2] = rp_value_count(measured);
    row[2].of = row[1].count;
    row[3] = rp_value_num((double)m->scores.n, 0, measured);
    row[4] = alliance_number(mean.estimate, 2, measured);
    row[5] = alliance_number(mean.lower, 2, measured);
    row[6] = alliance_number(mean.upper, 2, measured);
    row[7] = alliance_number(rp_moments_sd(&m->scores), 2, measured);
    row[8] = rp_value_count(people(work, k, WHO_HIGHEST_LAST));
    row[8].of = measured;
}

static void alpha_row(alliance_work *work, rp_answer_table *table, size_t k) {
    const alliance_scale_moments *m = &work->moments[k];
    const rp_scale *scale = alliance_scale(work->family, k);
    rp_count complete = people(work, k, WHO_COMPLETE), repeated = people(work, k, WHO_REPEATED);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, scale->title);
    row[1] = rp_value_num((double)scale->n_items, 0, rp_count_none());
    row[2] = rp_value_num(m->pooled[0], 0, complete);
    row[3] = rp_value_count(complete);
    row[4] = alliance_number(rp_alpha(m->pooled, scale->n_items), 3, complete);
    row[5] = rp_value_count(repeated);
    row[6] = alliance_number(rp_alpha(m->within, scale->n_items), 3, repeated);
}

static void write_alphas(alliance_work *work) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},
        {"items", "Items", ""},
        {"complete", "Complete", "questionnaires"},
        {"people", "By", "people"},
        {"alpha", "Alpha, pooled", ""},
        {"repeated", "Twice or more", "people"},
        {"alpha_within", "Alpha, within persons", ""},
    };
    rp_answer *answer = work->answer;
    const char *name = work->family->name;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "alliance.alpha.%s", name),
                                                 rp_answer_text(answer, "%s: do the items go together?", name), columns,
                                                 sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "Alpha, pooled: over all questionnaires with every item of the scale, at all times; it mixes how "
                  "people differ with how each changes. Within persons: of the items' differences from the person's "
                  "own means. A scale with low alpha within persons tells less about change.";
    for (size_t k = 0; k < work->family->n_scales; k++)
        if (work->moments[k].pooled[0] > 0)
            alpha_row(work, table, k);
}

void alliance_write_scales(alliance_work *work) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},    {"of", "People", "people"}, {"measured", "Measured", "people"},
        {"scores", "Scores", ""},  {"mean", "Mean", "points"}, {"lower", "From", "points"},
        {"upper", "To", "points"}, {"sd", "SD", "points"},     {"ceiling", "Latest is highest", "people"},
    };
    const alliance_family *family = work->family;
    rp_answer *answer = work->answer;
    bool answers = false;
    for (size_t k = 0; k < family->n_scales; k++) {
        if (work->moments[k].scores.n == 0)
            continue;
        state_mean(work, k);
        state_ceiling(work, "alliance.ceiling", k, WHO_HIGHEST_LAST, "Latest score is the highest possible",
                      "gave the highest possible score the last time they answered");
        state_ceiling(work, "alliance.ceiling.ever", k, WHO_HIGHEST_EVER, "Highest possible score at least once",
                      "gave the highest possible score at least once");
        state_alpha(work, "alliance.alpha", k, false);
        state_alpha(work, "alliance.alpha.within_persons", k, true);
        answers = answers || work->moments[k].pooled[0] > 0;
    }
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "alliance.scales.%s", family->name),
                                                 rp_answer_text(answer, "%s: its scales", family->name), columns,
                                                 sizeof columns / sizeof *columns);
    table->audience = RP_FOR_PUBLIC;
    table->note =
        rp_answer_text(answer, "Mean and SD: of all scores at all times. From and To: %g%% t interval over people.",
                       100 * family->asked->level);
    for (size_t k = 0; k < family->n_scales; k++)
        table_row(work, table, k);
    if (answers) {
        write_alphas(work);
    } else {
        if (rp_record_rows(rp_cohort_record(family->cohort), RP_RESPONSES) == 0)
            rp_answer_needs(answer, "responses");
        rp_answer_caveat(answer, "%s: no answers to its items are in the data, so alpha cannot be told.", family->name);
    }
}
