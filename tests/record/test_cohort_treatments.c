/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Treatment sessions one after the other, and of which step they were: records made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rows.h"

static void held(world *w, const char *contact_id, const char *when, const char *kind, const char *attendance) {
    assert_int_equal(put_row(w->record, RP_CONTACTS, contact_id, "referral_id=r", when, kind, attendance, NULL),
                     RP_PUT_KEPT);
}

static void internet_log(world *w, const char *to, const char *programme) {
    assert_int_equal(put_row(w->record, RP_INTERNET_LOGS, "referral_id=r", "from=2024-01-01", to, programme, NULL),
                     RP_PUT_KEPT);
}

/* Its sessions as "k1 k2 sleep", by contact or by programme; false: the order is not known. */
static bool sessions_of(world *w, char *out, size_t size) {
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w->arena, &block, &w->error));
    const rp_episode *e = &block.episodes[0];
    int programme = rp_schema_column(RP_INTERNET_LOGS, "programme");
    uint32_t n = 0;
    out[0] = '\0';
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, e, &t);) {
        const char *text = t.contact >= 0 ? rp_record_id_text(w->record, RP_CONTACTS, 0, (size_t)t.contact)
                                          : rp_record_id_text(w->record, RP_INTERNET_LOGS, programme, (size_t)t.log);
        assert_int_equal(t.number, ++n);
        assert_true((t.contact < 0) != (t.log < 0));
        snprintf(out + strlen(out), size - strlen(out), "%s%s", n > 1 ? " " : "", text);
    }
    assert_int_equal(n, e->treated); /* what the episode counts */
    return rp_cohort_treatments_in_order(cohort, e);
}

static void contacts_and_logs_come_by_date(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    held(&w, "contact_id=k3", "date=2024-03-01", "kind=review_and_treatment", "attendance=late_seen");
    held(&w, "contact_id=k1", "date=2024-01-10", "kind=assessment_and_treatment", "attendance=attended");
    held(&w, "contact_id=k0", "date=2024-01-05", "kind=assessment", "attendance=attended");
    held(&w, "contact_id=k2", "date=2024-02-01", "kind=treatment", "attendance=did_not_attend");
    held(&w, "contact_id=k4", "date=2024-04-01", "kind=follow_up", "attendance=attended");
    internet_log(&w, "to=2024-03-05", "programme=last");
    internet_log(&w, "to=2024-03-01", "programme=same-day");
    internet_log(&w, "to=", "programme=goes-on");
    internet_log(&w, "to=2024-01-20", "programme=first");
    internet_log(&w, "to=2024-01-20", "programme=first-too");
    seal(&w);
    char text[256];
    assert_true(sessions_of(&w, text, sizeof text));
    assert_string_equal(text, "k1 first first-too k3 same-day last");
    end(&w);
}

static void occasions_are_an_order_too(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    held(&w, "contact_id=a", "occasion=2", "kind=treatment", "attendance=attended");
    held(&w, "contact_id=b", "occasion=1", "kind=treatment", "attendance=attended");
    seal(&w);
    char text[256];
    assert_true(sessions_of(&w, text, sizeof text));
    assert_string_equal(text, "b a");
    end(&w);
}

static void some_dates_alone_are_no_order(void **state) {
    (void)state;
    char text[256];
    world w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    held(&w, "contact_id=a", "occasion=2", "kind=treatment", "attendance=attended");
    held(&w, "contact_id=b", "date=2024-02-01", "kind=treatment", "attendance=attended");
    seal(&w);
    assert_false(sessions_of(&w, text, sizeof text));
    end(&w);
    w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    held(&w, "contact_id=a", "occasion=2", "kind=treatment", "attendance=attended");
    internet_log(&w, "to=2024-03-05", "programme=log");
    seal(&w);
    assert_false(sessions_of(&w, text, sizeof text));
    end(&w);
}

static void steps_are_those_of_the_list(void **state) {
    (void)state;
    assert_int_equal(rp_therapy_step("748051000000105"), RP_STEP_LOW);      /* guided self-help, book */
    assert_int_equal(rp_therapy_step("304891004"), RP_STEP_HIGH);           /* cognitive behavioural therapy */
    assert_int_equal(rp_therapy_step("286711000000107"), RP_STEP_HIGH);     /* counselling for depression */
    assert_int_equal(rp_therapy_step("1098051000000103"), RP_STEP_NEITHER); /* employment support */
    assert_int_equal(rp_therapy_step("12345"), 0);
    assert_int_equal(rp_therapy_step(NULL), 0);
    /* NHS England metadata of July 2026, M090 to M120: 11 high, 8 low, 1 neither. */
    const rp_code_list *list =
        rp_schema_table(RP_ACTIVITIES)->columns[rp_schema_column(RP_ACTIVITIES, "therapy")].codes;
    size_t low = 0, high = 0, neither = 0;
    for (size_t i = 0; i < list->n; i++) {
        unsigned step = rp_therapy_step(list->codes[i].code);
        low += step == RP_STEP_LOW;
        high += step == RP_STEP_HIGH;
        neither += step == RP_STEP_NEITHER;
    }
    assert_int_equal(high, 11);
    assert_int_equal(low, 8);
    assert_int_equal(neither, 1);
}

static void a_session_has_the_steps_of_its_activities(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    held(&w, "contact_id=both", "date=2024-01-10", "kind=treatment", "attendance=attended");
    held(&w, "contact_id=none", "date=2024-01-20", "kind=treatment", "attendance=attended");
    internet_log(&w, "to=2024-03-05", "programme=log");
    assert_int_equal(put_row(w.record, RP_ACTIVITIES, "activity_id=1", "contact_id=both", "therapy=304891004", NULL),
                     RP_PUT_KEPT);
    assert_int_equal(
        put_row(w.record, RP_ACTIVITIES, "activity_id=2", "contact_id=both", "therapy=748051000000105", NULL),
        RP_PUT_KEPT);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    static const unsigned expected[] = {RP_STEP_LOW | RP_STEP_HIGH, 0, RP_STEP_HIGH};
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, &block.episodes[0], &t);)
        assert_int_equal(rp_cohort_treatment_steps(cohort, &t), expected[t.number - 1]);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contacts_and_logs_come_by_date),
        cmocka_unit_test(occasions_are_an_order_too),
        cmocka_unit_test(some_dates_alone_are_no_order),
        cmocka_unit_test(steps_are_those_of_the_list),
        cmocka_unit_test(a_session_has_the_steps_of_its_activities),
    };
    return cmocka_run_group_tests_name("record: treatment sessions", tests, NULL, NULL);
}
