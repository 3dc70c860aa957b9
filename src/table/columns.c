/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns in memory: packing and unpacking of blocks. Most columns of such data are small whole numbers. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "table/columns_parts.h"

/* ---- numbers ---- */

/* -0 and fractions need a double. */
static uint8_t bytes_for_number(double value) {
    if (isnan(value))
        return 1;
    if (!(fabs(value) <= INT32_MAX) || value != floor(value) || (value == 0 && signbit(value)))
        return 8;
    double size = fabs(value);
    return size <= INT8_MAX ? 1 : size <= INT16_MAX ? 2 : 4;
}

#define PACK(type, least)                                                                                              \
    do {                                                                                                               \
        __typeof__(type) *to = out->at;                                                                                \
        for (size_t i = 0; i < n; i++)                                                                                 \
            to[i] = isnan(values[i]) ? (least) : (type)values[i];                                                      \
    } while (0)

bool pack_numbers(const double *values, size_t n, rp_arena *arena, packed *out) {
    uint8_t bytes = 1;
    for (size_t i = 0; i < n && bytes < 8; i++) {
        uint8_t needed = bytes_for_number(values[i]);
        bytes = needed > bytes ? needed : bytes;
    }
    *out = (packed){.at = rp_arena_take_unset(arena, n, bytes), .bytes = bytes};
    if (!out->at)
        return false;
    if (bytes == 1)
        PACK(int8_t, INT8_MIN);
    else if (bytes == 2)
        PACK(int16_t, INT16_MIN);
    else if (bytes == 4)
        PACK(int32_t, INT32_MIN);
    else
        memcpy(out->at, values, n * sizeof *values);
    return true;
}

#define UNPACK(type, least)                                                                                            \
    do {                                                                                                               \
        const __typeof__(type) *from = p->at;                                                                          \
        for (size_t i = 0; i < n; i++)                                                                                 \
            out[i] = from[i] == (least) ? NAN : (double)from[i];                                                       \
    } while (0)

static void unpack_numbers(const packed *p, size_t n, double *out) {
    if (p->bytes == 1)
        UNPACK(int8_t, INT8_MIN);
    else if (p->bytes == 2)
        UNPACK(int16_t, INT16_MIN);
    else if (p->bytes == 4)
        UNPACK(int32_t, INT32_MIN);
    else
        memcpy(out, p->at, n * sizeof *out);
}

/* ---- codes ---- */

#define NARROW(type)                                                                                                   \
    do {                                                                                                               \
        __typeof__(type) *to = out->at;                                                                                \
        for (size_t i = 0; i < n; i++)                                                                                 \
            to[i] = (type)codes[i];                                                                                    \
    } while (0)

bool pack_codes(const uint32_t *codes, size_t n, rp_arena *arena, packed *out) {
    uint32_t highest = 0;
    for (size_t i = 0; i < n; i++)
        if (codes[i] != RP_NO_ID && codes[i] > highest)
            highest = codes[i];
    uint8_t bytes = highest < UINT8_MAX ? 1 : highest < UINT16_MAX ? 2 : 4;
    *out = (packed){.at = rp_arena_take_unset(arena, n, bytes), .bytes = bytes};
    if (!out->at)
        return false;
    if (bytes == 1)
        NARROW(uint8_t);
    else if (bytes == 2)
        NARROW(uint16_t);
    else
        memcpy(out->at, codes, n * sizeof *codes);
    return true;
}

#define WIDEN(type, most)                                                                                              \
    do {                                                                                                               \
        const __typeof__(type) *from = p->at;                                                                          \
        for (size_t i = 0; i < n; i++)                                                                                 \
            out[i] = from[i] == (most) ? RP_NO_ID : from[i];                                                           \
    } while (0)

void unpack_codes(const packed *p, size_t n, uint32_t *out) {
    if (p->bytes == 1)
        WIDEN(uint8_t, UINT8_MAX);
    else if (p->bytes == 2)
        WIDEN(uint16_t, UINT16_MAX);
    else
        memcpy(out, p->at, n * sizeof *out);
}

/* ---- asking ---- */

static const block_pack *block_of(const rp_columns *columns, size_t column, size_t block) {
    assert(column < columns->n_columns && block < columns->n_blocks);
    return &columns->stores[column].blocks.at[block];
}

size_t rp_columns_block_rows(const rp_columns *columns, size_t block) {
    assert(block < columns->n_blocks);
    size_t before = block * RP_COLUMNS_BLOCK;
    return (size_t)columns->rows - before < RP_COLUMNS_BLOCK ? (size_t)columns->rows - before : RP_COLUMNS_BLOCK;
}

size_t rp_columns_block_missing(const rp_columns *columns, size_t column, size_t block) {
    return block_of(columns, column, block)->missing;
}

void rp_columns_numbers(const rp_columns *columns, size_t column, size_t block, double *out) {
    const block_pack *b = block_of(columns, column, block);
    assert(b->numbers.at);
    unpack_numbers(&b->numbers, b->rows, out);
}

void rp_columns_codes(const rp_columns *columns, size_t column, size_t block, uint32_t *out) {
    const block_pack *b = block_of(columns, column, block);
    assert(b->codes.at);
    unpack_codes(&b->codes, b->rows, out);
}
