/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox is Philox, its streams are apart and repeat, and whole numbers come alike. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "rapport/base.h"

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
        rp_philox(known[i].key, known[i].counter, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void streams_are_apart_and_repeat(void **state) {
    (void)state;
    enum { N = 100 };
    double first[N];
    rp_draws a = rp_draws_of(7, 5, 1);
    for (int i = 0; i < N; i++)
        first[i] = rp_draw(&a);
    const uint64_t seeds[] = {7, 8, 7, 7, UINT64_C(7) << 32}, subjects[] = {5, 5, 6, 5, 5};
    const uint32_t streams[] = {1, 1, 1, 2, 1};
    for (int other = 0; other < 5; other++) {
        rp_draws b = rp_draws_of(seeds[other], subjects[other], streams[other]);
        int same = 0;
        for (int i = 0; i < N; i++)
            same += rp_draw(&b) == first[i];
        assert_int_equal(same, other == 0 ? N : 0);
    }
}

/* 60,000 numbers of six: each comes within 4 standard deviations of 10,000 times, sqrt(60000 * 5 / 36) = 91. */
static void whole_numbers_come_alike(void **state) {
    (void)state;
    int seen[6] = {0};
    rp_draws draws = rp_draws_of(3, 1, 0);
    for (int i = 0; i < 60000; i++) {
        uint32_t k = rp_draw_below(&draws, 6);
        assert_true(k < 6);
        seen[k]++;
    }
    for (int k = 0; k < 6; k++)
        assert_true(abs(seen[k] - 10000) < 4 * 92);
    /* Of 3 * 2^30 numbers the first third would come twice as often as the others without drawing again: 12,000 draws,
     * 4 standard deviations of a share of a third are 4 * sqrt(2 / 9 / 12000) = 0.0173. */
    int first = 0;
    for (int i = 0; i < 12000; i++)
        first += rp_draw_below(&draws, UINT32_C(3) << 30) < UINT32_C(1) << 30;
    assert_true(fabs(first / 12000.0 - 1.0 / 3) < 0.0173);
    for (int i = 0; i < 100; i++)
        assert_int_equal(rp_draw_below(&draws, 1), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(streams_are_apart_and_repeat),
        cmocka_unit_test(whole_numbers_come_alike),
    };
    return cmocka_run_group_tests_name("base: random numbers by counter", tests, NULL, NULL);
}
