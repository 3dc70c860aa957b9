/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crossed model at theta: groups of the largest factor eliminated, then the rest, then X and y. */
#include <math.h>
#include <string.h>

#include "models/mixed/crossed_parts.h"

static void set_lambda(crossed_plan *plan, const double *theta) {
    for (size_t i = 0; i < plan->n_theta; i++) {
        crossed_factor *f = &plan->f[plan->place[i].factor];
        f->lambda[plan->place[i].row * f->q + plan->place[i].column] = theta[i];
        plan->theta[i] = theta[i];
    }
    for (size_t k = 0; plan->scalar && k < plan->n_blocks; k++)
        plan->row_lambda[k] = crossed_of(plan, k)->lambda[0];
}

/* ---- the eliminated groups ------------------------------------------------------------------------- */

/* L_i of Lambda' S Lambda + I. */
static bool factor_group(crossed_plan *plan, size_t i) {
    size_t q = plan->q;
    const double *lambda = plan->f[0].lambda;
    double *l = plan->l + i * q * q, *turned = plan->small;
    memcpy(turned, plan->own + i * q * q, q * q * sizeof *turned);
    crossed_turned(lambda, q, turned, q);
    crossed_transpose(turned, q, q, l);
    crossed_turned(lambda, q, l, q);
    for (size_t a = 0; a < q; a++)
        l[a * q + a] += 1;
    return rp_cholesky(l, q);
}

static void halve(const crossed_plan *plan, size_t i, const double *from, size_t columns, double *to) {
    memcpy(to, from, plan->q * columns * sizeof *to);
    crossed_turned(plan->f[0].lambda, plan->q, to, columns);
    crossed_lower(plan->l + i * plan->q * plan->q, plan->q, to, columns);
}

static void halve_links(crossed_plan *plan, size_t i) {
    const crossed_links *cross = &plan->cross;
    size_t from = cross->start[i], to = cross->start[i + 1];
    if (plan->q == 1) { /* one row: all links at once */
        double scale = plan->f[0].lambda[0] / plan->l[i];
        for (size_t x = cross->at[from]; x < cross->at[to]; x++)
            plan->half[x] = scale * cross->value[x];
        return;
    }
    for (size_t e = from; e < to; e++)
        halve(plan, i, cross->value + cross->at[e], crossed_of(plan, cross->block[e])->q, plan->half + cross->at[e]);
}

/* What a group leaves of the products of X and y, with one another and with the rest. */
static void leave_x(crossed_plan *plan, size_t i) {
    const crossed_links *cross = &plan->cross;
    size_t q = plan->q, d = plan->d, q2 = plan->q2;
    const double *x = plan->half_x + i * q * d;
    for (size_t z = 0; z < q; z++)
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b <= a; b++)
                plan->top_sum.part[a * d + b] -= x[z * d + a] * x[z * d + b];
    crossed_sums_added(&plan->top_sum);
    for (size_t e = cross->start[i]; e < cross->start[i + 1]; e++) {
        const double *v = plan->half + cross->at[e];
        size_t at = plan->at[cross->block[e]], wide = crossed_of(plan, cross->block[e])->q;
        for (size_t z = 0; z < q; z++)
            for (size_t a = 0; a < d; a++)
                for (size_t r = 0; r < wide; r++)
                    plan->rest_half[a * q2 + at + r] -= v[z * wide + r] * x[z * d + a];
    }
}

static bool eliminate_groups(crossed_plan *plan) {
    size_t q = plan->q, d = plan->d;
    rp_sum logdet = {0};
    crossed_sums_clear(&plan->top_sum);
    memcpy(plan->rest_half, plan->rest_x, plan->q2 * d * sizeof *plan->rest_half);
    for (size_t i = 0; i < plan->n; i++) {
        if (!factor_group(plan, i))
            return false;
        for (size_t a = 0; a < q; a++)
            rp_sum_add(&logdet, 2 * log(plan->l[(i * q + a) * q + a]));
        halve(plan, i, plan->own_x + i * q * d, d, plan->half_x + i * q * d);
        halve_links(plan, i);
        leave_x(plan, i);
    }
    plan->logdet = rp_sum_value(&logdet);
    return true;
}

/* ---- the rest -------------------------------------------------------------------------------------- */

static void clear_column(crossed_plan *plan, size_t k) {
    size_t q2 = plan->q2, wide = crossed_of(plan, k)->q;
    for (size_t c = 0; c < wide; c++) {
        if (!plan->sparse)
            memset(plan->t + c * q2 + plan->at[k], 0, (q2 - plan->at[k]) * sizeof *plan->t);
        for (size_t j = 0; plan->sparse && j < crossed_rows(plan, k); j++) {
            size_t a = crossed_row(plan, k, j);
            memset(plan->t + c * q2 + plan->at[a], 0, crossed_of(plan, a)->q * sizeof *plan->t);
        }
    }
}

static void column_of_scalars(crossed_plan *plan, size_t k) {
    const crossed_links *cross = &plan->cross;
    double *t = plan->t;
    for (size_t use = plan->use_start[k]; use < plan->use_start[k + 1]; use++) {
        size_t end = cross->start[plan->use_group[use] + 1];
        double v = plan->half[plan->use_link[use]];
        for (size_t e = plan->use_link[use]; e < end; e++)
            t[cross->block[e]] -= plan->half[e] * v;
    }
}

