/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model as an answer, so that the report room can draw it. What it counts are rows of somebody's
 * own data: it is not protected. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

static void put_line(const rp_fit_sem *fit, const rp_fit_sem_line *line, rp_answer *answer, rp_answer_table *table) {
    double scale = isnan(line->se) ? 0.1 : line->se;
    int decimals = fit_decimals(scale, 3);
    const char *group = fit_sem_group(fit, line->group);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer,
                           rp_answer_text(answer, "%s %s%s%s", line->lhs, line->op, *line->rhs ? " " : "", line->rhs));
    row[1] = group ? rp_value_text(answer, group) : (rp_value){0};
    row[2] = line->label ? rp_value_text(answer, line->label) : (rp_value){0};
    row[3] = fit_value(line->estimate, decimals);
    row[4] = fit_value(line->se, decimals);
    row[5] = fit_value(line->z, 2);
    row[6] = line->p < 0.0001 ? rp_value_text(answer, "<0.0001") : fit_value(line->p, 4);
    row[7] = fit_value(line->lower, decimals);
    row[8] = fit_value(line->upper, decimals);
    row[9] = fit_value(line->std_all, 3);
}

static void put_parameters(const rp_fit_sem *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"parameter", "Parameter", ""},
                                              {"group", "Group", ""},
                                              {"label", "Label", ""},
                                              {"estimate", "Estimate", ""},
                                              {"se", "Standard error", ""},
                                              {"z", "z", ""},
                                              {"p", "p", ""},
                                              {"lower", "Lower", ""},
                                              {"upper", "Upper", ""},
                                              {"std_all", "Standardised", ""}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "fit.parameters", "Parameters", columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "%g%% intervals by the normal distribution. A line without a standard error is "
                                 "fixed.",
                                 100 * fit->options->common.level);
    for (size_t k = 0; k <= fit->layout->n_groups; k++)
        for (size_t s = 0; s < FIT_SEM_SECTIONS; s++)
            for (size_t i = 0; i < fit->n_lines; i++)
                if (fit_sem_is_of(&fit->lines[i], &fit_sem_sections[s], k < fit->layout->n_groups ? k : SIZE_MAX))
                    put_line(fit, &fit->lines[i], answer, table);
}

static void put_r2(const rp_fit_sem *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"variable", "Variable", ""}, {"group", "Group", ""}, {"r2", "R squared", ""}};
    rp_answer_table *table =
        fit->n_r2 ? rp_answer_table_add(answer, "fit.r2", "How much is explained", columns, 3) : NULL;
    for (size_t i = 0; i < fit->n_r2; i++) {
        const char *group = fit_sem_group(fit, fit->r2[i].group);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, fit->r2[i].variable);
        row[1] = group ? rp_value_text(answer, group) : (rp_value){0};
        row[2] = fit_value(fit->r2[i].r2, 3);
    }
}

static void put_indices(const rp_fit_sem *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"what", "What", ""}, {"value", "Value", ""}, {"scaled", "Scaled", ""}};
    fit_sem_index all[FIT_SEM_INDICES];
    fit_sem_indices(fit, all);
    rp_answer_table *table = rp_answer_table_add(answer, "fit.measures", "How well it fits", columns,
                                                 fit->options->estimator == RP_SEM_ML ? 2 : 3);
    for (size_t i = 0; i < FIT_SEM_INDICES; i++) {
        if (isnan(all[i].value) && isnan(all[i].scaled))
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, all[i].name + strspn(all[i].name, " "));
        row[1] = fit_value(all[i].value, all[i].decimals);
        if (fit->options->estimator != RP_SEM_ML)
            row[2] = fit_value(all[i].scaled, all[i].decimals);
    }
}

rp_answer *rp_fit_sem_answer(const rp_fit_sem *fit, rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "fit", "Structural equation model");
    if (!answer)
        return NULL;
    answer->lead =
        rp_answer_text(answer, "By %s, of %lld rows (%lld left out for want of a value). %s", fit_sem_method(fit),
                       (long long)fit->fit->n, (long long)fit->left_out, fit->fit->message ? fit->fit->message : "");
    if (fit_sem_has_estimate(fit)) {
        put_indices(fit, answer);
        put_parameters(fit, answer);
        put_r2(fit, answer);
        if (!fit_sem_answer_more(fit, answer, arena))
            return NULL;
    }
    rp_answer_caveat(answer, "The model: %s", fit->options->model);
    for (size_t i = 0; i < fit->n_warnings; i++)
        rp_answer_caveat(answer, "%s", fit->warnings[i]);
    return answer->failed ? NULL : answer;
}
