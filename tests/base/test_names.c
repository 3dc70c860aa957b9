/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned texts: numbers in order of arrival, one for each distinct text, none lost when the table grows. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

static void numbers_come_in_order(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    assert_int_equal(rp_names_find(names, rp_text_of("a")), RP_NO_ID);
    char passing[] = "a";
    assert_int_equal(rp_names_put(names, rp_text_of(passing)), 0);
    passing[0] = 'b';
    assert_int_equal(rp_names_put(names, rp_text_of(passing)), 1);
    assert_int_equal(rp_names_put(names, rp_text_of("a")), 0);
    assert_int_equal(rp_names_put(names, rp_text_of("")), 2);
    assert_int_equal(rp_names_find(names, rp_text_of("b")), 1);
    assert_int_equal(rp_names_find(names, rp_text_of("c")), RP_NO_ID);
    assert_int_equal(rp_names_count(names), 3);
    assert_string_equal(rp_names_text(names, 0), "a");
    assert_string_equal(rp_names_text(names, 2), "");
    rp_arena_free(arena);
}

static void nul_inside_a_text_counts(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    assert_int_equal(rp_names_put(names, (rp_text){"a\0b", 3}), 0);
    assert_int_equal(rp_names_put(names, (rp_text){"a\0c", 3}), 1);
    assert_int_equal(rp_names_put(names, (rp_text){"a", 1}), 2);
    rp_arena_free(arena);
}

/* Where short texts end and long ones begin, and where one of either kind looks like the other. */
static void lengths_are_kept_apart(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    char text[40];
    rp_words words;
    memset(text, 1, sizeof text);
    for (uint32_t n = 0; n < sizeof text; n++) {
        assert_int_equal(rp_names_put(names, (rp_text){text, n}), n);
        assert_int_equal(rp_text_to_words((rp_text){text, n}, &words), n <= 15);
    }
    for (uint32_t n = 0; n < sizeof text; n++) {
        assert_int_equal(rp_names_find(names, (rp_text){text, n}), n);
        assert_int_equal(strlen(rp_names_text(names, n)), n);
        assert_memory_equal(rp_names_text(names, n), text, n);
    }
    assert_false(rp_text_to_words((rp_text){"a", 2}, &words)); /* a and a NUL */
    assert_true(rp_text_to_words(rp_text_of("ab"), &words));
    assert_true(words.low == 0x6261 && words.high == 0); /* ASCII, the first byte lowest */
    rp_arena_free(arena);
}

static void many_are_found_again(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    char text[32];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 50000; i++) {
            snprintf(text, sizeof text, "client %u", (unsigned)i);
            assert_int_equal(rp_names_put(names, rp_text_of(text)), i);
        }
    assert_int_equal(rp_names_count(names), 50000);
    for (uint32_t i = 0; i < 50000; i += 7) {
        snprintf(text, sizeof text, "client %u", (unsigned)i);
        assert_string_equal(rp_names_text(names, i), text);
        assert_int_equal(rp_names_find(names, rp_text_of(text)), i);
    }
    rp_arena_free(arena);
}

static void every_request_may_get_nothing(void **state) {
    (void)state;
    enum { N = 60 };
    bool fine = false;
    for (long n = 1; !fine; n++) {
        assert_true(n < 1000);
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after(n);
        rp_names *names = rp_names_new(arena);
        uint32_t put = 0;
        char text[16];
        for (; names && put < N; put++) {
            snprintf(text, sizeof text, "%u", (unsigned)put);
            if (rp_names_put(names, rp_text_of(text)) == RP_NO_ID)
                break;
        }
        rp_memory_fail_after(0);
        fine = put == N;
        /* What was put stays whole, and the work can go on where memory comes back. */
        for (uint32_t i = 0; names && i < N; i++) {
            snprintf(text, sizeof text, "%u", (unsigned)i);
            assert_int_equal(rp_names_find(names, rp_text_of(text)), i < put ? i : RP_NO_ID);
        }
        for (uint32_t i = 0; names && i < N; i++) {
            snprintf(text, sizeof text, "%u", (unsigned)i);
            assert_int_equal(rp_names_put(names, rp_text_of(text)), i);
        }
        rp_arena_free(arena);
    }
}

