/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs: the columns and values of R's model.matrix, R 4.2.2:
 *   d <- na.omit(read.csv(text = DATA, stringsAsFactors = TRUE)); model.matrix(FORMULA, d)
 * and what groups the rows. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "rapport/table.h"

#define DATA "y,x,f,g,k\n1,1,b,u,10\n2,2,a,v,2\n3.5,4,c,u,10\n4,3,b,v,3\n5,5,a,u,2\nNA,6,c,v,3\n7,7,c,v,3\n"

typedef struct fixture {
    rp_arena *arena;
    rp_design *design;
    rp_design_rows rows; /* of the first block */
    rp_design_options options;
    rp_error error;
} fixture;

static bool make(fixture *f, const char *formula_text, const char *data) {
    f->arena = rp_arena_new(0);
    f->error = (rp_error){0};
    size_t n = 0;
    const rp_columns_source source = {.path = "d.csv", .bytes = rp_text_of(data), .threads = 1, .quiet = true};
    rp_formula *formula = rp_formula_parse(formula_text, f->arena, &f->error);
    rp_column_wish *wishes = formula ? rp_design_wishes(formula, &f->options, f->arena, &n, &f->error) : NULL;
    rp_columns *columns = wishes ? rp_columns_read(&source, wishes, n, f->arena, &f->error) : NULL;
    f->design = columns ? rp_design_new(formula, columns, &f->options, f->arena, &f->error) : NULL;
    return f->design && rp_design_block(f->design, 0, f->arena, &f->rows, &f->error);
}

static void fixed_columns(const char *formula, const char *expected) {
    fixture f = {0};
    rp_buf out = {0};
    if (!make(&f, formula, DATA))
        fail_msg("%s: %s", formula, f.error.message);
    for (size_t i = 0; i < f.design->n_fixed; i++)
        rp_buf_printf(&out, "%s%s", i ? " | " : "", f.design->column_names[f.design->fixed[i]]);
    if (strcmp(out.at, expected) != 0)
        fail_msg("%s: %s, not %s", formula, out.at, expected);
    rp_buf_free(&out);
    rp_arena_free(f.arena);
}

/* colnames(model.matrix(...)) */
static void factors_are_coded_as_r_codes_them(void **state) {
    (void)state;
    fixed_columns("y ~ x*f", "(Intercept) | x | fb | fc | x:fb | x:fc");
    fixed_columns("y ~ 0 + f", "fa | fb | fc");
    fixed_columns("y ~ 0 + f + g", "fa | fb | fc | gv");
    fixed_columns("y ~ f:g", "(Intercept) | fa:gu | fb:gu | fc:gu | fa:gv | fb:gv | fc:gv");
    fixed_columns("y ~ x:f", "(Intercept) | x:fa | x:fb | x:fc");
    fixed_columns("y ~ x + x:f", "(Intercept) | x | x:fb | x:fc");
    fixed_columns("y ~ 0 + x + f:x", "x | x:fa | x:fb | x:fc");
    fixed_columns("y ~ f*g - f", "(Intercept) | gv | fb:gu | fc:gu | fb:gv | fc:gv");
    fixed_columns("y ~ g + f:g", "(Intercept) | gv | gu:fb | gv:fb | gu:fc | gv:fc");
    fixed_columns("y ~ 0 + x:f + g", "gu | gv | x:fa | x:fb | x:fc");
    fixed_columns("y ~ f:g:x", "(Intercept) | fa:gu:x | fb:gu:x | fc:gu:x | fa:gv:x | fb:gv:x | fc:gv:x");
    fixed_columns("y ~ f*x*g - 1", "fa | fb | fc | x | gv | fb:x | fc:x | fb:gv | fc:gv | x:gv | fb:x:gv | fc:x:gv");
    fixed_columns("y ~ f + I(x^2) + log(x)", "(Intercept) | fb | fc | I(x^2) | log(x)");
    fixed_columns("y ~ poly(x, 2)", "(Intercept) | poly(x, 2)1 | poly(x, 2)2");
    /* here R has the order of the numbers, and ours is that of the bytes: 10, 2, 3 */
    fixed_columns("y ~ factor(k)", "(Intercept) | factor(k)2 | factor(k)3");
}

static double cell(const fixture *f, size_t row, const char *column) {
    for (size_t c = 0; c < f->design->n_columns; c++)
        if (strcmp(f->design->column_names[c], column) == 0)
            return f->rows.columns[c] ? f->rows.columns[c][row] : 1;
    fail_msg("no column %s", column);
    return NAN;
}

