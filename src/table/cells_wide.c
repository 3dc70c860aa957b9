/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole numbers of up to eight digits, four rows at once, where the processor has AVX2. A row with anything else ends
 * it, and is read by cells.c. The sums are those of Muła, "SIMD-ized conversion of decimal strings" (2014): digits to
 * pairs, pairs to fours, fours to eights. */
#include <string.h>

#include "table/cells_parts.h"

#if defined(__x86_64__)
#include <immintrin.h>

typedef struct four {
    __m256i digits; /* eight a row, zeros before them */
    __m256i wrong;  /* other than 0 where a row has anything else */
} four;

__attribute__((target("avx2"))) static inline __m256i word_at(const char *a, const char *b, const char *c,
                                                              const char *d) {
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_unpacklo_epi64(_mm_loadl_epi64((const void *)a), _mm_loadl_epi64((const void *)b))),
        _mm_unpacklo_epi64(_mm_loadl_epi64((const void *)c), _mm_loadl_epi64((const void *)d)), 1);
}

__attribute__((target("avx2"))) static inline four digits_of(const char *bytes, const uint32_t *before, size_t step) {
    const uint32_t *const rows[4] = {before, before + step, before + 2 * step, before + 3 * step};
    const __m256i low = _mm256_set1_epi64x(UINT32_MAX), zeros = _mm256_set1_epi8('0');
    __m256i text = word_at(bytes + (uint32_t)(*rows[0] + 1), bytes + (uint32_t)(*rows[1] + 1),
                           bytes + (uint32_t)(*rows[2] + 1), bytes + (uint32_t)(*rows[3] + 1));
    __m256i ends = word_at((const char *)rows[0], (const char *)rows[1], (const char *)rows[2],
                           (const char *)rows[3]); /* of the field before it, and of the field */
    /* One less than the number of bytes: 0 to 7, or there are bits above. */
    __m256i less = _mm256_and_si256(
        _mm256_sub_epi32(_mm256_sub_epi32(_mm256_srli_epi64(ends, 32), ends), _mm256_set1_epi32(2)), low);
    __m256i shift = _mm256_sub_epi64(_mm256_set1_epi64x(56), _mm256_slli_epi64(less, 3));
    __m256i digits = _mm256_sllv_epi64(_mm256_xor_si256(text, zeros), shift); /* what is behind the field goes */
    __m256i wrong = _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)),
                                    _mm256_andnot_si256(_mm256_set1_epi64x(7), less));
    return (four){digits, wrong};
}

__attribute__((target("avx2"))) static inline __m256i sum_of(__m256i digits) {
    const __m256i ten_one = _mm256_set1_epi16(0x010a), hundred_one = _mm256_set1_epi32(0x00010064);
    __m256i pairs = _mm256_maddubs_epi16(digits, ten_one), fours = _mm256_madd_epi16(pairs, hundred_one);
    return _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(fours, 32));
}

__attribute__((target("avx2"))) static size_t take_fours(const rp_batch *batch, size_t field, size_t row, int64_t *out,
                                                         uint8_t *found) {
    static_assert(RP_CELL_VALUE == 0, "four of them are a word of zeros");
    const uint32_t *before = batch->ends + row * batch->n_cells + field - 1; /* the end of the field before it */
    for (; row + 4 <= batch->n_rows; row += 4, before += 4 * batch->n_cells) {
        four f = digits_of(batch->bytes, before, batch->n_cells);
        if (!_mm256_testz_si256(f.wrong, f.wrong))
            break;
        _mm256_storeu_si256((void *)(out + row), sum_of(f.digits));
        memset(found + row, 0, 4);
    }
    return row;
}

size_t rp_ints_wide(const rp_batch *batch, size_t field, size_t row, int64_t *out, uint8_t *found) {
    return __builtin_cpu_supports("avx2") ? take_fours(batch, field, row, out, found) : row;
}
#else
size_t rp_ints_wide(const rp_batch *batch, size_t field, size_t row, int64_t *out, uint8_t *found) {
    (void)batch, (void)field, (void)out, (void)found;
    return row;
}
#endif
