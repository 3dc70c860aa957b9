/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of all models at the stated session. Private to src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_FACTORS_H
#define RAPPORT_ALLIANCE_FACTORS_H

#include "questions/alliance/alliance_measurement.h"

typedef struct factor_fits {
    const alliance_measured *measured;
    alliance_fit of[MODELS]; /* message NULL: not tried */
    alliance_model best;     /* by BIC, of those that can be used; MODELS: none */
    alliance_fit ordered;    /* the best with answers as ordered categories; message NULL: not tried */
} factor_fits;

/* Fills `ordered`, where answers are few and whole and people enough. False: see *error. */
bool alliance_fit_ordered(factor_fits *fits, rp_arena *arena, rp_error *error);
enum { BIC_DECIDES = 10 /* ours: a smaller difference of BIC decides nothing */ };

/* Of a model that cannot be used: why, and that it would fit better than `best` (NULL: there is none), if it would.
 * `opening`: of what. */
void alliance_say_unusable(rp_answer *answer, const alliance_fit *fit, const alliance_fit *best, const char *title,
                           const char *opening);
/* False: no memory. */
bool alliance_omega(const alliance_fit *fit, size_t group, rp_sem_omega *out);
/* Of a share, with an error by the delta method: on the logit, so that it stays between 0 and 1. */
rp_interval alliance_share_interval(double estimate, double se, double level);

/* A statement of the models at the stated session, and "WAI-SR, client (Total), session 3". */
rp_statement *alliance_factor_statement(const alliance_measured *measured, const char *id, rp_interval i);
const char *alliance_factor_opening(const alliance_measured *measured);

/* Where the model of three factors can be used. */
void alliance_write_correlations(const factor_fits *fits);
/* Alpha, and omega as the models have it. */
void alliance_write_reliability(const factor_fits *fits);

#endif
