/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A meta-analysis as JSON, the fields of the commands' contract and some more; and as CSV, a line a coefficient and an
 * effect. */
#include <math.h>

#include "evaluation/fit_meta_parts.h"
#include "evaluation/fit_page.h"

/* ---- what was asked, and how it ended ---- */

static void put_head(const rp_fit_meta *fit, rp_json *json, rp_arena *arena) {
    const rp_meta_fit *f = fit->fit;
    fit_json_text(json, "model", "meta");
    fit_json_text(json, "formula", fit->formula->text);
    fit_json_text(json, "effects_are", fit_meta_reading(fit, arena));
    fit_json_int(json, "n", (int64_t)f->k);
    fit_json_int(json, "n_left_out", fit->left_out);
    fit_json_int(json, "k", (int64_t)f->k);
    fit_json_int(json, "studies", (int64_t)f->studies);
    fit_json_text(json, "method", fit_meta_method(fit));
    fit_json_text(json, "test", fit_meta_test(fit));
    fit_json_text(json, "errors", fit_meta_errors(fit, arena));
    fit_json_num(json, "log_lik", f->log_lik);
    fit_json_num(json, "aic", f->aic);
    fit_json_num(json, "bic", f->bic);
    rp_json_key(json, "convergence");
    rp_json_open(json, '{');
    fit_json_text(json, "status", fit_meta_status(fit));
    fit_json_int(json, "evaluations", f->evaluations);
    fit_json_num(json, "max_gradient", fit_meta_has_estimate(fit) ? f->max_gradient : NAN);
    fit_json_text(json, "message", f->message);
    rp_json_close(json);
    fit_json_warnings(json, fit->warnings, fit->n_warnings);
}

/* ---- the model ---- */

static void put_numbers(const rp_meta_coefficient *c, rp_json *json) {
    fit_json_num(json, "estimate", c->estimate);
    fit_json_num(json, "se", c->se);
    fit_json_num(json, "df", c->df);
    fit_json_num(json, "statistic", c->statistic);
    fit_json_num(json, "p", c->p);
    fit_json_num(json, "lower", c->lower);
    fit_json_num(json, "upper", c->upper);
}

