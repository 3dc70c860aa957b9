/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of structural equation models: a file of the reference data and a model's text become a fit. */
#ifndef RAPPORT_TEST_SEM_CASE_H
#define RAPPORT_TEST_SEM_CASE_H

#include "models/mixed_expected.h"
#include "models/sem/sem_parts.h"
#include "support/shared.h"

enum { MOST = 40 };

/* Data, a model and its fit. */
typedef struct sem_case {
    rp_arena *arena;
    sheet sheet;
    const char *group; /* a column; NULL: none */
    rp_sem_layout layout;
    rp_sem_rules rules;
    rp_sem_options options;
    rp_sem_spec *spec;
    const double *columns[MOST];
    size_t n; /* rows; 0: all */
} sem_case;

static inline sem_case data(const char *below) {
    const char *path = shared_path(below); /* skips where there is none */
    sem_case c = {.arena = rp_arena_new(0)};
    assert_non_null(c.arena);
    c.sheet = sheet_read(path, c.arena);
    c.layout.n_groups = 1;
    return c;
}

static inline rp_sem_fit *fitted(sem_case *c, const char *text) {
    rp_error error = {0};
    rp_sem_text *parsed = rp_sem_parse(text, c->arena, &error);
    if (parsed == NULL)
        fail_msg("%s", error.message);
    c->layout.n_observed = rp_sem_observed(parsed, &c->layout.observed);
    rp_sem_rows rows = {.n = c->n ? c->n : c->sheet.n, .columns = c->columns};
    assert_true(c->layout.n_observed <= MOST);
    for (size_t i = 0; i < c->layout.n_observed; i++)
        c->columns[i] = sheet_numbers(&c->sheet, c->layout.observed[i]);
    if (c->group) {
        uint32_t levels;
        rows.group = sheet_groups(&c->sheet, c->group, &levels);
        assert_int_equal(levels, c->layout.n_groups);
    }
    rp_sem_stats *stats = rp_sem_prepare(&c->layout, &rows, c->arena, &error);
    c->spec = stats ? rp_sem_specify(parsed, &c->layout, &c->rules, c->arena, &error) : NULL;
    rp_sem_fit *fit = c->spec ? rp_sem_fit_stats(c->spec, stats, &c->options, c->arena, &error) : NULL;
    if (fit == NULL)
        fail_msg("%s", error.message);
    return fit;
}

#endif
