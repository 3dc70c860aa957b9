/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Implied moments against formulas by hand, derivatives against central differences, -2 log-likelihood against the
 * plain density of rows and against lavaan. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "models/sem_spec.h"
#include "support/shared.h"

#define M RP_SEM_MEASURES
#define R RP_SEM_REGRESSES
#define V RP_SEM_COVARIES
#define I RP_SEM_INTERCEPT

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* Numbers between -1 and 1, the same ones each time. */
static double draw(uint32_t *seed) {
    *seed = *seed * 1664525U + 1013904223U;
    return (double)(*seed >> 8) / (1 << 23) - 1;
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

/* Two factors of three items each, with means and a covariance of residuals. Two groups share loadings and intercepts,
 * and the second has latent means. */
static void factors(built_sem *b, size_t groups) {
    sem_begin(b, 6, 2, groups, true);
    size_t shared = 0;
    for (size_t g = 0; g < groups; g++) {
        size_t next = 0;
        for (size_t i = 0; i < 6; i++) {
            if (i % 3 == 0)
                sem_fixed(b, g, M, 6 + i / 3, i, 1);
            else
                sem_same(b, g, M, 6 + i / 3, i, next++);
            sem_same(b, g, I, i, i, next++);
        }
        shared = next > shared ? next : shared;
        for (size_t i = 0; i < 8; i++)
            sem_free(b, g, V, i, i);
        sem_free(b, g, V, 6, 7);
        sem_free(b, g, V, 1, 5);
        for (size_t i = 6; g > 0 && i < 8; i++)
            sem_free(b, g, I, i, i);
    }
    assert_int_equal(shared, 10);
}

/* v0 -> v1 -> v2 -> v3 and v0 -> v3; v4 covaries with v0 and has an arrow to v2 that equals that of v1. */
static void chain(built_sem *b) {
    sem_begin(b, 5, 0, 1, true);
    sem_free(b, 0, R, 1, 0);
    size_t equal = sem_free(b, 0, R, 2, 1);
    sem_free(b, 0, R, 3, 2);
    sem_free(b, 0, R, 3, 0);
    sem_same(b, 0, R, 2, 4, equal);
    for (size_t i = 0; i < 5; i++)
        sem_free(b, 0, V, i, i);
    sem_free(b, 0, V, 4, 0);
    for (size_t i = 0; i < 5; i++)
        sem_free(b, 0, I, i, i);
}

/* A point where sigma is positive definite: variances 1 to 2, the rest between -0.4 and 0.8. */
static void point(const built_sem *b, uint32_t seed, double *theta) {
    for (size_t i = 0; i < b->spec.n_lines; i++) {
        const rp_sem_line *line = b->lines + i;
        if (line->parameter != SIZE_MAX)
            theta[line->parameter] = line->op == V && line->lhs == line->rhs ? 1.5 + draw(&seed) / 2
                                     : line->op == V                         ? 0.3 * draw(&seed)
                                                                             : 0.2 + 0.6 * draw(&seed);
    }
}

/* Rows that need not follow the model; `missing` in 100 values are. */
static raw_rows rows_of(const built_sem *b, size_t n, double missing, rp_arena *arena) {
    size_t p = b->layout.n_observed;
    double *values = rp_arena_take(arena, n * p, sizeof *values);
    uint32_t *group = rp_arena_take(arena, n, sizeof *group), seed = 7;
    for (size_t r = 0; r < n; r++) {
        double common = draw(&seed);
        group[r] = (uint32_t)(r * r % 7 % b->layout.n_groups);
        for (size_t i = 0; i < p; i++) {
            double value = common + 2 * draw(&seed) + 0.1 * (double)i;
            bool gone = i != r % p && 50 * (draw(&seed) + 1) < missing;
            values[r * p + i] = gone ? (double)NAN : value;
        }
    }
    return (raw_rows){n, p, values, group};
}

/* ---- moments by hand --------------------------------------------------------------------------------------------- */

static void one_factor(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    sem_begin(&b, 3, 1, 1, true);
    for (size_t i = 0; i < 3; i++) {
        sem_free(&b, 0, M, 3, i);
        sem_free(&b, 0, V, i, i);
        sem_free(&b, 0, I, i, i);
    }
    sem_free(&b, 0, V, 3, 3);
    sem_fixed(&b, 0, I, 3, 3, 0.7);
    const double theta[] = {1, 0.5, 3, 0.8, 0.6, -2, -1.2, 0.4, 0, 1.5};
    sem_ram ram;
    assert_true(sem_ram_make(&b.spec, 0, &ram, arena));
    assert_true(sem_ram_at(&ram, theta));
    for (size_t i = 0; i < 3; i++) {
        near(ram.mu[i], theta[3 * i + 2] + theta[3 * i] * 0.7, 1e-15); /* nu_i + lambda_i kappa */
        for (size_t j = 0; j < 3; j++) /* lambda_i lambda_j psi, and the residual variance on the diagonal */
            near(ram.sigma[i * 3 + j], theta[3 * i] * theta[3 * j] * 1.5 + (i == j ? theta[3 * i + 1] : 0), 1e-15);
    }
    rp_arena_free(arena);
}

static void arrows_in_a_chain(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    sem_begin(&b, 3, 0, 1, true);
    sem_free(&b, 0, R, 1, 0);
    sem_free(&b, 0, R, 2, 1);
    sem_free(&b, 0, R, 2, 0);
    for (size_t i = 0; i < 3; i++)
        sem_free(&b, 0, V, i, i);
    for (size_t i = 0; i < 3; i++)
        sem_free(&b, 0, I, i, i);
    double a = 0.5, c = -0.8, d = 0.3, theta[] = {a, c, d, 2, 1.1, 0.7, 4, 1, -1}, total = a * c + d;
    sem_ram ram;
    assert_true(sem_ram_make(&b.spec, 0, &ram, arena));
    assert_true(sem_ram_at(&ram, theta));
    /* x; m = 1 + a x + e; y = -1 + c m + d x + f, so y = (c - 1) + (a c + d) x + c e + f */
    near(ram.sigma[0], 2, 1e-15);
    near(ram.sigma[1], 2 * a, 1e-15);
    near(ram.sigma[2], 2 * total, 1e-15);
    near(ram.sigma[4], 2 * a * a + 1.1, 1e-15);
    near(ram.sigma[5], 2 * a * total + 1.1 * c, 1e-15);
    near(ram.sigma[8], 2 * total * total + 1.1 * c * c + 0.7, 1e-15);
    near(ram.sigma[7], ram.sigma[5], 0);
    near(ram.mu[1], 1 + 4 * a, 1e-15);
    near(ram.mu[2], c - 1 + 4 * total, 1e-15);
    rp_arena_free(arena);
}

/* x ~ a y, y ~ c x: variances (s + a^2 t) / (1 - a c)^2; nothing where a c = 1. */
static void arrows_in_a_circle(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    sem_begin(&b, 2, 0, 1, true);
    sem_free(&b, 0, R, 0, 1);
    sem_free(&b, 0, R, 1, 0);
    sem_fixed(&b, 0, V, 0, 0, 1.3);
    sem_fixed(&b, 0, V, 1, 1, 0.9);
    sem_ram ram;
    assert_true(sem_ram_make(&b.spec, 0, &ram, arena));
    assert_true(sem_ram_at(&ram, (double[]){0.5, -3}));
    near(ram.sigma[0], (1.3 + 0.25 * 0.9) / 6.25, 1e-15);
    near(ram.sigma[3], (0.9 + 9 * 1.3) / 6.25, 1e-14);
    near(ram.sigma[1], (-3 * 1.3 + 0.5 * 0.9) / 6.25, 1e-15);
    assert_false(sem_ram_at(&ram, (double[]){0.5, 2}));
    assert_false(sem_ram_at(&ram, (double[]){(double)NAN, 2}));
    rp_arena_free(arena);
}

/* ---- derivatives ------------------------------------------------------------------------------------------------- */

typedef struct problem {
    const built_sem *b;
    sem_ram *ram; /* of each group */
    sem_objective *objective;
    size_t moments;    /* of one group: means and the lower triangle of sigma */
    double *by, *room; /* a number for each moment of each group, and room for as many */
} problem;

static problem problem_of(const built_sem *b, double missing, rp_arena *arena) {
    size_t p = b->layout.n_observed, groups = b->layout.n_groups;
    problem out = {.b = b, .moments = p + p * (p + 1) / 2};
    out.ram = rp_arena_take(arena, groups, sizeof *out.ram);
    for (size_t g = 0; g < groups; g++)
        assert_true(sem_ram_make(&b->spec, g, out.ram + g, arena));
    raw_rows *raw = rp_arena_take(arena, 1, sizeof *raw);
    *raw = rows_of(b, 60, missing, arena);
    out.objective = sem_objective_make(&b->spec, raw_stats(raw, &b->layout, arena), arena);
    assert_non_null(out.objective);
    out.by = rp_arena_take(arena, 2 * groups * out.moments, sizeof *out.by);
    out.room = out.by + groups * out.moments;
    uint32_t seed = 3;
    for (size_t i = 0; i < groups * out.moments; i++)
        out.by[i] = draw(&seed);
    return out;
}

static void moments_at(const problem *at, const double *theta, double *out) {
    for (size_t g = 0; g < at->b->layout.n_groups; g++) {
        sem_ram *ram = at->ram + g;
        assert_true(sem_ram_at(ram, theta));
        for (size_t i = 0; i < ram->p; i++)
            *out++ = ram->mu[i];
        for (size_t c = 0; c < ram->p; c++)
            for (size_t r = c; r < ram->p; r++)
                *out++ = ram->sigma[r * ram->p + c];
    }
}

/* The number of this kind at theta: moment `which`, or the objective where there are no more moments. */
static double quantity(const problem *at, const double *theta, size_t which) {
    if (which == at->b->layout.n_groups * at->moments)
        return sem_objective_value(at->objective, theta, NULL);
    moments_at(at, theta, at->room);
    return at->room[which];
}

/* By four values around theta; what is left out is of the order of 1e-12. */
static double difference(const problem *at, double *theta, size_t parameter, size_t which) {
    double kept = theta[parameter], h = 1e-3, f[4];
    for (int i = 0; i < 4; i++) {
        theta[parameter] = kept + h * (double[]){-2, -1, 1, 2}[i];
        f[i] = quantity(at, theta, which);
    }
    theta[parameter] = kept;
    return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h);
}

