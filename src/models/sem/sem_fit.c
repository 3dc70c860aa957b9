/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood: -2 log-likelihood by BFGS over what the constraints leave free, in units in which the expected
 * information is about 1 in every direction. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"

static const double DECREMENT = 1e-11; /* of -2 log-likelihood: estimates within 1e-5 standard errors */
static const double SETTLED = 1e-9;    /* the same by the information at the end, which BFGS has not seen */
static const double SINGULAR = 1e-10, SINGULAR_BY_DIFFERENCES = 1e-7; /* of information in units of its diagonal */
enum { ROUNDS = 6, STARTS = 6, SHRINKS = 30 };

typedef struct search {
    const rp_sem_spec *spec;
    const rp_sem_stats *stats;
    sem_objective *objective;
    sem_space space;
    double *base, *theta, *by_theta; /* n: z = 0 is theta = base */
    double *l, *eta;                 /* eta = L'^-1 z, L L' the information at base */
    double *whole, *information;     /* n by n, m by m */
    int left;                        /* evaluations */
    rp_arena *arena;
} search;

static void to_theta(search *s, const double *z) {
    size_t n = s->space.n, m = s->space.m;
    memcpy(s->eta, z, m * sizeof *z);
    rp_upper_solve(s->l, m, s->eta);
    for (size_t i = 0; i < n; i++) {
        s->theta[i] = s->base[i];
        for (size_t j = 0; j < m; j++)
            s->theta[i] += s->space.k[i * m + j] * s->eta[j];
    }
}

static double value_at(void *context, const double *z, double *gradient) {
    search *s = context;
    size_t n = s->space.n, m = s->space.m;
    to_theta(s, z);
    double value = sem_objective_value(s->objective, s->theta, gradient ? s->by_theta : NULL);
    if (gradient == NULL)
        return value;
    memset(gradient, 0, m * sizeof *gradient);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            gradient[j] += s->space.k[i * m + j] * s->by_theta[i];
    rp_lower_solve(s->l, m, gradient);
    return value;
}

/* Units from the information at base, and a little more of its diagonal so that there is a root. */
static bool set_units(search *s, double more) {
    size_t m = s->space.m;
    bool defined;
    if (!sem_information(s->spec, s->stats, s->base, s->whole, &defined, s->arena))
        return false;
    double most = 0;
    if (defined) {
        sem_space_information(&s->space, s->whole, s->information);
        for (size_t j = 0; j < m; j++)
            most = fmax(most, s->information[j * m + j]);
    }
    if (!(most > 0) || !isfinite(most)) /* nothing known: as it is */
        memset(s->information, 0, m * m * sizeof *s->information);
    memcpy(s->l, s->information, m * m * sizeof *s->l);
    for (size_t j = 0; j < m; j++) {
        double own = s->l[j * m + j];
        s->l[j * m + j] = own > 1e-10 * most && own > 0 ? own * (1 + more) : 1;
    }
    if (rp_cholesky(s->l, m))
        return true;
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < m; i++)
            s->l[i * m + j] = i == j ? sqrt(fmax(s->information[j * m + j], 1)) : 0;
    return true;
}

static bool search_make(search *s, const rp_sem_spec *spec, const rp_sem_stats *stats, rp_arena *arena) {
    size_t n = spec->n_parameters;
    *s = (search){.spec = spec, .stats = stats, .arena = arena};
    if (!sem_space_make(spec, &s->space, arena))
        return false;
    size_t m = s->space.m;
    s->objective = sem_objective_make(spec, stats, arena);
    s->base = rp_arena_take(arena, 3 * n + m + 1, sizeof *s->base);
    s->whole = rp_arena_take(arena, n * n + 2 * m * m + 1, sizeof *s->whole);
    if (s->objective == NULL || s->base == NULL || s->whole == NULL)
        return false;
    s->theta = s->base + n;
    s->by_theta = s->theta + n;
    s->eta = s->by_theta + n;
    s->information = s->whole + n * n;
    s->l = s->information + m * m;
    return true;
}

