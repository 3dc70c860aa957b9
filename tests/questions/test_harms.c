/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `harms` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* ---- rows -------------------------------------------------------------------- */

typedef enum change { WORSE, SAME, ONE_SCORE, NO_SCORE } change;

/* Someone treated so many times, by the national rule worse, the same, or not known. Worse: from 5 to 11 on the PHQ-9
 * is reliable (6), and the GAD-7 stays. */
static void person(world *w, const char *id, int treatments, const char *ended, change c) {
    static const char *const dates[] = {"2024-01-10", "2024-01-24"};
    referral(w, id, "2024-01-01", ended, NULL);
    for (int i = 0; i < treatments; i++)
        contact(w, id, dates[i], "treatment", "attended");
    for (int i = 0; i < 2 && c != NO_SCORE && (i == 0 || c != ONE_SCORE); i++) {
        score(w, id, "phq-9", dates[i], c == WORSE && i == 1 ? 11 : 5);
        score(w, id, "gad-7", dates[i], 5);
    }
}

#define OVER "2024-03-01"
static void eight(world *w, bool events) {
    *w = begin();
    person(w, "h1", 2, OVER, WORSE);
    person(w, "h2", 2, OVER, SAME);
    person(w, "h3", 2, OVER, ONE_SCORE);
    person(w, "h4", 2, OVER, WORSE);
    person(w, "h5", 1, "", SAME);
    person(w, "h6", 1, "", NO_SCORE);
    person(w, "h7", 0, "", NO_SCORE);
    person(w, "h8", 2, OVER, SAME);
    if (events) {
        event(w, "h1", "2024-02-01", "unwanted_effect", "no");
        event(w, "h1", "2024-02-20", "unwanted_effect", "yes");
        event(w, "h2", "2024-05-01", "complaint", "possibly");
        event(w, "h3", "", "crisis", "no");
        event(w, "h5", "2024-02-10", "admission", "");
        event(w, "h5", "2024-04-01", "death", "not_known");
        event(w, "h6", "2025-01-01", "medication_change", "no"); /* no harm */
        event(w, "h8", "2025-01-01", "", "yes");                 /* nobody knows what it was */
    }
    seal(w);
}

/* ---- what is told ---------------------------------------------------------------------------------------------------
 */

static void each_kind_stands_under_each_denominator(void **state) {
    (void)state;
    world w;
    eight(&w, true);
    ask(&w, "harms", 0, 1);
    is(&w, "harms.deterioration.per_referral", 2, 8);           /* h1 h4 */
    is(&w, "harms.deterioration.per_entered", 2, 7);            /* all but h7 */
    is(&w, "harms.deterioration.per_finished", 2, 5);           /* h1 h2 h3 h4 h8 */
    is(&w, "harms.deterioration_not_known.per_referral", 3, 8); /* h3 h6 h7 */
    is(&w, "harms.deterioration_not_known.per_entered", 2, 7);
    is(&w, "harms.deterioration_not_known.per_finished", 1, 5);
    is(&w, "harms.deterioration.per_referral.worst", 5, 8);
    is(&w, "harms.deterioration.per_finished.worst", 3, 5);
    is(&w, "harms.unwanted_effect.per_referral", 1, 8); /* h1, once */
    is(&w, "harms.unwanted_effect.per_finished", 1, 5);
    is(&w, "harms.complaint.per_entered", 1, 7); /* h2 */
    is(&w, "harms.crisis.per_finished", 1, 5);   /* h3 */
    is(&w, "harms.admission.per_entered", 1, 7); /* h5 */
    is(&w, "harms.admission.per_finished", 0, 5);
    is(&w, "harms.died.per_referral", 1, 8);     /* h5 */
    is(&w, "harms.recorded.per_referral", 4, 8); /* h1 h2 h3 h5 */
    is(&w, "harms.recorded.per_finished", 3, 5);
    is(&w, "harms.any.per_referral", 5, 8); /* and h4 */
    is(&w, "harms.any.per_entered", 5, 7);
    is(&w, "harms.any.per_finished", 4, 5);
    is(&w, "harms.recorded.change_known", 3, 5);     /* h1 h2 h5, of these and h4 h8 */
    is(&w, "harms.recorded.change_not_known", 1, 2); /* h3, and h6 */
    end(&w);
}

