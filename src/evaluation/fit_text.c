/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as text, for a terminal: what was asked, how it ended, the random effects, the fixed effects, what to keep in
 * mind. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

enum { CORRELATION = 6 };

typedef struct page {
    fit_page page;
    const rp_fit *fit;
    int name; /* columns for the names of the table at hand */
} page;

/* ---- what was asked ---- */

static void put_groups(const page *g) {
    rp_buf list = {0};
    const rp_design *design = g->fit->design;
    for (size_t f = 0; f < design->n_factors; f++)
        rp_buf_printf(&list, "%s%s %u", f ? ", " : "", design->factor_names[f], design->levels[f]);
    fit_put_fact(&g->page, "Groups", list.at ? list.at : "");
    rp_buf_free(&list);
    for (size_t i = 0; i < design->n_coded; i++)
        rp_buf_printf(&list, "%s%s %s", i ? ", " : "", design->coded[i].variable, design->coded[i].reference);
    if (design->n_coded)
        fit_put_fact(&g->page, "Reference", list.at ? list.at : "");
    rp_buf_free(&list);
}

static void put_rows(const page *g) {
    char text[200];
    const rp_fit *fit = g->fit;
    snprintf(text, sizeof text, "%lld used, %lld left out for want of a value", (long long)fit->fit->n,
             (long long)fit->left_out);
    fit_put_fact(&g->page, "Rows", text);
    if (fit->options->family == RP_MIXED_GAUSSIAN)
        return;
    rp_buf outcome = {0};
    rp_buf_put(&outcome, fit->formula->outcome);
    if (fit->options->success)
        rp_buf_printf(&outcome, " is '%s'", fit->options->success);
    rp_buf_printf(&outcome, ": %lld of %lld", (long long)fit->successes, (long long)fit->trials);
    fit_put_fact(&g->page, "Success", outcome.at ? outcome.at : "");
    rp_buf_free(&outcome);
}

static void put_head(const page *g) {
    const rp_fit *fit = g->fit;
    char title[160];
    if (fit->options->family == RP_MIXED_GAUSSIAN)
        snprintf(title, sizeof title, "Linear mixed model, by %s",
                 fit->options->ml ? "maximum likelihood" : "restricted maximum likelihood (REML)");
    else
        snprintf(title, sizeof title, "Binomial mixed model (%s), by %s%s",
                 fit->options->family == RP_MIXED_LOGIT ? "logit" : "complementary log-log", fit_method(fit),
                 fit->options->quadrature > 1 ? "" : "'s approximation");
    fit_heading(&g->page, title);
    fit_put_fact(&g->page, "Formula", fit->formula->text);
    fit_put_data(&g->page, &fit->options->common, &fit->provenance);
    put_rows(g);
    put_groups(g);
    if (fit->options->weights)
        fit_put_fact(&g->page, "Weights", fit->options->weights);
    if (fit->options->ar1)
        fit_put_fact(&g->page, "Residuals", "first-order autoregressive");
    rp_buf_put(g->page.out, "\n");
}

/* ---- how it ended ---- */

static void put_end(const page *g) {
    const rp_mixed_fit *fit = g->fit->fit;
    if (fit->message && *fit->message)
        rp_layout_paragraph(g->page.out, g->page.width, "", "", fit->message);
    if (fit->message && *fit->message)
        rp_buf_put(g->page.out, "\n");
    if (!fit_has_estimate(g->fit))
        return;
    rp_buf_printf(g->page.out, "%18s%18s%16s%16s\n",
                  g->fit->options->family != RP_MIXED_GAUSSIAN || g->fit->options->ml ? "-2 log-likelihood"
                                                                                      : "REML criterion",
                  "log-likelihood", "AIC", "BIC");
    rp_buf_printf(g->page.out, "%18.4f%18.4f%16.2f%16.2f\n\n", fit->objective, fit->log_lik, fit->aic, fit->bic);
}

/* ---- random effects ---- */

