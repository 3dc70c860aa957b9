/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lowest groups with the same S_zz as one. With sessions numbered 1, 2, 3 there are few such patterns, however many
 * clients. S_zz settles F; all that a group adds to its parent and to the gradient is then linear in S_zw, S_ww and the
 * products of the elements of S_zw, so that their sums over the groups are enough. Patterns are kept only where they
 * are much fewer numbers than the groups themselves. */
#include <assert.h>
#include <string.h>
#include <xxhash.h>

#include "models/mixed/nested_parts.h"

/* What is the same in a pattern, found by its bits. */
typedef struct book {
    size_t n, most, k, mask;
    uint32_t *table; /* number of a pattern + 1; 0: free */
    double *keys;    /* n by k (k + 1) / 2 */
    uint32_t *of;    /* of each group */
    uint32_t *at;    /* of each pattern: its record of the parent at hand, + 1 */
} book;

static bool make_book(book *b, const mixed_plan *plan, rp_arena *scratch) {
    size_t groups = plan->levels[0].n_groups, size = 64;
    b->k = mixed_packed(plan->levels[0].k);
    b->most = groups / 4 + 1;
    while (size < 2 * b->most)
        size *= 2;
    b->mask = size - 1;
    b->table = rp_arena_take(scratch, size, sizeof *b->table);
    b->keys = rp_arena_take_unset(scratch, b->most * b->k, sizeof *b->keys);
    b->of = rp_arena_take_unset(scratch, groups, sizeof *b->of);
    b->at = rp_arena_take(scratch, b->most, sizeof *b->at);
    return b->table && b->keys && b->of && b->at;
}

/* The pattern with this key, known or new. False: too many. */
static bool look_up(book *b, const double *key, uint32_t *found) {
    size_t at = XXH3_64bits(key, b->k * sizeof *key) & b->mask;
    for (; b->table[at]; at = (at + 1) & b->mask)
        if (memcmp(b->keys + (b->table[at] - 1) * b->k, key, b->k * sizeof *key) == 0) {
            *found = b->table[at] - 1;
            return true;
        }
    if (b->n == b->most)
        return false;
    memcpy(b->keys + b->n * b->k, key, b->k * sizeof *key);
    *found = (uint32_t)b->n++;
    b->table[at] = *found + 1;
    return true;
}

static size_t parents_of(const mixed_plan *plan) {
    return plan->n_levels > 1 ? plan->levels[1].n_groups : 1;
}

static void children_of(const mixed_plan *plan, size_t parent, size_t *from, size_t *to) {
    *from = plan->n_levels > 1 ? plan->levels[1].starts[parent] : 0;
    *to = plan->n_levels > 1 ? plan->levels[1].starts[parent + 1] : plan->levels[0].n_groups;
}

/* The columns of D start with the level's own, so that the packed S_zz is the beginning of the packed S. */
static void key_of(const mixed_plan *plan, size_t group, size_t n, double *key) {
    const mixed_cells *cells = &plan->stats->cells;
    const uint32_t *starts = plan->levels[0].starts;
    memset(key, 0, n * sizeof *key);
    for (size_t c = starts[group]; c < starts[group + 1]; c++)
        for (size_t i = 0; i < n; i++)
            key[i] += cells->grams[plan->order[c] * mixed_packed(cells->m) + plan->gather[i]];
}

/* Each group's pattern and each parent's number of records. False: too many patterns, or more numbers than the groups
 * have themselves. */
static bool worth_it(const mixed_plan *plan, book *b, nested_patterns *p, double *key) {
    size_t most = 0;
    for (size_t parent = 0; parent < parents_of(plan); parent++) {
        size_t from, to;
        children_of(plan, parent, &from, &to);
        p->starts[parent] = (uint32_t)p->n;
        for (size_t g = from; g < to; g++) {
            key_of(plan, g, b->k, key);
            if (!look_up(b, key, &b->of[g]))
                return false;
            if (b->at[b->of[g]] != parent + 1)
                p->n++;
            b->at[b->of[g]] = (uint32_t)parent + 1;
        }
        most = p->n - p->starts[parent] > most ? p->n - p->starts[parent] : most;
    }
    p->starts[parents_of(plan)] = (uint32_t)p->n;
    p->most = most;
    memset(b->at, 0, b->most * sizeof *b->at);
    return 2 * p->n * p->room <= plan->levels[0].n_groups * mixed_packed(plan->stats->cells.m);
}

