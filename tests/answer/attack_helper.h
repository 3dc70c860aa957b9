/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests that attack protection: chance, and counts by masks. */
#ifndef RAPPORT_TEST_ATTACK_HELPER_H
#define RAPPORT_TEST_ATTACK_HELPER_H

#include "rapport/answer.h"

static inline uint64_t next_random(uint64_t *state) { /* splitmix64 (Steele, Lea & Flood 2014) */
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline bool in_mask(const void *context, size_t group) {
    return group < 64 && (*(const uint64_t *)context >> group & 1);
}

/* Numbers modulo a prime. */

#define PRIME ((UINT64_C(1) << 61) - 1)
__extension__ typedef unsigned __int128 u128;

static inline uint64_t mod_mul(uint64_t a, uint64_t b) {
    return (uint64_t)((u128)a * b % PRIME);
}
static inline uint64_t mod_add(uint64_t a, uint64_t b) {
    return (a + b) % PRIME;
}
static inline uint64_t mod_sub(uint64_t a, uint64_t b) {
    return (a + PRIME - b) % PRIME;
}

static inline uint64_t inverse(uint64_t x) {
    uint64_t y = 1;
    for (uint64_t e = PRIME - 2; e > 0; e >>= 1) {
        y = (e & 1) != 0 ? mod_mul(y, x) : y;
        x = mod_mul(x, x);
    }
    return y;
}

#endif
