/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenarios about alliance: what goes with what, and what only seems to. Bounds as in test_scenarios.c. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "simulation/simulated.h"

typedef struct alliance {
    rp_pair_moments next, before, now, stable; /* alliance above one's own mean with: see look_alliance */
    rp_moments first, sixth, bond[2], others[2];
    int64_t forms, highest;
} alliance;

static void look_items(const sim_contact *contact, alliance *a) {
    const uint8_t *items = contact->about_alliance.client;
    int late = contact->treated >= 4;
    rp_moments_add(&a->bond[late], items[2] + items[4]);
    rp_moments_add(&a->others[late], items[6] + items[8]);
    a->forms++;
    a->highest += sim_sum(items, SIM_WAI) == 5 * SIM_WAI;
}

static void look_alliance(const sim_world *world, const sim_course *course, void *sums) {
    alliance *a = sums;
    const sim_life *life = &course->life;
    rp_pair_moments_add(&a->stable, life->alliance, life->response);
    for (int k = 1; k <= course->treated; k++) {
        const sim_contact *c = treatment(course, k), *next = treatment(course, k + 1);
        const sim_contact *last = treatment(course, k - 1), *earlier = treatment(course, k - 2);
        double own = world->at[SIM_ALLIANCE_MEAN] + world->at[SIM_ALLIANCE_SLOPE] * (k - 1) + life->alliance;
        look_items(c, a);
        rp_pair_moments_add(&a->now, c->alliance - own, life->wobble[c->moment]);
        if (next != NULL) /* what of the next severity is neither of the person nor of its passing part */
            rp_pair_moments_add(&a->next, c->alliance - own, next->severity - life->trait - life->wobble[next->moment]);
        if (earlier != NULL)
            rp_pair_moments_add(&a->before, c->alliance - own, earlier->severity - last->severity);
        if (k == 1 || k == 6)
            rp_moments_add(k == 1 ? &a->first : &a->sixth, c->alliance - life->alliance);
    }
}

static alliance alliance_of(const char *scenario) {
    sim_world world = world_of(scenario);
    alliance a = {0};
    each(&world, look_alliance, &a);
    return a;
}

static void alliance_does_what_its_scenario_says(void **state) {
    (void)state;
    alliance null = alliance_of("alliance_null"), causes = alliance_of("alliance_causes"),
             reverse = alliance_of("alliance_reverse"), error = alliance_of("symptom_error"),
             confounded = alliance_of("alliance_confounded"), trend = alliance_of("alliance_trend");
    assert_true(no_correlation(&null.next) && no_correlation(&null.before) && no_correlation(&null.now));
    assert_true(no_correlation(&null.stable));
    assert_true(rp_pair_moments_correlation(&causes.next) < -0.1 && no_correlation(&causes.before));
    assert_true(rp_pair_moments_correlation(&reverse.before) > 0.3 && no_correlation(&null.before));
    assert_true(rp_pair_moments_correlation(&error.now) < -0.3);
    assert_true(rp_pair_moments_correlation(&confounded.stable) > 0.94); /* 0.95 in scenarios.c */
    assert_true(no_correlation(&confounded.next));
    assert_true(no_correlation(&trend.next) && no_correlation(&trend.now));
    assert_mean(&trend.first, 3.7);            /* calibration.md: IMPLEMENT, at the first session */
    assert_mean(&trend.sixth, 3.7 + 5 * 0.12); /* five steps of scenarios.c */
    assert_mean(&null.sixth, 3.7);
}

static void answers_about_alliance_end_and_shift(void **state) {
    (void)state;
    alliance plain = alliance_of("alliance_null"), ceiling = alliance_of("ceiling"), shift = alliance_of("item_shift");
    assert_true(ceiling.highest > ceiling.forms / 10 && plain.highest < plain.forms / 50);
    assert_true(shift.bond[1].mean - shift.bond[0].mean > 0.8); /* two items, 0.7 each, less what the ends cut off */
    assert_true(fabs(shift.others[1].mean - shift.others[0].mean) < 0.15);
    assert_true(fabs(plain.bond[1].mean - plain.bond[0].mean) < 0.15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alliance_does_what_its_scenario_says),
        cmocka_unit_test(answers_about_alliance_end_and_shift),
    };
    return cmocka_run_group_tests_name("simulation: alliance", tests, NULL, NULL);
}
