/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often intervals of mixed models cover what is true: simulated data sets of several designs, fitted one after the
 * other. Prints a line a parameter: design, parameter, interval, data sets with an interval, of these covered, and
 * whether the design is too small for that interval (it is shown for what happens then).
 *
 *   model_coverage DATA_SETS SEED
 *
 * The designs are small on purpose: with many groups any interval is good. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/mixed.h"

enum { MOST_ROWS = 2000, MOST_COLUMNS = 4, MOST_FACTORS = 2, MOST_TERMS = 2, MOST_QUESTIONS = 12 };

/* ---- designs ---------------------------------------------------------------------------------------------------- */

/* One data set, and what made it. */
typedef struct data {
    size_t n;
    double columns[MOST_COLUMNS][MOST_ROWS], y[MOST_ROWS], time[MOST_ROWS];
    uint32_t groups[MOST_FACTORS][MOST_ROWS];
} data;

typedef enum interval { WALD, SATTERTHWAITE, KENWARD_ROGER, PROFILE, INTERVALS } interval;
static const char *const interval_names[INTERVALS] = {"Wald", "Satterthwaite", "Kenward-Roger", "profile"};

/* What is asked of a design: whether this interval of this parameter covers. A fixed effect by its number; a profile's
 * parameter by its place in rp_mixed_profile. */
typedef struct question {
    const char *name;
    interval by;
    size_t parameter;
    double truth;
    bool too_small; /* the design, for this interval: known before */
} question;

typedef struct design {
    const char *name;
    rp_mixed_spec spec;
    void (*make)(const struct design *design, rp_draws *draws, data *out);
    question questions[MOST_QUESTIONS];
} design;

static double normal(rp_draws *draws) {
    return rp_normal_quantile(rp_draw(draws));
}

static void add_row(data *d, double y, const double *x, size_t n_columns, uint32_t g0, uint32_t g1) {
    for (size_t c = 0; c < n_columns; c++)
        d->columns[c][d->n] = x[c];
    d->y[d->n] = y;
    d->groups[0][d->n] = g0;
    d->groups[1][d->n++] = g1;
}

/* 24 clients, half of them in each of two arms, 3 to 6 sessions: level and slope differ. */
static void make_slopes(const design *of, rp_draws *draws, data *out) {
    for (uint32_t i = 0; i < of->spec.levels[0]; i++) {
        double u = 3 * normal(draws), v = 0.6 * normal(draws) - 0.1 * u, arm = i % 2;
        for (uint32_t t = 0; t < 3 + i % 4; t++) {
            const double x[] = {1, t, arm};
            add_row(out, 14 - t + 0 * arm + u + v * t + 2 * normal(draws), x, 3, i, 0);
        }
    }
}

/* Practitioners of 3 to 8 clients with 3 sessions each; half of the practitioners have a training. */
static void make_three_levels(const design *of, rp_draws *draws, data *out) {
    uint32_t client = 0;
    for (uint32_t p = 0; p < of->spec.levels[1]; p++) {
        double at_practitioner = 1.5 * normal(draws), trained = p % 2;
        for (uint32_t c = 0; c < 3 + p % 6; c++, client++) {
            double u = 3 * normal(draws);
            for (uint32_t t = 0; t < 3; t++) {
                const double x[] = {1, t, trained};
                add_row(out, 14 - t + at_practitioner + u + 2 * normal(draws), x, 3, client, p);
            }
        }
    }
}

/* 12 clients by 8 raters, two thirds of the pairs rated; a property of raters. */
static void make_crossed(const design *of, rp_draws *draws, data *out) {
    double client[12], rater[8];
    for (size_t i = 0; i < of->spec.levels[0]; i++)
        client[i] = 1.5 * normal(draws);
    for (size_t j = 0; j < of->spec.levels[1]; j++)
        rater[j] = normal(draws);
    for (uint32_t i = 0; i < of->spec.levels[0]; i++)
        for (uint32_t j = 0; j < of->spec.levels[1]; j++)
            if ((i + j) % 3 != 0) {
                const double x[] = {1, j % 2};
                add_row(out, 4 + client[i] + rater[j] + normal(draws), x, 2, i, j);
            }
}

/* The same variance of practitioners is nought: the fit lies on the boundary half of the time. */
static void make_nought(const design *of, rp_draws *draws, data *out) {
    for (uint32_t p = 0; p < of->spec.levels[0]; p++)
        for (uint32_t c = 0; c < 6; c++) {
            const double x[] = {1, p % 2};
            add_row(out, 10 + 3 * normal(draws), x, 2, p, 0);
        }
}

