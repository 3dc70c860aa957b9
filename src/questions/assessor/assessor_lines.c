/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No line of who assessed may be the people of one practitioner (common/lines.h). A level of qualification, which is no
 * line of its own, is left out where one practitioner alone has it, or is what it leaves of those with any. */
#include "questions/assessor/assessor_parts.h"
#include "questions/common/lines.h"

/* Are those with a mark of `any` and none of `lacks` of one practitioner? */
static bool is_of_one(const assessor_fact *facts, size_t n, uint64_t any, uint64_t lacks) {
    rp_question_whose whose = {0};
    for (size_t i = 0; i < n; i++)
        if ((facts[i].who & any) != 0 && (facts[i].who & lacks) == 0)
            rp_question_whose_add(&whose, facts[i].practitioner);
    return rp_question_of_one(&whose);
}

/* Of disjoint lines those that go together; 0: none. */
static uint64_t together(const assessor_fact *facts, size_t n, uint64_t lines) {
    rp_question_line of[RP_QUESTION_LINES] = {0};
    for (size_t i = 0; i < n; i++) {
        rp_question_whose whose = {0};
        rp_question_whose_add(&whose, facts[i].practitioner);
        rp_question_lines_add(of, facts[i].who & lines, &whose, false);
    }
    return rp_question_lines_together(of, RP_QUESTION_LINES);
}

static uint64_t levels_left_out(const assessor_fact *facts, size_t n) {
    uint64_t out = 0;
    for (size_t i = 0; i < MOST_LEVELS; i++)
        if (is_of_one(facts, n, LEVEL(i), 0) || is_of_one(facts, n, QUALIFIED, LEVEL(i)))
            out |= LEVEL(i);
    return is_of_one(facts, n, QUALIFIED, LEVELS & ~out) ? LEVELS : out;
}

uint64_t assessor_hide_practitioners(assessor_fact *facts, size_t n) {
    static const struct {
        uint64_t lines, other;
    } ways[WAYS] = {
        {ROLES | ROLE_NOT_KNOWN, OTHER_ROLE},
        {IN_TRAINING | NOT_IN_TRAINING | TRAINING_NOT_KNOWN, OTHER_TRAINING},
        {QUALIFIED | QUALIFIED_LATER | QUALIFIED_NOT_KNOWN | NO_QUALIFICATION, OTHER_QUALIFIED},
    };
    uint64_t merged[WAYS], hidden = levels_left_out(facts, n);
    for (size_t w = 0; w < WAYS; w++) {
        merged[w] = together(facts, n, ways[w].lines);
        hidden |= merged[w];
    }
    hidden |= (hidden & QUALIFIED) != 0 ? LEVELS : 0; /* they lie within it */
    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < WAYS; w++)
            facts[i].who |= (facts[i].who & merged[w]) != 0 ? ways[w].other : 0;
        facts[i].who &= ~hidden;
    }
    return hidden;
}
