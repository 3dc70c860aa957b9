/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coefficients, tests and intervals of a fit. */
#include <assert.h>
#include <string.h>

#include "models/meta/meta_parts.h"

/* ---- distributions ---- */

double meta_f_upper(double f, double d1, double d2) {
    if (!(f >= 0) || !(d1 > 0) || !(d2 > 0))
        return NAN;
    return isinf(d2) ? rp_chi2_upper(f * d1, d1) : rp_beta_inc(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
}

double meta_chi2_quantile(double p, double df) {
    double low = 0, high = df + 10;
    while (rp_chi2_cdf(high, df) < p)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double middle = low + (high - low) / 2;
        *(rp_chi2_cdf(middle, df) < p ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

/* ---- coefficients ---- */

rp_meta_coefficient meta_no_coefficient(void) {
    return (rp_meta_coefficient){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

rp_meta_coefficient meta_coefficient(double estimate, double se, double df, double level) {
    rp_meta_coefficient c = {.estimate = estimate, .se = se, .df = df, .statistic = estimate / se};
    bool normal = isinf(df);
    double z = fabs(c.statistic), tail = (1 - level) / 2;
    double quantile = normal ? -rp_normal_quantile(tail) : -rp_t_quantile(tail, df);
    c.p = 2 * (normal ? rp_normal_cdf(-z) : rp_t_cdf(-z, df));
    c.lower = estimate - quantile * se;
    c.upper = estimate + quantile * se;
    return c;
}

bool meta_estimates(const meta_work *work, double scale, double *beta, double *vcov, rp_arena *scratch) {
    const rp_meta_data *data = work->data;
    size_t p = data->p;
    double *half = rp_arena_take(scratch, p * p, sizeof *half);
    if (!half)
        return false;
    memcpy(beta, work->gamma, p * sizeof *beta);
    meta_back_solve(data, beta);
    /* R^-1 M R'^-1: rows of the symmetric M are its columns */
    memcpy(half, work->inverse, p * p * sizeof *half);
    for (size_t j = 0; j < p; j++)
        meta_back_solve(data, half + j * p);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            vcov[i * p + j] = half[j * p + i];
    for (size_t j = 0; j < p; j++)
        meta_back_solve(data, vcov + j * p);
    for (size_t i = 0; i < p * p; i++)
        vcov[i] *= scale;
    return true;
}

bool meta_wald(const rp_meta_data *data, const double *beta, const double *vcov, double df2, double *qm, double *df1,
               double *p_value, rp_arena *scratch) {
    size_t p = data->p, m = 0;
    double *part = rp_arena_take(scratch, p * p, sizeof *part), *b = rp_arena_take(scratch, p, sizeof *b);
    size_t *which = rp_arena_take(scratch, p, sizeof *which);
    if (!part || !b || !which)
        return false;
    for (size_t j = 0; j < p; j++)
        if (strcmp(data->spec->names[j], "(Intercept)") != 0)
            which[m++] = j;
    if (m == 0)
        which[m++] = 0;
    for (size_t i = 0; i < m; i++) {
        b[i] = beta[which[i]];
        for (size_t j = 0; j < m; j++)
            part[i * m + j] = vcov[which[i] * p + which[j]];
    }
    *df1 = (double)m;
    *qm = *p_value = NAN;
    if (!rp_cholesky(part, m))
        return true;
    rp_lower_solve(part, m, b);
    double sum = 0;
    for (size_t i = 0; i < m; i++)
        sum += b[i] * b[i];
    *qm = isinf(df2) ? sum : sum / *df1;
    *p_value = meta_f_upper(sum / *df1, *df1, df2);
    return true;
}

/* ---- the interval of tau2 ---- */

static double heterogeneity(meta_work *work, double tau2) {
    meta_point at;
    return meta_evaluate(work, (double[]){tau2, 0}, &at) ? at.rss : NAN;
}

/* Q(tau2) falls; where it is `target`. `high` is beyond it. */
static double bisect(meta_work *work, double target, double high) {
    double low = 0;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double middle = low + (high - low) / 2;
        *(heterogeneity(work, middle) > target ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

static double limit(meta_work *work, double target, double begin) {
    double high = begin;
    if (!(heterogeneity(work, 0) > target))
        return NAN;
    for (int i = 0; i < 200 && heterogeneity(work, high) > target; i++)
        high *= 2;
    return bisect(work, target, high);
}

bool rp_meta_tau2_interval(const rp_meta_fit *fit, rp_interval *out, rp_error *error) {
    assert(meta_is_simple(fit->spec) && fit->spec->method != RP_META_EE);
    double level = fit->spec->level, df = fit->q_df;
    *out = (rp_interval){fit->tau2, NAN, NAN, level};
    rp_arena *scratch = rp_arena_new(0);
    meta_work work;
    bool fine = scratch && meta_work_make(&work, fit->data, false, scratch);
    if (fine) {
        double begin = fmax(fit->tau2, fit->typical_v);
        out->upper = limit(&work, meta_chi2_quantile((1 - level) / 2, df), begin);
        out->lower = limit(&work, meta_chi2_quantile((1 + level) / 2, df), begin);
        if (isnan(out->lower) && !isnan(out->upper))
            out->lower = 0;
    }
    rp_arena_free(scratch);
    return fine || rp_fail_memory(error);
}

/* ---- weights ---- */

bool rp_meta_weights(const rp_meta_fit *fit, double *out, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    meta_work work;
    meta_point at;
    double variance[] = {fit->tau2, fit->tau2_study}, total = 0;
    bool fine = scratch && meta_work_make(&work, fit->data, false, scratch) && meta_evaluate(&work, variance, &at);
    for (size_t i = 0; fine && i < fit->k; i++)
        total += work.once[i];
    for (size_t i = 0; fine && i < fit->k; i++)
        out[fit->data->row[i]] = 100 * work.once[i] / total;
    rp_arena_free(scratch);
    return fine || rp_fail_memory(error);
}

/* ---- prediction ---- */

const char *rp_meta_prediction_words(rp_meta_prediction kind) {
    static const char *const words[] = {"normal quantile", "t with k - p degrees of freedom",
                                        "t with k - p - 1 degrees of freedom (Higgins)"};
    return words[kind];
}

void rp_meta_predict(const rp_meta_fit *fit, const double *row, rp_meta_prediction kind, rp_interval *mean,
                     rp_interval *prediction) {
    size_t p = fit->p;
    double estimate = 0, variance = 0, level = fit->spec->level;
    for (size_t i = 0; i < p; i++) {
        estimate += row[i] * fit->beta[i].estimate;
        for (size_t j = 0; j < p; j++)
            variance += row[i] * fit->vcov[i * p + j] * row[j];
    }
    rp_meta_coefficient c = meta_coefficient(estimate, sqrt(variance), fit->beta[0].df, level);
    *mean = (rp_interval){estimate, c.lower, c.upper, level};
    double df = (double)fit->k - (double)p - (kind == RP_META_PREDICT_HIGGINS);
    *prediction = (rp_interval){estimate, NAN, NAN, level};
    if (kind != RP_META_PREDICT_Z && !(df > 0))
        return;
    double se = sqrt(variance + fit->tau2 + fit->tau2_study);
    c = meta_coefficient(estimate, se, kind == RP_META_PREDICT_Z ? INFINITY : df, level);
    prediction->lower = c.lower;
    prediction->upper = c.upper;
}
