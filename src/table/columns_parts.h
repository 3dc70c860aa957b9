/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of columns in memory share. */
#ifndef RAPPORT_TABLE_COLUMNS_PARTS_H
#define RAPPORT_TABLE_COLUMNS_PARTS_H

#include "rapport/table.h"

/* One block of one column: whole numbers as narrow as they fit, all ones (codes) or the least (numbers) where missing.
 */
typedef struct packed {
    void *at;
    uint8_t bytes; /* of a value: 1, 2, 4; numbers also 8, a double */
} packed;

typedef struct block_pack {
    packed numbers, codes;
    size_t rows, missing;
} block_pack;

typedef struct rp_column_store {
    RP_VEC(block_pack) blocks;
} rp_column_store;

/* Packs up to RP_COLUMNS_BLOCK values, in arena. False: no memory. */
bool pack_numbers(const double *values, size_t n, rp_arena *arena, packed *out);
bool pack_codes(const uint32_t *codes, size_t n, rp_arena *arena, packed *out);
void unpack_codes(const packed *p, size_t n, uint32_t *out);

/* A column while it is read. */
typedef struct filling {
    rp_column_about about;
    rp_column_store store;
    int field;
    bool must_be_number; /* a text is then a fault */
    double *numbers;     /* RP_COLUMNS_BLOCK of them, of the block that is being filled */
    uint32_t *codes;
    size_t at; /* where the formula names it */
} filling;

/* A value that should be a number and is a text. */
typedef struct odd_value {
    size_t column; /* SIZE_MAX: none */
    uint32_t line;
    const char *text; /* in arena */
} odd_value;

typedef struct columns_reading {
    const rp_columns_source *source;
    filling *fillings;
    size_t n_fillings, n_cells;
    size_t filled; /* rows in the block that is being filled */
    rp_columns *out;
    rp_arena *arena;
    odd_value odd;
} columns_reading;

bool columns_is_missing(const columns_reading *r, rp_text text);
/* What a batch becomes, in any thread, and how it is put behind what is there. */
bool columns_convert(void *reading, const rp_batch *batch, rp_arena *arena, void **out);
bool columns_put_batch(columns_reading *r, const rp_batch *batch, const void *converted, rp_error *error);
bool columns_put_row(columns_reading *r, const rp_row *row, rp_error *error);
bool columns_flush(columns_reading *r, rp_error *error); /* the block that is being filled, if it holds any row */

#endif
