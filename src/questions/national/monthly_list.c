/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measures, in the order of their ids: what each is, or why it is not made. docs/national-measures.md has this list
 * (made by tools/doc_checks). Rules: NHS England, monthly metadata of July 2026. Names: the annual metadata of 2024-25,
 * and NHS England's public scripts (nhsengland/Talking-Therapies, "1. PDT_Monthly_Data_Checks.sql"), with the names of
 * 2025 and 2026 where they changed; where none was found, a name after those of its neighbours, or one of ours. */
#include "questions/national/monthly_parts.h"

#include <assert.h>

#define COUNT(id, name, named, tally, rule)                                                                            \
    { {id, name, named, RP_MONTHLY_COUNT, rule, NULL}, tally, NO_TALLY, FAMILY_NONE }
#define SHARE(id, name, named, tally, over, family, rule)                                                              \
    { {id, name, named, RP_MONTHLY_SHARE, rule, NULL}, tally, over, family }
#define MEAN(id, name, named, tally, over, rule)                                                                       \
    { {id, name, named, RP_MONTHLY_MEAN, rule, NULL}, tally, over, FAMILY_NONE }
#define OF_VALUES(statistic, id, name, named, of, behind, rule)                                                        \
    { {id, name, named, statistic, rule, NULL}, of, behind, FAMILY_NONE }
#define NOT_MADE(id, rule, lack)                                                                                       \
    { {id, "", RP_NAME_OURS, RP_MONTHLY_COUNT, rule, lack}, NO_TALLY, NO_TALLY, FAMILY_NONE }

#define SEEN  RP_NAME_PUBLISHED
#define ALIKE RP_NAME_AFTER_NEIGHBOURS
#define OURS  RP_NAME_OURS

#define WSAS "M212-M236"
#define WSAS_ITEM(item, short_name, words, named)                                                                      \
    COUNT(WSAS, "Count_PairedWSAS" short_name, OURS, T_WSAS_PAIRED + (item), "finished, with two scores: " words),     \
        MEAN(WSAS, "Mean_FirstWSAS" short_name, named, T_WSAS_FIRST + (item), T_WSAS_PAIRED + (item),                  \
             "of these, the first score: " words),                                                                     \
        OF_VALUES(RP_MONTHLY_MEDIAN, WSAS, "Median_FirstWSAS" short_name, OURS, SPREAD_WSAS + 2 * (item),              \
                  T_WSAS_PAIRED + (item), "of these, the first score: " words),                                        \
        MEAN(WSAS, "Mean_LastWSAS" short_name, named, T_WSAS_LAST + (item), T_WSAS_PAIRED + (item),                    \
             "of these, the last score: " words),                                                                      \
        OF_VALUES(RP_MONTHLY_MEDIAN, WSAS, "Median_LastWSAS" short_name, OURS, SPREAD_WSAS + 2 * (item) + 1,           \
                  T_WSAS_PAIRED + (item), "of these, the last score: " words)

static const char no_stage[] =
    "the text that we have says that four rules exclude contacts from a stage, and not which";
static const char which_id[] = "the text that we have does not say which id is which";

