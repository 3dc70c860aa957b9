/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solving a crossed model's equations at theta: effects u and residual products rho = Z'e of every group. */
#include <string.h>

#include "models/mixed/crossed_parts.h"

/* rest_u = L'^-1 (rest_half C), rest_b = Lambda rest_u, rho = S_rest,X C so far. */
static void solve_rest(crossed_plan *plan, size_t n) {
    size_t q2 = plan->q2, d = plan->d;
    memset(plan->rest_u, 0, q2 * n * sizeof *plan->rest_u);
    memset(plan->rho, 0, q2 * n * sizeof *plan->rho);
    rp_dense_add_product(1, plan->rest_half, false, plan->coefficients, q2, d, n, plan->rest_u);
    rp_dense_add_product(1, plan->rest_x, false, plan->coefficients, q2, d, n, plan->rho);
    if (plan->sparse)
        rp_sparse_solve(plan->factor, true, plan->rest_u, n);
    else
        rp_dense_solve(plan->dense, q2, true, plan->rest_u, n);
    memcpy(plan->rest_b, plan->rest_u, q2 * n * sizeof *plan->rest_b);
    for (size_t c = 0; c < n; c++)
        for (size_t k = 0; k < plan->n_blocks; k++)
            crossed_times(crossed_of(plan, k)->lambda, crossed_of(plan, k)->q, plan->rest_b + c * q2 + plan->at[k], 1);
}

/* rho -= S_rest,rest rest_b */
static void take_rest(crossed_plan *plan, size_t n) {
    const crossed_links *gram = &plan->gram;
    for (size_t c = 0; c < n; c++) {
        double *rho = plan->rho + c * plan->q2;
        const double *b = plan->rest_b + c * plan->q2;
        for (size_t k = 0; k < plan->n_blocks; k++)
            for (size_t e = gram->start[k]; e < gram->start[k + 1]; e++) {
                size_t a = gram->block[e], high = crossed_of(plan, a)->q, wide = crossed_of(plan, k)->q;
                const double *s = gram->value + gram->at[e];
                for (size_t i = 0; i < high; i++)
                    for (size_t j = 0; j < wide; j++) {
                        rho[plan->at[a] + i] -= s[i * wide + j] * b[plan->at[k] + j];
                        if (a != k)
                            rho[plan->at[k] + j] -= s[i * wide + j] * b[plan->at[a] + i];
                    }
            }
    }
}

/* One eliminated group: u, b and rho, q by n each, at the beginning of plan->small; takes its part from the rest's rho.
 */
static void solve_group(crossed_plan *plan, size_t i, size_t n) {
    size_t q = plan->q, d = plan->d, q2 = plan->q2;
    double *u = plan->small, *b = u + q * n, *rho = b + q * n;
    const crossed_links *cross = &plan->cross;
    for (size_t z = 0; z < q; z++)
        for (size_t c = 0; c < n; c++) {
            double sum = 0;
            for (size_t x = 0; x < d; x++)
                sum += plan->own_x[(i * q + z) * d + x] * plan->coefficients[c * d + x];
            for (size_t e = cross->start[i]; e < cross->start[i + 1]; e++) {
                size_t at = plan->at[cross->block[e]], wide = crossed_of(plan, cross->block[e])->q;
                for (size_t r = 0; r < wide; r++)
                    sum -= cross->value[cross->at[e] + z * wide + r] * plan->rest_b[c * q2 + at + r];
            }
            rho[z * n + c] = sum;
        }
    memcpy(u, rho, q * n * sizeof *u);
    crossed_turned(plan->f[0].lambda, q, u, n);
    crossed_lower(plan->l + i * q * q, q, u, n);
    crossed_upper(plan->l + i * q * q, q, u, n);
    memcpy(b, u, q * n * sizeof *b);
    crossed_times(plan->f[0].lambda, q, b, n);
    crossed_add_product(-1, plan->own + i * q * q, b, q, q, n, rho);
    for (size_t e = cross->start[i]; e < cross->start[i + 1]; e++) {
        size_t at = plan->at[cross->block[e]], wide = crossed_of(plan, cross->block[e])->q;
        for (size_t c = 0; c < n; c++)
            for (size_t z = 0; z < q; z++)
                for (size_t r = 0; r < wide; r++)
                    plan->rho[c * q2 + at + r] -= cross->value[cross->at[e] + z * wide + r] * b[z * n + c];
    }
}

static void add_group(crossed_plan *plan, size_t i, size_t n) {
    size_t q = plan->q;
    const double *u = plan->small, *b = u + q * n, *rho = b + q * n;
    crossed_sums *sums = &plan->u_sum[0];
    for (size_t a = 0; a < q; a++) {
        plan->own_b[i * q + a] = b[a * n];
        for (size_t c = 0; c < q; c++)
            for (size_t k = 0; k < n; k++)
                sums->part[a * q + c] += rho[a * n + k] * u[c * n + k];
    }
    crossed_sums_added(sums);
}

static void add_rest(crossed_plan *plan, size_t n) {
    size_t q2 = plan->q2;
    for (size_t k = 0; k < plan->n_blocks; k++) {
        crossed_sums *sums = &plan->u_sum[plan->block_factor[k]];
        size_t q = crossed_of(plan, k)->q, at = plan->at[k];
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++)
                for (size_t c = 0; c < n; c++)
                    sums->part[a * q + b] += plan->rho[c * q2 + at + a] * plan->rest_u[c * q2 + at + b];
        crossed_sums_added(sums);
    }
}

void crossed_solve(crossed_plan *plan, size_t n) {
    for (size_t i = 0; i < plan->n_factors; i++)
        crossed_sums_clear(&plan->u_sum[i]);
    solve_rest(plan, n);
    take_rest(plan, n);
    for (size_t i = 0; i < plan->n; i++) {
        solve_group(plan, i, n);
        add_group(plan, i, n);
    }
    add_rest(plan, n);
}
