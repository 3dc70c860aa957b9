/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structural equation models at fixed parameters: implied moments by hand, slopes by differences, the log-likelihood
 * from the rows themselves in long double. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/sem/sem_parts.h"

enum { MOST = 8, ROWS = 60 };

/* A model from text, and rows that were drawn for it. */
typedef struct trial {
    rp_arena *arena;
    rp_sem_layout layout;
    rp_sem_spec *spec;
    rp_sem_stats *stats;
    double values[MOST][ROWS];
    uint32_t group[ROWS];
    double theta[64];
} trial;

static const char *const group_names[] = {"one", "two"};

static void trial_begin(trial *t, const char *text, const rp_sem_rules *rules, rp_sem_missing missing,
                        size_t n_groups) {
    rp_error error;
    memset(t, 0, sizeof *t);
    t->arena = rp_arena_new(0);
    rp_sem_text *parsed = rp_sem_parse(text, t->arena, &error);
    assert_non_null(parsed);
    t->layout = (rp_sem_layout){.n_groups = n_groups, .missing = missing};
    if (n_groups > 1)
        t->layout.groups = group_names;
    t->layout.n_observed = rp_sem_observed(parsed, &t->layout.observed);
    assert_true(t->layout.n_observed <= MOST);
    t->spec = rp_sem_specify(parsed, &t->layout, rules, t->arena, &error);
    assert_non_null(t->spec);
    assert_true(t->spec->n_parameters > 0 && t->spec->n_parameters <= 64);
}

/* Uniform on (0, 1), the same every time. */
static double draw(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

/* Rows that go together, about a third of the values missing where that is allowed. */
static void trial_rows(trial *t) {
    uint64_t state = 7;
    const double *columns[MOST];
    rp_error error;
    for (size_t i = 0; i < ROWS; i++) {
        double common = draw(&state) * 4;
        t->group[i] = (uint32_t)(i % t->layout.n_groups);
        for (size_t v = 0; v < t->layout.n_observed; v++) {
            t->values[v][i] = common + draw(&state) * 3 + (double)v;
            if (t->layout.missing == RP_SEM_FIML && draw(&state) < 0.3)
                t->values[v][i] = NAN;
        }
    }
    for (size_t v = 0; v < t->layout.n_observed; v++)
        columns[v] = t->values[v];
    rp_sem_rows rows = {.n = ROWS, .columns = columns, .group = t->group};
    t->stats = rp_sem_prepare(&t->layout, &rows, t->arena, &error);
    assert_non_null(t->stats);
}

/* Parameters somewhere: variances well above 0, the rest anywhere. */
static void trial_point(trial *t, uint64_t seed) {
    uint64_t state = seed * 977 + 1;
    for (size_t i = 0; i < t->spec->n_lines; i++) {
        const rp_sem_line *line = &t->spec->lines[i];
        if (line->parameter == SIZE_MAX)
            continue;
        double u = draw(&state);
        bool variance = line->op == RP_SEM_COVARIES && line->lhs == line->rhs;
        bool covariance = line->op == RP_SEM_COVARIES && !variance;
        t->theta[line->parameter] = variance ? 1.5 + u : covariance ? 0.4 * (u - 0.5) : 0.3 + 0.8 * u;
    }
}

static void near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
        fail_msg("%.15g is not %.15g", got, expected);
}

static double *parameter(trial *t, rp_sem_op op, size_t lhs, size_t rhs) {
    for (size_t i = 0; i < t->spec->n_lines; i++) {
        const rp_sem_line *line = &t->spec->lines[i];
        if (line->op == op && line->lhs == lhs && line->rhs == rhs && line->parameter != SIZE_MAX)
            return &t->theta[line->parameter];
    }
    fail_msg("no such parameter");
    return NULL;
}

/* ---- definitions ------------------------------------------------------------------------------------------ */

static void one_factor_by_hand(void **state) {
    (void)state;
    trial t;
    trial_begin(&t, "f =~ a + b + c", &(rp_sem_rules){.means = true}, RP_SEM_LISTWISE, 1);
    trial_point(&t, 3);
    *parameter(&t, RP_SEM_MEASURES, 3, 1) = 2;
    *parameter(&t, RP_SEM_MEASURES, 3, 2) = -0.5;
    *parameter(&t, RP_SEM_COVARIES, 3, 3) = 4;
    *parameter(&t, RP_SEM_COVARIES, 0, 0) = 7;
    *parameter(&t, RP_SEM_COVARIES, 1, 1) = 9;
    *parameter(&t, RP_SEM_INTERCEPT, 1, 1) = 11;
    sem_ram ram;
    assert_true(sem_ram_make(t.spec, 0, &ram, t.arena));
    assert_true(sem_ram_at(&ram, t.theta));
    near(ram.sigma[0], 1 * 1 * 4 + 7, 1e-15); /* lambda_a^2 psi + theta_a, the first loading being 1 */
    near(ram.sigma[1], 1 * 2 * 4, 1e-15);     /* lambda_a lambda_b psi */
    near(ram.sigma[5], 2 * -0.5 * 4, 1e-15);  /* lambda_b lambda_c psi */
    near(ram.sigma[4], 2 * 2 * 4 + 9, 1e-15); /* lambda_b^2 psi + theta_b */
    near(ram.sigma[7], ram.sigma[5], 0);      /* symmetric */
    near(ram.mu[1], 11, 1e-15);               /* the intercept, since the factor's mean is 0 */
    rp_arena_free(t.arena);
}

