/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `equity` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"
#include "rapport/models.h"

/* A client with one thing known of them, "column=value", and their referral. */
static void client(world *w, const char *id, const char *known, const char *received, const char *ended) {
    char c[64], r[64], from[64], to[64];
    snprintf(c, sizeof c, "client_id=c-%s", id);
    snprintf(r, sizeof r, "referral_id=%s", id);
    snprintf(from, sizeof from, "received=%s", received);
    snprintf(to, sizeof to, "ended=%s", ended);
    assert_int_equal(put_row(w->record, RP_CLIENTS, c, known, NULL), RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_REFERRALS, r, c, from, to, NULL), RP_PUT_KEPT);
}

static void scores(world *w, const char *id, double first, double last) {
    score(w, id, "phq-9", "2024-01-08", first);
    score(w, id, "gad-7", "2024-01-08", 10);
    if (isnan(last))
        return;
    score(w, id, "phq-9", "2024-03-01", last);
    score(w, id, "gad-7", "2024-03-01", last < 10 ? 3 : 12);
}

static int64_t in_group(const world *w, const char *title, const char *group) {
    const rp_value *value = value_where(w, "equity.groups", (const char *const[]){title, group, NULL}, "people");
    return value != NULL ? value->count.n : 0;
}

/* Ten women and men, and one of whom it is not recorded:
 *   f1 f2 f3 assessed and treated twice by day 42, ended     f4 treated once, on day 100, ended     f5 open, untreated
 *   m1 m2 treated twice from day 200, ended     m3 treated once, on day 42, ended     m4 once, on day 126, open
 *   m5 referred alone     n1 assessed alone, ended */
static void eleven(world *w) {
    *w = begin();
    static const struct {
        const char *id, *gender, *ended, *first, *second;
        double phq9_first, phq9_last;
    } lives[] = {
        {"f1", "gender=2", "2024-09-30", "2024-01-11", "2024-02-11", 15, 5},
        {"f2", "gender=female", "2024-09-30", "2024-02-12", "2024-03-11", 15, 12}, /* day 42 */
        {"f3", "gender=2", "2024-09-30", "2024-01-11", "2024-02-11", 15, NAN},
        {"f4", "gender=2", "2024-09-30", "2024-04-10", NULL, 15, NAN},
        {"f5", "gender=2", "", NULL, NULL, NAN, NAN},
        {"m1", "gender=1", "2024-09-30", "2024-07-19", "2024-08-19", 12, 22},
        {"m2", "gender=1", "2024-09-30", "2024-07-19", "2024-08-19", 5, 4}, /* a case by the GAD-7 */
        {"m3", "gender=male", "2024-09-30", "2024-02-12", NULL, NAN, NAN},
        {"m4", "gender=1", "", "2024-05-06", NULL, NAN, NAN}, /* day 126 */
        {"m5", "gender=1", "", NULL, NULL, NAN, NAN},
        {"n1", "gender=X", "2024-09-30", NULL, NULL, NAN, NAN},
    };
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        client(w, lives[i].id, lives[i].gender, "2024-01-01", lives[i].ended);
        if (lives[i].first != NULL)
            contact(w, lives[i].id, lives[i].first, "assessment_and_treatment", "attended");
        if (lives[i].second != NULL)
            contact(w, lives[i].id, lives[i].second, "treatment", "attended");
        if (!isnan(lives[i].phq9_first))
            scores(w, lives[i].id, lives[i].phq9_first, lives[i].phq9_last);
    }
    contact(w, "n1", "2024-01-11", "assessment", "attended");
    seal(w);
}

