/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of client and practitioner, on a record made by hand: the values of tests/models/test_agreement.c as scores
 * of sessions, so that its numbers from R must come out here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

enum { PEOPLE = 6 };
static const size_t pairs[PEOPLE] = {3, 2, 4, 1, 2, 2};
static const double x[] = {40, 44, 47, 30, 35, 50, 52, 49, 55, 41, 38, 36, 45, 48};
static const double y[] = {38, 40, 47, 33, 36, 44, 50, 46, 50, 43, 30, 33, 46, 44};

static void dyads(world *w) {
    for (size_t i = 0, at = 0; i < PEOPLE; i++) {
        char id[8], date[16];
        snprintf(id, sizeof id, "r%zu", i);
        referral(w, id, "2024-01-01", "", NULL);
        for (size_t k = 0; k < pairs[i]; k++, at++) {
            snprintf(date, sizeof date, "2024-02-%02zu", k + 1);
            score_by(w, "client", id, "wai-sr", date, x[at]);
            score_by(w, "practitioner", id, "wai-sr", date, y[at]);
        }
        score_by(w, "client", id, "wai-sr", "2024-03-01", 20); /* by one of the two only: no pair */
        score_by(w, "practitioner", id, "wai-sr", "2024-03-08", 60);
    }
    referral(w, "alone", "2024-01-01", "", NULL);
    score_by(w, "client", "alone", "wai-sr", "2024-02-01", 33); /* never rated by the practitioner */
}

static void estimate_is(const world *w, const char *id, double estimate, double lower, double upper) {
    const rp_statement *s = find(w, id);
    assert_non_null(s);
    assert_true(fabs(s->estimate - estimate) < 1e-11);
    assert_true(fabs(s->lower - lower) < 1e-10);
    assert_true(fabs(s->upper - upper) < 1e-10);
    assert_true(s->method[0] != '\0');
}

static void only_sessions_rated_by_both_count(void **state) {
    (void)state;
    world w = begin();
    dyads(&w);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    is(&w, "alliance.agreement.difference", 6, 7); /* the seventh was rated by the client alone */
    is(&w, "alliance.agreement.within", 5, 7);     /* one of the six has a single pair */
    /* tests/models/test_agreement.c: R 4.2.2, the calls stand there */
    estimate_is(&w, "alliance.agreement.difference", 2.1428571428571428, -0.61440867607184435, 4.9001229617861295);
    estimate_is(&w, "alliance.agreement.lower_limit", -4.3557376281010072, -9.1813311543230363, 0.46985589812102191);
    estimate_is(&w, "alliance.agreement.upper_limit", 8.6414519138152937, 3.8158583875932646, 13.467045440037323);
    estimate_is(&w, "alliance.agreement.within", 0.6998124659714906, 0.066681864951306721, 0.93116522059610807);
    estimate_is(&w, "alliance.agreement.between", 0.8921599139748797, 0.29206895287935936, 0.98821302338063466);
    estimate_is(&w, "alliance.agreement.icc_consistency", 0.76722817764165374, 0.030242143012785837,
                0.96380489010447834);
    estimate_is(&w, "alliance.agreement.icc_agreement", 0.7725520431765609, 0.11513483133061755, 0.96406426513749199);
    end(&w);
}

static void nothing_is_told_where_only_one_side_rated(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    score(&w, "a", "wai-sr", "2024-02-01", 40);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.agreement.difference"));
    end(&w);
}

static void apart_in_time_is_said(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    score(&w, "a", "wai-sr", "2024-02-01", 40);
    score_by(&w, "practitioner", "a", "wai-sr", "2024-02-08", 44);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.agreement.difference"));
    bool said = false;
    for (size_t i = 0; i < w.answer->n_caveats; i++)
        said = said || strstr(w.answer->caveats[i], "no session was rated by both client and practitioner");
    assert_true(said);
    end(&w);
}

static void neither_blocks_nor_threads_change_it(void **state) {
    (void)state;
    const size_t sizes[] = {0, 1, 3};
    for (size_t i = 0; i < 3; i++) {
        world w = begin();
        dyads(&w);
        seal(&w);
        ask(&w, "alliance", sizes[i], i == 2 ? 2 : 1);
        estimate_is(&w, "alliance.agreement.difference", 2.1428571428571428, -0.61440867607184435, 4.9001229617861295);
        end(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_sessions_rated_by_both_count),
        cmocka_unit_test(nothing_is_told_where_only_one_side_rated),
        cmocka_unit_test(apart_in_time_is_said),
        cmocka_unit_test(neither_blocks_nor_threads_change_it),
    };
    return cmocka_run_group_tests_name("questions: agreement of client and practitioner", tests, NULL, NULL);
}
