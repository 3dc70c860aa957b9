/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gives which step hangs on the practitioner, so that a line of steps can be the people of one practitioner: such
 * lines are told together (common/lines.h). A session of which nobody knows whose it was may be of anyone. */
#include "questions/dose/dose_parts.h"

/* Of lines of steps, which are disjoint, those that go together; 0: none. People who finished are told apart. */
static uint64_t together(const dose_fact *facts, size_t n, uint64_t lines) {
    const uint64_t finished = rp_question_at(2) | OVER;
    rp_question_line of[RP_QUESTION_LINES] = {0};
    for (size_t i = 0; i < n; i++)
        rp_question_lines_add(of, facts[i].marks[STEPS] & lines, &facts[i].seen,
                              (facts[i].marks[STEPS] & finished) == finished);
    return rp_question_lines_together(of, RP_QUESTION_LINES);
}

#define LINES(first, n) ((first) * (MARK(n) - 1)) /* n marks from this one on */

uint64_t dose_hide_practitioners(dose_fact *facts, size_t n) {
    static const struct {
        uint64_t lines, other;
    } ways[] = {
        {LINES(GIVEN(0), INTENSITIES), OTHER_GIVEN},
        {LINES(STEPPING(0), STEPPINGS), OTHER_STEPPING},
        {LINES(INTENDED(0), DOSE_INTENDED), OTHER_INTENDED},
    };
    enum { WAYS = sizeof ways / sizeof *ways };
    uint64_t hidden = together(facts, n, NOT_ALL);
    for (size_t w = 0; w < WAYS; w++) {
        uint64_t merged = together(facts, n, ways[w].lines);
        hidden |= merged;
        for (size_t i = 0; i < n; i++)
            facts[i].marks[STEPS] |= (facts[i].marks[STEPS] & merged) != 0 ? ways[w].other : 0;
    }
    for (size_t i = 0; i < n; i++)
        facts[i].marks[STEPS] &= ~hidden;
    return hidden;
}

bool dose_logs_are_of_one(const dose_fact *facts, size_t n) {
    rp_question_whose whose = {0};
    for (size_t i = 0; i < n; i++)
        rp_question_whose_join(&whose, &facts[i].seen_by_log);
    return rp_question_of_one(&whose);
}
