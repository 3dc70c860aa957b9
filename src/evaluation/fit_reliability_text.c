/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reliability as text, and as an answer for the report room. What it counts are rows of somebody's own data: it is not
 * protected. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

enum { NAME = 26, SUMMARY = 30 };

/* ---- words ---- */

static const char *const icc_words[RP_ICCS] = {
    "one, each row has raters of its own",         "one, raters are a sample",         "one, of these raters",
    "mean of all, each row has raters of its own", "mean of all, raters are a sample", "mean of all, of these raters"};

/* ---- text ---- */

static void put_share(const fit_page *g, const char *name, double value, const rp_scale_alpha *interval, double level) {
    char text[100];
    fit_put_name(g, name, SUMMARY);
    fit_put_number(g, value, 0.1, 3, 8);
    if (interval && !isnan(interval->lower)) {
        snprintf(text, sizeof text, "  (%g%% interval %.3f to %.3f, Feldt)", 100 * level, interval->lower,
                 interval->upper);
        rp_buf_put(g->out, text);
    }
    rp_buf_put(g->out, "\n");
}

static void put_summary(const fit_page *g, const rp_fit_reliability *fit) {
    char name[80];
    fit_heading(g, "The sum of the items");
    put_share(g, "Alpha", fit->alpha.alpha, &fit->alpha, fit->options->common.level);
    put_share(g, "Alpha, standardised", fit->alpha.standardised, NULL, 0);
    put_share(g, "Mean correlation of two items", fit->alpha.average_r, NULL, 0);
    if (fit->has_omega) {
        snprintf(name, sizeof name, "Omega total, %zu factor%s", fit->omega.factors,
                 fit->omega.factors == 1 ? "" : "s");
        put_share(g, name, fit->omega.total, NULL, 0);
        put_share(g, "Omega hierarchical", fit->omega.hierarchical, NULL, 0);
    }
    put_share(g, "Mean of the items' mean", fit->mean, NULL, 0);
    put_share(g, "  its standard deviation", fit->sd, NULL, 0);
    rp_buf_put(g->out, "\n");
}

static void put_items(const fit_page *g, const rp_fit_reliability *fit) {
    bool omega = fit->has_omega && fit->omega.status != RP_OMEGA_NOT_POSITIVE;
    fit_heading(g, "Items");
    fit_put_name(g, "", NAME);
    rp_buf_printf(g->out, "%9s%8s%8s%9s%9s%s\n", "n", "Mean", "SD", "r.drop", "dropped", omega ? "  General" : "");
    for (size_t i = 0; i < fit->options->n_items; i++) {
        const rp_scale_item *item = &fit->items[i];
        char n[FIT_NUMBER_ROOM];
        snprintf(n, sizeof n, "%lld", (long long)item->n);
        fit_put_name(g, fit->options->items[i], NAME);
        fit_put_right(g, n, 9);
        fit_put_number(g, item->mean, item->sd, 3, 8);
        fit_put_number(g, item->sd, item->sd, 3, 8);
        fit_put_number(g, item->r_drop, 0.1, 3, 9);
        fit_put_number(g, item->alpha_dropped, 0.1, 3, 9);
        if (omega)
            fit_put_number(g, fit->omega.general[i], 0.1, 3, 9);
        rp_buf_put(g->out, "\n");
    }
    rp_layout_paragraph(g->out, g->width, "", "",
                        omega ? "r.drop: correlation with the sum of the others. dropped: alpha without the item. "
                                "General: loading on the general factor."
                              : "r.drop: correlation with the sum of the others. dropped: alpha without the item.");
    rp_buf_put(g->out, "\n");
}

static void put_icc(const fit_page *g, const rp_fit_reliability *fit) {
    fit_heading(g, "Intraclass correlations, items as raters");
    rp_buf_printf(g->out, "  %-50s%8s%10s%9s\n", "", "ICC", "Lower", "Upper");
    for (size_t i = 0; i < RP_ICCS; i++) {
        const rp_icc *icc = &fit->icc[i];
        rp_buf_printf(g->out, "  %-6s %-43s", icc->type, icc_words[i]);
        fit_put_number(g, icc->icc, 0.1, 3, 8);
        fit_put_number(g, icc->lower, 0.1, 3, 10);
        fit_put_number(g, icc->upper, 0.1, 3, 9);
        rp_buf_put(g->out, "\n");
    }
    rp_buf_printf(g->out, "Of %lld rows that have all items; %g%% intervals by F.\n", (long long)fit->complete,
                  100 * fit->options->common.level);
}

