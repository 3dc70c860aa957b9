/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factors by minimum residuals. */
#include <math.h>
#include <string.h>

#include "rapport/maths.h"
#include "rapport/matrix.h"

#include "models/reliability/omega_parts.h"

static const double LEAST = 0.005, DECREMENT = 1e-15;
enum { MOST_EVALUATIONS = 20000 };

typedef struct search {
    const double *r;
    size_t k, m;
    double *psi, *vectors, *values;
    rp_arena *arena;
} search;

/* Unique variances lie within their bounds whatever the search tries: psi = least + (1 - least) (1 - cos u) / 2. */
static double unique_of(double u) {
    return LEAST + (1 - LEAST) * (1 - cos(u)) / 2;
}

static bool decompose(search *s, const double *u) {
    rp_arena *scratch = rp_arena_new(0);
    memcpy(s->vectors, s->r, s->k * s->k * sizeof *s->vectors);
    for (size_t i = 0; i < s->k; i++) {
        s->psi[i] = unique_of(u[i]);
        s->vectors[i * s->k + i] -= s->psi[i];
    }
    bool done = scratch && rp_dense_eigen(s->vectors, s->k, s->values, scratch);
    rp_arena_free(scratch);
    return done;
}

/* Eigenvalue of the f-th factor, the largest first; below 0 it explains nothing. */
static double size_of(const search *s, size_t f) {
    return fmax(s->values[s->k - 1 - f], 0);
}

static double explained(const search *s, size_t i) {
    double sum = 0;
    for (size_t f = 0; f < s->m; f++) {
        double v = s->vectors[(s->k - 1 - f) * s->k + i];
        sum += v * v * size_of(s, f);
    }
    return sum;
}

static double residuals(void *context, const double *u, double *gradient) {
    search *s = context;
    if (!decompose(s, u))
        return NAN;
    double sum = 0;
    for (size_t f = 0; f < s->k; f++) {
        double left = s->values[s->k - 1 - f];
        left = f < s->m ? fmin(left, 0) : left;
        sum += left * left / 2;
    }
    for (size_t i = 0; gradient && i < s->k; i++)
        gradient[i] = (explained(s, i) + s->psi[i] - s->r[i * s->k + i]) * (1 - LEAST) * sin(u[i]) / 2;
    return sum;
}

/* From what an item shares with all others: its squared multiple correlation. */
static bool start(const search *s, double *u, bool *positive, rp_arena *arena) {
    double *inverse = rp_arena_take_unset(arena, s->k * s->k, sizeof *inverse);
    if (!inverse)
        return false;
    memcpy(inverse, s->r, s->k * s->k * sizeof *inverse);
    *positive = rp_dense_cholesky(inverse, s->k);
    if (!*positive)
        return true;
    rp_dense_inverse(inverse, s->k);
    for (size_t i = 0; i < s->k; i++) {
        double psi = fmin(fmax(1 / inverse[i * s->k + i], 0.01), 0.99);
        u[i] = acos(1 - 2 * (psi - LEAST) / (1 - LEAST));
    }
    return true;
}

static bool put_loadings(search *s, const double *u, omega_factors *out, rp_arena *arena) {
    out->loadings = rp_arena_take(arena, s->k * s->m, sizeof *out->loadings);
    if (!out->loadings || !decompose(s, u))
        return false;
    for (size_t f = 0; f < s->m; f++)
        for (size_t i = 0; i < s->k; i++)
            out->loadings[i * s->m + f] = s->vectors[(s->k - 1 - f) * s->k + i] * sqrt(size_of(s, f));
    for (size_t i = 0; i < s->k; i++)
        out->at_bound |= s->psi[i] < LEAST + 1e-6;
    return true;
}

bool omega_minres(const double *r, size_t k, size_t factors, bool *positive, omega_factors *out, rp_arena *arena) {
    search s = {.r = r, .k = k, .m = factors};
    double *u = rp_arena_take(arena, k, sizeof *u), *gradient = rp_arena_take(arena, k, sizeof *gradient);
    s.psi = rp_arena_take(arena, k, sizeof *s.psi);
    s.values = rp_arena_take(arena, k, sizeof *s.values);
    s.vectors = rp_arena_take(arena, k * k, sizeof *s.vectors);
    *out = (omega_factors){0};
    if (!u || !gradient || !s.psi || !s.values || !s.vectors || !start(&s, u, positive, arena))
        return false;
    if (!*positive)
        return true;
    rp_minimum end;
    const rp_function f = {.n = k, .value = residuals, .context = &s};
    if (!rp_bfgs(&f, DECREMENT, MOST_EVALUATIONS, u, gradient, arena, &end))
        return false;
    out->converged = end.converged;
    out->evaluations = end.evaluations;
    out->max_gradient = end.max_gradient;
    return put_loadings(&s, u, out, arena);
}
