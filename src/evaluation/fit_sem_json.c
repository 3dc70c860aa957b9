/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model as JSON, the fields of the commands' contract and some more; and as CSV, a line a
 * parameter. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

static void put_head(const rp_fit_sem *fit, rp_json *json) {
    const rp_sem_measures *m = &fit->measures;
    bool known = fit_sem_has_estimate(fit);
    fit_json_text(json, "model", "sem");
    fit_json_text(json, "formula", fit->options->model);
    fit_json_int(json, "n", fit->fit->n);
    fit_json_int(json, "n_left_out", fit->left_out);
    fit_json_text(json, "estimator", fit_sem_estimator(fit));
    fit_json_text(json, "missing", fit->options->missing == RP_SEM_FIML ? "fiml" : "listwise");
    fit_json_num(json, "log_lik", known ? fit->fit->log_lik : NAN);
    fit_json_num(json, "aic", known ? m->aic : NAN);
    fit_json_num(json, "bic", known ? m->bic : NAN);
}

static void put_convergence(const rp_fit_sem *fit, rp_json *json) {
    rp_json_key(json, "convergence");
    rp_json_open(json, '{');
    fit_json_text(json, "status", fit_sem_status(fit));
    fit_json_int(json, "evaluations", fit->fit->evaluations);
    fit_json_num(json, "max_gradient", fit_sem_has_estimate(fit) ? fit->fit->max_gradient : NAN);
    fit_json_text(json, "message", fit->fit->message);
    rp_json_close(json);
    fit_json_warnings(json, fit->warnings, fit->n_warnings);
}

static void put_groups(const rp_fit_sem *fit, rp_json *json) {
    rp_json_key(json, "groups");
    rp_json_open(json, '[');
    for (size_t g = 0; g < fit->layout->n_groups; g++) {
        rp_json_open(json, '{');
        fit_json_text(json, "group", fit_sem_group(fit, g));
        fit_json_int(json, "n", rp_sem_rows_used(fit->fit->stats, g));
        rp_json_close(json);
    }
    rp_json_close(json);
}

/* Each index under its name, and its scaled value under the name with "_scaled", which chi-square and its degrees of
 * freedom always have. */
static void put_indices(const rp_fit_sem *fit, rp_json *json) {
    fit_sem_index all[FIT_SEM_INDICES];
    fit_sem_indices(fit, all);
    for (size_t i = 0; i < FIT_SEM_INDICES; i++) {
        const char *key = all[i].key;
        char scaled[64];
        bool own = strcmp(key, "scaling") == 0 || strcmp(key, "shift") == 0, always = i < 2;
        if (strcmp(key, "log_lik") == 0 || strcmp(key, "aic") == 0 || strcmp(key, "bic") == 0)
            continue; /* in the head */
        if (strncmp(key, "srmr_", 5) == 0 && !fit->layout->levels)
            continue;
        if (!own)
            fit_json_num(json, key, all[i].value);
        snprintf(scaled, sizeof scaled, "%s%s", key, own ? "" : "_scaled");
        if (always || !isnan(all[i].scaled))
            fit_json_num(json, scaled, all[i].scaled);
    }
}

static void put_line(const rp_fit_sem *fit, const rp_fit_sem_line *line, rp_json *json) {
    rp_json_open(json, '{');
    fit_json_text(json, "lhs", line->lhs);
    fit_json_text(json, "op", line->op);
    fit_json_text(json, "rhs", line->rhs);
    fit_json_text(json, "group", fit_sem_group(fit, line->group));
    fit_json_text(json, "label", line->label);
    fit_json_num(json, "estimate", line->estimate);
    fit_json_num(json, "se", line->se);
    fit_json_num(json, "z", line->z);
    fit_json_num(json, "p", line->p);
    fit_json_num(json, "lower", line->lower);
    fit_json_num(json, "upper", line->upper);
    fit_json_num(json, "std_all", line->std_all);
    fit_json_num(json, "std_se", line->std_se);
    rp_json_key(json, "free");
    rp_json_put_bool(json, line->free);
    rp_json_close(json);
}