/* Jacobian against differences; the gradient of sum by * moment against the Jacobian; the objective's. */
static void derivatives_hold(const problem *at, double *theta, rp_arena *arena) {
    size_t n = at->b->spec.n_parameters, groups = at->b->layout.n_groups, p = at->ram->p, v = at->ram->v;
    double *jacobian = rp_arena_take(arena, at->moments * n, sizeof *jacobian);
    double *scratch = rp_arena_take(arena, 3 * v * v + 2 * v, sizeof *scratch);
    double *ours = rp_arena_take(arena, 2 * n, sizeof *ours), *theirs = ours + n;
    double *full = rp_arena_take(arena, p * p, sizeof *full);
    for (size_t g = 0; g < groups; g++) {
        assert_true(sem_ram_at(at->ram + g, theta));
        sem_ram_jacobian(at->ram + g, jacobian, scratch);
        const double *by = at->by + g * at->moments, *next = by + p;
        for (size_t c = 0; c < p; c++)
            for (size_t r = c; r < p; r++, next++)
                full[r * p + c] = full[c * p + r] = r == c ? *next : *next / 2;
        sem_ram_gradient(at->ram + g, full, by, ours, scratch);
        for (size_t m = 0; m < at->moments; m++)
            for (size_t i = 0; i < n; i++) {
                double d = difference(at, theta, i, g * at->moments + m);
                near(jacobian[m * n + i], d, 1e-6 * fabs(d) + 1e-10);
                theirs[i] += by[m] * jacobian[m * n + i];
            }
    }
    for (size_t i = 0; i < n; i++)
        near(ours[i], theirs[i], 1e-12 * (1 + fabs(theirs[i])));
    double value = sem_objective_value(at->objective, theta, ours);
    assert_true(isfinite(value));
    near(sem_objective_value(at->objective, theta, NULL), value, 0);
    for (size_t i = 0; i < n; i++) {
        double d = difference(at, theta, i, groups * at->moments);
        near(ours[i], d, 1e-6 * fabs(d) + 1e-8);
    }
}

