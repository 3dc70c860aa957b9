/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of people whom nobody was compared with, on one axis; differences from a comparator on another: two tables,
 * each with a chart of its own. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <string.h>

static rp_value number(double x, rp_count people) {
    return isnan(x) ? (rp_value){0} : rp_value_num(x, 2, people);
}

/* One figure as a row of the table and as one of the chart. */
typedef struct figure {
    const char *who, *of, *method;
    double d, lower, upper;
    rp_count people;
} figure;

typedef struct axis {
    rp_answer *answer;
    rp_answer_table *table;
    rp_chart *chart; /* its last series is the one that figures go to */
} axis;

static void put(const axis *to, const figure *f) {
    rp_value *row = rp_answer_row(to->table);
    row[0] = rp_value_text(to->answer, f->who);
    row[1] = rp_value_text(to->answer, f->of);
    row[2] = number(f->d, f->people);
    row[3] = number(f->lower, f->people);
    row[4] = number(f->upper, f->people);
    row[5] = rp_value_text(to->answer, f->method);
    rp_chart_point *p = rp_chart_point_add(to->chart);
    p->label = rp_answer_text(to->answer, "%s: %s", f->who, f->of);
    p->x = NAN;
    p->y = f->d;
    p->lower = f->lower;
    p->upper = f->upper;
    p->count = f->people;
}

/* What this run has said of its own change, where it is shown. */
static void put_own_change(const rp_asked *asked, const rp_cohort *cohort, const axis *to) {
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        const rp_statement *s = cmp_quoted(asked, "outcome.effect_size", measure->name, NULL);
        if (s != NULL)
            put(to, &(figure){.who = rp_answer_text(to->answer, "These data, %s, first to last score", measure->name),
                              .of = measure->instrument->measures,
                              .method = s->method,
                              .d = s->estimate,
                              .lower = s->lower,
                              .upper = s->upper,
                              .people = s->denominator});
    }
}

static void put_own_effects(const cmp_own_effects *own, const axis *to) {
    for (size_t i = 0; i < own->list.n; i++) {
        const cmp_own_effect *e = &own->list.at[i];
        put(to, &(figure){.who = e->who,
                          .of = e->of,
                          .method = "linear mixed model of all later scores, over the SD of first scores as if that "
                                    "were known exactly",
                          .d = e->d,
                          .lower = e->lower,
                          .upper = e->upper,
                          .people = e->people});
    }
}

static axis add_axis(rp_answer *answer, bool controlled, bool own) {
    static const rp_table_column columns[] = {{"who", "Who", ""},    {"of", "Of what", ""}, {"d", "d", ""},
                                              {"lower", "From", ""}, {"upper", "To", ""},   {"method", "Method", ""}};
    const char *id = controlled ? "comparison.controlled" : "comparison.uncontrolled";
    const char *title = controlled ? own ? "Differences from a comparator, here and published"
                                         : "Published differences from a comparator"
                                   : "Change with nobody to compare with";
    rp_answer_table *table = rp_answer_table_add(answer, id, title, columns, 6);
    table->note = controlled
                      ? rp_answer_text(answer,
                                       "Standardised differences between people treated and people of a comparator, "
                                       "positive is better. Who was studied, and what the comparator was, differs.%s",
                                       own ? "" : " None of them is about this service.")
                      : "Standardised mean changes, positive is better: with treatment, with usual care, and by "
                        "time alone, all mixed. Who was studied, for how long and how chosen differs.";
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_FOREST, id, title);
    chart->table_id = id;
    chart->reading = controlled
                         ? "Squares: these data, where they have a comparator. Diamonds: published figures, each with "
                           "its interval. None of these may be held against a change with nobody to compare with: they "
                           "stand on an axis of their own."
                         : "Squares: these data. Diamonds: published figures, of treatment and of usual care, each "
                           "with its interval. People change with treatment and without, so no figure here is an "
                           "effect, and none may be held against a difference from a comparator.";
    chart->x_label = controlled ? "difference from a comparator in SD; to the right: better"
                                : "mean change in SD; to the right: better";
    rp_chart_line *zero = rp_chart_line_add(chart, controlled ? "No difference" : "No change");
    zero->vertical = true;
    zero->intercept = 0;
    rp_chart_series_add(chart, "These data");
    return (axis){answer, table, chart};
}

static void put_ledger(const rp_asked *asked, const axis *to, bool controlled) {
    rp_chart_series_add(to->chart, "Published");
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++) {
        const rp_claim *claim = rp_ledger_at(asked->ledger, i);
        for (size_t k = 0; k < claim->n_changes; k++) {
            const rp_claim_change *c = &claim->changes[k];
            if (c->controlled == controlled)
                put(to, &(figure){c->label, c->of, c->method, c->d, c->lower, c->upper, rp_count_none()});
        }
    }
}

static void say_change(const rp_asked *asked, const rp_cohort *cohort, rp_answer *answer) {
    for (size_t m = 0; m < rp_cohort_measures(cohort) && !cmp_own(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        const rp_statement *there = cmp_quoted(asked, "outcome.effect_size", measure->name, NULL);
        if (there == NULL)
            continue;
        rp_statement *s = rp_answer_statement(answer, "comparison.change");
        *s = *there;
        s->id = "comparison.change";
        s->headline = true;
        s->audience = rp_statement_audience(there);
    }
}

void cmp_write_published(const rp_cohort *cohort, const rp_asked *asked, const cmp_own_effects *own,
                         rp_answer *answer) {
    say_change(asked, cohort, answer);
    axis uncontrolled = add_axis(answer, false, true);
    put_own_change(asked, cohort, &uncontrolled);
    put_ledger(asked, &uncontrolled, false);
    axis controlled = add_axis(answer, true, own->list.n > 0);
    put_own_effects(own, &controlled);
    put_ledger(asked, &controlled, true);
}

void cmp_write_dose(const rp_asked *asked, rp_answer *answer) {
    const rp_statement *there = cmp_quoted(asked, "dose.sessions.mean.per_entered", NULL, NULL);
    if (there != NULL) {
        rp_statement *s = rp_answer_statement(answer, "comparison.dose");
        *s = *there;
        s->id = "comparison.dose";
        s->headline = false;
        s->audience = rp_statement_audience(there);
        s->text = rp_answer_text(answer,
                                 "%s How many sessions people received in the trials that showed that a "
                                 "treatment works, received and not planned, and of which components, the ledger "
                                 "does not hold; so it is not said whether this is as much. What was delivered here "
                                 "of each component stands under fidelity, where it is on record.",
                                 there->text);
        return;
    }
    rp_answer_caveat(answer, "How much treatment was received here is not told in this run, and how much was received "
                             "in trials that showed a treatment to work is not in the ledger. So nothing is said of "
                             "whether people here got as much.");
}
