/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How symptoms and alliance go, under any treatment. A person's severity at a moment is
 *
 *     trait + episode * exp(-weeks / EPISODE_WEEKS) + wobble - benefit
 *     benefit = (EFFECT * response + PRACTITIONER_SD * gift + SENIOR_EFFECT * senior)
 *               * (1 - exp(-contacts / EFFECT_SESSIONS)) + ALLIANCE_EFFECT * alliance before
 *
 * All that is drawn is drawn before anything is done, so that two futures of one person differ by what is done alone:
 * their difference is that person's effect, and its mean over people the truth. */
#include "simulation/world.h"

#include <math.h>

#define DAYS_IN_A_WEEK 7.0
/* Spread of a person's own answers about tasks, goals and bond; assumed. */
#define FACET_SD 0.25

static void draw_wobble(const sim_world *world, rp_draws *draws, double out[SIM_MOMENTS]) {
    double kept = world->at[SIM_WOBBLE_KEPT], sd = world->at[SIM_WOBBLE_SD];
    for (int m = 0; m < SIM_MOMENTS; m++) {
        bool alone = m == 0 || m == SIM_AT_HORIZON; /* the horizon is far from any contact's moment */
        double fresh = sd * sim_normal(draws);
        out[m] = alone ? fresh : kept * out[m - 1] + sqrt(1 - kept * kept) * fresh;
    }
}

void sim_life_draw(const sim_world *world, uint64_t subject, uint32_t attempt, sim_life *out) {
    const double *at = world->at;
    rp_draws draws = rp_draws_of(world->seed, subject, SIM_STREAM_LIFE + attempt * SIM_STREAM_ATTEMPT);
    *out = (sim_life){.subject = subject, .attempt = attempt};
    out->trait = at[SIM_TRAIT_MEAN] + at[SIM_TRAIT_SD] * sim_normal(&draws);
    out->episode = at[SIM_EPISODE_MEAN] + at[SIM_EPISODE_SD] * sim_normal(&draws);
    for (int s = 0; s < SIM_SYMPTOMS; s++)
        out->own[s] = sim_normal(&draws);
    double shared = sim_normal(&draws), r = at[SIM_ALLIANCE_CONFOUNDED], raters = at[SIM_ALLIANCE_RATERS];
    double between = sqrt(at[SIM_ALLIANCE_BETWEEN]);
    out->response = 1 + at[SIM_RESPONSE_SD] * (r * shared + sqrt(1 - r * r) * sim_normal(&draws));
    out->harmed = sim_chance(&draws, at[SIM_HARMED]);
    if (out->harmed)
        out->response = -at[SIM_HARM];
    out->alliance = between * shared;
    out->practitioner_alliance = between * (raters * shared + sqrt(1 - raters * raters) * sim_normal(&draws));
    for (int f = 0; f < SIM_FACETS; f++)
        out->facet[f] = FACET_SD * sim_normal(&draws);
    draw_wobble(world, &draws, out->wobble);
    for (int m = 0; m < SIM_MOMENTS; m++)
        out->alliance_wobble[m] = sqrt(at[SIM_ALLIANCE_WITHIN]) * sim_normal(&draws);
}

double sim_severity(const sim_world *world, const sim_life *life, int moment, double days, const sim_care *care) {
    const double *at = world->at;
    double severity =
        life->trait + life->episode * exp(-days / DAYS_IN_A_WEEK / at[SIM_EPISODE_WEEKS]) + life->wobble[moment];
    if (care->usual_care)
        return severity;
    double full =
        at[SIM_EFFECT] * life->response + at[SIM_PRACTITIONER_SD] * care->gift + at[SIM_SENIOR_EFFECT] * care->senior;
    double reached = 1 - exp(-care->contacts / at[SIM_EFFECT_SESSIONS]);
    return severity - full * reached - at[SIM_ALLIANCE_EFFECT] * care->alliance;
}
