/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenarios: each is what differs from plain. */
#include <string.h>

#include "simulation/parameters.h"

#define CHANGES(...) (const sim_change[]){__VA_ARGS__}, sizeof((const sim_change[]){__VA_ARGS__}) / sizeof(sim_change)

static const sim_scenario scenarios[] = {
    {"plain", "As the calibration has it.", 1000, NULL, 0},
    {"dropout_when_worse", "People who are worse are the likelier to leave.", 1000, CHANGES({SIM_LEAVES_WORSE, 1.2})},
    {"dropout_when_better", "People who are better are the likelier to leave.", 1000,
     CHANGES({SIM_LEAVES_WORSE, -1.2})},
    {"no_effect",
     "Treatment does nothing and nobody tends to get better; who is referred had a PHQ-9 of 10 or more, so that scores "
     "fall by regression to the mean.",
     1000,
     CHANGES({SIM_EFFECT, 0}, {SIM_PRACTITIONER_SD, 0}, {SIM_EPISODE_MEAN, 0}, {SIM_TRAIT_MEAN, -0.3},
             {SIM_SELECTED_AT, 10})},
    {"true_effect", "Half of the people are allocated by chance to usual care; treatment has an effect.", 1000,
     CHANGES({SIM_USUAL_CARE, 0.5})},
    {"dose_null_stop_when_well",
     "Treatment does nothing, people get better by themselves, and those who are well stop.", 1000,
     CHANGES({SIM_EFFECT, 0}, {SIM_PRACTITIONER_SD, 0}, {SIM_EPISODE_MEAN, 1.2}, {SIM_TRAIT_MEAN, -1.2},
             {SIM_STOPS_WELL, 0.6})},
    {"dose_true", "Each further session helps, and nobody stops for being well.", 1000,
     CHANGES({SIM_EFFECT, 2}, {SIM_EFFECT_SESSIONS, 12}, {SIM_STOPS_WELL, 0})},
    {"alliance_causes", "Alliance above one's own mean lowers severity at the next contact.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0}, {SIM_ALLIANCE_EFFECT, 0.4})},
    {"alliance_null", "Alliance goes with nothing.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0})},
    {"alliance_reverse", "Improvement raises alliance at the next contact; alliance does nothing.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0}, {SIM_ALLIANCE_REVERSE, 0.4})},
    {"alliance_trend", "Alliance rises steeply while severity falls; neither does anything to the other.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0.12})},
    {"alliance_confounded", "People who benefit more also rate the alliance higher; it does nothing.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0.95}, {SIM_ALLIANCE_SLOPE, 0})},
    {"symptom_error",
     "Passing severity lowers alliance at the same contact, and questionnaires measure severity badly; alliance does "
     "nothing.",
     1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0}, {SIM_ALLIANCE_STATE, 0.4}, {SIM_LOADING, 0.5})},
    {"ceiling", "Most answers about alliance are the highest possible.", 1000, CHANGES({SIM_ALLIANCE_MEAN, 4.8})},
    {"item_shift",
     "Two bond items come to be answered higher from the fourth treatment contact, with no change in alliance.", 1000,
     CHANGES({SIM_ALLIANCE_CONFOUNDED, 0}, {SIM_ALLIANCE_SLOPE, 0}, {SIM_ALLIANCE_SHIFT, 0.7})},
    {"assessor_by_severity",
     "The more severe, the likelier an assessment by the high-intensity staff; who assesses changes nothing.", 1000,
     CHANGES({SIM_SENIOR_BY_SEVERITY, 2})},
    {"assessor_matters",
     "An assessment by the high-intensity staff keeps people longer and adds to what treatment does.", 1000,
     CHANGES({SIM_SENIOR_EFFECT, 0.5}, {SIM_SENIOR_KEEPS, 0.8}, {SIM_SENIOR_ASSESSES, 0.5})},
    {"presence_lowers_last_score",
     "The practitioner is there at the last planned contact, and people then tell less than there is.", 1000,
     CHANGES({SIM_PRESENCE_SHIFT, -0.5}, {SIM_PRESENT_LAST, 1}, {SIM_PRESENT, 0})},
    {"told_but_unrecorded", "Everyone is told the assessor's role; few records say so.", 1000,
     CHANGES({SIM_TOLD, 1}, {SIM_TOLD_RECORDED, 0.3})},
    {"practitioner_effects", "Practitioners differ much in what they achieve.", 1000,
     CHANGES({SIM_PRACTITIONER_SD, 1})},
    {"harm", "A fifth of the people get worse by treatment.", 1000, CHANGES({SIM_HARMED, 0.2})},
    {"tiny", "A very small service: 30 clients unless told, 4 practitioners.", 30, CHANGES({SIM_PRACTITIONERS, 4})},
};

size_t sim_scenarios(void) {
    return sizeof scenarios / sizeof *scenarios;
}

const sim_scenario *sim_scenario_at(size_t i) {
    return &scenarios[i];
}

const sim_scenario *sim_scenario_find(const char *name, rp_error *error) {
    const char *names[sizeof scenarios / sizeof *scenarios];
    for (size_t i = 0; i < sim_scenarios(); i++) {
        names[i] = scenarios[i].name;
        if (strcmp(name, names[i]) == 0)
            return &scenarios[i];
    }
    const char *nearest = rp_text_nearest(rp_text_of(name), names, sim_scenarios());
    rp_fail(error, RP_E_UNKNOWN, "There is no scenario '%.60s'.", name);
    if (nearest != NULL)
        rp_fail_remedy(error, "Did you mean %s? 'rapport simulate --list' shows them all.", nearest);
    else
        rp_fail_remedy(error, "'rapport simulate --list' shows them all.");
    return NULL;
}

size_t rp_simulation_scenarios(void) {
    return sim_scenarios();
}

const char *rp_simulation_scenario(size_t i) {
    return scenarios[i].name;
}

const char *rp_simulation_summary(size_t i) {
    return scenarios[i].summary;
}
