/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas: what each sign means, and where a fault is seen. The terms are those that R gives:
 *   attr(terms(y ~ a * b), "term.labels"), attr(terms(...), "intercept"). */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/table.h"

static void put_terms(rp_buf *out, const rp_formula *f, const rp_formula_terms *terms) {
    rp_buf_put(out, terms->intercept ? "1" : "0");
    for (size_t i = 0; i < terms->n; i++) {
        const char *sign = " ";
        for (size_t v = 0; v < f->n_variables; v++)
            if (terms->terms[i] >> v & 1) {
                rp_buf_printf(out, "%s%s", sign, f->variables[v].text);
                sign = ":";
            }
    }
}

/* "1 a b a:b | g: 1 t" */
static void says(const char *text, const char *expected) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_formula *f = rp_formula_parse(text, arena, &error);
    if (!f)
        fail_msg("%s: %s (%lld)", text, error.message, (long long)error.column);
    rp_buf out = {0};
    put_terms(&out, f, &f->fixed);
    for (size_t i = 0; i < f->n_random; i++) {
        rp_buf_printf(&out, " | %s: ", f->random[i].name);
        put_terms(&out, f, &f->random[i].terms);
    }
    if (f->n_offsets)
        rp_buf_printf(&out, " + %zu offset", f->n_offsets);
    assert_string_equal(out.at, expected);
    rp_buf_free(&out);
    rp_arena_free(arena);
}

/* The fault is seen at byte `column` (from 1), in these words, and something is said of what to do. */
static void refuses(const char *text, int64_t column, const char *words) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    assert_null(rp_formula_parse(text, arena, &error));
    assert_string_equal(error.file, RP_FORMULA_FILE);
    if (!strstr(error.message, words) || error.column != column || !error.remedy[0])
        fail_msg("%s: '%s' at %lld, '%s'", text, error.message, (long long)error.column, error.remedy);
    rp_arena_free(arena);
}

static void plus_adds_and_an_intercept_is_there_unless_taken_out(void **state) {
    (void)state;
    says("y ~ 1", "1");
    says("y ~ 0", "0");
    says("y ~ a", "1 a");
    says("y~a+b", "1 a b");
    says("y ~ 0 + a", "0 a");
    says("y ~ a - 1", "0 a");
    says("y ~ -1 + a", "0 a");
    says("y ~ a + 0 + 1", "1 a");
    says("y ~ a + a", "1 a");
    says("y ~ (a + b)", "1 a b");
}

static void colons_and_stars_make_interactions(void **state) {
    (void)state;
    says("y ~ a:b", "1 a:b");
    says("y ~ a*b", "1 a b a:b");
    says("y ~ b:a + a", "1 a b:a"); /* a term's variables stand in the order in which they first came */
    says("y ~ a*b*c", "1 a b c a:b a:c b:c a:b:c");
    says("y ~ (a + b)*c", "1 a b c a:c b:c");
    says("y ~ (a + b):(c + d)", "1 a:c a:d b:c b:d");
    says("y ~ a:b + a + b", "1 a b a:b"); /* fewer variables first */
    says("y ~ a:a", "1 a");
    says("y ~ a*b:c", "1 a b:c a:b:c"); /* : binds more closely than * */
}

static void minus_takes_terms_away(void **state) {
    (void)state;
    says("y ~ a*b - a:b", "1 a b");
    says("y ~ a*b*c - a:b:c", "1 a b c a:b a:c b:c");
    says("y ~ a + b - (a + b)", "1");
    says("y ~ a - c", "1 a");
}

static void functions_are_variables_as_r_writes_them(void **state) {
    (void)state;
    says("y ~ I(x^2)", "1 I(x^2)");
    says("y ~ I( x*2+1 )", "1 I(x * 2 + 1)");
    says("y ~ I(-x/10)", "1 I(-x/10)");
    says("y ~ I((a+b)/2)", "1 I((a + b)/2)");
    says("y ~ log( x )", "1 log(x)");
    says("y ~ poly(x,2)", "1 poly(x, 2)");
    says("y ~ factor(g)*x", "1 factor(g) x factor(g):x");
    says("y ~ log(x) + log( x )", "1 log(x)");
    says("y ~ x + offset(log(n))", "1 x + 1 offset");
    says("`PHQ-9` ~ `GAD-7: first`", "1 GAD-7: first");
}

static void bars_group(void **state) {
    (void)state;
    says("y ~ x + (1 | g)", "1 x | g: 1");
    says("y ~ x + (x | g)", "1 x | g: 1 x");
    says("y ~ x + (0 + x | g)", "1 x | g: 0 x");
    says("y ~ (1 + t | client) + (1 | practitioner)", "1 | client: 1 t | practitioner: 1");
    says("y ~ (1 + a*b | g)", "1 | g: 1 a b a:b");
    says("y ~ (1 | g:h)", "1 | g:h: 1");
    says("y ~ (1 | factor(g))", "1 | g: 1");
}

