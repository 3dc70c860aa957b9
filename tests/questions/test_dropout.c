/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `dropout` on records made by hand: every count and every estimate is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/dose_helper.h"

/* A person with so many sessions; `ended` "" where the referral has not; `reason` NULL where none is recorded. */
static void person(world *w, const char *id, int sessions, const char *ended, const char *reason) {
    char end_reason[64];
    snprintf(end_reason, sizeof end_reason, "end_reason=%s", reason != NULL ? reason : "");
    referral(w, id, "2024-01-01", ended, end_reason);
    for (int k = 1; k <= sessions; k++)
        treated(w, id, k, day_of(k), "");
}

static const char over[] = "2024-06-01";

/* Twelve people, of whom eleven enter treatment and nine of these have ended. */
static void twelve(world *w) {
    *w = begin();
    person(w, "a", 1, over, "47");
    person(w, "b", 1, over, "46");
    person(w, "c", 1, "", NULL);
    person(w, "d", 2, over, "47");
    person(w, "e", 2, over, NULL);
    person(w, "f", 3, over, "completed");
    person(w, "g", 3, "", NULL);
    person(w, "h", 3, over, "left_early");
    person(w, "i", 0, over, "50");
    person(w, "j", 1, over, "14");
    person(w, "k", 4, over, "referred_on");
    person(w, "l", 2, over, "49");
    assert_int_equal(
        put_row(w->record, RP_INTERNET_LOGS, "referral_id=l", "from=2024-01-20", "to=2024-02-20", "minutes=45", NULL),
        RP_PUT_KEPT); /* a third session */
    seal(w);
    ask(w, "dropout", 0, 1);
}

static void near(double is, double expected) {
    if (!(fabs(is - expected) < 1e-9))
        fail_msg("%.12g, expected %.12g", is, expected);
}

static void what_came_after_each_session(void **state) {
    (void)state;
    static const struct {
        const char *session;
        int64_t at, open, known, left, agreed, other, not_recorded, next;
    } expected[] = {
        {"session 1", 11, 1, 10, 2, 1, 0, 0, 7}, /* a j left, b agreed; c open */
        {"session 2", 7, 0, 7, 1, 0, 0, 1, 5},   /* d left, e not recorded */
        {"session 3", 5, 1, 4, 1, 1, 1, 0, 1},   /* h left, f agreed, l died; g open */
        {"session 4", 1, 0, 1, 0, 0, 1, 0, 0},   /* k */
    };
    world w;
    twelve(&w);
    assert_int_equal(table_of(&w, "dropout.hazard")->n_rows, 4);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *const table = "dropout.hazard", *session = expected[i].session;
        assert_int_equal(people_in(&w, table, session, NULL, "at"), expected[i].at);
        assert_int_equal(people_in(&w, table, session, NULL, "open"), expected[i].open);
        assert_int_equal(people_in(&w, table, session, NULL, "known"), expected[i].known);
        assert_int_equal(people_in(&w, table, session, NULL, "left"), expected[i].left);
        assert_int_equal(people_in(&w, table, session, NULL, "agreed"), expected[i].agreed);
        assert_int_equal(people_in(&w, table, session, NULL, "other"), expected[i].other);
        assert_int_equal(people_in(&w, table, session, NULL, "not_recorded"), expected[i].not_recorded);
        assert_int_equal(people_in(&w, table, session, NULL, "next"), expected[i].next);
    }
    is_at(&w, "dropout.hazard.left", "session 1", 2, 11);
    assert_true(find_at(&w, "dropout.hazard.left", "session 1")->estimate == 0.2); /* of the 10 */
    is_at(&w, "dropout.hazard.left", "session 4", 0, 1);
    end(&w);
}

/* Of so few people, in whole per cent. */
static void share_at(const world *w, const char *way, const char *session, double percent, int64_t people) {
    const rp_value *share = value_of(w, "dropout.incidence", way, session, "share");
    if (share == NULL)
        fail_msg("no line of %s, %s", way, session);
    near(share->num, round(percent));
    assert_int_equal(people_in(w, "dropout.incidence", way, session, "people"), people);
}

