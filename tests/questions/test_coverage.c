/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `coverage` on records made by hand: every count and word is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* Three people, of whom c has a referral alone. Referrals come in and end from January to March 2024. */
static void three(world *w) {
    referral(w, "a", "2024-01-10", "2024-03-05", "source=self");
    assert_int_equal(put_row(w->record, RP_CONTACTS, "contact_id=a1", "referral_id=a", "date=2024-01-20",
                             "attendance=attended", "minutes=50", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_CONTACTS, "contact_id=a2", "referral_id=a", "date=2024-03-01",
                             "attendance=attended", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_ACTIVITIES, "activity_id=x", "contact_id=a2", "minutes=50", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_RISKS, "risk_id=r", "referral_id=a", "raised=2024-02-29T23:59:59Z", NULL),
                     RP_PUT_KEPT);
    score(w, "a", "phq-9", "2024-01-20", 12);
    referral(w, "b", "2024-02-01", "", NULL);
    /* Booked, past the last date of a referral. */
    assert_int_equal(put_row(w->record, RP_CONTACTS, "contact_id=b1", "referral_id=b", "date=2024-05-01", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_GOALS, "goal_id=g1", "referral_id=b", "contact_id=b1", NULL), RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_GOAL_RATINGS, "goal_id=g1", "date=2024-03-02", "rating=3", NULL),
                     RP_PUT_KEPT);
    referral(w, "c", "2024-03-07", "", NULL);
    assert_int_equal(put_row(w->record, RP_SERVICES, "service_id=s", NULL), RP_PUT_KEPT);
}

/* The text of a column in the row that begins with these one or two texts; "hidden"; NULL: empty. */
static const char *word(const world *w, const char *table, const char *first, const char *second, size_t column) {
    const rp_answer_table *t = table_of(w, table);
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        if (strcmp(row[0].text, first) == 0 && (second == NULL || strcmp(row[1].text, second) == 0))
            return row[column].suppressed ? "hidden" : row[column].text;
    }
    fail_msg("%s has no row %s", table, first);
    return NULL;
}

static void people_with_a_row_are_counted(void **state) {
    (void)state;
    world w = begin();
    three(&w);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    is(&w, "coverage.clients", 3, 3);
    is(&w, "coverage.referrals", 3, 3);
    is(&w, "coverage.contacts", 2, 3);   /* a, twice; b */
    is(&w, "coverage.activities", 1, 3); /* a */
    is(&w, "coverage.administrations", 1, 3);
    is(&w, "coverage.scores", 1, 3);
    is(&w, "coverage.goals", 1, 3); /* b */
    is(&w, "coverage.goal_ratings", 1, 3);
    is(&w, "coverage.risks", 1, 3);
    assert_null(find(&w, "coverage.events")); /* of a table that is not there nothing is counted */
    assert_null(find(&w, "coverage.responses"));
    const rp_answer_table *t = table_of(&w, "coverage.tables");
    assert_int_equal(t->n_rows, 24); /* design: the record's tables */
    assert_string_equal(word(&w, "coverage.tables", "contacts", NULL, 2), "yes");
    assert_string_equal(word(&w, "coverage.tables", "services", NULL, 2), "yes, not by person");
    assert_string_equal(word(&w, "coverage.tables", "events", NULL, 2), "no");
    assert_string_equal(word(&w, "coverage.tables", "contacts", NULL, 5), "2024-01");
    assert_string_equal(word(&w, "coverage.tables", "contacts", NULL, 6), "2024-05");
    assert_string_equal(word(&w, "coverage.tables", "activities", NULL, 5), "2024-03"); /* of its contact */
    assert_string_equal(word(&w, "coverage.tables", "goals", NULL, 5), "2024-05");      /* of the contact named */
    assert_string_equal(word(&w, "coverage.tables", "goal_ratings", NULL, 5), "2024-03");
    assert_string_equal(word(&w, "coverage.tables", "clients", NULL, 5), "no dates");
    assert_int_equal(w.answer->charts[0]->series[0].n, 9); /* the tables of people that are there */
    end(&w);
}

static void what_is_lacking_is_named_once(void **state) {
    (void)state;
    world w = begin();
    three(&w);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    assert_int_equal(w.answer->n_needs_missing, 0);
    size_t naming = 0;
    for (size_t i = 0; i < w.answer->n_caveats; i++) {
        naming += strstr(w.answer->caveats[i], "events") != NULL;
        assert_null(strstr(w.answer->caveats[i], "contacts"));
    }
    assert_int_equal(naming, 1);
    end(&w);
}

