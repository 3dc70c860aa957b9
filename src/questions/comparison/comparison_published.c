/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of people whom nobody was compared with, on one axis; differences from a comparator on another. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <string.h>

static rp_value number(double x, rp_count people) {
    return isnan(x) ? (rp_value){0} : rp_value_num(x, 2, people);
}

static void put_published(rp_answer *answer, rp_answer_table *table, const rp_claim_change *change) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, change->label);
    row[1] = rp_value_text(answer, change->of);
    row[2] = number(change->d, rp_count_none());
    row[3] = number(change->lower, rp_count_none());
    row[4] = number(change->upper, rp_count_none());
    row[5] = rp_value_text(answer, change->method);
}

/* What this run has said of its own change, where it is shown. */
static void put_own(const rp_asked *asked, const rp_cohort *cohort, rp_answer *answer, rp_answer_table *table) {
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        const rp_statement *s = cmp_quoted(asked, "outcome.effect_size", measure->name, NULL);
        if (s == NULL)
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, rp_answer_text(answer, "These data: %s, first to last score", measure->name));
        row[1] = rp_value_text(answer, measure->instrument->measures);
        row[2] = number(s->estimate, s->denominator);
        row[3] = number(s->lower, s->denominator);
        row[4] = number(s->upper, s->denominator);
        row[5] = rp_value_text(answer, s->method);
    }
}

static rp_answer_table *add_table(rp_answer *answer, bool controlled) {
    static const rp_table_column columns[] = {{"who", "Who", ""},    {"of", "Of what", ""}, {"d", "d", ""},
                                              {"lower", "From", ""}, {"upper", "To", ""},   {"method", "Method", ""}};
    rp_answer_table *table = rp_answer_table_add(
        answer, controlled ? "comparison.controlled" : "comparison.uncontrolled",
        controlled ? "Published differences from a comparator" : "Change with nobody to compare with", columns, 6);
    table->note = controlled ? "Standardised differences between people treated and people of a comparator at the end: "
                               "what treatment adds. None of them is about this service."
                             : "Standardised mean changes, positive is better: with treatment, with usual care, and by "
                               "time alone, all mixed. Who was studied, for how long and how chosen differs.";
    return table;
}

static void put_ledger(const rp_asked *asked, rp_answer *answer, rp_answer_table *table, bool controlled) {
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++) {
        const rp_claim *claim = rp_ledger_at(asked->ledger, i);
        for (size_t k = 0; k < claim->n_changes; k++)
            if (claim->changes[k].controlled == controlled)
                put_published(answer, table, &claim->changes[k]);
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

void cmp_write_published(const rp_cohort *cohort, const rp_asked *asked, rp_answer *answer) {
    say_change(asked, cohort, answer);
    rp_answer_table *table = add_table(answer, false);
    put_own(asked, cohort, answer, table);
    put_ledger(asked, answer, table, false);
    put_ledger(asked, answer, add_table(answer, true), true);
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
                                 "treatment works, received and not planned, the ledger does not hold; so it "
                                 "is not said whether this is as much.",
                                 there->text);
        return;
    }
    rp_answer_caveat(answer, "How much treatment was received here is not told in this run, and how much was received "
                             "in trials that showed a treatment to work is not in the ledger. So nothing is said of "
                             "whether people here got as much.");
}
