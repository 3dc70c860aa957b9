/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags of docs/national-definitions.md as marks. Improvement and deterioration are known of the same people. */
#include "questions/common/national.h"

const rp_question_outcome rp_question_outcomes[NATIONAL_OUTCOMES] = {
    {"recovered", "Recovered", NATIONAL_RECOVERED, NATIONAL_RECOVERY_NOT_KNOWN, true, true},
    {"improved", "Reliably improved", NATIONAL_IMPROVED, NATIONAL_CHANGE_NOT_KNOWN, true, false},
    {"deteriorated", "Reliably deteriorated", NATIONAL_DETERIORATED, NATIONAL_CHANGE_NOT_KNOWN, false, false},
};

uint64_t rp_question_national(const rp_national_flags *flags, unsigned first) {
    uint64_t marks = 0;
    marks |= flags->recovered.is == RP_YES ? MARK(first + NATIONAL_RECOVERED) : 0;
    marks |= flags->recovered.is == RP_NOT_KNOWN ? MARK(first + NATIONAL_RECOVERY_NOT_KNOWN) : 0;
    marks |= flags->improved.is == RP_YES ? MARK(first + NATIONAL_IMPROVED) : 0;
    marks |= flags->deteriorated.is == RP_YES ? MARK(first + NATIONAL_DETERIORATED) : 0;
    marks |= flags->improved.is == RP_NOT_KNOWN ? MARK(first + NATIONAL_CHANGE_NOT_KNOWN) : 0;
    marks |= flags->case_at_start.is == RP_NO ? MARK(first + NATIONAL_NO_CASE) : 0;
    return marks;
}
