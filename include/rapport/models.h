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
/* x1 of n1 less x2 of n2, of separate people, by Newcombe's hybrid of their Wilson limits (Stat Med 17, 1998, method
 * 10); n1 or n2 == 0: all NaN. O(1). */
rp_interval rp_rate_difference(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double level);

/* How many people have to be treated for one more to have a good outcome: 1 over the difference of two shares
 * (Laupacis, Sackett & Roberts, N Engl J Med 318, 1988). Where the difference's interval holds 0 that of the number
 * runs from one limit over infinity to the other, which is a number to harm (Altman, BMJ 317, 1998). */
typedef struct rp_number_needed {
    double estimate;     /* negative: to harm; infinite where there is no difference */
    double lower, upper; /* 1 / the difference's upper and lower limit; NaN where it has none */
    bool through_infinity;
} rp_number_needed;
rp_number_needed rp_number_needed_of(rp_interval difference);

/* A share of which x and n are known only to lie between bounds, because they were rounded or hidden. */
typedef struct rp_bounded_rate {
    double low, high;    /* of x / n, whatever x and n are */
    double lower, upper; /* the lowest lower and the highest upper limit of rp_rate_interval among all of them */
    double level;
} rp_bounded_rate;
/* 0 <= x_low <= x_high, 0 <= n_low <= n_high, x_low <= n_high (assert), x <= n whatever they are. Where n may be 0, or
 * x may be all of n, the bounds reach to the ends. n_high == 0: all NaN. Wilson's limits rise with x and fall with n,
 * so that the corners are enough. O(1). */
rp_bounded_rate rp_rate_bounds(int64_t x_low, int64_t x_high, int64_t n_low, int64_t n_high, double level);
/* A mean with Student's t interval; below two observations the interval is NaN. O(1). */
rp_interval rp_mean_interval(const rp_moments *moments, double level);
/* The sum of the means of n separate groups, each times its weight: direct standardisation, and, with weights of both
 * signs, the difference of two standardised means. t interval with Satterthwaite's degrees of freedom (Cochran 1977,
 * sections 5.4 and 5.10; with weights 1 and -1 it is Welch's). A share goes in as the moments of its zeros and ones.
 * A group of nobody: all NaN; one of one person, or no spread in any: no interval. O(n). */
rp_interval rp_weighted_means(const double *weights, const rp_moments *groups, size_t n, double level);
/* The mean of values of which people have several each (x: how many, y: their sum; x > 0 for each person), with a t
 * interval over people (Cochran 1977, section 2.11); below two people the interval is NaN. O(1). */
rp_interval rp_ratio_interval(const rp_pair_moments *people, double level);

/* The same where each person has values of several kinds: of kind a less of kind b, which may be of the same people.
 * `moments`: rp_item_moments of k numbers a person, at 2a how many values of kind a, at 2a + 1 their sum, 0 and 0 for
 * none. b == RP_NO_KIND: the mean of kind a. `people`: how many have a value of either kind. t interval over people by
 * linearisation (Cochran 1977, sections 2.11 and 6.18: the residuals of both ratios subtracted person by person); below
 * two people the interval is NaN. O(1). */
#define RP_NO_KIND SIZE_MAX
rp_interval rp_ratio_contrast(const double *moments, size_t k, size_t a, size_t b, int64_t people, double level);

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

/* What choosing people at a cut-off does by itself: scores before and after are normal with the same mean and standard
 * deviation, and correlate; nothing is done; those at or past the cut-off before are looked at again (Davis, Am J
 * Epidemiol 104, 1976; Barnett and others, Int J Epidemiol 34, 2005). Closed form but for the bivariate normal. */
typedef struct rp_regression_to_mean {
    double selected;               /* share of people at or past the cut-off before */
    double mean_before, sd_before; /* theirs */
    double improvement;            /* how much better their mean is after */
    double effect;                 /* the same over sd_before */
    double back;                   /* share of them who are on the better side of the cut-off after */
} rp_regression_to_mean;
/* sd > 0, |correlation| <= 1 (assert). */
rp_regression_to_mean rp_regression_to_mean_of(double mean, double sd, double cutoff, double correlation,
                                               bool higher_is_worse);

/* ---- models/reliability: do a scale's items go together? ------------------------------------------- */

/* Prepare: moments of k items in rp_item_moments_room(k) numbers, zeroed at first; zero is the identity of merging.
 * Number 0 is how many rows of answers went in; then k means, then k by k sums of products of deviations from them.
 * `answers`: k numbers, none missing, reversed ones turned. O(k^2). */
size_t rp_item_moments_room(size_t k);
void rp_item_moments_add(double *moments, size_t k, const double *answers);
void rp_item_moments_merge(double *into, size_t k, const double *other);
/* Adds one person's moments as deviations from that person's own means: what is between people is left out. */
void rp_item_moments_add_centred(double *into, size_t k, const double *person);
/* Infer: Cronbach's alpha (Psychometrika 16, 1951). NaN with fewer than two items or rows, or without spread. O(k^2).
 */
