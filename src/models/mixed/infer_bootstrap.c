/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cluster bootstrap: groups of the highest factor are drawn with replacement, as many as there are, and the model
 * is fitted anew from the estimate. Draw r has its own stream of random numbers and its own place for results, so that
 * neither the order of work nor threads show. Percentile limits at (R + 1) p (Davison & Hinkley 1997, section 5.3.1).
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

enum { MOST_DRAWS = 1000000 }; /* results are kept: 8 MB for each parameter */

enum { STREAM = 0x626f6f74 }; /* "boot": apart from other uses of the same seed */

typedef enum outcome { FITTED, NOT_CONVERGED, NO_MEMORY } outcome;

typedef struct bootstrap {
    const rp_mixed_fit *fit;
    infer_groups groups;
    const double *start;
    uint64_t seed;
    size_t draws, parameters;
    double *values;    /* parameters by draws */
    outcome *outcomes; /* draws */
} bootstrap;

static int compare_numbers(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t *choose(const bootstrap *b, size_t draw, rp_arena *arena) {
    uint32_t *chosen = rp_arena_take_unset(arena, b->groups.n, sizeof *chosen);
    if (chosen == NULL)
        return NULL;
    rp_draws draws = rp_draws_of(b->seed, draw, STREAM);
    for (size_t i = 0; i < b->groups.n; i++)
        chosen[i] = rp_draw_below(&draws, (uint32_t)b->groups.n);
    qsort(chosen, b->groups.n, sizeof *chosen, compare_numbers);
    return chosen;
}

static outcome fit_again(bootstrap *b, size_t draw, rp_arena *arena) {
    rp_error error;
    uint32_t *chosen = choose(b, draw, arena);
    rp_mixed_stats *stats = chosen ? infer_resample(&b->groups, chosen, b->groups.n, arena) : NULL;
    rp_mixed_options options = {.quadrature = b->fit->quadrature, .start = b->start, .threads = 1};
    rp_mixed_fit *fit = stats ? rp_mixed_fit_stats(stats, &options, arena, &error) : NULL;
    if (fit == NULL)
        return NO_MEMORY; /* what cannot be fitted at all was not fitted the first time either */
    if (fit->status != RP_MIXED_CONVERGED && fit->status != RP_MIXED_BOUNDARY)
        return NOT_CONVERGED;
    for (size_t i = 0; i < b->parameters; i++) {
        infer_parameter parameter = infer_parameter_at(fit->spec, i);
        b->values[i * b->draws + draw] = infer_parameter_value(fit, &parameter);
    }
    return FITTED;
}

static void one_draw(void *context, size_t draw) {
    bootstrap *b = context;
    rp_arena *arena = rp_arena_new(0);
    b->outcomes[draw] = arena ? fit_again(b, draw, arena) : NO_MEMORY;
    rp_arena_free(arena);
}

/* ---- limits ------------------------------------------------------------------------------------------------- */

static int compare_values(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The p-th quantile of n sorted values, between the two beside (n + 1) p; NaN: there are too few for it. */
static double quantile(const double *sorted, size_t n, double p) {
    double at = ((double)n + 1) * p, below = floor(at);
    if (!(at >= 1 && at <= (double)n))
        return NAN;
    size_t i = (size_t)below;
    return i == n ? sorted[n - 1] : sorted[i - 1] + (at - below) * (sorted[i] - sorted[i - 1]);
}

/* Values of fits that did converge, and of correlations that there were, in order; how many. */
static size_t gather(const bootstrap *b, size_t parameter, double *into) {
    size_t n = 0;
    for (size_t d = 0; d < b->draws; d++) {
        double value = b->values[parameter * b->draws + d];
        if (b->outcomes[d] == FITTED && !isnan(value))
            into[n++] = value;
    }
    qsort(into, n, sizeof *into, compare_values);
    return n;
}

static bool tell(const bootstrap *b, double level, rp_interval *out, int *failed, rp_arena *scratch) {
    double *sorted = rp_arena_take(scratch, b->draws, sizeof *sorted);
    if (sorted == NULL)
        return false;
    *failed = 0;
    for (size_t d = 0; d < b->draws; d++) {
        if (b->outcomes[d] == NO_MEMORY)
            return false;
        *failed += b->outcomes[d] == NOT_CONVERGED;
    }
    for (size_t i = 0; i < b->parameters; i++) {
        infer_parameter parameter = infer_parameter_at(b->fit->spec, i);
        size_t n = gather(b, i, sorted);
        bool held = parameter.kind == INFER_SIGMA && b->fit->spec->family != RP_MIXED_GAUSSIAN; /* always 1 */
        out[i] = (rp_interval){.estimate = infer_parameter_value(b->fit, &parameter), .level = level};
        out[i].lower = held ? NAN : quantile(sorted, n, (1 - level) / 2);
        out[i].upper = held ? NAN : quantile(sorted, n, (1 + level) / 2);
    }
    return true;
}

/* Where all fits start: theta, then beta for binomial models. */
static double *start_of(const rp_mixed_fit *fit, rp_arena *scratch) {
    double *start = rp_arena_take(scratch, fit->n_theta + fit->p, sizeof *start);
    if (start == NULL)
        return NULL;
    memcpy(start, fit->theta, fit->n_theta * sizeof *start);
    memcpy(start + fit->n_theta, fit->beta, fit->p * sizeof *start);
    return start;
}

static bool run(bootstrap *b, double level, int threads, rp_arena *scratch, rp_interval *out, int *failed,
                rp_error *error) {
    if (!infer_groups_of(b->fit->stats, scratch, &b->groups, error))
        return false;
    b->start = start_of(b->fit, scratch);
    b->values = rp_arena_take(scratch, b->parameters * b->draws, sizeof *b->values);
    b->outcomes = rp_arena_take(scratch, b->draws, sizeof *b->outcomes);
    if (b->start == NULL || b->values == NULL || b->outcomes == NULL)
        return rp_fail_memory(error);
    rp_pool_run(threads, b->draws, one_draw, b);
    return tell(b, level, out, failed, scratch) || rp_fail_memory(error);
}

bool rp_mixed_bootstrap(const rp_mixed_fit *fit, double level, int draws, uint64_t seed, int threads, rp_arena *arena,
                        rp_interval *out, int *failed, rp_error *error) {
    assert(fit && arena && out && failed && error && level > 0 && level < 1 && draws > 0 && threads > 0);
    if (draws > MOST_DRAWS)
        return rp_fail(error, RP_E_LIMIT, "A bootstrap can have %d draws at most.", (int)MOST_DRAWS);
    (void)arena; /* nothing stays in it */
    bootstrap b = {.fit = fit, .seed = seed, .draws = (size_t)draws, .parameters = rp_mixed_parameters(fit)};
    *failed = 0;
    for (size_t i = 0; i < b.parameters; i++)
        out[i] = (rp_interval){.estimate = NAN, .lower = NAN, .upper = NAN, .level = level};
    if (fit->status == RP_MIXED_NOT_FITTED)
        return true;
    rp_arena *scratch = rp_arena_new(0);
    bool good = scratch != NULL ? run(&b, level, threads, scratch, out, failed, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return good;
}
