/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crossed model's plan: which factor is eliminated, in which order the rest comes, dense or sparse, and all that does
 * not depend on theta. */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

enum {
    ALWAYS_DENSE = 500,     /* effects: below, to look for sparsity costs more than it saves */
    LARGEST_DENSE = 8000,   /* 512 MB, some 6 s an evaluation */
    SPARSE_IS_SLOWER = 25,  /* an operation of the sparse Cholesky takes as long as so many of the dense one */
    DENSE_PATTERN_PARTS = 3 /* a third of all elements: the factor will fill in */
};

/* ---- fixed effects --------------------------------------------------------------------------------- */

static bool take_columns(crossed_plan *plan, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->stats->spec;
    plan->p = spec->n_fixed;
    plan->d = plan->p + 1;
    plan->x_columns = rp_arena_take(arena, plan->d, sizeof *plan->x_columns);
    if (plan->x_columns == NULL)
        return false;
    if (plan->p)
        memcpy(plan->x_columns, spec->fixed, plan->p * sizeof *spec->fixed);
    plan->x_columns[plan->p] = plan->stats->cells.m - 1;
    return true;
}

static double product(const double *gram, size_t a, size_t b) {
    size_t high = a > b ? a : b, low = a + b - high;
    return gram[mixed_packed(high) + low];
}

/* Products of each group's columns with one another and with X and y. */
static bool add_products(crossed_plan *plan, rp_arena *arena) {
    size_t d = plan->d, q = plan->q, q2 = plan->q2, m = plan->stats->cells.m, k = plan->stats->spec->n_factors;
    plan->own = rp_arena_take(arena, plan->n * q * q, sizeof *plan->own);
    plan->own_x = rp_arena_take(arena, plan->n * q * d, sizeof *plan->own_x);
    plan->rest_x = rp_arena_take(arena, q2 * d, sizeof *plan->rest_x);
    plan->xx = rp_arena_take(arena, d * d, sizeof *plan->xx);
    crossed_sums sums;
    if (!plan->own || !plan->own_x || !plan->rest_x || !plan->xx || !crossed_sums_make(&sums, d * d, arena))
        return false;
    for (size_t c = 0; c < plan->stats->cells.n; c++) {
        const double *gram = plan->stats->cells.grams + c * mixed_packed(m);
        const uint32_t *key = plan->stats->cells.keys + c * k;
        const size_t *x = plan->x_columns, *z = plan->f[0].columns;
        size_t g = plan->f[0].group[key[plan->f[0].factor]];
        for (size_t a = 0; a < q; a++) {
            for (size_t b = 0; b < q; b++)
                plan->own[(g * q + a) * q + b] += product(gram, z[a], z[b]);
            for (size_t b = 0; b < d; b++)
                plan->own_x[(g * q + a) * d + b] += product(gram, z[a], x[b]);
        }
        for (size_t i = 1; i < plan->n_factors; i++) {
            const crossed_factor *f = &plan->f[i];
            size_t at = plan->at[f->block[f->group[key[f->factor]]]];
            for (size_t a = 0; a < f->q; a++)
                for (size_t b = 0; b < d; b++)
                    plan->rest_x[b * q2 + at + a] += product(gram, f->columns[a], x[b]);
        }
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                sums.part[a * d + b] += product(gram, x[a], x[b]);
        crossed_sums_added(&sums);
    }
    for (size_t i = 0; i < d * d; i++)
        plan->xx[i] = crossed_sums_value(&sums, i);
    return true;
}

/* ---- dense or sparse ------------------------------------------------------------------------------- */

static void order_blocks(crossed_plan *plan, const int32_t *order, uint32_t *place) {
    for (size_t k = 0; k < plan->n_blocks; k++)
        place[order[k]] = (uint32_t)k;
    for (size_t i = 1; i < plan->n_factors; i++)
        for (size_t g = 0; g < plan->f[i].groups; g++)
            plan->f[i].block[g] = place[plan->f[i].block[g]];
}

