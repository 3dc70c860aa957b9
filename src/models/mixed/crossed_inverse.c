/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inverse of M_rest, a column of blocks at a time, and what the gradient and the conditional variances take from
 * it: see crossed_parts.h. */
#include <string.h>

#include "models/mixed/crossed_parts.h"

/* ---- columns of W ---------------------------------------------------------------------------------- */

/* Column k of W from block k on into plan->w, as crossed_column has T; the diagonal block whole. */
static void load_column(crossed_plan *plan, size_t k) {
    size_t q2 = plan->q2, at = plan->at[k], wide = crossed_of(plan, k)->q;
    for (size_t c = 0; c < wide; c++) {
        double *w = plan->w + c * q2;
        if (plan->sparse) {
            rp_sparse_pattern l = rp_sparse_factor_pattern(plan->factor);
            for (int32_t e = l.start[at + c]; e < l.start[at + c + 1]; e++)
                w[l.row[e]] = plan->inverse[e];
        } else {
            memcpy(w + at + c, plan->dense + (at + c) * q2 + at + c, (q2 - at - c) * sizeof *w);
        }
    }
    for (size_t c = 0; c < wide; c++)
        for (size_t r = 0; r < c; r++)
            plan->w[c * q2 + at + r] = plan->w[r * q2 + at + c];
    for (size_t r = 0; r < wide; r++)
        for (size_t c = 0; c < wide; c++)
            plan->rest_p[(k * plan->widest + r) * plan->widest + c] = plan->w[c * q2 + at + r];
}

/* ---- D of the rest --------------------------------------------------------------------------------- */

/* D_k += W_ka Lambda_a' T_ak and D_a += W_ak Lambda_k' T_ka for all a below k, D_k += W_kk Lambda_k' T_kk. */
static void add_d_scalar(crossed_plan *plan, size_t k) {
    double lambda = plan->row_lambda[k], *own = &plan->d_sum[plan->block_factor[k]].part[0];
    *own += plan->w[k] * lambda * plan->t[k];
    for (size_t j = 1; j < crossed_rows(plan, k); j++) {
        size_t a = crossed_row(plan, k, j);
        double product = plan->w[a] * plan->t[a];
        *own += plan->row_lambda[a] * product;
        plan->d_sum[plan->block_factor[a]].part[0] += lambda * product;
    }
}

/* The block of a in a column, by rows. */
static void block_of(const crossed_plan *plan, const double *column, size_t a, size_t wide, double *out) {
    for (size_t r = 0; r < crossed_of(plan, a)->q; r++)
        for (size_t c = 0; c < wide; c++)
            out[r * wide + c] = column[c * plan->q2 + plan->at[a] + r];
}

static void add_d_block(crossed_plan *plan, size_t k, size_t a) {
    const crossed_factor *fa = crossed_of(plan, a), *fk = crossed_of(plan, k);
    size_t room = plan->widest * plan->widest, high = fa->q, wide = fk->q;
    double *w = plan->small, *t = w + room, *turned = t + room, *scaled = turned + room;
    block_of(plan, plan->w, a, wide, w);
    block_of(plan, plan->t, a, wide, t);
    memcpy(scaled, w, high * wide * sizeof *w);
    crossed_times(fa->lambda, high, scaled, wide); /* Lambda_a W_ak */
    crossed_transpose(scaled, high, wide, turned);
    crossed_add_product(1, turned, t, wide, high, wide, plan->d_sum[plan->block_factor[k]].part);
    if (a == k)
        return;
    crossed_transpose(w, high, wide, turned);
    crossed_times(fk->lambda, wide, turned, high); /* (W_ak Lambda_k')' */
    crossed_transpose(turned, wide, high, scaled);
    crossed_transpose(t, high, wide, turned);
    crossed_add_product(1, scaled, turned, high, wide, high, plan->d_sum[plan->block_factor[a]].part);
}

static void add_d(crossed_plan *plan, size_t k) {
    crossed_column(plan, k);
    if (plan->scalar)
        add_d_scalar(plan, k);
    else
        for (size_t j = 0; j < crossed_rows(plan, k); j++)
            add_d_block(plan, k, crossed_row(plan, k, j));
    for (size_t i = 1; i < plan->n_factors; i++)
        crossed_sums_added(&plan->d_sum[i]);
}

/* ---- H of the eliminated groups -------------------------------------------------------------------- */

