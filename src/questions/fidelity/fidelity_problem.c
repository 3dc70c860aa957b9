/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Under which of the known problems the one that counts for a referral falls. */
#include "questions/fidelity/fidelity_parts.h"

#include <assert.h>

static const rp_code_list *known_problems(void) {
    const rp_code_list *codes = rp_schema_table(RP_REFERRALS)->columns[rp_schema_column(RP_REFERRALS, "problem")].codes;
    assert(codes->n + 2 < PROBLEMS + 1);
    return codes;
}

size_t fidelity_problem_of(const rp_cohort *cohort, uint32_t referral) {
    const rp_code_list *codes = known_problems();
    const char *code = rp_cohort_problem(cohort, referral);
    if (code == NULL)
        return codes->n + 1;
    size_t i = 0;
    while (i < codes->n && !rp_problem_is_under(code, codes->codes[i].code))
        i++;
    return i;
}

const char *fidelity_problem_title(size_t problem) {
    const rp_code_list *codes = known_problems();
    return problem < codes->n        ? codes->codes[problem].meaning
           : problem == codes->n     ? "another problem"
           : problem < OTHER_PROBLEM ? "none recorded"
                                     : "problems not told apart";
}
