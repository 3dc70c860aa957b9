/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and numbers of a structural equation model that all its writers share. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

const char *fit_sem_operator(rp_sem_op op) {
    static const char *const words[] = {[RP_SEM_MEASURES] = "=~",
                                        [RP_SEM_REGRESSES] = "~",
                                        [RP_SEM_COVARIES] = "~~",
                                        [RP_SEM_INTERCEPT] = "~1",
                                        [RP_SEM_THRESHOLD] = "|"};
    return words[op];
}

const char *fit_sem_estimator(const rp_fit_sem *fit) {
    static const char *const words[] = {[RP_SEM_ML] = "ml", [RP_SEM_MLR] = "mlr", [RP_SEM_WLSMV] = "wlsmv"};
    return words[fit->options->estimator];
}

const char *fit_sem_method(const rp_fit_sem *fit) {
    bool fiml = fit->options->missing == RP_SEM_FIML;
    if (fit->layout->levels)
        return "maximum likelihood of two levels";
    switch (fit->options->estimator) {
    case RP_SEM_ML:
        return fiml ? "maximum likelihood of all that was observed (FIML)" : "maximum likelihood";
    case RP_SEM_MLR:
        return fiml ? "robust maximum likelihood of all that was observed (FIML)" : "robust maximum likelihood";
    case RP_SEM_WLSMV:
        return "weighted least squares of ordered items (WLSMV)";
    }
    return "";
}

const char *fit_sem_status(const rp_fit_sem *fit) {
    static const char *const words[] = {[RP_SEM_CONVERGED] = "converged",
                                        [RP_SEM_IMPROPER] = "improper",
                                        [RP_SEM_NOT_IDENTIFIED] = "not_identified",
                                        [RP_SEM_NOT_CONVERGED] = "not_converged",
                                        [RP_SEM_NOT_FITTED] = "not_fitted"};
    return words[fit->fit->status];
}

bool fit_sem_has_estimate(const rp_fit_sem *fit) {
    return fit->fit->status != RP_SEM_NOT_FITTED;
}

const char *fit_sem_group(const rp_fit_sem *fit, size_t group) {
    return fit->layout->groups && group < fit->layout->n_groups ? fit->layout->groups[group] : NULL;
}

const char *fit_sem_in_group(const rp_fit_sem *fit, size_t group, rp_arena *arena) {
    const char *name = fit_sem_group(fit, group);
    return !name                 ? ""
           : fit->layout->levels ? rp_arena_printf(arena, " %s clusters", name)
                                 : rp_arena_printf(arena, " in %s", name);
}

/* ---- what is equal over groups ---- */

static const char *const equal_words[] = {"loadings",  "intercepts",           "means",        "regressions",
                                          "residuals", "residual.covariances", "lv.variances", "lv.covariances"};

const char *rp_fit_sem_equal_word(size_t i) {
    return i < sizeof equal_words / sizeof *equal_words ? equal_words[i] : NULL;
}

bool *rp_fit_sem_equal_flag(rp_sem_rules *rules, size_t i) {
    bool *const flags[] = {&rules->equal_loadings,     &rules->equal_intercepts,    &rules->equal_means,
                           &rules->equal_regressions,  &rules->equal_residuals,     &rules->equal_residual_covariances,
                           &rules->equal_lv_variances, &rules->equal_lv_covariances};
    return flags[i];
}

/* ---- parts of the table ---- */

const fit_sem_section fit_sem_sections[FIT_SEM_SECTIONS] = {
    {"Latent variables", "=~", false},  {"Regressions", "~", false}, {"Covariances", "~~", false},
    {"Intercepts", "~1", false},        {"Thresholds", "|", false},  {"Variances", "~~", true},
    {"Defined parameters", ":=", false}};

bool fit_sem_is_of(const rp_fit_sem_line *line, const fit_sem_section *section, size_t group) {
    if (strcmp(line->op, section->op) != 0 || line->group != group)
        return false;
    return strcmp(line->op, "~~") != 0 || section->variances == (strcmp(line->lhs, line->rhs) == 0);
}

void fit_sem_indices(const rp_fit_sem *fit, fit_sem_index out[FIT_SEM_INDICES]) {
    const rp_sem_fit *f = fit->fit;
    const rp_sem_measures *m = &fit->measures;
    bool known = fit_sem_has_estimate(fit), scaled = known && f->estimator != RP_SEM_ML;
    const fit_sem_index all[FIT_SEM_INDICES] = {
        {"chisq", "Chi-square", f->chisq, f->chisq_scaled, 3},
        {"df", "Degrees of freedom", f->df, f->df_scaled, 0},
        {"p", "p", m->p, m->p_scaled, 4},
        {"scaling", "Scaling", NAN, f->scaling, 3},
        {"shift", "Shift", NAN, f->shift, 3},
        {"baseline_chisq", "Chi-square of the baseline", m->baseline_chisq, m->baseline_chisq_scaled, 3},
        {"baseline_df", "Degrees of freedom of the baseline", m->baseline_df, m->baseline_df_scaled, 0},
        {"cfi", "CFI", m->cfi, m->cfi_scaled, 3},
        {"tli", "TLI", m->tli, m->tli_scaled, 3},
        {"rmsea", "RMSEA", m->rmsea, m->rmsea_scaled, 3},
        {"rmsea_lower", "  90% interval, lower", m->rmsea_lower, m->rmsea_scaled_lower, 3},
        {"rmsea_upper", "  90% interval, upper", m->rmsea_upper, m->rmsea_scaled_upper, 3},
        {"srmr", "SRMR", m->srmr, NAN, 3},
        {"srmr_within", "  within clusters", m->srmr_within, NAN, 3},
        {"srmr_between", "  between clusters", m->srmr_between, NAN, 3},
        {"log_lik", "Log-likelihood", f->log_lik, NAN, 3},
        {"log_lik_saturated", "  of unrestricted moments", f->log_lik_saturated, NAN, 3},
        {"aic", "AIC", m->aic, NAN, 2},
        {"bic", "BIC", m->bic, NAN, 2},
        {"npar", "Parameters", (double)f->n_free, NAN, 0},
    };
    for (size_t i = 0; i < FIT_SEM_INDICES; i++) {
        out[i] = all[i];
        if (!known)
            out[i].value = NAN;
        if (!scaled)
            out[i].scaled = NAN;
    }
}
