/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Kenward & Roger's test needs of V, without V: with A = Z'Z, M = Lambda'A Lambda + I = U'U and
 * B = U'^-1 Lambda' [A, Z'X],
 *   K = Z'V^-1 Z = A - B_A'B_A,   H = Z'V^-1 X = Z'X - B_A'B_X,   X'V^-1 X = X'X - B_X'B_X,
 * block by block. A block is what cells connect: for nested factors a group of the highest with all that lies in it,
 * for crossed ones mostly all there is. Effects of the factor with most groups
 * stand first: their part of M is block-diagonal and stays so, and zeros are not multiplied. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

/* What all blocks together may take, as counted by work_of (tens of seconds), and the largest block (three matrices of
 * 200 MB). */
static const double MOST_WORK = 5e10;
enum { MOST_EFFECTS = 5000 };

struct infer_blocks {
    const rp_mixed_fit *fit;
    size_t n, largest;
    size_t *starts;        /* n + 1: into `cells` */
    uint32_t *cells;       /* sorted by block */
    size_t *factor_starts; /* n_factors + 1: numbers of a factor's groups among all groups */
    size_t *places;      /* of each group of each factor: 1 + where its effects begin, in the block at hand; 0: none */
    size_t *term_offset; /* of each term: behind the terms of the same factor before it */
    size_t *width;       /* of each factor: the effects of one group */
    size_t *order;       /* factors, that with most groups first */
    infer_node *nodes;
    double *lambda;       /* all terms, q by q, one after the other */
    double *a, *b, *work; /* q by q; a becomes K */
    double *h, *bx;       /* q by p */
};

size_t infer_blocks_count(const infer_blocks *blocks) {
    return blocks->n;
}

size_t infer_blocks_largest(const infer_blocks *blocks) {
    return blocks->largest;
}

static size_t root_of(size_t *parents, size_t i) {
    while (parents[i] != i)
        i = parents[i] = parents[parents[i]];
    return i;
}

static size_t group_of(const infer_blocks *s, size_t cell, size_t factor) {
    const rp_mixed_stats *stats = s->fit->stats;
    return s->factor_starts[factor] + stats->cells.keys[cell * stats->spec->n_factors + factor];
}

/* The lower root is kept, so that a block's number does not depend on the order of joining. */
static void join_cells(const infer_blocks *s, size_t *parents) {
    const rp_mixed_stats *stats = s->fit->stats;
    for (size_t c = 0; c < stats->cells.n; c++) {
        size_t first = SIZE_MAX;
        for (size_t f = 0; f < stats->spec->n_factors; f++) {
            if (s->width[f] == 0)
                continue;
            size_t root = root_of(parents, group_of(s, c, f));
            if (first == SIZE_MAX)
                first = root;
            size_t low = first < root ? first : root, high = first < root ? root : first;
            parents[high] = low;
            first = low;
        }
    }
}

/* Any factor with terms will do: a cell's groups are all in its block. */
static size_t block_root(const infer_blocks *s, size_t *parents, size_t cell) {
    size_t factor = 0;
    while (s->width[factor] == 0)
        factor++;
    return root_of(parents, group_of(s, cell, factor));
}

/* Cells by block (counting sort), blocks in the order of their first group's number. */
static bool sort_cells(infer_blocks *s, size_t *parents, rp_arena *arena, rp_arena *scratch) {
    size_t n = s->fit->stats->cells.n, groups = s->factor_starts[s->fit->spec->n_factors];
    size_t *counts = rp_arena_take(scratch, groups + 1, sizeof *counts);
    s->cells = rp_arena_take(arena, n, sizeof *s->cells);
    if (counts == NULL || s->cells == NULL)
        return false;
    for (size_t c = 0; c < n; c++)
        counts[block_root(s, parents, c) + 1]++;
    for (size_t g = 0; g < groups; g++)
        s->n += counts[g + 1] > 0;
    s->starts = rp_arena_take(arena, s->n + 1, sizeof *s->starts);
    if (s->starts == NULL)
        return false;
    size_t block = 0;
    for (size_t g = 0; g < groups; g++) {
        if (counts[g + 1] > 0)
            s->starts[++block] = counts[g] + counts[g + 1];
        counts[g + 1] += counts[g];
    }
    for (size_t c = 0; c < n; c++)
        s->cells[counts[block_root(s, parents, c)]++] = (uint32_t)c;
    return true;
}

/* Gives each group that the block meets its place; how many effects there are, and how many of the first factor. */
static size_t place_groups(infer_blocks *s, size_t block, size_t *first) {
    const rp_mixed_spec *spec = s->fit->spec;
    size_t q = 0;
    for (size_t o = 0; o < spec->n_factors; o++) {
        size_t f = s->order[o];
        for (size_t i = s->starts[block]; s->width[f] > 0 && i < s->starts[block + 1]; i++)
            s->places[group_of(s, s->cells[i], f)] = 0;
        for (size_t i = s->starts[block]; s->width[f] > 0 && i < s->starts[block + 1]; i++) {
            size_t *place = &s->places[group_of(s, s->cells[i], f)];
            if (*place != 0)
                continue;
            *place = 1 + q;
            q += s->width[f];
        }
        if (o == 0)
            *first = q;
    }
    return q;
}

/* Multiplications for a block, about: what is left after the first factor is dense. */
static double work_of(size_t q, size_t first) {
    return (double)q * (double)q * (double)(q - first + 1);
}

static bool take_room(infer_blocks *s, rp_arena *arena, rp_error *error) {
    size_t largest = 0;
    double work = 0;
    for (size_t b = 0; b < s->n; b++) {
        size_t first = 0, q = place_groups(s, b, &first);
        work += work_of(q, first);
        largest = q > largest ? q : largest;
    }
    if (work > MOST_WORK || largest > MOST_EFFECTS) {
        rp_fail(error, RP_E_LIMIT,
                "Kenward and Roger's test needs the inverse of a matrix of %zu by %zu here, which is too large.",
                largest, largest);
        return rp_fail_remedy(error, "Ask for Satterthwaite's degrees of freedom instead.");
    }
    s->largest = largest;
    size_t p = s->fit->p;
    s->a = rp_arena_take(arena, largest * largest, sizeof *s->a);
    s->b = rp_arena_take(arena, largest * largest, sizeof *s->b);
    s->work = rp_arena_take(arena, largest * largest, sizeof *s->work);
    s->h = rp_arena_take(arena, largest * p, sizeof *s->h);
    s->bx = rp_arena_take(arena, largest * p, sizeof *s->bx);
    s->nodes = rp_arena_take(arena, largest, sizeof *s->nodes);
    return (s->a && s->b && s->work && s->h && s->bx && s->nodes) || rp_fail_memory(error);
}

/* The terms' Lambda as full matrices, and where each term's effects stand within a group's. */
static bool lay_terms(infer_blocks *s, rp_arena *arena) {
    const rp_mixed_spec *spec = s->fit->spec;
    size_t room = 0;
    s->term_offset = rp_arena_take(arena, spec->n_terms, sizeof *s->term_offset);
    s->width = rp_arena_take(arena, spec->n_factors, sizeof *s->width);
    s->factor_starts = rp_arena_take(arena, spec->n_factors + 1, sizeof *s->factor_starts);
    s->order = rp_arena_take(arena, spec->n_factors, sizeof *s->order);
    if (!s->term_offset || !s->width || !s->factor_starts || !s->order)
        return false;
    for (size_t t = 0; t < spec->n_terms; t++) {
        s->term_offset[t] = s->width[spec->terms[t].factor];
        s->width[spec->terms[t].factor] += spec->terms[t].n_columns;
        room += spec->terms[t].n_columns * spec->terms[t].n_columns;
    }
    for (size_t f = 0; f < spec->n_factors; f++) {
        s->factor_starts[f + 1] = s->factor_starts[f] + spec->levels[f];
        size_t at = f; /* insertion sort; factors without terms stand where they will, with no effects */
        for (; at > 0 && spec->levels[s->order[at - 1]] < spec->levels[f]; at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = f;
    }
    s->lambda = rp_arena_take(arena, room, sizeof *s->lambda);
    s->places = rp_arena_take(arena, s->factor_starts[spec->n_factors], sizeof *s->places);
    if (s->lambda == NULL || s->places == NULL)
        return false;
    const double *theta = s->fit->theta;
    double *lambda = s->lambda;
    for (size_t t = 0; t < spec->n_terms; lambda += spec->terms[t].n_columns * spec->terms[t].n_columns, t++)
        for (size_t j = 0, q = spec->terms[t].n_columns; j < q; j++)
            for (size_t i = j; i < q; i++)
                lambda[i * q + j] = *theta++;
    return true;
}

infer_blocks *infer_blocks_of(const rp_mixed_fit *fit, rp_arena *arena, rp_error *error) {
    assert(fit->spec->n_terms > 0);
    infer_blocks *s = rp_arena_take(arena, 1, sizeof *s);
    rp_arena *scratch = rp_arena_new(0);
    bool good = s && scratch;
    if (good) {
        s->fit = fit;
        good = lay_terms(s, arena);
    }
    size_t groups = good ? s->factor_starts[fit->spec->n_factors] : 0;
    size_t *parents = good ? rp_arena_take(scratch, groups, sizeof *parents) : NULL;
    good = parents != NULL;
    for (size_t g = 0; good && g < groups; g++)
        parents[g] = g;
    if (good) {
        join_cells(s, parents);
        good = sort_cells(s, parents, arena, scratch);
    }
    rp_arena_free(scratch);
    if (!good) {
        rp_fail_memory(error);
        return NULL;
    }
    return take_room(s, arena, error) ? s : NULL;
}

/* ---- a block's matrices ------------------------------------------------------------------------------- */

static double gram_at(const double *gram, size_t i, size_t j) {
    return i >= j ? gram[i * (i + 1) / 2 + j] : gram[j * (j + 1) / 2 + i];
}

/* Adds a cell's rows of one term: to A beside every term, and to Z'X. */
static void add_term(infer_blocks *s, size_t q, size_t cell, size_t t, size_t at) {
    const rp_mixed_spec *spec = s->fit->spec;
    const mixed_cells *cells = &s->fit->stats->cells;
    const double *gram = cells->grams + cell * (cells->m * (cells->m + 1) / 2);
    const rp_mixed_term *term = &spec->terms[t];
    for (size_t i = 0; i < term->n_columns; i++) {
        for (size_t u = 0; u < spec->n_terms; u++) {
            const rp_mixed_term *other = &spec->terms[u];
            size_t beside = s->places[group_of(s, cell, other->factor)] - 1 + s->term_offset[u];
            for (size_t j = 0; j < other->n_columns; j++)
                s->a[(at + i) * q + beside + j] += gram_at(gram, term->columns[i], other->columns[j]);
        }
        for (size_t j = 0; j < spec->n_fixed; j++)
            s->h[(at + i) * spec->n_fixed + j] += gram_at(gram, term->columns[i], spec->fixed[j]);
    }
}

static size_t gather_cells(infer_blocks *s, size_t block, size_t q, double *x) {
    const rp_mixed_spec *spec = s->fit->spec;
    const mixed_cells *cells = &s->fit->stats->cells;
    size_t p = spec->n_fixed;
    memset(s->a, 0, q * q * sizeof *s->a);
    memset(s->h, 0, q * p * sizeof *s->h);
    for (size_t c = s->starts[block]; c < s->starts[block + 1]; c++) {
        size_t cell = s->cells[c];
        for (size_t t = 0; t < spec->n_terms; t++) {
            size_t at = s->places[group_of(s, cell, spec->terms[t].factor)] - 1 + s->term_offset[t];
            s->nodes[at] = (infer_node){.term = t, .at = at};
            add_term(s, q, cell, t, at);
        }
        const double *gram = cells->grams + cell * (cells->m * (cells->m + 1) / 2);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                x[i * p + j] += gram_at(gram, spec->fixed[i], spec->fixed[j]);
    }
    size_t n = 0; /* nodes stand where their effects begin: together now */
    for (size_t at = 0; at < q; at += spec->terms[s->nodes[at].term].n_columns)
        s->nodes[n++] = s->nodes[at];
    return n;
}

/* rows := Lambda' rows, each node's apart; `columns` numbers a row. */
static void turn_rows(const infer_blocks *s, size_t n_nodes, double *rows, size_t columns) {
    for (size_t k = 0; k < n_nodes; k++) {
        const rp_mixed_spec *spec = s->fit->spec;
        size_t q = spec->terms[s->nodes[k].term].n_columns;
        const double *lambda = s->lambda;
        for (size_t t = 0; t < s->nodes[k].term; t++)
            lambda += spec->terms[t].n_columns * spec->terms[t].n_columns;
        double *at = rows + s->nodes[k].at * columns;
        for (size_t i = 0; i < q; i++) /* row i needs rows i and below: they are still as they were */
            for (size_t c = 0; c < columns; c++) {
                double sum = 0;
                for (size_t r = i; r < q; r++)
                    sum += lambda[r * q + i] * at[r * columns + c];
                at[i * columns + c] = sum;
            }
    }
}

/* U'U = m, in its upper triangle. M is positive definite whatever Lambda is: no pivot is below 1 but for rounding. */
static void factor_upper(double *m, size_t q) {
    for (size_t k = 0; k < q; k++) {
        double *row = m + k * q;
        assert(row[k] > 0);
        double inverse = 1 / sqrt(row[k]);
        for (size_t j = k; j < q; j++)
            row[j] *= inverse;
        for (size_t i = k + 1; i < q; i++) {
            double factor = row[i];
            if (factor == 0)
                continue;
            double *other = m + i * q;
            for (size_t j = i; j < q; j++)
                other[j] -= factor * row[j];
        }
    }
}

/* rows := U'^-1 rows */
static void solve_rows(const double *u, size_t q, double *rows, size_t columns) {
    for (size_t k = 0; k < q; k++) {
        double *row = rows + k * columns, inverse = 1 / u[k * q + k];
        for (size_t c = 0; c < columns; c++)
            row[c] *= inverse;
        for (size_t i = k + 1; i < q; i++) {
            double factor = u[k * q + i];
            if (factor == 0)
                continue;
            double *other = rows + i * columns;
            for (size_t c = 0; c < columns; c++)
                other[c] -= factor * row[c];
        }
    }
}

/* out -= left'right, both of q rows. */
static void take_product(const double *left, size_t n_left, const double *right, size_t n_right, size_t q,
                         double *out) {
    for (size_t k = 0; k < q; k++)
        for (size_t i = 0; i < n_left; i++) {
            double factor = left[k * n_left + i];
            if (factor == 0)
                continue;
            const double *row = right + k * n_right;
            double *into = out + i * n_right;
            for (size_t j = 0; j < n_right; j++)
                into[j] -= factor * row[j];
        }
}

/* M = Lambda'A Lambda + I, from b = Lambda'A. */
static void make_m(infer_blocks *s, size_t n_nodes, size_t q) {
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            s->work[i * q + j] = s->b[j * q + i];
    turn_rows(s, n_nodes, s->work, q);
    for (size_t i = 0; i < q; i++)
        s->work[i * q + i] += 1;
}

void infer_blocks_at(infer_blocks *s, size_t block, double *x, infer_block *out) {
    size_t first = 0, q = place_groups(s, block, &first), p = s->fit->p;
    size_t n_nodes = gather_cells(s, block, q, x);
    memcpy(s->b, s->a, q * q * sizeof *s->b);
    turn_rows(s, n_nodes, s->b, q);
    make_m(s, n_nodes, q);
    factor_upper(s->work, q);
    memcpy(s->bx, s->h, q * p * sizeof *s->bx);
    turn_rows(s, n_nodes, s->bx, p);
    solve_rows(s->work, q, s->b, q);
    solve_rows(s->work, q, s->bx, p);
    take_product(s->b, q, s->b, q, q, s->a);
    take_product(s->b, q, s->bx, p, q, s->h);
    take_product(s->bx, p, s->bx, p, q, x);
    *out = (infer_block){.q = q, .n_nodes = n_nodes, .nodes = s->nodes, .k = s->a, .h = s->h};
}