static void at_three_points(const built_sem *b, double missing) {
    for (uint32_t seed = 1; seed <= 3; seed++) {
        rp_arena *arena = rp_arena_new(0);
        double *theta = rp_arena_take(arena, b->spec.n_parameters, sizeof *theta);
        problem at = problem_of(b, missing, arena);
        point(b, seed, theta);
        derivatives_hold(&at, theta, arena);
        rp_arena_free(arena);
    }
}

static void derivatives_of_factors(void **state) {
    (void)state;
    built_sem b;
    factors(&b, 1);
    assert_int_equal(b.spec.n_parameters, 20);
    at_three_points(&b, 0);
    at_three_points(&b, 30);
}

static void derivatives_of_a_chain(void **state) {
    (void)state;
    built_sem b;
    chain(&b);
    at_three_points(&b, 0);
    at_three_points(&b, 30);
}

static void derivatives_of_two_groups(void **state) {
    (void)state;
    built_sem b;
    factors(&b, 2);
    at_three_points(&b, 0);
    at_three_points(&b, 30);
}

/* ---- the density ------------------------------------------------------------------------------------------------- */

static void is_the_density(built_sem *b, double missing, uint32_t seed) {
    rp_arena *arena = rp_arena_new(0);
    double *theta = rp_arena_take(arena, b->spec.n_parameters, sizeof *theta);
    raw_rows raw = rows_of(b, 300, missing, arena);
    rp_sem_stats *stats = raw_stats(&raw, &b->layout, arena);
    point(b, seed, theta);
    long double sum = 0;
    for (uint32_t g = 0; g < b->layout.n_groups; g++) {
        sem_ram ram;
        assert_true(sem_ram_make(&b->spec, g, &ram, arena));
        assert_true(sem_ram_at(&ram, theta));
        for (size_t r = 0; r < raw.n; r++)
            if (raw.group[r] == g)
                sum += raw_density(raw.values + r * raw.p, raw.p, ram.sigma,
                                   b->spec.means ? ram.mu : stats->patterns[g].mean);
    }
    assert_true(missing > 0 ? stats->n_patterns > 30 : stats->n_patterns == b->layout.n_groups);
    sem_objective *objective = sem_objective_make(&b->spec, stats, arena);
    assert_non_null(objective);
    near(sem_objective_value(objective, theta, NULL), (double)sum, 1e-12 * (double)sum);
    rp_arena_free(arena);
}

