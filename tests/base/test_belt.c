/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The belt: every piece is loaded in order, worked on once, and given out in order, whatever threads and places. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdatomic.h>

#include "rapport/base.h"

enum { MOST_PLACES = 16 };

typedef struct pieces {
    int n, loaded;        /* n: what there is */
    atomic_int loading;   /* never above one */
    atomic_int worked;    /* in all */
    int at[MOST_PLACES];  /* the piece in a place, from 1 */
    int out[MOST_PLACES]; /* what work made of it */
    bool overlapped;
} pieces;

static bool load(void *context, size_t place) {
    pieces *p = context;
    if (atomic_fetch_add(&p->loading, 1) != 0)
        p->overlapped = true;
    p->at[place] = ++p->loaded;
    p->out[place] = 0;
    atomic_fetch_sub(&p->loading, 1);
    return p->at[place] < p->n;
}

static void square(void *context, size_t place) {
    pieces *p = context;
    p->out[place] += p->at[place] * p->at[place];
    atomic_fetch_add(&p->worked, 1);
}

static void pieces_come_in_order_and_worked_on_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 8; threads *= 2)
        for (size_t places = 1; places <= MOST_PLACES; places = places * 2 + 1)
            for (int n = 1; n <= 300; n = n * 3 + 1) {
                pieces p = {.n = n};
                size_t place = 0;
                int piece = 0;
                rp_belt *belt = rp_belt_open(threads, places, &(rp_belt_work){load, square, &p});
                assert_non_null(belt);
                while (rp_belt_next(belt, &place)) {
                    piece++;
                    assert_int_equal(p.at[place], piece);
                    assert_int_equal(p.out[place], piece * piece);
                }
                assert_false(rp_belt_next(belt, &place));
                rp_belt_close(belt);
                assert_int_equal(piece, n);
                assert_int_equal(atomic_load(&p.worked), n);
                assert_false(p.overlapped);
            }
}

static void it_may_be_closed_before_its_end(void **state) {
    (void)state;
    for (int taken = 0; taken < 20; taken++) {
        pieces p = {.n = 1000000};
        size_t place = 0;
        rp_belt *belt = rp_belt_open(4, 5, &(rp_belt_work){load, square, &p});
        assert_non_null(belt);
        for (int i = 0; i < taken; i++)
            assert_true(rp_belt_next(belt, &place));
        rp_belt_close(belt);
        assert_true(p.loaded >= taken && p.loaded <= taken + 5); /* no more than there are places */
    }
    rp_belt_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_order_and_worked_on_once),
        cmocka_unit_test(it_may_be_closed_before_its_end),
    };
    return cmocka_run_group_tests_name("base: belt", tests, NULL, NULL);
}