/* From base to the nearest summit, which base becomes. */
static bool climb(search *s, rp_minimum *found) {
    size_t m = s->space.m;
    double *z = rp_arena_take(s->arena, 2 * m + 1, sizeof *z), *gradient = z ? z + m : NULL;
    if (z == NULL)
        return false;
    rp_function f = {.n = m, .value = value_at, .context = s};
    *found = (rp_minimum){.value = INFINITY};
    for (int round = 0; round < ROUNDS; round++) {
        if (!set_units(s, round == 0 ? 1e-2 : 1e-8))
            return false;
        memset(z, 0, m * sizeof *z);
        double value = value_at(s, z, gradient), decrement = 0;
        s->left--;
        for (size_t j = 0; j < m; j++)
            decrement += gradient[j] * gradient[j] / 4; /* the Hessian is about 2 */
        bool settled = isfinite(value) && decrement <= SETTLED;
        *found = (rp_minimum){.value = value, .decrement = decrement, .converged = settled};
        if (!isfinite(value) || m == 0 || (settled && round > 0) || s->left < 2)
            return true;
        if (!rp_bfgs(&f, DECREMENT, s->left, z, gradient, s->arena, found))
            return false;
        s->left -= found->evaluations;
        to_theta(s, z);
        memcpy(s->base, s->theta, s->space.n * sizeof *s->base);
    }
    return true;
}

bool sem_climb(const rp_sem_spec *spec, const rp_sem_stats *stats, int most_evaluations, double *theta,
               rp_minimum *found, rp_arena *arena) {
    search s;
    if (!search_make(&s, spec, stats, arena))
        return false;
    s.left = most_evaluations;
    memcpy(s.base, theta, s.space.n * sizeof *theta);
    if (!climb(&s, found))
        return false;
    memcpy(theta, s.base, s.space.n * sizeof *theta);
    return true;
}

/* The place to search from: 0 as observed, others shaken. False: no memory. */
static bool set_start(search *s, const sem_saturated *saturated, const rp_sem_options *options, int which) {
    size_t n = s->space.n;
    if (!sem_start(s->spec, saturated, s->base, s->arena))
        return false;
    for (size_t i = 0; i < n && options && options->start; i++)
        if (isfinite(options->start[i]))
            s->base[i] = options->start[i];
    if (which > 0)
        sem_start_shake(s->spec, options ? options->seed : 0, (uint32_t)which, s->base);
    for (int i = 0; i < SHRINKS; i++) {
        sem_space_project(&s->space, s->base, s->eta);
        s->left--;
        if (isfinite(sem_objective_value(s->objective, s->base, NULL)))
            return true;
        sem_start_shrink(s->spec, s->base);
    }
    return true;
}

/* The best of the starts, in theta. */
static bool try_starts(search *s, const sem_saturated *saturated, const rp_sem_options *options, int starts, int most,
                       rp_sem_fit *fit, rp_minimum *best) {
    *best = (rp_minimum){.value = INFINITY};
    for (int i = 0; i < starts; i++) {
        rp_minimum found;
        s->left = most;
        if (!set_start(s, saturated, options, i) || !climb(s, &found))
            return false;
        fit->evaluations += most - s->left;
        if (i > 0 && !(found.value < best->value - 1e-7 * fmax(1, fabs(best->value) * 1e-3)))
            continue;
        *best = found;
        memcpy(fit->theta, s->base, s->space.n * sizeof *fit->theta);
    }
    return true;
}

/* Statistics as if every row had every value: one pattern a group, of the unrestricted moments. */
static bool complete(const rp_sem_stats *stats, const sem_saturated *saturated, rp_sem_stats *out, rp_arena *arena) {
    size_t n_groups = stats->layout->n_groups, p = stats->layout->n_observed;
    uint32_t *observed = rp_arena_take(arena, p, sizeof *observed);
    *out = (rp_sem_stats){.layout = stats->layout, .n_patterns = n_groups};
    out->patterns = rp_arena_take(arena, n_groups, sizeof *out->patterns);
    if (observed == NULL || out->patterns == NULL)
        return false;
    for (size_t i = 0; i < p; i++)
        observed[i] = (uint32_t)i;
    for (size_t g = 0; g < n_groups; g++) {
        sem_pattern *pattern = &out->patterns[g];
        if (!sem_pattern_make(pattern, (uint32_t)g, p, arena))
            return false;
        pattern->observed = observed;
        pattern->n = rp_sem_rows_used(stats, g);
        memcpy(pattern->mean, saturated[g].mean, p * sizeof *pattern->mean);
        for (size_t i = 0; i < p * p; i++)
            pattern->cross[i] = (double)pattern->n * saturated[g].cov[i];
    }
    return true;
}

/* With missing values an evaluation costs as much as there are patterns. So several starts are tried on the moments by
 * EM, whose summits lie near, and one search of all patterns goes on from the best. */