static void put_bounds(const page *g, const rp_interval *interval, double scale) {
    char lower[FIT_NUMBER_ROOM], upper[FIT_NUMBER_ROOM], both[3 * FIT_NUMBER_ROOM];
    fit_number(interval->lower, scale, 4, lower);
    fit_number(interval->upper, scale, 4, upper);
    snprintf(both, sizeof both, "%s to %s", lower, upper);
    fit_put_right(&g->page, both, 20);
}

/* How many correlations find room in a line. */
static size_t correlations(const page *g) {
    int taken = 2 + g->name + 12 + 11 + (g->fit->parameters ? 20 : 0);
    return (int)g->page.width > taken ? ((size_t)g->page.width - (size_t)taken) / CORRELATION : 0;
}

static void put_random_row(const page *g, size_t term, size_t i) {
    const rp_fit *fit = g->fit;
    const rp_design_term *about = &fit->design->terms[term];
    rp_buf name = {0};
    rp_buf_printf(&name, "%s %s", fit->design->factor_names[about->factor],
                  fit->design->column_names[about->columns[i]]);
    double sd = fit_sd(fit, term, i);
    fit_put_name(&g->page, name.at ? name.at : "", g->name);
    rp_buf_free(&name);
    fit_put_number(&g->page, sd * sd, sd * sd, 5, 12);
    fit_put_number(&g->page, sd, sd, 5, 11);
    if (fit->parameters)
        put_bounds(g, &fit->parameters[fit_parameter(fit, term, i, i)], sd);
    for (size_t k = 0; k < i && k < correlations(g); k++)
        fit_put_number(&g->page, fit_correlation(fit, term, i, k), 1, 3, CORRELATION);
    rp_buf_put(g->page.out, "\n");
}

static void put_residual(const page *g) {
    const rp_fit *fit = g->fit;
    double sd = fit->fit->sigma;
    if (fit->options->family != RP_MIXED_GAUSSIAN)
        return;
    fit_put_name(&g->page, "Residual", g->name);
    fit_put_number(&g->page, sd * sd, sd * sd, 5, 12);
    fit_put_number(&g->page, sd, sd, 5, 11);
    if (fit->parameters)
        put_bounds(g, &fit->parameters[fit_parameter_sigma(fit)], sd);
    rp_buf_put(g->page.out, "\n");
    if (fit->options->ar1)
        rp_buf_printf(g->page.out, "  Correlation of residuals that follow one another: %.3f\n", fit->fit->rho);
}

static void put_random_head(const page *g, size_t most) {
    char label[FIT_NUMBER_ROOM];
    fit_heading(&g->page, "Random effects");
    fit_put_name(&g->page, "", g->name);
    fit_put_right(&g->page, "Variance", 12);
    fit_put_right(&g->page, "SD", 11);
    snprintf(label, sizeof label, "%g%% of the SD", 100 * g->fit->options->common.level);
    if (g->fit->parameters)
        fit_put_right(&g->page, label, 20);
    rp_buf_printf(g->page.out, "%s\n", most > 1 ? " Corr." : "");
}

static void put_random(const page *all) {
    const rp_fit *fit = all->fit;
    page own = *all, *g = &own;
    size_t most = 0;
    for (size_t t = 0; t < fit->design->n_terms; t++)
        most = fit->design->terms[t].n_columns > most ? fit->design->terms[t].n_columns : most;
    g->name = fit->parameters ? 24 : 30;
    put_random_head(g, most);
    for (size_t t = 0; t < fit->design->n_terms; t++)
        for (size_t i = 0; i < fit->design->terms[t].n_columns; i++)
            put_random_row(g, t, i);
    put_residual(g);
    if (most > correlations(g) + 1)
        rp_layout_paragraph(g->page.out, g->page.width, "  ", "  ",
                            "More correlations than find room here are in --format json.");
    rp_buf_put(g->page.out, "\n");
}

/* ---- fixed effects ---- */

