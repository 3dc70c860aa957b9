/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a referral went. National building blocks (docs/record.md, "The cohort"): a contact is attended when the
 * client was seen, or when it was not planned; a treatment contact is attended and of a kind that holds treatment; each
 * completed internet therapy log is a treatment contact; a course is finished when it has ended after two or more. */
#include "record/cohort_parts.h"

bool rp_cohort_contact_attended(const rp_cohort *cohort, uint32_t contact) {
    const cohort_columns *c = &cohort->columns;
    int attendance = rp_record_code(cohort->record, RP_CONTACTS, c->attendance, contact);
    return attendance == c->attended_code || attendance == c->late_seen_code ||
           rp_record_bool(cohort->record, RP_CONTACTS, c->planned, contact) == 0;
}

static rp_date earlier(rp_date a, rp_date b) {
    return a == RP_NO_DATE ? b : b == RP_NO_DATE || a < b ? a : b;
}

static void count_contact(const rp_cohort *cohort, uint32_t contact, rp_stage *stage) {
    const cohort_columns *c = &cohort->columns;
    if (!rp_cohort_contact_attended(cohort, contact))
        return;
    int kind = rp_record_code(cohort->record, RP_CONTACTS, c->kind, contact);
    rp_date date = rp_record_date(cohort->record, RP_CONTACTS, c->contact_date, contact);
    stage->attended++;
    if (kind == c->assessment_code || kind == c->assessment_and_treatment_code) {
        stage->assessed = RP_YES;
        stage->assessed_on = earlier(stage->assessed_on, date);
    }
    if (kind == c->treatment_code || kind == c->assessment_and_treatment_code || kind == c->review_and_treatment_code) {
        stage->treated++;
        stage->entered_on = earlier(stage->entered_on, date);
    }
}

static void count_logs(const rp_cohort *cohort, uint32_t referral, rp_stage *stage) {
    rp_rows logs = rp_record_children(cohort->record, RP_INTERNET_LOGS, referral);
    for (size_t i = 0; i < logs.n; i++) {
        rp_date to = rp_record_date(cohort->record, RP_INTERNET_LOGS, cohort->columns.log_to, logs.at[i]);
        if (to == RP_NO_DATE)
            continue;
        stage->treated++;
        stage->entered_on = earlier(stage->entered_on, to);
    }
}

rp_stage rp_cohort_stage(const rp_cohort *cohort, uint32_t referral) {
    rp_stage stage = {.assessed_on = RP_NO_DATE, .entered_on = RP_NO_DATE, .attended = -1, .treated = -1};
    rp_date ended = rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.ended, referral);
    if (ended != RP_NO_DATE)
        stage.over = RP_YES;
    else
        stage.over = cohort->has_ended ? RP_NO : RP_NOT_KNOWN;
    if (!cohort->has_contacts)
        return stage;
    stage.assessed = RP_NO;
    stage.attended = stage.treated = 0;
    rp_rows contacts = rp_record_children(cohort->record, RP_CONTACTS, referral);
    for (size_t i = 0; i < contacts.n; i++)
        count_contact(cohort, contacts.at[i], &stage);
    count_logs(cohort, referral, &stage);
    stage.entered = stage.treated > 0 ? RP_YES : RP_NO;
    if (stage.treated < 2 || stage.over == RP_NO)
        stage.finished = RP_NO;
    else
        stage.finished = stage.over;
    return stage;
}