/* The definition of putting many: the same numbers as one after the other. Runs, texts in the order of their first
 * coming, texts in a scrambled order, and new ones between. */
static void many_at_once_are_as_one_by_one(void **state) {
    (void)state;
    enum { N = 20000, NAMES = 3000 };
    rp_arena *arena = rp_arena_new(0);
    rp_names *one_by_one = rp_names_new(arena), *at_once = rp_names_new(arena);
    rp_text *texts = rp_arena_take(arena, N, sizeof *texts);
    rp_words *words = rp_arena_take(arena, N, sizeof *words);
    uint32_t *ids = rp_arena_take(arena, N, sizeof *ids);
    uint32_t random = 1;
    for (size_t i = 0; i < N; i++) {
        random = random * 1664525u + 1013904223u;
        size_t number = i < N / 2 ? i / 3 % NAMES : (random >> 8) % (2 * NAMES);
        texts[i] = rp_text_of(rp_arena_printf(arena, number % 97 ? "client %zu" : "", number));
        assert_true(rp_text_to_words(texts[i], &words[i]));
    }
    for (size_t at = 0, n = 1; at < N; at += n, n = n * 3 % 257) {
        n = n < N - at ? n : N - at;
        assert_true(rp_names_put_short(at_once, words + at, n, ids + at));
    }
    for (size_t i = 0; i < N; i++)
        assert_int_equal(ids[i], rp_names_put(one_by_one, texts[i]));
    assert_int_equal(rp_names_count(at_once), rp_names_count(one_by_one));
    rp_arena_free(arena);
}

/* Keys of a table: in byte order but for groups of four, of which one is out of place. `again` of every 50 rows names
 * one of so many rows before instead; 0: none. A negative one is a new key that belongs far before. */
static rp_text key_at(rp_arena *arena, size_t i, int again) {
    static const size_t place[] = {0, 2, 3, 1};
    size_t number = i / 4 * 4 + place[i % 4];
    if (again > 0 && i % 50 == 49 && i >= (size_t)again)
        number = (i - (size_t)again) / 4 * 4 + place[(i - (size_t)again) % 4];
    bool new_before = again < 0 && i % 50 == 49;
    return rp_text_of(rp_arena_printf(arena, new_before ? "a%06zu" : "k%06zu", number));
}

/* The same of texts that come in order, as keys do, and of rows of another table that name them. */
static void texts_in_order_are_as_any_others(void **state) {
    (void)state;
    enum { N = 3000 };
    static const int again[] = {0, 3, 7, 9, 200, -1};
    for (size_t a = 0; a < sizeof again / sizeof *again; a++) {
        rp_arena *arena = rp_arena_new(0);
        rp_names *one_by_one = rp_names_new(arena), *at_once = rp_names_new(arena);
        rp_text texts[3 * N];
        rp_words words[3 * N];
        uint32_t ids[3 * N];
        for (size_t i = 0, row = 0; i < 3 * N; i++) {
            row = i < N ? i : i < 2 * N ? (i - N) * 5 % (7 * (i - N) / 5 + 1) % N : (row + i % 13) % N;
            texts[i] = key_at(arena, row, again[a]);
            assert_true(rp_text_to_words(texts[i], &words[i]));
        }
        for (size_t at = 0, n = 1; at < sizeof ids / sizeof *ids; at += n, n = n * 3 % 257) {
            n = n < 3 * N - at ? n : 3 * N - at;
            assert_true(rp_names_put_short(at_once, words + at, n, ids + at));
            if (at == 0) /* of a list that has no more than it */
                assert_int_equal(rp_names_find(at_once, texts[0]), 0);
        }
        for (size_t i = 0; i < 3 * N; i++)
            assert_int_equal(ids[i], rp_names_put(one_by_one, texts[i]));
        assert_int_equal(rp_names_count(at_once), rp_names_count(one_by_one));
        for (size_t i = 0; i < N; i += 37)
            assert_int_equal(rp_names_find(at_once, texts[i]), ids[i]);
        assert_int_equal(rp_names_find(at_once, rp_text_of("z")), RP_NO_ID);
        assert_int_equal(rp_names_find(at_once, rp_text_of("a text of more than fifteen bytes")), RP_NO_ID);
        rp_arena_free(arena);
    }
}

