/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the estimate of a structural equation model to what is told of it: measures, the parameter table, warnings. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

/* ---- names ---- */

const char *fit_sem_variable(const rp_sem_spec *spec, size_t v) {
    size_t p = spec->layout->n_observed;
    return v < p ? spec->layout->observed[v] : spec->latent[v - p];
}

static bool has_arrow(const rp_sem_spec *spec, size_t v, size_t group) {
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->group == group &&
            ((line->op == RP_SEM_MEASURES && line->rhs == v) || (line->op == RP_SEM_REGRESSES && line->lhs == v)))
            return true;
    }
    return false;
}

static bool put_names(const fit_sem_making *m, const rp_sem_line *line, rp_fit_sem_line *out) {
    const rp_sem_spec *spec = m->out->spec;
    out->lhs = fit_sem_variable(spec, line->lhs);
    out->op = fit_sem_operator(line->op);
    out->rhs = line->op == RP_SEM_INTERCEPT   ? ""
               : line->op == RP_SEM_THRESHOLD ? rp_arena_printf(m->arena, "t%zu", line->rhs)
                                              : fit_sem_variable(spec, line->rhs);
    out->group = line->group;
    out->label = line->label;
    out->free = line->parameter != SIZE_MAX;
    out->residual = (line->op == RP_SEM_COVARIES || line->op == RP_SEM_INTERCEPT) &&
                    has_arrow(spec, line->lhs, line->group) && has_arrow(spec, line->rhs, line->group);
    return out->rhs != NULL;
}

/* ---- numbers ---- */

static void put_numbers(const fit_sem_making *m, double estimate, double se, rp_fit_sem_line *out) {
    double half = rp_normal_quantile((1 + m->options->common.level) / 2) * se;
    out->estimate = estimate;
    out->se = se > 0 ? se : NAN;
    out->z = estimate / out->se;
    out->p = 2 * rp_normal_cdf(-fabs(out->z));
    out->lower = se > 0 ? estimate - half : NAN;
    out->upper = se > 0 ? estimate + half : NAN;
}

static bool put_lines(const fit_sem_making *m, rp_arena *scratch) {
    const rp_sem_spec *spec = m->out->spec;
    const rp_sem_fit *fit = m->out->fit;
    double *standard = rp_arena_take(scratch, spec->n_lines, sizeof *standard);
    double *values = rp_arena_take(scratch, spec->n_lines, sizeof *values);
    double *errors = rp_arena_take(scratch, spec->n_lines, sizeof *errors);
    if (!standard || !values || !errors || !rp_sem_standardised(fit, standard, errors, scratch) ||
        !rp_sem_values(spec, fit->theta, values))
        return false;
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        rp_fit_sem_line *out = &m->out->lines[i];
        size_t k = line->parameter;
        if (!put_names(m, line, out))
            return false;
        put_numbers(m, values[i], out->free ? sqrt(fit->vcov[k * (spec->n_parameters + 1)]) : NAN, out);
        out->std_all = standard[i];
        out->std_se = errors[i] > 0 ? errors[i] : NAN;
    }
    return true;
}

/* Each parameter as standardised: the value of its lines where they agree, else NaN. */
static void standard_theta(const rp_fit_sem *fit, double *theta) {
    const rp_sem_spec *spec = fit->spec;
    for (size_t i = spec->n_lines; i-- > 0;)
        if (spec->lines[i].parameter != SIZE_MAX)
            theta[spec->lines[i].parameter] = fit->lines[i].std_all;
    for (size_t i = 0; i < spec->n_lines; i++) {
        size_t k = spec->lines[i].parameter;
        if (k != SIZE_MAX && !(fabs(fit->lines[i].std_all - theta[k]) <= 1e-9 * fmax(1, fabs(theta[k]))))
            theta[k] = NAN;
    }
}