static void column_of_blocks(crossed_plan *plan, size_t k) {
    const crossed_links *cross = &plan->cross;
    size_t q = plan->q, q2 = plan->q2, wide = crossed_of(plan, k)->q;
    for (size_t use = plan->use_start[k]; use < plan->use_start[k + 1]; use++) {
        size_t end = cross->start[plan->use_group[use] + 1];
        const double *v = plan->half + cross->at[plan->use_link[use]];
        for (size_t e = plan->use_link[use]; e < end; e++) {
            const double *other = plan->half + cross->at[e];
            size_t high = crossed_of(plan, cross->block[e])->q, at = plan->at[cross->block[e]];
            for (size_t c = 0; c < wide; c++)
                for (size_t r = 0; r < high; r++) {
                    double sum = 0;
                    for (size_t z = 0; z < q; z++)
                        sum += other[z * high + r] * v[z * wide + c];
                    plan->t[c * q2 + at + r] -= sum;
                }
        }
    }
}

void crossed_column(crossed_plan *plan, size_t k) {
    const crossed_links *gram = &plan->gram;
    size_t wide = crossed_of(plan, k)->q;
    clear_column(plan, k);
    for (size_t e = gram->start[k]; e < gram->start[k + 1]; e++) {
        size_t at = plan->at[gram->block[e]], high = crossed_of(plan, gram->block[e])->q;
        for (size_t r = 0; r < high; r++)
            for (size_t c = 0; c < wide; c++)
                plan->t[c * plan->q2 + at + r] += gram->value[gram->at[e] + r * wide + c];
    }
    (plan->scalar ? column_of_scalars : column_of_blocks)(plan, k);
}

/* The block of a in column k of T, by rows, between the Lambdas; with I on the diagonal. */
static const double *scaled_block(crossed_plan *plan, size_t a, size_t k) {
    const crossed_factor *fa = crossed_of(plan, a), *fk = crossed_of(plan, k);
    double *block = plan->small, *turned = block + plan->widest * plan->widest;
    for (size_t c = 0; c < fk->q; c++)
        for (size_t r = 0; r < fa->q; r++)
            block[r * fk->q + c] = plan->t[c * plan->q2 + plan->at[a] + r];
    crossed_turned(fa->lambda, fa->q, block, fk->q);
    crossed_transpose(block, fa->q, fk->q, turned);
    crossed_turned(fk->lambda, fk->q, turned, fa->q);
    crossed_transpose(turned, fk->q, fa->q, block);
    for (size_t r = 0; a == k && r < fa->q; r++)
        block[r * fk->q + r] += 1;
    return block;
}

static void put_dense(crossed_plan *plan, size_t k) {
    size_t q2 = plan->q2, wide = crossed_of(plan, k)->q;
    double *column = plan->dense + plan->at[k] * q2;
    if (plan->scalar) {
        double lambda = plan->row_lambda[k];
        for (size_t a = k; a < q2; a++)
            column[a] = plan->row_lambda[a] * lambda * plan->t[a];
        column[k] += 1;
        return;
    }
    for (size_t a = k; a < plan->n_blocks; a++) {
        const double *block = scaled_block(plan, a, k);
        for (size_t r = 0; r < crossed_of(plan, a)->q; r++)
            for (size_t c = 0; c < wide; c++)
                column[c * q2 + plan->at[a] + r] = block[r * wide + c];
    }
}

static void put_sparse(crossed_plan *plan, size_t k) {
    size_t wide = crossed_of(plan, k)->q;
    const int32_t *start = plan->scalar_pattern.start + plan->at[k];
    size_t filled = 0; /* of the blocks before, below the diagonal's */
    for (size_t j = 0; j < crossed_rows(plan, k); j++) {
        size_t a = crossed_row(plan, k, j), high = crossed_of(plan, a)->q;
        const double *block = scaled_block(plan, a, k);
        for (size_t c = 0; c < wide; c++)
            for (size_t r = a == k ? c : 0; r < high; r++) /* column c begins at its own row */
                plan->values[(size_t)start[c] + filled + r - c] = block[r * wide + c];
        filled += high;
    }
}

static bool factor_rest(crossed_plan *plan) {
    for (size_t k = 0; k < plan->n_blocks; k++) {
        crossed_column(plan, k);
        (plan->sparse ? put_sparse : put_dense)(plan, k);
    }
    return plan->sparse ? rp_sparse_cholesky(plan->factor, plan->values) : rp_dense_cholesky(plan->dense, plan->q2);
}

static void halve_rest(crossed_plan *plan) {
    size_t q2 = plan->q2;
    for (size_t x = 0; x < plan->d; x++)
        for (size_t k = 0; k < plan->n_blocks; k++)
            crossed_turned(crossed_of(plan, k)->lambda, crossed_of(plan, k)->q, plan->rest_half + x * q2 + plan->at[k],
                           1);
    if (plan->sparse)
        rp_sparse_solve(plan->factor, false, plan->rest_half, plan->d);
    else
        rp_dense_solve(plan->dense, q2, false, plan->rest_half, plan->d);
}

static bool factor_top(crossed_plan *plan) {
    size_t d = plan->d, q2 = plan->q2;
    crossed_sums *sums = &plan->top_sum;
    for (size_t r = 0; r < q2; r++) {
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b <= a; b++)
                sums->part[a * d + b] -= plan->rest_half[a * q2 + r] * plan->rest_half[b * q2 + r];
        crossed_sums_added(sums);
    }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++)
            plan->top[a * d + b] = b <= a ? plan->xx[a * d + b] + crossed_sums_value(sums, a * d + b) : 0;
    return rp_cholesky(plan->top, d);
}

bool crossed_sweep(crossed_plan *plan, const double *theta) {
    plan->swept = plan->sloped = plan->factored = false;
    set_lambda(plan, theta);
    if (!eliminate_groups(plan) || !factor_rest(plan))
        return false;
    plan->logdet +=
        plan->sparse ? rp_sparse_log_determinant(plan->factor) : rp_dense_log_determinant(plan->dense, plan->q2);
    halve_rest(plan);
    plan->swept = plan->factored = factor_top(plan);
    return plan->swept;
}
