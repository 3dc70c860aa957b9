/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, models: one folder a family. Knows nothing of therapy. */
#ifndef RAPPORT_MODELS_H
#define RAPPORT_MODELS_H

#include "rapport/maths.h"

/* An estimate with its interval. lower and upper are NaN where they are not defined (too few observations). */
typedef struct rp_interval {
    double estimate, lower, upper, level;
} rp_interval;

/* ---- models/common ---------------------------------------------------------------------------- */

/* x of n by Wilson's score interval (JASA 22, 1927); n == 0: all NaN. 0 <= x <= n (assert). O(1). */
rp_interval rp_rate_interval(int64_t x, int64_t n, double level);
/* A mean with Student's t interval; below two observations the interval is NaN. O(1). */
rp_interval rp_mean_interval(const rp_moments *moments, double level);
/* The mean of values of which people have several each (x: how many, y: their sum; x > 0 for each person), with a t
 * interval over people (Cochran 1977, section 2.11); below two people the interval is NaN. O(1). */
rp_interval rp_ratio_interval(const rp_pair_moments *people, double level);

/* ---- models/paired: the same people before and after ---------------------------------------------- */

/* From sums that merge (rp_pair_moments, x before, y after); closed form, no optimiser. */
typedef struct rp_paired {
    int64_t n;
    double mean_before, sd_before, mean_after, sd_after, correlation;
    rp_interval change; /* after - before, paired t */
    rp_interval effect; /* standardised mean change with raw-score standardisation, before - after when higher is worse
                         * so that positive is better: g = J(n-1) (M1 - M2) / SD1, variance 2(1-r)/n + g^2/(2n)
                         * (Becker, Br J Math Stat Psychol 41, 1988; Hedges 1981 for J), normal interval */
} rp_paired;
/* Fewer than two pairs: no interval of the change; fewer than three, or no spread before: no effect. O(1). */
rp_paired rp_paired_infer(const rp_pair_moments *pairs, bool higher_is_worse, double level);

/* ---- models/reliability: do a scale's items go together? ------------------------------------------- */

/* Prepare: moments of k items in rp_item_moments_room(k) numbers, zeroed at first; zero is the identity of merging.
 * Number 0 is how many rows of answers went in. `answers`: k numbers, none missing, reversed ones turned. O(k^2). */
size_t rp_item_moments_room(size_t k);
void rp_item_moments_add(double *moments, size_t k, const double *answers);
void rp_item_moments_merge(double *into, size_t k, const double *other);
/* Adds one person's moments as deviations from that person's own means: what is between people is left out. */
void rp_item_moments_add_centred(double *into, size_t k, const double *person);
/* Infer: Cronbach's alpha (Psychometrika 16, 1951). NaN with fewer than two items or rows, or without spread. O(k^2).
 */
double rp_alpha(const double *moments, size_t k);

#endif
