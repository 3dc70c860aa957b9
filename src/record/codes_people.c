/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes about people: clients and practitioners. */
#include "record/codes.h"

static const rp_code_def gender[] = {
    {"1", "male"},
    {"2", "female"},
    {"9", "indeterminate"},
    {"X", "not known"},
    {"female", "female"},
    {"male", "male"},
    {"non_binary", "non-binary"},
    {"other", "another gender"},
    {"not_stated", "asked, not stated"},
};
const rp_code_list rp_codes_gender =
    RP_CODES("gender", false, "NHS Data Dictionary: PERSON STATED GENDER CODE (1, 2, 9, X); words of our own", gender);

static const rp_code_def ethnicity[] = {
    {"A", "White: British"},
    {"B", "White: Irish"},
    {"C", "White: any other background"},
    {"D", "mixed: White and Black Caribbean"},
    {"E", "mixed: White and Black African"},
    {"F", "mixed: White and Asian"},
    {"G", "mixed: any other background"},
    {"H", "Asian or Asian British: Indian"},
    {"J", "Asian or Asian British: Pakistani"},
    {"K", "Asian or Asian British: Bangladeshi"},
    {"L", "Asian or Asian British: any other background"},
    {"M", "Black or Black British: Caribbean"},
    {"N", "Black or Black British: African"},
    {"P", "Black or Black British: any other background"},
    {"R", "Chinese"},
    {"S", "any other ethnic group"},
    {"Z", "asked, not stated"},
    {"99", "not known"},
    {"white", "White, no finer"},
    {"mixed", "mixed, no finer"},
    {"asian", "Asian, no finer"},
    {"black", "Black, no finer"},
    {"other", "another ethnic group, no finer"},
    {"not_stated", "asked, not stated"},
};
const rp_code_list rp_codes_ethnicity = RP_CODES(
    "ethnicity", false, "NHS Data Dictionary: ETHNIC CATEGORY (2001 census letters, 99); words of our own", ethnicity);

static const rp_code_def employment[] = {
    {"01", "employed"},
    {"02", "unemployed and looking for work"},
    {"03", "in education or training, not working or looking for work"},
    {"04", "long-term sick or disabled"},
    {"05", "looking after family or home"},
    {"06", "not working or looking for work, without sickness or disability benefits"},
    {"07", "in unpaid voluntary work, not working or looking for work"},
    {"08", "retired"},
    {"ZZ", "asked, not stated"},
    {"employed", "employed"},
    {"unemployed", "unemployed"},
    {"student", "in education or training"},
    {"sick_or_disabled", "long-term sick or disabled"},
    {"homemaker", "looking after family or home"},
    {"retired", "retired"},
    {"other", "another situation"},
    {"not_stated", "asked, not stated"},
};
const rp_code_list rp_codes_employment =
    RP_CODES("employment", false, "NHS Data Dictionary: EMPLOYMENT STATUS (01-08, ZZ); words of our own", employment);

static const rp_code_def consent[] = {
    {"evaluation", "agreed that the data are used to evaluate the service"},
    {"research", "agreed that the data are used for research, which includes evaluation"},
    {"none_recorded", "no consent is recorded, which does not say that it was refused"},
};
const rp_code_list rp_codes_consent = RP_CODES("consent", false, "words of our own", consent);

static const rp_code_def role[] = {
    {"pwp", "psychological wellbeing practitioner (low intensity)"},
    {"cbt_therapist", "cognitive behavioural therapist (high intensity)"},
    {"counsellor", "counsellor"},
    {"psychologist", "clinical or counselling psychologist"},
    {"psychotherapist", "psychotherapist"},
    {"psychiatrist", "psychiatrist"},
    {"nurse", "mental health nurse"},
    {"social_worker", "social worker"},
    {"assistant", "assistant psychologist"},
    {"employment_adviser", "employment adviser"},
    {"supervisor", "supervisor without a caseload"},
    {"administrator", "administrator"},
    {"other", "another role"},
};
const rp_code_list rp_codes_role =
    RP_CODES("role", false, "words of our own, after the roles of NHS Talking Therapies", role);

static const rp_code_def qualification[] = {
    {"10", "psychological wellbeing practitioner"},
    {"11", "high-intensity cognitive behavioural therapy"},
    {"12", "counselling for depression"},
    {"13", "couple therapy for depression, behavioural couples therapy"},
    {"14", "dynamic interpersonal therapy"},
    {"15", "interpersonal psychotherapy"},
    {"16", "mindfulness-based cognitive therapy"},
    {"17", "eye movement desensitisation and reprocessing"},
    {"30", "employment adviser"},
    {"31", "senior employment adviser"},
    {"doctorate", "a clinical doctorate"},
    {"diploma", "a diploma in counselling or psychotherapy"},
    {"other", "another qualification"},
};
const rp_code_list rp_codes_qualification =
    RP_CODES("qualification", false,
             "NHS Data Dictionary: QUALIFICATION ATTAINMENT LEVEL FOR IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES "
             "(10-31); words of our own",
             qualification);
