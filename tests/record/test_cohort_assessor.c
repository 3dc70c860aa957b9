/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who held the first assessment, by statuses and qualifications at its date: records made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rows.h"

static void status(world *w, const char *id, const char *from, const char *to, const char *role, const char *training) {
    assert_int_equal(put_row(w->record, RP_PRACTITIONERS, id, from, to, role, training, NULL), RP_PUT_KEPT);
}

static void qualification(world *w, const char *id, const char *level, const char *awarded, const char *planned) {
    assert_int_equal(put_row(w->record, RP_QUALIFICATIONS, id, level, awarded, planned, NULL), RP_PUT_KEPT);
}

static void assessment(world *w, const char *contact_id, const char *referral_id, const char *when, const char *by) {
    assert_int_equal(put_row(w->record, RP_CONTACTS, contact_id, referral_id, when, "kind=assessment",
                             "attendance=attended", by, NULL),
                     RP_PUT_KEPT);
}

/* A trainee until June who qualifies on the 28th; a second whose two statuses overlap in May and contradict each other;
 * a third with no dates at all; a fourth with a plan alone. */
static void practitioners(world *w) {
    status(w, "practitioner_id=p1", "from=2023-09-01", "to=2024-06-30", "role=pwp", "in_training=true");
    status(w, "practitioner_id=p1", "from=2024-07-01", "to=", "role=pwp", "in_training=false");
    qualification(w, "practitioner_id=p1", "level=10", "awarded=2024-06-28", "planned=");
    status(w, "practitioner_id=p2", "from=2024-01-01", "to=2024-05-31", "role=counsellor", "in_training=");
    status(w, "practitioner_id=p2", "from=2024-05-01", "to=", "role=cbt_therapist", "in_training=false");
    qualification(w, "practitioner_id=p2", "level=11", "awarded=", "planned=2026-01-01");
    qualification(w, "practitioner_id=p2", "level=12", "awarded=", "planned=");
    status(w, "practitioner_id=p4", "from=", "to=", "role=nurse", "in_training=");
    qualification(w, "practitioner_id=p4", "level=11", "awarded=", "planned=2026-01-01");
    status(w, "practitioner_id=p3", "from=", "to=", "role=psychologist", "in_training=");
    qualification(w, "practitioner_id=p3", "level=doctorate", "awarded=2012-09-30", "planned=");
    qualification(w, "practitioner_id=p3", "level=17", "awarded=2012-09-30", "planned=");
}

static const rp_code_list *codes(rp_table_id table, const char *column) {
    return rp_schema_table(table)->columns[rp_schema_column(table, column)].codes;
}

static void role_is(const rp_assessor *a, const char *role) {
    assert_true(a->role >= 0);
    assert_string_equal(codes(RP_PRACTITIONERS, "role")->codes[a->role].code, role);
}

static bool holds(const rp_assessor *a, const char *level) {
    const rp_code_list *levels = codes(RP_QUALIFICATIONS, "level");
    for (size_t i = 0; i < levels->n; i++)
        if (strcmp(levels->codes[i].code, level) == 0)
            return a->held >> i & 1;
    fail_msg("no level %s", level);
    return false;
}

/* The assessor of the first referral of the record, sealed. */
static rp_assessor assessor_of_first(world *w) {
    seal(w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w->arena, &block, &w->error));
    return rp_cohort_assessor(cohort, &block.episodes[0]);
}

static rp_assessor assessed_on(world *w, const char *when, const char *by) {
    *w = begin();
    practitioners(w);
    referral(w, "r", "2024-01-01", "", NULL);
    assessment(w, "contact_id=k", "referral_id=r", when, by);
    return assessor_of_first(w);
}

