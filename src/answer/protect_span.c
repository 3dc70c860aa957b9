/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vectors shown, in reduced echelon form modulo the prime 2^61 - 1. What a reader can work out from them with
 * fractions is in their span over the rationals, and so in it modulo the prime; the reverse could fail only where a
 * determinant happens to be a multiple of the prime, and then something is hidden that need not be. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "answer/protect.h"

typedef struct ranked {
    int64_t people;
    size_t column;
} ranked;

static int by_falling_people(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->people != y->people)
        return x->people > y->people ? -1 : 1;
    return x->column < y->column ? -1 : 1;
}

static bool place_columns(rp_span *span, const int64_t *people, size_t n_columns) {
    ranked *order = rp_arena_take(span->arena, n_columns, sizeof *order);
    if (!order)
        return false;
    for (size_t i = 0; i < n_columns; i++)
        order[i] = (ranked){people[i], i};
    qsort(order, n_columns, sizeof *order, by_falling_people);
    for (size_t i = 0; i < n_columns; i++) {
        bool nobody = order[i].people <= 0;
        span->place[order[i].column] = nobody ? RP_SPAN_NOWHERE : i;
        span->people[i] = order[i].people;
        span->split[i] = 1; /* every set reveals, until there are cells */
        if (order[i].people >= span->smallest)
            span->n_large = i + 1;
        if (!nobody)
            span->n_people = i + 1;
    }
    return true;
}

bool rp_span_start(rp_span *span, rp_arena *arena, const int64_t *people, size_t n_columns, size_t n_tags,
                   int smallest) {
    *span = (rp_span){.arena = arena, .n_given = n_columns + n_tags, .smallest = smallest};
    span->place = rp_arena_take(arena, span->n_given, sizeof *span->place);
    span->people = rp_arena_take(arena, n_columns, sizeof *span->people);
    span->split = rp_arena_take(arena, n_columns, sizeof *span->split);
    span->row_at = rp_arena_take(arena, span->n_given, sizeof *span->row_at);
    span->scratch = rp_arena_take(arena, span->n_given, sizeof *span->scratch);
    if (!span->place || !span->people || !span->split || !span->row_at || !span->scratch ||
        !place_columns(span, people, n_columns))
        return false;
    span->n_columns = span->n_people + n_tags;
    for (size_t i = 0; i < n_tags; i++)
        span->place[n_columns + i] = span->n_people + i;
    return true;
}

