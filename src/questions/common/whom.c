/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be said of the people whom a cohort holds. */
#include "questions/common/whom.h"

void rp_question_caveat_ended(rp_answer *answer, const rp_cohort *cohort) {
    if (rp_cohort_chosen(cohort)->event == RP_COHORT_ENDED)
        rp_answer_caveat(answer, "A cohort of ended referrals over-represents people who left early.");
}
