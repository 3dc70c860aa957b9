/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups over which the measurement of the alliance is compared: of whom, and of which session, a row is. */
#include "questions/alliance/alliance_groupings.h"

#include "questions/common/client.h"

#include <string.h>

static const struct {
    const char *id, *title;
    const char *words[MOST_GROUPED]; /* of group 1 and on */
} groupings[GROUPINGS] = {
    [BY_INTENSITY] = {"alliance.invariance.intensity", "Intensity", {"low intensity alone", "high intensity alone"}},
    [BY_LANGUAGE] = {"alliance.invariance.language", "Preferred language", {"English", "another language"}},
    [BY_ETHNICITY] = {"alliance.invariance.ethnicity",
                      "Ethnic group",
                      {"White", "Mixed", "Asian or Asian British", "Black or Black British",
                       "Chinese or other ethnic group"}},
    [BY_MODE] = {"alliance.invariance.mode",
                 "Means of the contact",
                 {"face to face", "telephone", "video", "in writing or by programme"}},
    [BY_PRESENCE] = {"alliance.invariance.practitioner_present",
                     "Practitioner present",
                     {"practitioner not there", "practitioner there"}},
};

const char *alliance_grouping_title(alliance_grouping grouping) {
    return groupings[grouping].title;
}

const char *alliance_grouping_id(alliance_grouping grouping) {
    return groupings[grouping].id;
}

const char *alliance_group_words(alliance_grouping grouping, size_t group) {
    return group >= 1 && group <= MOST_GROUPED ? groupings[grouping].words[group - 1] : NULL;
}

alliance_group_columns alliance_group_columns_of(const rp_record *record) {
    return (alliance_group_columns){.record = record,
                                    .mode = rp_schema_column(RP_CONTACTS, "mode"),
                                    .present = rp_schema_column(RP_ADMINISTRATIONS, "practitioner_present"),
                                    .contact = rp_schema_column(RP_ADMINISTRATIONS, "contact_id")};
}

/* Of all treatment sessions whose step is known: someone with both, or with neither, is in no group. */
static uint8_t intensity_of(const rp_cohort *cohort, const rp_episode *episode) {
    unsigned steps = 0;
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);)
        steps |= rp_cohort_treatment_steps(cohort, &t);
    steps &= RP_STEP_LOW | RP_STEP_HIGH;
    return steps == RP_STEP_LOW ? 1 : steps == RP_STEP_HIGH ? 2 : 0;
}

void alliance_groups_of_person(const alliance_group_columns *columns, const rp_cohort *cohort,
                               const rp_episode *episode, uint8_t out[GROUPINGS]) {
    int64_t client = rp_question_client(columns->record, episode);
    rp_question_ethnic ethnic = rp_question_ethnic_of(columns->record, client);
    rp_known english = rp_question_prefers_english(columns->record, client);
    out[BY_INTENSITY] = intensity_of(cohort, episode);
    out[BY_LANGUAGE] = english == RP_YES ? 1 : english == RP_NO ? 2 : 0;
    out[BY_ETHNICITY] = ethnic <= ETHNIC_OTHER ? (uint8_t)(ethnic + 1) : 0;
}

static uint8_t mode_of(const alliance_group_columns *columns, int64_t contact) {
    static const struct {
        const char *code;
        uint8_t group;
    } codes[] = {{"01", 1},    {"in_person", 1}, {"02", 2}, {"telephone", 2}, {"11", 3},
                 {"video", 3}, {"03", 3},        {"05", 4}, {"06", 4},        {"09", 4},
                 {"10", 4},    {"12", 4},        {"13", 4}, {"text", 4},      {"online", 4}};
    const char *code =
        contact < 0 ? NULL : rp_record_code_text(columns->record, RP_CONTACTS, columns->mode, (size_t)contact);
    for (size_t i = 0; code != NULL && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].code, code) == 0)
            return codes[i].group;
    return 0;
}

void alliance_groups_of_session(const alliance_group_columns *columns, const rp_session *session,
                                uint32_t administration, uint8_t out[GROUPINGS]) {
    int64_t contact = rp_record_refers(columns->record, RP_ADMINISTRATIONS, columns->contact, administration);
    int present = rp_record_bool(columns->record, RP_ADMINISTRATIONS, columns->present, administration);
    out[BY_MODE] = mode_of(columns, contact >= 0 ? contact : session->contact);
    out[BY_PRESENCE] = present < 0 ? 0 : (uint8_t)(1 + present);
}
