/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures that the classes of change rest on, each with where it comes from and whether that was read. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

static void figure(outcome_work *work, rp_answer_table *table, const char *what, double value,
                   const rp_figure_source *source) {
    rp_answer *answer = work->answer;
    char from[11], to[11];
    rp_date_text(source->from, from);
    rp_date_text(source->to, to);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, what);
    if (!isnan(value))
        row[1] = rp_value_num(value, 2, rp_count_none());
    row[2] = rp_value_text(answer, source->text != NULL ? source->text : "");
    row[3] = rp_value_text(answer, source->licence != NULL ? source->licence : "");
    row[4] = rp_value_text(answer, from);
    row[5] = rp_value_text(answer, to);
    row[6] = rp_value_text(answer, source->confirmed ? "yes" : "no");
}

static void figure_if(outcome_work *work, rp_answer_table *table, const char *what, double value,
                      const rp_figure_source *source) {
    if (!isnan(value))
        figure(work, table, what, value, source);
}

void outcome_write_figures(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"figure", "Figure", ""},   {"value", "Value", ""}, {"source", "Source", ""},       {"licence", "Licence", ""},
        {"from", "Holds from", ""}, {"to", "Holds to", ""}, {"confirmed", "Confirmed", ""},
    };
    rp_answer *answer = work->answer;
    const rp_scale *scale = work->plan.scale;
    const rp_change_rule *rule = &scale->change;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "outcome.figures.%s", work->plan.measure->name),
        rp_answer_text(answer, "%s: figures taken from elsewhere, and their sources", work->plan.measure->name),
        columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "Confirmed: read in the source named, or given by the study itself.";
    figure_if(work, table, "Reliable change", rule->reliable_change, &rule->reliable_change_source);
    figure_if(work, table, "Reliability", rule->reliability, &rule->reliability_source);
    figure_if(work, table, "Reliability after", rule->reliability_post, &rule->reliability_source);
    if (rule->cutoff_kind == RP_CUTOFF_NUMBER)
        figure_if(work, table, "Cut-off", rule->cutoff, &rule->cutoff_source);
    figure_if(work, table, "Mean of people not in treatment", rule->functional_mean, &rule->functional_source);
    figure_if(work, table, "SD of people not in treatment", rule->functional_sd, &rule->functional_source);
    figure_if(work, table, "Smallest change that matters", rule->minimally_important,
              &rule->minimally_important_source);
    if (scale->n_bands > 0)
        figure(work, table, "Severity bands", NAN, &scale->bands_source);
    if (scale->n_items > 0)
        figure(work, table, "Key of the items", NAN, &scale->key_source);
}