/* Row 6 of the data lacks y, so that rows are 1, 2, 3, 4, 5, 7 of the data. */
static void values_are_those_of_the_rows(void **state) {
    (void)state;
    fixture f = {0};
    assert_true(make(&f, "y ~ x*f + I(x^2/2 - 1) + log(x) + offset(2*x) + (x | g)", DATA));
    assert_int_equal(f.design->rows, 6);
    assert_int_equal(f.design->left_out, 1);
    static const double x[] = {1, 2, 4, 3, 5, 7}, y[] = {1, 2, 3.5, 4, 5, 7};
    static const char text[] = "bacbac";
    for (size_t i = 0; i < 6; i++) {
        assert_true(cell(&f, i, "(Intercept)") == 1);
        assert_true(cell(&f, i, "x") == x[i]);
        assert_true(cell(&f, i, "fb") == (text[i] == 'b') && cell(&f, i, "fc") == (text[i] == 'c'));
        assert_true(cell(&f, i, "x:fc") == (text[i] == 'c') * x[i]);
        assert_true(cell(&f, i, "I(x^2/2 - 1)") == x[i] * x[i] / 2 - 1);
        assert_true(cell(&f, i, "log(x)") == log(x[i]));
        assert_true(f.rows.offset[i] == 2 * x[i] && f.rows.response[i] == y[i]);
    }
    assert_int_equal(rp_design_row(f.design, 0, 4), 5);
    assert_int_equal(rp_design_row(f.design, 0, 5), 7);
    assert_true(f.rows.lowest[1] == 1 && f.rows.highest[1] == 7);
    rp_arena_free(f.arena);
}

/* options(digits = 16); poly(na.omit(d)$x, 3) */
static void polynomials_are_orthogonal(void **state) {
    (void)state;
    static const double expected[3][6] = {{-0.55205244747388338, -0.34503277967117707, 0.06900655593423535,
                                           -0.13801311186847087, 0.27602622373694158, 0.69006555934235414},
                                          {5.455447255899810e-01, 4.626907698631294e-17, -4.364357804719848e-01,
                                           -3.273268353539884e-01, -3.273268353539884e-01, 5.455447255899809e-01},
                                          {-0.41962716370814113, 0.46625240412015656, -0.09325048082403124,
                                           0.41962716370814140, -0.60612812535620419, 0.23312620206007839}};
    static const char *const names[] = {"poly(x, 3)1", "poly(x, 3)2", "poly(x, 3)3"};
    fixture f = {0};
    assert_true(make(&f, "y ~ poly(x, 3)", DATA));
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 6; i++)
            if (fabs(cell(&f, i, names[k]) - expected[k][i]) > 2e-15) /* two roundings more than R's QR */
                fail_msg("%s, row %zu: %.17g", names[k], i, cell(&f, i, names[k]));
    rp_arena_free(f.arena);
}

static void references_go_to_the_front(void **state) {
    (void)state;
    fixture f = {.options = {.references = (const char *const[]){"f=c"}, .n_references = 1}};
    assert_true(make(&f, "y ~ f", DATA));
    assert_string_equal(f.design->column_names[1], "fa"); /* relevel(f, "c") */
    assert_string_equal(f.design->column_names[2], "fb");
    assert_string_equal(f.design->coded[0].reference, "c");
    rp_arena_free(f.arena);
    f.options.references = (const char *const[]){"f=d"};
    assert_false(make(&f, "y ~ f", DATA));
    assert_non_null(strstr(f.error.message, "has 'd'"));
    rp_arena_free(f.arena);
    f.options.references = (const char *const[]){"x=1"};
    assert_false(make(&f, "y ~ x + f", DATA));
    assert_non_null(strstr(f.error.message, "no such factor"));
    rp_arena_free(f.arena);
}

/* A level that is only in rows that are left out is none. */
static void levels_are_those_of_the_rows_that_are_used(void **state) {
    (void)state;
    fixture f = {0};
    assert_true(make(&f, "y ~ g + (1 | f)", "y,f,g\n1,p,b\nNA,z,a\n2,q,c\n3,p,c\n"));
    assert_int_equal(f.design->n_fixed, 2);
    assert_string_equal(f.design->column_names[f.design->fixed[1]], "gc");
    assert_int_equal(f.design->levels[0], 2);
    assert_int_equal(f.rows.groups[0][0], 0);
    assert_int_equal(f.rows.groups[0][1], 1);
    assert_int_equal(f.rows.groups[0][2], 0);
    rp_arena_free(f.arena);
}