static void put_r2(const rp_fit_sem *fit, rp_json *json) {
    rp_json_key(json, "r2");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->n_r2; i++) {
        rp_json_open(json, '{');
        fit_json_text(json, "variable", fit->r2[i].variable);
        fit_json_text(json, "group", fit_sem_group(fit, fit->r2[i].group));
        fit_json_num(json, "r2", fit->r2[i].r2);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_modifications(const rp_fit_sem *fit, rp_json *json) {
    if (!fit->options->modification)
        return;
    rp_json_key(json, "modification");
    rp_json_open(json, '[');
    for (size_t i = 0; i < fit->n_modifications; i++) {
        const rp_sem_modification *m = &fit->modifications[i];
        rp_json_open(json, '{');
        fit_json_text(json, "lhs", fit_sem_variable(fit->spec, m->lhs));
        fit_json_text(json, "op", fit_sem_operator(m->op));
        fit_json_text(json, "rhs", m->op == RP_SEM_INTERCEPT ? "" : fit_sem_variable(fit->spec, m->rhs));
        fit_json_text(json, "group", fit_sem_group(fit, m->group));
        fit_json_num(json, "index", m->index);
        fit_json_num(json, "change", m->change);
        fit_json_num(json, "change_std", m->change_std);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_matrix(rp_json *json, const char *key, const double *matrix, size_t rows, size_t columns) {
    rp_json_key(json, key);
    rp_json_open(json, '[');
    for (size_t i = 0; i < rows; i++) {
        rp_json_open(json, '[');
        for (size_t j = 0; j < columns; j++)
            rp_json_put_num(json, matrix[i * columns + j]);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void put_residuals(const rp_fit_sem *fit, rp_json *json) {
    size_t p = fit->layout->n_observed;
    if (!fit->options->residuals)
        return;
    rp_json_key(json, "residuals");
    rp_json_open(json, '[');
    for (size_t g = 0; fit->residuals && g < fit->layout->n_groups; g++) {
        rp_json_open(json, '{');
        fit_json_text(json, "group", fit_sem_group(fit, g));
        rp_json_key(json, "variables");
        rp_json_open(json, '[');
        for (size_t i = 0; i < p; i++)
            rp_json_put_text(json, fit->layout->observed[i]);
        rp_json_close(json);
        rp_json_key(json, "mean");
        rp_json_open(json, '[');
        for (size_t i = 0; i < p; i++)
            rp_json_put_num(json, fit->residuals[g].mean[i]);
        rp_json_close(json);
        put_matrix(json, "cov", fit->residuals[g].cov, p, p);
        put_matrix(json, "cor", fit->residuals[g].cor, p, p);
        rp_json_close(json);
    }
    rp_json_close(json);
}

void rp_fit_sem_put_json(const rp_fit_sem *fit, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    put_head(fit, &json);
    put_convergence(fit, &json);
    put_groups(fit, &json);
    put_indices(fit, &json);
    rp_json_key(&json, "parameters");
    rp_json_open(&json, '[');
    for (size_t i = 0; i < fit->n_lines; i++)
        put_line(fit, &fit->lines[i], &json);
    rp_json_close(&json);
    put_r2(fit, &json);
    put_modifications(fit, &json);
    put_residuals(fit, &json);
    fit_json_num(&json, "level", fit->options->common.level);
    fit_json_end(&json, &fit->options->common, &fit->seconds, &fit->provenance);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}

/* ---- CSV ---- */

void rp_fit_sem_put_csv(const rp_fit_sem *fit, rp_buf *out) {
    rp_buf_put(out, "lhs,op,rhs,group,label,free,estimate,se,z,p,lower,upper,std_all,std_se\n");
    for (size_t i = 0; i < fit->n_lines; i++) {
        const rp_fit_sem_line *line = &fit->lines[i];
        const char *group = fit_sem_group(fit, line->group);
        const char *const texts[] = {line->lhs, line->op, line->rhs, group ? group : "",
                                     line->label ? line->label : ""};
        const double numbers[] = {line->estimate, line->se,    line->z,       line->p,
                                  line->lower,    line->upper, line->std_all, line->std_se};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            rp_csv_put(out, rp_text_of(texts[k]), k != 1); /* an operator is ours, and begins with = */
            rp_buf_put(out, ",");
        }
        rp_buf_put(out, line->free ? "1" : "0");
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            fit_csv_num(out, numbers[k]);
        rp_buf_put(out, "\n");
    }
}
