/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means and cross-products of a scale's items, as numbers that add up: n, then k means, then k by k cross-products of
 * deviations. Adds by Welford, merges by Chan, Golub & LeVeque (1979), as rp_moments do. */
#include "rapport/models.h"

size_t rp_item_moments_room(size_t k) {
    return 1 + k + k * k;
}

void rp_item_moments_add(double *m, size_t k, const double *answers) {
    double *means = m + 1, *cross = m + 1 + k, before = m[0], n = before + 1, weight = before / n;
    m[0] = n;
    for (size_t i = 0; i < k; i++) {
        double apart = answers[i] - means[i];
        for (size_t j = 0; j < k; j++)
            cross[i * k + j] += apart * (answers[j] - means[j]) * weight;
    }
    for (size_t i = 0; i < k; i++)
        means[i] += (answers[i] - means[i]) / n;
}

void rp_item_moments_merge(double *into, size_t k, const double *other) {
    if (other[0] == 0)
        return;
    double n = into[0] + other[0], weight = into[0] * other[0] / n;
    double *means = into + 1, *cross = into + 1 + k;
    const double *other_means = other + 1, *other_cross = other + 1 + k;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            cross[i * k + j] +=
                other_cross[i * k + j] + (other_means[i] - means[i]) * (other_means[j] - means[j]) * weight;
    for (size_t i = 0; i < k; i++)
        means[i] += (other_means[i] - means[i]) * (other[0] / n);
    into[0] = n;
}

void rp_item_moments_add_centred(double *into, size_t k, const double *person) {
    into[0] += person[0];
    for (size_t i = 0; i < k * k; i++)
        into[1 + k + i] += person[1 + k + i];
}
