/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The binomial log-likelihood of cells and its derivatives by the linear predictor.
 *
 * Logit: mu = 1 / (1 + exp(-eta)), e = y - n mu, w = n mu (1 - mu), dw = w (1 - 2 mu).
 * Complementary log-log: lambda = exp(eta), 1 - mu = exp(-lambda), g = lambda / (exp(lambda) - 1) (so that
 * d log mu / d eta = g, and dg / d eta = -g a with a = lambda + g - 1):
 *   e = y g - (n - y) lambda, w = y g a + (n - y) lambda, dw = y g (lambda - g a - a a) + (n - y) lambda. */
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

enum { PIECE = 512 }; /* cells whose scratch stays near; a product of so many factors of at most 2 is finite */

typedef double four __attribute__((vector_size(32)));
typedef int64_t four_whole __attribute__((vector_size(32)));

/* What four cells at a time add up to: y eta - n max(eta, 0), the product of 1 + exp(-|eta|), and whether there is a
 * cell of other than one trial. */
typedef struct logit_sums {
    double linear[4], product[4];
    bool several;
} logit_sums;

/* power: exp(-|eta|). Only operations on each place alone, so that the bits do not depend on the processor. */
static inline __attribute__((always_inline)) void logit_fours(size_t n, const double *eta, const double *power,
                                                              const double *y, const double *trials, double *e,
                                                              double *w, logit_sums *sums) {
    four linear = {0}, product = {1, 1, 1, 1};
    four_whole several = {0};
    for (size_t i = 0; i < n; i += 4) {
        four at, below, hits, out_of;
        memcpy(&at, eta + i, sizeof at);
        memcpy(&below, power + i, sizeof below);
        memcpy(&hits, y + i, sizeof hits);
        memcpy(&out_of, trials + i, sizeof out_of);
        four whole = 1 + below, sure = 1 / whole, unsure = below * sure; /* the likelier of mu and 1 - mu, the other */
        four_whole up = at >= 0;
        four mu = (four)((up & (four_whole)sure) | (~up & (four_whole)unsure));
        four score = hits - out_of * mu, weight = out_of * unsure * sure;
        memcpy(e + i, &score, sizeof score);
        memcpy(w + i, &weight, sizeof weight);
        linear += hits * at - out_of * (four)(up & (four_whole)at);
        product *= whole;
        several |= out_of != 1;
    }
    memcpy(sums->linear, &linear, sizeof linear);
    memcpy(sums->product, &product, sizeof product);
    sums->several = (several[0] | several[1] | several[2] | several[3]) != 0;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void logit_wide(size_t n, const double *eta, const double *power,
                                                       const double *y, const double *trials, double *e, double *w,
                                                       logit_sums *sums) {
    logit_fours(n, eta, power, y, trials, e, w, sums);
}
#endif

static void logit_narrow(size_t n, const double *eta, const double *power, const double *y, const double *trials,
                         double *e, double *w, logit_sums *sums) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        logit_wide(n, eta, power, y, trials, e, w, sums);
        return;
    }
#endif
    logit_fours(n, eta, power, y, trials, e, w, sums);
}

/* log mu = -log(1 + exp(-eta)): where each cell is one trial, the logarithm of a product instead of many logarithms. */
static double logit_total(const logit_sums *s, size_t n, const double *power, const double *trials) {
    double sum = (s->linear[0] + s->linear[1]) + (s->linear[2] + s->linear[3]);
    if (!s->several)
        return sum - log((s->product[0] * s->product[1]) * (s->product[2] * s->product[3]));
    for (size_t i = 0; i < n; i++)
        sum -= trials[i] * log1p(power[i]);
    return sum;
}

static void negative_sizes(const double *eta, double *out, size_t n) {
    for (size_t i = 0; i < n; i++)
        out[i] = -fabs(eta[i]);
}

static double logit_piece(size_t n, const double *eta, const double *y, const double *trials, double *e, double *w) {
    double power[PIECE], sum = 0;
    logit_sums sums = {0};
    size_t whole = n & ~(size_t)3, left = n - whole;
    if (whole > 0) {
        negative_sizes(eta, power, whole);
        rp_exp_many(power, power, whole);
        logit_narrow(whole, eta, power, y, trials, e, w, &sums);
        sum = logit_total(&sums, whole, power, trials);
    }
    if (left == 0)
        return sum;
    /* The rest, filled up with cells that add nothing. */
    double at[4] = {-700, -700, -700, -700}, hits[4] = {0}, out_of[4] = {1, 1, 1, 1}, score[4], weight[4];
    memcpy(at, eta + whole, left * sizeof *at);
    memcpy(hits, y + whole, left * sizeof *hits);
    memcpy(out_of, trials + whole, left * sizeof *out_of);
    negative_sizes(at, power, 4);
    rp_exp_many(power, power, 4);
    logit_narrow(4, at, power, hits, out_of, score, weight, &sums);
    memcpy(e + whole, score, left * sizeof *e);
    memcpy(w + whole, weight, left * sizeof *w);
    return sum + logit_total(&sums, 4, power, out_of);
}

/* lambda, kept so small that products with it stay finite. */
static double rate_of(double eta) {
    return exp(eta < 300 ? eta : 300);
}

static double cloglog_piece(size_t n, const double *eta, const double *y, const double *trials, double *e, double *w) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double lambda = rate_of(eta[i]), g = lambda > 0 ? lambda / expm1(lambda) : 1, a = lambda + g - 1;
        double rest = (trials[i] - y[i]) * lambda;
        e[i] = y[i] * g - rest;
        w[i] = y[i] * g * a + rest;
        sum -= rest;
        if (y[i] > 0)
            sum += y[i] * (lambda > 1e-300 ? log(-expm1(-lambda)) : eta[i]);
    }
    return sum;
}

double binomial_link(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                     double *e, double *w) {
    rp_sum sum = {0};
    for (size_t i = 0; i < n; i += PIECE) {
        size_t here = n - i < PIECE ? n - i : PIECE;
        rp_sum_add(&sum, family == RP_MIXED_LOGIT ? logit_piece(here, eta + i, y + i, trials + i, e + i, w + i)
                                                  : cloglog_piece(here, eta + i, y + i, trials + i, e + i, w + i));
    }
    return rp_sum_value(&sum);
}

void binomial_link_third(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                         const double *e, const double *w, double *dw) {
    if (family == RP_MIXED_LOGIT) {
        for (size_t i = 0; i < n; i++)
            dw[i] = w[i] * (1 - 2 * (y[i] - e[i]) / trials[i]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double lambda = rate_of(eta[i]), g = lambda > 0 ? lambda / expm1(lambda) : 1, a = lambda + g - 1;
        double curve = g > 0 ? y[i] * g * (lambda - g * a - a * a) : 0;
        dw[i] = curve + (trials[i] - y[i]) * lambda;
    }
}