static void likelihood_is_the_density(void **state) {
    (void)state;
    built_sem b;
    for (size_t groups = 1; groups <= 2; groups++) {
        factors(&b, groups);
        is_the_density(&b, 0, 4);
        is_the_density(&b, 40, 5);
    }
}

static void means_as_observed(void **state) {
    (void)state;
    built_sem b;
    for (size_t groups = 1; groups <= 2; groups++) {
        sem_begin(&b, 4, 1, groups, false);
        for (size_t g = 0; g < groups; g++) {
            for (size_t i = 0; i < 4; i++)
                sem_same(&b, g, M, 4, i, i);
            for (size_t i = 0; i < 5; i++)
                sem_free(&b, g, V, i, i);
        }
        is_the_density(&b, 0, 6);
    }
}

static void not_positive_definite(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    factors(&b, 1);
    double *theta = rp_arena_take(arena, b.spec.n_parameters, sizeof *theta);
    problem at = problem_of(&b, 0, arena);
    point(&b, 1, theta);
    assert_true(isfinite(sem_objective_value(at.objective, theta, NULL)));
    theta[10] = -9; /* the first residual variance */
    assert_true(!isfinite(sem_objective_value(at.objective, theta, NULL)));
    rp_arena_free(arena);
}

/* ---- lavaan ------------------------------------------------------------------------------------------------------ */

