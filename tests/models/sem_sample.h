/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of structural equation models: rows by hand, drawn or read, and their statistics in one or in blocks. */
#ifndef RAPPORT_TEST_SEM_SAMPLE_H
#define RAPPORT_TEST_SEM_SAMPLE_H

#include "models/mixed_expected.h"
#include "models/sem/sem_parts.h"

enum { MOST = 70 };

/* Rows and what is observed in them. */
typedef struct sample {
    rp_arena *arena;
    const char *names[MOST];
    const double *columns[MOST];
    rp_sem_layout layout;
    rp_sem_rows rows;
} sample;

static inline void begin(sample *s, size_t n, rp_sem_missing missing) {
    *s = (sample){.arena = rp_arena_new(0)};
    assert_non_null(s->arena);
    s->layout = (rp_sem_layout){.observed = s->names, .n_groups = 1, .missing = missing};
    s->rows = (rp_sem_rows){.n = n, .columns = s->columns};
}

static inline void column(sample *s, const char *name, const double *values) {
    s->names[s->layout.n_observed] = name;
    s->columns[s->layout.n_observed++] = values;
}

static inline rp_sem_stats *prepared(const sample *s, const rp_sem_rows *rows) {
    rp_error error;
    rp_sem_stats *stats = rp_sem_prepare(&s->layout, rows, s->arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static inline rp_sem_stats *merged(const sample *s, rp_sem_stats *const *parts, size_t n) {
    rp_error error;
    rp_sem_stats *stats = rp_sem_merge(parts, n, s->arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static inline uint64_t turn(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's */
    return *state >> 33;
}

/* n rows of k variables around 1000, a part of them missing in 1 of `rare`, in 3 groups. */
static inline void many_rows(sample *s, size_t n, size_t k, uint64_t rare) {
    static char names[MOST][8];
    uint64_t seed = 7;
    begin(s, n, RP_SEM_FIML);
    double *all = rp_arena_take(s->arena, n * k, sizeof *all);
    uint32_t *group = rp_arena_take(s->arena, n, sizeof *group);
    assert_non_null(all);
    assert_non_null(group);
    for (size_t i = 0; i < n; i++) {
        double common = (double)(turn(&seed) % 1000) / 100;
        group[i] = (uint32_t)(turn(&seed) % 3);
        for (size_t j = 0; j < k; j++) {
            double value = 1000 + common + (double)(turn(&seed) % 1000) / 100;
            all[j * n + i] = turn(&seed) % rare == 0 ? NAN : value;
        }
    }
    for (size_t j = 0; j < k; j++) {
        snprintf(names[j], sizeof names[j], "v%zu", j);
        column(s, names[j], all + j * n);
    }
    s->rows.group = group;
    s->layout.n_groups = 3;
}

/* Rows from `from`, `n` of them, in `columns`. */
static inline rp_sem_rows block(const sample *s, size_t from, size_t n, const double **columns) {
    for (size_t j = 0; j < s->layout.n_observed; j++)
        columns[j] = s->columns[j] + from;
    return (rp_sem_rows){.n = n, .columns = columns, .group = s->rows.group + from};
}

static inline rp_sem_stats *in_blocks(const sample *s, size_t size) {
    rp_sem_stats *parts[100];
    size_t n = 0;
    for (size_t from = 0; from < s->rows.n; from += size) {
        const double *columns[MOST];
        rp_sem_rows rows = block(s, from, from + size < s->rows.n ? size : s->rows.n - from, columns);
        parts[n++] = prepared(s, &rows);
    }
    return merged(s, parts, n);
}

#endif
