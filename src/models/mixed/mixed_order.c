/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in order: a radix sort, the least significant digit first, which keeps what is alike in its order. Blocks are of
 * any size and groups are many: with small digits the counters cost nothing. */
#include <string.h>

#include "models/mixed/mixed_parts.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT };

int mixed_key_compare(const uint32_t *a, const uint32_t *b, size_t n_factors) {
    for (size_t f = n_factors; f-- > 0;)
        if (a[f] != b[f])
            return a[f] < b[f] ? -1 : 1;
    return 0;
}

/* One pass by a digit of one factor. */
static void pass(const uint32_t *keys, size_t n, size_t n_factors, size_t factor, int shift, const uint32_t *from,
                 uint32_t *to) {
    uint32_t places[DIGITS] = {0};
    for (size_t i = 0; i < n; i++)
        places[keys[i * n_factors + factor] >> shift & (DIGITS - 1)]++;
    uint32_t before = 0;
    for (size_t d = 0; d < DIGITS; d++) {
        uint32_t count = places[d];
        places[d] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++)
        to[places[keys[from[i] * n_factors + factor] >> shift & (DIGITS - 1)]++] = from[i];
}

static bool in_order(const uint32_t *keys, size_t n, size_t n_factors) {
    for (size_t i = 1; i < n; i++)
        if (mixed_key_compare(keys + (i - 1) * n_factors, keys + i * n_factors, n_factors) > 0)
            return false;
    return true;
}

/* Whether the factors below `f` alone are in order already, so that a stable sort by the rest is enough. */
static size_t sorted_below(const uint32_t *keys, size_t n, size_t n_factors) {
    size_t f = 1;
    for (size_t i = 1; i < n; i++)
        if (keys[(i - 1) * n_factors] > keys[i * n_factors])
            return 0;
    return f;
}

bool mixed_order(const uint32_t *keys, size_t n, size_t n_factors, uint32_t *order, rp_arena *scratch) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    if (in_order(keys, n, n_factors))
        return true;
    uint32_t *other = rp_arena_take_unset(scratch, n, sizeof *other), *from = order, *to = other;
    if (other == NULL)
        return false;
    for (size_t f = sorted_below(keys, n, n_factors); f < n_factors; f++) {
        uint32_t most = 0;
        for (size_t i = 0; i < n; i++)
            most = keys[i * n_factors + f] > most ? keys[i * n_factors + f] : most;
        for (int shift = 0; shift < 32 && most >> shift; shift += DIGIT) {
            pass(keys, n, n_factors, f, shift, from, to);
            uint32_t *turned = from;
            from = to;
            to = turned;
        }
    }
    if (from != order)
        memcpy(order, from, n * sizeof *order);
    return true;
}
