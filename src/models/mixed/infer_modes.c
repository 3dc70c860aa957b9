/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditional modes of random effects, in units of y. */
#include <assert.h>
#include <math.h>

#include "models/mixed/infer_parts.h"

static bool gaussian_modes(const rp_mixed_fit *fit, size_t term, double *modes, double *variances, rp_arena *scratch,
                           rp_error *error) {
    const mixed_solver *solver = mixed_solver_for(fit->stats, error);
    mixed_plan *plan = solver ? solver->plan(fit->stats, scratch, error) : NULL;
    if (plan == NULL)
        return false;
    if (!solver->modes(plan, fit->theta, term, modes, variances))
        return rp_fail(error, RP_E_RULE, "The groups' own effects could not be worked out at the estimate.");
    size_t q = fit->spec->terms[term].n_columns, n = (size_t)fit->spec->levels[fit->spec->terms[term].factor] * q * q;
    for (size_t i = 0; variances != NULL && i < n; i++)
        variances[i] *= fit->sigma * fit->sigma;
    return true;
}

bool rp_mixed_modes(const rp_mixed_fit *fit, size_t term, double *modes, double *variances, rp_arena *arena,
                    rp_error *error) {
    assert(fit && term < fit->spec->n_terms && modes && error);
    size_t q = fit->spec->terms[term].n_columns, levels = fit->spec->levels[fit->spec->terms[term].factor];
    if (fit->status == RP_MIXED_NOT_FITTED) {
        for (size_t i = 0; i < levels * q; i++)
            modes[i] = NAN;
        for (size_t i = 0; variances != NULL && i < levels * q * q; i++)
            variances[i] = NAN;
        return true;
    }
    if (fit->spec->family != RP_MIXED_GAUSSIAN)
        return binomial_modes(fit, term, modes, variances, arena, error);
    rp_arena *scratch = rp_arena_new(0);
    bool good = scratch != NULL ? gaussian_modes(fit, term, modes, variances, scratch, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return good;
}