/* A group's S as it goes into the record. */
static void add_group(size_t k, size_t w, size_t m, const double *s, double *products, rp_sum *sums) {
    double *next = products;
    for (size_t a = 0; a < k; a++)
        for (size_t j = 0; j < w; j++)
            rp_sum_add(sums++, *next++ = s[a * m + k + j]);
    for (size_t i = 0; i < w; i++)
        for (size_t j = 0; j <= i; j++)
            rp_sum_add(sums++, s[(k + i) * m + k + j]);
    for (size_t i = 0; i < k * w; i++)
        for (size_t j = 0; j <= i; j++)
            rp_sum_add(sums++, products[i] * products[j]);
}

static void fill_parent(const mixed_plan *plan, nested_patterns *p, book *b, size_t parent, rp_sum *sums,
                        double *products, nested_group *g) {
    size_t k = plan->levels[0].k, added = p->room - k * k, from, to, known = 0, first = p->starts[parent];
    children_of(plan, parent, &from, &to);
    memset(sums, 0, (p->starts[parent + 1] - first) * added * sizeof *sums);
    for (size_t c = from; c < to; c++) {
        nested_load_lowest(plan, c, g);
        size_t at = b->at[b->of[c]];
        /* Numbers go up from parent to parent: what is not above the first was of another parent. */
        if (at <= first) {
            at = first + ++known;
            b->at[b->of[c]] = (uint32_t)at;
            for (size_t i = 0; i < k; i++)
                memcpy(p->records + (at - 1) * p->room + i * k, g->s + i * plan->m, k * sizeof *g->s);
        }
        p->count[at - 1]++;
        add_group(k, p->w, plan->m, g->s, products, sums + (at - 1 - first) * added);
    }
    for (size_t r = 0; r < known; r++)
        for (size_t i = 0; i < added; i++)
            p->records[(first + r) * p->room + k * k + i] = rp_sum_value(&sums[r * added + i]);
}

static bool fill(mixed_plan *plan, nested_patterns *p, book *b, rp_arena *arena, rp_arena *scratch) {
    size_t k = plan->levels[0].k;
    p->count = rp_arena_take(arena, p->n, sizeof *p->count);
    p->records = rp_arena_take(arena, p->n * p->room, sizeof *p->records);
    rp_sum *sums = rp_arena_take(scratch, p->most * p->room, sizeof *sums);
    double *products = rp_arena_take(scratch, k * p->w, sizeof *products);
    if (!p->count || !p->records || !sums || !products)
        return false;
    nested_group g = nested_group_in(plan);
    for (size_t parent = 0; parent < parents_of(plan); parent++)
        fill_parent(plan, p, b, parent, sums, products, &g);
    plan->patterns = p;
    return true;
}

bool nested_compress(mixed_plan *plan, rp_arena *arena) {
    if (plan->n_levels == 0 || plan->ar1) /* with AR(1), what is the same in a pattern changes with rho */
        return true;
    const nested_level *level = &plan->levels[0];
    nested_patterns *p = rp_arena_take(arena, 1, sizeof *p);
    rp_arena *scratch = rp_arena_new(0);
    book b = {0};
    bool good = p && scratch && make_book(&b, plan, scratch);
    double *key = good ? rp_arena_take(scratch, b.k, sizeof *key) : NULL;
    if (key) {
        for (size_t i = 0; i < level->k; i++)
            assert(level->z[i] == i);
        p->w = plan->m - level->k;
        p->room = level->k * level->k + level->k * p->w + mixed_packed(p->w) + mixed_packed(level->k * p->w);
        p->starts = rp_arena_take(arena, parents_of(plan) + 1, sizeof *p->starts);
    }
    good = key && p->starts;
    if (good && worth_it(plan, &b, p, key))
        good = fill(plan, p, &b, arena, scratch);
    rp_arena_free(scratch);
    return good;
}