static void status_and_qualification_are_those_of_the_day(void **state) {
    (void)state;
    world w;
    rp_assessor a = assessed_on(&w, "date=2024-06-27", "practitioner_id=p1");
    assert_true(a.practitioner != RP_NO_ID);
    role_is(&a, "pwp");
    assert_int_equal(a.in_training, RP_YES);
    assert_int_equal(a.qualified, RP_QUALIFIED_LATER); /* awarded the day after */
    assert_int_equal(a.held, 0);
    end(&w);
    a = assessed_on(&w, "date=2024-06-28", "practitioner_id=p1"); /* the day of the award counts */
    assert_int_equal(a.qualified, RP_QUALIFIED_HELD);
    assert_true(holds(&a, "10"));
    assert_int_equal(a.in_training, RP_YES);
    end(&w);
    a = assessed_on(&w, "date=2024-07-01", "practitioner_id=p1");
    assert_int_equal(a.in_training, RP_NO);
    end(&w);
    a = assessed_on(&w, "date=2023-08-31", "practitioner_id=p1"); /* before any status */
    assert_true(a.practitioner != RP_NO_ID && a.role == -1);
    assert_int_equal(a.in_training, RP_NOT_KNOWN);
    end(&w);
}

static void contradictions_are_not_known(void **state) {
    (void)state;
    world w;
    rp_assessor a = assessed_on(&w, "date=2024-05-15", "practitioner_id=p2");
    assert_int_equal(a.role, -1);
    assert_int_equal(a.in_training, RP_NO);              /* the one that says so is not contradicted */
    assert_int_equal(a.qualified, RP_QUALIFIED_NO_DATE); /* one planned, one without a date, which may be held */
    end(&w);
    a = assessed_on(&w, "date=2024-01-10", "practitioner_id=p4"); /* planned for later */
    assert_int_equal(a.qualified, RP_QUALIFIED_LATER);
    end(&w);
    a = assessed_on(&w, "date=2026-01-02", "practitioner_id=p4"); /* it may have been awarded since */
    assert_int_equal(a.qualified, RP_QUALIFIED_NO_DATE);
    end(&w);
    a = assessed_on(&w, "date=2024-04-30", "practitioner_id=p2");
    role_is(&a, "counsellor");
    assert_int_equal(a.in_training, RP_NOT_KNOWN);
    end(&w);
}

static void without_a_date_only_what_always_holds_is_known(void **state) {
    (void)state;
    world w;
    rp_assessor a = assessed_on(&w, "occasion=1", "practitioner_id=p3");
    role_is(&a, "psychologist");
    assert_int_equal(a.qualified, RP_QUALIFIED_NO_DATE);
    end(&w);
    a = assessed_on(&w, "occasion=1", "practitioner_id=p1");
    assert_int_equal(a.role, -1);
    end(&w);
    a = assessed_on(&w, "date=2024-01-10", "practitioner_id=p3");
    assert_true(holds(&a, "doctorate") && holds(&a, "17") && !holds(&a, "10"));
    end(&w);
    a = assessed_on(&w, "date=2024-01-10", "practitioner_id=");
    assert_true(a.practitioner == RP_NO_ID);
    assert_int_equal(a.qualified, RP_QUALIFIED_NO_RECORD);
    end(&w);
}

static void the_first_assessment_counts(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    referral(&w, "r", "2024-01-01", "", NULL);
    assessment(&w, "contact_id=k1", "referral_id=r", "date=2024-03-02", "practitioner_id=p1");
    assessment(&w, "contact_id=k2", "referral_id=r", "date=2024-03-01", "practitioner_id=p3");
    rp_assessor a = assessor_of_first(&w);
    role_is(&a, "psychologist");
    end(&w);
    /* One of two has no date: nobody knows which came first. */
    w = begin();
    practitioners(&w);
    referral(&w, "r", "2024-01-01", "", NULL);
    assessment(&w, "contact_id=k1", "referral_id=r", "date=2024-03-02", "practitioner_id=p3");
    assessment(&w, "contact_id=k2", "referral_id=r", "occasion=1", "practitioner_id=p3");
    a = assessor_of_first(&w);
    assert_true(a.practitioner == RP_NO_ID && a.role == -1);
    end(&w);
    /* Nobody assessed. */
    w = begin();
    referral(&w, "r", "2024-01-01", "", NULL);
    contact(&w, "r", "2024-01-10", "treatment", "attended");
    a = assessor_of_first(&w);
    assert_true(a.practitioner == RP_NO_ID && a.role == -1 && a.held == 0);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_qualification_are_those_of_the_day),
        cmocka_unit_test(contradictions_are_not_known),
        cmocka_unit_test(without_a_date_only_what_always_holds_is_known),
        cmocka_unit_test(the_first_assessment_counts),
    };
    return cmocka_run_group_tests_name("record: who held the first assessment", tests, NULL, NULL);
}
