/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of people in each class of change, under every denominator that the data hold, with the worst and the best
 * case for people whose outcome is not known. */
#include "questions/outcome/outcome_words.h"

#include <assert.h>
#include <math.h>

typedef struct quantity {
    const char *name;  /* in the id */
    const char *title; /* in tables */
    const char *words; /* "... are known to have recovered" */
    int good;          /* 1 better, -1 worse, 0 neither */
    unsigned classes;
    bool crossing;   /* case before and not after, whatever the class */
    bool needs_case; /* only someone who was a case at the start can have it */
    bool headline;   /* stands in the summary */
} quantity;

#define BIT(c) (1u << (c))

/* The quantities that this rule can give. Returns how many. With the instrument's own threshold, recovery is crossing
 * the cut-off, and reliable recovery asks for both (the national rule); by an index, recovery asks for both at once
 * (Jacobson & Truax 1991). */
static size_t quantities(const rp_change_scale *rule, quantity out[5]) {
    size_t n = 0;
    bool by_threshold = rule->has_cutoff && rule->fixed_threshold;
    if (rule->has_cutoff)
        out[n++] = (quantity){.name = "recovery",
                              .title = "Recovered",
                              .words = "recovered",
                              .good = 1,
                              .classes = by_threshold ? OUTCOME_KNOWN : BIT(RP_RECOVERED),
                              .crossing = by_threshold,
                              .needs_case = true,
                              .headline = true};
    if (by_threshold)
        out[n++] = (quantity){.name = "reliable_recovery",
                              .title = "Reliably recovered",
                              .words = "reliably recovered",
                              .good = 1,
                              .classes = BIT(RP_RECOVERED),
                              .needs_case = true};
    out[n++] = (quantity){.name = "reliable_improvement",
                          .title = "Reliably improved",
                          .words = "reliably improved",
                          .good = 1,
                          .classes = BIT(RP_RECOVERED) | BIT(RP_IMPROVED),
                          .headline = !rule->has_cutoff};
    out[n++] = (quantity){.name = "no_reliable_change",
                          .title = "No reliable change",
                          .words = "changed by no more than the margin of error",
                          .classes = BIT(RP_UNCHANGED)};
    out[n++] = (quantity){.name = "reliable_deterioration",
                          .title = "Reliably deteriorated",
                          .words = "reliably deteriorated",
                          .good = -1,
                          .classes = BIT(RP_DETERIORATED) | BIT(RP_HARMED),
                          .headline = true};
    return n;
}

/* One share: known, and with the unknown all on one side and all on the other. */
typedef struct share {
    rp_count known, unknown, with_unknown, of;
} share;

static share share_of(outcome_work *work, outcome_version version, size_t group, const quantity *q,
                      const outcome_denominator *d) {
    outcome_who of = outcome_anyone(&work->plan, group);
    of.stages = d->stages;
    if (d->known_only)
        of.classes = OUTCOME_KNOWN;
    if (d->cases_only)
        of.before = 1;
    outcome_who known = of;
    known.classes = q->classes;
    if (q->needs_case)
        known.before = 1;
    if (q->crossing)
        known.after = 0;
    share out = {.known = outcome_count(work, version, known), .of = outcome_count(work, version, of)};
    outcome_who both = known;
    /* The unknown have no score after, so they stand in the cells "not a case after". Someone who was no case at the
     * start cannot recover; someone never measured might have been one. */
    if (!d->known_only)
        both.classes |= OUTCOME_UNKNOWN;
    if (!d->known_only && q->needs_case)
        both.also = BIT(OUTCOME_NO_BEFORE);
    out.with_unknown = outcome_count(work, version, both);
    both.classes &= OUTCOME_UNKNOWN;
    out.unknown = outcome_count(work, version, both);
    return out;
}

static const char *method_text(outcome_work *work, outcome_version version) {
    const rp_change_scale *rule = &work->rules.scale[version][RP_CHANGE_JT];
    const char *how = rule->fixed_threshold
                          ? rp_answer_text(work->answer, "change of %g or more", rule->reliable_change)
                          : rp_answer_text(work->answer, "Jacobson–Truax, reliability %g, SD %.2f: change over %.2f",
                                           rule->reliability, rule->sd_pre, rule->reliable_change);
    if (!rule->has_cutoff)
        return rp_answer_text(work->answer, "%s; Wilson interval", how);
    return rp_answer_text(work->answer, "%s; cut-off %.4g; Wilson interval", how, rule->cutoff);
}