static void each_step_is_counted_by_group(void **state) {
    (void)state;
    static const struct {
        const char *what, *of;
        int64_t female[2], male[2], not_recorded[2]; /* of them, people */
    } expected[] = {
        {"Assessed", "all", {4, 5}, {4, 5}, {1, 1}},
        {"Entered treatment", "all", {4, 5}, {4, 5}, {0, 1}},
        {"Treated twice", "all", {3, 5}, {2, 5}, {0, 1}},
        {"Finished", "all", {3, 5}, {2, 5}, {0, 1}},
        {"Ended after one", "treated and ended", {1, 4}, {1, 3}, {-1, -1}}, /* m4 is open */
        {"First treatment within 42", "entered", {3, 4}, {1, 4}, {-1, -1}},
        {"First treatment within 126", "entered", {4, 4}, {2, 4}, {-1, -1}},
        {"First scores", "all", {4, 5}, {2, 5}, {0, 1}},
        {"First and last scores", "all", {2, 5}, {2, 5}, {0, 1}},
        {"First and last scores", "finished", {2, 3}, {2, 2}, {-1, -1}},
    };
    world w;
    eleven(&w);
    ask(&w, "equity", 0, 1);
    const char *const table = "equity.steps.gender";
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *what = expected[i].what, *of = expected[i].of;
        for (size_t k = 0; k < 2; k++) {
            const char *column = k == 0 ? "people" : "whole";
            assert_int_equal(people_where(&w, table, what, of, "female", column), expected[i].female[k]);
            assert_int_equal(people_where(&w, table, what, of, "male", column), expected[i].male[k]);
            assert_int_equal(people_where(&w, table, what, of, "not recorded", column), expected[i].not_recorded[k]);
            int64_t none = expected[i].not_recorded[k] < 0 ? 0 : expected[i].not_recorded[k];
            assert_int_equal(people_where(&w, table, what, of, "everyone", column),
                             expected[i].female[k] + expected[i].male[k] + none);
        }
    }
    is(&w, "equity.recorded.gender", 10, 11);
    is(&w, "equity.recorded.ethnicity", 0, 11);
    end(&w);
}

static void a_difference_is_from_everyone_else(void **state) {
    (void)state;
    world w;
    eleven(&w);
    ask(&w, "equity", 0, 1);
    const char *const texts[] = {"Finished", "all", "female"}, *const all[] = {"Finished", "all", "everyone"};
    /* 3 of 5 against 2 of 6: 26.7 points; limits by Newcombe's formula from Wilson's limits of both. */
    rp_interval a = rp_rate_interval(3, 5, 0.95), b = rp_rate_interval(2, 6, 0.95);
    double d = 3 / 5. - 2 / 6., below = hypot(a.estimate - a.lower, b.upper - b.estimate);
    assert_true(value_where(&w, "equity.steps.gender", texts, "difference")->num == 26.7);
    assert_true(fabs(value_where(&w, "equity.steps.gender", texts, "difference_lower")->num - 100 * (d - below)) <
                0.0501);
    assert_int_equal(value_where(&w, "equity.steps.gender", all, "difference")->kind, RP_VALUE_EMPTY);
    end(&w);
}

static void outcomes_are_of_those_who_finished_and_of_all(void **state) {
    (void)state;
    world w;
    eleven(&w);
    ask(&w, "equity", 0, 1);
    const char *const table = "equity.outcome.gender";
    /* Finished: f1 recovered, f2 not, f3 not known; m1 worse, m2 (a case by the GAD-7 alone) recovered. */
    assert_int_equal(people_where(&w, table, "Recovered", "finished, not", "female", "known"), 1);
    assert_int_equal(people_where(&w, table, "Recovered", "finished, not", "female", "of"), 3);
    assert_int_equal(people_where(&w, table, "Recovered", "finished, not", "female", "unknown"), 1);
    assert_int_equal(people_where(&w, table, "Recovered", "finished, not", "male", "known"), 1);
    assert_int_equal(people_where(&w, table, "Reliably deteriorated", "finished", "male", "known"), 1);
    /* m2, by the GAD-7 */
    assert_int_equal(people_where(&w, table, "Reliably improved", "finished", "male", "known"), 1);
    assert_int_equal(people_where(&w, table, "Recovered", "all", "female", "of"), 5);
    assert_int_equal(people_where(&w, table, "Recovered", "all", "female", "unknown"), 3); /* f3 f4 f5 */
    assert_int_equal(people_where(&w, table, "Recovered", "all", "not recorded", "unknown"), 1);
    const char *const texts[] = {"Recovered", "all", "female"};
    assert_true(value_where(&w, table, texts, "worst")->num == 20 && value_where(&w, table, texts, "best")->num == 80);
    end(&w);
}

/* Known to have been no case at the start: in no national rate of recovery, and in that of all referrals as not
 * recovered. */
