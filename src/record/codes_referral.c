/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes about referrals: where they come from, what for, how they end. */
#include "record/codes.h"

static const rp_code_def source[] = {
    {"A1", "general practice"},
    {"A2", "health visitor"},
    {"A3", "other primary health care"},
    {"A4", "maternity service"},
    {"B1", "self"},
    {"B2", "carer or relative"},
    {"C1", "local authority: social services"},
    {"C2", "local authority: education"},
    {"C3", "local authority: housing"},
    {"D1", "employer"},
    {"D2", "employer: occupational health"},
    {"E1", "justice: police"},
    {"E2", "justice: courts"},
    {"E3", "justice: probation"},
    {"E4", "justice: prison"},
    {"E5", "justice: court liaison and diversion"},
    {"E6", "justice: youth offending team"},
    {"F1", "child health: school nurse"},
    {"F2", "child health: hospital paediatrics"},
    {"F3", "child health: community paediatrics"},
    {"G1", "independent sector: medium secure inpatients"},
    {"G2", "independent sector: low secure inpatients"},
    {"G3", "independent sector: other mental health services"},
    {"G4", "voluntary sector"},
    {"H1", "emergency department"},
    {"H2", "other secondary care"},
    {"I1", "temporary transfer from another mental health trust"},
    {"I2", "permanent transfer from another mental health trust"},
    {"M1", "asylum services"},
    {"M2", "telephone or electronic access service"},
    {"M3", "agency out of area"},
    {"M4", "drug action team or drug misuse agency"},
    {"M5", "job centre"},
    {"M6", "other service or agency"},
    {"M7", "single point of access"},
    {"M8", "debt agency"},
    {"N1", "stepped up from low intensity"},
    {"N2", "stepped down from high intensity"},
    {"N4", "another talking therapies service (since version 2.1)"},
    {"P1", "internal"},
    {"Q1", "mental health drop-in (since version 2.1)"},
    {"self", "self"},
    {"gp", "general practice"},
    {"hospital", "a hospital"},
    {"employer", "employer"},
    {"advertisement", "answered an advertisement for a study"},
    {"other", "another source"},
};
const rp_code_list rp_codes_source = RP_CODES(
    "source", false,
    "NHS Data Dictionary: SOURCE OF REFERRAL FOR IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES (A1-Q1); words of "
    "our own",
    source);

static const rp_code_def end_reason[] = {
    {"50", "not seen: not assessed"},
    {"10", "seen, not taken on: not suitable, no action or back to the referrer"},
    {"11", "seen, not taken on: not suitable, signposted elsewhere by agreement"},
    {"12", "seen, not taken on: discharged by agreement after advice and support"},
    {"13", "seen, not taken on: referred to another therapy service by agreement"},
    {"14", "seen, not taken on: suitable, but declined the treatment offered"},
    {"16", "seen, not taken on: assessment not completed"},
    {"17", "seen, not taken on: died"},
    {"95", "seen, not taken on: not known"},
    {"46", "taken on: completion of treatment, agreed by both"},
    {"47", "taken on: ended earlier than the care professional planned"},
    {"48", "taken on: ended earlier than the client asked for"},
    {"49", "taken on: died"},
    {"96", "taken on: not known"},
    {"40", "retired code of version 1.5"},
    {"41", "retired code of version 1.5"},
    {"42", "retired code of version 1.5"},
    {"43", "retired code of version 1.5"},
    {"44", "retired code of version 1.5"},
    {"45", "retired code of version 1.5"},
    {"97", "retired code of version 1.5"},
    {"98", "retired code of version 1.5"},
    {"completed", "completed as planned, or ended by agreement"},
    {"left_early", "the client ended it before it was complete"},
    {"service_ended", "the service ended it before it was complete"},
    {"declined", "declined before treatment began"},
    {"not_suitable", "not suitable for the service"},
    {"referred_on", "referred on"},
    {"died", "died"},
    {"withdrew_from_study", "withdrew from the study"},
    {"not_known", "not known"},
};
const rp_code_list rp_codes_end_reason = RP_CODES(
    "end_reason", false,
    "NHS Data Dictionary: DISCHARGE FROM IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES SERVICE REASON; words of our own",
    end_reason);

static const rp_code_def scheme[] = {
    {"01", "ICD-10"},           {"04", "SNOMED CT"},  {"icd_10", "ICD-10"}, {"icd_11", "ICD-11"},
    {"snomed_ct", "SNOMED CT"}, {"dsm_iv", "DSM-IV"}, {"dsm_5", "DSM-5"},   {"other", "another scheme, or plain words"},
};
const rp_code_list rp_codes_scheme =
    RP_CODES("scheme", false, "NHS Data Dictionary: FINDING SCHEME IN USE (01, 04); words of our own", scheme);

static const rp_code_def rank[] = {
    {"primary", "primary (national code 1)"},
    {"secondary", "secondary (national code 2)"},
};
const rp_code_list rp_codes_rank = RP_CODES(
    "rank", false, "words of our own, after NHS Data Dictionary: PRESENTING COMPLAINT CODING SIGNIFICANCE", rank);

static const rp_code_def pause_reason[] = {
    {"01", "holiday"},      {"02", "other health needs"},     {"03", "another reason"},
    {"holiday", "holiday"}, {"health", "other health needs"}, {"other", "another reason"},
};
const rp_code_list rp_codes_pause_reason = RP_CODES(
    "pause_reason", false,
    "NHS Data Dictionary: IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES ACTIVITY SUSPENSION REASON (01-03); words of our "
    "own",
    pause_reason);
