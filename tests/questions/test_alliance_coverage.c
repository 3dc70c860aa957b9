/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coverage of `alliance` on a record made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

enum { UNSCORED = -1 };

/* The client's questionnaire with a status, and a total unless UNSCORED. */
static void asked_for(world *w, const char *referral_id, const char *date, const char *status, double total) {
    static int next = 0;
    char a[128], b[128], c[128], d[128], v[128];
    snprintf(a, sizeof a, "administration_id=w%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "status=%s", status);
    assert_int_equal(
        put_row(w->record, RP_ADMINISTRATIONS, a, b, c, "instrument=wai-sr", "version=1", "rater=client", d, NULL),
        RP_PUT_KEPT);
    snprintf(v, sizeof v, "value=%g", total);
    if (total != UNSCORED)
        assert_int_equal(put_row(w->record, RP_SCORES, a, "scale=total", v, "method=supplied", NULL), RP_PUT_KEPT);
}

static void person(world *w, const char *id, int sessions) {
    referral(w, id, "2024-01-01", "", NULL);
    for (int i = 1; i <= sessions; i++) {
        char date[32];
        snprintf(date, sizeof date, "2024-02-%02d", i);
        contact(w, id, date, "treatment", "attended");
    }
}

/* Seven people; of each the sessions, on the first days of February, and what became of the questionnaire in them. */
static void seven(world *w) {
    person(w, "a", 2); /* complete, complete */
    asked_for(w, "a", "2024-02-01", "complete", 40);
    asked_for(w, "a", "2024-02-02", "complete", 44);
    person(w, "b", 6); /* complete, declined, no record four times */
    asked_for(w, "b", "2024-02-01", "complete", 50);
    asked_for(w, "b", "2024-02-02", "declined", UNSCORED);
    person(w, "c", 1); /* declined, and technical in the same session, which came further */
    asked_for(w, "c", "2024-02-01", "declined", UNSCORED);
    asked_for(w, "c", "2024-02-01", "technical", UNSCORED);
    person(w, "d", 1); /* not offered */
    asked_for(w, "d", "2024-02-01", "not_offered", UNSCORED);
    person(w, "e", 3); /* no record */
    person(w, "f", 0); /* due, in no session */
    asked_for(w, "f", "2024-02-01", "due", UNSCORED);
    person(w, "g", 1); /* complete */
    asked_for(w, "g", "2024-02-01", "complete", 30);
    seal(w);
}

static void no_record_is_not_not_offered(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    ask(&w, "alliance", 0, 1);
    is(&w, "alliance.coverage.scored", 3, 7);         /* a b g */
    is(&w, "alliance.coverage.asked_no_score", 2, 7); /* c f */
    is(&w, "alliance.coverage.not_offered", 1, 7);    /* d */
    is(&w, "alliance.coverage.no_record", 1, 7);      /* e */
    is(&w, "alliance.coverage.every_session", 2, 6);  /* a g; f had no session */
    end(&w);
}

static void row_is(const rp_answer_table *t, size_t row, const char *what, const int64_t *people, size_t n) {
    assert_true(row < t->n_rows);
    const rp_value *values = t->values + row * t->n_columns;
    assert_string_equal(values[0].text, what);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(values[1 + i].count.n, people[i]);
}

static void sessions_by_status(void **state) {
    (void)state;
    static const struct {
        const char *what;
        int64_t people[5]; /* everyone; with 1, 2, 3 to 5, 6 or more sessions */
    } rows[] = {
        {"people with a session", {6, 3, 1, 1, 1}},       /* c d g, a, e, b */
        {"a score in each session", {2, 1, 1, 0, 0}},     /* g, a */
        {"complete", {3, 1, 1, 0, 1}},                    /* g, a, b */
        {"lost for a technical reason", {1, 1, 0, 0, 0}}, /* c, whose refusal of that session does not stand */
        {"declined", {1, 0, 0, 0, 1}},                    /* b */
        {"not offered", {1, 1, 0, 0, 0}},                 /* d */
        {"no record of it", {2, 0, 0, 1, 1}},             /* e, b */
    };
    world w = begin();
    seven(&w);
    ask(&w, "alliance", 0, 1);
    const rp_answer_table *t = table_of(&w, "alliance.coverage_sessions.WAI-SR, client");
    assert_int_equal(t->n_rows, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < t->n_rows; i++)
        row_is(t, i, rows[i].what, rows[i].people, 5);
    end(&w);
}

static void people_by_number_of_sessions(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    ask(&w, "alliance", 0, 1);
    const rp_answer_table *t = table_of(&w, "alliance.coverage.WAI-SR, client");
    assert_int_equal(t->n_rows, 6); /* everyone, and each number of sessions that somebody had */
    row_is(t, 0, "everyone", (const int64_t[]){7, 3}, 2);
    row_is(t, 1, "no session on record", (const int64_t[]){1, 0}, 2); /* f */
    row_is(t, 2, "1 session", (const int64_t[]){3, 1}, 2);            /* c d g; g */
    const rp_chart *chart = NULL;
    for (size_t i = 0; i < w.answer->n_charts; i++)
        if (w.answer->charts[i]->kind == RP_CHART_RATES)
            chart = w.answer->charts[i];
    assert_non_null(chart);
    const rp_chart_point *all = &chart->series[0].points[0];
    assert_true(all->y == 3 / 7. && all->lower == 3 / 7.); /* a b g */
    assert_true(all->upper == 4 / 7.);                     /* and e, of whom nothing is known */
    assert_true(isnan(chart->series[0].points[2].upper));  /* of c d g something is known */
    end(&w);
}

/* Everyone is in one universe, and fewer than ten of them: nothing may be left. */
static void few_people_are_hidden(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    ask(&w, "alliance", 0, 1);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 10));
    assert_true(find(&w, "alliance.coverage.scored")->suppressed);
    const rp_answer_table *t = table_of(&w, "alliance.coverage_sessions.WAI-SR, client");
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++)
        assert_true(t->values[i].suppressed == (i % t->n_columns != 0)); /* all but the names of the lines */
    end(&w);
}

/* Each person a block of their own, and two threads: sessions go with their person wherever the blocks end. */
static void blocks_and_threads(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    same_bytes(bytes_of(&w, "alliance", 1, 1), bytes_of(&w, "alliance", 1, 2));
    is(&w, "alliance.coverage.scored", 3, 7);        /* as above */
    is(&w, "alliance.coverage.every_session", 2, 6); /* as above */
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_record_is_not_not_offered), cmocka_unit_test(sessions_by_status),
        cmocka_unit_test(people_by_number_of_sessions), cmocka_unit_test(few_people_are_hidden),
        cmocka_unit_test(blocks_and_threads),
    };
    return cmocka_run_group_tests_name("questions: coverage of the alliance", tests, NULL, NULL);
}
