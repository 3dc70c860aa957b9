/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What data tell of parameters: n/2 tr(Sigma^-1 dSigma Sigma^-1 dSigma') + n dmu' Sigma^-1 dmu, and its inverse. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

/* L^-1 dSigma L'^-1 and L^-1 dmu of one parameter, in `out`: p by p, then p; scaled so that products sum to
 * information of n rows. `jacobian`: its column, `stride` apart. */
static void whiten(const sem_ram *ram, const double *l, const double *jacobian, size_t stride, double n, double *out) {
    size_t p = ram->p;
    double *mean = out + p * p;
    for (size_t i = 0; i < p && ram->spec->means; i++, jacobian += stride)
        mean[i] = sqrt(n) * *jacobian;
    for (size_t j = 0; j < p; j++)
        for (size_t i = j; i < p; i++, jacobian += stride)
            out[i * p + j] = out[j * p + i] = sqrt(n / 2) * *jacobian;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < p; i++)
            rp_lower_solve(l, p, out + i * p);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < i; j++) {
                double other = out[i * p + j];
                out[i * p + j] = out[j * p + i];
                out[j * p + i] = other;
            }
    }
    rp_lower_solve(l, p, mean);
}

/* Room for a group's jacobian, and for what whiten makes of it. */
typedef struct jacobians {
    sem_ram ram;
    size_t moments; /* rows of the jacobian */
    double *jacobian, *white, *scratch;
} jacobians;

static bool make(const rp_sem_spec *spec, size_t group, jacobians *out, rp_arena *arena) {
    if (!sem_ram_make(spec, group, &out->ram, arena))
        return false;
    size_t n = spec->n_parameters, p = out->ram.p, v = out->ram.v;
    out->moments = (spec->means ? p : 0) + p * (p + 1) / 2;
    out->jacobian = rp_arena_take(arena, out->moments * n + 1, sizeof *out->jacobian);
    out->scratch = rp_arena_take(arena, 2 * v * v + 2 * v, sizeof *out->scratch);
    out->white = rp_arena_take(arena, (p * p + p) * n + 1, sizeof *out->white);
    return out->jacobian && out->scratch && out->white;
}

/* Adds what `rows` rows of these moments tell; sigma becomes its factor. *defined false: it has none. */
static void add_rows(jacobians *j, double *sigma, double rows, const double *jacobian, double *information,
                     bool *defined) {
    size_t n = j->ram.spec->n_parameters, p = j->ram.p;
    *defined = *defined && rp_cholesky(sigma, p);
    if (!*defined)
        return;
    for (size_t i = 0; i < n; i++)
        whiten(&j->ram, sigma, jacobian + i, n, rows, j->white + i * (p * p + p));
    rp_dense_add_gram(1, j->white, p * p + p, n, information);
}

/* Adds a group's. */
static bool add_group(const rp_sem_spec *spec, size_t group, double rows, const double *theta, double *information,
                      bool *defined, rp_arena *arena) {
    jacobians j;
    if (!make(spec, group, &j, arena))
        return false;
    *defined = *defined && sem_ram_at(&j.ram, theta);
    if (*defined) {
        sem_ram_jacobian(&j.ram, j.jacobian, j.scratch);
        add_rows(&j, j.ram.sigma, rows, j.jacobian, information, defined);
    }
    return true;
}

/* Both levels: rows of a size of cluster have moments of both, as sem_pattern says. */
static bool add_levels(const rp_sem_spec *spec, const rp_sem_stats *stats, const double *theta, double *information,
                       bool *defined, rp_arena *arena) {
    jacobians within, between;
    if (!make(spec, 0, &within, arena) || !make(spec, 1, &between, arena))
        return false;
    size_t n = spec->n_parameters, p = within.ram.p, means = spec->means ? p : 0;
    double *jacobian = rp_arena_take(arena, within.moments * n + 1, sizeof *jacobian);
    double *sigma = rp_arena_take(arena, p * p, sizeof *sigma);
    if (jacobian == NULL || sigma == NULL)
        return false;
    *defined = sem_ram_at(&within.ram, theta) && sem_ram_at(&between.ram, theta);
    if (!*defined)
        return true;
    sem_ram_jacobian(&within.ram, within.jacobian, within.scratch);
    sem_ram_jacobian(&between.ram, between.jacobian, between.scratch);
    for (size_t q = 0; q < stats->n_patterns; q++) {
        double size = stats->patterns[q].size;
        for (size_t i = 0; i < within.moments * n; i++)
            jacobian[i] =
                i < means * n ? sqrt(size) * between.jacobian[i] : within.jacobian[i] + size * between.jacobian[i];
        for (size_t i = 0; i < p * p; i++)
            sigma[i] = within.ram.sigma[i] + size * between.ram.sigma[i];
        add_rows(&within, sigma, (double)stats->patterns[q].n, jacobian, information, defined);
    }
    return true;
}

