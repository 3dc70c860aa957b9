/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `assessor` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

static void status(world *w, const char *id, const char *role, const char *training, const char *from, const char *to) {
    assert_int_equal(put_row(w->record, RP_PRACTITIONERS, id, role, training, from, to, NULL), RP_PUT_KEPT);
}

static void award(world *w, const char *id, const char *level, const char *when) {
    assert_int_equal(put_row(w->record, RP_QUALIFICATIONS, id, level, when, NULL), RP_PUT_KEPT);
}

/* A person who is assessed once by this practitioner. */
static void assessed(world *w, const char *id, const char *date, const char *by) {
    char a[64], b[64], c[64], d[64];
    referral(w, id, "2024-01-01", "", NULL);
    snprintf(a, sizeof a, "contact_id=k-%s", id);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "practitioner_id=%s", by);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "kind=assessment", "attendance=attended", NULL),
                     RP_PUT_KEPT);
}

static void told(world *w, const char *id, const char *to, const char *matter, const char *is, const char *informant) {
    char a[64], b[64], c[64], d[64], e[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "to=%s", to);
    snprintf(c, sizeof c, "matter=%s", matter);
    snprintf(d, sizeof d, "told=%s", is);
    snprintf(e, sizeof e, "informant=%s", informant);
    assert_int_equal(put_row(w->record, RP_DISCLOSURES, a, b, c, d, e, NULL), RP_PUT_KEPT);
}

/* Two of each role. a1 qualifies on 31 March. */
static void practitioners(world *w) {
    status(w, "practitioner_id=a1", "role=pwp", "in_training=true", "from=2023-01-01", "to=2024-03-31");
    status(w, "practitioner_id=a1", "role=pwp", "in_training=false", "from=2024-04-01", "to=");
    status(w, "practitioner_id=a2", "role=pwp", "in_training=true", "from=2023-01-01", "to=");
    status(w, "practitioner_id=b1", "role=cbt_therapist", "in_training=false", "from=2019-01-01", "to=");
    status(w, "practitioner_id=b2", "role=cbt_therapist", "in_training=false", "from=2019-01-01", "to=");
    status(w, "practitioner_id=c1", "role=psychologist", "in_training=false", "from=2015-01-01", "to=");
    status(w, "practitioner_id=c2", "role=psychologist", "in_training=false", "from=2015-01-01", "to=");
    award(w, "practitioner_id=a1", "level=10", "awarded=2024-03-31");
    award(w, "practitioner_id=b1", "level=11", "awarded=2018-12-14");
    award(w, "practitioner_id=b2", "level=11", "awarded=2018-12-14");
    award(w, "practitioner_id=c1", "level=doctorate", "awarded=2012-09-30");
    award(w, "practitioner_id=c2", "level=doctorate", "planned=2026-09-30");
}

/* Ten people, of whom nine are assessed: three in the first quarter of 2024, six in the second. */
static void ten(world *w) {
    *w = begin();
    practitioners(w);
    assessed(w, "r1", "2024-01-10", "a1"); /* in training, not yet qualified */
    assessed(w, "r2", "2024-04-10", "a1"); /* neither any more */
    assessed(w, "r3", "2024-02-01", "a2"); /* no qualification on record */
    assessed(w, "r4", "2024-02-10", "b1");
    assessed(w, "r5", "2024-05-10", "b2");
    assessed(w, "r6", "2024-05-20", "b1");
    assessed(w, "r7", "2024-06-01", "c1");
    assessed(w, "r8", "2024-06-10", ""); /* by nobody knows whom */
    referral(w, "r9", "2024-01-01", "", NULL);
    contact(w, "r9", "2024-01-10", "assessment", "did_not_attend");
    assessed(w, "s0", "2024-06-02", "c2"); /* planned alone */
    const char *const role = "assessor_role";
    told(w, "r1", "client", role, "yes", "client");
    told(w, "r1", "client", "assessor_qualification", "no", "practitioner");
    told(w, "r1", "gp", role, "yes", "practitioner");
    told(w, "r2", "client", role, "yes", "client"); /* both ways */
    told(w, "r2", "client", role, "no", "practitioner");
    told(w, "r3", "client", role, "shown_on_screen", "screen");
    told(w, "r4", "client", role, "not_recorded", "practitioner");
    told(w, "r5", "client", role, "no", "client");
    told(w, "r6", "client", role, "yes", "client");
    told(w, "r6", "client", role, "yes", "practitioner");
    told(w, "r7", "client", "purpose_of_measures", "yes", "client"); /* another matter */
    told(w, "r8", "client", role, "yes", "");
    told(w, "r9", "client", role, "yes", "client"); /* not assessed */
    told(w, "s0", "client", role, "shown_on_screen", "screen");
    told(w, "s0", "client", role, "yes", "practitioner");
    seal(w);
}

