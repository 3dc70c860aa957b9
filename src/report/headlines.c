/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which statements a summary shows. */
#include "report/report_parts.h"

enum { FIRST_FEW = 8 };

static size_t shown_before(const rp_answer *answer, size_t end) {
    size_t n = 0;
    for (size_t i = 0; i < end; i++)
        n += !answer->statements[i]->suppressed;
    return n;
}

bool rp_report_is_headline(const rp_answer *answer, size_t i) {
    const rp_statement *s = answer->statements[i];
    if (s->suppressed || !s->text)
        return false;
    for (size_t k = 0; k < answer->n_statements; k++)
        if (answer->statements[k]->headline)
            return s->headline;
    return shown_before(answer, i) < FIRST_FEW;
}
