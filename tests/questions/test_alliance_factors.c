/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: is it one thing or three? On records made by hand: the numbers of R 4.2.2 with lavaan 0.6-14 on the data
 * of Holzinger and Swineford, as if their nine tests were items (call h: read.csv of the file, missing = "fiml"); and
 * the structure from which answers were drawn is the one that is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "questions/items_helper.h"
#include "support/shared.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static const rp_statement *said(const world *w, const char *id) {
    const rp_statement *s = find(w, id);
    if (s == NULL)
        fail_msg("no statement %s", id);
    return s;
}

/* Pasteur's children prefer English, those of Grant-White another language. */
static world holzinger(void) {
    const char *path = shared_path("data/HolzingerSwineford1939.csv");
    world w = begin_items();
    sheet s = sheet_read(path, w.arena);
    const double *columns[SHORT_ITEMS];
    for (int i = 0; i < SHORT_ITEMS; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i + 1);
        columns[i] = sheet_numbers(&s, name);
    }
    for (size_t r = 0; r < s.n; r++) {
        double answers[SHORT_ITEMS];
        for (int i = 0; i < SHORT_ITEMS; i++)
            answers[i] = columns[i][r];
        somebody(&w, (int)r, strcmp(sheet_text(&s, r, "school"), "Pasteur") == 0 ? "en" : "cy");
        questionnaire(&w, (int)r, "2024-02-01", "nine", "x", answers, SHORT_ITEMS);
    }
    seal(&w);
    ask(&w, "alliance", 0, 2);
    return w;
}

static void fits(const world *w, const char *of, double chisq, double df, double cfi, double rmsea, double srmr) {
    const char *const begins[3] = {of};
    static const char table[] = "alliance.factors.NINE, client";
    near(value_where(w, table, begins, "chisq")->num, chisq, 1e-4); /* the reference's B9 */
    near(value_where(w, table, begins, "df")->num, df, 0);
    near(value_where(w, table, begins, "cfi")->num, cfi, 1e-6);
    near(value_where(w, table, begins, "rmsea")->num, rmsea, 1e-6);
    near(value_where(w, table, begins, "srmr")->num, srmr, 1e-6);
    assert_int_equal(value_where(w, table, begins, "people")->count.n, 301);
}

static void models_as_lavaan(void **state) {
    (void)state;
    world w = holzinger();
    /* cfa("f =~ x1+x2+x3+x4+x5+x6+x7+x8+x9", h); fitMeasures() */
    fits(&w, "one factor", 312.26415937, 27, 0.67688322, 0.18735206, 0.13066994);
    /* cfa("a =~ x1+x2+x3+x4+x5+x6; b =~ x7+x8+x9", h) */
    fits(&w, "two factors", 181.33652221, 26, 0.82405138, 0.14088568, 0.10274680);
    /* cfa("t =~ x1+x2+x3; g =~ x4+x5+x6; b =~ x7+x8+x9", h), and with "; G =~ t+g+b" */
    fits(&w, "three factors (", 85.30552177, 24, 0.93055965, 0.09212148, 0.05952381);
    fits(&w, "three factors below", 85.30552177, 24, 0.93055965, 0.09212148, 0.05952381);
    const rp_statement *best = said(&w, "alliance.factors.best");
    near(best->estimate, 7731.31994110 - 7646.70316120, 1e-4); /* their BIC: two factors less three */
    assert_non_null(strstr(best->label, "three factors that correlate (the same model"));
    assert_non_null(strstr(best->label, "does not fit well (CFI, RMSEA)"));
    const rp_statement *s = said(&w, "alliance.factors.three_factors");
    near(s->lower, 0.07141849, 1e-5); /* rmsea.ci.lower; lavaan's uniroot() stops at 1.2e-4 of the noncentrality */
    near(s->upper, 0.11367802, 1e-5);
    assert_true(s->level == 0.9);
    end(&w);
}

