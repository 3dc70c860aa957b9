/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions that Rapport can ask. A new one is a folder beside this file and a line here. */
#include "questions/alliance/alliance.h"
#include "questions/alliance_outcome/alliance_outcome.h"
#include "questions/assessor/assessor.h"
#include "questions/claims/claims.h"
#include "questions/comparison/comparison.h"
#include "questions/coverage/coverage.h"
#include "questions/dose/dose.h"
#include "questions/dropout/dropout.h"
#include "questions/durability/durability.h"
#include "questions/equity/equity.h"
#include "questions/fidelity/fidelity.h"
#include "questions/harms/harms.h"
#include "questions/outcome/outcome.h"
#include "questions/pathway/pathway.h"
#include "questions/practitioner/practitioner.h"
#include "questions/risk/risk.h"

#include <assert.h>

static const rp_question *const list[] = {
    &rp_question_outcome,      &rp_question_pathway,          &rp_question_assessor,
    &rp_question_alliance,     &rp_question_alliance_outcome, &rp_question_dose,
    &rp_question_dropout,      &rp_question_fidelity,         &rp_question_risk,
    &rp_question_harms,        &rp_question_equity,           &rp_question_durability,
    &rp_question_practitioner, &rp_question_comparison,       &rp_question_coverage,
    &rp_question_claims,
};

/* A question that comes to need one of these takes its name away. */
static const struct {
    rp_table_id table;
    const char *columns[12];
} unread[] = {
    {RP_CONTACTS, {"group_id", "medication"}},
    {RP_ACTIVITIES, {"activity_id"}},
    {RP_ADMINISTRATIONS,
     {"administration_id", "started", "finished", "layout", "language", "seconds", "transcribed_by"}},
    {RP_ADMINISTRATIONS, {"instrument", "version"}}, /* rp_record_instrument tells */
    {RP_SCORES, {"items_answered"}},
    {RP_CONTACTS, {"referral_id"}}, /* rp_record_children tells, of these three */
    {RP_DISCLOSURES, {"referral_id"}},
    {RP_ADMINISTRATIONS, {"referral_id"}},
    {RP_SCORES, {"scale"}}, /* rp_record_score_ref tells */
};

void rp_questions_leave_out(rp_record *record) {
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
        for (const char *const *column = unread[i].columns; *column != NULL; column++)
            rp_record_leave_out(record, unread[i].table, *column);
}

static void say_what_is_lacking(const rp_question *question, const rp_record *record, rp_answer *answer) {
    for (const rp_table_use *use = question->uses; use->table != RP_TABLES; use++) {
        bool of_use = use->beside < 0 || rp_record_rows(record, (rp_table_id)use->beside) > 0;
        if (!of_use || rp_record_rows(record, use->table) > 0)
            continue;
        rp_answer_needs(answer, rp_schema_table(use->table)->name);
        rp_answer_caveat(answer, "%s", use->lack);
    }
}

rp_answer *rp_questions_ask(const rp_question *question, const rp_cohort *cohort, const rp_asked *asked,
                            rp_arena *arena, rp_error *error) {
    rp_answer *answer = question->ask(cohort, asked, arena, error);
    if (answer == NULL)
        return NULL;
    if (answer->n_statements > 0)
        say_what_is_lacking(question, rp_cohort_record(cohort), answer);
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

size_t rp_questions_count(void) {
    return sizeof list / sizeof *list;
}

const rp_question *rp_questions_at(size_t i) {
    assert(i < rp_questions_count());
    return list[i];
}

const rp_question *rp_questions_find(rp_text name) {
    for (size_t i = 0; i < rp_questions_count(); i++)
        if (rp_text_is(name, list[i]->name))
            return list[i];
    return NULL;
}
