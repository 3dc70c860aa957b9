/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of the models over all sessions, each level apart. Private to src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_LEVELS_H
#define RAPPORT_ALLIANCE_LEVELS_H

#include "questions/alliance/alliance_factors.h"

/* From session to session within clients; what differs between clients in the long run. */
enum { LEVEL_WITHIN, LEVEL_BETWEEN, LEVELS };

typedef struct level_fits {
    const alliance_measured *measured;
    alliance_fit of[LEVELS][MODELS]; /* message NULL: not tried */
    size_t held[MODELS];             /* residual variances between clients that are held at 0 */
    alliance_model best[LEVELS];     /* by BIC, of those that can be used; MODELS: none */
    const char *alike;               /* why there are no models between clients; NULL: there are */
} level_fits;

/* Both false: see *error. Answers of people with every item at one session or more; fits within and between. */
bool alliance_fit_within(level_fits *fits, rp_arena *arena, rp_error *error);
bool alliance_fit_between(level_fits *fits, rp_arena *arena, rp_error *error);
/* Sentences and the table. */
void alliance_state_levels(const level_fits *fits);

#endif