static void chain_by_hand(void **state) {
    (void)state;
    trial t;
    trial_begin(&t, "c ~ b\nb ~ a\na ~ 1\nb ~ 1\nc ~ 1", &(rp_sem_rules){.means = true}, RP_SEM_LISTWISE, 1);
    trial_point(&t, 4);
    const char *const *names = t.layout.observed;
    size_t a = 0, b = 0, c = 0;
    for (size_t i = 0; i < 3; i++)
        *(names[i][0] == 'a' ? &a : names[i][0] == 'b' ? &b : &c) = i;
    *parameter(&t, RP_SEM_REGRESSES, c, b) = 0.5;
    *parameter(&t, RP_SEM_REGRESSES, b, a) = 3;
    *parameter(&t, RP_SEM_COVARIES, a, a) = 2;
    *parameter(&t, RP_SEM_COVARIES, b, b) = 5;
    *parameter(&t, RP_SEM_COVARIES, c, c) = 1;
    *parameter(&t, RP_SEM_INTERCEPT, a, a) = 1;
    *parameter(&t, RP_SEM_INTERCEPT, b, b) = 10;
    *parameter(&t, RP_SEM_INTERCEPT, c, c) = 100;
    sem_ram ram;
    assert_true(sem_ram_make(t.spec, 0, &ram, t.arena));
    assert_true(sem_ram_at(&ram, t.theta));
    near(ram.sigma[a * 3 + c], 0.5 * 3 * 2, 1e-15);                /* cov(a, c) = both arrows times var(a) */
    near(ram.sigma[b * 3 + b], 3 * 3 * 2 + 5, 1e-15);              /* var(b) */
    near(ram.sigma[c * 3 + c], 0.25 * (3 * 3 * 2 + 5) + 1, 1e-15); /* var(c) */
    near(ram.mu[c], 100 + 0.5 * (10 + 3 * 1), 1e-15);              /* the means along the chain */
    rp_arena_free(t.arena);
}

/* ---- slopes ------------------------------------------------------------------------------------------------- */

static const char *const two_factors = "f =~ a + b + c\ng =~ d + e + h\ng ~ f\nc ~~ d";
static const char *const circle = "a ~ b + x\nb ~ a + z\na ~~ b\nf =~ a + b + x"; /* arrows in a circle */

static double row_density(const trial *t, const sem_ram *ram, size_t row);

static double plain_objective(trial *t, const double *theta) {
    long double sum = 0;
    for (size_t g = 0; g < t->layout.n_groups; g++) {
        sem_ram ram;
        assert_true(sem_ram_make(t->spec, g, &ram, t->arena));
        assert_true(sem_ram_at(&ram, theta));
        for (size_t i = 0; i < ROWS; i++)
            if (t->group[i] == g)
                sum += row_density(t, &ram, i);
    }
    return (double)sum;
}

/* -2 log density of a row's observed values, by Gauss elimination in long double. */
static double row_density(const trial *t, const sem_ram *ram, size_t row) {
    size_t at[MOST], k = 0;
    long double m[MOST][MOST + 1], value = 0;
    for (size_t v = 0; v < ram->p; v++)
        if (!isnan(t->values[v][row]))
            at[k++] = v;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++)
            m[i][j] = ram->sigma[at[i] * ram->p + at[j]];
        m[i][k] = t->values[at[i]][row] - ram->mu[at[i]];
    }
    for (size_t i = 0; i < k; i++) {
        value += logl(2 * 3.14159265358979323846264338327950288L) + logl(m[i][i]) + m[i][k] * m[i][k] / m[i][i];
        for (size_t r = i + 1; r < k; r++) {
            long double f = m[r][i] / m[i][i];
            for (size_t j = i; j <= k; j++)
                m[r][j] -= f * m[i][j];
        }
    }
    return (double)value;
}

