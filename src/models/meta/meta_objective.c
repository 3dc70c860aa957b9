/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log-likelihood at given variances, with first and second derivatives. P = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1;
 * u = P y; V_0 = I, V_1 = 1 1' within each study:
 *
 *   l   = -1/2 [(k - p) log 2 pi - log|X'X| + log|V| + log|X'V^-1 X| + y'Py]        (ML: k, without both log|X.X|)
 *   l_i = -1/2 [tr P V_i - u'V_i u],   l_ij = 1/2 tr P V_i P V_j - u'V_i P V_j u    (ML: V^-1 for P in traces)
 *
 * (Harville, JASA 72, 1977). All traces are sums over studies of products of vectors. */
#include <string.h>

#include "models/meta/meta_parts.h"

/* Sums of p by p matrices: F_i = Q'V^-1 V_i V^-1 Q, G_ij = Q'V^-1 V_i V^-1 V_j V^-1 Q. */
typedef struct sums {
    double *xax, *f[2], *g[3];
    double *xay;            /* p */
    double trace[2];        /* tr V^-1 V_i */
    double traces[3];       /* tr V^-1 V_i V^-1 V_j */
    double *zu, *zu1;       /* p: Q'V^-1 V_i u */
    double *one, *again;    /* p: of a study, Q'V^-1 1 and Q'V^-2 1 */
    double *product, *wide; /* p by p */
    double *column;         /* 2 k */
} sums;

static size_t sums_room(size_t k, size_t p) {
    return 8 * p * p + 5 * p + 2 * k;
}

static void sums_lay(sums *s, double *room, size_t p) {
    double **squares[] = {&s->xax, &s->f[0], &s->f[1], &s->g[0], &s->g[1], &s->g[2], &s->product, &s->wide};
    double **rows[] = {&s->xay, &s->zu, &s->zu1, &s->one, &s->again};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++, room += p * p)
        *squares[i] = room;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++, room += p)
        *rows[i] = room;
    s->column = room;
}

bool meta_work_make(meta_work *work, const rp_meta_data *data, bool reml, rp_arena *arena) {
    size_t k = data->k, p = data->p;
    *work = (meta_work){.data = data,
                        .reml = reml,
                        .gamma = rp_arena_take(arena, p, sizeof(double)),
                        .inverse = rp_arena_take(arena, p * p, sizeof(double)),
                        .e = rp_arena_take(arena, k, sizeof(double)),
                        .u = rp_arena_take(arena, k, sizeof(double)),
                        .w = rp_arena_take(arena, k, sizeof(double)),
                        .blocks = rp_arena_take(arena, data->studies, sizeof(meta_block)),
                        .room = rp_arena_take(arena, sums_room(k, p), sizeof(double)),
                        .z = rp_arena_take(arena, k * p, sizeof(double)),
                        .once = rp_arena_take(arena, k, sizeof(double))};
    return work->gamma && work->inverse && work->e && work->u && work->w && work->blocks && work->room && work->z &&
           work->once;
}

/* m += a b' */
static void add_outer(double *m, size_t p, const double *a, const double *b) {
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            m[i * p + j] += a[i] * b[j];
}

/* ---- first pass: what does not need the coefficients ---- */

/* Q stands by rows, so that columns are fetched one at a time; `column` has n places, `out` is written with stride p.
 */
static void solve_columns(const meta_block *block, const double *q, size_t p, double *column, double *z) {
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i < block->n; i++)
            column[i] = q[i * p + j];
        meta_block_solve(block, column, column);
        for (size_t i = 0; i < block->n; i++)
            z[i * p + j] = column[i];
    }
}

