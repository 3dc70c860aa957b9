/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each scenario's mechanism is there, and plain is what it is calibrated to. Seeds are fixed, so that nothing here
 * fails by chance; the bounds are those within which all but one seed of a thousand would fall. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "simulation/simulated.h"

/* ---- plain ---- */

typedef struct way {
    int64_t all, seen_or_booked, missed_first, not_seen, entered, once, within[2];
    int64_t completed, well;
    rp_moments phq, gad, wsas;
} way;

static void look_way(const sim_world *world, const sim_course *course, void *sums) {
    way *w = sums;
    const sim_contact *first = treatment(course, 1);
    (void)world;
    w->all++;
    w->not_seen += !course->seen && course->ended != RP_NO_DATE;
    w->seen_or_booked += course->n > 0;
    w->missed_first += course->n > 0 && course->contacts[0].attendance == SIM_MISSED;
    rp_moments_add(&w->phq, phq(&course->first));
    rp_moments_add(&w->gad, sim_sum(course->first.gad, SIM_GAD));
    rp_moments_add(&w->wsas, sim_sum(course->first.wsas, SIM_WSAS));
    if (first == NULL)
        return;
    w->entered++;
    w->within[0] += first->date - course->received <= 42;
    w->within[1] += first->date - course->received <= 126;
    w->once += course->treated == 1;
}

static void plain_is_calibrated(void **state) {
    (void)state;
    sim_world world = world_of("plain");
    way w = {0};
    each(&world, look_way, &w);
    assert_share(w.not_seen, w.all, world.at[SIM_NOT_SEEN]); /* assumed */
    assert_share(w.missed_first, w.seen_or_booked, 0.40);    /* calibration.md: Davis 2020, abstract */
    assert_share(w.within[0], w.entered, 614104.0 / 670419); /* calibration.md: NHS England 2024-25, waiting time */
    assert_share(w.within[1], w.entered, 661723.0 / 670419); /* the same, 18 weeks */
    /* calibration.md: NHS Digital 2019-20 by way of a critic, 489,547 of 489,547 + 606,192; a few are still in
     * treatment after one contact, and a few die */
    assert_share(w.once, w.entered, 489547.0 / (489547 + 606192));
    /* nhs_tt_proms_england.csv 2024-25, all problems, first scores of guided self-help (book) and of CBT, the two
     * largest: PHQ-9 13.5 and 14.2, GAD-7 12.5 and 13.3, WSAS 17.6 and 19.0. Tuned to lie within them, half a point
     * more either way. */
    assert_true(w.phq.mean > 13.0 && w.phq.mean < 14.7);
    assert_true(w.gad.mean > 12.0 && w.gad.mean < 13.8);
    assert_true(w.wsas.mean > 17.1 && w.wsas.mean < 19.5);
}

/* ---- who leaves ---- */

typedef struct leaving {
    rp_moments stayed, left;
} leaving;

static void look_leaving(const sim_world *world, const sim_course *course, void *sums) {
    leaving *l = sums;
    const sim_contact *first = treatment(course, 1);
    (void)world;
    if (first != NULL)
        rp_moments_add(treatment(course, 2) != NULL ? &l->stayed : &l->left, first->severity);
}

/* In standard errors: how much more severe those who left after one contact were at it. */
static double leavers_are_worse(const char *scenario) {
    sim_world world = world_of(scenario);
    leaving l = {0};
    each(&world, look_leaving, &l);
    double a = rp_moments_sd(&l.left), b = rp_moments_sd(&l.stayed);
    return (l.left.mean - l.stayed.mean) / sqrt(a * a / (double)l.left.n + b * b / (double)l.stayed.n);
}

static void dropout_goes_with_severity_where_it_should(void **state) {
    (void)state;
    assert_true(fabs(leavers_are_worse("plain")) < 3.3);
    assert_true(leavers_are_worse("dropout_when_worse") > 10);
    assert_true(leavers_are_worse("dropout_when_better") < -10);
}

/* ---- what treatment does ---- */

typedef struct futures {
    int64_t people, same, usual_care;
    rp_moments effect[2], regression; /* of those harmed and of the others; from the first score, untreated */
    rp_moments first[2];              /* by arm */
    int64_t harmed;
} futures;

