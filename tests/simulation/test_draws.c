/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox is Philox, and what is made of its words is what it says. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "simulation/draws.h"

/* Known answers of Random123 1.14, tests/kat_vectors, lines "philox4x32 10". */
static void known_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        sim_philox(known[i].key, known[i].counter, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void streams_are_apart_and_repeat(void **state) {
    (void)state;
    enum { N = 100 };
    double first[N];
    sim_draws a = sim_draws_of(7, 5, 1);
    for (int i = 0; i < N; i++)
        first[i] = sim_uniform(&a);
    const uint64_t seeds[] = {7, 8, 7, 7, UINT64_C(7) << 32}, subjects[] = {5, 5, 6, 5, 5};
    const uint32_t streams[] = {1, 1, 1, 2, 1};
    for (int other = 0; other < 5; other++) {
        sim_draws b = sim_draws_of(seeds[other], subjects[other], streams[other]);
        int same = 0;
        for (int i = 0; i < N; i++)
            same += sim_uniform(&b) == first[i];
        assert_int_equal(same, other == 0 ? N : 0);
    }
}

/* 40,000 numbers: a mean lies within 3.3 standard errors of the true one, that is SD / 200. */
static void moments_are_right(void **state) {
    (void)state;
    enum { N = 40000 };
    double sum = 0, squares = 0, uniform = 0, picked = 0, whole = 0, points = 0;
    static const double weights[] = {1, 0, 3};
    static const sim_point line[] = {{10, 0}, {20, 0.5}, {60, 1}};
    sim_draws draws = sim_draws_of(1, 1, 1);
    for (int i = 0; i < N; i++) {
        double u = sim_uniform(&draws), z = sim_normal(&draws);
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
        cmocka_unit_test(known_answers),
        cmocka_unit_test(streams_are_apart_and_repeat),
        cmocka_unit_test(moments_are_right),
    };
    return cmocka_run_group_tests_name("simulation: draws", tests, NULL, NULL);
}