static void put_coefficients(const char *key, const rp_fit_meta *fit, const rp_meta_coefficient *beta, rp_json *json) {
    rp_json_key(json, key);
    rp_json_open(json, '[');
    for (size_t j = 0; fit_meta_has_estimate(fit) && j < fit->fit->p; j++) {
        rp_json_open(json, '{');
        fit_json_text(json, "term", fit->fit->spec->names[j]);
        put_numbers(&beta[j], json);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_component(const char *factor, double variance, double se, double i2, rp_json *json) {
    rp_json_open(json, '{');
    fit_json_text(json, "factor", factor);
    fit_json_num(json, "variance", variance);
    fit_json_num(json, "se", se);
    fit_json_num(json, "i2", i2);
    rp_json_close(json);
}

static void put_components(const rp_fit_meta *fit, rp_json *json) {
    const rp_meta_fit *f = fit->fit;
    rp_json_key(json, "components");
    rp_json_open(json, '[');
    if (f->spec->study)
        put_component(fit->options->study, f->tau2_study, f->tau2_study_se, f->i2_study, json);
    if (f->spec->effect)
        put_component(fit->options->effect ? fit->options->effect : "effect", f->tau2, f->tau2_se, f->i2_effect, json);
    rp_json_close(json);
}

static void put_heterogeneity(const rp_fit_meta *fit, rp_json *json) {
    const rp_meta_fit *f = fit->fit;
    bool robust = fit->robust != NULL;
    fit_json_num(json, "tau2", f->tau2 + f->tau2_study);
    fit_json_num(json, "tau2_se", f->spec->study ? NAN : f->tau2_se);
    fit_json_num(json, "tau2_lower", fit->tau2.lower);
    fit_json_num(json, "tau2_upper", fit->tau2.upper);
    fit_json_num(json, "i2", f->i2);
    fit_json_num(json, "h2", f->h2);
    fit_json_num(json, "q", f->q);
    fit_json_num(json, "q_df", f->q_df);
    fit_json_num(json, "q_p", f->q_p);
    fit_json_num(json, "qm", robust ? fit->robust->qm : f->qm);
    fit_json_num(json, "qm_df1", robust ? fit->robust->qm_df1 : f->qm_df1);
    fit_json_num(json, "qm_df2", robust ? fit->robust->qm_df2 : f->qm_df2);
    fit_json_num(json, "qm_p", robust ? fit->robust->qm_p : f->qm_p);
    put_components(fit, json);
}

static void put_interval(const char *key, const rp_interval *x, const char *kind, rp_json *json) {
    rp_json_key(json, key);
    rp_json_open(json, '{');
    fit_json_num(json, "estimate", x->estimate);
    fit_json_num(json, "lower", x->lower);
    fit_json_num(json, "upper", x->upper);
    if (kind)
        fit_json_text(json, "kind", kind);
    rp_json_close(json);
}

static void put_means(const rp_fit_meta *fit, rp_json *json) {
    put_interval("mean", &fit->mean, NULL, json);
    put_interval("prediction", &fit->prediction, fit_meta_prediction(fit), json);
    if (!fit->back)
        return;
    fit_json_text(json, "back_transformed_to", fit->back);
    put_interval("mean_back", &fit->mean_back, NULL, json);
    put_interval("prediction_back", &fit->prediction_back, fit_meta_prediction(fit), json);
}

/* ---- what was asked for beside ---- */

static void put_without(const rp_fit_meta *fit, const rp_meta_without *w, rp_json *json) {
    static const char *const words[] = {"converged", "boundary", "not_converged", "not_fitted"};
    fit_json_text(json, "status", words[w->status]);
    put_coefficients("coefficients", fit, w->beta, json);
    fit_json_num(json, "tau2", w->tau2 + w->tau2_study);
    fit_json_num(json, "q", w->q);
    fit_json_num(json, "i2", w->i2);
}

static void put_influence(const rp_meta_influence *x, rp_json *json) {
    fit_json_num(json, "rstudent", x->rstudent);
    fit_json_num(json, "dffits", x->dffits);
    fit_json_num(json, "cook", x->cook);
    fit_json_num(json, "cov_ratio", x->cov_ratio);
    fit_json_num(json, "hat", x->hat);
}

static void put_effects(const rp_fit_meta *fit, rp_json *json) {
    rp_json_key(json, "effects");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->fit->k; i++) {
        const rp_fit_meta_effect *e = &fit->effects[i];
        rp_json_open(json, '{');
        fit_json_text(json, "label", e->label);
        fit_json_int(json, "row", e->row);
        fit_json_num(json, "y", e->y);
        fit_json_num(json, "v", e->v);
        fit_json_num(json, "lower", e->lower);
        fit_json_num(json, "upper", e->upper);
        fit_json_num(json, "weight", e->weight);
        if (fit->influence)
            put_influence(&fit->influence[i], json);
        if (fit->without) {
            rp_json_key(json, "without");
            rp_json_open(json, '{');
            put_without(fit, &fit->without[i], json);
            rp_json_close(json);
        }
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_cumulative(const rp_fit_meta *fit, rp_json *json) {
    if (!fit->cumulative)
        return;
    rp_json_key(json, "cumulative");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->fit->k; i++) {
        rp_json_open(json, '{');
        fit_json_text(json, "label", fit->effects[fit->order[i]].label);
        put_without(fit, &fit->cumulative[i], json);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_asymmetry(const char *key, const rp_meta_asymmetry *a, rp_json *json) {
    rp_json_key(json, key);
    rp_json_open(json, '{');
    rp_json_key(json, "slope");
    rp_json_open(json, '{');
    put_numbers(&a->slope, json);
    rp_json_close(json);
    rp_json_key(json, "limit");
    rp_json_open(json, '{');
    put_numbers(&a->limit, json);
    rp_json_close(json);
    rp_json_close(json);
}

static void put_small_studies(const rp_fit_meta *fit, rp_json *json) {
    if (!fit->asymmetry)
        return;
    rp_json_key(json, "small_studies");
    rp_json_open(json, '{');
    put_asymmetry("egger_mixed", &fit->asymmetry[RP_META_EGGER_MIXED], json);
    put_asymmetry("egger", &fit->asymmetry[RP_META_EGGER], json);
    put_asymmetry("peese", &fit->asymmetry[RP_META_PEESE], json);
    if (fit->filled) {
        rp_json_key(json, "trim_fill");
        rp_json_open(json, '{');
        fit_json_text(json, "side", fit->filled->right ? "right" : "left");
        fit_json_int(json, "missing", (int64_t)fit->filled->missing);
        fit_json_num(json, "missing_se", fit->filled->missing_se);
        put_coefficients("coefficients", fit, fit->filled->fit->beta, json);
        fit_json_num(json, "tau2", fit->filled->fit->tau2);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_selection(const rp_fit_meta *fit, rp_json *json) {
    static const char *const words[] = {"converged", "boundary", "not_converged", "not_fitted"};
    const rp_meta_selection *s = fit->selection;
    if (!s)
        return;
    rp_json_key(json, "selection");
    rp_json_open(json, '{');
    fit_json_num(json, "step", fit->options->selection);
    fit_json_text(json, "side", fit->options->below ? "less" : "greater");
    fit_json_text(json, "status", words[s->status]);
    fit_json_text(json, "message", s->message);
    fit_json_int(json, "below_step", (int64_t)s->below);
    put_coefficients("coefficients", fit, s->beta, json);
    fit_json_num(json, "tau2", s->tau2);
    fit_json_num(json, "delta", s->delta);
    fit_json_num(json, "delta_se", s->delta_se);
    fit_json_num(json, "log_lik", s->log_lik);
    fit_json_num(json, "lrt", s->lrt);
    fit_json_num(json, "lrt_p", s->lrt_p);
    rp_json_close(json);
}

void rp_fit_meta_put_json(const rp_fit_meta *fit, rp_buf *out) {
    rp_json json;
    rp_arena *arena = rp_arena_new(0);
    if (!arena) {
        out->failed = true;
        return;
    }
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    put_head(fit, &json, arena);
    put_coefficients("coefficients", fit, fit->beta, &json);
    put_heterogeneity(fit, &json);
    put_means(fit, &json);
    fit_json_num(&json, "level", fit->options->common.level);
    put_effects(fit, &json);
    put_cumulative(fit, &json);
    put_small_studies(fit, &json);
    put_selection(fit, &json);
    fit_json_end(&json, &fit->options->common, &fit->seconds, &fit->provenance);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
    rp_arena_free(arena);
}

/* ---- CSV ---- */

static void put_line(const char *kind, const char *term, const rp_meta_coefficient *c, double weight, rp_buf *out) {
    rp_csv_put(out, rp_text_of(kind), true);
    rp_buf_put(out, ",");
    rp_csv_put(out, rp_text_of(term), true);
    fit_csv_num(out, c->estimate);
    fit_csv_num(out, c->se);
    fit_csv_num(out, c->df);
    fit_csv_num(out, c->statistic);
    fit_csv_num(out, c->p);
    fit_csv_num(out, c->lower);
    fit_csv_num(out, c->upper);
    fit_csv_num(out, weight);
    rp_buf_put(out, "\n");
}

static void put_variance_line(const char *term, double variance, double se, const rp_interval *interval, rp_buf *out) {
    const rp_meta_coefficient c = {
        variance, se, NAN, NAN, NAN, interval ? interval->lower : NAN, interval ? interval->upper : NAN};
    put_line("variance", term, &c, NAN, out);
}

void rp_fit_meta_put_csv(const rp_fit_meta *fit, rp_buf *out) {
    const rp_meta_fit *f = fit->fit;
    bool known = fit_meta_has_estimate(fit);
    rp_buf_put(out, "kind,term,estimate,se,df,statistic,p,lower,upper,weight\n");
    for (size_t j = 0; known && j < f->p; j++)
        put_line("coefficient", f->spec->names[j], &fit->beta[j], NAN, out);
    if (known && f->spec->study)
        put_variance_line(fit->options->study, f->tau2_study, f->tau2_study_se, NULL, out);
    if (known && f->spec->effect)
        put_variance_line(fit->options->effect ? fit->options->effect : "effect", f->tau2, f->tau2_se,
                          f->spec->study ? NULL : &fit->tau2, out);
    if (fit->has_mean && f->spec->method != RP_META_EE) {
        const rp_meta_coefficient c = {fit->prediction.estimate, NAN, NAN, NAN, NAN, fit->prediction.lower,
                                       fit->prediction.upper};
        put_line("prediction", fit_meta_prediction(fit), &c, NAN, out);
    }
    for (size_t i = 0; i < f->k; i++) {
        const rp_fit_meta_effect *e = &fit->effects[i];
        const rp_meta_coefficient c = {e->y, sqrt(e->v), NAN, NAN, NAN, e->lower, e->upper};
        put_line("effect", e->label, &c, e->weight, out);
    }
}
