/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as JSON: the fields of the commands' contract, and some more. */
#include <math.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

static void put_head(const rp_fit *fit, rp_json *json) {
    bool linear = fit->options->family == RP_MIXED_GAUSSIAN;
    fit_json_text(json, "model", linear ? "lmm" : "glmm");
    fit_json_text(json, "formula", fit->formula->text);
    if (!linear) {
        fit_json_text(json, "family", "binomial");
        fit_json_text(json, "link", fit->options->family == RP_MIXED_LOGIT ? "logit" : "cloglog");
        fit_json_int(json, "trials", fit->trials);
        fit_json_int(json, "successes", fit->successes);
    }
    fit_json_int(json, "n", fit->fit->n);
    fit_json_int(json, "n_left_out", fit->left_out);
    fit_json_text(json, "method", fit_method(fit));
    fit_json_num(json, "objective", fit->fit->objective);
    fit_json_num(json, "log_lik", fit->fit->log_lik);
    fit_json_num(json, "aic", fit->fit->aic);
    fit_json_num(json, "bic", fit->fit->bic);
}

static void put_convergence(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "convergence");
    rp_json_open(json, '{');
    fit_json_text(json, "status", fit_status_word(fit));
    fit_json_int(json, "evaluations", fit->fit->evaluations);
    fit_json_num(json, "max_gradient", fit->fit->max_gradient);
    fit_json_text(json, "message", fit->fit->message);
    rp_json_close(json);
    fit_json_warnings(json, fit->warnings, fit->n_warnings);
}

static void put_groups(const rp_fit *fit, rp_json *json) {
    rp_json_key(json, "groups");
    rp_json_open(json, '[');
    for (size_t f = 0; f < fit->design->n_factors; f++) {
        rp_json_open(json, '{');
        fit_json_text(json, "factor", fit->design->factor_names[f]);
        fit_json_int(json, "levels", fit->design->levels[f]);
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_key(json, "references");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->design->n_coded; i++) {
        rp_json_open(json, '{');
        fit_json_text(json, "variable", fit->design->coded[i].variable);
        fit_json_text(json, "level", fit->design->coded[i].reference);
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
        fit_json_text(json, "term", fit->design->column_names[fit->design->fixed[j]]);
        fit_json_num(json, "estimate", e->estimate);
        fit_json_num(json, "se", e->se);
        fit_json_num(json, "df", e->df);
        fit_json_num(json, "statistic", e->statistic);
        fit_json_num(json, "p", e->p);
        fit_json_num(json, "lower", e->lower);
        fit_json_num(json, "upper", e->upper);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_interval(const rp_fit *fit, size_t parameter, const char *lower, const char *upper, rp_json *json) {
    if (!fit->parameters)
        return;
    fit_json_num(json, lower, fit->parameters[parameter].lower);
    fit_json_num(json, upper, fit->parameters[parameter].upper);
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
    fit_json_text(json, "factor", fit->design->factor_names[about->factor]);
    fit_json_text(json, "term", fit->design->column_names[about->columns[i]]);
    fit_json_num(json, "variance", sd * sd);
    fit_json_num(json, "sd", sd);
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
    fit_json_num(json, "variance", known ? fit->fit->sigma * fit->fit->sigma : NAN);
    fit_json_num(json, "sd", known ? fit->fit->sigma : NAN);
    if (known)
        put_interval(fit, fit_parameter_sigma(fit), "sd_lower", "sd_upper", json);
    if (fit->options->ar1)
        fit_json_num(json, "rho", fit_has_estimate(fit) ? fit->fit->rho : NAN);
    rp_json_close(json);
}

static void put_inference(const rp_fit *fit, rp_json *json) {
    bool known = fit_has_estimate(fit);
    rp_json_key(json, "explained");
    rp_json_open(json, '{');
    fit_json_num(json, "marginal", known ? fit->explained.marginal : NAN);
    fit_json_num(json, "conditional", known ? fit->explained.conditional : NAN);
    rp_json_close(json);
    fit_json_text(json, "df_method", fit_df_word(fit));
    rp_json_key(json, "interval");
    rp_json_open(json, '{');
    fit_json_text(json, "method", fit_interval_word(fit));
    fit_json_num(json, "level", fit->options->common.level);
    if (fit->options->interval == RP_FIT_BOOTSTRAP) {
        fit_json_int(json, "draws", fit->options->draws);
        fit_json_int(json, "failed", fit->bootstrap_failed);
    }
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
    fit_json_end(&json, &fit->options->common, &fit->seconds, &fit->provenance);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}
