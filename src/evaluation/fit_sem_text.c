/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model as text, laid out near lavaan's summary. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

enum { NAME = 20 }; /* with the two blanks before it and the numbers: 80 columns */

typedef struct page {
    fit_page page;
    const rp_fit_sem *fit;
} page;

/* ---- what was asked ---- */

/* The model as it was written: a line each, with no blank ones. */
static void put_model(const page *g) {
    const char *at = g->fit->options->model;
    for (bool first = true; *at;) {
        size_t n = strcspn(at, "\n"), from = strspn(at, " \t\r");
        char line[400];
        snprintf(line, sizeof line, "%.*s", from < n ? (int)(n - from) : 0, at + (from < n ? from : n));
        if (*line)
            fit_put_fact(&g->page, first ? "Model" : "", line);
        first = first && !*line;
        at += n + (at[n] == '\n');
    }
}

static void put_groups(const page *g) {
    const rp_fit_sem *fit = g->fit;
    rp_buf list = {0};
    bool levels = fit->layout->levels;
    if (levels)
        rp_buf_printf(&list, "%lld of %s", (long long)rp_sem_rows_used(fit->fit->stats, 1), fit->options->cluster);
    for (size_t i = 0; i < fit->layout->n_groups && fit->layout->groups && !levels; i++)
        rp_buf_printf(&list, "%s%s %lld", i ? ", " : "", fit->layout->groups[i],
                      (long long)rp_sem_rows_used(fit->fit->stats, i));
    if (list.n)
        fit_put_fact(&g->page, levels ? "Clusters" : "Groups", list.at);
    rp_buf_free(&list);
    rp_sem_rules rules = fit->options->rules;
    for (size_t i = 0; rp_fit_sem_equal_word(i); i++)
        if (*rp_fit_sem_equal_flag(&rules, i))
            rp_buf_printf(&list, "%s%s", list.n ? ", " : "", rp_fit_sem_equal_word(i));
    if (list.n)
        fit_put_fact(&g->page, "Equal", list.at);
    rp_buf_free(&list);
}

static void put_head(const page *g) {
    const rp_fit_sem *fit = g->fit;
    char text[200];
    snprintf(text, sizeof text, "Structural equation model, by %s", fit_sem_method(fit));
    fit_heading(&g->page, text);
    put_model(g);
    fit_put_data(&g->page, &fit->options->common, &fit->provenance);
    snprintf(text, sizeof text, "%lld used, %lld left out for want of a value", (long long)fit->fit->n,
             (long long)fit->left_out);
    fit_put_fact(&g->page, "Rows", text);
    put_groups(g);
    rp_buf_put(g->page.out, "\n");
    if (fit->fit->message)
        rp_layout_paragraph(g->page.out, g->page.width, "", "", fit->fit->message);
    rp_buf_put(g->page.out, "\n");
}

/* ---- how well it fits ---- */

static void put_index(const page *g, const fit_sem_index *index, bool scaled) {
    const double both[] = {index->value, index->scaled};
    char text[FIT_NUMBER_ROOM];
    fit_put_name(&g->page, index->name, 40);
    for (int i = 0; i < (scaled ? 2 : 1); i++) {
        if (isnan(both[i]))
            text[0] = 0;
        else if (strcmp(index->key, "p") == 0)
            fit_p_value(both[i], text);
        else
            snprintf(text, sizeof text, "%.*f", index->decimals, both[i]);
        fit_put_right(&g->page, text, 14);
    }
    rp_buf_put(g->page.out, "\n");
}

static void put_indices(const page *g) {
    fit_sem_index all[FIT_SEM_INDICES];
    bool scaled = g->fit->options->estimator != RP_SEM_ML;
    fit_sem_indices(g->fit, all);
    fit_heading(&g->page, "How well it fits");
    if (scaled)
        rp_buf_printf(g->page.out, "  %40s%14s%14s\n", "", "Standard", "Scaled");
    for (size_t i = 0; i < FIT_SEM_INDICES; i++)
        if (!isnan(all[i].value) || !isnan(all[i].scaled))
            put_index(g, &all[i], scaled);
    rp_buf_put(g->page.out, "\n");
}

/* ---- parameters ---- */

/* As many of three significant digits as find room. */
static void put_fitting(const page *g, double value, double scale, int columns) {
    char text[FIT_NUMBER_ROOM] = "";
    for (int digits = 3; digits > 0 && !isnan(value); digits--) {
        fit_number(value, scale, digits, text);
        if ((int)strlen(text) < columns)
            break;
    }
    fit_put_right(&g->page, text, columns);
}