static void check_slopes(trial *t) {
    double gradient[64];
    sem_objective *objective = sem_objective_make(t->spec, t->stats, t->arena);
    assert_non_null(objective);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        trial_point(t, seed);
        double value = sem_objective_value(objective, t->theta, gradient), largest = 0;
        assert_true(isfinite(value));
        for (size_t i = 0; i < t->spec->n_parameters; i++)
            largest = fmax(largest, fabs(gradient[i]));
        for (size_t i = 0; i < t->spec->n_parameters; i++) {
            double x = t->theta[i], h = 1e-5;
            t->theta[i] = x + h;
            double up = sem_objective_value(objective, t->theta, NULL);
            t->theta[i] = x - h;
            double down = sem_objective_value(objective, t->theta, NULL);
            t->theta[i] = x;
            if (!(fabs(gradient[i] - (up - down) / (2 * h)) <= 1e-6 * largest)) /* B9.3 */
                fail_msg("parameter %zu: %.12g, by differences %.12g", i, gradient[i], (up - down) / (2 * h));
        }
    }
}

static void check_jacobian(trial *t) {
    size_t p = t->layout.n_observed, rows = p * (p + 1) / 2 + (t->spec->means ? p : 0), n = t->spec->n_parameters;
    double jacobian[(MOST * (MOST + 3) / 2) * 64], moments[2][MOST * (MOST + 3) / 2];
    sem_ram ram;
    assert_true(sem_ram_make(t->spec, t->layout.n_groups - 1, &ram, t->arena));
    assert_true(sem_ram_at(&ram, t->theta));
    sem_ram_jacobian(&ram, jacobian);
    for (size_t i = 0; i < n; i++) {
        double x = t->theta[i], h = 1e-5;
        for (size_t side = 0; side < 2; side++) {
            size_t at = 0;
            t->theta[i] = side ? x - h : x + h;
            assert_true(sem_ram_at(&ram, t->theta));
            for (size_t v = 0; t->spec->means && v < p; v++)
                moments[side][at++] = ram.mu[v];
            for (size_t column = 0; column < p; column++)
                for (size_t v = column; v < p; v++)
                    moments[side][at++] = ram.sigma[v * p + column];
        }
        t->theta[i] = x;
        for (size_t r = 0; r < rows; r++)
            near(jacobian[r * n + i], (moments[0][r] - moments[1][r]) / (2 * h), 1e-7);
    }
}

static void check(const char *text, const rp_sem_rules *rules, rp_sem_missing missing, size_t n_groups) {
    trial t;
    double gradient[64];
    trial_begin(&t, text, rules, missing, n_groups);
    trial_rows(&t);
    check_slopes(&t);
    check_jacobian(&t);
    if (t.spec->means) {
        sem_objective *objective = sem_objective_make(t.spec, t.stats, t.arena);
        near(sem_objective_value(objective, t.theta, gradient), plain_objective(&t, t.theta), 1e-12);
    }
    rp_arena_free(t.arena);
}

static void slopes_of_complete_data(void **state) {
    (void)state;
    check(two_factors, &(rp_sem_rules){.means = true}, RP_SEM_LISTWISE, 1);
    check(two_factors, &(rp_sem_rules){0}, RP_SEM_LISTWISE, 1);
    check(two_factors, &(rp_sem_rules){.means = true, .equal_loadings = true, .equal_intercepts = true},
          RP_SEM_LISTWISE, 2);
}

static void slopes_with_missing_values(void **state) {
    (void)state;
    check(two_factors, &(rp_sem_rules){.means = true, .std_lv = true}, RP_SEM_FIML, 1);
    check(two_factors, &(rp_sem_rules){.means = true, .equal_loadings = true}, RP_SEM_FIML, 2);
}

static void slopes_of_a_circle(void **state) {
    (void)state;
    check(circle, &(rp_sem_rules){.means = true}, RP_SEM_LISTWISE, 1);
}

/* Where no means are modelled, the objective is that of means as observed. */
static void without_means(void **state) {
    (void)state;
    trial t;
    trial_begin(&t, two_factors, &(rp_sem_rules){0}, RP_SEM_LISTWISE, 1);
    trial_rows(&t);
    trial_point(&t, 2);
    double expected = 0;
    sem_ram ram;
    assert_true(sem_ram_make(t.spec, 0, &ram, t.arena));
    assert_true(sem_ram_at(&ram, t.theta));
    memcpy(ram.mu, t.stats->patterns[0].mean, ram.p * sizeof *ram.mu);
    for (size_t i = 0; i < ROWS; i++)
        expected += row_density(&t, &ram, i);
    sem_objective *objective = sem_objective_make(t.spec, t.stats, t.arena);
    near(sem_objective_value(objective, t.theta, NULL), expected, 1e-12);
    rp_arena_free(t.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_factor_by_hand),      cmocka_unit_test(chain_by_hand),
        cmocka_unit_test(slopes_of_complete_data), cmocka_unit_test(slopes_with_missing_values),
        cmocka_unit_test(slopes_of_a_circle),      cmocka_unit_test(without_means)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
