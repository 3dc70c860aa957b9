/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kenward & Roger (1997) Small sample inference for fixed effects from restricted maximum likelihood. Biometrics 53,
 * 983-997, as Halekoh & Hojsgaard (J Stat Softw 59(9), 2014) lay it out.
 *
 * Sigma is linear in its components: one for each variance and covariance of each term, and the residual. Their
 * matrices G may be any basis of the same space. Here the residual's is V itself, so that all that is not of the terms
 * is known already; with K = Z'V^-1 Z, H = Z'V^-1 X, and E_k where an element of a term's covariance stands:
 *   P_k = -H'E_k H,  Q_kl = H'E_k K E_l H,  tr(V^-1 G_k V^-1 G_l) = tr(E_k K E_l K),
 *   P_0 = -C^-1,     Q_0k = -P_k,           tr(V^-1 G_k) = tr(E_k K),   tr(I) = n.
 * The terms' columns are turned first (mixed_turn), which changes the basis alone: the components of a slope by the
 * calendar are else too alike. Powers of sigma^2 cancel, or are put back at the end. With the expected information all
 * this is defined where a variance is estimated as zero. */
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

typedef struct component {
    size_t term, a, b; /* a >= b; the first is V itself and has none */
} component;

typedef struct sums {
    const rp_mixed_fit *fit;
    size_t p, n;
    component *components;
    double *p_k;    /* n by p by p */
    double *q_kl;   /* n by n by p by p */
    double *trace;  /* n by n */
    double *x;      /* p by p: X'V^-1 X */
    double *y, *ky; /* q by p */
    double **turns; /* of each term: T, which its columns are multiplied by */
    double *k, *h;  /* the turned block: q by q, q by p */
} sums;

static size_t count_components(const rp_mixed_spec *spec) {
    size_t n = 1;
    for (size_t t = 0; t < spec->n_terms; t++)
        n += spec->terms[t].n_columns * (spec->terms[t].n_columns + 1) / 2;
    return n;
}

/* E_k H for one block: rows of H, each at its partner's place. */
static void pick_rows(const sums *s, const infer_block *block, const component *k, double *out) {
    size_t p = s->p;
    memset(out, 0, block->q * p * sizeof *out);
    for (size_t i = 0; i < block->n_nodes; i++) {
        if (block->nodes[i].term != k->term)
            continue;
        const double *h = block->h + block->nodes[i].at * p;
        double *to = out + block->nodes[i].at * p;
        memcpy(to + k->a * p, h + k->b * p, p * sizeof *to);
        memcpy(to + k->b * p, h + k->a * p, p * sizeof *to);
    }
}

/* tr(E_k K_gh E_l K_hg), K_gh at `block`, a row of `q` numbers. */
static double trace_of(const component *k, const component *l, const double *block, size_t q) {
    double bc = block[k->b * q + l->a], ad = block[k->a * q + l->b];
    if (k->a == k->b && l->a == l->b)
        return bc * ad;
    double bd = block[k->b * q + l->b], ac = block[k->a * q + l->a];
    if (k->a == k->b || l->a == l->b)
        return k->a == k->b ? 2 * ac * ad : 2 * ac * bc;
    return 2 * (bc * ad + ac * bd);
}

static void add_traces(sums *s, const infer_block *block) {
    for (size_t i = 0; i < block->n_nodes; i++)
        for (size_t j = 0; j < block->n_nodes; j++) {
            const double *k_gh = block->k + block->nodes[i].at * block->q + block->nodes[j].at;
            for (size_t k = 1; k < s->n; k++)
                for (size_t l = 1; s->components[k].term == block->nodes[i].term && l <= k; l++)
                    if (s->components[l].term == block->nodes[j].term)
                        s->trace[k * s->n + l] += trace_of(&s->components[k], &s->components[l], k_gh, block->q);
        }
    for (size_t i = 0; i < block->n_nodes; i++) { /* beside V itself */
        const double *k_gg = block->k + block->nodes[i].at * (block->q + 1);
        for (size_t k = 1; k < s->n; k++) {
            const component *c = &s->components[k];
            if (c->term == block->nodes[i].term)
                s->trace[k * s->n] += (c->a == c->b ? 1 : 2) * k_gg[c->a * block->q + c->b];
        }
    }
}

