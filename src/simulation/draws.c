/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox4x32-10, and numbers made of its words. Normal numbers come by inversion, so that each takes one word whatever
 * its value, and two futures of one person that are drawn from the same stream differ in nothing but what is done. */
#include "simulation/draws.h"

#include <assert.h>
#include <string.h>

#include "rapport/maths.h"

enum { ROUNDS = 10 };

void sim_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
    static const uint32_t multiply[2] = {0xD2511F53, 0xCD9E8D57}, weyl[2] = {0x9E3779B9, 0xBB67AE85};
    uint32_t k0 = key[0], k1 = key[1], c[4];
    memcpy(c, counter, sizeof c);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t a = (uint64_t)multiply[0] * c[0], b = (uint64_t)multiply[1] * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a};
        memcpy(c, next, sizeof c);
        k0 += weyl[0];
        k1 += weyl[1];
    }
    memcpy(out, c, sizeof c);
}

sim_draws sim_draws_of(uint64_t seed, uint64_t subject, uint32_t stream) {
    return (sim_draws){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                       .counter = {0, stream, (uint32_t)subject, (uint32_t)(subject >> 32)},
                       .used = 4};
}

double sim_uniform(sim_draws *draws) {
    if (draws->used == 4) {
        sim_philox(draws->key, draws->counter, draws->block);
        draws->counter[0]++;
        draws->used = 0;
    }
    return (draws->block[draws->used++] + 0.5) / 4294967296.0;
}

double sim_normal(sim_draws *draws) {
    return rp_normal_quantile(sim_uniform(draws));
}

bool sim_chance(sim_draws *draws, double p) {
    return sim_uniform(draws) < p;
}

int sim_between(sim_draws *draws, int least, int most) {
    assert(least <= most);
    return least + (int)(sim_uniform(draws) * (most - least + 1));
}

size_t sim_pick(sim_draws *draws, const double *weights, size_t n) {
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += weights[i];
    double left = sim_uniform(draws) * all;
    size_t at = 0;
    while (at + 1 < n && left >= weights[at])
        left -= weights[at++];
    return at;
}

double sim_from_points(sim_draws *draws, const sim_point *points, size_t n) {
    assert(n >= 2 && points[0].share == 0 && points[n - 1].share == 1);
    double u = sim_uniform(draws);
    size_t at = 1;
    while (at + 1 < n && u >= points[at].share)
        at++;
    const sim_point *a = &points[at - 1], *b = &points[at];
    return a->x + (b->x - a->x) * (u - a->share) / (b->share - a->share);
}
