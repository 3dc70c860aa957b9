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

/* Alpha, and omega as the models have it. */
void alliance_write_reliability(const factor_fits *fits);

#endif
