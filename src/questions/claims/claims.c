/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `claims`: what is said of the alliance and of services, what its sources say, and what these data tell
 * of the same matter. It asks nothing of the cohort itself: it reads the other answers of the run. */
#include "questions/claims/claims.h"
#include "questions/claims/claims_parts.h"
#include "questions/common/asked.h"

static const rp_statement_def statements[] = {
    {"claims.verdicts", "How many published claims have which verdict"},
    {"claims.verdict", "A published claim, what its source says, and a verdict that says what it rests on"},
    {"claims.own", "A claim about this service, held against these data"},
    {"claims.these_data", "A statement of this report that is about the same matter as a claim"},
    {NULL, NULL},
};

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    (void)cohort;
    rp_asked with;
    if (!rp_question_with_ledger(asked, arena, &with, error))
        return NULL;
    rp_answer *answer = rp_answer_new(arena, "claims", "What is left of each claim?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead =
        rp_answer_text(answer, "What has been claimed about the alliance and about talking-therapy services, what "
                               "the source of each claim says, and what these data tell of the same matter.");
    claims_write(&with, answer);
    claims_write_pooled(&with, answer);
    rp_answer_caveat(answer, "A verdict is about a claim and its source. It says what of the source was read; nobody "
                             "should rest more on it than that.");
    rp_answer_caveat(answer,
                     "No service is judged here by whether its figure lies near a published one, or inside a published "
                     "interval: such an interval is about a mean over studies, not about a service.");
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {{RP_TABLES, NULL, -1}};

const rp_question rp_question_claims = {
    .name = "claims", .title = "What is left of each claim?", .uses = uses, .statements = statements, .ask = ask};