/* out += sign * left'right, both q by p. */
static void add_product(const double *left, const double *right, size_t q, size_t p, double sign, double *out) {
    for (size_t r = 0; r < q; r++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                out[i * p + j] += sign * left[r * p + i] * right[r * p + j];
}

static void add_block(sums *s, const infer_block *block) {
    size_t p = s->p, q = block->q;
    for (size_t l = 1; l < s->n; l++) {
        pick_rows(s, block, &s->components[l], s->y);
        add_product(block->h, s->y, q, p, -1, s->p_k + l * p * p);
        memset(s->ky, 0, q * p * sizeof *s->ky);
        for (size_t i = 0; i < q; i++)
            for (size_t r = 0; r < q; r++)
                for (size_t j = 0; j < p; j++)
                    s->ky[i * p + j] += block->k[i * q + r] * s->y[r * p + j];
        for (size_t k = 1; k < s->n; k++) {
            pick_rows(s, block, &s->components[k], s->y);
            add_product(s->y, s->ky, q, p, 1, s->q_kl + (k * s->n + l) * p * p);
        }
    }
    add_traces(s, block);
}

/* What stands beside V itself, and the other halves of what is symmetric. */
static void add_residual(sums *s) {
    size_t p = s->p, n = s->n, pp = p * p;
    for (size_t i = 0; i < pp; i++) {
        s->p_k[i] = -s->x[i];
        s->q_kl[i] = s->x[i];
        for (size_t k = 1; k < n; k++)
            s->q_kl[k * pp + i] = s->q_kl[k * n * pp + i] = -s->p_k[k * pp + i];
    }
    s->trace[0] = (double)s->fit->n;
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < k; l++)
            s->trace[l * n + k] = s->trace[k * n + l];
}

/* ---- blocks in turned columns ---------------------------------------------------------------------- */

/* The q rows of m, of `wide` numbers each, become T' times them: from above, as T is lower triangular.
 */
static void turn_rows(const double *t, size_t q, double *m, size_t wide) {
    for (size_t i = 0; i < q; i++)
        for (size_t c = 0; c < wide; c++) {
            double sum = 0;
            for (size_t k = i; k < q; k++)
                sum += t[k * q + i] * m[k * wide + c];
            m[i * wide + c] = sum;
        }
}

/* K = Z'V^-1 Z becomes T'K T, H = Z'V^-1 X becomes T'H. */
static void turn_block(sums *s, infer_block *block) {
    size_t q = block->q;
    memcpy(s->k, block->k, q * q * sizeof *s->k);
    memcpy(s->h, block->h, q * s->p * sizeof *s->h);
    for (int side = 0; side < 2; side++) { /* K is symmetric: its rows, and once it is transposed its columns */
        for (size_t i = 0; i < block->n_nodes; i++) {
            const infer_node *node = &block->nodes[i];
            turn_rows(s->turns[node->term], s->fit->spec->terms[node->term].n_columns, s->k + node->at * q, q);
        }
        for (size_t i = 0; i < q; i++)
            for (size_t j = 0; j < i; j++) {
                double kept = s->k[i * q + j];
                s->k[i * q + j] = s->k[j * q + i];
                s->k[j * q + i] = kept;
            }
    }
    for (size_t i = 0; i < block->n_nodes; i++) {
        const infer_node *node = &block->nodes[i];
        turn_rows(s->turns[node->term], s->fit->spec->terms[node->term].n_columns, s->h + node->at * s->p, s->p);
    }
    block->k = s->k;
    block->h = s->h;
}

