/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many small simulated designs, half of them with a variance of zero or a perfect correlation: each fit ends in words
 * that hold, and no search from elsewhere ends lower. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"

enum { MOST_GROUPS = 44, MOST_ROWS = 10 * MOST_GROUPS };

static double next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 33) + 0.5) / 2147483648.0;
}

static double normal(uint64_t *state) {
    return rp_normal_quantile(next(state));
}

typedef struct design {
    double y[MOST_ROWS], x[MOST_ROWS], time[MOST_ROWS];
    uint32_t low[MOST_ROWS], middle[MOST_ROWS], high[MOST_ROWS];
} design;

/* Groups of three sizes, one in the other; slopes at the lowest; residuals that follow AR(1) at rho. */
static size_t make_rows(design *d, uint32_t groups, double rho, uint64_t *s) {
    double sd = next(s) < 0.25 ? 0 : exp(2 * normal(s)), sd_slope = next(s) < 0.35 ? 0 : exp(normal(s));
    double r = next(s) < 0.2 ? (next(s) < 0.5 ? -1 : 1) : 2 * next(s) - 1, scale = exp(3 * normal(s));
    double sd_middle = next(s) < 0.4 ? 0 : exp(normal(s)), middle[MOST_GROUPS];
    size_t n = 0, most = 2 + (size_t)(next(s) * 8);
    for (size_t i = 0; i < MOST_GROUPS; i++)
        middle[i] = sd_middle * normal(s);
    for (uint32_t g = 0; g < groups; g++) {
        double z = normal(s), slope = sd_slope * (r * z + sqrt(1 - r * r) * normal(s)), e = normal(s), t = 0;
        size_t rows = 1 + (size_t)(next(s) * (double)most);
        for (size_t i = 0; i < rows; i++, n++) {
            double gap = next(s) < 0.2 ? 2 : 1, follows = pow(rho, gap);
            t += gap;
            e = follows * e + sqrt(1 - follows * follows) * normal(s);
            d->time[n] = t;
            d->x[n] = 0.3 * t * scale;
            d->y[n] = 5 + sd * z + slope * 0.3 * t + middle[g / 3] + e;
            d->low[n] = g;
            d->middle[n] = g / 3;
            d->high[n] = g / 9;
        }
    }
    return n;
}

static void set_terms(model *m, int kind, uint32_t groups) {
    const size_t both[] = {0, 1}, slope[] = {1};
    model_term(m, 0, kind < 2 ? 1 : 2, both);
    if (kind == 1)
        model_term(m, 0, 1, slope);
    if (kind > 2)
        model_term(m, 1, kind == 3 ? 1 : 2, both);
    if (kind == 3 && groups > 18)
        model_term(m, 2, 1, both);
}

static void not_beaten(const rp_mixed_stats *stats, const rp_mixed_fit *fit, double scale, uint64_t *s,
                       rp_arena *arena) {
    for (int i = 0; i < 3; i++) {
        double start[16];
        rp_error error;
        for (size_t t = 0; t < fit->n_theta; t++)
            start[t] = (4 * next(s) - 1) / (t == 2 ? scale : 1);
        if (fit->spec->ar1)
            start[fit->n_theta - 1] = 1.8 * next(s) - 0.9;
        rp_mixed_options options = {.start = start};
        rp_mixed_fit *other = rp_mixed_fit_stats(stats, &options, arena, &error);
        assert_non_null(other);
        if (other->status <= RP_MIXED_BOUNDARY && other->objective < fit->objective - 1e-4)
            fail_msg("%.9g is below %.9g", other->objective, fit->objective);
    }
}

static void designs(size_t n, bool ar1) {
    size_t edges = 0, fitted = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t s = 7919 * i + 13;
        rp_arena *arena = rp_arena_new(0);
        design *d = rp_arena_take(arena, 1, sizeof *d);
        next(&s);
        uint32_t groups = 4 + (uint32_t)(next(&s) * 40);
        size_t rows = make_rows(d, groups, ar1 ? 1.6 * next(&s) - 0.8 : 0, &s);
        model m;
        model_begin(&m, arena, rows, d->y);
        model_column(&m, "x", d->x, true);
        model_factor(&m, "low", d->low, groups);
        model_factor(&m, "middle", d->middle, groups / 3 + 1);
        model_factor(&m, "high", d->high, groups / 9 + 1);
        set_terms(&m, (int)(next(&s) * 5), groups);
        m.spec.reml = next(&s) < 0.5;
        m.spec.ar1 = ar1;
        m.rows.time = d->time;
        rp_mixed_stats *stats = model_prepare(&m);
        rp_mixed_fit *fit = rp_mixed_fit_stats(stats, NULL, arena, &m.error);
        assert_non_null(fit);
        assert_int_not_equal(fit->status, RP_MIXED_NOT_CONVERGED);
        if (fit->status == RP_MIXED_NOT_FITTED)
            assert_non_null(strstr(fit->message, "random effects as there are rows"));
        assert_int_equal(fit->status == RP_MIXED_BOUNDARY, fit->n_notes > 0);
        edges += fit->status == RP_MIXED_BOUNDARY;
        fitted += fit->status == RP_MIXED_CONVERGED;
        if (fit->status <= RP_MIXED_BOUNDARY)
            not_beaten(stats, fit, d->x[0] / (0.3 * d->time[0]), &s, arena);
        rp_arena_free(arena);
    }
    assert_true(edges > n / 5 && fitted > n / 5); /* both are met */
}

static void independent_residuals(void **state) {
    (void)state;
    designs(300, false);
}

static void residuals_that_follow_one_another(void **state) {
    (void)state;
    designs(150, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_residuals),
        cmocka_unit_test(residuals_that_follow_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
