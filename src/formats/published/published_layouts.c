/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layouts that are known, each as a table from column to meaning. Sources: the annual and monthly CSV files of NHS
 * England's "NHS Talking Therapies" publications as their metadata describe them, and the same figures as they are kept
 * tidy in the long and wide forms of the package nhstt (Bennett Institute). */
#include <string.h>

#include "formats/published/published.h"

/* One row an organisation and a year. */
static const rp_published_column services[] = {
    {"referrals_received", "referrals_received", "count"},
    {"finished_course_treatment", "finished_course_treatment", "count"},
    {"at_caseness", "at_caseness", "count"},
    {"not_at_caseness", "not_at_caseness", "count"},
    {"improvement", "improvement", "count"},
    {"improvement_pct", "improvement", "percentage"},
    {"deterioration", "deterioration", "count"},
    {"deterioration_pct", "deterioration", "percentage"},
    {"no_reliable_change", "no_reliable_change", "count"},
    {"no_reliable_change_pct", "no_reliable_change", "percentage"},
    {"reliable_recovery", "reliable_recovery", "count"},
    {"reliable_recovery_pct", "reliable_recovery", "percentage"},
    {"recovery", "recovery", "count"},
    {"recovery_pct", "recovery", "percentage"},
};

/* One row a therapy, a problem and a year. Outcomes are of courses of that therapy. */
static const rp_published_column therapies[] = {
    {"total_finishing_course_treatment", "finished_course_treatment", "count"},
    {"courses_of_therapy", "courses_of_therapy", "count"},
    {"not_caseness", "not_at_caseness", "count"},
    {"ther_recovery", "recovery", "count"},
    {"ther_recovery_pct", "recovery", "percentage"},
    {"ther_rel_recovery", "reliable_recovery", "count"},
    {"ther_rel_recovery_pct", "reliable_recovery", "percentage"},
    {"ther_improvement", "improvement", "count"},
    {"ther_improvement_pct", "improvement", "percentage"},
    {"ther_deterioration", "deterioration", "count"},
    {"ther_deterioration_pct", "deterioration", "percentage"},
    {"ther_no_change", "no_reliable_change", "count"},
    {"ther_no_change_pct", "no_reliable_change", "percentage"},
    {"phq_mean_start", "phq_start", "mean"},
    {"phq_sd_start", "phq_start", "sd"},
    {"phq_mean_end", "phq_end", "mean"},
    {"phq_sd_end", "phq_end", "sd"},
    {"phq_es", "phq", "effect_size"},
    {"gad_mean_start", "gad_start", "mean"},
    {"gad_sd_start", "gad_start", "sd"},
    {"gad_mean_end", "gad_end", "mean"},
    {"gad_sd_end", "gad_end", "sd"},
    {"gad_es", "gad", "effect_size"},
    {"wsas_mean_start", "wsas_start", "mean"},
    {"wsas_sd_start", "wsas_start", "sd"},
    {"wsas_mean_end", "wsas_end", "mean"},
    {"wsas_sd_end", "wsas_end", "sd"},
    {"wsas_es", "wsas", "effect_size"},
};

#define COLUMNS(array) .columns = (array), .n_columns = sizeof(array) / sizeof *(array), .wide = true
static const rp_published_layout layouts[] = {
    {.title = "annual measures, one figure a row",
     .roles = {[RP_ROLE_PERIOD] = "reporting_period",
               [RP_ROLE_KIND] = "org_type",
               [RP_ROLE_CODE] = "org_code",
               [RP_ROLE_NAME] = "org_name",
               [RP_ROLE_GROUP] = "variable_type",
               [RP_ROLE_GROUP_A] = "variable_a",
               [RP_ROLE_GROUP_B] = "variable_b",
               [RP_ROLE_MEASURE] = "measure_name",
               [RP_ROLE_STATISTIC] = "measure_statistic",
               [RP_ROLE_VALUE] = "value"}},
    {.title = "annual measures, one organisation a row",
     .roles = {[RP_ROLE_PERIOD] = "reporting_period",
               [RP_ROLE_KIND] = "org_type",
               [RP_ROLE_CODE] = "org_code",
               [RP_ROLE_NAME] = "org_name"},
     COLUMNS(services)},
    {.title = "outcomes by therapy",
     .roles = {[RP_ROLE_PERIOD] = "reporting_period",
               [RP_ROLE_GROUP_A] = "therapy",
               [RP_ROLE_GROUP_B] = "problem_descriptor"},
     COLUMNS(therapies),
     .kind = "England",
     .group = "Therapy"},
    {.title = "annual report, main file",
     .roles = {[RP_ROLE_KIND] = "OrgType",
               [RP_ROLE_CODE] = "OrgCode",
               [RP_ROLE_NAME] = "OrgName",
               [RP_ROLE_GROUP] = "VariableType",
               [RP_ROLE_GROUP_A] = "VariableA",
               [RP_ROLE_GROUP_B] = "VariableB"},
     .wide = true},
    {.title = "monthly activity and performance",
     .roles = {[RP_ROLE_START] = "REPORTING_PERIOD_START",
               [RP_ROLE_END] = "REPORTING_PERIOD_END",
               [RP_ROLE_KIND] = "GROUP_TYPE",
               [RP_ROLE_CODE] = "ORG_CODE1",
               [RP_ROLE_NAME] = "ORG_NAME1",
               [RP_ROLE_SECOND_CODE] = "ORG_CODE2",
               [RP_ROLE_SECOND_NAME] = "ORG_NAME2",
               [RP_ROLE_MEASURE] = "MEASURE_NAME",
               [RP_ROLE_VALUE] = "MEASURE_VALUE_SUPPRESSED"}},
};

