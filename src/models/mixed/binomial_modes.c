/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each group adds, by its conditional mode b = Lambda u, and how sure that is: Lambda H^-1 Lambda', at the
 * estimates of theta and beta as if these were known (lme4's condVar). */
#include <assert.h>

#include "models/mixed/binomial_parts.h"

/* Of group g of a term: q modes and, unless NULL, q by q variances. */
static void one_group(const binomial_plan *plan, size_t term, size_t g, double *modes, double *variances) {
    size_t q = plan->spec->terms[term].n_columns, first = plan->term_first[term];
    size_t base = plan->term_base[term] + g * plan->term_step[term];
    const double *lambda = plan->lambda + first * plan->q + first;
    for (size_t a = 0; a < q; a++) {
        modes[a] = 0;
        for (size_t k = 0; k <= a; k++)
            modes[a] += lambda[a * plan->q + k] * plan->u[base + k];
    }
    for (size_t a = 0; variances != NULL && a < q; a++)
        for (size_t b = 0; b < q; b++) {
            double sum = 0;
            for (size_t k = 0; k <= a; k++)
                for (size_t l = 0; l <= b; l++) {
                    size_t high = base + (k > l ? k : l), low = base + (k > l ? l : k);
                    sum += lambda[a * plan->q + k] * lambda[b * plan->q + l] *
                           plan->h.inverse[binomial_matrix_place(&plan->h, high, low)];
                }
            variances[a * q + b] = sum;
        }
}

bool binomial_modes(const rp_mixed_fit *fit, size_t term, double *modes, double *variances, rp_arena *arena,
                    rp_error *error) {
    (void)arena; /* nothing stays in it */
    assert(fit->status != RP_MIXED_NOT_FITTED && term < fit->spec->n_terms);
    rp_arena *scratch = rp_arena_new(0);
    binomial_plan *plan = NULL;
    bool ok = false;
    if (scratch == NULL)
        rp_fail_memory(error);
    else
        plan = binomial_plan_new(fit->stats, 1, scratch, error);
    if (plan != NULL) {
        double penalised;
        plan->tolerance = 1e-12;
        ok = binomial_find_modes(plan, fit->theta, fit->beta, &penalised) ||
             rp_fail(error, RP_E_RULE, "The modes of the random effects cannot be found at these estimates.");
    }
    if (ok) {
        size_t q = fit->spec->terms[term].n_columns;
        if (variances != NULL)
            binomial_matrix_invert(&plan->h);
        for (size_t g = 0; g < fit->spec->levels[fit->spec->terms[term].factor]; g++)
            one_group(plan, term, g, modes + g * q, variances != NULL ? variances + g * q * q : NULL);
    }
    rp_arena_free(scratch);
    return ok;
}
