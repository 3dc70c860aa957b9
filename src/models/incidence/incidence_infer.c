/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cumulative incidence of ends that exclude each other, in discrete time.
 *
 * With q_j(k) = d_j(k) / n(k), and S(k) the product of 1 - sum over all j of q_j up to k, the incidence of the ends
 * asked for is F(k) = sum over i <= k of S(i - 1) q(i). It moves with the hazards of time m by
 *
 *     dF(k) / dq_j(m) = S(m - 1) [j asked for] - (F(k) - F(m)) / (1 - q_all(m)),
 *
 * and the hazards of one time vary as a multinomial's shares of n(m), those of different times apart.
 * Source: O. O. Aalen & S. Johansen, Scandinavian Journal of Statistics 5 (1978) 141-150. */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

/* Shares of those at risk at one time who come to the ends asked for, and to any other. */
typedef struct hazards {
    double n, asked, other;
} hazards;

static hazards hazards_at(const rp_incidence_counts *c, uint64_t ends, size_t time) {
    int64_t asked = 0, other = 0;
    for (size_t j = 0; j < c->n_ends; j++)
        *((ends >> j & 1) != 0 ? &asked : &other) += c->ended[time * c->n_ends + j];
    double n = (double)c->at_risk[time];
    assert(asked + other <= c->at_risk[time]);
    return (hazards){n, (double)asked / n, (double)other / n};
}

/* Of F(until), which is out[until].estimate. */
static double variance(const rp_incidence_counts *c, uint64_t ends, const rp_interval *out, size_t until) {
    double stayed = 1;
    rp_sum sum = {0};
    for (size_t m = 0; m <= until; m++) {
        hazards h = hazards_at(c, ends, m);
        double kept = 1 - h.asked - h.other, later = out[until].estimate - out[m].estimate;
        double lost = kept > 0 ? later / kept : 0; /* nobody is kept: nothing comes later */
        double of_asked = stayed - lost, of_other = -lost;
        double mean = of_asked * h.asked + of_other * h.other;
        rp_sum_add(&sum, (of_asked * of_asked * h.asked + of_other * of_other * h.other - mean * mean) / h.n);
        stayed *= kept;
    }
    return rp_sum_value(&sum);
}

static void set_limits(rp_interval *i, double var) {
    i->lower = i->upper = NAN;
    if (i->estimate <= 0 || i->estimate >= 1 || var <= 0)
        return;
    double F = i->estimate, z = rp_normal_quantile((1 + i->level) / 2);
    double width = z * sqrt(var) / fabs(F * log(F));
    i->lower = exp(log(F) * exp(width));
    i->upper = exp(log(F) * exp(-width));
}

void rp_incidence_infer(const rp_incidence_counts *c, uint64_t ends, double level, rp_interval *out) {
    assert(c->n_ends <= 64);
    double stayed = 1, F = 0;
    bool known = true;
    for (size_t k = 0; k < c->n_times; k++) {
        known = known && c->at_risk[k] > 0;
        out[k] = (rp_interval){NAN, NAN, NAN, level};
        if (!known)
            continue;
        hazards h = hazards_at(c, ends, k);
        F += stayed * h.asked;
        stayed *= 1 - h.asked - h.other;
        out[k].estimate = F;
    }
    for (size_t k = 0; k < c->n_times && !isnan(out[k].estimate); k++)
        set_limits(&out[k], variance(c, ends, out, k));
}