/* Staying: 7/10 past session 1, 7/10 * 5/7 = 1/2 past 2, 1/2 * 1/4 = 1/8 past 3. */
static void incidence_is_that_of_aalen_and_johansen(void **state) {
    (void)state;
    world w;
    twelve(&w);
    share_at(&w, "Left", "session 1", 20, 2);                       /* 2/10 */
    share_at(&w, "Left", "session 2", 30, 3);                       /* + 7/10 * 1/7 */
    share_at(&w, "Left", "session 3", 42.5, 4);                     /* + 1/2 * 1/4 */
    share_at(&w, "Left", "session 4", 42.5, 4);                     /* nobody more */
    share_at(&w, "Ended by agreement", "session 4", 22.5, 2);       /* 1/10 + 1/2 * 1/4 */
    share_at(&w, "Ended, reason not recorded", "session 4", 10, 1); /* 7/10 * 1/7 */
    share_at(&w, "Ended for another reason", "session 4", 25, 2);   /* 1/2 * 1/4 + 1/8 * 1 */
    share_at(&w, "Left, or ended with no reason recorded", "session 4", 52.5, 5);
    assert_null(value_of(&w, "dropout.incidence", "Left", "session 5", "share")); /* nobody was there */
    is_at(&w, "dropout.incidence.left", "session 4", 4, 11);
    near(find_at(&w, "dropout.incidence.left", "session 4")->estimate, 0.43);
    near(find_at(&w, "dropout.incidence.left.worst", "session 4")->estimate, 0.53);
    near(find_at(&w, "dropout.incidence.agreed", "session 4")->estimate, 0.23);
    assert_null(find_at(&w, "dropout.incidence.left", "session 8"));
    end(&w);
}

static void the_chart_is_the_table(void **state) {
    (void)state;
    world w;
    twelve(&w);
    assert_int_equal(w.answer->n_charts, 1);
    const rp_chart *chart = w.answer->charts[0];
    assert_int_equal(chart->n_series, 4);
    for (size_t s = 0; s < chart->n_series; s++) {
        assert_int_equal(chart->series[s].n, 4);
        for (size_t i = 0; i < 4; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            char session[16];
            snprintf(session, sizeof session, "session %d", (int)p->x);
            share_at(&w, chart->series[s].label, session, p->y, p->count.n);
        }
    }
    end(&w);
}

static void ends_are_those_recorded(void **state) {
    (void)state;
    static const struct {
        const char *end;
        int64_t ended, once, more;
    } expected[] = {
        {"By agreement", 2, 1, 1},                          /* b; f */
        {"Earlier than the practitioner planned", 3, 1, 2}, /* a; d h */
        {"Declined, or withdrew", 1, 1, 0},                 /* j */
        {"Referred on, or signposted", 1, 0, 1},            /* k */
        {"Died", 1, 0, 1},                                  /* l */
        {"Reason not recorded", 1, 0, 1},                   /* e */
    };
    world w;
    twelve(&w);
    assert_int_equal(table_of(&w, "dropout.ends")->n_rows, 6);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(people_in(&w, "dropout.ends", expected[i].end, NULL, "ended"), expected[i].ended);
        assert_int_equal(people_in(&w, "dropout.ends", expected[i].end, NULL, "once"), expected[i].once);
        assert_int_equal(people_in(&w, "dropout.ends", expected[i].end, NULL, "more"), expected[i].more);
    }
    is(&w, "dropout.ends.left", 4, 9);
    is(&w, "dropout.ends.agreed", 2, 9);
    is(&w, "dropout.ends.other", 2, 9);
    is(&w, "dropout.ends.not_recorded", 1, 9);
    is(&w, "dropout.open", 2, 11); /* c g */
    end(&w);
}

static void one_session_is_what_pathway_says(void **state) {
    (void)state;
    world w;
    twelve(&w);
    is(&w, "dropout.one_session_share", 3, 9); /* a b j */
    char *text = strdup(find(&w, "dropout.one_session_share")->text);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.one_session_share", 3, 9);
    assert_string_equal(find(&w, "pathway.one_session_share")->text, text);
    free(text);
    end(&w);
}

