/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of a cohort into groups: side by side, and yet in the order of the people. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "questions/common/groups.h"
#include "support/rows.h"

enum { PEOPLE = 150, LISTS = 3, CELLS = 5 };

static void people(world *w) {
    char id[16];
    for (int i = 0; i < PEOPLE; i++) {
        snprintf(id, sizeof id, "r%03d", i);
        referral(w, id, "2024-01-01", "", NULL);
    }
    seal(w);
}

/* Marks that come and go along the cohort, other ones in each list. */
static uint64_t marks_of(size_t person, size_t list) {
    return (person * person / 7 + list) % (list == 0 ? 3 : 40);
}

static bool add_all(rp_arena *arena, rp_question_groups *lists, const rp_block *block, const void *context) {
    assert_int_equal(*(const int *)context, 42);
    for (size_t e = 0; e < block->n_episodes; e++)
        for (size_t l = 0; l < LISTS; l++)
            if (!rp_question_group_add(arena, &lists[l], marks_of(block->first + e, l), (block->first + e) % CELLS))
                return false;
    return true;
}

static void groups_are_in_the_order_of_people(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    rp_question_groups expected[LISTS] = {0}; /* one person after the other */
    for (size_t i = 0; i < PEOPLE; i++)
        for (size_t l = 0; l < LISTS; l++)
            assert_true(rp_question_group_add(w.arena, &expected[l], marks_of(i, l), i % CELLS));
    int context = 42;
    const rp_question_sort sort = {LISTS, add_all, &context};
    static const size_t sizes[] = {1, 2, 7, 150};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int threads = 1; threads < 4; threads++) {
            rp_cohort_options o = cohort_options();
            o.block_size = sizes[s];
            rp_question_groups lists[LISTS] = {0};
            assert_true(rp_question_groups_make(cohort_of(&w, &o), &sort, threads, w.arena, lists, &w.error));
            for (size_t l = 0; l < LISTS; l++) {
                assert_int_equal(lists[l].n, expected[l].n);
                assert_memory_equal(lists[l].at, expected[l].at, lists[l].n * sizeof *lists[l].at);
            }
        }
    end(&w);
}

static void no_memory_is_told(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    int context = 42;
    const rp_question_sort sort = {LISTS, add_all, &context};
    bool done = false;
    for (long n = 1; !done; n += 1 + n / 9) {
        rp_cohort_options o = cohort_options();
        o.block_size = 11;
        rp_cohort *cohort = cohort_of(&w, &o);
        rp_question_groups lists[LISTS] = {0};
        rp_memory_fail_after(n);
        done = rp_question_groups_make(cohort, &sort, 2, w.arena, lists, &w.error);
        rp_memory_fail_after(0);
        assert_true(done || w.error.code == RP_E_MEMORY);
    }
    end(&w);
}

static void nobody_is_in_no_group(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    rp_cohort_options o = cohort_options();
    o.from = 400000; /* far ahead */
    int context = 42;
    const rp_question_sort sort = {LISTS, add_all, &context};
    rp_question_groups lists[LISTS] = {0};
    assert_true(rp_question_groups_make(cohort_of(&w, &o), &sort, 2, w.arena, lists, &w.error));
    for (size_t l = 0; l < LISTS; l++)
        assert_int_equal(lists[l].n, 0);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_in_the_order_of_people),
        cmocka_unit_test(no_memory_is_told),
        cmocka_unit_test(nobody_is_in_no_group),
    };
    return cmocka_run_group_tests_name("questions: groups", tests, NULL, NULL);
}
