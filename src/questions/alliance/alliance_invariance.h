/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three models, each narrower than the one before, of what is the same over groups or sessions. Private to
 * src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_INVARIANCE_H
#define RAPPORT_ALLIANCE_INVARIANCE_H

#include "questions/alliance/alliance_measurement.h"

typedef enum invariance_step { STEP_CONFIGURAL, STEP_METRIC, STEP_SCALAR, STEPS } invariance_step;

/* Everything borrowed. */
typedef struct invariance {
    const alliance_measured *measured;
    alliance_model model;
    const char *id;    /* of the statement */
    const char *title; /* "Intensity" */
    const char *over;  /* "low intensity alone, high intensity alone" */
    const char *method;
    uint64_t any; /* marks: people in it have one of them */
    alliance_fit of[STEPS];
} invariance;

/* The table, where the first row is written; rows of it and the statement. Steps are compared also where covariances of
 * the factors cannot be true together, which is said: it bears on the factors, and not on how items hang on them. */
void alliance_state_invariance(invariance *i);

#endif
