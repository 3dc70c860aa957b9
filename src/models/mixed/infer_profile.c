/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profile likelihood intervals: where the deviance, least over all else, has risen by the quantile of chi-square with
 * one degree of freedom. Limits are roots of its square root, which is nearly straight, not read off a spline. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

typedef struct profile {
    infer_surface surface;
    double least, reach; /* the deviance at the estimate; the square root of the rise that is looked for */
    double *start;       /* free numbers at the estimate */
    double *inner, *outer, *free;
    rp_arena *scratch;
} profile;

/* A place on the profile, and its free numbers. */
typedef struct place {
    double x, z; /* z: the root of the rise, less what is looked for */
    double *free;
} place;

static double height_at(profile *p, double x, double *free) {
    p->surface.held = x;
    double value = infer_surface_least(&p->surface, free, p->scratch);
    rp_arena_empty(p->scratch);
    if (isnan(value) || value < p->least - 1e-4) /* below the estimate: the fit was not there */
        return NAN;
    return sqrt(fmax(0, value - p->least)) - p->reach;
}

/* Goes outward until the rise is passed. False: it could not be followed. */
static bool go_out(profile *p, place *inner, place *outer, double step) {
    enum { MOST = 60 };
    for (int i = 0; i < MOST; i++) {
        memcpy(outer->free, inner->free, p->surface.free * sizeof *outer->free);
        outer->x = inner->x + step;
        outer->z = height_at(p, outer->x, outer->free);
        if (isnan(outer->z))
            return false;
        if (outer->z >= 0)
            return true;
        double left = outer->z > inner->z ? -outer->z / (outer->z - inner->z) : 2;
        step *= fmin(2, fmax(0.2, 1.1 * left));
        place turned = *inner;
        *inner = *outer;
        *outer = turned;
    }
    return false;
}

/* The root between, by false position; where one side stays twice, its height is halved (Illinois: Dowell & Jarratt,
 * BIT 11, 1971). */
static double close_in(profile *p, place inner, place outer) {
    enum { MOST = 100 };
    double z_inner = inner.z, z_outer = outer.z;
    int side = 0;
    if (outer.z == 0)
        return outer.x;
    for (int i = 0; i < MOST; i++) {
        double share = z_inner / (z_inner - z_outer), x = inner.x + share * (outer.x - inner.x);
        for (size_t f = 0; f < p->surface.free; f++)
            p->free[f] = inner.free[f] + share * (outer.free[f] - inner.free[f]);
        double z = height_at(p, x, p->free);
        if (isnan(z) || fabs(z) <= 1e-7 || fabs(outer.x - inner.x) <= 1e-12 * fabs(x))
            return isnan(z) ? NAN : x;
        place *moved = z < 0 ? &inner : &outer;
        moved->x = x;
        memcpy(moved->free, p->free, p->surface.free * sizeof *moved->free);
        if (z < 0) {
            z_inner = z;
            z_outer = side == -1 ? z_outer / 2 : z_outer;
        } else {
            z_outer = z;
            z_inner = side == 1 ? z_inner / 2 : z_inner;
        }
        side = z < 0 ? -1 : 1;
    }
    return NAN;
}

static place from_estimate(const profile *p, double estimate) {
    memcpy(p->inner, p->start, p->surface.free * sizeof *p->inner);
    return (place){.x = estimate, .z = -p->reach, .free = p->inner};
}

/* A limit on the side of `end`, which the parameter cannot pass. Where even there the deviance has not risen enough, or
 * the estimate is there, there is no limit but the end. */
static double limit_before(profile *p, double estimate, double end) {
    place inner = from_estimate(p, estimate), outer = {.x = end, .free = p->outer};
    if (estimate == end)
        return end;
    memcpy(outer.free, inner.free, p->surface.free * sizeof *outer.free);
    outer.z = height_at(p, end, outer.free);
    if (isnan(outer.z))
        return NAN;
    return outer.z <= 0 ? end : close_in(p, inner, outer);
}

static double limit_beyond(profile *p, double estimate, double step) {
    place inner = from_estimate(p, estimate), outer = {.free = p->outer};
    return go_out(p, &inner, &outer, step) ? close_in(p, inner, outer) : NAN;
}

/* A first step for a standard deviation: what the column's rows show of it, where the estimate is small. */
static double step_of_sd(const rp_mixed_fit *fit, const infer_parameter *parameter, double estimate) {
    const mixed_cells *cells = &fit->stats->cells;
    size_t column = fit->spec->terms[parameter->term].columns[parameter->a];
    double squares = 0;
    for (size_t c = 0; c < cells->n; c++)
        squares += cells->grams[c * mixed_packed(cells->m) + mixed_packed(column) + column];
    double size = sqrt(squares / (double)fit->n);
    return fmax(0.4 * estimate, 0.1 * fit->sigma / (size > 0 ? size : 1));
}

