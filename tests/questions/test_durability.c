/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `durability` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* Treated twice; ended two weeks after the second time. */
static void treated(world *w, const char *id, const char *first, const char *last, const char *ended,
                    const char *more) {
    referral(w, id, "2022-01-01", ended, more);
    contact(w, id, first, "treatment", "attended");
    contact(w, id, last, "treatment", "attended");
}

static void both(world *w, const char *id, const char *date, double phq9, double gad7) {
    score(w, id, "phq-9", date, phq9);
    score(w, id, "gad-7", date, gad7);
}

/* Last treated on 1 March 2022, ended on 15 March. 46 days after: 16 April; 91: 31 May; 136: 15 July; 365: 1 March. */
static void early(world *w, const char *id, double phq9_end, double gad7_end) {
    treated(w, id, "2022-02-01", "2022-03-01", "2022-03-15", NULL);
    both(w, id, "2022-02-01", 20, 15);
    both(w, id, "2022-03-01", phq9_end, gad7_end);
}

/* One more referral of the client of `id`. */
static void again(world *w, const char *id, const char *other, const char *received, const char *previous) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "referral_id=%s", other);
    snprintf(b, sizeof b, "client_id=c-%s", id);
    snprintf(c, sizeof c, "received=%s", received);
    snprintf(d, sizeof d, "previous_referral_id=%s", previous);
    assert_int_equal(put_row(w->record, RP_REFERRALS, a, b, c, d, NULL), RP_PUT_KEPT);
}

/* Eleven who finished; the record ends on 30 June 2023. */
static void eleven(world *w) {
    *w = begin();
    early(w, "a1", 5, 4); /* these five: recovered at the end */
    early(w, "a2", 5, 4);
    early(w, "a3", 5, 4);
    early(w, "a4", 5, 4);
    early(w, "a5", 5, 4);
    early(w, "a6", 18, 15); /* not recovered */
    treated(w, "a7", "2022-02-01", "2022-03-01", "2022-03-15", NULL);
    both(w, "a7", "2022-02-01", 4, 3); /* no case */
    both(w, "a7", "2022-03-01", 3, 2);
    both(w, "a1", "2022-05-31", 6, 5);         /* held */
    score(w, "a2", "phq-9", "2022-04-16", 12); /* the first day of 3 months: one measure is enough to be a case */
    score(w, "a3", "phq-9", "2022-05-31", 6);  /* and not enough to be none */
    both(w, "a4", "2022-04-15", 3, 3);         /* a day too early */
    both(w, "a5", "2022-04-30", 15, 15);       /* day 60, and day 100, which is nearer to 91 */
    both(w, "a5", "2022-06-09", 4, 4);
    score(w, "a6", "phq-9", "2023-03-01", 10); /* at 12 months */
    /* Last treated on 1 September: 136 days after is 15 January, 273 is 1 June, 456 is 1 December 2023. */
    treated(w, "b1", "2022-08-01", "2022-09-01", "2022-09-15", NULL);
    both(w, "b1", "2022-08-01", 20, 15);
    both(w, "b1", "2022-09-01", 5, 4);
    early(w, "d1", 5, 4);
    event(w, "d1", "2022-04-01", "death", "");
    early(w, "d2", 5, 4); /* died after a score at 3 months */
    both(w, "d2", "2022-05-31", 6, 5);
    event(w, "d2", "2022-08-01", "death", "");
    treated(w, "d3", "2022-02-01", "2022-03-01", "2022-03-15", "end_reason=49");
    referral(w, "o1", "2022-01-01", "2022-03-15", NULL); /* once */
    contact(w, "o1", "2022-02-01", "treatment", "attended");
    treated(w, "n1", "2022-02-01", "2022-03-01", "", NULL); /* not ended */
    event(w, "a1", "2022-03-01", "medication_change", "");  /* on the last day of treatment */
    event(w, "a2", "2022-03-02", "medication_change", "");
    again(w, "a1", "x1", "2022-09-14", "");   /* 183 days after the end */
    again(w, "a2", "x2", "2022-09-15", "");   /* 184 */
    again(w, "a3", "x3", "2022-03-10", "a3"); /* before the end, but names it */
    again(w, "a4", "x4", "2022-03-10", "");   /* and does not */
    again(w, "a5", "x5", "2021-06-01", "");   /* an earlier one */
    again(w, "o1", "x6", "2022-04-01", "");
    referral(w, "z1", "2023-06-30", "", NULL);
    seal(w);
    ask(w, "durability", 0, 1);
}

