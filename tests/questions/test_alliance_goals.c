/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goals and tasks on a record made by hand: who has one, who is recorded to have agreed, at which session the first. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

static void goal(world *w, const char *key, const char *referral_id, const char *date, const char *client,
                 const char *practitioner) {
    char a[64], b[64], c[64], d[64], e[64];
    snprintf(a, sizeof a, "goal_id=%s", key);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "agreed_by_client=%s", client);
    snprintf(e, sizeof e, "agreed_by_practitioner=%s", practitioner);
    assert_int_equal(put_row(w->record, RP_GOALS, a, b, c, d, e, NULL), RP_PUT_KEPT);
}

/* a: two goals, the second agreed by both; b: one agreed by the client alone; c: one of which nothing is recorded;
 * d: none. Sessions on 1 and 8 February. */
static void four(world *w) {
    const char *const people[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        referral(w, people[i], "2024-01-01", "", NULL);
        contact(w, people[i], "2024-02-01", "treatment", "attended");
        contact(w, people[i], "2024-02-08", "treatment", "attended");
    }
    goal(w, "g1", "a", "2024-02-10", "", "");
    goal(w, "g2", "a", "2024-02-09", "true", "true");
    goal(w, "g3", "b", "2024-02-01", "true", "false");
    goal(w, "g4", "c", "", "", "");
    assert_int_equal(put_row(w->record, RP_GOAL_RATINGS, "goal_id=g2", "date=2024-02-20", "rating=5", NULL),
                     RP_PUT_KEPT);
    seal(w);
    ask(w, "alliance", 0, 1);
}

static void who_has_one_and_who_agreed(void **state) {
    (void)state;
    world w = begin();
    four(&w);
    is(&w, "alliance.goals", 3, 4);                        /* a b c */
    is(&w, "alliance.goals.agreed_by_both", 1, 3);         /* a */
    is(&w, "alliance.goals.agreement_not_recorded", 1, 3); /* c */
    assert_null(find(&w, "alliance.tasks"));               /* no task on record is nothing said */
    end(&w);
}

static void the_table_says_when_the_first_was_set(void **state) {
    (void)state;
    world w = begin();
    four(&w);
    const rp_answer_table *t = table_of(&w, "alliance.goals");
    /* goals, both, client, practitioner, not recorded, rated; by session 1: b; at 2: a; 3 to 5; later; not known: c */
    const int64_t expected[] = {3, 1, 2, 1, 1, 1, 1, 1, 0, 0, 1};
    assert_int_equal(t->n_rows, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < t->n_rows; i++)
        assert_int_equal(t->values[i * t->n_columns + 1].count.n, expected[i]);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_one_and_who_agreed),
        cmocka_unit_test(the_table_says_when_the_first_was_set),
    };
    return cmocka_run_group_tests_name("questions: goals and tasks", tests, NULL, NULL);
}
