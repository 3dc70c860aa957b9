/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to one group: its factor, its elimination on the way up, its part of the gradient on the way down. The
 * letters are those of nested_parts.h. */
#include <math.h>
#include <string.h>

#include "models/mixed/nested_parts.h"

/* Nearly every model has one or two random effects a group. With these numbers as constants the compiler unrolls the
 * loops, which then take half the time; their order, and so every bit, is the same. */
#define ALWAYS __attribute__((always_inline))
#define IN_CONSTANTS(k, q, call, ...)                                                                                  \
    if ((k) == 1 && (q) == 1)                                                                                          \
        call(1, 1, __VA_ARGS__);                                                                                       \
    else if ((k) == 2 && (q) == 2)                                                                                     \
        call(2, 2, __VA_ARGS__);                                                                                       \
    else                                                                                                               \
        call(k, q, __VA_ARGS__)

static size_t largest(size_t a, size_t b) {
    return a > b ? a : b;
}

nested_group nested_group_in(const mixed_plan *plan) {
    size_t m = plan->m, k = m, q = 1;
    for (size_t l = 0; l < plan->n_levels; l++)
        q = largest(q, plan->levels[l].q);
    nested_group g = {.s = plan->work};
    g.f = g.s + m * m;
    g.e = g.f + k * k;
    g.y = g.e + q * k;
    g.c = g.y + q * largest(q, m);
    g.b = g.c + q * q;
    g.m = g.b + largest(k, q) * m;
    g.t = g.m + k * k;
    return g;
}

size_t nested_group_room(const mixed_plan *plan) {
    size_t q = 1;
    for (size_t l = 0; l < plan->n_levels; l++)
        q = largest(q, plan->levels[l].q);
    size_t side = largest(plan->m, q);
    return 8 * side * side;
}

static inline ALWAYS bool factor(size_t k, size_t q, const nested_level *level, const double *a, nested_group *g,
                                 bool with_e) {
    const double *lambda = level->lambda;
    double *restrict t = g->t, *restrict chol = g->c, *restrict y = g->y, *restrict f = g->f, *restrict e = g->e;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < q; j++) {
            double x = 0;
            for (size_t h = 0; h < k; h++)
                x += a[i * k + h] * lambda[h * q + j];
            t[i * q + j] = x;
        }
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++) {
            double x = i == j;
            for (size_t h = 0; h < k; h++)
                x += lambda[h * q + i] * t[h * q + j];
            chol[i * q + j] = x;
        }
    if (!rp_cholesky(chol, q))
        return false;
    double product = 1;
    for (size_t i = 0; i < q; i++)
        product *= chol[i * q + i];
    if (!with_e) /* those who want E come down and know it already */
        g->logdet = 2 * log(product);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < k; j++) {
            double x = lambda[j * q + i];
            for (size_t h = 0; h < i; h++)
                x -= chol[i * q + h] * y[h * k + j];
            y[i * k + j] = x / chol[i * q + i];
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double x = 0;
            for (size_t h = 0; h < q; h++)
                x += y[h * k + i] * y[h * k + j];
            f[i * k + j] = f[j * k + i] = x;
        }
    for (size_t i = q; with_e && i-- > 0;)
        for (size_t j = 0; j < k; j++) {
            double x = y[i * k + j];
            for (size_t h = i + 1; h < q; h++)
                x -= chol[h * q + i] * e[h * k + j];
            e[i * k + j] = x / chol[i * q + i];
        }
    return true;
}

bool nested_factor(const nested_level *level, const double *a, nested_group *g, bool with_e) {
    IN_CONSTANTS(level->k, level->q, return factor, level, a, g, with_e);
}

void nested_take_block(const mixed_plan *plan, const nested_level *level, const nested_group *g, double *a) {
    for (size_t i = 0; i < level->k; i++)
        for (size_t j = 0; j < level->k; j++)
            a[i * level->k + j] = g->s[level->z[i] * plan->m + level->z[j]];
}

/* What the group of g->s, factored, leaves to its parent, by its columns alone. */
static inline ALWAYS void leave(size_t k, size_t q, size_t m, const nested_level *level, nested_group *g) {
    const double *s = g->s, *y = g->y;
    double *restrict v = g->b; /* q by D: y S_z. */
    for (size_t i = 0; i < q; i++)
        for (size_t c = 0; c < m; c++) {
            double x = 0;
            for (size_t h = 0; h < k; h++)
                x += y[i * k + h] * s[level->z[h] * m + c];
            v[i * m + c] = x;
        }
    double *restrict part = level->up.part;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            double x = s[a * m + b];
            for (size_t h = 0; h < q; h++)
                x -= v[h * m + a] * v[h * m + b];
            *part++ += x;
        }
}

