/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The treatment sessions of a referral, one after the other: treatment contacts and completed internet logs, by the
 * same definitions as cohort_stage.c counts them by; and of which step what was given was. */
#include "record/cohort_parts.h"

#include <string.h>

/* ---- one after the other ------------------------------------------------------------------------------------ */

static rp_date contact_date(const rp_cohort *cohort, int64_t contact) {
    return rp_record_date(cohort->record, RP_CONTACTS, cohort->columns.contact_date, (size_t)contact);
}

static rp_date log_date(const rp_cohort *cohort, size_t log) {
    return rp_record_date(cohort->record, RP_INTERNET_LOGS, cohort->columns.log_to, log);
}

/* The next treatment contact, -1: none; `at`: how many contacts have been looked at with it. */
static int64_t next_contact(const rp_cohort *cohort, uint32_t referral, size_t *at) {
    rp_rows contacts = rp_record_children(cohort->record, RP_CONTACTS, referral);
    while (*at < contacts.n) {
        uint32_t contact = contacts.at[(*at)++];
        if (rp_cohort_contact_treats(cohort, contact))
            return contact;
    }
    return -1;
}

/* The earliest completed log after the one at (date, row), -1: none. Logs do not stand in the order in which they
 * ended. */
static int64_t next_log(const rp_cohort *cohort, uint32_t referral, rp_date date, int64_t row) {
    rp_rows logs = rp_record_children(cohort->record, RP_INTERNET_LOGS, referral);
    int64_t next = -1;
    rp_date next_date = RP_NO_DATE;
    for (size_t i = 0; i < logs.n; i++) {
        int64_t log = logs.at[i];
        rp_date to = log_date(cohort, (size_t)log);
        bool later = date == RP_NO_DATE || to > date || (to == date && log > row);
        if (to == RP_NO_DATE || !later)
            continue;
        if (next < 0 || to < next_date || (to == next_date && log < next)) {
            next = log;
            next_date = to;
        }
    }
    return next;
}

bool rp_cohort_next_treatment(const rp_cohort *cohort, const rp_episode *episode, rp_treatment *t) {
    if (!cohort->has_contacts)
        return false;
    if (t->number == 0)
        *t = (rp_treatment){.logs_date = RP_NO_DATE, .logs_row = -1};
    size_t contacts = t->contacts;
    int64_t contact = next_contact(cohort, episode->row, &contacts);
    int64_t log = next_log(cohort, episode->row, t->logs_date, t->logs_row);
    if (contact < 0 && log < 0)
        return false;
    rp_date of_contact = contact >= 0 ? contact_date(cohort, contact) : RP_NO_DATE;
    rp_date of_log = log >= 0 ? log_date(cohort, (size_t)log) : RP_NO_DATE;
    bool takes_contact = log < 0 || (contact >= 0 && (of_contact == RP_NO_DATE || of_contact <= of_log));
    t->number++;
    t->date = takes_contact ? of_contact : of_log;
    t->contact = takes_contact ? contact : -1;
    t->log = takes_contact ? -1 : log;
    if (takes_contact)
        t->contacts = contacts;
    else {
        t->logs_date = of_log;
        t->logs_row = log;
    }
    return true;
}

bool rp_cohort_treatments_in_order(const rp_cohort *cohort, const rp_episode *episode) {
    size_t dated = 0, undated = 0;
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);) {
        dated += t.date != RP_NO_DATE;
        undated += t.date == RP_NO_DATE;
    }
    return dated == 0 || undated == 0;
}

/* ---- steps ---------------------------------------------------------------------------------------------------- */

static bool begins_with(const char *text, const char *words) {
    return strncmp(text, words, strlen(words)) == 0;
}

static unsigned step_of(const char *meaning) {
    return begins_with(meaning, "low:") ? RP_STEP_LOW : begins_with(meaning, "high:") ? RP_STEP_HIGH : RP_STEP_NEITHER;
}

unsigned rp_therapy_step(const char *therapy) {
    const rp_code_list *list =
        rp_schema_table(RP_ACTIVITIES)->columns[rp_schema_column(RP_ACTIVITIES, "therapy")].codes;
    for (size_t i = 0; therapy != NULL && i < list->n; i++)
        if (strcmp(list->codes[i].code, therapy) == 0)
            return step_of(list->codes[i].meaning);
    return 0;
}

bool rp_cohort_find_steps(rp_cohort *cohort) {
    const rp_code_list *list = rp_schema_table(RP_ACTIVITIES)->columns[cohort->columns.therapy].codes;
    cohort->steps = rp_arena_take(cohort->arena, list->n, sizeof *cohort->steps);
    for (size_t i = 0; cohort->steps != NULL && i < list->n; i++)
        cohort->steps[i] = step_of(list->codes[i].meaning);
    return cohort->steps != NULL;
}

unsigned rp_cohort_activity_step(const rp_cohort *cohort, size_t activity) {
    int therapy = rp_record_code(cohort->record, RP_ACTIVITIES, cohort->columns.therapy, activity);
    return therapy >= 0 ? cohort->steps[therapy] : 0;
}

unsigned rp_cohort_treatment_steps(const rp_cohort *cohort, const rp_treatment *t) {
    if (t->contact < 0)
        return RP_STEP_HIGH;
    unsigned steps = 0;
    rp_rows activities = rp_record_children(cohort->record, RP_ACTIVITIES, (size_t)t->contact);
    for (size_t i = 0; i < activities.n; i++)
        steps |= rp_cohort_activity_step(cohort, activities.at[i]);
    return steps;
}
