/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reliability as JSON, the fields of the commands' contract and some more; and as CSV, a line an item. */
#include <math.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

static void put_head(const rp_fit_reliability *fit, rp_json *json) {
    rp_buf items = {0};
    for (size_t i = 0; i < fit->options->n_items; i++)
        rp_buf_printf(&items, "%s%s", i ? "," : "", fit->options->items[i]);
    fit_json_text(json, "model", "reliability");
    fit_json_text(json, "formula", items.at);
    rp_buf_free(&items);
    fit_json_int(json, "n", fit->n);
    fit_json_int(json, "n_left_out", fit->left_out);
    fit_json_int(json, "n_complete", fit->complete);
    fit_json_num(json, "log_lik", NAN);
    fit_json_num(json, "aic", NAN);
    fit_json_num(json, "bic", NAN);
}

static void put_convergence(const rp_fit_reliability *fit, rp_json *json) {
    bool searched = fit->has_omega && fit->omega.status != RP_OMEGA_NOT_POSITIVE;
    rp_json_key(json, "convergence");
    rp_json_open(json, '{');
    fit_json_text(json, "status",
                  fit->message                                                    ? "not_fitted"
                  : fit->has_omega && fit->omega.status == RP_OMEGA_NOT_CONVERGED ? "not_converged"
                                                                                  : "converged");
    fit_json_int(json, "evaluations", searched ? fit->omega.evaluations : 0);
    fit_json_num(json, "max_gradient", searched ? fit->omega.max_gradient : NAN);
    fit_json_text(json, "message", fit->message ? fit->message : "Only omega's factors are searched for.");
    rp_json_close(json);
    fit_json_warnings(json, fit->warnings, fit->n_warnings);
}

static void put_items(const rp_fit_reliability *fit, rp_json *json) {
    bool omega = fit->has_omega && fit->omega.status != RP_OMEGA_NOT_POSITIVE;
    rp_json_key(json, "items");
    rp_json_open(json, '[');
    for (size_t i = 0; !fit->message && i < fit->options->n_items; i++) {
        const rp_scale_item *item = &fit->items[i];
        rp_json_open(json, '{');
        fit_json_text(json, "item", fit->options->items[i]);
        fit_json_int(json, "n", item->n);
        fit_json_num(json, "mean", item->mean);
        fit_json_num(json, "sd", item->sd);
        fit_json_num(json, "r_drop", item->r_drop);
        fit_json_num(json, "alpha_dropped", item->alpha_dropped);
        fit_json_num(json, "general", omega ? fit->omega.general[i] : NAN);
        fit_json_num(json, "communality", omega ? fit->omega.communality[i] : NAN);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_icc(const rp_fit_reliability *fit, rp_json *json) {
    rp_json_key(json, "icc");
    rp_json_open(json, '[');
    for (size_t i = 0; !fit->message && i < RP_ICCS; i++) {
        const rp_icc *icc = &fit->icc[i];
        rp_json_open(json, '{');
        fit_json_text(json, "type", icc->type);
        fit_json_num(json, "icc", icc->icc);
        fit_json_num(json, "f", icc->f);
        fit_json_num(json, "df1", icc->df1);
        fit_json_num(json, "df2", icc->df2);
        fit_json_num(json, "p", icc->p);
        fit_json_num(json, "lower", icc->lower);
        fit_json_num(json, "upper", icc->upper);
        rp_json_close(json);
    }
    rp_json_close(json);
}

void rp_fit_reliability_put_json(const rp_fit_reliability *fit, rp_buf *out) {
    rp_json json;
    bool known = !fit->message, omega = known && fit->has_omega;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    put_head(fit, &json);
    put_convergence(fit, &json);
    fit_json_num(&json, "alpha", known ? fit->alpha.alpha : NAN);
    fit_json_num(&json, "alpha_lower", known ? fit->alpha.lower : NAN);
    fit_json_num(&json, "alpha_upper", known ? fit->alpha.upper : NAN);
    fit_json_text(&json, "alpha_interval", "feldt");
    fit_json_num(&json, "alpha_standardised", known ? fit->alpha.standardised : NAN);
    fit_json_num(&json, "average_r", known ? fit->alpha.average_r : NAN);
    fit_json_num(&json, "mean", fit->mean);
    fit_json_num(&json, "sd", fit->sd);
    fit_json_num(&json, "omega_total", omega ? fit->omega.total : NAN);
    fit_json_num(&json, "omega_hierarchical", omega ? fit->omega.hierarchical : NAN);
    fit_json_int(&json, "factors", omega ? (int64_t)fit->omega.factors : 0);
    put_items(fit, &json);
    put_icc(fit, &json);
    fit_json_num(&json, "level", fit->options->common.level);
    fit_json_end(&json, &fit->options->common, &fit->seconds, &fit->provenance);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}

void rp_fit_reliability_put_csv(const rp_fit_reliability *fit, rp_buf *out) {
    bool omega = fit->has_omega && fit->omega.status != RP_OMEGA_NOT_POSITIVE;
    rp_buf_put(out, "item,n,mean,sd,r_drop,alpha_dropped,general,communality\n");
    for (size_t i = 0; !fit->message && i < fit->options->n_items; i++) {
        const rp_scale_item *item = &fit->items[i];
        rp_csv_put(out, rp_text_of(fit->options->items[i]), true);
        rp_buf_printf(out, ",%lld", (long long)item->n);
        fit_csv_num(out, item->mean);
        fit_csv_num(out, item->sd);
        fit_csv_num(out, item->r_drop);
        fit_csv_num(out, item->alpha_dropped);
        fit_csv_num(out, omega ? fit->omega.general[i] : NAN);
        fit_csv_num(out, omega ? fit->omega.communality[i] : NAN);
        rp_buf_put(out, "\n");
    }
}