double rp_alpha(const double *moments, size_t k);

/* The same of answers with gaps, by pairs of items, as psych's alpha() and omega() take them (R). */
typedef struct rp_scale_stats {
    size_t k;
    int64_t rows;           /* with at least one answer */
    int64_t empty;          /* without */
    rp_pair_moments *pairs; /* of items i <= j, at rp_scale_pair(k, i, j): rows that have both */
    rp_moments score;       /* of each row's mean of what it has */
    double *complete;       /* rp_item_moments of the rows that have all */
} rp_scale_stats;
size_t rp_scale_pair(size_t k, size_t i, size_t j);
/* In arena, empty; NULL: no memory. */
rp_scale_stats *rp_scale_new(size_t k, rp_arena *arena) RP_MUST_CHECK;
/* One row: k answers, NaN where missing. O(k^2). */
void rp_scale_add(rp_scale_stats *stats, const double *answers);
void rp_scale_merge(rp_scale_stats *into, const rp_scale_stats *from);

/* Alpha of covariances by pairs, with Feldt's interval (Psychometrika 30, 1965), which takes rows for independent and
 * items for equally reliable; and of correlations (standardised). What does not exist is NaN. */
typedef struct rp_scale_alpha {
    double alpha, lower, upper, standardised, average_r;
} rp_scale_alpha;
typedef struct rp_scale_item {
    int64_t n;
    double mean, sd;
    double r_drop;        /* correlation with the sum of the others */
    double alpha_dropped; /* of the others; NaN where they are one */
    double with_first;    /* loading on the first principal component of the correlations: below 0, it may be turned */
} rp_scale_item;
/* `items`: k places. False: no memory. O(k^3). */
bool rp_scale_infer(const rp_scale_stats *stats, double level, rp_scale_alpha *out, rp_scale_item *items,
                    rp_arena *scratch) RP_MUST_CHECK;

/* McDonald's omega as psych's omega() has it: factors by minimum residuals, turned by varimax and then by oblimin
 * (gamma 0, not normalised), a general factor of their correlations, and Schmid & Leiman's transformation
 * (Psychometrika 22, 1957; Zinbarg et al., Psychometrika 70, 2005). Two factors: the general factor's loadings are
 * equal. One: general is that one. An item with a general loading below 0 is turned. */
typedef enum rp_omega_status {
    RP_OMEGA_DONE,
    RP_OMEGA_NOT_CONVERGED,
    RP_OMEGA_NOT_POSITIVE, /* the correlations are not positive definite, or some are missing: everything is NaN */
} rp_omega_status;
typedef struct rp_omega {
    rp_omega_status status;
    size_t factors;
    double total, hierarchical;
    double *general;     /* k: loadings on the general factor, of items as they are */
    double *communality; /* k */
    double *loadings;    /* k by factors: on the group factors, without the general one */
    bool *turned;        /* k */
    int evaluations;
    double max_gradient;
    bool at_bound; /* an item's own share of its variance, or a factor's, would be below 0.005, and is kept there */
} rp_omega;
/* r: k by k correlations. 1 <= factors < k. In arena; false: no memory. */
bool rp_omega_schmid_leiman(const double *r, size_t k, size_t factors, rp_arena *arena, rp_omega *out) RP_MUST_CHECK;

/* Intraclass correlations of n rows by k raters, without gaps, from rp_item_moments (Shrout & Fleiss, Psychol Bull 86,
 * 1979; intervals as psych's ICC(lmer = FALSE)). In the order ICC1, ICC2, ICC3, ICC1k, ICC2k, ICC3k. */
enum { RP_ICCS = 6 };
typedef struct rp_icc {
    const char *type;
    double icc, f, df1, df2, p, lower, upper;
} rp_icc;
void rp_icc_infer(const double *moments, size_t k, double level, rp_icc out[RP_ICCS]);

/* ---- models/agreement: do two raters give the same score? --------------------------------------------- */

/* Prepare: sums over people, each rated by both at one time or several. {0} is empty and the identity of merging. */
typedef struct rp_agreement_sums {
    rp_pair_moments people;                 /* x: how many pairs a person has, y: the sum of their differences */
    rp_moments differences;                 /* x - y, of all pairs */
    rp_pair_moments means;                  /* of each person's own means */
    rp_pair_moments first;                  /* of each person's first pair */
    double within_xx, within_yy, within_xy; /* about each person's own means */
} rp_agreement_sums;
/* One person's n > 0 pairs, none missing, in order of time. O(n). */
void rp_agreement_add(rp_agreement_sums *sums, const double *x, const double *y, size_t n);
void rp_agreement_merge(rp_agreement_sums *into, const rp_agreement_sums *other);

