/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes about questionnaires, goals and tasks: words of our own, as record.md names them. */
#include "record/codes.h"

static const char own[] = "words of our own";

static const rp_code_def rater[] = {
    {"client", "the client"},
    {"practitioner", "the practitioner"},
    {"observer", "an independent observer"},
    {"relative", "a relative or friend"},
};
const rp_code_list rp_codes_rater = RP_CODES("rater", false, own, rater);

static const rp_code_def status[] = {
    {"complete", "every item answered"},          {"partial", "some items answered"}, {"due", "due, not yet done"},
    {"offered_not_done", "offered, not done"},    {"declined", "declined"},           {"not_offered", "not offered"},
    {"technical", "lost for a technical reason"},
};
const rp_code_list rp_codes_status = RP_CODES("status", false, own, status);

static const rp_code_def moment[] = {
    {"before", "before the session"},
    {"in", "in the session"},
    {"after", "after the session"},
};
const rp_code_list rp_codes_moment = RP_CODES("moment", false, own, moment);

static const rp_code_def way[] = {
    {"link", "by a personal link"},
    {"this_device", "on the practitioner's device"},
    {"kiosk", "on a device of the service, alone"},
    {"paper", "on paper, typed in later"},
    {"spoken", "read aloud, answers typed in"},
    {"imported", "from a file"},
};
const rp_code_list rp_codes_way = RP_CODES("way", false, own, way);

static const rp_code_def seen[] = {
    {"never", "the practitioner never sees these answers"},
    {"after", "the practitioner sees them after the session"},
    {"at_once", "the practitioner sees them at once"},
};
const rp_code_list rp_codes_seen = RP_CODES("seen_by_practitioner", false, own, seen);

static const rp_code_def method[] = {
    {"computed", "from the answers, none missing that the scale needs"},
    {"supplied", "given as it is; needs no answers"},
    {"prorated", "from the answers, with missing ones filled by the mean of the others"},
};
const rp_code_list rp_codes_method = RP_CODES("method", false, own, method);

static const rp_code_def goal_status[] = {
    {"open", "being worked on"},        {"partly_met", "partly met"},    {"met", "met"},
    {"changed", "replaced by another"}, {"dropped", "no longer wanted"},
};
const rp_code_list rp_codes_goal_status = RP_CODES("goal_status", false, own, goal_status);

static const rp_code_def task_status[] = {
    {"agreed", "agreed, not yet due"},  {"done", "done"}, {"partly_done", "partly done"}, {"not_done", "not done"},
    {"changed", "replaced by another"},
};
const rp_code_list rp_codes_task_status = RP_CODES("task_status", false, own, task_status);