static void add_study_terms(const meta_block *block, const double *z, const double *once, size_t p, sums *s) {
    double s1 = 0, s2 = 0;
    memset(s->one, 0, p * sizeof *s->one);
    memset(s->again, 0, p * sizeof *s->again);
    for (size_t i = 0; i < block->n; i++) {
        s1 += once[i];
        s2 += once[i] * once[i];
        for (size_t j = 0; j < p; j++) {
            s->one[j] += z[i * p + j];
            s->again[j] += z[i * p + j] * once[i];
        }
    }
    s->trace[1] += s1;
    s->traces[1] += s2;
    s->traces[2] += s1 * s1;
    add_outer(s->f[1], p, s->one, s->one);
    add_outer(s->g[1], p, s->again, s->one);
    for (size_t j = 0; j < p; j++)
        s->again[j] = s1 * s->one[j];
    add_outer(s->g[2], p, s->again, s->one);
}

static void first_pass_study(const meta_work *work, size_t study, const meta_block *block, sums *s) {
    const rp_meta_data *data = work->data;
    size_t p = data->p, first = data->start[study];
    const double *q = data->q + first * p, *y = data->y + first;
    double *z = work->z + first * p, *once = work->once + first, *az = s->column + data->k;
    solve_columns(block, q, p, s->column, z);
    for (size_t i = 0; i < block->n; i++) {
        s->column[i] = 1;
        for (size_t a = 0; a < p; a++) {
            s->xay[a] += z[i * p + a] * y[i];
            for (size_t b = 0; b < p; b++) {
                s->xax[a * p + b] += z[i * p + a] * q[i * p + b];
                s->f[0][a * p + b] += z[i * p + a] * z[i * p + b];
            }
        }
    }
    meta_block_solve(block, s->column, once);
    double trace, twice;
    meta_block_traces(block, &trace, &twice);
    s->trace[0] += trace;
    s->traces[0] += twice;
    add_study_terms(block, z, once, p, s);
    for (size_t b = 0; b < p; b++) {
        for (size_t i = 0; i < block->n; i++)
            s->column[i] = z[i * p + b];
        meta_block_solve(block, s->column, az);
        for (size_t i = 0; i < block->n; i++)
            for (size_t a = 0; a < p; a++)
                s->g[0][a * p + b] += z[i * p + a] * az[i];
    }
}

/* ---- coefficients ---- */

/* (Q'V^-1 Q)^-1, gamma, and log |Q'V^-1 Q|. */
static bool solve_coefficients(meta_work *work, sums *s, double *log_det) {
    size_t p = work->data->p;
    memcpy(s->product, s->xax, p * p * sizeof *s->product);
    if (!rp_cholesky(s->product, p))
        return false;
    rp_cholesky_inverse(s->product, p, work->inverse);
    *log_det = 0;
    for (size_t j = 0; j < p; j++)
        *log_det += 2 * log(s->product[j * p + j]);
    memcpy(work->gamma, s->xay, p * sizeof *work->gamma);
    rp_lower_solve(s->product, p, work->gamma);
    rp_upper_solve(s->product, p, work->gamma);
    return true;
}

/* ---- second pass: what needs the residuals ---- */

typedef struct quadratic {
    double rss, own[2]; /* u'V_i u */
    double between[3];  /* u'V_i V^-1 V_j u */
} quadratic;

static void second_pass_study(meta_work *work, size_t study, const meta_block *block, sums *s, quadratic *out) {
    const rp_meta_data *data = work->data;
    size_t p = data->p, first = data->start[study];
    const double *z = work->z + first * p, *once = work->once + first;
    double *e = work->e + first, *u = work->u + first, total = 0, across = 0, s1 = 0;
    for (size_t i = 0; i < block->n; i++) {
        e[i] = data->y[first + i];
        for (size_t j = 0; j < p; j++)
            e[i] -= data->q[(first + i) * p + j] * work->gamma[j];
    }
    meta_block_solve(block, e, u);
    meta_block_solve(block, u, s->column);
    memset(s->one, 0, p * sizeof *s->one);
    for (size_t i = 0; i < block->n; i++) {
        out->rss += e[i] * u[i];
        out->own[0] += u[i] * u[i];
        out->between[0] += u[i] * s->column[i];
        total += u[i];
        across += u[i] * once[i];
        s1 += once[i];
        for (size_t j = 0; j < p; j++) {
            s->zu[j] += z[i * p + j] * u[i];
            s->one[j] += z[i * p + j];
        }
    }
    for (size_t j = 0; j < p; j++)
        s->zu1[j] += s->one[j] * total;
    out->own[1] += total * total;
    out->between[1] += total * across;
    out->between[2] += total * total * s1;
}

