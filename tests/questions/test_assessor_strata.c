/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `assessor`: outcome, leaving and alliance by who assessed, in strata and standardised. Records are made by hand, and
 * every number is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* p1 p2: low intensity, in training; h1 h2: high intensity, not in training. */
static void practitioners(world *w) {
    static const char *const ids[] = {"p1", "p2", "h1", "h2"};
    for (size_t i = 0; i < 4; i++) {
        char id[64];
        snprintf(id, sizeof id, "practitioner_id=%s", ids[i]);
        assert_int_equal(put_row(w->record, RP_PRACTITIONERS, id, i < 2 ? "role=pwp" : "role=cbt_therapist",
                                 i < 2 ? "in_training=true" : "in_training=false", NULL),
                         RP_PUT_KEPT);
    }
}

/* What becomes of somebody. */
typedef struct life {
    const char *by, *problem;
    double phq9_first, phq9_last; /* NaN: none; the GAD-7 is 10 at first, and 3 or 12 at last, so that it goes along */
    int treated;
    bool open;
    double alliance; /* NaN: none */
} life;

static void live(world *w, const life *l) {
    static int next = 0;
    char id[32], k[64], r[64], by[64], problem[64];
    snprintf(id, sizeof id, "r%d", next);
    snprintf(k, sizeof k, "contact_id=first%d", next++);
    snprintf(r, sizeof r, "referral_id=%s", id);
    snprintf(by, sizeof by, "practitioner_id=%s", l->by);
    snprintf(problem, sizeof problem, "problem=%s", l->problem);
    referral(w, id, "2024-01-01", l->open ? "" : "2024-06-01", *l->problem != '\0' ? problem : NULL);
    assert_int_equal(
        put_row(w->record, RP_CONTACTS, k, r, by, "date=2024-01-08", "kind=assessment", "attendance=attended", NULL),
        RP_PUT_KEPT);
    for (int t = 0; t < l->treated; t++)
        contact(w, id, t == 0 ? "2024-02-01" : "2024-03-01", "treatment", "attended");
    if (!isnan(l->phq9_first)) {
        score(w, id, "phq-9", "2024-01-08", l->phq9_first);
        score(w, id, "gad-7", "2024-01-08", 10);
    }
    if (!isnan(l->phq9_last)) {
        score(w, id, "phq-9", "2024-03-01", l->phq9_last);
        score(w, id, "gad-7", "2024-03-01", l->phq9_last < 10 ? 3 : 12);
    }
    if (!isnan(l->alliance)) {
        score(w, id, "wai-sr", "2024-02-01", l->alliance);
        score(w, id, "wai-sr", "2024-03-01", 12); /* a later one, which is not looked at */
    }
}

static void live_often(world *w, int times, life l, const char *other) {
    const char *const by[] = {l.by, other};
    for (int i = 0; i < times; i++) {
        l.by = by[i % 2];
        live(w, &l);
    }
}

/* Who does well among the moderate (PHQ-9 of 12) and the severe (22). Of 15 each, half of all in each band:
 *   low:  moderate 5 of 10, severe 1 of 5      crude 6/15, standardised .5 x .5 + .5 x .2 = .35
 *   high: moderate 1 of 5, severe 4 of 10      crude 5/15, standardised .5 x .2 + .5 x .4 = .30 */
static void thirty(world *w) {
    *w = begin();
    practitioners(w);
    const life low = {"p1", "F32", 12, 5, 2, false, NAN}, high = {"h1", "F32", 12, 5, 2, false, NAN};
    life l = low;
    live_often(w, 5, l, "p2");
    l.phq9_last = 12;
    live_often(w, 5, l, "p2");
    l = low, l.phq9_first = 22;
    live_often(w, 1, l, "p2");
    l.phq9_last = 22;
    live_often(w, 4, l, "p2");
    l = high;
    live_often(w, 1, l, "h2");
    l.phq9_last = 12;
    live_often(w, 4, l, "h2");
    l = high, l.phq9_first = 22;
    live_often(w, 4, l, "h2");
    l.phq9_last = 22;
    live_often(w, 6, l, "h2");
    seal(w);
}

