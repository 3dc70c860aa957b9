/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as JSON: the fields of the commands' contract, and some more. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_parts.h"

static void put_text(rp_json *json, const char *key, const char *text) {
    rp_json_key(json, key);
    rp_json_put_text(json, text);
}

static void put_num(rp_json *json, const char *key, double value) {
    rp_json_key(json, key);
    rp_json_put_num(json, value);
}

static void put_int(rp_json *json, const char *key, int64_t value) {
    rp_json_key(json, key);
    rp_json_put_int(json, value);
}

static void put_head(const rp_fit *fit, rp_json *json) {
    bool linear = fit->options->family == RP_MIXED_GAUSSIAN;
    put_text(json, "model", linear ? "lmm" : "glmm");
    put_text(json, "formula", fit->formula->text);
    if (!linear) {
        put_text(json, "family", "binomial");
        put_text(json, "link", fit->options->family == RP_MIXED_LOGIT ? "logit" : "cloglog");
        put_int(json, "trials", fit->trials);
        put_int(json, "successes", fit->successes);
    }
    put_int(json, "n", fit->fit->n);
    put_int(json, "n_left_out", fit->left_out);
    put_text(json, "method", fit_method(fit));
    put_num(json, "objective", fit->fit->objective);
    put_num(json, "log_lik", fit->fit->log_lik);
    put_num(json, "aic", fit->fit->aic);
    put_num(json, "bic", fit->fit->bic);
}

static void put_convergence(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "convergence");
    rp_json_open(json, '{');
    put_text(json, "status", fit_status_word(fit));
    put_int(json, "evaluations", fit->fit->evaluations);
    put_num(json, "max_gradient", fit->fit->max_gradient);
    put_text(json, "message", fit->fit->message);
    rp_json_close(json);
    rp_json_key(json, "warnings");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->n_warnings; i++)
        rp_json_put_text(json, fit->warnings[i]);
    rp_json_close(json);
}

static void put_groups(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "groups");
    rp_json_open(json, '[');
    for (size_t f = 0; f < fit->design->n_factors; f++) {
        rp_json_open(json, '{');
        put_text(json, "factor", fit->design->factor_names[f]);
        put_int(json, "levels", fit->design->levels[f]);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_key(json, "references");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->design->n_coded; i++) {
        rp_json_open(json, '{');
        put_text(json, "variable", fit->design->coded[i].variable);
        put_text(json, "level", fit->design->coded[i].reference);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_fixed(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "fixed");
    rp_json_open(json, '[');
    for (size_t j = 0; fit_has_estimate(fit) && j < fit->fit->p; j++) {
        const rp_mixed_effect *e = &fit->effects[j];
        rp_json_open(json, '{');
        put_text(json, "term", fit->design->column_names[fit->design->fixed[j]]);
        put_num(json, "estimate", e->estimate);
        put_num(json, "se", e->se);
        put_num(json, "df", e->df);
        put_num(json, "statistic", e->statistic);
        put_num(json, "p", e->p);
        put_num(json, "lower", e->lower);
        put_num(json, "upper", e->upper);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_interval(const rp_fit *fit, size_t parameter, const char *lower, const char *upper, rp_json *json) {
    if (!fit->parameters)
        return;
    put_num(json, lower, fit->parameters[parameter].lower);
    put_num(json, upper, fit->parameters[parameter].upper);
}

static void put_bounds(const rp_fit *fit, size_t term, size_t i, bool upper, rp_json *json) {
    rp_json_key(json, upper ? "corr_upper" : "corr_lower");
    rp_json_open(json, '[');
    for (size_t k = 0; k < i; k++) {
        const rp_interval *at = &fit->parameters[fit_parameter(fit, term, i, k)];
        rp_json_put_num(json, upper ? at->upper : at->lower);
    }
    rp_json_close(json);
}

static void put_random_column(const rp_fit *fit, size_t term, size_t i, rp_json *json) {
    const rp_design_term *about = &fit->design->terms[term];
    double sd = fit_sd(fit, term, i);
    rp_json_open(json, '{');
    put_text(json, "factor", fit->design->factor_names[about->factor]);
    put_text(json, "term", fit->design->column_names[about->columns[i]]);
    put_num(json, "variance", sd * sd);
    put_num(json, "sd", sd);
    rp_json_key(json, "corr");
    rp_json_open(json, '[');
    for (size_t k = 0; k < i; k++)
        rp_json_put_num(json, fit_correlation(fit, term, i, k));
    rp_json_close(json);
    put_interval(fit, fit_parameter(fit, term, i, i), "sd_lower", "sd_upper", json);
    if (fit->parameters) {
        put_bounds(fit, term, i, false, json);
        put_bounds(fit, term, i, true, json);
    }
    rp_json_close(json);
}

static void put_random(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "random");
    rp_json_open(json, '[');
    for (size_t t = 0; fit_has_estimate(fit) && t < fit->design->n_terms; t++)
        for (size_t i = 0; i < fit->design->terms[t].n_columns; i++)
            put_random_column(fit, t, i, json);
    rp_json_close(json);
    bool known = fit_has_estimate(fit) && fit->options->family == RP_MIXED_GAUSSIAN;
    rp_json_key(json, "residual");
    rp_json_open(json, '{');
    put_num(json, "variance", known ? fit->fit->sigma * fit->fit->sigma : NAN);
    put_num(json, "sd", known ? fit->fit->sigma : NAN);
    if (known)
        put_interval(fit, fit_parameter_sigma(fit), "sd_lower", "sd_upper", json);
    if (fit->options->ar1)
        put_num(json, "rho", fit_has_estimate(fit) ? fit->fit->rho : NAN);
    rp_json_close(json);
}

static void put_inference(const rp_fit *fit, rp_json *json) {
    bool known = fit_has_estimate(fit);
    rp_json_key(json, "explained");
    rp_json_open(json, '{');
    put_num(json, "marginal", known ? fit->explained.marginal : NAN);
    put_num(json, "conditional", known ? fit->explained.conditional : NAN);
    rp_json_close(json);
    put_text(json, "df_method", fit_df_word(fit));
    rp_json_key(json, "interval");
    rp_json_open(json, '{');
    put_text(json, "method", fit_interval_word(fit));
    put_num(json, "level", fit->options->common.level);
    if (fit->options->interval == RP_FIT_BOOTSTRAP) {
        put_int(json, "draws", fit->options->draws);
        put_int(json, "failed", fit->bootstrap_failed);
    }
    rp_json_close(json);
}

static void put_seconds(const rp_fit *fit, rp_json *json) {
    if (!fit->options->common.clock)
        return;
    rp_json_key(json, "seconds");
    rp_json_open(json, '{');
    put_num(json, "read", fit->seconds.read);
    put_num(json, "prepare", fit->seconds.prepare);
    put_num(json, "fit", fit->seconds.fit);
    put_num(json, "infer", fit->seconds.infer);
    rp_json_close(json);
}

void rp_fit_put_json(const rp_fit *fit, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    put_head(fit, &json);
    put_convergence(fit, &json);
    put_groups(fit, &json);
    put_fixed(fit, &json);
    put_random(fit, &json);
    put_inference(fit, &json);
    put_seconds(fit, &json);
    rp_report_json_provenance(&fit->provenance, &json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}
