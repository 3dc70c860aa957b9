/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `published` on figures made by hand: intervals all the way, two cohorts, and what is not there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "published_helper.h"
#include "rapport/models.h"

static void rounded_counts_give_a_rate_between_bounds(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,Provider,R1,ALDER",
                "finished_course_treatment=650 not_at_caseness=105 recovery=285 recovery%=52 improvement=415 "
                "improvement%=70");
    seal_and_ask(&w, NULL);
    const rp_answer_table *t = published_table(&w, "published.provider.recovery.per_case");
    /* 648 to 652 finished, 103 to 107 not at caseness: 541 to 549; 283 to 287 recovered */
    assert_true(value_of(t, "ALDER", "count_low")->num == 283 && value_of(t, "ALDER", "count_high")->num == 287);
    assert_true(value_of(t, "ALDER", "of_low")->num == 541 && value_of(t, "ALDER", "of_high")->num == 549);
    close_to(value_of(t, "ALDER", "share_low")->num, 100 * 283. / 549, 1e-12);
    close_to(value_of(t, "ALDER", "share_high")->num, 100 * 287. / 541, 1e-12);
    close_to(value_of(t, "ALDER", "lower")->num, 100 * rp_rate_interval(283, 549, 0.95).lower, 1e-12);
    close_to(value_of(t, "ALDER", "upper")->num, 100 * rp_rate_interval(287, 541, 0.95).upper, 1e-12);
    assert_string_equal(value_of(t, "ALDER", "published")->text, "52");
    assert_string_equal(value_of(t, "ALDER", "agrees")->text, "yes");    /* 51.5 to 52.5 meets 51.5 to 53.0 */
    t = published_table(&w, "published.provider.recovery.per_finished"); /* the other denominator */
    close_to(value_of(t, "ALDER", "share_low")->num, 100 * 283. / 652, 1e-12);
    assert_string_equal(value_of(t, "ALDER", "published")->text, "not published");
    t = published_table(&w, "published.provider.improvement.per_finished");
    assert_string_equal(value_of(t, "ALDER", "agrees")->text, "no"); /* 413 / 652 to 417 / 648 is 63.3 to 64.4 */
    const rp_statement *s = statement_of(&w, "published.agreement", NULL);
    assert_true(s->numerator.n == 1 && s->denominator.n == 2);
    end_published(&w);
}

static void what_is_suppressed_is_nowhere_filled_in(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,Provider,R1,ALDER",
                "finished_course_treatment=20 not_at_caseness=* recovery=10 recovery%=* deterioration=* "
                "deterioration%=*");
    seal_and_ask(&w, NULL);
    const rp_answer_table *t = published_table(&w, "published.provider.recovery.per_case");
    assert_true(value_of(t, "ALDER", "of_low")->num == 14 && value_of(t, "ALDER", "of_high")->num == 22); /* 18 to 22
                                                                                                          less 0 to 4 */
    assert_string_equal(value_of(t, "ALDER", "published")->text, "*");
    assert_string_equal(value_of(t, "ALDER", "agrees")->text, ""); /* nothing to compare with */
    t = published_table(&w, "published.provider.deterioration.per_finished");
    assert_true(value_of(t, "ALDER", "count_low")->num == 0 && value_of(t, "ALDER", "count_high")->num == 4);
    close_to(value_of(t, "ALDER", "share_high")->num, 100 * 4. / 18, 1e-12);
    assert_true(is_said(&w, "nowhere filled in"));
    end_published(&w);
}

static void more_may_finish_than_are_referred(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,Provider,R2,ZINNIA", "referrals_received=1000 finished_course_treatment=400");
    put_figures(&w, "2024-25,Provider,R1,ALDER", "referrals_received=30 finished_course_treatment=125");
    put_figures(&w, "2024-25,Provider,R3,MAPLE", "referrals_received=* finished_course_treatment=10");
    put_figures(&w, "2024-25,England,All,All", "referrals_received=1100 finished_course_treatment=1210");
    seal_and_ask(&w, NULL);
    const rp_answer_table *t = published_table(&w, "published.provider.ratios");
    assert_true(value_of(t, "ALDER", "referred.low")->num == 28 && value_of(t, "ALDER", "referred.high")->num == 32);
    close_to(value_of(t, "ALDER", "finished.per_referred.low")->num, 100 * 123. / 32, 1e-12);
    close_to(value_of(t, "ALDER", "finished.per_referred.high")->num, 100 * 127. / 28, 1e-12);
    assert_int_equal(value_of(t, "MAPLE", "finished.per_referred.high")->kind,
                     RP_VALUE_EMPTY); /* perhaps none referred */
    static const char *const order[] = {"ALDER", "MAPLE", "ZINNIA"};
    for (size_t i = 0; i < t->n_rows; i++)
        assert_string_equal(t->values[i * t->n_columns].text, order[i]);
    const rp_statement *s = statement_of(&w, "published.finished.per_referred", "2024-25");
    close_to(s->estimate, 1.1, 1e-15);
    assert_true(isnan(s->lower) && isnan(s->upper) && strcmp(s->unit, "share") != 0);
    assert_int_equal(w.answer->n_charts, 0);
    end_published(&w);
}