static void look_futures(const sim_world *world, const sim_course *course, void *sums) {
    futures *f = sums;
    (void)world;
    f->people++;
    f->harmed += course->life.harmed;
    f->usual_care += course->usual_care;
    rp_moments_add(&f->first[course->usual_care], phq(&course->first));
    f->same += memcmp(&course->if_treated, &course->if_untreated, sizeof course->if_treated) == 0;
    rp_moments_add(&f->regression, phq(&course->if_untreated) - phq(&course->first));
    assert_memory_equal(&course->at_horizon, course->usual_care ? &course->if_untreated : &course->if_treated,
                        sizeof course->at_horizon);
    if (course->treated >= 4)
        rp_moments_add(&f->effect[course->life.harmed], phq(&course->if_treated) - phq(&course->if_untreated));
}

static futures futures_of(const char *scenario) {
    sim_world world = world_of(scenario);
    futures f = {0};
    each(&world, look_futures, &f);
    return f;
}

static void nulls_are_null_for_each_person(void **state) {
    (void)state;
    futures none = futures_of("no_effect"), dose = futures_of("dose_null_stop_when_well"), plain = futures_of("plain");
    assert_int_equal(none.same, none.people);
    assert_int_equal(dose.same, dose.people);
    assert_true(plain.same < plain.people);
    /* Selected at 10 or more, people fall back all the same; whoever is selected at nothing does not. */
    assert_true(none.first[0].lowest >= 10);
    assert_true(none.regression.mean < -1);
}

static void regression_comes_of_selection_alone(void **state) {
    (void)state;
    rp_error error = {0};
    sim_world world = world_of("no_effect");
    const char *const sets[] = {"selected_at=0", "no_cases=0"};
    assert_true(sim_parameters_fill(sim_scenario_find("no_effect", &error), sets, 2, world.at, &error));
    futures f = {0};
    each(&world, look_futures, &f);
    assert_mean(&f.regression, 0);
}

static void allocation_is_by_chance(void **state) {
    (void)state;
    futures f = futures_of("true_effect");
    assert_share(f.usual_care, f.people, 0.5);
    double a = rp_moments_sd(&f.first[0]), b = rp_moments_sd(&f.first[1]);
    assert_true(fabs(f.first[0].mean - f.first[1].mean) <
                3.3 * sqrt(a * a / (double)f.first[0].n + b * b / (double)f.first[1].n));
    assert_true(f.effect[0].mean < -2);
    assert_int_equal(f.effect[1].n, 0);
}

static void some_are_harmed(void **state) {
    (void)state;
    futures f = futures_of("harm");
    assert_share(f.harmed, f.people, 0.2);
    assert_true(f.effect[0].mean < -2);
    assert_true(f.effect[1].mean > 2);
}

static void look_dose(const sim_world *world, const sim_course *course, void *sums) {
    rp_moments *doses = sums;
    for (int d = 0; d < 5; d++) {
        sim_care care = {.contacts = 3 * d};
        rp_moments_add(&doses[d], sim_severity(world, &course->life, SIM_AT_HORIZON, SIM_HORIZON_DAYS, &care));
    }
}

static void a_true_dose_goes_on_helping(void **state) {
    (void)state;
    sim_world world = world_of("dose_true");
    rp_moments doses[5] = {{0}};
    each(&world, look_dose, doses);
    for (int d = 1; d < 5; d++) /* each 3 contacts more, at least a tenth of a standard deviation at the start */
        assert_true(doses[d].mean < doses[d - 1].mean - 0.1);
}

static void look_stopping(const sim_world *world, const sim_course *course, void *sums) {
    rp_pair_moments *m = sums;
    const sim_contact *last = treatment(course, course->treated);
    (void)world;
    if (course->treated >= 2 && course->finished)
        rp_pair_moments_add(m, course->treated, last->severity);
}

static void those_who_are_well_stop(void **state) {
    (void)state;
    sim_world world = world_of("dose_null_stop_when_well");
    rp_pair_moments m = {0};
    each(&world, look_stopping, &m);
    assert_true(rp_pair_moments_correlation(&m) > 0.2); /* more contacts, worse at the end: and yet no effect */
}

/* ---- who assesses, what is told, who is there ---- */

typedef struct assessors {
    rp_moments severity[2]; /* at first, by who assesses */
    int64_t entered[2], once[2], told, recorded, assessed, present, last;
    rp_moments benefit, hidden;
    int highest_practitioner;
} assessors;

