/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counts of change by every method that the figures allow, side by side: how much hangs on the choice. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

typedef struct class_who {
    const outcome_plan *plan;
    unsigned classes;
} class_who;

static bool in_class(const void *context, size_t i) {
    const class_who *who = context;
    return (who->classes >> i / who->plan->n_tail & 1) != 0;
}

static rp_universe *method_universe(outcome_work *work, outcome_version version, size_t method) {
    size_t n = OUTCOME_METHOD_CELLS;
    return outcome_universe(
        work,
        rp_answer_text(work->answer, "%s, %s, version %d", work->plan.measure->name,
                       rp_change_method_name((rp_change_method)method), version),
        n, work->counts.methods + (version * (size_t)RP_CHANGE_METHODS + method) * n * work->plan.n_tail);
}

/* People in these classes. The leading method's are counted in the cells that the statements use, so that protection
 * sees that they are the same people; another method parts people otherwise. */
static rp_count classed(outcome_work *work, outcome_version version, size_t method, const rp_universe *universe,
                        unsigned classes) {
    if (method != RP_CHANGE_JT)
        return rp_answer_count(work->answer, universe, in_class, &(class_who){&work->plan, classes});
    outcome_who who = outcome_anyone(&work->plan, 0);
    who.classes = classes;
    return outcome_count(work, version, who);
}

static void method_row(outcome_work *work, rp_answer_table *table, outcome_version version, size_t method) {
    const rp_change_scale *rule = &work->rules.scale[version][method];
    rp_answer *answer = work->answer;
    rp_universe *universe = method != RP_CHANGE_JT ? method_universe(work, version, method) : NULL;
    rp_count n = classed(work, version, method, universe, (1u << RP_CHANGE_CLASSES) - 1);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, outcome_version_short(&work->plan, version, answer));
    row[1] = rp_value_text(answer, rule->fixed_threshold ? "The instrument's own threshold"
                                                         : rp_change_method_title((rp_change_method)method));
    row[2] = rp_value_count(n);
    const double figures[] = {rule->reliability, rule->sd_pre, rule->s_diff, rule->reliable_change,
                              rule->has_cutoff ? rule->cutoff : NAN};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        row[3 + i] = rp_value_num(figures[i], 2, i == 0 ? rp_count_none() : n);
    for (size_t c = 0; c < RP_CHANGE_CLASSES; c++)
        row[8 + c] = rp_value_count(classed(work, version, method, universe, 1u << c));
}

void outcome_write_methods(outcome_work *work) {
    static const rp_table_column columns[] = {
        {"version", "Change", ""},
        {"method", "Method", ""},
        {"n", "Both scores", "people"},
        {"reliability", "Reliability", ""},
        {"sd", "SD before", "points"},
        {"s_diff", "S_diff", "points"},
        {"reliable_change", "Reliable change", "points"},
        {"cutoff", "Cut-off", "points"},
        {"recovered", "Recovered", "people"},
        {"improved", "Improved", "people"},
        {"unchanged", "Unchanged", "people"},
        {"deteriorated", "Deteriorated", "people"},
        {"harmed", "Deteriorated, past the cut-off", "people"},
    };
    rp_answer *answer = work->answer;
    bool any = work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT] || work->rules.has[AT_HORIZON][RP_CHANGE_JT];
    if (!any)
        return;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "outcome.methods.%s", work->plan.measure->name),
        rp_answer_text(answer, "%s: reliable and clinically significant change, by every method that the figures allow",
                       work->plan.measure->name),
        columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "Recovered: reliably improved, from the clinical to the functional side of the cut-off. Improved: "
                  "reliably, but not recovered. The statements above use the first row of each version.";
    for (size_t v = 0; v < VERSIONS; v++)
        for (size_t m = 0; m < RP_CHANGE_METHODS; m++) {
            const rp_change_scale *rule = &work->rules.scale[v][m];
            /* With the instrument's own threshold the methods do not differ: one row says it. */
            if (work->rules.has[v][m] && (m == RP_CHANGE_JT || !rule->fixed_threshold))
                method_row(work, table, (outcome_version)v, m);
        }
}