/* plan->w = Lambda w Lambda_k' */
static void scale_column(crossed_plan *plan, size_t k) {
    size_t q2 = plan->q2, wide = crossed_of(plan, k)->q, room = plan->widest * plan->widest;
    double *block = plan->small, *turned = block + room;
    for (size_t j = 0; j < crossed_rows(plan, k); j++) {
        size_t a = crossed_row(plan, k, j), high = crossed_of(plan, a)->q;
        if (plan->scalar) {
            plan->w[a] *= plan->row_lambda[a] * plan->row_lambda[k];
            continue;
        }
        block_of(plan, plan->w, a, wide, block);
        crossed_times(crossed_of(plan, a)->lambda, high, block, wide);
        crossed_transpose(block, high, wide, turned);
        crossed_times(crossed_of(plan, k)->lambda, wide, turned, high);
        for (size_t r = 0; r < high; r++)
            for (size_t c = 0; c < wide; c++)
                plan->w[c * q2 + plan->at[a] + r] = turned[c * high + r];
    }
}

static void add_h_scalar(crossed_plan *plan, size_t k) {
    const crossed_links *cross = &plan->cross;
    for (size_t use = plan->use_start[k]; use < plan->use_start[k + 1]; use++) {
        size_t link = plan->use_link[use], i = plan->use_group[use], end = cross->start[i + 1];
        double s = cross->value[link], sum = 0;
        for (size_t e = link + 1; e < end; e++)
            sum += cross->value[e] * plan->w[cross->block[e]];
        plan->h[i] += s * (2 * sum + s * plan->w[k]);
    }
}

/* H += S_ia W_ak S_ik' and its transpose for all a below k; once for k itself. */
static void add_h_block(crossed_plan *plan, size_t k, size_t use) {
    const crossed_links *cross = &plan->cross;
    size_t link = plan->use_link[use], i = plan->use_group[use], end = cross->start[i + 1];
    size_t q = plan->q, wide = crossed_of(plan, k)->q, room = plan->widest * plan->widest;
    double *block = plan->small, *own = block + room, *below = own + room, *s = below + room, *product = s + room;
    memset(own, 0, q * wide * sizeof *own);
    memset(below, 0, q * wide * sizeof *below);
    for (size_t e = link; e < end; e++) {
        size_t a = cross->block[e], high = crossed_of(plan, a)->q;
        block_of(plan, plan->w, a, wide, block);
        crossed_add_product(1, cross->value + cross->at[e], block, q, high, wide, e == link ? own : below);
    }
    crossed_transpose(cross->value + cross->at[link], q, wide, s);
    crossed_add_product(1, own, s, q, wide, q, plan->h + i * q * q);
    memset(product, 0, q * q * sizeof *product);
    crossed_add_product(1, below, s, q, wide, q, product);
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++)
            plan->h[(i * q + a) * q + b] += product[a * q + b] + product[b * q + a];
}

static void add_h(crossed_plan *plan, size_t k) {
    scale_column(plan, k);
    if (plan->scalar)
        add_h_scalar(plan, k);
    else
        for (size_t use = plan->use_start[k]; use < plan->use_start[k + 1]; use++)
            add_h_block(plan, k, use);
}

void crossed_inverse(crossed_plan *plan, bool with_d) {
    if (plan->sparse)
        rp_sparse_inverse(plan->factor, plan->inverse);
    else
        rp_dense_inverse(plan->dense, plan->q2);
    plan->factored = plan->sparse;
    memset(plan->h, 0, plan->n * plan->q * plan->q * sizeof *plan->h);
    for (size_t i = 0; i < plan->n_factors; i++)
        crossed_sums_clear(&plan->d_sum[i]);
    for (size_t k = 0; k < plan->n_blocks; k++) {
        load_column(plan, k);
        if (with_d)
            add_d(plan, k);
        add_h(plan, k);
    }
}

void crossed_own_d(crossed_plan *plan) {
    size_t q = plan->q, room = plan->widest * plan->widest;
    double *c = plan->small, *rest = c + room, *h = rest + room, *e = h + room;
    for (size_t i = 0; i < plan->n; i++) {
        const double *own = plan->own + i * q * q, *l = plan->l + i * q * q;
        memcpy(c, own, q * q * sizeof *c); /* C^-1 Lambda' S = E S */
        crossed_turned(plan->f[0].lambda, q, c, q);
        crossed_lower(l, q, c, q);
        crossed_upper(l, q, c, q);
        memcpy(rest, c, q * q * sizeof *rest); /* I - Lambda E S */
        crossed_times(plan->f[0].lambda, q, rest, q);
        for (size_t a = 0; a < q * q; a++)
            rest[a] = (a % (q + 1) == 0) - rest[a];
        memcpy(h, plan->h + i * q * q, q * q * sizeof *h); /* E H */
        crossed_turned(plan->f[0].lambda, q, h, q);
        crossed_lower(l, q, h, q);
        crossed_upper(l, q, h, q);
        memset(e, 0, q * q * sizeof *e);
        crossed_add_product(1, h, rest, q, q, q, e);
        for (size_t a = 0; a < q * q; a++)
            plan->d_sum[0].part[a] += c[a] - e[a];
        crossed_sums_added(&plan->d_sum[0]);
    }
}
