/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one question shows, held against what another shows of the same people: a record made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

enum { SMALLEST = 5 };

/* People who are assessed and treated so many times; ended or not; each measured twice. */
static void people(world *w, const char *prefix, int n, int treatments, const char *ended) {
    for (int i = 0; i < n; i++) {
        char id[32];
        snprintf(id, sizeof id, "%s%d", prefix, i);
        referral(w, id, "2024-01-01", ended, NULL);
        contact(w, id, "2024-01-10", "assessment", "attended");
        for (int k = 0; k < treatments; k++)
            contact(w, id, k == 0 ? "2024-01-20" : "2024-02-03", "treatment", "attended");
        score(w, id, "phq-9", "2024-01-10", 15 + i % 5);
        score(w, id, "phq-9", "2024-02-03", 3 + i % 7);
    }
}

static rp_answer *protected_answer(world *w, const char *question) {
    ask(w, question, 0, 1);
    rp_answer *answer = (rp_answer *)w->answer;
    assert_true(rp_answer_protect(answer, SMALLEST));
    return answer;
}

/* -1: hidden */
static int64_t shown(world *w, const char *question, const char *id) {
    protected_answer(w, question);
    const rp_statement *s = find(w, id);
    assert_non_null(s);
    return s->numerator.n;
}

/* Of 40 people 22 are treated twice, of whom 2 have not ended: 20 finish. `outcome` tells of the 20 and not of the 22,
 * so that by itself it hides neither; `pathway` may then tell of the 20 alone. */
static void treated_twice_less_finished_is_told_by_no_two(void **state) {
    (void)state;
    world w = begin();
    people(&w, "f", 20, 2, "2024-03-01");
    people(&w, "o", 2, 2, "");
    people(&w, "e", 9, 1, "2024-03-01");
    people(&w, "a", 9, 0, "2024-03-01");
    seal(&w);
    assert_int_equal(shown(&w, "outcome", "outcome.people.finished"), 20);
    assert_int_equal(shown(&w, "pathway", "pathway.finished"), 20);
    assert_int_equal(shown(&w, "pathway", "pathway.second_treatment"), -1);
    assert_int_equal(shown(&w, "pathway", "pathway.open"), -1); /* the 2 */
    assert_int_equal(shown(&w, "outcome", "outcome.people.entered"), 31);
    assert_int_equal(shown(&w, "pathway", "pathway.entered"), 31);
    end(&w);
}

/* Every count of `outcome`, of `pathway` and of `alliance` that is a number of whole stages is the same in all three,
 * and hidden in all of them or in none: here of how many were assessed, with 3 who were not. */
static void a_stage_is_hidden_everywhere_or_nowhere(void **state) {
    (void)state;
    world w = begin();
    people(&w, "f", 20, 2, "2024-03-01");
    people(&w, "e", 9, 1, "2024-03-01");
    for (int i = 0; i < 3; i++) {
        char id[32];
        snprintf(id, sizeof id, "n%d", i);
        referral(&w, id, "2024-01-01", "2024-03-01", NULL);
    }
    seal(&w);
    assert_int_equal(shown(&w, "outcome", "outcome.people.assessed"), -1); /* 32 less 29 */
    assert_int_equal(shown(&w, "pathway", "pathway.assessed"), -1);
    assert_int_equal(shown(&w, "outcome", "outcome.people.finished"), 20);
    assert_int_equal(shown(&w, "pathway", "pathway.finished"), 20);
    end(&w);
}

/* Of 40 people 22 are measured twice, of whom 2 not at the horizon of 26 weeks: the 20 would tell of the 2. */
static void measured_twice_less_at_the_horizon_is_not_told(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[32];
        snprintf(id, sizeof id, "p%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        score(&w, id, "phq-9", "2024-01-10", 15 + i % 5);
        if (i < 22)
            score(&w, id, "phq-9", i < 20 ? "2024-07-10" : "2024-02-10", 3 + i % 7);
    }
    seal(&w);
    assert_int_equal(shown(&w, "outcome", "outcome.people.measured_twice"), 22);
    assert_int_equal(shown(&w, "outcome", "outcome.people.at_horizon.measured_twice"), -1);
    end(&w);
}

/* Of 40 people 22 have a score of the alliance, of whom 2 not in their first session. */
static void ever_scored_less_scored_then_is_not_told(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[32];
        snprintf(id, sizeof id, "p%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        contact(&w, id, "2024-01-10", "treatment", "attended");
        contact(&w, id, "2024-01-20", "treatment", "attended");
        if (i < 22)
            score(&w, id, "wai-sr", i < 20 ? "2024-01-10" : "2024-01-20", 30 + i);
    }
    seal(&w);
    assert_int_equal(shown(&w, "alliance", "alliance.coverage.scored"), 22);
    const rp_answer_table *table = table_of(&w, "alliance.trajectory.WAI-SR, client");
    assert_string_equal(table->columns[3].id, "n");
    assert_true(table->n_rows == 2 && table->values[3].suppressed); /* the 20 of the first session */
    end(&w);
}

