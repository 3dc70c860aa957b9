/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of millions cannot be read in a sentence without their commas. */
#include "questions/common/people.h"

const char *rp_question_people(rp_answer *answer, int64_t n) {
    if (n < 1000)
        return rp_answer_text(answer, "%lld", (long long)n);
    return rp_answer_text(answer, "%s,%03lld", rp_question_people(answer, n / 1000), (long long)(n % 1000));
}
