/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: alignment, zeroes, limits, growth, and that running out of memory is told and harmless at every request. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

static void takes_are_apart_aligned_and_zero(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(arena);
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 4095, 4096, 5000, 100000, 3};
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char *at = rp_arena_take(arena, sizes[i], 1);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % 16, 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(at[k], 0);
            memset(at, 0xff, sizes[i]); /* a neighbour that overlapped would not be zero */
        }
    rp_arena_free(arena);
}

static void an_emptied_arena_gives_zeroes_again(void **state) {
    (void)state;
    static const size_t sizes[] = {10, 70000, 3000, 1 << 22, 1, 200};
    rp_arena *arena = rp_arena_new(0);
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < (size_t)(round % 7); i++) {
            unsigned char *at = rp_arena_take(arena, sizes[i % 6], 1);
            assert_non_null(at);
            for (size_t k = 0; k < sizes[i % 6]; k++)
                assert_int_equal(at[k], 0);
            memset(at, 0xff, sizes[i % 6]);
            unsigned char *unset = rp_arena_take_unset(arena, sizes[i % 6], 1);
            assert_non_null(unset);
            memset(unset, 0xfe, sizes[i % 6]);
        }
        rp_arena_empty(arena);
        assert_int_equal(rp_arena_bytes(arena), 0);
    }
    rp_arena_free(arena);
}

/* The sanitizers see to it that all of this is freed, and once. */
static void an_adopted_arena_goes_with_its_parent(void **state) {
    (void)state;
    rp_arena *parent = rp_arena_new(0), *children[3];
    for (size_t i = 0; i < 3; i++) {
        children[i] = rp_arena_new(0);
        rp_arena_adopt(i < 2 ? parent : children[0], children[i]); /* the last is a grandchild */
        memset(rp_arena_take(children[i], 3 << 20, 1), 1, 3 << 20);
    }
    rp_arena_free(children[1]); /* before the parent: the others stay */
    memset(rp_arena_take(children[0], 100, 1), 2, 100);
    memset(rp_arena_take(children[2], 100, 1), 2, 100);
    rp_arena_empty(parent); /* takes children along */
    rp_arena *late = rp_arena_new(0);
    rp_arena_adopt(parent, late);
    assert_non_null(rp_arena_take(late, 1, 1));
    rp_arena_free(parent);
}

static void what_is_given_back_does_not_count(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_non_null(rp_arena_take(arena, 100, 1));
    size_t before = rp_arena_bytes(arena);
    void *large = rp_arena_take(arena, 5 << 20, 1);
    assert_int_equal(rp_arena_bytes(arena), before + (5 << 20));
    rp_arena_give_back(arena, large);
    assert_int_equal(rp_arena_bytes(arena), before);
    rp_arena_free(arena);
}

static void nothing_asked_gives_a_pointer_of_its_own(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    void *first = rp_arena_take(arena, 0, 8), *second = rp_arena_take(arena, 8, 0);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    rp_arena_free(arena);
}

static void small_takes_go_on_after_a_large_one(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    char *before = rp_arena_take(arena, 16, 1);
    char *large = rp_arena_take(arena, 1 << 22, 1);
    char *after = rp_arena_take(arena, 16, 1);
    assert_true(before && large && after);
    assert_true(after > before && after - before <= 64); /* still in the first chunk */
    memset(large, 1, 1 << 22);
    rp_arena_free(arena);
}

static void the_limit_holds(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(1000);
    assert_null(rp_arena_take(arena, 1001, 1));
    assert_non_null(rp_arena_take(arena, 496, 1));
    assert_non_null(rp_arena_take(arena, 496, 1));
    assert_int_equal(rp_arena_bytes(arena), 992);
    assert_null(rp_arena_take(arena, 16, 1));
    assert_int_equal(rp_arena_bytes(arena), 992);
    rp_arena_free(arena);
}

