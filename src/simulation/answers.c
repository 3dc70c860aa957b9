/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to items from what lies behind them. An item's tendency is normal and correlated with the symptom; the answer
 * is the number of thresholds that it passes (a graded response of Samejima's kind, with normal ogives). Totals are
 * sums of answers. Thresholds and the items' order of severity are assumed; their level is tuned to the means and SDs
 * of the PROMs of NHS England 2024-25. */
#include "simulation/world.h"

#include <math.h>

/* Of the common severity in a symptom, and of its own part. */
static const double common_share[SIM_SYMPTOMS] = {0.94, 0.94, 0.6}, own_share[SIM_SYMPTOMS] = {0.34, 0.34, 0.8};

/* How much more readily each item is answered highly; the PHQ-9's ninth, about being better off dead, least. */
static const double phq_items[SIM_PHQ] = {0.15, 0.25, 0.35, 0.5, 0.1, 0.35, 0.1, -0.55, -1.3};
static const double gad_items[SIM_GAD] = {0.35, 0.25, 0.35, 0.1, -0.45, 0.05, -0.15};
static const double phq_thresholds[] = {-1.0, 0.1, 0.75}, gad_thresholds[] = {-1.25, -0.15, 0.5};
#define WSAS_MEAN 3.7
#define WSAS_SD   2.6
/* What an answer about the alliance has that is its own. */
#define WAI_SD 0.6

static uint8_t pass(double tendency, const double thresholds[3]) {
    return (uint8_t)((tendency > thresholds[0]) + (tendency > thresholds[1]) + (tendency > thresholds[2]));
}

static uint8_t nearest(double value, int least, int most) {
    double whole = floor(value + 0.5);
    return (uint8_t)(whole < least ? least : whole > most ? most : whole);
}

void sim_answer(const sim_world *world, const sim_life *life, int moment, double severity, sim_answers *out) {
    rp_draws draws = rp_draws_of(world->seed, life->subject,
                                 SIM_STREAM_SYMPTOMS + (uint32_t)moment + life->attempt * SIM_STREAM_ATTEMPT);
    double loading = world->at[SIM_LOADING], rest = sqrt(1 - loading * loading), symptom[SIM_SYMPTOMS];
    for (int s = 0; s < SIM_SYMPTOMS; s++)
        symptom[s] = loading * (common_share[s] * severity + own_share[s] * life->own[s]);
    for (size_t i = 0; i < SIM_PHQ; i++)
        out->phq[i] = pass(symptom[SIM_DEPRESSION] + phq_items[i] + rest * sim_normal(&draws), phq_thresholds);
    for (size_t i = 0; i < SIM_GAD; i++)
        out->gad[i] = pass(symptom[SIM_ANXIETY] + gad_items[i] + rest * sim_normal(&draws), gad_thresholds);
    for (size_t i = 0; i < SIM_WSAS; i++)
        out->wsas[i] = nearest(WSAS_MEAN + WSAS_SD * (symptom[SIM_FUNCTIONING] + rest * sim_normal(&draws)), 0, 8);
}

void sim_answer_at_horizon(const sim_world *world, const sim_life *life, const sim_care *care, sim_answers *out) {
    double severity = sim_severity(world, life, SIM_AT_HORIZON, SIM_HORIZON_DAYS, care);
    sim_answer(world, life, SIM_AT_HORIZON, severity, out);
}

/* Items of task, goal and bond of the WAI-SR, as its definition has them. */
int sim_facet_of(size_t item) {
    static const int facets[SIM_WAI] = {0, 0, 2, 1, 2, 1, 2, 1, 2, 0, 1, 0};
    return facets[item];
}

static bool shifts(size_t item) {
    return item == 2 || item == 4; /* the third and the fifth, both of bond */
}

void sim_answer_alliance(const sim_world *world, const sim_life *life, int moment, double level, int turn,
                         sim_alliance *out) {
    enum { SHIFT_FROM = 4 };
    rp_draws draws = rp_draws_of(world->seed, life->subject, SIM_STREAM_ALLIANCE + (uint32_t)moment);
    double shift = turn >= SHIFT_FROM ? world->at[SIM_ALLIANCE_SHIFT] : 0;
    double other = level - life->alliance + life->practitioner_alliance - world->at[SIM_ALLIANCE_LESS];
    for (size_t i = 0; i < SIM_WAI; i++) {
        double facet = life->facet[sim_facet_of(i)];
        double value = level + facet + WAI_SD * sim_normal(&draws) + (shifts(i) ? shift : 0);
        out->client[i] = nearest(value, 1, 5);
        out->practitioner[i] = nearest(other + facet + WAI_SD * sim_normal(&draws), 1, 5);
    }
}

int sim_sum(const uint8_t *answers, size_t n) {
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += answers[i];
    return sum;
}

int sim_facet_sum(const uint8_t alliance[SIM_WAI], int facet) {
    int sum = 0;
    for (size_t i = 0; i < SIM_WAI; i++)
        sum += sim_facet_of(i) == facet ? alliance[i] : 0;
    return sum;
}

const sim_rule sim_rules[2] = {[SIM_DEPRESSION] = {10, 6}, [SIM_ANXIETY] = {8, 4}};

bool sim_is_well(const sim_answers *answers) {
    return sim_sum(answers->phq, SIM_PHQ) < sim_rules[SIM_DEPRESSION].cutoff &&
           sim_sum(answers->gad, SIM_GAD) < sim_rules[SIM_ANXIETY].cutoff;
}