static void counts_that_cannot_be_give_no_rate(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,England,All,All", "finished_course_treatment=50 improvement=70 improvement%=71.4");
    seal_and_ask(&w, NULL);
    for (size_t i = 0; i < w.answer->n_statements; i++)
        assert_string_not_equal(w.answer->statements[i]->id, "published.improvement.per_finished");
    const rp_statement *s = statement_of(&w, "published.agreement", NULL);
    assert_true(s->numerator.n == 0 && s->denominator.n == 1);
    end_published(&w);
}

static void what_is_not_there_is_said_to_be_not_published_there(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,England,All,All", "finished_course_treatment=100 improvement=70");
    put_figures(&w, "2024-25,England,All,All", "finished_course_treatment=101"); /* another file: another figure */
    seal_and_ask(&w, NULL);
    assert_true(is_said(&w, "\"Entered treatment\"") && is_said(&w, "\"Referrals received\""));
    assert_true(is_said(&w, "more than once, and not the same"));
    assert_int_equal(statement_of(&w, "published.improvement.per_finished", "2024-25")->denominator.n, 100);
    const rp_answer_table *t = published_table(&w, "published.held");
    assert_string_equal(value_of(t, "Entered treatment", "published")->text, "not published here");
    assert_string_equal(value_of(t, "Reliable improvement", "published")->text, "published");
    assert_true(value_of(t, "Reliable improvement", "counts")->num == 1);
    end_published(&w);
}

/* n providers alike, each with 100 finished. */
static published alike(size_t n, const char *more) {
    published w = begin_published();
    for (size_t i = 0; i < n; i++) {
        char who[64];
        snprintf(who, sizeof who, "2024-25,Provider,R%02d,P%02d", (int)i, (int)i);
        put_figures(&w, who, "referrals_received=300 finished_course_treatment=100 improvement=65");
    }
    if (more != NULL)
        put_figures(&w, more, "finished_course_treatment=100 improvement=100 deterioration=*");
    seal_and_ask(&w, NULL);
    return w;
}

static void a_funnel_needs_enough_organisations(void **state) {
    (void)state;
    published w = alike(9, "2024-25,Provider,UNKNOWN,UNKNOWN"); /* what falls under none is none */
    assert_int_equal(w.answer->n_charts, 0);
    end_published(&w);
    w = alike(10, NULL);
    assert_int_equal(w.answer->n_charts, 1); /* of improvement: nothing else is a proportion here */
    const rp_chart *chart = w.answer->charts[0];
    assert_int_equal(chart->kind, RP_CHART_FUNNEL);
    assert_string_equal(chart->table_id, "published.provider.improvement.per_finished");
    assert_int_equal(chart->series[0].n, 10);
    assert_int_equal(chart->n_series, 5); /* and four curves */
    close_to(chart->lines[0].intercept, 65, 1e-12);
    assert_true(chart->series[0].points[0].lower < 65 && chart->series[0].points[0].upper > 65); /* rounding */
    const rp_statement *s = statement_of(&w, "published.overdispersion", "2024-25");
    close_to(s->estimate, 0, 1e-12); /* all alike */
    assert_int_equal(s->denominator.n, 10);
    end_published(&w);
}

static void an_organisation_lies_beyond_a_limit_only_with_all_its_values(void **state) {
    (void)state;
    published w = alike(20, "2024-25,Provider,X,OUT");
    const rp_answer_table *t = published_table(&w, "published.provider.improvement.per_finished");
    assert_string_equal(value_of(t, "OUT", "limits")->text, "above 99.8%"); /* 98 of 102 at least, and 65% all over */
    assert_string_equal(value_of(t, "P00", "limits")->text, "between");
    end_published(&w);
}

