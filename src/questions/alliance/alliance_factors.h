/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of all models at the stated session. Private to src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_FACTORS_H
#define RAPPORT_ALLIANCE_FACTORS_H

#include "questions/alliance/alliance_measurement.h"

typedef struct factor_fits {
    const alliance_measured *measured;
    alliance_fit of[MODELS]; /* message NULL: not tried */
    alliance_model best;     /* by BIC, of those that can be used; MODELS: none */
} factor_fits;

/* The usable one of least BIC, from `from` to before `end`, that is not the same as `unlike`; MODELS: none. */
alliance_model alliance_best_fit(const factor_fits *fits, alliance_model from, alliance_model end,
                                 alliance_model unlike);
enum { BIC_DECIDES = 10 /* ours: a smaller difference of BIC decides nothing */ };

/* Of a model that cannot be used: why. `opening`: of what. */
void alliance_say_unusable(const factor_fits *fits, alliance_model model, const char *opening);
/* False: no memory. */
bool alliance_omega(const alliance_fit *fit, size_t group, rp_sem_omega *out);
/* Of a share, with an error by the delta method: on the logit, so that it stays between 0 and 1. */
rp_interval alliance_share_interval(double estimate, double se, double level);

/* Alpha, and omega as the models have it. */
void alliance_write_reliability(const factor_fits *fits);

#endif