/* Ends that nobody has in so small a record are not modelled, and that is said. */
static void too_few_are_not_modelled(void **state) {
    (void)state;
    world w;
    twelve(&w);
    assert_true(has_caveat(&w, "Too few people left"));
    assert_null(find(&w, "dropout.odds.symptoms"));
    assert_int_equal(people_in(&w, "dropout.models", "session alone", NULL, "people"), 10); /* all but c */
    assert_int_equal(people_in(&w, "dropout.models", "session alone", NULL, "left"), 4);
    assert_int_equal(people_in(&w, "dropout.models", "symptoms", NULL, "people"), 0);
    end(&w);
}

/* ---- what is lacking ---- */

static void no_reasons_are_no_agreement(void **state) {
    (void)state;
    world w = begin();
    person(&w, "a", 1, over, NULL);
    person(&w, "b", 2, over, "96");
    person(&w, "c", 3, "", NULL);
    seal(&w);
    ask(&w, "dropout", 0, 1);
    is(&w, "dropout.one_session_share", 1, 2);
    assert_null(find(&w, "dropout.incidence.left"));
    assert_null(find(&w, "dropout.ends.left"));
    assert_true(has_caveat(&w, "not known who left and who ended by agreement"));
    end(&w);
}

static void nothing_is_said_without_endings(void **state) {
    (void)state;
    world w = begin();
    person(&w, "a", 1, "", NULL);
    person(&w, "b", 0, over, "50");
    seal(&w);
    ask(&w, "dropout", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_true(has_caveat(&w, "Nobody who entered treatment has a date of ending"));
    end(&w);
    w = begin();
    person(&w, "b", 0, over, "50");
    contact(&w, "b", "2024-01-10", "assessment", "attended");
    seal(&w);
    ask(&w, "dropout", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_true(has_caveat(&w, "Nobody in the cohort has a treatment session"));
    end(&w);
}

static void blocks_and_threads(void **state) {
    (void)state;
    world w;
    twelve(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "dropout");
    end(&w);
}

/* ---- protection ---- */

static void many(world *w, const char *prefix, int n, int sessions, const char *ended, const char *reason) {
    for (int i = 0; i < n; i++) {
        char id[32];
        snprintf(id, sizeof id, "%s%d", prefix, i);
        person(w, id, sessions, ended, reason);
    }
}

/* 20 leave after session 1 and 3 after session 2; by session 2 these are 23, from which the 3 would follow. */
static void few_do_not_follow_from_one_session_to_the_next(void **state) {
    (void)state;
    world w = begin();
    many(&w, "a", 20, 1, over, "47");
    many(&w, "b", 30, 1, over, "46");
    many(&w, "c", 3, 2, over, "47");
    many(&w, "d", 30, 2, over, "46");
    many(&w, "e", 30, 4, over, "46");
    seal(&w);
    ask(&w, "dropout", 0, 1);
    assert_int_equal(people_in(&w, "dropout.hazard", "session 2", NULL, "left"), 3);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    const char *const table = "dropout.incidence";
    assert_true(value_of(&w, "dropout.hazard", "session 2", NULL, "left")->suppressed);
    bool first = value_of(&w, table, "Left", "session 1", "people")->suppressed;
    bool second = value_of(&w, table, "Left", "session 2", "people")->suppressed;
    assert_true(first || second);
    assert_false(first && second);
    assert_true(value_of(&w, table, "Left", "session 2", "share")->suppressed == second);
    const rp_chart_point *points = w.answer->charts[0]->series[0].points;
    assert_true(points[0].suppressed || points[1].suppressed);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_after_each_session),
        cmocka_unit_test(incidence_is_that_of_aalen_and_johansen),
        cmocka_unit_test(the_chart_is_the_table),
        cmocka_unit_test(ends_are_those_recorded),
        cmocka_unit_test(one_session_is_what_pathway_says),
        cmocka_unit_test(too_few_are_not_modelled),
        cmocka_unit_test(no_reasons_are_no_agreement),
        cmocka_unit_test(nothing_is_said_without_endings),
        cmocka_unit_test(blocks_and_threads),
        cmocka_unit_test(few_do_not_follow_from_one_session_to_the_next),
    };
    return cmocka_run_group_tests_name("questions: dropout", tests, NULL, NULL);
}