static void fill(outcome_work *work, rp_statement *s, rp_count numerator, rp_count denominator,
                 const outcome_denominator *d, outcome_version version) {
    rp_interval i = outcome_share(work, &numerator, &denominator);
    s->numerator = numerator;
    s->denominator = denominator;
    s->cohort = d->cohort;
    s->estimate = i.estimate;
    s->lower = i.lower;
    s->upper = i.upper;
    s->level = i.level;
    s->method = method_text(work, version);
    s->confirmed = outcome_rule_confirmed(work);
}

static void state_known(outcome_work *work, outcome_version version, size_t group, const quantity *q,
                        const outcome_denominator *d, const share *x) {
    rp_answer *answer = work->answer;
    outcome_group g = outcome_group_at(&work->plan, group);
    rp_statement *s = outcome_statement(work, outcome_id(q->name, version, d->tail), group, version);
    fill(work, s, x->known, x->of, d, version);
    s->headline = q->headline && group == 0 && d->stages == 0 && !d->known_only &&
                  outcome_pairs(&work->plan, &work->moments, version, 0)->n > 0;
    s->label = rp_answer_text(answer, "%s (known), of %s%s", q->title, d->noun, outcome_in_group(answer, &g));
    s->text =
        rp_answer_text(answer, "%lld of %lld %s%s are known to have %s on the %s %s: %s (%g%% interval %s to %s).",
                       (long long)x->known.n, (long long)x->of.n, d->noun, outcome_in_group(answer, &g), q->words,
                       work->plan.measure->name, outcome_version_title(&work->plan, version, answer),
                       outcome_percent(answer, s->estimate, x->of.n), 100 * s->level,
                       outcome_percent(answer, s->lower, x->of.n), outcome_percent(answer, s->upper, x->of.n));
}

static void state_bound(outcome_work *work, outcome_version version, size_t group, const quantity *q,
                        const outcome_denominator *d, const share *x, bool best) {
    rp_answer *answer = work->answer;
    outcome_group g = outcome_group_at(&work->plan, group);
    char tail[64];
    snprintf(tail, sizeof tail, "%s.%s", d->tail, best ? "best" : "worst");
    rp_statement *s = outcome_statement(work, outcome_id(q->name, version, tail), group, version);
    bool all = best == (q->good > 0);
    fill(work, s, all ? x->with_unknown : x->known, x->of, d, version);
    s->label = rp_answer_text(answer, "%s, %s case, of %s%s", q->title, best ? "best" : "worst", d->noun,
                              outcome_in_group(answer, &g));
    const char *when = outcome_version_title(&work->plan, version, answer), *in = outcome_in_group(answer, &g);
    const char *share_text = outcome_percent(answer, s->estimate, x->of.n);
    /* How many are unknown is not said here: with small numbers hidden, it may be few. The table tells it. */
    if (x->unknown.n == 0)
        s->text =
            rp_answer_text(answer,
                           "The %s case is what is known, since for nobody it is unknown: %lld of %lld %s%s %s on "
                           "the %s %s, %s.",
                           best ? "best" : "worst", (long long)s->numerator.n, (long long)s->denominator.n, d->noun, in,
                           q->words, work->plan.measure->name, when, share_text);
    else
        s->text = rp_answer_text(answer,
                                 "If %s of those for whom it is not known had %s on the %s %s: %lld of %lld %s%s, %s.",
                                 all ? "all" : "none", q->words, work->plan.measure->name, when,
                                 (long long)s->numerator.n, (long long)s->denominator.n, d->noun, in, share_text);
}

static void table_row(outcome_work *work, rp_answer_table *table, outcome_version version, size_t group,
                      const quantity *q, const outcome_denominator *d, const share *x) {
    rp_answer *answer = work->answer;
    rp_interval known = outcome_share(work, &x->known, &x->of);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, outcome_version_short(&work->plan, version, answer));
    row[1] = rp_value_text(answer, outcome_group_at(&work->plan, group).label);
    row[2] = rp_value_text(answer, q->title);
    row[3] = rp_value_text(answer, d->noun);
    row[4] = rp_value_count(x->known);
    row[5] = rp_value_count(x->of);
    row[6] = rp_value_share(100 * known.estimate, 1, x->known, x->of);
    row[7] = rp_value_share(100 * known.lower, 1, x->known, x->of);
    row[8] = rp_value_share(100 * known.upper, 1, x->known, x->of);
    if (d->known_only || q->good == 0)
        return;
    row[9] = rp_value_count(x->unknown);
    double all = 100 * outcome_share(work, &x->with_unknown, &x->of).estimate;
    rp_value none = rp_value_share(100 * known.estimate, 1, x->known, x->of);
    rp_value every = rp_value_share(all, 1, x->with_unknown, x->of);
    row[10] = q->good > 0 ? none : every;
    row[11] = q->good > 0 ? every : none;
}

