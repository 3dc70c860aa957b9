/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one person was given: sessions, of which step, how long, with which components on record. */
#include "questions/dose/dose_parts.h"

#include <assert.h>

static const rp_code_list *codes_of(rp_table_id table, int column) {
    return rp_schema_table(table)->columns[column].codes;
}

dose_columns dose_columns_of(const rp_record *record) {
    dose_columns c = {
        .record = record,
        .contact_minutes = rp_schema_column(RP_CONTACTS, "minutes"),
        .activity_minutes = rp_schema_column(RP_ACTIVITIES, "minutes"),
        .log_minutes = rp_schema_column(RP_INTERNET_LOGS, "minutes"),
        .contact_practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id"),
        .activity_practitioner = rp_schema_column(RP_ACTIVITIES, "practitioner_id"),
        .log_practitioner = rp_schema_column(RP_INTERNET_LOGS, "practitioner_id"),
        .component = rp_schema_column(RP_PROTOCOLS, "component"),
        .delivered = rp_schema_column(RP_PROTOCOLS, "delivered"),
        .admin_date = rp_schema_column(RP_ADMINISTRATIONS, "date"),
        .plan_date = rp_schema_column(RP_PLANS, "date"),
        .planned = rp_schema_column(RP_PLANS, "sessions_planned"),
        .intensity = rp_schema_column(RP_PLANS, "intensity"),
        .end_reason = rp_schema_column(RP_REFERRALS, "end_reason"),
    };
    c.components = codes_of(RP_PROTOCOLS, c.component);
    c.reasons = codes_of(RP_REFERRALS, c.end_reason);
    c.intensities = codes_of(RP_PLANS, c.intensity);
    assert(c.components->n < DOSE_COMPONENTS && c.intensities->n + 1 == DOSE_INTENDED);
    return c;
}

static void take(dose_amount *amount, bool recorded, double much) {
    amount->of += 1;
    amount->recorded += recorded;
    amount->total += recorded ? much : 0;
}

/* Somebody whom nobody knows may be anyone, and so one more. */
static void see(rp_question_whose *seen, uint32_t practitioner) {
    rp_question_whose_add(seen, practitioner);
    if (practitioner == RP_NO_ID)
        seen->any = seen->several = true;
}

/* The contact's practitioner, and those who did something in it, where they are named. */
static void see_contact(const dose_columns *c, int64_t contact, rp_question_whose *seen) {
    see(seen, rp_record_id(c->record, RP_CONTACTS, c->contact_practitioner, (size_t)contact));
    rp_rows rows = rp_record_children(c->record, RP_ACTIVITIES, (size_t)contact);
    for (size_t i = 0; i < rows.n; i++) {
        uint32_t who = rp_record_id(c->record, RP_ACTIVITIES, c->activity_practitioner, rows.at[i]);
        if (who != RP_NO_ID)
            see(seen, who);
    }
}

/* Minutes of a contact's activities, -1 where there are none or one of them says nothing. */
static int64_t minutes_of_activities(const dose_columns *c, int64_t contact) {
    rp_rows rows = rp_record_children(c->record, RP_ACTIVITIES, (size_t)contact);
    int64_t total = rows.n > 0 ? 0 : -1;
    for (size_t i = 0; i < rows.n && total >= 0; i++) {
        int64_t minutes = rp_record_int(c->record, RP_ACTIVITIES, c->activity_minutes, rows.at[i]);
        total = minutes == RP_NO_INT ? -1 : total + minutes;
    }
    return total;
}

static size_t component_of(const dose_columns *c, size_t row) {
    int known = rp_record_code(c->record, RP_PROTOCOLS, c->component, row);
    return known >= 0 ? (size_t)known : DOSE_COMPONENTS - 1;
}

static void take_components(const dose_columns *c, int64_t contact, dose_given *given) {
    rp_rows rows = rp_record_children(c->record, RP_PROTOCOLS, (size_t)contact);
    double known = 0;
    bool any = false;
    for (size_t i = 0; i < rows.n; i++) {
        if (!rp_record_has(c->record, RP_PROTOCOLS, c->component, rows.at[i]))
            continue;
        int delivered = rp_record_bool(c->record, RP_PROTOCOLS, c->delivered, rows.at[i]);
        uint32_t bit = (uint32_t)1 << component_of(c, rows.at[i]);
        any = true;
        known += delivered >= 0;
        given->components |= bit;
        given->components_delivered |= delivered == 1 ? bit : 0;
        given->delivered += delivered == 1;
    }
    take(&given->amounts[OF_COMPONENTS], any, known);
}

/* ---- stepping: two sessions of one step or more, one after the other, are a stage ----------------------------------
 */

typedef struct stages {
    unsigned run, length, last; /* the step that goes on, for how many sessions; that of the last stage */
} stages;

static void go_on(stages *s, unsigned step, dose_given *given) {
    s->length = s->run == step ? s->length + 1 : 1;
    s->run = step;
    if (s->length != 2)
        return;
    given->up = given->up || (s->last == RP_STEP_LOW && step == RP_STEP_HIGH);
    given->down = given->down || (s->last == RP_STEP_HIGH && step == RP_STEP_LOW);
    s->last = step;
}

/* Within a session low comes before high. One of which no step is known, or neither, is passed over. */
static void take_steps(unsigned steps, stages *s, dose_given *given) {
    given->steps |= steps;
    given->not_all = given->not_all || steps == 0;
    if ((steps & RP_STEP_LOW) != 0)
        go_on(s, RP_STEP_LOW, given);
    if ((steps & RP_STEP_HIGH) != 0)
        go_on(s, RP_STEP_HIGH, given);
}

dose_given dose_given_of(const rp_cohort *cohort, const dose_columns *c, const rp_episode *episode) {
    dose_given given = {.order_known = rp_cohort_treatments_in_order(cohort, episode)};
    stages s = {0};
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);) {
        given.sessions++;
        take_steps(rp_cohort_treatment_steps(cohort, &t), &s, &given);
        if (t.contact < 0) {
            int64_t minutes = rp_record_int(c->record, RP_INTERNET_LOGS, c->log_minutes, (size_t)t.log);
            take(&given.amounts[OF_LOGS], minutes != RP_NO_INT, (double)minutes);
            uint32_t who = rp_record_id(c->record, RP_INTERNET_LOGS, c->log_practitioner, (size_t)t.log);
            see(&given.seen, who);
            see(&given.seen_by_log, who);
            continue;
        }
        int64_t minutes = rp_record_int(c->record, RP_CONTACTS, c->contact_minutes, (size_t)t.contact);
        take(&given.amounts[OF_CONTACTS], minutes != RP_NO_INT, (double)minutes);
        minutes = minutes_of_activities(c, t.contact);
        take(&given.amounts[OF_ACTIVITIES], minutes >= 0, (double)minutes);
        take_components(c, t.contact, &given);
        see_contact(c, t.contact, &given.seen);
    }
    return given;
}