static void who_assessed_is_told_as_of_the_day(void **state) {
    (void)state;
    world w;
    ten(&w);
    ask(&w, "assessor", 0, 1);
    is(&w, "assessor.recorded", 8, 9);           /* all but r8; r9 was not assessed */
    is(&w, "assessor.role.pwp", 3, 9);           /* r1 r2 r3 */
    is(&w, "assessor.role.cbt_therapist", 3, 9); /* r4 r5 r6 */
    is(&w, "assessor.role.psychologist", 2, 9);  /* r7 s0 */
    is(&w, "assessor.role_not_known", 0, 9);
    assert_null(find(&w, "assessor.role.nurse")); /* nobody */
    is(&w, "assessor.in_training", 2, 9);         /* r1 r3 */
    is(&w, "assessor.not_in_training", 6, 9);     /* r2 r4 r5 r6 r7 s0 */
    is(&w, "assessor.qualified", 5, 9);           /* r2 r4 r5 r6 r7 */
    assert_int_equal(people_in(&w, "assessor.roles", "no practitioner recorded", NULL, "people"), 1); /* r8 */
    end(&w);
}

/* a2 alone has no qualification on record; so that r3 is no line of a2's people, it goes with the next larger line: r1
 * and s0, of qualifications to come. Level 10 and the doctorate are one practitioner's each. */
static void no_line_is_one_practitioners(void **state) {
    (void)state;
    world w;
    ten(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.qualifications";
    assert_int_equal(people_in(&w, table, "no record of a qualification", NULL, "people"), -1);
    assert_int_equal(
        people_in(&w, table, "someone whose qualification was awarded later, or is planned", NULL, "people"), -1);
    assert_int_equal(people_in(&w, table, "qualifications not told apart", NULL, "people"), 3); /* r1 r3 s0 */
    assert_int_equal(people_in(&w, table, "someone with a qualification awarded by then", NULL, "people"), 5);
    assert_int_equal(people_in(&w, table, "of these: high-intensity cognitive behavioural therapy", NULL, "people"),
                     3); /* b1 b2 */
    assert_int_equal(people_in(&w, table, "of these: a clinical doctorate", NULL, "people"), -1);
    assert_int_equal(people_in(&w, table, "of these: psychological wellbeing practitioner", NULL, "people"), -1);
    end(&w);
}

/* Of a psychologist alone: taken together with the role of the fewest people, here the two pwp's. */
static void a_role_of_one_goes_with_the_next(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    assessed(&w, "r1", "2024-01-10", "a1");
    assessed(&w, "r2", "2024-01-11", "a2");
    assessed(&w, "r3", "2024-01-12", "b1");
    assessed(&w, "r4", "2024-01-13", "b2");
    assessed(&w, "r5", "2024-01-14", "b2");
    assessed(&w, "r6", "2024-01-15", "c1");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    assert_null(find(&w, "assessor.role.psychologist"));
    assert_null(find(&w, "assessor.role.pwp"));
    is(&w, "assessor.role.cbt_therapist", 3, 6);                                                  /* r3 r4 r5 */
    assert_int_equal(people_in(&w, "assessor.roles", "roles not told apart", NULL, "people"), 3); /* r1 r2 r6 */
    /* Level 11 is of b1 and b2; what it leaves of those with any is of c1 alone, so that it is left out. */
    assert_int_equal(people_in(&w, "assessor.qualifications", "of these: high-intensity cognitive behavioural therapy",
                               NULL, "people"),
                     -1);
    end(&w);
}

static void told_not_told_and_no_record_are_three_things(void **state) {
    (void)state;
    world w;
    ten(&w);
    ask(&w, "assessor", 0, 1);
    is(&w, "assessor.told.client.role", 4, 9);      /* r1 r6 r8 s0 */
    is(&w, "assessor.not_told.client.role", 1, 9);  /* r5 */
    is(&w, "assessor.no_record.client.role", 1, 9); /* r7 */
    const char *const table = "assessor.telling", *const client = "Client, of the role";
    assert_int_equal(people_in(&w, table, client, NULL, "both_ways"), 1); /* r2 */
    assert_int_equal(people_in(&w, table, client, NULL, "shown"), 1);     /* r3 */
    assert_int_equal(people_in(&w, table, client, NULL, "unsaid"), 1);    /* r4 */
    is(&w, "assessor.told.client.qualification", 0, 9);
    is(&w, "assessor.not_told.client.qualification", 1, 9);  /* r1 */
    is(&w, "assessor.no_record.client.qualification", 8, 9); /* all others */
    is(&w, "assessor.told.gp.role", 1, 9);                   /* r1 */
    is(&w, "assessor.no_record.gp.role", 8, 9);
    is(&w, "assessor.no_record.gp.qualification", 9, 9);
    assert_non_null(strstr(find(&w, "assessor.no_record.gp.role")->text, "this does not mean not told"));
    /* The bar of the client and the role: told, both ways, a row that does not say, no record: r1 r6 r8 s0 r2 r4 r7. */
    const rp_chart_point *p = &w.answer->charts[0]->series[0].points[0];
    assert_true(p->y == 4 / 9. && p->lower == 4 / 9. && p->upper == 7 / 9.);
    end(&w);
}

static void each_informant_has_a_line(void **state) {
    (void)state;
    static const struct {
        const char *informant;
        int64_t told, not_told;
    } expected[] = {
        {"the client", 3, 1},       /* r1 r2 r6; r5 */
        {"the practitioner", 2, 1}, /* r6 s0; r2 */
        {"not recorded", 1, 0},     /* r8 */
    };
    world w;
    ten(&w);
    ask(&w, "assessor", 0, 1);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *const telling = "Client, of the role", *by = expected[i].informant;
        assert_int_equal(people_in(&w, "assessor.informants", telling, by, "told"), expected[i].told);
        assert_int_equal(people_in(&w, "assessor.informants", telling, by, "not_told"), expected[i].not_told);
    }
    assert_int_equal(people_in(&w, "assessor.informants", "Client, of the role", "a screen", "told"), -1);
    end(&w);
}

