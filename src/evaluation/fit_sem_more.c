/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modification indices and residuals of a structural equation model, as text and in an answer: the largest of them. */
#include <math.h>
#include <stdlib.h>

#include "evaluation/fit_sem_parts.h"

enum { SHOWN = 20, NAME = 40 };

/* ---- residual correlations by their size ---- */

typedef struct left {
    size_t group, i, j;
    double size, value;
} left;

static int by_size(const void *a, const void *b) {
    const left *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->i != y->i ? (x->i < y->i ? -1 : 1) : (x->j > y->j) - (x->j < y->j);
}

/* All below the diagonal, the largest first; NULL: no memory, or none asked for. */
static left *sort_residuals(const rp_fit_sem *fit, size_t *n, rp_arena *arena) {
    size_t p = fit->layout->n_observed, groups = fit->layout->n_groups;
    left *all = fit->residuals ? rp_arena_take(arena, groups * p * (p + 1) / 2 + 1, sizeof *all) : NULL;
    *n = 0;
    for (size_t g = 0; all && g < groups; g++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < i; j++) {
                double r = fit->residuals[g].cor[i * p + j];
                if (!isnan(r))
                    all[(*n)++] = (left){g, i, j, fabs(r), r};
            }
    if (all)
        qsort(all, *n, sizeof *all, by_size);
    return all;
}

static const char *name_left(const rp_fit_sem *fit, const left *l, rp_arena *arena) {
    const char *where = fit_sem_in_group(fit, l->group, arena);
    return where
               ? rp_arena_printf(arena, "%s with %s%s", fit->layout->observed[l->j], fit->layout->observed[l->i], where)
               : NULL;
}

static const char *name_modification(const rp_fit_sem *fit, const rp_sem_modification *m, rp_arena *arena) {
    const char *where = fit_sem_in_group(fit, m->group, arena);
    bool mean = m->op == RP_SEM_INTERCEPT;
    return where ? rp_arena_printf(arena, "%s %s%s%s%s", fit_sem_variable(fit->spec, m->lhs), fit_sem_operator(m->op),
                                   mean ? "" : " ", mean ? "" : fit_sem_variable(fit->spec, m->rhs), where)
                 : NULL;
}

/* ---- text ---- */

static void put_modifications(const fit_page *g, const rp_fit_sem *fit, rp_arena *arena) {
    fit_heading(g, "Modification indices");
    fit_put_name(g, "", NAME);
    rp_buf_printf(g->out, "%10s%12s%16s\n", "Index", "Change", "Standardised");
    for (size_t i = 0; i < fit->n_modifications && i < SHOWN; i++) {
        const rp_sem_modification *m = &fit->modifications[i];
        const char *name = name_modification(fit, m, arena);
        fit_put_name(g, name ? name : "", NAME);
        fit_put_number(g, m->index, 0.1, 3, 10);
        fit_put_number(g, m->change, 0.1, 3, 12);
        fit_put_number(g, m->change_std, 0.1, 3, 16);
        rp_buf_put(g->out, "\n");
    }
    rp_layout_paragraph(g->out, g->width, "", "",
                        "By about how much chi-square would fall with one parameter more, and what its value would "
                        "change by. The largest are shown; --format json has all. A model that is changed until it "
                        "fits has to be tried on other data.");
    rp_buf_put(g->out, "\n");
}

static void put_residuals(const fit_page *g, const rp_fit_sem *fit, rp_arena *arena) {
    size_t n;
    const left *all = sort_residuals(fit, &n, arena);
    fit_heading(g, "Residual correlations");
    for (size_t i = 0; all && i < n && i < SHOWN; i++) {
        const char *name = name_left(fit, &all[i], arena);
        fit_put_name(g, name ? name : "", NAME);
        fit_put_number(g, all[i].value, 0.1, 3, 10);
        rp_buf_put(g->out, "\n");
    }
    rp_layout_paragraph(g->out, g->width, "", "",
                        "Observed less implied. The largest are shown; --format json has all, and covariances and "
                        "means.");
    rp_buf_put(g->out, "\n");
}

bool fit_sem_put_more(const fit_page *g, const rp_fit_sem *fit) {
    rp_arena *arena = rp_arena_new(0);
    if (arena && fit->options->modification)
        put_modifications(g, fit, arena);
    if (arena && fit->residuals)
        put_residuals(g, fit, arena);
    rp_arena_free(arena);
    return arena != NULL;
}

/* ---- answer ---- */

bool fit_sem_answer_more(const rp_fit_sem *fit, rp_answer *answer, rp_arena *arena) {
    static const rp_table_column changes[] = {
        {"line", "Line", ""}, {"index", "Index", ""}, {"change", "Change", ""}, {"change_std", "Standardised", ""}};
    static const rp_table_column pairs[] = {{"pair", "Pair", ""}, {"residual", "Residual correlation", ""}};
    rp_answer_table *table = fit->options->modification && fit->n_modifications
                                 ? rp_answer_table_add(answer, "fit.modification", "Modification indices", changes, 4)
                                 : NULL;
    for (size_t i = 0; table && i < fit->n_modifications && i < SHOWN; i++) {
        const rp_sem_modification *m = &fit->modifications[i];
        const char *name = name_modification(fit, m, arena);
        if (!name)
            return false;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, name);
        row[1] = fit_value(m->index, 2);
        row[2] = fit_value(m->change, 3);
        row[3] = fit_value(m->change_std, 3);
    }
    size_t n;
    const left *all = sort_residuals(fit, &n, arena);
    table = all && n ? rp_answer_table_add(answer, "fit.residuals", "Residual correlations", pairs, 2) : NULL;
    for (size_t i = 0; table && i < n && i < SHOWN; i++) {
        const char *name = name_left(fit, &all[i], arena);
        if (!name)
            return false;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, name);
        row[1] = fit_value(all[i].value, 3);
    }
    return true;
}
