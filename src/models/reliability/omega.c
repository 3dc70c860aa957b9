/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Omega: what of a sum's variance is from all common factors, and from one general factor behind them. */
#include <math.h>

#include "models/reliability/omega_parts.h"

/* Loadings of the factors on the general one, from their correlations. */
static bool find_general(const double *phi, size_t m, double *out, rp_omega *omega, rp_arena *arena) {
    if (m == 1)
        out[0] = 1;
    if (m == 2) {
        out[0] = sqrt(fabs(phi[1]));
        out[1] = phi[1] < 0 ? -out[0] : out[0];
    }
    if (m < 3)
        return true;
    bool positive = true;
    omega_factors one;
    double sum = 0;
    if (!omega_minres(phi, m, 1, &positive, &one, arena))
        return false;
    if (!positive) {
        omega->status = RP_OMEGA_NOT_CONVERGED;
        return true;
    }
    omega->at_bound |= one.at_bound;
    omega->evaluations += one.evaluations;
    if (!one.converged)
        omega->status = RP_OMEGA_NOT_CONVERGED;
    for (size_t f = 0; f < m; f++)
        sum += one.loadings[f];
    for (size_t f = 0; f < m; f++)
        out[f] = sum < 0 ? -one.loadings[f] : one.loadings[f];
    return true;
}

/* Schmid and Leiman: each factor's loadings are parted between the general factor and what is left of it. */
static void part(const double *oblique, const double *general, size_t k, rp_omega *out) {
    size_t m = out->factors;
    for (size_t i = 0; i < k; i++) {
        double sum = 0;
        for (size_t f = 0; f < m; f++) {
            double a = oblique[i * m + f], left = 1 - general[f] * general[f];
            sum += a * general[f];
            out->loadings[i * m + f] = m > 1 ? a * sqrt(fmax(left, 0)) : 0;
        }
        out->general[i] = sum;
        out->turned[i] = sum < 0;
    }
}

static void sum_up(const double *r, size_t k, rp_omega *out) {
    double all = 0, own = 0, general = 0;
    for (size_t i = 0; i < k; i++) {
        own += 1 - out->communality[i];
        general += fabs(out->general[i]);
        for (size_t j = 0; j < k; j++)
            all += out->turned[i] == out->turned[j] ? r[i * k + j] : -r[i * k + j];
    }
    out->total = (all - own) / all;
    out->hierarchical = general * general / all;
}

static bool turn_and_part(const double *r, size_t k, double *loadings, rp_omega *out, rp_arena *arena) {
    size_t m = out->factors;
    double *phi = rp_arena_take(arena, m * m, sizeof *phi), *general = rp_arena_take(arena, m, sizeof *general);
    double *lengths = rp_arena_take(arena, k, sizeof *lengths);
    if (!phi || !general || !lengths)
        return false;
    for (size_t i = 0; i < k; i++)
        for (size_t f = 0; f < m; f++)
            out->communality[i] += loadings[i * m + f] * loadings[i * m + f];
    omega_varimax(loadings, k, m, lengths);
    bool converged = true;
    if (m > 1 && !omega_oblimin(loadings, k, m, phi, &converged, arena))
        return false;
    if (!converged)
        out->status = RP_OMEGA_NOT_CONVERGED;
    if (!find_general(phi, m, general, out, arena))
        return false;
    part(loadings, general, k, out);
    sum_up(r, k, out);
    return true;
}

static bool is_whole(const double *r, size_t k) {
    for (size_t i = 0; i < k * k; i++)
        if (!isfinite(r[i]))
            return false;
    return true;
}

bool rp_omega_schmid_leiman(const double *r, size_t k, size_t factors, rp_arena *arena, rp_omega *out) {
    *out = (rp_omega){.status = RP_OMEGA_DONE, .factors = factors, .total = NAN, .hierarchical = NAN};
    out->general = rp_arena_take(arena, k, sizeof *out->general);
    out->communality = rp_arena_take(arena, k, sizeof *out->communality);
    out->loadings = rp_arena_take(arena, k * factors, sizeof *out->loadings);
    out->turned = rp_arena_take(arena, k, sizeof *out->turned);
    if (!out->general || !out->communality || !out->loadings || !out->turned)
        return false;
    bool positive = is_whole(r, k);
    omega_factors found;
    if (positive && !omega_minres(r, k, factors, &positive, &found, arena))
        return false;
    if (!positive) {
        out->status = RP_OMEGA_NOT_POSITIVE;
        return true;
    }
    out->evaluations = found.evaluations;
    out->max_gradient = found.max_gradient;
    out->at_bound = found.at_bound;
    if (!found.converged)
        out->status = RP_OMEGA_NOT_CONVERGED;
    return turn_and_part(r, k, found.loadings, out, arena);
}
