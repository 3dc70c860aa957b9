/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a meta-analysis that its writers share. */
#include "evaluation/fit_meta_parts.h"

bool fit_meta_has_estimate(const rp_fit_meta *fit) {
    return fit->fit->status != RP_META_NOT_FITTED;
}

const char *fit_meta_method(const rp_fit_meta *fit) {
    static const char *const words[] = {"ee", "reml", "ml", "dl", "pm"};
    return words[fit->options->method];
}

const char *fit_meta_method_words(const rp_fit_meta *fit) {
    static const char *const words[] = {"one common effect", "restricted maximum likelihood (REML)",
                                        "maximum likelihood (ML)", "the method of DerSimonian and Laird",
                                        "the method of Paule and Mandel"};
    return words[fit->options->method];
}

const char *fit_meta_test(const rp_fit_meta *fit) {
    static const char *const words[] = {"z", "t", "knha"};
    return words[fit->options->test];
}

const char *fit_meta_status(const rp_fit_meta *fit) {
    static const char *const words[] = {"converged", "boundary", "not_converged", "not_fitted"};
    return words[fit->fit->status];
}

const char *fit_meta_errors(const rp_fit_meta *fit, rp_arena *arena) {
    static const char *const tests[] = {"of the model; z", "of the model; t with k - p degrees of freedom",
                                        "after Knapp and Hartung; t with k - p degrees of freedom"};
    if (!fit->robust)
        return tests[fit->options->test];
    return rp_arena_printf(arena, "by %zu clusters of %s, %s", fit->robust->clusters, fit->options->robust,
                           fit->robust->kind == RP_META_CR2 ? "CR2; t with Satterthwaite's degrees of freedom"
                                                            : "CR1; t with clusters - p degrees of freedom");
}

const char *fit_meta_prediction(const rp_fit_meta *fit) {
    static const char *const words[] = {"z", "t", "higgins"};
    return words[fit->options->prediction];
}

const char *fit_meta_reading(const rp_fit_meta *fit, rp_arena *arena) {
    static const char *const words[] = {
        [RP_META_COR] = "correlations",
        [RP_META_ZCOR] = "Fisher's z of correlations",
        [RP_META_ZCOR_T] = "Fisher's z of correlations, from t",
        [RP_META_ZCOR_F] = "Fisher's z of correlations, from F",
        [RP_META_MD] = "differences of means, first less second",
        [RP_META_SMD] = "standardised mean differences (Hedges' g), first less second",
        [RP_META_SMD_T] = "standardised mean differences (Hedges' g), from t",
        [RP_META_SMD_F] = "standardised mean differences (Hedges' g), from F",
        [RP_META_SMCC] = "standardised mean changes (by the SD of change), first less second",
        [RP_META_SMCR] = "standardised mean changes (by the first SD), first less second",
        [RP_META_OR] = "log odds ratios, first over second",
        [RP_META_RR] = "log risk ratios, first over second"};
    const rp_fit_meta_options *options = fit->options;
    if (options->n_figures)
        return words[options->measure];
    return rp_arena_printf(arena, "%s, with %s %s", fit->formula->outcome,
                           options->variance ? "variance" : "standard error",
                           options->variance ? options->variance : options->se);
}
