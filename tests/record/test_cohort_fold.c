/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folds over many blocks: the tree that they merge over, blocks that are kept and blocks that are not. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "record/cohort_parts.h"
#include "support/rows.h"

enum { PEOPLE = 400, BLOCK = 3, BLOCKS = 134 /* 400 / 3 */ };

static void people(world *w) {
    char id[16];
    for (int i = 0; i < PEOPLE; i++) {
        snprintf(id, sizeof id, "r%03d", i);
        referral(w, id, "2024-01-01", i % 3 ? "2024-09-01" : "", NULL);
        for (int k = 0; k < i % 4; k++)
            score(w, id, k % 2 ? "gad-7" : "phq-9", k < 2 ? "2024-01-08" : "2024-02-08", (i + k) % 21);
    }
    seal(w);
}

/* A number that tells in which order things were put together, and how they were nested. */
typedef struct order {
    uint64_t is;
} order;

static void take_block(void *statistics, const rp_block *block, const void *context) {
    (void)context;
    order *o = statistics;
    for (size_t e = 0; e < block->n_episodes; e++)
        o->is = o->is * 31 + block->episodes[e].row + 1;
}

static void join(void *into, const void *other, const void *context) {
    (void)context;
    order *a = into;
    a->is = a->is * 1000003 + ((const order *)other)->is * 7 + 1;
}

/* docs of the record: "blocks merge over a fixed binary tree by block number". Done here level by level. */
static uint64_t by_hand(const world *w, const rp_cohort *cohort) {
    order places[BLOCKS] = {0};
    rp_error error;
    for (size_t b = 0; b < BLOCKS; b++) {
        rp_block block;
        assert_true(rp_cohort_block(cohort, b, w->arena, &block, &error));
        take_block(&places[b], &block, NULL);
    }
    for (size_t apart = 1; apart < BLOCKS; apart *= 2)
        for (size_t b = 0; b + apart < BLOCKS; b += 2 * apart)
            join(&places[b], &places[b + apart], NULL);
    return places[0].is;
}

static rp_cohort *many_blocks(world *w) {
    rp_cohort_options o = cohort_options();
    o.block_size = BLOCK;
    rp_cohort *cohort = cohort_of(w, &o);
    assert_int_equal(rp_cohort_blocks(cohort), BLOCKS);
    return cohort;
}

static void the_tree_is_that_of_the_blocks(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    const rp_fold fold = {sizeof(order), take_block, join, NULL};
    for (int kept = 0; kept < 2; kept++)
        for (int threads = 1; threads < 5; threads++) {
            rp_cohort *cohort = many_blocks(&w);
            uint64_t expected = by_hand(&w, cohort);
            if (!kept)
                cohort->kept->most = 0;
            for (int time = 0; time < 2; time++) { /* the second finds what the first made, or nothing */
                order out;
                assert_true(rp_cohort_fold(cohort, &fold, threads, &out, &w.error));
                assert_true(out.is == expected);
            }
        }
    end(&w);
}

static size_t n_kept(const rp_cohort *cohort) {
    size_t n = 0;
    for (size_t b = 0; b < BLOCKS; b++)
        n += cohort->kept->blocks[b].n_episodes > 0;
    return n;
}

static void blocks_are_kept_while_there_is_room(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    const rp_fold fold = {sizeof(order), take_block, join, NULL};
    order out;
    rp_cohort *cohort = many_blocks(&w);
    assert_int_equal(n_kept(cohort), 0);
    assert_true(rp_cohort_fold(cohort, &fold, 2, &out, &w.error));
    assert_int_equal(n_kept(cohort), BLOCKS);
    size_t all = cohort->kept->bytes;
    assert_true(all <= cohort->kept->most);
    cohort = many_blocks(&w);
    cohort->kept->most = all / 2;
    assert_true(rp_cohort_fold(cohort, &fold, 1, &out, &w.error));
    assert_true(n_kept(cohort) > BLOCKS / 4 && n_kept(cohort) < BLOCKS);
    assert_true(cohort->kept->bytes <= all / 2);
    end(&w);
}

static void same_series(const rp_series *a, const rp_series *b) {
    assert_int_equal(a->n, b->n);
    for (size_t p = 0; p < a->n; p++) {
        assert_int_equal(a->points[p].date, b->points[p].date);
        assert_true(a->points[p].value == b->points[p].value);
        assert_int_equal(a->points[p].occasion, b->points[p].occasion);
        assert_true(a->points[p].supplied && b->points[p].supplied);
    }
}

/* Kept or made anew, a block says the same. */
static void a_kept_block_is_the_block(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    rp_cohort *cohort = many_blocks(&w);
    const rp_fold fold = {sizeof(order), take_block, join, NULL};
    order out;
    assert_true(rp_cohort_fold(cohort, &fold, 2, &out, &w.error));
    for (size_t b = 0; b < BLOCKS; b++) {
        rp_block kept, made;
        assert_true(rp_cohort_block(cohort, b, w.arena, &kept, &w.error));
        assert_ptr_equal(kept.episodes, cohort->kept->blocks[b].episodes);
        assert_true(rp_cohort_make_block(cohort, b, w.arena, &made));
        assert_int_equal(kept.first, made.first);
        assert_int_equal(kept.n_episodes, made.n_episodes);
        assert_int_equal(kept.n_sessions, made.n_sessions);
        for (size_t e = 0; e < kept.n_episodes; e++) {
            assert_string_equal(kept.episodes[e].id, made.episodes[e].id);
            assert_int_equal(kept.episodes[e].over, made.episodes[e].over);
            for (size_t m = 0; m < rp_cohort_measures(cohort); m++)
                same_series(&kept.episodes[e].series[m], &made.episodes[e].series[m]);
        }
        for (size_t s = 0; s < kept.n_sessions; s++)
            assert_memory_equal(kept.sessions[s].values, made.sessions[s].values,
                                rp_cohort_measures(cohort) * sizeof(double));
    }
    end(&w);
}

/* Memory that runs out at any request is told, and a later fold is as if nothing had been. */
static void no_memory_is_told(void **state) {
    (void)state;
    world w = begin();
    people(&w);
    const rp_fold fold = {sizeof(order), take_block, join, NULL};
    rp_cohort *cohort = many_blocks(&w);
    uint64_t expected = by_hand(&w, cohort);
    order out;
    bool done = false;
    for (long n = 1; !done; n += 1 + n / 7) {
        cohort = many_blocks(&w);
        rp_memory_fail_after(n);
        done = rp_cohort_fold(cohort, &fold, 2, &out, &w.error);
        rp_memory_fail_after(0);
        assert_true(done || w.error.code == RP_E_MEMORY);
        assert_true(rp_cohort_fold(cohort, &fold, 2, &out, &w.error));
        assert_true(out.is == expected);
    }
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_is_that_of_the_blocks),
        cmocka_unit_test(blocks_are_kept_while_there_is_room),
        cmocka_unit_test(a_kept_block_is_the_block),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests_name("record: folds over a cohort", tests, NULL, NULL);
}