/* ---- all of it ---- */

/* tr(inverse m); m need not be symmetric. */
static double trace_with(const double *inverse, const double *m, size_t p) {
    double sum = 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            sum += inverse[i * p + j] * m[j * p + i];
    return sum;
}

static void multiply(const double *a, const double *b, size_t p, double *out) {
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            out[i * p + j] = 0;
            for (size_t c = 0; c < p; c++)
                out[i * p + j] += a[i * p + c] * b[c * p + j];
        }
}

static double form(const double *a, const double *m, const double *b, size_t p) {
    double sum = 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            sum += a[i] * m[i * p + j] * b[j];
    return sum;
}

/* tr P V_i P V_j */
static double trace_of_two(const meta_work *work, const sums *s, int i, int j, int at) {
    size_t p = work->data->p;
    multiply(work->inverse, s->f[i], p, s->product);
    multiply(work->inverse, s->f[j], p, s->wide);
    double square = 0;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            square += s->product[a * p + b] * s->wide[b * p + a];
    return s->traces[at] - 2 * trace_with(work->inverse, s->g[at], p) + square;
}

static void derive(const meta_work *work, const sums *s, const quadratic *q, meta_point *out) {
    static const int first[] = {0, 0, 1}, second[] = {0, 1, 1};
    size_t p = work->data->p;
    const double *zu[] = {s->zu, s->zu1};
    for (int i = 0; i < 2; i++) {
        double trace = s->trace[i] - (work->reml ? trace_with(work->inverse, s->f[i], p) : 0);
        out->gradient[i] = -0.5 * (trace - q->own[i]);
    }
    for (int at = 0; at < 3; at++) {
        int i = first[at], j = second[at];
        double whole = trace_of_two(work, s, i, j, at);
        double trace = work->reml ? whole : s->traces[at];
        if (at == 0)
            out->trace_pp = whole;
        out->expected[at] = 0.5 * trace;
        out->observed[at] = q->between[at] - form(zu[i], work->inverse, zu[j], p) - 0.5 * trace;
    }
}

bool meta_evaluate(meta_work *work, const double *variance, meta_point *out) {
    const rp_meta_data *data = work->data;
    size_t k = data->k, p = data->p;
    sums s = {0};
    quadratic q = {0};
    rp_sum log_v = {0};
    double log_x;
    memset(work->room, 0, (8 * p * p + 5 * p) * sizeof *work->room);
    sums_lay(&s, work->room, p);
    for (size_t study = 0; study < data->studies; study++) {
        meta_block *block = &work->blocks[study];
        meta_block_make(block, data, study, variance[0], variance[1], work->w + data->start[study]);
        rp_sum_add(&log_v, block->log_det);
        first_pass_study(work, study, block, &s);
    }
    *out = (meta_point){.variance = {variance[0], variance[1]}};
    if (!solve_coefficients(work, &s, &log_x))
        return false;
    for (size_t study = 0; study < data->studies; study++)
        second_pass_study(work, study, &work->blocks[study], &s, &q);
    double n = (double)(work->reml ? k - p : k);
    out->rss = q.rss;
    out->slope = q.own[0];
    out->trace_a = s.trace[0];
    out->trace = s.trace[0] - trace_with(work->inverse, s.f[0], p);
    out->log_lik = -0.5 * (n * log(2 * M_PI) + rp_sum_value(&log_v) + (work->reml ? log_x : 0) + q.rss);
    derive(work, &s, &q, out);
    return isfinite(out->log_lik);
}
