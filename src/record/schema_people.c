/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables about who and where: services, clients, referrals, practitioners. */
#include "record/schema_parts.h"

static const rp_column_def services[] = {
    ID("service_id", K, "the service"),
    TEXT("name", "its name"),
    ID("provider_code", O, "the organisation that runs it, as its health system codes it"),
    ID("commissioner_code", O, "the organisation that pays for it"),
    TEXT("region", "where it is"),
};
const rp_table_def rp_def_services = {
    .name = "services", .meaning = "services that see people; one row each", COLUMNS(services)};

static const rp_column_def clients[] = {
    ID("client_id", K, "the person, by a name that says nothing of them"),
    INT("birth_year", "year of birth"),
    CODE("gender", O, gender, "gender as the person states it"),
    CODE("ethnicity", O, ethnicity, "ethnic group as the person states it"),
    INT("deprivation_decile", "tenth of areas by deprivation, 1 the most deprived"),
    CODE("employment", O, employment, "work"),
    BOOL("long_term_condition", "a long-term physical condition"),
    ID("language", O, "preferred language, by code or name"),
    BOOL("needs_interpreter", "needs an interpreter"),
};
const rp_table_def rp_def_clients = {
    .name = "clients", .meaning = "people who were referred; one row each", COLUMNS(clients)};

static const rp_column_def referrals[] = {
    ID("referral_id", K, "the referral"),
    REFER("client_id", R, RP_CLIENTS, "who was referred"),
    REFER("service_id", O, RP_SERVICES, "where to"),
    DATE("received", "when it came in"),
    CODE("source", O, source, "where it came from"),
    CODE("problem", O, problem, "the problem, as it was given"),
    CODE("problem_scheme", O, scheme, "what the problem's code is a code of"),
    TEXT("arm", "the arm of a study, or the group that is compared"),
    DATE("ended", "when it ended; empty while it is open"),
    CODE("end_reason", O, end_reason, "why it ended"),
    REFER("previous_referral_id", O, RP_REFERRALS, "an earlier referral of the same person"),
    CODE("consent", O, consent, "what the person agreed to"),
};
const rp_table_def rp_def_referrals = {
    .name = "referrals", .meaning = "one row a referral: what every report counts", COLUMNS(referrals)};

static const rp_column_def problems[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    CODE("problem", O, problem, "the problem"),
    CODE("scheme", O, scheme, "what its code is a code of"),
    CODE("rank", O, rank, "primary or secondary"),
    DATE("date", "when it was recorded"),
};
const rp_table_def rp_def_problems = {
    .name = "problems", .meaning = "dated problem descriptors, where there is more than one", COLUMNS(problems)};

static const rp_column_def pauses[] = {
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    DATE("from", "first day"),
    DATE("to", "last day"),
    CODE("reason", O, pause_reason, "why"),
};
const rp_table_def rp_def_pauses = {
    .name = "pauses", .meaning = "times in which the client could not be seen, at their wish", COLUMNS(pauses)};

static const rp_column_def practitioners[] = {
    ID("practitioner_id", K, "the practitioner; the same again for each new status"),
    DATE("from", "from when this status holds"),
    DATE("to", "until when"),
    CODE("role", O, role, "role"),
    BOOL("in_training", "in training at that time"),
    REFER("supervisor_id", O, RP_PRACTITIONERS, "who supervises"),
    ID("team", O, "team"),
};
const rp_table_def rp_def_practitioners = {.name = "practitioners",
                                           .meaning = "dated: one row for each status of a practitioner",
                                           COLUMNS(practitioners),
                                           .many_per_key = true};

static const rp_column_def qualifications[] = {
    REFER("practitioner_id", R, RP_PRACTITIONERS, "the practitioner"),
    CODE("level", O, qualification, "what in"),
    DATE("awarded", "when it was awarded"),
    DATE("planned", "when it is planned"),
};
const rp_table_def rp_def_qualifications = {.name = "qualifications",
                                            .meaning = "qualifications of practitioners, awarded or planned",
                                            COLUMNS(qualifications)};
