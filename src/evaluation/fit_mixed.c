/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline of a fit: formula, columns, design, statistics, estimate, inference. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_parts.h"

/* ---- what is asked ---- */

static bool check_formula(const fit_making *m) {
    const rp_formula *formula = m->out->formula;
    if (formula->n_random == 0) {
        rp_formula_fail(m->error, RP_E_RULE, strlen(formula->text),
                        "Nothing in the formula says what groups the rows.");
        return rp_fail_remedy(m->error, "A mixed model has at least one term such as (1 | client).");
    }
    if (formula->failures && m->options->family == RP_MIXED_GAUSSIAN) {
        rp_formula_fail(m->error, RP_E_RULE, 0, "cbind() is the outcome of a binomial model.");
        return rp_fail_remedy(m->error, "Fit it with 'rapport fit glmm'.");
    }
    if (formula->failures && m->options->weights) {
        rp_formula_fail(m->error, RP_E_RULE, 0,
                        "With cbind() the number of trials is known, and --weights has no "
                        "meaning.");
        return rp_fail_remedy(m->error, "Leave out --weights.");
    }
    return true;
}

static bool read_columns(fit_making *m) {
    size_t n = 0;
    m->design_options = (rp_design_options){.references = m->options->references,
                                            .n_references = m->options->n_references,
                                            .success = m->options->success,
                                            .text_outcome = m->options->family != RP_MIXED_GAUSSIAN,
                                            .weights = m->options->weights,
                                            .time = m->options->ar1};
    rp_column_wish *wishes = rp_design_wishes(m->out->formula, &m->design_options, m->arena, &n, m->error);
    return wishes && fit_read(&m->reading, wishes, n);
}

/* ---- the specification ---- */

static bool make_spec(fit_making *m) {
    const rp_design *design = m->out->design;
    rp_mixed_term *terms = rp_arena_take(m->arena, design->n_terms, sizeof *terms);
    m->spec = rp_arena_take(m->arena, 1, sizeof *m->spec);
    if (!terms || !m->spec)
        return rp_fail_memory(m->error);
    for (size_t t = 0; t < design->n_terms; t++)
        terms[t] = (rp_mixed_term){.factor = design->terms[t].factor,
                                   .columns = design->terms[t].columns,
                                   .n_columns = design->terms[t].n_columns};
    *m->spec = (rp_mixed_spec){
        .family = m->options->family,
        .reml = m->options->family == RP_MIXED_GAUSSIAN && !m->options->ml,
        .ar1 = m->options->ar1 != NULL,
        .column_names = design->column_names,
        .n_columns = design->n_columns,
        .fixed = design->fixed,
        .n_fixed = design->n_fixed,
        .factor_names = design->factor_names,
        .levels = design->levels,
        .n_factors = design->n_factors,
        .terms = terms,
        .n_terms = design->n_terms,
    };
    return true;
}

/* lme4's check.nobs.vs.nRE: what varies between groups and what is left cannot be told apart. */
static bool check_identified(const fit_making *m) {
    const rp_design *design = m->out->design;
    if (design->n_fixed == 0) {
        rp_fail(m->error, RP_E_RULE, "The formula has no fixed effect, not even an intercept.");
        return rp_fail_remedy(m->error, "Leave the intercept in, or add a term.");
    }
    if (m->options->family != RP_MIXED_GAUSSIAN || m->options->ar1)
        return true;
    for (size_t t = 0; t < design->n_terms; t++) {
        const rp_design_term *term = &design->terms[t];
        int64_t effects = (int64_t)design->levels[term->factor] * (int64_t)term->n_columns;
        if (effects < design->rows)
            continue;
        rp_fail(m->error, RP_E_RULE,
                "The terms on %.80s are %lld effects, and there are only %lld rows: they cannot be told from the "
                "residual.",
                design->factor_names[term->factor], (long long)effects, (long long)design->rows);
        return rp_fail_remedy(m->error, "Let fewer terms vary between its groups, or take another factor.");
    }
    return true;
}

/* ---- all of it ---- */

static bool gather_warnings(fit_making *m) {
    rp_fit *out = m->out;
    if (m->without_trial &&
        !fit_warn(&m->reading, "%lld row%s without a trial %s left out.", (long long)m->without_trial,
                  m->without_trial == 1 ? "" : "s", m->without_trial == 1 ? "is" : "are"))
        return false;
    for (size_t i = 0; i < out->fit->n_notes; i++)
        if (!fit_warn(&m->reading, "%s", out->fit->notes[i]))
            return false;
    if (out->bootstrap_failed &&
        !fit_warn(&m->reading,
                  "%d of %d resamples are not in the intervals, because the model did not converge on them.",
                  out->bootstrap_failed, m->options->draws))
        return false;
    out->warnings = m->reading.warnings.at;
    out->n_warnings = m->reading.warnings.n;
    out->provenance = m->reading.provenance;
    return true;
}

static bool estimate(fit_making *m) {
    const rp_mixed_options options = {.quadrature = m->options->quadrature, .threads = m->options->common.threads};
    double began = rp_time_seconds();
    m->out->fit = rp_mixed_fit_stats(m->stats, &options, m->arena, m->error);
    double fitted = rp_time_seconds();
    m->out->seconds.fit = fitted - began;
    if (!m->out->fit || !fit_infer(m))
        return false;
    m->out->seconds.infer = rp_time_seconds() - fitted;
    return gather_warnings(m);
}

static bool run(fit_making *m) {
    rp_fit *out = m->out;
    double began = rp_time_seconds();
    if (!(out->formula = rp_formula_parse(m->options->formula, m->arena, m->error)) || !check_formula(m) ||
        !read_columns(m))
        return false;
    double read = rp_time_seconds();
    out->seconds.read = read - began;
    out->design = rp_design_new(out->formula, m->reading.columns, &m->design_options, m->arena, m->error);
    if (!out->design || !make_spec(m) || !check_identified(m) || !fit_prepare(m))
        return false;
    out->left_out = out->design->left_out + m->without_trial;
    out->seconds.prepare = rp_time_seconds() - read;
    return estimate(m);
}

bool rp_fit_mixed(const rp_fit_options *options, rp_arena *arena, rp_fit *out, rp_error *error) {
    *out = (rp_fit){.options = options};
    fit_making m = {.options = options, .arena = arena, .out = out, .error = error};
    m.reading = (fit_reading){.asked = &options->common, .arena = arena, .data_arena = rp_arena_new(0), .error = error};
    bool done = m.reading.data_arena ? run(&m) : rp_fail_memory(error);
    rp_arena_free(m.reading.data_arena);
    return done;
}