static void outcomes_by_therapy_are_of_courses(void **state) {
    (void)state;
    published w = begin_published();
    /* 2024-25, Total, Guided Self Help (Book), from nhs_tt_proms_england.csv */
    read_text(&w, "reporting_period,problem_descriptor,therapy,total_finishing_course_treatment,courses_of_therapy,"
                  "not_caseness,ther_recovery,ther_recovery_pct\n"
                  "2024-25,Total,Guided Self Help (Book),262403,164041,18241,62696,43\n");
    seal_and_ask(&w, NULL);
    const rp_answer_table *t = published_table(&w, "published.groups.recovery.per_case");
    close_to(value_of(t, "Therapy: Guided Self Help (Book): Total", "share_low")->num, 43.00,
             0.005); /* nhs_tt_proms_england.md: 62696/(164041-18241)=43.00 % */
    assert_string_equal(value_of(t, "Therapy: Guided Self Help (Book): Total", "agrees")->text, "yes");
    end_published(&w);
}

static void each_kind_shows_its_own_last_period(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2024-25,England,All,All", "finished_course_treatment=100 improvement=70");
    put_figures(&w, "2023-24,Provider,R1,ALDER", "finished_course_treatment=100 improvement=70");
    put_figures(&w, "2022-23,Provider,R1,ALDER", "finished_course_treatment=105 improvement=70");
    seal_and_ask(&w, NULL);
    const rp_answer_table *t = published_table(&w, "published.provider.improvement.per_finished");
    assert_int_equal(t->n_rows, 1);
    assert_string_equal(value_of(t, "ALDER", "period")->text, "2023-24");
    end_published(&w);
}

static void more_periods_than_there_can_be_are_refused(void **state) {
    (void)state;
    published w = begin_published();
    rp_buf text = {0};
    rp_buf_put(&text, "reporting_period,org_type,org_code,org_name,improvement\n");
    for (int i = 0; i < 241; i++) /* twenty years of months, and one */
        rp_buf_printf(&text, "P%03d,England,All,All,7\n", i);
    read_text(&w, text.at);
    rp_buf_free(&text);
    assert_true(rp_record_seal(w.record, &w.error));
    const rp_published_asked asked = {.level = 0.95};
    assert_null(rp_published_ask(w.record, &asked, w.arena, &w.error));
    assert_int_equal(w.error.code, RP_E_LIMIT);
    end_published(&w);
}

static void a_period_that_is_not_there_is_told(void **state) {
    (void)state;
    published w = begin_published();
    put_figures(&w, "2023-24,Provider,R1,ALDER", "finished_course_treatment=100 improvement=70");
    put_figures(&w, "2024-25,Provider,R1,ALDER", "finished_course_treatment=100 improvement=70");
    seal_and_ask(&w, "all");
    assert_int_equal(published_table(&w, "published.provider.improvement.per_finished")->n_rows, 2);
    ask_published(&w, NULL);
    assert_int_equal(published_table(&w, "published.provider.improvement.per_finished")->n_rows, 1);
    const rp_published_asked asked = {.period = "2022-23", .level = 0.95};
    assert_null(rp_published_ask(w.record, &asked, w.arena, &w.error));
    assert_non_null(strstr(w.error.message, "2022-23"));
    assert_non_null(strstr(w.error.remedy, "2024-25"));
    end_published(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounded_counts_give_a_rate_between_bounds),
        cmocka_unit_test(what_is_suppressed_is_nowhere_filled_in),
        cmocka_unit_test(more_may_finish_than_are_referred),
        cmocka_unit_test(counts_that_cannot_be_give_no_rate),
        cmocka_unit_test(what_is_not_there_is_said_to_be_not_published_there),
        cmocka_unit_test(a_funnel_needs_enough_organisations),
        cmocka_unit_test(an_organisation_lies_beyond_a_limit_only_with_all_its_values),
        cmocka_unit_test(outcomes_by_therapy_are_of_courses),
        cmocka_unit_test(a_period_that_is_not_there_is_told),
        cmocka_unit_test(each_kind_shows_its_own_last_period),
        cmocka_unit_test(more_periods_than_there_can_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
