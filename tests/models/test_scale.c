/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scales with gaps: statistics that merge, alpha, omega of correlations whose factors are known, intraclass
 * correlations of Shrout and Fleiss's table. Numbers of psych are held in tests/commands/test_cli_fit_reliability.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "rapport/maths.h"
#include "rapport/models.h"

enum { K = 9, ROWS = 400 };

static void near(double found, double expected, double tolerance) {
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("%.15g is not %.15g", found, expected);
}

/* Row i, with gaps where asked for: a wave common to all items and one of its own for each. */
static void row_of(int i, bool gaps, double out[K]) {
    for (int j = 0; j < K; j++) {
        out[j] = 1e3 + 3 * sin(0.7 * i) + 2 * sin(i * (1.3 + 0.37 * j));
        if (gaps && (i * 7 + j * 3) % 11 == 0)
            out[j] = NAN;
    }
}

static rp_scale_stats *stats_of(int from, int to, bool gaps, rp_arena *arena) {
    rp_scale_stats *stats = rp_scale_new(K, arena);
    assert_non_null(stats);
    for (int i = from; i < to; i++) {
        double row[K];
        row_of(i, gaps, row);
        rp_scale_add(stats, row);
    }
    return stats;
}

/* ---- alpha ---- */

static void blocks_merge_to_the_whole(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    rp_scale_stats *whole = stats_of(0, ROWS, true, arena), *parts = stats_of(0, 7, true, arena);
    rp_scale_merge(parts, stats_of(7, 250, true, arena));
    rp_scale_merge(parts, rp_scale_new(K, arena));
    rp_scale_merge(parts, stats_of(250, ROWS, true, arena));
    rp_scale_alpha a, b;
    rp_scale_item items[K], others[K];
    assert_true(rp_scale_infer(whole, 0.95, &a, items, arena) && rp_scale_infer(parts, 0.95, &b, others, arena));
    assert_int_equal(whole->rows, ROWS);
    assert_int_equal(parts->rows, ROWS);
    near(b.alpha, a.alpha, 1e-12);
    near(b.lower, a.lower, 1e-12);
    for (int j = 0; j < K; j++) {
        assert_int_equal(others[j].n, items[j].n);
        assert_true(items[j].n < ROWS);
        near(others[j].r_drop, items[j].r_drop, 1e-12);
    }
    near(rp_moments_sd(&parts->score), rp_moments_sd(&whole->score), 1e-12);
    rp_arena_free(arena);
}

static void without_gaps_it_is_alpha(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    rp_scale_stats *stats = stats_of(0, ROWS, false, arena);
    rp_scale_alpha a;
    rp_scale_item items[K];
    assert_true(rp_scale_infer(stats, 0.9, &a, items, arena));
    near(a.alpha, rp_alpha(stats->complete, K), 1e-12);
    /* Feldt: (1 - alpha) F is where the interval ends; a share of 0.05 lies beyond each end */
    double f = (1 - a.lower) / (1 - a.alpha), g = (1 - a.upper) / (1 - a.alpha);
    near(f, rp_f_quantile(0.95, ROWS - 1, (ROWS - 1) * (K - 1)), 1e-12);
    near(g, rp_f_quantile(0.05, ROWS - 1, (ROWS - 1) * (K - 1)), 1e-12);
    rp_arena_free(arena);
}

static void a_row_without_answers_counts_as_empty(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    rp_scale_stats *stats = rp_scale_new(2, arena);
    assert_non_null(stats);
    rp_scale_add(stats, (double[]){NAN, NAN});
    rp_scale_add(stats, (double[]){1, NAN});
    assert_int_equal(stats->rows, 1);
    assert_int_equal(stats->empty, 1);
    rp_arena_free(arena);
}

/* ---- omega ---- */

static const double loading[K] = {0.8, 0.7, 0.6, 0.75, 0.65, 0.7, 0.6, 0.8, 0.7}, general[3] = {0.9, 0.7, 0.5};

/* Three factors of three items each, and one behind them. `sign`: of item 0. */
static void second_order(double r[K * K], double sign) {
    for (int i = 0; i < K; i++)
        for (int j = 0; j < K; j++) {
            double between = i / 3 == j / 3 ? 1 : general[i / 3] * general[j / 3];
            r[i * K + j] = i == j ? 1 : loading[i] * loading[j] * between * (i == 0 ? sign : 1) * (j == 0 ? sign : 1);
        }
}