/* What is not defined is NaN: intervals with too few people, correlations without spread. */
typedef struct rp_agreement {
    int64_t people, pairs;
    rp_interval difference;               /* mean of x - y over pairs, interval over people: rp_ratio_interval */
    double sd;                            /* of one difference, between and within people together */
    rp_interval lower_limit, upper_limit; /* mean -/+ 1.96 sd: 95% limits of agreement, whatever the level, which is
                                           * that of their own intervals */
    rp_interval icc_agreement, icc_consistency; /* ICC(A,1) and ICC(C,1), two-way, of people's first pairs */
    rp_interval within;                         /* repeated-measures correlation */
    rp_interval between;                        /* correlation of people's means */
} rp_agreement;
/* Limits: from a one-way analysis of variance of the differences by person (Bland & Altman 1999, Stat Methods Med Res
 * 8, section 5.3; 2007, J Biopharm Stat 17); with one pair a person they are those of Bland & Altman 1986 (Lancet i).
 * Their intervals add the variances of mean and sd (1999, section 2.2), the latter by the delta method from both mean
 * squares, t with people - 1 degrees of freedom. ICC: McGraw & Wong 1996, Psychol Methods 1, tables 4 and 7. Within:
 * Bakdash & Marusich 2017, Front Psychol 8:456, Fisher's z with the error's degrees of freedom. O(1). */
rp_agreement rp_agreement_infer(const rp_agreement_sums *sums, double level);

/* ---- models/incidence: how many have come to each of several ends? -------------------------------------- */

/* Ends that exclude each other, in discrete time: at time k = 0, 1, ... `at_risk[k]` people are looked at, of whom
 * `ended[k * n_ends + j]` come to end j then. Whoever is not looked at any more before k is censored, and is not in
 * at_risk[k]. Counts, so that they merge by addition. */
typedef struct rp_incidence_counts {
    size_t n_times, n_ends;
    const int64_t *at_risk, *ended;
} rp_incidence_counts;
/* The share that has come to one of the ends of `ends` (bit j: end j, at most 64) up to each time: n_times intervals in
 * `out`. Estimate after Aalen & Johansen (Scand J Stat 5, 1978), never one less a Kaplan-Meier curve that takes other
 * ends for censored. Variance by the delta method from the multinomial of each time (of Greenwood's kind; with one end
 * it is Greenwood's); interval on the scale of log(-log(share)). From the first time at which nobody is at risk on
 * all is NaN; where the share is 0 or 1 its limits are. ended <= at_risk, all together (assert). O(n_times^2 + n_times
 * * n_ends). */
void rp_incidence_infer(const rp_incidence_counts *counts, uint64_t ends, double level, rp_interval *out);

/* ---- models/funnel: do the shares of many differ by more than chance? ----------------------------------- */

/* Shares x / n of many units on the arcsine scale, where y = asin(sqrt(x / n)) has standard error s = 1 / (2 sqrt(n)).
 * Limits about a common target, with over-dispersion as an additive random effect. */
typedef struct rp_funnel {
    size_t n;      /* units with n > 0 */
    double target; /* all x over all n */
    double phi;    /* mean of the winsorised squares of z = (y - asin(sqrt(target))) / s; about 1 where chance is all */
    double tau2;   /* variance between units, arcsine scale; 0 where phi says that chance is enough */
} rp_funnel;
/* 0 <= x <= n, which need not be whole numbers (assert). `z` is room for `units` numbers. The `winsorised` share of the
 * z at each end, rounded down to a number of units, is set to the nearest that is left. Needs all units at once: ranks
 * do not add up over blocks. With fewer than two units, or where target is 0 or 1, phi and tau2 are NaN.
 * Source: Spiegelhalter, Stat Med 24, 2005 (funnel plots; winsorising; the arcsine scale) and Qual Saf Health Care 14,
 * 2005 (additive random effects: tau2 by the method of moments). O(n log n). */
rp_funnel rp_funnel_infer(const double *x, const double *n, size_t units, double winsorised, double *z);
/* The share at the limit for a unit with n: z_p = -1.96 is the lower 95% limit. NaN where tau2 is. O(1). */
double rp_funnel_limit(const rp_funnel *funnel, double n, double z_p);
/* The standard deviation between units on Anscombe's arcsine scale, beyond chance: Paule & Mandel's estimate with a
 * Q-profile interval (Viechtbauer, Stat Med 26, 2007), nothing winsorised. Where the shares differ by less than chance
 * is apt to let them there is no interval, and with fewer than two units nothing: NaN. As a share near `target` it is
 * 2 sqrt(target (1 - target)) times as much. O(n). */
rp_interval rp_share_spread(const double *x, const double *n, size_t units, double level);

#endif
