/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truth of a simulation: means of what would happen to each person, over people of whom it is said who they are. */
#ifndef RAPPORT_SIMULATION_TRUTH_H
#define RAPPORT_SIMULATION_TRUTH_H

#include "simulation/world.h"

typedef struct sim_mean {
    int64_t n;
    double sum, squares;
} sim_mean;

typedef enum sim_people { SIM_REFERRED, SIM_ASSESSED, SIM_ENTERED, SIM_FINISHED, SIM_PEOPLES } sim_people;
typedef enum sim_class {
    SIM_RECOVERED,
    SIM_RELIABLY_RECOVERED,
    SIM_IMPROVED,
    SIM_UNCHANGED,
    SIM_DETERIORATED,
    SIM_CLASSES
} sim_class;
/* Shares on the way through the service. */
typedef enum sim_step {
    SIM_STEP_ASSESSED,
    SIM_STEP_ENTERED,
    SIM_STEP_SECOND,
    SIM_STEP_FINISHED,
    SIM_STEP_ENDED,
    SIM_STEP_ENDED_NOT_SEEN,
    SIM_STEP_ENDED_SEEN,
    SIM_STEP_ENDED_ONCE,
    SIM_STEP_ENDED_FINISHED,
    SIM_STEP_ONE_SESSION,
    SIM_STEP_WITHIN_42,
    SIM_STEP_WITHIN_126,
    SIM_STEPS
} sim_step;
/* What one thing does, everything else being as it is: of people who entered treatment. */
typedef enum sim_cause {
    SIM_CAUSE_TREATMENT_PHQ,
    SIM_CAUSE_TREATMENT_GAD,
    SIM_CAUSE_TREATMENT_WSAS,
    SIM_CAUSE_DOSE_1,
    SIM_CAUSE_DOSE_4,
    SIM_CAUSE_DOSE_8,
    SIM_CAUSE_DOSE_12,
    SIM_CAUSE_SENIOR,
    SIM_CAUSE_GIFT,
    SIM_CAUSE_ALLIANCE,
    SIM_CAUSE_PRESENCE,
    SIM_CAUSES
} sim_cause;

enum { SIM_SCALES = SIM_FACETS + 1 }; /* of the WAI-SR: the facets, then the total */
typedef struct sim_tally {
    sim_mean steps[SIM_STEPS];
    /* Everyone's answers 26 weeks after their first contact, against those of that contact. */
    sim_mean classes[SIM_PEOPLES][2][SIM_CLASSES], change[SIM_PEOPLES][SIM_SYMPTOMS];
    sim_mean arms[2][SIM_SYMPTOMS]; /* the same change of all who were allocated to treatment, and to usual care */
    /* Those who finished: the last score against the first, or what they would have been at the last and the first
     * contact. */
    sim_mean last_classes[2][SIM_CLASSES], national[SIM_CLASSES];
    /* People with a first and a later score. */
    sim_mean scored_classes[2][SIM_CLASSES], scored_change[SIM_SYMPTOMS];
    sim_mean alliance[SIM_SCALES][2];                   /* by rater: scores that were given */
    sim_mean told[SIM_MATTERS], on_record[SIM_MATTERS]; /* of people who were assessed */
    sim_mean causes[SIM_CAUSES];
} sim_tally;

/* Adds a referral. `causes` takes some more time. */
void sim_tally_add(sim_tally *tally, const sim_world *world, const sim_course *course, bool causes);
void sim_tally_merge(sim_tally *into, const sim_tally *other);
int64_t sim_tally_referrals(const sim_tally *tally);

/* What truth.json says. */
typedef struct sim_truth {
    const sim_scenario *scenario;
    const sim_world *world;
    int64_t clients;
    const sim_tally *here, *reference;
} sim_truth;
void sim_truth_json(const sim_truth *truth, rp_buf *out);

#endif