static void how_events_were_judged_is_told_by_kind(void **state) {
    (void)state;
    world w;
    eight(&w, true);
    ask(&w, "harms", 0, 1);
    /* of two, the first line */
    assert_int_equal(people_in(&w, "harms.judged", "An unwanted effect", "related", "people"), 1);
    assert_int_equal(people_in(&w, "harms.judged", "An unwanted effect", "not related", "people"), 0);
    assert_int_equal(people_in(&w, "harms.judged", "A complaint", "possibly related", "people"), 1);
    assert_int_equal(people_in(&w, "harms.judged", "A crisis", "not related", "people"), 1);
    assert_int_equal(people_in(&w, "harms.judged", "An admission to hospital", "not known, or not recorded", "people"),
                     1);
    assert_int_equal(people_in(&w, "harms.judged", "Died", "not known, or not recorded", "people"), 1);
    end(&w);
}

static void the_trend_goes_by_when_it_happened(void **state) {
    (void)state;
    world w;
    eight(&w, true);
    ask(&w, "harms", 0, 1);
    assert_int_equal(people_in(&w, "harms.trend", "2024, quarter 1", NULL, "people"), 2);  /* h1, once, and h5 */
    assert_int_equal(people_in(&w, "harms.trend", "2024, quarter 2", NULL, "people"), 2);  /* h2 h5 */
    assert_int_equal(people_in(&w, "harms.trend", "no date", NULL, "people"), 1);          /* h3 */
    assert_int_equal(people_in(&w, "harms.trend", "2025, quarter 1", NULL, "people"), -1); /* no harm then */
    neither_blocks_nor_threads_change_a_byte_of(&w, "harms");
    end(&w);
}

/* ---- what is lacking ---- */

static void without_events_deterioration_is_told_alone(void **state) {
    (void)state;
    world w;
    eight(&w, false);
    ask(&w, "harms", 0, 1);
    is(&w, "harms.deterioration.per_finished", 2, 5);
    assert_null(find(&w, "harms.any.per_finished"));
    assert_null(find(&w, "harms.died.per_referral"));
    assert_true(has_caveat(&w, "does not mean that there were none"));
    end(&w);
}

static void without_the_rule_events_are_told_alone(void **state) {
    (void)state;
    world w = begin();
    person(&w, "h1", 2, OVER, NO_SCORE);
    score(&w, "h1", "bdi-ii", "2024-01-10", 10);
    event(&w, "h1", "2024-02-01", "death", "no");
    seal(&w);
    ask(&w, "harms", 0, 1);
    is(&w, "harms.died.per_finished", 1, 1);
    is(&w, "harms.recorded.per_finished", 1, 1);
    assert_null(find(&w, "harms.any.per_finished"));
    assert_null(find(&w, "harms.deterioration.per_finished"));
    assert_true(has_caveat(&w, "nobody has a score of the PHQ-9"));
    end(&w);
}

static void without_either_nothing_is_said(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "h1", "2024-01-01", "", NULL);
    score(&w, "h1", "bdi-ii", "2024-01-10", 10);
    seal(&w);
    ask(&w, "harms", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_int_equal(w.answer->n_needs_missing, 1);
    assert_true(has_caveat(&w, "nothing can be said of unwanted effects"));
    end(&w);
}