/* The blocks' pattern as CHOLMOD reads it. */
static bool block_pattern(const crossed_plan *plan, rp_sparse_pattern *out, rp_arena *scratch, rp_error *error) {
    size_t n = plan->n_blocks, links = plan->pattern.start[n];
    if (links > INT_MAX)
        return rp_fail(error, RP_E_LIMIT, "The groups of this model are too many and too entangled to be fitted.");
    int32_t *start = rp_arena_take(scratch, n + 1, sizeof *start), *row = rp_arena_take(scratch, links, sizeof *row);
    if (!start || !row)
        return rp_fail_memory(error);
    for (size_t k = 0; k <= n; k++)
        start[k] = (int32_t)plan->pattern.start[k];
    for (size_t e = 0; e < links; e++)
        row[e] = (int32_t)plan->pattern.block[e];
    *out = (rp_sparse_pattern){n, start, row};
    return true;
}

/* Whether the rest is treated as sparse, and then its blocks are put in an order that fills little. */
static bool choose(crossed_plan *plan, crossed_path path, rp_arena *scratch, rp_error *error) {
    double n = (double)plan->n_blocks, q2 = (double)plan->q2;
    bool large = plan->q2 > LARGEST_DENSE, may = path == CROSSED_SPARSE || large;
    if (path == CROSSED_DENSE || (path == CROSSED_ANY && plan->q2 <= ALWAYS_DENSE) || (!may && !rp_sparse_available()))
        return true;
    if (!crossed_link(plan, scratch) || !crossed_pattern_make(plan, scratch))
        return rp_fail_memory(error);
    if (!may && (double)plan->pattern.start[plan->n_blocks] > n * n / 2 / DENSE_PATTERN_PARTS)
        return true;
    rp_sparse_pattern pattern;
    int32_t *order = rp_arena_take(scratch, plan->n_blocks, sizeof *order);
    uint32_t *place = rp_arena_take(scratch, plan->n_blocks, sizeof *place);
    double work;
    if (!order || !place)
        return rp_fail_memory(error);
    if (!block_pattern(plan, &pattern, scratch, error) || !rp_sparse_order(&pattern, order, &work, error))
        return false;
    double wide = q2 / n;
    plan->sparse = may || SPARSE_IS_SLOWER * work * wide * wide * wide < q2 * q2 * q2 / 6;
    if (plan->sparse)
        order_blocks(plan, order, place);
    return true;
}

/* The pattern of single effects, in the order in which crossed_sweep makes their values. */
static bool single_pattern(crossed_plan *plan, rp_arena *arena, rp_error *error) {
    size_t n = 0;
    for (size_t k = 0; k < plan->n_blocks; k++)
        for (size_t j = 0; j < crossed_rows(plan, k); j++)
            n += crossed_of(plan, crossed_row(plan, k, j))->q * crossed_of(plan, k)->q;
    if (n > INT_MAX)
        return rp_fail(error, RP_E_LIMIT, "The groups of this model are too many and too entangled to be fitted.");
    int32_t *start = rp_arena_take(arena, plan->q2 + 1, sizeof *start), *row = rp_arena_take(arena, n, sizeof *row);
    plan->values = rp_arena_take(arena, n, sizeof *plan->values);
    if (!start || !row || !plan->values)
        return rp_fail_memory(error);
    int32_t at = 0;
    for (size_t k = 0; k < plan->n_blocks; k++)
        for (size_t c = plan->at[k]; c < plan->at[k + 1]; c++) {
            start[c] = at;
            for (size_t j = 0; j < crossed_rows(plan, k); j++) {
                size_t a = crossed_row(plan, k, j);
                for (size_t r = a == k ? c : plan->at[a]; r < plan->at[a + 1]; r++)
                    row[at++] = (int32_t)r;
            }
        }
    start[plan->q2] = at;
    plan->scalar_pattern = (rp_sparse_pattern){plan->q2, start, row};
    plan->factor = rp_sparse_factor_new(&plan->scalar_pattern, arena, error);
    if (plan->factor == NULL)
        return false;
    plan->inverse = rp_arena_take(arena, rp_sparse_factor_count(plan->factor), sizeof *plan->inverse);
    return plan->inverse != NULL || rp_fail_memory(error);
}

