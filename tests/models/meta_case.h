/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of meta-analysis: effects by hand or from a file of the reference data become a fit. */
#ifndef RAPPORT_TEST_META_CASE_H
#define RAPPORT_TEST_META_CASE_H

#include "models/meta/meta_parts.h"
#include "models/mixed_data.h"
#include "support/shared.h"

enum { META_MOST = 5 };

/* Within 1e-8 of it, as all numbers of other programs are held here. */
static inline void same(double ours, double theirs) {
    if (!(fabs(ours - theirs) <= 1e-8 * fabs(theirs)))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static inline void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

typedef struct meta_case {
    rp_arena *arena;
    sheet sheet;
    rp_meta_spec spec;
    rp_meta_rows rows;
    const char *names[META_MOST];
    const double *x[META_MOST];
} meta_case;

/* REML, a variance between effects, z, an intercept. */
static inline meta_case *meta_new(size_t k, const double *y, const double *v) {
    rp_arena *arena = rp_arena_new(0);
    meta_case *c = rp_arena_take(arena, 1, sizeof *c);
    assert_non_null(c);
    *c = (meta_case){.arena = arena, .names = {"(Intercept)"}};
    c->spec = (rp_meta_spec){.method = RP_META_REML, .effect = true, .level = 0.95, .names = c->names, .p = 1};
    c->rows = (rp_meta_rows){.k = k, .y = y, .v = v, .x = c->x};
    return c;
}

static inline double *squared(rp_arena *arena, const double *x, size_t n) {
    double *out = rp_arena_take(arena, n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] * x[i];
    return out;
}

/* Columns of effects and of their variances, or of their standard errors. Skips where there is no file. */
static inline meta_case *meta_file(const char *below, const char *y, const char *v, const char *se) {
    const char *path = shared_path(below);
    meta_case *c = meta_new(0, NULL, NULL);
    c->sheet = sheet_read(path, c->arena);
    c->rows.k = c->sheet.n;
    c->rows.y = sheet_numbers(&c->sheet, y);
    c->rows.v = v ? sheet_numbers(&c->sheet, v) : squared(c->arena, sheet_numbers(&c->sheet, se), c->sheet.n);
    return c;
}

/* Correlations and sizes. */
static inline meta_case *meta_correlations(const char *below, rp_meta_measure measure, const char *r, const char *n) {
    const char *path = shared_path(below);
    meta_case *c = meta_new(0, NULL, NULL);
    c->sheet = sheet_read(path, c->arena);
    size_t k = c->rows.k = c->sheet.n;
    double *y = sheet_numbers(&c->sheet, r), *v = sheet_numbers(&c->sheet, n);
    for (size_t i = 0; i < k; i++) {
        rp_meta_effect e = rp_meta_effect_of(measure, (double[]){y[i], v[i]});
        assert_null(e.trouble);
        y[i] = e.y;
        v[i] = e.v;
    }
    c->rows.y = y;
    c->rows.v = v;
    return c;
}

static inline void meta_column(meta_case *c, const char *name, const double *x) {
    assert_true(c->spec.p < META_MOST);
    c->names[c->spec.p] = name;
    c->x[c->spec.p++] = x;
}

/* Effects in studies. */
static inline void meta_studies(meta_case *c, const char *column) {
    uint32_t levels;
    c->rows.study = sheet_groups(&c->sheet, column, &levels);
    c->spec.study = true;
}

static inline rp_meta_fit *meta_fit(meta_case *c) {
    rp_error error = {0};
    rp_meta_data *data = rp_meta_prepare(&c->spec, &c->rows, c->arena, &error);
    rp_meta_fit *fit = data ? rp_meta_fit_data(data, c->arena, &error) : NULL;
    if (!fit)
        fail_msg("%s", error.message);
    return fit;
}

#endif
