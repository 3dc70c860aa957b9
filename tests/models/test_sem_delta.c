/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors of standardised and of defined values, by their definition and against R 4.2.2 with lavaan 0.6-14. "polished":
 * lavaan's estimates taken on by six steps of Fisher scoring, as test_sem_fit.c has it. Errors are held to 1e-6 of
 * themselves, values to 1e-4 of their errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"

static const char *const HS = "data/HolzingerSwineford1939.csv";
static const char *const THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

typedef struct solution {
    double *values, *errors;
} solution;

static solution standardised(sem_case *c, const rp_sem_fit *fit) {
    solution s = {rp_arena_take(c->arena, c->spec->n_lines, sizeof(double)),
                  rp_arena_take(c->arena, c->spec->n_lines, sizeof(double))};
    assert_non_null(s.values);
    assert_non_null(s.errors);
    assert_true(rp_sem_standardised(fit, s.values, s.errors, c->arena));
    return s;
}

static void has(sem_case *c, const solution *s, const char *name, double value, double error) {
    for (size_t i = 0; i < c->spec->n_lines; i++)
        if (strcmp(sem_line_name(c->spec, &c->spec->lines[i], c->arena), name) == 0) {
            if (!(fabs(s->values[i] - value) <= 1e-4 * error) || !(fabs(s->errors[i] - error) <= 1e-6 * error))
                fail_msg("%s: %.12g (%.12g) is not %.12g (%.12g)", name, s->values[i], s->errors[i], value, error);
            return;
        }
    fail_msg("no line %s", name);
}

/* ---- definitions ------------------------------------------------------------------------------------------ */

/* g'V g with g by central differences of the values alone: groups, means, regressions, residual covariances, equal
 * labels. */
static void errors_are_those_of_differences(sem_case *c, const char *text) {
    rp_sem_fit *fit = fitted(c, text);
    solution s = standardised(c, fit);
    size_t n = c->spec->n_parameters, lines = c->spec->n_lines;
    double *g = rp_arena_take(c->arena, lines * n, sizeof *g), *up = rp_arena_take(c->arena, 2 * lines, sizeof *up);
    for (size_t k = 0; k < n; k++) {
        double kept = fit->theta[k], step = 1e-5 * fmax(1, fabs(kept));
        fit->theta[k] = kept + step;
        assert_true(rp_sem_standardise(c->spec, fit->theta, up));
        fit->theta[k] = kept - step;
        assert_true(rp_sem_standardise(c->spec, fit->theta, up + lines));
        fit->theta[k] = kept;
        for (size_t i = 0; i < lines; i++)
            g[i * n + k] = (up[i] - up[lines + i]) / (2 * step);
    }
    size_t free_ones = 0;
    for (size_t i = 0; i < lines; i++) {
        double variance = 0;
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                variance += g[i * n + a] * fit->vcov[a * n + b] * g[i * n + b];
        near(s.errors[i] * s.errors[i], variance, 1e-7 * (variance + 1e-4));
        free_ones += s.errors[i] > 0;
    }
    assert_true(free_ones > n / 2);
}

static void as_differences(void **state) {
    (void)state;
    sem_case c = data("data/PoliticalDemocracy.csv"), d = data(HS);
    c.rules.means = d.rules.means = true;
    errors_are_those_of_differences(&c, "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + b*y2 + b*y3 + y4\n"
                                        "dem60 ~ ind60 + y5\ny1 ~~ y2\ny4 ~ x3\nind60 ~ 1\nx1 ~ 0*1");
    d.group = "school";
    d.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    d.layout.n_groups = 2;
    d.rules.equal_loadings = d.rules.equal_intercepts = true;
    errors_are_those_of_differences(&d, THREE);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* A value that is 1 by definition has the error 0, exactly; a correlation of two observed variables has the textbook's
 * (1 - r^2) / sqrt(n); a fixed loading has an error, since the standard deviations have. */
static void textbook(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, "x1 ~~ x2\ng =~ x3 + x4 + x5 + x6");
    solution s = standardised(&c, fit);
    size_t ones = 0;
    for (size_t i = 0; i < c.spec->n_lines; i++) {
        const rp_sem_line *line = &c.spec->lines[i];
        const char *name = sem_line_name(c.spec, line, c.arena);
        if (strcmp(name, "x1 ~~ x1") == 0 || strcmp(name, "x2 ~~ x2") == 0 || strcmp(name, "g ~~ g") == 0) {
            near(s.values[i], 1, 1e-12);
            near(s.errors[i], 0, 0);
            ones++;
        } else if (strcmp(name, "x1 ~~ x2") == 0) {
            double known = (1 - s.values[i] * s.values[i]) / sqrt(301);
            near(s.errors[i], known, 1e-6 * known);
            ones++;
        } else if (strcmp(name, "g =~ x3") == 0) {
            assert_true(line->parameter == SIZE_MAX && s.errors[i] > 0.01);
            ones++;
        }
    }
    assert_int_equal(ones, 5);
    rp_arena_free(c.arena);
}

