/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landmarks of `dose`: later change of people still attending, on records made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/dose_helper.h"

/* So many sessions, with a PHQ-9 at each; -1: none then. */
static void person(world *w, const char *id, const char *ended, int sessions, const int *scores) {
    referral(w, id, "2024-01-01", ended, NULL);
    for (int i = 0; i < sessions; i++) {
        treated(w, id, i + 1, day_of(i + 1), "");
        if (scores[i] >= 0)
            score(w, id, "phq-9", day_of(i + 1), scores[i]);
    }
}
#define SCORES(...) ((const int[]){__VA_ARGS__})

static void seven(world *w) {
    *w = begin();
    person(w, "p1", "2024-08-01", 2, SCORES(20, 14));
    person(w, "p2", "2024-08-01", 2, SCORES(20, 8));
    score(w, "p2", "phq-9", "2024-06-01", 4); /* at no session */
    person(w, "p3", "", 6, SCORES(18, 16, 15, 12, 11, 9));
    person(w, "p4", "2024-08-01", 6, SCORES(10, -1, -1, 10, -1, 17));
    person(w, "p5", "2024-08-01", 3, SCORES(-1, 12, -1));
    person(w, "p6", "2024-08-01", 8, SCORES(-1, 20, -1, -1, -1, 10, -1, 12));
    person(w, "p7", "2024-08-01", 2, SCORES(-1, -1));
    seal(w);
    ask(w, "dose", 0, 1);
}

static void changes(const world *w, const char *id, const char *at, double mean, int64_t n, int64_t of) {
    is_at(w, id, at, n, of);
    assert_true(fabs(find_at(w, id, at)->estimate - mean) < 1e-12);
}

static void later_change_is_of_people_with_a_score_then(void **state) {
    (void)state;
    world w;
    seven(&w);
    /* At session 2 of seven: p1 14, p2 8, p3 16, p5 12, p6 20; later p2 4, p3 9, p6 12. */
    changes(&w, "dose.landmark.change_to_last", "session 2", (-4 - 7 - 8) / 3., 3, 5);
    changes(&w, "dose.landmark.change_to_later_session", "session 2", (-7 - 10) / 2., 2, 5); /* p3 9, p6 10 */
    changes(&w, "dose.landmark.change_to_last", "session 4", (-3 + 7) / 2., 2, 2);           /* p3, p4 */
    assert_null(find_at(&w, "dose.landmark.change_to_later_session", "session 4"));          /* p6 had none at 4 */
    changes(&w, "dose.landmark.change_to_last", "session 6", 2, 1, 3);                       /* p6 */
    assert_null(find_at(&w, "dose.landmark.change_to_last", "session 8"));                   /* p6's last is that one */
    is_at(&w, "dose.landmark.improved", "session 8", 0, 1);
    assert_null(find_at(&w, "dose.landmark.improved", "session 10"));
    end(&w);
}

static void who_has_no_later_score_is_told(void **state) {
    (void)state;
    world w;
    seven(&w);
    static const char table[] = "dose.landmarks.PHQ-9";
    assert_int_equal(people_in(&w, table, "session 2", NULL, "at"), 7);
    assert_int_equal(people_in(&w, table, "session 2", NULL, "stopped"), 1); /* p1 */
    assert_int_equal(people_in(&w, table, "session 2", NULL, "open"), 0);
    assert_int_equal(people_in(&w, table, "session 2", NULL, "went_on"), 1); /* p5 */
    assert_int_equal(people_in(&w, table, "session 6", NULL, "stopped"), 1); /* p4 */
    assert_int_equal(people_in(&w, table, "session 6", NULL, "open"), 1);    /* p3 */
    end(&w);
}

