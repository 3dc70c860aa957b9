/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: the model that fits best with answers as ordered categories, on WAI-SR answers drawn by a rule, near the
 * upper end: the numbers of R 4.2.2 with lavaan 0.6-14 on the same rows (printed by the argument `rows`). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/items_helper.h"

enum { ITEMS = 12, PEOPLE = 300 };

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* instruments/wai-sr.json: tasks 1, 2, 10, 12; goals 4, 6, 8, 11; bond 3, 5, 7, 9. */
static int part_of(int item) {
    static const int parts[ITEMS] = {0, 0, 2, 1, 2, 1, 2, 1, 2, 0, 1, 0};
    return parts[item];
}

/* Answers 1 to 5, most of them 4 or 5. */
static void draw(int person, double answers[ITEMS]) {
    rp_draws draws = rp_draws_of(4711, (uint64_t)person, 0);
    double common = normal(&draws), part[3];
    for (int k = 0; k < 3; k++)
        part[k] = 0.7 * common + 0.71 * normal(&draws);
    for (int i = 0; i < ITEMS; i++) {
        double under = 0.8 * part[part_of(i)] + 0.6 * normal(&draws);
        answers[i] = 1 + (under > -2) + (under > -1.3) + (under > -0.5) + (under > 0.4 + 0.05 * i);
    }
}

static world drawn(int people) {
    world w = begin();
    for (int person = 0; person < people; person++) {
        double answers[ITEMS];
        draw(person, answers);
        somebody(&w, person, NULL);
        questionnaire(&w, person, "2024-02-01", "wai-sr", "", answers, ITEMS);
    }
    seal(&w);
    ask(&w, "alliance", 0, 1);
    return w;
}

/* cfa("t =~ i1+i2+i10+i12; g =~ i4+i6+i8+i11; b =~ i3+i5+i7+i9", d, ordered = names(d), estimator = "WLSMV");
 * fitMeasures(f, c("rmsea.scaled", "rmsea.ci.lower.scaled", "rmsea.ci.upper.scaled")). */
static void as_lavaan(void **state) {
    (void)state;
    world w = drawn(PEOPLE);
    const rp_statement *s = find(&w, "alliance.factors.as_ordered");
    assert_non_null(s);
    near(s->estimate, 0.01287977, 1e-6);
    near(s->lower, 0, 1e-9);
    near(s->upper, 0.03986144, 1e-5); /* lavaan's uniroot() stops at 1.2e-4 of the noncentrality */
    assert_int_equal(s->numerator.n, PEOPLE);
    assert_non_null(strstr(s->label, "it fits well"));
    /* cfi.scaled .99892978, tli.scaled .99861501, srmr .03540535, chisq.scaled 53.52963495, df.scaled 51 */
    assert_non_null(strstr(s->text, "CFI 0.999, TLI 0.999, RMSEA 0.013 (90% interval 0.000 to 0.040), SRMR 0.035 "
                                    "(scaled chi-square 53.5, 51 degrees of freedom)"));
    end(&w);
}

static void fewer_are_not_tried(void **state) {
    (void)state;
    world w = drawn(199);
    assert_null(find(&w, "alliance.factors.as_ordered"));
    assert_non_null(find(&w, "alliance.factors.best"));
    end(&w);
}

/* For R. */
static void print_rows(void) {
    for (int i = 0; i < ITEMS; i++)
        printf("%si%d", i > 0 ? "," : "", i + 1);
    printf("\n");
    for (int person = 0; person < PEOPLE; person++) {
        double answers[ITEMS];
        draw(person, answers);
        for (int i = 0; i < ITEMS; i++)
            printf("%s%g", i > 0 ? "," : "", answers[i]);
        printf("\n");
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "rows") == 0)
        return print_rows(), 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_lavaan), cmocka_unit_test(fewer_are_not_tried)};
    return cmocka_run_group_tests_name("questions: the alliance's items as ordered categories", tests, NULL, NULL);
}