static void products_past_the_address_space_give_null(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(SIZE_MAX);
    void *volatile got = NULL;
    volatile size_t half = SIZE_MAX / 2 + 1;
    got = rp_arena_take(arena, half, 2);
    assert_null(got);
    got = rp_arena_take(arena, 1, SIZE_MAX);
    assert_null(got);
    got = rp_arena_copy(arena, "", SIZE_MAX);
    assert_null(got);
    rp_arena_free(arena);
}

static void copies_and_prints_are_ended(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    assert_string_equal(rp_arena_copy(arena, "abcdef", 3), "abc");
    assert_string_equal(rp_arena_copy(arena, NULL, 0), "");
    assert_string_equal(rp_arena_printf(arena, "%d of %s", 3, "ten"), "3 of ten");
    char *wide = rp_arena_printf(arena, "%10000d", 7);
    assert_int_equal(strlen(wide), 10000);
    assert_int_equal(wide[9999], '7');
    rp_arena_free(arena);
    rp_arena_free(NULL);
}

typedef RP_VEC(int) ints;

static void a_vector_keeps_what_was_pushed(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    ints v = {0};
    for (int i = 0; i < 10000; i++) {
        int *fresh = rp_vec_push(arena, &v);
        assert_non_null(fresh);
        assert_int_equal(*fresh, 0);
        *fresh = i * 3;
    }
    assert_int_equal(v.n, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(v.at[i], i * 3);
    rp_arena_free(arena);
}

static void a_vector_without_memory_keeps_its_old_self(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(64);
    ints v = {0};
    size_t pushed = 0;
    for (int *fresh; (fresh = rp_vec_push(arena, &v)) != NULL; pushed++)
        *fresh = (int)pushed + 1;
    assert_int_equal(pushed, v.n);
    assert_true(pushed > 0);
    for (size_t i = 0; i < v.n; i++)
        assert_int_equal(v.at[i], (int)i + 1);
    rp_arena_free(arena);
}

/* A job of several requests; false when any of them got nothing. */
static bool job(void) {
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return false;
    ints v = {0};
    bool fine = rp_arena_copy(arena, "text", 4) && rp_arena_printf(arena, "%d", 12);
    for (int i = 0; fine && i < 100; i++)
        fine = rp_vec_push(arena, &v) != NULL;
    fine = fine && rp_arena_take(arena, 1000, 1000);
    rp_arena_free(arena);
    return fine;
}

static void every_request_may_get_nothing(void **state) {
    (void)state;
    long n = 1;
    for (bool fine = false; !fine; n++) {
        rp_memory_fail_after(n);
        fine = job();
        rp_memory_fail_after(0);
        assert_true(n < 1000);
    }
    /* 1 arena, 1 copy, 1 print, 5 growths of the vector (8, 16, 32, 64, 128), 1 take: the tenth n lets all pass. */
    assert_int_equal(n - 1, 10);
    assert_true(job());
}

static void after_the_first_refusal_all_are_refused(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_memory_fail_after(2);
    assert_non_null(rp_arena_take(arena, 1, 1));
    assert_null(rp_arena_take(arena, 1, 1));
    assert_null(rp_arena_take(arena, 1, 1));
    rp_memory_fail_after(0);
    assert_non_null(rp_arena_take(arena, 1, 1));
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_are_apart_aligned_and_zero),
        cmocka_unit_test(an_emptied_arena_gives_zeroes_again),
        cmocka_unit_test(nothing_asked_gives_a_pointer_of_its_own),
        cmocka_unit_test(small_takes_go_on_after_a_large_one),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(products_past_the_address_space_give_null),
        cmocka_unit_test(copies_and_prints_are_ended),
        cmocka_unit_test(a_vector_keeps_what_was_pushed),
        cmocka_unit_test(a_vector_without_memory_keeps_its_old_self),
        cmocka_unit_test(every_request_may_get_nothing),
        cmocka_unit_test(an_adopted_arena_goes_with_its_parent),
        cmocka_unit_test(what_is_given_back_does_not_count),
        cmocka_unit_test(after_the_first_refusal_all_are_refused),
    };
    return cmocka_run_group_tests_name("base: arena", tests, NULL, NULL);
}