/* Each of the 5 kinds is not there, or judged in one of 4 ways: 3,125 people of as many kinds of history. */
static void where_people_differ_in_too_many_ways_kinds_are_told_and_judgements_are_not(void **state) {
    (void)state;
    static const char *const kinds[] = {"unwanted_effect", "complaint", "crisis", "admission", "death"};
    static const char *const judged[] = {"yes", "possibly", "no", "not_known"};
    world w = begin();
    for (int i = 0; i < 3125; i++) {
        char id[16];
        snprintf(id, sizeof id, "h%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        for (int k = 0, left = i; k < 5; k++, left /= 5)
            if (left % 5 > 0)
                event(&w, id, "2024-02-01", kinds[k], judged[left % 5 - 1]);
    }
    score(&w, "h0", "bdi-ii", "2024-01-10", 10);
    seal(&w);
    ask(&w, "harms", 0, 1);
    is(&w, "harms.crisis.per_referral", 2500, 3125); /* 4 of 5 */
    is(&w, "harms.recorded.per_referral", 3124, 3125);
    assert_true(has_caveat(&w, "is not told: people differ in too many ways"));
    for (size_t i = 0; i < w.answer->n_tables; i++)
        assert_string_not_equal(w.answer->tables[i]->id, "harms.judged");
    end(&w);
}

/* ---- beside `outcome` and `coverage` ---- */

static void protected_answer(world *w, const char *question) {
    ask(w, question, 0, 1);
    assert_true(rp_answer_protect((rp_answer *)w->answer, 5));
}

/* Of 60 people 20 are known to be worse; 22 have any harm, which tells of 2 who have an event and are not worse. What
 * `outcome` tells is told; the 22 are not, and neither are the 2 themselves. */
static void any_harm_less_worse_is_told_by_no_two(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 60; i++) {
        char id[16];
        snprintf(id, sizeof id, "h%02d", i);
        person(&w, id, 2, OVER, i < 20 ? WORSE : SAME);
        if (i >= 10 && i < 22)
            event(&w, id, "2024-02-01", "unwanted_effect", "no");
    }
    seal(&w);
    protected_answer(&w, "outcome");
    is(&w, "outcome.national_reliable_deterioration", 20, 60);
    protected_answer(&w, "harms");
    is(&w, "harms.deterioration.per_finished", 20, 60);
    assert_true(find(&w, "harms.any.per_referral")->suppressed);
    assert_true(find(&w, "harms.any.per_finished")->suppressed);
    is(&w, "harms.unwanted_effect.per_finished", 12, 60); /* of whom 10 are worse: that is not told */
    end(&w);
}

/* `coverage` tells that 22 have an event on record; 20 with a harm would tell of the 2 without. */
static void any_event_less_harm_is_told_by_no_two(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 60; i++) {
        char id[16];
        snprintf(id, sizeof id, "h%02d", i);
        person(&w, id, 2, OVER, SAME);
        if (i < 22)
            event(&w, id, "2024-02-01", i < 20 ? "complaint" : "life_event", "no");
    }
    seal(&w);
    protected_answer(&w, "coverage");
    is(&w, "coverage.events", 22, 60);
    protected_answer(&w, "harms");
    assert_true(find(&w, "harms.complaint.per_referral")->suppressed);
    assert_true(find(&w, "harms.recorded.per_referral")->suppressed);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_stands_under_each_denominator),
        cmocka_unit_test(how_events_were_judged_is_told_by_kind),
        cmocka_unit_test(the_trend_goes_by_when_it_happened),
        cmocka_unit_test(without_events_deterioration_is_told_alone),
        cmocka_unit_test(without_the_rule_events_are_told_alone),
        cmocka_unit_test(without_either_nothing_is_said),
        cmocka_unit_test(where_people_differ_in_too_many_ways_kinds_are_told_and_judgements_are_not),
        cmocka_unit_test(any_harm_less_worse_is_told_by_no_two),
        cmocka_unit_test(any_event_less_harm_is_told_by_no_two),
    };
    return cmocka_run_group_tests_name("questions: harms", tests, NULL, NULL);
}
