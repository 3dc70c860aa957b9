/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for theta of a Gaussian mixed model, between mixed_fit.c, which asks, and mixed_search.c. */
#ifndef RAPPORT_MODELS_MIXED_SEARCH_H
#define RAPPORT_MODELS_MIXED_SEARCH_H

#include "models/mixed/mixed_parts.h"

typedef struct mixed_search {
    const rp_mixed_stats *stats;
    const rp_mixed_spec *spec;
    const mixed_solver *solver;
    mixed_plan *plan;
    size_t n, n_free;
    double *theta, *scale, *slope; /* n; slope: the gradient */
    double *sure, *unit, *best;    /* n; unit: of x */
    mixed_directions directions;
    bool plain;           /* x is theta's own elements, not numbers along the directions */
    double *numbers;      /* n */
    size_t *free;         /* the elements that may move */
    double *x, *gradient; /* n_free: theta times unit */
    int evaluations, most;
    bool converged;
    rp_arena *arena;
} mixed_search;

/* The scales of theta, from the Gram matrix of all rows and the numbers of groups. */
void mixed_search_scale(mixed_search *f, const double *total, const mixed_chain *chain);
/* theta of the minimum, from `start` or, where that is NULL, from some usual places; `converged`, `free` and
 * `evaluations` say how it went. False: no memory. */
bool mixed_search_run(mixed_search *f, const double *start) RP_MUST_CHECK;
/* Whether a variance has gone beyond all measure: there is no residual left. */
bool mixed_search_too_far(const mixed_search *f);

#endif