static double number(const world *w, const char *table, const char *a, const char *b, const char *column) {
    const rp_value *value = value_where(w, table, (const char *const[]){a, b, NULL}, column);
    assert_non_null(value);
    return value->kind == RP_VALUE_NUM ? value->num : NAN;
}

#define LOW  "psychological wellbeing"
#define HIGH "cognitive behavioural"

static void a_difference_of_strata_is_taken_away(void **state) {
    (void)state;
    world w;
    thirty(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.standardised.role", *const what = "Recovered";
    assert_true(number(&w, table, what, LOW, "crude") == 40);             /* 6/15 */
    assert_true(number(&w, table, what, LOW, "crude_difference") == 6.7); /* 6/15 - 5/15 = .0667 */
    assert_true(number(&w, table, what, LOW, "held") == 100);
    assert_true(number(&w, table, what, LOW, "standardised") == 35);
    assert_true(number(&w, table, what, LOW, "difference") == 5);
    assert_true(number(&w, table, what, HIGH, "standardised") == 30);
    assert_true(number(&w, table, what, HIGH, "difference") == -5);
    /* By hand: .25 x (.25/9 + .16/4 + .16/4 + .24/9) = .0336 is the variance of the difference. Its degrees of freedom:
     * .0336^2 over the sum of (.25 x .25/9)^2/9, twice (.25 x .04)^2/4 and (.25 x .24/9)^2/9. */
    double a = 0.25 * 0.25 / 9, b = 0.25 * 0.04, c = 0.25 * 0.24 / 9, v = a + 2 * b + c;
    double df = v * v / (a * a / 9 + 2 * b * b / 4 + c * c / 9), half = 100 * rp_t_quantile(0.975, df) * sqrt(v);
    assert_true(fabs(number(&w, table, what, LOW, "difference_upper") - (5 + half)) <= 0.05 + 1e-9);
    assert_true(fabs(number(&w, table, what, LOW, "difference_lower") - (5 - half)) <= 0.05 + 1e-9);
    assert_true(isnan(number(&w, table, "Ended without", LOW, "lower"))); /* of none: no spread, no interval */
    end(&w);
}

static void strata_too_small_to_tell_are_left_out(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    life l = {"p1", "F32", 12, 5, 2, false, NAN};
    live_often(&w, 12, l, "p2");
    l.by = "h1";
    live_often(&w, 4, l, "h2"); /* the only stratum with both, and it holds too few of one */
    l.phq9_first = 22;
    live_often(&w, 6, l, "h2");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.standardised.role", *const what = "Recovered";
    assert_true(number(&w, table, what, LOW, "held") == 0);
    assert_true(isnan(number(&w, table, what, LOW, "standardised")));
    assert_true(isnan(number(&w, table, what, LOW, "difference")));
    assert_true(number(&w, table, what, LOW, "crude") == 100);
    end(&w);
}

/* Two of each role in each of four situations, and one by nobody knows whom. */
static void seventeen(world *w) {
    *w = begin();
    practitioners(w);
    for (int high = 0; high < 2; high++) {
        const char *one = high ? "h1" : "p1", *two = high ? "h2" : "p2";
        live_often(w, 2, (life){one, "F32", 12, 5, 2, false, 40 + 2 * high}, two); /* recovers, finishes */
        live_often(w, 2, (life){one, "F41.1", 12, 20, 1, false, NAN}, two);        /* deteriorates, leaves */
        live_often(w, 2, (life){one, "F41.1", 22, NAN, 0, false, NAN}, two);       /* leaves untreated */
        live_often(w, 2, (life){one, "", NAN, NAN, 2, true, 50}, two);             /* open, never measured */
    }
    live(w, &(life){"", "K58", 22, 22, 2, false, NAN});
    seal(w);
}

static void what_is_not_known_is_not_no(void **state) {
    (void)state;
    world w;
    seventeen(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.outcome.role";
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "anyone", "of"), 17);
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "anyone", "known"), 4);
    /* left untreated, or open */
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "anyone", "unknown"), 8);
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", LOW, "known"), 2);
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", LOW, "of"), 8);
    assert_int_equal(people_where(&w, table, "Recovered", "first PHQ-9 moderate", LOW, "of"), 4);
    assert_int_equal(people_where(&w, table, "Recovered", "first PHQ-9 severe", LOW, "unknown"), 2);
    assert_int_equal(people_where(&w, table, "Recovered", "severity by the PHQ-9 not known", LOW, "unknown"), 2);
    assert_int_equal(people_where(&w, table, "Recovered", "depression", HIGH, "known"), 2);
    assert_int_equal(people_where(&w, table, "Recovered", "anxiety", HIGH, "of"), 4);
    assert_int_equal(people_where(&w, table, "Recovered", "no problem recorded", HIGH, "of"), 2);
    assert_int_equal(people_where(&w, table, "Recovered", "medically unexplained", "no practitioner", "of"), 1);
    /* no row of nobody */
    assert_int_equal(people_where(&w, table, "Recovered", "medically unexplained", LOW, "of"), -1);
    assert_int_equal(people_where(&w, table, "Reliably deteriorated", "everyone", HIGH, "known"), 2);
    /* 2 of 8 recovered, 4 not known: 25% to 75%. Deteriorated the same, the other way round. */
    const char *const good[] = {"Recovered", "everyone", LOW}, *const bad[] = {"Reliably deteriorated", "everyone",
                                                                               LOW};
    assert_true(value_where(&w, table, good, "worst")->num == 25 && value_where(&w, table, good, "best")->num == 75);
    assert_true(value_where(&w, table, bad, "worst")->num == 75 && value_where(&w, table, bad, "best")->num == 25);
    is(&w, "assessor.first_phq9", 13, 17);
    is(&w, "assessor.problem_recorded", 13, 17);
    is(&w, "assessor.alliance_scored", 8, 17);
    end(&w);
}