static bool put_defined(const fit_sem_making *m, rp_arena *scratch) {
    const rp_sem_spec *spec = m->out->spec;
    const rp_sem_fit *fit = m->out->fit;
    size_t d = spec->n_defined;
    double *values = rp_arena_take(scratch, d + 1, sizeof *values);
    double *errors = rp_arena_take(scratch, d + 1, sizeof *errors);
    double *standard = rp_arena_take(scratch, d + 1, sizeof *standard);
    double *theta = rp_arena_take(scratch, spec->n_parameters + 1, sizeof *theta);
    if (!values || !errors || !standard || !theta)
        return false;
    standard_theta(m->out, theta);
    if (!rp_sem_defined_errors(fit, values, errors, scratch) || !rp_sem_define(spec, theta, standard, NULL, scratch))
        return false;
    for (size_t i = 0; i < d; i++) {
        rp_fit_sem_line *out = &m->out->lines[spec->n_lines + i];
        *out = (rp_fit_sem_line){.lhs = spec->defined[i].name,
                                 .op = ":=",
                                 .rhs = spec->defined[i].text,
                                 .group = SIZE_MAX,
                                 .label = spec->defined[i].name};
        put_numbers(m, values[i], errors[i], out);
        out->std_all = standard[i];
        out->std_se = NAN;
    }
    return true;
}

/* ---- how much is explained ---- */

/* What a residual variance leaves of a whole that is 1. */
static bool put_r2(const fit_sem_making *m) {
    rp_fit_sem *out = m->out;
    out->r2 = rp_arena_take(m->arena, out->n_lines + 1, sizeof *out->r2);
    for (size_t i = 0; out->r2 && i < out->n_lines; i++) {
        const rp_fit_sem_line *line = &out->lines[i];
        if (line->residual && strcmp(line->op, "~~") == 0 && strcmp(line->lhs, line->rhs) == 0)
            out->r2[out->n_r2++] =
                (rp_fit_sem_r2){line->lhs, line->group, line->std_all >= 0 ? 1 - line->std_all : NAN};
    }
    return out->r2 != NULL;
}

/* ---- what is asked for besides ---- */

static bool put_more(const fit_sem_making *m) {
    rp_fit_sem *out = m->out;
    size_t groups = out->layout->n_groups;
    if (m->options->modification &&
        !rp_sem_modifications(out->fit, m->arena, &out->modifications, &out->n_modifications))
        return false;
    if (!m->options->residuals)
        return true;
    out->residuals = rp_arena_take(m->arena, groups, sizeof *out->residuals);
    for (size_t g = 0; out->residuals && g < groups; g++)
        if (!rp_sem_residuals_of(out->fit, g, m->arena, &out->residuals[g]))
            return false;
    return out->residuals != NULL;
}

/* ---- warnings ---- */

static bool warn(fit_sem_making *m) {
    rp_fit_sem *out = m->out;
    int64_t unused = out->left_out - m->without_group, used = out->fit->n;
    if (m->without_group &&
        !fit_warn(&m->reading, "%lld row%s no value of %s, and %s left out.", (long long)m->without_group,
                  m->without_group == 1 ? " has" : "s have",
                  m->options->group ? m->options->group : m->options->cluster, m->without_group == 1 ? "is" : "are"))
        return false;
    if (unused && m->options->missing == RP_SEM_LISTWISE &&
        !fit_warn(&m->reading, "%lld of %lld rows lack a value, and are left out%s.", (long long)unused,
                  (long long)(unused + used),
                  m->options->estimator == RP_SEM_WLSMV || m->options->cluster
                      ? ""
                      : "; --missing fiml would use what they have"))
        return false;
    for (size_t i = 0; i < out->fit->n_notes; i++)
        if (!fit_warn(&m->reading, "%s", out->fit->notes[i]))
            return false;
    return true;
}

bool fit_sem_infer(fit_sem_making *m) {
    rp_fit_sem *out = m->out;
    if (!fit_sem_has_estimate(out))
        return warn(m);
    out->n_lines = out->spec->n_lines + out->spec->n_defined;
    out->lines = rp_arena_take(m->arena, out->n_lines, sizeof *out->lines);
    rp_arena *scratch = rp_arena_new(0);
    bool fine = scratch && out->lines && rp_sem_measure(out->fit, &out->measures) && put_lines(m, scratch) &&
                put_defined(m, scratch) && put_r2(m) && put_more(m);
    rp_arena_free(scratch);
    return fine ? warn(m) : rp_fail_memory(m->error);
}
