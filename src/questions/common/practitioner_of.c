/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/common/practitioner_of.h"

static size_t held_by(const rp_cohort *cohort, const rp_episode *episode, int column, uint32_t practitioner) {
    const rp_record *record = rp_cohort_record(cohort);
    size_t held = 0;
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);)
        held += t.contact >= 0 && rp_record_id(record, RP_CONTACTS, column, (size_t)t.contact) == practitioner;
    return held;
}

static const char *of_contacts(const rp_cohort *cohort, const rp_episode *episode) {
    const rp_record *record = rp_cohort_record(cohort);
    const int column = rp_schema_column(RP_CONTACTS, "practitioner_id");
    size_t most = 0;
    const char *found = NULL;
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);) {
        uint32_t one = t.contact >= 0 ? rp_record_id(record, RP_CONTACTS, column, (size_t)t.contact) : RP_NO_ID;
        size_t held = one != RP_NO_ID ? held_by(cohort, episode, column, one) : 0;
        if (held > most) {
            most = held;
            found = rp_record_id_text(record, RP_CONTACTS, column, (size_t)t.contact);
        }
    }
    return found;
}

const char *rp_question_practitioner_of(const rp_cohort *cohort, const rp_episode *episode) {
    if (rp_cohort_has_contacts(cohort))
        return of_contacts(cohort, episode);
    const rp_record *record = rp_cohort_record(cohort);
    const int extra = rp_record_column(record, RP_REFERRALS, "practitioner_id");
    return extra >= 0 ? rp_record_text(record, RP_REFERRALS, extra, episode->row) : NULL;
}
