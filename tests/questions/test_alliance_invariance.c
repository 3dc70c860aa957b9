/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: do the items measure the same at two sessions, and in two groups? On answers drawn by a rule: the numbers
 * of R 4.2.2 with lavaan 0.6-14 on the same rows (printed by `print_rows`), and what was changed is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/items_helper.h"

enum { EARLY, LATE, TIMES };
static const char *const dates[TIMES] = {"2024-02-01", "2024-02-08"};

/* What is not the same: of the late session, or of those who prefer another language than English. */
typedef struct unlike {
    double level, loading; /* added to items 2 and 5 */
    bool by_language;
} unlike;

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* Three factors, which go along with one another and with themselves a session later, as each item's rest does. */
static void draw(int person, const unlike *of, bool other, double answers[TIMES][SHORT_ITEMS]) {
    rp_draws draws = rp_draws_of(777, (uint64_t)person, 0);
    double common = normal(&draws), part[3], item[SHORT_ITEMS];
    for (int k = 0; k < 3; k++)
        part[k] = normal(&draws);
    for (int i = 0; i < SHORT_ITEMS; i++)
        item[i] = normal(&draws);
    for (int t = 0; t < TIMES; t++)
        for (int k = 0; k < 3; k++) {
            double factor = 0.6 * common + 0.6 * part[k] + 0.5 * normal(&draws) + (t == LATE ? 0.4 : 0);
            for (int i = 3 * k; i < 3 * k + 3; i++) {
                bool changed = (i == 1 || i == 4) && (of->by_language ? other : t == LATE);
                double loading = 1.6 + 0.2 * (i % 3) + (changed ? of->loading : 0);
                double rest = 0.5 * item[i] + 0.8 * normal(&draws);
                double value = 9 + loading * factor + (changed ? of->level : 0) + rest;
                answers[t][i] = fmin(20, fmax(0, round(value)));
            }
        }
}

/* Every fortieth answer is missing. */
static bool is_missing(int person, int t, int i) {
    return (person * 7 + t * 3 + i * 11) % 40 == 0;
}

static world drawn(unlike of, int people) {
    world w = begin_items();
    for (int person = 0; person < people; person++) {
        double answers[TIMES][SHORT_ITEMS];
        bool other = person % 2 == 1;
        draw(person, &of, other, answers);
        somebody(&w, person, other ? "cy" : "en");
        for (int t = 0; t < TIMES; t++) {
            for (int i = 0; i < SHORT_ITEMS; i++)
                answers[t][i] = is_missing(person, t, i) ? (double)NAN : answers[t][i];
            questionnaire(&w, person, dates[t], "nine", "x", answers[t], SHORT_ITEMS);
        }
    }
    seal(&w);
    return w;
}

static const rp_statement *said(world *w, const char *id) {
    ask(w, "alliance", 50, 1);
    const rp_statement *s = find(w, id);
    if (s == NULL)
        fail_msg("no statement %s", id);
    return s;
}

static void step(const world *w, const char *over, const char *name, double chisq, double df, double cfi) {
    static const char table[] = "alliance.invariance.NINE, client";
    const rp_answer_table *t = table_of(w, table);
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        if (strcmp(row[0].text, over) != 0 || strncmp(row[2].text, name, strlen(name)) != 0)
            continue;
        near(row[column_of(t, "chisq")].num, chisq, 1e-3);
        near(row[column_of(t, "df")].num, df, 0);
        near(row[column_of(t, "cfi")].num, cfi, 1e-6);
        return;
    }
    fail_msg("no step %s of %s", name, over);
}

/* d <- read.csv of the rows; three factors of a1 ... a9 and three of b1 ... b9, ai ~~ bi for each i; missing = "fiml";
 * metric: the same labels on loadings 2 and 3 of each factor; scalar: and on intercepts, means of the late factors
 * free. fitMeasures(f, c("chisq", "df", "cfi")). */
