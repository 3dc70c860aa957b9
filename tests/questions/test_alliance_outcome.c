/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance-outcome` and the growth in `outcome` on IMPLEMENT, against lmerTest 3.1-3 (R 4.2.2, tight tolerances:
 * xtol_abs = ftol_abs = 1e-10, calc.derivs = FALSE). In R, d is the data, with
 *   pm  the person's mean of wai9 over all sessions, w = wai9 - pm, nx  the bai of the next occasion,
 *   pa  the wai9 of the occasion before, sm, sw  the same of bai, thm  the mean of pm over a therapist's patients. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/outcome_helper.h"
#include "support/shared.h"

static run ask(const char *question) {
    static const char *questions[1];
    questions[0] = question;
    rp_evaluation_options o = run_options(shared_path("data/implement_wai_bai.csv"), "examples/implement/map.json");
    o.questions = questions;
    o.n_questions = 1;
    return evaluate(&o);
}

/* Estimate within 1e-4 of its standard error, and limits by the standard error (1e-5 of it) and t of these degrees of
 * freedom. */
static void is(const run *r, const char *id, double estimate, double se, double df, int64_t people) {
    const rp_statement *s = statement(r, id, NULL, NULL);
    close_to(s->estimate, estimate, 1e-4 * se);
    double half = rp_t_quantile(0.975, df) * se;
    close_to(s->upper - s->lower, 2 * half, 2e-4 * half);
    if (people > 0)
        assert_int_equal(s->numerator.n, people);
}

static void within_and_between(void **state) {
    (void)state;
    run r = ask("alliance-outcome");
    /* lmer(nx ~ w + pm + bai + occasion + (1|id), d): 563 rows of 57 people */
    is(&r, "alliance_outcome.within", 0.376861785, 0.833934816, 476.6091644, 57);
    is(&r, "alliance_outcome.between", -0.137482567, 1.084190812, 30.6690532, 57);
    /* lmer(nx ~ w + pm + bai + (1|id), d) */
    is(&r, "alliance_outcome.within.no_trend", -1.18464030, 0.796812763, 474.365668, 57);
    is(&r, "alliance_outcome.between.no_trend", -0.58808423, 0.801817619, 20.506228, 57);
    /* lmer(a ~ sw + sm + pa + occasion + (1|id), d): 507 rows of 54 people */
    is(&r, "alliance_outcome.reverse.within", -0.00233351748, 0.00225585592, 440.2287913, 54);
    is(&r, "alliance_outcome.reverse.between", 0.00380105338, 0.00738369496, 36.7718422, 54);
    run_end(&r);
}

/* Fits on the boundary: lme4's own standard errors of these are told, their degrees of freedom are not compared. */
static void three_levels_and_early(void **state) {
    (void)state;
    run r = ask("alliance-outcome");
    /* lmer(nx ~ w + c + bai + occasion + thm + (1|id) + (1|therapist), d), c = pm - thm; therapist variance 0 */
    close_to(statement(&r, "alliance_outcome.split.within", NULL, NULL)->estimate, 0.362742011, 1e-4 * 0.833431938);
    close_to(statement(&r, "alliance_outcome.split.clients", NULL, NULL)->estimate, 0.234360963, 1e-4 * 1.222200361);
    close_to(statement(&r, "alliance_outcome.split.practitioners", NULL, NULL)->estimate, -1.654830184,
             1e-4 * 2.504434075);
    /* lmer(y ~ a + first + s + (1|therapist), r): of 44 people the first of occasions 2 to 5 with wai9 and bai, the
     * first bai before it and the last after it; therapist variance 0 */
    const rp_statement *early = statement(&r, "alliance_outcome.early", NULL, NULL);
    close_to(early->estimate, -2.60478388, 1e-4 * 1.91593419);
    assert_int_equal(early->numerator.n, 44);
    /* lmer(nx ~ w + pm + bai + occasion + (1+w|id), d): singular */
    close_to(statement(&r, "alliance_outcome.within.slopes", NULL, NULL)->estimate, 0.3768618, 1e-3 * 0.8339);
    run_end(&r);
}

/* cor.test(a, y) of those 44 people: -.1394999287, interval -.4190264083 to .1641799187 (R 4.2.2; the data's wai9 is
 * rounded to six places). The BAI is worse when higher, so the sign turns. */
static void a_plain_correlation_of_early_alliance(void **state) {
    (void)state;
    run r = ask("alliance-outcome");
    const rp_statement *s = statement(&r, "alliance_outcome.early.correlation", NULL, NULL);
    close_to(s->estimate, 0.1394999287, 1e-6);
    close_to(s->lower, -0.1641799187, 1e-6);
    close_to(s->upper, 0.4190264083, 1e-6);
    assert_int_equal(s->numerator.n, 44);
    assert_int_equal(s->denominator.n, 57);
    assert_string_equal(s->cohort, "referred");
    run_end(&r);
}

static void scales(void **state) {
    (void)state;
    run r = ask("alliance-outcome");
    assert_int_equal(r.answer->n_tables, 2);
    const rp_answer_table *table = r.answer->tables[1];
    /* The same model of the tasks: 618 rows of 57 people */
    size_t row = row_where(table, "scale", "Agreement on tasks", "part", "Within clients");
    close_to(cell(table, row, "estimate")->num, -0.0987137654, 1e-4 * 0.594867351);
    assert_int_equal(cell(table, row, "people")->count.n, 57);
    row = row_where(table, "scale", "Agreement on tasks", "part", "Early alliance and the last score");
    close_to(cell(table, row, "estimate")->num, -2.01238958, 1e-4 * 1.54777937);
    assert_int_equal(cell(table, row, "people")->count.n, 46);
    run_end(&r);
}

/* All but the panel describes, and each says so; no sentence claims an effect. */
static void gives_a_verdict_by_the_panel_alone(void **state) {
    (void)state;
    run r = ask("alliance-outcome");
    assert_true(r.answer->n_statements >= 10);
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const char *text = r.answer->statements[i]->text;
        bool of_panel = strncmp(r.answer->statements[i]->id, "alliance_outcome.panel.", 23) == 0;
        assert_int_equal(strstr(text, "gives no verdict") == NULL, of_panel);
        assert_null(strstr(text, "effect"));
        assert_null(strstr(text, "cause"));
        assert_null(strstr(text, "predict"));
    }
    run_end(&r);
}

static void growth(void **state) {
    (void)state;
    run r = ask("outcome");
    /* lmer(bai ~ occasion + (1+occasion|id) + (1|therapist), d): therapist variance 0, as implement_wai_bai.md has it
     * without therapists */
    const rp_statement *s = statement(&r, "outcome.growth.per_session", "BAI", NULL);
    close_to(s->estimate, -0.784608755, 1e-4 * 0.0883626709);
    assert_int_equal(s->numerator.n, 57);
    const rp_answer_table *table = table_of(&r, "outcome.growth.BAI");
    size_t row = row_where(table, "group", "Everyone", "per", "session");
    close_to(cell(table, row, "sd")->num, 0.554588858, 1e-4); /* the same fit: SD of the slope */
    run_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_and_between),
        cmocka_unit_test(three_levels_and_early),
        cmocka_unit_test(a_plain_correlation_of_early_alliance),
        cmocka_unit_test(scales),
        cmocka_unit_test(gives_a_verdict_by_the_panel_alone),
        cmocka_unit_test(growth),
    };
    return cmocka_run_group_tests_name("questions: alliance-outcome", tests, NULL, NULL);
}