/* R 4.2.2, lavaan 0.6-14: f <- cfa("visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9",
 * HolzingerSwineford1939, meanstructure = TRUE); parTable(f)$est, -2 * logLik(f) */
static const double holzinger_estimates[] = {
    0.553500293763662, 0.729370209767044, 1.11307657811851,  0.926146236632328, 1.17995083947085,  1.08153015685908,
    0.549053973199018, 1.13383901648387,  0.844324045708499, 0.371172992836844, 0.446255070260067, 0.356202664278948,
    0.799391638325101, 0.487697083769164, 0.566131293573694, 0.809315981090822, 0.97949137285969,  0.383747649264106,
    0.408232442095546, 0.26222460204864,  0.173494684580679, 4.93576965637874,  6.08803986710963,  2.25041528239203,
    3.06090808684385,  4.34053156146179,  2.1855719017608,   4.18590206677741,  5.52707641196013,  5.37412329169435};
static const double holzinger_deviance = 7475.48985325239;

static void holzinger(built_sem *b, bool means) {
    sem_begin(b, 9, 3, 1, means);
    for (size_t i = 0; i < 9; i++)
        if (i % 3 == 0)
            sem_fixed(b, 0, M, 9 + i / 3, i, 1);
        else
            sem_free(b, 0, M, 9 + i / 3, i);
    for (size_t i = 0; i < 12; i++)
        sem_free(b, 0, V, i, i);
    sem_free(b, 0, V, 9, 10);
    sem_free(b, 0, V, 9, 11);
    sem_free(b, 0, V, 10, 11);
    for (size_t i = 0; means && i < 9; i++)
        sem_free(b, 0, I, i, i);
}

static void three_factors_as_lavaan_has_them(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("data/HolzingerSwineford1939.csv"), arena);
    double *values = rp_arena_take(arena, s.n * 9, sizeof *values);
    for (size_t i = 0; i < 9; i++) {
        double *column = sheet_numbers(&s, (const char[]){'x', (char)('1' + i), 0});
        for (size_t r = 0; r < s.n; r++)
            values[r * 9 + i] = column[r];
    }
    assert_int_equal(s.n, 301);
    raw_rows raw = {s.n, 9, values, NULL};
    for (int means = 0; means < 2; means++) {
        built_sem b;
        holzinger(&b, means);
        assert_int_equal(b.spec.n_parameters, means ? 30 : 21);
        rp_sem_stats *stats = raw_stats(&raw, &b.layout, arena);
        sem_objective *objective = sem_objective_make(&b.spec, stats, arena);
        double gradient[30];
        near(sem_objective_value(objective, holzinger_estimates, gradient), holzinger_deviance,
             1e-8 * holzinger_deviance);
        for (size_t i = 0; i < b.spec.n_parameters;
             i++) /* a summit; lavaan stops at 1e-6 or so of F = objective / 2N */
            near(gradient[i] / (2 * 301), 0, 1e-5);
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_factor),
        cmocka_unit_test(arrows_in_a_chain),
        cmocka_unit_test(arrows_in_a_circle),
        cmocka_unit_test(derivatives_of_factors),
        cmocka_unit_test(derivatives_of_a_chain),
        cmocka_unit_test(derivatives_of_two_groups),
        cmocka_unit_test(likelihood_is_the_density),
        cmocka_unit_test(means_as_observed),
        cmocka_unit_test(not_positive_definite),
        cmocka_unit_test(three_factors_as_lavaan_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
