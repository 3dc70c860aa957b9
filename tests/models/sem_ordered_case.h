/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of ordered items: rows by hand or of a file, numbered from 0, and a model's fit to them. */
#ifndef RAPPORT_TEST_SEM_ORDERED_CASE_H
#define RAPPORT_TEST_SEM_ORDERED_CASE_H

#include "models/mixed_expected.h"
#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"
#include "support/shared.h"

enum { MOST = 12, MOST_ROWS = 100000 };

typedef struct ordered_case {
    rp_arena *arena;
    rp_sem_layout layout;
    rp_sem_rules rules;
    rp_sem_options options;
    uint32_t categories[MOST];
    const char *names[MOST];
    const double *columns[MOST];
    const uint32_t *group;
    size_t n;
    rp_sem_text *text;
    rp_sem_spec *spec;
    rp_sem_stats *stats;
    rp_error error;
} ordered_case;

/* What the model names, each with so many categories; columns are still to come. */
static inline void begin_ordered(ordered_case *c, const char *text, uint32_t categories) {
    *c = (ordered_case){.arena = rp_arena_new(0), .options.estimator = RP_SEM_WLSMV};
    assert_non_null(c->arena);
    c->text = rp_sem_parse(text, c->arena, &c->error);
    if (c->text == NULL)
        fail_msg("%s", c->error.message);
    c->layout.n_groups = 1;
    c->layout.n_observed = rp_sem_observed(c->text, &c->layout.observed);
    assert_true(c->layout.n_observed <= MOST);
    c->layout.categories = c->categories;
    for (size_t i = 0; i < MOST; i++)
        c->categories[i] = categories;
}

/* From a file whose categories are numbered from 1. `cut`: 1 where that and more, else 0; 0: as they are. */
static inline void read_ordered(ordered_case *c, const char *below, double cut) {
    sheet s = sheet_read(shared_path(below), c->arena); /* skips where there is none */
    c->n = c->n ? c->n : s.n;
    for (size_t j = 0; j < c->layout.n_observed; j++) {
        double *column = sheet_numbers(&s, c->layout.observed[j]);
        for (size_t i = 0; i < s.n; i++)
            column[i] = cut > 0 ? column[i] >= cut : column[i] - 1;
        c->columns[j] = column;
    }
}

/* Each row as many times as its count. */
static inline void repeat_rows(ordered_case *c, size_t n, const double *rows, const int *counts) {
    size_t p = c->layout.n_observed, total = 0;
    for (size_t i = 0; i < n; i++)
        total += (size_t)counts[i];
    for (size_t j = 0; j < p; j++) {
        double *column = rp_arena_take(c->arena, total, sizeof *column);
        assert_non_null(column);
        c->columns[j] = column;
        for (size_t i = 0; i < n; i++)
            for (int k = 0; k < counts[i]; k++)
                *column++ = rows[i * p + j];
    }
    c->n = total;
}

static inline rp_sem_stats *ordered_stats(ordered_case *c, size_t from, size_t n) {
    const double *columns[MOST];
    for (size_t j = 0; j < c->layout.n_observed; j++)
        columns[j] = c->columns[j] + from;
    rp_sem_rows rows = {.n = n, .columns = columns, .group = c->group ? c->group + from : NULL};
    return rp_sem_prepare(&c->layout, &rows, c->arena, &c->error);
}

static inline rp_sem_fit *fit_ordered(ordered_case *c) {
    c->stats = ordered_stats(c, 0, c->n);
    c->spec = c->stats ? rp_sem_specify(c->text, &c->layout, &c->rules, c->arena, &c->error) : NULL;
    rp_sem_fit *fit = c->spec ? rp_sem_fit_stats(c->spec, c->stats, &c->options, c->arena, &c->error) : NULL;
    if (fit == NULL)
        fail_msg("%s", c->error.message);
    return fit;
}

/* The number of the line of this name. */
static inline size_t line_of(ordered_case *c, const char *name) {
    for (size_t i = 0; i < c->spec->n_lines; i++)
        if (strcmp(sem_line_name(c->spec, &c->spec->lines[i], c->arena), name) == 0)
            return i;
    fail_msg("no line %s", name);
    return 0;
}

static inline double error_of(const rp_sem_fit *fit, const rp_sem_line *line) {
    size_t n = fit->spec->n_parameters, at = line->parameter;
    return at == SIZE_MAX ? 0 : sqrt(fit->vcov[at * n + at]);
}

static inline double value_of(ordered_case *c, const rp_sem_fit *fit, const char *name) {
    double *values = rp_arena_take(c->arena, c->spec->n_lines, sizeof *values);
    assert_non_null(values);
    assert_true(rp_sem_values(c->spec, fit->theta, values));
    return values[line_of(c, name)];
}

#endif
