/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a referral went. National building blocks (docs/record.md, "The cohort"): a contact is attended when the
 * client was seen, or when it was not planned; a treatment contact is attended and of a kind that holds treatment; each
 * completed internet therapy log is a treatment contact; a course is finished when it has ended after two or more. */
#include "record/cohort_parts.h"

#include <stdlib.h>

bool rp_cohort_contact_attended(const rp_cohort *cohort, uint32_t contact) {
    const cohort_columns *c = &cohort->columns;
    int attendance = rp_record_code(cohort->record, RP_CONTACTS, c->attendance, contact);
    return attendance == c->attended_code || attendance == c->late_seen_code ||
           rp_record_bool(cohort->record, RP_CONTACTS, c->planned, contact) == 0;
}

static rp_date earlier(rp_date a, rp_date b) {
    return a == RP_NO_DATE ? b : b == RP_NO_DATE || a < b ? a : b;
}

static void count_assessment(uint32_t contact, rp_date date, rp_stage *stage) {
    rp_date first = earlier(stage->assessed_on, date);
    if (stage->assessments++ == 0 || first != stage->assessed_on)
        stage->assessment = contact;
    stage->assessed = RP_YES;
    stage->assessed_on = first;
    stage->undated_assessment = stage->undated_assessment || date == RP_NO_DATE;
}

/* One more treatment contact: keeps the two earliest dates and the latest. */
static void count_treatment(rp_date date, rp_stage *stage) {
    stage->treated++;
    stage->followed_up = RP_NO; /* what came before it followed nothing up; see `followed` */
    if (date == RP_NO_DATE) {
        stage->undated_treatment = true;
        return;
    }
    bool first = stage->entered_on == RP_NO_DATE || date < stage->entered_on;
    stage->second_on = first ? stage->entered_on : earlier(stage->second_on, date);
    stage->entered_on = earlier(stage->entered_on, date);
    if (stage->last_on == RP_NO_DATE || date > stage->last_on)
        stage->last_on = date;
}

/* After the last treatment contact: by dates where there are dates, else by the order of the contacts. */
static rp_known followed(const rp_stage *stage) {
    if (stage->treated == 0)
        return RP_NO;
    if (stage->followed_on != RP_NO_DATE && stage->last_on != RP_NO_DATE && !stage->undated_treatment)
        return stage->followed_on > stage->last_on ? RP_YES : RP_NO;
    bool some_dated = stage->followed_on != RP_NO_DATE || stage->last_on != RP_NO_DATE;
    return some_dated && stage->follow_up ? RP_NOT_KNOWN : stage->followed_up;
}

bool rp_cohort_contact_treats(const rp_cohort *cohort, uint32_t contact) {
    const cohort_columns *c = &cohort->columns;
    int kind = rp_record_code(cohort->record, RP_CONTACTS, c->kind, contact);
    return (kind == c->treatment_code || kind == c->assessment_and_treatment_code ||
            kind == c->review_and_treatment_code) &&
           rp_cohort_contact_attended(cohort, contact);
}

static void count_contact(const rp_cohort *cohort, uint32_t contact, rp_stage *stage) {
    const cohort_columns *c = &cohort->columns;
    if (!rp_cohort_contact_attended(cohort, contact))
        return;
    int kind = rp_record_code(cohort->record, RP_CONTACTS, c->kind, contact);
    rp_date date = rp_record_date(cohort->record, RP_CONTACTS, c->contact_date, contact);
    stage->attended++;
    if (kind == c->assessment_code || kind == c->assessment_and_treatment_code)
        count_assessment(contact, date, stage);
    if (rp_cohort_contact_treats(cohort, contact))
        count_treatment(date, stage);
    if (kind == c->follow_up_code) {
        stage->follow_up = true;
        stage->followed_up = RP_YES;
        if (date != RP_NO_DATE && (stage->followed_on == RP_NO_DATE || date > stage->followed_on))
            stage->followed_on = date;
    }
}

static void count_logs(const rp_cohort *cohort, uint32_t referral, rp_stage *stage) {
    rp_rows logs = rp_record_children(cohort->record, RP_INTERNET_LOGS, referral);
    for (size_t i = 0; i < logs.n; i++) {
        rp_date to = rp_record_date(cohort->record, RP_INTERNET_LOGS, cohort->columns.log_to, logs.at[i]);
        if (to != RP_NO_DATE)
            count_treatment(to, stage);
    }
}

rp_stage rp_cohort_stage(const rp_cohort *cohort, uint32_t referral) {
    rp_stage stage = {.assessed_on = RP_NO_DATE,
                      .entered_on = RP_NO_DATE,
                      .second_on = RP_NO_DATE,
                      .last_on = RP_NO_DATE,
                      .followed_on = RP_NO_DATE,
                      .assessment = -1,
                      .attended = -1,
                      .treated = -1};
    rp_date ended = rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.ended, referral);
    if (ended != RP_NO_DATE)
        stage.over = RP_YES;
    else
        stage.over = cohort->has_ended ? RP_NO : RP_NOT_KNOWN;
    if (!cohort->has_contacts)
        return stage;
    stage.assessed = stage.followed_up = RP_NO;
    stage.attended = stage.treated = 0;
    rp_rows contacts = rp_record_children(cohort->record, RP_CONTACTS, referral);
    for (size_t i = 0; i < contacts.n; i++)
        count_contact(cohort, contacts.at[i], &stage);
    count_logs(cohort, referral, &stage);
    stage.followed_up = followed(&stage);
    stage.entered = stage.treated > 0 ? RP_YES : RP_NO;
    if (stage.treated < 2 || stage.over == RP_NO)
        stage.finished = RP_NO;
    else
        stage.finished = stage.over;
    return stage;
}

/* ---- dates of treatment contacts ------------------------------------------------------------------- */

static int by_date(const void *a, const void *b) {
    rp_date x = *(const rp_date *)a, y = *(const rp_date *)b;
    return (x > y) - (x < y);
}

static void put_date(rp_date date, rp_date *out, size_t room, size_t *n) {
    if (date == RP_NO_DATE)
        return;
    if (*n < room)
        out[*n] = date;
    ++*n;
}

size_t rp_cohort_treatment_dates(const rp_cohort *cohort, const rp_episode *episode, rp_date *out, size_t room) {
    const cohort_columns *c = &cohort->columns;
    size_t n = 0;
    rp_rows contacts = rp_record_children(cohort->record, RP_CONTACTS, episode->row);
    for (size_t i = 0; i < contacts.n; i++)
        if (rp_cohort_contact_treats(cohort, contacts.at[i]))
            put_date(rp_record_date(cohort->record, RP_CONTACTS, c->contact_date, contacts.at[i]), out, room, &n);
    rp_rows logs = rp_record_children(cohort->record, RP_INTERNET_LOGS, episode->row);
    for (size_t i = 0; i < logs.n; i++)
        put_date(rp_record_date(cohort->record, RP_INTERNET_LOGS, c->log_to, logs.at[i]), out, room, &n);
    if (n > 1 && n <= room)
        qsort(out, n, sizeof *out, by_date);
    return n;
}