bool sem_information(const rp_sem_spec *spec, const rp_sem_stats *stats, const double *theta, double *information,
                     bool *defined, rp_arena *arena) {
    size_t n = spec->n_parameters;
    memset(information, 0, n * n * sizeof *information);
    *defined = true;
    if (spec->layout->levels) {
        if (!add_levels(spec, stats, theta, information, defined, arena))
            return false;
    } else
        for (size_t g = 0; g < spec->layout->n_groups; g++)
            if (!add_group(spec, g, (double)rp_sem_rows_used(stats, g), theta, information, defined, arena))
                return false;
    for (size_t j = 0; j < n; j++) /* by columns the lower triangle: by rows the upper one */
        for (size_t i = j + 1; i < n; i++)
            information[i * n + j] = information[j * n + i];
    return true;
}

/* Adds K scale direction over n, where direction has the scale of unit information; of both triangles. */
static void add_direction(const sem_space *space, const double *scale, const double *direction, double value,
                          double *moved, double *vcov) {
    size_t n = space->n, m = space->m;
    for (size_t i = 0; i < n; i++) {
        moved[i] = 0;
        for (size_t a = 0; a < m; a++)
            moved[i] += space->k[i * m + a] * scale[a] * direction[a];
    }
    for (size_t i = 0; i < n && vcov; i++)
        for (size_t j = 0; j < n; j++)
            vcov[i * n + j] += moved[i] * moved[j] / value;
}

/* A direction without information: how much it moves each parameter, beside the one that it moves most, each in its
 * own scale. */
static void note_direction(const sem_space *space, const double *scale, const double *moved, double *null) {
    double most = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < space->n; i++) {
            double unit = 0;
            for (size_t a = 0; a < space->m; a++)
                unit = fmax(unit, fabs(space->k[i * space->m + a]) * scale[a]);
            double by = unit > 0 ? fabs(moved[i]) / unit : 0;
            if (pass == 0)
                most = fmax(most, by);
            else if (most > 0)
                null[i] = fmax(null[i], by / most);
        }
}

bool sem_space_inverse(const sem_space *space, const double *information, double tolerance, double *vcov, double *null,
                       bool *singular, rp_arena *arena) {
    size_t n = space->n, m = space->m;
    double *unit = rp_arena_take(arena, m * m + 1, sizeof *unit),
           *room = rp_arena_take(arena, 2 * m + n + 1, sizeof *room);
    if (unit == NULL || room == NULL)
        return false;
    double *scale = room, *values = room + m, *moved = room + 2 * m;
    for (size_t a = 0; a < m; a++)
        scale[a] = information[a * m + a] > 0 ? 1 / sqrt(information[a * m + a]) : 1;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            unit[a * m + b] = information[a * m + b] * scale[a] * scale[b];
    if (m > 0 && !rp_dense_eigen(unit, m, values, arena))
        return false;
    *singular = false;
    memset(vcov, 0, n * n * sizeof *vcov);
    for (size_t e = 0; e < m; e++) {
        bool empty = !(values[e] > tolerance);
        add_direction(space, scale, unit + e * m, values[e], moved, empty ? NULL : vcov);
        if (empty)
            note_direction(space, scale, moved, null);
        *singular = *singular || empty;
    }
    return true;
}

bool sem_space_vcov(const sem_space *space, const double *information, double tolerance, double *vcov, double *null,
                    bool *singular, rp_arena *arena) {
    size_t n = space->n;
    if (!sem_space_inverse(space, information, tolerance, vcov, null, singular, arena))
        return false;
    for (size_t i = 0; i < n && *singular; i++)
        for (size_t j = 0; j < n; j++)
            if (null[i] > SEM_MOVED || null[j] > SEM_MOVED)
                vcov[i * n + j] = NAN;
    return true;
}
