/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `outcome`: what must hold whatever the data. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/outcome_helper.h"
#include "support/bytes.h"

static rp_evaluation_options beat_the_blues(void) {
    return run_options("examples/beat-the-blues/bdi.csv", "examples/beat-the-blues/map.json");
}

static int64_t number(const run *r, const char *id, const char *arm) {
    return statement(r, id, "BDI-II", arm)->numerator.n;
}

static void classes_part_those_with_both_scores(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run r = evaluate(&o);
    static const char *const versions[] = {"", ".at_horizon"};
    for (size_t v = 0; v < 2; v++) {
        char id[128];
        int64_t sum = 0;
        static const char *const parts[] = {"reliable_improvement", "no_reliable_change", "reliable_deterioration"};
        for (size_t p = 0; p < 3; p++) {
            snprintf(id, sizeof id, "outcome.%s%s.per_measured_twice", parts[p], versions[v]);
            sum += number(&r, id, NULL);
        }
        snprintf(id, sizeof id, "outcome.people%s.measured_twice", versions[v]);
        assert_int_equal(sum, number(&r, id, NULL));
        snprintf(id, sizeof id, "outcome.recovery%s.per_measured_twice", versions[v]);
        assert_int_equal(statement(&r, id, "BDI-II", NULL)->denominator.n, sum);
    }
    run_end(&r);
}

static void known_lies_between_worst_and_best(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run r = evaluate(&o);
    int64_t both = number(&r, "outcome.people.measured_twice", NULL);
    int64_t unknown = 100 - both;
    assert_true(unknown > 0);
    int64_t known = number(&r, "outcome.reliable_improvement.per_referral", NULL);
    assert_int_equal(number(&r, "outcome.reliable_improvement.per_referral.worst", NULL), known);
    assert_int_equal(number(&r, "outcome.reliable_improvement.per_referral.best", NULL), known + unknown);
    /* Of a bad outcome the worst case is the larger one. */
    known = number(&r, "outcome.reliable_deterioration.per_referral", NULL);
    assert_int_equal(number(&r, "outcome.reliable_deterioration.per_referral.best", NULL), known);
    assert_int_equal(number(&r, "outcome.reliable_deterioration.per_referral.worst", NULL), known + unknown);
    run_end(&r);
}

static void arms_add_up_to_everyone(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run r = evaluate(&o);
    size_t n = r.answer->n_statements;
    size_t compared = 0;
    for (size_t i = 0; i < n; i++) {
        const rp_statement *s = r.answer->statements[i];
        if (s->arm != NULL || strstr(s->id, ".per_") == NULL)
            continue;
        int64_t numerators = 0, denominators = 0;
        for (size_t a = 0; a < rp_cohort_arms(r.evaluation.cohort); a++) {
            const rp_statement *arm = statement(&r, s->id, s->measure, rp_cohort_arm(r.evaluation.cohort, a));
            numerators += arm->numerator.n;
            denominators += arm->denominator.n;
        }
        assert_int_equal(numerators, s->numerator.n);
        assert_int_equal(denominators, s->denominator.n);
        compared++;
    }
    assert_true(compared >= 10);
    run_end(&r);
}

static void every_statement_carries_its_denominator(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run r = evaluate(&o);
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const rp_statement *s = r.answer->statements[i];
        if (s->numerator.n < 0 || s->denominator.n < s->numerator.n || s->cohort == NULL || s->method == NULL ||
            s->label == NULL || s->text == NULL || s->unit == NULL)
            fail_msg("statement %s lacks what every statement carries", s->id);
        bool listed = false;
        for (const rp_statement_def *d = rp_questions_find(rp_text_of("outcome"))->statements; d->id != NULL; d++)
            listed = listed || strcmp(d->id, s->id) == 0;
        assert_true(listed);
    }
    for (size_t i = 0; i < r.answer->n_charts; i++)
        assert_non_null(table_of(&r, r.answer->charts[i]->table_id)); /* a table behind every chart */
    run_end(&r);
}