/* ---- up and down ------------------------------------------------------------------------------------- */

static double product_of(const double *products, size_t i, size_t j) {
    return products[i < j ? mixed_packed(j) + i : mixed_packed(i) + j];
}

/* What a record leaves to its parent. */
static void record_up(const nested_patterns *p, size_t k, size_t q, double count, const double *record, nested_group *g,
                      double *part) {
    size_t w = p->w;
    const double *zw = record + k * k, *ww = zw + k * w, *products = ww + mixed_packed(w);
    double *v = g->b, *x = g->t; /* y S_zz, q by k; y S_zw, q by w */
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < k; j++) {
            v[i * k + j] = 0;
            for (size_t h = 0; h < k; h++)
                v[i * k + j] += g->y[i * k + h] * record[h * k + j];
        }
        for (size_t j = 0; j < w; j++) {
            x[i * w + j] = 0;
            for (size_t h = 0; h < k; h++)
                x[i * w + j] += g->y[i * k + h] * zw[h * w + j];
        }
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double s = record[i * k + j];
            for (size_t h = 0; h < q; h++)
                s -= v[h * k + i] * v[h * k + j];
            *part++ += count * s;
        }
    for (size_t i = 0; i < w; i++) {
        for (size_t j = 0; j < k; j++) {
            double s = zw[j * w + i];
            for (size_t h = 0; h < q; h++)
                s -= v[h * k + j] * x[h * w + i];
            *part++ += s;
        }
        for (size_t j = 0; j <= i; j++) {
            double s = *ww++;
            for (size_t a = 0; a < k; a++)
                for (size_t b = 0; b < k; b++)
                    s -= g->f[a * k + b] * product_of(products, a * w + i, b * w + j);
            *part++ += s;
        }
    }
    *part += count * g->logdet;
}

bool nested_patterns_up(mixed_plan *plan, size_t parent, nested_group *g) {
    const nested_patterns *p = plan->patterns;
    nested_level *level = &plan->levels[0];
    for (size_t r = p->starts[parent]; r < p->starts[parent + 1]; r++) {
        const double *record = p->records + r * p->room;
        if (!nested_factor(level, record, g, false))
            return false;
        record_up(p, level->k, level->q, p->count[r], record, g, level->up.part);
        nested_sum_added(&level->up);
    }
    return true;
}

/* The sum of S_z. Q S_.z over the groups of a record, into g->m. */
static void record_inner(const nested_patterns *p, size_t k, double count, const double *record, const double *q,
                         nested_group *g) {
    size_t w = p->w, m = k + w;
    const double *zw = record + k * k, *products = zw + k * w + mixed_packed(w);
    double *b = g->b; /* S_zz Q_z., k by D */
    for (size_t i = 0; i < k; i++)
        for (size_t c = 0; c < m; c++) {
            b[i * m + c] = 0;
            for (size_t h = 0; h < k; h++)
                b[i * m + c] += record[i * k + h] * q[h * m + c];
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double zz = 0, mixed = 0, rest = 0;
            for (size_t h = 0; h < k; h++)
                zz += b[i * m + h] * record[h * k + j];
            for (size_t h = 0; h < w; h++)
                mixed += b[i * m + k + h] * zw[j * w + h] + b[j * m + k + h] * zw[i * w + h];
            for (size_t a = 0; a < w; a++)
                for (size_t c = 0; c < w; c++)
                    rest += q[(k + a) * m + k + c] * product_of(products, i * w + a, j * w + c);
            g->m[i * k + j] = g->m[j * k + i] = count * zz + mixed + rest;
        }
}

bool nested_patterns_down(mixed_plan *plan, size_t parent, const double *q_matrix, nested_group *g) {
    const nested_patterns *p = plan->patterns;
    nested_level *level = &plan->levels[0];
    for (size_t r = p->starts[parent]; r < p->starts[parent + 1]; r++) {
        const double *record = p->records + r * p->room;
        if (!nested_factor(level, record, g, true))
            return false;
        record_inner(p, level->k, p->count[r], record, q_matrix, g);
        nested_slope_add(level, p->count[r], record, g->m, g);
    }
    return true;
}