static void omega_of_known_factors(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    double r[K * K], all = 0, own = 0, from_general = 0;
    second_order(r, 1);
    for (int i = 0; i < K; i++) {
        own += 1 - loading[i] * loading[i];
        from_general += loading[i] * general[i / 3];
        for (int j = 0; j < K; j++)
            all += r[i * K + j];
    }
    for (int turned = 0; turned < 2; turned++) {
        rp_omega omega;
        second_order(r, turned ? -1 : 1);
        assert_true(rp_omega_schmid_leiman(r, K, 3, arena, &omega));
        assert_int_equal(omega.status, RP_OMEGA_DONE);
        assert_false(omega.at_bound);
        near(omega.total, 1 - own / all, 1e-6);
        near(omega.hierarchical, from_general * from_general / all, 1e-6);
        for (int i = 0; i < K; i++) {
            assert_true(omega.turned[i] == (turned && i == 0));
            near(fabs(omega.general[i]), loading[i] * general[i / 3], 1e-6);
            near(omega.communality[i], loading[i] * loading[i], 1e-6);
        }
    }
    rp_arena_free(arena);
}

/* One factor: its loadings are known by the triads of correlations. */
static void omega_of_one_factor(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    double r[K * K], sum = 0, own = 0;
    for (int i = 0; i < K; i++) {
        sum += loading[i];
        own += 1 - loading[i] * loading[i];
        for (int j = 0; j < K; j++)
            r[i * K + j] = i == j ? 1 : loading[i] * loading[j];
    }
    rp_omega omega;
    assert_true(rp_omega_schmid_leiman(r, K, 1, arena, &omega));
    assert_int_equal(omega.status, RP_OMEGA_DONE);
    near(omega.total, sum * sum / (sum * sum + own), 1e-6);
    near(omega.hierarchical, omega.total, 1e-6);
    rp_arena_free(arena);
}

static void no_omega_where_correlations_do_not_go_together(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    double r[] = {1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1}, missing[] = {1, NAN, 0.5, NAN, 1, 0.5, 0.5, 0.5, 1};
    double *const both[] = {r, missing};
    for (int i = 0; i < 2; i++) {
        rp_omega omega;
        assert_true(rp_omega_schmid_leiman(both[i], 3, 1, arena, &omega));
        assert_int_equal(omega.status, RP_OMEGA_NOT_POSITIVE);
        assert_true(isnan(omega.total) && isnan(omega.hierarchical));
    }
    rp_arena_free(arena);
}

/* ---- intraclass correlations ---- */

/* Shrout & Fleiss, Psychol Bull 86 (1979), table 2; the six are in their table 4. */
static void shrout_and_fleiss(void **state) {
    (void)state;
    static const double rows[6][4] = {{9, 2, 5, 8}, {6, 1, 3, 2},  {8, 4, 6, 8},
                                      {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}};
    static const double expected[RP_ICCS] = {0.17, 0.29, 0.71, 0.44, 0.62, 0.91};
    double moments[1 + 4 + 16] = {0};
    rp_icc icc[RP_ICCS];
    for (int i = 0; i < 6; i++)
        rp_item_moments_add(moments, 4, rows[i]);
    rp_icc_infer(moments, 4, 0.95, icc);
    for (int i = 0; i < RP_ICCS; i++) {
        near(icc[i].icc, expected[i], 0.005);
        assert_true(icc[i].lower < icc[i].icc && icc[i].icc < icc[i].upper);
    }
    near(icc[0].f, 11.24 / 6.26, 0.002); /* their table 3: mean squares between and within targets */
    near(icc[2].f, 11.24 / 1.02, 0.02);
    near(icc[5].icc, rp_alpha(moments, 4), 1e-12);
}

static void one_row_has_no_intraclass_correlation(void **state) {
    (void)state;
    double moments[1 + 2 + 4] = {0};
    rp_icc icc[RP_ICCS];
    rp_item_moments_add(moments, 2, (double[]){1, 2});
    rp_icc_infer(moments, 2, 0.95, icc);
    for (int i = 0; i < RP_ICCS; i++)
        assert_true(isnan(icc[i].icc) && isnan(icc[i].lower));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_merge_to_the_whole),
        cmocka_unit_test(without_gaps_it_is_alpha),
        cmocka_unit_test(a_row_without_answers_counts_as_empty),
        cmocka_unit_test(omega_of_known_factors),
        cmocka_unit_test(omega_of_one_factor),
        cmocka_unit_test(no_omega_where_correlations_do_not_go_together),
        cmocka_unit_test(shrout_and_fleiss),
        cmocka_unit_test(one_row_has_no_intraclass_correlation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
