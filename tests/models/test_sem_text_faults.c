/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults in the text of a structural equation model: each is seen in its place, in words, with what to do. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "models/sem_text_case.h"

/* The fault is seen there, in these words, and something is said of what to do. */
static void refuses(const char *text, int64_t line, int64_t column, const char *words) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    assert_null(specify(text, 2, &(rp_sem_rules){0}, arena, &error));
    if (!strstr(error.message, words) || error.line != line || error.column != column || !error.remedy[0])
        fail_msg("%s: '%s' at %lld:%lld, '%s'", text, error.message, (long long)error.line, (long long)error.column,
                 error.remedy);
    assert_string_equal(error.file, RP_SEM_TEXT_FILE);
    rp_arena_free(arena);
}

static void faults_have_their_place(void **state) {
    (void)state;
    refuses("", 1, 1, "The statement ends where a model was expected.");
    refuses("# nothing\n", 1, 1, "where a model was expected");
    refuses("f =~ x1\nx1 x2", 2, 1, "This statement has no operator.");
    refuses("f =~ x1 +\n", 1, 10, "The statement ends where a variable was expected.");
    refuses("f =~ x1 x2", 1, 9, "Here a plus or the end of the statement was expected.");
    refuses("f =~ x1\n  f ~ $y", 2, 7, "This sign has no meaning");
    refuses("f =~ `x1", 1, 6, "has no end");
    refuses("f =~ 0.5.5*x1", 1, 6, "This is not a number.");
    refuses("f =~ start(a)*x1", 1, 12, "A start is a number.");
    refuses("f =~ equal(a)*x1", 1, 6, "There is no such modifier.");
    refuses("f =~ c(1, a)*x1", 1, 11, "mixes labels with numbers");
    refuses("f =~ c(1, 2*x1", 1, 12, "Here a comma or a closing bracket was expected.");
    refuses("f =~ 1*2*x1", 1, 8, "This was given already.");
    refuses("f =~ x1 + x2\nf =~ x1", 2, 6, "This stands in the model already.");
    refuses("a ~~ b\nb ~~ a", 2, 6, "This stands in the model already.");
    refuses("f =~ f", 1, 6, "no arrow to itself");
    refuses("f =~ x1 + c(1, 2, 3)*x2", 1, 11, "Here are 3 values, but there are 2 groups.");
    refuses("f =~ start(1)*x1 + x2", 1, 6, "This parameter is fixed and has no start.");
    refuses("f =~ k*x1 + x2 +\n 2*k*x2x", 2, 6, "This is fixed at 2, but is to equal what is fixed at 1.");
    refuses("y < x", 1, 3, "This sign has no meaning");
    refuses("y =~ x : z", 1, 8, "This sign has no meaning");
    refuses("f =~ 1", 1, 6, "Here a variable was expected.");
    refuses("~ x", 1, 1, "Here a variable was expected.");
    refuses("y + ~ x", 1, 5, "Here a variable was expected.");
    /* equations */
    refuses("y ~ a*x\nb == 2*a", 2, 1, "There is no parameter labelled b.");
    refuses("y ~ a*x\ni := 2*j; j := a", 2, 8, "There is no parameter labelled j.");
    refuses("y ~ a*x + b*z\n a*b == 1", 2, 3, "A constraint is linear in its labels, but this is not.");
    refuses("y ~ a*x + b*z\n p := a*b; p == 1", 2, 12, "A constraint is linear in its labels, but this is not.");
    refuses("y ~ a*x\n 1 == 2", 2, 2, "holds no free parameter");
    refuses("y ~ a*x\n a == 1/0", 2, 2, "holds no free parameter, or no number");
    refuses("y ~ a*x\n a := 2", 2, 2, "A parameter has the label a already.");
    refuses("y ~ a*x\n i := a; i := 2", 2, 10, "i is defined already.");
    refuses("y ~ a*x\n i := (a + 1", 2, 13, "The statement ends where a closing bracket was expected.");
    refuses("y ~ a*x\n i := sin(a)", 2, 7, "There is no such function.");
    refuses("y ~ a*x\n i := a +", 2, 10, "The statement ends where a label or a number was expected.");
    refuses("y ~ a*x\n 2*i := a", 2, 2, "Here a name was expected.");
    refuses("y ~ a*x\n a == 1 == 2", 2, 9, "Here a sign or the end of the statement was expected.");
}