static void months_have_some_or_none(void **state) {
    (void)state;
    static const struct {
        const char *table, *jan, *feb, *mar;
    } expected[] = {
        {"referrals", "some", "some", "some"},    /* a, b, c */
        {"contacts", "some", "none", "some"},     /* a1, a2 */
        {"scores", "some", "none", "none"},       /* of its questionnaire */
        {"risks", "none", "some", "none"},        /* one second before March */
        {"goals", "none", "none", "none"},        /* May, when no referral came in or ended */
        {"goal_ratings", "none", "none", "some"}, /* its own date, not that of the goal */
    };
    world w = begin();
    three(&w);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_string_equal(word(&w, "coverage.months", expected[i].table, "2024", 2), expected[i].jan);
        assert_string_equal(word(&w, "coverage.months", expected[i].table, "2024", 3), expected[i].feb);
        assert_string_equal(word(&w, "coverage.months", expected[i].table, "2024", 4), expected[i].mar);
        assert_null(word(&w, "coverage.months", expected[i].table, "2024", 5)); /* April is past the span */
    }
    end(&w);
}

/* Ten years of referrals: the last five are told, the first and last month are those of all. */
static void only_the_last_years_are_told_by_month(void **state) {
    (void)state;
    world w = begin();
    for (int year = 2010; year < 2020; year++) {
        char id[16], received[32];
        snprintf(id, sizeof id, "r%d", year);
        snprintf(received, sizeof received, "%d-12-31", year);
        referral(&w, id, received, "", NULL);
    }
    score(&w, "r2010", "phq-9", "2011-01-01", 12);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    const rp_answer_table *t = table_of(&w, "coverage.months");
    assert_int_equal(t->n_rows, 15); /* 2015 to 2019, of referrals, administrations and scores */
    assert_string_equal(word(&w, "coverage.months", "referrals", "2015", 13), "some");
    assert_string_equal(word(&w, "coverage.months", "referrals", "2019", 12), "none");
    assert_string_equal(word(&w, "coverage.months", "scores", "2015", 2), "none");
    assert_string_equal(word(&w, "coverage.tables", "referrals", NULL, 5), "2010-12");
    assert_string_equal(word(&w, "coverage.tables", "scores", NULL, 6), "2011-01");
    end(&w);
}

static void values_are_told_in_five_words(void **state) {
    (void)state;
    world w = begin();
    three(&w);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    assert_string_equal(word(&w, "coverage.columns", "contacts", "date", 3), "95% or more");       /* 3 of 3 */
    assert_string_equal(word(&w, "coverage.columns", "contacts", "attendance", 3), "25% to 74%");  /* 2 of 3 */
    assert_string_equal(word(&w, "coverage.columns", "contacts", "minutes", 3), "25% to 74%");     /* 1 of 3 */
    assert_string_equal(word(&w, "coverage.columns", "contacts", "mode", 3), "fewer than 5%");     /* 0 of 3 */
    assert_string_equal(word(&w, "coverage.columns", "referrals", "source", 3), "25% to 74%");     /* 1 of 3 */
    assert_string_equal(word(&w, "coverage.columns", "risks", "raised", 3), "95% or more");        /* a time */
    assert_string_equal(word(&w, "coverage.columns", "goal_ratings", "rating", 3), "95% or more"); /* a number */
    assert_string_equal(word(&w, "coverage.columns", "goals", "agreed_by_client", 3), "fewer than 5%");
    assert_string_equal(word(&w, "coverage.columns", "goals", "date", 3),
                        "fewer than 5%"); /* its own, not a contact's */
    end(&w);
}

/* Of 40 people 30 have contacts, of whom 2 have no questionnaire: the 28 beside the 30 would tell of them. 5 have
 * contacts in February, 4 in March. */
static void few_people_are_hidden(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "p%d", i);
        referral(&w, id, "2024-01-01", "2024-03-31", NULL);
        if (i < 30)
            contact(&w, id, i < 5 ? "2024-02-10" : i < 9 ? "2024-03-10" : "2024-01-10", "treatment", "attended");
        if (i < 28)
            score(&w, id, "phq-9", "2024-01-10", 12);
    }
    assert_int_equal(put_row(w.record, RP_STORIES, "referral_id=p1", "date=2024-02-01", NULL), RP_PUT_KEPT);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    is(&w, "coverage.contacts", 30, 40);
    is(&w, "coverage.administrations", 28, 40);
    is(&w, "coverage.stories", 1, 40);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "coverage.contacts", 30, 40);
    assert_true(find(&w, "coverage.administrations")->suppressed);
    assert_true(find(&w, "coverage.scores")->suppressed);
    assert_true(find(&w, "coverage.stories")->suppressed);
    assert_string_equal(word(&w, "coverage.months", "contacts", "2024", 3), "some");   /* 5 */
    assert_string_equal(word(&w, "coverage.months", "contacts", "2024", 4), "hidden"); /* 4 */
    assert_string_equal(word(&w, "coverage.months", "scores", "2024", 2), "some");     /* 28, and no number */
    assert_string_equal(word(&w, "coverage.months", "scores", "2024", 3), "hidden");   /* none */
    assert_string_equal(word(&w, "coverage.tables", "stories", NULL, 5), "hidden");
    assert_string_equal(word(&w, "coverage.tables", "contacts", NULL, 6), "hidden"); /* March: 4 */
    assert_string_equal(word(&w, "coverage.columns", "stories", "date", 3), "hidden");
    assert_string_equal(word(&w, "coverage.columns", "scores", "value", 3), "95% or more");
    end(&w);
}

