/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a synthetic service is like, in numbers: one list of parameters, and scenarios as what differs from it. */
#ifndef RAPPORT_SIMULATION_PARAMETERS_H
#define RAPPORT_SIMULATION_PARAMETERS_H

#include "rapport/simulation.h"

typedef enum sim_parameter {
    /* the way through the service */
    SIM_NOT_SEEN,
    SIM_SEEN_ONLY,
    SIM_ONCE,
    SIM_NEVER_BOOKED,
    SIM_FIRST_MISSED,
    SIM_LATER_MISSED,
    SIM_CANCELLED_BY_CLIENT,
    SIM_CANCELLED_BY_SERVICE,
    SIM_LEAVES,
    SIM_STOPS_WELL,
    SIM_LEAVES_WORSE,
    SIM_FOLLOW_UP,
    SIM_AGAIN,
    SIM_USUAL_CARE,
    /* symptoms */
    SIM_TRAIT_MEAN,
    SIM_TRAIT_SD,
    SIM_EPISODE_MEAN,
    SIM_EPISODE_SD,
    SIM_EPISODE_WEEKS,
    SIM_WOBBLE_SD,
    SIM_WOBBLE_KEPT,
    SIM_SELECTED_AT,
    SIM_NO_CASES,
    SIM_LOADING,
    SIM_EFFECT,
    SIM_EFFECT_SESSIONS,
    SIM_RESPONSE_SD,
    SIM_PRACTITIONER_SD,
    SIM_HARMED,
    SIM_HARM,
    /* alliance */
    SIM_ALLIANCE_MEAN,
    SIM_ALLIANCE_SLOPE,
    SIM_ALLIANCE_BETWEEN,
    SIM_ALLIANCE_WITHIN,
    SIM_ALLIANCE_RATERS,
    SIM_ALLIANCE_LESS,
    SIM_ALLIANCE_EFFECT,
    SIM_ALLIANCE_CONFOUNDED,
    SIM_ALLIANCE_REVERSE,
    SIM_ALLIANCE_STATE,
    SIM_ALLIANCE_SHIFT,
    /* who assesses, what is told, how questionnaires are answered */
    SIM_SENIOR_ASSESSES,
    SIM_SENIOR_BY_SEVERITY,
    SIM_SENIOR_EFFECT,
    SIM_SENIOR_KEEPS,
    SIM_TOLD,
    SIM_TOLD_RECORDED,
    SIM_COMPLETE,
    SIM_PRESENT,
    SIM_PRESENT_LAST,
    SIM_PRESENCE_SHIFT,
    SIM_PRACTITIONERS,
    SIM_PARAMETERS
} sim_parameter;

typedef struct sim_parameter_def {
    const char *name;
    double plain, least, most;
    const char *source; /* NULL: assumed */
    const char *meaning;
} sim_parameter_def;
const sim_parameter_def *sim_parameter_at(sim_parameter parameter);

typedef struct sim_change {
    sim_parameter parameter;
    double value;
} sim_change;

typedef struct sim_scenario {
    const char *name, *summary;
    int64_t clients; /* unless told */
    const sim_change *changes;
    size_t n_changes;
} sim_scenario;

size_t sim_scenarios(void);
const sim_scenario *sim_scenario_at(size_t i);
/* NULL: no such one, see *error. */
const sim_scenario *sim_scenario_find(const char *name, rp_error *error);

/* The values of a scenario, with what was set otherwise on top. */
bool sim_parameters_fill(const sim_scenario *scenario, const char *const *sets, size_t n_sets,
                         double out[SIM_PARAMETERS], rp_error *error);

#endif
