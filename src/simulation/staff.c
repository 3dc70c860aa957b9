/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who works in a team. Practitioners are a team's own, and a team has the same clients in a service of any size. */
#include "simulation/world.h"

/* In this order, so that the first four are a small service. The fourth supervises. */
static const sim_role roles[SIM_MOST_PRACTITIONERS] = {
    {"pwp", "10", false, false},          {"pwp", "10", false, true},
    {"cbt_therapist", "11", true, false}, {"psychologist", "doctorate", true, false},
    {"pwp", "10", false, false},          {"pwp", "10", false, true},
    {"cbt_therapist", "11", true, false}, {"counsellor", "12", true, false},
    {"cbt_therapist", "11", true, true},  {"nurse", "17", true, false},
};

const sim_role *sim_role_of(int practitioner) {
    return &roles[practitioner];
}

int sim_practitioner_pick(const sim_world *world, rp_draws *draws, bool high) {
    double weights[SIM_MOST_PRACTITIONERS];
    size_t n = (size_t)world->at[SIM_PRACTITIONERS];
    for (size_t i = 0; i < n; i++)
        weights[i] = roles[i].high == high;
    return (int)sim_pick(draws, weights, n);
}

uint64_t sim_team_of(uint64_t client) {
    return client / SIM_TEAM_CLIENTS;
}

double sim_practitioner_gift(const sim_world *world, uint64_t client, int practitioner) {
    uint64_t subject = sim_team_of(client) * SIM_MOST_PRACTITIONERS + (uint64_t)practitioner;
    rp_draws draws = rp_draws_of(world->seed, subject, SIM_STREAM_STAFF);
    return sim_normal(&draws);
}
