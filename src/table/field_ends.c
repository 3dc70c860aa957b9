/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where fields end: separators and line feeds outside quotes. Whether a byte is in quotes is the parity of the quotes
 * before it, a prefix sum of bits. Only simple quotes are followed: one at the beginning of a field opens, the next
 * one closes. At any other, and at a line feed in quotes, it stops. */
#include "table/bulk_parts.h"

/* Bit i of the result is the parity of bits 0 to i. */
static uint64_t parity_so_far(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

static inline unsigned count_bits(uint64_t bits) {
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(bits * 0x0101010101010101u >> 56);
}

/* Puts down the places of n bits, twelve at once and then eight: what is written past the last one is written over
 * later, and the processor seldom has to guess how many there are. */
static inline void put_places(uint64_t bits, unsigned n, uint32_t at, uint32_t *out) {
    const uint64_t last = (uint64_t)1 << 63; /* there is a bit to count up to */
#pragma GCC unroll 12
    for (unsigned i = 0; i < 12; i++, bits &= bits - 1)
        out[i] = at + (uint32_t)__builtin_ctzll(bits | last);
    for (unsigned done = 12; done < n; done += 8)
        for (unsigned i = 0; i < 8; i++, bits &= bits - 1)
            out[done + i] = at + (uint32_t)__builtin_ctzll(bits | last);
}

/* Takes out of block->edges what is in quotes, and all from the place where the quotes are not simple. */
static void follow_quotes(rp_ends *ends, rp_block *block, const char *at) {
    uint64_t inside = parity_so_far(block->quotes) ^ (ends->inside ? ~(uint64_t)0 : 0);
    uint64_t edges = block->edges & ~inside, begins = edges << 1 | ends->after_edge;
    uint64_t wrong = block->quotes & inside & ~begins;
    for (uint64_t held = block->edges & inside; held; held &= held - 1) {
        unsigned i = (unsigned)__builtin_ctzll(held);
        if (at[i] == '\n') {
            wrong |= (uint64_t)1 << i;
            break;
        }
    }
    ends->stopped = wrong != 0;
    ends->inside = inside >> 63;
    block->edges = wrong ? edges & (wrong ^ (wrong - 1)) >> 1 : edges;
    block->lines &= block->edges;
}

/* Compiled twice, by what the processor can do. */
static inline __attribute__((always_inline)) size_t find(rp_ends *ends, const char *text, size_t n, uint32_t *out,
                                                         bool counts_bits) {
    rp_block blocks[RP_PIECE_BLOCKS];
    size_t left = n - ends->next, n_blocks = left < RP_PIECE ? (left + RP_BLOCK - 1) / RP_BLOCK : RP_PIECE_BLOCKS;
    uint32_t *to = out;
    uint64_t odd = 0, quotes = ends->inside;
    ends->n_lines = 0;
    ends->way.masks(text + ends->next, n_blocks, ends->separator, blocks);
    for (size_t i = 0; i < n_blocks && !ends->stopped; i++, ends->next += RP_BLOCK) {
        rp_block *block = &blocks[i];
        if (n - ends->next < RP_BLOCK) {
            uint64_t known = ((uint64_t)1 << (n - ends->next)) - 1;
            *block = (rp_block){block->edges & known, block->lines & known, block->quotes & known, block->odd & known};
        }
        odd |= block->odd;
        quotes |= block->quotes;
        if (block->quotes || ends->inside)
            follow_quotes(ends, block, text + ends->next);
        ends->after_edge = block->edges >> 63;
        unsigned n_edges = counts_bits ? (unsigned)__builtin_popcountll(block->edges) : count_bits(block->edges);
        ends->n_lines += counts_bits ? (unsigned)__builtin_popcountll(block->lines) : count_bits(block->lines);
        put_places(block->edges, n_edges, (uint32_t)ends->next, to);
        to += n_edges;
    }
    if (ends->next > n)
        ends->next = n;
    ends->odd = odd != 0;
    ends->quotes = quotes != 0;
    return (size_t)(to - out);
}

#if defined(__x86_64__)
__attribute__((target("bmi,popcnt"))) static size_t find_by_counting(rp_ends *ends, const char *text, size_t n,
                                                                     uint32_t *out) {
    return find(ends, text, n, out, true);
}
#else
static size_t find_by_counting(rp_ends *ends, const char *text, size_t n, uint32_t *out) {
    return find(ends, text, n, out, true);
}
#endif

size_t rp_ends_find(rp_ends *ends, const char *text, size_t n, uint32_t *out) {
    return ends->way.counts_bits ? find_by_counting(ends, text, n, out) : find(ends, text, n, out, false);
}