bool nested_group_up(const mixed_plan *plan, nested_level *level, double below, nested_group *g) {
    nested_take_block(plan, level, g, g->m);
    if (!nested_factor(level, g->m, g, false))
        return false;
    IN_CONSTANTS(level->k, level->q, leave, plan->m, level, g);
    level->up.part[mixed_packed(plan->m)] += g->logdet + below;
    nested_sum_added(&level->up);
    return true;
}

static inline ALWAYS void add_slope(size_t k, size_t q, const nested_level *level, double count, const double *a,
                                    const double *inner, nested_group *g) {
    const double *f = g->f, *e = g->e;
    double *restrict t = g->t, *restrict y = g->y, *restrict part = level->slope.part;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) { /* t = I - A F */
            double x = i == j;
            for (size_t h = 0; h < k; h++)
                x -= a[i * k + h] * f[h * k + j];
            t[i * k + j] = x;
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double x = count * a[i * k + j];
            for (size_t h = 0; h < k; h++)
                x -= t[i * k + h] * inner[h * k + j];
            y[i * k + j] = x;
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < q; j++) {
            double x = 0;
            for (size_t h = 0; h < k; h++)
                x += y[i * k + h] * e[j * k + h];
            part[i * q + j] += 2 * x;
        }
}

void nested_slope_add(nested_level *level, double count, const double *a, const double *inner, nested_group *g) {
    IN_CONSTANTS(level->k, level->q, add_slope, level, count, a, inner, g);
    nested_sum_added(&level->slope);
}

static inline ALWAYS void inner_of(size_t k, size_t q, size_t m, const nested_level *level, const double *q_matrix,
                                   nested_group *g) {
    (void)q;
    const double *s = g->s;
    double *restrict b = g->b, *restrict inner = g->m;
    for (size_t i = 0; i < k; i++)
        for (size_t c = 0; c < m; c++) {
            double x = 0;
            for (size_t h = 0; h < m; h++)
                x += s[level->z[i] * m + h] * q_matrix[h * m + c];
            b[i * m + c] = x;
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double x = 0;
            for (size_t h = 0; h < m; h++)
                x += b[i * m + h] * s[level->z[j] * m + h];
            inner[i * k + j] = x;
        }
}

void nested_group_inner(const mixed_plan *plan, const nested_level *level, const double *q_matrix, nested_group *g) {
    IN_CONSTANTS(level->k, level->q, inner_of, plan->m, level, q_matrix, g);
}

void nested_group_pass(const mixed_plan *plan, const nested_level *level, const double *q_matrix, double *out,
                       nested_group *g) {
    size_t m = plan->m, k = level->k;
    memcpy(out, q_matrix, m * m * sizeof *out);
    double *fm = g->t;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double x = 0;
            for (size_t h = 0; h < k; h++)
                x += g->f[i * k + h] * g->m[h * k + j];
            fm[i * k + j] = x;
        }
    for (size_t i = 0; i < k; i++)
        for (size_t c = 0; c < m; c++) {
            double x = 0;
            for (size_t h = 0; h < k; h++)
                x += g->f[i * k + h] * g->b[h * m + c];
            out[level->z[i] * m + c] -= x;
            out[c * m + level->z[i]] -= x;
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double x = g->f[i * k + j];
            for (size_t h = 0; h < k; h++)
                x += fm[i * k + h] * g->f[h * k + j];
            out[level->z[i] * m + level->z[j]] += x;
        }
}

bool nested_group_down(const mixed_plan *plan, nested_level *level, const double *q_matrix, double *out,
                       nested_group *g) {
    double *a = g->m;
    nested_take_block(plan, level, g, a);
    if (!nested_factor(level, a, g, true))
        return false;
    nested_group_inner(plan, level, q_matrix, g);
    if (out)
        nested_group_pass(plan, level, q_matrix, out, g);
    double *inner = g->m;
    a = g->c; /* done with C */
    nested_take_block(plan, level, g, a);
    nested_slope_add(level, 1, a, inner, g);
    return true;
}

void nested_load_lowest(const mixed_plan *plan, size_t group, nested_group *g) {
    const mixed_cells *cells = &plan->stats->cells;
    size_t m = plan->m, room = mixed_packed(cells->m);
    const uint32_t *starts = plan->levels[0].starts;
    for (size_t c = starts[group]; c < starts[group + 1]; c++) {
        const double *gram = cells->grams + plan->order[c] * room;
        const size_t *from = plan->gather;
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++, from++) {
                double x = c == starts[group] ? gram[*from] : g->s[a * m + b] + gram[*from];
                g->s[a * m + b] = g->s[b * m + a] = x;
            }
    }
    for (size_t c = starts[group]; plan->ar1 && c < starts[group + 1]; c++)
        nested_ar1_add(plan, plan->order[c], g->s);
}

void nested_load_packed(const mixed_plan *plan, const double *packed, nested_group *g) {
    for (size_t a = 0; a < plan->m; a++)
        for (size_t b = 0; b <= a; b++)
            g->s[a * plan->m + b] = g->s[b * plan->m + a] = *packed++;
}
