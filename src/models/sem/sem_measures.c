/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a structural equation model fits, beside a model of no covariances at all. */
#include "models/sem/sem_ordered.h"

/* ---- the baseline model ------------------------------------------------------------------------------ */

rp_moments sem_variable_moments(const rp_sem_stats *stats, size_t group, size_t variable) {
    rp_moments sum = {0};
    for (size_t q = 0; q < stats->n_patterns; q++) {
        const sem_pattern *pattern = &stats->patterns[q];
        if (pattern->group != group)
            continue;
        for (size_t i = 0; i < pattern->k; i++) {
            if (pattern->observed[i] != variable)
                continue;
            rp_moments part = {.n = pattern->n, .mean = pattern->mean[i], .m2 = pattern->cross[i * pattern->k + i]};
            rp_moments_merge(&sum, &part);
        }
    }
    return sum;
}

/* Without covariances the likelihood falls apart into one of each variable, missing values or not. */
static double baseline_log_lik(const rp_sem_stats *stats) {
    rp_sum sum = {0};
    for (size_t g = 0; g < stats->layout->n_groups; g++) {
        for (size_t i = 0; i < stats->layout->n_observed; i++) {
            rp_moments m = sem_variable_moments(stats, g, i);
            double n = (double)m.n;
            if (m.n)
                rp_sum_add(&sum, -0.5 * n * (log(2 * M_PI) + log(m.m2 / n) + 1));
        }
    }
    return rp_sum_value(&sum);
}

/* ---- CFI, TLI and RMSEA of a chi-square ---------------------------------------------------------------- */

static void compare(double chisq, double df, double baseline_chisq, double baseline_df, double *cfi, double *tli) {
    double over = fmax(chisq - df, 0), most = fmax(over, baseline_chisq - baseline_df);
    double ratio = baseline_chisq / baseline_df;
    *cfi = most > 0 ? 1 - over / most : 1;
    *tli = df > 0 ? (ratio - chisq / df) / (ratio - 1) : 1;
    if (!(baseline_df > 0) || isnan(chisq) || isnan(baseline_chisq))
        *cfi = *tli = NAN;
}

/* The estimate, and where its interval begins and ends; scale: rows over groups. */
static void approximate(double chisq, double df, double scale, double *rmsea, double *lower, double *upper) {
    double unit = 1 / (scale * df);
    *rmsea = *lower = *upper = df == 0 ? 0 : NAN;
    if (!(df > 0) || isnan(chisq))
        return;
    *rmsea = sqrt(fmax(chisq - df, 0) * unit);
    *lower = sqrt(fmax(rp_chi2_noncentrality(chisq, df, 0.95), 0) * unit);
    *upper = sqrt(fmax(rp_chi2_noncentrality(chisq, df, 0.05), 0) * unit);
}

/* RMSEA as lavaan has it: of the plain chi-square with df times scaling in the place of df where there is no shift
 * (MLR), else of the scaled one. */
static void scaled_measures(const rp_sem_fit *fit, double scale, rp_sem_measures *out) {
    bool shifted = isfinite(fit->shift);
    out->p_scaled = fit->df_scaled > 0 ? rp_chi2_upper(fit->chisq_scaled, fit->df_scaled) : NAN;
    compare(fit->chisq_scaled, fit->df_scaled, out->baseline_chisq_scaled, out->baseline_df_scaled, &out->cfi_scaled,
            &out->tli_scaled);
    approximate(shifted ? fit->chisq_scaled : fit->chisq, shifted ? fit->df_scaled : fit->scaling * fit->df_scaled,
                scale, &out->rmsea_scaled, &out->rmsea_scaled_lower, &out->rmsea_scaled_upper);
}