static void put_line(const page *g, const rp_fit_sem_line *line, bool under) {
    char p[FIT_NUMBER_ROOM] = "";
    rp_buf name = {0};
    const char *whose = strcmp(line->op, "~1") == 0 || strcmp(line->op, ":=") == 0 ? line->lhs : line->rhs;
    rp_buf_printf(&name, "%s%s%s", under ? "  " : "", line->residual ? "." : "", whose);
    if (line->label && strcmp(line->op, ":=") != 0)
        rp_buf_printf(&name, " (%s)", line->label);
    fit_put_name(&g->page, name.at ? name.at : "", NAME);
    rp_buf_free(&name);
    double scale = isnan(line->se) ? 0.1 : line->se;
    put_fitting(g, line->estimate, scale, 9);
    put_fitting(g, line->se, scale, 8);
    put_fitting(g, line->z, fmax(fabs(line->z), 1), 8);
    if (!isnan(line->p))
        fit_p_value(line->p, p);
    fit_put_right(&g->page, p, 8);
    put_fitting(g, line->lower, scale, 9);
    put_fitting(g, line->upper, scale, 8);
    put_fitting(g, line->std_all, 0.1, 8);
    rp_buf_put(g->page.out, "\n");
}

static void put_columns(const page *g, const char *title) {
    char label[FIT_NUMBER_ROOM];
    snprintf(label, sizeof label, "%g%% interval", 100 * g->fit->options->common.level);
    rp_buf_printf(g->page.out, "%-22s%9s%8s%8s%8s%17s%8s\n", title, "Estimate", "SE", "z", "p", label, "Std.all");
}

/* Lines with one left-hand side stand under it, but variances, intercepts and what is defined need no such line. */
static void put_section(const page *g, const fit_sem_section *section, size_t group) {
    const rp_fit_sem *fit = g->fit;
    const char *left = NULL;
    bool alone = section->variances || strcmp(section->op, "~1") == 0 || strcmp(section->op, ":=") == 0, any = false;
    for (size_t i = 0; i < fit->n_lines; i++) {
        const rp_fit_sem_line *line = &fit->lines[i];
        if (!fit_sem_is_of(line, section, group))
            continue;
        if (!any)
            put_columns(g, section->title);
        any = true;
        if (!alone && (!left || strcmp(left, line->lhs) != 0))
            rp_buf_printf(g->page.out, "  %s%s %s\n", line->residual ? "." : "", line->lhs, line->op);
        left = line->lhs;
        put_line(g, line, !alone);
    }
    if (any)
        rp_buf_put(g->page.out, "\n");
}

static void put_r2(const page *g, size_t group) {
    const rp_fit_sem *fit = g->fit;
    bool any = false;
    for (size_t i = 0; i < fit->n_r2; i++) {
        const rp_fit_sem_r2 *r = &fit->r2[i];
        if (r->group != group)
            continue;
        if (!any)
            rp_buf_printf(g->page.out, "%-22s%9s\n", "Explained (R squared)", "Estimate");
        any = true;
        fit_put_name(&g->page, r->variable, NAME);
        put_fitting(g, r->r2, 0.1, 9);
        rp_buf_put(g->page.out, "\n");
    }
    if (any)
        rp_buf_put(g->page.out, "\n");
}

static void put_parameters(const page *g) {
    const rp_fit_sem *fit = g->fit;
    for (size_t k = 0; k < fit->layout->n_groups; k++) {
        char title[200];
        const char *name = fit_sem_group(fit, k);
        if (fit->layout->levels)
            snprintf(title, sizeof title, "Level %zu: %s clusters", k + 1, name);
        else
            snprintf(title, sizeof title, "Group %zu: %.150s", k + 1, name ? name : "");
        if (name)
            fit_heading(&g->page, title);
        for (size_t i = 0; i < FIT_SEM_SECTIONS; i++)
            put_section(g, &fit_sem_sections[i], k);
        put_r2(g, k);
    }
    for (size_t i = 0; i < FIT_SEM_SECTIONS; i++)
        put_section(g, &fit_sem_sections[i], SIZE_MAX);
}

static void put_method(const page *g) {
    const rp_fit_sem *fit = g->fit;
    rp_layout_paragraph(g->page.out, g->page.width, "", "",
                        fit->options->estimator != RP_SEM_ML ? "Standard errors are robust. Intervals and tests are by "
                                                               "the normal distribution."
                        : fit->options->missing == RP_SEM_FIML || fit->layout->levels
                            ? "Standard errors are by the observed information. Intervals and tests are by the normal "
                              "distribution."
                            : "Standard errors are by the expected information. Intervals and tests are by the normal "
                              "distribution.");
    rp_layout_paragraph(g->page.out, g->page.width, "", "",
                        "Std.all: all variables have a standard deviation of 1. A point before a name: what the model "
                        "does not explain of it. A line without a standard error is fixed.");
}

void rp_fit_sem_put_text(const rp_fit_sem *fit, size_t width, rp_buf *out) {
    const page g = {.page = fit_page_new(width, out), .fit = fit};
    put_head(&g);
    if (fit_sem_has_estimate(fit)) {
        put_indices(&g);
        put_parameters(&g);
        out->failed = !fit_sem_put_more(&g.page, fit) || out->failed;
        put_method(&g);
    }
    fit_put_warnings(&g.page, fit->warnings, fit->n_warnings);
}