/* splitmix64 (Steele, Lea & Flood, OOPSLA 2014) */
uint64_t rp_span_factor(uint64_t column) {
    uint64_t z = (column + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % RP_SPAN_PRIME;
}

/* Random numbers that sum to zero over each cell: the last column of a cell takes back what the others of it have. Over
 * any set that cuts through a cell they sum to zero once in 2^61 times. */
bool rp_span_cells(rp_span *span, const size_t *cell_of, size_t n_cells) {
    size_t *last = rp_arena_take(span->arena, n_cells, sizeof *last); /* column + 1 */
    uint64_t *sum = rp_arena_take(span->arena, n_cells, sizeof *sum);
    if (!last || !sum)
        return false;
    for (size_t i = 0; i < span->n_given; i++) {
        size_t at = span->place[i];
        if (at >= span->n_people) /* a tag, or nowhere */
            continue;
        span->split[at] = rp_span_factor(i);
        if (cell_of[i] == RP_SPAN_NOWHERE)
            continue;
        sum[cell_of[i]] = rp_mod_add(sum[cell_of[i]], span->split[at]);
        last[cell_of[i]] = at + 1;
    }
    for (size_t c = 0; c < n_cells; c++)
        if (last[c])
            span->split[last[c] - 1] = rp_mod_sub(span->split[last[c] - 1], sum[c]);
    return true;
}

/* a -= factor * b from column `from` on. */
static void subtract(uint64_t *a, const uint64_t *b, uint64_t factor, size_t from, size_t n) {
    for (size_t i = from; i < n; i++)
        if (b[i])
            a[i] = rp_mod_sub(a[i], rp_mod_mul(factor, b[i]));
}

/* By Fermat: a^(p - 2). */
static uint64_t inverse(uint64_t a) {
    uint64_t result = 1;
    for (uint64_t power = RP_SPAN_PRIME - 2; power; power >>= 1) {
        if (power & 1)
            result = rp_mod_mul(result, a);
        a = rp_mod_mul(a, a);
    }
    return result;
}

/* What is left of the scratch vector when the rows have been taken away; n_columns: nothing, else its first column. */
static size_t reduce(rp_span *span) {
    uint64_t *x = span->scratch;
    size_t pivot = span->n_columns;
    for (size_t i = 0; i < span->n_columns; i++) {
        if (!x[i])
            continue;
        if (span->row_at[i]) {
            const rp_span_row *row = &span->rows[span->row_at[i] - 1];
            subtract(x, row->at, x[i], i, span->n_columns);
        } else if (pivot == span->n_columns) {
            pivot = i;
        }
    }
    return pivot;
}

/* The row after the last, with memory of its own that an undone row may have left behind. */
static rp_span_row *next_row(rp_span *span) {
    if (!rp_vec_make_room(span->arena, &span->rows, span->n_rows, &span->room, sizeof *span->rows))
        return NULL;
    rp_span_row *row = &span->rows[span->n_rows];
    if (!row->at) {
        row->at = rp_arena_take(span->arena, span->n_columns, sizeof *row->at);
        row->took = row->at ? rp_arena_take(span->arena, span->n_rows, sizeof *row->took) : NULL;
        if (!row->took)
            row->at = NULL;
    }
    return row->at ? row : NULL;
}

static bool append(rp_span *span, size_t pivot) {
    rp_span_row *row = next_row(span);
    if (!row)
        return false;
    uint64_t scale = inverse(span->scratch[pivot]);
    for (size_t i = 0; i < span->n_columns; i++)
        row->at[i] = rp_mod_mul(span->scratch[i], scale);
    row->pivot = pivot;
    row->changed = true;
    for (size_t r = 0; r < span->n_rows; r++) {
        rp_span_row *other = &span->rows[r];
        row->took[r] = other->at[pivot];
        other->changed = row->took[r] != 0;
        if (other->changed)
            subtract(other->at, row->at, row->took[r], pivot, span->n_columns);
    }
    span->row_at[pivot] = ++span->n_rows;
    return true;
}

void rp_span_undo(rp_span *span) {
    assert(span->n_rows > 0);
    const rp_span_row *row = &span->rows[--span->n_rows];
    span->row_at[row->pivot] = 0;
    for (size_t r = 0; r < span->n_rows; r++)
        if (row->took[r])
            subtract(span->rows[r].at, row->at, rp_mod_sub(0, row->took[r]), row->pivot, span->n_columns);
}

rp_span_result rp_span_add(rp_span *span, const int8_t *vector, bool unchecked) {
    for (size_t i = 0; i < span->n_given; i++) {
        int v = vector[i];
        if (span->place[i] != RP_SPAN_NOWHERE)
            span->scratch[span->place[i]] = v < 0 ? RP_SPAN_PRIME - 1 : (uint64_t)v;
    }
    size_t pivot = reduce(span);
    if (pivot == span->n_columns)
        return RP_SPAN_KNOWN;
    if (pivot >= span->n_people && !unchecked)
        return RP_SPAN_REFUSED;
    if (!append(span, pivot)) {
        span->no_memory = true;
        return RP_SPAN_REFUSED;
    }
    /* A pivot in a large group leaves the sums that are zero on all large groups as they were. */
    bool bad = !unchecked && pivot >= span->n_large && rp_span_reveals(span);
    if (bad)
        rp_span_undo(span);
    return bad ? RP_SPAN_REFUSED : RP_SPAN_ADDED;
}
