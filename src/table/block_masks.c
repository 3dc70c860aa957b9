/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of 64 bytes end fields, are quotes, or need a look: by SSE2 or AVX2 where there is such a processor, and by
 * plain arithmetic where there is none. Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28
 * (2019), section 3, for the idea of masks. */
#include <string.h>

#include "table/bulk_parts.h"

static uint64_t matches(uint64_t eight, unsigned char byte) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t x = eight ^ (0x0101010101010101u * byte);
    uint64_t zero = ~(((x & low) + low) | x | low); /* 0x80 where the byte matches */
    return (zero >> 7) * 0x0102040810204080u >> 56; /* gathered, first byte in the lowest bit */
}

static void portable(const char *bytes, size_t n_blocks, char separator, rp_block *out) {
    for (size_t i = 0; i < n_blocks; i++) {
        rp_block block = {0};
        for (int part = 0; part < RP_BLOCK / 8; part++) {
            uint64_t eight = 0;
            for (int byte = 7; byte >= 0; byte--) /* the first byte lowest, on any processor */
                eight = eight << 8 | (unsigned char)bytes[i * RP_BLOCK + (size_t)part * 8 + (size_t)byte];
            uint64_t high = (eight >> 7 & 0x0101010101010101u) * 0x0102040810204080u >> 56;
            uint64_t lines = matches(eight, '\n');
            block.edges |= (matches(eight, (unsigned char)separator) | lines) << 8 * part;
            block.lines |= lines << 8 * part;
            block.quotes |= matches(eight, '"') << 8 * part;
            block.odd |= (high | matches(eight, 0)) << 8 * part;
        }
        out[i] = block;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

static void by_sse2(const char *bytes, size_t n_blocks, char separator, rp_block *out) {
    const __m128i sep = _mm_set1_epi8(separator), lf = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"'),
                  zero = _mm_setzero_si128();
    for (size_t i = 0; i < n_blocks; i++) {
        rp_block block = {0};
        for (int part = 0; part < RP_BLOCK / 16; part++) {
            __m128i x = _mm_loadu_si128((const void *)(bytes + i * RP_BLOCK + (size_t)part * 16));
            __m128i lines = _mm_cmpeq_epi8(x, lf), edges = _mm_or_si128(_mm_cmpeq_epi8(x, sep), lines);
            __m128i odd = _mm_or_si128(x, _mm_cmpeq_epi8(x, zero));
            block.edges |= (uint64_t)(unsigned)_mm_movemask_epi8(edges) << 16 * part;
            block.lines |= (uint64_t)(unsigned)_mm_movemask_epi8(lines) << 16 * part;
            block.quotes |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, quote)) << 16 * part;
            block.odd |= (uint64_t)(unsigned)_mm_movemask_epi8(odd) << 16 * part;
        }
        out[i] = block;
    }
}

__attribute__((target("avx2"))) static void by_avx2(const char *bytes, size_t n_blocks, char separator, rp_block *out) {
    const __m256i sep = _mm256_set1_epi8(separator), lf = _mm256_set1_epi8('\n'), quote = _mm256_set1_epi8('"'),
                  zero = _mm256_setzero_si256();
    for (size_t i = 0; i < n_blocks; i++) {
        rp_block block = {0};
        for (int part = 0; part < RP_BLOCK / 32; part++) {
            __m256i x = _mm256_loadu_si256((const void *)(bytes + i * RP_BLOCK + (size_t)part * 32));
            __m256i lines = _mm256_cmpeq_epi8(x, lf), edges = _mm256_or_si256(_mm256_cmpeq_epi8(x, sep), lines);
            __m256i odd = _mm256_or_si256(x, _mm256_cmpeq_epi8(x, zero));
            block.edges |= (uint64_t)(unsigned)_mm256_movemask_epi8(edges) << 32 * part;
            block.lines |= (uint64_t)(unsigned)_mm256_movemask_epi8(lines) << 32 * part;
            block.quotes |= (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, quote)) << 32 * part;
            block.odd |= (uint64_t)(unsigned)_mm256_movemask_epi8(odd) << 32 * part;
        }
        out[i] = block;
    }
}

rp_way rp_way_at(size_t i) {
    bool counts = __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
    const rp_way ways[] = {
        {portable, false}, {by_sse2, false}, {__builtin_cpu_supports("avx2") && counts ? by_avx2 : NULL, true}};
    return i < sizeof ways / sizeof *ways ? ways[i] : (rp_way){0};
}
#else
rp_way rp_way_at(size_t i) {
    return (rp_way){.masks = i == 0 ? portable : NULL};
}
#endif

rp_way rp_way_choose(void) {
    rp_way best = rp_way_at(0), next = best;
    for (size_t i = 1; next.masks; next = rp_way_at(i++))
        best = next;
    return best;
}