size_t rp_published_layouts(void) {
    return sizeof layouts / sizeof *layouts;
}

const rp_published_layout *rp_published_layout_at(size_t i) {
    return i < rp_published_layouts() ? &layouts[i] : NULL;
}

static bool has_figure(const rp_published_layout *layout, const rp_header *header) {
    rp_text measure;
    const char *statistic;
    for (size_t c = 0; c < header->n; c++)
        if (rp_published_column_of(layout, header->names[c], &measure, &statistic))
            return true;
    return false;
}

const rp_published_layout *rp_published_detect(const rp_header *header) {
    for (size_t i = 0; i < rp_published_layouts(); i++) {
        bool fits = !layouts[i].wide || has_figure(&layouts[i], header);
        for (size_t r = 0; r < RP_ROLES && fits; r++)
            fits = !layouts[i].roles[r] || rp_header_find(header, layouts[i].roles[r]) >= 0;
        if (fits)
            return &layouts[i];
    }
    return NULL;
}

bool rp_published_column_of(const rp_published_layout *layout, const char *name, rp_text *measure,
                            const char **statistic) {
    if (!layout->wide)
        return false;
    if (!layout->columns)
        return rp_published_name(rp_text_of(name), measure, statistic);
    for (size_t i = 0; i < layout->n_columns; i++)
        if (strcmp(layout->columns[i].name, name) == 0) {
            *measure = rp_text_of(layout->columns[i].measure);
            *statistic = layout->columns[i].statistic;
            return true;
        }
    return false;
}

/* ---- names of measures ---- */

/* As the publications name them, and as the record does. The annual and the monthly files differ in some. */
static const char *const ours[][2] = {
    {"ReferralsReceived", "referrals_received"},
    {"AccessingServices", "accessing_services"},
    {"SecondTreatment", "second_treatment"},
    {"EndedReferrals", "ended_referrals"},
    {"EndedBeforeTreatment", "ended_before_treatment"},
    {"EndedAfterOneTreatment", "ended_after_one_treatment"},
    {"EndedTreatedOnce", "ended_after_one_treatment"},
    {"FinishedCourseTreatment", "finished_course_treatment"},
    {"AtCaseness", "at_caseness"},
    {"NotAtCaseness", "not_at_caseness"},
    {"Improvement", "improvement"},
    {"ReliableImprovement", "improvement"},
    {"Deterioration", "deterioration"},
    {"ReliableDeterioration", "deterioration"},
    {"NoReliableChange", "no_reliable_change"},
    {"Recovery", "recovery"},
    {"ReliableRecovery", "reliable_recovery"},
    {"FirstTreatment6WeeksFinishedCourseTreatment", "first_treatment_6_weeks"},
    {"AccessingServices6WeeksFinishedCourseTreatment", "first_treatment_6_weeks"},
    {"FirstTreatment18WeeksFinishedCourseTreatment", "first_treatment_18_weeks"},
    {"AccessingServices18WeeksFinishedCourseTreatment", "first_treatment_18_weeks"},
};

static const char *const statistics[][2] = {
    {"Count_", "count"}, {"Percentage_", "percentage"},
    {"Mean_", "mean"},   {"Median_", "median"},
    {"Sum_", "sum"},     {"Max_", "max"},
    {"Min_", "min"},
};

bool rp_published_name(rp_text name, rp_text *measure, const char **statistic) {
    for (size_t s = 0; s < sizeof statistics / sizeof *statistics; s++) {
        size_t n = strlen(statistics[s][0]);
        if (name.n <= n || memcmp(name.at, statistics[s][0], n) != 0)
            continue;
        *statistic = statistics[s][1];
        *measure = (rp_text){name.at + n, name.n - n};
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (rp_text_is(*measure, ours[i][0])) {
                *measure = rp_text_of(ours[i][1]);
                break;
            }
        return true;
    }
    return false;
}
