/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: the columns of a block, and arithmetic on them. */
#include <math.h>
#include <string.h>

#include "table/design_parts.h"

bool design_block_open(const rp_design_parts *d, size_t block, rp_arena *arena, design_block *out) {
    *out = (design_block){.d = d, .block = block, .n = d->kept[block], .arena = arena};
    out->numbers = rp_arena_take(arena, d->columns->n_columns, sizeof *out->numbers);
    out->codes = rp_arena_take(arena, d->columns->n_columns, sizeof *out->codes);
    return out->numbers && out->codes;
}

const double *design_numbers(design_block *b, size_t column) {
    if (b->numbers[column])
        return b->numbers[column];
    size_t rows = rp_columns_block_rows(b->d->columns, b->block), kept = 0;
    double *values = rp_arena_take_unset(b->arena, rows, sizeof *values);
    if (!values)
        return NULL;
    rp_columns_numbers(b->d->columns, column, b->block, values);
    const uint8_t *keep = b->d->keep[b->block];
    for (size_t i = 0; keep && i < rows; i++) {
        values[kept] = values[i];
        kept += keep[i];
    }
    return b->numbers[column] = values;
}

const uint32_t *design_codes(design_block *b, size_t column) {
    if (b->codes[column])
        return b->codes[column];
    size_t rows = rp_columns_block_rows(b->d->columns, b->block), kept = 0;
    uint32_t *codes = rp_arena_take_unset(b->arena, rows, sizeof *codes);
    if (!codes)
        return NULL;
    rp_columns_codes(b->d->columns, column, b->block, codes);
    const uint8_t *keep = b->d->keep[b->block];
    for (size_t i = 0; keep && i < rows; i++) {
        codes[kept] = codes[i];
        kept += keep[i];
    }
    return b->codes[column] = codes;
}

int64_t design_row(const rp_design_parts *d, size_t block, size_t i) {
    const uint8_t *keep = d->keep[block];
    size_t row = keep ? 0 : i;
    for (size_t left = i + 1; keep; row++) {
        left -= keep[row];
        if (left == 0)
            break;
    }
    return (int64_t)(block * RP_COLUMNS_BLOCK + row + 1);
}

int64_t rp_design_row(const rp_design *design, size_t block, size_t i) {
    return design_row(design->parts, block, i);
}

static void one_operand(rp_expression_kind kind, double *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        switch (kind) {
        case RP_EXPRESSION_LOG:
            x[i] = log(x[i]);
            break;
        case RP_EXPRESSION_EXP:
            x[i] = exp(x[i]);
            break;
        case RP_EXPRESSION_SQRT:
            x[i] = sqrt(x[i]);
            break;
        default:
            x[i] = -x[i];
        }
}

static void two_operands(rp_expression_kind kind, double *x, const double *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        switch (kind) {
        case RP_EXPRESSION_ADD:
            x[i] += y[i];
            break;
        case RP_EXPRESSION_SUBTRACT:
            x[i] -= y[i];
            break;
        case RP_EXPRESSION_MULTIPLY:
            x[i] *= y[i];
            break;
        case RP_EXPRESSION_DIVIDE:
            x[i] /= y[i];
            break;
        default:
            x[i] = y[i] == 2 ? x[i] * x[i] : pow(x[i], y[i]);
        }
}

static double *leaf(design_block *b, const rp_expression *e) {
    double *out = rp_arena_take_unset(b->arena, b->n, sizeof *out);
    if (!out)
        return NULL;
    if (e->kind == RP_EXPRESSION_NUMBER) {
        for (size_t i = 0; i < b->n; i++)
            out[i] = e->number;
        return out;
    }
    const double *values = design_numbers(b, design_column_of(b->d->columns, e->column));
    if (!values)
        return NULL;
    memcpy(out, values, b->n * sizeof *out);
    return out;
}

/* A chain such as a + b + c leans to the left, so that what is held at once stays small. */
static double *evaluate(design_block *b, const rp_expression *e) {
    if (e->kind == RP_EXPRESSION_NUMBER || e->kind == RP_EXPRESSION_COLUMN)
        return leaf(b, e);
    double *left = evaluate(b, e->left);
    if (!left)
        return NULL;
    if (!e->right) {
        one_operand(e->kind, left, b->n);
        return left;
    }
    double *right = evaluate(b, e->right);
    if (!right)
        return NULL;
    two_operands(e->kind, left, right, b->n);
    rp_arena_give_back(b->arena, right);
    return left;
}

double *design_evaluate(design_block *b, const rp_expression *expression, rp_error *error) {
    double *out = evaluate(b, expression);
    if (!out)
        return rp_fail_memory(error), NULL;
    for (size_t i = 0; i < b->n; i++) {
        if (isfinite(out[i]))
            continue;
        rp_formula_fail(error, RP_E_RULE, expression->at, "This has no number in row %lld of the data.",
                        (long long)design_row(b->d, b->block, i));
        rp_fail_remedy(error, "The logarithm of 0, division by 0 and the like have none: change the formula, or make "
                              "the value missing.");
        return NULL;
    }
    return out;
}