static void put_effect(const page *g, size_t j) {
    const rp_mixed_effect *e = &g->fit->effects[j];
    char p[FIT_NUMBER_ROOM];
    fit_put_name(&g->page, g->fit->design->column_names[g->fit->design->fixed[j]], g->name);
    fit_put_number(&g->page, e->estimate, e->se, 3, 10);
    fit_put_number(&g->page, e->se, e->se, 3, 9);
    if (g->fit->options->df != RP_MIXED_DF_NONE)
        fit_put_number(&g->page, e->df, fmax(fabs(e->df), 10), 3, 8);
    fit_put_number(&g->page, e->statistic, fmax(fabs(e->statistic), 1), 3, 8);
    fit_p_value(e->p, p);
    fit_put_right(&g->page, p, 9);
    fit_put_number(&g->page, e->lower, e->se, 3, 10);
    fit_put_number(&g->page, e->upper, e->se, 3, 10);
    rp_buf_put(g->page.out, "\n");
}

static void put_fixed(const page *all) {
    page own = *all, *g = &own;
    bool df = g->fit->options->df != RP_MIXED_DF_NONE;
    int most = (int)g->page.width - (df ? 66 : 58), longest = 12;
    for (size_t j = 0; j < g->fit->fit->p; j++) {
        int n = (int)rp_layout_width(rp_text_of(g->fit->design->column_names[g->fit->design->fixed[j]]));
        longest = n + 1 > longest && n < most ? n + 1 : longest;
    }
    g->name = longest < most ? longest : most;
    char label[FIT_NUMBER_ROOM];
    snprintf(label, sizeof label, "%g%% interval", 100 * g->fit->options->common.level);
    fit_heading(&g->page, "Fixed effects");
    fit_put_name(&g->page, "", g->name);
    fit_put_right(&g->page, "Estimate", 10);
    fit_put_right(&g->page, "SE", 9);
    if (df)
        fit_put_right(&g->page, "df", 8);
    fit_put_right(&g->page, df ? "t" : "z", 8);
    fit_put_right(&g->page, "p", 9);
    fit_put_right(&g->page, label, 20);
    rp_buf_put(g->page.out, "\n");
    for (size_t j = 0; j < g->fit->fit->p; j++)
        put_effect(g, j);
    rp_buf_put(g->page.out, "\n");
}

static void put_method(const page *g) {
    static const char *const intervals[] = {[RP_FIT_WALD] = "Wald",
                                            [RP_FIT_PROFILE] = "the profile of the likelihood",
                                            [RP_FIT_BOOTSTRAP] = "the percentiles of a bootstrap of whole groups"};
    static const char *const tests[] = {[RP_MIXED_DF_NONE] = "Tests are by the normal distribution",
                                        [RP_MIXED_DF_SATTERTHWAITE] = "Tests are by t with Satterthwaite's degrees of "
                                                                      "freedom",
                                        [RP_MIXED_DF_KENWARD_ROGER] = "Standard errors and degrees of freedom are by "
                                                                      "Kenward and Roger"};
    rp_buf text = {0};
    rp_buf_printf(&text, "%s. Intervals are by %s%s.", tests[g->fit->options->df], intervals[g->fit->options->interval],
                  g->fit->options->interval == RP_FIT_WALD ? "'s method" : "");
    rp_layout_paragraph(g->page.out, g->page.width, "", "", text.at ? text.at : "");
    rp_buf_free(&text);
    if (!isnan(g->fit->explained.conditional)) {
        rp_buf_printf(&text,
                      "Of the variance, the fixed effects explain %.1f%%, fixed and random effects together "
                      "%.1f%% (Nakagawa and Schielzeth).",
                      100 * g->fit->explained.marginal, 100 * g->fit->explained.conditional);
        rp_layout_paragraph(g->page.out, g->page.width, "", "", text.at ? text.at : "");
    }
    rp_buf_free(&text);
}

void rp_fit_put_text(const rp_fit *fit, size_t width, rp_buf *out) {
    const page g = {.page = fit_page_new(width, out), .fit = fit};
    put_head(&g);
    put_end(&g);
    if (fit_has_estimate(fit)) {
        put_random(&g);
        put_fixed(&g);
        put_method(&g);
    }
    fit_put_warnings(&g.page, fit->warnings, fit->n_warnings);
}
