/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: how many sessions tell a client's alliance? By the definition; test_alliance.c has real data. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/items_helper.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* Everybody twice, d and -d about levels that differ: with equal numbers the analysis of variance is in any textbook.
 * Levels 20 and 30 by turns: between mean squares 2 * 25 * n / (n - 1), within 2 * d^2 each. */
static world twice(int people, double d) {
    world w = begin();
    for (int person = 0; person < people; person++) {
        char id[32];
        double level = person % 2 == 0 ? 20 : 30;
        snprintf(id, sizeof id, "r%d", person);
        referral(&w, id, "2024-01-01", "", NULL);
        score(&w, id, "wai-sr", "2024-02-01", level - d);
        score(&w, id, "wai-sr", "2024-02-08", level + d);
    }
    seal(&w);
    ask(&w, "alliance", 0, 1);
    return w;
}

static void by_definition(void **state) {
    (void)state;
    enum { PEOPLE = 40 };
    world w = twice(PEOPLE, 3);
    double within = 2 * 9, between = 2.0 * 25 * PEOPLE / (PEOPLE - 1), clients = (between - within) / 2;
    const rp_statement *s = find(&w, "alliance.dependability.single_session");
    assert_non_null(s);
    near(s->estimate, clients / (clients + within), 1e-12);
    assert_true(0 < s->lower && s->lower < s->estimate && s->estimate < s->upper && s->upper < 1);
    assert_int_equal(s->numerator.n, PEOPLE);
    const rp_answer_table *t = table_of(&w, "alliance.dependability.WAI-SR, client");
    for (size_t k = 1; k <= 10; k++) /* Spearman and Brown */
        near(t->values[(k - 1) * t->n_columns + 1].num, (double)k * clients / ((double)k * clients + within), 1e-12);
    near(find(&w, "alliance.dependability.sessions_for_80")->estimate, ceil(4 * within / clients), 0);
    near(find(&w, "alliance.dependability.sessions_for_90")->estimate, ceil(9 * within / clients), 0);
    end(&w);
}

static void nothing_lasting_is_said(void **state) {
    (void)state;
    world w = twice(40, 8); /* within 128, between 51 */
    assert_null(find(&w, "alliance.dependability.single_session"));
    assert_true(has_caveat(&w, "clients differ no more than one client's sessions do"));
    end(&w);
    w = twice(19, 3);
    assert_null(find(&w, "alliance.dependability.single_session"));
    assert_true(has_caveat(&w, "fewer than 20 people have two scores or more"));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_definition),
        cmocka_unit_test(nothing_lasting_is_said),
    };
    return cmocka_run_group_tests_name("questions: dependability of the alliance", tests, NULL, NULL);
}
