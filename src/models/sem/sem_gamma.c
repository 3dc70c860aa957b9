/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure thresholds and polychoric correlations are, together, where both are estimated in two steps. Muthen, B.
 * (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent variable
 * indicators. Psychometrika 49, 115-132: with s the scores of a row,
 *   gamma = n B^-1 (sum s s') B'^-1,   B = [A11 0; A21 A22],
 * A11 the cross products of an item's threshold scores, A22 those of a pair's correlation score, A21 those of the
 * correlation score with the scores that the pair's own likelihood has for its thresholds. All but the sum over rows
 * comes from the tables of pairs. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"
#include "rapport/matrix.h"

enum { PANEL = 2048 }; /* rows: 114 scores of each stay in a second-level cache */

typedef struct work {
    const sem_moments *m;
    size_t n;             /* scores: cuts, then pairs */
    double **score;       /* of each: a table by category, or by the categories of both */
    double *item_inverse; /* of each item, one after another: A11's blocks, inverted */
    double *by_cut;       /* A21: of each pair, the column's cuts, then the row's */
    double *square;       /* n_pairs: A22 */
    size_t most_cuts;     /* of an item */
    rp_arena *arena;
} work;

static double normal_density(double z) {
    return isfinite(z) ? exp(-z * z / 2) / sqrt(2 * M_PI) : 0;
}

/* ---- scores of thresholds ---------------------------------------------------------------------------------------- */

/* Where category i of an item begins; it ends where the next begins. */
static double bound(const sem_moments *m, size_t item, size_t i) {
    if (i == 0)
        return -INFINITY;
    return i == m->used[item] ? INFINITY : m->cuts[m->first_cut[item] + i - 1];
}

/* A cut takes from the category above it what it gives to that below. */
static void score_cuts(work *w, size_t item, const double *share) {
    const sem_moments *m = w->m;
    for (size_t k = 0; k + 1 < m->used[item]; k++) {
        double *score = w->score[m->first_cut[item] + k], density = normal_density(bound(m, item, k + 1));
        score[k] = density / share[k];
        score[k + 1] = -density / share[k + 1];
    }
}

/* The inverse of their cross products. */
static bool invert_item(work *w, size_t item, const double *share, double *inverse) {
    const sem_moments *m = w->m;
    size_t k = m->used[item] - 1;
    double *products = rp_arena_take(w->arena, k * k, sizeof *products);
    if (products == NULL)
        return false;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b <= a; b++)
            for (size_t c = 0; c <= k; c++)
                products[a * k + b] +=
                    (double)m->n * share[c] * w->score[m->first_cut[item] + a][c] * w->score[m->first_cut[item] + b][c];
    if (!rp_cholesky(products, k)) { /* a share next to nothing */
        for (size_t i = 0; i < k * k; i++)
            inverse[i] = NAN;
        return true;
    }
    rp_cholesky_inverse(products, k, inverse);
    return true;
}

static bool set_items(work *w) {
    const sem_moments *m = w->m;
    double *share = rp_arena_take(w->arena, SEM_MOST_CATEGORIES, sizeof *share), *inverse = w->item_inverse;
    for (size_t j = 0; share && j < m->p; j++) {
        size_t k = m->used[j] - 1;
        for (size_t c = 0; c <= k; c++)
            share[c] = rp_normal_cdf(bound(m, j, c + 1)) - rp_normal_cdf(bound(m, j, c));
        score_cuts(w, j, share);
        if (!invert_item(w, j, share, inverse))
            return false;
        inverse += k * k;
    }
    return share != NULL;
}

/* ---- scores of correlations ----------------------------------------------------------------------------------------
 */

/* Adds to out[k] the cross products of the pair's correlation score with its score for cut k of `item`, the other being
 * `other`; `step`: between categories of item, `across`: of other. */
static void cross_cuts(const sem_moments *m, const sem_pair *pair, size_t item, size_t other, size_t step,
                       size_t across, const double *share, const double *score, double *out) {
    double rho = pair->found.correlation, rest = sqrt(1 - rho * rho);
    for (size_t k = 0; k + 1 < m->used[item]; k++) {
        double at = bound(m, item, k + 1), density = normal_density(at), before = 0;
        for (size_t c = 0; c < m->used[other]; c++) {
            double upto = rp_normal_cdf((bound(m, other, c + 1) - rho * at) / rest);
            double moved = density * (upto - before);
            size_t below = k * step + c * across, above = below + step;
            out[k] += (double)pair->counts[below] * score[below] * moved / share[below];
            out[k] -= (double)pair->counts[above] * score[above] * moved / share[above];
            before = upto;
        }
    }
}

static void set_pair(work *w, size_t at, double *share, double *by_cut) {
    const sem_moments *m = w->m;
    const sem_pair *pair = &m->pairs[at];
    size_t c = pair->column, r = pair->row, cells = m->used[c] * m->used[r];
    double *score = w->score[m->n_cuts + at];
    sem_pair_table table = {m->used[c], m->used[r], pair->counts, m->cuts + m->first_cut[c], m->cuts + m->first_cut[r]};
    sem_pair_cells(&table, pair->found.correlation, share, score);
    for (size_t i = 0; i < cells; i++) {
        share[i] = fmax(share[i], DBL_EPSILON); /* differences of numbers near 1 have no more */
        score[i] /= share[i];
        w->square[at] += (double)pair->counts[i] * score[i] * score[i];
    }
    cross_cuts(m, pair, c, r, m->used[r], 1, share, score, by_cut);
    cross_cuts(m, pair, r, c, 1, m->used[r], share, score, by_cut + m->used[c] - 1);
}

/* ---- the sum over rows ----------------------------------------------------------------------------------------------
 */

/* The scores of rows from `from` on times the roots of their counts, a column each. */
static void fill_panel(const work *w, const sem_ordered_group *rows, const uint8_t *codes, size_t from, size_t n,
                       const double *root, double *panel) {
    const sem_moments *m = w->m;
    const uint8_t *first = codes + from;
    for (size_t j = 0; j < m->p; j++)
        for (size_t k = m->first_cut[j]; k < m->first_cut[j + 1]; k++, panel += n)
            for (size_t i = 0; i < n; i++)
                panel[i] = root[i] * w->score[k][first[j * rows->distinct + i]];
    for (size_t k = 0; k < m->n_pairs; k++, panel += n) {
        const uint8_t *a = first + m->pairs[k].column * rows->distinct, *b = first + m->pairs[k].row * rows->distinct;
        const double *score = w->score[m->n_cuts + k];
        size_t across = m->used[m->pairs[k].row];
        for (size_t i = 0; i < n; i++)
            panel[i] = root[i] * score[a[i] * across + b[i]];
    }
}

static bool sum_rows(const work *w, const sem_ordered_group *rows, const uint8_t *codes, double *sum) {
    double *panel = rp_arena_take_unset(w->arena, PANEL * w->n + 1, sizeof *panel);
    double *root = rp_arena_take_unset(w->arena, PANEL, sizeof *root);
    if (panel == NULL || root == NULL)
        return false;
    for (size_t from = 0; from < rows->distinct; from += PANEL) {
        size_t n = rows->distinct - from < PANEL ? rows->distinct - from : PANEL;
        for (size_t i = 0; i < n; i++)
            root[i] = sqrt((double)rows->counts[from + i]);
        fill_panel(w, rows, codes, from, n, root, panel);
        rp_dense_add_gram(1, panel, n, w->n, sum);
    }
    for (size_t j = 0; j < w->n; j++) /* by columns the lower triangle: by rows the upper one */
        for (size_t i = j + 1; i < w->n; i++)
            sum[i * w->n + j] = sum[j * w->n + i];
    return true;
}

/* ---- B^-1 from both sides -------------------------------------------------------------------------------------------
 */

static void add_scaled(double *restrict to, double scale, const double *restrict from, size_t n) {
    for (size_t i = 0; i < n; i++)
        to[i] += scale * from[i];
}

/* From the left, a row at a time. `room`: most_cuts by n. */
static void solve_rows(const work *w, double *g, double *room) {
    const sem_moments *m = w->m;
    size_t n = w->n;
    const double *inverse = w->item_inverse, *by_cut = w->by_cut;
    for (size_t j = 0; j < m->p; j++) {
        size_t k = m->used[j] - 1;
        double *block = g + m->first_cut[j] * n;
        memcpy(room, block, k * n * sizeof *room);
        memset(block, 0, k * n * sizeof *block);
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                add_scaled(block + a * n, inverse[a * k + b], room + b * n, n);
        inverse += k * k;
    }
    for (size_t at = 0; at < m->n_pairs; at++) {
        double *row = g + (m->n_cuts + at) * n;
        size_t both[] = {m->pairs[at].column, m->pairs[at].row};
        for (size_t side = 0; side < 2; side++)
            for (size_t k = m->first_cut[both[side]]; k < m->first_cut[both[side] + 1]; k++)
                add_scaled(row, -*by_cut++, g + k * n, n);
        for (size_t i = 0; i < n; i++)
            row[i] /= w->square[at];
    }
}

static void transpose(double *g, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double kept = g[i * n + j];
            g[i * n + j] = g[j * n + i];
            g[j * n + i] = kept;
        }
}

