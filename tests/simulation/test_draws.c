/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made of random words is what it says. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "simulation/draws.h"

/* 40,000 numbers: a mean lies within 3.3 standard errors of the true one, that is SD / 200. */
static void moments_are_right(void **state) {
    (void)state;
    enum { N = 40000 };
    double sum = 0, squares = 0, uniform = 0, picked = 0, whole = 0, points = 0;
    static const double weights[] = {1, 0, 3};
    static const sim_point line[] = {{10, 0}, {20, 0.5}, {60, 1}};
    rp_draws draws = rp_draws_of(1, 1, 1);
    for (int i = 0; i < N; i++) {
        double u = rp_draw(&draws), z = sim_normal(&draws);
        assert_true(u > 0 && u < 1);
        uniform += u;
        sum += z;
        squares += z * z;
        size_t pick = sim_pick(&draws, weights, 3);
        assert_true(pick == 0 || pick == 2);
        picked += pick == 2;
        int between = sim_between(&draws, -1, 3);
        assert_true(between >= -1 && between <= 3);
        whole += between;
        double x = sim_from_points(&draws, line, 3);
        assert_true(x >= 10 && x <= 60);
        points += x;
    }
    const double z = 3.3 / 200;
    assert_true(fabs(uniform / N - 0.5) < z * sqrt(1.0 / 12));
    assert_true(fabs(sum / N) < z);
    assert_true(fabs(squares / N - 1) < z * sqrt(2));
    assert_true(fabs(picked / N - 0.75) < z * sqrt(0.75 * 0.25));
    assert_true(fabs(whole / N - 1) < z * sqrt(2));   /* -1 to 3: variance (25 - 1) / 12 */
    assert_true(fabs(points / N - 27.5) < z * 15.07); /* halves about 15 and 40: variance 156.25 + (100 + 1600) / 24 */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_right),
    };
    return cmocka_run_group_tests_name("simulation: draws", tests, NULL, NULL);
}