static bool take_turns(sums *s, rp_arena *scratch) {
    const rp_mixed_spec *spec = s->fit->spec;
    double *total = mixed_total(s->fit->stats, scratch);
    s->turns = rp_arena_take(scratch, spec->n_terms, sizeof *s->turns);
    for (size_t t = 0; total && s->turns && t < spec->n_terms; t++) {
        size_t q = spec->terms[t].n_columns;
        s->turns[t] = rp_arena_take(scratch, q * q, sizeof **s->turns);
        if (s->turns[t] == NULL || !mixed_turn(&spec->terms[t], total, (double)s->fit->n, s->turns[t], scratch))
            return false;
    }
    return total && s->turns;
}

/* ---- from the sums to the test ------------------------------------------------------------------------ */

static void multiply(const double *a, const double *b, size_t p, double *out) {
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += a[i * p + k] * b[k * p + j];
            out[i * p + j] = sum;
        }
}

/* tr(AB) */
static double trace_product(const double *a, const double *b, size_t p) {
    double sum = 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            sum += a[i * p + j] * b[j * p + i];
    return sum;
}

/* W, twice the inverse of 2 tr-information; false where that has no inverse. `room`: 3 n n + 2 n and p p numbers. */
static bool make_w(const sums *s, const double *cp, double *w, double *room) {
    size_t n = s->n, pp = s->p * s->p;
    double *information = room, *scratch = room + n * n, *scale = scratch + 2 * n * n + n;
    const double *c = cp + n * pp;
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            information[k * n + l] = s->trace[k * n + l] - 2 * trace_product(c, s->q_kl + (k * n + l) * pp, s->p) +
                                     trace_product(cp + k * pp, cp + l * pp, s->p);
    for (size_t k = 0; k < n; k++) { /* units of components differ by orders: a slope's, an intercept's */
        if (!(information[k * n + k] > 0))
            return false;
        scale[k] = 1 / sqrt(information[k * n + k]);
    }
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            information[k * n + l] *= scale[k] * scale[l];
    if (infer_inverse(information, n, 1e-10, w, scratch) < n)
        return false;
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            w[k * n + l] *= 2 * scale[k] * scale[l];
    return true;
}

/* C + 2 C U C, U = sum of W_kl (Q_kl - P_k C P_l). `room`: 2 p p. */
static void adjust(const sums *s, const double *cp, const double *w, double *adjusted, double *room) {
    size_t n = s->n, p = s->p, pp = p * p;
    const double *c = cp + n * pp;
    double *u = room, *product = room + pp;
    memset(u, 0, pp * sizeof *u);
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++) {
            multiply(s->p_k + k * pp, cp + l * pp, p, product);
            for (size_t i = 0; i < pp; i++)
                u[i] += w[k * n + l] * (s->q_kl[(k * n + l) * pp + i] - product[i]);
        }
    multiply(c, u, p, product);
    multiply(product, c, p, u);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            adjusted[i * p + j] = c[i * p + j] + u[i * p + j] + u[j * p + i];
}

static bool finish(const sums *s, rp_arena *arena, infer_kenward_roger *out) {
    size_t n = s->n, p = s->p, pp = p * p;
    double *cp = rp_arena_take(arena, (n + 1) * pp, sizeof *cp); /* C P_k for each k, then C */
    double *room = rp_arena_take(arena, 3 * n * n + 2 * n + 2 * pp, sizeof *room);
    if (cp == NULL || room == NULL)
        return false;
    double *c = cp + n * pp;
    memcpy(room, s->x, pp * sizeof *room);
    out->defined = rp_cholesky(room, p);
    if (!out->defined)
        return true;
    rp_cholesky_inverse(room, p, c);
    for (size_t k = 0; k < n; k++)
        multiply(c, s->p_k + k * pp, p, cp + k * pp);
    memcpy(out->unscaled, c, pp * sizeof *c);
    out->defined = make_w(s, cp, out->w, room);
    if (!out->defined)
        return true;
    adjust(s, cp, out->w, out->adjusted, room);
    for (size_t k = 0; k < n; k++)
        multiply(cp + k * pp, c, p, out->slopes + k * pp);
    return true;
}

