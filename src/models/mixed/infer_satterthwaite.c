/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Satterthwaite's degrees of freedom after Fai & Cornelius (J Stat Comput Simul 54, 1996), as lmerTest (Kuznetsova,
 * Brockhoff & Christensen, J Stat Softw 82(13), 2017) has them: df = 2 v^2 / (g' A g), v = c' vcov(beta) c, g its
 * slopes by (theta, sigma), A twice the inverse Hessian of the REML deviance in (theta, sigma).
 *
 * The solver gives d(theta), sigma profiled out, with its gradient. With l = n - p, r2 = min |y - X beta - Z b|^2 + ..,
 *   D(theta, sigma) = L(theta) + l log(2 pi sigma^2) + r2(theta) / sigma^2,   d(theta) = D(theta, sqrt(r2 / l))
 * gives, at sigma^2 = r2 / l,
 *   D_theta,theta = d_theta,theta + l r2_theta r2_theta' / r2^2,   D_theta,sigma = -2 r2_theta / sigma^3,
 *   D_sigma,sigma = 4 l / sigma^2,
 * so that one set of differences in theta alone gives all. Theta is moved along directions that are told apart well
 * (mixed_directions.c), each in a unit by which the deviance rises by about one, and sigma is counted in itself, or the
 * df would hang on the units of columns and of y, and on where columns are zero. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

static const double STEP = 1e-3; /* of fourth-order differences: their error and that of rounding are about 1e-11 */
static const double STEEP = 10;  /* the same in units by which the deviance rises by one */
static const double NO_BEND = 1e-8;

typedef struct differences {
    const mixed_solver *solver;
    mixed_plan *plan;
    size_t n, p; /* theta, beta */
    double *theta;
    mixed_directions directions;
    double *numbers, *unit, *step; /* n, along each: the estimate, what it is counted in, how far theta is moved */
    mixed_point at;
    double *hessian;  /* n by n */
    double *unscaled; /* n by p by p: d C / d theta */
    double *r2;       /* n */
} differences;

static bool take_differences(differences *d, const rp_mixed_fit *fit, rp_arena *arena, rp_error *error) {
    *d = (differences){.n = fit->n_theta, .p = fit->p};
    d->solver = mixed_solver_for(fit->stats, error);
    d->plan = d->solver ? d->solver->plan(fit->stats, arena, error) : NULL;
    if (d->plan == NULL)
        return false;
    d->theta = rp_arena_take(arena, 4 * d->n, sizeof *d->theta);
    d->at.beta = rp_arena_take(arena, d->p, sizeof *d->at.beta);
    d->at.unscaled = rp_arena_take(arena, d->p * d->p, sizeof *d->at.unscaled);
    d->at.gradient = rp_arena_take(arena, d->n, sizeof *d->at.gradient);
    d->hessian = rp_arena_take(arena, d->n * d->n, sizeof *d->hessian);
    d->unscaled = rp_arena_take(arena, d->n * d->p * d->p, sizeof *d->unscaled);
    d->r2 = rp_arena_take(arena, d->n, sizeof *d->r2);
    double *total = mixed_total(fit->stats, arena);
    if (!d->theta || !d->at.beta || !d->at.unscaled || !d->at.gradient || !d->hessian || !d->unscaled || !d->r2 ||
        !total || !mixed_directions_find(fit->spec, total, (double)fit->n, &d->directions, arena))
        return rp_fail_memory(error);
    d->numbers = d->theta + d->n;
    d->unit = d->numbers + d->n;
    d->step = d->unit + d->n;
    mixed_directions_numbers(&d->directions, fit->theta, d->numbers);
    return true;
}

/* Adds weight times what is at theta, moved along direction i, to the differences by it. */
static bool add_difference(differences *d, const double *theta, size_t i, double moved, double weight) {
    memcpy(d->theta, theta, d->n * sizeof *theta);
    mixed_directions_move(&d->directions, i, moved, d->theta);
    if (!d->solver->evaluate(d->plan, d->theta, &d->at))
        return false;
    for (size_t j = 0; j < d->n; j++)
        d->hessian[i * d->n + j] += weight * mixed_directions_slope(&d->directions, j, d->at.gradient);
    for (size_t j = 0; j < d->p * d->p; j++)
        d->unscaled[i * d->p * d->p + j] += weight * d->at.unscaled[j];
    d->r2[i] += weight * d->at.r2;
    return true;
}

/* rho, the last of theta with AR(1), has to stay within -1 and 1. */
static double first_step(const differences *d, const rp_mixed_fit *fit, size_t i) {
    if (fit->spec->ar1 && i + 1 == fit->n_theta)
        return STEP * (1 - fabs(fit->theta[i])) / 2;
    return STEP * fmax(1, fabs(d->numbers[i]));
}

/* Units and steps by how much the deviance bends. A direction in which it does not is counted as it is. */
static bool set_units(differences *d, const rp_mixed_fit *fit) {
    double largest = 0;
    for (size_t i = 0; i < d->n; i++) {
        double h = d->step[i] = first_step(d, fit, i);
        if (!add_difference(d, fit->theta, i, h, 1 / (2 * h)) || !add_difference(d, fit->theta, i, -h, -1 / (2 * h)))
            return false;
        largest = fmax(largest, d->hessian[i * d->n + i]);
    }
    for (size_t i = 0; i < d->n; i++) {
        double bend = d->hessian[i * d->n + i];
        d->unit[i] = bend > NO_BEND * largest ? sqrt(2 / bend) : 1;
        d->step[i] = fmin(d->step[i], STEEP * STEP * d->unit[i]);
    }
    memset(d->hessian, 0, d->n * d->n * sizeof *d->hessian);
    memset(d->unscaled, 0, d->n * d->p * d->p * sizeof *d->unscaled);
    memset(d->r2, 0, d->n * sizeof *d->r2);
    return true;
}

static bool difference(differences *d, const rp_mixed_fit *fit) {
    if (!set_units(d, fit))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        double h = d->step[i];
        if (!add_difference(d, fit->theta, i, h, 8 / (12 * h)) ||
            !add_difference(d, fit->theta, i, -h, -8 / (12 * h)) ||
            !add_difference(d, fit->theta, i, 2 * h, -1 / (12 * h)) ||
            !add_difference(d, fit->theta, i, -2 * h, 1 / (12 * h)))
            return false;
    }
    return true;
}

