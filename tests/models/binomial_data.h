/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of binomial models: columns of a CSV of the reference data, and a model of columns and groups. */
#ifndef RAPPORT_TEST_BINOMIAL_DATA_H
#define RAPPORT_TEST_BINOMIAL_DATA_H

#include <stdlib.h>
#include <string.h>

#include "rapport/mixed.h"

/* A CSV as texts: no quotes within fields, as in the reference data. */
typedef struct sheet {
    rp_arena *arena;
    size_t n, n_columns;
    char **header, **cells; /* n by n_columns */
} sheet;

static inline char *unquoted(char *text) {
    size_t n = strlen(text);
    if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
        text[n - 1] = '\0';
        return text + 1;
    }
    return text;
}

static inline sheet read_sheet(const char *path, rp_arena *arena) {
    sheet s = {.arena = arena};
    rp_text text;
    rp_error error;
    assert_true(rp_file_read(path, 1 << 28, arena, &text, &error));
    char *copy = rp_arena_copy(arena, text.at, text.n);
    for (const char *c = copy; *c != '\n'; c++)
        s.n_columns += *c == ',';
    s.n_columns++;
    for (const char *c = copy; *c != '\0'; c++)
        s.n += *c == '\n';
    s.header = rp_arena_take(arena, s.n_columns, sizeof *s.header);
    s.cells = rp_arena_take(arena, s.n * s.n_columns, sizeof *s.cells);
    size_t row = 0;
    char *line_end, *field_end;
    for (char *line = strtok_r(copy, "\r\n", &line_end); line != NULL;
         line = strtok_r(NULL, "\r\n", &line_end), row++) {
        size_t k = 0;
        for (char *field = strtok_r(line, ",", &field_end); field != NULL;
             field = strtok_r(NULL, ",", &field_end), k++) {
            assert_true(k < s.n_columns);
            *(row == 0 ? &s.header[k] : &s.cells[(row - 1) * s.n_columns + k]) = unquoted(field);
        }
    }
    s.n = row - 1;
    return s;
}

static inline size_t sheet_column(const sheet *s, const char *name) {
    for (size_t k = 0; k < s->n_columns; k++)
        if (strcmp(s->header[k], name) == 0)
            return k;
    fail_msg("no column %s", name);
    return 0;
}

static inline double *numbers(const sheet *s, const char *name) {
    double *out = rp_arena_take(s->arena, s->n, sizeof *out);
    for (size_t i = 0, k = sheet_column(s, name); i < s->n; i++)
        out[i] = strtod(s->cells[i * s->n_columns + k], NULL);
    return out;
}

/* 1 where the text is `value`, else 0. */
static inline double *indicator(const sheet *s, const char *name, const char *value) {
    double *out = rp_arena_take(s->arena, s->n, sizeof *out);
    for (size_t i = 0, k = sheet_column(s, name); i < s->n; i++)
        out[i] = strcmp(s->cells[i * s->n_columns + k], value) == 0;
    return out;
}

static inline uint32_t *codes(const sheet *s, const char *name, uint32_t *levels) {
    uint32_t *out = rp_arena_take(s->arena, s->n, sizeof *out);
    rp_names *names = rp_names_new(s->arena);
    for (size_t i = 0, k = sheet_column(s, name); i < s->n; i++)
        out[i] = rp_names_put(names, rp_text_of(s->cells[i * s->n_columns + k]));
    *levels = (uint32_t)rp_names_count(names);
    return out;
}

/* A model whose every column has a fixed effect, and its rows. */
typedef struct model {
    rp_mixed_spec spec;
    rp_mixed_rows rows;
    const char *names[8], *factor_names[4];
    const double *columns[8];
    const uint32_t *groups[4];
    uint32_t levels[4];
    size_t fixed[8];
    rp_mixed_term terms[4];
    rp_arena *arena;
} model;

static inline void finish_model(model *m) {
    m->spec.column_names = m->names;
    m->spec.factor_names = m->factor_names;
    m->spec.levels = m->levels;
    m->spec.terms = m->terms;
    m->spec.fixed = m->fixed;
    m->rows.columns = m->columns;
    m->rows.groups = m->groups;
}

static inline void add_column(model *m, const char *name, const double *values) {
    size_t k = m->spec.n_columns++;
    m->names[k] = name;
    m->columns[k] = values;
    m->fixed[m->spec.n_fixed++] = k;
    finish_model(m);
}