/* 6 points or more on the PHQ-9. */
static void reliable_change_has_a_worst_and_a_best_case(void **state) {
    (void)state;
    world w;
    seven(&w);
    is_at(&w, "dose.landmark.improved", "session 2", 2, 5);      /* p3 p6 */
    is_at(&w, "dose.landmark.improved.best", "session 2", 4, 5); /* and p1 p5 */
    is_at(&w, "dose.landmark.deteriorated", "session 2", 0, 5);
    is_at(&w, "dose.landmark.deteriorated.worst", "session 2", 2, 5); /* p1 p5 */
    is_at(&w, "dose.landmark.improved", "session 4", 0, 2);
    is_at(&w, "dose.landmark.deteriorated", "session 4", 1, 2); /* p4 */
    is_at(&w, "dose.landmark.deteriorated.worst", "session 4", 1, 2);
    end(&w);
}

/* The cut-off is 10. */
static void stopping_is_told_beside_it(void **state) {
    (void)state;
    world w;
    seven(&w);
    static const char table[] = "dose.stopped.PHQ-9";
    assert_int_equal(people_in(&w, table, "session 2", NULL, "stopped"), 3);   /* p1 p2 p7 */
    assert_int_equal(people_in(&w, table, "session 2", NULL, "below"), 1);     /* p2: 4 */
    assert_int_equal(people_in(&w, table, "session 2", NULL, "case"), 1);      /* p1: 14 */
    assert_int_equal(people_in(&w, table, "session 2", NULL, "not_known"), 1); /* p7 */
    assert_int_equal(people_in(&w, table, "session 4", NULL, "stopped"), 0);
    assert_int_equal(people_in(&w, table, "session 6", NULL, "case"), 1); /* p4: 17 */
    assert_int_equal(people_in(&w, table, "session 8", NULL, "case"), 1); /* p6: 12 */
    end(&w);
}

/* An answer that names its session and comes days after it is that session's own, and no later one. */
static void a_score_is_not_later_than_itself(void **state) {
    (void)state;
    world w = begin();
    person(&w, "p", "2024-08-01", 2, SCORES(20, -1));
    assert_int_equal(put_row(w.record, RP_ADMINISTRATIONS, "administration_id=late", "referral_id=p", "contact_id=p-2",
                             "date=2024-01-18", "instrument=phq-9", "version=1", "rater=client", "status=complete",
                             NULL),
                     RP_PUT_KEPT);
    assert_int_equal(
        put_row(w.record, RP_SCORES, "administration_id=late", "scale=total", "value=9", "method=supplied", NULL),
        RP_PUT_KEPT);
    seal(&w);
    ask(&w, "dose", 0, 1);
    assert_int_equal(people_in(&w, "dose.landmarks.PHQ-9", "session 2", NULL, "n"), 1);
    assert_int_equal(people_in(&w, "dose.landmarks.PHQ-9", "session 2", NULL, "later"), 0);
    end(&w);
}

/* Where one session has no date nobody knows which was the second: it counts, and has no score. */
static void sessions_in_no_known_order_have_no_landmark(void **state) {
    (void)state;
    world w = begin();
    person(&w, "p", "", 3, SCORES(20, 15, 10));
    person(&w, "q", "", 2, SCORES(20, 15));
    assert_int_equal(put_row(w.record, RP_CONTACTS, "contact_id=q-9", "referral_id=q", "occasion=9", "kind=treatment",
                             "attendance=attended", NULL),
                     RP_PUT_KEPT);
    seal(&w);
    ask(&w, "dose", 0, 1);
    assert_int_equal(people_in(&w, "dose.landmarks.PHQ-9", "session 2", NULL, "at"), 2);
    assert_int_equal(people_in(&w, "dose.landmarks.PHQ-9", "session 2", NULL, "n"), 1); /* p */
    end(&w);
}

static void threads_change_no_byte(void **state) {
    (void)state;
    world w;
    seven(&w);
    same_bytes(bytes_of(&w, "dose", 2, 1), bytes_of(&w, "dose", 2, 2));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_change_is_of_people_with_a_score_then),
        cmocka_unit_test(who_has_no_later_score_is_told),
        cmocka_unit_test(reliable_change_has_a_worst_and_a_best_case),
        cmocka_unit_test(stopping_is_told_beside_it),
        cmocka_unit_test(a_score_is_not_later_than_itself),
        cmocka_unit_test(sessions_in_no_known_order_have_no_landmark),
        cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests_name("questions: dose, landmarks", tests, NULL, NULL);
}