static void no_case_is_left_out_where_the_national_rule_does(void **state) {
    (void)state;
    world w = begin();
    client(&w, "a", "gender=1", "2024-01-01", "2024-09-30");
    contact(&w, "a", "2024-01-11", "treatment", "attended");
    contact(&w, "a", "2024-02-11", "treatment", "attended");
    score(&w, "a", "phq-9", "2024-01-08", 5);
    score(&w, "a", "gad-7", "2024-01-08", 5);
    client(&w, "b", "gender=2", "2024-01-01", "");
    seal(&w);
    ask(&w, "equity", 0, 1);
    const char *const table = "equity.outcome.gender";
    assert_int_equal(people_where(&w, table, "Recovered", "finished, not", "male", "of"), -1); /* nobody: no row */
    assert_int_equal(people_where(&w, table, "Reliably improved", "finished", "male", "of"), 1);
    assert_int_equal(people_where(&w, table, "Recovered", "all", "male", "unknown"), 0);
    end(&w);
}

/* Every code of the schema, one client each: none falls out of its list, and only those that say so are not recorded.
 */
static void every_code_is_in_a_group(void **state) {
    (void)state;
    static const struct {
        const char *column, *title;
        const char *groups[9];
        int64_t expected[9];
    } lists[] = {
        {"gender",
         "Gender",
         {"female", "male", "non-binary", "asked, not stated", "not recorded"},
         {2, 2, 3, 1, 1}}, /* 2 female; 1 male; 9 non_binary other; not_stated; X */
        {"ethnicity",
         "Ethnic group",
         {"White", "Mixed", "Asian", "Black", "Chinese or other", "asked, not stated", "not recorded"},
         {4, 5, 5, 4, 3, 2, 1}}, /* A B C white; D-G mixed; H-L asian; M N P black; R S other; Z not_stated; 99 */
        {"employment",
         "Employment",
         {"employed", "unemployed", "in education", "long-term sick", "looking after", "retired", "another situation",
          "asked, not stated", "not recorded"},
         {2, 2, 2, 2, 2, 2, 3, 2, 0}}, /* a number and a word each; 06 07 other; ZZ not_stated */
    };
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        const rp_code_list *codes =
            rp_schema_table(RP_CLIENTS)->columns[rp_schema_column(RP_CLIENTS, lists[l].column)].codes;
        world w = begin();
        int64_t all = 0;
        for (size_t i = 0; i < codes->n; i++) {
            char id[16], known[64];
            snprintf(id, sizeof id, "r%d", (int)i);
            snprintf(known, sizeof known, "%s=%s", lists[l].column, codes->codes[i].code);
            client(&w, id, known, "2024-01-01", "");
        }
        seal(&w);
        ask(&w, "equity", 0, 1);
        for (size_t g = 0; g < 9 && lists[l].groups[g] != NULL; g++) {
            assert_int_equal(in_group(&w, lists[l].title, lists[l].groups[g]), lists[l].expected[g]);
            all += lists[l].expected[g];
        }
        assert_int_equal(all, codes->n);
        end(&w);
    }
}

