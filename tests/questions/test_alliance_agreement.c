/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: how far client and practitioner agree, on a record made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* The people and pairs of tests/models/test_agreement.c, whose numbers are R 4.2.2's. */
enum { PEOPLE = 6 };
static const size_t pairs[PEOPLE] = {3, 2, 4, 1, 2, 2};
static const double x[] = {40, 44, 47, 30, 35, 50, 52, 49, 55, 41, 38, 36, 45, 48};
static const double y[] = {38, 40, 47, 33, 36, 44, 50, 46, 50, 43, 30, 33, 46, 44};

static void rate(world *w, const char *id, unsigned week, const char *rater, double value) {
    static int next = 0;
    char a[64], b[64], c[64], d[64], v[64];
    snprintf(a, sizeof a, "administration_id=g%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=2024-02-%02u", 1 + 7 * week);
    snprintf(d, sizeof d, "rater=%s", rater);
    snprintf(v, sizeof v, "value=%g", value);
    assert_int_equal(
        put_row(w->record, RP_ADMINISTRATIONS, a, b, c, d, "instrument=wai-sr", "version=1", "status=complete", NULL),
        RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_SCORES, a, "scale=total", v, "method=supplied", NULL), RP_PUT_KEPT);
}

static void person(world *w, const char *id) {
    referral(w, id, "2024-01-01", "", NULL);
    for (unsigned week = 0; week < 4; week++) {
        char date[32];
        snprintf(date, sizeof date, "2024-02-%02u", 1 + 7 * week);
        contact(w, id, date, "treatment", "attended");
    }
}

/* The six people `times` over, the rest of whom one or nobody rated. */
static void pairs_of_people(world *w, int times) {
    char id[32];
    for (int t = 0; t < times; t++)
        for (size_t i = 0, at = 0; i < PEOPLE; at += pairs[i++]) {
            snprintf(id, sizeof id, "p%d-%zu", t, i);
            person(w, id);
            for (unsigned n = 0; n < pairs[i]; n++) {
                rate(w, id, n, "client", x[at + n]);
                rate(w, id, n, "practitioner", y[at + n]);
            }
        }
}

static void rated_apart(world *w, int clients, int practitioners, int apart, int nobody) {
    char id[32];
    for (int i = 0; i < clients + practitioners + apart + nobody; i++) {
        snprintf(id, sizeof id, "one-%d", i);
        person(w, id);
        if (i < clients || (i >= clients + practitioners && i < clients + practitioners + apart))
            rate(w, id, 0, "client", 12); /* far from all others: a pair of it would be seen */
        if (i >= clients && i < clients + practitioners + apart)
            rate(w, id, 1, "practitioner", 60); /* not at the client's session */
    }
}

static void says(const world *w, const char *id, double estimate, double lower, double upper) {
    const rp_statement *s = find(w, id);
    assert_non_null(s);
    assert_null(s->rater);
    assert_string_equal(s->scale, "total");
    if (!(fabs(s->estimate - estimate) < 1e-11 && fabs(s->lower - lower) < 1e-11 && fabs(s->upper - upper) < 1e-11))
        fail_msg("%s: %.17g (%.17g to %.17g)", id, s->estimate, s->lower, s->upper);
}

static void only_sessions_that_both_rated(void **state) {
    (void)state;
    world w = begin();
    pairs_of_people(&w, 1);
    rated_apart(&w, 1, 2, 3, 4);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    is(&w, "alliance.agreement.client", 6 + 1 + 3, 16);       /* the record above */
    is(&w, "alliance.agreement.practitioner", 6 + 2 + 3, 16); /* the same */
    is(&w, "alliance.agreement.both", 6, 10);                 /* the same */
    is(&w, "alliance.agreement.difference", 6, 10);           /* the same */
    is(&w, "alliance.agreement.within", 5, 10);               /* the same: all but the fourth have two pairs */
    /* tests/models/test_agreement.c gives R's calls. */
    says(&w, "alliance.agreement.difference", 2.1428571428571428, -0.61440867607184435, 4.9001229617861295);
    says(&w, "alliance.agreement.lower_limit", -4.3557376281010072, -9.1813311543230363, 0.46985589812102191);
    says(&w, "alliance.agreement.upper_limit", 8.6414519138152937, 3.8158583875932646, 13.467045440037323);
    says(&w, "alliance.agreement.icc_agreement", 0.7725520431765609, 0.11513483133061755, 0.96406426513749199);
    says(&w, "alliance.agreement.icc_consistency", 0.76722817764165374, 0.030242143012785837, 0.96380489010447834);
    says(&w, "alliance.agreement.within", 0.6998124659714906, 0.066681864951306721, 0.93116522059610807);
    says(&w, "alliance.agreement.between", 0.8921599139748797, 0.29206895287935936, 0.98821302338063466);
    const rp_answer_table *t = table_of(&w, "alliance.agreement_people.WAI-SR");
    const int64_t people[] = {10, 11, 6, 5}; /* the record above */
    for (size_t c = 0; c < 4; c++)
        assert_int_equal(t->values[1 + c].count.n, people[c]);
    end(&w);
}