/* cfa(three, h, std.lv = TRUE): estimates and errors; tanh(atanh(r) -/+ 1.96 se / (1 - r^2)) */
static void correlations_as_lavaan(void **state) {
    (void)state;
    world w = holzinger();
    const struct {
        const char *id;
        double r, lower, upper;
    } pairs[] = {{"alliance.factors.correlation.task_goal", 0.45850972, 0.32562361, 0.57363268},
                 {"alliance.factors.correlation.task_bond", 0.47053506, 0.28552615, 0.62173362},
                 {"alliance.factors.correlation.goal_bond", 0.28298525, 0.13776798, 0.41629241}};
    for (size_t i = 0; i < 3; i++) {
        const rp_statement *s = said(&w, pairs[i].id);
        near(s->estimate, pairs[i].r, 2e-5); /* lavaan's search ends about 1e-5 from its minimum */
        near(s->lower, pairs[i].lower, 2e-5);
        near(s->upper, pairs[i].upper, 2e-5);
        assert_non_null(strstr(s->label, "which these data tell apart"));
    }
    assert_false(has_caveat(&w, "tasks, goals and bond cannot be told apart"));
    end(&w);
}

/* lavaan has chi-square 34.8801 and a variance of -1.14 of x1 in cfa("G =~ x1+...+x9; t =~ ...; g =~ ...; b =~ ...",
 * h, std.lv = TRUE, orthogonal = TRUE). */
static void heywood_case_is_said(void **state) {
    (void)state;
    world w = holzinger();
    static const char table[] = "alliance.factors.NINE, client";
    const char *const begins[3] = {"a general factor and three beside"};
    near(value_where(&w, table, begins, "chisq")->num, 34.8801, 1e-3);
    assert_string_equal(value_where(&w, table, begins, "outcome")->text, "has an impossible value");
    assert_true(has_caveat(&w, "below 0 (a Heywood case)"));
    /* BIC of three factors less its own: 85.3055 - 34.8801 - 6 log(301) = 16.18, by hand */
    assert_true(has_caveat(&w, "By its BIC it fits better than those that are used, by 16.2"));
    assert_null(find(&w, "alliance.factors.bilevel"));
    end(&w);
}

static void reliability_as_r(void **state) {
    (void)state;
    world w = holzinger();
    const rp_statement *s = said(&w, "alliance.alpha.at_session");
    near(s->estimate, 0.7604885958, 1e-9); /* 9/8 (1 - sum(diag(cov(X))) / sum(cov(X))) */
    near(s->lower, 0.7177168660, 1e-9);    /* 1 - (1 - a) qf(.975, 300, 2400); psych 2.2.9 alpha.ci: .7177169 */
    near(s->upper, 0.7990788326, 1e-9);    /* the same at .025 */
    s = said(&w, "alliance.omega_total");
    /* the three-factor model with total := lat / (lat + e1 + ... + e9), lat of sums of loadings and correlations */
    near(s->estimate, 0.84533526, 1e-5);
    near(s->lower, 0.8167272, 2e-5); /* plogis(qlogis(t) -/+ 1.96 se / (t (1 - t))), se .01361785 */
    near(s->upper, 0.8701875, 2e-5);
    s = said(&w, "alliance.omega_hierarchical"); /* the bilevel model cannot be used: by the second-order one */
    near(s->estimate, 0.5542955230, 1e-5);       /* tests/models/test_sem_omega.c, at second_order */
    assert_non_null(strstr(s->text, "second order"));
    end(&w);
}