/* Practitioners of 20 clients, 40 percent of whom leave. */
static void make_leaving(const design *of, rp_draws *draws, data *out) {
    bool cloglog = of->spec.family == RP_MIXED_CLOGLOG;
    for (uint32_t p = 0; p < of->spec.levels[0]; p++) {
        double u = 0.5 * normal(draws), trained = p % 2;
        for (uint32_t c = 0; c < 20; c++) {
            double severity = normal(draws), eta = -0.5 + 0.3 * severity + u;
            double share = cloglog ? 1 - exp(-exp(eta)) : 1 / (1 + exp(-eta));
            const double x[] = {1, severity, trained};
            add_row(out, rp_draw(draws) < share, x, 3, p, 0);
        }
    }
}

static const char *const names[MOST_COLUMNS] = {"(Intercept)", "x1", "x2", "x3"};
static const char *const factors[MOST_FACTORS] = {"first", "second"};
static const size_t places[MOST_COLUMNS] = {0, 1, 2, 3};
static const rp_mixed_term slopes[] = {{0, places, 2}}, one[] = {{0, places, 1}},
                           both[] = {{0, places, 1}, {1, places, 1}};

#define SPEC(family_, columns_, levels_, n_factors_, terms_, n_terms_)                                                 \
    {                                                                                                                  \
        .family = family_, .reml = true, .column_names = names, .n_columns = columns_, .fixed = places,                \
        .n_fixed = columns_, .factor_names = factors, .levels = levels_, .n_factors = n_factors_, .terms = terms_,     \
        .n_terms = n_terms_                                                                                            \
    }
static const uint32_t clients[] = {24}, nested[] = {66, 12}, more[] = {216, 40}, crossed[] = {12, 8}, few[] = {10},
                      many[] = {40}, most[] = {100};

static const design designs[] = {
    {"24 clients, 3 to 6 sessions, level and slope differ",
     SPEC(RP_MIXED_GAUSSIAN, 3, clients, 1, slopes, 1),
     make_slopes,
     {{"slope", SATTERTHWAITE, 1, -1, false},
      {"slope", KENWARD_ROGER, 1, -1, false},
      {"slope", PROFILE, 5, -1, false},
      {"difference of arms", SATTERTHWAITE, 2, 0, false},
      {"difference of arms", KENWARD_ROGER, 2, 0, false},
      {"SD of level", PROFILE, 0, 3, false},
      {"residual SD", PROFILE, 3, 2, false}}},
    {"12 practitioners, 3 to 8 clients each, 3 sessions",
     SPEC(RP_MIXED_GAUSSIAN, 3, nested, 2, both, 2),
     make_three_levels,
     {{"slope", SATTERTHWAITE, 1, -1, false},
      {"difference by training", SATTERTHWAITE, 2, 0, false},
      {"difference by training", KENWARD_ROGER, 2, 0, false},
      {"SD between practitioners", PROFILE, 1, 1.5, true}}},
    {"40 practitioners, 3 to 8 clients each, 3 sessions",
     SPEC(RP_MIXED_GAUSSIAN, 3, more, 2, both, 2),
     make_three_levels,
     {{"difference by training", SATTERTHWAITE, 2, 0, false}, {"SD between practitioners", PROFILE, 1, 1.5, false}}},
    {"12 clients by 8 raters, crossed",
     SPEC(RP_MIXED_GAUSSIAN, 2, crossed, 2, both, 2),
     make_crossed,
     {{"difference of raters", SATTERTHWAITE, 1, 0, false},
      {"difference of raters", KENWARD_ROGER, 1, 0, false},
      {"SD between clients", PROFILE, 0, 1.5, false}}},
    {"10 practitioners who do not differ",
     SPEC(RP_MIXED_GAUSSIAN, 2, few, 1, one, 1),
     make_nought,
     {{"difference by training", SATTERTHWAITE, 1, 0, true}, {"difference by training", KENWARD_ROGER, 1, 0, true}}},
    {"40 practitioners, 20 clients each, logit",
     SPEC(RP_MIXED_LOGIT, 3, many, 1, one, 1),
     make_leaving,
     {{"severity", WALD, 1, 0.3, false}, {"difference by training", WALD, 2, 0, true}}},
    {"100 practitioners, 20 clients each, logit",
     SPEC(RP_MIXED_LOGIT, 3, most, 1, one, 1),
     make_leaving,
     {{"severity", WALD, 1, 0.3, false}, {"difference by training", WALD, 2, 0, false}}},
    {"40 practitioners, 20 clients each, complementary log-log",
     SPEC(RP_MIXED_CLOGLOG, 3, many, 1, one, 1),
     make_leaving,
     {{"severity", WALD, 1, 0.3, false}, {"difference by training", WALD, 2, 0, true}}},
    {"100 practitioners, 20 clients each, complementary log-log",
     SPEC(RP_MIXED_CLOGLOG, 3, most, 1, one, 1),
     make_leaving,
     {{"severity", WALD, 1, 0.3, false}, {"difference by training", WALD, 2, 0, false}}},
};
enum { DESIGNS = sizeof designs / sizeof *designs };

