/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors by cluster. With M = (X'WX)^-1, W = V^-1 and residuals e_j of cluster j:
 *
 *   M (sum of X_j'W_j A_j e_j e_j' A_j W_j X_j) M
 *
 * CR1: A_j = sqrt(S / (S - p)). CR2: A_j = D' (D (V_j - X_j M X_j') D')^-1/2 D with V_j = D'D, pseudo-inverse roots
 * (Pustejovsky & Tipton, J Bus Econ Stat 36, 2018, eqs. 6 and 7 with the model as target; df: eq. 11). */
#include <string.h>

#include "models/meta/meta_parts.h"

typedef struct robust_work {
    const rp_meta_fit *fit;
    const rp_meta_data *data;
    meta_work work;
    size_t clusters;
    size_t *start, *member;               /* clusters + 1; k: places in data */
    double *v, *chol, *root, *b, *values; /* of a cluster: n by n */
    double *xw, *g;                       /* p by n: X'W; M X'W A */
    double *meat, *score;                 /* p by p; p */
    double *m;                            /* p by p: (X'WX)^-1 */
    double *own, *cross;                  /* p: traces of satterthwaite's P; see add_df */
    double *z, *zz;                       /* p; p times p by p */
    double *last;
} robust_work;

/* ---- clusters ---- */

static bool gather(robust_work *r, const uint32_t *cluster, rp_arena *arena, rp_error *error) {
    size_t k = r->data->k;
    rp_names *names = rp_names_new(arena);
    uint32_t *number = rp_arena_take(arena, k, sizeof *number);
    r->start = rp_arena_take(arena, k + 2, sizeof *r->start);
    r->member = rp_arena_take(arena, k, sizeof *r->member);
    if (!names || !number || !r->start || !r->member)
        return rp_fail_memory(error);
    for (size_t i = 0; i < k; i++) {
        const uint32_t *at = &cluster[r->data->row[i]];
        number[i] = rp_names_put(names, (rp_text){(const char *)at, sizeof *at});
        if (number[i] == RP_NO_ID)
            return rp_fail_memory(error);
        r->start[number[i] + 2]++;
    }
    r->clusters = rp_names_count(names);
    for (size_t j = 0; j < r->clusters; j++)
        r->start[j + 2] += r->start[j + 1];
    for (size_t i = 0; i < k; i++)
        r->member[r->start[number[i] + 1]++] = i;
    for (size_t s = 0; s < r->data->studies && !meta_is_simple(r->data->spec); s++)
        for (size_t i = r->data->start[s] + 1; i < r->data->start[s + 1]; i++)
            if (number[i] != number[i - 1]) {
                rp_fail(error, RP_E_RULE, "Effects of one study lie in different clusters.");
                return rp_fail_remedy(error, "Take the studies as clusters, or groups of whole studies.");
            }
    return true;
}

static size_t largest(const robust_work *r) {
    size_t most = 0;
    for (size_t j = 0; j < r->clusters; j++)
        most = r->start[j + 1] - r->start[j] > most ? r->start[j + 1] - r->start[j] : most;
    return most;
}

static bool take(robust_work *r, rp_arena *arena) {
    size_t n = largest(r), p = r->data->p;
    struct {
        double **at;
        size_t n;
    } rooms[] = {{&r->v, n * n},  {&r->chol, n * n},   {&r->root, n * n + 2}, {&r->b, n * n},
                 {&r->values, n}, {&r->xw, p * n},     {&r->g, p * n},        {&r->meat, p * p},
                 {&r->score, p},  {&r->m, p * p},      {&r->own, p},          {&r->cross, p},
                 {&r->z, p},      {&r->zz, p * p * p}, {&r->last, p}};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        if (!(*rooms[i].at = rp_arena_take(arena, rooms[i].n, sizeof(double))))
            return false;
    return true;
}

/* ---- one cluster ---- */

/* Studies are numbered by where they begin. */
static size_t study_of(const rp_meta_data *data, size_t i) {
    size_t low = 0, high = data->studies;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        *(data->start[middle] <= i ? &low : &high) = middle;
    }
    return low;
}

static void fill_v(robust_work *r, const size_t *member, size_t n) {
    const rp_meta_data *data = r->data;
    double c = data->spec->correlation;
    for (size_t a = 0; a < n; a++) {
        size_t i = member[a], study = study_of(data, i);
        for (size_t b = 0; b <= a; b++) {
            size_t l = member[b];
            double v = 0;
            if (a == b)
                v = data->v[i] + r->fit->tau2 + r->fit->tau2_study;
            else if (l >= data->start[study] && l < data->start[study + 1])
                v = c * data->root[i] * data->root[l] + r->fit->tau2_study;
            r->v[a * n + b] = r->v[b * n + a] = v;
        }
    }
}