static const rp_statement *stopped_after(const world *w, const char *occasion) {
    for (size_t i = 0; i < w->answer->n_statements; i++)
        if (strcmp(w->answer->statements[i]->id, "dose.stopped") == 0 &&
            strcmp(w->answer->statements[i]->occasion, occasion) == 0)
            return w->answer->statements[i];
    fail_msg("nothing is said of %s", occasion);
    return NULL;
}

/* Of 40 people 22 are treated twice, of whom 2 have not ended. `outcome` and `pathway` tell of the 20 who finished: so
 * `dose` must not tell how many had a second session. */
static void a_second_session_less_finished_is_not_told(void **state) {
    (void)state;
    world w = begin();
    people(&w, "f", 20, 2, "2024-03-01");
    people(&w, "o", 2, 2, "");
    people(&w, "e", 9, 1, "2024-03-01");
    people(&w, "a", 9, 0, "2024-03-01");
    seal(&w);
    assert_int_equal(shown(&w, "outcome", "outcome.people.finished"), 20);
    assert_int_equal(shown(&w, "dose", "dose.sessions.mean.per_finished"), 20);
    assert_int_equal(shown(&w, "dose", "dose.sessions.mean.per_entered"), 31);
    assert_true(stopped_after(&w, "session 2")->suppressed); /* 20 of 22 */
    const rp_answer_table *table = table_of(&w, "dose.stopping");
    assert_string_equal(table->columns[1].id, "at");
    assert_true(table->n_rows == 2 && table->values[table->n_columns + 1].suppressed); /* the 22 */
    table = table_of(&w, "dose.landmarks.PHQ-9");
    assert_string_equal(table->columns[1].id, "at");
    assert_true(table->n_rows == 1 && table->values[1].suppressed);
    end(&w);
}

/* Of 40 people treated three times 22 are measured twice, of whom 2 not in their second session: `outcome` tells of the
 * 22, so that `dose` must not tell of the 20 with a score at session 2. */
static void measured_twice_less_at_a_landmark_is_not_told(void **state) {
    (void)state;
    static const char *const days[] = {"2024-01-10", "2024-01-20", "2024-02-03"};
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[32];
        snprintf(id, sizeof id, "p%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        for (size_t k = 0; k < 3; k++)
            contact(&w, id, days[k], "treatment", "attended");
        score(&w, id, "phq-9", days[0], 15 + i % 5);
        if (i < 20)
            score(&w, id, "phq-9", days[1], 10 + i % 5);
        if (i < 22)
            score(&w, id, "phq-9", days[2], 3 + i % 7);
    }
    seal(&w);
    assert_int_equal(shown(&w, "outcome", "outcome.people.measured_twice"), 22);
    protected_answer(&w, "dose");
    const rp_answer_table *table = table_of(&w, "dose.landmarks.PHQ-9");
    assert_string_equal(table->columns[2].id, "n");
    assert_int_equal(table->values[1].count.n, 40); /* had session 2 */
    assert_true(table->values[2].suppressed);       /* the 20 */
    assert_string_equal(table->columns[4].id, "change");
    assert_true(table->values[4].suppressed); /* and what rests on them */
    end(&w);
}

/* Of 32 people 30 finish and 2 are not treated: how many finished is told nowhere, not even as a denominator. */
static void those_who_finished_are_no_denominator_where_they_may_not_be_told(void **state) {
    (void)state;
    world w = begin();
    people(&w, "f", 30, 2, "2024-03-01");
    people(&w, "n", 2, 0, "2024-03-01");
    seal(&w);
    assert_int_equal(shown(&w, "pathway", "pathway.finished"), -1);
    assert_int_equal(shown(&w, "durability", "durability.not_due.3_months"), -1);
    end(&w);
}

/* Of 32 people 30 enter treatment and 2 do not: how many entered is told nowhere, though a plan names a protocol for
 * each of them. */
static void those_who_entered_are_no_denominator_where_they_may_not_be_told(void **state) {
    (void)state;
    world w = begin();
    people(&w, "f", 30, 2, "2024-03-01");
    people(&w, "n", 2, 0, "2024-03-01");
    for (int i = 0; i < 30; i++) {
        char of[32];
        snprintf(of, sizeof of, "referral_id=f%d", i);
        assert_int_equal(put_row(w.record, RP_PLANS, of, "date=2024-01-20", "protocol=exposure", NULL), RP_PUT_KEPT);
    }
    seal(&w);
    assert_int_equal(shown(&w, "pathway", "pathway.entered"), -1);
    assert_int_equal(shown(&w, "fidelity", "fidelity.planned"), -1);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(treated_twice_less_finished_is_told_by_no_two),
        cmocka_unit_test(a_stage_is_hidden_everywhere_or_nowhere),
        cmocka_unit_test(measured_twice_less_at_the_horizon_is_not_told),
        cmocka_unit_test(ever_scored_less_scored_then_is_not_told),
        cmocka_unit_test(a_second_session_less_finished_is_not_told),
        cmocka_unit_test(measured_twice_less_at_a_landmark_is_not_told),
        cmocka_unit_test(those_who_entered_are_no_denominator_where_they_may_not_be_told),
        cmocka_unit_test(those_who_finished_are_no_denominator_where_they_may_not_be_told),
    };
    return cmocka_run_group_tests_name("questions: answers held against each other", tests, NULL, NULL);
}
