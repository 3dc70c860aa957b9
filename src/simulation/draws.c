/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal numbers come by inversion, so that each takes one word whatever
 * its value, and two futures of one person that are drawn from the same stream differ in nothing but what is done. */
#include "simulation/draws.h"

#include <assert.h>

#include "rapport/maths.h"

double sim_normal(rp_draws *draws) {
    return rp_normal_quantile(rp_draw(draws));
}

bool sim_chance(rp_draws *draws, double p) {
    return rp_draw(draws) < p;
}

int sim_between(rp_draws *draws, int least, int most) {
    assert(least <= most);
    return least + (int)(rp_draw(draws) * (most - least + 1));
}

size_t sim_pick(rp_draws *draws, const double *weights, size_t n) {
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += weights[i];
    double left = rp_draw(draws) * all;
    size_t at = 0;
    while (at + 1 < n && left >= weights[at])
        left -= weights[at++];
    return at;
}

double sim_from_points(rp_draws *draws, const sim_point *points, size_t n) {
    assert(n >= 2 && points[0].share == 0 && points[n - 1].share == 1);
    double u = rp_draw(draws);
    size_t at = 1;
    while (at + 1 < n && u >= points[at].share)
        at++;
    const sim_point *a = &points[at - 1], *b = &points[at];
    return a->x + (b->x - a->x) * (u - a->share) / (b->share - a->share);
}
