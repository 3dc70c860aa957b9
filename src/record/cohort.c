/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in a cohort, and what was measured in it. */
#include "record/cohort_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const event_names[] = {"referred", "assessed", "entered", "ended"};

const char *rp_cohort_event_name(rp_cohort_event event) {
    return event_names[event];
}

bool rp_cohort_event_parse(const char *word, rp_cohort_event *out) {
    for (size_t i = 0; i < sizeof event_names / sizeof *event_names; i++)
        if (strcmp(word, event_names[i]) == 0) {
            *out = (rp_cohort_event)i;
            return true;
        }
    return false;
}

static int code_index(rp_table_id table, const char *column, const char *code) {
    int at = rp_schema_column(table, column);
    assert(at >= 0);
    const rp_code_list *list = rp_schema_table(table)->columns[at].codes;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->codes[i].code, code) == 0)
            return (int)i;
    assert(!"a code that the cohort needs is not in the schema");
    return -1;
}

static void find_columns(cohort_columns *c) {
    *c = (cohort_columns){
        .received = rp_schema_column(RP_REFERRALS, "received"),
        .ended = rp_schema_column(RP_REFERRALS, "ended"),
        .arm = rp_schema_column(RP_REFERRALS, "arm"),
        .problem = rp_schema_column(RP_REFERRALS, "problem"),
        .descriptor = rp_schema_column(RP_PROBLEMS, "problem"),
        .descriptor_rank = rp_schema_column(RP_PROBLEMS, "rank"),
        .descriptor_date = rp_schema_column(RP_PROBLEMS, "date"),
        .contact_date = rp_schema_column(RP_CONTACTS, "date"),
        .contact_occasion = rp_schema_column(RP_CONTACTS, "occasion"),
        .planned = rp_schema_column(RP_CONTACTS, "planned"),
        .attendance = rp_schema_column(RP_CONTACTS, "attendance"),
        .kind = rp_schema_column(RP_CONTACTS, "kind"),
        .contact_practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id"),
        .status_practitioner = rp_schema_column(RP_PRACTITIONERS, "practitioner_id"),
        .status_from = rp_schema_column(RP_PRACTITIONERS, "from"),
        .status_to = rp_schema_column(RP_PRACTITIONERS, "to"),
        .role = rp_schema_column(RP_PRACTITIONERS, "role"),
        .in_training = rp_schema_column(RP_PRACTITIONERS, "in_training"),
        .level = rp_schema_column(RP_QUALIFICATIONS, "level"),
        .awarded = rp_schema_column(RP_QUALIFICATIONS, "awarded"),
        .award_planned = rp_schema_column(RP_QUALIFICATIONS, "planned"),
        .log_to = rp_schema_column(RP_INTERNET_LOGS, "to"),
        .therapy = rp_schema_column(RP_ACTIVITIES, "therapy"),
        .admin_date = rp_schema_column(RP_ADMINISTRATIONS, "date"),
        .admin_occasion = rp_schema_column(RP_ADMINISTRATIONS, "occasion"),
        .admin_contact = rp_schema_column(RP_ADMINISTRATIONS, "contact_id"),
        .rater = rp_schema_column(RP_ADMINISTRATIONS, "rater"),
        .score_value = rp_schema_column(RP_SCORES, "value"),
        .score_method = rp_schema_column(RP_SCORES, "method"),
        .attended_code = code_index(RP_CONTACTS, "attendance", "attended"),
        .late_seen_code = code_index(RP_CONTACTS, "attendance", "late_seen"),
        .assessment_code = code_index(RP_CONTACTS, "kind", "assessment"),
        .treatment_code = code_index(RP_CONTACTS, "kind", "treatment"),
        .assessment_and_treatment_code = code_index(RP_CONTACTS, "kind", "assessment_and_treatment"),
        .review_and_treatment_code = code_index(RP_CONTACTS, "kind", "review_and_treatment"),
        .follow_up_code = code_index(RP_CONTACTS, "kind", "follow_up"),
        .prorated_code = code_index(RP_SCORES, "method", "prorated"),
        .supplied_code = code_index(RP_SCORES, "method", "supplied"),
        .primary_code = code_index(RP_PROBLEMS, "rank", "primary"),
        .secondary_code = code_index(RP_PROBLEMS, "rank", "secondary"),
    };
}

static bool any_ended(const rp_cohort *cohort) {
    for (size_t i = 0; i < rp_record_rows(cohort->record, RP_REFERRALS); i++)
        if (rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.ended, i) != RP_NO_DATE)
            return true;
    return false;
}

/* Is this referral in? RP_NOT_KNOWN: the event's date, or whether it happened, is not recorded. */
static rp_known is_in(const rp_cohort *cohort, uint32_t referral) {
    const rp_cohort_options *o = &cohort->options;
    bool windowed = o->from != RP_NO_DATE || o->to != RP_NO_DATE;
    rp_known happened = RP_YES;
    rp_date on = rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.received, referral);
    if (o->event != RP_COHORT_REFERRED) {
        rp_stage stage = rp_cohort_stage(cohort, referral);
        happened = o->event == RP_COHORT_ASSESSED  ? stage.assessed
                   : o->event == RP_COHORT_ENTERED ? stage.entered
                                                   : stage.over;
        on = o->event == RP_COHORT_ASSESSED ? stage.assessed_on
             : o->event == RP_COHORT_ENTERED
                 ? stage.entered_on
                 : rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.ended, referral);
    }
    if (happened != RP_YES || !windowed)
        return happened;
    if (on == RP_NO_DATE)
        return RP_NOT_KNOWN;
    return (o->from == RP_NO_DATE || on >= o->from) && (o->to == RP_NO_DATE || on <= o->to) ? RP_YES : RP_NO;
}