static void the_trend_goes_by_quarters(void **state) {
    (void)state;
    world w;
    ten(&w);
    ask(&w, "assessor", 0, 1);
    const char *const table = "assessor.trend.client.role";
    assert_int_equal(table_of(&w, table)->n_rows, 2);
    assert_int_equal(people_in(&w, table, "2024, quarter 1", NULL, "assessed"), 3); /* r1 r3 r4 */
    assert_int_equal(people_in(&w, table, "2024, quarter 1", NULL, "told"), 1);     /* r1 */
    assert_int_equal(people_in(&w, table, "2024, quarter 1", NULL, "other"), 2);    /* r3 r4 */
    assert_int_equal(people_in(&w, table, "2024, quarter 2", NULL, "assessed"), 6);
    assert_int_equal(people_in(&w, table, "2024, quarter 2", NULL, "told"), 3);      /* r6 r8 s0 */
    assert_int_equal(people_in(&w, table, "2024, quarter 2", NULL, "not_told"), 1);  /* r5 */
    assert_int_equal(people_in(&w, table, "2024, quarter 2", NULL, "no_record"), 1); /* r7 */
    end(&w);
}

static const rp_answer_table *trend_between(world *w, const char *first, const char *last) {
    *w = begin();
    assessed(w, "r1", first, "");
    assessed(w, "r2", last, "");
    told(w, "r2", "client", "assessor_role", "yes", "client");
    seal(w);
    ask(w, "assessor", 0, 1);
    for (size_t i = 0; i < w->answer->n_tables; i++)
        if (strcmp(w->answer->tables[i]->id, "assessor.trend.client.role") == 0)
            return w->answer->tables[i];
    return NULL;
}

static void long_times_go_by_years_or_not_at_all(void **state) {
    (void)state;
    world w;
    const rp_answer_table *t = trend_between(&w, "2022-01-01", "2024-12-31"); /* 12 quarters */
    assert_string_equal(t->values[0].text, "2022, quarter 1");
    assert_string_equal(t->values[t->n_columns].text, "2024, quarter 4");
    end(&w);
    t = trend_between(&w, "2021-12-31", "2024-12-31"); /* 13 quarters: years, those of nobody left out */
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(t->values[0].text, "2021");
    end(&w);
    assert_non_null(trend_between(&w, "1989-01-01", "2024-12-31")); /* 36 years */
    end(&w);
    assert_null(trend_between(&w, "1988-01-01", "2024-12-31"));
    end(&w);
    assert_null(trend_between(&w, "2024-01-01", "2024-02-01")); /* one quarter is no trend */
    end(&w);
}

