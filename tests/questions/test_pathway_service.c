/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `pathway` through the whole pipeline: a tiny service's package, and what must hold whatever the data. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/outcome_helper.h"

static const char *const pathway_only[] = {"pathway"};

static rp_evaluation_options tiny_service(void) {
    rp_evaluation_options o = run_options("tests/data/tiny-service", NULL);
    o.questions = pathway_only;
    o.n_questions = 1;
    return o;
}

static int64_t number(const run *r, const char *id) {
    return statement(r, id, NULL, NULL)->numerator.n;
}

static void a_package_is_counted(void **state) {
    (void)state;
    rp_evaluation_options o = tiny_service();
    run r = evaluate(&o);
    counts_are(&r, "pathway.referred", NULL, NULL, 9, 9);
    counts_are(&r, "pathway.assessed", NULL, NULL, 8, 9);       /* all but R07, who has no contact */
    counts_are(&r, "pathway.entered", NULL, NULL, 7, 9);        /* nor R05, assessed alone */
    counts_are(&r, "pathway.finished", NULL, NULL, 5, 9);       /* R01 R02 R03 R04 R08; R06 and R09 are open */
    counts_are(&r, "pathway.followed_up", NULL, NULL, 0, 9);    /* no contact is a follow-up */
    counts_are(&r, "pathway.ended.not_seen", NULL, NULL, 1, 7); /* R07 */
    counts_are(&r, "pathway.one_session_share", NULL, NULL, 0, 5);
    counts_are(&r, "pathway.open.61_to_90_days", NULL, NULL, 1, 2); /* R06: 6 May to 26 July is 81 days */
    counts_are(&r, "pathway.open.to_60_days", NULL, NULL, 1, 2);    /* R09: 18 June to 26 July is 38 days */
    run_end(&r);
}

static void parts_add_up(void **state) {
    (void)state;
    rp_evaluation_options o = tiny_service();
    run r = evaluate(&o);
    const rp_answer_table *steps = table_of(&r, "pathway.steps");
    assert_int_equal(steps->n_rows, 6);
    for (size_t s = 1; s < steps->n_rows; s++) {
        int64_t before = cell(steps, s - 1, "reached")->count.n;
        assert_int_equal(cell(steps, s, "from_before")->count.n + cell(steps, s, "ended_before")->count.n +
                             cell(steps, s, "not_yet")->count.n,
                         before);
        int64_t without = s == 2 ? cell(steps, s, "without_before")->count.n : 0;
        assert_int_equal(cell(steps, s, "from_before")->count.n + without, cell(steps, s, "reached")->count.n);
    }
    int64_t ended = number(&r, "pathway.ended");
    assert_int_equal(number(&r, "pathway.ended.not_seen") + number(&r, "pathway.ended.seen_not_treated") +
                         number(&r, "pathway.ended.treated_once") + number(&r, "pathway.ended.finished"),
                     ended);
    assert_int_equal(ended + number(&r, "pathway.open"), 9);
    const rp_answer_table *reasons = table_of(&r, "pathway.reasons");
    int64_t sum = 0;
    for (size_t i = 0; i < reasons->n_rows; i++)
        sum += cell(reasons, i, "ended")->count.n;
    assert_int_equal(sum, ended);
    run_end(&r);
}

static void every_statement_is_listed_and_whole(void **state) {
    (void)state;
    rp_evaluation_options o = tiny_service();
    run r = evaluate(&o);
    size_t defined = 0;
    for (const rp_statement_def *d = rp_questions_find(rp_text_of("pathway"))->statements; d->id != NULL; d++)
        defined++;
    assert_int_equal(r.answer->n_statements, defined); /* this record lets every one be made */
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const rp_statement *s = r.answer->statements[i];
        bool listed = false;
        for (const rp_statement_def *d = rp_questions_find(rp_text_of("pathway"))->statements; d->id != NULL; d++)
            listed = listed || strcmp(d->id, s->id) == 0;
        if (!listed || s->numerator.n < 0 || s->denominator.n < s->numerator.n || s->cohort == NULL ||
            s->method == NULL || s->label == NULL || s->text == NULL || s->unit == NULL)
            fail_msg("statement %s lacks what every statement carries", s->id);
        assert_ptr_equal(s->numerator.universe, r.answer->statements[0]->numerator.universe); /* one universe */
    }
    run_end(&r);
}

static bool is_small(const rp_count *count) {
    return count->n >= 1 && count->n <= 4;
}

static void protection_shows_no_few(void **state) {
    (void)state;
    rp_evaluation_options o = tiny_service();
    o.suppress_below = 5;
    run r = evaluate(&o);
    size_t shown = 0;
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const rp_statement *s = r.answer->statements[i];
        if (s->suppressed)
            continue;
        shown++;
        int64_t rest = s->denominator.n - s->numerator.n;
        assert_false(is_small(&s->numerator) || (rest >= 1 && rest <= 4));
    }
    assert_true(shown > 0 && r.answer->n_suppressed > 0);
    for (size_t t = 0; t < r.answer->n_tables; t++) {
        const rp_answer_table *table = r.answer->tables[t];
        for (size_t v = 0; v < table->n_rows * table->n_columns; v++)
            assert_false(!table->values[v].suppressed && is_small(&table->values[v].count));
    }
    const rp_answer_table *behind = table_of(&r, "pathway.flow");
    size_t row = 0;
    for (size_t c = 0; c < r.answer->n_charts; c++)
        for (size_t s = 0; r.answer->charts[c]->kind == RP_CHART_FLOW && s < r.answer->charts[c]->n_series; s++)
            for (size_t i = 0; i < r.answer->charts[c]->series[s].n; i++, row++) {
                const rp_chart_point *p = &r.answer->charts[c]->series[s].points[i];
                assert_false(!p->suppressed && is_small(&p->count));
                assert_int_equal(p->suppressed, cell(behind, row, "people")->suppressed);
            }
    assert_int_equal(row, behind->n_rows);
    run_end(&r);
}

static void a_study_without_contacts_gets_what_there_is(void **state) {
    (void)state;
    rp_evaluation_options o = run_options("examples/beat-the-blues/bdi.csv", "examples/beat-the-blues/map.json");
    o.questions = pathway_only;
    o.n_questions = 1;
    run r = evaluate(&o);
    counts_are(&r, "pathway.referred", NULL, NULL, 100, 100); /* cbpp: 100 people */
    assert_int_equal(r.answer->n_statements, 1);              /* neither contacts nor dates of ending */
    assert_int_equal(r.answer->n_needs_missing, 1);
    run_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_package_is_counted),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(every_statement_is_listed_and_whole),
        cmocka_unit_test(protection_shows_no_few),
        cmocka_unit_test(a_study_without_contacts_gets_what_there_is),
    };
    return cmocka_run_group_tests_name("questions: pathway, a service", tests, NULL, NULL);
}