/* cfa(three, h, group = "school", group.equal = none, "loadings", c("loadings", "intercepts")) */
static void groups_as_lavaan(void **state) {
    (void)state;
    world w = holzinger();
    static const char table[] = "alliance.invariance.NINE, client";
    const struct {
        const char *step;
        double chisq, df, cfi, rmsea;
        const char *outcome;
    } steps[] = {
        {"configural", 115.85134387, 48, 0.92339838, 0.09691486, "does not fit well (CFI, RMSEA)"},
        {"metric", 124.04354418, 54, 0.92092347, 0.09283654, "holds"},
        {"scalar", 164.10283093, 60, 0.88247181, 0.10737110, "does not hold"},
    };
    for (size_t i = 0; i < 3; i++) {
        const char *const begins[3] = {"Preferred language", "English, another language", steps[i].step};
        near(value_where(&w, table, begins, "chisq")->num, steps[i].chisq, 1e-4);
        near(value_where(&w, table, begins, "df")->num, steps[i].df, 0);
        near(value_where(&w, table, begins, "cfi")->num, steps[i].cfi, 1e-6);
        near(value_where(&w, table, begins, "rmsea")->num, steps[i].rmsea, 1e-6);
        assert_string_equal(value_where(&w, table, begins, "outcome")->text, steps[i].outcome);
    }
    const rp_statement *s = said(&w, "alliance.invariance.language");
    near(s->estimate, 0.88247181 - 0.92339838, 2e-6);
    assert_non_null(strstr(s->label, "means may not be compared")); /* CFI falls by .002, then by .038 */
    assert_non_null(strstr(s->label, "as far as a model that does not fit well tells"));
    assert_int_equal(s->numerator.n, 301);
    assert_true(has_caveat(&w, "too few people to tell whether the items measure the same over: Intensity, Ethnic "
                               "group, Means of the contact, Practitioner present"));
    end(&w);
}

/* ---- the structure that answers were drawn from ----------------------------------------------------------------- */

enum { SOME = 1000 };

/* A general factor g and one of each part; or, `three`, factors that correlate by `r`. Answers are whole, of 0 to 20.
 */
static world drawn(bool bilevel, double r, int people) {
    static const double general[SHORT_ITEMS] = {0.8, 0.7, 0.3, 0.4, 0.8, 0.6, 0.5, 0.8, 0.7};
    static const double own[SHORT_ITEMS] = {0.4, 0.5, 0.8, 0.7, 0.3, 0.6, 0.7, 0.3, 0.5};
    world w = begin_items();
    for (int person = 0; person < people; person++) {
        rp_draws draws = rp_draws_of(20260, (uint64_t)person, 0);
        double g = normal(&draws), part[3], answers[SHORT_ITEMS];
        for (int k = 0; k < 3; k++)
            part[k] = normal(&draws);
        for (int i = 0; i < SHORT_ITEMS; i++) {
            double common =
                bilevel ? general[i] * g + own[i] * part[i / 3] : 0.8 * (sqrt(r) * g + sqrt(1 - r) * part[i / 3]);
            answers[i] = fmin(20, fmax(0, round(10 + 3 * (common + 0.6 * normal(&draws)))));
        }
        somebody(&w, person, NULL);
        questionnaire(&w, person, "2024-02-01", "nine", "x", answers, SHORT_ITEMS);
    }
    seal(&w);
    ask(&w, "alliance", 0, 2);
    return w;
}

static void bilevel_is_found(void **state) {
    (void)state;
    world w = drawn(true, 0, SOME);
    const rp_statement *best = said(&w, "alliance.factors.best");
    assert_non_null(strstr(best->label, "(bilevel), which fits well"));
    assert_true(best->estimate > 10);
    /* By definition, of unrounded answers: general 5.6^2, parts 1.7^2 + 1.6^2 + 1.5^2, residuals 9 * .36. */
    double general = 5.6 * 5.6, parts = 1.7 * 1.7 + 1.6 * 1.6 + 1.5 * 1.5, all = general + parts + 9 * 0.36;
    const rp_statement *total = said(&w, "alliance.omega_total"), *part = said(&w, "alliance.omega_hierarchical");
    assert_true(total->lower < (general + parts) / all && (general + parts) / all < total->upper);
    assert_true(part->lower < general / all && general / all < part->upper);
    assert_true(part->upper - part->lower < 0.1); /* an interval that could fail to hold it */
    end(&w);
}

