/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as an answer, so that the report room can draw it. What it counts are rows and groups of somebody's own data:
 * it is not protected. */
#include <math.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

static void put_fixed(const rp_fit *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"term", "Term", ""},           {"estimate", "Estimate", ""},
                                              {"se", "Standard error", ""},   {"df", "df", ""},
                                              {"statistic", "Statistic", ""}, {"p", "p", ""},
                                              {"lower", "Lower", ""},         {"upper", "Upper", ""}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "fit.fixed", "Fixed effects", columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer, "%g%% intervals: %s. Degrees of freedom: %s.",
                                 100 * fit->options->common.level, fit_interval_word(fit), fit_df_word(fit));
    for (size_t j = 0; j < fit->fit->p; j++) {
        const rp_mixed_effect *e = &fit->effects[j];
        int decimals = fit_decimals(e->se, 3);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, fit->design->column_names[fit->design->fixed[j]]);
        row[1] = fit_value(e->estimate, decimals);
        row[2] = fit_value(e->se, decimals);
        row[3] = isfinite(e->df) ? fit_value(e->df, 1) : rp_value_text(answer, "infinite");
        row[4] = fit_value(e->statistic, 2);
        row[5] = e->p < 0.0001 ? rp_value_text(answer, "<0.0001") : fit_value(e->p, 4);
        row[6] = fit_value(e->lower, decimals);
        row[7] = fit_value(e->upper, decimals);
    }
}

static void put_random_row(const rp_fit *fit, rp_answer *answer, rp_answer_table *table, size_t t, size_t i) {
    const rp_design_term *about = &fit->design->terms[t];
    double sd = fit_sd(fit, t, i);
    rp_value *row = rp_answer_row(table);
    rp_buf correlations = {0};
    for (size_t k = 0; k < i; k++)
        rp_buf_printf(&correlations, "%s%.3f with %s", k ? ", " : "", fit_correlation(fit, t, i, k),
                      fit->design->column_names[about->columns[k]]);
    row[0] = rp_value_text(answer, fit->design->factor_names[about->factor]);
    row[1] = rp_value_text(answer, fit->design->column_names[about->columns[i]]);
    row[2] = fit_value(sd * sd, fit_decimals(sd * sd, 5));
    row[3] = fit_value(sd, fit_decimals(sd, 5));
    if (fit->parameters) {
        const rp_interval *interval = &fit->parameters[fit_parameter(fit, t, i, i)];
        row[4] = fit_value(interval->lower, fit_decimals(sd, 4));
        row[5] = fit_value(interval->upper, fit_decimals(sd, 4));
    }
    row[6] = correlations.at ? rp_value_text(answer, correlations.at) : (rp_value){0};
    rp_buf_free(&correlations);
}

static void put_random(const rp_fit *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"factor", "Groups", ""},          {"term", "Term", ""},
                                              {"variance", "Variance", ""},      {"sd", "Standard deviation", ""},
                                              {"lower", "SD, lower", ""},        {"upper", "SD, upper", ""},
                                              {"correlation", "Correlation", ""}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "fit.random", "Random effects", columns, sizeof columns / sizeof *columns);
    if (!fit->parameters)
        table->note = "Intervals of standard deviations are worked out with --interval profile or bootstrap.";
    for (size_t t = 0; t < fit->design->n_terms; t++)
        for (size_t i = 0; i < fit->design->terms[t].n_columns; i++)
            put_random_row(fit, answer, table, t, i);
    if (fit->options->family != RP_MIXED_GAUSSIAN)
        return;
    double sd = fit->fit->sigma;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, "Residual");
    row[2] = fit_value(sd * sd, fit_decimals(sd * sd, 5));
    row[3] = fit_value(sd, fit_decimals(sd, 5));
    if (fit->parameters) {
        row[4] = fit_value(fit->parameters[fit_parameter_sigma(fit)].lower, fit_decimals(sd, 4));
        row[5] = fit_value(fit->parameters[fit_parameter_sigma(fit)].upper, fit_decimals(sd, 4));
    }
    if (fit->options->ar1)
        row[6] = rp_value_text(answer, rp_answer_text(answer, "%.3f with the one before", fit->fit->rho));
}

static void put_measures(const rp_fit *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"what", "What", ""}, {"value", "Value", ""}};
    const rp_mixed_fit *f = fit->fit;
    const struct {
        const char *what;
        double value;
        int decimals;
    } rows[] = {
        {"Rows used", (double)f->n, 0},
        {"Rows left out for want of a value", (double)fit->left_out, 0},
        {fit->options->family == RP_MIXED_GAUSSIAN && !fit->options->ml ? "REML criterion" : "-2 log-likelihood",
         f->objective, 4},
        {"AIC", f->aic, 2},
        {"BIC", f->bic, 2},
        {"Variance explained by the fixed effects (%)", 100 * fit->explained.marginal, 1},
        {"Variance explained by fixed and random effects (%)", 100 * fit->explained.conditional, 1}};
    rp_answer_table *table = rp_answer_table_add(answer, "fit.measures", "The fit", columns, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, rows[i].what);
        row[1] = fit_value(rows[i].value, rows[i].decimals);
    }
    for (size_t k = 0; k < fit->design->n_factors; k++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, rp_answer_text(answer, "Groups of %s", fit->design->factor_names[k]));
        row[1] = fit_value(fit->design->levels[k], 0);
    }
}

rp_answer *rp_fit_answer(const rp_fit *fit, rp_arena *arena) {
    bool linear = fit->options->family == RP_MIXED_GAUSSIAN;
    rp_answer *answer = rp_answer_new(arena, "fit", linear ? "Linear mixed model" : "Binomial mixed model");
    if (!answer)
        return NULL;
    answer->lead = rp_answer_text(answer, "%s, by %s. %s", fit->formula->text, fit_method(fit),
                                  fit->fit->message ? fit->fit->message : "");
    if (fit_has_estimate(fit)) {
        put_fixed(fit, answer);
        put_random(fit, answer);
        put_measures(fit, answer);
    }
    for (size_t i = 0; i < fit->design->n_coded; i++)
        rp_answer_caveat(answer, "Levels of %s are compared with '%s'.", fit->design->coded[i].variable,
                         fit->design->coded[i].reference);
    for (size_t i = 0; i < fit->n_warnings; i++)
        rp_answer_caveat(answer, "%s", fit->warnings[i]);
    return answer->failed ? NULL : answer;
}