static void who_is_due_and_who_has_a_score(void **state) {
    (void)state;
    world w;
    eleven(&w);
    is(&w, "durability.due.3_months", 9, 11);     /* all but d1 d3 */
    is(&w, "durability.not_due.3_months", 2, 11); /* d1 d3 */
    is(&w, "durability.died.3_months", 2, 11);    /* d1 d3; d2 has a score */
    is(&w, "durability.scored.3_months", 5, 9);   /* a1 a2 a3 a5 d2 */
    is(&w, "durability.due.6_months", 8, 11);     /* a1 to a7, b1 */
    is(&w, "durability.died.6_months", 3, 11);    /* d1 d2 d3 */
    is(&w, "durability.scored.6_months", 0, 8);
    is(&w, "durability.due.12_months", 7, 11);     /* a1 to a7 */
    is(&w, "durability.not_due.12_months", 4, 11); /* b1 d1 d2 d3 */
    is(&w, "durability.scored.12_months", 1, 7);   /* a6 */
    is(&w, "durability.scored.ever", 7, 11);       /* a1 to a6, d2 */
    const rp_answer_table *t = table_of(&w, "durability.follow_up");
    assert_string_equal(t->columns[4].id, "not_yet");
    assert_int_equal(t->values[2 * t->n_columns + 4].count.n, 1); /* b1 at 12 months */
    end(&w);
}

static void recovered_and_then(void **state) {
    (void)state;
    world w;
    eleven(&w);
    is(&w, "durability.recovered_at_end", 8, 11); /* a1 to a5, b1, d1, d2 */
    is(&w, "durability.held.3_months", 3, 7);     /* a1 a5 d2, of a1 to a5, b1, d2 */
    is(&w, "durability.held.3_months.worst", 3, 7);
    is(&w, "durability.held.3_months.best", 6, 7);       /* all but a2 */
    is(&w, "durability.case_again.3_months", 1, 7);      /* a2 */
    is(&w, "durability.held_not_known.3_months", 3, 7);  /* a3 a4 b1 */
    is(&w, "durability.held_not_known.12_months", 5, 5); /* a1 to a5 */
    const rp_chart_point *p = &w.answer->charts[0]->series[0].points[0];
    assert_true(p->y == 3 / 7. && p->lower == 3 / 7. && p->upper == 6 / 7.);
    end(&w);
}

static const rp_statement *change_of(const world *w, const char *id, const char *measure) {
    for (size_t i = 0; i < w->answer->n_statements; i++)
        if (strcmp(w->answer->statements[i]->id, id) == 0 && strcmp(w->answer->statements[i]->measure, measure) == 0)
            return w->answer->statements[i];
    return NULL;
}

static void change_from_the_last_score_of_treatment(void **state) {
    (void)state;
    world w;
    eleven(&w);
    const rp_statement *s = change_of(&w, "durability.change.3_months", "PHQ-9");
    assert_true(s->numerator.n == 5 && s->denominator.n == 9); /* a1 a2 a3 a5 d2 */
    assert_true(fabs(s->estimate - (1 + 7 + 1 - 1 + 1) / 5.) < 1e-12);
    s = change_of(&w, "durability.change.3_months", "GAD-7");
    assert_int_equal(s->numerator.n, 3); /* a1 a5 d2 */
    assert_true(fabs(s->estimate - (1 + 0 + 1) / 3.) < 1e-12);
    assert_null(change_of(&w, "durability.change.6_months", "PHQ-9"));
    const rp_answer_table *t = table_of(&w, "durability.change.PHQ-9");
    assert_string_equal(t->columns[7].id, "without_mean");
    assert_int_equal(t->values[6].count.n, 4); /* a4 a6 a7 b1 */
    assert_true(fabs(t->values[7].num - (5 + 18 + 3 + 5) / 4.) < 1e-12);
    end(&w);
}

/* The row of one time and one group. */
static const rp_value *returns_row(const world *w, const char *within, const char *group) {
    const rp_answer_table *t = table_of(w, "durability.referred_again");
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        if (strcmp(row[0].text, within) == 0 && strcmp(row[1].text, group) == 0)
            return row;
    }
    fail_msg("no row %s, %s", within, group);
    return NULL;
}

