/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One model of this question: rows in, effects out, with what has to be said of them. */
#include "questions/alliance_outcome/alliance_outcome_parts.h"

#include <math.h>

void ao_row(ao_rows *rows, size_t person, double y, const double *x) {
    rp_question_model_row(&rows->model, person, y, x);
    rows->sessions->marks[person] |= rows->mark;
}

static bool is_fitted(const rp_mixed_fit *fit) {
    return fit->status != RP_MIXED_NOT_CONVERGED && fit->status != RP_MIXED_NOT_FITTED;
}

static void take(const ao_pairing *pairing, const ao_rows *rows, const rp_mixed_fit *fit, size_t column,
                 const rp_mixed_effect *effect, ao_result *result) {
    result->mark = rows->mark;
    if (fit->status != RP_MIXED_CONVERGED)
        result->why = rp_answer_text(pairing->answer, "%s", fit->message);
    result->state = is_fitted(fit) ? AO_FITTED : AO_NOT_FITTED;
    if (!is_fitted(fit))
        return;
    rp_moments spread = {0};
    for (size_t i = 0; i < rows->model.n; i++)
        rp_moments_add(&spread, rows->model.columns[column][i]);
    result->spread = rp_moments_sd(&spread);
    result->slope_sd = rows->model.slopes > 0 ? sqrt(fit->variance[0].covariance[3]) : NAN;
    result->effect = *effect;
}

bool ao_fit(const ao_pairing *pairing, const ao_rows *rows, size_t n_wanted, const size_t *wanted,
            ao_result *const *results, rp_arena *arena, rp_error *error) {
    bool feasible = rp_question_model_feasible(&rows->model);
    for (size_t i = 0; i < n_wanted && !feasible; i++)
        results[i]->state = rows->model.n > 0 ? AO_TOO_FEW : AO_NOT_ASKED;
    if (!feasible)
        return true;
    rp_mixed_fit *fit = rp_question_model_fit(&rows->model, arena, error);
    rp_mixed_effect *effects = rp_arena_take(arena, n_wanted, sizeof *effects);
    if (fit == NULL || effects == NULL)
        return fit != NULL && rp_fail_memory(error);
    if (is_fitted(fit) &&
        !rp_question_model_effects(fit, wanted, n_wanted, pairing->asked->level, arena, effects, error))
        return false;
    for (size_t i = 0; i < n_wanted; i++)
        take(pairing, rows, fit, wanted[i], &effects[i], results[i]);
    return true;
}