static void a_figure_not_confirmed_is_said_at_its_source_and_at_the_number(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run r = evaluate(&o);
    const rp_answer_table *figures = table_of(&r, "outcome.figures.BDI-II");
    size_t row = row_where(figures, "figure", "Cut-off", "confirmed", "no"); /* the map says so */
    assert_true(cell(figures, row, "value")->num == 14 && strlen(cell(figures, row, "source")->text) > 0);
    assert_false(statement(&r, "outcome.recovery.per_referral", "BDI-II", NULL)->confirmed);
    assert_true(statement(&r, "outcome.change", "BDI-II", NULL)->confirmed); /* rests on no such figure */
    run_end(&r);
}

/* The whole report as JSON. */
static rp_buf bytes_of(const rp_evaluation_options *o) {
    run r = evaluate(o);
    rp_buf out =
        json_of((const rp_answer *const *)r.evaluation.answers, r.evaluation.n_answers, &r.evaluation.provenance);
    run_end(&r);
    return out;
}

static void bytes_do_not_depend_on_threads(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    o.cohort.block_size = 9;
    rp_buf one = bytes_of(&o);
    o.asked.threads = 2;
    same_bytes(one, bytes_of(&o));
}

static void blocks_change_nothing_but_rounding(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    run whole = evaluate(&o);
    o.cohort.block_size = 9;
    run split = evaluate(&o);
    assert_int_equal(whole.answer->n_statements, split.answer->n_statements);
    for (size_t i = 0; i < whole.answer->n_statements; i++) {
        const rp_statement *a = whole.answer->statements[i], *b = split.answer->statements[i];
        assert_int_equal(a->numerator.n, b->numerator.n);
        if (!isnan(a->estimate))
            close_to(b->estimate, a->estimate, 1e-10 * fmax(1, fabs(a->estimate))); /* record.md: 1e-10 relative */
    }
    run_end(&whole);
    run_end(&split);
}

static void protection_hides_the_few(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    o.suppress_below = 5;
    run r = evaluate(&o);
    size_t shown = 0;
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const rp_statement *s = r.answer->statements[i];
        if (s->suppressed)
            continue;
        shown++;
        assert_true(s->numerator.n >= 5);
        int64_t rest = s->denominator.n - s->numerator.n;
        assert_true(rest == 0 || rest >= 5);
    }
    assert_true(shown > 0);
    assert_true(r.answer->n_suppressed > 0);
    for (size_t c = 0; c < r.answer->n_charts; c++)
        if (r.answer->charts[c]->kind == RP_CHART_CHANGE)
            assert_true(r.answer->charts[c]->binned);
    run_end(&r);
}

static void an_unknown_measure_or_question_is_told(void **state) {
    (void)state;
    rp_evaluation_options o = beat_the_blues();
    const char *const measures[] = {"BDI-I"};
    o.asked.measures = measures;
    o.asked.n_measures = 1;
    rp_arena *arena = rp_arena_new(0);
    rp_evaluation evaluation;
    rp_error error = {0};
    assert_false(rp_evaluate(&o, arena, &evaluation, &error));
    assert_int_equal(error.code, RP_E_UNKNOWN);
    assert_non_null(strstr(error.remedy, "BDI-II"));
    o.asked.n_measures = 0;
    const char *const questions[] = {"outcomes"};
    o.questions = questions;
    o.n_questions = 1;
    assert_false(rp_evaluate(&o, arena, &evaluation, &error));
    assert_non_null(strstr(error.remedy, "outcome"));
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_part_those_with_both_scores),
        cmocka_unit_test(known_lies_between_worst_and_best),
        cmocka_unit_test(arms_add_up_to_everyone),
        cmocka_unit_test(every_statement_carries_its_denominator),
        cmocka_unit_test(a_figure_not_confirmed_is_said_at_its_source_and_at_the_number),
        cmocka_unit_test(bytes_do_not_depend_on_threads),
        cmocka_unit_test(blocks_change_nothing_but_rounding),
        cmocka_unit_test(protection_hides_the_few),
        cmocka_unit_test(an_unknown_measure_or_question_is_told),
    };
    return cmocka_run_group_tests_name("questions: outcome, identities", tests, NULL, NULL);
}