/* A study without dates: who is on record is told, months are not. */
static void without_dates_months_are_not_told(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "", "", NULL);
    assert_int_equal(put_row(w.record, RP_ADMINISTRATIONS, "administration_id=x", "referral_id=a", "occasion=1",
                             "instrument=phq-9", "version=1", "rater=client", NULL),
                     RP_PUT_KEPT);
    seal(&w);
    ask(&w, "coverage", 0, 1);
    is(&w, "coverage.administrations", 1, 1);
    for (size_t i = 0; i < w.answer->n_tables; i++)
        assert_string_not_equal(w.answer->tables[i]->id, "coverage.months");
    bool said = false;
    for (size_t i = 0; i < w.answer->n_caveats; i++)
        said = said || strstr(w.answer->caveats[i], "months cannot be told") != NULL;
    assert_true(said);
    assert_string_equal(word(&w, "coverage.tables", "administrations", NULL, 5), "no dates");
    end(&w);
}

static void ask_of(world *w, const rp_cohort_options *o) {
    rp_asked asked = {.level = 0.95, .threads = 1};
    w->answer =
        rp_questions_ask(rp_questions_find(rp_text_of("coverage")), cohort_of(w, o), &asked, w->arena, &w->error);
    assert_non_null(w->answer);
}

/* The only event is of b, who was never assessed: of the cohort of people assessed nothing is left out for that, which
 * would tell that nobody in it has one. */
static void a_table_of_others_is_shown_all_the_same(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-10", "2024-01-20", NULL);
    contact(&w, "a", "2024-01-12", "assessment", "attended");
    referral(&w, "b", "2024-01-10", "", NULL);
    assert_int_equal(put_row(w.record, RP_EVENTS, "referral_id=b", "date=2024-01-15", "kind=crisis", NULL),
                     RP_PUT_KEPT);
    seal(&w);
    rp_cohort_options o = cohort_options();
    o.event = RP_COHORT_ASSESSED;
    ask_of(&w, &o);
    is(&w, "coverage.events", 0, 1);
    assert_string_equal(word(&w, "coverage.tables", "events", NULL, 2), "yes");
    assert_string_equal(word(&w, "coverage.tables", "events", NULL, 5), "no dates");
    assert_string_equal(word(&w, "coverage.months", "events", "2024", 2), "none");
    assert_string_equal(word(&w, "coverage.columns", "events", "kind", 3), "no rows");
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    assert_string_equal(word(&w, "coverage.tables", "events", NULL, 5), "hidden");
    assert_string_equal(word(&w, "coverage.months", "events", "2024", 2), "hidden");
    assert_string_equal(word(&w, "coverage.columns", "events", "kind", 3), "hidden");
    end(&w);
}

static void of_nobody_nothing_is_told(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-10", "", NULL);
    contact(&w, "a", "2024-01-12", "other", "attended");
    seal(&w);
    rp_cohort_options o = cohort_options();
    assert_true(rp_date_parse(rp_text_of("2030-01-01"), &o.from));
    ask_of(&w, &o);
    is(&w, "coverage.contacts", 0, 0);
    assert_non_null(strstr(find(&w, "coverage.contacts")->text, "nobody of whom it could be told"));
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w = begin();
    three(&w);
    seal(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "coverage");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_with_a_row_are_counted),     cmocka_unit_test(what_is_lacking_is_named_once),
        cmocka_unit_test(months_have_some_or_none),          cmocka_unit_test(only_the_last_years_are_told_by_month),
        cmocka_unit_test(values_are_told_in_five_words),     cmocka_unit_test(few_people_are_hidden),
        cmocka_unit_test(without_dates_months_are_not_told), cmocka_unit_test(a_table_of_others_is_shown_all_the_same),
        cmocka_unit_test(of_nobody_nothing_is_told),         cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("questions: coverage", tests, NULL, NULL);
}