void rp_fit_reliability_put_text(const rp_fit_reliability *fit, size_t width, rp_buf *out) {
    const fit_page page = fit_page_new(width, out), *g = &page;
    char text[200];
    snprintf(text, sizeof text, "Reliability of %zu items", fit->options->n_items);
    fit_heading(g, text);
    fit_put_data(g, &fit->options->common, &fit->provenance);
    snprintf(text, sizeof text, "%lld used, %lld of them with all items; %lld without any left out", (long long)fit->n,
             (long long)fit->complete, (long long)fit->left_out);
    fit_put_fact(g, "Rows", text);
    rp_buf_put(out, "\n");
    if (fit->message)
        rp_layout_paragraph(out, g->width, "", "", fit->message);
    else {
        put_summary(g, fit);
        put_items(g, fit);
        put_icc(g, fit);
    }
    rp_buf_put(out, "\n");
    rp_layout_paragraph(out, g->width, "", "",
                        "Intervals take rows for independent: rows of one person at several times are not, and make "
                        "them too narrow.");
    fit_put_warnings(g, fit->warnings, fit->n_warnings);
}

/* ---- answer ---- */

static void answer_summary(const rp_fit_reliability *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"what", "What", ""}, {"value", "Value", ""}, {"lower", "Lower", ""}, {"upper", "Upper", ""}};
    const struct {
        const char *what;
        double value, lower, upper;
    } rows[] = {{"Alpha", fit->alpha.alpha, fit->alpha.lower, fit->alpha.upper},
                {"Alpha, standardised", fit->alpha.standardised, NAN, NAN},
                {"Mean correlation of two items", fit->alpha.average_r, NAN, NAN},
                {"Omega total", fit->has_omega ? fit->omega.total : NAN, NAN, NAN},
                {"Omega hierarchical", fit->has_omega ? fit->omega.hierarchical : NAN, NAN, NAN}};
    rp_answer_table *table = rp_answer_table_add(answer, "fit.reliability", "The sum of the items", columns, 4);
    table->note = rp_answer_text(answer, "%g%% interval by Feldt's method, which takes rows for independent.",
                                 100 * fit->options->common.level);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, rows[i].what);
        row[1] = fit_value(rows[i].value, 3);
        row[2] = fit_value(rows[i].lower, 3);
        row[3] = fit_value(rows[i].upper, 3);
    }
}

static void answer_items(const rp_fit_reliability *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"item", "Item", ""},
                                              {"n", "Rows", ""},
                                              {"mean", "Mean", ""},
                                              {"sd", "Standard deviation", ""},
                                              {"r_drop", "Correlation with the others", ""},
                                              {"alpha_dropped", "Alpha without it", ""},
                                              {"general", "Loading on the general factor", ""}};
    bool omega = fit->has_omega && fit->omega.status != RP_OMEGA_NOT_POSITIVE;
    rp_answer_table *table = rp_answer_table_add(answer, "fit.items", "Items", columns, omega ? 7 : 6);
    for (size_t i = 0; i < fit->options->n_items; i++) {
        const rp_scale_item *item = &fit->items[i];
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, fit->options->items[i]);
        row[1] = fit_value((double)item->n, 0);
        row[2] = fit_value(item->mean, fit_decimals(item->sd, 3));
        row[3] = fit_value(item->sd, fit_decimals(item->sd, 3));
        row[4] = fit_value(item->r_drop, 3);
        row[5] = fit_value(item->alpha_dropped, 3);
        if (omega)
            row[6] = fit_value(fit->omega.general[i], 3);
    }
}

static void answer_icc(const rp_fit_reliability *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"type", "Type", ""},   {"what", "What", ""},   {"icc", "ICC", ""},
                                              {"lower", "Lower", ""}, {"upper", "Upper", ""}, {"f", "F", ""}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "fit.icc", "Intraclass correlations, items as raters", columns, 6);
    table->note = rp_answer_text(answer, "Of %lld rows that have all items.", (long long)fit->complete);
    for (size_t i = 0; i < RP_ICCS; i++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, fit->icc[i].type);
        row[1] = rp_value_text(answer, icc_words[i]);
        row[2] = fit_value(fit->icc[i].icc, 3);
        row[3] = fit_value(fit->icc[i].lower, 3);
        row[4] = fit_value(fit->icc[i].upper, 3);
        row[5] = fit_value(fit->icc[i].f, 2);
    }
}

rp_answer *rp_fit_reliability_answer(const rp_fit_reliability *fit, rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "fit", "Reliability");
    if (!answer)
        return NULL;
    answer->lead =
        rp_answer_text(answer, "%zu items, %lld rows, %lld of them with all items. %s", fit->options->n_items,
                       (long long)fit->n, (long long)fit->complete, fit->message ? fit->message : "");
    if (!fit->message) {
        answer_summary(fit, answer);
        answer_items(fit, answer);
        answer_icc(fit, answer);
    }
    for (size_t i = 0; i < fit->n_warnings; i++)
        rp_answer_caveat(answer, "%s", fit->warnings[i]);
    return answer->failed ? NULL : answer;
}
