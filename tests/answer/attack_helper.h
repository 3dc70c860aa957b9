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

#endif
