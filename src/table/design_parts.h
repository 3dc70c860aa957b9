/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of designs share. */
#ifndef RAPPORT_TABLE_DESIGN_PARTS_H
#define RAPPORT_TABLE_DESIGN_PARTS_H

#include "table/columns_parts.h"

enum {
    DESIGN_MOST_COLUMNS = 500, /* more is a grouping factor that was put among the terms */
    POLY_MOST = 20
};

/* A variable of the formula, as the rows that are used have it. */
typedef struct design_variable {
    bool is_factor;
    size_t column;   /* of rp_columns: COLUMN, FACTOR */
    size_t n_levels; /* a factor's, in order, the reference first */
    const char **levels;
    uint32_t *level_of; /* of each code of the column; RP_NO_ID: in no row that is used */
    double centre[POLY_MOST + 1], norm[POLY_MOST + 1]; /* poly(): of the recurrence, from 1 and from 0 */
} design_variable;

/* A column of the design is a product of these: a number, a factor's indicator, a polynomial. */
typedef struct design_piece {
    size_t variable;
    size_t level; /* of a factor; degree of a polynomial */
} design_piece;
typedef struct design_column {
    const char *name;
    const design_piece *pieces; /* none: ones */
    size_t n;
} design_column;

/* What groups the rows: one column, or a combination. */
typedef struct design_grouping {
    const char *name;
    size_t column;       /* one column: ... */
    uint32_t *number_of; /* ... and the group of each of its codes; NULL: the code itself */
    packed *combined;    /* several: of each block, the group of each row that is used */
    uint32_t levels;
} design_grouping;

typedef struct rp_design_parts {
    const rp_formula *formula;
    const rp_columns *columns;
    const rp_design_options *options;
    uint8_t **keep; /* of each block: 1 for the rows that are used; NULL: all of them are */
    size_t *kept;
    design_variable *variables;
    RP_VEC(design_column) design;
    design_grouping *groupings;     /* of each grouping factor */
    size_t response, weights, time; /* of rp_columns: the text outcome's, ...; SIZE_MAX: none */
    uint32_t success;
    rp_arena *arena;
} rp_design_parts;

/* Index of a column that was wished for (assert). */
size_t design_column_of(const rp_columns *columns, const char *name);

/* Which rows have all values. False: no memory, or there is none (*error says which column is to blame). */
bool design_find_rows(rp_design_parts *d, rp_design *out, rp_error *error);
/* Levels of each factor among these rows. */
bool design_find_levels(rp_design_parts *d, rp_design *out, rp_error *error);
bool design_find_polys(rp_design_parts *d, rp_error *error);
void design_poly_column(const design_variable *v, int degree, const double *x, size_t n, double *out);
/* Columns for terms, as R's model.matrix has them; each name once in the design. */
bool design_put_terms(rp_design_parts *d, const rp_formula_terms *terms, size_t at, const size_t **out, size_t *n,
                      rp_error *error);
/* Grouping factors and the terms on them. */
bool design_find_groupings(rp_design_parts *d, rp_design *out, rp_error *error);

/* One block while it is worked on: its columns unpacked, each once. */
typedef struct design_block {
    const rp_design_parts *d;
    size_t block, n; /* n: rows that are used */
    double **numbers;
    uint32_t **codes;
    rp_arena *arena;
} design_block;
bool design_block_open(const rp_design_parts *d, size_t block, rp_arena *arena, design_block *out);
/* A column's values in the rows that are used; NULL: no memory. */
const double *design_numbers(design_block *b, size_t column);
const uint32_t *design_codes(design_block *b, size_t column);
/* Arithmetic. NULL: no memory, or some row has no finite number (*error). */
double *design_evaluate(design_block *b, const rp_expression *expression, rp_error *error);
int64_t design_row(const rp_design_parts *d, size_t block, size_t i); /* see rp_design_row */

#endif
