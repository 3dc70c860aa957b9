/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers by counter: any number of any stream of any client is had without those before it. */
#ifndef RAPPORT_SIMULATION_DRAWS_H
#define RAPPORT_SIMULATION_DRAWS_H

#include "rapport/base.h"

typedef struct sim_draws {
    uint32_t key[2], counter[4], block[4];
    unsigned used; /* of the block */
} sim_draws;

/* Philox4x32-10 of Salmon, Moraes, Dror & Shaw (2011) Parallel random numbers: as easy as 1, 2, 3. SC '11. */
void sim_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]);

/* A stream of one subject's numbers, from its beginning. */
sim_draws sim_draws_of(uint64_t seed, uint64_t subject, uint32_t stream);
double sim_uniform(sim_draws *draws); /* in (0, 1), never an end of it */
double sim_normal(sim_draws *draws);  /* standard normal, by inversion: one number each */
bool sim_chance(sim_draws *draws, double p);
int sim_between(sim_draws *draws, int least, int most); /* whole, ends included */
/* An index into n weights, which need not sum to 1. */
size_t sim_pick(sim_draws *draws, const double *weights, size_t n);

/* A distribution given by points (x, cumulative share), straight between them; the first share is 0, the last 1. */
typedef struct sim_point {
    double x, share;
} sim_point;
double sim_from_points(sim_draws *draws, const sim_point *points, size_t n);

#endif
