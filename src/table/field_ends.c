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

static unsigned count_bits(uint64_t bits) {
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(bits * 0x0101010101010101u >> 56);
}

/* Puts down the places of the bits, eight at a time: what is written past the last one is written over later, and the
 * processor need not guess how many there are. */
static uint32_t *put_places(uint64_t bits, uint32_t at, uint32_t *out) {
    unsigned n = count_bits(bits);
    for (unsigned done = 0; done < n; done += 8)
        for (unsigned i = 0; i < 8; i++) {
            out[done + i] = at + (uint32_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
            bits &= bits - 1;
        }
    return out + n;
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
}

size_t rp_ends_find(rp_ends *ends, const char *text, size_t n, uint32_t *out) {
    rp_block blocks[RP_PIECE_BLOCKS];
    size_t left = n - ends->next, n_blocks = left < RP_PIECE ? (left + RP_BLOCK - 1) / RP_BLOCK : RP_PIECE_BLOCKS;
    uint32_t *to = out;
    uint64_t odd = 0, quotes = ends->inside;
    ends->masks(text + ends->next, n_blocks, ends->separator, blocks);
    for (size_t i = 0; i < n_blocks && !ends->stopped; i++, ends->next += RP_BLOCK) {
        rp_block *block = &blocks[i];
        if (n - ends->next < RP_BLOCK) {
            uint64_t known = ((uint64_t)1 << (n - ends->next)) - 1;
            *block = (rp_block){block->edges & known, block->quotes & known, block->odd & known};
        }
        odd |= block->odd;
        quotes |= block->quotes;
        if (block->quotes || ends->inside)
            follow_quotes(ends, block, text + ends->next);
        ends->after_edge = block->edges >> 63;
        to = put_places(block->edges, (uint32_t)ends->next, to);
    }
    if (ends->next > n)
        ends->next = n;
    ends->odd = odd != 0;
    ends->quotes = quotes != 0;
    return (size_t)(to - out);
}