static inline void add_factor(model *m, const char *name, const uint32_t *groups, uint32_t levels) {
    size_t f = m->spec.n_factors++;
    m->factor_names[f] = name;
    m->groups[f] = groups;
    m->levels[f] = levels;
    finish_model(m);
}

static inline void add_term(model *m, size_t factor, const size_t *columns, size_t n) {
    m->terms[m->spec.n_terms++] = (rp_mixed_term){factor, columns, n};
    finish_model(m);
}

static const size_t COLUMN_0[] = {0}, COLUMN_1[] = {1}, COLUMNS_01[] = {0, 1};

/* A model is copied about; its spec points into the copy at hand from here on. */
static inline rp_mixed_stats *prepared(model *m) {
    finish_model(m);
    rp_error error = {0};
    rp_mixed_stats *stats = rp_mixed_prepare(&m->spec, &m->rows, m->arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static inline rp_mixed_fit *fitted(model *m, int quadrature) {
    rp_error error = {0};
    rp_mixed_options options = {.quadrature = quadrature};
    rp_mixed_fit *fit = rp_mixed_fit_stats(prepared(m), &options, m->arena, &error);
    if (fit == NULL)
        fail_msg("%s", error.message);
    return fit;
}

/* ---- the reference data ---- */

/* cbind(incidence, size - incidence) ~ period + (1 | herd) */
static inline model cbpp(rp_arena *arena, rp_mixed_family family) {
    sheet s = read_sheet(shared_path("data/cbpp.csv"), arena);
    model m = {.spec.family = family, .arena = arena};
    m.rows = (rp_mixed_rows){.n = s.n, .y = numbers(&s, "incidence"), .weights = numbers(&s, "size")};
    add_column(&m, "(Intercept)", NULL);
    add_column(&m, "period2", indicator(&s, "period", "2"));
    add_column(&m, "period3", indicator(&s, "period", "3"));
    add_column(&m, "period4", indicator(&s, "period", "4"));
    uint32_t levels;
    const uint32_t *herd = codes(&s, "herd", &levels);
    add_factor(&m, "herd", herd, levels);
    add_term(&m, 0, COLUMN_0, 1);
    return m;
}

/* r2 ~ situ + Anger + Gender + btype + (1 | id) + (1 | item): success is r2 == "Y". situ stands second, so that
 * COLUMNS_01 is (1 + situ | id). */
static inline model verbagg(rp_arena *arena, rp_mixed_family family) {
    sheet s = read_sheet(shared_path("data/VerbAgg.csv"), arena);
    model m = {.spec.family = family, .arena = arena};
    m.rows = (rp_mixed_rows){.n = s.n, .y = indicator(&s, "r2", "Y")};
    add_column(&m, "(Intercept)", NULL);
    add_column(&m, "situself", indicator(&s, "situ", "self"));
    add_column(&m, "Anger", numbers(&s, "Anger"));
    add_column(&m, "GenderM", indicator(&s, "Gender", "M"));
    add_column(&m, "btypescold", indicator(&s, "btype", "scold"));
    add_column(&m, "btypeshout", indicator(&s, "btype", "shout"));
    uint32_t people, items;
    const uint32_t *id = codes(&s, "id", &people), *item = codes(&s, "item", &items);
    add_factor(&m, "id", id, people);
    add_factor(&m, "item", item, items);
    add_term(&m, 0, COLUMN_0, 1);
    add_term(&m, 1, COLUMN_0, 1);
    return m;
}

/* drop ~ base + age + (1 | therapist) */
static inline model dropout(rp_arena *arena) {
    sheet s = read_sheet(shared_path("bench/data/dropout_100k.csv"), arena);
    model m = {.spec.family = RP_MIXED_LOGIT, .arena = arena};
    m.rows = (rp_mixed_rows){.n = s.n, .y = numbers(&s, "drop")};
    add_column(&m, "(Intercept)", NULL);
    add_column(&m, "base", numbers(&s, "base"));
    add_column(&m, "age", numbers(&s, "age"));
    uint32_t levels;
    const uint32_t *therapist = codes(&s, "therapist", &levels);
    add_factor(&m, "therapist", therapist, levels);
    add_term(&m, 0, COLUMN_0, 1);
    return m;
}

#endif
