/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as one reader sees it. */
#include "rapport/evaluation.h"

bool rp_evaluation_for(const rp_evaluation *evaluation, rp_audience reader, rp_arena *arena, rp_evaluation *out,
                       rp_error *error) {
    *out = *evaluation;
    out->answers = rp_arena_take(arena, evaluation->n_answers, sizeof *out->answers);
    if (out->answers == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < evaluation->n_answers; i++)
        if ((out->answers[i] = rp_answer_for(evaluation->answers[i], reader, arena)) == NULL)
            return rp_fail_memory(error);
    if (reader != RP_FOR_FULL) {
        /* A file of few rows tells how many there are of what it holds, and its digest lets a guess be tried. */
        out->provenance.inputs = NULL;
        out->provenance.n_inputs = 0;
    }
    return true;
}