/* xw: rows W X[, a], each a column of X solved. */
static void fill_xw(robust_work *r, const size_t *member, size_t n) {
    size_t p = r->data->p;
    for (size_t a = 0; a < p; a++)
        for (size_t i = 0; i < n; i++)
            r->xw[a * n + i] = r->data->x[member[i] * p + a];
    rp_dense_solve(r->chol, n, false, r->xw, p);
    rp_dense_solve(r->chol, n, true, r->xw, p);
}

/* b = D (V - X M X') D' for D = L', where V = L L'; lower triangle and more. */
static void fill_b(robust_work *r, const size_t *member, size_t n) {
    size_t p = r->data->p;
    const double *x = r->data->x;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = r->v[i * n + j];
            for (size_t a = 0; a < p; a++)
                for (size_t c = 0; c < p; c++)
                    sum -= x[member[i] * p + a] * r->m[a * p + c] * x[member[j] * p + c];
            r->root[j * n + i] = sum;
        }
    /* L' S L by columns: first S L, then L' of it; L has its lower triangle by columns */
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t c = j; c < n; c++)
                sum += r->root[c * n + i] * r->chol[j * n + c];
            r->b[j * n + i] = sum;
        }
    memcpy(r->root, r->b, n * n * sizeof *r->root);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t c = i; c < n; c++)
                sum += r->chol[i * n + c] * r->root[j * n + c];
            r->b[j * n + i] = sum;
        }
}

/* out = A z, A = L Q diag(values^-1/2) Q' L' ; `b` holds Q by columns, `root` is room for 2 n. */
static void adjust(const robust_work *r, size_t n, const double *z, double *out) {
    double *t = r->root, *s = r->root + n, least = 1e-12 * fmax(r->values[n - 1], 0);
    for (size_t i = 0; i < n; i++) {
        t[i] = 0;
        for (size_t c = i; c < n; c++)
            t[i] += r->chol[i * n + c] * z[c];
    }
    for (size_t j = 0; j < n; j++) {
        double dot = 0;
        for (size_t i = 0; i < n; i++)
            dot += r->b[j * n + i] * t[i];
        s[j] = r->values[j] > least ? dot / sqrt(r->values[j]) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        t[i] = 0;
        for (size_t j = 0; j < n; j++)
            t[i] += r->b[j * n + i] * s[j];
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t c = 0; c <= i; c++)
            out[i] += r->chol[c * n + i] * t[c];
    }
}

/* g = M X'W A, a row a coefficient; A is symmetric. CR1: A = 1. */
static bool fill_g(robust_work *r, rp_meta_robust_kind kind, const size_t *member, size_t n, rp_arena *scratch) {
    size_t p = r->data->p;
    if (kind == RP_META_CR2) {
        fill_b(r, member, n);
        if (!rp_dense_eigen(r->b, n, r->values, scratch))
            return false;
    }
    for (size_t a = 0; a < p; a++) {
        double *row = r->g + a * n;
        for (size_t i = 0; i < n; i++) {
            row[i] = 0;
            for (size_t c = 0; c < p; c++)
                row[i] += r->m[a * p + c] * r->xw[c * n + i];
        }
    }
    return true;
}

/* One coefficient's trace of P, and what trace P P needs: P = diag(d) - Z M Z', d_j = g V g', Z_j = g X. */
static void add_df(robust_work *r, const size_t *member, size_t n, size_t a) {
    size_t p = r->data->p;
    const double *g = r->g + a * n;
    double d = 0, zmz = 0, *zz = r->zz + a * p * p;
    memset(r->z, 0, p * sizeof *r->z);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            d += g[i] * r->v[i * n + j] * g[j];
        for (size_t c = 0; c < p; c++)
            r->z[c] += g[i] * r->data->x[member[i] * p + c];
    }
    for (size_t b = 0; b < p; b++)
        for (size_t c = 0; c < p; c++) {
            zmz += r->z[b] * r->m[b * p + c] * r->z[c];
            zz[b * p + c] += r->z[b] * r->z[c];
        }
    r->own[a] += d;
    r->cross[a] += d * d - 2 * d * zmz;
}

