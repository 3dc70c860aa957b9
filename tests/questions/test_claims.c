/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `claims`: what stands beside a claim, and what its own figure says of it. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "asked_helper.h"

/* An answer of another question with one statement about entering. */
static rp_statement *said(world *w, rp_answer **answer, double lower, double estimate, double upper) {
    *answer = rp_answer_new(w->arena, "pathway", "t");
    rp_statement *s = rp_answer_statement(*answer, "pathway.entered");
    s->label = "Entered";
    s->text = "Of everyone, some entered.";
    s->lower = lower;
    s->estimate = estimate;
    s->upper = upper;
    s->level = 0.95;
    return s;
}

static rp_ledger *with(world *w, const char *bar) {
    rp_ledger *ledger = rp_ledger_new(w->arena, &w->error);
    char text[400];
    snprintf(text, sizeof text,
             "{\"id\": \"mine\", \"title\": \"Mine\", \"claim\": \"Half enter.\", \"made_by\": \"we\", \"bears_on\": "
             "[{\"statement\": \"pathway.entered\"}], %s}",
             bar);
    if (ledger == NULL || !rp_ledger_add(ledger, text, strlen(text), "mine.json", &w->error))
        fail_msg("%s", w->error.message);
    return ledger;
}

static void ask_claims(world *w, const rp_ledger *ledger, const rp_answer *before) {
    rp_cohort_options o = cohort_options();
    const rp_answer *const list[] = {before};
    rp_asked asked = {.level = 0.95, .threads = 1, .ledger = ledger, .before = list, .n_before = before != NULL};
    w->answer =
        rp_questions_ask(rp_questions_find(rp_text_of("claims")), cohort_of(w, &o), &asked, w->arena, &w->error);
    if (w->answer == NULL)
        fail_msg("%s", w->error.message);
}

static void own_says(world *w, const char *words) {
    const rp_statement *s = find(w, "claims.own");
    assert_non_null(s);
    if (strstr(s->text, words) == NULL)
        fail_msg("%s", s->text);
}

static void a_world(world *w) {
    referral(w, "r1", "2024-01-01", "", NULL);
    seal(w);
}

/* The interval has to lie on one side: that is how the page defines it. */
static void the_interval_decides(void **state) {
    (void)state;
    static const struct {
        const char *bar;
        double lower, estimate, upper;
        const char *words;
    } cases[] = {
        {"\"at_least\": 0.5", 0.51, 0.6, 0.7, "supported by these data"},
        {"\"at_least\": 0.5", 0.4, 0.6, 0.7, "cannot be told"},
        {"\"at_least\": 0.5", 0.3, 0.4, 0.49, "contradicted by these data"},
        {"\"at_most\": 0.5", 0.3, 0.4, 0.49, "supported by these data"},
        {"\"at_most\": 0.5", 0.51, 0.6, 0.7, "contradicted by these data"},
        {"\"at_least\": 0.3, \"at_most\": 0.5", 0.35, 0.4, 0.45, "supported by these data"},
        {"\"at_least\": 0.3, \"at_most\": 0.5", 0.25, 0.4, 0.45, "cannot be told"},
        {"\"at_least\": 0.3, \"at_most\": 0.5", 0.1, 0.15, 0.2, "contradicted by these data"},
        {"\"at_least\": 0.5", NAN, 0.6, NAN, "supported by these data"},
        {"\"at_least\": 0.5", NAN, NAN, NAN, "cannot be told"},
    };
    world own = begin(), *w = &own;
    a_world(w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_answer *before;
        said(w, &before, cases[i].lower, cases[i].estimate, cases[i].upper);
        ask_claims(w, with(w, cases[i].bar), before);
        own_says(w, cases[i].words);
    }
    end(w);
}

static void what_is_hidden_stays_hidden(void **state) {
    (void)state;
    world own = begin(), *w = &own;
    a_world(w);
    rp_answer *before;
    rp_statement *s = said(w, &before, NAN, NAN, NAN);
    s->suppressed = true;
    s->text = "This is hidden.";
    ask_claims(w, with(w, "\"at_least\": 0.5"), before);
    own_says(w, "the figure is hidden");
    own_says(w, "cannot be told");
    assert_true(find(w, "claims.own")->suppressed);
    end(w);
}

