/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AR(1) residuals in the nested solver: each lowest group's Gram matrix changes with rho. The formulas stand in
 * mixed_lags.c. */
#include <math.h>

#include "models/mixed/nested_parts.h"

bool nested_ar1_make(mixed_plan *plan, rp_arena *arena) {
    const mixed_lags *lags = &plan->stats->lags;
    if (!plan->stats->spec->ar1)
        return true;
    plan->ar1 = rp_arena_take(arena, 1, sizeof *plan->ar1);
    uint32_t *starts = rp_arena_take(arena, plan->stats->cells.n + 1, sizeof *starts);
    if (!plan->ar1 || !starts)
        return false;
    size_t at = 0;
    for (size_t c = 0; c <= plan->stats->cells.n; c++) {
        while (at < lags->n && lags->at[at].cell < c)
            at++;
        starts[c] = (uint32_t)at;
    }
    plan->ar1->starts = starts;
    return true;
}

static mixed_lag_weights weigh(const nested_ar1 *ar1, const mixed_lag *lag) {
    return lag->lag < NESTED_LAGS ? ar1->by_lag[lag->lag] : mixed_lag_weigh(ar1->rho, lag->lag);
}

bool nested_ar1_set(mixed_plan *plan, double rho) {
    nested_ar1 *ar1 = plan->ar1;
    const mixed_lags *lags = &plan->stats->lags;
    if (!(fabs(rho) < 1))
        return false;
    ar1->rho = rho;
    for (uint32_t h = 1; h < NESTED_LAGS; h++)
        ar1->by_lag[h] = mixed_lag_weigh(rho, h);
    ar1->logdet = ar1->logdet_slope = (rp_sum){0};
    for (size_t i = 0; i < lags->n; i++) {
        mixed_lag_weights w = weigh(ar1, &lags->at[i]);
        rp_sum_add(&ar1->logdet, lags->at[i].pairs * w.logdet);
        rp_sum_add(&ar1->logdet_slope, lags->at[i].pairs * w.logdet_slope);
    }
    return true;
}

void nested_ar1_add(const mixed_plan *plan, size_t cell, double *s) {
    const mixed_lags *lags = &plan->stats->lags;
    size_t m = plan->m, room = mixed_packed(plan->stats->cells.m);
    for (size_t l = plan->ar1->starts[cell]; l < plan->ar1->starts[cell + 1]; l++) {
        mixed_lag_weights w = weigh(plan->ar1, &lags->at[l]);
        const double *both = lags->grams + l * 2 * room, *cross = both + room;
        const size_t *from = plan->gather;
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++, from++) {
                double x = s[a * m + b] + (w.both * both[*from] + w.cross * cross[*from]);
                s[a * m + b] = s[b * m + a] = x;
            }
    }
}

void nested_ar1_down(mixed_plan *plan, size_t cell, const double *q_matrix) {
    const mixed_lags *lags = &plan->stats->lags;
    size_t m = plan->m, room = mixed_packed(plan->stats->cells.m);
    for (size_t l = plan->ar1->starts[cell]; l < plan->ar1->starts[cell + 1]; l++) {
        mixed_lag_weights w = weigh(plan->ar1, &lags->at[l]);
        const double *both = lags->grams + l * 2 * room, *cross = both + room;
        const size_t *from = plan->gather;
        double sum = 0;
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++, from++)
                sum += (a == b ? 1 : 2) * q_matrix[a * m + b] *
                       (w.both_slope * both[*from] + w.cross_slope * cross[*from]);
        rp_sum_add(&plan->ar1->slope, sum);
    }
}