static bool solve_both(const work *w, double *g) {
    double *room = rp_arena_take_unset(w->arena, w->most_cuts * w->n + 1, sizeof *room);
    for (int side = 0; room && side < 2; side++) {
        solve_rows(w, g, room);
        transpose(g, w->n);
    }
    for (size_t i = 0; room && i < w->n; i++) /* equal but for rounding */
        for (size_t j = 0; j <= i; j++)
            g[i * w->n + j] = g[j * w->n + i] = (double)w->m->n * (g[i * w->n + j] + g[j * w->n + i]) / 2;
    return room != NULL;
}

/* ---- all
 * -------------------------------------------------------------------------------------------------------------
 */

static bool make_room(work *w) {
    const sem_moments *m = w->m;
    size_t cells = 0, inverses = 0, crosses = 0;
    for (size_t j = 0; j < m->p; j++) {
        size_t cuts = m->used[j] - 1;
        w->most_cuts = cuts > w->most_cuts ? cuts : w->most_cuts;
        inverses += cuts * cuts;
        cells += cuts * m->used[j];
    }
    for (size_t k = 0; k < m->n_pairs; k++) {
        cells += m->used[m->pairs[k].column] * m->used[m->pairs[k].row];
        crosses += m->used[m->pairs[k].column] + m->used[m->pairs[k].row] - 2;
    }
    double *next = rp_arena_take(w->arena, cells + 1, sizeof *next);
    w->score = rp_arena_take(w->arena, w->n + 1, sizeof *w->score);
    w->item_inverse = rp_arena_take(w->arena, inverses + 1, sizeof *w->item_inverse);
    w->by_cut = rp_arena_take(w->arena, crosses + 1, sizeof *w->by_cut);
    w->square = rp_arena_take(w->arena, m->n_pairs + 1, sizeof *w->square);
    if (!next || !w->score || !w->item_inverse || !w->by_cut || !w->square)
        return false;
    for (size_t j = 0; j < m->p; j++)
        for (size_t k = m->first_cut[j]; k < m->first_cut[j + 1]; k++, next += m->used[j])
            w->score[k] = next;
    for (size_t k = 0; k < m->n_pairs; k++) {
        w->score[m->n_cuts + k] = next;
        next += m->used[m->pairs[k].column] * m->used[m->pairs[k].row];
    }
    return true;
}

bool sem_gamma_make(const sem_ordered_group *rows, const uint8_t *codes, sem_moments *m, rp_arena *arena) {
    work w = {.m = m, .n = m->n_cuts + m->n_pairs, .arena = rp_arena_new(0)};
    double *share =
        w.arena ? rp_arena_take(w.arena, (size_t)SEM_MOST_CATEGORIES * SEM_MOST_CATEGORIES, sizeof *share) : NULL;
    m->gamma = rp_arena_take(arena, w.n * w.n + 1, sizeof *m->gamma);
    bool good = share && m->gamma && make_room(&w) && set_items(&w);
    double *by_cut = w.by_cut;
    for (size_t k = 0; good && k < m->n_pairs; k++) {
        set_pair(&w, k, share, by_cut);
        by_cut += m->used[m->pairs[k].column] + m->used[m->pairs[k].row] - 2;
    }
    good = good && sum_rows(&w, rows, codes, m->gamma) && solve_both(&w, m->gamma);
    rp_arena_free(w.arena);
    return good;
}