static bool find_from_moments(search *s, const sem_saturated *saturated, const rp_sem_options *options, int starts,
                              int most, rp_sem_fit *fit, rp_minimum *best) {
    search screen;
    rp_sem_stats stats;
    if (!complete(s->stats, saturated, &stats, s->arena) || !search_make(&screen, s->spec, &stats, s->arena) ||
        !try_starts(&screen, saturated, options, starts, most, fit, best))
        return false;
    if (!isfinite(best->value))
        return true;
    s->left = most;
    memcpy(s->base, fit->theta, s->space.n * sizeof *s->base);
    if (!climb(s, best))
        return false;
    fit->evaluations += most - s->left;
    memcpy(fit->theta, s->base, s->space.n * sizeof *fit->theta);
    return true;
}

/* The estimate, in fit->theta. */
static bool find(search *s, const sem_saturated *saturated, const rp_sem_options *options, rp_sem_fit *fit,
                 rp_minimum *best) {
    int starts = options && options->starts > 0 ? options->starts : sem_has_several_summits(s->spec) ? STARTS : 1;
    int most = options && options->most_evaluations > 0 ? options->most_evaluations : 5000 + 100 * (int)s->space.m;
    bool screened = starts > 1 && s->spec->layout->missing == RP_SEM_FIML;
    return (screened ? find_from_moments : try_starts)(s, saturated, options, starts, most, fit, best);
}

/* Half the Hessian of -2 log-likelihood in eta, at base, into s->information. *defined: it could be had. */
static bool observe(search *s, bool *defined) {
    size_t m = s->space.m;
    double *z = rp_arena_take(s->arena, m + 1, sizeof *z), *h = rp_arena_take(s->arena, 2 * m * m + 1, sizeof *h);
    if (z == NULL || h == NULL || !set_units(s, 1e-8))
        return false;
    double *half = h + m * m; /* L h */
    rp_function f = {.n = m, .value = value_at, .context = s};
    *defined = rp_gradient_hessian(&f, z, h, s->arena);
    memset(s->information, 0, m * m * sizeof *s->information);
    for (size_t a = 0; a < m; a++)
        for (size_t c = 0; c <= a; c++)
            for (size_t d = 0; d < m; d++)
                half[a * m + d] += s->l[a * m + c] * h[c * m + d];
    for (size_t a = 0; a < m; a++) /* L h L' / 2 */
        for (size_t b = 0; b < m; b++)
            for (size_t d = 0; d <= b; d++)
                s->information[a * m + b] += half[a * m + d] * s->l[b * m + d] / 2;
    return true;
}

/* vcov at fit->theta: whether parameters can be told apart is asked of the expected information, whose rank is exact.
 */
static bool set_vcov(search *s, rp_sem_fit *fit, double *null, bool *singular) {
    memcpy(s->base, fit->theta, s->space.n * sizeof *s->base);
    bool defined;
    if (!sem_information(s->spec, s->stats, s->base, s->whole, &defined, s->arena))
        return false;
    if (!defined)
        return true; /* NaN, as it is */
    sem_space_information(&s->space, s->whole, s->information);
    if (!sem_space_vcov(&s->space, s->information, SINGULAR, fit->vcov, null, singular, s->arena))
        return false;
    bool observed = s->spec->layout->missing == RP_SEM_FIML || s->spec->layout->levels || fit->estimator == RP_SEM_MLR;
    if (*singular || !observed)
        return true;
    if (!observe(s, &defined))
        return false;
    if (defined)
        return sem_space_vcov(&s->space, s->information, SINGULAR_BY_DIFFERENCES, fit->vcov, null, singular, s->arena);
    for (size_t i = 0; i < s->space.n * s->space.n; i++)
        fit->vcov[i] = NAN;
    return true;
}

/* Values at fit->theta. */
static void set_values(search *s, const sem_saturated *saturated, rp_sem_fit *fit) {
    fit->log_lik = -sem_objective_value(s->objective, fit->theta, s->by_theta) / 2;
    size_t m = s->space.m;
    for (size_t j = 0; j < m; j++) {
        double slope = 0;
        for (size_t i = 0; i < s->space.n; i++)
            slope += s->space.k[i * m + j] * s->by_theta[i];
        fit->max_gradient = fmax(fit->max_gradient, fabs(slope));
    }
    fit->log_lik_saturated = 0;
    for (size_t g = 0; g < fit->spec->layout->n_groups; g++)
        fit->log_lik_saturated += saturated[g].log_lik;
    fit->chisq = 2 * (fit->log_lik_saturated - fit->log_lik);
}

