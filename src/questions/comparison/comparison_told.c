/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is past an important difference contains, or lies in, who has reliably changed, which `outcome` tells of the same
 * people: one less the other would be those between the two thresholds, who may be few. So what `outcome` tells, by its
 * rule from the first to the last score, stands here as known, whether or not it was asked. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

static uint64_t told_of(const rp_change_scale *rule, const cmp_person *person) {
    rp_change_class class = rp_change_classify(rule, person->first, person->last);
    uint64_t marks = class == RP_UNCHANGED      ? MARK(CMP_TOLD + CMP_TOLD_SAME)
                     : class >= RP_DETERIORATED ? MARK(CMP_TOLD + CMP_TOLD_WORSE)
                                                : MARK(CMP_TOLD + CMP_TOLD_BETTER);
    if (class == RP_RECOVERED)
        marks |= MARK(CMP_TOLD + CMP_TOLD_RECOVERED);
    if (rule->has_cutoff && rp_change_is_case(rule, person->first) && !rp_change_is_case(rule, person->last))
        marks |= MARK(CMP_TOLD + CMP_TOLD_CROSSED);
    return marks;
}

void cmp_mark_told(cmp_work *work) {
    rp_change_data data = {.baseline_all = work->first};
    rp_change_scale rule;
    rp_error why = {0}; /* without a rule `outcome` tells nothing of this */
    for (size_t i = 0; i < work->n_people; i++)
        if (!isnan(work->people[i].last))
            rp_pair_moments_add(&data.pairs, work->people[i].first, work->people[i].last);
    if (!rp_change_prepare(&work->scale->change, work->scale->higher_is_worse, RP_CHANGE_JT, &data, &rule, &why))
        return;
    for (size_t i = 0; i < work->n_people; i++)
        if (!isnan(work->people[i].last))
            work->marks[i] |= told_of(&rule, &work->people[i]);
}

void cmp_tell(cmp_work *work) {
    for (int arm = -1; arm < work->n_arms && work->n_arms > 1; arm++)
        for (int reach = 0; reach < REACHES; reach++)
            for (int told = 0; told < CMP_TOLDS; told++) {
                const rp_question_cut cut = {(rp_question_reach)reach, ~0u};
                uint64_t has = MARK(CMP_TOLD + told) | (arm >= 0 ? MARK(CMP_IN_ARM + arm) : 0);
                rp_answer_told(work->answer, rp_question_in_cut(work->set, work->stages, cut, has));
            }
}