/* The Hessian in (theta, sigma), n + 1 square, in their units. */
static void whole_hessian(const differences *d, double left, double r2, double *out) {
    size_t n = d->n, m = n + 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            out[i * m + j] =
                d->unit[i] * d->unit[j] *
                ((d->hessian[i * n + j] + d->hessian[j * n + i]) / 2 + left * (d->r2[i] / r2) * (d->r2[j] / r2));
        out[i * m + n] = out[n * m + i] = -2 * d->unit[i] * (d->r2[i] / r2) * left;
    }
    out[n * m + n] = 4 * left;
}

/* Directions in which the deviance does not bend upwards tell nothing: they are left out, as lmerTest does. */
static bool invert(double *hessian, size_t n, double *out, rp_arena *scratch) {
    double *room = rp_arena_take(scratch, 2 * n * n + n, sizeof *room);
    if (room == NULL)
        return false;
    infer_inverse(hessian, n, 1e-8, out, room);
    for (size_t i = 0; i < n * n; i++)
        out[i] *= 2;
    return true;
}

static bool fill(const rp_mixed_fit *fit, rp_arena *scratch, infer_satterthwaite *out, rp_error *error) {
    differences d;
    size_t pp = fit->p * fit->p, n = out->n;
    if (!take_differences(&d, fit, scratch, error))
        return false;
    double *hessian = rp_arena_take(scratch, n * n, sizeof *hessian);
    double *unscaled = rp_arena_take(scratch, pp, sizeof *unscaled);
    if (hessian == NULL || unscaled == NULL)
        return rp_fail_memory(error);
    bool good = d.solver->evaluate(d.plan, fit->theta, &d.at);
    memcpy(unscaled, d.at.unscaled, pp * sizeof *unscaled); /* the differences use d.at again */
    double r2 = d.at.r2;
    if (!good || !difference(&d, fit))
        return rp_fail(error, RP_E_RULE, "The model could not be evaluated near its estimate.");
    double left = (double)fit->n - (double)fit->p, sigma2 = r2 / left;
    for (size_t i = 0; i < d.n * pp; i++)
        out->slopes[i] = sigma2 * d.unit[i / pp] * d.unscaled[i];
    for (size_t i = 0; i < pp; i++)
        out->slopes[d.n * pp + i] = 2 * sigma2 * unscaled[i];
    whole_hessian(&d, left, r2, hessian);
    return invert(hessian, n, out->covariance, scratch) || rp_fail_memory(error);
}

bool infer_satterthwaite_of(const rp_mixed_fit *fit, rp_arena *arena, infer_satterthwaite *out, rp_error *error) {
    size_t n = fit->n_theta + 1;
    *out = (infer_satterthwaite){.p = fit->p, .n = n};
    out->slopes = rp_arena_take(arena, n * fit->p * fit->p, sizeof *out->slopes);
    out->covariance = rp_arena_take(arena, n * n, sizeof *out->covariance);
    rp_arena *scratch = rp_arena_new(0);
    bool good = out->slopes && out->covariance && scratch;
    good = good ? fill(fit, scratch, out, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return good;
}

double infer_satterthwaite_df(const infer_satterthwaite *s, const rp_mixed_fit *fit, const double *contrast) {
    double v = infer_quadratic(fit->vcov, s->p, contrast, contrast), spread = 0;
    for (size_t i = 0; i < s->n; i++) {
        double slope = infer_quadratic(s->slopes + i * s->p * s->p, s->p, contrast, contrast);
        for (size_t j = 0; j < s->n; j++)
            spread += slope * s->covariance[i * s->n + j] *
                      infer_quadratic(s->slopes + j * s->p * s->p, s->p, contrast, contrast);
    }
    double df = 2 * v * v / spread;
    return v > 0 && spread > 0 ? df : NAN;
}