static void correlation_limits(profile *p, double estimate, rp_interval *out) {
    if (!isnan(estimate)) {
        out->lower = limit_before(p, estimate, -1);
        out->upper = limit_before(p, estimate, 1);
        return;
    }
    /* Nothing to go out from: but both ends may be as good as the estimate, and then all between is. */
    place any = from_estimate(p, 0);
    double low = height_at(p, -1, any.free), high = height_at(p, 1, any.free);
    out->lower = low <= 0 && high <= 0 ? -1 : NAN;
    out->upper = low <= 0 && high <= 0 ? 1 : NAN;
}

static void limits_of(profile *p, const infer_parameter *parameter, rp_interval *out) {
    const rp_mixed_fit *fit = p->surface.fit;
    double estimate = infer_parameter_value(fit, parameter), step = 0;
    infer_surface_hold(&p->surface, parameter, p->start);
    out->estimate = estimate;
    switch (parameter->kind) {
    case INFER_SD:
        out->lower = limit_before(p, estimate, 0);
        out->upper = limit_beyond(p, estimate, step_of_sd(fit, parameter, estimate));
        break;
    case INFER_CORRELATION:
        correlation_limits(p, estimate, out);
        break;
    case INFER_SIGMA:
        if (fit->spec->family != RP_MIXED_GAUSSIAN) /* it is 1 */
            break;
        step = p->reach * estimate / sqrt(2 * (double)fit->n);
        out->lower = limit_beyond(p, estimate, -step / (1 + 2 * step / estimate));
        out->upper = limit_beyond(p, estimate, step);
        break;
    case INFER_BETA:
        step = p->reach * fit->se[parameter->beta];
        out->lower = limit_beyond(p, estimate, -step);
        out->upper = limit_beyond(p, estimate, step);
        break;
    }
}

/* The same model by maximum likelihood, its columns in units alike (*scale), in arena; the fit itself where it is
 * binomial: *scale NULL. */
static const rp_mixed_fit *fit_by_ml(const rp_mixed_fit *fit, double **scale, rp_arena *arena, rp_error *error) {
    *scale = NULL;
    if (fit->spec->family != RP_MIXED_GAUSSIAN)
        return fit;
    rp_mixed_stats *stats = rp_arena_take(arena, 1, sizeof *stats);
    rp_mixed_spec *spec = rp_arena_take(arena, 1, sizeof *spec);
    *scale = rp_arena_take(arena, fit->stats->cells.m, sizeof **scale);
    if (!stats || !spec || !*scale || !infer_rescale(fit->stats, stats, *scale, arena)) {
        rp_fail_memory(error);
        return NULL;
    }
    *spec = *fit->spec;
    spec->reml = false;
    stats->spec = spec;
    rp_mixed_options options = {.threads = 1};
    return rp_mixed_fit_stats(stats, &options, arena, error);
}

static bool take_room(profile *p, rp_arena *arena) {
    size_t n = p->surface.fit->n_theta + p->surface.fit->p + 1;
    p->start = rp_arena_take(arena, 4 * n, sizeof *p->start);
    p->inner = p->start ? p->start + n : NULL;
    p->outer = p->start ? p->start + 2 * n : NULL;
    p->free = p->start ? p->start + 3 * n : NULL;
    p->scratch = rp_arena_new(0);
    if (p->scratch != NULL)
        rp_arena_adopt(arena, p->scratch);
    return p->start && p->scratch;
}

/* The deviance at the estimate, by the same function that is held against it. */
static bool find_least(profile *p) {
    infer_parameter sigma = {.kind = INFER_SIGMA};
    infer_surface_hold(&p->surface, &sigma, p->start);
    p->least = infer_surface_value(&p->surface, p->start);
    return isfinite(p->least);
}

bool rp_mixed_profile(const rp_mixed_fit *fit, double level, rp_arena *arena, rp_interval *out, rp_error *error) {
    assert(fit && arena && out && error && level > 0 && level < 1);
    size_t n = rp_mixed_parameters(fit);
    for (size_t i = 0; i < n; i++)
        out[i] = (rp_interval){.estimate = NAN, .lower = NAN, .upper = NAN, .level = level};
    if (fit->status == RP_MIXED_NOT_FITTED)
        return true;
    double *scale;
    const rp_mixed_fit *ml = fit_by_ml(fit, &scale, arena, error);
    if (ml == NULL)
        return false;
    profile p = {.reach = -rp_normal_quantile((1 - level) / 2)};
    if (!infer_surface_open(ml, arena, &p.surface, error))
        return false;
    if (!take_room(&p, arena))
        return rp_fail_memory(error);
    if (ml->status == RP_MIXED_NOT_FITTED || ml->status == RP_MIXED_NOT_CONVERGED || !find_least(&p))
        return true;
    for (size_t i = 0; i < n; i++) {
        infer_parameter parameter = infer_parameter_at(ml->spec, i);
        limits_of(&p, &parameter, &out[i]);
        double back = scale ? infer_rescale_back(ml->spec, &parameter, scale) : 1;
        out[i].estimate *= back;
        out[i].lower *= back;
        out[i].upper *= back;
    }
    return true;
}