static bool add_cluster(robust_work *r, rp_meta_robust_kind kind, size_t j, rp_arena *scratch) {
    size_t n = r->start[j + 1] - r->start[j], p = r->data->p;
    const size_t *member = r->member + r->start[j];
    fill_v(r, member, n);
    memcpy(r->chol, r->v, n * n * sizeof *r->chol);
    if (!rp_dense_cholesky(r->chol, n))
        return false;
    fill_xw(r, member, n);
    if (!fill_g(r, kind, member, n, scratch))
        return false;
    for (size_t a = 0; a < p; a++) {
        double *g = r->g + a * n, score = 0;
        if (kind == RP_META_CR2) {
            double *room = r->xw; /* X'W is in g already; n of its p n places */
            adjust(r, n, g, room);
            memcpy(g, room, n * sizeof *g);
            add_df(r, member, n, a);
        }
        for (size_t i = 0; i < n; i++)
            score += g[i] * r->work.e[member[i]];
        r->score[a] = score;
    }
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            r->meat[a * p + b] += r->score[a] * r->score[b];
    return true;
}

/* ---- all of them ---- */

/* (tr P)^2 / tr P P */
static double satterthwaite(const robust_work *r, size_t a) {
    size_t p = r->data->p;
    const double *zz = r->zz + a * p * p;
    double trace = r->own[a], squares = r->cross[a];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double left = 0, right = 0; /* of M Z'Z */
            for (size_t c = 0; c < p; c++) {
                left += r->m[i * p + c] * zz[c * p + j];
                right += r->m[j * p + c] * zz[c * p + i];
            }
            squares += left * right;
            trace -= i == j ? left : 0;
        }
    return trace * trace / squares;
}

static bool finish(robust_work *r, rp_meta_robust *out, rp_arena *scratch) {
    size_t p = r->data->p;
    double s = (double)r->clusters, df = s - (double)p, level = r->fit->spec->level;
    double *beta = rp_arena_take(scratch, p, sizeof *beta);
    if (!beta)
        return false;
    for (size_t i = 0; i < p * p; i++)
        out->vcov[i] = r->meat[i] * (out->kind == RP_META_CR1 ? s / df : 1);
    for (size_t a = 0; a < p; a++) {
        double own = out->kind == RP_META_CR1 ? df : satterthwaite(r, a);
        beta[a] = r->fit->beta[a].estimate;
        out->beta[a] = meta_coefficient(beta[a], sqrt(out->vcov[a * p + a]), own, level);
    }
    out->qm = out->qm_df1 = out->qm_df2 = out->qm_p = NAN;
    if (out->kind == RP_META_CR2)
        return true;
    out->qm_df2 = df;
    return meta_wald(r->data, beta, out->vcov, df, &out->qm, &out->qm_df1, &out->qm_p, scratch);
}

static bool run(robust_work *r, const uint32_t *cluster, rp_meta_robust *out, rp_arena *scratch, rp_error *error) {
    size_t p = r->data->p;
    meta_point at;
    if (!gather(r, cluster, scratch, error))
        return false;
    out->clusters = r->clusters;
    if (r->clusters <= p) {
        rp_fail(error, RP_E_RULE, "%zu cluster%s for %zu coefficient%s: errors by cluster cannot be told.", r->clusters,
                r->clusters == 1 ? "" : "s", p, p == 1 ? "" : "s");
        return rp_fail_remedy(error, "Take smaller clusters, or fewer moderators.");
    }
    if (!take(r, scratch) || !meta_work_make(&r->work, r->data, false, scratch))
        return rp_fail_memory(error);
    double variance[] = {r->fit->tau2, r->fit->tau2_study};
    if (!meta_evaluate(&r->work, variance, &at) || !meta_estimates(&r->work, 1, r->last, r->m, scratch))
        return rp_fail_memory(error);
    for (size_t j = 0; j < r->clusters; j++)
        if (!add_cluster(r, out->kind, j, scratch))
            return rp_fail_memory(error);
    return finish(r, out, scratch) || rp_fail_memory(error);
}

bool rp_meta_robust_errors(const rp_meta_fit *fit, rp_meta_robust_kind kind, const uint32_t *cluster, rp_arena *arena,
                           rp_meta_robust *out, rp_error *error) {
    robust_work r = {.fit = fit, .data = fit->data};
    *out = (rp_meta_robust){.kind = kind,
                            .beta = rp_arena_take(arena, fit->p, sizeof *out->beta),
                            .vcov = rp_arena_take(arena, fit->p * fit->p, sizeof *out->vcov)};
    rp_arena *scratch = rp_arena_new(0);
    bool fine = out->beta && out->vcov && scratch ? run(&r, cluster, out, scratch, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return fine;
}