/* Those of normal likelihoods rest on n rows, those of least squares on n - 1 of each group, as chisq does. */
static bool measure_chisq(const rp_sem_fit *fit, rp_arena *scratch, rp_sem_measures *out) {
    const rp_sem_layout *layout = fit->stats->layout;
    double p = (double)layout->n_observed, groups = (double)layout->n_groups, log_lik = NAN;
    bool ordered = fit->estimator == RP_SEM_WLSMV;
    double scale = layout->levels ? (double)fit->n : ((double)fit->n - (ordered ? groups : 0)) / groups;
    out->baseline_df = groups * p * (p - 1) / 2;
    if (ordered)
        sem_wls_baseline(fit, &out->baseline_chisq, &out->baseline_chisq_scaled);
    else if (!layout->levels)
        log_lik = baseline_log_lik(fit->stats);
    else if (!sem_levels_baseline(fit->stats, &log_lik, scratch))
        return false;
    if (!ordered)
        out->baseline_chisq = 2 * (fit->log_lik_saturated - log_lik);
    if (fit->estimator == RP_SEM_MLR)
        out->baseline_chisq_scaled = out->baseline_chisq / fit->scaling_baseline;
    out->baseline_df_scaled = fit->estimator != RP_SEM_ML ? out->baseline_df : NAN;
    compare(fit->chisq, fit->df, out->baseline_chisq, out->baseline_df, &out->cfi, &out->tli);
    approximate(fit->chisq, fit->df, scale, &out->rmsea, &out->rmsea_lower, &out->rmsea_upper);
    if (fit->estimator != RP_SEM_ML)
        scaled_measures(fit, scale, out);
    return true;
}

/* ---- SRMR -------------------------------------------------------------------------------------------- */

static double group_srmr(const sem_ram *ram, const sem_saturated *seen) {
    rp_sum squares = {0};
    size_t p = ram->p, count = p * (p + 1) / 2;
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j <= i; j++) {
            double scale = sqrt(seen->cov[i * p + i] * seen->cov[j * p + j]);
            double r = (seen->cov[i * p + j] - ram->sigma[i * p + j]) / scale;
            rp_sum_add(&squares, r * r);
        }
        if (ram->spec->means) {
            double r = (seen->mean[i] - ram->mu[i]) / sqrt(seen->cov[i * p + i]);
            rp_sum_add(&squares, r * r);
            count++;
        }
    }
    return sqrt(rp_sum_value(&squares) / (double)count);
}

/* Of correlations alone, as lavaan has it where there are levels. */
static double level_srmr(const sem_ram *ram, const sem_saturated *seen) {
    rp_sum squares = {0};
    size_t p = ram->p;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++) {
            double r = seen->cov[i * p + j] / sqrt(seen->cov[i * p + i] * seen->cov[j * p + j]);
            r -= ram->sigma[i * p + j] / sqrt(ram->sigma[i * p + i] * ram->sigma[j * p + j]);
            rp_sum_add(&squares, r * r);
        }
    return sqrt(rp_sum_value(&squares) / (double)(p * (p + 1) / 2));
}

static bool measure_srmr(const rp_sem_fit *fit, rp_arena *scratch, rp_sem_measures *out) {
    size_t groups = fit->stats->layout->n_groups;
    sem_saturated *seen = rp_arena_take(scratch, groups, sizeof *seen);
    if (!seen || !(fit->moments ? sem_moments_saturated(fit->moments, groups, seen, scratch)
                                : sem_saturated_make(fit->stats, seen, scratch)))
        return false;
    rp_sum sum = {0};
    for (size_t g = 0; g < groups; g++) {
        sem_ram ram;
        if (!sem_ram_make(fit->spec, g, &ram, scratch))
            return false;
        bool proper = sem_ram_at(&ram, fit->theta);
        if (fit->stats->layout->levels) {
            *(g == 0 ? &out->srmr_within : &out->srmr_between) =
                proper && seen->converged ? level_srmr(&ram, &seen[g]) : NAN;
            continue;
        }
        double n = (double)rp_sem_rows_used(fit->stats, g);
        rp_sum_add(&sum, proper ? n * group_srmr(&ram, &seen[g]) : NAN);
    }
    out->srmr = fit->stats->layout->levels ? out->srmr_within + out->srmr_between : rp_sum_value(&sum) / (double)fit->n;
    return true;
}

bool rp_sem_measure(const rp_sem_fit *fit, rp_sem_measures *out) {
    *out = (rp_sem_measures){.p = fit->df > 0 && !isnan(fit->chisq) ? rp_chi2_upper(fit->chisq, fit->df) : NAN,
                             .aic = -2 * fit->log_lik + 2 * (double)fit->n_free,
                             .bic = -2 * fit->log_lik + log((double)fit->n) * (double)fit->n_free};
    out->srmr_within = out->srmr_between = NAN;
    out->p_scaled = out->baseline_chisq_scaled = out->baseline_df_scaled = out->cfi_scaled = out->tli_scaled = NAN;
    out->rmsea_scaled = out->rmsea_scaled_lower = out->rmsea_scaled_upper = NAN;
    rp_arena *scratch = rp_arena_new(0);
    bool done = scratch && measure_chisq(fit, scratch, out) && measure_srmr(fit, scratch, out);
    rp_arena_free(scratch);
    return done;
}
