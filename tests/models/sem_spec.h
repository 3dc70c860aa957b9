/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of structural equation models: a spec, line by line, and statistics of rows, without the parser or prepare;
 * and the plain density of rows, in long double. */
#ifndef RAPPORT_TEST_SEM_SPEC_H
#define RAPPORT_TEST_SEM_SPEC_H

#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

enum { BUILT_LINES = 200, BUILT_VARIABLES = 20 };
typedef struct built_sem {
    rp_sem_layout layout;
    rp_sem_spec spec;
    rp_sem_line lines[BUILT_LINES];
    char names[BUILT_VARIABLES][8];
    const char *pointers[BUILT_VARIABLES]; /* v0, v1, ...: observed, then latent */
} built_sem;

static inline void sem_begin(built_sem *b, size_t p, size_t latent, size_t groups, bool means) {
    static const char *const named[] = {"one", "two", "three"};
    *b = (built_sem){0};
    assert_true(p + latent <= BUILT_VARIABLES && groups <= 3);
    for (size_t i = 0; i < p + latent; i++) {
        snprintf(b->names[i], sizeof b->names[i], "v%u", (unsigned)i);
        b->pointers[i] = b->names[i];
    }
    b->layout = (rp_sem_layout){.observed = b->pointers,
                                .n_observed = p,
                                .groups = groups > 1 ? named : NULL,
                                .n_groups = groups,
                                .missing = RP_SEM_FIML};
    b->spec = (rp_sem_spec){.layout = &b->layout, .latent = b->pointers + p, .n_latent = latent, .means = means};
    b->spec.lines = b->lines;
}

static inline rp_sem_line *sem_add(built_sem *b, size_t group, rp_sem_op op, size_t lhs, size_t rhs) {
    assert_true(b->spec.n_lines < BUILT_LINES);
    rp_sem_line *line = b->lines + b->spec.n_lines++;
    *line = (rp_sem_line){op, lhs, rhs, group, SIZE_MAX, 0, NULL, true};
    return line;
}

/* A line whose value is fixed; free, as the next parameter; the parameter of this number. */
static inline void sem_fixed(built_sem *b, size_t group, rp_sem_op op, size_t lhs, size_t rhs, double value) {
    sem_add(b, group, op, lhs, rhs)->value = value;
}
static inline void sem_same(built_sem *b, size_t group, rp_sem_op op, size_t lhs, size_t rhs, size_t parameter) {
    rp_sem_line *line = sem_add(b, group, op, lhs, rhs);
    line->parameter = parameter;
    line->value = (double)NAN;
    b->spec.n_parameters = parameter < b->spec.n_parameters ? b->spec.n_parameters : parameter + 1;
}
static inline size_t sem_free(built_sem *b, size_t group, rp_sem_op op, size_t lhs, size_t rhs) {
    sem_same(b, group, op, lhs, rhs, b->spec.n_parameters);
    return b->spec.n_parameters - 1;
}

/* ---- statistics of rows, by two passes ------------------------------------------------------------------------ */

/* n rows of p numbers, NaN where missing, and their groups, or NULL. */
typedef struct raw_rows {
    size_t n, p;
    const double *values;
    const uint32_t *group;
} raw_rows;

static inline uint32_t raw_mask(const raw_rows *raw, size_t row) {
    uint32_t mask = 0;
    for (size_t i = 0; i < raw->p; i++)
        mask |= (uint32_t)!isnan(raw->values[row * raw->p + i]) << i;
    return mask;
}

static inline bool raw_belongs(const raw_rows *raw, size_t row, uint32_t group, uint32_t mask) {
    return (raw->group ? raw->group[row] : 0) == group && raw_mask(raw, row) == mask;
}

static inline sem_pattern raw_pattern(const raw_rows *raw, uint32_t group, uint32_t mask, rp_arena *arena) {
    sem_pattern out = {.group = group};
    size_t p = raw->p;
    uint32_t *observed = rp_arena_take(arena, p, sizeof *observed);
    for (uint32_t i = 0; i < p; i++)
        if (mask >> i & 1)
            observed[out.k++] = i;
    out.observed = observed;
    out.mean = rp_arena_take(arena, p, sizeof(double));
    out.cross = rp_arena_take(arena, p * p, sizeof(double));
    for (size_t r = 0; r < raw->n; r++) {
        bool in = raw_belongs(raw, r, group, mask);
        out.n += in;
        for (size_t i = 0; in && i < out.k; i++)
            out.mean[i] += raw->values[r * p + observed[i]];
    }
    for (size_t i = 0; i < out.k; i++)
        out.mean[i] /= (double)out.n;
    for (size_t r = 0; r < raw->n; r++)
        for (size_t i = 0; raw_belongs(raw, r, group, mask) && i < out.k; i++)
            for (size_t j = 0; j < out.k; j++)
                out.cross[i * out.k + j] +=
                    (raw->values[r * p + observed[i]] - out.mean[i]) * (raw->values[r * p + observed[j]] - out.mean[j]);
    return out;
}

static inline rp_sem_stats *raw_stats(const raw_rows *raw, const rp_sem_layout *layout, rp_arena *arena) {
    rp_sem_stats *out = rp_arena_take(arena, 1, sizeof *out);
    out->layout = layout;
    out->patterns = rp_arena_take(arena, raw->n, sizeof *out->patterns);
    for (uint32_t g = 0; g < layout->n_groups; g++)
        for (uint32_t mask = 1; mask < 1U << raw->p; mask++) {
            bool any = false;
            for (size_t r = 0; r < raw->n && !any; r++)
                any = raw_belongs(raw, r, g, mask);
            if (any)
                out->patterns[out->n_patterns++] = raw_pattern(raw, g, mask, arena);
        }
    return out;
}

/* ---- the plain density ------------------------------------------------------------------------------------------ */

/* -2 log of the normal density of what is observed in a row. */
static inline long double raw_density(const double *row, size_t p, const double *sigma, const double *mu) {
    long double l[BUILT_VARIABLES][BUILT_VARIABLES], z[BUILT_VARIABLES], sum = 0;
    size_t at[BUILT_VARIABLES], k = 0;
    for (size_t i = 0; i < p; i++)
        if (!isnan(row[i]))
            at[k++] = i;
    for (size_t i = 0; i < k; i++) {
        long double rest = (long double)row[at[i]] - mu[at[i]];
        for (size_t j = 0; j <= i; j++) {
            long double element = sigma[at[i] * p + at[j]];
            for (size_t c = 0; c < j; c++)
                element -= l[i][c] * l[j][c];
            l[i][j] = i == j ? sqrtl(element) : element / l[j][j];
        }
        for (size_t j = 0; j < i; j++)
            rest -= l[i][j] * z[j];
        z[i] = rest / l[i][i];
        sum += z[i] * z[i] + 2 * logl(l[i][i]) + logl(2 * 3.14159265358979323846264338L);
    }
    return sum;
}

#endif
