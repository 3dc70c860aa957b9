/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests and Wald intervals of linear combinations of the fixed effects, by the normal or a t distribution. */
#include <assert.h>
#include <math.h>

#include "models/mixed/infer_parts.h"

/* What is made once for all contrasts of a fit. */
typedef struct approach {
    rp_mixed_df df;
    infer_satterthwaite satterthwaite;
    infer_kenward_roger kenward_roger;
} approach;

static bool may_have_df(const rp_mixed_fit *fit, rp_mixed_df df, rp_error *error) {
    if (df == RP_MIXED_DF_NONE)
        return true;
    if (fit->spec->family != RP_MIXED_GAUSSIAN)
        return rp_fail(error, RP_E_RULE, "Degrees of freedom are defined for linear models, not for binomial ones.");
    if (!fit->spec->reml) {
        rp_fail(error, RP_E_RULE, "Degrees of freedom are worked out for models that are fitted by REML.");
        return rp_fail_remedy(error, "Fit by REML, or take the normal test.");
    }
    if (df == RP_MIXED_DF_KENWARD_ROGER && fit->spec->ar1) {
        rp_fail(error, RP_E_RULE, "Kenward and Roger's test is not built for residuals that follow AR(1).");
        return rp_fail_remedy(error, "Ask for Satterthwaite's degrees of freedom instead.");
    }
    return true;
}

/* The test of one contrast from its estimate, standard error and df. */
static void test(rp_mixed_effect *out, double level) {
    *out = (rp_mixed_effect){.estimate = out->estimate, .se = out->se, .df = out->df};
    out->statistic = out->estimate / out->se;
    double reach = NAN;
    if (isinf(out->df)) {
        out->p = 2 * rp_normal_cdf(-fabs(out->statistic));
        reach = -rp_normal_quantile((1 - level) / 2);
    } else {
        out->p = out->df > 0 ? 2 * rp_t_cdf(-fabs(out->statistic), out->df) : NAN;
        reach = out->df > 0 ? -rp_t_quantile((1 - level) / 2, out->df) : NAN;
    }
    out->lower = out->estimate - reach * out->se;
    out->upper = out->estimate + reach * out->se;
}

/* For one contrast F = t^2, its scale is 1, and m = 2 / A (Kenward & Roger 1997, section 3, with l = 1). */
static void kenward_roger(const infer_kenward_roger *k, const rp_mixed_fit *fit, const double *c,
                          rp_mixed_effect *out) {
    out->df = out->se = NAN;
    if (!k->defined)
        return;
    double v = infer_quadratic(k->unscaled, k->p, c, c), sum = 0;
    for (size_t i = 0; i < k->n; i++)
        for (size_t j = 0; j < k->n; j++)
            sum += k->w[i * k->n + j] * infer_quadratic(k->slopes + i * k->p * k->p, k->p, c, c) *
                   infer_quadratic(k->slopes + j * k->p * k->p, k->p, c, c);
    out->se = fit->sigma * sqrt(infer_quadratic(k->adjusted, k->p, c, c));
    out->df = sum > 0 ? 2 * v * v / sum : NAN;
}

static void one_contrast(const rp_mixed_fit *fit, const approach *by, const double *contrast, double level,
                         rp_mixed_effect *out) {
    *out = (rp_mixed_effect){.df = INFINITY};
    for (size_t i = 0; i < fit->p; i++)
        out->estimate += contrast[i] * fit->beta[i];
    out->se = sqrt(infer_quadratic(fit->vcov, fit->p, contrast, contrast));
    if (by->df == RP_MIXED_DF_SATTERTHWAITE)
        out->df = infer_satterthwaite_df(&by->satterthwaite, fit, contrast);
    if (by->df == RP_MIXED_DF_KENWARD_ROGER)
        kenward_roger(&by->kenward_roger, fit, contrast, out);
    test(out, level);
}

bool rp_mixed_contrasts(const rp_mixed_fit *fit, const double *contrasts, size_t n, rp_mixed_df df, double level,
                        rp_arena *arena, rp_mixed_effect *out, rp_error *error) {
    assert(fit && contrasts && arena && out && error && level > 0 && level < 1);
    bool fitted = fit->status != RP_MIXED_NOT_FITTED;
    approach by = {.df = fitted ? df : RP_MIXED_DF_NONE};
    if (!may_have_df(fit, df, error))
        return false;
    if (by.df == RP_MIXED_DF_SATTERTHWAITE && !infer_satterthwaite_of(fit, arena, &by.satterthwaite, error))
        return false;
    if (by.df == RP_MIXED_DF_KENWARD_ROGER && !infer_kenward_roger_of(fit, arena, &by.kenward_roger, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (fitted)
            one_contrast(fit, &by, contrasts + i * fit->p, level, &out[i]);
        else
            out[i] = (rp_mixed_effect){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    return true;
}

bool rp_mixed_contrast(const rp_mixed_fit *fit, const double *contrast, rp_mixed_df df, double level, rp_arena *arena,
                       rp_mixed_effect *out, rp_error *error) {
    return rp_mixed_contrasts(fit, contrast, 1, df, level, arena, out, error);
}
