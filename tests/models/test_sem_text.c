/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of structural equation models: parameter tables, against R 4.2.2, lavaan 0.6-14. A table is written as
 * lavaan has it, a line each: "lhs op rhs @group : free parameter" or "= fixed value", and u for the user's own; lines
 * that lavaan's == rows of user 2 make equal have one parameter, numbered in the order of lines. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "models/sem_text_case.h"

static void makes(const char *text, size_t n_groups, rp_sem_rules rules, size_t n_parameters, const char *expected) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_spec *spec = specify(text, n_groups, &rules, arena, &error);
    if (!spec)
        fail_msg("%s: %s (%lld:%lld)", text, error.message, (long long)error.line, (long long)error.column);
    rp_buf out = {0};
    for (size_t i = 0; i < spec->n_lines; i++)
        put_line(spec, &spec->lines[i], &out);
    assert_string_equal(out.at, expected);
    assert_int_equal(spec->n_parameters, n_parameters);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static const char three_factors[] = "visual =~ x1 + x2 + x3 # Holzinger & Swineford\n"
                                    "textual =~ x4 + x5 +\n  x6; speed =~ x7 + x8 + x9";

/* ---- tables -------------------------------------------------------------------------------------------- */

/* lavaanify(three_factors, fixed.x = FALSE, auto = TRUE) */
static void three_factors_of_holzinger_and_swineford(void **state) {
    (void)state;
    makes(three_factors, 1, (rp_sem_rules){0}, 21,
          "visual =~ x1 = 1 u\nvisual =~ x2 : 0 u\nvisual =~ x3 : 1 u\ntextual =~ x4 = 1 u\n"
          "textual =~ x5 : 2 u\ntextual =~ x6 : 3 u\nspeed =~ x7 = 1 u\nspeed =~ x8 : 4 u\n"
          "speed =~ x9 : 5 u\nx1 ~~ x1 : 6\nx2 ~~ x2 : 7\nx3 ~~ x3 : 8\nx4 ~~ x4 : 9\nx5 ~~ x5 : 10\n"
          "x6 ~~ x6 : 11\nx7 ~~ x7 : 12\nx8 ~~ x8 : 13\nx9 ~~ x9 : 14\nvisual ~~ visual : 15\n"
          "textual ~~ textual : 16\nspeed ~~ speed : 17\nvisual ~~ textual : 18\nvisual ~~ speed : 19\n"
          "textual ~~ speed : 20\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = TRUE, std.lv = TRUE, auto.fix.first = FALSE, orthogonal = TRUE) */
static void bifactor(void **state) {
    (void)state;
    makes("g =~ x1 + x2 + x3 + x4 + x5 + x6; s1 =~ x1 + x2 + x3; s2 =~ x4 + x5 + x6", 1,
          (rp_sem_rules){.std_lv = true, .orthogonal = true}, 18,
          "g =~ x1 : 0 u\ng =~ x2 : 1 u\ng =~ x3 : 2 u\ng =~ x4 : 3 u\ng =~ x5 : 4 u\ng =~ x6 : 5 u\n"
          "s1 =~ x1 : 6 u\ns1 =~ x2 : 7 u\ns1 =~ x3 : 8 u\ns2 =~ x4 : 9 u\ns2 =~ x5 : 10 u\n"
          "s2 =~ x6 : 11 u\nx1 ~~ x1 : 12\nx2 ~~ x2 : 13\nx3 ~~ x3 : 14\nx4 ~~ x4 : 15\nx5 ~~ x5 : 16\n"
          "x6 ~~ x6 : 17\ng ~~ g = 1\ns1 ~~ s1 = 1\ns2 ~~ s2 = 1\ng ~~ s1 = 0\ng ~~ s2 = 0\ns1 ~~ s2 = 0\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = TRUE) */
static void political_democracy_with_equal_loadings(void **state) {
    (void)state;
    makes("ind60 =~ x1 + x2 + x3\n"
          "dem60 =~ y1 + a*y2 + b*y3 + c*y4\n"
          "dem65 =~ y5 + a*y6 + b*y7 + c*y8\n"
          "! regressions\n\n"
          "dem60 ~ ind60\n"
          "dem65 ~ ind60 + dem60\n"
          "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\n",
          1, (rp_sem_rules){0}, 28,
          "ind60 =~ x1 = 1 u\nind60 =~ x2 : 0 u\nind60 =~ x3 : 1 u\ndem60 =~ y1 = 1 u\ndem60 =~ y2 : 2 u\n"
          "dem60 =~ y3 : 3 u\ndem60 =~ y4 : 4 u\ndem65 =~ y5 = 1 u\ndem65 =~ y6 : 2 u\ndem65 =~ y7 : 3 u\n"
          "dem65 =~ y8 : 4 u\ndem60 ~ ind60 : 5 u\ndem65 ~ ind60 : 6 u\ndem65 ~ dem60 : 7 u\n"
          "y1 ~~ y5 : 8 u\ny2 ~~ y4 : 9 u\ny2 ~~ y6 : 10 u\ny3 ~~ y7 : 11 u\ny4 ~~ y8 : 12 u\n"
          "y6 ~~ y8 : 13 u\nx1 ~~ x1 : 14\nx2 ~~ x2 : 15\nx3 ~~ x3 : 16\ny1 ~~ y1 : 17\ny2 ~~ y2 : 18\n"
          "y3 ~~ y3 : 19\ny4 ~~ y4 : 20\ny5 ~~ y5 : 21\ny6 ~~ y6 : 22\ny7 ~~ y7 : 23\ny8 ~~ y8 : 24\n"
          "ind60 ~~ ind60 : 25\ndem60 ~~ dem60 : 26\ndem65 ~~ dem65 : 27\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = TRUE, meanstructure = TRUE) */
static void random_intercepts_and_cross_lags(void **state) {
    (void)state;
    makes("ri_x =~ 1*x1 + 1*x2 + 1*x3; ri_y =~ 1*y1 + 1*y2 + 1*y3\n"
          "wx1 =~ 1*x1; wx2 =~ 1*x2; wx3 =~ 1*x3\n"
          "wy1 =~ 1*y1; wy2 =~ 1*y2; wy3 =~ 1*y3\n"
          "x1 ~~ 0*x1; x2 ~~ 0*x2; x3 ~~ 0*x3\n"
          "y1 ~~ 0*y1; y2 ~~ 0*y2; y3 ~~ 0*y3\n"
          "wx2 + wy2 ~ wx1 + wy1\n"
          "wx3 + wy3 ~ wx2 + wy2\n"
          "wx2 ~~ wy2\n"
          "ri_x + ri_y ~~ 0*wx1 + 0*wy1\n",
          1, (rp_sem_rules){.means = true}, 26,
          "ri_x =~ x1 = 1 u\nri_x =~ x2 = 1 u\nri_x =~ x3 = 1 u\nri_y =~ y1 = 1 u\nri_y =~ y2 = 1 u\n"
          "ri_y =~ y3 = 1 u\nwx1 =~ x1 = 1 u\nwx2 =~ x2 = 1 u\nwx3 =~ x3 = 1 u\nwy1 =~ y1 = 1 u\n"
          "wy2 =~ y2 = 1 u\nwy3 =~ y3 = 1 u\nx1 ~~ x1 = 0 u\nx2 ~~ x2 = 0 u\nx3 ~~ x3 = 0 u\n"
          "y1 ~~ y1 = 0 u\ny2 ~~ y2 = 0 u\ny3 ~~ y3 = 0 u\nwx2 ~ wx1 : 0 u\nwx2 ~ wy1 : 1 u\n"
          "wy2 ~ wx1 : 2 u\nwy2 ~ wy1 : 3 u\nwx3 ~ wx2 : 4 u\nwx3 ~ wy2 : 5 u\nwy3 ~ wx2 : 6 u\n"
          "wy3 ~ wy2 : 7 u\nwx2 ~~ wy2 : 8 u\nri_x ~~ wx1 = 0 u\nri_x ~~ wy1 = 0 u\nri_y ~~ wx1 = 0 u\n"
          "ri_y ~~ wy1 = 0 u\nri_x ~~ ri_x : 9\nri_y ~~ ri_y : 10\nwx1 ~~ wx1 : 11\nwx2 ~~ wx2 : 12\n"
          "wx3 ~~ wx3 : 13\nwy1 ~~ wy1 : 14\nwy2 ~~ wy2 : 15\nwy3 ~~ wy3 : 16\nri_x ~~ ri_y : 17\n"
          "wx1 ~~ wy1 : 18\nwx3 ~~ wy3 : 19\nx1 ~1 : 20\nx2 ~1 : 21\nx3 ~1 : 22\ny1 ~1 : 23\ny2 ~1 : 24\n"
          "y3 ~1 : 25\nri_x ~1 = 0\nri_y ~1 = 0\nwx1 ~1 = 0\nwx2 ~1 = 0\nwx3 ~1 = 0\nwy1 ~1 = 0\n"
          "wy2 ~1 = 0\nwy3 ~1 = 0\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = FALSE, model.type = "growth", meanstructure = TRUE, int.ov.free = FALSE,
 *   int.lv.free = TRUE, auto.fix.first = TRUE, auto.fix.single = TRUE, auto.var = TRUE, auto.cov.lv.x = TRUE,
 *   auto.cov.y = TRUE) */
static void growth(void **state) {
    (void)state;
    makes("i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4", 1, (rp_sem_rules){.growth = true}, 9,
          "i =~ t1 = 1 u\ni =~ t2 = 1 u\ni =~ t3 = 1 u\ni =~ t4 = 1 u\ns =~ t1 = 0 u\ns =~ t2 = 1 u\n"
          "s =~ t3 = 2 u\ns =~ t4 = 3 u\nt1 ~~ t1 : 0\nt2 ~~ t2 : 1\nt3 ~~ t3 : 2\nt4 ~~ t4 : 3\n"
          "i ~~ i : 4\ns ~~ s : 5\ni ~~ s : 6\nt1 ~1 = 0\nt2 ~1 = 0\nt3 ~1 = 0\nt4 ~1 = 0\ni ~1 : 7\n"
          "s ~1 : 8\n");
}

/* lavaanify(three_factors, fixed.x = FALSE, auto = TRUE, meanstructure = TRUE, ngroups = 2,
 *   group.equal = c("loadings", "intercepts")) */
static void two_groups_with_equal_loadings_and_intercepts(void **state) {
    (void)state;
    makes(three_factors, 2, (rp_sem_rules){.equal_loadings = true, .equal_intercepts = true}, 48,
          "visual =~ x1 @1 = 1 u\nvisual =~ x2 @1 : 0 u\nvisual =~ x3 @1 : 1 u\ntextual =~ x4 @1 = 1 u\n"
          "textual =~ x5 @1 : 2 u\ntextual =~ x6 @1 : 3 u\nspeed =~ x7 @1 = 1 u\nspeed =~ x8 @1 : 4 u\n"
          "speed =~ x9 @1 : 5 u\nx1 ~~ x1 @1 : 6\nx2 ~~ x2 @1 : 7\nx3 ~~ x3 @1 : 8\nx4 ~~ x4 @1 : 9\n"
          "x5 ~~ x5 @1 : 10\nx6 ~~ x6 @1 : 11\nx7 ~~ x7 @1 : 12\nx8 ~~ x8 @1 : 13\nx9 ~~ x9 @1 : 14\n"
          "visual ~~ visual @1 : 15\ntextual ~~ textual @1 : 16\nspeed ~~ speed @1 : 17\n"
          "visual ~~ textual @1 : 18\nvisual ~~ speed @1 : 19\ntextual ~~ speed @1 : 20\nx1 ~1 @1 : 21\n"
          "x2 ~1 @1 : 22\nx3 ~1 @1 : 23\nx4 ~1 @1 : 24\nx5 ~1 @1 : 25\nx6 ~1 @1 : 26\nx7 ~1 @1 : 27\n"
          "x8 ~1 @1 : 28\nx9 ~1 @1 : 29\nvisual ~1 @1 = 0\ntextual ~1 @1 = 0\nspeed ~1 @1 = 0\n"
          "visual =~ x1 @2 = 1 u\nvisual =~ x2 @2 : 0 u\nvisual =~ x3 @2 : 1 u\ntextual =~ x4 @2 = 1 u\n"
          "textual =~ x5 @2 : 2 u\ntextual =~ x6 @2 : 3 u\nspeed =~ x7 @2 = 1 u\nspeed =~ x8 @2 : 4 u\n"
          "speed =~ x9 @2 : 5 u\nx1 ~~ x1 @2 : 30\nx2 ~~ x2 @2 : 31\nx3 ~~ x3 @2 : 32\nx4 ~~ x4 @2 : 33\n"
          "x5 ~~ x5 @2 : 34\nx6 ~~ x6 @2 : 35\nx7 ~~ x7 @2 : 36\nx8 ~~ x8 @2 : 37\nx9 ~~ x9 @2 : 38\n"
          "visual ~~ visual @2 : 39\ntextual ~~ textual @2 : 40\nspeed ~~ speed @2 : 41\n"
          "visual ~~ textual @2 : 42\nvisual ~~ speed @2 : 43\ntextual ~~ speed @2 : 44\nx1 ~1 @2 : 21\n"
          "x2 ~1 @2 : 22\nx3 ~1 @2 : 23\nx4 ~1 @2 : 24\nx5 ~1 @2 : 25\nx6 ~1 @2 : 26\nx7 ~1 @2 : 27\n"
          "x8 ~1 @2 : 28\nx9 ~1 @2 : 29\nvisual ~1 @2 : 45\ntextual ~1 @2 : 46\nspeed ~1 @2 : 47\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = TRUE, meanstructure = TRUE, ngroups = 2, std.lv = TRUE,
 *   auto.fix.first = FALSE, group.equal = c("loadings", "residuals")) */
static void a_latent_variance_is_free_where_loadings_are_equal(void **state) {
    (void)state;
    makes("f =~ x1 + c(a, b)*x2 + x3", 2,
          (rp_sem_rules){.std_lv = true, .equal_loadings = true, .equal_residuals = true}, 14,
          "f =~ x1 @1 : 0 u\nf =~ x2 @1 : 1 u\nf =~ x3 @1 : 2 u\nx1 ~~ x1 @1 : 3\nx2 ~~ x2 @1 : 4\n"
          "x3 ~~ x3 @1 : 5\nf ~~ f @1 = 1\nx1 ~1 @1 : 6\nx2 ~1 @1 : 7\nx3 ~1 @1 : 8\nf ~1 @1 = 0\n"
          "f =~ x1 @2 : 0 u\nf =~ x2 @2 : 9 u\nf =~ x3 @2 : 2 u\nx1 ~~ x1 @2 : 3\nx2 ~~ x2 @2 : 4\n"
          "x3 ~~ x3 @2 : 5\nf ~~ f @2 : 10\nx1 ~1 @2 : 11\nx2 ~1 @2 : 12\nx3 ~1 @2 : 13\nf ~1 @2 = 0\n");
}

/* lavaanify(text, fixed.x = FALSE, auto = TRUE) */
static void regressions_and_a_single_indicator(void **state) {
    (void)state;
    makes("y ~ x + z\n m ~ x\n y ~ m\n q ~ y + w\n w ~~ w \n p ~ x\n f =~ y1\n p ~ f", 1, (rp_sem_rules){0}, 18,
          "y ~ x : 0 u\ny ~ z : 1 u\nm ~ x : 2 u\ny ~ m : 3 u\nq ~ y : 4 u\nq ~ w : 5 u\nw ~~ w : 6 u\n"
          "p ~ x : 7 u\nf =~ y1 = 1 u\np ~ f : 8 u\ny1 ~~ y1 = 0\ny ~~ y : 9\nm ~~ m : 10\nq ~~ q : 11\n"
          "p ~~ p : 12\nf ~~ f : 13\nq ~~ p : 14\nx ~~ x : 15\nx ~~ z : 16\nz ~~ z : 17\n");
}

/* ---- modifiers --------------------------------------------------------------------------------------------- */

static void modifiers_fix_free_start_and_label(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_spec *spec =
        specify("f =~ NA*x1 + start(0.7)*x2 + -.5*x3 + k*start(2)*`x 4`\n + c(1, NA)*x5 + c('u', \"v\")*x6; f ~ 3*1", 2,
                &(rp_sem_rules){0}, arena, &error);
    assert_non_null(spec);
    const rp_sem_line *at = spec->lines;
    assert_true(at[0].parameter == 0 && isnan(at[0].value) && !at[0].label);
    assert_true(at[1].parameter == 1 && at[1].value == 0.7);
    assert_true(at[2].parameter == SIZE_MAX && at[2].value == -0.5);
    assert_true(at[3].parameter == 2 && at[3].value == 2);
    assert_string_equal(at[3].label, "k");
    assert_string_equal(name_of(spec, at[3].rhs), "x 4");
    assert_true(at[4].parameter == SIZE_MAX && at[4].value == 1);
    assert_string_equal(at[5].label, "u");
    assert_true(at[6].op == RP_SEM_INTERCEPT && at[6].parameter == SIZE_MAX && at[6].value == 3);
    const rp_sem_line *second = at + spec->n_lines / 2;
    assert_int_equal(second[3].parameter, 2); /* one label is one parameter in all groups */
    assert_true(second[4].parameter != SIZE_MAX && isnan(second[4].value));
    assert_string_equal(second[5].label, "v");
    assert_true(second[5].parameter != at[5].parameter);
    assert_true(spec->means);
    rp_arena_free(arena);
}

static void observed_names_come_as_in_the_text(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_text *text = rp_sem_parse("y ~ f\nf =~ b + a\nz ~~ y", arena, &error);
    assert_non_null(text);
    const char *const *names;
    assert_int_equal(rp_sem_observed(text, &names), 4);
    assert_string_equal(names[0], "y");
    assert_string_equal(names[1], "b");
    assert_string_equal(names[2], "a");
    assert_string_equal(names[3], "z");
    rp_arena_free(arena);
}

/* ---- constraints and definitions --------------------------------------------------------------------------- */

static const char chain[] = "m ~ a*x; y ~ b*m + c*x + d*z; f =~ k*y1 + y2 + e*y3\n";

static rp_sem_spec *with_equations(const char *equations, rp_arena *arena) {
    rp_error error = {0};
    char *text = rp_arena_printf(arena, "%s%s", chain, equations);
    rp_sem_spec *spec = specify(text, 1, &(rp_sem_rules){0}, arena, &error);
    if (!spec)
        fail_msg("%s: %s (%lld:%lld)", equations, error.message, (long long)error.line, (long long)error.column);
    return spec;
}

/* The first five parameters are a, b, c, d and the loading of y2, then e; k is fixed at 1. */
static void constrains(const char *equation, const double weights[6], double constant) {
    rp_arena *arena = rp_arena_new(0);
    rp_sem_spec *spec = with_equations(equation, arena);
    assert_int_equal(spec->n_constraints, 1);
    for (size_t i = 0; i < spec->n_parameters; i++)
        assert_true(fabs(spec->constraints[0].weights[i] - (i < 6 ? weights[i] : 0)) < 1e-15);
    assert_true(fabs(spec->constraints[0].constant - constant) < 1e-15);
    rp_arena_free(arena);
}

static void linear_constraints_become_weights(void **state) {
    (void)state;
    constrains("a == b", (double[6]){1, -1}, 0);
    constrains("2*a + 3 == (b - e)/2 - -1", (double[6]){2, -0.5, 0, 0, 0, 0.5}, -2);
    constrains("1 == a + b + c + d", (double[6]){-1, -1, -1, -1}, -1);
    constrains("a == 2^3*k + log(exp(1))", (double[6]){1}, 9);
}

static void a_constraint_may_name_what_is_defined(void **state) {
    (void)state;
    constrains("s := 2*b + 1; a == s", (double[6]){1, -2}, 1);
    constrains("a == s; s := 2*b + 1", (double[6]){1, -2}, 1);
}

/* Values against C's own arithmetic; derivatives against central differences. */
static void definitions_have_values_and_derivatives(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_sem_spec *spec = with_equations("ind := a*b\n"
                                       "total := ind + c\n"
                                       "share := ind/total - -(2)^2\n"
                                       "odd := exp(-a)*sqrt(b^2 + c^2) - log(d)*k\n"
                                       "powers := b^a + 2^c^a - (a - 3)^2 + 0*d\n"
                                       "r := 2 - 3 - 4 + 12/2/3*e",
                                       arena);
    enum { N = 6 };
    size_t n = spec->n_parameters;
    assert_int_equal(spec->n_defined, N);
    assert_string_equal(spec->defined[2].name, "share");
    double theta[64] = {0.4, 1.3, 0.7, 2.1, 0.9, 0.6}, values[N], slopes[N * 64];
    assert_true(n <= 64);
    const double a = theta[0], b = theta[1], d = theta[3], e = theta[5];
    assert_true(rp_sem_define(spec, theta, values, slopes, arena));
    const double expected[N] = {a * b,
                                a * b + 0.7,
                                a * b / (a * b + 0.7) + 4,
                                exp(-a) * sqrt(b * b + 0.49) - log(d),
                                pow(b, a) + pow(2, pow(0.7, a)) - (a - 3) * (a - 3),
                                -5 + 2 * e};
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(values[i] - expected[i]) < 1e-13);
    for (size_t j = 0; j < n; j++) {
        double up[N], down[N], kept = theta[j], h = 1e-5;
        theta[j] = kept + h;
        assert_true(rp_sem_define(spec, theta, up, NULL, arena));
        theta[j] = kept - h;
        assert_true(rp_sem_define(spec, theta, down, NULL, arena));
        theta[j] = kept;
        for (size_t i = 0; i < N; i++)
            assert_true(fabs((up[i] - down[i]) / (2 * h) - slopes[i * n + j]) < 1e-8);
    }
    rp_arena_free(arena);
}

/* ---- two levels -------------------------------------------------------------------------------------------------- */

/* lavaanify(text, ngroups = 1, model.type = "cfa", auto = TRUE, meanstructure = TRUE), less the lines of means within,
 * which it fixes at 0, and of latent variables */
static void levels_have_lines_of_their_own(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_spec *spec = on_levels("# comment\nlevel: between;  b =~ x + k*y + z\nlevel : 1\nf =~ x + k*y\ng =~ z\n"
                                  "twice := 2*k",
                                  true, &(rp_sem_rules){0}, arena, &error);
    if (spec == NULL)
        fail_msg("%s", error.message);
    rp_buf out = {0};
    for (size_t i = 0; i < spec->n_lines; i++)
        put_line(spec, &spec->lines[i], &out);
    assert_string_equal(out.at, "f =~ x @1 = 1 u\nf =~ y @1 : 0 u\ng =~ z @1 = 1 u\nx ~~ x @1 : 1\ny ~~ y @1 : 2\n"
                                "z ~~ z @1 = 0\nf ~~ f @1 : 3\ng ~~ g @1 : 4\nf ~~ g @1 : 5\n"
                                "b =~ x @2 = 1 u\nb =~ y @2 : 0 u\nb =~ z @2 : 6 u\nx ~~ x @2 : 7\ny ~~ y @2 : 8\n"
                                "z ~~ z @2 : 9\nb ~~ b @2 : 10\nx ~1 @2 : 11\ny ~1 @2 : 12\nz ~1 @2 : 13\n"
                                "b ~1 @2 = 0\n");
    assert_int_equal(spec->n_latent, 3);
    assert_int_equal(spec->n_defined, 1);
    assert_true(spec->means);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_factors_of_holzinger_and_swineford),
        cmocka_unit_test(bifactor),
        cmocka_unit_test(political_democracy_with_equal_loadings),
        cmocka_unit_test(random_intercepts_and_cross_lags),
        cmocka_unit_test(growth),
        cmocka_unit_test(two_groups_with_equal_loadings_and_intercepts),
        cmocka_unit_test(a_latent_variance_is_free_where_loadings_are_equal),
        cmocka_unit_test(regressions_and_a_single_indicator),
        cmocka_unit_test(modifiers_fix_free_start_and_label),
        cmocka_unit_test(observed_names_come_as_in_the_text),
        cmocka_unit_test(linear_constraints_become_weights),
        cmocka_unit_test(a_constraint_may_name_what_is_defined),
        cmocka_unit_test(definitions_have_values_and_derivatives),
        cmocka_unit_test(levels_have_lines_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