static bool take_sums(sums *s, const rp_mixed_fit *fit, rp_arena *arena, infer_kenward_roger *out) {
    size_t p = fit->p, n = count_components(fit->spec);
    *s = (sums){.fit = fit, .p = p, .n = n};
    s->components = rp_arena_take(arena, n, sizeof *s->components);
    s->p_k = rp_arena_take(arena, n * p * p, sizeof *s->p_k);
    s->q_kl = rp_arena_take(arena, n * n * p * p, sizeof *s->q_kl);
    s->trace = rp_arena_take(arena, n * n, sizeof *s->trace);
    s->x = rp_arena_take(arena, p * p, sizeof *s->x);
    *out = (infer_kenward_roger){.p = p, .n = n};
    out->unscaled = rp_arena_take(arena, p * p, sizeof *out->unscaled);
    out->adjusted = rp_arena_take(arena, p * p, sizeof *out->adjusted);
    out->slopes = rp_arena_take(arena, n * p * p, sizeof *out->slopes);
    out->w = rp_arena_take(arena, n * n, sizeof *out->w);
    if (!s->components || !s->p_k || !s->q_kl || !s->trace || !s->x || !out->unscaled || !out->adjusted ||
        !out->slopes || !out->w)
        return false;
    component *c = s->components;
    *c++ = (component){.term = SIZE_MAX};
    for (size_t t = 0; t < fit->spec->n_terms; t++)
        for (size_t b = 0; b < fit->spec->terms[t].n_columns; b++)
            for (size_t a = b; a < fit->spec->terms[t].n_columns; a++)
                *c++ = (component){.term = t, .a = a, .b = b};
    return true;
}

/* Without terms V = I, and X'X is all there is. */
static void add_rows(sums *s) {
    const mixed_cells *cells = &s->fit->stats->cells;
    const size_t *fixed = s->fit->spec->fixed;
    for (size_t c = 0; c < cells->n; c++)
        for (size_t i = 0; i < s->p; i++)
            for (size_t j = 0; j < s->p; j++) {
                size_t high = fixed[i] > fixed[j] ? fixed[i] : fixed[j], low = fixed[i] + fixed[j] - high;
                s->x[i * s->p + j] += cells->grams[c * (cells->m * (cells->m + 1) / 2) + high * (high + 1) / 2 + low];
            }
}

static bool add_blocks(sums *s, rp_arena *scratch, rp_error *error) {
    infer_blocks *blocks = infer_blocks_of(s->fit, scratch, error);
    if (blocks == NULL)
        return false;
    size_t largest = infer_blocks_largest(blocks);
    s->y = rp_arena_take(scratch, largest * s->p, sizeof *s->y);
    s->ky = rp_arena_take(scratch, largest * s->p, sizeof *s->ky);
    s->k = rp_arena_take(scratch, largest * largest, sizeof *s->k);
    s->h = rp_arena_take(scratch, largest * s->p, sizeof *s->h);
    if (!s->y || !s->ky || !s->k || !s->h || !take_turns(s, scratch))
        return rp_fail_memory(error);
    for (size_t b = 0; b < infer_blocks_count(blocks); b++) {
        infer_block block;
        infer_blocks_at(blocks, b, s->x, &block);
        turn_block(s, &block);
        add_block(s, &block);
    }
    return true;
}

bool infer_kenward_roger_of(const rp_mixed_fit *fit, rp_arena *arena, infer_kenward_roger *out, rp_error *error) {
    sums s;
    if (!take_sums(&s, fit, arena, out))
        return rp_fail_memory(error);
    bool good = true;
    if (fit->spec->n_terms == 0)
        add_rows(&s);
    else {
        rp_arena *scratch = rp_arena_new(0);
        good = scratch != NULL ? add_blocks(&s, scratch, error) : rp_fail_memory(error);
        rp_arena_free(scratch);
    }
    if (!good)
        return false;
    add_residual(&s);
    return finish(&s, arena, out) || rp_fail_memory(error);
}