static void two_bars_take_terms_apart(void **state) {
    (void)state;
    /* lme4::expandDoubleVerts: (1 + t || g) is (1 | g) + (0 + t | g) */
    says("y ~ (1 + t || g)", "1 | g: 1 | g: 0 t");
    says("y ~ (t || g)", "1 | g: 1 | g: 0 t");
    says("y ~ (0 + a + b || g)", "1 | g: 0 a | g: 0 b");
}

static void a_slash_nests(void **state) {
    (void)state;
    /* lme4::findbars(y ~ (1 | g/h)): (1 | h:g) and (1 | g), the finer one first */
    says("y ~ (1 | g/h)", "1 | g:h: 1 | g: 1");
    says("y ~ (t | a/b/c)", "1 | a:b:c: 1 t | a:b: 1 t | a: 1 t");
    says("y ~ (1 + t || g/h)", "1 | g:h: 1 | g: 1 | g:h: 0 t | g: 0 t");
}

static void the_outcome_is_arithmetic_or_counts(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_formula *f = rp_formula_parse("cbind( yes,n-yes ) ~ 1", arena, &error);
    assert_non_null(f);
    assert_string_equal(f->outcome, "cbind(yes, n - yes)");
    assert_int_equal(f->response->kind, RP_EXPRESSION_COLUMN);
    assert_int_equal(f->failures->kind, RP_EXPRESSION_SUBTRACT);
    f = rp_formula_parse("incidence/size ~ 1", arena, &error);
    assert_non_null(f);
    assert_int_equal(f->response->kind, RP_EXPRESSION_DIVIDE);
    f = rp_formula_parse("I(log(y)) ~ 1", arena, &error);
    assert_int_equal(f->response->kind, RP_EXPRESSION_LOG);
    rp_arena_free(arena);
}

static double value(const rp_expression *e) {
    double l = e->left ? value(e->left) : 0, r = e->right ? value(e->right) : 0;
    switch (e->kind) {
    case RP_EXPRESSION_MINUS:
        return -l;
    case RP_EXPRESSION_ADD:
        return l + r;
    case RP_EXPRESSION_SUBTRACT:
        return l - r;
    case RP_EXPRESSION_MULTIPLY:
        return l * r;
    case RP_EXPRESSION_DIVIDE:
        return l / r;
    case RP_EXPRESSION_POWER: {
        double x = 1;
        for (int i = 0; i < (int)r; i++)
            x *= l;
        return x;
    }
    default:
        return e->number;
    }
}

static void arithmetic_has_rs_precedence(void **state) {
    (void)state;
    static const struct {
        const char *formula;
        double is;
    } cases[] = {{"1 + 2 * 3 ~ 1", 7}, {"8 - 3 - 2 ~ 1", 3},   {"8 / 4 / 2 ~ 1", 1}, {"-2^2 ~ 1", -4},
                 {"2^3^2 ~ 1", 512},   {"(1 + 2) * 3 ~ 1", 9}, {"2 * -3 ~ 1", -6},   {"1.5e1 + .5 ~ 1", 15.5}};
    rp_arena *arena = rp_arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_error error = {0};
        rp_formula *f = rp_formula_parse(cases[i].formula, arena, &error);
        assert_non_null(f);
        if (value(f->response) != cases[i].is)
            fail_msg("%s is %g", cases[i].formula, value(f->response));
    }
    rp_arena_free(arena);
}

static void faults_are_seen_where_they_are(void **state) {
    (void)state;
    refuses("", 1, "ends where the outcome was expected");
    refuses("~ x", 1, "the outcome was expected");
    refuses("y", 2, "ends where a ~ was expected");
    refuses("y ~", 4, "ends where a term was expected");
    refuses("y ~ a + + (1 | g)", 9, "a term was expected");
    refuses("y ~ a b", 7, "a + or the end was expected");
    refuses("y ~ (1 | g", 11, "ends where a closing bracket");
    refuses("y ~ 1 | g", 7, "stands in brackets");
    refuses("y ~ (1 | )", 10, "a column that groups");
    refuses("y ~ (1 | log(g))", 10, "grouped by columns");
    refuses("y ~ a:(1 | g)", 10, "a term of its own");
    refuses("y ~ (1 | g):a", 12, "a + or the end was expected");
    refuses("y ~ ((1 | g))", 9, "a term of its own");
    refuses("y ~ x - (1 | g)", 12, "a term of its own");
    refuses("y ~ (0 | g)", 5, "Nothing varies");
    refuses("y ~ (1 | g/g)", 12, "groups the rows already");
    refuses("y ~ x^2", 6, "no meaning here");
    refuses("y ~ a/b", 6, "no meaning here");
    refuses("y ~ 2", 5, "other numbers");
    refuses("y ~ 2*x", 5, "other numbers");
    refuses("y ~ 1:a", 6, "cannot be part of an interaction");
    refuses("y ~ scale(x)", 5, "no function scale");
    refuses("y ~ facto(x)", 5, "no function facto");
    refuses("y ~ cbind(a, b)", 5, "left of the ~");
    refuses("y ~ poly(x)", 11, "a comma and the degree");
    refuses("y ~ poly(x, 0)", 13, "a degree");
    refuses("y ~ poly(x, degree = 2)", 13, "without its name");
    refuses("y ~ I(x", 8, "ends where a closing bracket");
    refuses("y ~ I(sin(x))", 7, "no function sin");
    refuses("y ~ a*offset(x)", 7, "a term of its own");
    refuses("y ~ offset(x):a", 14, "a + or the end was expected");
    refuses("y ~ .", 5, "all columns");
    refuses("y ~ a & b", 7, "no meaning in a formula");
    refuses("y ~ `a", 5, "has no end");
    refuses("y ~ ``", 5, "without letters");
    refuses("y ~ 1.2.3", 5, "not a number");
    refuses("log y ~ x", 5, "a ~ was expected");
}