static bool make_room_for_rest(crossed_plan *plan, rp_arena *arena, rp_error *error) {
    if (plan->sparse)
        return crossed_pattern_make(plan, arena) ? single_pattern(plan, arena, error) : rp_fail_memory(error);
    plan->dense = rp_arena_take(arena, plan->q2 * plan->q2, sizeof *plan->dense);
    return plan->dense != NULL || rp_fail_memory(error);
}

/* ---- scratch --------------------------------------------------------------------------------------- */

/* Doubles into *at. */
static bool take(rp_arena *arena, double **at, size_t n) {
    *at = rp_arena_take(arena, n, sizeof **at);
    return *at != NULL;
}

static bool make_scratch(crossed_plan *p, rp_arena *arena) {
    size_t d = p->d, q = p->q, wide = p->widest, rest = p->q2 * d;
    p->d_sum = rp_arena_take(arena, p->n_factors, sizeof *p->d_sum);
    p->u_sum = rp_arena_take(arena, p->n_factors, sizeof *p->u_sum);
    if (!p->d_sum || !p->u_sum)
        return false;
    for (size_t i = 0; i < p->n_factors; i++)
        if (!crossed_sums_make(&p->d_sum[i], p->f[i].q * p->f[i].q, arena) ||
            !crossed_sums_make(&p->u_sum[i], p->f[i].q * p->f[i].q, arena))
            return false;
    return crossed_sums_make(&p->top_sum, d * d, arena) && take(arena, &p->theta, p->n_theta) &&
           take(arena, &p->gradient, p->n_theta) && take(arena, &p->l, p->n * q * q) &&
           take(arena, &p->half, p->cross.at[p->cross.start[p->n]]) && take(arena, &p->half_x, p->n * q * d) &&
           take(arena, &p->rest_half, rest) && take(arena, &p->top, d * d) && take(arena, &p->row_lambda, p->q2) &&
           take(arena, &p->t, p->q2 * wide) && take(arena, &p->w, p->q2 * wide) && take(arena, &p->h, p->n * q * q) &&
           take(arena, &p->rest_p, p->n_blocks * wide * wide) && take(arena, &p->coefficients, d * d) &&
           take(arena, &p->rest_u, rest) && take(arena, &p->rest_b, rest) && take(arena, &p->rho, rest) &&
           take(arena, &p->own_b, p->n * q) && take(arena, &p->small, 8 * wide * (wide > d ? wide : d));
}

crossed_plan *crossed_plan_make(const rp_mixed_stats *stats, crossed_path path, rp_arena *arena, rp_error *error) {
    assert(stats && stats->cells.n < UINT32_MAX);
    crossed_plan *plan = rp_arena_take(arena, 1, sizeof *plan);
    rp_arena *scratch = rp_arena_new(0);
    if (plan == NULL || scratch == NULL) {
        rp_arena_free(scratch);
        rp_fail_memory(error);
        return NULL;
    }
    plan->stats = stats;
    bool good = (take_columns(plan, arena) && crossed_factors_make(plan, arena)) || rp_fail_memory(error);
    for (size_t i = 1; good && i < plan->n_factors; i++)
        plan->q2 += plan->f[i].groups * plan->f[i].q;
    good = good && choose(plan, path, scratch, error);
    rp_arena_free(scratch);
    good = good && (crossed_link(plan, arena) || rp_fail_memory(error)) && make_room_for_rest(plan, arena, error) &&
           ((add_products(plan, arena) && make_scratch(plan, arena)) || rp_fail_memory(error));
    return good ? plan : NULL;
}
