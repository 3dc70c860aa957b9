/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables about what was done, told, found and met. */
#include "record/schema_parts.h"

static const rp_column_def contacts[] = {
    ID("contact_id", K, "the contact"),
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("date", "when; this or occasion"),
    INT("occasion", "its number, where no date may be given"),
    CODE("kind", O, contact_kind, "what it was for"),
    BOOL("planned", "it was planned; unplanned ones count as attended"),
    CODE("attendance", O, attendance, "whether it took place"),
    CODE("mode", O, mode, "by what means"),
    CODE("therapy_mode", O, therapy_mode, "alone, as a couple, in a group"),
    INT("minutes", "how long"),
    REFER("practitioner_id", O, RP_PRACTITIONERS, "with whom"),
    ID("group_id", O, "which group, where it was one"),
    CODE("medication", O, medication, "psychotropic medication at that time"),
    CODE("interpreter", O, interpreter, "whether an interpreter was there"),
};
const rp_table_def rp_def_contacts = {.name = "contacts",
                                      .meaning = "appointments, whether they took place or not",
                                      COLUMNS(contacts),
                                      .needs_order = true};

static const rp_column_def activities[] = {
    ID("activity_id", K, "the activity"),
    REFER("contact_id", R, RP_CONTACTS, "the contact"),
    CODE("therapy", O, therapy, "the therapy given"),
    REFER("practitioner_id", O, RP_PRACTITIONERS, "who gave it"),
    INT("minutes", "how long"),
};
const rp_table_def rp_def_activities = {
    .name = "activities", .meaning = "what was done in a contact; several to one", COLUMNS(activities)};

static const rp_column_def internet_logs[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("from", "first day"),
    DATE("to", "last day; empty while it goes on"),
    ID("programme", O, "which programme"),
    INT("minutes", "the practitioner's time"),
    REFER("practitioner_id", O, RP_PRACTITIONERS, "who supported it"),
};
const rp_table_def rp_def_internet_logs = {
    .name = "internet_logs", .meaning = "courses of internet-enabled therapy", COLUMNS(internet_logs)};

static const rp_column_def disclosures[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    REFER("contact_id", O, RP_CONTACTS, "in which contact"),
    DATE("date", "when"),
    CODE("to", O, told_to, "who was told"),
    CODE("matter", O, matter, "what about"),
    CODE("told", O, told, "whether they were told"),
    CODE("informant", O, informant, "who says so"),
    CODE("how", O, how, "how they were told"),
    REFER("by", O, RP_PRACTITIONERS, "who told them"),
};
const rp_table_def rp_def_disclosures = {
    .name = "disclosures",
    .meaning = "what clients and general practitioners were told; no row means no record, never that it was not told",
    COLUMNS(disclosures)};

static const rp_column_def protocols[] = {
    REFER("contact_id", R, RP_CONTACTS, "the contact"),
    CODE("protocol", O, protocol, "the protocol followed"),
    CODE("component", O, component, "the part of it"),
    BOOL("delivered", "this part was delivered"),
    NUM("adherence", "adherence, on the rater's scale"),
    NUM("competence", "competence, on the rater's scale"),
    CODE("rater", O, judge, "who judged it"),
};
const rp_table_def rp_def_protocols = {
    .name = "protocols", .meaning = "fidelity: what of a protocol a contact delivered", COLUMNS(protocols)};

static const rp_column_def diagnoses[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("date", "when"),
    CODE("interview", O, interview, "by which interview"),
    ID("assessor_id", O, "who assessed; need not be one of the practitioners"),
    BOOL("independent", "the assessor does not treat"),
    BOOL("blind", "the assessor does not know the treatment"),
    CODE("diagnosis", O, diagnosis, "the diagnosis"),
    BOOL("present", "it is present"),
};
const rp_table_def rp_def_diagnoses = {.name = "diagnoses", .meaning = "diagnoses by interview", COLUMNS(diagnoses)};

static const rp_column_def risks[] = {
    ID("risk_id", K, "the concern"),
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    REFER("contact_id", O, RP_CONTACTS, "in which contact"),
    TIME("raised", "when it was raised"),
    CODE("origin", O, risk_origin, "what raised it"),
    CODE("level", O, risk_level, "how high it was judged"),
    BOOL("explored", "it was talked about with the client"),
    CODE("action", O, risk_action, "what was done"),
    REFER("by", O, RP_PRACTITIONERS, "who did it"),
    TIME("closed", "when it was closed"),
};
const rp_table_def rp_def_risks = {
    .name = "risks", .meaning = "concerns about risk, and what became of them", COLUMNS(risks)};

static const rp_column_def plans[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("date", "when it was planned"),
    CODE("protocol", O, protocol, "the protocol intended"),
    INT("sessions_planned", "how many sessions were intended"),
    CODE("intensity", O, intensity, "the intensity intended"),
};
const rp_table_def rp_def_plans = {.name = "plans", .meaning = "what treatment was intended", COLUMNS(plans)};

static const rp_column_def events[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("date", "when"),
    CODE("kind", O, event_kind, "what happened"),
    CODE("related_to_treatment", O, related, "whether it was related to the treatment"),
    TEXT("words", "in words"),
};
const rp_table_def rp_def_events = {.name = "events", .meaning = "intercurrent events and harms", COLUMNS(events)};

static const rp_column_def stories[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("date", "when"),
    TEXT("words", "in the client's own words"),
};
const rp_table_def rp_def_stories = {.name = "stories",
                                     .meaning =
                                         "what clients tell; never in an export or report unless asked for by name",
                                     COLUMNS(stories)};

static const rp_column_def published[] = {
    TEXT("organisation", "whom the figure is about"),
    TEXT("kind", "kind of organisation"),
    TEXT("period", "the period, as it was published"),
    TEXT("measure", "what was counted"),
    TEXT("breakdown", "the group within it"),
    NUM("low", "the smallest value that the published figure allows"),
    NUM("high", "the largest; the same as low for an exact figure"),
    TEXT("statistic", "what the figure is: count, percentage, mean, median, sum, max, min, sd or effect_size"),
    TEXT("code", "the organisation's code"),
    TEXT("printed", "the figure as it was published, * where it is suppressed"),
};
const rp_table_def rp_def_published = {
    .name = "published", .meaning = "published statistics, each as an interval", COLUMNS(published)};
