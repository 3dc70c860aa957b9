/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far practitioners differ: a linear mixed model of last scores, with what is held of people as fixed effects, and
 * an intercept for each practitioner and, where there are enough, each service. Rows go in by blocks of the cohort's
 * own size; their statistics merge. */
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>

enum { BLOCK = 4096 };

/* Room for one block of rows. */
typedef struct rows {
    double **columns, *y;
    uint32_t *groups[FACTORS];
} rows;

static bool make_room(rows *r, size_t n_columns, rp_arena *arena) {
    r->columns = rp_arena_take(arena, n_columns, sizeof *r->columns);
    r->y = rp_arena_take(arena, BLOCK, sizeof *r->y);
    bool fine = r->columns != NULL && r->y != NULL;
    for (size_t c = 0; c < n_columns && fine; c++)
        fine = (r->columns[c] = rp_arena_take(arena, BLOCK, sizeof **r->columns)) != NULL;
    for (size_t f = 0; f < FACTORS && fine; f++)
        fine = (r->groups[f] = rp_arena_take(arena, BLOCK, sizeof *r->groups[f])) != NULL;
    return fine;
}

/* The next block of people compared, from *next on: how many there are. */
static size_t fill(const practitioner_work *work, const practitioner_design *design, rows *r, size_t *next) {
    size_t n = 0;
    for (; *next < work->n && n < BLOCK; ++*next) {
        const practitioner_fact *f = &work->facts[*next];
        if (!practitioner_is_compared(f))
            continue;
        for (size_t c = 0; c < practitioner_columns(design); c++)
            r->columns[c][n] = practitioner_column_value(design, c, f);
        r->groups[FACTOR_PRACTITIONER][n] = f->practitioner;
        r->groups[FACTOR_SERVICE][n] = f->service;
        r->y[n++] = f->last;
    }
    return n;
}

/* All of it, in arena. NULL: see *error. */
static rp_mixed_stats *prepare(const practitioner_work *work, const practitioner_design *design,
                               const rp_mixed_spec *spec, rp_arena *arena, rp_error *error) {
    rows r;
    rp_mixed_stats **parts = rp_arena_take(arena, work->n / BLOCK + 1, sizeof *parts);
    if (parts == NULL || !make_room(&r, spec->n_columns, arena))
        return rp_fail_memory(error), NULL;
    size_t n_parts = 0;
    for (size_t next = 0, n; (n = fill(work, design, &r, &next)) > 0;) {
        const rp_mixed_rows block = {
            .n = n, .columns = (const double *const *)r.columns, .groups = (const uint32_t *const *)r.groups, .y = r.y};
        parts[n_parts] = rp_mixed_prepare(spec, &block, arena, error);
        if (parts[n_parts++] == NULL)
            return NULL;
    }
    return rp_mixed_merge(parts, n_parts, arena, error);
}

/* In arena; NULL: no memory. */
static rp_mixed_spec *spec_of(const practitioner_work *work, const practitioner_design *design, rp_arena *arena) {
    static const size_t intercept[] = {0};
    static const char *const names[FACTORS] = {"practitioner", "service"};
    size_t n = practitioner_columns(design);
    rp_mixed_spec *spec = rp_arena_take(arena, 1, sizeof *spec);
    size_t *fixed = rp_arena_take(arena, n, sizeof *fixed);
    const char **column_names = rp_arena_take(arena, n, sizeof *column_names);
    uint32_t *levels = rp_arena_take(arena, FACTORS, sizeof *levels);
    rp_mixed_term *terms = rp_arena_take(arena, FACTORS, sizeof *terms);
    if (spec == NULL || fixed == NULL || column_names == NULL || levels == NULL || terms == NULL)
        return NULL;
    for (size_t c = 0; c < n; c++) {
        fixed[c] = c;
        column_names[c] = practitioner_column_name(design, c);
    }
    for (size_t f = 0; f < FACTORS; f++) {
        levels[f] = (uint32_t)work->units[f].n_compared;
        terms[f] = (rp_mixed_term){f, intercept, 1};
    }
    size_t factors = work->model.n_factors;
    *spec = (rp_mixed_spec){RP_MIXED_GAUSSIAN, true,  false,  column_names, n, fixed, n, names, levels,
                            factors,           terms, factors};
    return spec;
}

/* ---- what it comes to ----------------------------------------------------------------------------------------- */

static double variance_of(const rp_mixed_fit *fit, size_t factor) {
    return fit->variance[factor].covariance[0];
}

/* The share of the variance at a standard deviation of this factor, the others as they are estimated. */
static double share_at(const practitioner_model *model, size_t factor, double sd) {
    double others = model->fit->sigma * model->fit->sigma;
    for (size_t f = 0; f < model->n_factors; f++)
        others += f != factor ? variance_of(model->fit, f) : 0;
    return sd * sd / (sd * sd + others);
}

static bool take_spread(practitioner_work *work, size_t factor, const rp_interval *profiled, rp_error *error) {
    practitioner_model *model = &work->model;
    practitioner_spread *spread = &model->of[factor];
    spread->sd =
        (rp_interval){sqrt(variance_of(model->fit, factor)), profiled->lower, profiled->upper, work->asked->level};
    spread->share =
        (rp_interval){share_at(model, factor, spread->sd.estimate), share_at(model, factor, profiled->lower),
                      share_at(model, factor, profiled->upper), work->asked->level};
    size_t n = work->units[factor].n_compared;
    spread->modes = rp_arena_take(work->answer->arena, n, sizeof *spread->modes);
    spread->variances = rp_arena_take(work->answer->arena, n, sizeof *spread->variances);
    if (spread->modes == NULL || spread->variances == NULL)
        return rp_fail_memory(error);
    return rp_mixed_modes(model->fit, factor, spread->modes, spread->variances, work->answer->arena, error);
}

static bool infer(practitioner_work *work, rp_error *error) {
    practitioner_model *model = &work->model;
    rp_interval *profiled = rp_arena_take(work->answer->arena, rp_mixed_parameters(model->fit), sizeof *profiled);
    if (profiled == NULL)
        return rp_fail_memory(error);
    if (!rp_mixed_profile(model->fit, work->asked->level, work->answer->arena, profiled, error))
        return false;
    for (size_t f = 0; f < model->n_factors; f++) /* a term of one column each has one parameter */
        if (!take_spread(work, f, &profiled[f], error))
            return false;
    return true;
}

bool practitioner_fit(practitioner_work *work, rp_error *error) {
    rp_answer *answer = work->answer;
    practitioner_model *model = &work->model;
    model->n_factors = work->units[FACTOR_SERVICE].n_large >= PRACTITIONER_SERVICES ? 2 : 1;
    practitioner_design *design = practitioner_design_of(work, answer->arena);
    rp_mixed_spec *spec = design != NULL ? spec_of(work, design, answer->arena) : NULL;
    if (spec == NULL)
        return rp_fail_memory(error);
    rp_mixed_stats *stats = prepare(work, design, spec, answer->arena, error);
    const rp_mixed_options options = {.quadrature = 1, .threads = work->asked->threads};
    rp_mixed_fit *fit = stats != NULL ? rp_mixed_fit_stats(stats, &options, answer->arena, error) : NULL;
    if (fit == NULL)
        return false;
    model->held = practitioner_held(design, answer);
    if (fit->status == RP_MIXED_NOT_FITTED || fit->status == RP_MIXED_NOT_CONVERGED) {
        rp_answer_caveat(answer, "How far practitioners differ cannot be told: %s", fit->message);
        return true;
    }
    model->fit = fit;
    return infer(work, error);
}
