/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One model of this question: rows in, effects out, with what has to be said of them. */
#include "questions/alliance_outcome/alliance_outcome_parts.h"

#include <math.h>

void ao_row(ao_rows *rows, size_t person, double y, const double *x) {
    rp_question_model_row(&rows->model, person, y, x);
    rows->sessions->marks[person] |= rows->mark;
}

static bool take(const ao_pairing *pairing, const ao_rows *rows, const rp_mixed_fit *fit, size_t column,
                 ao_result *result, rp_arena *arena, rp_error *error) {
    result->mark = rows->mark;
    if (fit->status != RP_MIXED_CONVERGED)
        result->why = rp_answer_text(pairing->answer, "%s", fit->message);
    if (fit->status == RP_MIXED_NOT_CONVERGED || fit->status == RP_MIXED_NOT_FITTED) {
        result->state = AO_NOT_FITTED;
        return true;
    }
    result->state = AO_FITTED;
    rp_moments spread = {0};
    for (size_t i = 0; i < rows->model.n; i++)
        rp_moments_add(&spread, rows->model.columns[column][i]);
    result->spread = rp_moments_sd(&spread);
    result->slope_sd = rows->model.slopes > 0 ? sqrt(fit->variance[0].covariance[3]) : NAN;
    return rp_question_model_effect(fit, column, pairing->asked->level, arena, &result->effect, error);
}

bool ao_fit(const ao_pairing *pairing, const ao_rows *rows, size_t n_wanted, const size_t *wanted,
            ao_result *const *results, rp_arena *arena, rp_error *error) {
    bool feasible = rp_question_model_feasible(&rows->model);
    for (size_t i = 0; i < n_wanted && !feasible; i++)
        results[i]->state = rows->model.n > 0 ? AO_TOO_FEW : AO_NOT_ASKED;
    if (!feasible)
        return true;
    rp_mixed_fit *fit = rp_question_model_fit(&rows->model, arena, error);
    for (size_t i = 0; i < n_wanted && fit != NULL; i++)
        if (!take(pairing, rows, fit, wanted[i], results[i], arena, error))
            return false;
    return fit != NULL;
}