static bool choose(rp_cohort *cohort) {
    size_t n = rp_record_rows(cohort->record, RP_REFERRALS);
    cohort->rows = rp_arena_take(cohort->arena, n, sizeof *cohort->rows);
    if (cohort->rows == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        rp_known in = is_in(cohort, i);
        if (in == RP_YES)
            cohort->rows[cohort->n++] = i;
        cohort->left_out += in == RP_NO;
        cohort->left_out_not_known += in == RP_NOT_KNOWN;
    }
    return true;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *rp_cohort_arm_text(const rp_cohort *cohort, uint32_t referral) {
    return rp_record_text(cohort->record, RP_REFERRALS, cohort->columns.arm, referral);
}

/* The arms of those who are in: the comparator first, then byte order. */
static bool find_arms(rp_cohort *cohort) {
    rp_names *seen = rp_names_new(cohort->arena);
    if (seen == NULL)
        return false;
    for (size_t i = 0; i < cohort->n; i++) {
        const char *arm = rp_cohort_arm_text(cohort, cohort->rows[i]);
        if (arm != NULL && rp_names_put(seen, rp_text_of(arm)) == RP_NO_ID)
            return false;
    }
    cohort->n_arms = rp_names_count(seen);
    cohort->arms = rp_arena_take(cohort->arena, cohort->n_arms, sizeof *cohort->arms);
    if (cohort->arms == NULL)
        return false;
    for (size_t i = 0; i < cohort->n_arms; i++)
        cohort->arms[i] = rp_names_text(seen, (uint32_t)i);
    if (cohort->n_arms > 1)
        qsort(cohort->arms, cohort->n_arms, sizeof *cohort->arms, by_bytes);
    const char *comparator = rp_record_about(cohort->record)->comparator;
    for (size_t i = 1; comparator != NULL && i < cohort->n_arms; i++)
        if (strcmp(cohort->arms[i], comparator) == 0) {
            const char *arm = cohort->arms[i];
            memmove(cohort->arms + 1, cohort->arms, i * sizeof *cohort->arms);
            cohort->arms[0] = arm;
        }
    return true;
}

rp_cohort *rp_cohort_new(const rp_record *record, const rp_cohort_options *options, rp_arena *arena, rp_error *error) {
    rp_cohort *cohort = rp_arena_take(arena, 1, sizeof *cohort);
    if (cohort == NULL)
        return rp_fail_memory(error), NULL;
    cohort->record = record;
    cohort->options = *options;
    cohort->arena = arena;
    if (cohort->options.block_size == 0)
        cohort->options.block_size = 4096;
    find_columns(&cohort->columns);
    cohort->has_contacts = rp_record_rows(record, RP_CONTACTS) > 0;
    cohort->has_ended = any_ended(cohort);
    bool unknowable =
        (options->event == RP_COHORT_ENDED && !cohort->has_ended) ||
        ((options->event == RP_COHORT_ASSESSED || options->event == RP_COHORT_ENTERED) && !cohort->has_contacts);
    if (unknowable) {
        rp_fail(error, RP_E_RULE, "Nothing in this record says who is in the cohort '%s': it has no %s.",
                event_names[options->event], options->event == RP_COHORT_ENDED ? "dates of ending" : "contacts");
        rp_fail_remedy(error, "Use --cohort referred, or add the table to the input.");
        return NULL;
    }
    if (!choose(cohort) || !find_arms(cohort) || !rp_cohort_find_measures(cohort) ||
        !rp_cohort_find_occasions(cohort) || !rp_cohort_find_steps(cohort))
        return rp_fail_memory(error), NULL;
    rp_cohort_find_national(cohort);
    cohort->kept = rp_arena_take(arena, 1, sizeof *cohort->kept);
    if (cohort->kept != NULL)
        cohort->kept->blocks = rp_arena_take(arena, rp_cohort_blocks(cohort), sizeof *cohort->kept->blocks);
    if (cohort->kept == NULL || cohort->kept->blocks == NULL)
        return rp_fail_memory(error), NULL;
    cohort->kept->most = rp_arena_bytes(record->arena) / 64 * 58; /* a million referrals stay under 3 GB */
    return cohort;
}

const rp_record *rp_cohort_record(const rp_cohort *cohort) {
    return cohort->record;
}

const rp_cohort_options *rp_cohort_chosen(const rp_cohort *cohort) {
    return &cohort->options;
}

size_t rp_cohort_episodes(const rp_cohort *cohort) {
    return cohort->n;
}

size_t rp_cohort_left_out(const rp_cohort *cohort, bool not_known) {
    return not_known ? cohort->left_out_not_known : cohort->left_out;
}

size_t rp_cohort_measures(const rp_cohort *cohort) {
    return cohort->measures.n;
}

const rp_measure *rp_cohort_measure(const rp_cohort *cohort, size_t i) {
    assert(i < cohort->measures.n);
    return &cohort->measures.at[i];
}

size_t rp_cohort_arms(const rp_cohort *cohort) {
    return cohort->n_arms;
}

const char *rp_cohort_arm(const rp_cohort *cohort, size_t i) {
    assert(i < cohort->n_arms);
    return cohort->arms[i];
}

size_t rp_cohort_occasions(const rp_cohort *cohort) {
    return cohort->occasions.n;
}

const rp_occasion *rp_cohort_occasion(const rp_cohort *cohort, size_t i) {
    assert(i < cohort->occasions.n);
    return &cohort->occasions.at[i];
}

bool rp_cohort_has_contacts(const rp_cohort *cohort) {
    return cohort->has_contacts;
}

size_t rp_cohort_blocks(const rp_cohort *cohort) {
    return (cohort->n + cohort->options.block_size - 1) / cohort->options.block_size;
}
