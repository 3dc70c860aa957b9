/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit in words: how it ended, what that means, and what to do. */
#include <math.h>

#include "models/mixed/mixed_parts.h"

typedef RP_VEC(const char *) sentences;

/* False where the sentence, or the place for it, had no memory. */
static bool add(sentences *list, const char *sentence, rp_arena *arena) {
    const char **place = sentence ? rp_vec_push(arena, list) : NULL;
    if (place)
        *place = sentence;
    return place != NULL;
}

static const char *effect_name(const rp_mixed_spec *spec, const rp_mixed_term *term, size_t i) {
    const char *name = spec->column_names[term->columns[i]];
    return term->columns[i] == mixed_intercept(spec) ? "intercept" : name;
}

static bool say_zero(const rp_mixed_fit *fit, const rp_mixed_term *term, size_t i, sentences *list, rp_arena *arena) {
    return add(list,
               rp_arena_printf(arena,
                               "The variance of the %s between the groups of %s is estimated as 0: the data show no "
                               "more difference than chance alone would. That is no proof that there is none. Without "
                               "it the model fits as well.",
                               effect_name(fit->spec, term, i), fit->spec->factor_names[term->factor]),
               arena);
}

static bool say_one(const rp_mixed_fit *fit, const rp_mixed_term *term, size_t i, size_t j, double r, sentences *list,
                    rp_arena *arena) {
    return add(list,
               rp_arena_printf(arena,
                               "The correlation of %s and %s between the groups of %s is estimated as %d, the edge of "
                               "what is possible: the data are too few to tell how they go together. A model without "
                               "this correlation, or without the slope, is safer.",
                               effect_name(fit->spec, term, j), effect_name(fit->spec, term, i),
                               fit->spec->factor_names[term->factor], r > 0 ? 1 : -1),
               arena);
}

/* What is at the edge in a term, from its covariance matrix and its theta. *found: anything. */
static bool say_term(const rp_mixed_fit *fit, size_t t, const double *theta, sentences *list, bool *found,
                     rp_arena *arena) {
    const rp_mixed_term *term = &fit->spec->terms[t];
    size_t q = term->n_columns;
    const double *v = fit->variance[t].covariance;
    bool any = false, deficient = false;
    for (size_t i = 0; i < q; i++) {
        if (!(v[i * q + i] > 0)) {
            any = true;
            if (!say_zero(fit, term, i, list, arena))
                return false;
            continue;
        }
        for (size_t j = 0; j < i; j++) {
            double r = v[i * q + j] / sqrt(v[i * q + i] * v[j * q + j]);
            if (!(fabs(r) > 1 - 1e-9))
                continue;
            any = true;
            if (!say_one(fit, term, i, j, r, list, arena))
                return false;
        }
    }
    for (size_t j = 0; j < q; theta += q - j, j++)
        deficient = deficient || *theta == 0;
    *found = *found || any || deficient;
    if (any || !deficient)
        return true;
    return add(list,
               rp_arena_printf(arena,
                               "The random effects of %s are estimated as combinations of fewer: the data are too few "
                               "for all their variances and correlations. A model with fewer of them is safer.",
                               fit->spec->factor_names[term->factor]),
               arena);
}

bool mixed_say(rp_mixed_fit *fit, const char *close, rp_arena *arena) {
    sentences list = {0};
    bool edge = false;
    const double *theta = fit->theta;
    if (close && !add(&list, close, arena))
        return false;
    for (size_t t = 0; t < fit->spec->n_terms; t++) {
        if (!say_term(fit, t, theta, &list, &edge, arena))
            return false;
        theta += mixed_packed(fit->spec->terms[t].n_columns);
    }
    if (fit->spec->ar1 && fabs(fit->rho) > 0.999) {
        edge = true;
        if (!add(&list,
                 rp_arena_printf(arena,
                                 "The correlation of residuals that follow one another is estimated as nearly %d, the "
                                 "edge of what is possible: the data are too few for it, or it cannot be told from "
                                 "differences between the groups. A model without it is safer.",
                                 fit->rho > 0 ? 1 : -1),
                 arena))
            return false;
    }
    if (fit->status == RP_MIXED_CONVERGED && edge)
        fit->status = RP_MIXED_BOUNDARY;
    fit->notes = list.at;
    fit->n_notes = list.n;
    if (fit->status == RP_MIXED_CONVERGED)
        fit->message = "The fit converged.";
    else if (fit->status == RP_MIXED_BOUNDARY)
        fit->message = "The fit converged at the edge of what is possible: a variance of 0, or random effects that "
                       "cannot be told apart. The estimates hold; the notes say what that means for the variances.";
    else if (fit->status == RP_MIXED_NOT_CONVERGED)
        fit->message = rp_arena_printf(arena,
                                       "The fit did not converge in %d evaluations (largest gradient %.2g): these are "
                                       "not the best estimates. Bring columns to scales alike, or leave out a random "
                                       "slope, and fit again.",
                                       fit->evaluations, fit->max_gradient);
    return fit->message != NULL;
}