static const rp_chart *picture(const world *w) {
    for (size_t i = 0; i < w->answer->n_charts; i++)
        if (w->answer->charts[i]->kind == RP_CHART_AGREEMENT)
            return w->answer->charts[i];
    return NULL;
}

static void one_point_a_person(void **state) {
    (void)state;
    world w = begin();
    pairs_of_people(&w, 6);
    rated_apart(&w, 6, 6, 0, 20);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    const rp_chart *chart = picture(&w);
    assert_int_equal(chart->n_series, 1);
    assert_int_equal(chart->series[0].n, 6 * PEOPLE);
    const rp_chart_point *p = &chart->series[0].points[1]; /* the second of the six */
    assert_true(p->x == 31.5 && p->y == -3);               /* 30 and 33, the first of the two pairs */
    assert_int_equal(p->count.n, 1);
    /* The same numbers as the statements above: tests/models/test_agreement.c, here of six times as many people. */
    static const char *const ids[] = {"alliance.agreement.difference", "alliance.agreement.lower_limit",
                                      "alliance.agreement.upper_limit"};
    assert_int_equal(chart->n_lines, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(chart->lines[i].intercept == find(&w, ids[i])->estimate);
        assert_true(chart->lines[i].lower == find(&w, ids[i])->lower);
        assert_true(chart->lines[i].upper == find(&w, ids[i])->upper);
    }
    assert_true(rp_answer_protect((rp_answer *)(uintptr_t)w.answer, 5)); /* the test's own */
    assert_true(chart->binned);
    assert_int_equal(chart->n_lines, 3);
    int64_t shown = 0;
    for (size_t i = 0; i < chart->series[0].n; i++)
        shown += chart->series[0].points[i].count.n;
    assert_int_equal(shown, 6 * PEOPLE); /* six at each place, which may be shown */
    end(&w);
}

static void never_at_the_same_session(void **state) {
    (void)state;
    world w = begin();
    rated_apart(&w, 0, 0, 6, 0);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.agreement.difference"));
    bool said = false;
    for (size_t i = 0; i < w.answer->n_caveats; i++)
        said = said || strstr(w.answer->caveats[i], "no session was rated by both") != NULL;
    assert_true(said);
    end(&w);
}

/* 12 rated by both, and few by one alone: those few must not follow from what others of the answer tell. */
static void hidden(int clients, int practitioners, bool hidden) {
    world w = begin();
    pairs_of_people(&w, 2);
    rated_apart(&w, clients, practitioners, 0, 20);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    rp_answer *answer = (rp_answer *)(uintptr_t)w.answer; /* the test's own */
    assert_true(rp_answer_protect(answer, 5));
    assert_int_equal(find(&w, "alliance.agreement.practitioner")->suppressed, false);
    assert_int_equal(find(&w, "alliance.agreement.both")->suppressed, hidden);
    assert_int_equal(find(&w, "alliance.agreement.difference")->suppressed, hidden);
    const rp_answer_table *t = table_of(&w, "alliance.agreement.WAI-SR");
    assert_int_equal(t->values[2].suppressed, hidden);
    assert_int_equal(picture(&w)->n_lines, hidden ? 0 : 3);
    end(&w);
}

static void few_rated_by_one_alone(void **state) {
    (void)state;
    hidden(6, 6, false);
    hidden(2, 6, true);
    hidden(6, 2, true);
}

static void neither_blocks_nor_threads(void **state) {
    (void)state;
    world w = begin();
    pairs_of_people(&w, 1);
    seal(&w);
    same_bytes(bytes_of(&w, "alliance", 2, 1), bytes_of(&w, "alliance", 2, 2));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_sessions_that_both_rated), cmocka_unit_test(one_point_a_person),
        cmocka_unit_test(never_at_the_same_session),     cmocka_unit_test(few_rated_by_one_alone),
        cmocka_unit_test(neither_blocks_nor_threads),
    };
    return cmocka_run_group_tests_name("questions: alliance, agreement", tests, NULL, NULL);
}
