/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which questionnaires are given at a contact and what becomes of them, and what is told about the assessor and
 * recorded. It hangs on nothing else of a person: what is missing here is missing by chance, and what is informative is
 * who still comes. When the alliance is asked about is assumed. */
#include "simulation/world.h"

static sim_asked what_becomes(const sim_world *world, rp_draws *draws) {
    static const sim_asked others[] = {SIM_ASKED_PARTIAL, SIM_ASKED_DECLINED, SIM_ASKED_NOT_OFFERED, SIM_ASKED_NOT_DONE,
                                       SIM_ASKED_TECHNICAL};
    static const double shares[] = {0.4, 0.2, 0.2, 0.15, 0.05}; /* assumed */
    bool complete = sim_chance(draws, world->at[SIM_COMPLETE]);
    size_t other = sim_pick(draws, shares, sizeof shares / sizeof *shares);
    return complete ? SIM_ASKED_COMPLETE : others[other];
}

/* The three about symptoms are given together; of one that is begun and not ended, the first is the one. */
static void ask(const sim_world *world, rp_draws *draws, sim_contact *contact) {
    sim_asked symptoms = what_becomes(world, draws), alliance = what_becomes(world, draws),
              practitioner = what_becomes(world, draws);
    for (int paper = SIM_ASK_PHQ; paper <= SIM_ASK_WSAS; paper++)
        contact->asked[paper] = paper != SIM_ASK_PHQ && symptoms == SIM_ASKED_PARTIAL ? SIM_ASKED_COMPLETE : symptoms;
    if (contact->treated % 2 == 1)
        contact->asked[SIM_ASK_ALLIANCE] = alliance;
    if (contact->treated % 4 == 3)
        contact->asked[SIM_ASK_PRACTITIONER] = practitioner;
}

void sim_course_papers(const sim_world *world, sim_course *course) {
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_PAPERS);
    for (int matter = 0; matter < SIM_MATTERS; matter++) {
        course->matters[matter].told = sim_chance(&draws, world->at[SIM_TOLD]);
        course->matters[matter].recorded = sim_chance(&draws, world->at[SIM_TOLD_RECORDED]);
    }
    for (size_t i = 0; i < course->n; i++)
        if (course->contacts[i].moment >= 0)
            ask(world, &draws, &course->contacts[i]);
}

bool sim_facet_given(sim_asked asked, int facet) {
    return asked == SIM_ASKED_COMPLETE || (asked == SIM_ASKED_PARTIAL && facet != sim_facet_of(SIM_WAI - 1));
}
