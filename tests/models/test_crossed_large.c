/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many crossed groups: which way is taken for the rest, that both give the same, and what is said where neither can. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/crossed_helper.h"

/* ---- services of many clients ----------------------------------------------------------------------- */

typedef struct service {
    rp_arena *arena;
    rp_mixed_spec spec;
    uint32_t levels[3];
    rp_mixed_stats *stats;
} service;

static const char *const names[] = {"(Intercept)", "t"};
static const char *const factors[] = {"client", "therapist", "site"};
static const size_t fixed[] = {0, 1}, both[] = {0, 1}, one[] = {0};
static const rp_mixed_term slopes[] = {{0, both, 2}, {1, both, 2}, {2, one, 1}};
static const rp_mixed_term plain[] = {{0, one, 1}, {1, one, 1}, {2, one, 1}};

/* Three rows a client: two with one therapist, one with another who is fewer than `apart` further, so that with few
 * apart the therapists make a long chain. Four therapists in turn are of a site, of 20 in all. */
static void make(service *s, uint32_t clients, uint32_t therapists, uint32_t apart, const rp_mixed_term *terms) {
    *s = (service){.arena = rp_arena_new(0), .levels = {clients, therapists, 20}};
    size_t n = (size_t)clients * 3;
    uint64_t seed = 99;
    double *t = rp_arena_take(s->arena, n, sizeof *t), *y = rp_arena_take(s->arena, n, sizeof *y);
    uint32_t *g[3];
    for (size_t f = 0; f < 3; f++)
        g[f] = rp_arena_take(s->arena, n, sizeof *g[f]);
    for (size_t i = 0; i < n; i++) {
        g[0][i] = (uint32_t)(i / 3);
        g[1][i] = i % 3 == 0 ? (uint32_t)(therapists * uniform(&seed)) : g[1][i - 1];
        if (i % 3 == 2)
            g[1][i] = (g[1][i] + (uint32_t)(apart * uniform(&seed))) % therapists;
        g[2][i] = g[1][i] / 4 % 20;
        t[i] = (double)(i % 3);
        y[i] = 12 - t[i] + 0.02 * (g[1][i] % 50) + 0.02 * (g[0][i] % 71) + normal(&seed);
    }
    s->spec = (rp_mixed_spec){.column_names = names,
                              .n_columns = 2,
                              .fixed = fixed,
                              .n_fixed = 2,
                              .factor_names = factors,
                              .levels = s->levels,
                              .n_factors = 3,
                              .terms = terms,
                              .n_terms = 3};
    s->stats = stats_of(&s->spec,
                        &(rp_mixed_rows){.n = n,
                                         .columns = (const double *const[]){NULL, t},
                                         .groups = (const uint32_t *const[]){g[0], g[1], g[2]},
                                         .y = y},
                        s->arena);
}

static crossed_plan *plan_of(const service *s, crossed_path path) {
    rp_error error = {0};
    crossed_plan *plan = crossed_plan_make(s->stats, path, s->arena, &error);
    if (plan == NULL)
        fail_msg("%s", error.message);
    return plan;
}

static void needs_cholmod(void) {
    if (!rp_sparse_available()) {
        print_message("built without CHOLMOD\n");
        skip();
    }
}

/* ---- tests ------------------------------------------------------------------------------------------- */

static void the_way_follows_from_who_meets_whom(void **state) {
    (void)state;
    static const struct {
        uint32_t clients, therapists, apart;
        bool sparse;
    } cases[] = {
        {2000, 400, 2, false},    /* small */
        {5000, 2000, 2, true},    /* a chain: there is nothing to fill in */
        {60000, 600, 600, false}, /* everybody meets everybody */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        service s;
        make(&s, cases[i].clients, cases[i].therapists, cases[i].apart, plain);
        assert_int_equal(plan_of(&s, CROSSED_ANY)->sparse, cases[i].sparse && rp_sparse_available());
        rp_arena_free(s.arena);
    }
}

static void sparse_is_dense(const rp_mixed_term *terms, const double *theta) {
    service s;
    make(&s, 4000, 600, 3, terms);
    size_t n = mixed_theta_count(&s.spec);
    mixed_point point[2];
    double *modes[2], *variances[2];
    size_t q = terms[1].n_columns;
    for (size_t i = 0; i < 2; i++) {
        mixed_plan *plan = (mixed_plan *)plan_of(&s, i ? CROSSED_SPARSE : CROSSED_DENSE);
        point[i] = point_for(2, n, s.arena);
        modes[i] = rp_arena_take(s.arena, 600 * q, sizeof *modes[i]);
        variances[i] = rp_arena_take(s.arena, 600 * q * q, sizeof *variances[i]);
        assert_true(mixed_crossed.evaluate(plan, theta, &point[i]));
        assert_true(mixed_crossed.modes(plan, theta, 1, modes[i], variances[i]));
    }
    near(point[0].objective, point[1].objective, 1e-12 * fabs(point[0].objective));
    for (size_t i = 0; i < n; i++)
        near(point[0].gradient[i], point[1].gradient[i], 1e-9 * fmax(1, fabs(point[0].gradient[i])));
    for (size_t i = 0; i < 600 * q; i++)
        near(modes[0][i], modes[1][i], 1e-10);
    for (size_t i = 0; i < 600 * q * q; i++)
        near(variances[0][i], variances[1][i], 1e-10);
    rp_arena_free(s.arena);
}

static void both_ways_give_the_same(void **state) {
    (void)state;
    needs_cholmod();
    sparse_is_dense(plain, (double[]){0.6, 0.4, 0.1});
    sparse_is_dense(slopes, (double[]){0.6, -0.2, 0.3, 0.4, 0.1, 0, 0.1});
}

/* More than a dense matrix is made for. */
static void very_many_are_sparse_or_an_error(void **state) {
    (void)state;
    service s;
    make(&s, 30000, 9000, 4, plain);
    rp_error error = {0};
    double started = rp_time_seconds();
    crossed_plan *plan = crossed_plan_make(s.stats, CROSSED_ANY, s.arena, &error);
    assert_int_equal(plan != NULL, rp_sparse_available());
    if (plan == NULL) {
        assert_int_equal(error.code, RP_E_LIMIT);
        assert_non_null(strstr(error.message, "without CHOLMOD"));
    } else {
        mixed_point point = point_for(2, 3, s.arena);
        double theta[] = {0.6, 0.4, 0.1}, step = 1e-4, slope[3];
        for (size_t i = 0; i < 3; i++) {
            double at = theta[i], side[2];
            for (int up = 0; up < 2; up++) {
                theta[i] = up ? at + step : at - step;
                mixed_point there = {0};
                assert_true(mixed_crossed.evaluate((mixed_plan *)plan, theta, &there));
                side[up] = there.objective;
            }
            theta[i] = at;
            slope[i] = (side[1] - side[0]) / (2 * step);
        }
        assert_true(mixed_crossed.evaluate((mixed_plan *)plan, theta, &point));
        for (size_t i = 0; i < 3; i++)
            near(point.gradient[i], slope[i], 1e-6 * fmax(1, fabs(slope[i])));
        print_message("9000 therapists: %.2f s for the plan, 6 values and a gradient\n", rp_time_seconds() - started);
    }
    rp_arena_free(s.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_follows_from_who_meets_whom),
        cmocka_unit_test(both_ways_give_the_same),
        cmocka_unit_test(very_many_are_sparse_or_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
