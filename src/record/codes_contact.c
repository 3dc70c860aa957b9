/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes about contacts. */
#include "record/codes.h"

static const rp_code_def contact_kind[] = {
    {"assessment", "assessment (national code 01)"},
    {"treatment", "treatment (02)"},
    {"assessment_and_treatment", "assessment and treatment (03)"},
    {"review", "review only (04)"},
    {"review_and_treatment", "review and treatment (05)"},
    {"follow_up", "follow-up after the end of treatment (06)"},
    {"employment", "employment support (10, since version 2.1)"},
    {"other", "another kind (07)"},
};
const rp_code_list rp_codes_contact_kind = RP_CODES(
    "contact_kind", false,
    "words of our own, after NHS Data Dictionary: APPOINTMENT TYPE (IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES)",
    contact_kind);

static const rp_code_def attendance[] = {
    {"attended", "attended on time (national code 5)"},
    {"late_seen", "arrived late and was seen (6)"},
    {"late_not_seen", "arrived late and could not be seen (7)"},
    {"cancelled_client", "cancelled by or for the client (2)"},
    {"did_not_attend", "did not attend, without notice (3)"},
    {"cancelled_service", "cancelled or postponed by the service (4)"},
};
const rp_code_list rp_codes_attendance = RP_CODES(
    "attendance", false, "words of our own, after NHS Data Dictionary: ATTENDED OR DID NOT ATTEND CODE", attendance);

static const rp_code_def mode[] = {
    {"01", "face to face"},
    {"02", "telephone"},
    {"03", "telemedicine (version 2.0)"},
    {"04", "talk type"},
    {"05", "email"},
    {"06", "text message (version 2.0)"},
    {"08", "a code of version 2.0 whose label our sources do not give"},
    {"09", "text message, each in their own time"},
    {"10", "instant messaging"},
    {"11", "video"},
    {"12", "message board"},
    {"13", "chat room"},
    {"98", "another means"},
    {"in_person", "face to face"},
    {"telephone", "telephone"},
    {"video", "video"},
    {"text", "written messages of any kind"},
    {"online", "an internet programme"},
    {"other", "another means"},
};
const rp_code_list rp_codes_mode = RP_CODES(
    "mode", false,
    "NHS Data Dictionary: CONSULTATION MECHANISM (MENTAL HEALTH), and CONSULTATION MEDIUM USED of version 2.0; "
    "words of our own",
    mode);

static const rp_code_def therapy_mode[] = {
    {"individual", "individual (national code 1)"},
    {"couple", "couple (2)"},
    {"group", "group (3)"},
};
const rp_code_list rp_codes_therapy_mode =
    RP_CODES("therapy_mode", false, "words of our own, after NHS Data Dictionary: CARE CONTACT PATIENT THERAPY MODE",
             therapy_mode);

static const rp_code_def medication[] = {
    {"01", "prescribed, not taking"},
    {"02", "prescribed and taking"},
    {"03", "not prescribed"},
    {"UU", "not known"},
    {"ZZ", "asked, not stated"},
    {"taking", "prescribed and taking"},
    {"not_taking", "prescribed, not taking"},
    {"not_prescribed", "not prescribed"},
    {"not_known", "not known"},
};
const rp_code_list rp_codes_medication = RP_CODES(
    "medication", false,
    "NHS Data Dictionary: PSYCHOTROPIC MEDICATION USAGE INDICATION CODE (01-03, UU, ZZ); words of our own", medication);

static const rp_code_def interpreter[] = {
    {"1", "yes, a professional interpreter"},
    {"2", "yes, a family member or friend"},
    {"3", "yes, another person"},
    {"4", "no, none was needed"},
    {"5", "no, the interpreter did not attend"},
    {"X", "not known"},
    {"professional", "yes, a professional interpreter"},
    {"family_or_friend", "yes, a family member or friend"},
    {"not_needed", "no, none was needed"},
    {"did_not_attend", "no, the interpreter did not attend"},
};
const rp_code_list rp_codes_interpreter = RP_CODES(
    "interpreter", false,
    "NHS Data Dictionary: INTERPRETER PRESENT AT CARE CONTACT INDICATION CODE (1-5, X); words of our own", interpreter);
