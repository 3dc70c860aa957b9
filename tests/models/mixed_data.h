/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of mixed models: a simple CSV file as columns of numbers and groups, and a spec filled from them. */
#ifndef RAPPORT_TEST_MIXED_DATA_H
#define RAPPORT_TEST_MIXED_DATA_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/mixed.h"

/* A file without line breaks or quotes in quotes. */
typedef struct sheet {
    rp_arena *arena;
    size_t n, columns;
    char **cells; /* the header first, row by row */
} sheet;

static inline sheet sheet_read(const char *path, rp_arena *arena) {
    sheet s = {.arena = arena};
    size_t size;
    rp_error error;
    char *text = NULL;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    (void)error;
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    text = rp_arena_take(arena, size + 2, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    fclose(file);
    if (size && text[size - 1] != '\n')
        text[size++] = '\n';
    size_t rows = 0, ends = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        quoted ^= text[i] == '"';
        rows += text[i] == '\n';
        ends += text[i] == '\n' || (text[i] == ',' && !quoted);
    }
    s.columns = ends / rows;
    s.n = rows - 1;
    assert_int_equal(s.columns * rows, ends);
    s.cells = rp_arena_take(arena, ends, sizeof *s.cells);
    assert_non_null(s.cells);
    char *at = text;
    for (size_t i = 0; i < ends; i++) {
        s.cells[i] = at + (*at == '"');
        at += *at == '"' ? 1 + strcspn(at + 1, "\"") : 0;
        at += strcspn(at, ",\r\n");
        char *end = at;
        at += *at == '\r';
        at++;
        end[0] = 0;
        if (end > s.cells[i] && end[-1] == '"')
            end[-1] = 0;
    }
    return s;
}

static inline size_t sheet_column(const sheet *s, const char *name) {
    for (size_t c = 0; c < s->columns; c++)
        if (strcmp(s->cells[c], name) == 0)
            return c;
    fail_msg("no column %s", name);
    return 0;
}

static inline const char *sheet_text(const sheet *s, size_t row, const char *name) {
    return s->cells[(row + 1) * s->columns + sheet_column(s, name)];
}

/* NaN where the cell is empty. */
static inline double *sheet_numbers(const sheet *s, const char *name) {
    double *out = rp_arena_take(s->arena, s->n, sizeof *out);
    size_t c = sheet_column(s, name);
    for (size_t i = 0; i < s->n; i++) {
        const char *cell = s->cells[(i + 1) * s->columns + c];
        out[i] = *cell ? strtod(cell, NULL) : NAN;
    }
    return out;
}

/* Numbers of groups in order of arrival. */
static inline uint32_t *sheet_groups(const sheet *s, const char *name, uint32_t *levels) {
    uint32_t *out = rp_arena_take(s->arena, s->n, sizeof *out);
    rp_names *names = rp_names_new(s->arena);
    size_t c = sheet_column(s, name);
    *levels = 0;
    for (size_t i = 0; i < s->n; i++) {
        out[i] = rp_names_put(names, rp_text_of(s->cells[(i + 1) * s->columns + c]));
        *levels = out[i] + 1 > *levels ? out[i] + 1 : *levels;
    }
    return out;
}

/* A model and its rows, filled by hand. Column 0 is the intercept, and fixed unless told. */
typedef struct model {
    rp_arena *arena;
    rp_mixed_spec spec;
    rp_mixed_rows rows;
    const char *names[16], *factor_names[4];
    const double *columns[16];
    size_t fixed[16], sets[8][8];
    const uint32_t *groups[4];
    uint32_t levels[4];
    rp_mixed_term terms[8];
    rp_error error;
} model;

static inline void model_begin(model *m, rp_arena *arena, size_t n, const double *y) {
    memset(m, 0, sizeof *m);
    m->arena = arena;
    m->names[0] = "(Intercept)";
    m->spec = (rp_mixed_spec){.column_names = m->names,
                              .n_columns = 1,
                              .fixed = m->fixed,
                              .n_fixed = 1,
                              .factor_names = m->factor_names,
                              .levels = m->levels,
                              .terms = m->terms};
    m->rows = (rp_mixed_rows){.n = n, .columns = m->columns, .groups = m->groups, .y = y};
}

static inline size_t model_column(model *m, const char *name, const double *values, bool fixed) {
    size_t c = m->spec.n_columns++;
    m->names[c] = name;
    m->columns[c] = values;
    if (fixed)
        m->fixed[m->spec.n_fixed++] = c;
    return c;
}

static inline size_t model_factor(model *m, const char *name, const uint32_t *groups, uint32_t levels) {
    size_t f = m->spec.n_factors++;
    m->factor_names[f] = name;
    m->groups[f] = groups;
    m->levels[f] = levels;
    return f;
}

/* A term of n columns. */
static inline void model_term(model *m, size_t factor, size_t n, const size_t *columns) {
    size_t t = m->spec.n_terms++;
    memcpy(m->sets[t], columns, n * sizeof *columns);
    m->terms[t] = (rp_mixed_term){factor, m->sets[t], n};
}

static inline rp_mixed_stats *model_prepare(model *m) {
    rp_mixed_stats *stats = rp_mixed_prepare(&m->spec, &m->rows, m->arena, &m->error);
    if (stats == NULL)
        fail_msg("%s", m->error.message);
    return stats;
}

static inline rp_mixed_fit *model_fit(model *m) {
    rp_mixed_fit *fit = rp_mixed_fit_stats(model_prepare(m), NULL, m->arena, &m->error);
    if (fit == NULL)
        fail_msg("%s", m->error.message);
    return fit;
}

#endif