static const monthly_measure measures[] = {
    COUNT("M001", "Count_ReferralsReceived", SEEN, T_RECEIVED, "received in the month"),
    COUNT("M002", "Count_SelfReferrals", SEEN, T_FROM_SELF, "received in the month, source B1 (self)"),
    COUNT("M003", "Count_GPReferrals", SEEN, T_FROM_GP, "received in the month, source A1 (general practice)"),
    COUNT("M004", "Count_HealthVisitorReferrals", SEEN, T_FROM_HEALTH_VISITOR,
          "received in the month, source A2 (health visitor)"),
    COUNT("M005", "Count_OtherPrimaryCareReferrals", SEEN, T_FROM_OTHER_PRIMARY,
          "received in the month, source A3 (other primary health care)"),
    NOT_MADE("M006-M018", "received in the month, by other sources", which_id),
    COUNT("M019", "Count_OpenReferralNoActivity60days", SEEN, T_IDLE_60,
          "open at the end of the month, last treatment contact up to 60 days before it"),
    COUNT("M020", "Count_OpenReferralNoActivity61to90days", SEEN, T_IDLE_90, "the same, 61 to 90 days"),
    COUNT("M021", "Count_OpenReferralNoActivity91to120days", SEEN, T_IDLE_120, "the same, 91 to 120 days"),
    COUNT("M022", "Count_OpenReferralNoActivityOver120days", ALIKE, T_IDLE_LONGER, "the same, over 120 days"),
    COUNT("M023", "Count_FirstAssessment", SEEN, T_ASSESSED, "first attended assessment in the month"),
    COUNT("M024", "Count_FirstAssessment28days", SEEN, T_ASSESSED_28, "of these, up to 28 days after being received"),
    COUNT("M025", "Count_FirstAssessment29to56days", SEEN, T_ASSESSED_56, "of these, after 29 to 56 days"),
    COUNT("M026", "Count_FirstAssessment57to90days", SEEN, T_ASSESSED_90, "of these, after 57 to 90 days"),
    COUNT("M027", "Count_FirstAssessmentOver90days", SEEN, T_ASSESSED_LATER, "of these, after more than 90 days"),
    COUNT("M031", "Count_AccessingServices", SEEN, T_TREATED, "first treatment contact in the month"),
    COUNT("M032", "Count_AccessingServices28days", SEEN, T_TREATED_28, "of these, up to 28 days after being received"),
    COUNT("M033", "Count_AccessingServices29to56days", ALIKE, T_TREATED_56, "of these, after 29 to 56 days"),
    COUNT("M034", "Count_AccessingServices57to90days", SEEN, T_TREATED_90, "of these, after 57 to 90 days"),
    COUNT("M035", "Count_AccessingServicesOver90days", ALIKE, T_TREATED_LATER, "of these, after more than 90 days"),
    COUNT("M036", "Count_AccessingServices6Weeks", ALIKE, T_TREATED_6_WEEKS, "of these, within 42 days"),
    COUNT("M037", "Count_AccessingServices18Weeks", ALIKE, T_TREATED_18_WEEKS, "of these, within 126 days"),
    COUNT("M038", "Count_WaitingForTreatment", SEEN, T_WAITING,
          "open at the end of the month, no treatment contact so far"),
    COUNT("M039", "Count_WaitingForTreatment0to2weeks", SEEN, T_WAITING_2, "of these, received up to 14 days before"),
    COUNT("M040", "Count_WaitingForTreatment0to4weeks", SEEN, T_WAITING_4, "of these, up to 28 days before"),
    COUNT("M041", "Count_WaitingForTreatment0to6weeks", SEEN, T_WAITING_6, "of these, up to 42 days before"),
    COUNT("M042", "Count_WaitingForTreatment0to12weeks", SEEN, T_WAITING_12, "of these, up to 84 days before"),
    COUNT("M043", "Count_WaitingForTreatment0to18weeks", SEEN, T_WAITING_18, "of these, up to 126 days before"),
    COUNT("M044", "Count_WaitingForTreatmentOver18weeks", SEEN, T_WAITING_LONGER,
          "of these, more than 126 days before"),
    NOT_MADE("M045", "waiting for the first treatment", "the text that we have does not say what this one counts"),
    COUNT("M046", "Count_FirstToSecondTreatmentOver28days", SEEN, T_SECOND_OVER_28,
          "second treatment contact in the month, more than 28 days after the first"),
    COUNT("M047", "Count_FirstToSecondTreatmentOver90days", SEEN, T_SECOND_LATER, "the same, more than 90 days"),
    COUNT("M052", "Count_AccessingServices6WeeksFinishedCourseTreatment", ALIKE, T_FINISHED_6_WEEKS,
          "of M076, first treatment contact within 42 days of being received"),
    SHARE("M053", "Percentage_AccessingServices6WeeksFinishedCourseTreatment", SEEN, T_FINISHED_6_WEEKS, T_FINISHED,
          FAMILY_WAITS, "M052 / M076"),
    COUNT("M054", "Count_AccessingServices18WeeksFinishedCourseTreatment", ALIKE, T_FINISHED_18_WEEKS,
          "of M076, first treatment contact within 126 days of being received"),
    SHARE("M055", "Percentage_AccessingServices18WeeksFinishedCourseTreatment", SEEN, T_FINISHED_18_WEEKS, T_FINISHED,
          FAMILY_WAITS, "M054 / M076"),
    COUNT("M056", "Count_EndedReferrals", SEEN, T_ENDED, "ended in the month"),
    COUNT("M057", "Count_EndedNotSuitable", SEEN, T_END_10, "ended in the month, reason 10"),
    COUNT("M058", "Count_EndedSignposted", SEEN, T_END_11, "reason 11"),
    COUNT("M059", "Count_EndedMutualAgreement", SEEN, T_END_12, "reason 12"),
    COUNT("M060", "Count_EndedReferredElsewhere", SEEN, T_END_13, "reason 13"),
    COUNT("M061", "Count_EndedDeclined", SEEN, T_END_14, "reason 14"),
    COUNT("M062", "Count_EndedDeceasedAssessedOnly", SEEN, T_END_17, "reason 17"),
    COUNT("M063", "Count_EndedUnknownAssessedOnly", SEEN, T_END_95, "reason 95"),
    NOT_MADE("M064-M065", "ended in the month, by reason", which_id),
    COUNT("M066", "Count_EndedCompleted", SEEN, T_END_46, "reason 46"),
    NOT_MADE("M067-M068", "ended in the month, by reason", which_id),
    COUNT("M069", "Count_EndedDeceasedTreated", SEEN, T_END_49, "reason 49"),
    COUNT("M070", "Count_EndedUnknownTreated", SEEN, T_END_96, "reason 96"),
    NOT_MADE("M071", "ended in the month, with a reason that is no code",
             "such a value is rejected when the record is read, so that it is not in it"),
    COUNT("M072", "Count_EndedNoReasonRecorded", SEEN, T_END_NO_REASON, "ended in the month, no reason recorded"),
    COUNT("M073", "Count_EndedNotSeen", SEEN, T_NOT_SEEN,
          "ended in the month, no attended contact and no internet therapy log"),
    COUNT("M074", "Count_EndedSeenNotTreated", SEEN, T_NOT_TREATED,
          "ended in the month, an attended contact and no treatment contact"),
    COUNT("M075", "Count_EndedTreatedOnce", SEEN, T_TREATED_ONCE, "ended in the month, one treatment contact"),
    COUNT("M076", "Count_FinishedCourseTreatment", SEEN, T_FINISHED,
          "ended in the month, two treatment contacts or more"),
    SHARE("M077", "Percentage_EndedBeforeTreatment", ALIKE, T_BEFORE_TREATMENT, T_ENDED, FAMILY_ENDINGS, "M153 / M056"),
    SHARE("M078", "Percentage_EndedTreatedOnce", ALIKE, T_TREATED_ONCE, T_ENDED, FAMILY_ENDINGS, "M075 / M056"),
    SHARE("M079", "Percentage_EndedFinishedCourseTreatment", OURS, T_FINISHED, T_ENDED, FAMILY_ENDINGS, "M076 / M056"),
    SHARE("M080", "Percentage_EndedTreatedOnceOrMore", OURS, T_TREATED_AT_ALL, T_ENDED, FAMILY_ENDINGS,
          "ended after one treatment contact or more / M056"),
    SHARE("M081", "Percentage_FinishedOfThoseTreated", OURS, T_FINISHED, T_TREATED_AT_ALL, FAMILY_ENDINGS,
          "M076 / ended after one treatment contact or more"),
    COUNT("M082", "Count_Appointments", SEEN, T_APPOINTMENTS, "contacts dated in the month, of any kind"),
    COUNT("M083", "Count_ApptsCancelledPatient", OURS, T_APPOINTMENTS_CANCELLED_CLIENT,
          "of these, cancelled by or for the client"),
    COUNT("M084", "Count_ApptsDNA", SEEN, T_APPOINTMENTS_MISSED, "of these, not attended, without notice"),
    COUNT("M085", "Count_ApptsCancelledProvider", OURS, T_APPOINTMENTS_CANCELLED_SERVICE,
          "of these, cancelled or postponed by the service"),
    COUNT("M086", "Count_ApptsAttended", OURS, T_APPOINTMENTS_ATTENDED, "of these, attended on time"),
    COUNT("M087", "Count_ApptsLateSeen", OURS, T_APPOINTMENTS_LATE_SEEN, "of these, late and seen"),
    COUNT("M088", "Count_ApptsLateNotSeen", OURS, T_APPOINTMENTS_LATE_NOT_SEEN, "of these, late and not seen"),
    NOT_MADE("M112-M120", "mean treatment contacts of those who finished, by therapy",
             "the text that we have does not say which therapies these are"),
    COUNT("M121-M126", "Count_FirstToSecondTreatment28days", OURS, T_SECOND_28,
          "second treatment contact in the month, up to 28 days after the first"),
    COUNT("M121-M126", "Count_FirstToSecondTreatment29to90days", OURS, T_SECOND_90, "the same, 29 to 90 days"),
    COUNT("M121-M126", "Count_FirstToSecondTreatmentLater", OURS, T_SECOND_LATER, "the same, over 90 days (as M047)"),
    SHARE("M121-M126", "Percentage_FirstToSecondTreatment28days", OURS, T_SECOND_28, T_SECOND, FAMILY_GAPS,
          "up to 28 days / M184"),
    SHARE("M121-M126", "Percentage_FirstToSecondTreatment29to90days", OURS, T_SECOND_90, T_SECOND, FAMILY_GAPS,
          "29 to 90 days / M184"),
    SHARE("M121-M126", "Percentage_FirstToSecondTreatmentOver90days", SEEN, T_SECOND_LATER, T_SECOND, FAMILY_GAPS,
          "over 90 days / M184"),
    MEAN("M141", "Mean_ApptsFinishedCourseTreatment", SEEN, T_SESSIONS, T_FINISHED, "treatment contacts of M076"),
    OF_VALUES(RP_MONTHLY_MEDIAN, "M142", "Median_ApptsFinishedCourseTreatment", SEEN, SPREAD_SESSIONS, T_FINISHED,
              "treatment contacts of M076"),
    OF_VALUES(RP_MONTHLY_LARGEST, "M143", "Max_ApptsFinishedCourseTreatment", ALIKE, SPREAD_SESSIONS, T_FINISHED,
              "treatment contacts of M076; one person's, so that it is shown only with --suppress off"),
    OF_VALUES(RP_MONTHLY_SMALLEST, "M144", "Min_ApptsFinishedCourseTreatment", ALIKE, SPREAD_SESSIONS, T_FINISHED,
              "treatment contacts of M076; one person's, so that it is shown only with --suppress off"),
    COUNT("M153", "Count_EndedBeforeTreatment", SEEN, T_BEFORE_TREATMENT, "ended in the month, no treatment contact"),
    COUNT("M179", "Count_NotAtCaseness", SEEN, T_NOT_CASE, "of M076, no case at the start"),
    SHARE("M180", "Percentage_NotAtCaseness", SEEN, T_NOT_CASE, T_FINISHED, FAMILY_RECOVERY, "M179 / M076"),
    COUNT("M184", "Count_SecondTreatment", SEEN, T_SECOND, "second treatment contact in the month"),
    COUNT("M185", "Count_ReliableImprovement", SEEN, T_IMPROVED, "of M076, reliably improved"),
    SHARE("M186", "Percentage_ReliableImprovement", SEEN, T_IMPROVED, T_FINISHED, FAMILY_CHANGE, "M185 / M076"),
    COUNT("M187", "Count_NoReliableChange", SEEN, T_NO_CHANGE,
          "of M076, two scores on both measures, and neither reliably improved nor deteriorated"),
    COUNT("M189", "Count_ReliableDeterioration", SEEN, T_DETERIORATED, "of M076, reliably deteriorated"),
    COUNT("M191", "Count_Recovery", SEEN, T_RECOVERED, "of M076, recovered"),
    SHARE("M192", "Percentage_Recovery", SEEN, T_RECOVERED, T_CASES, FAMILY_RECOVERY, "M191 / (M076 - M179)"),
    COUNT("M193", "Count_ReliableRecovery", SEEN, T_RELIABLY_RECOVERED, "of M076, reliably recovered"),
    SHARE("M195", "Percentage_ReliableRecovery", SEEN, T_RELIABLY_RECOVERED, T_CASES, FAMILY_RECOVERY,
          "M193 / (M076 - M179)"),
    COUNT("M196", "Count_OneAnxietyScore", OURS, T_ANXIETY_ONE, "of M076, one score of anxiety alone"),
    COUNT("M197", "Count_NoAnxietyScore", OURS, T_ANXIETY_NONE, "of M076, no score of anxiety"),
    COUNT("M198", "Count_PairedAnxietyScores", OURS, T_ANXIETY_PAIRED, "of M076, two scores of anxiety or more"),
    COUNT("M199", "Count_OnePHQ9Score", OURS, T_PHQ9_ONE, "of M076, one score of the PHQ-9 alone"),
    COUNT("M200", "Count_NoPHQ9Score", OURS, T_PHQ9_NONE, "of M076, no score of the PHQ-9"),
    COUNT("M201", "Count_PairedPHQ9Scores", OURS, T_PHQ9_PAIRED, "of M076, two scores of the PHQ-9 or more"),
    COUNT("M202", "Count_BothPairedScores", OURS, T_BOTH_PAIRED, "of M076, two scores or more of both"),
    COUNT("M203", "Count_ADSMFinishedTreatment", SEEN, T_OWN_CALLED_FOR,
          "of M076, a problem that has a measure of anxiety of its own"),
    COUNT("M204", "Count_AppropriatePairedADSM", SEEN, T_OWN_PAIRED, "of M203, two scores or more on that measure"),
    SHARE("M205", "Percentage_AppropriatePairedADSM", SEEN, T_OWN_PAIRED, T_OWN_CALLED_FOR, FAMILY_OWN, "M204 / M203"),
    NOT_MADE("M206-M210", "reliable recovery by ethnicity",
             "the text that we have does not say which groups these are, nor which are counts"),
    WSAS_ITEM(0, "W", "work", SEEN),
    WSAS_ITEM(1, "HM", "home management", ALIKE),
    WSAS_ITEM(2, "SLA", "social leisure", OURS),
    WSAS_ITEM(3, "PLA", "private leisure", OURS),
    WSAS_ITEM(4, "R", "relationships", OURS),
    NOT_MADE("M278, M286, M303-M315",
             "outcomes of integrated long-term condition care, with and without employment "
             "support",
             "the record does not hold which contacts were of an integrated long-term condition service; the text that "
             "we have does not give each id"),
    SHARE("M288", "Percentage_TreatedOnceOfThoseTreated", OURS, T_TREATED_ONCE, T_TREATED_AT_ALL, FAMILY_ENDINGS,
          "M075 / (M056 - M153)"),
    COUNT("M340", "Count_EndedIncompleteAssessment", SEEN, T_END_16, "ended in the month, reason 16"),
    COUNT("M341", "Count_EndedBeforePatientRequested", SEEN, T_END_48, "reason 48"),
    COUNT("M342", "Count_EndedNotAssessed", SEEN, T_END_50, "reason 50"),
    NOT_MADE("M343", "ended in the month, by reason", which_id),
    COUNT("M344", "Count_EndedBeforeCareProfessionalPlanned", SEEN, T_END_47, "reason 47"),
    NOT_MADE("M347-M350", "waits between steps of care", no_stage),
    MEAN("M351", "Mean_DaysBetweenTreatments", OURS, T_GAP_DAYS, T_GAPS,
         "of M076, days from the first to the last treatment contact / treatment contacts less one"),
    NOT_MADE("M352-M367", "waits between steps of care", no_stage),
    SHARE("M1010", "Percentage_ReliableDeterioration", SEEN, T_DETERIORATED, T_FINISHED, FAMILY_CHANGE, "M189 / M076"),
};

size_t rp_monthly_measures(void) {
    return sizeof measures / sizeof *measures;
}

const monthly_measure *monthly_measure_of(size_t i) {
    assert(i < rp_monthly_measures());
    return &measures[i];
}

const rp_monthly_measure *rp_monthly_measure_at(size_t i) {
    return &monthly_measure_of(i)->told;
}

unsigned monthly_measure_needs(const monthly_measure *m) {
    bool values = m->told.statistic >= RP_MONTHLY_MEDIAN; /* `tally` is what they are of */
    return (values ? 0 : monthly_needs((size_t)m->tally)) | (m->over >= 0 ? monthly_needs((size_t)m->over) : 0);
}
