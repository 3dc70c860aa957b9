/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of the distributions that a simulated service needs, made of a stream of rapport/base.h. */
#ifndef RAPPORT_SIMULATION_DRAWS_H
#define RAPPORT_SIMULATION_DRAWS_H

#include "rapport/base.h"

double sim_normal(rp_draws *draws); /* standard normal, by inversion: one number each */
bool sim_chance(rp_draws *draws, double p);
int sim_between(rp_draws *draws, int least, int most); /* whole, ends included */
/* An index into n weights, which need not sum to 1. */
size_t sim_pick(rp_draws *draws, const double *weights, size_t n);

/* A distribution given by points (x, cumulative share), straight between them; the first share is 0, the last 1. */
typedef struct sim_point {
    double x, share;
} sim_point;
double sim_from_points(rp_draws *draws, const sim_point *points, size_t n);

#endif
