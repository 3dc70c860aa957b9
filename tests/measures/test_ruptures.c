/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ruptures and repairs: the rule, case by case. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/measures.h"

enum { MOST = 12 };

/* With a cut-off of 10; the same with the scores turned round, where higher is worse. */
static void finds(const double *scores, size_t n, size_t judged, size_t repaired, size_t not_repaired,
                  size_t not_known) {
    double turned[MOST];
    for (size_t i = 0; i < n; i++)
        turned[i] = 100 - scores[i];
    for (int worse = 0; worse < 2; worse++) {
        rp_ruptures f = rp_ruptures_find(worse ? turned : scores, n, 10, worse);
        assert_int_equal(f.judged, judged);
        assert_int_equal(f.repaired, repaired);
        assert_int_equal(f.not_repaired, not_repaired);
        assert_int_equal(f.not_known, not_known);
    }
}
#define FINDS(judged, repaired, not_repaired, not_known, ...)                                                          \
    finds((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), judged, repaired,     \
          not_repaired, not_known)

/* Each line by the rule in measures.h, worked by hand. */
static void what_became_of_it(void **state) {
    (void)state;
    FINDS(4, 0, 0, 0, 50, 41, 50, 41, 50);                 /* 9 points are no rupture */
    FINDS(2, 1, 0, 0, 50, 40, 45);                         /* half regained at once: no more sessions are needed */
    FINDS(4, 1, 0, 0, 50, 40, 44, 44, 45);                 /* the third session is the last that counts */
    FINDS(5, 0, 1, 0, 50, 40, 44, 44, 44, 50);             /* the fourth is too late */
    FINDS(3, 0, 0, 1, 50, 40, 44, 44);                     /* the series ends before the third */
    FINDS(1, 0, 0, 1, 50, 40);                             /* it ends with the rupture */
    FINDS(4, 1, 1, 0, 50, 40, 30, 35, 35);                 /* two in a row: 45 is not reached again, 35 is */
    FINDS(8, 1, 1, 0, 50, 40, 50, 40, 40, 40, 40, 40, 40); /* one of each */
    FINDS(2, 0, 0, 0, 40, 50, 60);                         /* a rise */
}

static void sessions_without_a_score(void **state) {
    (void)state;
    FINDS(0, 0, 0, 0, 50, NAN, 40);                /* no two sessions that follow one another */
    FINDS(3, 0, 0, 1, 50, 40, 44, NAN, 44, 44);    /* what the missing one was is not known */
    FINDS(2, 1, 0, 0, 50, 40, NAN, 44, 45);        /* another one tells: repaired */
    FINDS(1, 0, 0, 1, NAN, 50, 40, NAN, NAN, NAN); /* nobody knows */
    FINDS(0, 0, 0, 0, NAN, NAN);                   /* nothing there */
    FINDS(0, 0, 0, 0, 50);                         /* one session */
    assert_int_equal(rp_ruptures_find(NULL, 0, 10, false).judged, 0);
}

/* Means of items written with few decimals: 4.2 - 3.9 is 0.30000000000000027, 3.9 - 3.6 is 0.29999999999999982. */
static void rounded_means(void **state) {
    (void)state;
    const double scores[] = {3.9, 3.6, 3.75};
    rp_ruptures f = rp_ruptures_find(scores, 3, 0.3, false);
    assert_int_equal(f.repaired, 1); /* by hand: a drop of 0.3, and 0.15 of it regained */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_became_of_it),
        cmocka_unit_test(sessions_without_a_score),
        cmocka_unit_test(rounded_means),
    };
    return cmocka_run_group_tests_name("measures: ruptures", tests, NULL, NULL);
}