static void sessions_as_lavaan(void **state) {
    (void)state;
    world w = drawn((unlike){0}, 300);
    const rp_statement *s = said(&w, "alliance.invariance.sessions");
    assert_non_null(strstr(s->label, "Sessions (session 1, session 2): means may be compared"));
    assert_int_equal(s->numerator.n, 300);
    step(&w, "Sessions", "configural", 149.40309251, 111, 0.99052147);
    step(&w, "Sessions", "metric", 155.05355993, 117, 0.99060774);
    step(&w, "Sessions", "scalar", 159.78610278, 123, 0.99092057);
    end(&w);
}

/* The second session has more complete answers. cfa("t =~ b1+b2+b3; g =~ b4+b5+b6; b =~ b7+b8+b9", d, group =
 * "language", group.equal = "", "loadings", c("loadings", "intercepts"), missing = "fiml") */
static void groups_as_lavaan(void **state) {
    (void)state;
    world w = drawn((unlike){0}, 300);
    const rp_statement *s = said(&w, "alliance.invariance.language");
    assert_non_null(strstr(s->label, "(English, another language): means may be compared"));
    assert_int_equal(s->numerator.n, 300);
    step(&w, "Preferred language", "configural", 41.51918145, 48, 1);
    step(&w, "Preferred language", "metric", 48.97448307, 54, 1);
    step(&w, "Preferred language", "scalar", 52.50175860, 60, 1);
    end(&w);
}

static void changed_levels_are_found(void **state) {
    (void)state;
    for (int by_language = 0; by_language < 2; by_language++) {
        world w = drawn((unlike){.level = 1.5, .by_language = by_language == 1}, 600);
        const char *there = by_language ? "alliance.invariance.language" : "alliance.invariance.sessions";
        const char *not_there = by_language ? "alliance.invariance.sessions" : "alliance.invariance.language";
        assert_non_null(strstr(said(&w, there)->label, ": means may not be compared"));
        assert_non_null(strstr(said(&w, not_there)->label, ": means may be compared"));
        end(&w);
    }
}

static void changed_loadings_are_found(void **state) {
    (void)state;
    for (int by_language = 0; by_language < 2; by_language++) {
        world w = drawn((unlike){.loading = -1.4, .by_language = by_language == 1}, 600);
        const char *there = by_language ? "alliance.invariance.language" : "alliance.invariance.sessions";
        assert_non_null(strstr(said(&w, there)->label, ": scores may not be compared"));
        end(&w);
    }
}

/* 99 of 200 prefer another language, and all of them answer everything at the first session. */
static void too_few_are_said(void **state) {
    (void)state;
    world w = drawn((unlike){0}, 198);
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.invariance.language"));
    assert_true(has_caveat(&w, "too few people to tell whether the items measure the same over: Intensity, Preferred "
                               "language"));
    end(&w);
    w = drawn((unlike){0}, 110); /* with all items at both: fewer than 100 */
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.invariance.sessions"));
    assert_true(has_caveat(&w, "fewer than 100 people answered every item at two of the first 5 sessions"));
    end(&w);
}

static void threads_change_no_byte(void **state) {
    (void)state;
    world w = drawn((unlike){0}, 300);
    same_bytes(bytes_of(&w, "alliance", 32, 1), bytes_of(&w, "alliance", 32, 2));
    end(&w);
}

/* For R: id, language, a1 ... a9 (early), b1 ... b9 (late). */
static void print_rows(void) {
    const unlike of = {0};
    printf("id,language,a1,a2,a3,a4,a5,a6,a7,a8,a9,b1,b2,b3,b4,b5,b6,b7,b8,b9\n");
    for (int person = 0; person < 300; person++) {
        double answers[TIMES][SHORT_ITEMS];
        draw(person, &of, person % 2 == 1, answers);
        printf("%d,%s", person, person % 2 == 1 ? "cy" : "en");
        for (int t = 0; t < TIMES; t++)
            for (int i = 0; i < SHORT_ITEMS; i++)
                is_missing(person, t, i) ? printf(",") : printf(",%g", answers[t][i]);
        printf("\n");
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "rows") == 0)
        return print_rows(), 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_as_lavaan),       cmocka_unit_test(groups_as_lavaan),
        cmocka_unit_test(changed_levels_are_found), cmocka_unit_test(changed_loadings_are_found),
        cmocka_unit_test(too_few_are_said),         cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests_name("questions: whether the alliance's items measure the same", tests, NULL, NULL);
}
