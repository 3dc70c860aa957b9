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

/* Alpha, and omega as the models have it. */
void alliance_write_reliability(const factor_fits *fits);

#endif