/* Nothing but names in order, so that one is looked for, and put, where there is no table yet. */
static void names_in_order_can_be_found_and_joined(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    enum { N = 100 };
    rp_words words[N];
    uint32_t ids[N];
    for (size_t i = 0; i < N; i++)
        assert_true(rp_text_to_words(key_at(arena, i, 0), &words[i]));
    rp_names_expect(names, N);
    assert_true(rp_names_put_short(names, words, N, ids));
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(ids[i], i);
        assert_int_equal(rp_names_find(names, key_at(arena, i, 0)), i);
    }
    assert_int_equal(rp_names_find(names, rp_text_of("k")), RP_NO_ID);
    assert_int_equal(rp_names_find(names, rp_text_of("a text of more than fifteen bytes")), RP_NO_ID);
    assert_int_equal(rp_names_put(names, rp_text_of("a text of more than fifteen bytes")), N);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(rp_names_put(names, key_at(arena, i, 0)), i);
    assert_int_equal(rp_names_put(names, rp_text_of("k")), N + 1);
    rp_arena_free(arena);
}

static void many_tell_when_memory_runs_out(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(1 << 14);
    rp_names *names = rp_names_new(arena);
    char text[32];
    rp_text one = {text, 0};
    rp_words words;
    uint32_t id = 0;
    bool fine = true;
    for (int i = 0; i < 2000 && fine; i++) {
        one.n = (size_t)snprintf(text, sizeof text, "client %d", i);
        assert_true(rp_text_to_words(one, &words));
        id = RP_NO_ID;
        fine = rp_names_put_short(names, &words, 1, &id);
        assert_int_equal(fine, id != RP_NO_ID);
    }
    assert_false(fine);
    rp_arena_free(arena);
}

/* Room that was expected changes no number, whether it comes before the names or among them, is too little or too
 * much. */
static void expecting_names_changes_nothing(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_names *names = rp_names_new(arena);
    char text[16];
    rp_names_expect(names, 100);
    for (uint32_t i = 0; i < 5000; i++) {
        if (i == 1000)
            rp_names_expect(names, 3000);
        if (i == 4000)
            rp_names_expect(names, 10);
        int n = snprintf(text, sizeof text, "name %u", i);
        assert_int_equal(rp_names_put(names, (rp_text){text, (size_t)n}), i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        int n = snprintf(text, sizeof text, "name %u", i);
        assert_int_equal(rp_names_find(names, (rp_text){text, (size_t)n}), i);
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_in_order),
        cmocka_unit_test(nul_inside_a_text_counts),
        cmocka_unit_test(lengths_are_kept_apart),
        cmocka_unit_test(many_are_found_again),
        cmocka_unit_test(many_at_once_are_as_one_by_one),
        cmocka_unit_test(many_tell_when_memory_runs_out),
        cmocka_unit_test(every_request_may_get_nothing),
        cmocka_unit_test(expecting_names_changes_nothing),
        cmocka_unit_test(texts_in_order_are_as_any_others),
        cmocka_unit_test(names_in_order_can_be_found_and_joined),
    };
    return cmocka_run_group_tests_name("base: names", tests, NULL, NULL);
}