static void three_factors_are_found(void **state) {
    (void)state;
    world w = drawn(false, 0.4, SOME);
    const rp_statement *best = said(&w, "alliance.factors.best");
    assert_non_null(strstr(best->label, "three factors that correlate"));
    const rp_statement *s = said(&w, "alliance.factors.correlation.goal_bond");
    assert_true(s->lower < 0.4 && 0.4 < s->upper);
    end(&w);
}

/* Where all correlate by 1 there is one factor, and what else is asked of it has no possible answer. */
static void one_factor_is_found(void **state) {
    (void)state;
    world w = drawn(false, 1, SOME);
    const rp_statement *best = find(&w, "alliance.factors.best");
    assert_true(best != NULL ? strstr(best->label, "one factor, which fits well") != NULL
                             : has_caveat(&w, "that of one factor alone can be used: by the usual convention"));
    assert_true(find(&w, "alliance.factors.correlation.task_goal") == NULL ||
                has_caveat(&w, "tasks, goals and bond cannot be told apart"));
    end(&w);
}

/* Near 1, they can be told apart by nobody. */
static void factors_that_are_all_but_one(void **state) {
    (void)state;
    world w = drawn(false, 0.97, SOME);
    const rp_statement *s = said(&w, "alliance.factors.correlation.goal_bond");
    assert_true(s->lower < 0.97 && 0.97 < s->upper);
    assert_non_null(strstr(s->label, "which these data cannot tell apart"));
    assert_true(has_caveat(&w, "tasks, goals and bond cannot be told apart in these data"));
    end(&w);
}

static void too_few_are_said(void **state) {
    (void)state;
    world w = drawn(true, 0, 120); /* 5 people for each of 18 parameters beside means; 27 for the bilevel model: 135 */
    assert_non_null(find(&w, "alliance.factors.one_factor"));
    assert_null(find(&w, "alliance.factors.bilevel"));
    assert_true(has_caveat(&w, "not fitted: fewer than 135 people"));
    end(&w);
    w = drawn(true, 0, 99);
    assert_null(find(&w, "alliance.factors.one_factor"));
    assert_true(has_caveat(&w, "did as many as 100 people answer the items"));
    end(&w);
}

/* ARM-5: five items, one scale. */
static void without_parts_one_factor(void **state) {
    (void)state;
    world w = begin();
    for (int person = 0; person < 150; person++) {
        rp_draws draws = rp_draws_of(20261, (uint64_t)person, 0);
        double g = normal(&draws), answers[5];
        for (int i = 0; i < 5; i++) {
            double turned = i == 2 ? -1 : 1; /* instruments/arm-5.json: item 3 is turned */
            answers[i] = fmin(7, fmax(1, round(4 + turned * (g + 0.7 * normal(&draws)))));
        }
        somebody(&w, person, NULL);
        questionnaire(&w, person, "2024-02-01", "arm-5", "", answers, 5);
    }
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_non_null(find(&w, "alliance.factors.one_factor"));
    assert_null(find(&w, "alliance.factors.two_factors"));
    assert_null(find(&w, "alliance.factors.best"));
    assert_null(find(&w, "alliance.omega_hierarchical"));
    const rp_statement *alpha = said(&w, "alliance.alpha.at_session"), *omega = said(&w, "alliance.omega_total");
    near(omega->estimate, alpha->estimate, 0.02); /* equal loadings: omega is alpha, but for chance */
    assert_true(has_caveat(&w, "so one factor alone is tried"));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_as_lavaan),
        cmocka_unit_test(correlations_as_lavaan),
        cmocka_unit_test(heywood_case_is_said),
        cmocka_unit_test(reliability_as_r),
        cmocka_unit_test(groups_as_lavaan),
        cmocka_unit_test(bilevel_is_found),
        cmocka_unit_test(three_factors_are_found),
        cmocka_unit_test(one_factor_is_found),
        cmocka_unit_test(factors_that_are_all_but_one),
        cmocka_unit_test(too_few_are_said),
        cmocka_unit_test(without_parts_one_factor),
    };
    return cmocka_run_group_tests_name("questions: what the alliance's items measure", tests, NULL, NULL);
}