static void numbers_and_words_fall_into_their_groups(void **state) {
    (void)state;
    static const struct {
        const char *known, *title, *group;
    } expected[] = {
        {"birth_year=2007", "Age", "under 18"},
        {"birth_year=2006", "Age", "18 to 25"},
        {"birth_year=1999", "Age", "18 to 25"},
        {"birth_year=1998", "Age", "26 to 44"},
        {"birth_year=1979", "Age", "45 to 64"},
        {"birth_year=1959", "Age", "65 to 74"},
        {"birth_year=1949", "Age", "75 and over"},
        {"birth_year=1900", "Age", "not recorded"}, /* 124 */
        {"birth_year=", "Age", "not recorded"},
        {"deprivation_decile=1", "Deprivation", "most deprived"},
        {"deprivation_decile=2", "Deprivation", "most deprived"},
        {"deprivation_decile=3", "Deprivation", "second"},
        {"deprivation_decile=10", "Deprivation", "least deprived"},
        {"deprivation_decile=", "Deprivation", "not recorded"},
        {"long_term_condition=true", "Long-term condition", "a long-term condition"},
        {"long_term_condition=false", "Long-term condition", "none"},
        {"long_term_condition=", "Long-term condition", "not recorded"},
        {"language=en", "Preferred language", "English"},
        {"language=en-GB", "Preferred language", "English"},
        {"language=English", "Preferred language", "English"},
        {"language=ena", "Preferred language", "another language"},
        {"language=pl", "Preferred language", "another language"},
        {"language=", "Preferred language", "not recorded"},
        {"needs_interpreter=true", "Interpreter", "needs one"},
        {"needs_interpreter=false", "Interpreter", "needs none"},
        {"needs_interpreter=", "Interpreter", "not recorded"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        world w = begin();
        client(&w, "a", expected[i].known, "2024-01-01", "");
        client(&w, "b", "gender=1", "2024-01-01", ""); /* of whom nothing else is recorded */
        seal(&w);
        ask(&w, "equity", 0, 1);
        bool beside_b = strcmp(expected[i].group, "not recorded") == 0;
        if (in_group(&w, expected[i].title, expected[i].group) != (beside_b ? 2 : 1))
            fail_msg("%s is not %s", expected[i].known, expected[i].group);
        end(&w);
    }
}

static void what_the_record_lacks_is_said(void **state) {
    (void)state;
    world w = begin();
    client(&w, "a", "gender=1", "2024-01-01", "");
    contact(&w, "a", "2024-01-11", "treatment", "attended");
    seal(&w);
    ask(&w, "equity", 0, 1);
    assert_true(has_caveat(&w, "Who of the population is not referred cannot be told"));
    assert_true(has_caveat(&w, "apart by it: ethnicity, age, deprivation, employment, long_term_condition, language, "
                               "interpreter."));
    assert_true(has_caveat(&w, "no date of ending"));
    assert_true(has_caveat(&w, "Nobody has a score both of the PHQ-9 and"));
    assert_int_equal(w.answer->n_tables, 2); /* who they are, and the steps by gender */
    assert_int_equal(people_where(&w, "equity.steps.gender", "Finished", "all", "male", "people"), -1);
    assert_int_equal(people_where(&w, "equity.steps.gender", "Entered", "all", "male", "people"), 1);
    end(&w);
}

static void where_nothing_is_recorded_no_groups_are_told(void **state) {
    (void)state;
    world w = begin();
    client(&w, "a", "gender=X", "2024-01-01", "");
    client(&w, "b", "ethnicity=99", "2024-01-01", "");
    seal(&w);
    ask(&w, "equity", 0, 1);
    assert_true(w.answer->n_statements == 0 && w.answer->n_tables == 0 && w.answer->n_charts == 0);
    assert_true(has_caveat(&w, "no groups can be told apart"));
    end(&w);
    w = begin();
    client(&w, "a", "gender=not_stated", "2024-01-01", ""); /* that somebody did not state it is on record */
    seal(&w);
    ask(&w, "equity", 0, 1);
    assert_int_equal(in_group(&w, "Gender", "asked, not stated"), 1);
    is(&w, "equity.recorded.gender", 0, 1);
    end(&w);
}

/* 40 women and 10 men, of whom 3 men do not come to an assessment. All 40 women do, so that 7 of 10, or 47 of 50, would
 * tell of the 3. */
static void few_do_not_follow(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 50; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%02d", i);
        client(&w, id, i < 40 ? "gender=2" : "gender=1", "2024-01-01", "");
        if (i < 47)
            contact(&w, id, "2024-01-11", "assessment", "attended");
    }
    seal(&w);
    ask(&w, "equity", 0, 1);
    assert_int_equal(people_where(&w, "equity.steps.gender", "Assessed", "all", "male", "people"), 7);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    static const char *const columns[] = {"people", "share", "lower", "difference"};
    for (size_t i = 0; i < 4; i++) {
        const char *const men[] = {"Assessed", "all", "male"}, *const all[] = {"Assessed", "all", "everyone"};
        assert_true(value_where(&w, "equity.steps.gender", men, columns[i])->suppressed);
        assert_true(i == 3 || value_where(&w, "equity.steps.gender", all, columns[i])->suppressed);
    }
    assert_int_equal(people_where(&w, "equity.steps.gender", "Assessed", "all", "male", "whole"), 10);
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w;
    eleven(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "equity");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_is_counted_by_group),
        cmocka_unit_test(a_difference_is_from_everyone_else),
        cmocka_unit_test(outcomes_are_of_those_who_finished_and_of_all),
        cmocka_unit_test(no_case_is_left_out_where_the_national_rule_does),
        cmocka_unit_test(every_code_is_in_a_group),
        cmocka_unit_test(numbers_and_words_fall_into_their_groups),
        cmocka_unit_test(what_the_record_lacks_is_said),
        cmocka_unit_test(where_nothing_is_recorded_no_groups_are_told),
        cmocka_unit_test(few_do_not_follow),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("questions: equity", tests, NULL, NULL);
}