static rp_sem_fit *fit_make(const rp_sem_spec *spec, const rp_sem_stats *stats, rp_arena *arena) {
    rp_sem_fit *fit = rp_arena_take(arena, 1, sizeof *fit);
    size_t n = spec->n_parameters;
    if (fit == NULL)
        return NULL;
    *fit = (rp_sem_fit){.spec = spec, .stats = stats, .status = RP_SEM_NOT_FITTED, .message = "", .log_lik = NAN};
    fit->log_lik_saturated = fit->chisq = fit->df = NAN;
    fit->chisq_scaled = fit->df_scaled = fit->scaling = fit->shift = fit->scaling_baseline = NAN;
    fit->theta = rp_arena_take(arena, n + 1, sizeof *fit->theta);
    fit->vcov = rp_arena_take(arena, n * n + 1, sizeof *fit->vcov);
    if (fit->theta == NULL || fit->vcov == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        fit->theta[i] = NAN;
    for (size_t i = 0; i < n * n; i++)
        fit->vcov[i] = NAN;
    for (size_t g = 0; g < (spec->layout->levels ? 1 : spec->layout->n_groups); g++)
        fit->n += rp_sem_rows_used(stats, g);
    return fit;
}

/* Both levels as a search can begin with them: between clusters a variance may be below 0. */
static const sem_saturated *tamed(const sem_saturated *saturated, size_t p, rp_arena *arena) {
    sem_saturated *out = rp_arena_take(arena, 2, sizeof *out);
    double *room = rp_arena_take(arena, 2 * p * p, sizeof *room);
    if (out == NULL || room == NULL)
        return NULL;
    out[0] = saturated[0];
    out[1] = saturated[1];
    out[1].cov = room;
    memcpy(out[1].cov, saturated[1].cov, p * p * sizeof *room);
    sem_levels_tame(out[1].cov, saturated[0].cov, p, room + p * p);
    return out;
}

/* False: no memory. */
static bool run(rp_sem_fit *fit, const rp_sem_options *options, rp_arena *arena) {
    const rp_sem_layout *layout = fit->spec->layout;
    size_t p = layout->n_observed;
    sem_saturated *saturated = rp_arena_take(arena, layout->n_groups, sizeof *saturated);
    double *null = rp_arena_take(arena, fit->spec->n_parameters + 1, sizeof *null);
    search s;
    bool ok = saturated && null && sem_saturated_make(fit->stats, saturated, arena);
    const char *why = ok ? sem_why_not(fit->spec, fit->stats, saturated, &ok, arena) : NULL;
    if (!ok || why) {
        fit->message = why;
        return ok;
    }
    if (!search_make(&s, fit->spec, fit->stats, arena))
        return false;
    fit->n_free = s.space.m;
    size_t with_means = !fit->spec->means ? 0 : layout->levels ? 1 : layout->n_groups;
    fit->df = (double)(layout->n_groups * p * (p + 1) / 2 + with_means * p) - (double)fit->n_free;
    if (s.space.at_odds != SIZE_MAX) {
        fit->message = rp_arena_printf(
            arena, "Constraint %zu contradicts those before it: no parameters keep them all.", s.space.at_odds + 1);
        return fit->message != NULL;
    }
    rp_minimum best;
    const sem_saturated *from = layout->levels ? tamed(saturated, p, arena) : saturated;
    if (from == NULL || !find(&s, from, options, fit, &best))
        return false;
    if (!isfinite(best.value)) {
        fit->message = "No start was found from which the model has a likelihood; give starting values.";
        return true;
    }
    bool singular = false;
    if (!sem_set_signs(fit->spec, fit->theta, arena) || !set_vcov(&s, fit, null, &singular))
        return false;
    set_values(&s, saturated, fit);
    if (fit->estimator == RP_SEM_MLR && !sem_robust(fit, saturated, arena))
        return false;
    return sem_say(fit, best.converged, singular, null, arena) &&
           (!layout->levels || sem_levels_say(fit, saturated, arena));
}

rp_sem_fit *rp_sem_fit_stats(const rp_sem_spec *spec, const rp_sem_stats *stats, const rp_sem_options *options,
                             rp_arena *arena, rp_error *error) {
    rp_sem_estimator estimator = options ? options->estimator : RP_SEM_ML;
    assert((estimator == RP_SEM_WLSMV) == (spec->layout->categories != NULL));
    rp_sem_fit *fit = fit_make(spec, stats, arena);
    bool (*const fill)(rp_sem_fit *, const rp_sem_options *, rp_arena *) =
        estimator == RP_SEM_WLSMV ? sem_wls_fit : run;
    if (fit)
        fit->estimator = estimator;
    assert(estimator != RP_SEM_MLR || spec->layout->casewise);
    if (fit == NULL || !fill(fit, options, arena)) {
        (void)rp_fail_memory(error);
        return NULL;
    }
    return fit;
}