static void groups_nest_and_the_finest_is_first(void **state) {
    (void)state;
    fixture f = {0};
    assert_true(make(&f, "y ~ 1 + (1 | site) + (x || site/client)",
                     "y,x,site,client\n1,1,n,1\n2,2,n,2\n3,1,s,1\n4,2,s,1\n5,5,n,1\n6,7,s,3\n"));
    assert_int_equal(f.design->n_factors, 2);
    assert_string_equal(f.design->factor_names[0], "site:client");
    assert_int_equal(f.design->levels[0], 4); /* n1 n2 s1 s3 */
    assert_int_equal(f.design->levels[1], 2);
    static const uint32_t fine[] = {0, 1, 2, 2, 0, 3}, coarse[] = {0, 0, 1, 1, 0, 1};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(f.rows.groups[0][i], fine[i]);
        assert_int_equal(f.rows.groups[1][i], coarse[i]);
    }
    assert_int_equal(f.design->n_terms, 5);
    assert_int_equal(f.design->terms[1].factor, 0);
    assert_int_equal(f.design->terms[2].factor, 1);
    assert_string_equal(f.design->column_names[f.design->terms[1].columns[0]], "x");
    rp_arena_free(f.arena);
}

static void a_text_can_be_the_outcome(void **state) {
    (void)state;
    fixture f = {.options = {.success = "c"}};
    assert_true(make(&f, "f ~ 1", DATA));
    assert_int_equal(f.design->rows, 7); /* y is not used */
    assert_int_equal(f.design->successes, 3);
    assert_true(f.rows.response[2] == 1 && f.rows.response[3] == 0);
    rp_arena_free(f.arena);
    f.options.success = "q";
    assert_false(make(&f, "f ~ 1", DATA));
    assert_non_null(strstr(f.error.message, "holds 'q'"));
    rp_arena_free(f.arena);
    f.options.success = "1"; /* of numbers too */
    assert_true(make(&f, "x ~ 1", DATA));
    assert_int_equal(f.design->successes, 1);
    rp_arena_free(f.arena);
}

static void refused(const char *formula, const char *data, const char *words) {
    fixture f = {0};
    assert_false(make(&f, formula, data));
    if (!strstr(f.error.message, words) || !f.error.remedy[0])
        fail_msg("%s: '%s' '%s'", formula, f.error.message, f.error.remedy);
    rp_arena_free(f.arena);
}

static void what_cannot_be_told_is_named(void **state) {
    (void)state;
    refused("y ~ x", "y,x\n", "have no rows");
    refused("y ~ x", "y,x\n1,\n2,NA\n", "'x' has no value in any row");
    refused("y ~ x", "y,x\n,1\n2,NA\n", "No row has a value in each column");
    refused("y ~ f", "y,f\n1,a\n2,a\nNA,b\n", "'f' has the same value, 'a'");
    refused("y ~ x + (1 | f)", "y,x,f\n1,1,a\n2,2,a\nNA,1,b\n", "only one group of f");
    refused("y ~ log(x)", "y,x\n1,1\n,0\n2,0\n", "no number in row 3");
    refused("y ~ poly(x, 2)", "y,x\n1,1\n2,2\n4,2\n", "only 2 different values");
    refused("y ~ f + x", "y,x\n1,1\n", "no column 'f'");
    refused("7 ~ 1", "y,x\n1,1\n", "names no column");
    rp_buf many = {0};
    rp_buf_put(&many, "y,g\n");
    for (int i = 0; i < 501; i++)
        rp_buf_printf(&many, "%d,a%d\n", i, i);
    refused("y ~ g", many.at, "501 different texts");
    rp_buf_free(&many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_are_coded_as_r_codes_them),
        cmocka_unit_test(values_are_those_of_the_rows),
        cmocka_unit_test(polynomials_are_orthogonal),
        cmocka_unit_test(references_go_to_the_front),
        cmocka_unit_test(levels_are_those_of_the_rows_that_are_used),
        cmocka_unit_test(groups_nest_and_the_finest_is_first),
        cmocka_unit_test(a_text_can_be_the_outcome),
        cmocka_unit_test(what_cannot_be_told_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
