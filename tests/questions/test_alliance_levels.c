/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: the models of items over all sessions, within clients and between them, on answers drawn by a rule: the
 * structure that was drawn is found, and the numbers are those of R 4.2.2 with lavaan 0.6-14 on the same rows (printed
 * by the argument `rows`). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/items_helper.h"

enum { SESSIONS = 4, PEOPLE = 300 };
static const char *const dates[SESSIONS] = {"2024-02-01", "2024-02-08", "2024-02-15", "2024-02-22"};

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* How answers are made: three factors between clients, which correlate by .4, and one within. */
enum { LEVEL = 8 };
static const double BETWEEN = 1.5, WITHIN = 1.2, REST_BETWEEN = 0.6, REST_WITHIN = 0.9;

/* Somebody has 1 to 4 sessions. */
static int draw(int person, double rest, double answers[SESSIONS][SHORT_ITEMS]) {
    rp_draws draws = rp_draws_of(90210, (uint64_t)person, 0);
    double common = normal(&draws), part[3], own[SHORT_ITEMS];
    for (int k = 0; k < 3; k++)
        part[k] = sqrt(0.4) * common + sqrt(0.6) * normal(&draws);
    for (int i = 0; i < SHORT_ITEMS; i++)
        own[i] = rest * normal(&draws);
    for (int t = 0; t < SESSIONS; t++) {
        double passing = WITHIN * normal(&draws);
        for (int i = 0; i < SHORT_ITEMS; i++) {
            double value = LEVEL + BETWEEN * part[i / 3] + own[i] + passing + REST_WITHIN * normal(&draws);
            answers[t][i] = fmin(20, fmax(0, round(2 * value) / 2));
        }
    }
    return 1 + person % SESSIONS;
}

static world drawn(int people, double rest) {
    world w = begin_items();
    for (int person = 0; person < people; person++) {
        double answers[SESSIONS][SHORT_ITEMS];
        int n = draw(person, rest, answers);
        somebody(&w, person, NULL);
        for (int t = 0; t < n; t++)
            questionnaire(&w, person, dates[t], "nine", "x", answers[t], SHORT_ITEMS);
    }
    seal(&w);
    ask(&w, "alliance", 64, 2);
    return w;
}

static const rp_statement *said(const world *w, const char *id) {
    const rp_statement *s = find(w, id);
    if (s == NULL)
        fail_msg("no statement %s", id);
    return s;
}

static void fits(const world *w, const char *form, double chisq, double df, double cfi, double rmsea) {
    const char *const begins[3] = {form};
    static const char table[] = "alliance.factors_two_levels.NINE, client";
    near(value_where(w, table, begins, "chisq")->num, chisq, 1e-3);
    near(value_where(w, table, begins, "df")->num, df, 0);
    near(value_where(w, table, begins, "cfi")->num, cfi, 1e-5);
    near(value_where(w, table, begins, "rmsea")->num, rmsea, 1e-5);
}

/* cfa("level: 1 \n <within> \n level: 2 \n <between>", d, cluster = "id") */
static void as_lavaan(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    fits(&w, "one factor at both", 0, 0, 0, 0);
    fits(&w, "one factor within clients, two", 0, 0, 0, 0);
    fits(&w, "one factor within clients, three", 0, 0, 0, 0);
    end(&w);
}

static void what_was_drawn_is_found(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    const rp_statement *best = said(&w, "alliance.factors.two_levels");
    assert_non_null(strstr(best->label, "one factor within clients, three (tasks, goals, bond) between them"));
    assert_non_null(strstr(best->label, "which fits well"));
    assert_int_equal(best->numerator.n, PEOPLE);
    assert_true(best->estimate > 10);
    /* By definition: within, 81 w^2 over itself and 9 e^2; between, b^2 (27 + 54 * .4) over itself and 9 r^2. */
    double within = 81 * WITHIN * WITHIN, between = BETWEEN * BETWEEN * (27 + 54 * 0.4);
    within /= within + 9 * REST_WITHIN * REST_WITHIN;
    between /= between + 9 * REST_BETWEEN * REST_BETWEEN;
    const rp_statement *of_within = said(&w, "alliance.omega_total.within_clients");
    const rp_statement *of_between = said(&w, "alliance.omega_total.between_clients");
    assert_true(of_within->lower < within && within < of_within->upper);
    assert_true(of_between->lower < between && between < of_between->upper);
    assert_true(of_within->upper - of_within->lower < 0.1 && of_between->upper - of_between->lower < 0.1);
    end(&w);
}

/* Nothing of an item is its own between clients: some estimates would fall below 0. */
static void what_falls_below_nought_is_held(void **state) {
    (void)state;
    world w = drawn(PEOPLE, 0);
    const rp_statement *best = said(&w, "alliance.factors.two_levels");
    assert_non_null(strstr(best->label, "one factor within clients, three (tasks, goals, bond) between them"));
    const char *const begins[3] = {"one factor within clients, three"};
    const rp_value *outcome = value_where(&w, "alliance.factors_two_levels.NINE, client", begins, "outcome");
    assert_non_null(strstr(outcome->text, "residual variances between clients held at 0"));
    end(&w);
}

/* Of 132 people 99 have two sessions or more. */
static void too_few_are_said(void **state) {
    (void)state;
    world w = drawn(132, REST_BETWEEN);
    assert_null(find(&w, "alliance.factors.two_levels"));
    assert_true(has_caveat(&w, "fewer than 100 people answered every item at two sessions or more"));
    end(&w);
}

/* For R. */
static void print_rows(void) {
    printf("id,x1,x2,x3,x4,x5,x6,x7,x8,x9\n");
    for (int person = 0; person < PEOPLE; person++) {
        double answers[SESSIONS][SHORT_ITEMS];
        int n = draw(person, REST_BETWEEN, answers);
        for (int t = 0; t < n; t++) {
            printf("%d", person);
            for (int i = 0; i < SHORT_ITEMS; i++)
                printf(",%g", answers[t][i]);
            printf("\n");
        }
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "rows") == 0)
        return print_rows(), 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_lavaan), cmocka_unit_test(what_was_drawn_is_found),
                                       cmocka_unit_test(what_falls_below_nought_is_held),
                                       cmocka_unit_test(too_few_are_said)};
    return cmocka_run_group_tests_name("questions: the alliance's items within and between clients", tests, NULL, NULL);
}
