/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services made at random, with practitioners of about ten people each and a few people whose practitioner is not
 * recorded, and a reader who has every count that `practitioner` shows, how many of all who entered treatment have two
 * scores, and how many of these improved (`outcome` tells both). No set of 1 to 4 people may follow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/union_attack.h"
#include "questions/practitioner_helper.h"

enum { SMALLEST = 5, ROUNDS = 40 };

/* Twelve or thirteen practitioners, some of them with fewer people than a line takes. */
static world service_at_random(uint64_t *seed) {
    static const double last[] = {4, 11}; /* from 12: improved by 6 or more, or not */
    world w = begin();
    int n = 12 + (int)(next_random(seed) % 2);
    for (int p = 0; p <= n; p++) { /* the last is nobody */
        char name[8] = "-", whose[32], id[32];
        int people = p == n                        ? (int)(next_random(seed) % 6)
                     : next_random(seed) % 10 == 0 ? 4 + (int)(next_random(seed) % 6)
                                                   : 13 + (int)(next_random(seed) % 6);
        if (p < n)
            practitioner(&w, practitioner_name(name, p));
        for (int i = 0; i < people; i++) {
            bool two = next_random(seed) % 8 != 0;
            snprintf(whose, sizeof whose, next_random(seed) % 4 ? "%s %s" : "%s", name, name);
            snprintf(id, sizeof id, "r%02d-%02d", p, i);
            person(&w, id, 12, two ? last[next_random(seed) % 2] + (double)(next_random(seed) % 2) : -1, whose, "");
        }
    }
    seal(&w);
    return w;
}

/* Those of the frame's set, as a count of the universe. */
typedef struct in_set {
    const rp_universe *universe;
    size_t set;
} in_set;
static bool is_in_set(const void *context, size_t group) {
    const in_set *s = context;
    return s->universe->frame->sets[s->set * s->universe->frame->n_cells + s->universe->frame_cell[group]];
}

static void see_all(attack *a, rp_answer *answer, uint64_t *seed, bool others) {
    const rp_universe *universe = a->universe;
    attack_see_answer(a, answer);
    for (size_t i = 0; others && i < answer->n_told; i++)
        if (answer->told[i].n >= SMALLEST)
            attack_see(a, &answer->told[i]);
    for (size_t i = 0; others && i < universe->frame->n_sets; i++) {
        in_set set = {universe, i};
        rp_count count = rp_answer_count(answer, universe, is_in_set, &set);
        int64_t all = 0;
        for (size_t g = 0; g < universe->n_groups; g++)
            all += universe->people[g];
        if (count.n >= SMALLEST && (count.n == all || all - count.n >= SMALLEST))
            attack_see(a, &count);
    }
    attack_prepare(a, seed);
}

static void no_few_follow_from_what_is_shown(void **state) {
    (void)state;
    static attack a;
    uint64_t seed = 7;
    size_t lines = 0, counts = 0;
    for (int round = 0; round < ROUNDS; round++) {
        world w = service_at_random(&seed);
        ask(&w, "practitioner", 0, 1);
        rp_answer *answer = (rp_answer *)(uintptr_t)w.answer;
        const rp_universe *universe = find(&w, "practitioner.compared")->numerator.universe;
        assert_true(rp_answer_protect(answer, SMALLEST));
        attack_begin(&a, universe);
        see_all(&a, answer, &seed, true);
        size_t told = attack_few_told(&a, SMALLEST);
        if (told > 0)
            fail_msg("round %d: %d sets of few people", round, (int)told);
        assert_true(a.smallest_shown >= SMALLEST);
        lines += answer->n_tables > 0 ? answer->tables[0]->n_rows : 0;
        counts += a.n_counts;
        end(&w);
    }
    print_message("%zu lines in %d services, %zu counts shown\n", lines, ROUNDS, counts);
    assert_true(lines > 5 * ROUNDS && counts > 20 * ROUNDS);
}

/* The attacker finds what is there. */
static void without_protection_they_would(void **state) {
    (void)state;
    static attack a;
    uint64_t seed = 7;
    size_t told = 0;
    for (int round = 0; round < 5; round++) {
        world w = service_at_random(&seed);
        ask(&w, "practitioner", 0, 1);
        attack_begin(&a, find(&w, "practitioner.compared")->numerator.universe);
        see_all(&a, (rp_answer *)(uintptr_t)w.answer, &seed, false);
        told += attack_few_told(&a, SMALLEST);
        end(&w);
    }
    assert_true(told > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_few_follow_from_what_is_shown),
        cmocka_unit_test(without_protection_they_would),
    };
    return cmocka_run_group_tests_name("questions: practitioner, attacked", tests, NULL, NULL);
}
