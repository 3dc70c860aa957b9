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

/* The row of a level and a model. */
static const rp_value *told(const world *w, const char *level, const char *model, const char *column) {
    const char *const begins[3] = {level, model};
    const rp_value *value = value_where(w, "alliance.factors_two_levels.NINE, client", begins, column);
    if (value == NULL)
        fail_msg("no row of %s %s", model, level);
    return value;
}

static void fits(const world *w, const char *level, const char *model, double chisq, double df, double cfi,
                 double rmsea) {
    near(told(w, level, model, "chisq")->num, chisq, 1e-3);
    near(told(w, level, model, "df")->num, df, 0);
    near(told(w, level, model, "cfi")->num, cfi, 1e-5);
    near(told(w, level, model, "rmsea")->num, rmsea, 1e-5);
}

/* Within: cfa(model, contrasts), made by sqrt(k / (k + 1)) (x[k + 1] - mean(x[1:k])) of each client. */
static void within_as_lavaan(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    fits(&w, "within clients", "one factor", 27.46443192, 27, 0.99980866, 0.00618262);
    fits(&w, "within clients", "two factors", 26.73362064, 26, 0.99969775, 0.00791850);
    fits(&w, "within clients", "three factors", 23.96702715, 24, 1, 0);
    assert_int_equal(told(&w, "within clients", "one factor", "people")->count.n, PEOPLE * 3 / 4);
    end(&w);
}

/* Between: cfa("level: 1 \n x1 ~~ x1 + ... + x9 ... \n level: 2 \n <model>", d, cluster = "id"), against the same with
 * level 2 unrestricted, and with variances alone for CFI; RMSEA of 300 clients. */
static void between_as_lavaan(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    fits(&w, "between clients", "one factor", 581.82467953, 27, 0.43623471, 0.26171907);
    fits(&w, "between clients", "two factors", 209.73968352, 26, 0.81329948, 0.15348084);
    fits(&w, "between clients", "three factors", 29.94656920, 24, 0.99395761, 0.02873869);
    assert_int_equal(told(&w, "between clients", "one factor", "people")->count.n, PEOPLE);
    end(&w);
}

static void what_was_drawn_is_found(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    const rp_statement *of_within = said(&w, "alliance.factors.within_clients");
    assert_non_null(strstr(of_within->label, "within clients: one factor, which fits well"));
    assert_int_equal(of_within->numerator.n, PEOPLE * 3 / 4);
    const rp_statement *of_between = said(&w, "alliance.factors.between_clients");
    assert_non_null(strstr(of_between->label, "between clients: three factors that correlate"));
    assert_non_null(strstr(of_between->label, "which fits well"));
    assert_int_equal(of_between->numerator.n, PEOPLE);
    assert_true(of_between->estimate > 10);
    /* By definition: within, 81 w^2 over itself and 9 e^2; between, b^2 (27 + 54 * .4) over itself and 9 r^2. */
    double within = 81 * WITHIN * WITHIN, between = BETWEEN * BETWEEN * (27 + 54 * 0.4);
    within /= within + 9 * REST_WITHIN * REST_WITHIN;
    between /= between + 9 * REST_BETWEEN * REST_BETWEEN;
    of_within = said(&w, "alliance.omega_total.within_clients");
    of_between = said(&w, "alliance.omega_total.between_clients");
    /* One sample: R (loadings and residual variances of cfa(one factor, contrasts, std.lv = TRUE)) has .92859954. */
    near(of_within->estimate, 0.92859954, 1e-6);
    assert_true(fabs(of_within->estimate - within) < 0.02);
    assert_true(of_between->lower < between && between < of_between->upper);
    assert_true(of_within->upper - of_within->lower < 0.1 && of_between->upper - of_between->lower < 0.1);
    end(&w);
}

/* Nothing of an item is its own between clients: some estimates would fall below 0. */
static void what_falls_below_nought_is_held(void **state) {
    (void)state;
    world w = drawn(PEOPLE, 0);
    assert_non_null(strstr(said(&w, "alliance.factors.between_clients")->label, "three factors that correlate"));
    assert_non_null(
        strstr(told(&w, "between clients", "three factors", "outcome")->text, "residual variances held at 0: "));
    end(&w);
}

/* Answers of which nothing lasts, and some that last at one item less. */
static void where_nothing_lasts_it_is_said(void **state) {
    (void)state;
    world w = begin_items();
    for (int person = 0; person < PEOPLE; person++) {
        rp_draws draws = rp_draws_of(5, (uint64_t)person, 0);
        double lasts = normal(&draws), answers[SHORT_ITEMS];
        somebody(&w, person, NULL);
        for (int t = 0; t < SESSIONS; t++) {
            double passing = normal(&draws);
            for (int i = 0; i < SHORT_ITEMS; i++)
                answers[i] = round(10 + (i == 3 ? 0 : 2 * lasts) + passing + normal(&draws));
            questionnaire(&w, person, dates[t], "nine", "x", answers, SHORT_ITEMS);
        }
    }
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_non_null(strstr(said(&w, "alliance.factors.within_clients")->label, "within clients: one factor"));
    assert_null(find(&w, "alliance.factors.between_clients"));
    assert_true(has_caveat(&w, "clients hardly differ in the long run in what they answer to x4: less than 5% of the "
                               "variance lasts"));
    end(&w);
}

/* Of 132 people 99 have two sessions or more; of 134, 101: too few for the 21 parameters of three factors within
 * clients (105 people), enough between them (134), and there too few for the 27 of the bilevel model (135). */
static void too_few_are_said(void **state) {
    (void)state;
    world w = drawn(132, REST_BETWEEN);
    assert_null(find(&w, "alliance.factors.within_clients"));
    assert_true(has_caveat(&w, "fewer than 100 people answered every item at two sessions or more"));
    end(&w);
    w = drawn(134, REST_BETWEEN);
    assert_string_equal(told(&w, "within clients", "three factors", "outcome")->text,
                        "not fitted: fewer than 105 people");
    assert_string_equal(told(&w, "between clients", "a general factor", "outcome")->text,
                        "not fitted: fewer than 135 people");
    assert_true(has_caveat(&w, "in what lasts of the differences between clients: the model of a general factor and "
                               "three beside it (bilevel) is not fitted: fewer than 135 people"));
    end(&w);
}

static void threads_change_no_byte(void **state) {
    (void)state;
    world w = drawn(PEOPLE, REST_BETWEEN);
    same_bytes(bytes_of(&w, "alliance", 32, 1), bytes_of(&w, "alliance", 32, 2));
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_as_lavaan),
        cmocka_unit_test(between_as_lavaan),
        cmocka_unit_test(what_was_drawn_is_found),
        cmocka_unit_test(what_falls_below_nought_is_held),
        cmocka_unit_test(where_nothing_lasts_it_is_said),
        cmocka_unit_test(too_few_are_said),
        cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests_name("questions: the alliance's items within and between clients", tests, NULL, NULL);
}
