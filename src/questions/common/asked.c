/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which measures a question was asked about. */
#include "questions/common/asked.h"

bool rp_question_asked_for(const rp_asked *asked, const rp_measure *measure) {
    for (size_t i = 0; i < asked->n_measures; i++)
        if (rp_measure_is(measure, asked->measures[i]))
            return true;
    return asked->n_measures == 0;
}

bool rp_question_with_ledger(const rp_asked *asked, rp_arena *arena, rp_asked *out, rp_error *error) {
    *out = *asked;
    if (out->ledger == NULL)
        out->ledger = rp_ledger_new(arena, error);
    return out->ledger != NULL;
}
