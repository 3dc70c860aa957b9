/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alpha of a scale whose answers have gaps, its interval, and what each item adds. */
#include <math.h>

#include "rapport/maths.h"
#include "rapport/matrix.h"
#include "rapport/models.h"

/* Covariances by pairs; each variance of all rows that have the item. */
static void fill_covariances(const rp_scale_stats *stats, double *c) {
    size_t k = stats->k;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i; j < k; j++) {
            const rp_pair_moments *m = &stats->pairs[rp_scale_pair(k, i, j)];
            c[i * k + j] = c[j * k + i] = m->n > 1 ? m->m_xy / (double)(m->n - 1) : NAN;
        }
}

/* Alpha of the items other than `without`; k: of all. */
static double alpha_of(const double *c, size_t k, size_t without) {
    double items = 0, total = 0, n = without < k ? (double)(k - 1) : (double)k;
    for (size_t i = 0; i < k; i++) {
        if (i == without)
            continue;
        items += c[i * k + i];
        for (size_t j = 0; j < k; j++)
            total += j == without ? 0 : c[i * k + j];
    }
    return n > 1 && total > 1e-12 * items ? n / (n - 1) * (1 - items / total) : NAN;
}

static double r_drop(const double *c, size_t k, size_t i) {
    double with = 0, others = 0;
    for (size_t a = 0; a < k; a++) {
        if (a == i)
            continue;
        with += c[a * k + i];
        for (size_t b = 0; b < k; b++)
            others += b == i ? 0 : c[a * k + b];
    }
    return with / sqrt(c[i * k + i] * others);
}

static void put_items(const rp_scale_stats *stats, const double *c, rp_scale_item *items) {
    size_t k = stats->k;
    for (size_t i = 0; i < k; i++) {
        const rp_pair_moments *m = &stats->pairs[rp_scale_pair(k, i, i)];
        items[i] = (rp_scale_item){.n = m->n,
                                   .mean = m->n ? m->mean_x : NAN,
                                   .sd = sqrt(c[i * k + i]),
                                   .r_drop = r_drop(c, k, i),
                                   .alpha_dropped = alpha_of(c, k, i),
                                   .with_first = NAN};
    }
}

/* The sign of the component is such that its loadings sum to what is not below 0. */
static bool put_first(double *r, size_t k, rp_scale_item *items, rp_arena *scratch) {
    double *values = rp_arena_take(scratch, k, sizeof *values), sum = 0;
    for (size_t i = 0; i < k * k; i++)
        if (!isfinite(r[i]))
            return true;
    if (!values || !rp_dense_eigen(r, k, values, scratch))
        return false;
    const double *vector = r + (k - 1) * k;
    for (size_t i = 0; i < k; i++)
        sum += vector[i];
    for (size_t i = 0; i < k; i++)
        items[i].with_first = (sum < 0 ? -1 : 1) * vector[i] * sqrt(fmax(values[k - 1], 0));
    return true;
}

static void put_interval(const rp_scale_stats *stats, double level, rp_scale_alpha *out) {
    double n = (double)stats->rows - 1, d = n * (double)(stats->k - 1);
    if (!(n > 0) || !(d > 0)) {
        out->lower = out->upper = NAN;
        return;
    }
    out->lower = 1 - (1 - out->alpha) * rp_f_quantile((1 + level) / 2, n, d);
    out->upper = 1 - (1 - out->alpha) * rp_f_quantile((1 - level) / 2, n, d);
}

bool rp_scale_infer(const rp_scale_stats *stats, double level, rp_scale_alpha *out, rp_scale_item *items,
                    rp_arena *scratch) {
    size_t k = stats->k;
    double *c = rp_arena_take(scratch, k * k, sizeof *c), *r = rp_arena_take(scratch, k * k, sizeof *r), sum = 0;
    if (!c || !r)
        return false;
    fill_covariances(stats, c);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            r[i * k + j] = i == j ? 1 : c[i * k + j] / sqrt(c[i * k + i] * c[j * k + j]);
    for (size_t i = 0; i < k * k; i++)
        sum += r[i];
    *out = (rp_scale_alpha){.alpha = alpha_of(c, k, k), .standardised = alpha_of(r, k, k)};
    out->average_r = k > 1 ? (sum - (double)k) / (double)(k * (k - 1)) : NAN;
    put_interval(stats, level, out);
    put_items(stats, c, items);
    return put_first(r, k, items, scratch);
}