static void leaving_and_alliance_are_of_everyone_assessed(void **state) {
    (void)state;
    world w;
    seventeen(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.leaving.training", *const who = "someone in training";
    assert_int_equal(people_where(&w, table, "Ended after the assessment", "everyone", who, "people"), 2);
    assert_int_equal(people_where(&w, table, "Ended after one", "everyone", who, "people"), 2);
    assert_int_equal(people_where(&w, table, "Finished", "everyone", who, "people"), 2);
    assert_int_equal(people_where(&w, table, "Still open", "everyone", who, "people"), 2);
    assert_int_equal(people_where(&w, table, "Still open", "everyone", "anyone", "assessed"), 17);
    assert_int_equal(people_where(&w, table, "Not known", "everyone", "anyone", "people"), -1);
    /* First scores alone: 40 40 50 50 low, 42 42 50 50 high. */
    assert_true(number(&w, "assessor.alliance.role", "everyone", "anyone", "mean") == 45.5);
    assert_true(number(&w, "assessor.alliance.role", "everyone", LOW, "mean") == 45);
    assert_true(number(&w, "assessor.alliance.role", "everyone", HIGH, "mean") == 46);
    assert_true(number(&w, "assessor.alliance.role", "depression", HIGH, "mean") == 42);
    assert_true(isnan(number(&w, "assessor.alliance.role", "anxiety", HIGH, "mean"))); /* nobody has one */
    end(&w);
}

static void every_table_stands_under_the_sentence(void **state) {
    (void)state;
    static const char sentence[] = "Assessors were not allocated by chance; this is not an effect of who assessed.";
    world w;
    seventeen(&w);
    ask(&w, "assessor", 0, 1);
    assert_true(has_caveat(&w, sentence));
    size_t tables = 0;
    for (size_t i = 0; i < w.answer->n_tables; i++) {
        const rp_answer_table *t = w.answer->tables[i];
        if (strstr(t->id, ".outcome.") == NULL && strstr(t->id, ".leaving.") == NULL &&
            strstr(t->id, ".alliance.") == NULL && strstr(t->id, ".standardised.") == NULL)
            continue;
        assert_ptr_equal(strstr(t->note, sentence), t->note);
        tables++;
    }
    assert_int_equal(tables, 8); /* four each by role and training; no qualification is on record */
    end(&w);
}

/* A role of one practitioner alone is no line here either. */
static void no_line_is_one_practitioners(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    assert_int_equal(put_row(w.record, RP_PRACTITIONERS, "practitioner_id=n", "role=nurse", NULL), RP_PUT_KEPT);
    const life l = {"p1", "F32", 12, 5, 2, false, NAN};
    live_often(&w, 6, l, "p2");
    live_often(&w, 8, (life){"h1", "F32", 12, 5, 2, false, NAN}, "h2");
    live_often(&w, 7, (life){"n", "F32", 12, 5, 2, false, NAN}, "n");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.outcome.role";
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "mental health nurse", "of"), -1);
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "roles not told apart", "of"), 13);
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", HIGH, "of"), 8);
    assert_null(value_where(&w, "assessor.standardised.role",
                            (const char *const[]){"Recovered", "mental health nurse", NULL}, "crude"));
    end(&w);
}

