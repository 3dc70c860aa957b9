/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares in sentences: no more decimals than the number of people carries. */
#include "questions/common/percent.h"

#include <math.h>

const char *rp_question_percent(rp_answer *answer, double share, int64_t denominator) {
    if (isnan(share))
        return "not defined";
    return rp_answer_text(answer, denominator < 200 ? "%.0f%%" : "%.1f%%", 100 * share);
}
