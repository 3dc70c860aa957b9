/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear constraints as a space: what is free under them, by Gram and Schmidt, each step twice. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

static const double DEPENDENT = 1e-9; /* what is left of a vector of length 1 that others already span */

static double dot(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* v less its parts along the `count` rows of q; *constant less the same parts of `constants` (NULL: none). */
static void clear_of(const double *q, const double *constants, size_t count, size_t n, double *v, double *constant) {
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < count; i++) {
            double along = dot(q + i * n, v, n);
            for (size_t j = 0; j < n; j++)
                v[j] -= along * q[i * n + j];
            if (constants)
                *constant -= along * constants[i];
        }
}

static bool to_length_one(double *v, size_t n) {
    double length = sqrt(dot(v, v, n));
    if (!(length > DEPENDENT))
        return false;
    for (size_t j = 0; j < n; j++)
        v[j] /= length;
    return true;
}

/* The rows that constraints span, orthonormal, in q, and what each has to be; how many. */
static size_t span_constraints(const rp_sem_spec *spec, double *q, double *constants, size_t *at_odds) {
    size_t n = spec->n_parameters, rank = 0;
    for (size_t c = 0; c < spec->n_constraints; c++) {
        const rp_sem_constraint *constraint = &spec->constraints[c];
        double length = sqrt(dot(constraint->weights, constraint->weights, n));
        double scale = length > 0 ? 1 / length : 1, constant = scale * constraint->constant, size = fabs(constant);
        double *v = q + rank * n;
        for (size_t j = 0; rank < n && j < n; j++)
            v[j] = scale * constraint->weights[j];
        if (rank < n) {
            clear_of(q, constants, rank, n, v, &constant);
            double left = sqrt(dot(v, v, n));
            if (to_length_one(v, n)) {
                constants[rank++] = constant / left;
                continue;
            }
        } else { /* everything is fixed already */
            for (size_t i = 0; i < n; i++)
                constant -= scale * dot(q + i * n, constraint->weights, n) * constants[i];
        }
        if (fabs(constant) > DEPENDENT * fmax(1, size) && *at_odds == SIZE_MAX)
            *at_odds = c;
    }
    return rank;
}

bool sem_space_make(const rp_sem_spec *spec, sem_space *out, rp_arena *arena) {
    size_t n = spec->n_parameters;
    *out = (sem_space){.n = n, .at_odds = SIZE_MAX};
    double *q = rp_arena_take(arena, n * n + 1, sizeof *q), *constants = rp_arena_take(arena, n + 1, sizeof *constants);
    out->k = rp_arena_take(arena, n * n + 1, sizeof *out->k);
    out->origin = rp_arena_take(arena, n + 1, sizeof *out->origin);
    if (q == NULL || constants == NULL || out->k == NULL || out->origin == NULL)
        return false;
    size_t rank = span_constraints(spec, q, constants, &out->at_odds), found = rank;
    for (size_t i = 0; i < rank; i++)
        for (size_t j = 0; j < n; j++)
            out->origin[j] += constants[i] * q[i * n + j];
    for (size_t j = 0; j < n && found < n; j++) { /* unit vectors: a parameter in no constraint stays itself */
        double *v = q + found * n;
        memset(v, 0, n * sizeof *v);
        v[j] = 1;
        clear_of(q, NULL, found, n, v, NULL);
        found += to_length_one(v, n);
    }
    out->m = n - rank;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < out->m; j++)
            out->k[i * out->m + j] = q[(rank + j) * n + i];
    return true;
}

void sem_space_project(const sem_space *space, double *theta, double *scratch) {
    memset(scratch, 0, space->m * sizeof *scratch);
    for (size_t i = 0; i < space->n; i++)
        for (size_t j = 0; j < space->m; j++)
            scratch[j] += space->k[i * space->m + j] * (theta[i] - space->origin[i]);
    for (size_t i = 0; i < space->n; i++)
        theta[i] = space->origin[i] + dot(space->k + i * space->m, scratch, space->m);
}

void sem_space_information(const sem_space *space, const double *information, double *out) {
    size_t n = space->n, m = space->m;
    memset(out, 0, m * m * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t a = 0; a < m; a++) {
                double left = space->k[i * m + a] * information[i * n + j];
                for (size_t b = 0; left != 0 && b < m; b++)
                    out[a * m + b] += left * space->k[j * m + b];
            }
}