static void nobody_assessed_is_said(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "", NULL);
    contact(&w, "r1", "2024-01-10", "treatment", "attended");
    seal(&w);
    ask(&w, "assessor", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_non_null(strstr(w.answer->caveats[0], "Nobody in the cohort has an attended assessment"));
    end(&w);
}

/* Of 46 people, 40 told and 6 not recorded; in one quarter 3 of 23 are of no record. Those 3 must not follow, and how
 * many were assessed in a quarter is shown with every telling or with none. */
static void few_do_not_follow_from_the_trend(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 46; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", i);
        assessed(&w, id, i < 23 ? "2024-01-10" : "2024-04-10", "");
        if (i % 23 >= 3)
            told(&w, id, "client", "assessor_role", "yes", "client");
    }
    seal(&w);
    ask(&w, "assessor", 0, 1);
    assert_int_equal(people_in(&w, "assessor.trend.client.role", "2024, quarter 1", NULL, "no_record"), 3);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "assessor.told.client.role", 40, 46);
    is(&w, "assessor.no_record.client.role", 6, 46);
    const char *const trend = "assessor.trend.client.role";
    assert_int_equal(value_of(&w, trend, "2024, quarter 1", NULL, "assessed")->count.n, 23);
    assert_true(value_of(&w, trend, "2024, quarter 1", NULL, "no_record")->suppressed);
    assert_true(value_of(&w, trend, "2024, quarter 1", NULL, "told")->suppressed);
    static const char *const tables[] = {"assessor.trend.client.qualification", "assessor.trend.gp.role",
                                         "assessor.trend.gp.qualification"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        assert_int_equal(value_of(&w, tables[i], "2024, quarter 1", NULL, "assessed")->count.n, 23);
    end(&w);
}

/* All 23 of the first quarter are told, and 3 of the second. How many were assessed in the first stands beside the
 * other tellings too, so that the 26 told in all would tell of the 3. */
static void what_stands_beside_every_telling_is_held_against_each(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 46; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", i);
        assessed(&w, id, i < 23 ? "2024-01-10" : "2024-04-10", "");
        if (i < 26)
            told(&w, id, "client", "assessor_role", "yes", "client");
    }
    seal(&w);
    ask(&w, "assessor", 0, 1);
    is(&w, "assessor.told.client.role", 26, 46);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    assert_int_equal(people_in(&w, "assessor.trend.gp.role", "2024, quarter 1", NULL, "assessed"), 23);
    assert_true(find(&w, "assessor.told.client.role")->suppressed);
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w;
    ten(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "assessor");
    end(&w);
}

static void every_role_has_its_statement(void **state) {
    (void)state;
    const rp_code_list *roles =
        rp_schema_table(RP_PRACTITIONERS)->columns[rp_schema_column(RP_PRACTITIONERS, "role")].codes;
    for (size_t i = 0; i < roles->n; i++) {
        char id[64];
        snprintf(id, sizeof id, "assessor.role.%s", roles->codes[i].code);
        bool found = false;
        for (const rp_statement_def *d = rp_questions_find(rp_text_of("assessor"))->statements; d->id != NULL; d++)
            found = found || strcmp(d->id, id) == 0;
        if (!found)
            fail_msg("no statement %s", id);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_assessed_is_told_as_of_the_day),
        cmocka_unit_test(no_line_is_one_practitioners),
        cmocka_unit_test(a_role_of_one_goes_with_the_next),
        cmocka_unit_test(told_not_told_and_no_record_are_three_things),
        cmocka_unit_test(each_informant_has_a_line),
        cmocka_unit_test(the_trend_goes_by_quarters),
        cmocka_unit_test(long_times_go_by_years_or_not_at_all),
        cmocka_unit_test(nobody_assessed_is_said),
        cmocka_unit_test(few_do_not_follow_from_the_trend),
        cmocka_unit_test(what_stands_beside_every_telling_is_held_against_each),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
        cmocka_unit_test(every_role_has_its_statement),
    };
    return cmocka_run_group_tests_name("questions: assessor", tests, NULL, NULL);
}