static void chart_point(outcome_work *work, rp_chart *chart, outcome_version version, const quantity *q,
                        const outcome_denominator *d, const share *x) {
    rp_chart_point *p = rp_chart_point_add(chart);
    bool bounded = !d->known_only && q->good != 0;
    p->count = x->of;
    p->of_y = p->of_lower = x->known;
    p->of_upper = bounded ? x->with_unknown : x->known;
    p->y = p->lower = outcome_share(work, &p->of_y, &x->of).estimate;
    p->upper = outcome_share(work, &p->of_upper, &x->of).estimate;
    p->label = rp_answer_text(work->answer, "%s, of %s %s", q->title, d->noun,
                              version == FIRST_TO_LAST ? "(last score)" : "(at the horizon)");
}

static void write_group(outcome_work *work, rp_answer_table *table, rp_chart *chart, outcome_version version,
                        size_t group) {
    quantity all[5];
    size_t n = quantities(&work->rules.scale[version][RP_CHANGE_JT], all);
    bool stated = outcome_group_at(&work->plan, group).band < 0; /* severity: in the table alone */
    for (size_t d = 0; d < OUTCOME_DENOMINATORS; d++) {
        outcome_denominator over = outcome_denominator_at(&work->plan, d);
        if (!outcome_denominator_held(work, version, &over))
            continue;
        for (size_t i = 0; i < n; i++) {
            bool recovery = all[i].crossing || (all[i].classes == BIT(RP_RECOVERED));
            if (over.cases_only && !recovery)
                continue;
            share x = share_of(work, version, group, &all[i], &over);
            if (stated)
                state_known(work, version, group, &all[i], &over, &x);
            if (stated && !over.known_only && all[i].good != 0) {
                state_bound(work, version, group, &all[i], &over, &x, false);
                state_bound(work, version, group, &all[i], &over, &x, true);
            }
            table_row(work, table, version, group, &all[i], &over, &x);
            if (group == 0 && all[i].good != 0 && !over.cases_only)
                chart_point(work, chart, version, &all[i], &over, &x);
        }
    }
}

void outcome_write_rates(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"version", "Change", ""},    {"group", "Group", ""},
        {"outcome", "Outcome", ""},   {"denominator", "Of", ""},
        {"known", "Known", "people"}, {"of", "Of", "people"},
        {"share", "Share", "%"},      {"lower", "From", "%"},
        {"upper", "To", "%"},         {"unknown", "Not known", "people"},
        {"worst", "Worst case", "%"}, {"best", "Best case", "%"},
    };
    rp_answer *answer = work->answer;
    const char *measure = work->plan.measure->name;
    bool any = false;
    for (size_t v = 0; v < VERSIONS; v++) {
        /* A number of people in the reason may be few, so it is not told. */
        if (!work->rules.has[v][RP_CHANGE_JT])
            rp_answer_caveat(answer, "%s, change %s: people cannot be put into classes of reliable change. %s", measure,
                             outcome_version_title(&work->plan, (outcome_version)v, answer),
                             outcome_pairs(&work->plan, &work->moments, (outcome_version)v, 0)->n < 2
                                 ? "Too few people have both scores."
                                 : work->rules.why_not[v]);
        any = any || work->rules.has[v][RP_CHANGE_JT];
    }
    if (!any)
        return;
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, rp_answer_text(answer, "outcome.rates.%s", measure),
                                      rp_answer_text(answer, "%s: what became of people, by who is counted", measure));
    chart->table_id = rp_answer_text(answer, "outcome.rates.%s", measure);
    chart->reading =
        "Each line is one outcome among one group of people. The mark is what is known. The bar runs to where "
        "the share would lie if everyone whose outcome is not known had had that outcome too.";
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "Everyone");
    rp_answer_table *table = rp_answer_table_add(answer, chart->table_id,
                                                 rp_answer_text(answer, "%s: shares under every denominator", measure),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "From and To: %g%% Wilson interval of the known share. Worst and best case: "
                                 "everyone whose outcome is not known had the worse, or the better, outcome.",
                                 100 * work->plan.asked->level);
    for (size_t g = 0; g < work->plan.n_groups; g++)
        for (size_t v = 0; v < VERSIONS; v++)
            if (work->rules.has[v][RP_CHANGE_JT])
                write_group(work, table, chart, (outcome_version)v, g);
}