/* Text of any size and depth is refused, and no memory is run over. */
static void much_is_refused(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    enum { N = 300000 };
    char *text = rp_arena_take(arena, N + 1, 1);
    rp_error error = {0};
    assert_non_null(text);
    memset(text, 'x', N);
    assert_null(rp_sem_parse(text, arena, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
    text[256] = '\0';
    assert_null(rp_sem_parse(text, arena, &error));
    assert_non_null(strstr(error.message, "This name is longer than 255 bytes."));
    static const char signs[] = "(-^";
    for (size_t k = 0; k < 3; k++) {
        memset(text, signs[k], 2000);
        memcpy(text, "i:=2", 4);
        text[4] = k == 2 ? '^' : '*';
        for (size_t i = 5; k == 2 && i < 2000; i++)
            text[i] = i % 2 ? '2' : '^';
        text[2000] = '\0';
        assert_null(rp_sem_parse(text, arena, &error));
        assert_int_equal(error.code, RP_E_LIMIT);
    }
    rp_buf terms = {0};
    rp_buf_put(&terms, "f =~ x");
    for (int i = 0; i < 9000; i++)
        rp_buf_printf(&terms, "+x%d", i);
    assert_null(rp_sem_parse(terms.at, arena, &error));
    assert_string_equal(error.message, "The model has too many terms.");
    rp_buf_free(&terms);
    rp_buf_put(&terms, "y ~ x"); /* 2000 outcomes make two million covariances */
    for (int i = 0; i < 2000; i++)
        rp_buf_printf(&terms, "; y%d ~ x", i);
    assert_null(specify(terms.at, 1, &(rp_sem_rules){0}, arena, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
    rp_buf_free(&terms);
    rp_arena_free(arena);
}

static const char everything[] = "f =~ c(1, NA)*c(u, v)*x1 + start(2)*x2 + k*`x 3`; y ~ a*f + z + 1\n"
                                 "y ~~ 0.5*x1 # comment\n a + 2*k == 1; i := exp(a)/(k^2 - 1)\n";

/* Whatever is cut off or changed, the text is read or refused with a place in it. */
static void broken_text_has_its_place(void **state) {
    (void)state;
    static const char put[] = "~=:*+(),;\n`x1 \x80";
    for (size_t i = 0; i < sizeof everything; i++)
        for (size_t k = 0; k < sizeof put; k++) {
            rp_arena *arena = rp_arena_new(0);
            rp_error error = {0};
            char text[sizeof everything];
            memcpy(text, everything, sizeof everything);
            text[i] = i + 1 < sizeof everything ? put[k] : '\0';
            rp_sem_spec *spec = specify(text, 2, &(rp_sem_rules){0}, arena, &error);
            assert_true(spec || (error.line >= 1 && error.line <= 9 && error.column >= 1 && error.remedy[0]));
            rp_arena_free(arena);
        }
}

/* No memory is an error and no more, wherever it ends. */
static void memory_may_end_anywhere(void **state) {
    (void)state;
    bool done = false;
    for (long n = 1; !done && n < 2000; n++) {
        rp_arena *arena = rp_arena_new(0);
        rp_error error = {0};
        rp_memory_fail_after(n);
        done = arena && specify(everything, 2, &(rp_sem_rules){0}, arena, &error);
        rp_memory_fail_after(0);
        assert_true(done || error.code == RP_E_MEMORY);
        rp_arena_free(arena);
    }
    assert_true(done);
}

/* ---- of two levels */

static void refuses_level(const char *text, bool levels, int64_t line, int64_t column, const char *words) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    assert_null(on_levels(text, levels, &(rp_sem_rules){0}, arena, &error));
    if (!strstr(error.message, words) || error.line != line || error.column != column || !error.remedy[0])
        fail_msg("%s: '%s' at %lld:%lld, '%s'", text, error.message, (long long)error.line, (long long)error.column,
                 error.remedy);
    rp_arena_free(arena);
}

static void faults_of_levels(void **state) {
    (void)state;
    refuses_level("level: 3\nx ~~ x", true, 1, 8, "Here 1, within, 2 or between was expected.");
    refuses_level("level:\n", true, 1, 7, "The statement ends where 1, within, 2 or between was expected.");
    refuses_level("level: 1 x ~~ x", true, 1, 10, "Here the end of the heading was expected.");
    refuses_level("x ~~ x\nlevel: 1\nx ~~ x", true, 2, 1, "What stands above this heading is of no level.");
    refuses_level("level: 1\nx ~~ x\nlevel: within", true, 3, 1, "This level was begun already.");
    refuses_level("level: 1\nx ~~ x\nlevel: 2\nx ~~ x\nlevel: 1", true, 5, 1, "This level was begun already.");
    refuses_level("level: 1\nx ~~ x", true, 1, 1, "The model says nothing of the level between clusters.");
    refuses_level("level: 1\nx ~~ x\n level: 2", true, 3, 2, "The model says nothing of the level between clusters.");
    refuses_level("level: 2\nx ~~ x", true, 1, 1, "The model says nothing of the level within clusters.");
    refuses_level("level: 1\nx ~~ y\nlevel: 2\nx ~~ x", true, 2, 6, "y stands on one level alone.");
    refuses_level("level: 1\nf =~ x\nlevel: 2\nx ~ f", true, 4, 5, "f is measured on the other level alone.");
    refuses_level("level: 1\nx ~ 1\nlevel: 2\nx ~~ x", true, 2, 5, "Within clusters there are no intercepts.");
    refuses_level("level: 1\nx ~~ x\nlevel: 2\nx ~~ c(1, 2)*x", true, 4, 6, "Here are 2 values for one level.");
    refuses_level("level: 1\nx ~~ x\nlevel: 2\nx ~~ x + x", true, 4, 10, "This stands in the model already.");
    refuses_level("\nlevel: 1\nx ~~ x\nlevel: 2\nx ~~ x", false, 2, 1, "but the rows have no clusters.");
    refuses_level("x ~~ x", true, 1, 1, "The rows are in clusters, but this model has no levels.");
    refuses_level("y ~ level:x", false, 1, 10, "Here a plus or the end of the statement was expected.");
    refuses_level("a level: 1", true, 1, 8, "Here an operator was expected.");
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    assert_null(
        on_levels("level: 1\nx ~~ x\nlevel: 2\nx ~~ x", true, &(rp_sem_rules){.equal_loadings = true}, arena, &error));
    assert_string_equal(error.message, "Rules make parameters equal over groups, not over levels.");
    rp_arena_free(arena);
}

static void names_must_be_in_the_data(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_sem_text *text = rp_sem_parse("f =~ score_1 + score_2\n  + scoer_3", arena, &error);
    assert_non_null(text);
    static const char *const observed[] = {"score_1", "score_2", "score_3", "f"};
    rp_sem_layout layout = {.observed = observed, .n_observed = 2, .n_groups = 1};
    assert_null(rp_sem_specify(text, &layout, &(rp_sem_rules){0}, arena, &error));
    assert_int_equal(error.code, RP_E_UNKNOWN);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 5);
    assert_string_equal(error.message, "There is no variable scoer_3 in the data.");
    layout.n_observed = 3;
    assert_null(rp_sem_specify(text, &layout, &(rp_sem_rules){0}, arena, &error));
    assert_string_equal(error.message, "The model says nothing of the variable score_3.");
    layout.n_observed = 4;
    text = rp_sem_parse("f =~ score_1 + score_2 + score_3", arena, &error);
    assert_null(rp_sem_specify(text, &layout, &(rp_sem_rules){0}, arena, &error));
    assert_int_equal(error.column, 1);
    assert_non_null(strstr(error.message, "nothing latent can be called so"));
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_have_their_place),   cmocka_unit_test(much_is_refused),
        cmocka_unit_test(broken_text_has_its_place), cmocka_unit_test(memory_may_end_anywhere),
        cmocka_unit_test(faults_of_levels),          cmocka_unit_test(names_must_be_in_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
