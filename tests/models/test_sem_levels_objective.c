/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-level structural equation models: statistics in blocks and in any order, -2 log-likelihood against the plain
 * density of whole clusters, derivatives against differences. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_levels_data.h"
#include "models/sem_spec.h"

static const char *const names[] = {"v0", "v1", "v2", "v3"};
enum { P = 4, LARGEST = 7, MOST_DIMENSIONS = P * LARGEST };

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static rp_sem_stats *prepared(const rp_sem_layout *layout, const rp_sem_rows *rows, rp_arena *arena) {
    rp_error error = {0};
    rp_sem_stats *stats = rp_sem_prepare(layout, rows, arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static rp_sem_layout layout_of(const drawn *d) {
    static const char *const levels[] = {"within", "between"};
    return (rp_sem_layout){.observed = d->names, .n_observed = d->p, .groups = levels, .n_groups = 2, .levels = true};
}

/* ---- statistics ------------------------------------------------------------------------------------------------- */

/* Clusters a: 1, 3; b: 5; c: 2, 6; and a row without a value. By hand. */
static void by_hand(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    static const double x[] = {1, 5, 2, (double)NAN, 3, 6};
    static const uint64_t cluster[] = {900, 17, 4, 4, 900, 4};
    const double *columns[] = {x};
    rp_sem_layout layout = {.observed = names, .n_observed = 1, .n_groups = 2, .levels = true};
    rp_sem_stats *s = prepared(&layout, &(rp_sem_rows){.n = 6, .columns = columns, .cluster = cluster}, arena);
    assert_int_equal(rp_sem_rows_left_out(s), 1);
    assert_int_equal(rp_sem_rows_used(s, 0), 5);
    assert_int_equal(rp_sem_rows_used(s, 1), 3);
    assert_int_equal(s->n_patterns, 3);
    assert_int_equal(s->patterns[0].n, 2); /* rows less clusters */
    near(s->patterns[0].cross[0], 2 + 8, 1e-15);
    assert_int_equal(s->patterns[1].size, 1);
    near(s->patterns[1].mean[0], 5, 0);
    assert_int_equal(s->patterns[2].size, 2);
    assert_int_equal(s->patterns[2].n, 2); /* means 2 and 4 */
    near(s->patterns[2].mean[0], 3 * sqrt(2), 1e-15);
    near(s->patterns[2].cross[0], 2 * 2, 1e-15);
    rp_arena_free(arena);
}

static void alike(const rp_sem_stats *a, const rp_sem_stats *b, double tolerance) {
    assert_int_equal(a->n_patterns, b->n_patterns);
    for (size_t q = 0; q < a->n_patterns; q++) {
        const sem_pattern *x = &a->patterns[q], *y = &b->patterns[q];
        assert_int_equal(x->size, y->size);
        assert_int_equal(x->n, y->n);
        for (size_t i = 0; i < P; i++)
            near(x->mean[i], y->mean[i], tolerance * fabs(y->mean[i]));
        for (size_t i = 0; i < P; i++)
            for (size_t j = 0; j < P; j++)
                near(x->cross[i * P + j], y->cross[i * P + j],
                     tolerance * sqrt(y->cross[i * P + i] * y->cross[j * P + j]));
    }
}

/* Blocks of about 100 rows, each of whole clusters. */
static rp_sem_stats *in_blocks(const drawn *d, const rp_sem_layout *layout, rp_arena *arena) {
    rp_sem_stats *parts[20], *whole;
    size_t n = 0;
    for (size_t from = 0, to; from < d->n; from = to) {
        const double *columns[P];
        for (to = from + 100 < d->n ? from + 100 : d->n; to < d->n && d->cluster[to] == d->cluster[to - 1]; to++)
            continue;
        assert_true(n < 20);
        rp_sem_rows rows = drawn_block(d, from, to - from, columns);
        parts[n++] = prepared(layout, &rows, arena);
    }
    assert_true(n > 5);
    rp_error error = {0};
    assert_non_null(whole = rp_sem_merge(parts, n, arena, &error));
    return whole;
}

static void blocks_and_orders(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    drawn d = drawn_rows(names, P, 300, LARGEST, 1, 5, arena);
    rp_sem_layout layout = layout_of(&d);
    const double *columns[P];
    rp_sem_rows rows = drawn_block(&d, 0, d.n, columns);
    rp_sem_stats *whole = prepared(&layout, &rows, arena);
    assert_int_equal(whole->n_patterns, 1 + LARGEST);
    rp_sem_stats *first = in_blocks(&d, &layout, arena);
    alike(first, in_blocks(&d, &layout, arena), 0);
    alike(first, whole, 1e-12);
    drawn turned = drawn_rows(names, P, 300, LARGEST, 1, 5, arena);
    for (size_t i = 0; i < d.n; i++) { /* rows of a cluster far from each other: 7 and n have no divisor in common */
        assert_true(d.n % 7 != 0);
        size_t from = 7 * i % d.n;
        turned.cluster[i] = d.cluster[from];
        for (size_t j = 0; j < P; j++)
            turned.values[j][i] = d.values[j][from];
    }
    rp_sem_rows other = drawn_block(&turned, 0, d.n, columns);
    alike(prepared(&layout, &other, arena), whole, 1e-12);
    rp_arena_free(arena);
}

/* ---- models ---------------------------------------------------------------------------------------------------- */

/* One factor on each level; v1 loads the same on both, v3 on no factor between, but on v0. */
static void two_levels(built_sem *b) {
    sem_begin(b, P, 2, 2, true);
    b->layout.levels = true;
    b->layout.missing = RP_SEM_LISTWISE;
    sem_fixed(b, 0, RP_SEM_MEASURES, P, 0, 1);
    sem_fixed(b, 1, RP_SEM_MEASURES, P + 1, 0, 1);
    size_t same = sem_free(b, 0, RP_SEM_MEASURES, P, 1);
    sem_same(b, 1, RP_SEM_MEASURES, P + 1, 1, same);
    sem_free(b, 0, RP_SEM_MEASURES, P, 2);
    sem_free(b, 0, RP_SEM_MEASURES, P, 3);
    sem_free(b, 1, RP_SEM_MEASURES, P + 1, 2);
    sem_free(b, 1, RP_SEM_REGRESSES, 3, 0);
    for (size_t g = 0; g < 2; g++)
        for (size_t i = 0; i < P; i++)
            sem_free(b, g, RP_SEM_COVARIES, i, i);
    sem_free(b, 0, RP_SEM_COVARIES, P, P);
    sem_free(b, 1, RP_SEM_COVARIES, P + 1, P + 1);
    sem_free(b, 0, RP_SEM_COVARIES, 1, 3);
    for (size_t i = 0; i < P; i++)
        sem_free(b, 1, RP_SEM_INTERCEPT, i, i);
}

static void point(const built_sem *b, uint64_t seed, double *theta) {
    for (size_t i = 0; i < b->spec.n_lines; i++) {
        const rp_sem_line *line = &b->lines[i];
        if (line->parameter == SIZE_MAX)
            continue;
        rp_draws draws = rp_draws_of(seed, line->parameter, 0);
        double u = rp_draw(&draws);
        bool variance = line->op == RP_SEM_COVARIES && line->lhs == line->rhs;
        theta[line->parameter] = line->op == RP_SEM_INTERCEPT  ? 3 + 4 * u
                                 : variance                    ? 0.2 + u
                                 : line->op == RP_SEM_COVARIES ? 0.2 * u - 0.1
                                                               : 0.4 + u;
    }
}

/* -2 log of the density of a whole cluster: rows covary by what is between, and with themselves by what is within too.
 */
static long double cluster_density(const drawn *d, size_t from, size_t rows, const sem_ram *within,
                                   const sem_ram *between) {
    static long double l[MOST_DIMENSIONS][MOST_DIMENSIONS], z[MOST_DIMENSIONS];
    long double sum = 0;
    size_t n = rows * P;
    assert_true(n <= MOST_DIMENSIONS);
    for (size_t i = 0; i < n; i++) {
        long double rest = (long double)d->values[i % P][from + i / P] - between->mu[i % P];
        for (size_t j = 0; j <= i; j++) {
            size_t at = i % P * P + j % P;
            long double element = (long double)between->sigma[at] + (i / P == j / P ? within->sigma[at] : 0);
            for (size_t c = 0; c < j; c++)
                element -= l[i][c] * l[j][c];
            l[i][j] = i == j ? sqrtl(element) : element / l[j][j];
        }
        for (size_t j = 0; j < i; j++)
            rest -= l[i][j] * z[j];
        z[i] = rest / l[i][i];
        sum += z[i] * z[i] + 2 * logl(l[i][i]) + logl(2 * 3.14159265358979323846264338L);
    }
    return sum;
}

static void likelihood_is_the_density_of_clusters(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    two_levels(&b);
    drawn d = drawn_rows(names, P, 40, LARGEST, 1, 11, arena);
    const double *columns[P];
    rp_sem_rows rows = drawn_block(&d, 0, d.n, columns);
    rp_sem_stats *stats = prepared(&b.layout, &rows, arena);
    sem_objective *objective = sem_objective_make(&b.spec, stats, arena);
    sem_ram ram[2];
    for (uint64_t seed = 1; seed < 6; seed++) {
        double theta[BUILT_LINES];
        long double sum = 0;
        point(&b, seed, theta);
        for (size_t g = 0; g < 2; g++)
            assert_true(sem_ram_make(&b.spec, g, &ram[g], arena) && sem_ram_at(&ram[g], theta));
        for (size_t from = 0, to; from < d.n; from = to) {
            for (to = from + 1; to < d.n && d.cluster[to] == d.cluster[from]; to++)
                continue;
            sum += cluster_density(&d, from, to - from, &ram[0], &ram[1]);
        }
        near(sem_objective_value(objective, theta, NULL), (double)sum, 1e-10 * fabs((double)sum));
    }
    rp_arena_free(arena);
}

/* Central differences, of the error h^4. */
static double slope(sem_objective *o, double *theta, size_t i, double *gradient, size_t of) {
    static const double weights[] = {1. / 12, -8. / 12, 0, 8. / 12, -1. / 12};
    double at = theta[i], sum = 0, h = 1e-3;
    for (int k = 0; k < 5; k++) {
        theta[i] = at + h * (k - 2);
        double value = sem_objective_value(o, theta, gradient);
        sum += weights[k] * (gradient ? gradient[of] : value) / h;
    }
    theta[i] = at;
    return sum;
}

static void gradient_is_the_slope(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    two_levels(&b);
    drawn d = drawn_rows(names, P, 60, LARGEST, 1, 12, arena);
    const double *columns[P];
    rp_sem_rows rows = drawn_block(&d, 0, d.n, columns);
    sem_objective *objective = sem_objective_make(&b.spec, prepared(&b.layout, &rows, arena), arena);
    for (uint64_t seed = 1; seed < 4; seed++) {
        double theta[BUILT_LINES], gradient[BUILT_LINES], largest = 0;
        point(&b, seed, theta);
        assert_true(isfinite(sem_objective_value(objective, theta, gradient)));
        for (size_t i = 0; i < b.spec.n_parameters; i++)
            largest = fmax(largest, fabs(gradient[i]));
        for (size_t i = 0; i < b.spec.n_parameters; i++)
            near(gradient[i], slope(objective, theta, i, NULL, 0), 1e-6 * fmax(fabs(gradient[i]), 1e-2 * largest));
    }
    rp_arena_free(arena);
}

/* Where moments are those that the model implies, half the second derivatives are the expected information. */
static void information_is_the_curvature(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    two_levels(&b);
    drawn d = drawn_rows(names, P, 60, 3, 1, 13, arena);
    const double *columns[P];
    rp_sem_rows rows = drawn_block(&d, 0, d.n, columns);
    rp_sem_stats *stats = prepared(&b.layout, &rows, arena);
    double theta[BUILT_LINES], gradient[BUILT_LINES];
    sem_ram ram[2];
    point(&b, 3, theta);
    for (size_t g = 0; g < 2; g++)
        assert_true(sem_ram_make(&b.spec, g, &ram[g], arena) && sem_ram_at(&ram[g], theta));
    for (size_t q = 0; q < stats->n_patterns; q++) {
        sem_pattern *at = &stats->patterns[q];
        for (size_t i = 0; i < P; i++)
            at->mean[i] = sqrt(at->size) * ram[1].mu[i];
        for (size_t i = 0; i < P * P; i++)
            at->cross[i] = (double)at->n * (ram[0].sigma[i] + at->size * ram[1].sigma[i]);
    }
    size_t n = b.spec.n_parameters;
    double *information = rp_arena_take(arena, n * n, sizeof *information);
    bool defined;
    assert_true(sem_information(&b.spec, stats, theta, information, &defined, arena) && defined);
    sem_objective *objective = sem_objective_make(&b.spec, stats, arena);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double scale = sqrt(information[i * n + i] * information[j * n + j]);
            near(information[i * n + j], slope(objective, theta, i, gradient, j) / 2, 1e-7 * scale);
        }
    rp_arena_free(arena);
}

static void not_positive_definite(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    built_sem b;
    two_levels(&b);
    drawn d = drawn_rows(names, P, 60, LARGEST, 1, 12, arena);
    const double *columns[P];
    rp_sem_rows rows = drawn_block(&d, 0, d.n, columns);
    sem_objective *objective = sem_objective_make(&b.spec, prepared(&b.layout, &rows, arena), arena);
    double theta[BUILT_LINES];
    for (size_t g = 0; g < 2; g++) {
        point(&b, 1, theta);
        for (size_t i = 0; i < b.spec.n_lines; i++)
            if (b.lines[i].op == RP_SEM_COVARIES && b.lines[i].lhs == 1 && b.lines[i].rhs == 1 && b.lines[i].group == g)
                theta[b.lines[i].parameter] = -9;
        assert_true(!isfinite(sem_objective_value(objective, theta, NULL)));
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(blocks_and_orders),
        cmocka_unit_test(likelihood_is_the_density_of_clusters),
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(information_is_the_curvature),
        cmocka_unit_test(not_positive_definite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
