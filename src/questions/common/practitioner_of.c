/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/common/practitioner_of.h"

rp_question_holding rp_question_holding_of(const rp_record *record) {
    return (rp_question_holding){.record = record,
                                 .contact = rp_schema_column(RP_CONTACTS, "practitioner_id"),
                                 .activity = rp_schema_column(RP_ACTIVITIES, "practitioner_id"),
                                 .log = rp_schema_column(RP_INTERNET_LOGS, "practitioner_id")};
}

uint32_t rp_question_holder(const rp_question_holding *holding, const rp_treatment *treatment) {
    const rp_record *record = holding->record;
    if (treatment->contact < 0)
        return rp_record_id(record, RP_INTERNET_LOGS, holding->log, (size_t)treatment->log);
    uint32_t who = rp_record_id(record, RP_CONTACTS, holding->contact, (size_t)treatment->contact);
    if (who != RP_NO_ID)
        return who;
    rp_rows rows = rp_record_children(record, RP_ACTIVITIES, (size_t)treatment->contact);
    for (size_t i = 0; i < rows.n && who == RP_NO_ID; i++)
        who = rp_record_id(record, RP_ACTIVITIES, holding->activity, rows.at[i]);
    return who;
}

void rp_question_holders_add(rp_question_holders *holders, uint32_t who, uint32_t number) {
    size_t i = 0;
    while (i < holders->n && holders->who[i] != who)
        i++;
    if (who == RP_NO_ID || i == RP_QUESTION_HOLDERS)
        return;
    holders->n += i == holders->n;
    holders->who[i] = who;
    holders->sessions[i]++;
    holders->last[i] = number;
}

uint32_t rp_question_holders_most(const rp_question_holders *holders) {
    size_t most = 0;
    for (size_t i = 1; i < holders->n; i++)
        if (holders->sessions[i] > holders->sessions[most] ||
            (holders->sessions[i] == holders->sessions[most] && holders->last[i] > holders->last[most]))
            most = i;
    return holders->n > 0 ? holders->who[most] : RP_NO_ID;
}

uint32_t rp_question_practitioner_of(const rp_question_holding *holding, const rp_cohort *cohort,
                                     const rp_episode *episode) {
    rp_question_holders holders = {.n = 0};
    for (rp_treatment t = {0}; rp_cohort_next_treatment(cohort, episode, &t);)
        rp_question_holders_add(&holders, rp_question_holder(holding, &t), t.number);
    return rp_question_holders_most(&holders);
}

const char *rp_question_practitioner_named(const rp_record *record, const rp_episode *episode) {
    const int extra = rp_record_column(record, RP_REFERRALS, "practitioner_id");
    return extra >= 0 ? rp_record_text(record, RP_REFERRALS, extra, episode->row) : NULL;
}
