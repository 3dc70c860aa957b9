/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of two raters from sums over people. Sources stand in rapport/models.h.
 *
 *   K people, N pairs, n_i of person i          MSB, MSW  mean squares of the differences between and within people
 *   m0   (N^2 - sum n_i^2) / ((K - 1) N)        MSR, MSC, MSE  mean squares of people, raters and error (first pairs)
 */
#include "rapport/models.h"

#include <assert.h>
#include <math.h>

/* Mean squares of rounding's size are none: people who always differ by the same have no spread. */
static double clean(double squares, double scale) {
    return squares > 1e-12 * scale ? squares : 0;
}

/* ---- limits of agreement ----------------------------------------------------------------------------- */

typedef struct spread {
    double variance, error; /* of one difference; the variance of that estimate */
} spread;

static spread spread_of(const rp_agreement_sums *s) {
    double K = (double)s->people.n, N = (double)s->differences.n;
    double counts = s->people.m_xx + K * s->people.mean_x * s->people.mean_x;
    double m0 = (N * N - counts) / ((K - 1) * N);
    double scale = s->within_xx + s->within_yy + s->differences.m2;
    double within = clean(s->within_xx + s->within_yy - 2 * s->within_xy, scale);
    double MSB = clean(s->differences.m2 - within, scale) / (K - 1), MSW = N > K ? within / (N - K) : 0;
    double error_w = N > K ? 2 * MSW * MSW / (N - K) : 0, rest = 1 - 1 / m0;
    if (MSB < MSW) /* no variance between people: that component is set to nothing, as Bland & Altman do */
        return (spread){MSW, error_w};
    return (spread){(MSB - MSW) / m0 + MSW, 2 * MSB * MSB / (m0 * m0 * (K - 1)) + rest * rest * error_w};
}

static rp_interval limit(const rp_interval *mean, double sd, double error, double t, double z) {
    double se_mean = (mean->upper - mean->lower) / 2 / t;
    double half = t * sqrt(se_mean * se_mean + z * z * (sd > 0 ? error / (4 * sd * sd) : 0));
    double at = mean->estimate + z * sd;
    return (rp_interval){at, at - half, at + half, mean->level};
}

static void put_limits(const rp_agreement_sums *s, rp_agreement *out) {
    rp_interval none = {NAN, NAN, NAN, out->difference.level};
    out->sd = NAN;
    out->lower_limit = out->upper_limit = none;
    if (out->people < 2)
        return;
    spread of = spread_of(s);
    double z = rp_normal_quantile(0.975), t = rp_t_quantile(0.5 + none.level / 2, (double)(out->people - 1));
    out->sd = sqrt(of.variance);
    out->lower_limit = limit(&out->difference, out->sd, of.error, t, -z);
    out->upper_limit = limit(&out->difference, out->sd, of.error, t, z);
}

/* ---- intraclass correlations --------------------------------------------------------------------------- */

static void put_icc(const rp_pair_moments *m, double level, rp_agreement *out) {
    out->icc_agreement = out->icc_consistency = (rp_interval){NAN, NAN, NAN, level};
    double n = (double)m->n, p = 0.5 + level / 2, apart = m->mean_x - m->mean_y;
    if (m->n < 2)
        return;
    double scale = m->m_xx + m->m_yy;
    double MSR = clean(m->m_xx + m->m_yy + 2 * m->m_xy, scale) / (2 * (n - 1));
    double MSE = clean(m->m_xx + m->m_yy - 2 * m->m_xy, scale) / (2 * (n - 1)), MSC = n * apart * apart / 2;
    if (!(MSR + MSE > 0))
        return;
    rp_interval *C = &out->icc_consistency, *A = &out->icc_agreement;
    C->estimate = (MSR - MSE) / (MSR + MSE);
    A->estimate = (MSR - MSE) / (MSR + MSE + 2 * (MSC - MSE) / n);
    if (!(MSE > 0)) /* F is infinite: perfect consistency, of which no interval can be told */
        return;
    double F = rp_f_quantile(p, n - 1, n - 1);
    C->lower = (MSR / MSE / F - 1) / (MSR / MSE / F + 1);
    C->upper = (MSR / MSE * F - 1) / (MSR / MSE * F + 1);
    double a = 2 * A->estimate / (n * (1 - A->estimate));
    double b = 1 + 2 * A->estimate * (n - 1) / (n * (1 - A->estimate));
    double sum = a * MSC + b * MSE; /* v: Satterthwaite's degrees of freedom */
    double v = sum * sum / (a * MSC * a * MSC + b * MSE * b * MSE / (n - 1));
    double below = rp_f_quantile(p, n - 1, v), above = rp_f_quantile(p, v, n - 1), both = 2 * MSC + (n - 2) * MSE;
    A->lower = n * (MSR - below * MSE) / (below * both + n * MSR);
    A->upper = n * (above * MSR - MSE) / (both + n * above * MSR);
}

/* ---- correlations ---------------------------------------------------------------------------------------- */

/* Fisher's z with the variance 1 / freedom. */
static rp_interval correlation(double xx, double yy, double xy, double freedom, double level) {
    rp_interval out = {NAN, NAN, NAN, level};
    if (!(xx > 0 && yy > 0))
        return out;
    double r = fmax(-1, fmin(1, xy / sqrt(xx) / sqrt(yy)));
    out.estimate = r;
    if (!(freedom > 0) || fabs(r) >= 1)
        return out;
    double half = rp_normal_quantile(0.5 + level / 2) / sqrt(freedom);
    out.lower = tanh(atanh(r) - half);
    out.upper = tanh(atanh(r) + half);
    return out;
}

rp_agreement rp_agreement_infer(const rp_agreement_sums *sums, double level) {
    assert(level > 0 && level < 1);
    rp_agreement out = {.people = sums->people.n, .pairs = sums->differences.n};
    double K = (double)out.people, N = (double)out.pairs, freedom = N - K - 1; /* of the error within people */
    out.difference = rp_ratio_interval(&sums->people, level);
    put_limits(sums, &out);
    put_icc(&sums->first, level, &out);
    const rp_pair_moments *means = &sums->means;
    out.between = correlation(means->m_xx, means->m_yy, means->m_xy, K - 3, level);
    out.within = (rp_interval){NAN, NAN, NAN, level};
    if (freedom > 0)
        out.within = correlation(sums->within_xx, sums->within_yy, sums->within_xy, freedom - 1, level);
    if (out.people < 2)
        out.between.estimate = NAN;
    return out;
}
