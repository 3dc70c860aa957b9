/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open lists: any code may stand in these columns (ICD-10, SNOMED CT, a study's own); the list names the known ones. */
#include "record/codes.h"

static const rp_code_def problem[] = {
    {"F32", "depressive episode"},
    {"F33", "recurrent depressive disorder"},
    {"F400", "agoraphobia"},
    {"F401", "social phobia"},
    {"F402", "specific phobia"},
    {"F410", "panic disorder"},
    {"F411", "generalised anxiety disorder"},
    {"F412", "mixed anxiety and depressive disorder"},
    {"F42", "obsessive-compulsive disorder"},
    {"F431", "post-traumatic stress disorder"},
    {"F452", "hypochondriacal disorder (health anxiety)"},
    {"83482000", "body dysmorphic disorder"},
    {"K58", "irritable bowel syndrome"},
    {"G933", "chronic fatigue syndrome"},
    {"723916001", "persistent physical symptoms"},
};
const rp_code_list rp_codes_problem =
    RP_CODES("problem", true, "ICD-10 and SNOMED CT as given; known: NHS England metadata, breakdown V011", problem);

static const rp_code_def therapy[] = {
    {"1127281000000100", "high: applied relaxation"},
    {"1129471000000105", "high: couple therapy for depression"},
    {"842901000000108", "high: collaborative care"},
    {"286711000000107", "high: counselling for depression"},
    {"314034001", "high: brief psychodynamic psychotherapy"},
    {"449030000", "high: eye movement desensitisation and reprocessing"},
    {"933221000000107", "high: mindfulness-based therapy"},
    {"1026131000000100", "high: another high-intensity therapy"},
    {"304891004", "high: cognitive behavioural therapy"},
    {"228557008", "high: cognitive and behavioural therapy"},
    {"443730003", "high: interpersonal psychotherapy"},
    {"748051000000105", "low: guided self-help, book"},
    {"748101000000105", "low: self-help without guidance, book"},
    {"748041000000107", "low: guided self-help, computer"},
    {"748091000000102", "low: self-help without guidance, computer"},
    {"748061000000108", "low: structured physical activity"},
    {"702545008", "low: psychoeducation, peer support"},
    {"1026111000000108", "low: another low-intensity therapy"},
    {"975131000000104", "low: community signposting"},
    {"1098051000000103", "neither: employment support"},
};
const rp_code_list rp_codes_therapy = RP_CODES(
    "therapy", true, "SNOMED CT; known, with their step (high, low, neither): NHS England metadata, measures M090-M120",
    therapy);

static const rp_code_def protocol[] = {
    {"cognitive_therapy", "cognitive therapy"},
    {"behavioural_activation", "behavioural activation"},
    {"exposure", "exposure"},
    {"exposure_and_response_prevention", "exposure and response prevention"},
    {"trauma_focused_cbt", "trauma-focused cognitive behavioural therapy"},
    {"emdr", "eye movement desensitisation and reprocessing"},
    {"interpersonal_psychotherapy", "interpersonal psychotherapy"},
    {"counselling_for_depression", "counselling for depression"},
    {"dynamic_interpersonal_therapy", "dynamic interpersonal therapy"},
    {"mindfulness", "mindfulness-based cognitive therapy"},
    {"guided_self_help", "guided self-help"},
};
const rp_code_list rp_codes_protocol = RP_CODES("protocol", true, "words of our own", protocol);

static const rp_code_def component[] = {
    {"agenda", "setting an agenda"},
    {"homework_review", "reviewing what was done between sessions"},
    {"homework_set", "agreeing what to do until next time"},
    {"formulation", "a shared account of the problem"},
    {"exposure", "exposure"},
    {"cognitive_restructuring", "examining thoughts"},
    {"activity_scheduling", "planning activities"},
    {"relapse_prevention", "planning for the time after therapy"},
};
const rp_code_list rp_codes_component = RP_CODES("component", true, "words of our own", component);

static const rp_code_def diagnosis[] = {
    {"F32", "depressive episode"},
    {"F33", "recurrent depressive disorder"},
    {"F40", "phobic anxiety disorders"},
    {"F41", "other anxiety disorders"},
    {"F42", "obsessive-compulsive disorder"},
    {"F43", "reaction to severe stress, adjustment disorders"},
    {"F60", "specific personality disorders"},
};
const rp_code_list rp_codes_diagnosis =
    RP_CODES("diagnosis", true, "as the interview gives it: ICD-10, ICD-11, DSM; known: ICD-10 chapter V", diagnosis);

static const rp_code_def interview[] = {
    {"scid_5", "Structured Clinical Interview for DSM-5"},     {"scid_iv", "Structured Clinical Interview for DSM-IV"},
    {"mini", "Mini International Neuropsychiatric Interview"}, {"adis", "Anxiety Disorders Interview Schedule"},
    {"cis_r", "Clinical Interview Schedule, revised"},         {"cidi", "Composite International Diagnostic Interview"},
    {"clinical", "a clinical interview without a schedule"},
};
const rp_code_list rp_codes_interview = RP_CODES("interview", true, "words of our own", interview);

static const rp_code_def risk_action[] = {
    {"none_needed", "explored, nothing more was needed"},  {"safety_plan", "a safety plan was made or reviewed"},
    {"supervisor_told", "the supervisor was told"},        {"gp_told", "the general practitioner was told"},
    {"crisis_team", "the crisis team was involved"},       {"emergency", "an emergency service was called"},
    {"safeguarding", "a safeguarding concern was raised"},
};
const rp_code_list rp_codes_risk_action = RP_CODES("risk_action", true, "words of our own", risk_action);

static const rp_code_def layout[] = {
    {"one_item", "one item at a time"},
    {"one_page", "all items on one page"},
    {"several_pages", "several items on each of several pages"},
};
const rp_code_list rp_codes_layout = RP_CODES("layout", true, "words of our own", layout);