static void a_caret_stands_under_the_fault(void **state) {
    (void)state;
    rp_buf out = {0};
    rp_error error = {0};
    rp_formula_fail(&error, RP_E_SYNTAX, 4, "here");
    rp_formula_caret("y ~ ?", &error, &out);
    assert_string_equal(out.at, "  y ~ ?\n      ^\n");
    rp_buf_free(&out);
    /* é and ü are two bytes and one character each */
    rp_formula_fail(&error, RP_E_SYNTAX, 7, "here");
    rp_formula_caret("\xc3\xa9\xc3\xbc ~ ?\n+ x", &error, &out);
    assert_string_equal(out.at, "  \xc3\xa9\xc3\xbc ~ ? + x\n       ^\n");
    rp_buf_free(&out);
    rp_fail(&error, RP_E_FILE, "no fault of a formula");
    rp_formula_caret("y ~ x", &error, &out);
    assert_int_equal(out.n, 0);
    rp_buf_free(&out);
}

static void a_long_formula_is_shown_around_the_fault(void **state) {
    (void)state;
    rp_buf formula = {0};
    rp_buf_put(&formula, "y ~ 1");
    while (formula.n < 900)
        rp_buf_put(&formula, " + abcdefgh");
    char *text = formula.at;
    rp_error error = {0};
    size_t at = strlen(text) / 2;
    text[at] = '?';
    rp_formula_fail(&error, RP_E_SYNTAX, at, "here");
    rp_buf out = {0};
    rp_formula_caret(text, &error, &out);
    const char *second = strchr(out.at, '\n') + 1, *mark = strchr(out.at, '?'), *caret = strchr(second, '^');
    assert_true(second - out.at <= 81);
    assert_int_equal(mark - out.at, caret - second);
    assert_true(strncmp(out.at, "  ...", 5) == 0 && strstr(out.at, "...\n"));
    rp_buf_free(&out);
    rp_buf_free(&formula);
}

static void what_is_too_much_is_refused(void **state) {
    (void)state;
    rp_buf deep = {0};
    rp_buf_put(&deep, "y ~ ");
    for (int i = 0; i < 1000; i++)
        rp_buf_put(&deep, "(");
    refuses(deep.at, 5 + RP_FORMULA_LIMIT_DEPTH, "Brackets lie in more than");
    rp_buf_free(&deep);
    rp_buf_put(&deep, "y ~ I(");
    for (int i = 0; i < 1000; i++)
        rp_buf_put(&deep, "-");
    refuses(deep.at, 6 + RP_FORMULA_LIMIT_DEPTH, "Brackets lie in more than");
    rp_buf_free(&deep);
    rp_buf many = {0};
    rp_buf_put(&many, "y ~ 1");
    for (int i = 0; i < 61; i++)
        rp_buf_printf(&many, " + x%02d", i);
    refuses(many.at, 6 + 60 * 6 + 3, "more than 60 variables");
    rp_buf_free(&many);
    rp_buf_put(&many, "y ~ 1");
    for (int i = 0; i < 10; i++)
        rp_buf_printf(&many, "%s x%02d", i ? " *" : " +", i);
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    assert_null(rp_formula_parse(many.at, arena, &error));
    assert_non_null(strstr(error.message, "more than 256 terms"));
    rp_buf_free(&many);
    char *longest = rp_arena_take(arena, RP_FORMULA_LIMIT_BYTES + 2, 1);
    memset(longest, 'y', RP_FORMULA_LIMIT_BYTES + 1);
    assert_null(rp_formula_parse(longest, arena, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
    assert_null(rp_formula_parse("y ~ \xff", arena, &error));
    assert_int_equal(error.code, RP_E_ENCODING);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plus_adds_and_an_intercept_is_there_unless_taken_out),
        cmocka_unit_test(colons_and_stars_make_interactions),
        cmocka_unit_test(minus_takes_terms_away),
        cmocka_unit_test(functions_are_variables_as_r_writes_them),
        cmocka_unit_test(bars_group),
        cmocka_unit_test(two_bars_take_terms_apart),
        cmocka_unit_test(a_slash_nests),
        cmocka_unit_test(the_outcome_is_arithmetic_or_counts),
        cmocka_unit_test(arithmetic_has_rs_precedence),
        cmocka_unit_test(faults_are_seen_where_they_are),
        cmocka_unit_test(a_caret_stands_under_the_fault),
        cmocka_unit_test(a_long_formula_is_shown_around_the_fault),
        cmocka_unit_test(what_is_too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