static void what_the_record_lacks_is_said(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    live_often(&w, 6, (life){"p1", "F32", NAN, NAN, 2, true, NAN}, "p2");
    live_often(&w, 6, (life){"h1", "F32", NAN, NAN, 2, true, NAN}, "h2");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    assert_true(has_caveat(&w, "Of nobody assessed is an outcome known"));
    assert_true(has_caveat(&w, "No client has a score of the alliance"));
    assert_true(has_caveat(&w, "no date of ending"));
    for (size_t i = 0; i < w.answer->n_tables; i++)
        assert_true(strstr(w.answer->tables[i]->id, "outcome") == NULL &&
                    strstr(w.answer->tables[i]->id, "alliance") == NULL);
    assert_int_equal(people_where(&w, "assessor.leaving.role", "Not known", "everyone", LOW, "people"), 6);
    end(&w);
}

/* Of 20 each, in one band 3 of the high line do not recover, and everyone's outcome is known: neither the 3 nor what
 * they follow from is shown. */
static void few_do_not_follow(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    live_often(&w, 12, (life){"p1", "F32", 12, 5, 2, false, NAN}, "p2");
    live_often(&w, 8, (life){"p1", "F32", 12, 12, 2, false, NAN}, "p2");
    live_often(&w, 17, (life){"h1", "F32", 12, 5, 2, false, NAN}, "h2");
    live_often(&w, 3, (life){"h1", "F32", 12, 12, 2, false, NAN}, "h2");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.outcome.role", *const high[] = {"Recovered", "everyone", HIGH};
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", HIGH, "known"), 17);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    assert_true(value_where(&w, table, high, "known")->suppressed);
    assert_true(value_where(&w, table, high, "share")->suppressed);
    const char *const low[] = {"Recovered", "everyone", LOW};
    assert_true(value_where(&w, table, low, "known")->suppressed); /* 29 in all are shown, so that 17 would follow */
    assert_int_equal(people_where(&w, table, "Recovered", "everyone", "anyone", "known"), 29);
    static const char *const numbers[] = {"crude", "crude_difference", "standardised", "difference"};
    for (size_t i = 0; i < 4; i++)
        for (size_t l = 0; l < 2; l++) {
            const char *const texts[] = {"Recovered", l == 0 ? LOW : HIGH, NULL};
            assert_true(value_where(&w, "assessor.standardised.role", texts, numbers[i])->suppressed);
        }
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w;
    seventeen(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "assessor");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_of_strata_is_taken_away),
        cmocka_unit_test(strata_too_small_to_tell_are_left_out),
        cmocka_unit_test(what_is_not_known_is_not_no),
        cmocka_unit_test(leaving_and_alliance_are_of_everyone_assessed),
        cmocka_unit_test(every_table_stands_under_the_sentence),
        cmocka_unit_test(no_line_is_one_practitioners),
        cmocka_unit_test(what_the_record_lacks_is_said),
        cmocka_unit_test(few_do_not_follow),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("questions: assessor, strata", tests, NULL, NULL);
}
