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

/* Of four cells. power: exp(-|eta|). part: y eta - n max(eta, 0); factor: 1 + exp(-|eta|). Operations on each place
 * alone, so that the bits do not depend on the processor. */
static inline __attribute__((always_inline)) void logit_four(const double *eta, const double *power, const double *y,
                                                             const double *trials, double *e, double *w, double *part,
                                                             double *factor) {
    four at, below, hits, out_of;
    memcpy(&at, eta, sizeof at);
    memcpy(&below, power, sizeof below);
    memcpy(&hits, y, sizeof hits);
    memcpy(&out_of, trials, sizeof out_of);
    four whole = 1 + below, sure = 1 / whole, unsure = below * sure; /* the likelier of mu and 1 - mu, the other */
    four_whole up = at >= 0;
    four mu = (four)((up & (four_whole)sure) | (~up & (four_whole)unsure));
    four score = hits - out_of * mu, weight = out_of * unsure * sure;
    four linear = hits * at - out_of * (four)(up & (four_whole)at);
    memcpy(e, &score, sizeof score);
    memcpy(w, &weight, sizeof weight);
    memcpy(part, &linear, sizeof linear);
    memcpy(factor, &whole, sizeof whole);
}

static inline __attribute__((always_inline)) void logit_fours(size_t n, const double *eta, const double *power,
                                                              const double *y, const double *trials, double *e,
                                                              double *w, double *part, double *factor) {
    for (size_t i = 0; i < n; i += 4)
        logit_four(eta + i, power + i, y + i, trials + i, e + i, w + i, part + i, factor + i);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void logit_wide(size_t n, const double *eta, const double *power,
                                                       const double *y, const double *trials, double *e, double *w,
                                                       double *part, double *factor) {
    logit_fours(n, eta, power, y, trials, e, w, part, factor);
}
#endif

static void logit_whole(size_t n, const double *eta, const double *power, const double *y, const double *trials,
                        double *e, double *w, double *part, double *factor) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        logit_wide(n, eta, power, y, trials, e, w, part, factor);
        return;
    }
#endif
    logit_fours(n, eta, power, y, trials, e, w, part, factor);
}

/* Up to PIECE cells. */
static void logit_piece(size_t n, const double *eta, const double *y, const double *trials, double *e, double *w,
                        double *part, double *factor) {
    double power[PIECE + 4] = {0};
    size_t whole = n & ~(size_t)3, left = n - whole;
    for (size_t i = 0; i < n; i++)
        power[i] = -fabs(eta[i]);
    rp_exp_many(power, power, n);
    logit_whole(whole, eta, power, y, trials, e, w, part, factor);
    if (left > 0) {
        double in[4][4] = {{0}}, out[4][4];
        memcpy(in[0], eta + whole, left * sizeof *eta);
        memcpy(in[1], power + whole, left * sizeof *power);
        memcpy(in[2], y + whole, left * sizeof *y);
        memcpy(in[3], trials + whole, left * sizeof *trials);
        logit_whole(4, in[0], in[1], in[2], in[3], out[0], out[1], out[2], out[3]);
        memcpy(e + whole, out[0], left * sizeof *e);
        memcpy(w + whole, out[1], left * sizeof *w);
        memcpy(part + whole, out[2], left * sizeof *part);
        memcpy(factor + whole, out[3], left * sizeof *factor);
    }
    /* log mu = -log(1 + exp(-eta)): of single trials the factor is enough; one logarithm serves many. */
    for (size_t i = 0; i < n; i++)
        if (trials[i] != 1) {
            part[i] -= trials[i] * log1p(power[i]);
            factor[i] = 1;
        }
}

/* lambda, kept so small that products with it stay finite. */
static double rate_of(double eta) {
    return exp(eta < 300 ? eta : 300);
}

static void cloglog_piece(size_t n, const double *eta, const double *y, const double *trials, double *e, double *w,
                          double *part, double *factor) {
    for (size_t i = 0; i < n; i++) {
        double lambda = rate_of(eta[i]), g = lambda > 0 ? lambda / expm1(lambda) : 1, a = lambda + g - 1;
        double rest = (trials[i] - y[i]) * lambda;
        e[i] = y[i] * g - rest;
        w[i] = y[i] * g * a + rest;
        part[i] = -rest;
        if (y[i] > 0)
            part[i] += y[i] * (lambda > 1e-300 ? log(-expm1(-lambda)) : eta[i]);
        factor[i] = 1;
    }
}

void binomial_link_cells(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                         double *e, double *w, double *part, double *factor) {
    for (size_t i = 0; i < n; i += PIECE) {
        size_t here = n - i < PIECE ? n - i : PIECE;
        (family == RP_MIXED_LOGIT ? logit_piece : cloglog_piece)(here, eta + i, y + i, trials + i, e + i, w + i,
                                                                 part + i, factor + i);
    }
}

double binomial_link_sum(size_t n, const double *part, const double *factor) {
    double total = 0;
    for (size_t from = 0; from < n; from += PIECE) {
        size_t to = n - from < PIECE ? n : from + PIECE, i = from;
        double a = 0, b = 0, p = 1, q = 1; /* side by side: one would wait for the other */
        for (; i + 2 <= to; i += 2) {
            a += part[i];
            b += part[i + 1];
            p *= factor[i];
            q *= factor[i + 1];
        }
        for (; i < to; i++) {
            a += part[i];
            p *= factor[i];
        }
        total += a + b - log(p * q);
    }
    return total;
}

double binomial_link(rp_mixed_family family, size_t n, const double *eta, const double *y, const double *trials,
                     double *e, double *w) {
    double part[PIECE], factor[PIECE];
    rp_sum sum = {0};
    for (size_t i = 0; i < n; i += PIECE) {
        size_t here = n - i < PIECE ? n - i : PIECE;
        binomial_link_cells(family, here, eta + i, y + i, trials + i, e + i, w + i, part, factor);
        rp_sum_add(&sum, binomial_link_sum(here, part, factor));
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
