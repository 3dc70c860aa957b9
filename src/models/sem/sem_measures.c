/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a structural equation model fits, beside a model of no covariances at all. */
#include "models/sem/sem_parts.h"

/* ---- the baseline model ------------------------------------------------------------------------------ */

/* Sums of one variable over the patterns of a group that have it. */
static rp_moments variable_moments(const rp_sem_stats *stats, size_t group, size_t variable) {
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
            rp_moments m = variable_moments(stats, g, i);
            double n = (double)m.n;
            if (m.n)
                rp_sum_add(&sum, -0.5 * n * (log(2 * M_PI) + log(m.m2 / n) + 1));
        }
    }
    return rp_sum_value(&sum);
}

static bool compare_with_baseline(const rp_sem_fit *fit, rp_arena *scratch, rp_sem_measures *out) {
    const rp_sem_layout *layout = fit->stats->layout;
    double p = (double)layout->n_observed, log_lik;
    if (!layout->levels)
        log_lik = baseline_log_lik(fit->stats);
    else if (!sem_levels_baseline(fit->stats, &log_lik, scratch))
        return false;
    out->baseline_chisq = 2 * (fit->log_lik_saturated - log_lik);
    out->baseline_df = (double)layout->n_groups * p * (p - 1) / 2;
    double over = fmax(fit->chisq - fit->df, 0), over_baseline = out->baseline_chisq - out->baseline_df;
    double most = fmax(over, over_baseline);
    out->cfi = most > 0 ? 1 - over / most : 1;
    double ratio = out->baseline_chisq / out->baseline_df;
    out->tli = fit->df > 0 ? (ratio - fit->chisq / fit->df) / (ratio - 1) : 1;
    if (!(out->baseline_df > 0) || isnan(out->baseline_chisq) || isnan(fit->chisq))
        out->cfi = out->tli = NAN;
    return true;
}

/* ---- RMSEA ------------------------------------------------------------------------------------------- */

static double rmsea_of(const rp_sem_fit *fit, double noncentrality) {
    double groups = fit->stats->layout->levels ? 1 : (double)fit->stats->layout->n_groups;
    return sqrt(fmax(noncentrality, 0) / ((double)fit->n * fit->df)) * sqrt(groups);
}

static void measure_rmsea(const rp_sem_fit *fit, rp_sem_measures *out) {
    if (!(fit->df > 0) || isnan(fit->chisq)) {
        out->rmsea = out->rmsea_lower = out->rmsea_upper = fit->df == 0 && !isnan(fit->chisq) ? 0 : NAN;
        return;
    }
    out->rmsea = rmsea_of(fit, fit->chisq - fit->df);
    out->rmsea_lower = rmsea_of(fit, rp_chi2_noncentrality(fit->chisq, fit->df, 0.95));
    out->rmsea_upper = rmsea_of(fit, rp_chi2_noncentrality(fit->chisq, fit->df, 0.05));
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
    if (!seen || !sem_saturated_make(fit->stats, seen, scratch))
        return false;
    rp_sum sum = {0};
    for (size_t g = 0; g < groups; g++) {
        sem_ram ram;
        if (!sem_ram_make(fit->spec, g, &ram, scratch))
            return false;
        bool proper = sem_ram_at(&ram, fit->theta);
        if (fit->stats->layout->levels) {
            *(g == 0 ? &out->srmr_within : &out->srmr_between) = proper && seen->converged ? level_srmr(&ram, &seen[g]) : NAN;
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
    rp_arena *scratch = rp_arena_new(0);
    bool done = scratch && compare_with_baseline(fit, scratch, out);
    measure_rmsea(fit, out);
    done = done && measure_srmr(fit, scratch, out);
    rp_arena_free(scratch);
    return done;
}
