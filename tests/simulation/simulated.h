/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many people of a scenario, and whether numbers are what chance makes of a truth. Include after cmocka.h. */
#ifndef RAPPORT_TESTS_SIMULATED_H
#define RAPPORT_TESTS_SIMULATED_H

#include <math.h>
#include <string.h>

#include "rapport/maths.h"
#include "simulation/world.h"

enum { CLIENTS = 4000 };

static inline sim_world world_of(const char *scenario) {
    rp_error error = {0};
    sim_world world = {.seed = 20};
    const sim_scenario *found = sim_scenario_find(scenario, &error);
    assert_non_null(found);
    assert_true(sim_parameters_fill(found, NULL, 0, world.at, &error));
    return world;
}

/* Each client's first referral. */
typedef void visit(const sim_world *world, const sim_course *course, void *sums);
static inline void each(const sim_world *world, visit *look, void *sums) {
    static sim_course course;
    for (uint64_t client = 0; client < CLIENTS; client++) {
        assert_true(sim_course_make(world, client, NULL, &course));
        look(world, &course, sums);
    }
}

/* k of n is what chance p gives, but for one time in a thousand: both exact binomial tails are above 0.0005. */
static inline void assert_share(int64_t k, int64_t n, double p) {
    double up_to = k >= n ? 1 : rp_beta_inc(1 - p, (double)(n - k), (double)k + 1);
    double from = k <= 0 ? 1 : rp_beta_inc(p, (double)k, (double)(n - k) + 1);
    if (up_to < 0.0005 || from < 0.0005)
        fail_msg("%lld of %lld is not a share of %g", (long long)k, (long long)n, p);
}

/* A mean within 3.3 standard errors of what it should be. */
static inline void assert_mean(const rp_moments *m, double truth) {
    if (fabs(m->mean - truth) > 3.3 * rp_moments_sd(m) / sqrt((double)m->n))
        fail_msg("a mean of %g (n = %lld, SD %g) is not %g", m->mean, (long long)m->n, rp_moments_sd(m), truth);
}

static inline bool no_correlation(const rp_pair_moments *m) {
    return fabs(rp_pair_moments_correlation(m)) < 3.3 / sqrt((double)m->n);
}

static inline const sim_contact *treatment(const sim_course *course, int number) {
    for (size_t i = 0; i < course->n; i++)
        if (course->contacts[i].treated == number)
            return &course->contacts[i];
    return NULL;
}

static inline int phq(const sim_answers *answers) {
    return sim_sum(answers->phq, SIM_PHQ);
}

#endif