/* Of the full report alone there: of the full report alone here. */
static void readers_stay_the_same(void **state) {
    (void)state;
    world own = begin(), *w = &own;
    a_world(w);
    rp_answer *before;
    said(w, &before, .4, .5, .6)->audience = RP_FOR_FULL;
    ask_claims(w, with(w, "\"at_least\": 0.5"), before);
    assert_int_equal(rp_statement_audience(find(w, "claims.own")), RP_FOR_FULL);
    end(w);
}

static void without_data_every_claim_has_its_verdict(void **state) {
    (void)state;
    world own = begin(), *w = &own;
    a_world(w);
    ask_claims(w, NULL, NULL);
    size_t n = 0;
    for (size_t i = 0; i < w->answer->n_statements; i++)
        n += strcmp(w->answer->statements[i]->id, "claims.verdict") == 0;
    rp_ledger *ledger = rp_ledger_new(w->arena, &w->error);
    assert_int_equal(n, rp_ledger_count(ledger));
    assert_null(find(w, "claims.these_data"));
    end(w);
}

static const rp_value *pooled_row(const world *w, const char *label) {
    const rp_answer_table *t = table_of(w, "claims.pooled");
    for (size_t i = 0; i < t->n_rows; i++)
        if (strcmp(t->values[i * t->n_columns].text, label) == 0)
            return t->values + i * t->n_columns;
    fail_msg("no row %s", label);
    return NULL;
}

/* r = .278 [.256, .299]: z .2855, standard error .0119, d .579 (reference, part 1.2, self-check of conversions: .2855,
 * .01189, .5788). */
static void conversions_agree(void **state) {
    (void)state;
    world own = begin(), *w = &own;
    a_world(w);
    ask_claims(w, NULL, NULL);
    const rp_value *row = pooled_row(w, "Flückiger and others 2018");
    assert_true(fabs(row[6].num - 0.2855) < 5e-5);
    assert_true(fabs(row[7].num - 0.01189) < 5e-6);
    assert_true(fabs(row[8].num - 0.5788) < 5e-5);
    assert_true(fabs(row[9].num - 7.7) < 0.05);                              /* the same: r^2 = 7.7% */
    assert_true(isnan(pooled_row(w, "The same, over the internet")[7].num)); /* no interval, no error */
    end(w);
}

static const rp_chart *forest_of(const world *w) {
    for (size_t i = 0; i < w->answer->n_charts; i++)
        if (strcmp(w->answer->charts[i]->id, "claims.forest") == 0)
            return w->answer->charts[i];
    fail_msg("no forest");
    return NULL;
}

/* One's own beside the ledger's, and the sentence that keeps them apart; what is hidden is not drawn. */
static void ones_own_stands_in_one_forest_with_the_pooled(void **state) {
    (void)state;
    world own = begin(), *w = &own;
    a_world(w);
    rp_answer *before = rp_answer_new(w->arena, "alliance-outcome", "t");
    rp_statement *s = rp_answer_statement(before, "alliance_outcome.early.correlation");
    s->measure = "PHQ-9", s->scale = "Total", s->rater = "client";
    s->estimate = 0.2, s->lower = 0.1, s->upper = 0.3;
    for (int hidden = 0; hidden < 2; hidden++) {
        s->suppressed = hidden;
        ask_claims(w, NULL, before);
        const rp_chart *chart = forest_of(w);
        assert_int_equal(chart->kind, RP_CHART_FOREST);
        assert_int_equal(chart->series[0].n, !hidden);
        assert_true(hidden || chart->series[0].points[0].upper == 0.3);
        assert_int_equal(chart->series[1].n, table_of(w, "claims.pooled")->n_rows);
        assert_int_equal(rp_chart_audience(chart), hidden ? RP_FOR_PUBLIC : RP_FOR_SERVICE);
        assert_non_null(strstr(chart->reading, "No service is judged"));
        assert_non_null(strstr(chart->reading, "prediction intervals are for that"));
    }
    end(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_decides),  cmocka_unit_test(what_is_hidden_stays_hidden),
        cmocka_unit_test(readers_stay_the_same), cmocka_unit_test(without_data_every_claim_has_its_verdict),
        cmocka_unit_test(conversions_agree),     cmocka_unit_test(ones_own_stands_in_one_forest_with_the_pooled),
    };
    return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