/* A parameter that cannot be told has no error, and what does not rest on it keeps its own. */
static void what_cannot_be_told(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, "g =~ NA*x1 + a*x2 + x3 + x4\ng ~~ g\nx1 ~~ r*x1\nroot := sqrt(r)\nhalf := a/2");
    assert_int_equal(fit->status, RP_SEM_NOT_IDENTIFIED);
    double values[2], errors[2];
    assert_true(rp_sem_defined_errors(fit, values, errors, c.arena));
    for (size_t i = 0; i < c.spec->n_lines; i++)
        if (c.spec->lines[i].label && strcmp(c.spec->lines[i].label, "r") == 0) {
            double r = fit->theta[c.spec->lines[i].parameter];
            double se = sqrt(fit->vcov[c.spec->lines[i].parameter * (c.spec->n_parameters + 1)]);
            near(values[0], sqrt(r), 1e-14);
            near(errors[0], se / (2 * sqrt(r)), 1e-12); /* textbook */
        }
    assert_true(isfinite(errors[0]) && isnan(errors[1]));
    rp_arena_free(c.arena);
}

/* ---- against lavaan ----------------------------------------------------------------------------------------- */

/* standardizedSolution(cfa(m, HolzingerSwineford1939)), polished */
static void three_factors(void **state) {
    (void)state;
    sem_case c = data(HS);
    solution s = standardised(&c, fitted(&c, THREE));
    has(&c, &s, "visual =~ x1", 0.77188042712, 0.054972735449);
    has(&c, &s, "speed =~ x9", 0.66500919615, 0.051094331870);
    has(&c, &s, "x1 ~~ x1", 0.40420060624, 0.084864757016);
    has(&c, &s, "x9 ~~ x9", 0.55776276904, 0.067956400619);
    has(&c, &s, "visual ~~ textual", 0.45850939861, 0.063779351632);
    has(&c, &s, "textual ~~ speed", 0.28298505148, 0.068729268037);
    rp_arena_free(c.arena);
}

/* The same with group = "school", group.equal = c("loadings", "intercepts") */
static void two_schools(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.group = "school";
    c.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    c.layout.n_groups = 2;
    c.rules.equal_loadings = c.rules.equal_intercepts = c.rules.means = true;
    solution s = standardised(&c, fitted(&c, THREE));
    has(&c, &s, "visual =~ x1 in group Pasteur", 0.767504793001, 0.0647853120656);
    has(&c, &s, "x5 ~ 1 in group Pasteur", 3.184311749101, 0.1882069410596);
    has(&c, &s, "speed =~ x8 in group Grant-White", 0.772969628344, 0.0525247989957);
    has(&c, &s, "textual ~ 1 in group Grant-White", 0.617892421954, 0.1305584651114);
    rp_arena_free(c.arena);
}

/* standardizedSolution(f) and parameterEstimates(f) of f <- sem(m, PoliticalDemocracy, meanstructure = TRUE), polished
 */
static void political_democracy(void **state) {
    (void)state;
    sem_case c = data("data/PoliticalDemocracy.csv");
    c.rules.means = true;
    rp_sem_fit *fit = fitted(&c, "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + b*y2 + c*y3 + d*y4\n"
                                 "dem65 =~ y5 + b*y6 + c*y7 + d*y8\ndem60 ~ e*ind60\ndem65 ~ f*ind60 + g*dem60\n"
                                 "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\n"
                                 "ind := e*g\ntot := f + e*g\nrat := exp(e)/sqrt(g)");
    solution s = standardised(&c, fit);
    has(&c, &s, "ind60 =~ x1", 0.920018731447, 0.022956558154);
    has(&c, &s, "dem60 =~ y2", 0.689539551336, 0.059529888303);
    has(&c, &s, "dem65 =~ y5", 0.816860828694, 0.044110540581);
    has(&c, &s, "dem60 ~ ind60", 0.447638558495, 0.103280241905);
    has(&c, &s, "dem65 ~ ind60", 0.186739133272, 0.070676141243);
    has(&c, &s, "dem65 ~ dem60", 0.884220254198, 0.051295502899);
    has(&c, &s, "y1 ~~ y5", 0.281259152955, 0.142832937281);
    has(&c, &s, "y1 ~~ y1", 0.276767832248, 0.069156336099);
    has(&c, &s, "dem65 ~~ dem65", 0.035456202140, 0.048643168191);
    has(&c, &s, "x1 ~ 1", 6.942816957194, 0.578519405174);
    const double known[3][2] = {
        {1.27276226127, 0.357584298818}, {1.87323691585, 0.370896466250}, {4.68244279994, 1.846638601646}};
    double values[3], errors[3];
    assert_int_equal(c.spec->n_defined, 3);
    assert_true(rp_sem_defined_errors(fit, values, errors, c.arena));
    for (size_t i = 0; i < 3; i++) {
        near(values[i], known[i][0], 1e-4 * known[i][1]);
        near(errors[i], known[i][1], 1e-6 * known[i][1]);
    }
    rp_arena_free(c.arena);
}

/* standardizedSolution(cfa(m, wai_miss_1000, missing = "fiml")), polished */
static void missing_answers(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    solution s = standardised(&c, fitted(&c, "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12"));
    has(&c, &s, "G =~ w1", 0.77248427077861, 0.023555315834);
    has(&c, &s, "w1 ~~ w1", 0.40326805139964, 0.036392221970);
    has(&c, &s, "T ~~ B", 0.59137267762630, 0.031698268310);
    has(&c, &s, "w1 ~ 1", 0.01366260105275, 0.033993668660);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_differences),  cmocka_unit_test(textbook),    cmocka_unit_test(what_cannot_be_told),
        cmocka_unit_test(three_factors),   cmocka_unit_test(two_schools), cmocka_unit_test(political_democracy),
        cmocka_unit_test(missing_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
