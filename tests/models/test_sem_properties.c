/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds of any structural equation model: moments that a model implies give its parameters back, and a model
 * within another never fits better. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"

/* Uniform on (0, 1), the same every time. */
static double draw(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's */
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

/* Somewhere proper: variances from 1 to 2, covariances small, loadings and arrows above 0. */
static void somewhere(const rp_sem_spec *spec, uint64_t seed, double *theta) {
    uint64_t state = seed;
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        double u = draw(&state);
        if (line->parameter == SIZE_MAX)
            continue;
        bool variance = line->op == RP_SEM_COVARIES && line->lhs == line->rhs;
        bool covariance = line->op == RP_SEM_COVARIES && !variance;
        theta[line->parameter] = variance ? 1 + u : covariance ? 0.6 * (u - 0.5) : 0.4 + 0.8 * u;
    }
}

/* Statistics whose moments are those of the model at theta. */
static rp_sem_stats *implied(const rp_sem_spec *spec, const double *theta, int64_t n, rp_arena *arena) {
    size_t p = spec->layout->n_observed;
    sem_ram ram;
    rp_sem_stats *stats = rp_arena_take(arena, 1, sizeof *stats);
    sem_pattern *pattern = rp_arena_take(arena, 1, sizeof *pattern);
    uint32_t *observed = rp_arena_take(arena, p, sizeof *observed);
    assert_true(stats && pattern && observed && sem_pattern_make(pattern, 0, p, arena));
    assert_true(sem_ram_make(spec, 0, &ram, arena) && sem_ram_at(&ram, theta));
    for (size_t i = 0; i < p; i++) {
        observed[i] = (uint32_t)i;
        pattern->mean[i] = ram.mu[i];
    }
    for (size_t i = 0; i < p * p; i++)
        pattern->cross[i] = (double)n * ram.sigma[i];
    pattern->observed = observed;
    pattern->n = n;
    *stats = (rp_sem_stats){.layout = spec->layout, .patterns = pattern, .n_patterns = 1};
    return stats;
}

static void comes_back(const char *text, const rp_sem_rules *rules) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_text *parsed = rp_sem_parse(text, arena, &error);
    assert_non_null(parsed);
    rp_sem_layout layout = {.n_groups = 1};
    layout.n_observed = rp_sem_observed(parsed, &layout.observed);
    rp_sem_spec *spec = rp_sem_specify(parsed, &layout, rules, arena, &error);
    assert_non_null(spec);
    double *theta = rp_arena_take(arena, spec->n_parameters, sizeof *theta);
    assert_non_null(theta);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        somewhere(spec, seed, theta);
        rp_sem_fit *fit = rp_sem_fit_stats(spec, implied(spec, theta, 1000, arena), NULL, arena, &error);
        assert_non_null(fit);
        assert_int_equal(fit->status, RP_SEM_CONVERGED);
        near(fit->chisq, 0, 1e-6);
        for (size_t i = 0; i < spec->n_parameters; i++) /* B9: 1e-4 standard errors */
            near(fit->theta[i], theta[i], 1e-4 * sqrt(fit->vcov[i * (spec->n_parameters + 1)]));
    }
    rp_arena_free(arena);
}

static void implied_moments_give_parameters_back(void **state) {
    (void)state;
    comes_back("f =~ a + b + c + d\ng =~ e + h + i + j", &(rp_sem_rules){.means = true});
    comes_back("f =~ a + b + c\ng =~ e + h + i\nk =~ l + m + n\nw =~ f + g + k", &(rp_sem_rules){0});
    comes_back("c ~ b\nb ~ a", &(rp_sem_rules){.means = true});
    comes_back("f =~ a + b + c\ng =~ e + h + i\ng ~ f", &(rp_sem_rules){.std_lv = true});
}

static double chisq(sem_case *c, const char *text) {
    rp_sem_fit *fit = fitted(c, text);
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    return fit->chisq;
}

/* From the widest to the narrowest. */
static void a_model_within_another_fits_no_better(void **state) {
    (void)state;
    static const char *const models[] = {
        "v =~ x1 + x2 + x3; t =~ x4 + x5 + x6; s =~ x7 + x8 + x9; x1 ~~ x7",
        "v =~ x1 + x2 + x3; t =~ x4 + x5 + x6; s =~ x7 + x8 + x9",
        "v =~ x1 + x2 + x3; t =~ x4 + a*x5 + a*x6; s =~ x7 + x8 + x9",
        "v =~ x1 + x2 + x3; t =~ x4 + a*x5 + a*x6; s =~ x7 + x8 + x9; v ~~ 0*s",
        "v =~ x1 + x2 + x3; t =~ x4 + a*x5 + a*x6; s =~ x7 + x8 + x9; v ~~ 0*s + 0*t; t ~~ 0*s",
    };
    sem_case c = data("data/HolzingerSwineford1939.csv");
    double last = 0;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        double now = chisq(&c, models[i]);
        assert_true(now > last); /* none of these restrictions is quite true */
        last = now;
    }
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(implied_moments_give_parameters_back),
                                       cmocka_unit_test(a_model_within_another_fits_no_better)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
