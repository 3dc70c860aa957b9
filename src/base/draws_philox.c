/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011), and streams of uniform numbers made of its words. */
#include <assert.h>
#include <string.h>

#include "rapport/base.h"

enum { ROUNDS = 10 };

void rp_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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

rp_draws rp_draws_of(uint64_t seed, uint64_t subject, uint32_t stream) {
    return (rp_draws){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                      .counter = {0, stream, (uint32_t)subject, (uint32_t)(subject >> 32)},
                      .used = 4};
}

static uint32_t word_of(rp_draws *draws) {
    if (draws->used == 4) {
        rp_philox(draws->key, draws->counter, draws->block);
        draws->counter[0]++;
        draws->used = 0;
    }
    return draws->block[draws->used++];
}

double rp_draw(rp_draws *draws) {
    return (word_of(draws) + 0.5) / 4294967296.0;
}

/* Lemire (2019) Fast random integer generation in an interval. ACM TOMACS 29: words that would favour some numbers are
 * drawn again. */
uint32_t rp_draw_below(rp_draws *draws, uint32_t n) {
    assert(n > 0);
    uint32_t favoured = -n % n;
    for (;;) {
        uint64_t product = (uint64_t)word_of(draws) * n;
        if ((uint32_t)product >= favoured)
            return (uint32_t)(product >> 32);
    }
}