/* ---- one data set --------------------------------------------------------------------------------------------------
 */

/* By data set and question: 1 covered, 0 not, -1 no interval. */
typedef struct work {
    const design *design;
    uint64_t seed;
    signed char *covered;
} work;

static int covers(const rp_mixed_fit *fit, const question *q, const rp_interval *profile, rp_arena *arena) {
    double lower, upper;
    if (q->by == PROFILE) {
        lower = profile[q->parameter].lower;
        upper = profile[q->parameter].upper;
    } else {
        static const rp_mixed_df df[] = {RP_MIXED_DF_NONE, RP_MIXED_DF_SATTERTHWAITE, RP_MIXED_DF_KENWARD_ROGER};
        double contrast[MOST_COLUMNS] = {0};
        contrast[q->parameter] = 1;
        rp_mixed_effect effect;
        rp_error error;
        if (!rp_mixed_contrast(fit, contrast, df[q->by], 0.95, arena, &effect, &error))
            return -1;
        lower = effect.lower;
        upper = effect.upper;
    }
    return isnan(lower) || isnan(upper) ? -1 : lower <= q->truth && q->truth <= upper;
}

static bool asks_profile(const design *d) {
    for (const question *q = d->questions; q->name != NULL; q++)
        if (q->by == PROFILE)
            return true;
    return false;
}

static void judge(const work *w, const rp_mixed_fit *fit, signed char *covered, rp_arena *arena) {
    rp_error error;
    rp_interval *profile = rp_arena_take(arena, rp_mixed_parameters(fit), sizeof *profile);
    bool profiled = asks_profile(w->design) && profile != NULL && rp_mixed_profile(fit, 0.95, arena, profile, &error);
    for (size_t q = 0; w->design->questions[q].name != NULL; q++)
        if (profiled || w->design->questions[q].by != PROFILE)
            covered[q] = (signed char)covers(fit, &w->design->questions[q], profile, arena);
}

static void one_data_set(void *context, size_t i) {
    const work *w = context;
    const rp_mixed_spec *spec = &w->design->spec;
    signed char *covered = w->covered + i * MOST_QUESTIONS;
    memset(covered, -1, MOST_QUESTIONS);
    rp_arena *arena = rp_arena_new(0);
    data *d = arena != NULL ? rp_arena_take(arena, 1, sizeof *d) : NULL;
    if (d == NULL) {
        rp_arena_free(arena);
        return;
    }
    rp_draws draws = rp_draws_of(w->seed, i, (uint32_t)(w->design - designs));
    w->design->make(w->design, &draws, d);
    const double *columns[MOST_COLUMNS] = {d->columns[0], d->columns[1], d->columns[2], d->columns[3]};
    const uint32_t *groups[MOST_FACTORS] = {d->groups[0], d->groups[1]};
    const rp_mixed_rows rows = {.n = d->n, .columns = columns, .groups = groups, .y = d->y};
    rp_error error;
    rp_mixed_stats *stats = rp_mixed_prepare(spec, &rows, arena, &error);
    const rp_mixed_options options = {.quadrature = 1, .threads = 1};
    rp_mixed_fit *fit = stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, &error) : NULL;
    if (fit != NULL && fit->status <= RP_MIXED_BOUNDARY)
        judge(w, fit, covered, arena);
    rp_arena_free(arena);
}

static bool all_data_sets(const design *of, size_t n, uint64_t seed, rp_arena *arena) {
    work w = {of, seed, rp_arena_take(arena, n, MOST_QUESTIONS)};
    if (w.covered == NULL)
        return false;
    rp_pool_run(rp_processors(), n, one_data_set, &w);
    for (size_t q = 0; of->questions[q].name != NULL; q++) {
        size_t told = 0, covered = 0;
        for (size_t i = 0; i < n; i++) {
            told += w.covered[i * MOST_QUESTIONS + q] >= 0;
            covered += w.covered[i * MOST_QUESTIONS + q] == 1;
        }
        printf("%s\t%s\t%s\t%zu\t%zu\t%s\n", of->name, of->questions[q].name, interval_names[of->questions[q].by], told,
               covered, of->questions[q].too_small ? "too small" : "");
    }
    return true;
}

int main(int argc, char **argv) {
    int64_t n = 0, seed = 0;
    if (argc != 3 || !rp_text_to_int(rp_text_of(argv[1]), &n) || !rp_text_to_int(rp_text_of(argv[2]), &seed) || n < 1) {
        fputs("usage: model_coverage DATA_SETS SEED\n", stderr);
        return 2;
    }
    rp_arena *arena = rp_arena_new(0);
    bool fine = arena != NULL;
    for (size_t d = 0; d < DESIGNS && fine; d++)
        fine = all_data_sets(&designs[d], (size_t)n, (uint64_t)seed, arena);
    rp_arena_free(arena);
    return fine ? 0 : 1;
}
