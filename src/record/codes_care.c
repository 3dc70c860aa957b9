/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes about what was told, judged, planned and met: words of our own, as record.md names them. */
#include "record/codes.h"

static const char own[] = "words of our own";

static const rp_code_def told_to[] = {
    {"client", "the client"},
    {"gp", "the general practitioner"},
};
const rp_code_list rp_codes_told_to = RP_CODES("told_to", false, own, told_to);

static const rp_code_def matter[] = {
    {"assessor_role", "the role of the person who assesses"},
    {"assessor_qualification", "the qualification of the person who assesses, and whether they are in training"},
    {"purpose_of_measures", "what the questionnaires are for"},
    {"who_sees_answers", "who sees the answers"},
};
const rp_code_list rp_codes_matter = RP_CODES("matter", false, own, matter);

static const rp_code_def told[] = {
    {"yes", "told"},
    {"no", "not told"},
    {"shown_on_screen", "shown on a screen, with no one there to ask"},
    {"not_recorded", "a row was made, but not whether it was told"},
};
const rp_code_list rp_codes_told = RP_CODES("told", false, own, told);

static const rp_code_def informant[] = {
    {"client", "the client says so"},
    {"practitioner", "the practitioner says so"},
    {"screen", "the program noted that it was shown"},
};
const rp_code_list rp_codes_informant = RP_CODES("informant", false, own, informant);

static const rp_code_def how[] = {
    {"in_person", "in person"},
    {"letter", "by letter"},
    {"page", "on a page of the service"},
    {"phone", "by telephone"},
};
const rp_code_list rp_codes_how = RP_CODES("how", false, own, how);

static const rp_code_def judge[] = {
    {"practitioner", "the practitioner, of their own session"},
    {"supervisor", "the supervisor"},
    {"observer", "an independent observer"},
    {"client", "the client"},
};
const rp_code_list rp_codes_judge = RP_CODES("fidelity_rater", false, own, judge);

static const rp_code_def risk_origin[] = {
    {"item", "an answer to an item"},
    {"words", "what the client wrote or said"},
    {"observed", "what the practitioner saw"},
};
const rp_code_list rp_codes_risk_origin = RP_CODES("risk_origin", false, own, risk_origin);

static const rp_code_def risk_level[] = {
    {"none", "explored, no risk found"}, {"low", "low"}, {"moderate", "moderate"}, {"high", "high"},
    {"immediate", "immediate"},
};
const rp_code_list rp_codes_risk_level = RP_CODES("risk_level", false, own, risk_level);

static const rp_code_def intensity[] = {
    {"low", "low intensity"},
    {"high", "high intensity"},
    {"stepped", "low first, high where that is not enough"},
    {"neither", "neither, such as employment support"},
};
const rp_code_list rp_codes_intensity = RP_CODES("intensity", false, own, intensity);

static const rp_code_def event_kind[] = {
    {"medication_change", "a change of medication"},
    {"other_treatment", "another treatment began or ended"},
    {"crisis", "a crisis"},
    {"admission", "an admission to hospital"},
    {"death", "death"},
    {"complaint", "a complaint"},
    {"unwanted_effect", "an unwanted effect"},
    {"life_event", "an event of life"},
};
const rp_code_list rp_codes_event_kind = RP_CODES("event_kind", false, own, event_kind);

static const rp_code_def related[] = {
    {"yes", "related to the treatment"},
    {"possibly", "possibly related"},
    {"no", "not related"},
    {"not_known", "not known"},
};
const rp_code_list rp_codes_related = RP_CODES("related_to_treatment", false, own, related);