static void who_was_referred_again(void **state) {
    (void)state;
    world w;
    eleven(&w);
    is(&w, "durability.referred_again.6_months", 2, 8);          /* a1 a3, of a1 to a7, b1 */
    is(&w, "durability.referred_again.not_due.6_months", 3, 11); /* d1 d2 d3 */
    is(&w, "durability.referred_again.12_months", 3, 7);         /* a1 a2 a3, of a1 to a7 */
    is(&w, "durability.referred_again.not_due.12_months", 4, 11);
    const rp_value *row = returns_row(&w, "12 months", "finished");
    assert_int_equal(row[3].count.n, 3); /* died */
    assert_int_equal(row[4].count.n, 1); /* b1 */
    row = returns_row(&w, "6 months", "finished, recovered at the end");
    assert_true(row[5].count.n == 6 && row[6].count.n == 2); /* a1 to a5, b1 */
    row = returns_row(&w, "6 months", "finished, not recovered");
    assert_true(row[5].count.n == 1 && row[6].count.n == 0); /* a6 */
    row = returns_row(&w, "6 months", "ended after one treatment");
    assert_true(row[5].count.n == 1 && row[6].count.n == 1); /* o1 */
    end(&w);
}

static void what_else_happened(void **state) {
    (void)state;
    world w;
    eleven(&w);
    const rp_answer_table *t = table_of(&w, "durability.events");
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        bool medication = strcmp(row[0].text, "a change of medication") == 0, death = strcmp(row[0].text, "death") == 0;
        assert_int_equal(row[1].count.n, medication ? 1 : death ? 2 : 0); /* a2; d1 d2 */
        assert_int_equal(row[5].count.n, medication ? 1 : death ? 1 : 0); /* a2; d2 */
    }
    end(&w);
}

/* A day short of 136 after the last treatment nobody is due; on the day itself they are. */
static void due_on_the_last_day(void **state) {
    (void)state;
    static const char *const ends[] = {"2022-07-14", "2022-07-15"};
    for (int64_t i = 0; i < 2; i++) {
        world w = begin();
        early(&w, "a1", 5, 4);
        referral(&w, "z1", ends[i], "", NULL);
        seal(&w);
        ask(&w, "durability", 0, 1);
        is(&w, "durability.due.3_months", i, 1);
        end(&w);
    }
}

static void nobody_finished_is_said(void **state) {
    (void)state;
    world w = begin();
    treated(&w, "n1", "2022-02-01", "2022-03-01", "", NULL);
    referral(&w, "n2", "2022-01-01", "2022-03-01", NULL);
    seal(&w);
    ask(&w, "durability", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_non_null(strstr(w.answer->caveats[0], "Nobody in the cohort is known to have ended after two"));
    end(&w);
}

/* Of 40 recovered and due, 3 are cases again: neither the 3 nor the 37 may be shown, nor a mean of 3. */
static void few_do_not_follow(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", i);
        early(&w, id, 5, 4);
        both(&w, id, "2022-05-31", i < 3 ? 20 : 4, 4);
        if (i < 3)
            score(&w, id, "wsas", "2022-02-01", 20);
        if (i < 3)
            score(&w, id, "wsas", "2022-03-01", 10);
        if (i < 3)
            score(&w, id, "wsas", "2022-05-31", 12);
    }
    referral(&w, "z1", "2023-06-30", "", NULL);
    for (int i = 0; i < 9; i++) {
        char id[16];
        snprintf(id, sizeof id, "y%d", i);
        referral(&w, id, "2023-06-30", "", NULL);
    }
    seal(&w);
    ask(&w, "durability", 0, 1);
    is(&w, "durability.case_again.3_months", 3, 40);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "durability.scored.3_months", 40, 40);
    assert_true(find(&w, "durability.case_again.3_months")->suppressed);
    assert_true(find(&w, "durability.held.3_months")->suppressed);
    assert_true(find(&w, "durability.held.3_months.best")->suppressed);
    const rp_answer_table *t = table_of(&w, "durability.change.WSAS");
    assert_true(t->values[2].suppressed && t->values[3].suppressed && t->values[11].suppressed);
    const rp_chart_point *p = &w.answer->charts[0]->series[0].points[0];
    assert_true(p->suppressed || isnan(p->y));
    end(&w);
}

static void threads_do_not_change_a_byte(void **state) {
    (void)state;
    world w;
    eleven(&w);
    same_bytes(bytes_of(&w, "durability", 3, 1), bytes_of(&w, "durability", 3, 2));
    same_bytes(bytes_of(&w, "durability", 3, 1), bytes_of(&w, "durability", 3, 4));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_due_and_who_has_a_score),
        cmocka_unit_test(recovered_and_then),
        cmocka_unit_test(change_from_the_last_score_of_treatment),
        cmocka_unit_test(who_was_referred_again),
        cmocka_unit_test(what_else_happened),
        cmocka_unit_test(due_on_the_last_day),
        cmocka_unit_test(nobody_finished_is_said),
        cmocka_unit_test(few_do_not_follow),
        cmocka_unit_test(threads_do_not_change_a_byte),
    };
    return cmocka_run_group_tests_name("durability", tests, NULL, NULL);
}
