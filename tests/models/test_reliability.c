/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alpha from moments that merge, and means over people with several values each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/models.h"

enum { K = 3, ROOM = 1 + K + K * K };

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void add_all(double *m, const double (*rows)[K], size_t n) {
    for (size_t i = 0; i < n; i++)
        rp_item_moments_add(m, K, rows[i]);
}

static const double four[][K] = {{1, 1, 2}, {2, 3, 2}, {3, 2, 4}, {4, 4, 5}};

static void a_case_by_hand(void **state) {
    (void)state;
    double m[ROOM] = {0};
    assert_int_equal(rp_item_moments_room(K), ROOM);
    add_all(m, four, 4);
    /* By hand: squared deviations 5, 5 and 6.75 of the items, 42.75 of their sums 4, 7, 9, 13:
     * 3/2 (1 - 16.75 / 42.75); also R 4.2.2: cov() of the three columns, k/(k-1)(1-sum(diag(v))/sum(v)). */
    near(rp_alpha(m, K), 0.912280701754386, 1e-14);
}

static void merging_is_adding(void **state) {
    (void)state;
    for (size_t cut = 0; cut <= 4; cut++) {
        double whole[ROOM] = {0}, left[ROOM] = {0}, right[ROOM] = {0};
        add_all(whole, four, 4);
        add_all(left, four, cut);
        add_all(right, four + cut, 4 - cut);
        rp_item_moments_merge(left, K, right);
        for (size_t i = 0; i < ROOM; i++)
            near(left[i], whole[i], 1e-13);
    }
}

static void what_is_between_people_is_left_out(void **state) {
    (void)state;
    /* Each person is the same four rows moved by a number of their own: about their means they are alike, so alpha
     * within them is that of the four rows, while moving one item alone spoils the pooled one. */
    double within[ROOM] = {0}, pooled[ROOM] = {0};
    for (int p = 0; p < 5; p++) {
        double person[ROOM] = {0};
        for (size_t i = 0; i < 4; i++) {
            double moved[K] = {four[i][0] + 10 * p, four[i][1], four[i][2]};
            rp_item_moments_add(person, K, moved);
        }
        rp_item_moments_merge(pooled, K, person);
        rp_item_moments_add_centred(within, K, person);
    }
    near(within[0], 20, 0);
    near(rp_alpha(within, K), 0.912280701754386, 1e-12); /* as above */
    assert_true(rp_alpha(pooled, K) < 0.5);
}

static void alpha_is_not_defined(void **state) {
    (void)state;
    double none[ROOM] = {0};
    assert_true(isnan(rp_alpha(none, K)));
    rp_item_moments_add(none, K, four[0]);
    assert_true(isnan(rp_alpha(none, K))); /* one row */
    rp_item_moments_add(none, K, four[0]);
    assert_true(isnan(rp_alpha(none, K))); /* no spread */
    double single[3] = {0};
    for (size_t i = 0; i < 4; i++)
        rp_item_moments_add(single, 1, four[i]);
    assert_true(isnan(rp_alpha(single, 1))); /* one item */
    double opposed[1 + 2 + 4] = {0};
    for (int i = 0; i < 7; i++)
        rp_item_moments_add(opposed, 2, (const double[]){i / 3.0, 5 - i / 3.0});
    assert_true(isnan(rp_alpha(opposed, 2))); /* the sum does not vary */
}

static void mean_over_people(void **state) {
    (void)state;
    const double n[] = {2, 3, 1, 2}, sum[] = {6, 10, 3, 9};
    rp_pair_moments people = {0};
    for (size_t i = 0; i < 4; i++)
        rp_pair_moments_add(&people, n[i], sum[i]);
    rp_interval i = rp_ratio_interval(&people, 0.95);
    near(i.estimate, 3.5, 1e-14); /* 28 / 8 */
    /* R 4.2.2: R -/+ qt(.975, 3) * sqrt(4/3 * sum((sum - R * n)^2)) / sum(n) */
    near(i.lower, 2.422736833132639, 1e-13);
    near(i.upper, 4.577263166867361, 1e-13); /* the same call */
    /* With one value each it is the ordinary t interval. */
    rp_pair_moments ones = {0};
    rp_moments plain = {0};
    for (size_t k = 0; k < 4; k++) {
        rp_pair_moments_add(&ones, 1, sum[k]);
        rp_moments_add(&plain, sum[k]);
    }
    rp_interval a = rp_ratio_interval(&ones, 0.9), b = rp_mean_interval(&plain, 0.9);
    near(a.lower, b.lower, 1e-12);
    near(a.upper, b.upper, 1e-12);
    rp_pair_moments one = {0};
    assert_true(isnan(rp_ratio_interval(&one, 0.95).estimate));
    rp_pair_moments_add(&one, 2, 7);
    assert_true(rp_ratio_interval(&one, 0.95).estimate == 3.5 && isnan(rp_ratio_interval(&one, 0.95).lower));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_by_hand),       cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(mean_over_people),     cmocka_unit_test(what_is_between_people_is_left_out),
        cmocka_unit_test(alpha_is_not_defined),
    };
    return cmocka_run_group_tests_name("models: reliability, means over people", tests, NULL, NULL);
}