static void look_assessors(const sim_world *world, const sim_course *course, void *sums) {
    assessors *a = sums;
    const sim_care senior = {.contacts = 8, .senior = true}, other = {.contacts = 8};
    rp_moments_add(&a->severity[course->senior], phq(&course->first));
    rp_moments_add(&a->benefit, sim_severity(world, &course->life, SIM_AT_HORIZON, SIM_HORIZON_DAYS, &other) -
                                    sim_severity(world, &course->life, SIM_AT_HORIZON, SIM_HORIZON_DAYS, &senior));
    a->entered[course->senior] += course->treated > 0;
    a->once[course->senior] += course->treated == 1 && course->ended != RP_NO_DATE;
    if (course->assessed) {
        a->assessed++;
        a->told += course->matters[SIM_CLIENT_ROLE].told;
        a->recorded += course->matters[SIM_CLIENT_ROLE].recorded;
    }
    for (size_t i = 0; i < course->n; i++) {
        const sim_contact *c = &course->contacts[i];
        sim_answers as_it_is;
        if (c->practitioner > a->highest_practitioner)
            a->highest_practitioner = c->practitioner;
        if (c->treated == 0 || c->treated != course->planned)
            continue;
        sim_answer(world, &course->life, c->moment, c->severity, &as_it_is);
        a->last++;
        a->present += c->present;
        rp_moments_add(&a->hidden, phq(&as_it_is) - phq(&c->answers));
    }
}

static assessors assessors_of(const char *scenario) {
    sim_world world = world_of(scenario);
    assessors a = {0};
    each(&world, look_assessors, &a);
    return a;
}

static void assessors_are_what_their_scenario_says(void **state) {
    (void)state;
    assessors plain = assessors_of("plain"), severity = assessors_of("assessor_by_severity"),
              matters = assessors_of("assessor_matters");
    assert_true(severity.severity[1].mean - severity.severity[0].mean > 3); /* points of the PHQ-9 */
    assert_true(fabs(plain.severity[1].mean - plain.severity[0].mean) < 0.8);
    assert_true(plain.benefit.mean == 0 && severity.benefit.mean == 0);
    assert_true(fabs(matters.benefit.mean - 0.5 * (1 - exp(-8 / 4.0))) < 1e-12); /* life.c, by hand */
    assert_share(plain.once[1], plain.entered[1], 0.447);
    assert_true((double)matters.once[1] / (double)matters.entered[1] <
                (double)matters.once[0] / (double)matters.entered[0] - 0.1);
}

static void telling_and_presence(void **state) {
    (void)state;
    assessors plain = assessors_of("plain"), told = assessors_of("told_but_unrecorded"),
              presence = assessors_of("presence_lowers_last_score"), tiny = assessors_of("tiny");
    assert_share(plain.told, plain.assessed, 0.8);
    assert_int_equal(told.told, told.assessed);
    assert_share(told.recorded, told.assessed, 0.3);
    assert_int_equal(presence.present, presence.last);
    assert_true(presence.last > 100 && presence.hidden.mean > 1);
    assert_true(plain.hidden.mean == 0);
    assert_int_equal(plain.highest_practitioner, 9);
    assert_int_equal(tiny.highest_practitioner, 3);
}

static void practitioners_differ(void **state) {
    (void)state;
    rp_moments gifts = {0};
    sim_world world = world_of("practitioner_effects"), plain = world_of("plain");
    for (uint64_t team = 0; team < 200; team++)
        for (int p = 0; p < SIM_MOST_PRACTITIONERS; p++)
            rp_moments_add(&gifts, sim_practitioner_gift(&world, team * SIM_TEAM_CLIENTS, p));
    assert_mean(&gifts, 0);
    assert_true(fabs(rp_moments_sd(&gifts) - 1) < 3.3 / sqrt(2 * 2000.0)); /* standard error of an SD */
    assert_true(world.at[SIM_PRACTITIONER_SD] > 2 * plain.at[SIM_PRACTITIONER_SD]);
    sim_life life;
    sim_life_draw(&world, 1, 0, &life);
    const sim_care good = {.contacts = 8, .gift = 1}, mean = {.contacts = 8};
    assert_true(fabs(sim_severity(&world, &life, 1, 0, &mean) - sim_severity(&world, &life, 1, 0, &good) -
                     1 * (1 - exp(-8 / 4.0))) < 1e-12); /* life.c, by hand */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_is_calibrated),
        cmocka_unit_test(dropout_goes_with_severity_where_it_should),
        cmocka_unit_test(nulls_are_null_for_each_person),
        cmocka_unit_test(regression_comes_of_selection_alone),
        cmocka_unit_test(allocation_is_by_chance),
        cmocka_unit_test(some_are_harmed),
        cmocka_unit_test(a_true_dose_goes_on_helping),
        cmocka_unit_test(those_who_are_well_stop),
        cmocka_unit_test(assessors_are_what_their_scenario_says),
        cmocka_unit_test(telling_and_presence),
        cmocka_unit_test(practitioners_differ),
    };
    return cmocka_run_group_tests_name("simulation: scenarios", tests, NULL, NULL);
}
