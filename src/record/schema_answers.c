/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables about questionnaires, goals and tasks. */
#include "record/schema_parts.h"

static const rp_column_def administrations[] = {
    ID("administration_id", K, "one questionnaire, given once to one rater"),
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    REFER("contact_id", O, RP_CONTACTS, "the contact it belongs to"),
    DATE("date", "when; this or occasion"),
    INT("occasion", "the number of the occasion, where no date may be given"),
    ID("instrument", R, "the questionnaire's name: phq-9"),
    ID("version", R, "its version: 1"),
    CODE("rater", R, rater, "who answers"),
    CODE("status", O, status, "what became of it"),
    CODE("moment", O, moment, "before, in or after the session"),
    TIME("started", "when answering began"),
    TIME("finished", "when it ended"),
    CODE("way", O, way, "how it was answered"),
    BOOL("practitioner_present", "the practitioner was there while it was answered"),
    CODE("seen_by_practitioner", O, seen, "whether and when the practitioner sees the answers"),
    CODE("layout", O, layout, "how the items were laid out"),
    ID("language", O, "in which language"),
    INT("seconds", "how long answering took"),
    ID("transcribed_by", O, "who typed it in"),
    REFER("supersedes", O, RP_ADMINISTRATIONS, "the administration that this one puts right and replaces"),
};
const rp_table_def rp_def_administrations = {.name = "administrations",
                                             .meaning = "questionnaires given, due, declined; one row each",
                                             COLUMNS(administrations),
                                             .needs_order = true};

static const rp_column_def responses[] = {
    REFER("administration_id", R, RP_ADMINISTRATIONS, "the administration"),
    ID("item", R, "the item's name in the instrument"),
    VALUE("value", "the answer, or why there is none"),
};
const rp_table_def rp_def_responses = {
    .name = "responses", .meaning = "answers to items; one row an item", COLUMNS(responses)};

static const rp_column_def scores[] = {
    REFER("administration_id", R, RP_ADMINISTRATIONS, "the administration"),
    ID("scale", R, "the scale's name in the instrument: total"),
    NUM("value", "the score"),
    INT("items_answered", "how many of its items were answered"),
    CODE("method", O, method, "how it came about; empty is read as supplied"),
};
const rp_table_def rp_def_scores = {
    .name = "scores",
    .meaning = "scale scores: supplied ones, which need no responses, and those that sealing computes",
    COLUMNS(scores)};

static const rp_column_def goals[] = {
    ID("goal_id", K, "the goal"),
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    REFER("contact_id", O, RP_CONTACTS, "the contact in which it was set"),
    DATE("date", "when"),
    TEXT("words", "in words"),
    BOOL("agreed_by_client", "the client agreed to it"),
    BOOL("agreed_by_practitioner", "the practitioner agreed to it"),
    CODE("status", O, goal_status, "what became of it"),
};
const rp_table_def rp_def_goals = {.name = "goals", .meaning = "what client and practitioner aim for", COLUMNS(goals)};

static const rp_column_def tasks[] = {
    ID("task_id", K, "the task"),
    REFER("referral_id", R, RP_REFERRALS, "the referral"),
    REFER("contact_id", O, RP_CONTACTS, "the contact in which it was set"),
    DATE("date", "when"),
    TEXT("words", "in words"),
    BOOL("agreed_by_client", "the client agreed to it"),
    BOOL("agreed_by_practitioner", "the practitioner agreed to it"),
    CODE("status", O, task_status, "what became of it"),
};
const rp_table_def rp_def_tasks = {.name = "tasks", .meaning = "what they agree to do towards it", COLUMNS(tasks)};

static const rp_column_def goal_ratings[] = {
    REFER("goal_id", R, RP_GOALS, "the goal"),
    DATE("date", "when"),
    NUM("rating", "how near it is"),
    CODE("rater", O, rater, "who says so"),
};
const rp_table_def rp_def_goal_ratings = {
    .name = "goal_ratings", .meaning = "how near goals are", COLUMNS(goal_ratings)};
