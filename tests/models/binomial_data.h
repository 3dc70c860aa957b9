/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of binomial models: the reference data as models. */
#ifndef RAPPORT_TEST_BINOMIAL_DATA_H
#define RAPPORT_TEST_BINOMIAL_DATA_H

#include "models/mixed_data.h"

static const size_t COLUMN_0[] = {0}, COLUMN_1[] = {1}, COLUMNS_01[] = {0, 1};

/* 1 where the text is `value`, else 0. */
static inline double *indicator(const sheet *s, const char *name, const char *value) {
    double *out = rp_arena_take(s->arena, s->n, sizeof *out);
    for (size_t i = 0; i < s->n; i++)
        out[i] = strcmp(sheet_text(s, i, name), value) == 0;
    return out;
}

static inline void grouped_by(model *m, const sheet *s, const char *name) {
    uint32_t levels;
    const uint32_t *groups = sheet_groups(s, name, &levels);
    model_factor(m, name, groups, levels);
}

static inline rp_mixed_fit *fit_by(model *m, int quadrature) {
    rp_mixed_options options = {.quadrature = quadrature};
    rp_mixed_fit *fit = rp_mixed_fit_stats(model_prepare(m), &options, m->arena, &m->error);
    if (fit == NULL)
        fail_msg("%s", m->error.message);
    return fit;
}

/* cbind(incidence, size - incidence) ~ period + (1 | herd) */
static inline void cbpp(model *m, rp_mixed_family family, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/cbpp.csv"), arena);
    model_begin(m, arena, s.n, sheet_numbers(&s, "incidence"));
    m->spec.family = family;
    m->rows.weights = sheet_numbers(&s, "size");
    model_column(m, "period2", indicator(&s, "period", "2"), true);
    model_column(m, "period3", indicator(&s, "period", "3"), true);
    model_column(m, "period4", indicator(&s, "period", "4"), true);
    grouped_by(m, &s, "herd");
    model_term(m, 0, 1, COLUMN_0);
}

/* r2 ~ situ + Anger + Gender + btype + (1 | id) + (1 | item): success is r2 == "Y". situ stands second, so that
 * COLUMNS_01 is (1 + situ | id). */
static inline void verbagg(model *m, rp_mixed_family family, bool slopes, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/VerbAgg.csv"), arena);
    model_begin(m, arena, s.n, indicator(&s, "r2", "Y"));
    m->spec.family = family;
    model_column(m, "situself", indicator(&s, "situ", "self"), true);
    model_column(m, "Anger", sheet_numbers(&s, "Anger"), true);
    model_column(m, "GenderM", indicator(&s, "Gender", "M"), true);
    model_column(m, "btypescold", indicator(&s, "btype", "scold"), true);
    model_column(m, "btypeshout", indicator(&s, "btype", "shout"), true);
    grouped_by(m, &s, "id");
    grouped_by(m, &s, "item");
    model_term(m, 0, slopes ? 2 : 1, COLUMNS_01);
    model_term(m, 1, 1, COLUMN_0);
}

/* drop ~ base + age + (1 | therapist) */
static inline void dropout(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("bench/data/dropout_100k.csv"), arena);
    model_begin(m, arena, s.n, sheet_numbers(&s, "drop"));
    m->spec.family = RP_MIXED_LOGIT;
    model_column(m, "base", sheet_numbers(&s, "base"), true);
    model_column(m, "age", sheet_numbers(&s, "age"), true);
    grouped_by(m, &s, "therapist");
    model_term(m, 0, 1, COLUMN_0);
}

#endif
